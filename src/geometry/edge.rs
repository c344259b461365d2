//! Edges, and how two of them meet: exact, in integers.

use crate::domain::{GridPoint, Ring};
use std::cmp::Ordering;

/// Twice the signed area of the triangle: positive when `c` lies left of the way from `a` to `b`.
pub(crate) fn cross(a: GridPoint, b: GridPoint, c: GridPoint) -> i128 {
    let east = |p: GridPoint| i128::from(p.east_mm) - i128::from(a.east_mm);
    let north = |p: GridPoint| i128::from(p.north_mm) - i128::from(a.north_mm);
    east(b) * north(c) - north(b) * east(c)
}

/// Whether the way from `a` over `b` to `c` turns back on itself.
pub(crate) fn turns_back(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    let dot = (i128::from(b.east_mm) - i128::from(a.east_mm))
        * (i128::from(c.east_mm) - i128::from(b.east_mm))
        + (i128::from(b.north_mm) - i128::from(a.north_mm))
            * (i128::from(c.north_mm) - i128::from(b.north_mm));
    dot < 0 && cross(a, b, c) == 0
}

/// The distance of two points.
pub(crate) fn distance_m(a: GridPoint, b: GridPoint) -> f64 {
    (a.easting_m() - b.easting_m()).hypot(a.northing_m() - b.northing_m())
}

/// An edge of a ring, from its western end (the southern one, where both are as far west) to its eastern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub west: GridPoint,
    pub east: GridPoint,
    /// Which ring, outer = 0.
    pub ring: usize,
    /// Its number in the ring.
    pub index: usize,
    /// Whether the ring runs along it from west to east.
    pub eastward: bool,
    /// Whether it is the ring's last edge, next to the first.
    pub last: bool,
}

/// How two edges meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meeting {
    Apart,
    /// An end of one lies on the other.
    Touch(GridPoint),
    /// They share a piece of a line, between these points.
    Overlap(GridPoint, GridPoint),
    /// They cross at a place inside both, in metres.
    Cross(f64, f64),
}

/// The edges of all rings.
pub(super) fn edges(rings: &[Ring]) -> Vec<Edge> {
    let of_ring = |(ring, points): (usize, &Ring)| {
        let ends = points.iter().copied().cycle().skip(1);
        let count = points.len();
        points
            .iter()
            .copied()
            .zip(ends)
            .enumerate()
            .map(move |(index, (from, to))| Edge {
                west: from.min(to),
                east: from.max(to),
                ring,
                index,
                eastward: from < to,
                last: index + 1 == count,
            })
            .collect::<Vec<_>>()
    };
    rings.iter().enumerate().flat_map(of_ring).collect()
}

impl Edge {
    /// Whether the two follow each other in a ring (in a triangle, each follows each).
    fn is_next_to(&self, other: &Self) -> bool {
        self.ring == other.ring
            && (self.index.abs_diff(other.index) <= 1
                || (self.index == 0 && other.last)
                || (other.index == 0 && self.last))
    }

    /// How the two meet; edges that follow each other meet at their corner, which does not count.
    pub fn meet(&self, other: &Self) -> Meeting {
        if self.is_next_to(other) {
            return Meeting::Apart;
        }
        let (from, to) = (
            cross(self.west, self.east, other.west),
            cross(self.west, self.east, other.east),
        );
        if from == 0 && to == 0 {
            return self.meet_on_one_line(other);
        }
        if from.signum() * to.signum() > 0 {
            return Meeting::Apart;
        }
        let (back, forth) = (
            cross(other.west, other.east, self.west),
            cross(other.west, other.east, self.east),
        );
        if back.signum() * forth.signum() > 0 {
            return Meeting::Apart;
        }
        // Neither lies on one side of the other, so they meet in exactly one point.
        match (from, to, back, forth) {
            (0, ..) => Meeting::Touch(other.west),
            (_, 0, ..) => Meeting::Touch(other.east),
            (_, _, 0, _) => Meeting::Touch(self.west),
            (.., 0) => Meeting::Touch(self.east),
            _ => {
                let part = back as f64 / (back as f64 - forth as f64);
                let between = |a: f64, b: f64| a + (b - a) * part;
                Meeting::Cross(
                    between(self.west.easting_m(), self.east.easting_m()),
                    between(self.west.northing_m(), self.east.northing_m()),
                )
            }
        }
    }

