//! Administrative units from a table.

use crate::crs;
use crate::domain::{AdministrativeUnit, UnitLevel, Validity, ZoneCode};
use serde::Deserialize;
use std::path::Path;
use time::Date;
use time::format_description::well_known::Iso8601;

/// Why a table of units was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UnitsError {
    /// The file cannot be read as a table of these columns.
    #[error("it cannot be read as a table of units")]
    Table(#[from] csv::Error),
    /// A row breaks a rule.
    #[error("line {line}: {what}")]
    Row {
        /// Line in the file, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

#[derive(Deserialize)]
struct Row {
    code: String,
    level: UnitLevel,
    name: String,
    parent_code: Option<String>,
    valid_from: String,
    valid_until: Option<String>,
    zone: Option<ZoneCode>,
}

/// Reads units with the zone of each province: all rows, or none and the first fault.
///
/// # Shape
/// CSV with a header: `code,level,name,parent_code,valid_from,valid_until,zone`.
pub fn read_units(path: &Path) -> Result<Vec<(AdministrativeUnit, Option<ZoneCode>)>, UnitsError> {
    let mut table = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)?;
    let headers = table.headers()?.clone();
    let mut units = Vec::new();
    for record in table.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let row: Row = record.deserialize(Some(&headers))?;
        units.push(unit(row).map_err(|what| UnitsError::Row { line, what })?);
    }
    Ok(units)
}

fn unit(row: Row) -> Result<(AdministrativeUnit, Option<ZoneCode>), String> {
    let digits = match row.level {
        UnitLevel::Province => 2,
        UnitLevel::District => 3,
        UnitLevel::Commune => 5,
    };
    if row.code.len() != digits || !row.code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{:?} is not a code of {digits} digits", row.code));
    }
    if row.name.is_empty() {
        return Err("the name is missing".to_owned());
    }
    if row.level == UnitLevel::Commune && row.parent_code.is_none() {
        return Err(format!("commune {} names no province", row.code));
    }
    if let Some(zone) = row.zone.filter(|zone| crs::zone(*zone).is_none()) {
        return Err(format!("EPSG:{zone} is not a VN-2000 zone"));
    }
    let day = |text: &str| {
        Date::parse(text, &Iso8601::DATE).map_err(|_| format!("{text:?} is not a date YYYY-MM-DD"))
    };
    let from = day(&row.valid_from)?;
    let until = row.valid_until.as_deref().map(day).transpose()?;
    if until.is_some_and(|until| until <= from) {
        return Err("valid_until is not after valid_from".to_owned());
    }
    let unit = AdministrativeUnit {
        code: row.code,
        level: row.level,
        validity: Validity { from, until },
        name: row.name,
        parent_code: row.parent_code,
    };
    Ok((unit, row.zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Vec<(AdministrativeUnit, Option<ZoneCode>)>, UnitsError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            format!("code,level,name,parent_code,valid_from,valid_until,zone\n{rows}"),
        )
        .unwrap();
        read_units(file.path())
    }

    #[test]
    fn a_province_carries_its_zone_and_a_commune_its_province() {
        let units = read(
            "98,province,Tỉnh Mẫu,,2025-07-01,,9210\n99001,commune,Xã Hòa Mẫu,98,2025-07-01,,\n",
        )
        .unwrap();
        assert_eq!(units[0].1, Some(9210));
        assert_eq!(units[1].0.parent_code.as_deref(), Some("98"));
        assert_eq!(units[1].0.name, "Xã Hòa Mẫu");
    }

    #[test]
    fn a_wrong_row_is_named_by_its_line() {
        for (rows, what) in [
            (
                "98,province,A,,2025-07-01,,9210\n9900,commune,B,98,2025-07-01,,\n",
                "line 3: \"9900\" is not a code of 5 digits",
            ),
            (
                "98,province,A,,2025-07-01,,4326\n",
                "line 2: EPSG:4326 is not a VN-2000 zone",
            ),
            (
                "98,province,A,,2025-07-01,2025-07-01,\n",
                "line 2: valid_until is not after valid_from",
            ),
            (
                "98,province,A,,01/07/2025,,\n",
                "line 2: \"01/07/2025\" is not a date YYYY-MM-DD",
            ),
        ] {
            assert_eq!(read(rows).unwrap_err().to_string(), what);
        }
    }
}
