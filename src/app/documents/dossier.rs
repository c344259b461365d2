//! The papers of a dossier: receipt, letter of apology, tax slip, the drawing of its plan.

use super::{About, App, PaperError, PaperFile, PaperQuery};
use crate::app::dossier::{DossierError, ground};
use crate::documents::{Apology, DossierFacts, PaperIn, Receipt};
use crate::domain::{Calendar, CommuneCode, Deadline, DossierCode, Stage};
use crate::policy::{Audience, Duty, Purpose};
use crate::store::{AccessEntry, Dossier, PaperRow, Procedure, StepRow};
use serde::Deserialize;
use std::sync::Arc;
use time::{Date, OffsetDateTime, UtcOffset};

/// The longest reason.
const REASON_CHARS: usize = 1000;

/// What the papers of a dossier print of who filed it.
const FILED: [&str; 2] = ["applicant_name", "phone"];

/// What a letter of apology says beside what is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// Why the result is late.
    pub reason: String,
    /// The day that is promised now.
    #[serde(with = "iso_day")]
    pub new_due: Date,
}

time::serde::format_description!(iso_day, Date, "[year]-[month]-[day]");

/// A dossier that papers are made of.
pub(super) struct Opened {
    pub dossier: Dossier,
    pub procedure: Procedure,
    pub commune: String,
}

impl App {
    /// The receipt of a dossier (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*): of the day of its receipt, with the day promised then.
    pub async fn receipt(
        self: &Arc<Self>,
        code: &DossierCode,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let opened = self.opened(code, (Duty::File, &FILED), query).await?;
        let dossier = &opened.dossier;
        let steps = self.store.dossier_steps(dossier.dossier_id).await?;
        let received_at = dossier
            .received_at
            .ok_or_else(|| PaperError::NotReceived(code.clone()))?;
        let is_receipt = |step: &&StepRow| {
            [Stage::Received, Stage::Assigned]
                .iter()
                .any(|stage| stage.name() == step.to_step)
        };
        let taken = steps.iter().find(is_receipt);
        let papers = self.store.papers(dossier.dossier_id).await?;
        let receipt = Receipt {
            day: day_of(received_at),
            officer: taken.map_or_else(|| query.officer.name.clone(), |step| step.actor.clone()),
            working_days: match opened.procedure.deadline {
                Deadline::Days(days) => Some(days),
                Deadline::SameDay { .. } => None,
            },
            result_at: format!("{} ({})", self.documents.office().agency, dossier.branch),
            papers: papers.into_iter().map(paper_in).collect(),
            dossier: opened.facts(received_at, taken.and_then(|step| step.due_at)),
        };
        let about = self.about(format!("Hồ sơ {code}"), dossier, query).await?;
        self.issue(receipt, about).await
    }

    /// The letter that puts off the day of a late result (*phiếu xin lỗi và hẹn lại ngày trả kết quả*).
    pub async fn apology(
        self: &Arc<Self>,
        code: &DossierCode,
        late: &Late,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let opened = self.opened(code, (Duty::Handle, &FILED), query).await?;
        let day = self.paper_day().await?;
        check_late(late, (day, &opened.procedure.calendar))?;
        let dossier = &opened.dossier;
        let now = OffsetDateTime::now_utc();
        let late_since = dossier
            .due_at
            .filter(|due| *due < dossier.ended_at.unwrap_or(now));
        let (Some(received_at), Some(due_at)) = (dossier.received_at, late_since) else {
            return Err(PaperError::NotLate(code.clone()));
        };
        let apology = Apology {
            day,
            reason: late.reason.trim().to_owned(),
            new_due: late.new_due,
            officer: query.officer.name.clone(),
            dossier: opened.facts(received_at, Some(due_at)),
        };
        let about = self.about(format!("Hồ sơ {code}"), dossier, query).await?;
        self.issue(apology, about).await
    }

    /// The drawing of a dossier's plan; of what was committed, where the plan is approved.
    pub async fn dossier_drawing(
        self: &Arc<Self>,
        code: &DossierCode,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let planned = self.plan_seen_by(query.officer, code).await?;
        match planned.row.approval {
            Some(approval) => {
                self.operation_drawing(approval.land_operation_id, query)
                    .await
            }
            None => self.draft_drawing(code, planned.report, query).await,
        }
    }

