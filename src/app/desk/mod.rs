//! The land office's desk: operations on land and rights, planned, checked and committed as one.

mod carry;
mod competence;
mod drawing;
mod least;
mod mentioned;
mod piece;
mod plan;
mod report;
mod rights;
mod rules;
mod sheets;
mod survey;
mod violation;

pub use report::Report;

pub(super) use self::carry::write;
pub(super) use self::competence::{check_area, check_current, check_free, grounds};
use self::mentioned::mentioned;
pub(super) use self::plan::{Found, Numbers, Plan};
use super::{App, AppError, ReadError};
use crate::domain::{
    CommuneCode, DossierCode, LandOperation, ParcelId, ParcelRef, Position, Revision,
    RightsRevision, SheetId,
};
use crate::policy::{Audience, Denial, Duty, Field, Officer, Purpose};
use crate::store::{
    AccessEntry, HeldParcel, Holding, OperationEntry, Reach, Reservation, StoreError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

/// No numbers are kept for what is not planned in a dossier.
const NONE_KEPT: &Numbers = &Numbers::new();
/// The most operations, and parcels named in them, that are taken at once.
const OPERATIONS: usize = 20;
const PARCELS: usize = 200;
/// The longest code of a dossier.
const DOSSIER_CHARS: usize = 100;

/// Operations that are committed together or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// One after the other; only what they leave is judged.
    pub operations: Vec<LandOperation>,
    /// The dossier's code.
    #[serde(default)]
    pub dossier: Option<String>,
}

impl Wanted {
    /// The dossier that it is for, where that may have a plan.
    fn own_dossier(&self) -> Option<DossierCode> {
        DossierCode::parse(self.dossier.as_deref()?).ok()
    }
}

/// What an officer saw of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub parcel_id: ParcelId,
    /// Its revision.
    pub revision: Revision,
    /// What changes with its rights and all that lies on it; none where only the land was seen, which is enough for operations on
    /// land.
    pub rights: Option<RightsRevision>,
}

/// Who asks, and what they rely on.
#[derive(Debug, Clone)]
pub struct Signed<'a> {
    /// The officer.
    pub officer: &'a Officer,
    /// What the officer saw.
    pub seen: &'a [Seen],
    /// A second request with the same key is answered as the first.
    pub key: Option<&'a str>,
}

/// Why operations were not committed.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// Not this officer's to do.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Too many operations or parcels at once, or none; or no dossier's code.
    #[error(
        "at most {OPERATIONS} operations on and into {PARCELS} parcels are taken at once, and one at least; a dossier's code has at \
         most {DOSSIER_CHARS} letters, digits and marks"
    )]
    Size,
    /// An operation on rights that names no parcel.
    #[error("a {0} is about parcels: name one at least")]
    NoParcel(&'static str),
    /// An operation on whole sheets among others.
    #[error(
        "renumbering a sheet and merging communes is committed alone: send it without other operations"
    )]
    NotAlone,
    /// Somebody else holds the parcels' communes for long.
    #[error("somebody else works on these parcels' communes")]
    Busy,
    /// No such current parcel.
    #[error("there is no current parcel {0}")]
    NoSuchParcel(ParcelId),
    /// The request does not say which revision of a parcel it relies on.
    #[error("the request does not say which revision of parcel {0} it relies on")]
    Unconditional(ParcelId),
    /// A parcel was changed since.
    #[error("parcel {parcel_id} was changed meanwhile: its revision is {}", .now.0)]
    Stale {
        /// Which.
        parcel_id: ParcelId,
        /// Its revision now.
        now: Revision,
    },
    /// The request does not say which state of a parcel's rights it relies on.
    #[error("the request does not say which state of the rights in parcel {0} it relies on")]
    RightsUnseen(ParcelId),
    /// A parcel's rights were changed since.
    #[error("the rights in parcel {parcel_id} were changed meanwhile: their revision is {}", .now.0)]
    RightsStale {
        /// Which.
        parcel_id: ParcelId,
        /// Their revision now.
        now: RightsRevision,
    },
    /// A text holds a zero character.
    #[error("a text holds a zero character, which no register can hold")]
    Text,
    /// The key belongs to another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Open dossiers reserve parcels.
    #[error("parcel {} is reserved by dossier {}", .0.parcel_id, .0.code)]
    Reserved(Box<Reservation>),
    /// The plan breaks rules.
    #[error("the plan breaks rules of the register")]
    Unlawful(Box<Report>),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::Taken(_) => Self::KeyReused,
            error => Self::App(AppError::Store(error)),
        }
    }
}

