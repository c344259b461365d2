//! A parcel is divided by a drawn line.

use super::land::Land;
use super::{Change, Extent, Line, Violation, ViolationCode};
use crate::domain::Boundary;
use crate::geometry::planar::faces;

/// Splits a parcel along a line, which may start and end beyond it and may cross it several times.
///
/// New vertices are the grid points nearest to where the line crosses the boundary; neighbours whose edges they lie on take
/// them too. Children follow each other from west to east (by their westernmost vertices); each starts with the vertex that
/// comes first in the parent. A line that is a ring cuts out a piece.
///
/// # Errors
/// Everything that keeps the line from dividing the parcel: it misses, only touches or follows the boundary, ends inside,
/// meets a hole.
pub fn split(
    parent: &Boundary,
    neighbours: &[&Boundary],
    line: &Line,
) -> Result<Change, Vec<Violation>> {
    check_zones(parent, neighbours)?;
    let land = Land::of_parcel(parent, neighbours);
    let trace = land.trace(line);
    let mut violations = trace.holes_met(parent);
    violations.extend(trace.violations(&land, line));
    if !violations.is_empty() {
        return Err(violations);
    }
    let cut = trace.cut();
    let noding = land.node_for(&cut);
    let mut children = faces(&land.borders(&noding, &cut));
    if children.len() < 2 {
        let place = cut.first().map(|(from, _)| *from);
        let extent = Extent::Count(children.len());
        return Err(vec![Violation::new(
            ViolationCode::NotTwoParcels,
            place,
            extent,
        )]);
    }
    children.sort_by_key(|rings| rings.first().and_then(|outer| outer.iter().min()).copied());
    Change::of(&[parent], parent.zone(), children, neighbours, &noding)
}

/// All parcels must lie in the zone of the first.
pub(super) fn check_zones(first: &Boundary, others: &[&Boundary]) -> Result<(), Vec<Violation>> {
    let strangers: Vec<Violation> = others
        .iter()
        .enumerate()
        .filter(|(_, other)| other.zone() != first.zone())
        .map(|(number, other)| {
            let place = other.points().next();
            Violation::new(ViolationCode::ZonesDiffer, place, Extent::Count(1)).about([number])
        })
        .collect();
    if strangers.is_empty() {
        Ok(())
    } else {
        Err(strangers)
    }
}
