//! Which parcels cover each piece of ground, before and after.

use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry::planar::{Segment, loops, ring_segments};
use crate::geometry::{Location, doubled_signed_area_mm2, locate_in_ring};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Before or after the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Before,
    After,
}

/// A parcel of one of the two lists.
pub(super) type Owner = (State, usize);

/// A piece of ground that no border crosses.
#[derive(Debug)]
pub(super) struct Ground {
    /// The westernmost point of its outline.
    pub place: GridPoint,
    /// Twice its area.
    pub doubled_area_mm2: i128,
    /// Whose land it is.
    pub owners: Vec<Owner>,
    /// Whose boundaries run along it.
    pub bordering: BTreeSet<Owner>,
}

impl Ground {
    /// Who covers it in one of the states.
    pub fn covered_by(&self, state: State) -> Vec<usize> {
        let of_state = self.owners.iter().filter(|(when, _)| *when == state);
        of_state.map(|(_, number)| *number).collect()
    }
}

/// How often each parcel covers a piece of ground: once or not at all, if its boundary is lawful.
type Cover = BTreeMap<Owner, i32>;

/// A ring of a parcel.
struct Rim<'b> {
    owner: Owner,
    ring: &'b Ring,
    /// +1 for an outer ring, −1 for a hole.
    sign: i32,
}

/// The borders of all parcels, led over each other's vertices, each border once in each direction.
struct Borders<'b> {
    rims: Vec<Rim<'b>>,
    /// Border `n` west to east stands at 2n, east to west at 2n + 1.
    halves: Vec<Segment>,
    /// The rims along each border, border after border, and whether they run east.
    along: Vec<(usize, bool)>,
    /// For each border where its rims stand in `along`.
    places: Vec<Range<usize>>,
    loops: Vec<Vec<usize>>,
    /// On whose left each half lies.
    loop_of: Vec<usize>,
}

/// The pieces of ground that the boundaries of both states enclose together.
///
/// `way` says how each segment, west to east, is led.
pub(super) fn grounds(
    before: &[&Boundary],
    after: &[&Boundary],
    way: impl Fn(Segment) -> Vec<Segment>,
) -> Vec<Ground> {
    let borders = Borders::new(before, after, way);
    let areas: Vec<i128> = (0..borders.loops.len())
        .map(|number| doubled_signed_area_mm2(&borders.points(number)))
        .collect();
    let islands = borders.islands(&areas);
    let mut covers: BTreeMap<usize, Cover> = BTreeMap::new();
    let mut grounds_mm2 = areas.clone();
    for (number, island) in islands.iter().enumerate() {
        let Some(sea) = island.sea else { continue };
        let base = borders.cover_around(number, &islands);
        let relative = island.covers.get(&sea).cloned().unwrap_or_default();
        for (place, cover) in &island.covers {
            let moved = sum(&sum(cover, &relative, -1), &base, 1);
            covers.insert(*place, moved);
        }
        let around = borders.loop_around(number, &islands, &areas);
        let area = areas.get(sea).copied().unwrap_or(0);
        if let Some(ground) = around.and_then(|place| grounds_mm2.get_mut(place)) {
            *ground += area;
        }
    }
    let enclosed = areas.iter().zip(grounds_mm2).enumerate();
    enclosed
        .filter(|(_, (area, _))| **area > 0)
        .filter_map(|(number, (_, doubled_area_mm2))| {
            let cover = covers.get(&number)?;
            Some(Ground {
                place: borders.points(number).into_iter().min()?,
                doubled_area_mm2,
                owners: cover
                    .iter()
                    .filter(|(_, times)| **times > 0)
                    .map(|(owner, _)| *owner)
                    .collect(),
                bordering: borders.bordering(number),
            })
        })
        .collect()
}

/// Borders that hang together.
struct Island {
    /// Covers of its loops, counted from an arbitrary one.
    covers: BTreeMap<usize, Cover>,
    /// The loop that goes around it on the outside.
    sea: Option<usize>,
    rims: BTreeSet<usize>,
    /// One of its points.
    point: Option<GridPoint>,
}

