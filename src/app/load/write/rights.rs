//! Rights with their parties and certificates.

use super::SheetJob;
use crate::app::load::rights::PlannedRight;
use crate::domain::{
    CertificateId, CertificateRecord, PartyId, PartyRecord, Revision, RightId, fold_text,
};
use crate::store::{NewRight, SheetWriter, StoreError};
use std::collections::HashMap;
use time::Date;

/// Writes rights with their parties and certificates.
pub(super) async fn write_rights(
    writer: &mut SheetWriter<'_>,
    job: &SheetJob,
    rights: &[PlannedRight],
) -> Result<(), StoreError> {
    let (changed, new): (Vec<&PlannedRight>, Vec<&PlannedRight>) = rights
        .iter()
        .partition(|planned| planned.existing.is_some());
    let parties = parties(writer, &new, job.day).await?;
    let certificates = certificates(writer, &new, job.day).await?;
    let mut fresh = writer
        .new_ids(new.len())
        .await?
        .into_iter()
        .filter_map(|id| RightId::try_from(id).ok());
    let mut writes = Vec::with_capacity(rights.len());
    for (planned, party_id) in new.iter().zip(parties) {
        let serial_key = planned
            .right
            .certificate
            .as_ref()
            .map(CertificateRecord::serial_key);
        let certificate_id = serial_key.and_then(|key| certificates.get(&key).copied());
        let issued_on = planned
            .right
            .certificate
            .as_ref()
            .and_then(|record| record.issued_on);
        let from = issued_on.unwrap_or(job.day);
        writes.extend(
            fresh
                .next()
                .map(|id| write_of(planned, (id, Revision(1)), party_id, certificate_id, from)),
        );
    }
    for planned in &changed {
        let Some(existing) = &planned.existing else {
            continue;
        };
        let from = job.day.max(existing.in_force_from);
        // Where the old version ends later than it began, what held until then takes a revision of its own.
        let revision =
            Revision(existing.revision.0 + if from > existing.in_force_from { 2 } else { 1 });
        writes.push(write_of(
            planned,
            (existing.right_id, revision),
            existing.party_id,
            existing.certificate_id,
            from,
        ));
    }
    let of_rows = || writes.iter().zip(new.iter().chain(&changed));
    let named: Vec<_> = of_rows()
        .map(|(write, planned)| (write.party_id, &planned.right.party))
        .collect();
    writer.correct_parties(&named).await?;
    let papers: Vec<_> = of_rows()
        .filter_map(|(write, planned)| {
            Some((write.certificate_id?, planned.right.certificate.as_ref()?))
        })
        .collect();
    writer.correct_certificates(&papers, job.day).await?;
    let links: Vec<_> = writes
        .iter()
        .filter_map(|write| Some((write.parcel_id, write.certificate_id?)))
        .collect();
    writer.link_certificates(&links).await?;
    debug_assert!(
        writes
            .iter()
            .all(|write| write.right_id.register() == job.register),
        "rights live in their parcel's register"
    );
    writer.write_rights(&writes).await
}

fn write_of(
    planned: &PlannedRight,
    (right_id, revision): (RightId, Revision),
    party_id: PartyId,
    certificate_id: Option<CertificateId>,
    in_force_from: Date,
) -> NewRight {
    NewRight {
        right_id,
        revision,
        parcel_id: planned.parcel_id,
        party_id,
        certificate_id,
        source_key: planned.source_key,
        content_digest: planned.content_digest,
        share: planned.right.share,
        in_force_from,
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
