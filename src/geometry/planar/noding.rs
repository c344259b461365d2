//! Which edges bend over which grid points.

use super::{Segment, passes, ring_segments};
use crate::domain::{Boundary, Fault, GridPoint, Ring};
use crate::geometry::check_grid_rings;
use std::collections::BTreeSet;

/// The points over which edges are led.
///
/// A segment that passes through the pixel of such a point is led over it, at most 0.71 mm off. A segment that bends is led
/// over every known point whose pixel it passes, so that no point changes sides, and each of those points bends what passes
/// through its pixel in turn. Therefore segments that did not cross before don't cross afterwards: at worst they run together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noding {
    hot: Vec<GridPoint>,
}

impl Noding {
    /// Leads segments over `seeds`, and over whatever of `points` the bending would otherwise pass over.
    pub fn over(
        seeds: impl IntoIterator<Item = GridPoint>,
        points: &Points,
        segments: &[Segment],
    ) -> Self {
        let mut bends = vec![false; segments.len()];
        let mut waiting: Vec<GridPoint> = seeds.into_iter().collect();
        let mut hot = BTreeSet::new();
        while let Some(point) = waiting.pop() {
            if !hot.insert(point) {
                continue;
            }
            for (segment, bends) in segments.iter().zip(&mut bends) {
                let is_end = point == segment.0 || point == segment.1;
                if !*bends && !is_end && passes(*segment, point) {
                    *bends = true;
                    waiting.extend(points.on(*segment));
                }
            }
        }
        Self {
            hot: hot.into_iter().collect(),
        }
    }

    /// The points over which edges are led.
    pub fn points(&self) -> &[GridPoint] {
        &self.hot
    }

    /// The points between the ends of a segment over which it is led.
    pub fn between(&self, segment: Segment) -> Vec<GridPoint> {
        met(&self.hot, segment)
    }

    /// Whether a segment is led over any.
    pub fn bends(&self, segment: Segment) -> bool {
        !self.between(segment).is_empty()
    }

    /// The pieces into which a segment is led.
    pub fn pieces(&self, (from, to): Segment) -> impl Iterator<Item = Segment> {
        let mut way = vec![from];
        way.extend(self.between((from, to)));
        let ends: Vec<GridPoint> = way.iter().skip(1).copied().chain([to]).collect();
        way.into_iter().zip(ends)
    }

    /// A boundary whose edges are led over the points; its rings start where they did.
    ///
    /// Edges that did not cross don't cross now, so it is lawful unless it comes to one of its points twice; then it is judged
    /// as a whole.
    ///
    /// # Errors
    /// What is wrong with it now.
    pub fn boundary(&self, before: &Boundary) -> Result<Boundary, Vec<Fault>> {
        let rings: Vec<Ring> = before.rings().iter().map(|ring| self.ring(ring)).collect();
        let mut points: Vec<GridPoint> = rings.iter().flatten().copied().collect();
        points.sort_unstable();
        if points.is_sorted_by(|a, b| a < b) {
            Ok(Boundary::lawful(before.zone(), rings))
        } else {
            check_grid_rings(before.zone(), rings)
        }
    }

    /// A ring with the points that its edges are led over; its first point stays the first.
    pub fn ring(&self, ring: &[GridPoint]) -> Ring {
        ring_segments(ring)
            .flat_map(|segment| std::iter::once(segment.0).chain(self.between(segment)))
            .collect()
    }
}

/// Points in their order, to be asked which of them a segment meets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Points(Vec<GridPoint>);

impl FromIterator<GridPoint> for Points {
    fn from_iter<I: IntoIterator<Item = GridPoint>>(points: I) -> Self {
        let mut points: Vec<GridPoint> = points.into_iter().collect();
        points.sort_unstable();
        points.dedup();
        Self(points)
    }
}

impl Points {
    /// The points between the ends of a segment whose pixels it passes, in its order.
    pub fn on(&self, segment: Segment) -> Vec<GridPoint> {
        met(&self.0, segment)
    }

    /// Whether the point is one of them.
    pub fn contains(&self, point: GridPoint) -> bool {
        self.0.binary_search(&point).is_ok()
    }
}

impl From<Points> for Noding {
    /// Leads every segment over every point whose pixel it passes.
    fn from(points: Points) -> Self {
        Self { hot: points.0 }
    }
}

/// The pixels that a segment passes follow each other never westward on its way east, never southward on its way north.
fn met(sorted: &[GridPoint], (from, to): Segment) -> Vec<GridPoint> {
    let (west_mm, east_mm) = (from.east_mm.min(to.east_mm), from.east_mm.max(to.east_mm));
    let start = sorted.partition_point(|point| point.east_mm < west_mm);
    let mut met: Vec<GridPoint> = sorted
        .iter()
        .skip(start)
        .take_while(|point| point.east_mm <= east_mm)
        .filter(|point| **point != from && **point != to && passes((from, to), **point))
        .copied()
        .collect();
    let (east, north) = (
        (to.east_mm - from.east_mm).signum(),
        (to.north_mm - from.north_mm).signum(),
    );
    met.sort_unstable_by_key(|point| point.east_mm * east + point.north_mm * north);
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(east_mm: i64, north_mm: i64) -> GridPoint {
        GridPoint { east_mm, north_mm }
    }

    #[test]
    fn an_edge_that_bends_passes_over_no_other_vertex() {
        // The edge from (0, 0) to (1000, 1) is crossed at (300, 0.3), which goes to (300, 0). Another parcel has a vertex at
        // (400, 0), 0.4 mm south of the edge: without it, the way from (300, 0) to (1000, 1) would pass 0.14 mm north of it,
        // where the edge lay; so it stays on its side only if the edge is led over it.
        let edge = (point(0, 0), point(1000, 1));
        let points: Points = [edge.0, edge.1, point(300, 0), point(400, 0), point(700, 5)]
            .into_iter()
            .collect();
        let noding = Noding::over([point(300, 0)], &points, &[edge]);
        assert_eq!(noding.between(edge), [point(300, 0), point(400, 0)]);
        let back = (edge.1, edge.0);
        assert_eq!(noding.between(back), [point(400, 0), point(300, 0)]);
    }

    #[test]
    fn an_edge_far_from_any_new_vertex_stays_as_surveyed() {
        // (400, 0) lies 0.4 mm beside the edge, but nothing bends it.
        let edge = (point(0, 0), point(1000, 1));
        let points: Points = [edge.0, edge.1, point(400, 0)].into_iter().collect();
        let noding = Noding::over([point(500, 70)], &points, &[edge]);
        assert_eq!(noding.between(edge), []);
        assert_eq!(Noding::from(points).between(edge), [point(400, 0)]);
    }

    #[test]
    fn bending_one_edge_bends_the_next_that_runs_within_a_millimetre() {
        // Two parcels that do not quite meet: the second edge runs 0 to 1 mm north of the first. The new vertex (300, 0) on the
        // first leads it over the vertex (900, 1) of the second's end, and the second over (300, 0).
        let first = (point(0, 0), point(1000, 1));
        let second = (point(0, 0), point(900, 1));
        let points: Points = [first.0, first.1, second.1, point(300, 0)]
            .into_iter()
            .collect();
        let noding = Noding::over([point(300, 0)], &points, &[first, second]);
        assert_eq!(noding.between(first), [point(300, 0), point(900, 1)]);
        assert_eq!(noding.between(second), [point(300, 0)]);
    }
}
