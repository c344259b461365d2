//! From step to step.

use super::{DossierError, VIET_NAM, ground, local};
use crate::app::App;
use crate::domain::{Deadline, DossierCode, Move, Pause, Stage, Verb, due_at};
use crate::policy::{Denial, Duty, Ground, Officer, identity};
use crate::store::{Delegation, Dossier, Entry, HeldDossier, PauseRow, Procedure, Standing};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

/// The longest reason.
const REASON_CHARS: usize = 2000;

/// What an officer says of a step.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// To whom a dossier is given.
    #[serde(default)]
    pub officer: Option<String>,
}

/// What preparers do: whoever did one of these does not approve.
pub(super) const PREPARING: [Verb; 4] = [Verb::Check, Verb::Plan, Verb::SendToTax, Verb::Notify];

impl App {
    /// Takes a step on a dossier.
    pub async fn step_dossier(
        &self,
        officer: &Officer,
        (code, seen): (&DossierCode, Option<i32>),
        verb: Verb,
        act: &Act,
    ) -> Result<Dossier, DossierError> {
        check_act(verb, act)?;
        let signer = self.signer(officer, verb).await?;
        let mut held = self.hold_dossier(code, seen).await?;
        let preparers = held.actors(&PREPARING).await?;
        let dossier = &held.standing.dossier;
        let place = ground(dossier, officer);
        let on_behalf_of = signer.authority((dossier, &preparers), verb, &[place])?;
        let procedure = held_procedure(&mut held).await?;
        let mut after = moved(&held.standing.dossier, verb, &procedure)?;
        match verb {
            Verb::Assign => after.officer.clone_from(&act.officer),
            Verb::Pause => after.paused_for.clone_from(&act.reason),
            Verb::Resume => after.paused_for = None,
            Verb::Extend => after.is_extended = true,
            Verb::KeepOn if after.paused_for.is_none() => {
                after.paused_for = interrupted(&held.standing.pauses);
            }
            Verb::Approve => {
                check_approval(&held.standing.dossier, &procedure)?;
                check_planless(&mut held).await?;
            }
            _ => {}
        }
        let now = held.standing.now;
        settle(&held.standing, &mut after, &procedure);
        let entry = Entry {
            verb,
            actor: &officer.name,
            on_behalf_of: on_behalf_of.as_deref(),
            reason: act.reason.as_deref().or(act.officer.as_deref()),
            at: now,
        };
        held.advance(&after, &entry).await?;
        held.commit().await?;
        Ok(after)
    }

    /// Holds a dossier, in the version that was seen.
    pub(super) async fn hold_dossier(
        &self,
        code: &DossierCode,
        seen: Option<i32>,
    ) -> Result<HeldDossier, DossierError> {
        let held = self.store.hold_dossier(code).await?;
        let held = held.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        check_version(&held.standing.dossier, seen)?;
        Ok(held)
    }

    /// The procedure of a dossier as it was in force when it was received.
    pub(in crate::app) async fn procedure_of(
        &self,
        dossier: &Dossier,
    ) -> Result<Procedure, DossierError> {
        let (code, place, day) = asked(dossier);
        let procedure = self.store.procedure(code, place, day).await?;
        procedure.ok_or_else(|| DossierError::NoSuchProcedure(code.to_owned()))
    }

    /// An officer with those whom the step may be taken for. Asked for before anything is held: it takes a connection of its own.
    pub(super) async fn signer<'o>(
        &self,
        officer: &'o Officer,
        verb: Verb,
    ) -> Result<Signer<'o>, DossierError> {
        let needs_other = Duty::of(verb) == Duty::Approve && officer.may(Duty::Approve).is_err();
        let absent = if needs_other {
            self.store.delegations(officer.identity()).await?
        } else {
            Vec::new()
        };
        Ok(Signer { officer, absent })
    }
}

/// An officer who takes a step, and the absent approvers whom the officer may approve for now.
pub(super) struct Signer<'o> {
    officer: &'o Officer,
    absent: Vec<Delegation>,
}

