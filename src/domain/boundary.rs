//! Legal geometry: coordinates as surveyed, on a one-millimetre grid in the sheet's own zone.

use super::{Place, ZoneCode};

/// A point of the millimetre grid.
///
/// # Units
/// Millimetres east and north in a VN-2000 zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridPoint {
    /// Millimetres east.
    pub east_mm: i64,
    /// Millimetres north.
    pub north_mm: i64,
}

impl GridPoint {
    /// Easting in metres.
    pub fn easting_m(self) -> f64 {
        self.east_mm as f64 / 1000.0
    }

    /// Northing in metres.
    pub fn northing_m(self) -> f64 {
        self.north_mm as f64 / 1000.0
    }

    /// The same point as a place for a fault.
    pub fn place(self, zone: ZoneCode) -> Place {
        Place {
            zone: Some(zone),
            x: self.easting_m(),
            y: self.northing_m(),
        }
    }
}

/// A closed ring without its repeated last point: at least three distinct points, no two neighbours equal.
pub type Ring = Vec<GridPoint>;

/// The boundary of a parcel: one outer ring (counter-clockwise) and its holes (clockwise), each free of self-crossing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    zone: ZoneCode,
    rings: Vec<Ring>,
}

impl Boundary {
    /// Wraps rings that `geometry::check_rings` has found lawful.
    pub(crate) fn lawful(zone: ZoneCode, rings: Vec<Ring>) -> Self {
        Self { zone, rings }
    }

    /// The EPSG code of the zone that the coordinates are in.
    pub fn zone(&self) -> ZoneCode {
        self.zone
    }

    /// The rings, outer first.
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// All points, ring after ring.
    pub fn points(&self) -> impl Iterator<Item = GridPoint> + '_ {
        self.rings.iter().flatten().copied()
    }
}
