//! Is a polygon, taken alone, a lawful boundary?

use super::conflict::{LISTED, conflict_faults, ring_name};
use super::edge::{self, distance_m};
use super::locate::{Location, locate_in_ring};
use super::measure::doubled_signed_area_mm2;
use super::sweep::{Arrangement, sweep};
use super::{RawPolygon, ring};
use crate::domain::{Boundary, Fault, FaultCode, GridPoint, Place, Ring, ZoneCode};
use std::ops::RangeInclusive;

/// The most points that a parcel may have.
pub const POINT_LIMIT: usize = 200_000;

/// Where eastings of Viet Nam lie in any zone; no northing does.
const EASTING_M: RangeInclusive<f64> = 180_000.0..=820_000.0;
/// Where northings of Viet Nam lie.
const NORTHING_M: RangeInclusive<f64> = 880_000.0..=2_620_000.0;

/// Turns rings as read into a lawful boundary, or says everything that is wrong with them (up to 100 faults).
///
/// Coordinates go to the nearest millimetre (halves away from zero); repeated points and closing points are dropped; the
/// outer ring is made to run counter-clockwise, holes clockwise. Rings may touch each other at single points as long as the
/// parcel stays in one piece; they may not cross, touch themselves, or share edges.
///
/// # Units
/// Metres in, millimetres out.
///
/// # Source
/// Cadastral map rules of Circular 25/2014/TT-BTNMT (no self-crossing, no spikes, no parts); OGC 06-103r4 §6.1.11 for
/// touching rings.
pub fn check_rings(zone: ZoneCode, raw: &RawPolygon) -> Result<Boundary, Vec<Fault>> {
    let count: usize = raw.rings.iter().map(Vec::len).sum();
    if count.max(raw.rings.len()) > POINT_LIMIT {
        let detail = format!("{count} points, more than {POINT_LIMIT}");
        return Err(vec![Fault::new(FaultCode::TooManyPoints, detail)]);
    }
    let faults = check_coordinates(zone, raw);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (rings, faults) = clean_rings(zone, raw);
    judge(zone, rings, faults)
}

/// The same judgement over rings on the grid that run the right way round already, as operations on land make them.
///
/// Nothing is cleaned: a ring that goes out and back, encloses nothing, or has turned over is a fault.
pub(crate) fn check_grid_rings(zone: ZoneCode, rings: Vec<Ring>) -> Result<Boundary, Vec<Fault>> {
    let mut faults = Vec::new();
    for (number, ring) in rings.iter().enumerate() {
        let Some(first) = ring.first() else { continue };
        let (clean, spikes) = ring::clean(ring.iter().copied());
        faults.extend(spikes.iter().map(|spike| spike_fault(zone, number, spike)));
        if clean.len() < 3 || (doubled_signed_area_mm2(&clean) > 0) != (number == 0) {
            let detail = format!("{} vanishes or turns over", ring_name(number));
            faults.push(Fault::at(
                FaultCode::GeometryEmpty,
                first.place(zone),
                detail,
            ));
        }
    }
    judge(zone, rings, faults)
}

/// Whether a point can lie in a zone of Viet Nam.
pub(crate) fn is_in_range(point: GridPoint) -> bool {
    EASTING_M.contains(&point.easting_m()) && NORTHING_M.contains(&point.northing_m())
}

fn judge(zone: ZoneCode, rings: Vec<Ring>, mut faults: Vec<Fault>) -> Result<Boundary, Vec<Fault>> {
    if rings.iter().all(|ring| ring.len() >= 3) {
        faults.extend(check_arrangement(zone, &rings));
    }
    if faults.is_empty() {
        return Ok(Boundary::lawful(zone, rings));
    }
    let unlisted = faults.len().saturating_sub(LISTED);
    faults.truncate(LISTED);
    if let (Some(last), 1..) = (faults.last_mut(), unlisted) {
        last.detail = format!("{}, and {unlisted} more faults", last.detail);
    }
    Err(faults)
}

/// One fault per kind, with the first place and the number of points.
fn check_coordinates(zone: ZoneCode, raw: &RawPolygon) -> Vec<Fault> {
    let points = || raw.rings.iter().flatten().copied();
    let not_finite = points()
        .filter(|(x, y)| !(x.is_finite() && y.is_finite()))
        .count();
    let finite = || points().filter(|(x, y)| x.is_finite() && y.is_finite());
    let is_outside = |x, y| !(EASTING_M.contains(&x) && NORTHING_M.contains(&y));
    let mut faults = Vec::new();
    if not_finite > 0 {
        let detail = format!("{not_finite} of {} points have no number", points().count());
        faults.push(Fault::new(FaultCode::CoordinateNotFinite, detail));
    }
    if let Some((x, y)) = finite().find(|(x, y)| is_outside(*x, *y)) {
        let place = Place {
            zone: Some(zone),
            x,
            y,
        };
        faults.push(if finite().all(|(x, y)| !is_outside(y, x)) {
            let detail = "northing stands first; swap the axes of the file";
            Fault::at(FaultCode::AxesSwapped, place, detail)
        } else {
            let outside = finite().filter(|(x, y)| is_outside(*x, *y)).count();
            let detail = format!(
                "{outside} of {} points are outside eastings 180000 to 820000 m, northings 880000 to 2620000 m",
                points().count()
            );
            Fault::at(FaultCode::CoordinateOutsideZone, place, detail)
        });
    }
    faults
}

