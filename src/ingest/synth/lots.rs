//! Blocks cut into lots, each kind of land in its own way.

use super::mesh::{Least, Mesh, Roughness};
use super::plane::{Frame, Line, Point, area_m2, extent, middle};
use super::random::Random;
use super::streets::{Block, Quarter};
use super::warp::Warp;
use crate::domain::Ring;

/// No lot is smaller or narrower than this before its boundary gets uneven.
const LEAST: Least = Least {
    area_m2: 58.0,
    width_m: 2.8,
};

/// No lot is larger than this before its boundary gets uneven, in m².
const LARGEST_M2: f64 = 2_600.0;

/// A parcel that has no number yet.
#[derive(Debug)]
pub(super) struct Lot {
    /// Outer ring first.
    pub rings: Vec<Ring>,
    pub quarter: Quarter,
    pub is_island: bool,
}

/// The lots of a block on the ground, and the ring around them; `None` for the rare block that no rounding leaves lawful.
pub(super) fn lots(block: &Block, warp: &Warp, random: &mut Random) -> Option<(Ring, Vec<Lot>)> {
    let mut cutter = Cutter {
        mesh: Mesh::new(block.corners.clone()),
        quarters: vec![block.quarter; 2],
        random,
    };
    cutter.cut(block);
    let islands_from = cutter.mesh.len();
    cutter.add_islands();
    let Cutter {
        mesh,
        quarters,
        random,
    } = cutter;
    let mut rough = mesh.clone();
    rough.roughen(random, roughness(block.quarter));
    let place = |point| warp.place(point);
    let tiling = rough.tiling(place).or_else(|| mesh.tiling(place))?;
    let faces = tiling.parcels.into_iter().zip(1..);
    let lot = |(rings, face): (Vec<Ring>, usize)| Lot {
        rings,
        quarter: quarters[face],
        is_island: face >= islands_from,
    };
    Some((tiling.outline, faces.map(lot).collect()))
}

fn roughness(quarter: Quarter) -> Roughness {
    let (stray, bends) = match quarter {
        Quarter::Town | Quarter::Public => (0.04, 0.15),
        Quarter::Village => (0.16, 0.5),
        Quarter::Orchard | Quarter::Ponds => (0.18, 0.6),
        Quarter::Paddy => (0.1, 0.4),
    };
    Roughness { stray, bends }
}

struct Cutter<'a> {
    mesh: Mesh,
    /// Of each face.
    quarters: Vec<Quarter>,
    random: &'a mut Random,
}

/// How finely land is parcelled.
struct Grain {
    smallest_m2: f64,
    largest_m2: f64,
    /// Lots are cut across as soon as they are so many times longer than deep.
    stretch: f64,
}

fn grain(quarter: Quarter) -> Grain {
    let (smallest_m2, largest_m2, stretch) = match quarter {
        Quarter::Town | Quarter::Village => (150.0, 620.0, 1.3),
        Quarter::Public => (700.0, 2_400.0, 1.2),
        Quarter::Orchard => (450.0, 1_900.0, 1.4),
        Quarter::Ponds => (900.0, 2_400.0, 1.3),
        Quarter::Paddy => (700.0, 2_300.0, 2.4),
    };
    Grain {
        smallest_m2,
        largest_m2,
        stretch,
    }
}