/// Who reads names in a report.
struct Reading<'r> {
    officer: &'r str,
    /// As the ledger keeps it.
    request: &'r str,
    is_denied: bool,
}

/// What was committed.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The entry of history.
    pub operation_id: i64,
    /// What came of it.
    pub report: Value,
    /// Whether it was committed by an earlier request with the same key.
    pub is_repeated: bool,
}

impl App {
    /// What operations would do now, and everything that is wrong with it. Nothing is changed.
    pub async fn rehearse(
        &self,
        wanted: &Wanted,
        signed: &Signed<'_>,
    ) -> Result<Report, DeskError> {
        if let Some(moves) = sheets::moves(wanted)? {
            self.check_sheets(&moves, signed.officer, tried(signed.officer))
                .await?;
            return self.rehearse_sheets(wanted, &moves).await;
        }
        let reach = reach(wanted)?;
        let holding = self.store.look(&reach).await?;
        let duty = tried(signed.officer);
        check_area(&wanted.operations, &holding, signed.officer, duty)?;
        // Who prepares a dossier's plan tries it on the parcels that the dossier itself reserves.
        let own = wanted.own_dossier();
        check_free(self.store.reservations(&reach.parcels).await?, own.as_ref())?;
        check_seen(wanted, &reach.parcels, &holding.parcels, signed.seen, false)?;
        // What is tried for a dossier gets the numbers that its plan would.
        let kept = self.store.kept_numbers(own.as_ref()).await?;
        let mut fitting = Numbers::new();
        let plan = numbered(&wanted.operations, &found(&holding, &kept), &mut fitting);
        let report = Report::of(wanted, &plan, holding.books.position);
        self.record_reading(&signed.officer.name, "POST /api/v1/operations", &report)
            .await?;
        Ok(report)
    }

    /// Who reads a report reads names: that is in the ledger before it is answered.
    async fn record_reading(
        &self,
        officer: &str,
        request: &str,
        report: &Report,
    ) -> Result<(), AppError> {
        if !report.names_parties() {
            return Ok(());
        }
        let reading = Reading {
            officer,
            request,
            is_denied: false,
        };
        self.record_names(&reading, report.position()).await
    }

    async fn record_names(
        &self,
        reading: &Reading<'_>,
        position: Position,
    ) -> Result<(), AppError> {
        let fields = [Field::PartyName, Field::Share, Field::CertificateSerial];
        let fields = fields.iter().filter(|_| !reading.is_denied);
        let fields: Vec<String> = fields.map(|field| field.name().to_owned()).collect();
        let entry = AccessEntry {
            actor: reading.officer,
            audience: Audience::Officer.name(),
            service: "desk",
            purpose: Some(Purpose::REGISTER_KEEPING.as_str()),
            dossier: None,
            request: reading.request,
            parcel_id: None,
            fields: &fields,
            position,
            outcome: if reading.is_denied {
                "denied"
            } else {
                "answered"
            },
        };
        self.store.record_access(&entry).await?;
        Ok(())
    }

    /// Commits operations as one entry of history. The parcels are as the officer saw them, or nothing is done.
    pub async fn operate(
        self: &Arc<Self>,
        wanted: &Wanted,
        signed: &Signed<'_>,
    ) -> Result<Committed, DeskError> {
        if let Some(moves) = sheets::moves(wanted)? {
            self.check_sheets(&moves, signed.officer, Duty::Operate)
                .await?;
            return self.move_sheets(wanted, &moves, signed).await;
        }
        let reach = reach(wanted)?;
        let (request, digest) = digested(wanted);
        let mut holding = self.store.hold(&reach, self.communes_of(&reach)).await?;
        if let Some(key) = signed.key
            && let Some(entry) = holding.entry(signed.officer.identity(), key).await?
        {
            return repeated(entry, &digest);
        }
        check_area(&wanted.operations, &holding, signed.officer, Duty::Operate)?;
        check_free(holding.reservations(&reach.parcels).await?, None)?;
        check_seen(wanted, &reach.parcels, &holding.parcels, signed.seen, true)?;
        let (parcels, neighbours) = (take(&mut holding.parcels), take(&mut holding.neighbours));
        let (sheets, books) = (take(&mut holding.sheets), holding.books.clone());
        let found = Found {
            parcels: &parcels,
            neighbours: &neighbours,
            sheets: &sheets,
            books: &books,
            numbers: NONE_KEPT,
        };
        let plan = planned(&wanted.operations, &found);
        let mut report = Report::of(wanted, &plan, books.position);
        if !plan.is_lawful() {
            drop(holding);
            self.record_reading(&signed.officer.name, "POST /api/v1/operations", &report)
                .await?;
            return Err(DeskError::Unlawful(Box::new(report)));
        }
        let operation_id = holding.new_entry().await?;
        carry::write(&mut holding, operation_id, &plan, &mut report).await?;
        report.operation_id = Some(operation_id);
        let report = serde_json::to_value(&report).unwrap_or_default();
        let by = (&*signed.officer.name, wanted.dossier.as_deref(), signed.key);
        holding
            .commit(operation_id, by, (&request, &digest), &report)
            .await?;
        Ok(self.committed(operation_id, report).await)
    }

