//! What a change leaves among its neighbours.

use super::change::all_segments;
use super::cover::{Ground, State, grounds};
use super::land::to_segment_m;
use super::{Extent, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint};
use crate::geometry::mean_width_mm;
use crate::geometry::planar::{Noding, Points, Segment, crossing, segments, turned};
use std::collections::{BTreeMap, BTreeSet};

/// Below this mean width a parcel is a sliver (topology rules of the cadastral map).
const SLIVER_MM: f64 = 50.0;

/// Everything that is wrong with parcels after a change, and whether it was so before.
///
/// `before` and `after` each hold the parcels that the change touches together with all parcels whose boxes meet theirs; what
/// is in both lists is unchanged. Violations name parcels by their number in `after`. Land that was covered must stay covered
/// once: overlaps, gaps and land that nobody had are told with their area, vertices that a parcel at hand lacks on its edge
/// (within a millimetre) with their distance, slivers with their width. That each boundary alone is lawful is what makes it a
/// [`Boundary`].
pub fn check(before: &[&Boundary], after: &[&Boundary]) -> Vec<Violation> {
    let weave = Weave::new(before, after);
    let changed: BTreeSet<usize> = (0..)
        .zip(after)
        .filter(|(_, boundary)| !before.contains(boundary))
        .map(|(number, _)| number)
        .collect();
    let mut violations: Vec<Violation> = grounds(before, after, |segment| weave.pieces(segment))
        .iter()
        .filter_map(|ground| of_ground(ground, &changed))
        .collect();
    violations.extend(weave.unshared_vertices(before, after));
    violations.extend(slivers(before, after, &changed));
    violations
}

fn of_ground(ground: &Ground, changed: &BTreeSet<usize>) -> Option<Violation> {
    let (before, after) = (
        ground.covered_by(State::Before),
        ground.covered_by(State::After),
    );
    let borders_change =
        |(when, number): &(State, usize)| *when == State::After && changed.contains(number);
    let code = match (before.len(), after.len()) {
        (_, 2..) => ViolationCode::ParcelsOverlap,
        (0, 1) => ViolationCode::LandAdded,
        (1.., 0) => ViolationCode::Gap,
        (0, 0) if ground.bordering.iter().any(borders_change) => ViolationCode::Gap,
        _ => return None,
    };
    let extent = Extent::AreaM2(ground.doubled_area_mm2 as f64 / 2e6);
    let mut violation = Violation::new(code, Some(ground.place), extent);
    violation.existed = match code {
        ViolationCode::ParcelsOverlap => before.len() >= 2,
        ViolationCode::Gap => before.is_empty(),
        _ => false,
    };
    let after_borders = ground
        .bordering
        .iter()
        .filter(|(when, _)| *when == State::After);
    violation.parcels = if after.is_empty() {
        after_borders.map(|(_, number)| *number).collect()
    } else {
        after
    };
    Some(violation)
}

fn slivers(before: &[&Boundary], after: &[&Boundary], changed: &BTreeSet<usize>) -> Vec<Violation> {
    let narrow = |boundary: &Boundary| {
        Some(mean_width_mm(boundary)).filter(|width_mm| *width_mm < SLIVER_MM)
    };
    let mut found = Vec::new();
    for number in changed {
        let Some(boundary) = after.get(*number) else {
            continue;
        };
        let Some((width_mm, place)) = narrow(boundary).zip(boundary.points().next()) else {
            continue;
        };
        let points: BTreeSet<GridPoint> = boundary.points().collect();
        let was = |old: &&&Boundary| {
            narrow(old).is_some() && old.points().all(|point| points.contains(&point))
        };
        let mut violation =
            Violation::along(ViolationCode::Sliver, place, width_mm / 1000.0).about([*number]);
        violation.existed = before.iter().any(|old| was(&old));
        found.push(violation);
    }
    found
}

/// All edges of both states, led over all vertices and crossings.
struct Weave {
    /// The points that each edge, west to east, is led over; edges that are led straight are left out.
    over: BTreeMap<Segment, Vec<GridPoint>>,
}

impl Weave {
    fn new(before: &[&Boundary], after: &[&Boundary]) -> Self {
        let both = all_segments(before).into_iter().chain(all_segments(after));
        let mut edges: Vec<Segment> = both.map(west_to_east).collect();
        edges.sort_unstable();
        edges.dedup();
        let ends = edges.iter().flat_map(|(west, east)| [*west, *east]);
        let noding = Noding::from(ends.chain(crossings(&edges)).collect::<Points>());
        let over = edges.into_iter().map(|edge| (edge, noding.between(edge)));
        Self {
            over: over.filter(|(_, points)| !points.is_empty()).collect(),
        }
    }

    fn pieces(&self, (from, to): Segment) -> Vec<Segment> {
        let Some(points) = self.over.get(&(from, to)) else {
            return vec![(from, to)];
        };
        let ends = points.iter().copied().chain([to]);
        let starts = [from].into_iter().chain(points.iter().copied());
        starts.zip(ends).collect()
    }

    fn unshared_vertices(&self, before: &[&Boundary], after: &[&Boundary]) -> Vec<Violation> {
        if self.over.is_empty() {
            return Vec::new();
        }
        let vertices = |list: &[&Boundary]| -> Points {
            list.iter().flat_map(|boundary| boundary.points()).collect()
        };
        let (old, new) = (vertices(before), vertices(after));
        let old_edges: BTreeSet<Segment> =
            all_segments(before).into_iter().map(west_to_east).collect();
        let directed: BTreeSet<Segment> = all_segments(after).into_iter().collect();
        let mut found = Vec::new();
        for (number, boundary) in after.iter().enumerate() {
            // An edge that the parcel on the other side has in full is shared, whatever vertex comes near it.
            let alone = segments(boundary).filter(|edge| !directed.contains(&turned(*edge)));
            for edge in alone.map(west_to_east) {
                let points = self.over.get(&edge).into_iter().flatten();
                found.extend(points.filter(|point| new.contains(**point)).map(|point| {
                    let off_m = to_segment_m(*point, edge);
                    let mut violation =
                        Violation::along(ViolationCode::VertexUnshared, *point, off_m)
                            .about([number]);
                    violation.existed = old.contains(*point) && old_edges.contains(&edge);
                    violation
                }));
            }
        }
        found
    }
}

fn west_to_east((from, to): Segment) -> Segment {
    (from.min(to), from.max(to))
}

/// Where edges, sorted by their western ends, cross.
fn crossings(edges: &[Segment]) -> Vec<GridPoint> {
    let mut found = Vec::new();
    for (place, edge) in edges.iter().enumerate() {
        let (south, north) = (
            edge.0.north_mm.min(edge.1.north_mm),
            edge.0.north_mm.max(edge.1.north_mm),
        );
        let meets = |other: &&Segment| {
            other.0.north_mm.min(other.1.north_mm) < north
                && other.0.north_mm.max(other.1.north_mm) > south
        };
        let east_of = edges
            .iter()
            .skip(place + 1)
            .take_while(|other| other.0.east_mm < edge.1.east_mm);
        found.extend(
            east_of
                .filter(meets)
                .filter_map(|other| crossing(*edge, *other)),
        );
    }
    found
}
