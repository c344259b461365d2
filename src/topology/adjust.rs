//! The boundary between two parcels is drawn anew.

use super::land::{Land, shared_chains};
use super::merge::{check_apart, joined, led_over, merge};
use super::split::check_zones;
use super::{Change, Extent, Line, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry::planar::{Segment, faces, ring_segments};
use std::collections::BTreeSet;

/// Replaces the boundary that two parcels share by a line; everything outside both stays.
///
/// The line may start and end where the old boundary did, or elsewhere on the outer boundary of the two, or beyond it. Where
/// they share several pieces of boundary, the piece is replaced at whose ends the line starts or ends. The two come back in
/// the order given: each is the part that keeps more of its outer boundary.
///
/// # Errors
/// Parcels without common boundary; lines that do not divide the two into two.
pub fn adjust(
    parcels: [&Boundary; 2],
    neighbours: &[&Boundary],
    line: &Line,
) -> Result<Change, Vec<Violation>> {
    let [first, second] = parcels;
    check_zones(first, &[second])?;
    check_zones(first, neighbours)?;
    let noding = joined(&parcels, neighbours);
    let borders = led_over(&parcels, &noding);
    check_apart(&borders)?;
    let dissolved = old_boundary(&shared_chains(&borders), parcels, line)?;
    let land = Land::of_two(parcels, neighbours, &noding, dissolved);
    let trace = land.trace(line);
    let mut violations = trace.departures();
    violations.extend(trace.violations(&land, line));
    if !violations.is_empty() {
        return Err(violations);
    }
    let cut = trace.cut();
    let noding = land.node_for(&cut);
    let mut parts = faces(&land.borders(&noding, &cut));
    if parts.len() != 2 {
        let extent = Extent::Count(parts.len());
        let place = cut.first().map(|(from, _)| *from);
        return Err(vec![Violation::new(
            ViolationCode::NotTwoParcels,
            place,
            extent,
        )]);
    }
    let kept = |parcel: &Boundary, part: Option<&Vec<Ring>>| {
        let own: BTreeSet<Segment> = led_over(&[parcel], &noding).into_iter().collect();
        let rings = part
            .into_iter()
            .flatten()
            .flat_map(|ring| ring_segments(ring));
        rings
            .filter(|border| own.contains(border))
            .map(length_mm)
            .sum::<u128>()
    };
    let as_given = kept(first, parts.first()) + kept(second, parts.get(1));
    let turned = kept(first, parts.get(1)) + kept(second, parts.first());
    if turned > as_given {
        parts.reverse();
    }
    Change::of(&parcels, first.zone(), parts, neighbours, &noding)
}

/// A point of the piece of shared boundary that the line replaces.
fn old_boundary(
    chains: &[BTreeSet<GridPoint>],
    parcels: [&Boundary; 2],
    line: &Line,
) -> Result<GridPoint, Vec<Violation>> {
    let ends = [line.points().first(), line.points().last()];
    let at_line =
        |chain: &&BTreeSet<GridPoint>| ends.iter().flatten().any(|end| chain.contains(end));
    let meant = match chains {
        [] => return Err(merge(&parcels, &[]).err().unwrap_or_default()),
        [only] => Some(only),
        _ => {
            let mut meant = chains.iter().filter(at_line);
            meant.next().filter(|_| meant.next().is_none())
        }
    };
    meant
        .and_then(|chain| chain.first())
        .copied()
        .ok_or_else(|| {
            let extent = Extent::Count(chains.len());
            let place = line.points().first().copied();
            vec![Violation::new(
                ViolationCode::SharedBoundaryUnclear,
                place,
                extent,
            )]
        })
}

/// The length of a segment, down to the whole millimetre.
fn length_mm((from, to): Segment) -> u128 {
    let square = |a: i64, b: i64| u128::from(a.abs_diff(b)).pow(2);
    (square(from.east_mm, to.east_mm) + square(from.north_mm, to.north_mm)).isqrt()
}
