//! Where a parcel lies along roads: its front and its depth.

use crate::domain::{Boundary, GridPoint, Ring};

/// A parcel's front on roads.
///
/// # Units
/// Millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Front {
    /// The length of boundary that it shares with roads.
    pub length_mm: f64,
    /// How far it reaches from the line of its longest edge on a road.
    pub depth_mm: f64,
}

/// The front of a parcel on roads; none where it shares no edge with any.
pub fn front(parcel: &Boundary, roads: &[&Boundary]) -> Option<Front> {
    let outer = parcel.rings().first()?;
    let mut length_mm = 0.0;
    let mut longest: Option<(f64, [GridPoint; 2])> = None;
    for edge in edges(outer) {
        let of_road = |road: &&Boundary| -> f64 {
            let theirs = road.rings().iter().flat_map(edges);
            theirs.map(|other| shared_mm(edge, other)).sum()
        };
        let shared: f64 = roads.iter().map(of_road).sum();
        length_mm += shared;
        if shared > longest.map_or(0.0, |(length, _)| length) {
            longest = Some((shared, edge));
        }
    }
    let (_, [from, to]) = longest?;
    let depths = outer.iter().map(|point| distance_mm(*point, [from, to]));
    Some(Front {
        length_mm,
        depth_mm: depths.fold(0.0, f64::max),
    })
}

fn edges(ring: &Ring) -> impl Iterator<Item = [GridPoint; 2]> + '_ {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(next).map(|(from, to)| [*from, *to])
}

/// How long two edges lie on each other; nothing for edges that are not on one line.
fn shared_mm([a, b]: [GridPoint; 2], [c, d]: [GridPoint; 2]) -> f64 {
    let along = between(a, b);
    if cross(along, between(a, c)) != 0 || cross(along, between(a, d)) != 0 {
        return 0.0;
    }
    let square = dot(along, along);
    let (first, second) = (dot(along, between(a, c)), dot(along, between(a, d)));
    let overlap = first.max(second).min(square) - first.min(second).max(0);
    overlap.max(0) as f64 / (square as f64).sqrt()
}

fn distance_mm(point: GridPoint, [from, to]: [GridPoint; 2]) -> f64 {
    let along = between(from, to);
    let area = cross(along, between(from, point));
    area.unsigned_abs() as f64 / (dot(along, along) as f64).sqrt()
}

fn between(from: GridPoint, to: GridPoint) -> (i128, i128) {
    (
        i128::from(to.east_mm) - i128::from(from.east_mm),
        i128::from(to.north_mm) - i128::from(from.north_mm),
    )
}

fn cross((east, north): (i128, i128), (other_east, other_north): (i128, i128)) -> i128 {
    east * other_north - north * other_east
}

fn dot((east, north): (i128, i128), (other_east, other_north): (i128, i128)) -> i128 {
    east * other_east + north * other_north
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(points_m: &[(i64, i64)]) -> Boundary {
        let point = |(east, north): &(i64, i64)| GridPoint {
            east_mm: (600_000 + east) * 1000,
            north_mm: (1_190_000 + north) * 1000,
        };
        Boundary::lawful(9210, vec![points_m.iter().map(point).collect()])
    }

    #[test]
    fn a_rectangle_on_a_road_has_its_width_for_a_front_and_its_length_for_a_depth() {
        // 5 m wide, 20 m deep, on a road of 6 m along its south whose corners are elsewhere
        let parcel = boundary(&[(10, 0), (15, 0), (15, 20), (10, 20)]);
        let road = boundary(&[(0, -6), (100, -6), (100, 0), (0, 0)]);
        let found = front(&parcel, &[&road]).unwrap();
        assert_eq!((found.length_mm, found.depth_mm), (5000.0, 20_000.0));
    }

    #[test]
    fn a_front_that_is_broken_by_corners_or_on_two_roads_is_added_up() {
        // 3 m along the south and, turned by 3-4-5, 5 m more; 20 m along the east
        let parcel = boundary(&[(0, 0), (3, 0), (7, -3), (7, 17), (0, 17)]);
        let south = boundary(&[(0, -9), (7, -9), (7, -3), (3, 0), (0, 0)]);
        let east = boundary(&[(7, -9), (13, -9), (13, 17), (7, 17), (7, -3)]);
        let found = front(&parcel, &[&south]).unwrap();
        assert_eq!((found.length_mm, found.depth_mm), (8000.0, 16_000.0));
        let found = front(&parcel, &[&south, &east]).unwrap();
        assert_eq!((found.length_mm, found.depth_mm), (28_000.0, 7000.0));
    }

    #[test]
    fn a_parcel_that_touches_a_road_at_a_point_or_not_at_all_has_no_front() {
        let parcel = boundary(&[(0, 0), (5, 0), (5, 5), (0, 5)]);
        let corner = boundary(&[(5, 5), (9, 5), (9, 9), (5, 9)]);
        let away = boundary(&[(0, -9), (5, -9), (5, -1), (0, -1)]);
        assert_eq!(front(&parcel, &[&corner, &away]), None);
        assert_eq!(front(&parcel, &[]), None);
    }
}
