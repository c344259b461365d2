//! Lines drawn over boundaries, kept on the grid: where they cross, which edges bend for it, which faces they make.
//!
//! # Source
//! Snap rounding: Hobby, Practical segment intersection with finite precision output (1999); Guibas and Marimont, Rounding
//! arrangements dynamically (1998). Here only edges that pass through the pixel of a new vertex bend, all others stay as
//! surveyed.

mod faces;
mod noding;
mod pixel;

pub(crate) use faces::{faces, loops};
pub(crate) use noding::{Noding, Points};
pub(crate) use pixel::{crossing, passes};

use crate::domain::{Boundary, GridPoint};

/// A straight way between two points; of a boundary, with the parcel on its left.
pub(crate) type Segment = (GridPoint, GridPoint);

/// The segments of a ring, in its order.
pub(crate) fn ring_segments(ring: &[GridPoint]) -> impl Iterator<Item = Segment> + '_ {
    let ends = ring.iter().skip(1).chain(ring.first());
    ring.iter().copied().zip(ends.copied())
}

/// The segments of all rings of a boundary.
pub(crate) fn segments(boundary: &Boundary) -> impl Iterator<Item = Segment> + '_ {
    boundary.rings().iter().flat_map(|ring| ring_segments(ring))
}

/// The same segment the other way.
pub(crate) fn turned((from, to): Segment) -> Segment {
    (to, from)
}
