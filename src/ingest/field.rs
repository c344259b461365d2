//! The fields that records can have.

use super::alias;

/// A set of fields that a kind of file can have.
pub trait Field: Copy + Eq + 'static {
    /// The fields, in the order of their numbers.
    const ALL: &'static [Self];
    /// Our name of the field.
    fn name(self) -> &'static str;
    /// The names that it goes by, as [`column_key`] writes them, best first.
    fn aliases(self) -> &'static [&'static str];
    /// Whether no record can be read without it.
    fn is_needed(self) -> bool;
    /// Its number.
    fn number(self) -> usize;
}

macro_rules! fields {
    ($(#[doc = $doc:literal])+ $set:ident { $($(#[doc = $field_doc:literal])+ $field:ident $name:literal $aliases:ident $needed:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $set { $($(#[doc = $field_doc])+ $field),+ }

        impl Field for $set {
            const ALL: &'static [Self] = &[$(Self::$field),+];
            fn name(self) -> &'static str {
                match self { $(Self::$field => $name),+ }
            }
            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$field => alias::$aliases),+ }
            }
            fn is_needed(self) -> bool {
                match self { $(Self::$field => $needed),+ }
            }
            fn number(self) -> usize {
                self as usize
            }
        }
    };
}

fields! {
    /// The fields of a parcel file.
    ParcelField {
        /// Commune code.
        Commune "commune" COMMUNE true,
        /// Sheet number.
        Sheet "sheet" SHEET true,
        /// Parcel number.
        Parcel "parcel" PARCEL true,
        /// Land-use code or codes.
        LandUse "land_use" LAND_USE false,
        /// Area on the map.
        Area "area" AREA false,
        /// Area by the papers.
        LegalArea "legal_area" LEGAL_AREA false,
        /// Where the parcel lies.
        Address "address" PARCEL_ADDRESS false,
        /// National parcel code.
        NationalCode "national_code" NATIONAL_CODE false,
        /// Scale of the survey.
        Scale "scale" SCALE false,
        /// Since when it is in force.
        InForceFrom "in_force_from" IN_FORCE_FROM false,
        /// Who holds it: not read from parcel files, but its presence tells whose address stands beside it.
        Holder "holder" PARTY_NAME false,
    }
}

fields! {
    /// The fields of a register row.
    RightField {
        /// Commune code.
        Commune "commune" COMMUNE true,
        /// Sheet number.
        Sheet "sheet" SHEET true,
        /// Parcel number.
        Parcel "parcel" PARCEL true,
        /// National parcel code.
        NationalCode "national_code" NATIONAL_CODE false,
        /// Kind of party.
        PartyKind "party_kind" PARTY_KIND false,
        /// Name of the party.
        Name "name" PARTY_NAME true,
        /// Personal, identity-card or tax number.
        PersonalNo "personal_no" PERSONAL_NO false,
        /// Year of birth.
        BirthYear "birth_year" BIRTH_YEAR false,
        /// Where the party lives or sits.
        Residence "residence" RESIDENCE false,
        /// Share of the right.
        Share "share" SHARE false,
        /// Serial of the certificate.
        Serial "serial" SERIAL false,
        /// Its entry number.
        EntryNo "entry_no" ENTRY_NO false,
        /// The day it was signed.
        IssuedOn "issued_on" ISSUED_ON false,
        /// Land-use code.
        LandUse "land_use" LAND_USE false,
        /// Area of the use.
        Area "area" USE_AREA false,
        /// Origin of the right.
        Origin "origin" ORIGIN false,
        /// Term of the use.
        Term "term" TERM false,
    }
}
