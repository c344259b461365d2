//! What became of every record.

use crate::domain::{Fault, FaultCode, Position};
use crate::store::{LoadFault, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The register did not have it.
    New,
    /// The register had it otherwise.
    Changed,
    /// The register had it so.
    Unchanged,
    /// It is kept, and its other half (register row or parcel) has not come yet.
    Waiting,
    /// It is kept out, with a fault.
    Rejected,
}

/// Records by outcome: `read = new + changed + unchanged + waiting + rejected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Records that came out of the source.
    pub read: u64,
    /// Not in the register before.
    pub new: u64,
    /// Otherwise in the register before.
    pub changed: u64,
    /// So in the register before.
    pub unchanged: u64,
    /// Kept, the other half missing.
    pub waiting: u64,
    /// Kept out.
    pub rejected: u64,
}

impl Tally {
    /// Counts a record's outcome. What was read is counted apart, where it is read.
    pub fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::New => &mut self.new,
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Waiting => &mut self.waiting,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
    }

    /// Whether every record read has an outcome.
    pub fn is_balanced(&self) -> bool {
        self.read == self.new + self.changed + self.unchanged + self.waiting + self.rejected
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.waiting += other.waiting;
        self.rejected += other.rejected;
    }
}

/// One file of a load.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FileReport {
    /// Its path as given.
    pub path: String,
    /// Which column was taken for which field.
    pub columns: BTreeMap<String, String>,
    /// Columns that nothing was taken from.
    pub left_over: Vec<String>,
    /// What was read otherwise than the file says, and why.
    pub notes: Vec<String>,
    /// Why it could not be read at all.
    pub fault: Option<Fault>,
}

/// The report of a load.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoadReport {
    /// Number of the load.
    pub load_id: i64,
    /// The files.
    pub files: Vec<FileReport>,
    /// Parcels by outcome.
    pub parcels: Tally,
    /// Of the parcels that wait for their register rows, how many were new with this load.
    pub waiting_parcels_new: u64,
    /// Register rows by outcome.
    pub rows: Tally,
    /// Register rows of earlier loads whose parcel has come with this one.
    pub rows_no_longer_waiting: u64,
    /// Sheets that were written.
    pub sheets_written: u64,
    /// Sheets that were as delivered already.
    pub sheets_unchanged: u64,
    /// Sheets that failed: nothing of them is in the register.
    pub sheets_failed: Vec<String>,
    /// Faults by code, warnings too.
    pub faults: BTreeMap<&'static str, u64>,
    /// The first faults; all are in the register's `load_fault` and in the report file.
    pub first_faults: Vec<String>,
    /// Why the load ended before its files did.
    pub stopped: Option<String>,
    /// The register position after the load.
    pub register_position: Position,
    /// How long it took.
    pub duration_ms: u64,
}

impl LoadReport {
    /// Whether every record of every file has an outcome.
    pub fn is_accounted_for(&self) -> bool {
        self.parcels.is_balanced()
            && self.rows.is_balanced()
            && self.stopped.is_none()
            && self.sheets_failed.is_empty()
            && self.files.iter().all(|file| file.fault.is_none())
    }

    /// An atomic load that ended early wrote nothing: what would have gone in was kept out.
    pub fn nothing_written(&mut self) {
        for tally in [&mut self.parcels, &mut self.rows] {
            tally.rejected += tally.new + tally.changed + tally.waiting;
            (tally.new, tally.changed, tally.waiting) = (0, 0, 0);
        }
        (
            self.sheets_written,
            self.waiting_parcels_new,
            self.rows_no_longer_waiting,
        ) = (0, 0, 0);
    }

    /// The database failed: what is written stays, what is not comes with the next run.
    pub fn stop(&mut self, error: &StoreError) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "the load ends early"
        );
        self.stopped
            .get_or_insert_with(|| "the database failed; run it again when it is well".to_owned());
    }

    /// Notes faults.
    pub fn note(&mut self, faults: &[LoadFault]) {
        const SHOWN: usize = 20;
        for fault in faults {
            *self.faults.entry(fault.fault.code.as_str()).or_default() += 1;
            if self.first_faults.len() < SHOWN {
                let row = fault
                    .source_row
                    .map(|row| format!(" row {row}"))
                    .unwrap_or_default();
                self.first_faults
                    .push(format!("{}{row}: {}", fault.source, fault.fault));
            }
        }
    }

    /// How often a code was noted.
    pub fn count_of(&self, code: FaultCode) -> u64 {
        self.faults.get(code.as_str()).copied().unwrap_or(0)
    }
}
