//! Deadlines, calendars, numbers and absences, as the offices set them.

use super::moving::{due, held_procedure};
use super::{DossierError, local};
use crate::app::App;
use crate::domain::{DossierCode, Pause, Verb};
use crate::policy::{Area, Denial, Duty, Ground, Officer, identity};
use crate::store::{CalendarDay, Delegation, Dossier, Entry, ProcedureRule, StoreError};
use time::{Date, Duration, OffsetDateTime};

/// The longest absence, in days: as long as a token issued here lives where nothing else is said. Who is away for longer is
/// succeeded, not represented.
const LONGEST_ABSENCE_DAYS: i64 = 90;

impl App {
    /// The rules of procedures, for the country and a province.
    pub async fn procedure_rules(
        &self,
        province: Option<&str>,
    ) -> Result<Vec<ProcedureRule>, DossierError> {
        Ok(self.store.procedure_rules(province).await?)
    }

    /// Puts a rule in force for a province, or, by officers of the whole register, for the country.
    pub async fn put_procedure_rule(
        &self,
        officer: &Officer,
        rule: &ProcedureRule,
    ) -> Result<(), DossierError> {
        may_rule(officer, rule.province_code.as_deref())?;
        let mut faults = Vec::new();
        if !(1..=400).contains(&rule.max_days)
            || !(0..=400).contains(&rule.remote_days)
            || !(0..=400).contains(&rule.extended_days)
        {
            faults.push("max_days is 1 to 400, remote_days and extended_days 0 to 400".to_owned());
        }
        if rule
            .valid_until
            .is_some_and(|until| until <= rule.valid_from)
        {
            faults.push("valid_until is after valid_from".to_owned());
        }
        if [&rule.name_vi, &rule.name_en, &rule.source]
            .iter()
            .any(|text| text.trim().is_empty())
        {
            faults.push(
                "name_vi, name_en and source (decision and article) must be given".to_owned(),
            );
        }
        if !faults.is_empty() {
            return Err(DossierError::Unreadable(faults));
        }
        match self.store.put_procedure_rule(rule).await {
            Err(StoreError::Taken(_)) => Err(DossierError::Unreadable(vec![
                "a rule that begins later stands in the way: give valid_until".to_owned(),
            ])),
            done => Ok(done?),
        }
    }

    /// The days of some time that are not as the week has them.
    pub async fn calendar_days(
        &self,
        province: Option<&str>,
        days: (Date, Date),
    ) -> Result<Vec<CalendarDay>, DossierError> {
        Ok(self.store.calendar_days(province, days).await?)
    }

    /// Says of a day how it is, and counts the due times anew that this moves. Gives how many.
    pub async fn put_calendar_day(
        &self,
        officer: &Officer,
        day: &CalendarDay,
    ) -> Result<usize, DossierError> {
        may_rule(officer, day.province_code.as_deref())?;
        if [&day.name_vi, &day.name_en, &day.source]
            .iter()
            .any(|text| text.trim().is_empty())
        {
            let fault = "name_vi, name_en and source (the decision) must be given";
            return Err(DossierError::Unreadable(vec![fault.to_owned()]));
        }
        self.store.put_calendar_day(day).await?;
        let mut moved = 0;
        for code in self.store.running(day.province_code.as_deref()).await? {
            moved += usize::from(self.recount(officer, &code, day).await?);
        }
        Ok(moved)
    }

    /// Counts a dossier's due time anew; gives whether it moved.
    async fn recount(
        &self,
        officer: &Officer,
        code: &DossierCode,
        day: &CalendarDay,
    ) -> Result<bool, DossierError> {
        let mut held = self.hold_dossier(code, None).await?;
        let procedure = held_procedure(&mut held).await?;
        let pauses = held.standing.pauses.iter().map(|row| Pause {
            from: local(row.started_at),
            until: row.ended_at.map(local),
        });
        let due_at = due(
            &held.standing.dossier,
            &pauses.collect::<Vec<_>>(),
            &procedure,
        );
        if due_at == held.standing.dossier.due_at {
            return Ok(false);
        }
        let after = Dossier {
            due_at,
            version: held.standing.dossier.version + 1,
            ..held.standing.dossier.clone()
        };
        let reason = format!("{}: {}", day.day, day.source);
        let entry = Entry {
            verb: Verb::Recount,
            actor: &officer.name,
            on_behalf_of: None,
            reason: Some(&reason),
            at: held.standing.now,
        };
        held.advance(&after, &entry).await?;
        held.commit().await?;
        Ok(true)
    }

