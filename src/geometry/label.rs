//! The characteristic point of a parcel.

use super::edge::distance_m;
use super::locate::{Location, locate};
use super::measure::{bounds, doubled_area_mm2};
use super::ring::to_grid;
use crate::domain::{Boundary, GridPoint, Ring};
use geo::{LineString, Polygon};
use polylabel::polylabel;

/// How near the point comes to the greatest distance from the boundary that any point has.
const PRECISION_M: f64 = 0.1;
/// Steps that one point may cost, each a look at one edge.
const EFFORT: f64 = 1e6;
/// The widest rows tried where polylabel does not help.
const ROWS: usize = 64;

/// The characteristic point: inside the parcel and far from its edges, on the grid.
///
/// The point depends on the shape alone, not on where its rings start. Its distance from the boundary is within 0.1 m of the
/// greatest possible one; within a quarter of the mean half-width for parcels narrower than that asks for; coarser where the
/// boundary is kilometres long. Where that says nothing any more (networks of roads, slivers), it is the middle of the widest
/// of some rows across the parcel. Where no grid point lies inside (narrower than 1 mm), it is a corner.
///
/// # Source
/// Circular 19/2026/TT-BNNMT, Annex I, step 1 ("Polygonlabel"); the circular leaves precision and ties open.
pub fn label_point(boundary: &Boundary) -> GridPoint {
    let rings = in_order(boundary);
    pole(boundary, &rings)
        .filter(|point| locate(boundary, *point) == Location::Inside)
        .or_else(|| middle_of_widest_row(boundary, &rings))
        .or_else(|| rings.first().and_then(|ring| ring.first()).copied())
        .unwrap_or(bounds(boundary).0)
}

/// The rings, each from its westernmost point on, the holes sorted.
fn in_order(boundary: &Boundary) -> Vec<Ring> {
    let mut rings = boundary.rings().to_vec();
    for ring in &mut rings {
        let west = ring.iter().enumerate().min_by_key(|(_, point)| **point);
        let start = west.map_or(0, |(place, _)| place);
        ring.rotate_left(start);
    }
    if let Some((_, holes)) = rings.split_first_mut() {
        holes.sort_unstable();
    }
    rings
}

/// The pole of inaccessibility, unless the search would be long.
fn pole(boundary: &Boundary, rings: &[Ring]) -> Option<GridPoint> {
    let (low, high) = bounds(boundary);
    let precision_m = precision_m(boundary, low, high)?;
    let local = |point: &GridPoint| {
        (
            (point.east_mm - low.east_mm) as f64 / 1000.0,
            (point.north_mm - low.north_mm) as f64 / 1000.0,
        )
    };
    let mut lines = rings
        .iter()
        .map(|ring| ring.iter().map(local).collect::<LineString>());
    let polygon = Polygon::new(lines.next()?, lines.collect());
    let point = polylabel(&polygon, &precision_m).ok()?;
    let offset = to_grid(point.x(), point.y());
    Some(GridPoint {
        east_mm: low.east_mm + offset.east_mm,
        north_mm: low.north_mm + offset.north_mm,
    })
}

/// The precision that the shape needs and the effort allows, if there is one.
fn precision_m(boundary: &Boundary, low: GridPoint, high: GridPoint) -> Option<f64> {
    let perimeter_m: f64 = boundary
        .rings()
        .iter()
        .map(|ring| {
            let next = ring.iter().cycle().skip(1);
            ring.iter()
                .zip(next)
                .map(|(a, b)| distance_m(*a, *b))
                .sum::<f64>()
        })
        .sum();
    let half_width_m = doubled_area_mm2(boundary) as f64 / 2e6 / perimeter_m;
    // Polylabel starts with a row of squares as wide as the shorter side of the box and divides along the whole middle line
    // of a long parcel: some perimeter / precision squares, each of which looks at blocks of 32 edges and into a few.
    let width_m = (high.easting_m() - low.easting_m()).min(high.northing_m() - low.northing_m());
    let looks = boundary.points().count() as f64 / 32.0 + 8.0;
    let affordable_m = perimeter_m * looks / EFFORT;
    let wanted_m = PRECISION_M.min(half_width_m / 4.0);
    let precision_m = wanted_m.max(affordable_m);
    (precision_m <= half_width_m && affordable_m <= width_m).then_some(precision_m)
}

/// The middle of the widest of some rows across the parcel, those halfway between corners far apart in northing.
fn middle_of_widest_row(boundary: &Boundary, rings: &[Ring]) -> Option<GridPoint> {
    let mut norths: Vec<i64> = boundary.points().map(|point| point.north_mm).collect();
    norths.sort_unstable();
    norths.dedup();
    let mut gaps: Vec<(i64, i64)> = norths
        .windows(2)
        .map(|pair| (pair[1] - pair[0], i64::midpoint(pair[0], pair[1])))
        .collect();
    gaps.sort_unstable_by_key(|(height_mm, north_mm)| (-height_mm, *north_mm));
    let mut middles: Vec<(i64, GridPoint)> = gaps
        .iter()
        .take(ROWS)
        .flat_map(|(_, north_mm)| row(rings, *north_mm))
        .collect();
    middles.sort_unstable_by_key(|(width_mm, point)| (-width_mm, *point));
    middles
        .into_iter()
        .take(ROWS)
        .map(|(_, point)| point)
        .find(|point| locate(boundary, *point) == Location::Inside)
}

