//! Keeping the numbers of the law: they are added and ended, never written over.

use super::{App, AppError};
use crate::domain::{NewRule, RuleLine};
use crate::store::StoreError;
use time::Date;
use time::format_description::well_known::Iso8601;

/// The longest citation that is taken.
const SOURCE_CHARS: usize = 500;
/// The kinds of area that decisions tell apart.
const AREA_KINDS: [&str; 3] = ["ward", "plain", "mountain"];

/// Why a number of the law was not added or ended.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// A member that is not as it must be.
    #[error("{0}")]
    Member(String),
    /// Another one is in force for the same place and use.
    #[error(
        "{0} is set already for this place and use on one of these days: end that one first, or begin when it ends"
    )]
    Overlap(String),
    /// Nothing to end.
    #[error(
        "there is no number {0} without an end that began before this day; and no rule ends on a day that is past"
    )]
    NotEndable(i64),
}

impl App {
    /// Numbers of the law: of a rule, for a province, in force on a day.
    pub async fn rules(
        &self,
        rule: Option<&str>,
        province_code: Option<&str>,
        at: Option<Date>,
    ) -> Result<Vec<RuleLine>, AppError> {
        Ok(self.store.rules(rule, province_code, at).await?)
    }

    /// Adds a number; gives its id.
    pub async fn add_rule(&self, new: &NewRule, officer: &str) -> Result<i64, RuleError> {
        let days = checked(new)?;
        let by_place = self.store.rule_is_by_place(&new.rule).await;
        let by_place = by_place.map_err(AppError::from)?.ok_or_else(|| {
            RuleError::Member(format!(
                "rule: the program judges by no rule {:?}",
                new.rule
            ))
        })?;
        let is_placed = [&new.province_code, &new.area_kind, &new.land_use]
            .into_iter()
            .any(Option::is_some);
        if is_placed && !by_place {
            let detail = format!("{} is for the whole country and every use", new.rule);
            return Err(RuleError::Member(detail));
        }
        let added = self.store.add_rule(new, days, officer).await;
        added.map_err(|error| match error {
            StoreError::Taken(rule) => RuleError::Overlap(rule),
            error => RuleError::App(error.into()),
        })
    }

    /// Ends a number on a day that is not past.
    pub async fn end_rule(&self, id: i64, until: &str, officer: &str) -> Result<(), RuleError> {
        let until = day("until", until)?;
        let ended = self.store.end_rule(id, until, officer).await;
        if ended.map_err(AppError::from)? {
            return Ok(());
        }
        Err(RuleError::NotEndable(id))
    }
}

/// The days of a number whose members are as they must be.
fn checked(new: &NewRule) -> Result<(Date, Option<Date>), RuleError> {
    let from = day("valid_from", &new.valid_from)?;
    let until = new.valid_until.as_deref();
    let until = until.map(|until| day("valid_until", until)).transpose()?;
    let digits = |code: &String, count| {
        code.len() == count && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    let source = new.source.trim();
    let fault = if until.is_some_and(|until| until <= from) {
        "valid_until must come after valid_from"
    } else if !new.province_code.iter().all(|code| digits(code, 2)) {
        "province_code must be two digits"
    } else if !new
        .area_kind
        .iter()
        .all(|kind| AREA_KINDS.contains(&&**kind))
    {
        "area_kind must be ward, plain or mountain"
    } else if !(new.value >= 0.0 && new.value <= 1e9) {
        "value must be a number between 0 and 1 000 000 000"
    } else if source.is_empty() || source.chars().count() > SOURCE_CHARS || source.contains('\0') {
        "source must cite the decision, in 500 letters at most"
    } else if !new.land_use.iter().all(|code| is_code(code)) {
        "land_use must be a code such as ONT"
    } else {
        return Ok((from, until));
    };
    Err(RuleError::Member(fault.to_owned()))
}

fn is_code(text: &str) -> bool {
    (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn day(name: &str, text: &str) -> Result<Date, RuleError> {
    let day = Date::parse(text, &Iso8601::DATE).ok();
    let day = day.filter(|day| (1900..3000).contains(&day.year()));
    let fault = || {
        RuleError::Member(format!(
            "{name} must be a day such as 2026-01-01, not {text:?}"
        ))
    };
    day.ok_or_else(fault)
}
