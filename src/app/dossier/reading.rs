//! Reading dossiers.

use super::{DossierError, ground, local};
use crate::app::App;
use crate::domain::{DossierCode, Pause, worked_minutes};
use crate::policy::{Audience, Duty, Ground, Officer, Purpose};
use crate::store::{AccessEntry, Dossier, PauseRow, Procedure, Reservation, StepRow};
use time::OffsetDateTime;

/// What a reader of a dossier sees that is personal.
const PERSONAL: [&str; 3] = ["applicant_name", "applicant_no", "phone"];

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
        officer: &Officer,
        code: &DossierCode,
        request: &str,
    ) -> Result<Case, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, pauses) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let denial = officer.may_at(Duty::See, ground(&dossier)).err();
        let shown = if denial.is_none() { &PERSONAL[..] } else { &[] };
        let fields: Vec<String> = shown.iter().map(|field| (*field).to_owned()).collect();
        let entry = AccessEntry {
            actor: &officer.name,
            audience: Audience::Officer.name(),
            service: "dossier",
            purpose: Some(Purpose::DOSSIER_HANDLING.as_str()),
            dossier: Some(code.as_str()),
            request,
            parcel_id: None,
            fields: &fields,
            position: self.store.position().await?,
            outcome: if denial.is_none() {
                "answered"
            } else {
                "denied"
            },
        };
        self.store.record_access(&entry).await?;
        match denial {
            Some(denial) => Err(denial.into()),
            None => self.case(dossier, pauses).await,
        }
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
