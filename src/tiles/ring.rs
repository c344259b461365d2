//! Rings in tile units: cut to the tile, without repeated points, their area known.

use super::mvt::Path;
use super::tile_id::{BUFFER, EXTENT};

/// A point in tile units, in the tile with its buffer.
pub type Unit = (i32, i32);

/// A point in tile units, anywhere.
pub type Wide = (i64, i64);

/// The lowest unit of the tile with its buffer, along both axes.
pub const LOW: i64 = -BUFFER;
/// The highest.
pub const HIGH: i64 = EXTENT as i64 + BUFFER;

/// A ring being made ready for a tile. It keeps its buffers from ring to ring.
#[derive(Debug, Default)]
pub struct Ring {
    points: Vec<Unit>,
    doubled_area: i64,
    source: Vec<Wide>,
    kept: Vec<Wide>,
    spare: Vec<Wide>,
}

impl Ring {
    /// Takes a ring that lies in the buffered tile. Points that repeat the last one, or the last but one, go: the second way
    /// leads out and back again.
    pub fn take(&mut self, points: impl Iterator<Item = Unit>) {
        self.points.clear();
        self.points.extend(points);
        self.doubled_area = 0;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return;
        };
        // Most rings are clean: this walk only looks.
        let (mut before, mut last) = (self.points.iter().rev().nth(1).unwrap_or(first), last);
        let mut is_clean = true;
        for point in &self.points {
            is_clean &= *point != *last && *point != *before;
            self.doubled_area += cross(*last, *point);
            (before, last) = (last, point);
        }
        if !is_clean {
            self.clean();
        }
    }

    /// Takes repeated points away; the area stays.
    fn clean(&mut self) {
        let mut kept = 0;
        for place in 0..self.points.len() {
            let Some(point) = self.points.get(place).copied() else {
                break;
            };
            match self.points.get(..kept) {
                Some([.., last]) if *last == point => {}
                Some([.., before, _]) if *before == point => kept -= 1,
                _ => {
                    if let Some(slot) = self.points.get_mut(kept) {
                        *slot = point;
                    }
                    kept += 1;
                }
            }
        }
        self.points.truncate(kept);
        self.close();
    }

    /// Takes repeated points away where the ring's end meets its beginning.
    fn close(&mut self) {
        loop {
            match self.points[..] {
                [first, .., last] if first == last => self.points.pop(),
                [first, .., before, _] if first == before => self.points.pop(),
                [_, second, .., last] if second == last && self.points.len() > 2 => {
                    Some(self.points.remove(0))
                }
                _ => return,
            };
        }
    }

    /// Takes a ring from anywhere and cuts it to the buffered tile (Sutherland–Hodgman). Answers whether it comes in.
    pub fn take_cut(&mut self, points: impl Iterator<Item = Wide>) -> bool {
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        let (some, all) = self.gather(points);
        if all == 0 {
            kept.extend_from_slice(&self.source);
            cut(&mut kept, &mut self.spare, some);
        }
        let unit = |wide: i64| i32::try_from(wide).unwrap_or(0);
        self.take(kept.iter().map(|(x, y)| (unit(*x), unit(*y))));
        self.kept = kept;
        let mut edges = edges(&self.source);
        self.doubled_area != 0
            || !self.points.is_empty() && edges.any(|(from, to)| edge_meets_box(from, to))
    }

    /// Gathers the source, without points that lie beside the box on the same side as both neighbours; answers the sides that
    /// some points and that all points lie beyond.
    fn gather(&mut self, points: impl Iterator<Item = Wide>) -> (u8, u8) {
        self.source.clear();
        let (mut some, mut all) = (0, u8::MAX);
        let (mut before, mut last) = (0, 0);
        for point in points {
            let sides = sides_beyond(point);
            (some, all) = (some | sides, all & sides);
            if before & last & sides == 0 {
                before = last;
            } else {
                self.source.pop();
            }
            self.source.push(point);
            last = sides;
        }
        (some, all)
    }

    /// Twice the signed area; positive for clockwise on the screen, which the format wants of outer rings.
    pub fn doubled_area(&self) -> i64 {
        self.doubled_area
    }

    /// Whether it is the box itself.
    pub fn covers_box(&self) -> bool {
        self.doubled_area.abs() == 2 * (HIGH - LOW) * (HIGH - LOW)
    }

    /// Adds the points to a path, wound as an outer ring or as a hole.
    pub fn draw(&self, path: &mut Path, is_hole: bool) {
        let points = self.points.iter().copied();
        if (self.doubled_area < 0) == is_hole {
            path.ring(points);
        } else {
            path.ring(points.rev());
        }
    }

    /// The upper left corner of the smallest square where a ring without area is; in the tile itself if it comes there.
    pub fn speck(&self) -> Unit {
        let is_within = |point: &&Unit| (point.0 | point.1).cast_unsigned() < EXTENT;
        let point = self.points.iter().find(is_within).or(self.points.first());
        let highest = i32::try_from(HIGH - 1).unwrap_or(i32::MAX);
        point.map_or((0, 0), |(x, y)| (*x.min(&highest), *y.min(&highest)))
    }
}

