//! What is asked for.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a field of the policy")]
pub struct FieldError(String);

/// Members of an answer that only hold other members: lists of rows, or one row. Each member inside is judged by itself.
pub const GROUPS: &[&str] = &["certificate", "certificates", "parties", "party", "rights"];

/// The columns of the policy table: fields that are always judged alike share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Facts of the land, which everybody may see.
    Land,
    /// Origin and term of the use.
    Tenure,
    /// The certificate's numbers and date.
    Certificate,
    /// The kind of party.
    Kind,
    /// The party's name.
    Name,
    /// The party's personal, tax or enterprise number.
    Number,
    /// The party's year of birth.
    Birth,
    /// Where the party lives or sits.
    Residence,
    /// How much of the right.
    Share,
    /// Blocks and restrictions.
    Blocks,
    /// Mortgages and leases, and why the parcel is blocked.
    Mortgages,
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal in $column:ident),+ $(,)?) => {
        /// One field of an answer about a parcel.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum Field { $($(#[doc = $doc])+ $variant),+ }

        impl Field {
            /// All fields, in the order of an answer.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name of the member in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The column of the policy table that judges the field.
            pub fn column(self) -> Column {
                match self { $(Self::$variant => Column::$column),+ }
            }
        }
    };
}

fields! {
    /// The parcel's id in this register.
    ParcelId "parcel_id" in Land,
    /// The national parcel code.
    NationalCode "national_code" in Land,
    /// The parcel's revision.
    Revision "revision" in Land,
    /// The commune's code.
    Commune "commune" in Land,
    /// The commune's name.
    CommuneName "commune_name" in Land,
    /// The sheet's number.
    SheetNo "sheet_no" in Land,
    /// The parcel's number in the sheet.
    ParcelNo "parcel_no" in Land,
    /// The parcel's address (not anybody's residence).
    Address "address" in Land,
    /// The use, or the rows of uses.
    LandUse "land_use" in Land,
    /// The area as printed.
    LegalArea "legal_area_m2" in Land,
    /// The area as computed from the boundary.
    ComputedArea "computed_area_m2" in Land,
    /// The outline.
    Geometry "geometry" in Land,
    /// The EPSG code of the zone that the outline is in.
    Zone "zone" in Land,
    /// The scale of the sheet.
    ScaleDenominator "scale_denominator" in Land,
    /// When the register took this version in.
    RecordedAt "recorded_at" in Land,
    /// Where the label stands.
    LabelPoint "label_point" in Land,
    /// The box around the outline.
    Bbox "bbox" in Land,
    /// The first day of this version.
    InForceFrom "in_force_from" in Land,
    /// The first day after this version.
    InForceUntil "in_force_until" in Land,
    /// Where the right to a use came from.
    Origin "origin" in Tenure,
    /// Until when a use is granted.
    Term "term" in Tenure,
    /// The certificate's serial.
    CertificateSerial "certificate_serial" in Certificate,
    /// The certificate's entry number in its register.
    CertificateEntryNo "certificate_entry_no" in Certificate,
    /// The day the certificate was signed.
    CertificateIssuedOn "certificate_issued_on" in Certificate,
    /// Whether the certificate is valid.
    CertificateStatus "certificate_status" in Certificate,
    /// The kind of party.
    PartyKind "party_kind" in Kind,
    /// The party's name.
    PartyName "party_name" in Name,
    /// The party's personal, tax or enterprise number.
    PersonalNo "personal_no" in Number,
    /// The party's year of birth.
    BirthYear "birth_year" in Birth,
    /// Where the party lives or sits.
    Residence "residence" in Residence,
    /// The party's share of the right.
    Share "share" in Share,
    /// Whether the parcel is blocked, and by what.
    Blocks "blocks" in Blocks,
    /// Why it is blocked: the reason may be somebody's debts.
    BlockReason "block_reason" in Mortgages,
    /// What restricts the use of the parcel.
    Restrictions "restrictions" in Blocks,
    /// What changes with the rights and all that lies on the parcel.
    RightsRevision "rights_revision" in Blocks,
    /// The mortgages registered on the parcel.
    Mortgages "mortgages" in Mortgages,
    /// The leases registered on the parcel.
    Leases "leases" in Mortgages,
}

impl Field {
    /// Whether it says something about one person, so that each read of it stands in the access ledger.
    ///
    /// The numbers of a certificate count: they single out its holder.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            Self::CertificateSerial
                | Self::CertificateEntryNo
                | Self::PartyName
                | Self::PersonalNo
                | Self::BirthYear
                | Self::Residence
                | Self::BlockReason
                | Self::Mortgages
                | Self::Leases
        )
    }

    /// Whether it is more than where a parcel lies and what it is called: what defence and security parcels hide.
    pub fn is_detail(self) -> bool {
        !matches!(
            self,
            Self::ParcelId
                | Self::NationalCode
                | Self::Revision
                | Self::Commune
                | Self::CommuneName
                | Self::SheetNo
                | Self::ParcelNo
                | Self::Geometry
                | Self::Zone
                | Self::ScaleDenominator
                | Self::RecordedAt
                | Self::LabelPoint
                | Self::Bbox
        )
    }

    /// The members that the field's own value may have beside fields, when it is an object or a list of objects.
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Geometry => &["type", "coordinates"],
            Self::LandUse => &["code", "name_vi", "name_en", "area_m2"],
            Self::Commune => &["code", "name"],
            Self::Mortgages | Self::Leases => &[
                "encumbrance_id",
                "rank",
                "sub_kind",
                "contract_no",
                "contract_on",
                "registered_at",
                "amount_vnd",
                "content",
                "part",
            ],
            Self::Restrictions => &[
                "restriction_id",
                "sort",
                "content",
                "document",
                "area_m2",
                "part",
            ],
            Self::Blocks => &[
                "block_id",
                "laid_on",
                "stops_issuing",
                "stops_transactions",
                "stops_changes",
                "letter_no",
                "agency",
                "part",
            ],
            _ => &[],
        }
    }
}

impl FromStr for Field {
    type Err = FieldError;
    fn from_str(name: &str) -> Result<Self, FieldError> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.name() == name)
            .ok_or_else(|| FieldError(name.to_owned()))
    }
}

impl TryFrom<String> for Field {
    type Error = FieldError;
    fn try_from(name: String) -> Result<Self, FieldError> {
        name.parse()
    }
}

impl From<Field> for &'static str {
    fn from(field: Field) -> Self {
        field.name()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_back_from_its_name_and_no_group_is_a_field() {
        for &field in Field::ALL {
            assert_eq!(field.name().parse(), Ok(field));
        }
        for group in GROUPS {
            assert!(group.parse::<Field>().is_err(), "{group}");
        }
        assert!("owner".parse::<Field>().is_err());
    }
}
