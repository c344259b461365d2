//! The index against a linear scan, under random edits; the snapshot against damage.

use super::{
    Change, Head, Index, SnapshotError, State, exact, plane, read_snapshot, write_snapshot,
};
use crate::domain::{Area, CommuneCode, CommuneName, Names, ParcelId, Position, Revision};
use crate::page::{
    Fine, FineBox, Page, PageParcel, PageSheet, PageUse, World, WorldBox, hull, metres_per_fine,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::macros::{date, datetime};

const DAY: time::Date = date!(2026 - 11 - 22);
/// South of Ho Chi Minh City.
const ORIGIN: Fine = Fine {
    x: 54_733_000_000,
    y: 32_290_000_000,
};

fn id(serial: i64) -> ParcelId {
    ParcelId::try_from((1 << 40) + serial).unwrap()
}

/// A quadrilateral of some tens of metres, in one of three communes that lie over one another.
fn parcel(serial: i64, x: i64, y: i64, size: i64) -> PageParcel {
    let at = |right: i64, down: i64| Fine {
        x: ORIGIN.x + x + right,
        y: ORIGIN.y + y + down,
    };
    PageParcel {
        parcel_id: id(serial),
        national_code: None,
        commune: CommuneCode::parse(
            ["99001", "99002", "98001"][usize::try_from(serial % 3).unwrap()],
        )
        .unwrap(),
        sheet: PageSheet {
            commune_from: date!(2025 - 07 - 01),
            sheet_no: 1 + i32::try_from(serial % 5).unwrap(),
            zone: 9210,
            scale_denominator: None,
        },
        parcel_no: i32::try_from(serial).unwrap(),
        uses: vec![PageUse {
            code: "LUC".to_owned(),
            area: None,
            origin: None,
            term: None,
        }],
        is_open: true,
        legal_area: None,
        computed_area: Area::from_tenths_m2(17),
        address: None,
        revision: Revision(1),
        in_force_from: DAY,
        recorded_at: datetime!(2026-11-22 00:00 UTC),
        label: at(size / 3, size / 3),
        rings: vec![vec![
            at(0, 0),
            at(size, size / 7),
            at(size - 5, size),
            at(size / 9, size - 3),
        ]],
    }
}

fn parcels() -> impl Strategy<Value = PageParcel> {
    (
        1..400_i64,
        0..4_000_000_i64,
        0..4_000_000_i64,
        16..200_000_i64,
    )
        .prop_map(|(serial, x, y, size)| parcel(serial, x, y, size))
}

/// Batches of parcels that come, change or go.
fn edits() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = (parcels(), any::<bool>())
        .prop_map(|(parcel, stays)| (parcel.parcel_id, stays.then_some(parcel)));
    proptest::collection::vec(proptest::collection::vec(change, 1..120), 1..12)
}

fn held(state: &State) -> BTreeMap<ParcelId, PageParcel> {
    let parcels = state.communes().flat_map(|commune| {
        commune
            .parcels()
            .map(|parcel| parcel.to_parcel())
            .collect::<Vec<_>>()
    });
    parcels.map(|parcel| (parcel.parcel_id, parcel)).collect()
}

fn corners(parcel: &PageParcel) -> (World, World) {
    around(parcel.rings.iter().flatten().map(|point| point.world()))
}

fn around(points: impl IntoIterator<Item = World>) -> (World, World) {
    let bounds = WorldBox::around(points);
    (bounds.min, bounds.max)
}

/// The communes with their provinces.
fn names() -> Arc<Names> {
    let name = |code: &str| CommuneName {
        name: code.to_owned(),
        province_code: Some(code[..2].to_owned()),
    };
    let of = |code| (CommuneCode::parse(code).unwrap(), date!(2025 - 07 - 01));
    let communes = ["99001", "99002", "98001"].map(|code| (of(code), name(code)));
    Arc::new(Names {
        communes: communes.into(),
        ..Names::default()
    })
}

/// The outlines of provinces, communes and sheets by their codes, from a scan of all parcels.
fn outlines(all: &BTreeMap<ParcelId, PageParcel>) -> BTreeMap<String, Vec<World>> {
    let mut points: BTreeMap<String, Vec<World>> = BTreeMap::new();
    for parcel in all.values() {
        let commune = parcel.commune.as_str();
        let sheet = format!("{commune}/{}", parcel.sheet.sheet_no);
        for code in [&commune[..2], commune, &sheet] {
            let corners = parcel.rings.iter().flatten().map(|point| point.world());
            points.entry(code.to_owned()).or_default().extend(corners);
        }
    }
    let hulls = points.into_iter();
    hulls.map(|(code, points)| (code, hull(points))).collect()
}

