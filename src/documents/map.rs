//! Drawings of parcels to a true scale.

use super::DocumentError;
use super::letters::{Face, Letters, Style};
use super::number::{area_m2, length_mm, metres};
use super::paper::{At, Page};
use crate::domain::{Area, Boundary, GridPoint};
use crate::geometry::{bounds, label_point};
use std::collections::{BTreeMap, BTreeSet};

/// White around the subjects, at least.
const MARGIN_MM: f64 = 9.0;
/// The most vertices that are all numbered in a drawing; of more, each second, third … is.
const NUMBERED: usize = 60;
const SUBJECT_LINE_MM: f64 = 0.4;
const NEIGHBOUR_LINE_MM: f64 = 0.13;

/// A drawing: parcels, those that it is about and those around them.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The parcels.
    pub parcels: Vec<Drawn>,
}

/// A parcel in a drawing.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Its boundary.
    pub boundary: Boundary,
    /// Its number.
    pub number: String,
    /// Its uses.
    pub land_use: Option<String>,
    /// Its area.
    pub area: Area,
    /// Whether the drawing is about it: its vertices are numbered and its edges measured.
    pub is_subject: bool,
}

/// The vertices of parcels in the order of their numbers (from 1): each parcel clockwise from its north-western corner, holes after
/// the outer ring, a vertex of several parcels once.
pub fn numbered<'b>(
    boundaries: impl IntoIterator<Item = &'b Boundary>,
) -> BTreeMap<GridPoint, usize> {
    let mut numbers = BTreeMap::new();
    for ring in boundaries.into_iter().flat_map(walks) {
        for point in ring {
            let next = numbers.len() + 1;
            numbers.entry(point).or_insert(next);
        }
    }
    numbers
}

/// The rings with the land on the right hand, each from its most north-western vertex on.
pub fn walks(boundary: &Boundary) -> Vec<Vec<GridPoint>> {
    let walk = |ring: &Vec<GridPoint>| {
        let mut walk: Vec<_> = ring.iter().rev().copied().collect();
        let start = (0..).zip(&walk).max_by_key(|(place, point)| {
            (point.north_mm - point.east_mm, std::cmp::Reverse(*place))
        });
        let start = start.map_or(0, |(place, _)| place);
        walk.rotate_left(start);
        walk
    };
    boundary.rings().iter().map(walk).collect()
}

/// The edges of a walk: each vertex with the next.
pub fn edges(walk: &[GridPoint]) -> impl Iterator<Item = (GridPoint, GridPoint)> + '_ {
    walk.iter()
        .copied()
        .zip(walk.iter().copied().cycle().skip(1))
}

/// From the ground to the paper.
struct Projection {
    centre: (f64, f64),
    middle: At,
    scale: f64,
}

impl Projection {
    fn at(&self, point: GridPoint) -> At {
        (
            self.middle.0 + (point.east_mm as f64 - self.centre.0) / self.scale,
            self.middle.1 - (point.north_mm as f64 - self.centre.1) / self.scale,
        )
    }

    fn rings(&self, boundary: &Boundary) -> Vec<Vec<At>> {
        let ring = |ring: &Vec<GridPoint>| ring.iter().map(|point| self.at(*point)).collect();
        boundary.rings().iter().map(ring).collect()
    }
}

/// The frame of a drawing: its upper left corner and its size.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The upper left corner.
    pub at: At,
    /// Width and height.
    pub size_mm: At,
}

impl Map {
    fn subjects(&self) -> impl Iterator<Item = &Drawn> {
        self.parcels.iter().filter(|parcel| parcel.is_subject)
    }

    fn bounds(&self) -> Option<(GridPoint, GridPoint)> {
        let boxes = self.subjects().map(|parcel| bounds(&parcel.boundary));
        boxes.reduce(|(low, high), (min, max)| {
            (
                GridPoint {
                    east_mm: low.east_mm.min(min.east_mm),
                    north_mm: low.north_mm.min(min.north_mm),
                },
                GridPoint {
                    east_mm: high.east_mm.max(max.east_mm),
                    north_mm: high.north_mm.max(max.north_mm),
                },
            )
        })
    }