    /// The communes that parcels lie in as memory has it: a guess that saves reading them twice.
    pub(super) fn communes_of(&self, reach: &Reach) -> BTreeSet<CommuneCode> {
        let state = self.state();
        let parcels = reach.parcels.iter().filter_map(|id| state.parcel(*id));
        let sheets = reach.firsts.iter().map(|(key, _)| key.commune);
        parcels
            .map(|parcel| parcel.commune())
            .chain(sheets)
            .collect()
    }

    /// Shows what was committed.
    async fn committed(self: &Arc<Self>, operation_id: i64, report: Value) -> Committed {
        if let Err(error) = self.catch_up().await {
            // It is committed; whoever follows the feed shows it.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                operation_id,
                "an operation is committed but not visible yet"
            );
        }
        Committed {
            operation_id,
            report,
            is_repeated: false,
        }
    }

    /// An entry of history, read by an officer who is competent where it changed something.
    pub async fn operation(
        &self,
        id: i64,
        officer: &Officer,
    ) -> Result<Option<OperationEntry>, ReadError> {
        let Some(entry) = self.store.operation(id).await? else {
            return Ok(None);
        };
        let position = self.store.position().await?;
        let request = format!("GET /api/v1/operations/{id}");
        let denial = self.denial(officer, &told(&entry.report)).await?;
        let reading = Reading {
            officer: &officer.name,
            request: &request,
            is_denied: denial.is_some(),
        };
        self.record_names(&reading, position).await?;
        match denial {
            Some(denial) => Err(denial.into()),
            None => Ok(Some(entry)),
        }
    }
}

/// The parcels that a report tells of.
fn told(report: &Value) -> Vec<ParcelId> {
    let parts = ["retired", "made", "renewed", "amended"];
    let lines = parts.into_iter().filter_map(|part| report[part].as_array());
    let ids = lines
        .flatten()
        .filter_map(|line| line["parcel_id"].as_i64());
    ids.filter_map(|id| ParcelId::try_from(id).ok()).collect()
}

/// The duty that a rehearsal needs: whoever prepares plans may try them.
fn tried(officer: &Officer) -> Duty {
    if officer.may(Duty::Plan).is_ok() {
        Duty::Plan
    } else {
        Duty::Operate
    }
}

/// The request as it is kept, and its digest.
fn digested(wanted: &Wanted) -> (Value, Vec<u8>) {
    let request = serde_json::to_value(wanted).unwrap_or_default();
    let digest = Sha256::digest(request.to_string()).to_vec();
    (request, digest)
}

/// The parcels and boundaries that are named.
pub(super) fn reach(wanted: &Wanted) -> Result<Reach, DeskError> {
    let operations = || wanted.operations.iter();
    let ids: BTreeSet<ParcelId> = operations()
        .flat_map(|operation| operation.parcels())
        .filter_map(|parcel| match parcel {
            ParcelRef::Id(id) => Some(id),
            ParcelRef::Made { .. } => None,
        })
        .collect();
    let parts = operations().map(LandOperation::parts);
    let parts = parts.fold(0_usize, usize::saturating_add);
    let (mut surveys, mut firsts) = (Vec::new(), Vec::new());
    for operation in operations() {
        match operation {
            LandOperation::Resurvey { surveys: drawn } => surveys.extend(
                drawn
                    .iter()
                    .map(|survey| (survey.parcel, drawing::raw(&survey.rings_m))),
            ),
            LandOperation::RegisterFirst { sheet, rings_m, .. } => {
                firsts.push((*sheet, drawing::raw(rings_m)));
            }
            _ => {}
        }
    }
    let is_named = !ids.is_empty() || !firsts.is_empty();
    let text = serde_json::to_string(&wanted.operations).unwrap_or_default();
    if text.contains("\\u0000") {
        return Err(DeskError::Text);
    }
    let mut nameless = operations().filter(|operation| {
        operation.is_about_rights()
            && operation.parcels().is_empty()
            && !may_name_no_parcel(operation)
    });
    if let Some(operation) = nameless.next() {
        return Err(DeskError::NoParcel(operation.kind()));
    }
    if wanted.operations.is_empty()
        || !(is_named || operations().all(may_name_no_parcel))
        || ids.len() > PARCELS
        || parts > PARCELS
        || wanted.operations.len() > OPERATIONS
        || !has_sound_dossier(wanted)
    {
        return Err(DeskError::Size);
    }
    Ok(Reach {
        parcels: ids.into_iter().collect(),
        surveys,
        firsts,
        mentioned: mentioned(wanted),
    })
}

