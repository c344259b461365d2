//! The writing half: one sheet in one transaction.

use super::batch::{Batch, ReadParcel, ReadRow};
use super::report::{Outcome, Tally};
use super::rights::{PlacedRow, Plan, PlannedRight, plan};
use crate::crs;
use crate::domain::{
    CertificateId, Fault, FaultCode, NationalCode, ParcelId, PartyId, PartyRecord, RegisterNo,
    Revision, RightId, RightRow, SheetKey, ZoneCode, fold_text,
};
use crate::geometry;
use crate::store::{Existing, LoadFault, NewRight, ParcelWrite, SheetRow, SheetWriter, StoreError};
use std::collections::{HashMap, HashSet};
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
    register: RegisterNo,
    (key, zone): (SheetKey, ZoneCode),
    commune_from: Date,
    day: Date,
    batch: Batch,
) -> Result<Written, StoreError> {
    let mut written = Written {
        parcels: batch.parcel_tally,
        rows: batch.row_tally,
        faults: batch.faults,
        ..Written::default()
    };
    let mut sheet = writer.sheet(key, commune_from).await?;
    let known = match sheet {
        Some(sheet) => writer.existing(sheet.sheet_id).await?,
        None => Vec::new(),
    };
    let candidates = written.sift(batch.parcels, &known, sheet, writer).await?;
    let scale = candidates
        .first()
        .and_then(|candidate| candidate.parcel.record.scale_denominator);
    if sheet.is_none() && !candidates.is_empty() {
        sheet = Some(writer.add_sheet(key, commune_from, zone, scale).await?);
    }
    let ids = match sheet {
        Some(sheet) => {
            written
                .write_parcels(writer, sheet, &candidates, day)
                .await?
        }
        None => Vec::new(),
    };
    let mut by_number: HashMap<i32, ParcelId> = known
        .iter()
        .map(|existing| (existing.parcel_no, existing.parcel_id))
        .collect();
    by_number.extend(
        candidates
            .iter()
            .zip(&ids)
            .map(|(candidate, id)| (candidate.parcel.record.key.parcel_no, *id)),
    );
    let areas = candidates.iter().zip(&ids).map(|(candidate, id)| {
        let record = &candidate.parcel.record;
        (
            *id,
            record
                .legal_area
                .unwrap_or(record.computed_area)
                .tenths_m2(),
        )
    });
    let with_rights = written
        .write_rows(
            writer,
            register,
            key,
            day,
            batch.rows,
            &by_number,
            &areas.collect(),
        )
        .await?;
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
    async fn sift(
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
        let mut owners = writer.taken_codes(&given).await?;
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
                let owner = owners.remove(&code);
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
    async fn write_parcels(
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

    /// Writes what register rows say; gives the parcels that rows named.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one plain fact of the sheet"
    )]
    async fn write_rows(
        &mut self,
        writer: &mut SheetWriter<'_>,
        register: RegisterNo,
        key: SheetKey,
        day: Date,
        rows: Vec<ReadRow>,
        by_number: &HashMap<i32, ParcelId>,
        areas: &HashMap<ParcelId, u64>,
    ) -> Result<HashSet<ParcelId>, StoreError> {
        let (placed, waiting) = self.place(writer, key, rows, by_number).await?;
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
            writer.wait(key, &rows).await?;
            self.rows.waiting += waiting.len() as u64;
        }
        if placed.is_empty() {
            return Ok(HashSet::new());
        }
        let parcels: HashSet<ParcelId> = placed.iter().map(|placed| placed.parcel_id).collect();
        let list: Vec<ParcelId> = parcels.iter().copied().collect();
        let existing = writer.existing_rights(&list).await?;
        let existing_uses = writer.existing_uses(&list).await?;
        let plan = plan(&placed, &existing, &existing_uses, areas);
        self.take_outcomes(&placed, &plan);
        if !plan.uses.is_empty() {
            let uses: Vec<_> = plan.uses.into_iter().collect();
            writer.write_uses(&uses, day).await?;
            self.is_changed = true;
        }
        if !plan.rights.is_empty() {
            write_rights(writer, register, &plan.rights, day).await?;
            self.is_changed = true;
        }
        Ok(parcels)
    }

    /// Parts rows by whether their parcel is here; those that waited in earlier loads join in.
    async fn place(
        &mut self,
        writer: &mut SheetWriter<'_>,
        key: SheetKey,
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
        for (digest, content, row) in writer.waiting(key).await? {
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
            writer.stop_waiting(key, &come).await?;
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

/// Gives every new parcel its national code: the given one, else that of its label point, else the nearest free cell inside.
async fn assign_codes(
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

fn covers(record: &crate::domain::ParcelRecord, lon: f64, lat: f64) -> bool {
    let mut place = [(lon, lat)];
    crs::from_wgs84(record.boundary.zone(), &mut place).is_ok()
        && geometry::locate_m(&record.boundary, place[0].0, place[0].1)
}

/// Writes rights with their parties and certificates.
async fn write_rights(
    writer: &mut SheetWriter<'_>,
    register: RegisterNo,
    rights: &[PlannedRight],
    day: Date,
) -> Result<(), StoreError> {
    let (changed, new): (Vec<_>, Vec<_>) = rights
        .iter()
        .partition(|planned| planned.existing.is_some());
    let parties = parties(writer, &new, day).await?;
    let certificates = certificates(writer, &new, day).await?;
    let mut fresh = writer
        .new_ids(new.len())
        .await?
        .into_iter()
        .filter_map(|id| RightId::try_from(id).ok());
    let mut writes = Vec::with_capacity(rights.len());
    for (planned, party_id) in new.iter().zip(parties) {
        let certificate_id = planned
            .right
            .certificate
            .as_ref()
            .and_then(|record| certificates.get(&record.serial_key()).copied());
        writes.extend(
            fresh
                .next()
                .map(|id| write_of(planned, id, Revision(1), party_id, certificate_id, day)),
        );
    }
    let mut revised = Vec::new();
    for planned in changed {
        let Some(existing) = &planned.existing else {
            continue;
        };
        revised.push((existing.party_id, &planned.right.party));
        let revision = Revision(existing.revision.0 + 1);
        writes.push(write_of(
            planned,
            existing.right_id,
            revision,
            existing.party_id,
            existing.certificate_id,
            day,
        ));
    }
    if !revised.is_empty() {
        writer.revise_parties(&revised, day).await?;
        let certificates: Vec<_> = rights
            .iter()
            .filter_map(|planned| {
                Some((
                    planned.existing.as_ref()?.certificate_id?,
                    planned.right.certificate.as_ref()?,
                ))
            })
            .collect();
        writer.revise_certificates(&certificates, day).await?;
    }
    let links: Vec<_> = writes
        .iter()
        .filter_map(|write| Some((write.parcel_id, write.certificate_id?)))
        .collect();
    writer.link_certificates(&links).await?;
    debug_assert!(
        writes
            .iter()
            .all(|write| write.right_id.register() == register),
        "rights live in their parcel's register"
    );
    writer.write_rights(&writes).await
}

fn write_of(
    planned: &PlannedRight,
    right_id: RightId,
    revision: Revision,
    party_id: PartyId,
    certificate_id: Option<CertificateId>,
    day: Date,
) -> NewRight {
    let issued_on = planned
        .right
        .certificate
        .as_ref()
        .and_then(|record| record.issued_on);
    NewRight {
        right_id,
        revision,
        parcel_id: planned.parcel_id,
        party_id,
        certificate_id,
        source_key: planned.source_key,
        content_digest: planned.content_digest,
        share: planned.right.share,
        in_force_from: if revision == Revision(1) {
            issued_on.unwrap_or(day)
        } else {
            day
        },
        source_row: i64::try_from(planned.source_row).unwrap_or(i64::MAX),
    }
}

/// The party of each new right: known by number and name, or added. People without a number are never taken for one another.
async fn parties(
    writer: &mut SheetWriter<'_>,
    rights: &[&PlannedRight],
    day: Date,
) -> Result<Vec<PartyId>, StoreError> {
    let numbers: Vec<String> = rights
        .iter()
        .filter_map(|planned| planned.right.party.personal_no.clone())
        .collect();
    let known = writer.parties_of(&numbers).await?;
    let mut by_name: HashMap<(String, String), PartyId> = known
        .into_iter()
        .map(|(id, number, name)| ((number, name), id))
        .collect();
    let mut fresh = writer
        .new_ids(rights.len())
        .await?
        .into_iter()
        .filter_map(|id| PartyId::try_from(id).ok());
    let mut added: Vec<(PartyId, &PartyRecord)> = Vec::new();
    let mut ids = Vec::with_capacity(rights.len());
    for planned in rights {
        let party = &planned.right.party;
        let name = party
            .personal_no
            .clone()
            .map(|number| (number, fold_text(&party.name)));
        let found = name.as_ref().and_then(|name| by_name.get(name).copied());
        let Some(id) = found.or_else(|| fresh.next()) else {
            continue;
        };
        if found.is_none() {
            added.push((id, party));
            by_name.extend(name.map(|name| (name, id)));
        }
        ids.push(id);
    }
    writer.add_parties(&added, day).await?;
    Ok(ids)
}

/// Certificates by serial key: known or added.
async fn certificates(
    writer: &mut SheetWriter<'_>,
    rights: &[&PlannedRight],
    day: Date,
) -> Result<HashMap<String, CertificateId>, StoreError> {
    let mut wanted = HashMap::new();
    for record in rights
        .iter()
        .filter_map(|planned| planned.right.certificate.as_ref())
    {
        wanted.entry(record.serial_key()).or_insert(record);
    }
    let mut keys: Vec<String> = wanted.keys().cloned().collect();
    keys.sort_unstable();
    let mut known = writer.certificates_of(&keys).await?;
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| !known.contains_key(*key))
        .collect();
    let ids = writer.new_ids(missing.len()).await?;
    let added: Vec<_> = missing
        .iter()
        .zip(ids)
        .filter_map(|(key, id)| Some((CertificateId::try_from(id).ok()?, *wanted.get(*key)?)))
        .collect();
    writer.add_certificates(&added, day).await?;
    known.extend(added.iter().map(|(id, record)| (record.serial_key(), *id)));
    Ok(known)
}
