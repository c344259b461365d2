//! Random operations in a commune: whatever is done, it stays covered exactly.

use super::*;
use crate::domain::{Boundary, GridPoint};
use crate::geometry::{RawPolygon, check_rings, doubled_area_mm2};
use proptest::prelude::*;
use std::collections::BTreeSet;

const ZONE: i32 = 9210;
const EAST_MM: i64 = 600_000_000;
const NORTH_MM: i64 = 1_190_000_000;

fn at(east_mm: i64, north_mm: i64) -> GridPoint {
    GridPoint {
        east_mm: EAST_MM + east_mm,
        north_mm: NORTH_MM + north_mm,
    }
}

fn boundary(rings: &[&[GridPoint]]) -> Result<Boundary, Vec<crate::domain::Fault>> {
    let metres = |point: &GridPoint| (point.easting_m(), point.northing_m());
    let rings = rings
        .iter()
        .map(|ring| ring.iter().map(metres).collect())
        .collect();
    check_rings(ZONE, &RawPolygon { rings })
}

fn square(low_mm: i64, high_mm: i64) -> [GridPoint; 4] {
    [
        (low_mm, low_mm),
        (high_mm, low_mm),
        (high_mm, high_mm),
        (low_mm, high_mm),
    ]
    .map(|(x, y)| at(x, y))
}

/// One thing that an officer does; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Split(usize, Vec<(i64, i64)>),
    Merge(usize, usize),
    Adjust(usize, usize, Vec<(i64, i64)>),
    Divide(usize, (i64, i64), usize),
}

/// Acts in a square whose side is given, drawn a tenth beyond it.
fn act(side_mm: i64) -> impl Strategy<Value = Act> {
    let reach = -side_mm / 10..=side_mm + side_mm / 10;
    let line = proptest::collection::vec((reach.clone(), reach), 2..5);
    let number = 0..1000_usize;
    prop_oneof![
        5 => (number.clone(), line.clone()).prop_map(|(parcel, line)| Act::Split(parcel, line)),
        2 => (number.clone(), number.clone()).prop_map(|(a, b)| Act::Merge(a, b)),
        2 => (number.clone(), number.clone(), line).prop_map(|(a, b, line)| Act::Adjust(a, b, line)),
        1 => (number, (-9..9_i64, -9..9_i64), 2..4_usize).prop_map(|(parcel, way, parts)| Act::Divide(parcel, way, parts)),
    ]
}

/// What an act makes of its parcels.
fn change(
    act: &Act,
    parents: &[&Boundary],
    neighbours: &[&Boundary],
) -> Result<Change, Vec<Violation>> {
    let line = |points: &[(i64, i64)]| Line::new(points.iter().map(|(x, y)| at(*x, *y)));
    match act {
        Act::Split(_, points) => split(parents[0], neighbours, &line(points)?),
        Act::Merge(..) => merge(parents, neighbours),
        Act::Adjust(.., points) => adjust([parents[0], parents[1]], neighbours, &line(points)?),
        Act::Divide(_, (east, north), parts) => {
            let along = (at(0, 0), at(*east, *north));
            split_equally(parents[0], neighbours, along, *parts).map(|division| division.change)
        }
    }
}

/// Parcels in a square, and the land around it.
struct Commune {
    around: Boundary,
    parcels: Vec<Boundary>,
}

impl Commune {
    fn new(side_mm: i64) -> Self {
        let outer = square(-10 * side_mm, 10 * side_mm);
        let hole = square(0, side_mm);
        Self {
            around: boundary(&[&outer, &hole]).unwrap(),
            parcels: vec![boundary(&[&hole]).unwrap()],
        }
    }

    fn all(&self) -> Vec<&Boundary> {
        std::iter::once(&self.around).chain(&self.parcels).collect()
    }

    /// Does it, if it is lawful.
    fn act(&mut self, act: &Act) -> Result<(), Vec<Violation>> {
        let count = self.parcels.len();
        let taken = match act {
            Act::Split(a, _) | Act::Divide(a, ..) => vec![a % count],
            Act::Merge(a, b) | Act::Adjust(a, b, _) => vec![a % count, b % count],
        };
        if let [a, b] = taken[..]
            && a == b
        {
            return Ok(());
        }
        let parents: Vec<&Boundary> = taken.iter().map(|number| &self.parcels[*number]).collect();
        let mut neighbours = self.all();
        neighbours.retain(|one| !parents.contains(one));
        let change = change(act, &parents, &neighbours)?;
        assert_eq!(change.drift_doubled_mm2, 0);
        let mut after = change.neighbours_after(&neighbours);
        after.extend(&change.parcels);
        let mut judged = check(&self.all(), &after);
        judged.retain(|violation| violation.code != ViolationCode::Sliver);
        assert_eq!(judged, []);
        let mut after = after.into_iter().cloned();
        (self.around, self.parcels) = (after.next().unwrap(), after.collect());
        Ok(())
    }

    /// Each edge but the outermost four has its twin in exactly one other parcel.
    fn assert_edges_are_shared(&self) {
        let mut edges = BTreeSet::new();
        for parcel in self.all() {
            for ring in parcel.rings() {
                for place in 0..ring.len() {
                    let edge = (ring[place], ring[(place + 1) % ring.len()]);
                    assert!(edges.insert(edge), "{edge:?} twice");
                }
            }
        }
        let alone = edges
            .iter()
            .filter(|(from, to)| !edges.contains(&(*to, *from)));
        assert_eq!(alone.count(), 4);
    }

