//! Exact plane geometry on the millimetre grid.
//!
//! Whatever decides something (lawful or not, inside or not, how large) is computed with integers; floating point only
//! proposes places, which integers then confirm. Pure, and no data makes it panic.

mod check;
mod code;
mod conflict;
mod edge;
mod front;
mod label;
mod locate;
mod measure;
pub(crate) mod planar;
mod ring;
mod sweep;
pub mod wkb;

pub use check::{POINT_LIMIT, check_rings};
pub(crate) use check::{check_grid_rings, is_in_range};
pub use code::{code_cell, free_code, national_code};
pub(crate) use edge::{Edge, Meeting, distance_m, turns_back};
pub use front::{Front, front};
pub use label::label_point;
pub use locate::{Location, locate, locate_m};
pub(crate) use locate::{locate_among, locate_in_ring};
pub(crate) use measure::doubled_signed_area_mm2;
pub use measure::{area, area_tolerance_m2, bounds, doubled_area_mm2, mean_width_mm};
pub(crate) use ring::to_grid;

/// Rings as read from a file, closed or not, in metres of a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct RawPolygon {
    /// The rings, outer first.
    pub rings: Vec<Vec<(f64, f64)>>,
}
