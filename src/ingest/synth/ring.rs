//! Exact judgement of rings on the millimetre grid.

use super::plane::sides;
use crate::domain::GridPoint;

/// Twice the signed area in mm²; positive for a counter-clockwise ring.
pub(super) fn doubled_mm2(ring: &[GridPoint]) -> i128 {
    let Some(&origin) = ring.first() else {
        return 0;
    };
    sides(ring).map(|(a, b)| turn(origin, a, b)).sum()
}

/// The mean of some points, to the millimetre; the origin where there are none.
pub(super) fn middle<'a>(points: impl Iterator<Item = &'a GridPoint>) -> GridPoint {
    let sum = points.fold((0, 0, 0), |(east, north, count), point| {
        (east + point.east_mm, north + point.north_mm, count + 1)
    });
    GridPoint {
        east_mm: sum.0 / sum.2.max(1),
        north_mm: sum.1 / sum.2.max(1),
    }
}

/// Whether a ring is counter-clockwise and touches itself nowhere.
pub(super) fn is_lawful(ring: &[GridPoint]) -> bool {
    let count = ring.len();
    let apart = |i: usize, j: usize| j > i + 1 && (i > 0 || j + 1 < count);
    let all: Vec<_> = sides(ring).collect();
    let spike =
        sides(&all).any(|((a, b), (_, c))| a == b || turn(a, b, c) == 0 && ahead(a, b, c) <= 0);
    let crossing = || {
        all.iter().enumerate().any(|(i, &first)| {
            all.iter()
                .enumerate()
                .skip(i + 2)
                .any(|(j, &second)| apart(i, j) && meet(first, second))
        })
    };
    count > 2 && doubled_mm2(ring) > 0 && !spike && !crossing()
}

/// Whether any side of one ring meets any side of the other.
pub(super) fn rings_meet(one: &[GridPoint], other: &[GridPoint]) -> bool {
    sides(one).any(|first| sides(other).any(|second| meet(first, second)))
}

type Segment = (GridPoint, GridPoint);

/// Whether two segments have a point in common.
fn meet((a, b): Segment, (c, d): Segment) -> bool {
    if !boxes_meet((a, b), (c, d)) {
        return false;
    }
    let (over_c, over_d) = (turn(a, b, c).signum(), turn(a, b, d).signum());
    let (over_a, over_b) = (turn(c, d, a).signum(), turn(c, d, b).signum());
    over_c * over_d <= 0 && over_a * over_b <= 0
}

fn boxes_meet((a, b): Segment, (c, d): Segment) -> bool {
    let meet_in = |of: fn(GridPoint) -> i64| {
        of(a).max(of(b)) >= of(c).min(of(d)) && of(c).max(of(d)) >= of(a).min(of(b))
    };
    meet_in(|point| point.east_mm) && meet_in(|point| point.north_mm)
}

/// Positive if `c` lies left of the line from `a` to `b`.
fn turn(a: GridPoint, b: GridPoint, c: GridPoint) -> i128 {
    let (bx, by) = step(a, b);
    let (cx, cy) = step(a, c);
    bx * cy - by * cx
}

/// Positive if the path from `a` by `b` to `c` goes on, negative if it turns back.
fn ahead(a: GridPoint, b: GridPoint, c: GridPoint) -> i128 {
    let (bx, by) = step(a, b);
    let (cx, cy) = step(b, c);
    bx * cx + by * cy
}

fn step(from: GridPoint, to: GridPoint) -> (i128, i128) {
    (
        i128::from(to.east_mm - from.east_mm),
        i128::from(to.north_mm - from.north_mm),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<GridPoint> {
        let grid = |&(east_mm, north_mm)| GridPoint { east_mm, north_mm };
        points.iter().map(grid).collect()
    }

    #[test]
    fn a_ring_that_touches_crosses_or_returns_on_itself_is_not_lawful() {
        let square = [(0, 0), (10, 0), (10, 10), (0, 10)];
        assert!(is_lawful(&ring(&square)));
        assert_eq!(doubled_mm2(&ring(&square)), 200);
        let clockwise = [(0, 0), (0, 10), (10, 10), (10, 0)];
        let bow_tie = [(0, 0), (10, 0), (0, 9), (10, 10)];
        let spike = [(0, 0), (10, 0), (20, 0), (10, 0), (10, 10), (0, 10)];
        let touching = [(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)];
        let double = [(0, 0), (10, 0), (10, 0), (10, 10), (0, 10)];
        for wrong in [
            &clockwise[..],
            &bow_tie,
            &spike,
            &touching,
            &double,
            &square[..2],
        ] {
            assert!(!is_lawful(&ring(wrong)), "{wrong:?}");
        }
    }

    #[test]
    fn a_corner_in_the_middle_of_a_side_is_lawful() {
        assert!(is_lawful(&ring(&[(0, 0), (5, 0), (10, 0), (10, 10)])));
    }
}
