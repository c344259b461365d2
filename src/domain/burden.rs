//! What lies on a parcel beside the rights of its holders: mortgages and leases, restrictions, blocks.

use super::{Area, Boundary, Stops};
use time::{Date, OffsetDateTime};

/// The part of a parcel that something lies on; all of it where neither is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// In words.
    pub text: Option<String>,
    /// On the ground.
    pub boundary: Option<Boundary>,
}

/// A mortgage or a lease (*thế chấp*, *cho thuê*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encumbrance {
    /// `mortgage` or `lease`.
    pub kind: String,
    /// The place of a mortgage among others.
    pub rank: Option<i16>,
    /// The sub-kind of a mortgage, 0 to 10.
    pub sub_kind: Option<i16>,
    /// The contract.
    pub contract_no: String,
    /// When it was signed.
    pub contract_on: Option<Date>,
    /// When it was received: among mortgages the earlier goes first, to the minute.
    pub registered_at: OffsetDateTime,
    /// What it secures, or the rent, in đồng.
    pub amount_vnd: Option<i64>,
    /// In words.
    pub content: Option<String>,
    /// The first day after it, where it ends by itself.
    pub until: Option<Date>,
    /// Which part of the parcel.
    pub part: Part,
}

/// A restriction (*hạn chế*): planning, protection corridor, right of a neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// What sort, as the office calls it.
    pub kind: String,
    /// In words.
    pub content: String,
    /// By which paper.
    pub document: Option<String>,
    /// How much land.
    pub area: Option<Area>,
    /// The first day after it, where it ends by itself.
    pub until: Option<Date>,
    /// Which part of the parcel.
    pub part: Part,
}

/// A block (*ngăn chặn*) by a letter of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it stops.
    pub stops: Stops,
    /// The letter.
    pub letter_no: String,
    /// Whose letter.
    pub agency: String,
    /// Why.
    pub reason: Option<String>,
    /// The first day after it, where it ends by itself.
    pub until: Option<Date>,
    /// Which part of the parcel.
    pub part: Part,
}
