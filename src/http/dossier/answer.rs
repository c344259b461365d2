//! A dossier as JSON.

use crate::app::dossier::Case;
use crate::domain::{Deadline, Verb};
use crate::store::{PauseRow, Reservation, StepRow};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

/// A moment in Viet Nam, RFC 3339.
pub fn moment(at: OffsetDateTime) -> String {
    let offset = UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC);
    let at = at.to_offset(offset);
    at.replace_nanosecond(at.microsecond() * 1000)
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A name in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// The code.
    code: String,
    /// Vietnamese.
    name_vi: String,
    /// English.
    name_en: String,
}

/// Who files.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicantAnswer {
    name: String,
    no: Option<String>,
    phone: Option<String>,
}

/// One step that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepAnswer {
    version: i32,
    verb: String,
    from_step: Option<String>,
    to_step: String,
    status: i16,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    due_at: Option<String>,
    at: String,
}

/// A time that does not count.
#[derive(Debug, Serialize, ToSchema)]
pub struct PauseAnswer {
    from: String,
    until: Option<String>,
    reason: String,
}

/// A dossier that reserves a parcel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReservationAnswer {
    parcel_id: i64,
    /// The dossier's code.
    dossier: String,
    /// Who has it.
    officer: Option<String>,
    since: String,
    /// Until when, as far as that is known.
    due_at: Option<String>,
}

/// A dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierAnswer {
    /// The code that it is known by everywhere.
    code: String,
    /// Grows with every step; the ETag.
    version: i32,
    is_numbered_here: bool,
    procedure: Named,
    /// The procedure's code as it was given.
    procedure_code: String,
    commune: String,
    province: Option<String>,
    agency: String,
    branch: String,
    channel: i16,
    paper_reason: Option<String>,
    applicant: ApplicantAnswer,
    summary: Option<String>,
    /// The national status: its number as text.
    status: Named,
    /// Where it stands inside the office.
    step: Named,
    /// Who has it.
    officer: Option<String>,
    filed_at: String,
    received_at: Option<String>,
    /// When it is due; none before receipt and while the clock stands.
    due_at: Option<String>,
    /// Why the clock stands.
    paused_for: Option<String>,
    is_late: bool,
    is_extended: bool,
    /// Working days that the procedure may take; none where it is done on the day.
    days: Option<u32>,
    /// Law and article of the deadline.
    deadline_source: String,
    worked_minutes: Option<i64>,
    supplements: i32,
    ended_at: Option<String>,
    parcels: Vec<i64>,
    /// Open dossiers that were received earlier and reserve parcels of it.
    reserved_by: Vec<ReservationAnswer>,
    /// The steps that are allowed now.
    allowed: Vec<&'static str>,
    steps: Vec<StepAnswer>,
    pauses: Vec<PauseAnswer>,
}

impl DossierAnswer {
    /// A dossier with everything that belongs to it.
    pub fn of(case: Case) -> Self {
        let Case {
            dossier,
            pauses,
            steps,
            procedure,
            worked_minutes,
            is_late,
            before_it,
        } = case;
        let (status_vi, status_en) = dossier.status.names();
        let step = procedure
            .steps
            .iter()
            .find(|named| named.step == dossier.step);
        let step_name = |name: fn(&crate::store::StepName) -> &String| {
            step.map(name).cloned().unwrap_or_default()
        };
        Self {
            code: dossier.code.to_string(),
            version: dossier.version,
            is_numbered_here: dossier.is_numbered_here,
            procedure_code: dossier.procedure_code,
            commune: dossier.commune_code,
            province: dossier.province_code,
            agency: dossier.agency,
            branch: dossier.branch,
            channel: dossier.channel,
            paper_reason: dossier.paper_reason,
            applicant: ApplicantAnswer {
                name: dossier.applicant_name,
                no: dossier.applicant_no,
                phone: dossier.phone,
            },
            summary: dossier.summary,
            status: Named {
                code: dossier.status.number().to_string(),
                name_vi: status_vi.to_owned(),
                name_en: status_en.to_owned(),
            },
            step: Named {
                code: dossier.step.to_string(),
                name_vi: step_name(|named| &named.name_vi),
                name_en: step_name(|named| &named.name_en),
            },
            officer: dossier.officer,
            filed_at: moment(dossier.filed_at),
            received_at: dossier.received_at.map(moment),
            due_at: dossier.due_at.map(moment),
            paused_for: dossier.paused_for,
            is_late,
            is_extended: dossier.is_extended,
            days: match procedure.deadline {
                Deadline::Days(days) => Some(days),
                Deadline::SameDay { .. } => None,
            },
            deadline_source: procedure.source,
            worked_minutes,
            supplements: dossier.supplements,
            ended_at: dossier.ended_at.map(moment),
            parcels: dossier.parcels.into_iter().map(i64::from).collect(),
            reserved_by: before_it.into_iter().map(ReservationAnswer::from).collect(),
            allowed: Verb::allowed(dossier.step).map(Verb::name).collect(),
            steps: steps.into_iter().map(StepAnswer::from).collect(),
            pauses: pauses.into_iter().map(PauseAnswer::from).collect(),
            procedure: Named {
                code: procedure.code,
                name_vi: procedure.name_vi,
                name_en: procedure.name_en,
            },
        }
    }
}

impl From<StepRow> for StepAnswer {
    fn from(row: StepRow) -> Self {
        Self {
            version: row.version,
            verb: row.verb,
            from_step: row.from_step,
            to_step: row.to_step,
            status: row.to_status,
            by: row.actor,
            on_behalf_of: row.on_behalf_of,
            reason: row.reason,
            due_at: row.due_at.map(moment),
            at: moment(row.at),
        }
    }
}

impl From<PauseRow> for PauseAnswer {
    fn from(row: PauseRow) -> Self {
        Self {
            from: moment(row.started_at),
            until: row.ended_at.map(moment),
            reason: row.reason,
        }
    }
}

impl From<Reservation> for ReservationAnswer {
    fn from(reservation: Reservation) -> Self {
        Self {
            parcel_id: reservation.parcel_id.into(),
            dossier: reservation.code.to_string(),
            officer: reservation.officer,
            since: moment(reservation.since),
            due_at: reservation.due_at.map(moment),
        }
    }
}