    fn meet_on_one_line(&self, other: &Self) -> Meeting {
        let (from, to) = (self.west.max(other.west), self.east.min(other.east));
        match from.cmp(&to) {
            Ordering::Less => Meeting::Overlap(from, to),
            Ordering::Equal => Meeting::Touch(from),
            Ordering::Greater => Meeting::Apart,
        }
    }
}

/// South to north, for edges that some line from south to north (leaning a hair to the east) both meets, and that do not
/// cross.
impl Ord for Edge {
    fn cmp(&self, other: &Self) -> Ordering {
        let number = (self.ring, self.index).cmp(&(other.ring, other.index));
        if number.is_eq() {
            return number;
        }
        let side = if self.west <= other.west {
            self.side_of(other).reverse()
        } else {
            other.side_of(self)
        };
        side.then(number)
    }
}

impl Edge {
    /// Whether an edge that starts no farther west lies north (`Greater`) or south of this one.
    fn side_of(&self, other: &Self) -> Ordering {
        cross(self.west, self.east, other.west)
            .cmp(&0)
            .then_with(|| cross(self.west, self.east, other.east).cmp(&0))
    }
}

impl PartialOrd for Edge {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Edge {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Edge {}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: (i64, i64), to: (i64, i64), index: usize) -> Edge {
        let point = |(east_mm, north_mm)| GridPoint { east_mm, north_mm };
        let (from, to) = (point(from), point(to));
        Edge {
            west: from.min(to),
            east: from.max(to),
            ring: 0,
            index,
            eastward: from < to,
            last: false,
        }
    }

    fn meet(a: [(i64, i64); 2], b: [(i64, i64); 2]) -> Meeting {
        edge(a[0], a[1], 0).meet(&edge(b[0], b[1], 5))
    }

    #[test]
    fn two_edges_cross_touch_overlap_or_stay_apart() {
        let flat = [(0, 0), (10_000, 0)];
        let at = |east_mm, north_mm| GridPoint { east_mm, north_mm };
        assert_eq!(
            meet(flat, [(5000, -5000), (5000, 5000)]),
            Meeting::Cross(5.0, 0.0)
        );
        assert_eq!(
            meet(flat, [(3000, 0), (3000, 9)]),
            Meeting::Touch(at(3000, 0))
        );
        assert_eq!(
            meet(flat, [(10_000, 0), (10_000, 9)]),
            Meeting::Touch(at(10_000, 0))
        );
        assert_eq!(
            meet(flat, [(10_000, 0), (10_001, 0)]),
            Meeting::Touch(at(10_000, 0))
        );
        assert_eq!(
            meet(flat, [(7000, 0), (12_000, 0)]),
            Meeting::Overlap(at(7000, 0), at(10_000, 0))
        );
        assert_eq!(meet(flat, [(10_001, 0), (12_000, 0)]), Meeting::Apart);
        assert_eq!(meet(flat, [(3000, 1), (3000, 9)]), Meeting::Apart);
        assert_eq!(meet(flat, [(0, 1), (10_000, 1)]), Meeting::Apart);
    }

    #[test]
    fn a_miss_by_one_millimetre_in_a_thousand_kilometres_is_a_miss() {
        let long = [(0, 0), (640_000_000, 1_740_000_000)];
        // (16, 43.5) lies on the line of slope 1740/640; one millimetre beside it is not on it.
        assert_eq!(
            meet(long, [(32, 87), (32, 0)]),
            Meeting::Touch(GridPoint {
                east_mm: 32,
                north_mm: 87
            })
        );
        assert_eq!(meet(long, [(32, 86), (32, 0)]), Meeting::Apart);
    }

    #[test]
    fn edges_are_ordered_from_south_to_north() {
        let low = edge((0, 0), (10, 0), 0);
        let high = edge((5, 1), (20, 1), 1);
        let fan = edge((0, 0), (10, 5), 2);
        let upright = edge((0, 0), (0, 9), 3);
        assert_eq!(
            (low.cmp(&high), high.cmp(&low)),
            (Ordering::Less, Ordering::Greater)
        );
        assert!([low, fan, upright].is_sorted());
    }
}
