//! Operations on rights (*biến động về quyền*), as an officer asks for them. The shapes here are those of the JSON that is sent.

use super::{
    BlockId, EncumbranceId, LandUseRow, ParcelRef, PartyId, PartyRecord, PointM, RestrictionId,
    Share, Stops,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

time::serde::format_description!(iso_day, Date, "[year]-[month]-[day]");

/// A party: one of the register by its id, or one as the papers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PartyRef {
    /// Of the register.
    Known {
        /// Its id.
        party_id: PartyId,
    },
    /// As the papers name it: of the register where exactly one party has its number and name, else a new one.
    Described(PartyRecord),
}

/// A paper that something is registered by: contract, decision, letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its number.
    pub number: String,
    /// When it was signed.
    #[serde(with = "iso_day")]
    pub signed_on: Date,
    /// By whom: notary, court, agency.
    #[serde(default)]
    pub signed_by: Option<String>,
}

/// The part of a parcel that is meant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartAsked {
    /// In words.
    #[serde(default)]
    pub text: Option<String>,
    /// On the ground: a ring in metres of the zone.
    #[serde(default)]
    pub ring_m: Vec<PointM>,
}

/// What becomes of a certificate that names who gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldCertificate {
    /// The change is written on it, and it goes over to who takes.
    Annotate,
    /// It is withdrawn.
    Withdraw,
}

/// What a certificate became that another takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateEnd {
    /// *Thu hồi*.
    Withdrawn,
    /// *Hủy*: lost.
    Cancelled,
    /// *Cấp đổi*.
    Exchanged,
}

impl CertificateEnd {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Exchanged => "exchanged",
        }
    }
}

/// Who takes, and how much of the parcel's right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taker {
    /// Who.
    pub party: PartyRef,
    /// How much of the whole right; an equal part of what the giver has where nobody's is said.
    #[serde(default)]
    pub share: Option<Share>,
}

/// A right goes from one party to others: sale, gift, inheritance, exchange, contribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// In which parcels.
    pub parcels: Vec<ParcelRef>,
    /// The code of the change.
    #[serde(default = "sale")]
    pub by: String,
    /// `use`, `management` or `ownership-of-assets`.
    #[serde(default = "use_right")]
    pub right: String,
    /// Who gives.
    pub from: PartyId,
    /// Who takes; what is not taken stays with who gives.
    pub to: Vec<Taker>,
    /// What becomes of the certificate of who gives.
    #[serde(default)]
    pub old_certificate: Option<OldCertificate>,
    /// By which contract, judgment or will.
    pub document: Document,
}

fn sale() -> String {
    "CN".to_owned()
}

fn use_right() -> String {
    "use".to_owned()
}

/// A mortgage or lease is registered, or one that is there changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encumber {
    /// On which parcels.
    pub parcels: Vec<ParcelRef>,
    /// The code of the change, where it is not the usual one.
    #[serde(default)]
    pub by: Option<String>,
    /// The one that changes; none for a new one.
    #[serde(default)]
    pub changes: Option<EncumbranceId>,
    /// Who takes it: mortgagee or lessee.
    pub to: PartyRef,
    /// The contract.
    pub document: Document,
    /// The sub-kind of a mortgage, 0 to 10.
    #[serde(default)]
    pub sub_kind: Option<i16>,
    /// Its place among the mortgages of the parcel; after all others where none is said.
    #[serde(default)]
    pub rank: Option<i16>,
    /// When it was received, to the minute; now where nothing is said.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub received_at: Option<OffsetDateTime>,
    /// What it secures, or the rent, in đồng.
    #[serde(default)]
    pub amount_vnd: Option<i64>,
    /// In words.
    #[serde(default)]
    pub content: Option<String>,
    /// The first day after it.
    #[serde(default, with = "iso_day::option")]
    pub until: Option<Date>,
    /// Which part of the parcel.
    #[serde(default)]
    pub part: PartAsked,
}

/// A mortgage is discharged, a lease ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// On which parcels; on others it stays.
    pub parcels: Vec<ParcelRef>,
    /// Which.
    pub encumbrance: EncumbranceId,
    /// By which paper.
    pub document: Document,
}

/// Who a block on a person is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocked {
    /// The name.
    pub name: String,
    /// The number; without one, or with one that is not one person's for ever, the block only warns.
    #[serde(default)]
    pub personal_no: Option<String>,
}

/// An agency's letter stops what its flags say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayBlock {
    /// On which parcels.
    #[serde(default)]
    pub parcels: Vec<ParcelRef>,
    /// On which certificate, by its serial.
    #[serde(default)]
    pub certificate: Option<String>,
    /// On whom.
    #[serde(default)]
    pub person: Option<Blocked>,
    /// What it stops.
    pub stops: Stops,
    /// The letter; who signed it is the agency.
    pub letter: Document,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The first day after it.
    #[serde(default, with = "iso_day::option")]
    pub until: Option<Date>,
    /// Which part of the parcels.
    #[serde(default)]
    pub part: PartAsked,
}

