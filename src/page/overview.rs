//! A commune from afar: its parcels counted by place and use.

use super::ParcelView;
use std::collections::BTreeMap;

/// Overview cells are the squares of this zoom: 2¹⁶ world units, about 600 m.
pub const OVERVIEW_ZOOM: u32 = 16;

/// The parcels of one use whose labels lie in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverviewCell<'a> {
    /// Column and row at [`OVERVIEW_ZOOM`].
    pub cell: (u32, u32),
    /// Main land-use code; `None` of land whose use the public may not see.
    pub land_use: Option<&'a str>,
    /// How many parcels.
    pub parcels: u32,
    /// Their area together; 0 where the public may not see it.
    pub area_tenths_m2: u64,
}

/// A commune's parcels by cell and use, ordered by cell.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Overview {
    land_uses: Box<[Box<str>]>,
    rows: Box<[Row]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    cell: (u16, u16),
    /// One more than the place in the table; 0 for none.
    land_use: u16,
    parcels: u32,
    area_tenths_m2: u64,
}

impl Overview {
    /// Counts parcels.
    pub fn of<'a>(parcels: impl Iterator<Item = ParcelView<'a>>) -> Self {
        let mut counts = BTreeMap::<_, (u32, u64)>::new();
        for parcel in parcels {
            let label = parcel.label();
            let coordinate = |unit: u32| u16::try_from(unit >> (32 - OVERVIEW_ZOOM)).unwrap_or(0);
            let land_use = parcel.is_open().then(|| parcel.land_use());
            let area = if parcel.is_open() {
                parcel.area().tenths_m2()
            } else {
                0
            };
            let (count, total) = counts
                .entry(((coordinate(label.x), coordinate(label.y)), land_use))
                .or_default();
            *count += 1;
            *total += area;
        }
        let mut land_uses: Vec<Box<str>> = Vec::new();
        let mut place = |code: &str| {
            let known = land_uses.iter().position(|known| **known == *code);
            let place = known.unwrap_or_else(|| {
                land_uses.push(code.into());
                land_uses.len() - 1
            });
            u16::try_from(place + 1).unwrap_or(0)
        };
        let rows = counts
            .into_iter()
            .map(|((cell, land_use), (parcels, area_tenths_m2))| Row {
                cell,
                land_use: land_use.map_or(0, &mut place),
                parcels,
                area_tenths_m2,
            })
            .collect();
        Self {
            rows,
            land_uses: land_uses.into(),
        }
    }

    /// The counts, by cell, then use.
    pub fn cells(&self) -> impl Iterator<Item = OverviewCell<'_>> {
        self.rows.iter().map(|row| OverviewCell {
            cell: (row.cell.0.into(), row.cell.1.into()),
            land_use: usize::from(row.land_use)
                .checked_sub(1)
                .and_then(|place| self.land_uses.get(place))
                .map(|code| &**code),
            parcels: row.parcels,
            area_tenths_m2: row.area_tenths_m2,
        })
    }

    /// The bytes that it takes in memory.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.rows) + 24 * self.land_uses.len()
    }
}