/// The ways along edges that outlines have and others of the same codes have not, and the labels of those outlines.
fn parts_only_in(
    of: &BTreeMap<String, Vec<World>>,
    other: &BTreeMap<String, Vec<World>>,
) -> BTreeSet<(World, World)> {
    let edges = |hull: &Vec<World>| -> Vec<(World, World)> {
        let next = hull.iter().cycle().skip(1);
        hull.iter().copied().zip(next.copied()).collect()
    };
    let mut parts = BTreeSet::new();
    for (code, hull) in of {
        if other.get(code) == Some(hull) {
            continue;
        }
        let known = other.get(code).map(edges).unwrap_or_default();
        // Twice around: a way that goes over the ring's beginning is whole the second time, and the longest counts.
        let twice = edges(hull).repeat(2);
        let ways: Vec<_> = twice
            .chunk_by(|a, b| known.contains(a) == known.contains(b))
            .filter(|way| !known.contains(&way[0]))
            .map(<[_]>::to_vec)
            .collect();
        let is_part = |way: &Vec<_>| {
            let is_longer = |other: &Vec<_>| {
                other.len() > way.len() && way.iter().all(|edge| other.contains(edge))
            };
            ways.iter().any(is_longer)
        };
        let whole = ways.iter().filter(|way| !is_part(way));
        parts.extend(whole.map(|way| around(way.iter().flat_map(|(from, to)| [*from, *to]))));
        let mean = |axis: fn(&World) -> u32| {
            let sum: u64 = hull.iter().map(|corner| u64::from(axis(corner))).sum();
            u32::try_from(sum / hull.len() as u64).unwrap()
        };
        parts.insert(around([World {
            x: mean(|corner| corner.x),
            y: mean(|corner| corner.y),
        }]));
    }
    parts
}

/// Whether a convex ring, clockwise on the map, covers a place.
fn covers(hull: Option<&Vec<World>>, place: World) -> bool {
    let Some(hull) = hull else { return false };
    let far = |from: u32, to: u32| i64::from(to) - i64::from(from);
    let next = hull.iter().cycle().skip(1);
    hull.iter()
        .zip(next)
        .all(|(a, b)| far(a.x, b.x) * far(a.y, place.y) >= far(a.y, b.y) * far(a.x, place.x))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn after_any_edits_the_index_answers_as_a_linear_scan_does(edits in edits(), (x, y) in (0..4_000_000_i64, 0..4_000_000_i64), side in 1..900_000_i64, count in 1_usize..20) {
        let index = Index::default();
        index.install(State::default().named(names()));
        let mut all: BTreeMap<ParcelId, PageParcel> = BTreeMap::new();
        let mut before = outlines(&all);
        for (batch, position) in edits.into_iter().zip(1..) {
            // Of one parcel the last change of a batch counts.
            let newest: BTreeMap<_, _> = batch.into_iter().collect();
            let differing = newest.iter().filter(|(id, parcel)| all.get(id) != parcel.as_ref());
            let differing: BTreeSet<_> = differing.flat_map(|(id, parcel)| all.get(id).into_iter().chain(parcel).map(corners)).collect();
            for (id, parcel) in &newest {
                match parcel {
                    Some(parcel) => drop(all.insert(*id, parcel.clone())),
                    None => drop(all.remove(id)),
                }
            }
            let after = outlines(&all);
            let moved = [(&before, &after), (&after, &before)].into_iter().flat_map(|(of, other)| parts_only_in(of, other));
            let expected: BTreeSet<_> = differing.into_iter().chain(moved).collect();
            let touched = index.apply(newest.into_iter().collect(), Position(position), DAY);
            let place = Fine { x: ORIGIN.x + x, y: ORIGIN.y + y }.world();
            let is_other = |code: &String| covers(before.get(code), place) != covers(after.get(code), place);
            if before.keys().chain(after.keys()).any(is_other) {
                prop_assert!(touched.iter().any(|bounds| bounds.contains(WorldBox::around([place]))));
            }
            prop_assert_eq!(touched.iter().map(|bounds| (bounds.min, bounds.max)).collect::<BTreeSet<_>>(), expected);
            before = after;
        }
        let state = index.state();
        prop_assert_eq!(held(&state), all.clone());
        prop_assert_eq!(state.len(), all.len());
        for serial in 1..401 {
            prop_assert_eq!(state.parcel(id(serial)).map(|found| found.to_parcel()), all.get(&id(serial)).cloned());
        }

        let corner = Fine { x: ORIGIN.x + x, y: ORIGIN.y + y };
        let area = FineBox { min: corner, max: Fine { x: corner.x + side, y: corner.y + side } };
        let ring = vec![area.min, Fine { x: area.max.x, y: area.min.y }, area.max, Fine { x: area.min.x, y: area.max.y }];
        let expected: Vec<_> = all.values().filter(|parcel| plane::meet(&parcel.rings, std::slice::from_ref(&ring))).map(|parcel| parcel.parcel_id).collect();
        let found: Vec<_> = state.parcels_in(area, None, usize::MAX).iter().map(|parcel| parcel.parcel_id()).collect();
        prop_assert_eq!(found, expected.clone());
        let after = expected.get(expected.len() / 2).copied();
        let rest: Vec<_> = expected.iter().filter(|id| after.is_none_or(|after| **id > after)).take(count).copied().collect();
        let found: Vec<_> = state.parcels_in(area, after, count).iter().map(|parcel| parcel.parcel_id()).collect();
        prop_assert_eq!(found, rest);

        let triangle = vec![area.min, Fine { x: area.max.x, y: area.min.y + side / 3 }, Fine { x: area.min.x + side / 4, y: area.max.y }];
        let meets = |parcel: &&PageParcel| plane::meet(&parcel.rings, std::slice::from_ref(&triangle));
        let expected: Vec<_> = all.values().filter(meets).map(|parcel| parcel.parcel_id).take(count).collect();
        let found: Vec<_> = state.parcels_meeting(std::slice::from_ref(&triangle), None, count).iter().map(|parcel| parcel.parcel_id()).collect();
        prop_assert_eq!(found, expected);

        let (lon, lat) = corner.to_degrees();
        let covers = |parcel: &&PageParcel| {
            let alone = Page::build(std::slice::from_ref(*parcel)).unwrap();
            alone.parcels().any(|parcel| exact::covers(&parcel, lon, lat).unwrap())
        };
        let expected: Vec<_> = all.values().filter(covers).map(|parcel| parcel.parcel_id).collect();
        let found: Vec<_> = state.parcels_at(lon, lat).unwrap().iter().map(|parcel| parcel.parcel_id()).collect();
        prop_assert_eq!(found, expected);
        let scale = metres_per_fine(lat);
        let mut distances: Vec<_> = all.values().map(|parcel| {
            let standing = plane::standing(&parcel.rings, Fine::from_degrees(lon, lat), scale);
            (if standing.is_inside { 0.0 } else { standing.edge_distance }, parcel.parcel_id)
        }).filter(|(distance_m, _)| *distance_m <= 1000.0).collect();
        distances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        distances.truncate(count);
        let nearest: Vec<_> = state.nearest(lon, lat, count, 1000.0).iter().map(|(parcel, distance_m)| (*distance_m, parcel.parcel_id())).collect();
        prop_assert_eq!(nearest, distances);
    }

    #[test]
    fn an_index_counts_in_its_overviews_every_parcel_once(edits in edits()) {
        let index = Index::default();
        for (batch, position) in edits.into_iter().zip(1..) {
            index.apply(batch, Position(position), DAY);
        }
        let state = index.state();
        let counted: usize = state.communes().flat_map(|commune| commune.overview().cells()).map(|cell| cell.parcels as usize).sum();
        prop_assert_eq!(counted, state.len());
    }
}

