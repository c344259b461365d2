//! A block cut into faces that share every vertex with their neighbours.

use super::plane::{Frame, Line, Point, area_m2, middle, sides};
use super::random::Random;
use super::ring::{doubled_mm2, is_lawful, rings_meet};
use crate::domain::{GridPoint, Ring};

/// A cut that ends so near an old vertex ends in it.
const SNAP_M: f64 = 0.8;

/// What a face must have to be a face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Least {
    pub area_m2: f64,
    /// Of area divided by length.
    pub width_m: f64,
}

/// How uneven boundaries are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Roughness {
    /// How far vertices stray, as a part of the room they have.
    pub stray: f64,
    /// How many long sides have a bend.
    pub bends: f64,
}

#[derive(Debug, Clone)]
struct Face {
    ring: Vec<usize>,
    island: Option<usize>,
}

/// A planar subdivision of a convex block: all faces run counter-clockwise, except the outside, which is number 0.
#[derive(Debug, Clone)]
pub(super) struct Mesh {
    points: Vec<Point>,
    faces: Vec<Face>,
}

/// A block on the millimetre grid.
#[derive(Debug)]
pub(super) struct Tiling {
    /// Around all parcels.
    pub outline: Ring,
    /// The rings of each parcel, outer first.
    pub parcels: Vec<Vec<Ring>>,
}

impl Mesh {
    /// A block of one face, number 1.
    pub fn new(outline: Vec<Point>) -> Self {
        let ring: Vec<usize> = (0..outline.len()).collect();
        let outside = ring.iter().rev().copied().collect();
        let face = |ring| Face { ring, island: None };
        Self {
            points: outline,
            faces: vec![face(outside), face(ring)],
        }
    }

    /// How many faces there are, the outside among them.
    pub fn len(&self) -> usize {
        self.faces.len()
    }

    pub fn corners(&self, face: usize) -> Vec<Point> {
        self.corners_of(&self.faces[face].ring)
    }

    fn corners_of(&self, ring: &[usize]) -> Vec<Point> {
        ring.iter().map(|&vertex| self.points[vertex]).collect()
    }

    /// Cuts a face. The part on the left keeps its number, the part on the right is new; `None` if either part would be
    /// less than `least`, and then nothing has changed.
    pub fn split(&mut self, face: usize, line: Line, least: Least) -> Option<usize> {
        let old_points = self.points.len();
        let old_ring = self.faces[face].ring.clone();
        let mut ring = Vec::with_capacity(old_ring.len() + 2);
        let mut fresh = Vec::with_capacity(2);
        let (mut enter, mut leave) = (None, None);
        for (from, to) in sides(&old_ring) {
            ring.push(from);
            let is_left = |vertex: usize| line.side(self.points[vertex]) > 0.0;
            let (from_left, to_left) = (is_left(from), is_left(to));
            if from_left == to_left {
                continue;
            }
            let end = self.cut_side(from, to, line);
            if end >= old_points {
                ring.push(end);
                fresh.push((from, to, end));
            }
            *if to_left { &mut enter } else { &mut leave } = Some(end);
        }
        let parts = enter.zip(leave).and_then(|ends| halves(&ring, ends));
        let Some((left, right)) =
            parts.filter(|(left, right)| self.suffices(left, least) && self.suffices(right, least))
        else {
            self.points.truncate(old_points);
            return None;
        };
        self.faces[face].ring = left;
        for (from, to, vertex) in fresh {
            self.insert_between(from, to, vertex);
        }
        self.faces.push(Face {
            ring: right,
            island: None,
        });
        Some(self.faces.len() - 1)
    }

    /// The vertex where a line crosses a side: one of its ends if that is near, else a new one.
    fn cut_side(&mut self, from: usize, to: usize, line: Line) -> usize {
        let point = line.cut(self.points[from], self.points[to]);
        let is_near = |&vertex: &usize| (self.points[vertex] - point).length() < SNAP_M;
        [from, to].into_iter().find(is_near).unwrap_or_else(|| {
            self.points.push(point);
            self.points.len() - 1
        })
    }

    fn suffices(&self, ring: &[usize], least: Least) -> bool {
        let corners = self.corners_of(ring);
        let area = area_m2(&corners);
        ring.len() > 2
            && area >= least.area_m2
            && area >= least.width_m * Frame::around(&corners).length_m
    }

    /// Gives a vertex on a side to every face that has the side.
    fn insert_between(&mut self, from: usize, to: usize, vertex: usize) {
        for face in &mut self.faces {
            let ring = &face.ring;
            let found = (0..ring.len()).find(|&at| {
                let side = (ring[at], ring[(at + 1) % ring.len()]);
                side == (from, to) || side == (to, from)
            });
            if let Some(at) = found {
                face.ring.insert(at + 1, vertex);
            }
        }
    }