/// Width and middle of each piece of the parcel on a line from west to east.
fn row(rings: &[Ring], north_mm: i64) -> Vec<(i64, GridPoint)> {
    let mut easts: Vec<i64> = rings
        .iter()
        .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
        .filter(|(a, b)| (a.north_mm > north_mm) != (b.north_mm > north_mm))
        .filter_map(|(a, b)| {
            let rise = i128::from(b.north_mm) - i128::from(a.north_mm);
            let run = i128::from(b.east_mm) - i128::from(a.east_mm);
            let up = i128::from(north_mm) - i128::from(a.north_mm);
            i64::try_from(i128::from(a.east_mm) + (run * up).checked_div_euclid(rise)?).ok()
        })
        .collect();
    easts.sort_unstable();
    let (pairs, _) = easts.as_chunks::<2>();
    pairs
        .iter()
        .map(|[west, east]| {
            let east_mm = i64::midpoint(*west, *east);
            (east - west, GridPoint { east_mm, north_mm })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::check::tests::{EAST_M, NORTH_M, lawful};

    /// The label in metres from the corner that the tests draw from.
    fn label(boundary: &Boundary) -> (f64, f64) {
        let point = label_point(boundary);
        assert_eq!(locate(boundary, point), Location::Inside);
        (point.easting_m() - EAST_M, point.northing_m() - NORTH_M)
    }

    #[test]
    fn a_square_is_labelled_in_its_middle() {
        let (x, y) = label(&lawful(&[&[
            (0.0, 0.0),
            (20.0, 0.0),
            (20.0, 20.0),
            (0.0, 20.0),
        ]]));
        assert!((x - 10.0).hypot(y - 10.0) < 1e-6, "{x} {y}");
    }

    #[test]
    fn the_point_of_a_notched_parcel_is_as_deep_as_can_be() {
        // An L with arms 10 m wide: the largest circle touches both outer sides and passes through the inner corner (10, 10).
        // Its centre is (r, r) with √2 (10 − r) = r, so r = 20 − 10√2 = 5.858.
        let corner = lawful(&[&[
            (0.0, 0.0),
            (40.0, 0.0),
            (40.0, 10.0),
            (10.0, 10.0),
            (10.0, 40.0),
            (0.0, 40.0),
        ]]);
        let (x, y) = label(&corner);
        let depth_m = x.min(y).min((x - 10.0).hypot(y - 10.0));
        assert!(depth_m > 5.858 - 0.1, "{x} {y}: {depth_m}");
    }

    #[test]
    fn the_point_is_the_same_wherever_the_rings_start() {
        let outer = [
            (0.0, 0.0),
            (31.0, 2.0),
            (38.0, 17.0),
            (11.0, 29.0),
            (-4.0, 13.0),
        ];
        let hole = [(8.0, 8.0), (12.0, 8.0), (12.0, 12.0)];
        let other = [(20.0, 10.0), (22.0, 10.0), (22.0, 12.0)];
        let expected = label(&lawful(&[&outer, &hole, &other]));
        for start in 0..5 {
            let mut turned = outer;
            turned.rotate_left(start);
            turned.reverse();
            assert_eq!(label(&lawful(&[&turned, &other, &hole])), expected);
        }
    }

    #[test]
    fn the_hole_in_the_middle_is_avoided() {
        label(&lawful(&[
            &[(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)],
            &[(2.0, 2.0), (18.0, 2.0), (18.0, 18.0), (2.0, 18.0)],
        ]));
    }

    #[test]
    fn narrow_and_endless_parcels_have_a_point_inside_too() {
        for (length_m, width_m) in [
            (100.0, 0.02),
            (5000.0, 0.004),
            (1000.0, 0.3),
            (90_000.0, 5.0),
            (90_000.0, 0.002),
        ] {
            let strip = [
                (0.0, 0.0),
                (length_m, length_m / 3.0),
                (length_m, length_m / 3.0 + width_m),
                (0.0, width_m),
            ];
            label(&lawful(&[&strip]));
            let level = [
                (0.0, 0.0),
                (length_m, 0.0),
                (length_m, width_m),
                (0.0, width_m),
            ];
            label(&lawful(&[&level]));
        }
    }

    #[test]
    fn a_parcel_without_a_grid_point_inside_is_labelled_at_a_corner() {
        let speck = lawful(&[&[(0.0, 0.0), (0.001, 0.0), (0.0, 0.001)]]);
        assert_eq!(locate(&speck, label_point(&speck)), Location::OnBoundary);
    }
}
