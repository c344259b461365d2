//! Plane geometry in fine units: whether polygons meet, where a point lies, how far it is.

use crate::page::Fine;

/// Where a point lies with respect to rings, and how far from the nearest edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Whether an odd number of edges lies east of the point.
    pub is_inside: bool,
    /// The distance to the nearest edge, in what the scale makes of fine units.
    pub edge_distance: f64,
}

/// Where a point stands to the rings of one polygon (even-odd rule); distances are scaled along each axis.
pub fn standing(rings: &[Vec<Fine>], point: Fine, scale: (f64, f64)) -> Standing {
    let mut is_inside = false;
    let mut squared = f64::INFINITY;
    for (from, to) in rings.iter().flat_map(|ring| edges(ring)) {
        if (from.y > point.y) != (to.y > point.y) {
            let (low, high) = if from.y < to.y {
                (from, to)
            } else {
                (to, from)
            };
            is_inside ^= turn(low, high, point) > 0;
        }
        squared = squared.min(squared_distance(from, to, point, scale));
    }
    Standing {
        is_inside,
        edge_distance: squared.sqrt(),
    }
}

/// Whether two polygons share a point.
pub fn meet(a: &[Vec<Fine>], b: &[Vec<Fine>]) -> bool {
    let first_inside = |rings: &[Vec<Fine>], other: &[Vec<Fine>]| {
        other
            .first()
            .and_then(|ring| ring.first())
            .is_some_and(|point| {
                let standing = standing(rings, *point, (1.0, 1.0));
                standing.is_inside || standing.edge_distance == 0.0
            })
    };
    let crosses = || {
        a.iter().flat_map(|ring| edges(ring)).any(|(from, to)| {
            b.iter()
                .flat_map(|ring| edges(ring))
                .any(|(other_from, other_to)| segments_meet(from, to, other_from, other_to))
        })
    };
    first_inside(a, b) || first_inside(b, a) || crosses()
}

/// The edges of a ring that is not closed.
fn edges(ring: &[Fine]) -> impl Iterator<Item = (Fine, Fine)> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

/// Positive if `point` lies right of the line from `from` to `to` when y grows downwards.
fn turn(from: Fine, to: Fine, point: Fine) -> i128 {
    let (ax, ay) = (i128::from(to.x - from.x), i128::from(to.y - from.y));
    let (bx, by) = (i128::from(point.x - from.x), i128::from(point.y - from.y));
    ax * by - ay * bx
}

fn segments_meet(a: Fine, b: Fine, c: Fine, d: Fine) -> bool {
    let apart = |low_a: i64, high_a: i64, low_b: i64, high_b: i64| high_a < low_b || high_b < low_a;
    if apart(a.x.min(b.x), a.x.max(b.x), c.x.min(d.x), c.x.max(d.x))
        || apart(a.y.min(b.y), a.y.max(b.y), c.y.min(d.y), c.y.max(d.y))
    {
        return false;
    }
    let side = |from, to, point| turn(from, to, point).signum();
    side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
}

fn squared_distance(from: Fine, to: Fine, point: Fine, (east, south): (f64, f64)) -> f64 {
    let scaled = |to: Fine| {
        (
            (to.x - from.x) as f64 * east,
            (to.y - from.y) as f64 * south,
        )
    };
    let ((dx, dy), (px, py)) = (scaled(to), scaled(point));
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 {
        0.0
    } else {
        ((px * dx + py * dy) / length).clamp(0.0, 1.0)
    };
    (px - along * dx).powi(2) + (py - along * dy).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<Fine> {
        points.iter().map(|(x, y)| Fine { x: *x, y: *y }).collect()
    }

    fn square_with_hole() -> Vec<Vec<Fine>> {
        vec![
            ring(&[(0, 0), (10, 0), (10, 10), (0, 10)]),
            ring(&[(4, 4), (4, 6), (6, 6), (6, 4)]),
        ]
    }

    #[test]
    fn a_point_in_a_hole_is_outside() {
        let at = |x, y| standing(&square_with_hole(), Fine { x, y }, (1.0, 1.0));
        assert_eq!(
            at(2, 5),
            Standing {
                is_inside: true,
                edge_distance: 2.0
            }
        );
        assert_eq!(
            at(5, 5),
            Standing {
                is_inside: false,
                edge_distance: 1.0
            }
        );
        assert_eq!(
            at(13, 14),
            Standing {
                is_inside: false,
                edge_distance: 5.0
            }
        );
    }

    #[test]
    fn polygons_meet_by_crossing_touching_or_holding_one_another() {
        let other = |points: &[(i64, i64)]| meet(&square_with_hole(), &[ring(points)]);
        assert!(other(&[(-5, 5), (15, 6), (15, 5)]), "crossing");
        assert!(
            other(&[(10, 10), (20, 10), (20, 20)]),
            "touching at a corner"
        );
        assert!(other(&[(1, 1), (2, 1), (2, 2)]), "inside");
        assert!(other(&[(-9, -9), (30, -9), (30, 30), (-9, 30)]), "around");
        assert!(!other(&[(5, 5), (5, 5), (5, 5)]), "in the hole");
        assert!(!other(&[(11, 0), (20, 0), (20, 20)]), "beside");
    }
}
