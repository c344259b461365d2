//! What records are judged by: data with a validity period, given by the caller.

use crate::domain::Validity;
use std::collections::HashMap;
use time::Date;

/// Codes and when each was in force.
#[derive(Debug, Clone, Default)]
pub struct CodeList(HashMap<String, Vec<Validity>>);

impl CodeList {
    /// Whether a code is in force on a day.
    pub fn is_in_force(&self, code: &str, day: Date) -> bool {
        self.0
            .get(code)
            .is_some_and(|periods| periods.iter().any(|period| period.contains(day)))
    }

    /// Whether a code was ever in force.
    pub fn is_known(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }
}

impl FromIterator<(String, Validity)> for CodeList {
    fn from_iter<I: IntoIterator<Item = (String, Validity)>>(codes: I) -> Self {
        let mut list = Self::default();
        for (code, validity) in codes {
            list.0.entry(code).or_default().push(validity);
        }
        list
    }
}

/// The law as far as records are judged by it.
#[derive(Debug, Clone, Default)]
pub struct Law {
    /// Land-use codes.
    pub land_uses: CodeList,
    /// Commune codes.
    pub communes: CodeList,
    /// The factor of the area tolerance: factor × scale denominator × √area.
    pub area_tolerance_factor: f64,
}
