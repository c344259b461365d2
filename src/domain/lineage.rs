//! What parcels came from and what became of them.

use super::{CommuneFact, NationalCode, ParcelId, Position};
use serde::Serialize;
use serde_json::Value;
use time::{Date, OffsetDateTime};

/// A step between a parent and its child.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// How many steps from the parcel: below zero towards parents, above towards children.
    pub generation: i32,
    /// The parent.
    pub parent_id: ParcelId,
    /// The child.
    pub child_id: ParcelId,
    /// When it happened, in law.
    #[serde(serialize_with = "super::facts::day")]
    pub happened_on: Date,
    /// By which operation.
    pub operation_id: Option<i64>,
    /// How much of the child's land was the parent's, where that is known and may be seen.
    pub area_m2: Option<f64>,
}

/// A parcel as it is called, or was called last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its national code.
    pub national_code: Option<NationalCode>,
    /// Its commune.
    pub commune: CommuneFact,
    /// Its sheet.
    pub sheet_no: i32,
    /// Its number.
    pub parcel_no: i32,
    /// Area by the papers, where it may be seen.
    pub legal_area_m2: Option<f64>,
    /// Area by the coordinates, where it may be seen.
    pub computed_area_m2: Option<f64>,
    /// First day in law.
    #[serde(serialize_with = "super::facts::day")]
    pub legal_from: Date,
    /// First day after; none where no end is known.
    #[serde(serialize_with = "super::facts::optional_day")]
    pub legal_until: Option<Date>,
    /// Whether it is in law today.
    pub is_current: bool,
    /// Every use that it ever had: what may be seen of it hangs on these.
    #[serde(skip)]
    pub codes: Vec<String>,
}

/// What a parcel came from and what became of it, over all generations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lineage {
    /// Nearest first.
    pub steps: Vec<Step>,
    /// The parcel itself and all parcels of the steps, by id.
    pub parcels: Vec<NamedParcel>,
    /// The register position that it was read at.
    pub register_position: Position,
}

/// What carried an identity, and what has become of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Succession {
    /// The parcel that carries or carried the identity.
    pub parcel: NamedParcel,
    /// What is in law of it today: itself, or what came of it, by id.
    pub successors: Vec<Successor>,
}

/// A parcel of today, and how many generations it is away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Successor {
    /// None for the parcel itself.
    pub generations: i32,
    /// The parcel.
    #[serde(flatten)]
    pub parcel: NamedParcel,
}

/// A commune that took over from another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuccessorCommune {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Since when.
    #[serde(serialize_with = "super::facts::day")]
    pub since: Date,
    /// Whether other communes took over parts, too.
    pub is_partial: bool,
}

/// Today's parcels of an identity of any era.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Successions {
    /// Each parcel that carries or carried it, by id.
    pub found: Vec<Succession>,
    /// The communes that took over from the commune, nearest first.
    pub communes: Vec<SuccessorCommune>,
    /// The register position that it was read at.
    pub register_position: Position,
}

/// An operation, and what it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperationLine {
    /// Its number.
    pub operation_id: i64,
    /// Who did it.
    pub officer: String,
    /// Under which dossier.
    pub dossier: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// Codes of changes as the registers print them.
    pub codes: Option<Value>,
    /// The register position that it took.
    pub register_position: Option<i64>,
    /// By kind of record the parcels that were changed.
    pub changes: Value,
}

/// Which operations are asked for; nothing for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationQuery {
    /// Those of a dossier.
    pub dossier: Option<String>,
    /// Those on a parcel.
    pub parcel: Option<i64>,
    /// Those whose request names a document by this number.
    pub document: Option<String>,
    /// Those before a number.
    pub before: Option<i64>,
}

impl NamedParcel {
    /// The same without what may not be seen.
    #[must_use]
    pub fn without_details(self) -> Self {
        Self {
            legal_area_m2: None,
            computed_area_m2: None,
            ..self
        }
    }
}
