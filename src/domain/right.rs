//! What a register row says: who holds which right in which parcel, by which certificate, for which use.

use super::{Area, NationalCode, ParcelKey, Share};
use serde::{Deserialize, Serialize};
use time::Date;

/// What kind of party holds a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// *Cá nhân*.
    Individual,
    /// *Vợ chồng*.
    Couple,
    /// *Hộ gia đình*: no longer for new grants, lives on in old records.
    Household,
    /// *Tổ chức*.
    Organisation,
    /// *Cộng đồng dân cư*.
    Community,
}

impl PartyKind {
    /// Its name, in kebab case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Couple => "couple",
            Self::Household => "household",
            Self::Organisation => "organisation",
            Self::Community => "community",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        let kinds = [
            Self::Individual,
            Self::Couple,
            Self::Household,
            Self::Organisation,
            Self::Community,
        ];
        kinds.into_iter().find(|kind| kind.name() == name)
    }
}

/// A party as one source row names it. Everything but the kind is personal data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartyRecord {
    /// The kind.
    pub kind: PartyKind,
    /// The name, NFC.
    pub name: String,
    /// Personal, identity-card, tax or enterprise number as given, without spaces.
    pub personal_no: Option<String>,
    /// Year of birth as given.
    pub birth_year: Option<i16>,
    /// Where the party lives or sits.
    pub residence: Option<String>,
}

/// A certificate as one source row names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CertificateRecord {
    /// Serial (*số phát hành*), upper case, one space: `AA 00000001`.
    pub serial: String,
    /// Entry number in the register of certificates (*số vào sổ*), as given.
    pub entry_no: Option<String>,
    /// The day it was signed.
    pub issued_on: Option<Date>,
}

impl CertificateRecord {
    /// The serial as it is compared: upper case, no spaces.
    pub fn serial_key(&self) -> String {
        super::serial_key(&self.serial)
    }
}

/// One use of a parcel (*mục đích sử dụng đất*).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LandUseRow {
    /// The code, in force at the row's date.
    pub code: String,
    /// Its area; `None` where the source names the use only.
    pub area_tenths_m2: Option<u64>,
    /// Origin code (*nguồn gốc*), as given.
    pub origin: Option<String>,
    /// Term (*thời hạn*), as given.
    pub term: Option<String>,
}

impl LandUseRow {
    /// The area, where it is known.
    pub fn area(&self) -> Option<Area> {
        self.area_tenths_m2.map(Area::from_tenths_m2)
    }
}

/// One accepted row of a register: a right per party × parcel × certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightRow {
    /// Which parcel.
    pub parcel: ParcelKey,
    /// The parcel's national code, where the row gives one.
    pub national_code: Option<NationalCode>,
    /// Who.
    pub party: PartyRecord,
    /// How much of it.
    pub share: Share,
    /// By which paper.
    pub certificate: Option<CertificateRecord>,
    /// For which use, if the row says.
    pub land_use: Option<LandUseRow>,
}