    /// The largest of some scales at which the subjects fit into a frame.
    ///
    /// # Errors
    /// Where they fit at none.
    pub fn scale(&self, frame: Frame, scales: &[i64]) -> Result<i64, DocumentError> {
        let (low, high) = self.bounds().ok_or(DocumentError::NothingToDraw)?;
        let (width_mm, height_mm) = (
            (high.east_mm - low.east_mm) as f64,
            (high.north_mm - low.north_mm) as f64,
        );
        let room = |of_mm: f64| of_mm - 2.0 * MARGIN_MM;
        let fits = |scale: &&i64| {
            width_mm / **scale as f64 <= room(frame.size_mm.0)
                && height_mm / **scale as f64 <= room(frame.size_mm.1)
        };
        scales.iter().find(fits).copied().ok_or_else(|| {
            let extent_m = width_mm.max(height_mm) / 1000.0;
            DocumentError::TooLargeToDraw { extent_m }
        })
    }

    /// Draws into a frame at a scale.
    pub fn draw(&self, page: &mut Page, letters: &mut Letters, frame: Frame, scale: i64) {
        let Some((low, high)) = self.bounds() else {
            return;
        };
        let ground = Projection {
            centre: (
                i64::midpoint(low.east_mm, high.east_mm) as f64,
                i64::midpoint(low.north_mm, high.north_mm) as f64,
            ),
            middle: (
                frame.at.0 + frame.size_mm.0 / 2.0,
                frame.at.1 + frame.size_mm.1 / 2.0,
            ),
            scale: scale as f64,
        };
        page.clip(frame.at, frame.size_mm);
        for parcel in self.parcels.iter().filter(|parcel| !parcel.is_subject) {
            page.outline(&ground.rings(&parcel.boundary), NEIGHBOUR_LINE_MM);
        }
        for parcel in self.parcels.iter().filter(|parcel| !parcel.is_subject) {
            name_neighbour(page, letters, (&ground, frame), parcel);
        }
        for parcel in self.subjects() {
            page.outline(&ground.rings(&parcel.boundary), SUBJECT_LINE_MM);
        }
        for parcel in self.subjects() {
            name_subject(page, letters, &ground, parcel);
        }
        self.measure(page, letters, &ground);
        north(page, letters, frame);
        scale_bar(page, letters, frame, scale);
        page.unclip();
        page.outline(&[corners(frame)], 0.25);
    }

    /// The lengths along the edges, the numbers outside the vertices.
    fn measure(&self, page: &mut Page, letters: &mut Letters, ground: &Projection) {
        let numbers = numbered(self.subjects().map(|parcel| &parcel.boundary));
        let every = numbers.len().div_ceil(NUMBERED).max(1);
        let (mut measured, mut named) = (BTreeSet::new(), BTreeSet::new());
        for walk in self.subjects().flat_map(|parcel| walks(&parcel.boundary)) {
            for (from, to) in edges(&walk) {
                if measured.insert((from.min(to), from.max(to))) {
                    write_length(
                        page,
                        letters,
                        (ground.at(from), ground.at(to)),
                        length_mm(from, to),
                    );
                }
            }
            let before = walk.iter().rev().take(1).chain(&walk);
            for ((before, point), (_, after)) in before.zip(&walk).zip(edges(&walk)) {
                let number = numbers.get(point).copied().unwrap_or(0);
                let at = ground.at(*point);
                if number % every == 1 % every && named.insert(number) {
                    write_vertex(
                        page,
                        letters,
                        [ground.at(*before), at, ground.at(after)],
                        number,
                    );
                }
            }
        }
    }
}

fn corners(frame: Frame) -> Vec<At> {
    let ((left, top), (width, height)) = (frame.at, frame.size_mm);
    vec![
        (left, top),
        (left + width, top),
        (left + width, top + height),
        (left, top + height),
    ]
}

const SMALL: Style = Style {
    face: Face::Regular,
    size_pt: 8.0,
};
const NUMBER: Style = Style {
    face: Face::Bold,
    size_pt: 10.0,
};
const LENGTH: Style = Style {
    face: Face::Italic,
    size_pt: 8.0,
};

fn centred(page: &mut Page, letters: &mut Letters, (at, style): (At, Style), text: &str) {
    let width_mm = letters.width_mm(style, text);
    page.text(letters, (at.0 - width_mm / 2.0, at.1), style, text);
}