impl Signer<'_> {
    /// Whether the officer may take a step on land in all these places, and for which absent approver. Nobody approves what they
    /// prepared.
    pub(super) fn authority(
        &self,
        (dossier, preparers): (&Dossier, &[String]),
        verb: Verb,
        grounds: &[Ground<'_>],
    ) -> Result<Option<String>, DossierError> {
        let (officer, duty) = (self.officer, Duty::of(verb));
        let may = |ground: &Ground<'_>| officer.may_at(duty, *ground);
        let principal = match grounds.iter().try_for_each(may) {
            Ok(()) => None,
            Err(denial) => {
                let is_own = grounds.iter().all(|ground| officer.is_competent(*ground));
                let absent = match denial {
                    Denial::Role { .. } if duty == Duty::Approve && is_own => {
                        self.principal(grounds)
                    }
                    _ => None,
                };
                Some(absent.ok_or(denial)?)
            }
        };
        if matches!(verb, Verb::Approve | Verb::Sign) {
            check_four_eyes(dossier, preparers, &officer.name)?;
            if let Some(principal) = &principal {
                check_four_eyes(dossier, preparers, principal)?;
            }
        }
        Ok(principal)
    }

    /// The absent approver who is competent in all these places.
    fn principal(&self, grounds: &[Ground<'_>]) -> Option<String> {
        let mut absent = self.absent.iter();
        let absent = absent.find(|absent| {
            let principal = Officer {
                areas: absent.areas.clone(),
                ..Officer::everywhere(&absent.principal)
            };
            grounds.iter().all(|ground| principal.is_competent(*ground))
        });
        absent.map(|absent| absent.principal.clone())
    }
}

/// What is asked of the law for a dossier: procedure, place and the day of receipt.
pub(super) fn asked(dossier: &Dossier) -> (&str, (Option<&str>, &str), Date) {
    let day = local(dossier.received_at.unwrap_or(dossier.filed_at)).date();
    let place = (dossier.province_code.as_deref(), &*dossier.commune_code);
    (&dossier.procedure_code, place, day)
}

/// The procedure of a held dossier as it was in force when it was received.
pub(super) async fn held_procedure(held: &mut HeldDossier) -> Result<Procedure, DossierError> {
    let dossier = held.standing.dossier.clone();
    procedure_as_received(held, &dossier).await
}

/// The same for the dossier as it will be.
pub(super) async fn procedure_as_received(
    held: &mut HeldDossier,
    dossier: &Dossier,
) -> Result<Procedure, DossierError> {
    let (code, place, day) = asked(dossier);
    let procedure = held.procedure(code, place, day).await?;
    procedure.ok_or_else(|| DossierError::NoSuchProcedure(code.to_owned()))
}

/// A dossier with a plan is approved by approving that.
async fn check_planless(held: &mut HeldDossier) -> Result<(), DossierError> {
    let plan = held.plan().await?;
    match plan.filter(|plan| plan.approval.is_none()) {
        Some(_) => Err(DossierError::PlanWaits(held.standing.dossier.code.clone())),
        None => Ok(()),
    }
}

/// Nobody approves what they prepared, under whatever name.
fn check_four_eyes(
    dossier: &Dossier,
    preparers: &[String],
    name: &str,
) -> Result<(), DossierError> {
    let mut own = dossier.officer.iter().chain(preparers);
    if own.any(|one| identity(one) == identity(name)) {
        return Err(DossierError::FourEyes(name.to_owned()));
    }
    Ok(())
}

pub(super) fn check_version(dossier: &Dossier, seen: Option<i32>) -> Result<(), DossierError> {
    if seen.is_some_and(|seen| seen != dossier.version) {
        return Err(DossierError::Stale {
            code: dossier.code.clone(),
            version: dossier.version,
        });
    }
    Ok(())
}

fn check_act(verb: Verb, act: &Act) -> Result<(), DossierError> {
    let is_said =
        |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if verb.needs_reason() && !is_said(&act.reason) {
        return Err(DossierError::ReasonMissing(verb));
    }
    let mut faults = Vec::new();
    if (verb == Verb::Assign) != is_said(&act.officer) {
        faults.push("officer says to whom a dossier is assigned, and nothing else".to_owned());
    }
    let texts = [&act.reason, &act.officer];
    if texts
        .into_iter()
        .flatten()
        .any(|text| text.chars().count() > REASON_CHARS || text.contains('\0'))
    {
        faults.push(format!(
            "reason and officer have at most {REASON_CHARS} characters"
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(DossierError::Unreadable(faults))
    }
}

/// What passes the tax office is paid before it is approved.
pub(super) fn check_approval(dossier: &Dossier, procedure: &Procedure) -> Result<(), DossierError> {
    if procedure.needs_tax && dossier.step != Stage::Paid {
        let detail =
            "the procedure passes the tax office: send the slip, wait for notice and payment";
        return Err(wrong_move(dossier, Verb::Approve, detail));
    }
    Ok(())
}

pub(super) fn wrong_move(dossier: &Dossier, verb: Verb, detail: &str) -> DossierError {
    DossierError::WrongMove {
        verb,
        step: dossier.step,
        status: dossier.status.number(),
        allowed: Verb::allowed(dossier.step).collect(),
        detail: detail.to_owned(),
    }
}

/// A dossier after a verb, with the next version; its clock is not settled yet.
pub(super) fn moved(
    before: &Dossier,
    verb: Verb,
    procedure: &Procedure,
) -> Result<Dossier, DossierError> {
    let wrong = |detail: &str| wrong_move(before, verb, detail);
    let allowed = verb.from(before.step);
    let step = match allowed.ok_or_else(|| wrong("it stands elsewhere"))? {
        Move::Stay => before.step,
        Move::Back => before
            .step_before
            .ok_or_else(|| wrong("nobody knows where it was"))?,
        // Whoever had it before papers were asked for goes on.
        Move::To(Stage::Received) if before.officer.is_some() => Stage::Assigned,
        Move::To(step) => step,
    };
    let named = procedure.steps.iter().find(|named| named.step == step);
    let named = named.ok_or_else(|| wrong(&format!("the procedure has no step {step}")))?;
    if !before.status.may_become(named.status) {
        return Err(wrong("the national statuses do not follow each other so"));
    }
    let is_paused = before.paused_for.is_some();
    match verb {
        Verb::Pause if is_paused => return Err(wrong("its clock stands already")),
        Verb::Resume if !is_paused => return Err(wrong("its clock runs")),
        Verb::Extend if procedure.extended_days == 0 || before.is_extended => {
            return Err(wrong(
                "the procedure gives no more time, or gave it already",
            ));
        }
        _ => {}
    }
    let was_paused_by_step = before.step.pause() == before.paused_for.as_deref();
    let paused_for = match step.pause() {
        Some(reason) => Some(reason.to_owned()),
        None if was_paused_by_step => None,
        None => before.paused_for.clone(),
    };
    Ok(Dossier {
        step,
        status: named.status,
        paused_for,
        step_before: (verb == Verb::AskWithdrawal).then_some(before.step),
        supplements: before.supplements + i32::from(verb == Verb::AskSupplement),
        version: before.version + 1,
        ..before.clone()
    })
}

/// Sets what follows from a move: receipt, end, due time.
pub(super) fn settle(held: &Standing, after: &mut Dossier, procedure: &Procedure) {
    let now = held.now;
    if after.received_at.is_none() && matches!(after.step, Stage::Received | Stage::Assigned) {
        after.received_at = Some(now);
    }
    let is_open = after.status.is_open();
    after.ended_at = if is_open {
        None
    } else {
        held.dossier.ended_at.or(Some(now))
    };
    if !is_open {
        after.paused_for = None;
    }
    if is_open {
        after.due_at = due(after, &pauses(&held.pauses, after, now), procedure);
    }
}

/// The pauses as they are after a change of why the clock stands.
fn pauses(rows: &[PauseRow], after: &Dossier, now: OffsetDateTime) -> Vec<Pause> {
    let is_new = |row: &PauseRow| Some(&row.reason) != after.paused_for.as_ref();
    let mut pauses: Vec<Pause> = rows
        .iter()
        .map(|row| Pause {
            from: local(row.started_at),
            until: row.ended_at.or(is_new(row).then_some(now)).map(local),
        })
        .collect();
    if after.paused_for.is_some() && pauses.iter().all(|pause| pause.until.is_some()) {
        pauses.push(Pause {
            from: local(now),
            until: None,
        });
    }
    pauses
}

/// Why the clock stood when the pause that lasts began: what an officer had paused for goes on behind it.
fn interrupted(rows: &[PauseRow]) -> Option<String> {
    let lasting = rows.iter().find(|row| row.ended_at.is_none())?;
    let mut rows = rows.iter();
    let before = rows.find(|row| row.ended_at == Some(lasting.started_at))?;
    Some(before.reason.clone())
}

/// When a dossier is due.
pub(super) fn due(
    dossier: &Dossier,
    pauses: &[Pause],
    procedure: &Procedure,
) -> Option<OffsetDateTime> {
    let deadline = match procedure.deadline {
        Deadline::Days(days) if dossier.is_extended => {
            Deadline::Days(days.saturating_add(procedure.extended_days))
        }
        Deadline::SameDay { cut_off, .. } if dossier.is_extended => Deadline::SameDay {
            cut_off,
            days: procedure.extended_days,
        },
        deadline => deadline,
    };
    let due = due_at(
        local(dossier.received_at?),
        deadline,
        &procedure.calendar,
        pauses,
    )?;
    Some(due.assume_offset(VIET_NAM))
}
