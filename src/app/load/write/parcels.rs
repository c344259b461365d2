//! Parcels of a sheet: sifted, compared, written, given their codes.

use super::{Candidate, Written};
use crate::app::load::batch::ReadParcel;
use crate::app::load::report::Outcome;
use crate::crs;
use crate::domain::{Fault, FaultCode, NationalCode, ParcelId, ParcelRecord, Revision};
use crate::geometry;
use crate::store::{Existing, LoadFault, ParcelWrite, SheetRow, SheetWriter, StoreError};
use std::collections::{HashMap, HashSet};
use time::Date;

impl Written {
    fn reject(&mut self, parcel: &ReadParcel, code: FaultCode, detail: String) {
        let place = parcel
            .record
            .label_point
            .place(parcel.record.boundary.zone());
        let fault = Fault::at(code, place, detail);
        self.parcels.count(Outcome::Rejected);
        self.faults.push(LoadFault {
            source: parcel.source.clone(),
            source_row: Some(parcel.row),
            fault,
        });
    }

    /// Rejects what contradicts the rest of the delivery or the register, and compares the others with it.
    pub(super) async fn sift(
        &mut self,
        parcels: Vec<ReadParcel>,
        known: &[Existing],
        sheet: Option<SheetRow>,
        writer: &mut SheetWriter<'_>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut by_number: HashMap<i32, Vec<u64>> = HashMap::new();
        for parcel in &parcels {
            by_number
                .entry(parcel.record.key.parcel_no)
                .or_default()
                .push(parcel.row);
        }
        let given: Vec<NationalCode> = parcels
            .iter()
            .filter_map(|parcel| parcel.record.national_code)
            .collect();
        let owners = writer.taken_codes(&given).await?;
        let retired = match sheet {
            Some(sheet) => writer.retired_numbers(sheet.sheet_id).await?,
            None => HashSet::new(),
        };
        let known: HashMap<i32, &Existing> = known
            .iter()
            .map(|existing| (existing.parcel_no, existing))
            .collect();
        let mut candidates = Vec::with_capacity(parcels.len());
        let mut given_here = HashSet::new();
        for parcel in parcels {
            let number = parcel.record.key.parcel_no;
            let rows = by_number.get(&number).map_or(&[][..], Vec::as_slice);
            if rows.len() > 1 {
                let rows: Vec<String> = rows.iter().map(u64::to_string).collect();
                self.reject(
                    &parcel,
                    FaultCode::ParcelNumberDuplicate,
                    format!("number {number} stands at rows {}", rows.join(", ")),
                );
                continue;
            }
            if retired.contains(&number) {
                let detail = format!(
                    "parcel {number} was ended, or moved to another sheet, by an operation: deliver its successors"
                );
                self.reject(&parcel, FaultCode::ParcelNumberRetired, detail);
                continue;
            }
            let zone = parcel.record.boundary.zone();
            if let Some(sheet) = sheet.filter(|sheet| sheet.zone != zone) {
                self.reject(
                    &parcel,
                    FaultCode::SheetZoneDiffers,
                    format!(
                        "the sheet is in EPSG:{}, the file in EPSG:{zone}",
                        sheet.zone
                    ),
                );
                continue;
            }
            let existing = known.get(&number).copied().cloned();
            if let Some(code) = parcel.record.national_code {
                let owner = owners.get(&code).copied();
                let is_other = owner.is_some()
                    && owner != existing.as_ref().map(|existing| existing.parcel_id);
                if is_other || !given_here.insert(code) {
                    self.reject(
                        &parcel,
                        FaultCode::NationalCodeTaken,
                        format!("{code} belongs to another parcel"),
                    );
                    continue;
                }
                if let Some(kept) = existing
                    .as_ref()
                    .and_then(|existing| existing.national_code)
                    .filter(|kept| *kept != code)
                {
                    let fault = Fault::new(
                        FaultCode::NationalCodeKept,
                        format!("the register keeps {kept}; the file gives {code}"),
                    );
                    self.faults.push(LoadFault {
                        source: parcel.source.clone(),
                        source_row: Some(parcel.row),
                        fault,
                    });
                }
            }
            let outcome = match &existing {
                None => Outcome::New,
                Some(existing) if existing.content_digest == parcel.digest => Outcome::Unchanged,
                Some(_) => Outcome::Changed,
            };
            candidates.push(Candidate {
                parcel,
                outcome,
                existing,
            });
        }
        Ok(candidates)
    }

