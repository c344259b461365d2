//! Pixels: the square millimetre around each grid point, its western and southern sides included.

use super::Segment;
use crate::domain::GridPoint;
use crate::geometry::edge::cross;

/// Whether a segment passes through the pixel of a point.
///
/// The segment must reach the pixel in east and north; then it passes unless all four corners lie on one side of it. It may
/// also just touch a corner: only the south-western one belongs to the pixel.
pub(crate) fn passes((from, to): Segment, pixel: GridPoint) -> bool {
    let within = |a: i64, b: i64, x: i64| a.min(b) <= x && x <= a.max(b);
    if !within(from.north_mm, to.north_mm, pixel.north_mm)
        || !within(from.east_mm, to.east_mm, pixel.east_mm)
    {
        return false;
    }
    let east = i128::from(to.east_mm) - i128::from(from.east_mm);
    let north = i128::from(to.north_mm) - i128::from(from.north_mm);
    let doubled_offset = 2 * cross(from, to, pixel);
    doubled_offset.abs() < east.abs() + north.abs() || doubled_offset == east - north
}

/// The grid point nearest to where two segments cross, each in its inside; halves go east and north.
pub(crate) fn crossing(a: Segment, b: Segment) -> Option<GridPoint> {
    let (back, forth) = (cross(b.0, b.1, a.0), cross(b.0, b.1, a.1));
    let (left, right) = (cross(a.0, a.1, b.0), cross(a.0, a.1, b.1));
    if back.signum() * forth.signum() != -1 || left.signum() * right.signum() != -1 {
        return None;
    }
    let between = |from: i64, to: i64| {
        let way = (i128::from(to) - i128::from(from)) * back.abs();
        let parts = back.abs() + forth.abs();
        let nearest = (2 * way + parts).div_euclid(2 * parts);
        i64::try_from(i128::from(from) + nearest).ok()
    };
    Some(GridPoint {
        east_mm: between(a.0.east_mm, a.1.east_mm)?,
        north_mm: between(a.0.north_mm, a.1.north_mm)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point((east_mm, north_mm): (i64, i64)) -> GridPoint {
        GridPoint { east_mm, north_mm }
    }

    fn segment(from: (i64, i64), to: (i64, i64)) -> Segment {
        (point(from), point(to))
    }

    #[test]
    fn a_segment_passes_the_pixels_that_it_meets() {
        // From (0, 0) to (4, 1): at east 1 it is 0.25 north, at 2 exactly 0.5, at 3 it is 0.75.
        let slight = segment((0, 0), (4, 1));
        let passed = [(0, 0), (1, 0), (2, 0), (2, 1), (3, 1), (4, 1)];
        for east in -1..6 {
            for north in -1..3 {
                let expected = passed.contains(&(east, north));
                assert_eq!(
                    passes(slight, point((east, north))),
                    expected,
                    "{east} {north}"
                );
            }
        }
    }

    #[test]
    fn of_a_pixel_that_is_met_in_one_corner_only_the_south_western_counts() {
        // Falling, through (0.5, 0.5): that is the corner of four pixels, and belongs to (1, 1) alone.
        let falling = segment((0, 1), (1, 0));
        assert!(passes(falling, point((1, 1))));
        assert!(!passes(falling, point((0, 0))));
        // Rising through (0.5, 0.5), it runs through the middle of its own two and misses the others.
        let rising = segment((0, 0), (1, 1));
        assert!(!passes(rising, point((1, 0))) && !passes(rising, point((0, 1))));
    }

    #[test]
    fn a_crossing_goes_to_the_nearest_grid_point() {
        // y = x / 4 and y = 3 − x meet at (2.4, 0.6).
        assert_eq!(
            crossing(segment((0, 0), (8, 2)), segment((0, 3), (3, 0))),
            Some(point((2, 1)))
        );
        // A crossing at (0.5, 0.5) goes east and north.
        assert_eq!(
            crossing(segment((0, 0), (1, 1)), segment((0, 1), (1, 0))),
            Some(point((1, 1)))
        );
        // An end on the other segment is no crossing.
        assert_eq!(
            crossing(segment((0, 0), (8, 0)), segment((3, 0), (3, 5))),
            None
        );
    }

    proptest! {
        /// Steps along the segment in parts so small that no pixel of the test can lie between two steps unseen.
        #[test]
        fn walking_along_a_segment_meets_only_pixels_that_it_passes(
            from in (0..12_i64, 0..12_i64), to in (0..12_i64, 0..12_i64),
        ) {
            const STEPS: i64 = 5040;
            let segment = segment(from, to);
            let mut walked = std::collections::BTreeSet::new();
            for step in 0..=STEPS {
                let at = |a: i64, b: i64| (2 * (a * STEPS + (b - a) * step) + STEPS).div_euclid(2 * STEPS);
                walked.insert((at(from.0, to.0), at(from.1, to.1)));
            }
            for east in -1..13 {
                for north in -1..13 {
                    let expected = walked.contains(&(east, north));
                    prop_assert_eq!(passes(segment, point((east, north))), expected, "{} {}", east, north);
                }
            }
        }

        #[test]
        fn both_segments_pass_the_pixel_of_their_crossing(
            a in ((-99..99_i64, -99..99_i64), (-99..99_i64, -99..99_i64)),
            b in ((-99..99_i64, -99..99_i64), (-99..99_i64, -99..99_i64)),
        ) {
            let (a, b) = (segment(a.0, a.1), segment(b.0, b.1));
            prop_assert_eq!(crossing(a, b), crossing(b, a));
            if let Some(point) = crossing(a, b) {
                prop_assert!(passes(a, point) && passes(b, point));
            }
        }
    }
}
