//! The order of tiles in an archive: zoom after zoom, in each along a Hilbert curve.

use crate::page::{World, WorldBox};

/// A square of the Web Mercator grid by its place on the curve of its zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    zoom: u32,
    place: u64,
}

impl Cell {
    const WORLD: Self = Self { zoom: 0, place: 0 };

    /// Its number in an archive: those of all lower zooms come before it.
    pub fn tile_id(self) -> u64 {
        ((1 << (2 * self.zoom)) - 1) / 3 + self.place
    }

    /// Zoom, column, row.
    pub fn zxy(self) -> (u32, u32, u32) {
        let (mut x, mut y) = (0_u32, 0_u32);
        for level in 0..self.zoom {
            let digit = (self.place >> (2 * level)) & 3;
            let (right, down) = (u32::from(digit >= 2), u32::from(digit == 1 || digit == 2));
            // The half-curve below is turned in the first quarter and in the last.
            if down == 0 {
                if right == 1 {
                    let last = (1_u32 << level) - 1;
                    (x, y) = (last - x, last - y);
                }
                (x, y) = (y, x);
            }
            x |= right << level;
            y |= down << level;
        }
        (self.zoom, x, y)
    }

    /// Its world units with those that a tile keeps around it: the 64th part of its side.
    pub fn buffered(self) -> WorldBox {
        let (zoom, x, y) = self.zxy();
        let side = 1_u64 << (32 - zoom);
        let span = |number: u32| {
            let low = u64::from(number) * side;
            let unit = |unit: u64| u32::try_from(unit).unwrap_or(u32::MAX);
            (
                unit(low.saturating_sub(side >> 6)),
                unit(low + side + (side >> 6) - 1),
            )
        };
        let ((west, east), (north, south)) = (span(x), span(y));
        WorldBox {
            min: World { x: west, y: north },
            max: World { x: east, y: south },
        }
    }

    /// Its quarters, in the order of the curve.
    fn quarters(self) -> impl DoubleEndedIterator<Item = Self> {
        (0..4).map(move |quarter| Self {
            zoom: self.zoom + 1,
            place: 4 * self.place + quarter,
        })
    }
}

/// The cells of a zoom whose buffered boxes hold something, in order; whatever holds nothing is not looked into.
pub fn cells(zoom: u32, holds: impl Fn(WorldBox) -> bool) -> impl Iterator<Item = Cell> {
    let mut open = vec![Cell::WORLD];
    std::iter::from_fn(move || {
        while let Some(cell) = open.pop() {
            if !holds(cell.buffered()) {
                continue;
            }
            if cell.zoom == zoom {
                return Some(cell);
            }
            open.extend(cell.quarters().rev());
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_goes_where_pypi_pmtiles_goes() {
        let ids = |zoom| -> Vec<_> {
            cells(zoom, |_| true)
                .map(|cell| (cell.tile_id(), cell.zxy()))
                .collect()
        };
        assert_eq!(ids(0), [(0, (0, 0, 0))]);
        assert_eq!(
            ids(1),
            [
                (1, (1, 0, 0)),
                (2, (1, 0, 1)),
                (3, (1, 1, 1)),
                (4, (1, 1, 0))
            ]
        );
        // pmtiles 3.8.1: tileid_to_zxy of 5 to 20, and of numbers far along.
        let second: Vec<_> = ids(2)
            .into_iter()
            .map(|(_, (_, x, y))| 10 * x + y)
            .collect();
        let expected = [0, 10, 11, 1, 2, 3, 13, 12, 22, 23, 33, 32, 31, 21, 20, 30];
        assert_eq!(second, expected);
        for (tile_id, zxy) in [
            (76_682_510, (13, 6524, 3849)),
            (4_907_677_421, (16, 52190, 30794)),
            (1_256_365_419_345, (20, 835_057, 492_687)),
            (17_592_186_044_415, (22, 4_194_303, 4_194_303)),
            (20_101_846_709_537, (22, 3_340_230, 1_970_748)),
        ] {
            let zoom = zxy.0;
            let first = ((1_u64 << (2 * zoom)) - 1) / 3;
            let cell = Cell {
                zoom,
                place: tile_id - first,
            };
            assert_eq!((cell.zxy(), cell.tile_id()), (zxy, tile_id));
        }
    }

    #[test]
    fn only_cells_that_hold_something_are_looked_into() {
        let corner = WorldBox {
            min: World { x: 0, y: 0 },
            max: World { x: 0, y: 0 },
        };
        let asked = std::cell::Cell::new(0);
        let found: Vec<_> = cells(16, |bounds| {
            asked.set(asked.get() + 1);
            bounds.meets(corner)
        })
        .collect();
        assert_eq!(
            found.iter().map(|cell| cell.zxy()).collect::<Vec<_>>(),
            [(16, 0, 0)]
        );
        assert_eq!(asked.get(), 1 + 4 * 16);
    }
}
