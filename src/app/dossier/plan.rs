//! Plans: stored with the numbers that they need, approved by another officer, committed as they were approved or not at all.

use super::moving::{PREPARING, asked, check_approval, check_version, moved, settle, wrong_move};
use super::{DossierError, ground};
use crate::app::desk::{self, DeskError, Found, Numbers, Plan, Report, Wanted};
use crate::app::{App, AppError, Reader};
use crate::domain::{DossierCode, ParcelId, Revision, SheetId, Verb};
use crate::policy::{Duty, Officer, identity};
use crate::share::{Approved, sign_approval};
use crate::store::{
    Approval, Books, Dossier, DossierChange, Entry, HeldParcel, HeldSheet, Holding, ParcelState,
    PlanRow, Procedure, Standing, StoreError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::Arc;

/// A parcel that a plan relies on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Which.
    pub parcel_id: ParcelId,
    /// Sheet and number.
    pub parcel: String,
    /// The revision that was planned on.
    pub revision: Revision,
    /// Whether an operation names it; a neighbour only takes new corners.
    pub is_named: bool,
    /// The digest of the rights in it, where it is named.
    pub rights_sha256: Option<String>,
}

/// What has changed since a plan was stored.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Which parcel.
    pub parcel_id: ParcelId,
    /// Sheet and number, as planned.
    pub parcel: String,
    /// The parcel as planned on; none where the plan did not touch it.
    pub then: Option<ParcelState>,
    /// The parcel now; none where it is not touched any more.
    pub now: Option<ParcelState>,
    /// Which of its facts differ.
    pub changed: Vec<&'static str>,
}

/// A plan as it is hashed: members in this order.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Canonical {
    dossier: DossierCode,
    plan_no: i32,
    request: Wanted,
    touched: Vec<Touched>,
    report: Value,
}

/// A stored plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// As it was stored.
    pub row: PlanRow,
    /// What is planned.
    pub request: Wanted,
    /// What it relies on.
    pub touched: Vec<Touched>,
    /// What it does.
    pub report: Value,
    /// The numbers that are or were kept for the dossier, with what became of them.
    pub numbers: Vec<(SheetId, i32, String)>,
}

impl App {
    /// Stores a plan in a dossier, with numbers kept for what it makes. An unlawful one is refused with its report.
    pub async fn put_plan(
        &self,
        reader: &Reader<'_>,
        (code, seen): (&DossierCode, Option<i32>),
        wanted: &Wanted,
    ) -> Result<Planned, DossierError> {
        let officer = reader.officer;
        let wanted = Wanted {
            dossier: Some(code.to_string()),
            ..wanted.clone()
        };
        let reach = desk::reach(&wanted)?;
        let ids = reach.parcels.clone();
        let mut holding = self
            .store
            .hold(&reach, self.communes_of(&reach))
            .await
            .map_err(DeskError::from)?;
        let standing = standing(&mut holding, code).await?;
        let before = &standing.dossier;
        officer.may_at(Duty::Plan, ground(before, officer))?;
        check_version(before, seen)?;
        desk::check_area(&wanted.operations, &holding, officer, Duty::Plan)?;
        desk::check_current(&ids, &holding.parcels)?;
        desk::check_free(holding.reservations(&ids).await?, Some(code))?;
        let procedure = procedure(&mut holding, before).await?;
        let mut after = moved(before, Verb::Plan, &procedure)?;
        settle(&standing, &mut after, &procedure);
        // Whatever the plan acts on is the dossier's from now on.
        let parcels: BTreeSet<ParcelId> = before.parcels.iter().chain(&ids).copied().collect();
        after.parcels = parcels.into_iter().collect();
        let last = holding.plan(before.dossier_id).await?;
        let kept = holding.kept_numbers(before.dossier_id).await?;
        let held = Held::taken(&mut holding);
        let mut fitting = Numbers::new();
        let plan = desk::numbered(&wanted.operations, &held.found(&kept), &mut fitting);
        let report = Report::of(&wanted, &plan, holding.books.position);
        if !plan.is_lawful() {
            drop(holding);
            self.read_reports(reader, code).await?;
            return Err(DeskError::Unlawful(Box::new(report)).into());
        }
        let numbers = plan.numbers();
        let canonical = Canonical {
            dossier: code.clone(),
            plan_no: last.map_or(1, |last| last.plan_no + 1),
            touched: touched(&plan, &held.parcels),
            report: serde_json::to_value(&report).unwrap_or_default(),
            request: wanted,
        };
        let row = row(&canonical, &officer.name, standing.now);
        let entry = Entry {
            verb: Verb::Plan,
            actor: &officer.name,
            on_behalf_of: None,
            reason: None,
            at: standing.now,
        };
        holding.keep_numbers(before.dossier_id, &numbers).await?;
        holding.store_plan((before, &after), &row, &entry).await?;
        self.plan(reader, code).await
    }

