//! The code that a dossier is known by everywhere.

use serde::{Deserialize, Serialize};
use std::fmt;
use time::{Date, Month};

/// Why a text is not a dossier's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DossierCodeError {
    /// Not three parts.
    #[error(
        "{0:?} is not a dossier's code: agency, day (yyMMdd or yyyyMMdd) and serial of 4 to 7 digits, joined by hyphens, such as H26.3-240715-0042"
    )]
    Form(String),
    /// The middle part is no day.
    #[error("{0:?} holds no day of the calendar")]
    Day(String),
}

/// The code of a dossier: `<agency>-<day>-<serial>`.
///
/// # Source
/// Decree 61/2018 era `000.00.00.H26-201130-0001`, newer `H26.3-240715-0042`, the ministry's `G09.20-20260609-0092637`.
///
/// # Example
/// ```
/// # use diaba::domain::DossierCode;
/// assert_eq!(DossierCode::parse("H26.3-240715-0042").unwrap().agency(), "H26.3");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierCode {
    text: String,
    day: Date,
}

impl DossierCode {
    /// The longest agency part.
    const AGENCY_BYTES: usize = 40;

    /// Reads a code.
    pub fn parse(text: &str) -> Result<Self, DossierCodeError> {
        let form = || DossierCodeError::Form(text.to_owned());
        let mut parts = text.split('-');
        let (Some(agency), Some(day), Some(serial), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form());
        };
        let is_agency = (1..=Self::AGENCY_BYTES).contains(&agency.len())
            && agency
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'.');
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_agency
            || !are_digits(day)
            || !are_digits(serial)
            || !matches!(day.len(), 6 | 8)
            || !(4..=7).contains(&serial.len())
        {
            return Err(form());
        }
        let day = read_day(day).ok_or_else(|| DossierCodeError::Day(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            day,
        })
    }

    /// The code of an agency's dossier of a day with a serial number, as numbered here.
    pub fn of(agency: &str, day: Date, serial: u16) -> Result<Self, DossierCodeError> {
        Self::parse(&format!(
            "{agency}-{:02}{:02}{:02}-{serial:04}",
            day.year().rem_euclid(100),
            u8::from(day.month()),
            day.day()
        ))
    }

    /// Whose dossier it is.
    pub fn agency(&self) -> &str {
        self.text.split('-').next().unwrap_or_default()
    }

    /// The day it was numbered.
    pub fn day(&self) -> Date {
        self.day
    }

    /// The whole code.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// `yyMMdd` of this century, or `yyyyMMdd`.
fn read_day(digits: &str) -> Option<Date> {
    let (year, rest) = digits.split_at_checked(digits.len() - 4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let year: i32 = year.parse().ok()?;
    let year = if digits.len() == 6 { 2000 + year } else { year };
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

impl TryFrom<String> for DossierCode {
    type Error = DossierCodeError;
    fn try_from(text: String) -> Result<Self, DossierCodeError> {
        Self::parse(&text)
    }
}

impl From<DossierCode> for String {
    fn from(code: DossierCode) -> Self {
        code.text
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn codes_of_every_era_are_read() {
        for (text, agency, day) in [
            (
                "000.00.00.H26-201130-0001",
                "000.00.00.H26",
                date!(2020 - 11 - 30),
            ),
            ("H26.3-240715-0042", "H26.3", date!(2024 - 07 - 15)),
            ("G09.20-20260609-0092637", "G09.20", date!(2026 - 06 - 09)),
        ] {
            let code = DossierCode::parse(text).unwrap();
            assert_eq!(
                (code.agency(), code.day(), code.as_str()),
                (agency, day, text)
            );
        }
    }

    #[test]
    fn what_is_no_code_is_refused_with_the_reason() {
        for text in [
            "",
            "H26.3",
            "H26.3-240715",
            "H26.3-2407-0042",
            "H26.3-240715-042",
            "H26.3-240715-00000042",
            "h26-240715-0042",
            "H26 3-240715-0042",
            "H26.3-240715-0042-1",
            "-240715-0042",
            "H26.3-24071a-0042",
            "Đ26-240715-0042",
        ] {
            assert!(
                matches!(DossierCode::parse(text), Err(DossierCodeError::Form(_))),
                "{text}"
            );
        }
        for text in [
            "H26.3-240231-0001",
            "H26.3-241301-0001",
            "G09-20260600-0001",
        ] {
            assert!(
                matches!(DossierCode::parse(text), Err(DossierCodeError::Day(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn a_code_numbered_here_has_the_day_and_a_serial_of_four_digits() {
        let code = DossierCode::of("H29.3", date!(2026 - 02 - 05), 7).unwrap();
        assert_eq!(code.as_str(), "H29.3-260205-0007");
    }
}
