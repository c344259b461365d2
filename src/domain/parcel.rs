//! What a parcel file says about one parcel, accepted.

use super::{Area, Boundary, GridPoint, LandUseRow, NationalCode, ParcelKey};
use time::Date;

/// One accepted record of a parcel file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelRecord {
    /// Which parcel.
    pub key: ParcelKey,
    /// Its legal geometry.
    pub boundary: Boundary,
    /// Whether the boundary was computed from geographic coordinates instead of surveyed in the zone.
    pub derived: bool,
    /// The characteristic point: inside, far from the edges.
    pub label_point: GridPoint,
    /// The area of the boundary.
    pub computed_area: Area,
    /// The area by the papers, where the file gives one.
    pub legal_area: Option<Area>,
    /// The main use, where the file gives one.
    pub land_use: Option<LandUseRow>,
    /// Where the parcel lies, NFC.
    pub address: Option<String>,
    /// The national code that the file gives; it is kept.
    pub national_code: Option<NationalCode>,
    /// The scale of the survey, 500 for 1/500, where the file gives one.
    pub scale_denominator: Option<i32>,
    /// Since when the parcel is in force, where the file says so.
    pub in_force_from: Option<Date>,
}
