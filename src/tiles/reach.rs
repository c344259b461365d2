//! How far a change reaches: which tiles can look different when something changed in some boxes.

use super::tile_id::TileId;
use super::{MAX_ZOOM, MIN_ZOOM};
use crate::page::WorldBox;

/// The boxes that a change touched.
#[derive(Debug)]
pub struct Reach {
    /// By western edge.
    boxes: Vec<WorldBox>,
    /// The widest of them.
    widest: u32,
}

impl Reach {
    /// Of boxes; empty ones reach nothing.
    pub fn of(boxes: &[WorldBox]) -> Self {
        let mut boxes: Vec<_> = boxes.iter().copied().filter(is_something).collect();
        boxes.sort_unstable_by_key(|touched| touched.min.x);
        let widths = boxes.iter().map(|touched| touched.max.x - touched.min.x);
        Self {
            widest: widths.max().unwrap_or(0),
            boxes,
        }
    }

    /// How many tiles [`Self::tiles`] looks at, at most.
    pub fn tile_count(&self) -> u64 {
        let zooms = self.boxes.iter().flat_map(|touched| {
            (MIN_ZOOM..=MAX_ZOOM).map(move |zoom| {
                let (columns, rows) = candidates(*touched, zoom);
                span(columns).saturating_mul(span(rows))
            })
        });
        zooms.fold(0, u64::saturating_add)
    }

    /// The tiles, of every zoom, whose buffered box meets one of the boxes; some more than once.
    pub fn tiles(&self) -> impl Iterator<Item = TileId> {
        let zooms = self
            .boxes
            .iter()
            .flat_map(|touched| (MIN_ZOOM..=MAX_ZOOM).map(move |zoom| (*touched, zoom)));
        zooms.flat_map(|(touched, zoom)| {
            let ((west, east), (north, south)) = candidates(touched, zoom);
            (north..=south)
                .flat_map(move |row| (west..=east).map(move |column| (column, row)))
                .filter_map(move |(column, row)| TileId::new(zoom, column, row).ok())
                .filter(move |tile| tile.buffered().meets(touched))
        })
    }

    /// Whether one of the boxes meets this one.
    pub fn meets(&self, bounds: WorldBox) -> bool {
        let west = bounds.min.x.saturating_sub(self.widest);
        let first = self.boxes.partition_point(|touched| touched.min.x < west);
        self.boxes
            .iter()
            .skip(first)
            .take_while(|touched| touched.min.x <= bounds.max.x)
            .any(|touched| touched.meets(bounds))
    }
}

fn is_something(bounds: &WorldBox) -> bool {
    bounds.min.x <= bounds.max.x && bounds.min.y <= bounds.max.y
}

/// First and last column and row of the tiles that a box lies in, and one more on each side for their buffers.
fn candidates(touched: WorldBox, zoom: u32) -> ((u32, u32), (u32, u32)) {
    let last = u32::MAX.checked_shr(32 - zoom).unwrap_or(0);
    let tile = |unit: u32| unit.checked_shr(32 - zoom).unwrap_or(0);
    let around = |low: u32, high: u32| {
        (
            tile(low).saturating_sub(1),
            tile(high).saturating_add(1).min(last),
        )
    };
    (
        around(touched.min.x, touched.max.x),
        around(touched.min.y, touched.max.y),
    )
}

fn span((first, last): (u32, u32)) -> u64 {
    u64::from(last.saturating_sub(first)) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::World;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn bounds(x: u32, y: u32, width: u32, height: u32) -> WorldBox {
        WorldBox {
            min: World { x, y },
            max: World {
                x: x.saturating_add(width),
                y: y.saturating_add(height),
            },
        }
    }

    #[test]
    fn a_point_beside_a_tile_reaches_into_its_buffer_and_no_further() {
        // at zoom 16 a tile is 65,536 world units and its buffer 64 / 4096 of that
        let edge = 52190 << 16;
        let tiles_of = |x: u32| {
            let reach = Reach::of(&[bounds(x, (30794 << 16) + 30_000, 0, 0)]);
            let columns = [52189, 52190].map(|column| TileId::new(16, column, 30794).unwrap());
            let tiles: HashSet<_> = reach.tiles().collect();
            columns.map(|tile| tiles.contains(&tile))
        };
        assert_eq!(tiles_of(edge + 1023), [true, true]);
        assert_eq!(tiles_of(edge + 1024), [false, true]);
        assert_eq!(tiles_of(edge - 1024), [true, true]);
        assert_eq!(tiles_of(edge - 1025), [true, false]);
    }

    #[test]
    fn nothing_touched_reaches_nothing() {
        let reach = Reach::of(&[WorldBox::EMPTY]);
        assert_eq!((reach.tile_count(), reach.tiles().count()), (0, 0));
        assert!(!reach.meets(bounds(0, 0, u32::MAX, u32::MAX)));
    }

    proptest! {
        /// Listing tiles and asking one tile after another are the same rule; the corners of the world are not special.
        #[test]
        fn every_tile_near_a_change_is_listed_exactly_when_its_buffered_box_meets_it(
            corners in prop::collection::vec((any::<u32>(), any::<u32>(), 0_u32..300_000, 0_u32..300_000), 1..4),
            zoom in MIN_ZOOM..=MAX_ZOOM, aside in (-2_i64..=2, -2_i64..=2),
        ) {
            let boxes: Vec<_> = corners.iter().map(|(x, y, width, height)| bounds(*x, *y, *width, *height)).collect();
            let reach = Reach::of(&boxes);
            let listed: HashSet<_> = reach.tiles().collect();
            prop_assert!(u64::try_from(listed.len()).unwrap() <= reach.tile_count());
            for touched in &boxes {
                let near = |unit: u32, aside: i64| u32::try_from(i64::from(unit.checked_shr(32 - zoom).unwrap_or(0)) + aside);
                let (Ok(x), Ok(y)) = (near(touched.min.x, aside.0), near(touched.max.y, aside.1)) else { continue };
                if let Ok(tile) = TileId::new(zoom, x, y) {
                    let is_met = boxes.iter().any(|touched| touched.meets(tile.buffered()));
                    prop_assert_eq!(reach.meets(tile.buffered()), is_met);
                    prop_assert_eq!(listed.contains(&tile), is_met);
                }
            }
        }
    }
}
