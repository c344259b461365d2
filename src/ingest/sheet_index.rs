//! Where the records of each sheet stand in a file: 24 bytes a record, so that a file of any size is read sheet by sheet.

use crate::domain::SheetKey;
use std::ops::Range;

/// Where one record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// What a reader finds it by: a feature id, or a byte offset.
    pub locator: u64,
    /// What a person finds it by.
    pub row: u32,
}

#[derive(Debug, Clone, Copy)]
struct Placed {
    locator: u64,
    sheet: SheetKey,
    row: u32,
}

/// The records of a file in the order of commune, sheet and row; those without readable sheet come last.
#[derive(Debug, Default)]
pub(super) struct SheetIndex {
    placed: Vec<Placed>,
    unplaced: Vec<Spot>,
}

impl SheetIndex {
    /// Puts records in order.
    pub fn of(records: impl IntoIterator<Item = (Option<SheetKey>, Spot)>) -> Self {
        let mut index = Self::default();
        for (sheet, spot) in records {
            match sheet {
                Some(sheet) => index.placed.push(Placed {
                    locator: spot.locator,
                    sheet,
                    row: spot.row,
                }),
                None => index.unplaced.push(spot),
            }
        }
        index
            .placed
            .sort_unstable_by_key(|placed| (placed.sheet, placed.row, placed.locator));
        index
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.placed.len() + self.unplaced.len()
    }

    /// The record at a place in the order.
    pub fn spot(&self, place: usize) -> Option<Spot> {
        match self.placed.get(place) {
            Some(placed) => Some(Spot {
                locator: placed.locator,
                row: placed.row,
            }),
            None => self.unplaced.get(place - self.placed.len()).copied(),
        }
    }

    /// The sheets in order, and which places their records take.
    pub fn sheets(&self) -> impl Iterator<Item = (SheetKey, Range<usize>)> {
        let mut start = 0;
        self.placed
            .chunk_by(|a, b| a.sheet == b.sheet)
            .filter_map(move |records| {
                let places = start..start + records.len();
                start = places.end;
                Some((records.first()?.sheet, places))
            })
    }

    /// Which places the records of a sheet take.
    pub fn places(&self, sheet: SheetKey) -> Range<usize> {
        let before = |placed: &Placed| placed.sheet < sheet;
        let start = self.placed.partition_point(before);
        start..self.placed.partition_point(|placed| placed.sheet <= sheet)
    }

    /// Which places the records without readable sheet take.
    pub fn unplaced(&self) -> Range<usize> {
        self.placed.len()..self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CommuneCode;

    fn sheet(sheet_no: i32) -> SheetKey {
        SheetKey {
            commune: CommuneCode::parse("27001").unwrap(),
            sheet_no,
        }
    }

    #[test]
    fn records_come_by_sheet_then_row_and_the_unreadable_last() {
        let spot = |row| Spot {
            locator: u64::from(row) * 10,
            row,
        };
        let records = [
            (Some(sheet(10)), 1),
            (None, 2),
            (Some(sheet(2)), 3),
            (Some(sheet(10)), 4),
            (Some(sheet(2)), 5),
        ];
        let index = SheetIndex::of(records.map(|(sheet, row)| (sheet, spot(row))));
        let rows: Vec<_> = (0..index.len())
            .filter_map(|place| index.spot(place))
            .map(|spot| spot.row)
            .collect();
        assert_eq!(rows, [3, 5, 1, 4, 2]);
        assert_eq!(
            index.sheets().collect::<Vec<_>>(),
            [(sheet(2), 0..2), (sheet(10), 2..4)]
        );
        assert_eq!(
            (
                index.places(sheet(10)),
                index.places(sheet(3)),
                index.unplaced()
            ),
            (2..4, 2..2, 4..5)
        );
        assert_eq!(index.spot(5), None);
        assert_eq!(size_of::<Placed>(), 24);
    }
}
