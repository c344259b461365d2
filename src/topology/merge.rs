//! Parcels become one.

use super::change::all_segments;
use super::split::check_zones;
use super::{Change, Extent, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry::distance_m;
use crate::geometry::planar::{Noding, Points, Segment, faces, segments, turned};
use std::collections::BTreeSet;

/// So many corners of a parcel are looked at to say how far it is from another.
const LOOKED_AT: usize = 1000;

/// Merges parcels that share boundary of positive length.
///
/// All vertices on the new parcel's boundary stay, also where the dissolved boundary met it and three of them lie on one line:
/// a vertex is a surveyed mark, mostly the neighbours have it too, and none of their boundaries need change for a merger.
/// What the parcels have within a millimetre of each other (a vertex that one of them lacks) is joined first.
///
/// # Errors
/// Parcels that touch at points only, or not at all.
pub fn merge(parcels: &[&Boundary], neighbours: &[&Boundary]) -> Result<Change, Vec<Violation>> {
    let [first, others @ ..] = parcels else {
        return Err(too_few(0));
    };
    if others.is_empty() {
        return Err(too_few(1));
    }
    check_zones(first, others)?;
    check_zones(first, neighbours)?;
    let noding = joined(parcels, neighbours);
    let borders = led_over(parcels, &noding);
    check_apart(&borders)?;
    let once: BTreeSet<Segment> = borders.iter().copied().collect();
    let is_outside = |border: &Segment| !once.contains(&turned(*border));
    let outside: Vec<Segment> = borders.into_iter().filter(is_outside).collect();
    let faces = faces(&outside);
    if faces.len() > 1 {
        return Err(separations(&faces));
    }
    Change::of(parcels, first.zone(), faces, neighbours, &noding)
}

/// Leads the edges of parcels over each other's vertices.
pub(super) fn joined(parcels: &[&Boundary], neighbours: &[&Boundary]) -> Noding {
    let vertices: Points = parcels.iter().flat_map(|parcel| parcel.points()).collect();
    let own = all_segments(parcels);
    let seeds: Vec<GridPoint> = own.iter().flat_map(|edge| vertices.on(*edge)).collect();
    let around = neighbours.iter().flat_map(|neighbour| segments(neighbour));
    let all: Vec<Segment> = own.iter().copied().chain(around).collect();
    let points = all.iter().flat_map(|(from, to)| [*from, *to]).collect();
    Noding::over(seeds, &points, &all)
}

/// The borders of parcels, led over nodes.
pub(super) fn led_over(parcels: &[&Boundary], noding: &Noding) -> Vec<Segment> {
    let edges = parcels.iter().flat_map(|parcel| segments(parcel));
    edges.flat_map(|edge| noding.pieces(edge)).collect()
}

/// No two parcels may have their land on the same side of a border.
pub(super) fn check_apart(borders: &[Segment]) -> Result<(), Vec<Violation>> {
    let mut seen = BTreeSet::new();
    let twice = borders.iter().filter(|border| !seen.insert(**border));
    let overlaps: Vec<Violation> = twice
        .map(|(from, to)| {
            Violation::along(ViolationCode::ParcelsOverlap, *from, distance_m(*from, *to))
        })
        .collect();
    if overlaps.is_empty() {
        Ok(())
    } else {
        Err(overlaps)
    }
}

/// Where parts that ought to be one touch, or how far apart they are.
fn separations(parts: &[Vec<Ring>]) -> Vec<Violation> {
    let outers: Vec<&Ring> = parts.iter().filter_map(|part| part.first()).collect();
    let Some((first, others)) = outers.split_first() else {
        return Vec::new();
    };
    others
        .iter()
        .filter_map(|other| separation(first, other))
        .collect()
}

fn separation(a: &Ring, b: &Ring) -> Option<Violation> {
    let corners: BTreeSet<&GridPoint> = a.iter().collect();
    if let Some(point) = b.iter().find(|point| corners.contains(point)) {
        return Some(Violation::along(
            ViolationCode::ParcelsTouchAtPoint,
            *point,
            0.0,
        ));
    }
    let nearest = |point: &GridPoint| {
        let distances = a
            .iter()
            .take(LOOKED_AT)
            .map(|corner| distance_m(*corner, *point));
        distances.min_by(f64::total_cmp)
    };
    b.iter()
        .take(LOOKED_AT)
        .filter_map(|point| Some((nearest(point)?, *point)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(distance_m, point)| Violation::along(ViolationCode::ParcelsApart, point, distance_m))
}

fn too_few(count: usize) -> Vec<Violation> {
    let extent = Extent::Count(count);
    vec![Violation::new(ViolationCode::TooFewParcels, None, extent)]
}
