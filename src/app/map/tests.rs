//! Edits against tiles drawn anew: whatever tile an edit changes is taken away by it.

use super::*;
use crate::domain::{Area, CommuneCode, ParcelId, Revision};
use crate::index::Index;
use crate::page::{Fine, PageParcel, PageSheet, PageUse, World};
use crate::tiles::{MAX_ZOOM, MIN_ZOOM, TileCache};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use time::macros::{date, datetime};

const DAY: Date = date!(2026 - 11 - 22);
/// Where four tiles of zoom 13 meet, and of every zoom from there.
const MIDDLE: World = World {
    x: 6524 << 19,
    y: 3849 << 19,
};
/// Parcels lie this far around it: some tiles of zoom 16.
const REACH: u32 = 1 << 18;

/// Where a parcel lies, how long its sides are, and which use it has.
type Sketch = (u32, u32, (u32, u32), usize);

fn id(serial: usize) -> ParcelId {
    ParcelId::try_from((1 << 40) + 1 + i64::try_from(serial).unwrap()).unwrap()
}

fn parcel(serial: usize, (x, y, (width, height), land_use): Sketch) -> PageParcel {
    let (left, top) = (MIDDLE.x - REACH + x, MIDDLE.y - REACH + y);
    let at = |right: u32, down: u32| {
        let corner = World {
            x: left + right,
            y: top + down,
        };
        corner.fine()
    };
    let inside = at(width / 3, height / 3);
    let rings: Vec<Vec<Fine>> = vec![vec![
        at(0, 0),
        at(width, 0),
        at(width, height),
        at(0, height),
    ]];
    PageParcel {
        parcel_id: id(serial),
        national_code: None,
        commune: CommuneCode::parse(["99001", "99002"][serial % 2]).unwrap(),
        sheet: PageSheet {
            commune_from: date!(2025 - 07 - 01),
            sheet_no: 1 + i32::try_from(serial % 3).unwrap(),
            zone: 9210,
            scale_denominator: None,
        },
        parcel_no: i32::try_from(serial).unwrap(),
        uses: vec![PageUse {
            code: ["LUC", "ONT", "CLN"][land_use].to_owned(),
            area: None,
            origin: None,
            term: None,
        }],
        is_open: land_use != 2,
        legal_area: None,
        computed_area: Area::from_tenths_m2(u64::from(width)),
        address: None,
        revision: Revision(1),
        in_force_from: DAY,
        recorded_at: datetime!(2026-11-22 00:00 UTC),
        label: inside,
        rings,
    }
}

fn drawn(state: &State, id: TileId) -> Tile {
    let ground = state.ground(id.buffered(), id.least_side());
    draw(id, &ground, state.position())
}

/// Tiles of every zoom around the corners of a box, one beside them, and two.
fn tiles_around(bounds: WorldBox) -> impl Iterator<Item = TileId> {
    let corners = [
        bounds.min,
        bounds.max,
        World {
            x: bounds.min.x,
            y: bounds.max.y,
        },
    ];
    corners.into_iter().flat_map(|corner| {
        (MIN_ZOOM..=MAX_ZOOM).flat_map(move |zoom| {
            let tile = |unit: u32| unit.checked_shr(32 - zoom).unwrap_or(0);
            let (column, row) = (tile(corner.x), tile(corner.y));
            let near = |tile: u32| tile.saturating_sub(2)..=tile + 2;
            near(row)
                .flat_map(move |y| near(column).filter_map(move |x| TileId::new(zoom, x, y).ok()))
        })
    })
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let side = prop_oneof![1_u32..40, 40_u32..3_000, 3_000_u32..100_000];
    let place = 0..2 * REACH - 100_000;
    (place.clone(), place, (side.clone(), side), 0_usize..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_tile_that_an_edit_changes_is_taken_away_by_it(
        before in prop::collection::vec(sketch(), 1..30),
        edits in prop::collection::btree_map(0_usize..35, prop::option::of(sketch()), 1..4),
    ) {
        let index = Index::default();
        let all = (0..).zip(&before).map(|(serial, sketch)| (id(serial), Some(parcel(serial, *sketch))));
        index.apply(all.collect(), Position(1), DAY);
        let old = index.state();
        let changes: Vec<Change> = edits
            .iter()
            .map(|(serial, sketch)| (id(*serial), sketch.map(|sketch| parcel(*serial, sketch))))
            .collect();
        let boxes = changes.iter().flat_map(|(id, after)| {
            let corners = after.iter().flat_map(|parcel| parcel.rings.iter().flatten());
            let after = WorldBox::around(corners.map(|corner| corner.world()));
            old.parcel(*id).map(|parcel| parcel.bounds()).into_iter().chain([after])
        });
        let near: HashSet<TileId> = boxes.filter(|bounds| *bounds != WorldBox::EMPTY).flat_map(tiles_around).collect();

        let (cache, _wanted) = TileCache::new(256 << 20);
        let mut kept = BTreeMap::new();
        for id in near {
            let key = TileKey { id, audience: AudienceClass::Public };
            if let Lookup::Vacant(place) = cache.look_up(key) {
                kept.insert((id.zoom(), id.column(), id.row()), (key, place.fill(drawn(&old, id))));
            }
        }
        cache.publish(|| (Position(2), index.apply(changes, Position(2), DAY)));
        let new = index.state();
        for (key, tile) in kept.into_values() {
            let is_kept = matches!(cache.look_up(key), Lookup::Found(_));
            let is_same = drawn(&new, key.id).packed == tile.packed;
            prop_assert!(is_same || !is_kept, "{:?} changed and stayed", key.id);
        }
    }
}
