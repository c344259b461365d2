//! What an operation makes of the parcels that it touches.

use super::Violation;
use crate::domain::{Boundary, Fault, Ring, ZoneCode};
use crate::geometry::planar::{Noding, Segment, segments};
use crate::geometry::{check_grid_rings, doubled_area_mm2};

/// What an operation leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The parcels that the operation makes, in its order.
    pub parcels: Vec<Boundary>,
    /// The neighbours that took a new vertex, by their number in the list given.
    pub neighbours: Vec<(usize, Boundary)>,
    /// By how much the rounding of new vertices changed the land of all of them together: zero wherever both sides of an edge
    /// are at hand, and to be recorded where an edge has no neighbour.
    ///
    /// # Units
    /// Square millimetres, doubled.
    pub drift_doubled_mm2: i128,
}

impl Change {
    /// The neighbours as they are afterwards, changed or not.
    pub fn neighbours_after<'a>(&'a self, before: &[&'a Boundary]) -> Vec<&'a Boundary> {
        let mut after = before.to_vec();
        for (number, boundary) in &self.neighbours {
            if let Some(place) = after.get_mut(*number) {
                *place = boundary;
            }
        }
        after
    }

    /// Puts together what an operation on `parents` made: faces, and the neighbours led over the new vertices.
    ///
    /// # Errors
    /// Boundaries that the rounding made unlawful.
    pub(super) fn of(
        parents: &[&Boundary],
        zone: ZoneCode,
        faces: Vec<Vec<Ring>>,
        neighbours: &[&Boundary],
        noding: &Noding,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = Vec::new();
        let mut lawful = |judged: Result<Boundary, Vec<Fault>>, number: Option<usize>| {
            let about = |fault: &Fault| Violation::of_boundary(fault).about(number);
            judged
                .map_err(|faults| violations.extend(faults.iter().map(about)))
                .ok()
        };
        // What a parent loses where its edges bend together would be nobody's.
        for parent in parents {
            lawful(noding.boundary(parent), None);
        }
        let parcels: Vec<Boundary> = faces
            .into_iter()
            .filter_map(|rings| lawful(check_grid_rings(zone, rings), None))
            .collect();
        let neighbours: Vec<(usize, &Boundary, Boundary)> = neighbours
            .iter()
            .enumerate()
            .filter(|(_, before)| segments(before).any(|segment| noding.bends(segment)))
            .filter_map(|(number, before)| {
                Some((
                    number,
                    *before,
                    lawful(noding.boundary(before), Some(number))?,
                ))
            })
            .collect();
        if !violations.is_empty() {
            return Err(violations);
        }
        let touched = || neighbours.iter().map(|(_, before, after)| (*before, after));
        let before = doubled_sum_mm2(
            parents
                .iter()
                .copied()
                .chain(touched().map(|(before, _)| before)),
        );
        let after = doubled_sum_mm2(parcels.iter().chain(touched().map(|(_, after)| after)));
        Ok(Self {
            drift_doubled_mm2: after - before,
            neighbours: neighbours
                .into_iter()
                .map(|(number, _, after)| (number, after))
                .collect(),
            parcels,
        })
    }
}

/// Twice the area of parcels together.
fn doubled_sum_mm2<'a>(boundaries: impl Iterator<Item = &'a Boundary>) -> i128 {
    boundaries
        .map(|boundary| doubled_area_mm2(boundary).cast_signed())
        .sum()
}

/// The segments of neighbours, for the noding.
pub(super) fn all_segments(boundaries: &[&Boundary]) -> Vec<Segment> {
    boundaries
        .iter()
        .flat_map(|boundary| segments(boundary))
        .collect()
}
