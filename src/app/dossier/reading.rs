//! Reading dossiers.

use super::{DossierError, ground, local};
use crate::app::{App, Reader};
use crate::domain::{DossierCode, Pause, worked_minutes};
use crate::policy::{Audience, Denial, Duty, Ground, Officer, Purpose};
use crate::store::{AccessEntry, Dossier, PauseRow, Procedure, Reservation, StepRow};
use time::OffsetDateTime;

/// What a reader of a dossier sees that is personal.
const APPLICANT: &[&str] = &["applicant_name", "applicant_no", "phone"];
/// What a reader of a plan, or of what came of it, sees that is personal.
const REPORTED: &[&str] = &["party_name", "personal_no", "share", "certificate_serial"];

/// A dossier with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The dossier.
    pub dossier: Dossier,
    /// When its clock stood.
    pub pauses: Vec<PauseRow>,
    /// Every step.
    pub steps: Vec<StepRow>,
    /// What the law says of its procedure.
    pub procedure: Procedure,
    /// Minutes of work on it until now, without pauses; none before receipt.
    pub worked_minutes: Option<i64>,
    /// Whether it is late.
    pub is_late: bool,
    /// Dossiers that were received before it and reserve parcels of it.
    pub before_it: Vec<Reservation>,
}

impl App {
    /// A dossier as an officer reads it. The reading is in the ledger before it is answered.
    pub async fn dossier(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
    ) -> Result<Case, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, pauses) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let may = reader
            .officer
            .may_at(Duty::See, ground(&dossier, reader.officer));
        self.note_dossier(reader, Some(code), (may, APPLICANT))
            .await?;
        self.case(dossier, pauses).await
    }

    /// A dossier for who reads its plan, or what came of it: reports name parties, whom only some may read of.
    pub(super) async fn read_reports(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
    ) -> Result<Dossier, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let at = ground(&dossier, reader.officer);
        let may = reader.officer.may_at(Duty::See, at);
        let may = may.and_then(|()| reader.officer.may_at(Duty::Read, at));
        self.note_dossier(reader, Some(code), (may, REPORTED))
            .await?;
        Ok(dossier)
    }

    /// Writes into the ledger that an officer reads some fields of persons, or is denied them: before anything is answered.
    pub(super) async fn note_dossier(
        &self,
        reader: &Reader<'_>,
        code: Option<&DossierCode>,
        (may, fields): (Result<(), Denial>, &[&str]),
    ) -> Result<(), DossierError> {
        let shown = if may.is_ok() { fields } else { &[] };
        let fields: Vec<String> = shown.iter().map(|field| (*field).to_owned()).collect();
        let entry = AccessEntry {
            actor: &reader.officer.name,
            audience: Audience::Officer.name(),
            service: "dossier",
            purpose: Some(Purpose::DOSSIER_HANDLING.as_str()),
            dossier: code.map(DossierCode::as_str),
            request: reader.request,
            parcel_id: None,
            fields: &fields,
            position: self.store.position().await?,
            outcome: if may.is_ok() { "answered" } else { "denied" },
        };
        self.store.record_access(&entry).await?;
        Ok(may?)
    }

    /// A dossier as who has just written it sees it.
    pub async fn written_dossier(&self, code: &DossierCode) -> Result<Case, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, pauses) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        self.case(dossier, pauses).await
    }

    /// A dossier with everything that belongs to it.
    pub(super) async fn case(
        &self,
        dossier: Dossier,
        pauses: Vec<PauseRow>,
    ) -> Result<Case, DossierError> {
        let procedure = self.procedure_of(&dossier).await?;
        let now = OffsetDateTime::now_utc();
        let stood: Vec<Pause> = pauses
            .iter()
            .map(|row| Pause {
                from: local(row.started_at),
                until: row.ended_at.map(local),
            })
            .collect();
        let until = local(dossier.ended_at.unwrap_or(now));
        let worked = |at| worked_minutes(local(at), until, &procedure.calendar, &stood);
        let reserved = self.store.reservations(&dossier.parcels).await?;
        Ok(Case {
            worked_minutes: dossier.received_at.map(worked),
            is_late: dossier
                .due_at
                .is_some_and(|due| due < dossier.ended_at.unwrap_or(now)),
            steps: self.store.dossier_steps(dossier.dossier_id).await?,
            before_it: reserved
                .into_iter()
                .filter(|other| other.code != dossier.code)
                .collect(),
            procedure,
            dossier,
            pauses,
        })
    }

    /// Whether an officer may see dossiers of a commune.
    pub async fn may_see(&self, officer: &Officer, commune: &str) -> Result<(), DossierError> {
        let province = self.store.commune_province(commune).await?.flatten();
        let province = province.as_deref();
        Ok(officer.may_at(Duty::See, Ground { province, commune })?)
    }
}
