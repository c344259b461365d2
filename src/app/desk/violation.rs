//! What is wrong with a plan: a stable code, the place on the ground, how much, which parcels.

use crate::domain::{GridPoint, Place, ZoneCode};
use crate::topology::{self, Extent};
use serde::Serialize;

/// Whether a violation forbids the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does.
    Error,
    /// The officer should look; it was so before, or the law leaves it to the officer.
    Warning,
}

/// One thing wrong with a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Violation {
    /// What; codes are stable.
    pub code: &'static str,
    /// Whether it forbids the plan.
    pub severity: Severity,
    /// Where on the ground, if anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How much land.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// How long, how far or how wide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Which parcels: `tờ/thửa`, or `new-1` for the first that the plan makes.
    pub parcels: Vec<String>,
    /// In words.
    pub detail: String,
}

impl Violation {
    /// An error about parcels.
    pub fn error(code: &'static str, parcels: Vec<String>, detail: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place: None,
            area_m2: None,
            length_m: None,
            parcels,
            detail: detail.into(),
        }
    }

    /// The same as a warning.
    pub fn warning(code: &'static str, parcels: Vec<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, parcels, detail)
        }
    }

    /// What is wrong in the plane; what was so before only warns. `name` tells what a parcel of the judged list is called.
    pub fn in_plane(
        found: &topology::Violation,
        zone: ZoneCode,
        name: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let place = |point: GridPoint| point.place(zone);
        let (area_m2, length_m) = match found.extent {
            Extent::AreaM2(area_m2) => (Some(area_m2), None),
            Extent::LengthM(length_m) => (None, Some(length_m)),
            Extent::Count(_) => (None, None),
        };
        let parcels = found.parcels.iter().filter_map(|number| name(*number));
        let severity = if found.existed {
            Severity::Warning
        } else {
            Severity::Error
        };
        Self {
            severity,
            place: found.place.map(place),
            area_m2,
            length_m,
            ..Self::error(found.code.as_str(), parcels.collect(), found.to_string())
        }
    }

    /// A survey may find that a parcel has land which nobody had, or that it ends before nobody's land; it may not leave land
    /// between parcels.
    pub fn after_survey(
        mut self,
        found: &topology::Violation,
        is_surveyed: impl Fn(usize) -> bool,
    ) -> Self {
        use topology::ViolationCode::{Gap, LandAdded};
        let is_of_survey = found.parcels.iter().all(|number| is_surveyed(*number));
        if matches!(found.code, Gap | LandAdded) && is_of_survey && !found.parcels.is_empty() {
            self.severity = Severity::Warning;
        }
        self
    }
}
