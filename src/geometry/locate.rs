//! Is a point in a parcel?

use super::edge::cross;
use super::planar::{Segment, ring_segments};
use crate::domain::{Boundary, GridPoint};

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the interior.
    Inside,
    /// On an edge or a corner.
    OnBoundary,
    /// Elsewhere, also in a hole.
    Outside,
}

/// Parts of a millimetre that [`locate_m`] tells apart: finer than any survey, coarser than the rounding of metres in
/// `f64`, so that a grid point written in metres is that grid point.
const PARTS_PER_MM: i64 = 1024;

/// Where a grid point lies, exactly.
pub fn locate(boundary: &Boundary, point: GridPoint) -> Location {
    locate_in_rings(boundary.rings(), point, 1)
}

/// Whether the parcel covers a point: inside or on the boundary.
///
/// # Units
/// Metres in the parcel's zone; told apart to 1/1024 mm.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked against the range of the Earth"
)]
pub fn locate_m(boundary: &Boundary, easting_m: f64, northing_m: f64) -> bool {
    const EARTH_M: f64 = 1e8;
    if !(easting_m.abs() < EARTH_M && northing_m.abs() < EARTH_M) {
        return false;
    }
    let part = |metres: f64| (metres * 1000.0 * PARTS_PER_MM as f64).round() as i64;
    let point = GridPoint {
        east_mm: part(easting_m),
        north_mm: part(northing_m),
    };
    locate_in_rings(boundary.rings(), point, PARTS_PER_MM) != Location::Outside
}

/// Where a grid point lies with respect to one ring.
pub(crate) fn locate_in_ring(ring: &[GridPoint], point: GridPoint) -> Location {
    locate_in_rings(std::slice::from_ref(&ring), point, 1)
}

fn locate_in_rings<R: AsRef<[GridPoint]>>(rings: &[R], point: GridPoint, parts: i64) -> Location {
    let edges = rings.iter().flat_map(|ring| ring_segments(ring.as_ref()));
    locate_among(edges, point, parts)
}

/// Counts the edges of a closed boundary east of the point; the point is given in parts of a millimetre.
pub(crate) fn locate_among(
    edges: impl IntoIterator<Item = Segment>,
    point: GridPoint,
    parts: i64,
) -> Location {
    let scaled = |p: GridPoint| GridPoint {
        east_mm: p.east_mm.saturating_mul(parts),
        north_mm: p.north_mm.saturating_mul(parts),
    };
    let mut inside = false;
    for (from, to) in edges {
        let (from, to) = (scaled(from), scaled(to));
        let (low, high) = if from.north_mm <= to.north_mm {
            (from, to)
        } else {
            (to, from)
        };
        if point.north_mm < low.north_mm || point.north_mm > high.north_mm {
            continue;
        }
        let side = cross(low, high, point);
        let span = low.east_mm.min(high.east_mm)..=low.east_mm.max(high.east_mm);
        if side == 0 && span.contains(&point.east_mm) {
            return Location::OnBoundary;
        }
        inside ^= side > 0 && low.north_mm <= point.north_mm && point.north_mm < high.north_mm;
    }
    if inside {
        Location::Inside
    } else {
        Location::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::check::tests::{EAST_M, NORTH_M, lawful};

    fn place(x_m: i64, y_m: i64) -> GridPoint {
        GridPoint {
            east_mm: 600_000_000 + x_m * 1000,
            north_mm: 1_190_000_000 + y_m * 1000,
        }
    }

    #[test]
    fn the_boundary_belongs_to_neither_inside_nor_outside() {
        let ring_road = lawful(&[
            &[(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)],
            &[(5.0, 5.0), (15.0, 5.0), (15.0, 15.0), (5.0, 15.0)],
        ]);
        for (x, y, expected) in [
            (2, 2, Location::Inside),
            (2, 5, Location::Inside),
            (2, 15, Location::Inside),
            (17, 10, Location::Inside),
            (10, 10, Location::Outside),
            (5, 5, Location::OnBoundary),
            (10, 5, Location::OnBoundary),
            (15, 9, Location::OnBoundary),
            (0, 0, Location::OnBoundary),
            (20, 20, Location::OnBoundary),
            (0, 7, Location::OnBoundary),
            (-1, 0, Location::Outside),
            (21, 20, Location::Outside),
            (-1, 20, Location::Outside),
        ] {
            assert_eq!(locate(&ring_road, place(x, y)), expected, "{x} {y}");
            let (easting_m, northing_m) = (place(x, y).easting_m(), place(x, y).northing_m());
            assert_eq!(
                locate_m(&ring_road, easting_m, northing_m),
                expected != Location::Outside,
                "{x} {y}"
            );
        }
    }

    #[test]
    fn a_ray_through_corners_counts_each_once() {
        let star = lawful(&[&[
            (0.0, 0.0),
            (10.0, 5.0),
            (20.0, 0.0),
            (15.0, 10.0),
            (20.0, 20.0),
            (10.0, 15.0),
            (0.0, 20.0),
            (5.0, 10.0),
        ]]);
        assert_eq!(locate(&star, place(10, 10)), Location::Inside);
        assert_eq!(locate(&star, place(6, 10)), Location::Inside);
        for (x, y) in [
            (1, 10),
            (-5, 0),
            (-5, 5),
            (-5, 10),
            (-5, 15),
            (-5, 20),
            (10, 0),
            (10, 20),
        ] {
            assert_eq!(locate(&star, place(x, y)), Location::Outside, "{x} {y}");
        }
    }

    #[test]
    fn metres_are_told_apart_finer_than_the_grid() {
        let square = lawful(&[&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]]);
        assert!(locate_m(&square, EAST_M + 1.0, NORTH_M + 0.123));
        assert!(locate_m(&square, EAST_M + 0.9999, NORTH_M + 0.5));
        assert!(!locate_m(&square, EAST_M + 1.0001, NORTH_M + 0.5));
        for far in [f64::NAN, f64::INFINITY, f64::MAX, -1e300] {
            assert!(!locate_m(&square, far, NORTH_M) && !locate_m(&square, EAST_M, far));
        }
        let end_of_numbers = GridPoint {
            east_mm: i64::MAX,
            north_mm: i64::MIN,
        };
        assert_eq!(locate(&square, end_of_numbers), Location::Outside);
    }
}
