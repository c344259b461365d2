//! A strip of the same width along an edge.

use super::{Extent, Line, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint};
use crate::geometry::planar::{Segment, ring_segments, segments};
use crate::geometry::{distance_m, to_grid};

/// The line that cuts off a strip along an edge of the outer boundary: parallel to it, so far inside, and as long as the land is
/// wide there.
///
/// # Errors
/// No such edge; a width that is none, or wider than the land beside the middle of the edge.
pub fn strip(parcel: &Boundary, vertex: usize, width_mm: u32) -> Result<Line, Vec<Violation>> {
    let edge = parcel
        .rings()
        .first()
        .and_then(|outer| ring_segments(outer).nth(vertex));
    let fault = |extent| vec![Violation::new(ViolationCode::StripDoesNotFit, None, extent)];
    let edge = edge.ok_or_else(|| fault(Extent::Count(vertex)))?;
    let beside = Beside::new(edge, f64::from(width_mm));
    let mut crossings: Vec<(f64, GridPoint)> = segments(parcel)
        .filter_map(|segment| beside.crossing(segment))
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let after = crossings.partition_point(|(along, _)| *along < beside.middle_mm);
    let start = after.checked_sub(1).and_then(|place| crossings.get(place));
    // Inside, an even number of crossings lies on either side of a way through the land.
    match start.zip(crossings.get(after)) {
        Some((start, end)) if width_mm > 0 && after % 2 == 1 => Line::new([start.1, end.1]),
        _ => Err(vec![Violation::along(
            ViolationCode::StripDoesNotFit,
            edge.0,
            f64::from(width_mm) / 1000.0,
        )]),
    }
}

/// The straight line beside an edge, on the parcel's side.
struct Beside {
    from: GridPoint,
    east: f64,
    north: f64,
    width_mm: f64,
    /// Where the middle of the edge is along it.
    middle_mm: f64,
}

impl Beside {
    fn new((from, to): Segment, width_mm: f64) -> Self {
        let length_mm = distance_m(from, to) * 1000.0;
        Self {
            from,
            east: (to.east_mm - from.east_mm) as f64 / length_mm,
            north: (to.north_mm - from.north_mm) as f64 / length_mm,
            width_mm,
            middle_mm: length_mm / 2.0,
        }
    }

    /// How far along the edge, and how far beside the line, to the left.
    fn at(&self, point: GridPoint) -> (f64, f64) {
        let (x, y) = (
            (point.east_mm - self.from.east_mm) as f64,
            (point.north_mm - self.from.north_mm) as f64,
        );
        (
            x * self.east + y * self.north,
            y * self.east - x * self.north - self.width_mm,
        )
    }

    /// Where a segment crosses the line.
    fn crossing(&self, (from, to): Segment) -> Option<(f64, GridPoint)> {
        let ((along, left), (along_to, left_to)) = (self.at(from), self.at(to));
        let part = left / (left - left_to);
        let between = |a: f64, b: f64| a + (b - a) * part;
        let point = to_grid(
            between(from.easting_m(), to.easting_m()),
            between(from.northing_m(), to.northing_m()),
        );
        ((left > 0.0) != (left_to > 0.0)).then(|| (between(along, along_to), point))
    }
}
