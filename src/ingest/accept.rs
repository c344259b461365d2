//! Raw records judged: a record of the register, or everything that is wrong with it. Pure.

mod parcel;
mod row;

pub use parcel::{ParcelContext, accept_parcel};
pub use row::{RowContext, accept_row};

use super::{column::Values, field::Field};
use crate::domain::{
    CommuneCode, Fault, FaultCode, KeyError, Law, NationalCode, ParcelKey, SheetKey, parse_number,
    tidy_text,
};
use crate::policy::{Audience, hides_details};
use time::Date;

/// What became of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted<T> {
    /// The record, or everything that keeps it out.
    pub result: Result<T, Vec<Fault>>,
    /// What somebody should look at.
    pub warnings: Vec<Fault>,
}

impl<T> Accepted<T> {
    fn rejected(fault: Fault) -> Self {
        Self {
            result: Err(vec![fault]),
            warnings: Vec::new(),
        }
    }
}

/// The faults found so far in one record.
#[derive(Default)]
struct Findings {
    errors: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Findings {
    fn note(&mut self, fault: Fault) {
        if fault.is_error() {
            self.errors.push(fault);
        } else {
            self.warnings.push(fault);
        }
    }

    fn keep<T>(&mut self, part: Result<T, Fault>) -> Option<T> {
        part.map_err(|fault| self.note(fault)).ok()
    }

    /// A field's text, tidied; a fault is noted and leaves nothing.
    fn text<F: Field>(&mut self, values: &Values<F>, field: F) -> Option<String> {
        let text = self.keep(values.text(field)).flatten()?;
        Some(tidy_text(text)).filter(|text| !text.is_empty())
    }

    /// A field that a function reads; the fault says which field, not its text.
    fn parsed<F: Field, T>(
        &mut self,
        values: &Values<F>,
        field: F,
        code: FaultCode,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.keep(values.text(field)).flatten()?;
        let unreadable = || Fault::new(code, format!("{} cannot be read", field.name()));
        self.keep(parse(text).ok_or_else(unreadable))
    }

    /// The working triple, from the three fields given.
    fn parcel_key<F: Field>(
        &mut self,
        values: &Values<F>,
        [commune, sheet, parcel]: [F; 3],
        law: &Law,
        day: Date,
    ) -> Option<ParcelKey> {
        let commune = self.identity(values, commune, CommuneCode::parse);
        let sheet_no = self.identity(values, sheet, parse_number);
        let parcel_no = self.identity(values, parcel, parse_number);
        if let Some(commune) =
            commune.filter(|commune| !law.communes.is_in_force(commune.as_str(), day))
        {
            self.note(Fault::new(
                FaultCode::CommuneUnknown,
                format!("no commune has the code {commune} on {day}"),
            ));
        }
        Some(ParcelKey {
            sheet: SheetKey {
                commune: commune?,
                sheet_no: sheet_no?,
            },
            parcel_no: parcel_no?,
        })
    }

    fn identity<F: Field, T>(
        &mut self,
        values: &Values<F>,
        field: F,
        parse: impl Fn(&str) -> Result<T, KeyError>,
    ) -> Option<T> {
        let missing = |detail: String| {
            Fault::new(
                FaultCode::IdentityMissing,
                format!("{}: {detail}", field.name()),
            )
        };
        match self.keep(values.text(field))? {
            None => self.keep(Err(missing("blank".into()))),
            Some(text) => self.keep(parse(text).map_err(|error| missing(error.to_string()))),
        }
    }

    /// The national code. An identifier of the time before 2026 (digits with separators) is not one, and not a fault.
    fn national_code<F: Field>(&mut self, values: &Values<F>, field: F) -> Option<NationalCode> {
        let text = self.keep(values.text(field)).flatten()?;
        let is_separator = |byte: u8| matches!(byte, b'.' | b'_' | b'-' | b'/');
        let is_old = text.bytes().any(is_separator)
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || is_separator(byte));
        if is_old {
            return None;
        }
        let malformed = |error: crate::domain::NationalCodeError| {
            Fault::new(FaultCode::NationalCodeMalformed, error.to_string())
        };
        self.keep(NationalCode::parse(text).map_err(malformed))
    }

    /// The one use that is kept of those named: a use whose details are not public is never lost behind another.
    fn main_use(&mut self, codes: &[String]) -> Option<String> {
        let is_secret = |code: &&String| hides_details(code, Audience::Public);
        let main = codes.iter().find(is_secret).or(codes.first()).cloned();
        if let (Some(kept), true) = (&main, codes.len() > 1) {
            let detail = format!(
                "{} are named; {kept} is kept as the main use",
                codes.join(", ")
            );
            self.note(Fault::new(FaultCode::LandUseSeveral, detail));
        }
        main
    }

    /// The land-use codes of a field, main use first: `ONT`, `ONT+CLN`, `ONT; CLN`. All must be in force on one of the days.
    fn land_uses<F: Field>(
        &mut self,
        values: &Values<F>,
        field: F,
        law: &Law,
        days: &[Date],
    ) -> Vec<String> {
        let Some(text) = self.text(values, field) else {
            return Vec::new();
        };
        let codes: Vec<String> = text
            .split(['+', ';', ',', '/', ' '])
            .filter(|code| !code.is_empty())
            .map(str::to_uppercase)
            .collect();
        for code in &codes {
            if !days.iter().any(|&day| law.land_uses.is_in_force(code, day)) {
                let days = days
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" or ");
                let what = if law.land_uses.is_known(code) {
                    "was not in force"
                } else {
                    "is unknown"
                };
                self.note(Fault::new(
                    FaultCode::LandUseUnknown,
                    format!("land-use code {code:?} {what} on {days}"),
                ));
            }
        }
        codes
    }

    fn finish<T>(self, record: Option<T>) -> Accepted<T> {
        let result = match record {
            Some(record) if self.errors.is_empty() => Ok(record),
            _ => Err(self.errors),
        };
        Accepted {
            result,
            warnings: self.warnings,
        }
    }
}

#[cfg(test)]
mod tests;