    /// Says under which code a province's dossiers are numbered here from today on; none ends it.
    pub async fn put_numbering(
        &self,
        officer: &Officer,
        province: &str,
        agency: Option<&str>,
    ) -> Result<(), DossierError> {
        may_rule(officer, Some(province))?;
        if let Some(agency) = agency {
            let code =
                DossierCode::of(agency, Date::MIN.replace_year(2000).unwrap_or(Date::MIN), 1);
            code.map_err(|error| DossierError::Unreadable(vec![error.to_string()]))?;
        }
        Ok(self.store.put_numbering(province, agency).await?)
    }

    /// Lets another approve for an approver who is absent.
    pub async fn delegate(
        &self,
        principal: &Officer,
        delegation: &Delegation,
    ) -> Result<i64, DossierError> {
        principal.may(Duty::Approve)?;
        let mut faults = Vec::new();
        if delegation.until <= delegation.from || delegation.until <= OffsetDateTime::now_utc() {
            faults.push("until is after from, and to come".to_owned());
        }
        if delegation.until - delegation.from > Duration::days(LONGEST_ABSENCE_DAYS) {
            faults.push(format!(
                "until is {LONGEST_ABSENCE_DAYS} days after from at most"
            ));
        }
        if identity(&delegation.delegate) == principal.identity()
            || delegation.delegate.trim().is_empty()
        {
            faults.push("delegate is somebody else".to_owned());
        }
        if delegation.reason.trim().is_empty() {
            faults.push("reason must be given".to_owned());
        }
        if !faults.is_empty() {
            return Err(DossierError::Unreadable(faults));
        }
        Ok(self.store.delegate(principal, delegation).await?)
    }

    /// The absences that last or are to come: of the officer, or to the officer; for planners those of their area.
    pub async fn delegations(&self, officer: &Officer) -> Result<Vec<Delegation>, DossierError> {
        officer.may(Duty::See)?;
        let mut shown = Vec::new();
        for delegation in self.store.absences().await? {
            let both = [&delegation.principal, &delegation.delegate];
            let is_own = both.iter().any(|one| identity(one) == officer.identity());
            if is_own || self.plans(officer, &delegation).await?.is_ok() {
                shown.push(delegation);
            }
        }
        Ok(shown)
    }

    /// Ends an absence before its time: by who was absent, or by a planner of the place.
    pub async fn end_delegation(&self, officer: &Officer, id: i64) -> Result<(), DossierError> {
        let absences = self.store.absences().await?;
        let absence = absences.into_iter().find(|one| one.delegation_id == id);
        let absence = absence.ok_or(DossierError::NoDelegation(id))?;
        if identity(&absence.principal) != officer.identity() {
            self.plans(officer, &absence).await??;
        }
        Ok(self.store.end_delegation(id, &officer.name).await?)
    }

    /// Whether an officer keeps the rules everywhere that an absent approver is competent.
    async fn plans(
        &self,
        officer: &Officer,
        absence: &Delegation,
    ) -> Result<Result<(), Denial>, DossierError> {
        if let (Some(_), Some(places)) = (&officer.areas, &absence.areas) {
            for place in places {
                let commune = place.to_string();
                let province = match place {
                    Area::Province(province) => Some(province.clone()),
                    Area::Commune(_) => self.store.commune_province(&commune).await?.flatten(),
                };
                let province = province.as_deref();
                let ground = Ground {
                    province,
                    commune: &commune,
                };
                if let Err(denial) = officer.may_at(Duty::Rules, ground) {
                    return Ok(Err(denial));
                }
            }
            return Ok(officer.may(Duty::Rules));
        }
        Ok(may_rule(officer, None))
    }
}

/// Rules of a province are its planners'; those of the country belong to planners of the whole register.
fn may_rule(officer: &Officer, province: Option<&str>) -> Result<(), Denial> {
    officer.may(Duty::Rules)?;
    let Some(areas) = &officer.areas else {
        return Ok(());
    };
    let is_own =
        province.is_some_and(|province| areas.iter().any(|area| area.to_string() == province));
    if is_own {
        return Ok(());
    }
    Err(Denial::Area {
        officer: officer.name.clone(),
        place: province.map_or_else(
            || "the whole country".to_owned(),
            |province| format!("province {province}"),
        ),
    })
}