fn cross(a: Unit, b: Unit) -> i64 {
    i64::from(a.0 * b.1 - b.0 * a.1)
}

fn edges(ring: &[Wide]) -> impl Iterator<Item = (Wide, Wide)> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().copied().zip(next.copied())
}

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const ABOVE: u8 = 4;
const BELOW: u8 = 8;

/// The sides of the box that a point lies beyond.
fn sides_beyond((x, y): Wide) -> u8 {
    let side = |is_beyond: bool, side: u8| if is_beyond { side } else { 0 };
    side(x < LOW, LEFT) | side(x > HIGH, RIGHT) | side(y < LOW, ABOVE) | side(y > HIGH, BELOW)
}

/// Cuts a ring by the sides that some of it lies beyond.
fn cut(ring: &mut Vec<Wide>, spare: &mut Vec<Wide>, sides: u8) {
    let upright = |at_x: i64| move |a: Wide, b: Wide| (at_x, at(a, b, at_x));
    let level = |at_y: i64| move |a: Wide, b: Wide| (at(turned(a), turned(b), at_y), at_y);
    if sides & LEFT != 0 {
        cut_side(ring, spare, |(x, _)| x >= LOW, upright(LOW));
    }
    if sides & RIGHT != 0 {
        cut_side(ring, spare, |(x, _)| x <= HIGH, upright(HIGH));
    }
    if sides & ABOVE != 0 {
        cut_side(ring, spare, |(_, y)| y >= LOW, level(LOW));
    }
    if sides & BELOW != 0 {
        cut_side(ring, spare, |(_, y)| y <= HIGH, level(HIGH));
    }
}

fn turned((x, y): Wide) -> Wide {
    (y, x)
}

/// Keeps the part of the ring that is inside; `crossing` is where an edge goes out or comes in.
fn cut_side(
    ring: &mut Vec<Wide>,
    spare: &mut Vec<Wide>,
    is_inside: impl Fn(Wide) -> bool,
    crossing: impl Fn(Wide, Wide) -> Wide,
) {
    spare.clear();
    for (from, to) in edges(ring) {
        if is_inside(from) {
            spare.push(from);
        }
        if is_inside(from) != is_inside(to) {
            spare.push(crossing(from, to));
        }
    }
    std::mem::swap(ring, spare);
}

/// The second coordinate where a line has the first coordinate `first`; rounded, the same both ways.
fn at(from: Wide, to: Wide, first: i64) -> i64 {
    let ((a, b), (c, d)) = if from.0 <= to.0 {
        (from, to)
    } else {
        (to, from)
    };
    let (rise, run) = (i128::from(d - b) * i128::from(first - a), i128::from(c - a));
    if run == 0 {
        b
    } else {
        b + i64::try_from((2 * rise + run).div_euclid(2 * run)).unwrap_or(0)
    }
}