    /// The plan of a dossier. The reading is in the ledger before it is answered.
    pub async fn plan(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
    ) -> Result<Planned, DossierError> {
        let dossier = self.read_reports(reader, code).await?;
        self.plan_of(dossier.dossier_id, code).await
    }

    /// The plan of a dossier, for who writes the reading into the ledger.
    pub(in crate::app) async fn plan_seen_by(
        &self,
        officer: &Officer,
        code: &DossierCode,
    ) -> Result<Planned, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        officer.may_at(Duty::See, ground(&dossier, officer))?;
        self.plan_of(dossier.dossier_id, code).await
    }

    async fn plan_of(&self, dossier_id: i64, code: &DossierCode) -> Result<Planned, DossierError> {
        let row = self.store.plan(dossier_id).await?;
        let row = row.ok_or_else(|| DossierError::NoPlan(code.clone()))?;
        let Canonical {
            request,
            touched,
            report,
            ..
        } = canonical(&row)?;
        Ok(Planned {
            row,
            request,
            touched,
            report,
            numbers: self.store.plan_numbers(dossier_id).await?,
        })
    }

    /// Approves the plan of this digest and commits it, exactly as it was planned.
    ///
    /// Gives the report, and whether it was approved before by the same officer.
    pub async fn approve_plan(
        self: &Arc<Self>,
        reader: &Reader<'_>,
        code: &DossierCode,
        sha256: &str,
    ) -> Result<(Value, bool), DossierError> {
        reader.officer.may(Duty::Read)?;
        let answer = self.approved_plan(reader.officer, code, sha256).await;
        if matches!(
            answer,
            Ok(_) | Err(DossierError::Desk(DeskError::Unlawful(_)))
        ) {
            // Either shows a report.
            self.read_reports(reader, code).await?;
        }
        answer
    }

    async fn approved_plan(
        self: &Arc<Self>,
        officer: &Officer,
        code: &DossierCode,
        sha256: &str,
    ) -> Result<(Value, bool), DossierError> {
        let (dossier, _) = self
            .store
            .dossier(code)
            .await?
            .ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let planned = self.plan_of(dossier.dossier_id, code).await?;
        check_digest(code, &planned.row, sha256)?;
        if let Some(approval) = &planned.row.approval {
            return self.repeated(officer, &dossier, approval).await;
        }
        let signer = self.signer(officer, Verb::Approve).await?;
        let reach = desk::reach(&planned.request)?;
        let mut holding = self
            .store
            .hold(&reach, self.communes_of(&reach))
            .await
            .map_err(DeskError::from)?;
        let standing = standing(&mut holding, code).await?;
        let before = standing.dossier.clone();
        let row = holding
            .plan(before.dossier_id)
            .await?
            .ok_or_else(|| DossierError::NoPlan(code.clone()))?;
        check_digest(code, &row, sha256)?;
        if let Some(approval) = &row.approval {
            drop(holding);
            return self.repeated(officer, &before, approval).await;
        }
        let preparers = holding.actors(before.dossier_id, &PREPARING).await?;
        // Land of other communes may be among what is planned.
        let place = ground(&before, officer);
        let grounds: Vec<_> = desk::grounds(&holding).chain([place]).collect();
        let on_behalf_of = signer.authority((&before, &preparers), Verb::Approve, &grounds)?;
        let procedure = procedure(&mut holding, &before).await?;
        let mut after = moved(&before, Verb::Approve, &procedure)?;
        check_approval(&before, &procedure)?;
        settle(&standing, &mut after, &procedure);
        let entry = Entry {
            verb: Verb::Approve,
            actor: &officer.name,
            on_behalf_of: on_behalf_of.as_deref(),
            reason: Some(sha256),
            at: standing.now,
        };
        let report = self
            .commit_plan(holding, (&before, &after), &planned, &entry)
            .await?;
        if let Err(error) = self.catch_up().await {
            // It is committed; whoever follows the feed shows it.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, %code, "a plan is committed but not visible yet");
        }
        Ok((report, false))
    }

    /// Checks a plan again and commits it with its dossier's step.
    async fn commit_plan(
        &self,
        mut holding: Holding,
        (before, after): (&Dossier, &Dossier),
        planned: &Planned,
        entry: &Entry<'_>,
    ) -> Result<Value, DossierError> {
        let ids = desk::reach(&planned.request)?.parcels;
        desk::check_free(holding.reservations(&ids).await?, Some(&before.code))?;
        let kept = holding.kept_numbers(before.dossier_id).await?;
        let request = &planned.request;
        let held = Held::taken(&mut holding);
        let plan = desk::planned(&request.operations, &held.found(&kept));
        let now = touched(&plan, &held.parcels);
        if now != planned.touched {
            // What differs is read apart: nobody waits for a second connection with one in hand.
            drop(holding);
            return Err(DossierError::PlanStale(
                self.differences(&planned.touched, &now).await?,
            ));
        }
        let mut report = Report::of(request, &plan, holding.books.position);
        if !plan.is_lawful() {
            return Err(DeskError::Unlawful(Box::new(report)).into());
        }
        let operation_id = holding.new_entry().await?;
        desk::write(&mut holding, operation_id, &plan, &mut report).await?;
        report.operation_id = Some(operation_id);
        let report = serde_json::to_value(&report).unwrap_or_default();
        let approved = Approved {
            dossier: before.code.to_string(),
            plan_no: planned.row.plan_no,
            sha256: hex(&planned.row.sha256),
            approver: entry.actor.to_owned(),
            on_behalf_of: entry.on_behalf_of.map(str::to_owned),
            approved_at: entry.at.unix_timestamp(),
        };
        let approval = Approval {
            signature: sign_approval(&self.key, &approved).map_err(|error| unwritable(&error))?,
            approver: approved.approver,
            on_behalf_of: approved.on_behalf_of,
            land_operation_id: operation_id,
            approved_at: entry.at,
        };
        let plan_no = planned.row.plan_no;
        holding
            .approve_plan((before, after), plan_no, &approval, entry)
            .await?;
        let key = format!("plan {plan_no} of {}", before.code);
        let by = (entry.actor, Some(before.code.as_str()), Some(&*key));
        let asked = serde_json::to_value(request).unwrap_or_default();
        holding
            .commit(operation_id, by, (&asked, &planned.row.sha256), &report)
            .await?;
        Ok(report)
    }

    /// The answer to who approves again what they approved.
    async fn repeated(
        &self,
        officer: &Officer,
        dossier: &Dossier,
        approval: &Approval,
    ) -> Result<(Value, bool), DossierError> {
        if identity(&approval.approver) != officer.identity() {
            let detail = format!("{} has approved the plan", approval.approver);
            return Err(wrong_move(dossier, Verb::Approve, &detail));
        }
        let entry = self.store.operation(approval.land_operation_id).await?;
        let report = entry.map(|entry| entry.report).unwrap_or_default();
        Ok((report, true))
    }

    /// What differs between what a plan relies on and what is there now.
    async fn differences(
        &self,
        then: &[Touched],
        now: &[Touched],
    ) -> Result<Vec<Difference>, DossierError> {
        let mut all: BTreeMap<ParcelId, (Option<&Touched>, Option<&Touched>)> = BTreeMap::new();
        for touched in then {
            all.entry(touched.parcel_id).or_default().0 = Some(touched);
        }
        for touched in now {
            all.entry(touched.parcel_id).or_default().1 = Some(touched);
        }
        let mut differences = Vec::new();
        for (parcel_id, (then, now)) in all {
            if then == now {
                continue;
            }
            let Some(any) = then.or(now) else { continue };
            let (was, is) = self.store.parcel_states(parcel_id, any.revision).await?;
            let mut changed = was.as_ref().zip(is.as_ref()).map(facts).unwrap_or_default();
            let rights = |touched: Option<&Touched>| {
                touched.and_then(|touched| touched.rights_sha256.clone())
            };
            if then.is_some() && now.is_some() && rights(then) != rights(now) {
                changed.push("rights");
            }
            if then.is_none() {
                changed.push("neighbour");
            }
            differences.push(Difference {
                parcel_id,
                parcel: any.parcel.clone(),
                then: was.filter(|_| then.is_some()),
                now: is,
                changed,
            });
        }
        Ok(differences)
    }

    /// What a dossier changed, in order. The reading is in the ledger before it is answered.
    pub async fn dossier_changes(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
    ) -> Result<Vec<DossierChange>, DossierError> {
        self.read_reports(reader, code).await?;
        Ok(self.store.dossier_changes(code).await?)
    }
}

