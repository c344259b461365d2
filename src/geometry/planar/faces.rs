//! From segments that don't cross to the faces on their left.

use super::Segment;
use crate::domain::{GridPoint, Ring};
use crate::geometry::edge::cross;
use crate::geometry::locate::{Location, locate_in_ring};
use crate::geometry::measure::doubled_signed_area_mm2;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The walks along segments that keep turning left as sharply as they can, each segment walked once, as numbers of segments.
///
/// A walk goes once around a face, or around something that lies in it. Segments must be distinct and may meet at ends only.
/// A walk that comes to a dead end is told as it is.
pub(crate) fn loops(segments: &[Segment]) -> Vec<Vec<usize>> {
    let mut leaving: Vec<(Segment, usize)> = segments
        .iter()
        .enumerate()
        .map(|(number, segment)| (*segment, number))
        .collect();
    leaving
        .sort_unstable_by(|(a, _), (b, _)| a.0.cmp(&b.0).then_with(|| by_bearing(a.0, a.1, b.1)));
    let mut walked = vec![false; segments.len()];
    let mut loops = Vec::new();
    for start in 0..segments.len() {
        let mut walk = Vec::new();
        let mut next = Some(start);
        while let Some(number) = next
            && let Some(walked) = walked.get_mut(number)
            && !std::mem::replace(walked, true)
        {
            walk.push(number);
            next = segments
                .get(number)
                .and_then(|segment| sharpest_left(&leaving, *segment));
        }
        if !walk.is_empty() {
            loops.push(walk);
        }
    }
    loops
}

/// The segment that leaves the end of another next to the way back, clockwise.
fn sharpest_left(leaving: &[(Segment, usize)], (from, at): Segment) -> Option<usize> {
    let first = leaving.partition_point(|(segment, _)| segment.0 < at);
    let end = leaving.partition_point(|(segment, _)| segment.0 <= at);
    let here = leaving.get(first..end)?;
    let before = here.partition_point(|(segment, _)| by_bearing(at, segment.1, from).is_lt());
    let (_, number) = before
        .checked_sub(1)
        .and_then(|place| here.get(place))
        .or(here.last())?;
    Some(*number)
}

/// Which of two ways from a point comes first, counter-clockwise from east.
fn by_bearing(at: GridPoint, a: GridPoint, b: GridPoint) -> Ordering {
    let lower = |p: GridPoint| (p.north_mm, p.east_mm) < (at.north_mm, at.east_mm);
    lower(a)
        .cmp(&lower(b))
        .then_with(|| 0.cmp(&cross(at, a, b)))
}

/// The faces on the left of boundary segments: for each its outer ring, then the holes in it.
///
/// Ways out and back along the same segments enclose nothing and are left out. Rings start where the segments listed first
/// start.
pub(crate) fn faces(segments: &[Segment]) -> Vec<Vec<Ring>> {
    let mut faces = Vec::new();
    let mut holes = Vec::new();
    for walk in loops(segments) {
        let points = walk
            .iter()
            .filter_map(|number| Some(segments.get(*number)?.0));
        let (outers, inners) = face_of_loop(points);
        faces.extend(outers.iter().map(|outer| vec![outer.clone()]));
        match faces.last_mut() {
            Some(face) if !outers.is_empty() => face.extend(inners),
            _ => holes.extend(inners),
        }
    }
    for hole in holes {
        if let Some(face) = face_around(&mut faces, &hole) {
            face.push(hole);
        }
    }
    faces
}

/// Cuts a walk where it comes to a point again: its counter-clockwise rings, and its clockwise ones.
fn face_of_loop(walk: impl IntoIterator<Item = GridPoint>) -> (Vec<Ring>, Vec<Ring>) {
    let mut way: Ring = Vec::new();
    let mut places: BTreeMap<GridPoint, usize> = BTreeMap::new();
    let mut rings = Vec::new();
    for point in walk {
        if let Some(place) = places.get(&point).copied() {
            let ring = way.split_off(place);
            for passed in &ring {
                places.remove(passed);
            }
            rings.push(ring);
        }
        places.insert(point, way.len());
        way.push(point);
    }
    rings.push(way);
    rings.retain(|ring| doubled_signed_area_mm2(ring) != 0);
    rings
        .into_iter()
        .partition(|ring| doubled_signed_area_mm2(ring) > 0)
}

/// The smallest face around a ring.
fn face_around<'f>(faces: &'f mut [Vec<Ring>], ring: &[GridPoint]) -> Option<&'f mut Vec<Ring>> {
    let encloses = |outer: &Ring| {
        let mut places = ring.iter().map(|point| locate_in_ring(outer, *point));
        places.find(|place| *place != Location::OnBoundary) == Some(Location::Inside)
    };
    faces
        .iter_mut()
        .filter(|face| face.first().is_some_and(encloses))
        .min_by_key(|face| face.first().map(|outer| doubled_signed_area_mm2(outer)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::planar::{ring_segments, turned};

    fn ring(points: &[(i64, i64)]) -> Ring {
        let point = |&(east_mm, north_mm): &(i64, i64)| GridPoint { east_mm, north_mm };
        points.iter().map(point).collect()
    }

    const SQUARE: [(i64, i64); 4] = [(0, 0), (10, 0), (10, 10), (0, 10)];

    #[test]
    fn a_diagonal_cuts_a_square_into_two_triangles() {
        let mut segments: Vec<Segment> = ring_segments(&ring(&SQUARE)).collect();
        let diagonal = (segments[0].0, segments[2].0);
        segments.extend([diagonal, turned(diagonal)]);
        assert_eq!(
            faces(&segments),
            [
                vec![ring(&[(0, 0), (10, 0), (10, 10)])],
                vec![ring(&[(10, 10), (0, 10), (0, 0)])],
            ]
        );
    }

    #[test]
    fn a_hole_goes_to_the_smallest_face_around_it_also_where_it_touches() {
        let segments = |rings: &[&[(i64, i64)]]| -> Vec<Segment> {
            rings
                .iter()
                .flat_map(|points| ring_segments(&ring(points)).collect::<Vec<_>>())
                .collect()
        };
        let free = [(4, 4), (4, 6), (6, 6)];
        let touching = [(0, 0), (4, 6), (6, 4)];
        for hole in [free, touching] {
            let [face] = &faces(&segments(&[&SQUARE, &hole]))[..] else {
                panic!("one face")
            };
            assert_eq!(face[0], ring(&SQUARE));
            let mut corners = face[1].clone();
            corners.sort_unstable();
            assert_eq!(corners, ring(&hole));
        }
    }

    #[test]
    fn two_squares_that_touch_at_a_corner_are_two_faces() {
        let far = [(10, 10), (20, 10), (20, 20), (10, 20)];
        let both: Vec<Segment> = [SQUARE, far]
            .iter()
            .flat_map(|points| ring_segments(&ring(points)).collect::<Vec<_>>())
            .collect();
        assert_eq!(faces(&both).len(), 2);
    }

    #[test]
    fn a_way_out_and_back_encloses_nothing() {
        let mut segments: Vec<Segment> = ring_segments(&ring(&SQUARE)).collect();
        let spike = (
            segments[1].0,
            GridPoint {
                east_mm: 5,
                north_mm: 5,
            },
        );
        segments.extend([spike, turned(spike)]);
        assert_eq!(faces(&segments), [vec![ring(&SQUARE)]]);
    }
}
