//! A line that an officer draws.

use super::{Extent, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint};
use crate::geometry::planar::{Segment, ring_segments};
use crate::geometry::{Edge, Meeting, distance_m, is_in_range, to_grid, turns_back};

/// The most points that a drawn line may have.
pub const LINE_POINT_LIMIT: usize = 1000;

/// A drawn line: at least two points on the grid, no two that follow each other equal, free of self-crossing.
///
/// A line that ends where it starts is a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(Vec<GridPoint>);

impl Line {
    /// From the points drawn; repeated ones are dropped.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(points: impl IntoIterator<Item = GridPoint>) -> Result<Self, Vec<Violation>> {
        let mut points: Vec<GridPoint> = points.into_iter().take(LINE_POINT_LIMIT + 1).collect();
        points.dedup();
        let count = Extent::Count(points.len());
        if points.len() < 2 {
            let place = points.first().copied();
            return Err(vec![Violation::new(ViolationCode::LineEmpty, place, count)]);
        }
        if points.len() > LINE_POINT_LIMIT {
            let code = ViolationCode::LineTooManyPoints;
            return Err(vec![Violation::new(code, points.last().copied(), count)]);
        }
        let outside = points.iter().filter(|point| !is_in_range(**point));
        let outside: Vec<Violation> = outside
            .map(|point| {
                Violation::new(
                    ViolationCode::LineOutsideZone,
                    Some(*point),
                    Extent::Count(1),
                )
            })
            .collect();
        if !outside.is_empty() {
            return Err(outside);
        }
        let line = Self(points);
        let crossings = line.self_crossings();
        if crossings.is_empty() {
            Ok(line)
        } else {
            Err(crossings)
        }
    }

    /// The points.
    pub fn points(&self) -> &[GridPoint] {
        &self.0
    }

    /// The straight ways from point to point.
    pub(super) fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        self.0.iter().copied().zip(self.0.iter().skip(1).copied())
    }

    /// Whether it ends where it starts.
    pub(super) fn is_ring(&self) -> bool {
        self.0.first() == self.0.last()
    }

    fn self_crossings(&self) -> Vec<Violation> {
        let last = self.0.len().saturating_sub(2);
        let edges: Vec<Edge> = self
            .segments()
            .enumerate()
            .map(|(index, (from, to))| Edge {
                west: from.min(to),
                east: from.max(to),
                ring: 0,
                index,
                eastward: from < to,
                last: index == last && self.is_ring(),
            })
            .collect();
        let say =
            |place, length_m| Violation::along(ViolationCode::LineCrossesItself, place, length_m);
        let folds = self
            .0
            .iter()
            .zip(self.0.iter().skip(1))
            .zip(self.0.iter().skip(2));
        let mut found: Vec<Violation> = folds
            .filter(|((before, tip), after)| turns_back(**before, **tip, **after))
            .map(|((before, tip), after)| {
                say(
                    *tip,
                    distance_m(*before, *tip).min(distance_m(*tip, *after)),
                )
            })
            .collect();
        for (place, edge) in edges.iter().enumerate() {
            for other in edges.iter().skip(place + 1) {
                match edge.meet(other) {
                    Meeting::Apart => {}
                    Meeting::Touch(point) => found.push(say(point, 0.0)),
                    Meeting::Overlap(from, to) => found.push(say(from, distance_m(from, to))),
                    Meeting::Cross(x, y) => found.push(say(to_grid(x, y), 0.0)),
                }
            }
        }
        found
    }
}

/// The point of a boundary at a distance from one of its vertices, along the edge that follows it: how a surveyor says where
/// a cut begins ("5.20 m from point 3 towards point 4").
///
/// # Shape
/// Rings and vertices count from 0; nothing where there is no such vertex or the edge is shorter. The nearest grid point.
pub fn point_along(
    boundary: &Boundary,
    ring: usize,
    vertex: usize,
    distance_mm: u32,
) -> Option<GridPoint> {
    let (from, to) = ring_segments(boundary.rings().get(ring)?).nth(vertex)?;
    let part = f64::from(distance_mm) / 1000.0 / distance_m(from, to);
    let between = |a: f64, b: f64| a + (b - a) * part;
    (part <= 1.0).then(|| {
        to_grid(
            between(from.easting_m(), to.easting_m()),
            between(from.northing_m(), to.northing_m()),
        )
    })
}
