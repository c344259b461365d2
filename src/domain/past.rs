//! What the register knows of certificates and parties at other times. Personal: officers only.

use super::{CertificateId, Moment, ParcelId, PartyId, Position};
use serde::Serialize;
use time::{Date, OffsetDateTime};

/// When a version holds in law, and since when it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Times {
    /// First day in law.
    #[serde(serialize_with = "super::facts::day")]
    pub legal_from: Date,
    /// First day after; none where no end is known.
    #[serde(serialize_with = "super::facts::optional_day")]
    pub legal_until: Option<Date>,
    /// Since when it is known.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_from: OffsetDateTime,
    /// Since when it is known no longer.
    #[serde(with = "time::serde::rfc3339::option")]
    pub recorded_until: Option<OffsetDateTime>,
}

/// Certificates of one serial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificates {
    /// By id; two offices may have printed one serial.
    pub certificates: Vec<CertificateLife>,
}

/// A certificate through its life.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CertificateLife {
    /// Its id.
    pub certificate_id: CertificateId,
    /// All that was known of it by the instant, first known first.
    pub versions: Vec<CertificateVersion>,
    /// The parcels that it was issued for.
    pub parcels: Vec<PrintedParcel>,
    /// The rights that stand on it, as they are in law on the day by what was known at the instant.
    pub rights: Vec<HeldBy>,
}

/// A version of a certificate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CertificateVersion {
    /// Its number.
    pub revision: i32,
    /// As printed.
    pub certificate_serial: String,
    /// Its entry in the register of certificates.
    pub certificate_entry_no: Option<String>,
    /// When it was signed.
    #[serde(serialize_with = "super::facts::optional_day")]
    pub certificate_issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    pub status: String,
    /// Whether it is the one of the day and the instant.
    pub is_in_force: bool,
    /// When.
    #[serde(flatten)]
    pub times: Times,
}

/// A parcel as a certificate names it, and as it is called now or was called last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrintedParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// The sheet's number as printed.
    pub printed_sheet_no: Option<String>,
    /// Its number as printed.
    pub printed_parcel_no: Option<String>,
    /// The commune.
    pub commune_code: String,
    /// The sheet's number.
    pub sheet_no: i32,
    /// Its number.
    pub parcel_no: i32,
    /// Whether it is there on the day by what was known at the instant.
    pub is_in_force: bool,
}

/// A right with who holds it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldBy {
    /// The right.
    pub right_id: i64,
    /// In which parcel.
    pub parcel_id: ParcelId,
    /// `use`, `management` or `ownership-of-assets`.
    pub kind: String,
    /// How much: `1/2`.
    pub share: String,
    /// Whose.
    pub party_id: PartyId,
    /// Whose, by name.
    pub party_name: String,
    /// By which certificate.
    pub certificate_serial: Option<String>,
    /// When.
    #[serde(flatten)]
    pub times: Times,
}

/// A party through time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyLife {
    /// Its id.
    pub party_id: PartyId,
    /// All that was known of it by the instant, first known first.
    pub versions: Vec<PartyVersion>,
    /// Its rights, as they are in law on the day by what was known at the instant.
    pub rights: Vec<HeldBy>,
}

/// A version of a party.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartyVersion {
    /// Its number.
    pub revision: i32,
    /// `individual`, `couple`, `household`, `organisation` or `community`.
    pub party_kind: String,
    /// The name.
    pub party_name: String,
    /// Personal, tax or enterprise number.
    pub personal_no: Option<String>,
    /// Year of birth.
    pub birth_year: Option<i16>,
    /// Residence.
    pub residence: Option<String>,
    /// Whether it is the one of the day and the instant.
    pub is_in_force: bool,
    /// When.
    #[serde(flatten)]
    pub times: Times,
}

/// An answer with both its times and its position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told<T> {
    /// What is told.
    #[serde(flatten)]
    pub told: T,
    /// As of when.
    #[serde(flatten)]
    pub moment: Moment,
    /// The register position that it was read at.
    pub register_position: Position,
}
