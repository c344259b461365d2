//! A piece of land under a drawn line, and what lies around it.

use super::Line;
use super::change::all_segments;
use super::trace::{Side, Trace};
use crate::domain::{Boundary, GridPoint};
use crate::geometry::planar::{Noding, Points, Segment, crossing, segments, turned};
use crate::geometry::{Location, locate_among};
use std::collections::BTreeSet;

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
    pub fn distance_m(&self, line: &Line) -> (f64, Option<GridPoint>) {
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
