//! The writing half: one sheet in one transaction.

mod parcels;
mod rights;
mod rows;

use super::batch::{Batch, ReadParcel};
use super::report::{Outcome, Tally};
use crate::domain::{RegisterNo, SheetKey, ZoneCode};
use crate::store::{Existing, LoadFault, SheetWriter, StoreError};
use rows::SheetParcels;
use time::Date;

/// What became of a sheet's records.
#[derive(Debug, Default)]
pub struct Written {
    pub parcels: Tally,
    pub waiting_parcels_new: u64,
    pub rows: Tally,
    pub rows_no_longer_waiting: u64,
    pub faults: Vec<LoadFault>,
    /// Whether anything was written.
    pub is_changed: bool,
}

/// Where a batch is to be written.
#[derive(Debug, Clone, Copy)]
pub struct SheetJob {
    pub key: SheetKey,
    /// The zone of the delivery.
    pub zone: ZoneCode,
    /// Since when the commune's code means this commune.
    pub commune_from: Date,
    /// Since when content holds where its file does not say.
    pub day: Date,
    pub register: RegisterNo,
    /// Scale of a new sheet whose file gives none.
    pub scale_denominator: Option<i32>,
}

/// A parcel on its way in.
struct Candidate {
    parcel: ReadParcel,
    outcome: Outcome,
    existing: Option<Existing>,
}

/// Writes what the files say of one sheet.
///
/// # Errors
/// The database's; the caller drops the transaction, and nothing of the sheet is in the register.
pub async fn write_sheet(
    writer: &mut SheetWriter<'_>,
    job: &SheetJob,
    batch: Batch,
) -> Result<Written, StoreError> {
    let mut written = Written {
        parcels: batch.parcel_tally,
        rows: batch.row_tally,
        faults: batch.faults,
        ..Written::default()
    };
    let mut sheet = writer.sheet(job.key, job.commune_from).await?;
    let known = match sheet {
        Some(sheet) => writer.existing(sheet.sheet_id).await?,
        None => Vec::new(),
    };
    let candidates = written.sift(batch.parcels, &known, sheet, writer).await?;
    let scale = candidates
        .first()
        .and_then(|candidate| candidate.parcel.record.scale_denominator)
        .or(job.scale_denominator);
    if sheet.is_none() && !candidates.is_empty() {
        sheet = Some(
            writer
                .add_sheet(job.key, job.commune_from, job.zone, scale)
                .await?,
        );
    }
    let ids = match sheet {
        Some(sheet) => {
            written
                .write_parcels(writer, sheet, &candidates, job.day)
                .await?
        }
        None => Vec::new(),
    };
    let here = SheetParcels::new(&known, &candidates, &ids);
    let with_rights = written.write_rows(writer, job, batch.rows, &here).await?;
    for (candidate, id) in candidates.iter().zip(&ids) {
        let has_rights = candidate
            .existing
            .as_ref()
            .is_some_and(|existing| existing.has_rights)
            || with_rights.contains(id);
        written.waiting_parcels_new += u64::from(!has_rights && candidate.outcome == Outcome::New);
        written.parcels.count(if has_rights {
            candidate.outcome
        } else {
            Outcome::Waiting
        });
    }
    Ok(written)
}