/// Blocks on certificates and persons name no parcel.
fn may_name_no_parcel(operation: &LandOperation) -> bool {
    matches!(
        operation,
        LandOperation::Block(_) | LandOperation::Unblock(_)
    )
}

fn has_sound_dossier(wanted: &Wanted) -> bool {
    let is_code = |code: &String| {
        code.chars().count() <= DOSSIER_CHARS && !code.chars().any(char::is_control)
    };
    wanted.dossier.iter().all(is_code)
}

fn found<'a>(holding: &'a Holding, numbers: &'a Numbers) -> Found<'a> {
    Found {
        parcels: &holding.parcels,
        neighbours: &holding.neighbours,
        sheets: &holding.sheets,
        books: &holding.books,
        numbers,
    }
}

/// The plan, which may take long for large parcels: other requests go on meanwhile.
pub(super) fn planned<'a>(operations: &[LandOperation], found: &Found<'a>) -> Plan<'a> {
    tokio::task::block_in_place(|| plan::plan(operations, found))
}

/// The plan with the numbers that were kept where it makes as many parcels on the sheet as before, else with new ones.
pub(super) fn numbered<'a>(
    operations: &[LandOperation],
    found: &Found<'a>,
    fitting: &'a mut Numbers,
) -> Plan<'a> {
    let kept = found.numbers;
    let first = planned(operations, found);
    let made = first.numbers();
    let fits = |sheet: &SheetId, numbers: &Vec<i32>| {
        made.get(sheet)
            .is_some_and(|made| made.len() == numbers.len())
    };
    if kept.iter().all(|(sheet, numbers)| fits(sheet, numbers)) {
        return first;
    }
    let of_fitting = kept.iter().filter(|(sheet, numbers)| fits(sheet, numbers));
    fitting.extend(of_fitting.map(|(sheet, numbers)| (*sheet, numbers.clone())));
    let found = Found {
        numbers: fitting,
        ..*found
    };
    planned(operations, &found)
}

/// The parcels are as the officer saw them. Who acts on rights says which state of them was seen.
fn check_seen(
    wanted: &Wanted,
    ids: &[ParcelId],
    held: &[HeldParcel],
    seen: &[Seen],
    must_be_seen: bool,
) -> Result<(), DeskError> {
    let about_rights = wanted
        .operations
        .iter()
        .filter(|operation| operation.is_about_rights())
        .flat_map(LandOperation::parcels);
    let about_rights: BTreeSet<ParcelRef> = about_rights.collect();
    for id in ids {
        let here = held.iter().find(|parcel| parcel.parcel_id == *id);
        let here = here.ok_or(DeskError::NoSuchParcel(*id))?;
        let seen = seen.iter().find(|seen| seen.parcel_id == *id);
        let Some(seen) = seen else {
            if must_be_seen {
                return Err(DeskError::Unconditional(*id));
            }
            continue;
        };
        if seen.revision != here.revision {
            return Err(DeskError::Stale {
                parcel_id: *id,
                now: here.revision,
            });
        }
        match seen.rights {
            Some(rights) if rights != here.rights_revision => {
                return Err(DeskError::RightsStale {
                    parcel_id: *id,
                    now: here.rights_revision,
                });
            }
            None if must_be_seen && about_rights.contains(&ParcelRef::Id(*id)) => {
                return Err(DeskError::RightsUnseen(*id));
            }
            _ => {}
        }
    }
    Ok(())
}

fn repeated(entry: OperationEntry, digest: &[u8]) -> Result<Committed, DeskError> {
    if entry.request_sha256 != digest {
        return Err(DeskError::KeyReused);
    }
    Ok(Committed {
        operation_id: entry.land_operation_id,
        report: entry.report,
        is_repeated: true,
    })
}
