//! The dossiers' desk: taken in, moved from step to step, timed, planned, approved by another.

mod citizens;
mod intake;
mod law;
mod moving;
mod overview;
mod papers;
mod plan;
mod reading;
mod tax;

pub use citizens::{Followed, Rating, Saying};
pub use intake::{Applicant, Filed};
pub use moving::Act;
pub use papers::Paper;
pub use plan::{Difference, Planned, Touched, hex};
pub use reading::Case;
pub use tax::{Declared, Exchange, TaxAsker};

use super::AppError;
use super::desk::DeskError;
use crate::domain::{DossierCode, ParcelId, Stage, Verb};
use crate::policy::{Denial, Ground, Officer};
use crate::store::{Became, Dossier, StoreError};
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// Why something was not done with a dossier.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// Not this officer's to do.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// What was sent is not as it must be: everything that is wrong.
    #[error("{}", .0.join("; "))]
    Unreadable(Vec<String>),
    /// No dossier has this code.
    #[error("there is no dossier {0}")]
    NoSuchDossier(DossierCode),
    /// No such procedure is in force.
    #[error("no procedure {0} is in force here")]
    NoSuchProcedure(String),
    /// No such commune.
    #[error("there is no commune {0} today")]
    NoSuchCommune(String),
    /// Parcels that are not current.
    #[error("these are no current parcels: {}", ids(.0))]
    NoSuchParcels(Vec<ParcelId>),
    /// A fully online procedure was taken in on paper without a reason.
    #[error("procedure {0} is done online: paper intake needs paper_reason")]
    PaperReasonMissing(String),
    /// Nobody numbers dossiers here.
    #[error(
        "dossiers of province {0} are numbered by the one-stop system: put the dossier under its own code"
    )]
    NotNumberedHere(String),
    /// The request does not say which version it relies on.
    #[error("dossier {code} is there, in version {version}, with other content")]
    Unconditional {
        /// Which.
        code: DossierCode,
        /// Its version now.
        version: i32,
    },
    /// The dossier was changed since.
    #[error("dossier {code} was changed meanwhile: its version is {version}")]
    Stale {
        /// Which.
        code: DossierCode,
        /// Its version now.
        version: i32,
    },
    /// The key belongs to another request.
    #[error("the idempotency key was used for another dossier")]
    KeyReused,
    /// Not from where the dossier stands.
    #[error("{verb} is not allowed in step {step} (status {status}): {detail}")]
    WrongMove {
        /// What was to be done.
        verb: Verb,
        /// Where the dossier stands.
        step: Stage,
        /// As everybody else is told.
        status: i16,
        /// What is allowed there.
        allowed: Vec<Verb>,
        /// In words.
        detail: String,
    },
    /// Somebody has to say why.
    #[error("{0} needs a reason")]
    ReasonMissing(Verb),
    /// What the plan does cannot be done.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The dossier has no plan.
    #[error("dossier {0} has no plan")]
    NoPlan(DossierCode),
    /// The plan that is approved is not the one that is stored.
    #[error("the plan of dossier {code} is another one: its digest is {sha256}")]
    PlanChanged {
        /// Which.
        code: DossierCode,
        /// The digest of the plan that is stored.
        sha256: String,
    },
    /// The dossier has a plan, and approving means to commit it.
    #[error("dossier {0} has a plan: approve that")]
    PlanWaits(DossierCode),
    /// What the plan relies on has changed.
    #[error("{} parcels that the plan relies on have changed", .0.len())]
    PlanStale(Vec<Difference>),
    /// The dossier has no such slip.
    #[error("dossier {code} has no slip {slip_no} that waits for the tax office")]
    NoSlip {
        /// Which dossier.
        code: DossierCode,
        /// Which slip.
        slip_no: i32,
    },
    /// The dossier has no such notice.
    #[error("dossier {code} has no notice {notice_no}")]
    NoNotice {
        /// Which dossier.
        code: DossierCode,
        /// Which notice.
        notice_no: String,
    },
    /// Another paper came under the same number before.
    #[error("another paper came under the number {0} before")]
    NumberReused(String),
    /// The client has no agreement as a tax office.
    #[error("client {0} has no agreement as a tax office")]
    NotTheTaxOffice(String),
    /// Neither PDF nor JPEG nor PNG.
    #[error("a paper is a PDF, a JPEG or a PNG, and begins as one")]
    NotAPaper,
    /// The dossier has no such paper.
    #[error("dossier {code} has no paper {ordinal}")]
    NoPaper {
        /// Which dossier.
        code: DossierCode,
        /// Which paper.
        ordinal: i32,
    },
    /// Too often.
    #[error("this was tried too often: wait")]
    TooMany,
    /// Not the applicant's digits.
    #[error(
        "these are not the last four digits of the telephone or number that the dossier was filed with"
    )]
    WrongProof,
    /// No such list.
    #[error("there is no posted list {0}")]
    NoPosting(i64),
    /// The list does not hang any more.
    #[error("objections were taken until {0}")]
    PostingEnded(Date),
    /// There is no result to rate yet.
    #[error("dossier {0} is not done yet")]
    NotDone(DossierCode),
    /// A result is rated once.
    #[error("dossier {0} was rated before")]
    RatedAlready(DossierCode),
    /// No such message.
    #[error("there is no message {0}")]
    NoMessage(i64),
    /// No such absence.
    #[error("there is no delegation {0} that lasts or is to come")]
    NoDelegation(i64),
    /// Nobody approves what they prepared.
    #[error("{0} prepared this dossier and cannot approve or sign it")]
    FourEyes(String),
}

fn ids(parcels: &[ParcelId]) -> String {
    let ids: Vec<String> = parcels.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

impl From<StoreError> for DossierError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Desk(DeskError::Busy),
            error => Self::App(error.into()),
        }
    }
}

/// Where a dossier's land lies: in its commune, or for officers of a commune that took over from it there.
pub(in crate::app) fn ground<'d>(dossier: &'d Dossier, officer: &Officer) -> Ground<'d> {
    let own = Ground {
        province: dossier.province_code.as_deref(),
        commune: &dossier.commune_code,
    };
    competent(own, &dossier.became, officer)
}

/// Of a place and of what became of it, the one where an officer is competent; the place itself, if there is none.
fn competent<'p>(own: Ground<'p>, became: &'p [Became], officer: &Officer) -> Ground<'p> {
    let became = became.iter().map(|became| Ground {
        province: became.province.as_deref(),
        commune: &became.commune,
    });
    let mut places = std::iter::once(own).chain(became);
    let found = places.find(|place| officer.is_competent(*place));
    found.unwrap_or(own)
}

/// The offset of Viet Nam, the same since 1975.
const VIET_NAM: UtcOffset = match UtcOffset::from_hms(7, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// A moment as clocks in Viet Nam show it.
fn local(at: OffsetDateTime) -> PrimitiveDateTime {
    let at = at.to_offset(VIET_NAM);
    PrimitiveDateTime::new(at.date(), at.time())
}