fn edge_meets_box(from: Wide, to: Wide) -> bool {
    let (beyond_from, beyond_to) = (sides_beyond(from), sides_beyond(to));
    if beyond_from == 0 || beyond_to == 0 || beyond_from & beyond_to != 0 {
        return beyond_from & beyond_to == 0;
    }
    let (run, rise) = (i128::from(to.0 - from.0), i128::from(to.1 - from.1));
    let side =
        |(x, y): Wide| (run * i128::from(y - from.1) - rise * i128::from(x - from.0)).signum();
    let sides = [(LOW, LOW), (LOW, HIGH), (HIGH, LOW), (HIGH, HIGH)].map(side);
    sides.contains(&0) || (sides.contains(&1) && sides.contains(&-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_ring(points: &[Wide]) -> (bool, Ring) {
        let mut ring = Ring::default();
        let is_in = ring.take_cut(points.iter().copied());
        (is_in, ring)
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_buffered_square() {
        let (is_in, ring) = cut_ring(&[(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)]);
        assert!(is_in && ring.covers_box());
        assert_eq!(ring.doubled_area(), 2 * (4096 + 128) * (4096 + 128));
    }

    #[test]
    fn a_ring_beside_the_tile_leaves_nothing() {
        let (is_in, ring) = cut_ring(&[(5000, 0), (6000, 0), (6000, 100)]);
        assert!(!is_in && ring.points.is_empty());
        // around a corner, its box over the tile
        let corner = [
            (-900, -900),
            (5000, -900),
            (5000, 5000),
            (4900, 5000),
            (4900, -800),
            (-900, -800),
        ];
        assert!(!cut_ring(&corner).0);
    }

    #[test]
    fn a_ring_across_the_edge_is_cut_at_the_buffer() {
        let (is_in, ring) = cut_ring(&[(4000, 10), (5000, 10), (5000, 30), (4000, 30)]);
        assert!(is_in);
        assert_eq!(
            ring.points,
            [(4000, 10), (4160, 10), (4160, 30), (4000, 30)]
        );
        assert_eq!(ring.doubled_area(), 2 * 160 * 20);
    }

    #[test]
    fn repeated_points_go_and_the_area_stays() {
        let mut ring = Ring::default();
        let points = [(0, 0), (0, 0), (0, 9), (9, 9), (9, 9), (9, 0), (0, 0)];
        ring.take(points.into_iter());
        assert_eq!(ring.points, [(0, 0), (0, 9), (9, 9), (9, 0)]);
        assert_eq!(ring.doubled_area(), -162);
        let path = |draw: &dyn Fn(&mut Path)| {
            let mut path = Path::default();
            draw(&mut path);
            path
        };
        let outer = [(9, 0), (9, 9), (0, 9), (0, 0)];
        let [clockwise, turned] =
            [false, true].map(|is_hole| path(&|path| ring.draw(path, is_hole)));
        assert_eq!(clockwise, path(&|path| path.ring(outer.into_iter())));
        assert_eq!(turned, path(&|path| path.ring(ring.points.iter().copied())));
    }

    #[test]
    fn ways_out_and_back_go() {
        let mut ring = Ring::default();
        // out and back in the middle, at the end and at the beginning
        let spike = [(0, 0), (9, 0), (9, 4), (12, 4), (9, 4), (9, 9), (0, 9)];
        ring.take(spike.into_iter());
        assert_eq!(ring.points, [(0, 0), (9, 0), (9, 4), (9, 9), (0, 9)]);
        ring.take([(0, 0), (9, 0), (9, 9), (0, 0), (-5, -5)].into_iter());
        assert_eq!(ring.points, [(0, 0), (9, 0), (9, 9)]);
        ring.take([(-5, -5), (0, 0), (9, 0), (9, 9), (0, 0)].into_iter());
        assert_eq!(ring.points, [(0, 0), (9, 0), (9, 9)]);
        assert_eq!(ring.doubled_area(), 81);
        ring.take([(0, 0), (9, 0), (18, 0), (9, 0), (0, 0)].into_iter());
        assert_eq!((&ring.points[..], ring.doubled_area()), (&[(0, 0)][..], 0));
    }

    #[test]
    fn a_line_across_the_tile_comes_in_without_area() {
        let (is_in, ring) = cut_ring(&[(-9000, -9000), (9000, 9000)]);
        assert!(is_in);
        assert_eq!(ring.doubled_area(), 0);
    }

    #[test]
    fn rings_as_wide_as_the_world_do_not_overflow() {
        let far = 1_i64 << 35;
        assert!(cut_ring(&[(-far, -far), (far, -far), (far, far)]).0);
        assert!(
            !cut_ring(&[(-far, far), (far, far), (far, -far + 1)])
                .1
                .points
                .is_empty()
        );
    }
}