/// A unit vector from one place to another.
fn way(from: At, to: At) -> At {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.hypot(y).max(1e-9);
    (x / length, y / length)
}

/// A length along its edge, on the side of the land, where the edge is long enough.
fn write_length(page: &mut Page, letters: &mut Letters, (from, to): (At, At), length_mm: i64) {
    const OFF_MM: f64 = 2.0;
    const HALF_HEIGHT_MM: f64 = 0.9;
    let text = metres(length_mm);
    let width_mm = letters.width_mm(LENGTH, &text);
    let (x, y) = way(from, to);
    if (to.0 - from.0).hypot(to.1 - from.1) < width_mm + 2.0 {
        return;
    }
    // On paper y runs down: with the land on the right hand, (-y, x) points to it.
    let middle = (
        f64::midpoint(from.0, to.0) - y * OFF_MM,
        f64::midpoint(from.1, to.1) + x * OFF_MM,
    );
    let (x, y) = if x < -1e-6 || (x.abs() <= 1e-6 && y > 0.0) {
        (-x, -y)
    } else {
        (x, y)
    };
    let start = (
        middle.0 - x * width_mm / 2.0 - y * HALF_HEIGHT_MM,
        middle.1 - y * width_mm / 2.0 + x * HALF_HEIGHT_MM,
    );
    page.text_turned(letters, (start, (-y).atan2(x)), LENGTH, &text);
}

/// A vertex's dot, and its number outside the land.
fn write_vertex(
    page: &mut Page,
    letters: &mut Letters,
    [before, at, after]: [At; 3],
    number: usize,
) {
    const OFF_MM: f64 = 2.4;
    const DOT_MM: f64 = 0.45;
    let (into, out) = (way(before, at), way(at, after));
    let (x, y) = (into.1 + out.1, -(into.0 + out.0));
    let length = x.hypot(y);
    let (x, y) = if length < 1e-3 {
        into
    } else {
        (x / length, y / length)
    };
    page.fill(
        &[vec![
            (at.0 - DOT_MM, at.1 - DOT_MM),
            (at.0 + DOT_MM, at.1 - DOT_MM),
            (at.0 + DOT_MM, at.1 + DOT_MM),
            (at.0 - DOT_MM, at.1 + DOT_MM),
        ]],
        0.0,
    );
    let place = (at.0 + x * OFF_MM, at.1 + y * OFF_MM + 0.95);
    centred(page, letters, (place, SMALL), &number.to_string());
}

/// Use, number and area of a subject: the number above the area, the use at their left.
fn name_subject(page: &mut Page, letters: &mut Letters, ground: &Projection, parcel: &Drawn) {
    let (x, y) = ground.at(label_point(&parcel.boundary));
    let area = area_m2(parcel.area);
    let half_mm = letters
        .width_mm(NUMBER, &parcel.number)
        .max(letters.width_mm(SMALL, &area))
        / 2.0
        + 0.6;
    centred(page, letters, ((x, y - 0.8), NUMBER), &parcel.number);
    page.line((x - half_mm, y), (x + half_mm, y), 0.15);
    centred(page, letters, ((x, y + 3.2), SMALL), &area);
    if let Some(land_use) = &parcel.land_use {
        let width_mm = letters.width_mm(SMALL, land_use);
        page.text(
            letters,
            (x - half_mm - width_mm - 1.0, y + 1.0),
            SMALL,
            land_use,
        );
    }
}

/// The number of a neighbour in the middle of what is seen of it, where there is room.
fn name_neighbour(
    page: &mut Page,
    letters: &mut Letters,
    (ground, frame): (&Projection, Frame),
    parcel: &Drawn,
) {
    const ROOM_MM: f64 = 4.5;
    let rings = ground.rings(&parcel.boundary);
    let seen = rings
        .first()
        .map_or_else(Vec::new, |ring| seen(ring, frame));
    let extent = |of: fn(&At) -> f64| {
        let (low, high) = seen
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        high - low
    };
    if seen.len() < 3 || extent(|at| at.0) < ROOM_MM || extent(|at| at.1) < ROOM_MM {
        return;
    }
    let (x, y) = centroid(&seen);
    centred(page, letters, ((x, y + 1.0), SMALL), &parcel.number);
}

