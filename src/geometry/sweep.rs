//! One sweep from west to east that finds out whether rings keep clear of each other, in n log n.
//!
//! # Source
//! Shamos and Hoey, Geometric intersection problems (1976): the edges that the sweep line meets are kept in their order from
//! south to north, and two of them can only cross after they have become neighbours. Integers make the order exact; edges
//! that touch don't change it.

use super::conflict::{Conflict, lawful_touch};
use super::edge::{Edge, Meeting};
use crate::domain::{GridPoint, Ring};
use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};

/// How rings that keep clear of each other lie.
#[derive(Debug)]
pub(super) struct Arrangement {
    /// Where rings touch: the point and each ring there.
    pub touches: Vec<(GridPoint, usize)>,
    /// For each ring the ring that encloses it most closely.
    pub parents: Vec<Option<usize>>,
}

struct Sweep<'a> {
    /// The westernmost point of each ring.
    wests: Vec<Option<&'a GridPoint>>,
    status: BTreeSet<Edge>,
    touches: Vec<(GridPoint, usize)>,
    /// For each ring the edge just south of its westernmost point.
    below: Vec<Option<Edge>>,
}

/// Sweeps over the edges of rings of which the first runs counter-clockwise and the others clockwise.
///
/// # Errors
/// The first conflict met.
pub(super) fn sweep(rings: &[Ring], edges: &[Edge]) -> Result<Arrangement, Conflict> {
    let mut events: Vec<(GridPoint, bool, usize)> = edges
        .iter()
        .enumerate()
        .flat_map(|(place, edge)| [(edge.west, true, place), (edge.east, false, place)])
        .collect();
    events.sort_unstable();
    let mut sweep = Sweep {
        wests: rings.iter().map(|ring| ring.iter().min()).collect(),
        status: BTreeSet::new(),
        touches: Vec::new(),
        below: vec![None; rings.len()],
    };
    for event in events.chunk_by(|a, b| a.0 == b.0) {
        let (ends, starts) = event.split_at(event.partition_point(|(_, starts, _)| !starts));
        let at = |events: &[(GridPoint, bool, usize)]| -> Vec<&Edge> {
            events
                .iter()
                .filter_map(|(.., place)| edges.get(*place))
                .collect()
        };
        let (ends, starts) = (at(ends), at(starts));
        sweep.note_corner(&ends, &starts)?;
        for edge in ends {
            sweep.remove(edge)?;
        }
        for edge in &starts {
            sweep.insert(edge)?;
        }
        for edge in starts {
            sweep.note_below(edge);
        }
    }
    let parents = parents(&sweep.below);
    Ok(Arrangement {
        touches: sweep.touches,
        parents,
    })
}

impl Sweep<'_> {
    /// Sees whose corners are at one point: each ring may have one there, and rings that do touch.
    fn note_corner(&mut self, ends: &[&Edge], starts: &[&Edge]) -> Result<(), Conflict> {
        let mut rings: Vec<usize> = ends.iter().chain(starts).map(|edge| edge.ring).collect();
        rings.sort_unstable();
        let point = match (ends, starts) {
            ([edge, ..], _) => edge.east,
            (_, [edge, ..]) => edge.west,
            _ => return Ok(()),
        };
        for corner in rings.chunk_by(|a, b| a == b) {
            match corner {
                [ring, _, _, ..] => {
                    return Err(Conflict {
                        rings: (*ring, *ring),
                        meeting: Meeting::Touch(point),
                    });
                }
                [ring, ..] if rings.len() > corner.len() => self.touches.push((point, *ring)),
                _ => {}
            }
        }
        Ok(())
    }

    fn remove(&mut self, edge: &Edge) -> Result<(), Conflict> {
        let (south, north) = self.neighbours(edge);
        self.status.remove(edge);
        self.check(south, north)
    }

    fn insert(&mut self, edge: &Edge) -> Result<(), Conflict> {
        let (south, north) = self.neighbours(edge);
        self.status.insert(*edge);
        self.check(south, Some(*edge))?;
        self.check(Some(*edge), north)
    }

    fn neighbours(&self, edge: &Edge) -> (Option<Edge>, Option<Edge>) {
        let south = self.status.range(..edge).next_back();
        let north = self.status.range((Excluded(edge), Unbounded)).next();
        (south.copied(), north.copied())
    }

    fn check(&mut self, south: Option<Edge>, north: Option<Edge>) -> Result<(), Conflict> {
        let (Some(south), Some(north)) = (south, north) else {
            return Ok(());
        };
        if let Some(point) = lawful_touch(&south, &north)? {
            self.touches
                .extend([(point, south.ring), (point, north.ring)]);
        }
        Ok(())
    }

    /// Where a ring begins, keeps what lies just south of it.
    fn note_below(&mut self, edge: &Edge) {
        let begins = self.wests.get(edge.ring) == Some(&Some(&edge.west));
        if begins && let Some(below) = self.below.get_mut(edge.ring) {
            *below = self
                .status
                .range(..edge)
                .rev()
                .find(|other| other.ring != edge.ring)
                .copied();
        }
    }
}

/// Who encloses whom: the ring just south of another encloses it, or both have the same parent.
fn parents(below: &[Option<Edge>]) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<Option<usize>>> = vec![None; below.len()];
    for start in 0..below.len() {
        let mut way = Vec::new();
        let mut ring = start;
        let parent = loop {
            if let Some(known) = parents[ring] {
                break known;
            }
            way.push(ring);
            match below[ring] {
                None => break None,
                // The outer ring encloses what lies left of it, a hole what lies right of it.
                Some(edge) if edge.eastward == (edge.ring == 0) => break Some(edge.ring),
                Some(_) if way.len() > below.len() => break None,
                Some(edge) => ring = edge.ring,
            }
        };
        for ring in way {
            parents[ring] = Some(parent);
        }
    }
    parents.into_iter().map(Option::flatten).collect()
}
