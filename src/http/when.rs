//! Both times of a question: the day in law and the instant of knowledge.

use super::Problem;
use crate::domain::AsOf;
use serde::Deserialize;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime};
use utoipa::IntoParams;

/// Which times are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct When {
    /// The register as it is in law on this day, such as 2024-08-01; today where it is left out.
    #[param(format = Date)]
    pub at: Option<String>,
    /// The register as it was known at this instant, such as 2026-03-01T08:00:00+07:00; now where it is left out.
    #[param(format = DateTime)]
    pub known: Option<String>,
}

impl When {
    /// The times, read.
    pub fn checked(&self) -> Result<AsOf, Problem> {
        Ok(AsOf {
            at: self.at.as_deref().map(day).transpose()?,
            known: self.known.as_deref().map(instant).transpose()?,
        })
    }

    /// The same as the end of a query that has parameters already; empty where none was given.
    pub fn query(&self) -> String {
        let at = self.at.iter().map(|at| ("at", at));
        let known = self.known.iter().map(|known| ("known", known));
        let part =
            |(name, value): (&str, &String)| format!("&{name}={}", value.replace('+', "%2B"));
        at.chain(known).map(part).collect()
    }
}

/// A day of law.
pub fn day(text: &str) -> Result<Date, Problem> {
    let day = Date::parse(text, &Iso8601::DATE).ok();
    day.filter(|day| day.year() > 0).ok_or_else(|| {
        Problem::bad_parameter(format!("at must be a day such as 2024-08-01, not {text:?}"))
    })
}

/// An instant that has been. In a query `+` is a space.
fn instant(text: &str) -> Result<OffsetDateTime, Problem> {
    let instant = OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339).map_err(|_| {
        Problem::bad_parameter(format!(
            "known must be an instant such as 2026-03-01T08:00:00+07:00, not {text:?}"
        ))
    })?;
    if instant > OffsetDateTime::now_utc() || instant.year() < 1 {
        return Err(Problem::bad_parameter(format!(
            "known is {text}: nobody knows yet what will be known then; leave it out for what is known now"
        )));
    }
    Ok(instant)
}
