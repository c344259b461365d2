//! From coordinates as read to a clean ring: on the grid, without repeated points and spikes.

use super::edge::{cross, distance_m, turns_back};
use crate::domain::{GridPoint, Ring};

/// A tip where a ring went out and came back along the same line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spike {
    pub tip: GridPoint,
    /// Where the two ways part.
    pub root: GridPoint,
}

/// The nearest grid point, halves away from zero; the coordinates must have passed the range check.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a saturating cast of what the range check let through"
)]
pub(crate) fn to_grid(easting_m: f64, northing_m: f64) -> GridPoint {
    GridPoint {
        east_mm: (easting_m * 1000.0).round() as i64,
        north_mm: (northing_m * 1000.0).round() as i64,
    }
}

/// Drops repeated points, the closing point, and spikes, which are told.
///
/// A ring that encloses nothing ends with fewer than three points.
pub(super) fn clean(points: impl IntoIterator<Item = GridPoint>) -> (Ring, Vec<Spike>) {
    let mut spikes = Vec::new();
    let mut ring: Ring = Vec::new();
    for point in points {
        push(&mut ring, point, &mut spikes);
    }
    close(&mut ring, &mut spikes);
    (ring, spikes)
}

fn push(ring: &mut Ring, point: GridPoint, spikes: &mut Vec<Spike>) {
    while let [.., before, tip] = ring[..]
        && turns_back(before, tip, point)
    {
        record(spikes, before, tip, point);
        ring.pop();
    }
    if ring.last() != Some(&point) {
        ring.push(point);
    }
}

/// Does at the seam between last and first point what [`push`] does elsewhere.
fn close(ring: &mut Ring, spikes: &mut Vec<Spike>) {
    let mut start = 0;
    while let [first, second, .., before, last] = ring[start..] {
        if last == first {
            ring.pop();
        } else if turns_back(before, last, first) {
            record(spikes, before, last, first);
            ring.pop();
        } else if turns_back(last, first, second) {
            record(spikes, last, first, second);
            start += 1;
        } else {
            break;
        }
    }
    ring.drain(..start);
    if let [first, second, third] = ring[..]
        && cross(first, second, third) == 0
    {
        ring.pop();
    }
}

/// Notes a spike; one that stands where the last was cut off is the rest of it.
fn record(spikes: &mut Vec<Spike>, before: GridPoint, tip: GridPoint, after: GridPoint) {
    let root = if distance_m(before, tip) <= distance_m(tip, after) {
        before
    } else {
        after
    };
    match spikes.last_mut() {
        Some(last) if last.root == tip => last.root = root,
        _ => spikes.push(Spike { tip, root }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Points = Vec<(i64, i64)>;

    /// The clean ring and the tips of its spikes.
    fn cleaned(points: &[(i64, i64)]) -> (Points, Points) {
        let points = points
            .iter()
            .map(|&(east_mm, north_mm)| GridPoint { east_mm, north_mm });
        let (ring, spikes) = clean(points);
        (
            ring.iter().map(|p| (p.east_mm, p.north_mm)).collect(),
            spikes
                .iter()
                .map(|s| (s.tip.east_mm, s.tip.north_mm))
                .collect(),
        )
    }

    #[test]
    fn halves_of_a_millimetre_go_away_from_zero() {
        assert_eq!(
            to_grid(600_000.000_5, 1_000_000.001_4),
            GridPoint {
                east_mm: 600_000_001,
                north_mm: 1_000_000_001
            }
        );
    }

    #[test]
    fn repeated_and_closing_points_are_dropped() {
        let square = vec![(0, 0), (9, 0), (9, 9), (0, 9)];
        assert_eq!(
            cleaned(&[
                (0, 0),
                (0, 0),
                (9, 0),
                (9, 9),
                (9, 9),
                (9, 9),
                (0, 9),
                (0, 0),
                (0, 0)
            ]),
            (square.clone(), vec![])
        );
        assert_eq!(cleaned(&square), (square, vec![]));
    }

    #[test]
    fn a_spike_is_told_and_cut_off_wherever_the_ring_starts() {
        let with_spike = [(0, 0), (5, 0), (5, -7), (5, 0), (9, 0), (9, 9), (0, 9)];
        for start in 0..with_spike.len() {
            let mut turned = with_spike;
            turned.rotate_left(start);
            let (mut ring, spikes) = cleaned(&turned);
            ring.sort_unstable();
            assert_eq!(ring, [(0, 0), (0, 9), (5, 0), (9, 0), (9, 9)], "{start}");
            assert_eq!(spikes, [(5, -7)], "{start}");
        }
    }

    #[test]
    fn a_spike_of_several_points_is_cut_off_to_its_root() {
        let (ring, spikes) = cleaned(&[
            (0, 0),
            (4, 0),
            (4, -3),
            (4, -8),
            (4, -5),
            (4, 0),
            (9, 0),
            (9, 9),
        ]);
        assert_eq!(ring, [(0, 0), (4, 0), (9, 0), (9, 9)]);
        assert_eq!(spikes, [(4, -8)]);
    }

    #[test]
    fn what_encloses_nothing_keeps_fewer_than_three_points() {
        for flat in [
            &[][..],
            &[(1, 1)],
            &[(1, 1), (2, 2)],
            &[(0, 0), (1, 1), (2, 2)],
            &[(0, 0), (3, 0), (1, 0), (2, 0)],
            &[(0, 0), (5, 5), (0, 0), (5, 0), (0, 0)],
            &[(7, 7); 6],
        ] {
            assert!(cleaned(flat).0.len() < 3, "{flat:?}");
        }
    }
}
