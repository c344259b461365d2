//! Parcels as a new survey found them.

use super::change::all_segments;
use super::split::check_zones;
use super::{Change, Violation};
use crate::domain::Boundary;
use crate::geometry::doubled_area_mm2;
use crate::geometry::planar::{Noding, Points, Segment, segments};

/// Fits surveyed boundaries among their neighbours: each vertex that lies on another's edge (within 0.71 mm) is taken by it too.
///
/// Nothing is moved beyond that: where the survey overlaps a neighbour or leaves land between, [`super::check`] tells it. Parcels
/// whose common boundary moved are drawn together. `before` is what they were; the drift told is what the survey changed of the land of
/// all that it touches, together.
///
/// # Errors
/// Boundaries of several zones; boundaries that the fitting makes unlawful.
pub fn resurvey(
    before: &[&Boundary],
    drawn: &[&Boundary],
    neighbours: &[&Boundary],
) -> Result<Change, Vec<Violation>> {
    if let [first, others @ ..] = drawn {
        check_zones(first, others)?;
        check_zones(first, neighbours)?;
    }
    let own = all_segments(drawn);
    let all: Vec<Segment> = own
        .iter()
        .copied()
        .chain(all_segments(neighbours))
        .collect();
    let vertices: Points = drawn
        .iter()
        .flat_map(|boundary| boundary.points())
        .collect();
    let points: Points = all.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut seeds: Vec<_> = own.iter().flat_map(|edge| points.on(*edge)).collect();
    seeds.extend(all.iter().flat_map(|edge| vertices.on(*edge)));
    let noding = Noding::over(seeds, &points, &all);
    let fitted = |boundary: &Boundary, number: usize| {
        let of_boundary = |faults: Vec<_>| -> Vec<Violation> {
            let about = |fault| Violation::of_boundary(fault).about([number]);
            faults.iter().map(about).collect()
        };
        noding.boundary(boundary).map_err(of_boundary)
    };
    let area = |boundary: &Boundary| doubled_area_mm2(boundary).cast_signed();
    let mut drift: i128 = -before.iter().map(|boundary| area(boundary)).sum::<i128>();
    let mut parcels = Vec::with_capacity(drawn.len());
    for (number, boundary) in drawn.iter().enumerate() {
        let after = fitted(boundary, number)?;
        drift += area(&after);
        parcels.push(after);
    }
    let mut bent = Vec::new();
    for (number, boundary) in neighbours.iter().enumerate() {
        if segments(boundary).any(|edge| noding.bends(edge)) {
            let after = fitted(boundary, number)?;
            drift += area(&after) - area(boundary);
            bent.push((number, after));
        }
    }
    Ok(Change {
        parcels,
        neighbours: bent,
        drift_doubled_mm2: drift,
    })
}
