//! Where a drawn line cuts a piece of land.

use super::change::all_segments;
use super::{Line, Violation, ViolationCode};
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry::planar::{Noding, Points, Segment, crossing, segments, turned};
use crate::geometry::{Location, distance_m, locate_among};
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
    steps: Vec<(Segment, Side)>,
    pub noding: Noding,
    /// The ends of the boundary's segments.
    nodes: Points,
}

/// The land's boundary, and everything around that may take a vertex.
pub(super) struct Land {
    /// The boundary, with the land on its left.
    edges: Vec<Segment>,
    /// The same with the neighbours' boundaries.
    all: Vec<Segment>,
    /// What the edges are led over in any case.
    nodes: Vec<GridPoint>,
    /// A point of the boundary between two parcels that is not to count.
    dissolved: Option<GridPoint>,
}

impl Land {
    /// One parcel.
    pub fn of_parcel(parcel: &Boundary, neighbours: &[&Boundary]) -> Self {
        Self {
            edges: segments(parcel).collect(),
            all: all_segments(neighbours)
                .into_iter()
                .chain(segments(parcel))
                .collect(),
            nodes: Vec::new(),
            dissolved: None,
        }
    }

    /// Two parcels that are joined by `noding`, without the boundary between them that goes through a point.
    pub fn of_two(
        parcels: [&Boundary; 2],
        neighbours: &[&Boundary],
        noding: &Noding,
        dissolved: GridPoint,
    ) -> Self {
        let edges = all_segments(&parcels);
        Self {
            all: all_segments(neighbours)
                .into_iter()
                .chain(edges.iter().copied())
                .collect(),
            edges,
            nodes: noding.points().to_vec(),
            dissolved: Some(dissolved),
        }
    }

    /// The ends of all edges and the nodes of a line over them.
    fn points(&self, seeds: &[GridPoint]) -> Points {
        let ends = self.all.iter().flat_map(|(from, to)| [*from, *to]);
        ends.chain(seeds.iter().copied()).collect()
    }

    /// Follows a line over the land.
    pub fn trace(&self, line: &Line) -> Trace {
        let mut seeds = self.nodes.clone();
        seeds.extend(line.points());
        for segment in line.segments() {
            seeds.extend(
                self.edges
                    .iter()
                    .filter_map(|edge| crossing(segment, *edge)),
            );
        }
        let points = self.points(&seeds);
        seeds.extend(line.segments().flat_map(|segment| points.on(segment)));
        let noding = Noding::over(seeds, &points, &self.all);
        let edges: BTreeSet<Segment> = self.led_over(&noding).into_iter().collect();
        let side = |piece: Segment| {
            if edges.contains(&piece) || edges.contains(&turned(piece)) {
                return Side::Along;
            }
            match locate_among(edges.iter().copied(), doubled_middle(piece), 2) {
                Location::Inside => Side::Inside,
                Location::OnBoundary => Side::Along,
                Location::Outside => Side::Outside,
            }
        };
        let pieces = line.segments().flat_map(|segment| noding.pieces(segment));
        Trace {
            steps: pieces.map(|piece| (piece, side(piece))).collect(),
            nodes: edges.iter().map(|(from, _)| *from).collect(),
            noding,
        }
    }

    /// Leads the boundary, and what lies around, over the nodes of a cut; other nodes of the line leave no vertex.
    pub fn node_for(&self, cut: &[Segment]) -> Noding {
        let mut seeds = self.nodes.clone();
        seeds.extend(cut.iter().flat_map(|(from, to)| [*from, *to]));
        let points = self.points(&seeds);
        Noding::over(seeds, &points, &self.all)
    }

    /// The boundary led over nodes, and the cut in both directions: the borders of the parts.
    pub fn borders(&self, noding: &Noding, cut: &[Segment]) -> Vec<Segment> {
        let mut borders = self.led_over(noding);
        borders.extend(cut.iter().flat_map(|piece| [*piece, turned(*piece)]));
        borders
    }

    fn led_over(&self, noding: &Noding) -> Vec<Segment> {
        let pieces = self.edges.iter().flat_map(|edge| noding.pieces(*edge));
        let mut pieces: Vec<Segment> = pieces.collect();
        if let Some(point) = self.dissolved {
            let chains = shared_chains(&pieces);
            if let Some(chain) = chains.iter().find(|chain| chain.contains(&point)) {
                let both: BTreeSet<Segment> = pieces.iter().copied().collect();
                pieces
                    .retain(|piece| !(chain.contains(&piece.0) && both.contains(&turned(*piece))));
            }
        }
        pieces
    }

    /// How far the line passes from the land, and which point of either is nearest.
    fn distance_m(&self, line: &Line) -> (f64, Option<GridPoint>) {
        let from_line = line.points().iter().flat_map(|point| {
            let edges = self.edges.iter();
            edges.map(move |edge| (to_segment_m(*point, *edge), *point))
        });
        let from_land = line.segments().flat_map(|segment| {
            let corners = self.edges.iter().map(|(corner, _)| *corner);
            corners.map(move |corner| (to_segment_m(corner, segment), corner))
        });
        from_line
            .chain(from_land)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or((0.0, None), |(distance_m, point)| (distance_m, Some(point)))
    }
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
        let extent = super::Extent::LengthM(distance_m);
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

/// The pieces of boundary that two parcels share, as the points on each.
pub(super) fn shared_chains(borders: &[Segment]) -> Vec<BTreeSet<GridPoint>> {
    let both: BTreeSet<Segment> = borders.iter().copied().collect();
    let mut chains: Vec<BTreeSet<GridPoint>> = Vec::new();
    for (from, to) in both
        .iter()
        .filter(|(from, to)| from < to && both.contains(&(*to, *from)))
    {
        let touches = |chain: &mut BTreeSet<GridPoint>| chain.contains(from) || chain.contains(to);
        let mut chain: BTreeSet<GridPoint> = chains.extract_if(.., touches).flatten().collect();
        chain.extend([from, to]);
        chains.push(chain);
    }
    chains
}

fn start(run: &[(Segment, Side)]) -> Option<GridPoint> {
    run.first().map(|((from, _), _)| *from)
}

fn length_m(run: &[(Segment, Side)]) -> f64 {
    run.iter()
        .map(|((from, to), _)| distance_m(*from, *to))
        .sum()
}

/// The middle of a segment, in half millimetres.
fn doubled_middle((from, to): Segment) -> GridPoint {
    GridPoint {
        east_mm: from.east_mm + to.east_mm,
        north_mm: from.north_mm + to.north_mm,
    }
}

/// The distance of a point from a segment.
pub(super) fn to_segment_m(point: GridPoint, (from, to): Segment) -> f64 {
    let (east, north) = (
        (to.east_mm - from.east_mm) as f64,
        (to.north_mm - from.north_mm) as f64,
    );
    let (x, y) = (
        (point.east_mm - from.east_mm) as f64,
        (point.north_mm - from.north_mm) as f64,
    );
    let part = ((x * east + y * north) / (east * east + north * north)).clamp(0.0, 1.0);
    (x - part * east).hypot(y - part * north) / 1000.0
}