fn some_state() -> State {
    let index = Index::default();
    let parcels = (1..2000).map(|serial| {
        (
            id(serial),
            Some(parcel(serial, serial * 700, serial * 311 % 900_000, 600)),
        )
    });
    index.apply(parcels.collect(), Position(7), DAY);
    let state = index.state();
    drop(index);
    Arc::into_inner(state).unwrap()
}

fn head() -> Head {
    Head {
        register: "urn:uuid:1".to_owned(),
        program: "1.0".to_owned(),
        position: Position(7),
        reached_by: Some("812".to_owned()),
        day: DAY,
    }
}

#[test]
fn a_snapshot_gives_the_state_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/index.snapshot");
    assert!(read_snapshot(&path, "urn:uuid:1", "1.0").unwrap().is_none());
    let state = some_state();
    let size_bytes = write_snapshot(&state, head(), &path).unwrap();
    assert_eq!(size_bytes, std::fs::metadata(&path).unwrap().len());
    let (read, back) = read_snapshot(&path, "urn:uuid:1", "1.0").unwrap().unwrap();
    assert_eq!(read, head());
    assert_eq!((back.position(), back.day()), (Position(7), DAY));
    assert_eq!(held(&back), held(&state));
    assert_eq!(
        std::fs::read_dir(folder.path().join("a")).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_snapshot_of_another_register_or_program_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.snapshot");
    write_snapshot(&some_state(), head(), &path).unwrap();
    for (register, program) in [("urn:uuid:2", "1.0"), ("urn:uuid:1", "1.1")] {
        let error = read_snapshot(&path, register, program).unwrap_err();
        assert!(matches!(error, SnapshotError::Foreign(_)), "{error}");
    }
}

#[test]
fn a_torn_or_flipped_snapshot_is_damaged_wherever_it_was_hit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.snapshot");
    write_snapshot(&some_state(), head(), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let damaged = |bytes: &[u8], what: &str| {
        std::fs::write(&path, bytes).unwrap();
        let outcome = read_snapshot(&path, "urn:uuid:1", "1.0");
        assert!(
            matches!(outcome, Err(SnapshotError::Damaged(_))),
            "{what}: {outcome:?}"
        );
    };
    for length in (0..whole.len()).step_by(whole.len() / 97) {
        damaged(&whole[..length], &format!("cut to {length} bytes"));
    }
    // The first eight bytes only help people who look at the file.
    for place in (8..whole.len()).step_by(whole.len() / 997) {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        damaged(&flipped, &format!("bit flipped in byte {place}"));
    }
}