async fn standing(holding: &mut Holding, code: &DossierCode) -> Result<Standing, DossierError> {
    let standing = holding.dossier(code).await?;
    standing.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))
}

/// The procedure of a dossier as it was in force when it was received.
async fn procedure(holding: &mut Holding, dossier: &Dossier) -> Result<Procedure, DossierError> {
    let (code, place, day) = asked(dossier);
    let procedure = holding.procedure(code, place, day).await?;
    procedure.ok_or_else(|| DossierError::NoSuchProcedure(code.to_owned()))
}

fn unwritable(error: &serde_json::Error) -> DossierError {
    DossierError::App(AppError::Store(StoreError::Corrupt(error.to_string())))
}

/// What is held for a plan.
struct Held {
    parcels: Vec<HeldParcel>,
    neighbours: Vec<HeldParcel>,
    sheets: Vec<HeldSheet>,
    books: Books,
}

impl Held {
    fn taken(holding: &mut Holding) -> Self {
        Self {
            parcels: take(&mut holding.parcels),
            neighbours: take(&mut holding.neighbours),
            sheets: take(&mut holding.sheets),
            books: holding.books.clone(),
        }
    }

    fn found<'a>(&'a self, numbers: &'a Numbers) -> Found<'a> {
        Found {
            parcels: &self.parcels,
            neighbours: &self.neighbours,
            sheets: &self.sheets,
            books: &self.books,
            numbers,
        }
    }
}