    /// Each point lies in one parcel or on the boundaries of several.
    fn assert_covered_once(&self, point: GridPoint) {
        let (mut inside, mut on) = (0, 0);
        for parcel in self.all() {
            match winding(parcel, point) {
                None => on += 1,
                Some(0) => {}
                Some(1) => inside += 1,
                Some(other) => panic!("winds {other} times"),
            }
        }
        assert!(
            (inside, on) == (1, 0) || (inside == 0 && on >= 2),
            "{inside} {on}"
        );
    }
}

/// How often a boundary winds around a point; nothing on the boundary.
fn winding(parcel: &Boundary, point: GridPoint) -> Option<i32> {
    let mut winds = 0;
    for ring in parcel.rings() {
        for (place, a) in ring.iter().enumerate() {
            let b = ring[(place + 1) % ring.len()];
            let (ax, ay) = (a.east_mm - point.east_mm, a.north_mm - point.north_mm);
            let (bx, by) = (b.east_mm - point.east_mm, b.north_mm - point.north_mm);
            let side = i128::from(ax) * i128::from(by) - i128::from(ay) * i128::from(bx);
            if side == 0 && ax.signum() * bx.signum() <= 0 && ay.signum() * by.signum() <= 0 {
                return None;
            }
            if ay <= 0 && by > 0 && side > 0 {
                winds += 1;
            } else if ay > 0 && by <= 0 && side < 0 {
                winds -= 1;
            }
        }
    }
    Some(winds)
}

/// Does what is lawful of a story, and looks at the commune after each act.
fn run(side_mm: i64, acts: &[Act], places: &[(i64, i64)]) {
    let mut commune = Commune::new(side_mm);
    for act in acts {
        let _ = commune.act(act);
        commune.assert_edges_are_shared();
    }
    let whole: u128 = commune.all().into_iter().map(doubled_area_mm2).sum();
    assert_eq!(whole, 2 * (20 * u128::from(side_mm.unsigned_abs())).pow(2));
    for (x, y) in places {
        commune.assert_covered_once(at(*x, *y));
    }
}

/// Acts and points to look at, in a square with the given side.
fn story(side_mm: i64) -> impl Strategy<Value = (Vec<Act>, Vec<(i64, i64)>)> {
    let reach = -side_mm / 5..=side_mm + side_mm / 5;
    (
        proptest::collection::vec(act(side_mm), 1..25),
        proptest::collection::vec((reach.clone(), reach), 20),
    )
}

proptest! {
    #[test]
    fn a_commune_stays_covered_exactly_whatever_is_done((acts, places) in story(40_000)) {
        run(40_000, &acts, &places);
    }

    /// So small that lines and corners fall together all the time.
    #[test]
    fn a_commune_of_a_handspan_stays_covered_exactly((acts, places) in story(200)) {
        run(200, &acts, &places);
    }

    #[test]
    fn a_commune_of_a_fingernail_stays_covered_exactly((acts, places) in story(12)) {
        run(12, &acts, &places);
    }

    #[test]
    fn parcels_that_fit_nowhere_make_nothing_panic(
        rings in proptest::collection::vec(proptest::collection::vec((0..60_i64, 0..60_i64), 3..7), 2..6),
        acts in proptest::collection::vec(act(60), 1..8),
    ) {
        let points = |ring: &Vec<(i64, i64)>| ring.iter().map(|(x, y)| at(*x, *y)).collect::<Vec<_>>();
        let parcels: Vec<Boundary> = rings.iter().filter_map(|ring| boundary(&[&points(ring)]).ok()).collect();
        let all: Vec<&Boundary> = parcels.iter().collect();
        if all.len() < 2 {
            return Ok(());
        }
        for act in acts {
            let (Act::Split(a, _) | Act::Divide(a, ..) | Act::Merge(a, _) | Act::Adjust(a, ..)) = act;
            let pair = [all[a % all.len()], all[(a + 1) % all.len()]];
            let change = change(&act, &pair, &all);
            if let Ok(change) = change {
                let after: Vec<&Boundary> = change.parcels.iter().chain(change.neighbours_after(&all)).collect();
                check(&all, &after);
            }
        }
    }
}

/// So that the properties above say something: here nothing may be refused.
#[test]
fn a_plain_story_is_lawful_throughout() {
    let mut commune = Commune::new(40_000);
    for act in [
        Act::Split(0, vec![(-4000, 13_337), (20_001, 17_003), (44_000, 9_999)]),
        Act::Split(0, vec![(7_777, -4000), (9_001, 44_000)]),
        Act::Divide(2, (1, 3), 3),
        Act::Merge(0, 1),
    ] {
        commune.act(&act).unwrap();
        commune.assert_edges_are_shared();
    }
    assert_eq!(commune.parcels.len(), 4);
}

#[test]
fn a_point_is_found_along_an_edge_as_far_as_the_edge_goes() {
    // The edge from (3, 4) back to (0, 0) is 5 m long.
    let parcel = boundary(&[&[at(0, 0), at(3000, 0), at(3000, 4000)]]).unwrap();
    assert_eq!(point_along(&parcel, 0, 0, 1200), Some(at(1200, 0)));
    assert_eq!(point_along(&parcel, 0, 2, 2500), Some(at(1500, 2000)));
    assert_eq!(point_along(&parcel, 0, 2, 5000), Some(at(0, 0)));
    assert_eq!(point_along(&parcel, 0, 2, 5001), None);
    assert_eq!(point_along(&parcel, 0, 3, 0), None);
    assert_eq!(point_along(&parcel, 1, 0, 0), None);
}