/// The part of a ring inside a frame (Sutherland and Hodgman).
fn seen(ring: &[At], frame: Frame) -> Vec<At> {
    let ((left, top), (width, height)) = (frame.at, frame.size_mm);
    let axis = |at: At, is_x: bool| if is_x { at.0 } else { at.1 };
    let sides = [
        (true, left, 1.0),
        (true, left + width, -1.0),
        (false, top, 1.0),
        (false, top + height, -1.0),
    ];
    sides
        .into_iter()
        .fold(ring.to_vec(), |ring, (is_x, limit, sign)| {
            let depth = |at: At| (axis(at, is_x) - limit) * sign;
            let mut kept = Vec::new();
            for (from, to) in ring
                .iter()
                .copied()
                .zip(ring.iter().copied().cycle().skip(1))
            {
                let (start, end) = (depth(from), depth(to));
                if start >= 0.0 {
                    kept.push(from);
                }
                if (start >= 0.0) != (end >= 0.0) {
                    let part = start / (start - end);
                    kept.push((
                        from.0 + (to.0 - from.0) * part,
                        from.1 + (to.1 - from.1) * part,
                    ));
                }
            }
            kept
        })
}

fn centroid(ring: &[At]) -> At {
    let origin = ring.first().copied().unwrap_or_default();
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (ax, ay, bx, by) = (
            from.0 - origin.0,
            from.1 - origin.1,
            to.0 - origin.0,
            to.1 - origin.1,
        );
        let cross = ax * by - bx * ay;
        area += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if area.abs() < 1e-9 {
        return origin;
    }
    (origin.0 + x / (3.0 * area), origin.1 + y / (3.0 * area))
}

/// Grid north is up; *B* is *Bắc*.
fn north(page: &mut Page, letters: &mut Letters, frame: Frame) {
    let (x, y) = (frame.at.0 + frame.size_mm.0 - 7.0, frame.at.1 + 6.5);
    let plate = Frame {
        at: (x - 5.0, y - 5.5),
        size_mm: (10.0, 19.0),
    };
    page.fill(&[corners(plate)], 1.0);
    centred(page, letters, ((x, y - 0.8), NUMBER), "B");
    page.outline(
        &[vec![
            (x, y),
            (x + 2.2, y + 12.0),
            (x, y + 9.5),
            (x - 2.2, y + 12.0),
        ]],
        0.15,
    );
    page.fill(&[vec![(x, y), (x, y + 9.5), (x - 2.2, y + 12.0)]], 0.0);
}

/// A bar of 40 mm, with what it is long on the ground.
fn scale_bar(page: &mut Page, letters: &mut Letters, frame: Frame, scale: i64) {
    const LENGTH_MM: i64 = 40;
    const HEIGHT_MM: f64 = 1.2;
    let length_mm = LENGTH_MM as f64;
    let (x, y) = (
        frame.at.0 + frame.size_mm.0 - length_mm - 7.0,
        frame.at.1 + frame.size_mm.1 - 3.5,
    );
    let plate = Frame {
        at: (x - 4.0, y - 5.5),
        size_mm: (length_mm + 10.0, 8.5),
    };
    page.fill(&[corners(plate)], 1.0);
    let bar = |start: f64, part: f64| {
        corners(Frame {
            at: (x + start * length_mm, y - HEIGHT_MM),
            size_mm: (part * length_mm, HEIGHT_MM),
        })
    };
    page.fill(&[bar(0.0, 0.25), bar(0.5, 0.25)], 0.0);
    page.outline(&[bar(0.0, 1.0)], 0.12);
    let ground = |part_mm: i64| {
        let length_mm = part_mm * scale;
        let rest = (length_mm % 1000) / 100;
        let rest = if rest == 0 {
            String::new()
        } else {
            format!(",{rest}")
        };
        format!("{}{rest}", length_mm / 1000)
    };
    let marks = [
        (0.0, "0".to_owned()),
        (0.5, ground(LENGTH_MM / 2)),
        (1.0, ground(LENGTH_MM) + " m"),
    ];
    for (part, text) in marks {
        centred(
            page,
            letters,
            ((x + part * length_mm, y - 2.0), SMALL),
            &text,
        );
    }
}