/// A block is lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unblock {
    /// From which parcels: all that it acts on, as it lies on them or on what they came from.
    #[serde(default)]
    pub parcels: Vec<ParcelRef>,
    /// Which.
    pub block: BlockId,
    /// By which letter.
    pub letter: Document,
}

/// A restriction is laid on parcels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restrict {
    /// On which.
    pub parcels: Vec<ParcelRef>,
    /// The code of the change: HC, or LK for a neighbour's right.
    #[serde(default)]
    pub by: Option<String>,
    /// What sort: `planning`, `corridor`, `easement`, `debt`, or as the office calls it.
    pub sort: String,
    /// In words.
    pub content: String,
    /// By which paper.
    pub document: Document,
    /// How much land.
    #[serde(default)]
    pub area_m2: Option<f64>,
    /// The first day after it.
    #[serde(default, with = "iso_day::option")]
    pub until: Option<Date>,
    /// Which part of the parcels.
    #[serde(default)]
    pub part: PartAsked,
}

/// A restriction ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// On which parcels; on others it stays.
    pub parcels: Vec<ParcelRef>,
    /// Which.
    pub restriction: RestrictionId,
    /// By which paper.
    pub document: Document,
}

/// Parcels get other uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeUse {
    /// Which: one.
    pub parcels: [ParcelRef; 1],
    /// All its uses from now on, main use first.
    pub uses: Vec<LandUseRow>,
    /// By which decision.
    pub document: Document,
}

/// A use gets another term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// Of which parcels.
    pub parcels: Vec<ParcelRef>,
    /// Which use.
    pub land_use: String,
    /// Its term from now on, as the register writes it.
    pub term: String,
    /// By which decision.
    pub document: Document,
}

/// A certificate that another takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its serial.
    pub serial: String,
    /// What becomes of it.
    #[serde(rename = "as")]
    pub becomes: CertificateEnd,
}

/// A certificate is issued, in exchange or in place of a lost one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueCertificate {
    /// For which parcels.
    pub parcels: Vec<ParcelRef>,
    /// The code of the change, where it is not the usual one.
    #[serde(default)]
    pub by: Option<String>,
    /// The serial on the paper.
    pub serial: String,
    /// Its number in the register of certificates.
    #[serde(default)]
    pub entry_no: Option<String>,
    /// When it was signed.
    #[serde(with = "iso_day")]
    pub issued_on: Date,
    /// To which holders; to all where none is said.
    #[serde(default)]
    pub holders: Vec<PartyRef>,
    /// The certificates that it takes the place of.
    #[serde(default)]
    pub replaces: Vec<Replaced>,
}

/// A certificate ends without another in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawCertificate {
    /// The parcels that it covers, all of them.
    pub parcels: Vec<ParcelRef>,
    /// Its serial.
    pub serial: String,
    /// What becomes of it.
    #[serde(rename = "as", default = "withdrawn")]
    pub becomes: CertificateEnd,
    /// By which decision.
    pub document: Document,
}

fn withdrawn() -> CertificateEnd {
    CertificateEnd::Withdrawn
}

/// A change is written on a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnotateCertificate {
    /// Parcels that it covers.
    pub parcels: Vec<ParcelRef>,
    /// The code of the change that is written on it.
    pub by: String,
    /// Its serial.
    pub serial: String,
    /// What is written.
    pub text: String,
}

/// What is printed on a certificate, as it should have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// The certificate's serial.
    pub serial: String,
    /// Its number in the register of certificates.
    #[serde(default)]
    pub entry_no: Option<String>,
    /// When it was signed.
    #[serde(default, with = "iso_day::option")]
    pub issued_on: Option<Date>,
    /// The sheet as printed, of the first parcel named.
    #[serde(default)]
    pub sheet_no: Option<String>,
    /// The parcel's number as printed, of the first parcel named.
    #[serde(default)]
    pub parcel_no: Option<String>,
}

/// An error of the register is corrected (*đính chính*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correct {
    /// The parcels that are concerned.
    pub parcels: Vec<ParcelRef>,
    /// The holder whose particulars were wrong from the beginning.
    #[serde(default)]
    pub party_id: Option<PartyId>,
    /// What they are.
    #[serde(default)]
    pub party: Option<PartyRecord>,
    /// The address of the parcels.
    #[serde(default)]
    pub address: Option<String>,
    /// What is printed on a certificate.
    #[serde(default)]
    pub printed: Option<Printed>,
    /// The minutes of the error.
    pub document: Document,
}

/// A holder has other particulars from now on: another name, number, residence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyInformation {
    /// Parcels in which the party holds a right.
    pub parcels: Vec<ParcelRef>,
    /// Who.
    pub party_id: PartyId,
    /// The particulars.
    pub party: PartyRecord,
    /// The paper that proves them.
    pub document: Document,
}
