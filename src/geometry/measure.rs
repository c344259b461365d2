//! Areas and extents.

use super::edge::{cross, distance_m};
use super::planar::segments;
use crate::domain::{Area, Boundary, GridPoint};

/// Twice the area, exactly.
///
/// # Units
/// Square millimetres, doubled.
pub fn doubled_area_mm2(boundary: &Boundary) -> u128 {
    let sum: i128 = boundary
        .rings()
        .iter()
        .map(|ring| doubled_signed_area_mm2(ring))
        .sum();
    sum.unsigned_abs()
}

/// The area as the register prints it.
pub fn area(boundary: &Boundary) -> Area {
    Area::from_doubled_mm2(doubled_area_mm2(boundary))
}

/// Twice the area of a ring: positive when it runs counter-clockwise.
pub(crate) fn doubled_signed_area_mm2(ring: &[GridPoint]) -> i128 {
    ring.first().map_or(0, |origin| {
        ring.windows(2)
            .map(|pair| cross(*origin, pair[0], pair[1]))
            .sum()
    })
}

/// The south-west and north-east corners of the bounding box.
pub fn bounds(boundary: &Boundary) -> (GridPoint, GridPoint) {
    let start = boundary.points().next().unwrap_or(GridPoint {
        east_mm: 0,
        north_mm: 0,
    });
    boundary
        .points()
        .fold((start, start), |(low, high), point| {
            (
                GridPoint {
                    east_mm: low.east_mm.min(point.east_mm),
                    north_mm: low.north_mm.min(point.north_mm),
                },
                GridPoint {
                    east_mm: high.east_mm.max(point.east_mm),
                    north_mm: high.north_mm.max(point.north_mm),
                },
            )
        })
}

/// How wide a parcel is in the mean: its area over half its perimeter.
///
/// For a long strip that is its width, for a triangle the radius of its inscribed circle, for a square half its side.
pub fn mean_width_mm(boundary: &Boundary) -> f64 {
    let perimeter_m: f64 = segments(boundary).map(|(a, b)| distance_m(a, b)).sum();
    doubled_area_mm2(boundary) as f64 / perimeter_m / 1000.0
}

/// By how much a stated area may differ from the computed one: factor · M · √P.
///
/// # Units
/// Square metres; the factor is data (0.0004 in the norm of 2014), M the denominator of the map scale, P the area in m².
///
/// # Source
/// Circular 25/2014/TT-BTNMT.
pub fn area_tolerance_m2(scale_denominator: i32, area: Area, factor: f64) -> f64 {
    factor * f64::from(scale_denominator) * area.m2().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::check::tests::lawful;

    #[test]
    fn a_rectangle_with_a_hole_has_the_difference_of_the_two_areas() {
        // 30.5 m × 20 m = 610 m²; the hole 2.1 m × 3 m = 6.3 m².
        let boundary = lawful(&[
            &[(0.0, 0.0), (30.5, 0.0), (30.5, 20.0), (0.0, 20.0)],
            &[(5.0, 5.0), (7.1, 5.0), (7.1, 8.0), (5.0, 8.0)],
        ]);
        assert_eq!(doubled_area_mm2(&boundary), 2 * 603_700_000);
        assert_eq!(area(&boundary).to_string(), "603.7");
    }

    #[test]
    fn a_triangle_has_half_of_its_rectangle() {
        // 3 m × 0.1 m / 2 = 0.15 m², which rounds up.
        let boundary = lawful(&[&[(0.0, 0.0), (3.0, 0.0), (0.0, 0.1)]]);
        assert_eq!(doubled_area_mm2(&boundary), 300_000);
        assert_eq!(area(&boundary).to_string(), "0.2");
    }

    #[test]
    fn the_bounds_are_the_extreme_coordinates() {
        let boundary = lawful(&[&[(1.0, 7.0), (4.0, 2.0), (9.0, 3.5)]]);
        let (low, high) = bounds(&boundary);
        assert_eq!(
            (low.east_mm % 1_000_000, low.north_mm % 1_000_000),
            (1000, 2000)
        );
        assert_eq!(
            (high.east_mm % 1_000_000, high.north_mm % 1_000_000),
            (9000, 7000)
        );
    }

    #[test]
    fn the_tolerance_grows_with_the_scale_and_the_root_of_the_area() {
        // 0.0004 × 1000 × √400 = 8 m².
        let tolerance_m2 = area_tolerance_m2(1000, Area::from_tenths_m2(4000), 0.0004);
        assert!((tolerance_m2 - 8.0).abs() < 1e-9);
    }
}