/// What a plan relies on, by id: what it names, and neighbours that it draws anew.
fn touched(plan: &Plan<'_>, named: &[HeldParcel]) -> Vec<Touched> {
    let beside = plan.renewed.iter().map(|(held, _)| *held);
    let all: BTreeMap<ParcelId, &HeldParcel> = named
        .iter()
        .chain(beside)
        .map(|held| (held.parcel_id, held))
        .collect();
    let is_named = |id: ParcelId| named.iter().any(|held| held.parcel_id == id);
    all.into_values()
        .map(|held| Touched {
            parcel_id: held.parcel_id,
            parcel: format!("{}/{}", held.sheet.key.sheet_no, held.parcel_no),
            revision: held.revision,
            is_named: is_named(held.parcel_id),
            rights_sha256: is_named(held.parcel_id).then(|| rights(held)),
        })
        .collect()
}

/// The digest of the rights in a parcel, of all that lies on it, and of what is known of its holders and certificates.
fn rights(held: &HeldParcel) -> String {
    let rights = held.rights.iter().map(|right| {
        let (id, party) = (i64::from(right.right_id), i64::from(right.party_id));
        let certificate = right.certificate_id.map(i64::from);
        let share = (right.share.numerator(), right.share.denominator());
        format!("{id} {party} {certificate:?} {} {share:?}\n", right.kind)
    });
    let rights: String = rights.collect();
    let state = format!("{}\n{rights}", held.rights_revision.0);
    hex(&Sha256::digest(state))
}

/// Which facts of a parcel differ.
fn facts((then, now): (&ParcelState, &ParcelState)) -> Vec<&'static str> {
    let pairs = [
        ("ended", now.has_ended),
        ("boundary", then.boundary_md5 != now.boundary_md5),
        ("parcel_no", then.parcel_no != now.parcel_no),
        ("land_use", then.land_use != now.land_use),
        ("address", then.address != now.address),
        ("legal_area_m2", then.legal_area != now.legal_area),
        ("computed_area_m2", then.computed_area != now.computed_area),
    ];
    pairs
        .into_iter()
        .filter_map(|(fact, differs)| differs.then_some(fact))
        .collect()
}

fn row(canonical: &Canonical, officer: &str, now: time::OffsetDateTime) -> PlanRow {
    let text = serde_json::to_string(canonical).unwrap_or_default();
    PlanRow {
        plan_no: canonical.plan_no,
        sha256: Sha256::digest(&text).to_vec(),
        canonical: text,
        planned_by: officer.to_owned(),
        planned_at: now,
        approval: None,
    }
}

fn canonical(row: &PlanRow) -> Result<Canonical, DossierError> {
    serde_json::from_str(&row.canonical).map_err(|error| unwritable(&error))
}

fn check_digest(code: &DossierCode, row: &PlanRow, sha256: &str) -> Result<(), DossierError> {
    let stored = hex(&row.sha256);
    if stored == sha256 {
        return Ok(());
    }
    Err(DossierError::PlanChanged {
        code: code.clone(),
        sha256: stored,
    })
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
