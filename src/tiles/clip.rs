//! Rings in tile units: clipped, cleaned, wound.

use super::tile_id::{BUFFER, EXTENT};

/// A point in tile units.
pub type Unit = (i64, i64);

/// The lowest unit of the tile with its buffer, along both axes.
pub const LOW: i64 = -BUFFER;
/// The highest.
pub const HIGH: i64 = EXTENT + BUFFER;

/// Cuts a ring to the tile with its buffer (Sutherland–Hodgman) and drops repeated and straight-through points.
pub fn clip(ring: Vec<Unit>) -> Vec<Unit> {
    let inside = ring
        .iter()
        .all(|(x, y)| (LOW..=HIGH).contains(x) && (LOW..=HIGH).contains(y));
    let mut ring = ring;
    if !inside {
        ring = cut(
            &ring,
            |(x, _)| x - LOW,
            |a, b| (LOW, at(a.0, a.1, b.0, b.1, LOW)),
        );
        ring = cut(
            &ring,
            |(x, _)| HIGH - x,
            |a, b| (HIGH, at(a.0, a.1, b.0, b.1, HIGH)),
        );
        ring = cut(
            &ring,
            |(_, y)| y - LOW,
            |a, b| (at(a.1, a.0, b.1, b.0, LOW), LOW),
        );
        ring = cut(
            &ring,
            |(_, y)| HIGH - y,
            |a, b| (at(a.1, a.0, b.1, b.0, HIGH), HIGH),
        );
    }
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

/// Keeps the part of the ring where `depth` is not negative; `crossing` is where an edge has depth 0.
fn cut(
    ring: &[Unit],
    depth: impl Fn(Unit) -> i64,
    crossing: impl Fn(Unit, Unit) -> Unit,
) -> Vec<Unit> {
    let mut kept = Vec::with_capacity(ring.len() + 4);
    for (from, to) in ring
        .iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
    {
        if depth(from) >= 0 {
            kept.push(from);
        }
        if (depth(from) >= 0) != (depth(to) >= 0) {
            kept.push(crossing(from, to));
        }
    }
    kept
}

/// The second coordinate where the line from (a, b) to (c, d) has the first coordinate `first`; rounded, the same both ways.
fn at(a: i64, b: i64, c: i64, d: i64, first: i64) -> i64 {
    let (a, b, c, d) = if a <= c { (a, b, c, d) } else { (c, d, a, b) };
    let (rise, run) = (i128::from(d - b) * i128::from(first - a), i128::from(c - a));
    if run == 0 {
        b
    } else {
        b + i64::try_from((2 * rise + run).div_euclid(2 * run)).unwrap_or(0)
    }
}

/// Twice the signed area; positive for clockwise on the screen, which the format wants of outer rings.
pub fn doubled_area(ring: &[Unit]) -> i64 {
    ring.iter()
        .zip(ring.iter().cycle().skip(1))
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum()
}

/// Whether a point lies in the tile with its buffer.
pub fn is_in_box((x, y): Unit) -> bool {
    (LOW..=HIGH).contains(&x) && (LOW..=HIGH).contains(&y)
}

/// Whether a ring comes into the box: with an edge, or by lying around it.
pub fn reaches_in(ring: &[Unit]) -> bool {
    let mut edges = ring
        .iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1));
    edges.any(|(from, to)| edge_meets_box(from, to)) || covers_box(&clip(ring.to_vec()))
}

/// Whether a clipped ring is the box itself.
pub fn covers_box(ring: &[Unit]) -> bool {
    doubled_area(ring).abs() == 2 * (HIGH - LOW) * (HIGH - LOW)
}

fn edge_meets_box(from: Unit, to: Unit) -> bool {
    let beside = |a: i64, b: i64| a.max(b) < LOW || a.min(b) > HIGH;
    if beside(from.0, to.0) || beside(from.1, to.1) {
        return false;
    }
    if is_in_box(from) || is_in_box(to) {
        return true;
    }
    let side =
        |(x, y): Unit| ((to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0)).signum();
    let sides = [(LOW, LOW), (LOW, HIGH), (HIGH, LOW), (HIGH, HIGH)].map(side);
    sides.contains(&0) || (sides.contains(&1) && sides.contains(&-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_around_the_tile_becomes_the_buffered_square() {
        let around = vec![(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)];
        let clipped = clip(around);
        assert_eq!(doubled_area(&clipped), 2 * (4096 + 128) * (4096 + 128));
    }

    #[test]
    fn a_ring_beside_the_tile_leaves_nothing() {
        assert!(clip(vec![(5000, 0), (6000, 0), (6000, 100)]).is_empty());
    }

    #[test]
    fn a_ring_across_the_edge_is_cut_at_the_buffer() {
        let clipped = clip(vec![(4000, 10), (5000, 10), (5000, 30), (4000, 30)]);
        assert_eq!(
            clipped,
            vec![(4000, 10), (4160, 10), (4160, 30), (4000, 30)]
        );
    }
}
