//! Numbers of the law that officers keep: where, for what, from when until when, and by which decision.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// A number of the law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleLine {
    /// Its id.
    pub rule_id: i64,
    /// Which rule.
    pub rule: String,
    /// In which unit.
    pub unit: String,
    /// The rule in Vietnamese.
    pub name_vi: String,
    /// The rule in English.
    pub name_en: String,
    /// For which province; none for the country.
    pub province_code: Option<String>,
    /// `ward`, `plain` or `mountain`; none for all.
    pub area_kind: Option<String>,
    /// For which use or group of uses; none for all.
    pub land_use: Option<String>,
    /// The number.
    pub value: f64,
    /// First day.
    #[serde(serialize_with = "super::facts::day")]
    pub valid_from: Date,
    /// First day after; none where no end is known.
    #[serde(serialize_with = "super::facts::optional_day")]
    pub valid_until: Option<Date>,
    /// The decision, with its article.
    pub source: String,
    /// Who added it; none for what the program came with.
    pub added_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub added_at: OffsetDateTime,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

/// A number to add.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Which rule.
    pub rule: String,
    /// For which province; none for the country.
    pub province_code: Option<String>,
    /// `ward`, `plain` or `mountain`; none for all.
    pub area_kind: Option<String>,
    /// For which use or group of uses; none for all.
    pub land_use: Option<String>,
    /// The number.
    pub value: f64,
    /// First day, as in 2026-01-01.
    pub valid_from: String,
    /// First day after; none where no end is known.
    pub valid_until: Option<String>,
    /// The decision, with its article.
    pub source: String,
}
