//! A parcel's timeline: everything that the register ever knew of it, in the order in which it came to know it.

use super::{NamedParcel, Position};
use serde::Serialize;
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelineEntry {
    /// What it is of: `operation`, `parent`, `child`, `parcel`, `land-use`, `right`, `certificate`, `mortgage`, `lease`,
    /// `restriction` or `block`.
    pub kind: String,
    /// Which operation, parcel, right, certificate … it is.
    pub id: Option<i64>,
    /// Its version.
    pub revision: Option<i32>,
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
    /// By which operation.
    pub operation_id: Option<i64>,
    /// What everybody may know.
    #[serde(flatten)]
    pub facts: Map<String, Value>,
    /// What not everybody may know.
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

/// The timeline of a parcel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// The parcel as it is called, or was called last.
    pub parcel: NamedParcel,
    /// In the order in which the register came to know them.
    pub entries: Vec<TimelineEntry>,
    /// The register position that it was read at.
    pub register_position: Position,
}
