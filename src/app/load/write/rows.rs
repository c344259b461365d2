//! Register rows of a sheet: placed at their parcels, or waiting for them.

use super::rights::write_rights;
use super::{Candidate, SheetJob, Written};
use crate::app::load::batch::ReadRow;
use crate::app::load::rights::{PlacedRow, Plan, plan};
use crate::domain::{Fault, ParcelId, RightRow};
use crate::store::{Existing, LoadFault, SheetWriter, StoreError};
use std::collections::{HashMap, HashSet};

/// The parcels of the sheet that rows can be placed at.
pub(super) struct SheetParcels {
    by_number: HashMap<i32, ParcelId>,
    /// Legal areas (computed ones where there is none) of the parcels delivered now.
    areas_tenths_m2: HashMap<ParcelId, u64>,
}

impl SheetParcels {
    pub(super) fn new(known: &[Existing], delivered: &[Candidate], ids: &[ParcelId]) -> Self {
        let records = || {
            delivered
                .iter()
                .map(|candidate| &candidate.parcel.record)
                .zip(ids.iter().copied())
        };
        let known = known
            .iter()
            .map(|existing| (existing.parcel_no, existing.parcel_id));
        Self {
            by_number: known
                .chain(records().map(|(record, id)| (record.key.parcel_no, id)))
                .collect(),
            areas_tenths_m2: records()
                .map(|(record, id)| {
                    (
                        id,
                        record
                            .legal_area
                            .unwrap_or(record.computed_area)
                            .tenths_m2(),
                    )
                })
                .collect(),
        }
    }
}

impl Written {
    /// Writes what register rows say; gives the parcels that rows named.
    pub(super) async fn write_rows(
        &mut self,
        writer: &mut SheetWriter<'_>,
        job: &SheetJob,
        rows: Vec<ReadRow>,
        here: &SheetParcels,
    ) -> Result<HashSet<ParcelId>, StoreError> {
        let (placed, waiting) = self.place(writer, job, rows, &here.by_number).await?;
        if !waiting.is_empty() {
            let rows: Vec<_> = waiting
                .iter()
                .filter_map(|row| {
                    let content = serde_json::to_value(&row.right).ok()?;
                    Some((
                        row.right.parcel.parcel_no,
                        row.digest,
                        content,
                        i64::try_from(row.row).unwrap_or(i64::MAX),
                    ))
                })
                .collect();
            writer.wait((job.key, job.commune_from), &rows).await?;
            self.rows.waiting += waiting.len() as u64;
        }
        if placed.is_empty() {
            return Ok(HashSet::new());
        }
        let parcels: HashSet<ParcelId> = placed.iter().map(|placed| placed.parcel_id).collect();
        let list: Vec<ParcelId> = parcels.iter().copied().collect();
        let existing = writer.existing_rights(&list).await?;
        let existing_uses = writer.existing_uses(&list).await?;
        let plan = plan(&placed, &existing, &existing_uses, &here.areas_tenths_m2);
        self.take_outcomes(&placed, &plan);
        if !plan.uses.is_empty() {
            writer.write_uses(&plan.uses, job.day).await?;
            self.is_changed = true;
        }
        if !plan.rights.is_empty() {
            write_rights(writer, job, &plan.rights).await?;
            self.is_changed = true;
        }
        Ok(parcels)
    }

    /// Parts rows by whether their parcel is here; those that waited in earlier loads join in.
    async fn place(
        &mut self,
        writer: &mut SheetWriter<'_>,
        job: &SheetJob,
        rows: Vec<ReadRow>,
        by_number: &HashMap<i32, ParcelId>,
    ) -> Result<(Vec<PlacedRow>, Vec<ReadRow>), StoreError> {
        let here: HashSet<[u8; 16]> = rows.iter().map(|row| row.digest).collect();
        let (mut placed, mut waiting) = (Vec::new(), Vec::new());
        for row in rows {
            match by_number.get(&row.right.parcel.parcel_no) {
                Some(id) => placed.push(PlacedRow {
                    row,
                    parcel_id: *id,
                    has_waited: false,
                }),
                None => waiting.push(row),
            }
        }
        let mut come = Vec::new();
        for (digest, content, row) in writer.waiting((job.key, job.commune_from)).await? {
            let Ok(right) = serde_json::from_value::<RightRow>(content) else {
                continue;
            };
            let Some(id) = by_number.get(&right.parcel.parcel_no) else {
                continue;
            };
            let short = <[u8; 16]>::try_from(digest.as_slice()).unwrap_or_default();
            come.push(digest);
            if !here.contains(&short) {
                let row = ReadRow {
                    source: "waiting".to_owned(),
                    row: row.unsigned_abs(),
                    right,
                    digest: short,
                };
                placed.push(PlacedRow {
                    row,
                    parcel_id: *id,
                    has_waited: true,
                });
            }
        }
        if !come.is_empty() {
            writer
                .stop_waiting((job.key, job.commune_from), &come)
                .await?;
            self.rows_no_longer_waiting += come.len() as u64;
        }
        Ok((placed, waiting))
    }

    fn take_outcomes(&mut self, placed: &[PlacedRow], plan: &Plan) {
        for (placed, (outcome, fault)) in placed.iter().zip(&plan.outcomes) {
            if !placed.has_waited {
                self.rows.count(*outcome);
            }
            self.faults
                .extend(fault.clone().map(|fault| of_row(placed, fault)));
        }
        let warnings = plan
            .warnings
            .iter()
            .filter_map(|(index, fault)| Some(of_row(placed.get(*index)?, fault.clone())));
        self.faults.extend(warnings);
    }
}

fn of_row(placed: &PlacedRow, fault: Fault) -> LoadFault {
    LoadFault {
        source: placed.row.source.clone(),
        source_row: Some(placed.row.row),
        fault,
    }
}
