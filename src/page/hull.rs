//! Convex hulls.

use super::World;

/// The convex hull of points, clockwise on the map, without points on its edges.
///
/// # Source
/// A. M. Andrew, Another efficient algorithm for convex hulls in two dimensions (1979).
pub fn hull(mut points: Vec<World>) -> Vec<World> {
    points.sort_unstable();
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut hull = chain(points.iter().copied());
    hull.pop();
    hull.extend(chain(points.iter().rev().copied()));
    hull.pop();
    hull
}

/// One side of the hull of sorted points.
fn chain(points: impl Iterator<Item = World>) -> Vec<World> {
    let mut chain: Vec<World> = Vec::new();
    for point in points {
        while let [.., before, last] = chain[..]
            && turn(before, last, point) <= 0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain
}

/// Positive where the way over three points turns right on the map (y grows southwards).
fn turn(a: World, b: World, c: World) -> i128 {
    let step = |from: u32, to: u32| i128::from(to) - i128::from(from);
    step(a.x, b.x) * step(a.y, c.y) - step(a.y, b.y) * step(a.x, c.x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(places: &[(u32, u32)]) -> Vec<World> {
        places.iter().map(|(x, y)| World { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_hull_has_the_corners_and_nothing_else() {
        let places = [
            (0, 0),
            (2, 0),
            (4, 0),
            (4, 4),
            (0, 4),
            (1, 3),
            (2, 2),
            (0, 0),
        ];
        assert_eq!(
            hull(points(&places)),
            points(&[(0, 0), (4, 0), (4, 4), (0, 4)])
        );
    }

    #[test]
    fn points_on_a_line_have_only_its_ends() {
        assert_eq!(
            hull(points(&[(1, 1), (3, 3), (2, 2)])),
            points(&[(1, 1), (3, 3)])
        );
        assert_eq!(hull(points(&[(7, 7), (7, 7)])), points(&[(7, 7)]));
    }
}