    /// Writes new and changed parcels; gives the id of every candidate.
    pub(super) async fn write_parcels(
        &mut self,
        writer: &mut SheetWriter<'_>,
        sheet: SheetRow,
        candidates: &[Candidate],
        day: Date,
    ) -> Result<Vec<ParcelId>, StoreError> {
        let count_new = candidates
            .iter()
            .filter(|candidate| candidate.outcome == Outcome::New)
            .count();
        let mut fresh = writer
            .new_ids(count_new)
            .await?
            .into_iter()
            .filter_map(|id| ParcelId::try_from(id).ok());
        let ids: Vec<ParcelId> = candidates
            .iter()
            .filter_map(|candidate| {
                candidate
                    .existing
                    .as_ref()
                    .map(|existing| existing.parcel_id)
                    .or_else(|| fresh.next())
            })
            .collect();
        let mut writes = Vec::new();
        let mut successors = Vec::new();
        for (candidate, id) in candidates
            .iter()
            .zip(&ids)
            .filter(|(candidate, _)| candidate.outcome != Outcome::Unchanged)
        {
            let record = &candidate.parcel.record;
            let wished = record.in_force_from.unwrap_or(day);
            let (revision, in_force_from) = match &candidate.existing {
                None => (1, wished),
                Some(existing) => {
                    let from = wished.max(existing.in_force_from);
                    successors.push((*id, from));
                    // Where the old version ends later than it began, what held until then takes a revision of its own.
                    (
                        existing.revision.0 + if from > existing.in_force_from { 2 } else { 1 },
                        from,
                    )
                }
            };
            writes.push(ParcelWrite {
                parcel_id: *id,
                revision: Revision(revision),
                in_force_from,
                record,
                geographic: &candidate.parcel.geographic,
                label: candidate.parcel.label,
                content_digest: candidate.parcel.digest,
                source_row: i64::try_from(candidate.parcel.row).unwrap_or(i64::MAX),
            });
        }
        if !successors.is_empty() {
            writer.supersede(&successors).await?;
        }
        if !writes.is_empty() {
            writer.write_parcels(sheet, &writes).await?;
            self.is_changed = true;
        }
        assign_codes(writer, candidates, &ids).await?;
        Ok(ids)
    }
}

/// Gives every new parcel its national code: the given one, else that of its label point, else the nearest free cell inside.
pub(super) async fn assign_codes(
    writer: &mut SheetWriter<'_>,
    candidates: &[Candidate],
    ids: &[ParcelId],
) -> Result<(), StoreError> {
    let mut wanting: HashMap<ParcelId, &Candidate> = candidates
        .iter()
        .zip(ids)
        .filter(|(candidate, _)| {
            candidate
                .existing
                .as_ref()
                .is_none_or(|existing| existing.national_code.is_none())
        })
        .map(|(candidate, id)| (*id, candidate))
        .collect();
    let mut taken = HashSet::new();
    // Each round settles at least the first of every group that wants the same cell.
    while !wanting.is_empty() {
        let mut claims = Vec::with_capacity(wanting.len());
        for (id, candidate) in &wanting {
            let record = &candidate.parcel.record;
            let (lon, lat) = candidate.parcel.label;
            let own = geometry::national_code(lon, lat);
            let claim = match record.national_code.filter(|code| !taken.contains(code)) {
                Some(given) => Some((given, "given")),
                None if !taken.contains(&own) => Some((own, "computed")),
                None => geometry::free_code(
                    own,
                    |code| taken.contains(&code),
                    |lon, lat| covers(record, lon, lat),
                )
                .map(|code| (code, "moved")),
            };
            if let Some((code, origin)) = claim {
                claims.push((code, *id, origin));
            }
        }
        if claims.is_empty() {
            return Ok(()); // no free cell inside: the parcel stays without code, as the law allows for years
        }
        claims.sort_by_key(|claim| claim.1);
        for id in writer.claim_codes(&claims).await? {
            wanting.remove(&id);
        }
        taken.extend(claims.iter().map(|claim| claim.0));
    }
    Ok(())
}

fn covers(record: &ParcelRecord, lon: f64, lat: f64) -> bool {
    let mut place = [(lon, lat)];
    crs::from_wgs84(record.boundary.zone(), &mut place).is_ok()
        && geometry::locate_m(&record.boundary, place[0].0, place[0].1)
}
