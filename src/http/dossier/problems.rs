//! What goes wrong with dossiers, as problems.

use super::super::{Problem, desk};
use super::plan;
use crate::app::dossier::DossierError;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

impl From<DossierError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each problem")]
    fn from(error: DossierError) -> Self {
        let detail = error.to_string();
        match error {
            DossierError::App(error) => error.into(),
            DossierError::Denied(denial) => denial.into(),
            DossierError::Unreadable(_) => Self::bad_parameter(detail),
            DossierError::NoSuchDossier(_) => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-dossier",
                "No such dossier",
                detail,
            ),
            DossierError::NoSuchProcedure(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-such-procedure",
                "No such procedure is in force",
                format!("{detail}: /api/v1/procedures lists them"),
            ),
            DossierError::NoSuchCommune(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-such-commune",
                "No such commune",
                detail,
            ),
            DossierError::NoSuchParcels(parcels) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "parcels-not-current",
                "Some parcels are not current",
                format!("{detail}: their lineage says what became of them"),
            )
            .with(Map::from_iter([(
                "parcels".to_owned(),
                parcels
                    .into_iter()
                    .map(|id| Value::from(i64::from(id)))
                    .collect(),
            )])),
            DossierError::PaperReasonMissing(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "paper-reason-missing",
                "Say why it is on paper",
                detail,
            ),
            DossierError::NotNumberedHere(_) => Self::new(
                StatusCode::CONFLICT,
                "not-numbered-here",
                "Dossiers are not numbered here",
                detail,
            ),
            DossierError::Unconditional { .. } => Self::new(
                StatusCode::PRECONDITION_REQUIRED,
                "dossier-version-missing",
                "Say which version you correct",
                format!("{detail}: send If-Match with its ETag"),
            ),
            DossierError::Stale { .. } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "dossier-changed",
                "The dossier was changed meanwhile",
                format!("{detail}: read it again"),
            ),
            DossierError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The key belongs to another request",
                format!("{detail}: take a new key"),
            ),
            DossierError::WrongMove {
                step,
                status,
                allowed,
                ..
            } => Self::new(
                StatusCode::CONFLICT,
                "wrong-move",
                "Not from where the dossier stands",
                detail,
            )
            .with(Map::from_iter([
                ("step".to_owned(), json!(step)),
                ("dossier_status".to_owned(), json!(status)),
                ("allowed".to_owned(), json!(allowed)),
            ])),
            DossierError::Desk(error) => desk::problem(error),
            DossierError::NoPlan(_) => {
                Self::new(StatusCode::NOT_FOUND, "no-such-plan", "No plan", detail)
            }
            DossierError::PlanChanged { .. } => Self::new(
                StatusCode::CONFLICT,
                "plan-changed",
                "The plan is another one",
                format!("{detail}: read it again"),
            ),
            DossierError::PlanWaits(_) => Self::new(
                StatusCode::CONFLICT,
                "plan-waits",
                "Approve the plan",
                format!("{detail} (POST …/plan/approve)"),
            ),
            DossierError::PlanStale(differences) => Self::new(
                StatusCode::CONFLICT,
                "plan-stale",
                "What the plan relies on has changed",
                format!("{detail}: look at the differences, and plan again"),
            )
            .with(Map::from_iter([(
                "differences".to_owned(),
                differences.iter().map(plan::difference).collect(),
            )])),
            DossierError::NoSlip { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-slip",
                "No such slip",
                detail,
            ),
            DossierError::NoNotice { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-notice",
                "No such notice",
                detail,
            ),
            DossierError::NumberReused(_) => Self::new(
                StatusCode::CONFLICT,
                "number-reused",
                "The number belongs to another paper",
                detail,
            ),
            DossierError::NotTheTaxOffice(_) => Self::new(
                StatusCode::FORBIDDEN,
                "not-the-tax-office",
                "Only for the tax office",
                detail,
            ),
            DossierError::NotAPaper => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-a-paper",
                "Neither PDF nor JPEG nor PNG",
                detail,
            ),
            DossierError::NoPaper { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-attachment",
                "No such paper",
                detail,
            ),
            DossierError::TooMany => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-tries",
                "Too often",
                detail,
            ),
            DossierError::WrongProof => Self::new(
                StatusCode::FORBIDDEN,
                "wrong-proof",
                "Not the applicant's digits",
                detail,
            ),
            DossierError::NoPosting(_) => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-posting",
                "No such list",
                detail,
            ),
            DossierError::PostingEnded(_) => Self::new(
                StatusCode::CONFLICT,
                "posting-ended",
                "The list does not hang any more",
                detail,
            ),
            DossierError::NotDone(_) => {
                Self::new(StatusCode::CONFLICT, "not-done", "Not done yet", detail)
            }
            DossierError::RatedAlready(_) => Self::new(
                StatusCode::CONFLICT,
                "rated-already",
                "Rated before",
                detail,
            ),
            DossierError::NoMessage(_) => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-message",
                "No such message",
                detail,
            ),
            DossierError::NoDelegation(_) => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-delegation",
                "No such delegation",
                detail,
            ),
            DossierError::ReasonMissing(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "reason-missing",
                "Say why",
                detail,
            ),
            DossierError::FourEyes(_) => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "Another officer must do this",
                detail,
            ),
        }
    }
}