/// The rings on the grid, cleaned and turned the right way round; with faults for spikes and for rings without area.
fn clean_rings(zone: ZoneCode, raw: &RawPolygon) -> (Vec<Ring>, Vec<Fault>) {
    let mut faults = Vec::new();
    if raw.rings.is_empty() {
        faults.push(Fault::new(FaultCode::GeometryEmpty, "there is no ring"));
    }
    let mut clean = |(number, points): (usize, &Vec<(f64, f64)>)| {
        let (mut ring, spikes) = ring::clean(points.iter().map(|(x, y)| ring::to_grid(*x, *y)));
        if ring.len() < 3 {
            let detail = format!("{} encloses nothing", ring_name(number));
            faults.push(match points.first() {
                Some(&(x, y)) => Fault::at(
                    FaultCode::GeometryEmpty,
                    Place {
                        zone: Some(zone),
                        x,
                        y,
                    },
                    detail,
                ),
                None => Fault::new(FaultCode::GeometryEmpty, detail),
            });
        } else {
            faults.extend(spikes.iter().map(|spike| spike_fault(zone, number, spike)));
        }
        if (doubled_signed_area_mm2(&ring) > 0) != (number == 0) {
            // The first point surveyed stays the first.
            ring.reverse();
            let one = ring.len().min(1);
            ring.rotate_right(one);
        }
        ring
    };
    let rings = raw.rings.iter().enumerate().map(&mut clean).collect();
    (rings, faults)
}

fn spike_fault(zone: ZoneCode, number: usize, spike: &ring::Spike) -> Fault {
    let length_m = distance_m(spike.tip, spike.root);
    let detail = format!("{} goes out and back {length_m:.3} m", ring_name(number));
    Fault::at(FaultCode::BoundarySpike, spike.tip.place(zone), detail)
}

fn check_arrangement(zone: ZoneCode, rings: &[Ring]) -> Vec<Fault> {
    let edges = edge::edges(rings);
    match sweep(rings, &edges) {
        Ok(Arrangement { touches, parents }) => {
            let holes = parents.iter().enumerate().skip(1);
            let mut faults: Vec<Fault> = holes
                .filter(|(_, parent)| **parent != Some(0))
                .filter_map(|(hole, parent)| hole_fault(zone, rings, hole, *parent))
                .collect();
            faults.extend(check_in_one_piece(zone, rings.len(), touches));
            faults
        }
        Err(first) => {
            let mut faults = conflict_faults(edges, first, zone);
            faults.extend(
                holes_far_outside(rings).filter_map(|hole| hole_fault(zone, rings, hole, None)),
            );
            faults
        }
    }
}

fn hole_fault(zone: ZoneCode, rings: &[Ring], hole: usize, parent: Option<usize>) -> Option<Fault> {
    let place = rings.get(hole)?.first()?.place(zone);
    let detail = match parent {
        Some(other) => format!("hole {hole} lies in {}", ring_name(other)),
        None => format!("hole {hole} lies outside the outer ring"),
    };
    Some(Fault::at(FaultCode::HoleOutside, place, detail))
}

/// Where the rings cross somewhere, only holes without any point in the outer ring are surely outside.
fn holes_far_outside(rings: &[Ring]) -> impl Iterator<Item = usize> + '_ {
    const EFFORT: usize = 50_000_000;
    let outer = rings.first().map_or(&[][..], Vec::as_slice);
    let holes_affordable = EFFORT / outer.len().max(1);
    let is_outside = |point: &GridPoint| locate_in_ring(outer, *point) == Location::Outside;
    rings
        .iter()
        .enumerate()
        .skip(1)
        .take(holes_affordable)
        .filter(move |(_, hole)| hole.iter().take(3).all(is_outside))
        .map(|(number, _)| number)
}

/// Rings that touch in a circle cut the parcel apart: each touch must join what was not joined before.
fn check_in_one_piece(
    zone: ZoneCode,
    ring_count: usize,
    mut touches: Vec<(GridPoint, usize)>,
) -> Vec<Fault> {
    touches.sort_unstable();
    touches.dedup();
    let mut joined: Vec<usize> = (0..ring_count).collect();
    let mut faults = Vec::new();
    for touch in touches.chunk_by(|a, b| a.0 == b.0) {
        let Some(((point, first), others)) = touch.split_first() else {
            continue;
        };
        for (_, ring) in others {
            let (a, b) = (root(&mut joined, *first), root(&mut joined, *ring));
            if a == b {
                let detail = format!(
                    "{} touches its surroundings a second time and cuts the parcel apart",
                    ring_name(*ring)
                );
                faults.push(Fault::at(
                    FaultCode::BoundaryCrossesItself,
                    point.place(zone),
                    detail,
                ));
            }
            joined[a] = b;
        }
    }
    faults
}

/// Who stands for the rings joined with this one.
fn root(joined: &mut [usize], mut ring: usize) -> usize {
    while joined[ring] != ring {
        joined[ring] = joined[joined[ring]];
        ring = joined[ring];
    }
    ring
}

#[cfg(test)]
pub(super) mod tests;
