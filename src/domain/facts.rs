//! What the register knows of a parcel, as readers ask for it. Which part a reader gets is `policy`'s to say.

use super::{CommuneCode, NationalCode, ParcelId, Revision, ZoneCode};
use serde::Serialize;
use time::{Date, OffsetDateTime};

/// A current parcel without its geometry and without anything personal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParcelFacts {
    /// Its id, for ever.
    pub parcel_id: ParcelId,
    /// National code, where one is assigned.
    pub national_code: Option<NationalCode>,
    /// Its commune.
    pub commune: CommuneFact,
    /// Sheet number.
    pub sheet_no: i32,
    /// Parcel number in the sheet.
    pub parcel_no: i32,
    /// Address of the land (not of its holder).
    pub address: Option<String>,
    /// Uses, main use first.
    pub land_use: Vec<LandUseFact>,
    /// Area by the papers.
    pub legal_area_m2: Option<f64>,
    /// Area by the coordinates.
    pub computed_area_m2: f64,
    /// Zone of the legal coordinates.
    pub zone: ZoneCode,
    /// Scale of the sheet.
    pub scale_denominator: Option<i32>,
    /// Version of the parcel.
    pub revision: Revision,
    /// First day in force.
    #[serde(serialize_with = "day")]
    pub in_force_from: Date,
    /// When the register took it in.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
    /// Longitude and latitude of the label.
    pub label_point: [f64; 2],
}

/// A commune by its code and its name in the era that the code is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommuneFact {
    /// The code.
    pub code: CommuneCode,
    /// The name.
    pub name: String,
}

/// One use of a parcel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LandUseFact {
    /// The code.
    pub code: String,
    /// Its Vietnamese name.
    pub name_vi: Option<String>,
    /// Its English name.
    pub name_en: Option<String>,
    /// Its area.
    pub area_m2: Option<f64>,
    /// Origin code.
    pub origin: Option<String>,
    /// Term as given.
    pub term: Option<String>,
}

/// A right in a parcel. Personal: officers and agreed clients only.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RightFact {
    /// What kind of party.
    pub party_kind: String,
    /// Who.
    pub party_name: String,
    /// Personal, tax or enterprise number.
    pub personal_no: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i16>,
    /// Residence.
    pub residence: Option<String>,
    /// How much: `1/2`.
    pub share: String,
    /// Certificate serial.
    pub certificate_serial: Option<String>,
    /// Entry in the register of certificates.
    pub certificate_entry_no: Option<String>,
    /// The day the certificate was signed.
    #[serde(serialize_with = "optional_day")]
    pub certificate_issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    pub certificate_status: Option<String>,
}

/// A mortgage or lease on a parcel. Personal: officers and agreed clients only.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncumbranceFact {
    /// Its id, the same on all parcels that it lies on.
    pub encumbrance_id: i64,
    /// What kind of party takes it.
    pub party_kind: String,
    /// Mortgagee or lessee.
    pub party_name: String,
    /// Its number.
    pub personal_no: Option<String>,
    /// The place of a mortgage among others.
    pub rank: Option<i16>,
    /// The sub-kind of a mortgage.
    pub sub_kind: Option<i16>,
    /// The contract.
    pub contract_no: String,
    /// When it was signed.
    #[serde(serialize_with = "optional_day")]
    pub contract_on: Option<Date>,
    /// When it was received.
    #[serde(with = "time::serde::rfc3339")]
    pub registered_at: OffsetDateTime,
    /// What it secures, or the rent.
    pub amount_vnd: Option<i64>,
    /// In words.
    pub content: Option<String>,
    /// The first day after it.
    #[serde(serialize_with = "optional_day")]
    pub in_force_until: Option<Date>,
    /// The part of the parcel that it lies on.
    pub part: Option<String>,
}

/// A restriction on a parcel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestrictionFact {
    /// Its id, the same on all parcels that it lies on.
    pub restriction_id: i64,
    /// What sort.
    pub sort: String,
    /// In words.
    pub content: String,
    /// By which paper.
    pub document: Option<String>,
    /// How much land.
    pub area_m2: Option<f64>,
    /// Its first day.
    #[serde(serialize_with = "day")]
    pub in_force_from: Date,
    /// The first day after it.
    #[serde(serialize_with = "optional_day")]
    pub in_force_until: Option<Date>,
    /// The part of the parcel that it lies on.
    pub part: Option<String>,
}

/// A block that acts on a parcel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockFact {
    /// Its id.
    pub block_id: i64,
    /// `parcel` (this or a forebear), `certificate` or `holder`.
    pub laid_on: String,
    /// Whether no certificate is issued.
    pub stops_issuing: bool,
    /// Whether nobody disposes of the land.
    pub stops_transactions: bool,
    /// Whether the register stays as it is.
    pub stops_changes: bool,
    /// The letter.
    pub letter_no: String,
    /// Whose letter.
    pub agency: String,
    /// Why.
    pub block_reason: Option<String>,
    /// Its first day.
    #[serde(serialize_with = "day")]
    pub in_force_from: Date,
    /// The first day after it.
    #[serde(serialize_with = "optional_day")]
    pub in_force_until: Option<Date>,
    /// The part of the parcel that it lies on.
    pub part: Option<String>,
}

/// What lies on a parcel beside the rights of its holders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Burdens {
    /// Mortgages, the first in rank first.
    pub mortgages: Vec<EncumbranceFact>,
    /// Leases.
    pub leases: Vec<EncumbranceFact>,
    /// Restrictions.
    pub restrictions: Vec<RestrictionFact>,
    /// Blocks.
    pub blocks: Vec<BlockFact>,
}

/// A land-use code with its meaning and colour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LandUseCode {
    /// The code.
    pub code: String,
    /// Its Vietnamese name.
    pub name_vi: String,
    /// Its English name.
    pub name_en: String,
    /// The group that it belongs to.
    pub group: Option<String>,
    /// The colour on land-use maps, `#rrggbb`.
    pub colour: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) fn day<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it so"
)]
pub(super) fn optional_day<S: serde::Serializer>(
    day: &Option<Date>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}
