//! The CSV files: UTF-8, a header, commas, CRLF (RFC 4180).

use super::country::Commune;
use super::{SynthError, SynthPlan};
use crate::domain::ZoneCode;
use serde::Serialize;
use std::{fs::File, path::Path};

/// A file of rows of one kind.
pub(super) struct Table {
    name: &'static str,
    rows: csv::Writer<File>,
}

impl Table {
    /// Replaces the file if there is one.
    pub fn create(dir: &Path, name: &'static str) -> Result<Self, SynthError> {
        let rows = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(1 << 18)
            .from_path(dir.join(name))
            .map_err(|source| SynthError::Table { name, source })?;
        Ok(Self { name, rows })
    }

    pub fn write(&mut self, row: impl Serialize) -> Result<(), SynthError> {
        self.rows
            .serialize(row)
            .map_err(|source| SynthError::Table {
                name: self.name,
                source,
            })
    }

    pub fn finish(mut self) -> Result<(), SynthError> {
        self.rows.flush().map_err(|source| SynthError::Table {
            name: self.name,
            source: source.into(),
        })
    }
}

/// An administrative unit as a line of `units.csv`.
#[derive(Debug, Serialize)]
pub(super) struct UnitRow {
    code: String,
    level: &'static str,
    name: String,
    parent_code: Option<&'static str>,
    valid_from: String,
    valid_until: Option<String>,
    /// EPSG code, for provinces.
    zone: Option<ZoneCode>,
}

impl UnitRow {
    pub fn province(commune: &Commune, plan: &SynthPlan) -> Self {
        Self {
            code: commune.province_code.to_owned(),
            level: "province",
            name: format!("Tỉnh {}", commune.province_name),
            parent_code: None,
            valid_from: plan.in_force_from.to_string(),
            valid_until: None,
            zone: Some(plan.zone),
        }
    }

    pub fn commune(commune: &Commune, plan: &SynthPlan) -> Self {
        let kind = if commune.is_ward { "Phường" } else { "Xã" };
        Self {
            code: commune.code.clone(),
            level: "commune",
            name: format!("{kind} {}", commune.name),
            parent_code: Some(commune.province_code),
            valid_from: plan.in_force_from.to_string(),
            valid_until: None,
            zone: None,
        }
    }
}
