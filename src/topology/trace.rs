//! A drawn line, piece by piece: where it cuts the land, and what keeps it from that.

use super::land::Land;
use super::{Extent, Line, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry::distance_m;
use crate::geometry::planar::{Noding, Points, Segment, turned};
use std::collections::{BTreeMap, BTreeSet};

/// What runs along a boundary or beside it for less is the rounding of a line that was meant to cross.
const NEAR_M: f64 = 0.05;

/// Where a piece of the line lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Along,
    Outside,
}

/// A line over a piece of land, in pieces from node to node; the land's boundary is led over the nodes.
pub(super) struct Trace {
    pub steps: Vec<(Segment, Side)>,
    pub noding: Noding,
    /// The ends of the boundary's segments.
    pub nodes: Points,
}

impl Trace {
    /// The pieces that cut the land.
    pub fn cut(&self) -> Vec<Segment> {
        let inside = self.steps.iter().filter(|(_, side)| *side == Side::Inside);
        inside.map(|(piece, _)| *piece).collect()
    }

    /// What keeps the line from cutting the land at all.
    pub fn violations(&self, land: &Land, line: &Line) -> Vec<Violation> {
        let mut found = self.crossings_of_itself();
        found.extend(self.runs(Side::Along).filter_map(|run| {
            let violation =
                Violation::along(ViolationCode::LineFollows, start(run)?, length_m(run));
            (length_m(run) >= NEAR_M).then_some(violation)
        }));
        if !line.is_ring() {
            found.extend(self.loose_ends());
        }
        if found.is_empty() && self.cut().is_empty() {
            found.push(self.miss(land, line));
        }
        found
    }

    fn miss(&self, land: &Land, line: &Line) -> Violation {
        let mut ends = self.steps.iter().flat_map(|((from, to), _)| [*from, *to]);
        if let Some(point) = ends.find(|point| self.nodes.contains(*point)) {
            return Violation::along(ViolationCode::LineTouches, point, 0.0);
        }
        let (distance_m, point) = land.distance_m(line);
        let extent = Extent::LengthM(distance_m);
        Violation::new(ViolationCode::LineMisses, point, extent)
    }

    /// On the grid a line can come back to where it was, though it did not as drawn.
    fn crossings_of_itself(&self) -> Vec<Violation> {
        let (mut from, mut to, mut pieces) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let again = |piece: &Segment| {
            let is_new =
                from.insert(piece.0) && to.insert(piece.1) && !pieces.contains(&turned(*piece));
            pieces.insert(*piece);
            !is_new
        };
        let crossed = self.cut().into_iter().filter(again);
        crossed
            .map(|(point, _)| Violation::along(ViolationCode::LineCrossesItself, point, 0.0))
            .collect()
    }

    /// Where the line starts or ends in the land.
    fn loose_ends(&self) -> Vec<Violation> {
        let is_free = |point: GridPoint| !self.nodes.contains(point);
        let loose = |steps: &mut dyn Iterator<Item = (GridPoint, GridPoint)>| {
            let mut end = None;
            let mut length = 0.0;
            for (outer, inner) in steps {
                if !is_free(outer) {
                    break;
                }
                end.get_or_insert(outer);
                length += distance_m(outer, inner);
            }
            end.map(|point| Violation::along(ViolationCode::LineEndsInside, point, length))
        };
        let inside = |(_, side): &&(Segment, Side)| *side == Side::Inside;
        let mut forth = self
            .steps
            .iter()
            .take_while(inside)
            .map(|(piece, _)| *piece);
        let mut back = self
            .steps
            .iter()
            .rev()
            .take_while(inside)
            .map(|(piece, _)| turned(*piece));
        [loose(&mut forth), loose(&mut back)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn runs(&self, wanted: Side) -> impl Iterator<Item = &[(Segment, Side)]> {
        self.steps
            .chunk_by(|a, b| a.1 == b.1)
            .filter(move |run| run.iter().all(|(_, side)| *side == wanted))
    }

    /// Where the line leaves the land and comes back.
    pub fn departures(&self) -> Vec<Violation> {
        let runs: Vec<&[(Segment, Side)]> = self
            .steps
            .chunk_by(|a, b| (a.1 == Side::Outside) == (b.1 == Side::Outside))
            .collect();
        let between = runs
            .get(1..runs.len().saturating_sub(1))
            .unwrap_or_default();
        between
            .iter()
            .filter(|run| run.iter().all(|(_, side)| *side == Side::Outside))
            .filter_map(|run| {
                Some(Violation::along(
                    ViolationCode::LineLeavesParcels,
                    start(run)?,
                    length_m(run),
                ))
            })
            .collect()
    }

    /// Where the line meets a hole, and for how long it runs in it.
    pub fn holes_met(&self, boundary: &Boundary) -> Vec<Violation> {
        let points = |rings: &[Ring]| -> BTreeSet<GridPoint> {
            rings
                .iter()
                .flat_map(|ring| self.noding.ring(ring))
                .collect()
        };
        let (outer, holes) = boundary.rings().split_at(boundary.rings().len().min(1));
        let (outer, holes) = (points(outer), points(holes));
        let cut = self.cut();
        let mut met: BTreeMap<GridPoint, f64> = cut
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .filter(|point| holes.contains(point) && !outer.contains(point))
            .map(|point| (point, 0.0))
            .collect();
        for run in self
            .steps
            .chunk_by(|a, b| (a.1 == Side::Inside) == (b.1 == Side::Inside))
        {
            if let [((from, _), side), ..] = run
                && let [.., ((_, to), _)] = run
                && *side != Side::Inside
                && met.contains_key(from)
            {
                met.remove(to);
                met.insert(*from, length_m(run));
            }
        }
        met.into_iter()
            .map(|(point, length_m)| {
                Violation::along(ViolationCode::LineCrossesHole, point, length_m)
            })
            .collect()
    }
}

fn start(run: &[(Segment, Side)]) -> Option<GridPoint> {
    run.first().map(|((from, _), _)| *from)
}

fn length_m(run: &[(Segment, Side)]) -> f64 {
    run.iter()
        .map(|((from, to), _)| distance_m(*from, *to))
        .sum()
}