impl Cutter<'_> {
    fn cut(&mut self, block: &Block) {
        let whole = 1;
        if block.quarter == Quarter::Town {
            return self.rows(whole);
        }
        if let Some(frontage) = block.frontage.filter(|_| block.quarter != Quarter::Public) {
            self.ribbon(whole, frontage);
        }
        self.divide(whole, &grain(block.quarter));
    }

    fn split(&mut self, face: usize, line: Line) -> Option<usize> {
        let ahead = self.mesh.split(face, line, LEAST)?;
        self.quarters.push(self.quarters[face]);
        Some(ahead)
    }

    /// Two rows of narrow lots back to back (*nhà ống*, tube houses).
    fn rows(&mut self, face: usize) {
        let frame = Frame::around(&self.mesh.corners(face));
        let spine = frame.lengthwise(self.random.between(0.46, 0.54), 0.0);
        let back = if frame.depth_m > 24.0 {
            self.split(face, spine)
        } else {
            None
        };
        for row in std::iter::once(face).chain(back) {
            let depth_m = area_m2(&self.mesh.corners(row)) / frame.length_m;
            let width_m = self.random.between(4.3, 6.2).max(72.0 / depth_m);
            self.slice(row, frame.along, width_m);
        }
    }

    /// A strip of houses along a road, in front of the fields.
    fn ribbon(&mut self, face: usize, frontage: Line) {
        let depth_m = self.random.between(20.0, 30.0);
        if !self.random.chance(0.6) {
            return;
        }
        if let Some(strip) = self.split(face, frontage.shifted(depth_m)) {
            self.quarters[strip] = Quarter::Village;
            let width_m = self.random.between(6.0, 13.0);
            self.slice(strip, frontage.along, width_m);
        }
    }

    /// Cuts a strip into lots of about one width; here and there one lot takes the room of two.
    fn slice(&mut self, strip: usize, along: Point, width_m: f64) {
        let corners = self.mesh.corners(strip);
        let (centre, (start_m, end_m)) = (middle(&corners), extent(&corners, along));
        let step_m = (end_m - start_m) / ((end_m - start_m) / width_m).round().max(1.0);
        let mut rest = strip;
        let mut at_m = start_m + step_m;
        while at_m < end_m - step_m / 2.0 {
            let shift_m = self.random.between(-0.12, 0.12) * step_m;
            let cut = Line {
                through: centre + along * (at_m + shift_m - centre.dot(along)),
                along: (along.left() + along * self.random.between(-0.02, 0.02)).unit(),
            };
            at_m += step_m;
            if !self.random.chance(0.07) {
                rest = self.split(rest, cut).unwrap_or(rest);
            }
        }
    }

    /// Cuts land in two, and again, until each part is about as large as its kind is.
    fn divide(&mut self, face: usize, grain: &Grain) {
        let mut open = vec![face];
        while let Some(face) = open.pop() {
            let corners = self.mesh.corners(face);
            let area = area_m2(&corners);
            let skew = self.random.unit() * self.random.unit();
            let wanted_m2 = grain.smallest_m2 + skew * (grain.largest_m2 - grain.smallest_m2);
            if area < LARGEST_M2 && area < 1.4 * wanted_m2 {
                continue;
            }
            let frame = Frame::around(&corners);
            let is_long = frame.length_m > grain.stretch * frame.depth_m;
            let part = self.random.between(0.36, 0.64);
            let slope = self.random.between(-0.09, 0.09);
            let cuts = if is_long {
                [frame.across(part, slope), frame.across(0.5, 0.0)]
            } else {
                [
                    frame.lengthwise(part, slope / grain.stretch),
                    frame.lengthwise(0.5, 0.0),
                ]
            };
            let ahead = cuts.into_iter().find_map(|cut| self.split(face, cut));
            open.extend(ahead.map(|ahead| [face, ahead]).into_iter().flatten());
        }
    }

    /// Ponds and house plots in the middle of large gardens.
    fn add_islands(&mut self) {
        for host in 1..self.mesh.len() {
            let inside = match self.quarters[host] {
                Quarter::Orchard if self.random.chance(0.06) => {
                    self.random.pick(&[Quarter::Village, Quarter::Ponds])
                }
                Quarter::Village if self.random.chance(0.03) => Quarter::Ponds,
                _ => continue,
            };
            let shape = if inside == Quarter::Ponds {
                &POND[..]
            } else {
                &HOUSE[..]
            };
            let uneven = |&(x, y): &(f64, f64)| Point { x, y } * self.random.between(0.85, 1.0);
            let shape: Vec<_> = shape.iter().map(uneven).collect();
            if self.mesh.add_island(host, &shape, LEAST).is_some() {
                self.quarters.push(inside);
            }
        }
    }
}

/// Within the unit circle, counter-clockwise.
const POND: [(f64, f64); 8] = [
    (1.0, 0.1),
    (0.7, 0.6),
    (0.1, 0.9),
    (-0.6, 0.75),
    (-0.95, 0.1),
    (-0.7, -0.65),
    (0.0, -0.95),
    (0.75, -0.6),
];
/// Within the unit circle, counter-clockwise.
const HOUSE: [(f64, f64); 4] = [(0.8, -0.6), (0.75, 0.65), (-0.8, 0.6), (-0.75, -0.6)];