impl<'b> Borders<'b> {
    fn new(
        before: &[&'b Boundary],
        after: &[&'b Boundary],
        way: impl Fn(Segment) -> Vec<Segment>,
    ) -> Self {
        let owned = |state, list: &[&'b Boundary]| {
            let rims = list.iter().enumerate().flat_map(move |(number, boundary)| {
                boundary
                    .rings()
                    .iter()
                    .enumerate()
                    .map(move |(place, ring)| Rim {
                        owner: (state, number),
                        ring,
                        sign: if place == 0 { 1 } else { -1 },
                    })
            });
            rims.collect::<Vec<_>>()
        };
        let mut rims = owned(State::Before, before);
        rims.extend(owned(State::After, after));
        let mut pieces: Vec<(Segment, (usize, bool))> = Vec::new();
        for (number, rim) in rims.iter().enumerate() {
            for (from, to) in ring_segments(rim.ring) {
                for (a, b) in way((from.min(to), from.max(to))) {
                    // A bend may turn a piece of an almost upright segment around.
                    let runs_east = (from < to) == (a < b);
                    pieces.push(((a.min(b), a.max(b)), (number, runs_east)));
                }
            }
        }
        pieces.sort_unstable();
        let (mut halves, mut places) = (Vec::new(), Vec::new());
        for border in pieces.chunk_by(|a, b| a.0 == b.0) {
            let start = places.last().map_or(0, |last: &Range<usize>| last.end);
            places.push(start..start + border.len());
            for ((west, east), _) in border.iter().take(1) {
                halves.extend([(*west, *east), (*east, *west)]);
            }
        }
        let loops = loops(&halves);
        let mut loop_of = vec![0; halves.len()];
        for (number, walk) in loops.iter().enumerate() {
            for half in walk {
                if let Some(place) = loop_of.get_mut(*half) {
                    *place = number;
                }
            }
        }
        Self {
            rims,
            halves,
            along: pieces.into_iter().map(|(_, rim)| rim).collect(),
            places,
            loops,
            loop_of,
        }
    }

    fn walk(&self, number: usize) -> &[usize] {
        self.loops.get(number).map_or(&[], Vec::as_slice)
    }

    fn points(&self, number: usize) -> Ring {
        let walk = self.walk(number).iter();
        walk.filter_map(|half| Some(self.halves.get(*half)?.0))
            .collect()
    }

    fn along(&self, half: usize) -> &[(usize, bool)] {
        let place = self.places.get(half / 2).cloned();
        place
            .and_then(|place| self.along.get(place))
            .unwrap_or_default()
    }

    fn bordering(&self, number: usize) -> BTreeSet<Owner> {
        let rims = self.walk(number).iter().flat_map(|half| self.along(*half));
        rims.filter_map(|(rim, _)| Some(self.rims.get(*rim)?.owner))
            .collect()
    }

    /// What changes in the cover on the way across a border from the left to the right of a half.
    fn across(&self, half: usize) -> Cover {
        let mut change = Cover::new();
        for (rim, runs_east) in self.along(half) {
            if let Some(rim) = self.rims.get(*rim) {
                let leaves = *runs_east == half.is_multiple_of(2);
                *change.entry(rim.owner).or_default() += if leaves { -1 } else { 1 };
            }
        }
        change
    }

    fn islands(&self, areas: &[i128]) -> Vec<Island> {
        let mut seen = vec![false; self.loops.len()];
        let mut islands = Vec::new();
        for start in 0..self.loops.len() {
            if seen.get(start) != Some(&false) {
                continue;
            }
            let mut island = Island {
                covers: BTreeMap::new(),
                sea: None,
                rims: BTreeSet::new(),
                point: self.points(start).first().copied(),
            };
            let mut waiting = vec![(start, Cover::new())];
            while let Some((number, cover)) = waiting.pop() {
                match seen.get_mut(number) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
                for half in self.walk(number) {
                    island
                        .rims
                        .extend(self.along(*half).iter().map(|(rim, _)| *rim));
                    let other = self.loop_of.get(half ^ 1).copied();
                    if let Some(other) = other.filter(|other| seen.get(*other) == Some(&false)) {
                        waiting.push((other, sum(&cover, &self.across(*half), 1)));
                    }
                }
                island.covers.insert(number, cover);
            }
            let area = |number: &&usize| areas.get(**number).copied();
            island.sea = island.covers.keys().min_by_key(area).copied();
            islands.push(island);
        }
        islands
    }

    /// What covers the surroundings of an island.
    fn cover_around(&self, number: usize, islands: &[Island]) -> Cover {
        let mut cover = Cover::new();
        let Some((island, point)) = islands
            .get(number)
            .and_then(|island| Some((island, island.point?)))
        else {
            return cover;
        };
        if islands.len() < 2 {
            return cover;
        }
        for (place, rim) in self.rims.iter().enumerate() {
            if !island.rims.contains(&place) && locate_in_ring(rim.ring, point) == Location::Inside
            {
                *cover.entry(rim.owner).or_default() += rim.sign;
            }
        }
        cover
    }

    /// The smallest loop of another island around an island.
    fn loop_around(&self, number: usize, islands: &[Island], areas: &[i128]) -> Option<usize> {
        let point = islands.get(number)?.point?;
        let others = islands
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != number);
        others
            .flat_map(|(_, island)| island.covers.keys().copied())
            .filter_map(|place| Some((areas.get(place).copied().filter(|area| *area > 0)?, place)))
            .filter(|(_, place)| locate_in_ring(&self.points(*place), point) == Location::Inside)
            .min()
            .map(|(_, place)| place)
    }
}

/// One cover and `times` another.
fn sum(one: &Cover, other: &Cover, times: i32) -> Cover {
    let mut sum = one.clone();
    for (owner, count) in other {
        *sum.entry(*owner).or_default() += times * count;
    }
    sum
}