    /// Puts a parcel into the middle of a face: `shape` holds its corners around (0, 0) within the unit circle. `None`
    /// where a parcel of `least` has no room. To be called before [`Self::roughen`].
    pub fn add_island(&mut self, face: usize, shape: &[Point], least: Least) -> Option<usize> {
        let corners = self.corners(face);
        let centre = middle(&corners);
        let room_m = sides(&corners)
            .map(|(from, to)| {
                Line {
                    through: from,
                    along: (to - from).unit(),
                }
                .side(centre)
            })
            .fold(f64::INFINITY, f64::min);
        let old_points = self.points.len();
        let place = |&corner: &Point| centre + corner * (0.55 * room_m);
        self.points.extend(shape.iter().map(place));
        let ring: Vec<_> = (old_points..self.points.len()).collect();
        if !self.suffices(&ring, least) {
            self.points.truncate(old_points);
            return None;
        }
        self.faces[face].island = Some(self.faces.len());
        self.faces.push(Face { ring, island: None });
        Some(self.faces.len() - 1)
    }

    /// Makes boundaries uneven; neighbours keep sharing every vertex.
    pub fn roughen(&mut self, random: &mut Random, how: Roughness) {
        let room = self.room_m();
        let stray = |random: &mut Random, room_m: f64| {
            let limit_m = (how.stray * room_m).min(0.8);
            random.between(-limit_m, limit_m)
        };
        for (point, &room_m) in self.points.iter_mut().zip(&room) {
            *point = *point
                + Point {
                    x: stray(random, room_m),
                    y: stray(random, room_m),
                };
        }
        for (from, to) in self.undirected_sides() {
            let (start, step) = (self.points[from], self.points[to] - self.points[from]);
            let length_m = step.length();
            if length_m < 9.0 || !random.chance(how.bends) {
                continue;
            }
            let offset_m = stray(random, (0.1 * length_m).min(room[from]).min(room[to]));
            self.points
                .push(start + step * random.between(0.3, 0.7) + step.unit().left() * offset_m);
            self.insert_between(from, to, self.points.len() - 1);
        }
    }

    /// How much room each vertex has: the least width of the faces around it and half its shortest side.
    fn room_m(&self) -> Vec<f64> {
        let mut room = vec![f64::INFINITY; self.points.len()];
        for face in &self.faces[1..] {
            let corners = self.corners_of(&face.ring);
            let width_m = area_m2(&corners) / Frame::around(&corners).length_m;
            for (from, to) in sides(&face.ring) {
                let half_m = (self.points[to] - self.points[from]).length() / 2.0;
                for vertex in [from, to] {
                    room[vertex] = room[vertex].min(width_m).min(half_m);
                }
            }
        }
        room
    }

    fn undirected_sides(&self) -> Vec<(usize, usize)> {
        let mut all: Vec<_> = self
            .faces
            .iter()
            .flat_map(|face| sides(&face.ring))
            .filter(|(from, to)| from < to)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The block on the grid; `None` if rounding or roughness has spoilt a ring.
    ///
    /// Every side inside the block belongs to one face in each direction, so the winding numbers of all faces add up to
    /// that of the outline. If all rings are counter-clockwise and free of self-contact, each point of the block then lies
    /// in exactly one face: no overlap and no gap.
    pub fn tiling(&self, place: impl Fn(Point) -> GridPoint) -> Option<Tiling> {
        let grid: Vec<_> = self.points.iter().map(|&point| place(point)).collect();
        let ring = |face: usize| {
            self.faces[face]
                .ring
                .iter()
                .map(|&vertex| grid[vertex])
                .collect::<Ring>()
        };
        let mut outline = ring(0);
        outline.reverse();
        let parcel = |face: usize| {
            let outer = ring(face);
            let Some(island) = self.faces[face].island else {
                return is_lawful(&outer).then(|| vec![outer]);
            };
            let mut hole = ring(island);
            hole.reverse();
            let lawful = is_lawful(&outer)
                && !rings_meet(&outer, &hole)
                && doubled_mm2(&outer) > -doubled_mm2(&hole);
            lawful.then(|| vec![outer, hole])
        };
        let parcels = (1..self.len()).map(parcel).collect::<Option<_>>()?;
        is_lawful(&outline).then_some(Tiling { outline, parcels })
    }
}

/// Cuts a ring between two of its vertices: from the first to the second, and from the second to the first.
fn halves(ring: &[usize], (first, second): (usize, usize)) -> Option<(Vec<usize>, Vec<usize>)> {
    let mut turned = ring.to_vec();
    turned.rotate_left(ring.iter().position(|&vertex| vertex == first)?);
    let at = turned.iter().position(|&vertex| vertex == second)?;
    let mut back = turned.split_off(at);
    turned.push(second);
    back.push(first);
    Some((turned, back))
}
