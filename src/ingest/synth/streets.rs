//! Streets, paths and canals: they cut a commune into blocks.

use super::plane::{Frame, Line, Point, area_m2, middle, sides};
use super::random::Random;

/// What a piece of land is used for, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quarter {
    Town,
    Village,
    /// Offices, schools, markets.
    Public,
    Orchard,
    Ponds,
    Paddy,
}

impl Quarter {
    /// The longest and the deepest block, in metres, and the width of the street before it.
    fn block_m(self) -> (f64, f64, f64) {
        match self {
            Self::Town | Self::Public => (125.0, 44.0, 5.5),
            Self::Village => (150.0, 85.0, 3.5),
            Self::Orchard => (210.0, 130.0, 3.0),
            Self::Ponds => (230.0, 140.0, 3.0),
            Self::Paddy => (280.0, 150.0, 3.0),
        }
    }
}

/// Where in a commune people live and what grows around them.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub centre: Point,
    pub side_m: f64,
    town_radius_m: f64,
    villages: Vec<(Point, f64)>,
    /// Where the groves and the ponds lie in the fields.
    groves: Vec<(Point, f64, Quarter)>,
}

impl Site {
    /// A square of land around a town; wards have more town.
    pub fn new(centre: Point, side_m: f64, is_ward: bool, random: &mut Random) -> Self {
        let around = |random: &mut Random, low: f64, high: f64| {
            let square = Point {
                x: random.between(-1.0, 1.0),
                y: random.between(-1.0, 1.0),
            };
            let out = square.x.abs().max(square.y.abs()).max(0.01);
            centre + square * (random.between(low, high) * side_m / out)
        };
        let (town, villages, groves) = if is_ward { (0.26, 3, 4) } else { (0.13, 6, 7) };
        let village = |random: &mut Random| {
            (
                around(random, 0.2, 0.42),
                random.between(0.05, 0.085) * side_m,
            )
        };
        let grove = |random: &mut Random| {
            let quarter = random.weighted(&[(3, Quarter::Orchard), (1, Quarter::Ponds)]);
            (
                around(random, 0.1, 0.48),
                random.between(0.08, 0.16) * side_m,
                quarter,
            )
        };
        Self {
            centre,
            side_m,
            town_radius_m: town * side_m,
            villages: (0..villages).map(|_| village(random)).collect(),
            groves: (0..groves).map(|_| grove(random)).collect(),
        }
    }

    fn quarter_at(&self, point: Point) -> Quarter {
        let within = |centre: Point, radius_m: f64| (point - centre).length() < radius_m;
        if within(self.centre, self.town_radius_m) {
            return Quarter::Town;
        }
        if self
            .villages
            .iter()
            .any(|&(centre, radius_m)| within(centre, radius_m))
        {
            return Quarter::Village;
        }
        let near_village = |&(centre, radius_m): &(Point, f64)| within(centre, radius_m * 1.5);
        let grove = self
            .groves
            .iter()
            .find(|&&(centre, radius_m, _)| within(centre, radius_m));
        match grove {
            Some(&(_, _, quarter)) => quarter,
            None if self.villages.iter().any(near_village) => Quarter::Orchard,
            None => Quarter::Paddy,
        }
    }
}

/// A convex piece of land between streets.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub corners: Vec<Point>,
    pub quarter: Quarter,
    /// The side on a large road, if it has one; the block lies on its left.
    pub frontage: Option<Line>,
}

/// A side of a piece of land on its way to become a block.
#[derive(Debug, Clone, Copy)]
struct Side {
    from: Point,
    on_road: bool,
}

/// All blocks of a commune; neighbours in the list are mostly neighbours on the ground.
pub(super) fn blocks(site: &Site, random: &mut Random) -> Vec<Block> {
    let corner = |x: f64, y: f64| Side {
        from: site.centre + Point { x, y } * (site.side_m / 2.0),
        on_road: false,
    };
    let square = vec![
        corner(-1.0, -1.0),
        corner(1.0, -1.0),
        corner(1.0, 1.0),
        corner(-1.0, 1.0),
    ];
    let mut blocks = Vec::new();
    carve(&square, site, random, &mut blocks);
    blocks
}

fn carve(land: &[Side], site: &Site, random: &mut Random, blocks: &mut Vec<Block>) {
    let corners: Vec<_> = land.iter().map(|side| side.from).collect();
    if corners.len() < 3 || area_m2(&corners) < 120.0 {
        return;
    }
    let frame = Frame::around(&corners);
    let quarter = site.quarter_at(middle(&corners));
    let (longest_m, deepest_m, lane_m) = quarter.block_m();
    let denser = corners
        .iter()
        .any(|&corner| site.quarter_at(corner) < quarter.min(Quarter::Orchard));
    let largest_m = if denser { 120.0 } else { f64::INFINITY };
    let slope = random.between(-0.2, 0.2);
    let part = random.between(0.4, 0.6);
    let line = if frame.length_m > longest_m.min(largest_m) {
        frame.across(part, slope)
    } else if frame.depth_m > deepest_m.min(largest_m) {
        frame.lengthwise(part, slope / 2.0)
    } else {
        blocks.extend(finish(land, corners, &frame, quarter, random));
        return;
    };
    let (width_m, on_road) = match frame.length_m / site.side_m {
        whole if whole > 0.9 => (15.0, true),
        half if half > 0.42 && frame.length_m > 300.0 => {
            random.weighted(&[(3, (9.0, true)), (1, (19.0, false))])
        }
        _ if quarter > Quarter::Village && random.chance(0.12) => {
            (random.between(6.0, 14.0), false)
        }
        _ => (lane_m, false),
    };
    for half in [line, line.reversed()] {
        carve(
            &beyond(land, half.shifted(width_m / 2.0), on_road),
            site,
            random,
            blocks,
        );
    }
}

/// What of convex land lies left of a line.
fn beyond(land: &[Side], line: Line, on_road: bool) -> Vec<Side> {
    let mut kept = Vec::with_capacity(land.len() + 1);
    for (side, next) in sides(land) {
        let (here, there) = (line.side(side.from) > 0.0, line.side(next.from) > 0.0);
        if here {
            kept.push(side);
        }
        if here != there {
            kept.push(Side {
                from: line.cut(side.from, next.from),
                on_road: if here { on_road } else { side.on_road },
            });
        }
    }
    kept
}

fn finish(
    land: &[Side],
    corners: Vec<Point>,
    frame: &Frame,
    quarter: Quarter,
    random: &mut Random,
) -> Option<Block> {
    if area_m2(&corners) < 9.0 * frame.length_m {
        return None;
    }
    let is_public = match quarter {
        Quarter::Town => random.chance(0.08),
        Quarter::Village => random.chance(0.06),
        _ => false,
    };
    let frontage = sides(land)
        .filter(|(side, _)| side.on_road)
        .map(|(side, next)| (next.from - side.from, side.from))
        .max_by(|(a, _), (b, _)| a.length().total_cmp(&b.length()))
        .map(|(step, through)| Line {
            through,
            along: step.unit(),
        });
    Some(Block {
        corners,
        quarter: if is_public { Quarter::Public } else { quarter },
        frontage,
    })
}
