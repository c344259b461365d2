//! A parcel on its way into or out of a page.

use super::Fine;
use crate::domain::{Area, CommuneCode, NationalCode, ParcelId, Revision, ZoneCode};
use time::{Date, OffsetDateTime};

/// A current parcel: what tiles, identify and search by place need, and nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its national code, where one is assigned.
    pub national_code: Option<NationalCode>,
    /// Its commune.
    pub commune: CommuneCode,
    /// Its sheet.
    pub sheet: PageSheet,
    /// Its number in the sheet.
    pub parcel_no: i32,
    /// Its uses, main use first.
    pub uses: Vec<PageUse>,
    /// Whether the public may see use and area.
    pub is_open: bool,
    /// Area by the papers.
    pub legal_area: Option<Area>,
    /// Area by the coordinates.
    pub computed_area: Area,
    /// Address of the land.
    pub address: Option<String>,
    /// Version.
    pub revision: Revision,
    /// First day in force.
    pub in_force_from: Date,
    /// When the register took it in, to the microsecond.
    pub recorded_at: OffsetDateTime,
    /// Where its label stands.
    pub label: Fine,
    /// Outer ring, then holes; not closed.
    pub rings: Vec<Vec<Fine>>,
}

/// A sheet of a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSheet {
    /// The first day of the era that the commune's code is from.
    pub commune_from: Date,
    /// Its number.
    pub sheet_no: i32,
    /// The zone of its legal coordinates.
    pub zone: ZoneCode,
    /// Its scale.
    pub scale_denominator: Option<i32>,
}

/// One use of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUse {
    /// Land-use code.
    pub code: String,
    /// Its area.
    pub area: Option<Area>,
    /// Origin code.
    pub origin: Option<String>,
    /// Term as given.
    pub term: Option<String>,
}
