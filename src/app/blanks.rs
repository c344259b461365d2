//! The stock book of blanks.

use super::{App, AppError};
use crate::domain::{BlankFate, BlankFault, BlankRange, check_fate};
use crate::store::{BlankBalance, BlankEntry, PrinterOffset, StoreError};
use serde::{Deserialize, Serialize};

/// The most blanks in one entry.
const AT_ONCE: i64 = 100_000;
/// The longest reference.
const REFERENCE_CHARS: usize = 200;

/// An entry that an officer makes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlankWanted {
    /// What happened.
    pub entry: BlankHappening,
    /// The letters of the series.
    pub series: String,
    /// How many digits a serial has.
    pub digits: i16,
    /// The first number.
    pub first: i32,
    /// The last number; the first, where it is left out.
    #[serde(default)]
    pub last: Option<i32>,
    /// The paper that it rests on: delivery note, entry number of the certificate, reason, minutes.
    pub reference: String,
}

/// What happened to blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlankHappening {
    /// They came.
    Received,
    /// A certificate was printed on one.
    Used,
    /// They cannot be used.
    Spoilt,
    /// They are not there any more.
    Destroyed,
}

/// Why an entry was not made.
#[derive(Debug, thiserror::Error)]
pub enum BlankError {
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// The entry cannot be read.
    #[error("{0}")]
    Unsound(&'static str),
    /// The book says otherwise.
    #[error("the book says otherwise of {} blanks", .0.len())]
    Refused(Vec<BlankFault>),
}

impl From<StoreError> for BlankError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// Makes an entry, or none where the book says otherwise of any of its blanks.
    pub async fn enter_blanks(
        &self,
        wanted: &BlankWanted,
        officer: &str,
    ) -> Result<(), BlankError> {
        let range = BlankRange {
            series: wanted.series.clone(),
            digits: wanted.digits,
            first: wanted.first,
            last: wanted.last.unwrap_or(wanted.first),
        };
        let reference = wanted.reference.trim();
        let fate = match wanted.entry {
            BlankHappening::Received => None,
            BlankHappening::Used => Some(BlankFate::Used),
            BlankHappening::Spoilt => Some(BlankFate::Spoilt),
            BlankHappening::Destroyed => Some(BlankFate::Destroyed),
        };
        check(&range, reference, fate)?;
        let book = self.store.blank_book(&range).await?;
        let faults = match fate {
            Some(fate) => check_fate(&range, fate, &book.received, &book.known),
            None => received_again(&range, &book.received),
        };
        if !faults.is_empty() {
            return Err(BlankError::Refused(faults));
        }
        let entered = match fate {
            Some(fate) => book.enter(fate, reference, officer).await,
            None => book.receive(reference, officer).await,
        };
        Ok(entered?)
    }

    /// Enters that a certificate was printed on its blank; the same again changes nothing.
    pub(super) async fn use_blank(
        &self,
        serial: &str,
        reference: &str,
        officer: &str,
    ) -> Result<(), BlankError> {
        let range =
            BlankRange::one(serial).ok_or(BlankError::Unsound("no blank can have this serial"))?;
        let is_ours = |entry: &BlankEntry| entry.entry == "used" && entry.reference == reference;
        let book = self.store.blank_book(&range).await?;
        let faults = check_fate(&range, BlankFate::Used, &book.received, &book.known);
        if faults.is_empty() {
            return Ok(book.enter(BlankFate::Used, reference, officer).await?);
        }
        drop(book);
        let entries = self.store.blank_entries(&range).await?;
        let is_used_only = faults.iter().all(|fault| fault.code == "already-used");
        if is_used_only && entries.iter().any(is_ours) {
            return Ok(());
        }
        Err(BlankError::Refused(faults))
    }

    /// How far printers are off on forms of certificates.
    pub async fn printers(&self) -> Result<Vec<PrinterOffset>, AppError> {
        Ok(self.store.printer_offsets().await?)
    }

    /// Notes how far a printer is off on a form; says whether there is such a form.
    pub async fn measure_printer(
        &self,
        named: (&str, &str),
        offset_mm: (f64, f64),
        officer: &str,
    ) -> Result<bool, AppError> {
        Ok(self
            .store
            .measure_printer(named, offset_mm, officer)
            .await?)
    }

    /// How many blanks of each series and form there are.
    pub async fn blank_balances(&self) -> Result<Vec<BlankBalance>, AppError> {
        Ok(self.store.blank_balances().await?)
    }

    /// All entries on one blank.
    pub async fn blank_entries(&self, range: &BlankRange) -> Result<Vec<BlankEntry>, AppError> {
        Ok(self.store.blank_entries(range).await?)
    }
}

/// The first blank of each batch that came before and has some of the same.
fn received_again(range: &BlankRange, received: &[(i32, i32)]) -> Vec<BlankFault> {
    let again = received.iter().map(|(first, _)| BlankFault {
        code: "already-received",
        serial: range.serial((*first).max(range.first)),
    });
    again.collect()
}

fn check(range: &BlankRange, reference: &str, fate: Option<BlankFate>) -> Result<(), BlankError> {
    if !range.is_sound() {
        return Err(BlankError::Unsound(
            "a series has one or two capital letters, a serial 6 to 8 digits, and the last number is not before the first",
        ));
    }
    if range.count() > AT_ONCE {
        return Err(BlankError::Unsound(
            "at most 100,000 blanks are taken in one entry",
        ));
    }
    if fate == Some(BlankFate::Used) && range.count() > 1 {
        return Err(BlankError::Unsound(
            "a certificate is printed on one blank: enter each by itself",
        ));
    }
    let is_told = (1..=REFERENCE_CHARS).contains(&reference.chars().count());
    if !is_told || reference.chars().any(char::is_control) {
        return Err(BlankError::Unsound(
            "reference must name the paper that the entry rests on, in 1 to 200 characters",
        ));
    }
    Ok(())
}