    /// Opens a dossier for a paper of it. The reading is in the ledger before it is answered, a refused one too.
    pub(super) async fn opened(
        &self,
        code: &DossierCode,
        (duty, printed): (Duty, &[&str]),
        query: &PaperQuery<'_>,
    ) -> Result<Opened, PaperError> {
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let ground = ground(&dossier, query.officer);
        let denial = query.officer.may_at(duty, ground).err();
        let shown = if denial.is_none() { printed } else { &[] };
        let shown: Vec<String> = shown.iter().map(|field| (*field).to_owned()).collect();
        let entry = AccessEntry {
            actor: &query.officer.name,
            audience: Audience::Officer.name(),
            service: "document",
            purpose: Some(Purpose::DOSSIER_HANDLING.as_str()),
            dossier: Some(code.as_str()),
            request: query.request,
            parcel_id: None,
            fields: &shown,
            position: self.store.position().await?,
            outcome: if denial.is_none() {
                "answered"
            } else {
                "denied"
            },
        };
        self.store.record_access(&entry).await?;
        if let Some(denial) = denial {
            return Err(denial.into());
        }
        let procedure = self.procedure_of(&dossier).await?;
        let commune = self.commune_name(&dossier.commune_code).await?;
        Ok(Opened {
            dossier,
            procedure,
            commune,
        })
    }

    /// What a commune is called; its code, where nothing is known of it.
    pub(super) async fn commune_name(&self, code: &str) -> Result<String, PaperError> {
        let Ok(known) = CommuneCode::parse(code) else {
            return Ok(code.to_owned());
        };
        let commune = self.store.snapshot().await?.commune(known).await?;
        Ok(commune.map_or_else(|| code.to_owned(), |commune| commune.name))
    }

    /// What is noted of a dossier's paper.
    pub(super) async fn about<'q>(
        &self,
        subject: String,
        dossier: &Dossier,
        query: &PaperQuery<'q>,
    ) -> Result<About<'q>, PaperError> {
        Ok(About {
            subject,
            commune: dossier.commune_code.clone(),
            parcels: Vec::new(),
            certificate_id: None,
            dossier: Some(dossier.code.to_string()),
            officer: &query.officer.name,
            position: self.store.position().await?,
        })
    }
}

impl Opened {
    fn facts(&self, received_at: OffsetDateTime, due_at: Option<OffsetDateTime>) -> DossierFacts {
        DossierFacts {
            code: self.dossier.code.to_string(),
            procedure: self.procedure.name_vi.clone(),
            applicant: self.dossier.applicant_name.clone(),
            address: None,
            phone: self.dossier.phone.clone(),
            commune: self.commune.clone(),
            received_at,
            due_at,
        }
    }
}

fn paper_in(row: PaperRow) -> PaperIn {
    let form = match row.copy_kind {
        0 => "Bản chính",
        1 => "Bản sao",
        _ => "Bản điện tử",
    };
    PaperIn {
        name: row.name,
        form: form.to_owned(),
        count: 1,
    }
}

fn check_late(late: &Late, (today, calendar): (Date, &Calendar)) -> Result<(), PaperError> {
    let mut faults = Vec::new();
    let reason = late.reason.trim();
    if !(1..=REASON_CHARS).contains(&reason.chars().count()) || reason.contains('\0') {
        faults.push(format!("reason has 1 to {REASON_CHARS} characters"));
    }
    if late.new_due <= today {
        faults.push(format!("new_due is after today, {today}"));
    }
    if !calendar.is_worked(late.new_due) {
        faults.push(format!("the office does not work on {}", late.new_due));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(DossierError::Unreadable(faults).into())
}

/// The day in Viet Nam.
pub(super) fn day_of(at: OffsetDateTime) -> Date {
    UtcOffset::from_hms(7, 0, 0)
        .map_or(at, |offset| at.to_offset(offset))
        .date()
}
