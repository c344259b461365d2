//! A parcel seen along parallel cuts: floating point proposes where to cut.

use super::{Change, Extent, Line, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint};
use crate::geometry::planar::{Segment, segments};
use crate::geometry::{bounds, doubled_area_mm2, to_grid};

/// A parcel seen along the cuts: how far each edge goes on, and how far to the left it lies.
pub(super) struct Frame<'p> {
    parcel: &'p Boundary,
    origin: GridPoint,
    east: f64,
    north: f64,
}

impl<'p> Frame<'p> {
    pub fn new(parcel: &'p Boundary, (from, to): Segment) -> Self {
        let (east, north) = (
            (to.east_mm - from.east_mm) as f64,
            (to.north_mm - from.north_mm) as f64,
        );
        let length = east.hypot(north);
        Self {
            parcel,
            origin: bounds(parcel).0,
            east: east / length,
            north: north / length,
        }
    }

    /// How far along the cuts, and how far to the left, in millimetres.
    fn at(&self, point: GridPoint) -> (f64, f64) {
        let (x, y) = (
            (point.east_mm - self.origin.east_mm) as f64,
            (point.north_mm - self.origin.north_mm) as f64,
        );
        (
            x * self.east + y * self.north,
            y * self.east - x * self.north,
        )
    }

    fn edges(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
        segments(self.parcel).map(|(from, to)| (self.at(from), self.at(to)))
    }

    /// How far to the left the cut lies that has so much of the parcel on its left.
    pub fn offset_of(&self, area_mm2: f64) -> f64 {
        let lefts = || self.edges().map(|((_, left), _)| left);
        let mut right = lefts().fold(f64::INFINITY, f64::min);
        let mut left = lefts().fold(f64::NEG_INFINITY, f64::max);
        for _ in 0..64 {
            let middle = f64::midpoint(left, right);
            if self.area_left_of(middle) > area_mm2 {
                right = middle;
            } else {
                left = middle;
            }
        }
        left
    }

    /// The area left of a cut: under each edge, as far as it lies above the cut.
    fn area_left_of(&self, offset_mm: f64) -> f64 {
        let under = |((on, left), (on_to, left_to)): ((f64, f64), (f64, f64))| {
            let (low, high) = (left.min(left_to) - offset_mm, left.max(left_to) - offset_mm);
            let mean = match (low >= 0.0, high > 0.0) {
                (true, _) => f64::midpoint(low, high),
                (false, true) => high * high / (high - low) / 2.0,
                (false, false) => 0.0,
            };
            (on - on_to) * mean
        };
        self.edges().map(under).sum()
    }

    /// The cut as a line over the grid points nearest to where it crosses the boundary.
    pub fn cut(&self, offset_mm: f64) -> Option<Line> {
        let mut crossings: Vec<(f64, GridPoint)> = segments(self.parcel)
            .filter_map(|(from, to)| {
                let ((on, left), (on_to, left_to)) = (self.at(from), self.at(to));
                let part = (offset_mm - left) / (left_to - left);
                let between = |a: f64, b: f64| a + (b - a) * part;
                let point = to_grid(
                    between(from.easting_m(), to.easting_m()),
                    between(from.northing_m(), to.northing_m()),
                );
                ((left > offset_mm) != (left_to > offset_mm)).then(|| (between(on, on_to), point))
            })
            .collect();
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        Line::new(crossings.into_iter().map(|(_, point)| point)).ok()
    }

    /// The left part first; each side must be in one piece.
    pub fn in_order(&self, mut change: Change, offset_mm: f64) -> Result<Change, Vec<Violation>> {
        let farthest = |part: &Boundary| {
            let lefts = part.points().map(|point| self.at(point).1 - offset_mm);
            lefts.fold(0.0_f64, |a, b| if b.abs() > a.abs() { b } else { a })
        };
        let (left, right): (Vec<Boundary>, Vec<Boundary>) = change
            .parcels
            .into_iter()
            .partition(|part| farthest(part) > 0.0);
        if left.len() == 1 && right.len() == 1 {
            change.parcels = left.into_iter().chain(right).collect();
            return Ok(change);
        }
        let pieces = [left, right]
            .into_iter()
            .filter(|side| side.len() > 1)
            .flatten()
            .map(|piece| {
                let extent = Extent::AreaM2(doubled_area_mm2(&piece) as f64 / 2e6);
                Violation::new(ViolationCode::AreaInPieces, piece.points().min(), extent)
            });
        Err(pieces.collect())
    }
}
