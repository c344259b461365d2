//! What the law and the province say of procedures: how long, in which steps, on which days.

use super::{HeldDossier, Store, StoreError, status, step};
use crate::domain::{Calendar, Deadline, Stage, Status};
use crate::store::Holding;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Date, Time};

/// A procedure as it is in force for a province.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Its code, without suffix.
    pub code: String,
    /// What it is called.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// How long it may take, before more time is given.
    pub deadline: Deadline,
    /// Working days more, where a reason is recorded.
    pub extended_days: u32,
    /// Whether paper intake needs a reason.
    pub is_online_only: bool,
    /// Whether it passes the tax office.
    pub needs_tax: bool,
    /// Law and article.
    pub source: String,
    /// When the office works.
    pub calendar: Calendar,
    /// Its steps, in order.
    pub steps: Vec<StepName>,
}

/// A step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepName {
    /// Which.
    pub step: Stage,
    /// The national status that it is told as.
    pub status: Status,
    /// What it is called.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
}

/// A procedure's rule as planners read and write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureRule {
    /// Its code, without suffix.
    #[serde(skip_deserializing)]
    pub procedure_code: String,
    /// The province; none for the country.
    pub province_code: Option<String>,
    /// First day.
    #[serde(with = "day")]
    pub valid_from: Date,
    /// First day after; none while it holds.
    #[serde(default, with = "day::option")]
    pub valid_until: Option<Date>,
    /// What it is called.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// Working days.
    pub max_days: i32,
    /// Working days more in remote communes.
    #[serde(default)]
    pub remote_days: i32,
    /// Working days more, where a reason is recorded.
    #[serde(default)]
    pub extended_days: i32,
    /// The last minute of the day that is in time for the same day; none where it is not done on the same day.
    #[serde(default, with = "minute::option")]
    pub cut_off: Option<Time>,
    /// Whether paper intake needs a reason.
    #[serde(default)]
    pub is_online_only: bool,
    /// Whether it passes the tax office.
    #[serde(default)]
    pub needs_tax: bool,
    /// Law and article.
    pub source: String,
}

/// A day that is not as the week has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// The province; none for the country.
    #[serde(default)]
    pub province_code: Option<String>,
    /// Which.
    #[serde(with = "day", default = "first_day", skip_deserializing)]
    pub day: Date,
    /// Whether the office works.
    pub is_working: bool,
    /// What it is called.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// The decision.
    pub source: String,
}

fn first_day() -> Date {
    Date::MIN
}

time::serde::format_description!(day, Date, "[year]-[month]-[day]");
time::serde::format_description!(minute, Time, "[hour]:[minute]");

impl Store {
    /// A procedure as it is in force for a commune of a province on a day.
    pub async fn procedure(
        &self,
        code: &str,
        (province, commune): (Option<&str>, &str),
        day: Date,
    ) -> Result<Option<Procedure>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        procedure(&mut connection, code, (province, commune), day).await
    }

    /// The rules of procedures that were, are and will be in force, for the country and a province.
    pub async fn procedure_rules(
        &self,
        province: Option<&str>,
    ) -> Result<Vec<ProcedureRule>, StoreError> {
        let rules = sqlx::query_as!(
            ProcedureRule,
            r#"select procedure_code, province_code, lower(valid) as "valid_from!", upper(valid) as valid_until, name_vi, name_en,
                      max_days, remote_days, extended_days, cut_off, is_online_only, needs_tax, source
               from procedure_rule where province_code is null or province_code = $1
               order by procedure_code, province_code nulls first, valid"#,
            province
        );
        Ok(rules.fetch_all(&self.pool).await?)
    }

    /// Puts a rule in force from its first day on: what held then ends that day.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where a rule that begins later stands in the way.
    pub async fn put_procedure_rule(&self, rule: &ProcedureRule) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "delete from procedure_rule where procedure_code = $1 and province_code is not distinct from $2 and lower(valid) = $3",
            rule.procedure_code, rule.province_code, rule.valid_from
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "update procedure_rule set valid = daterange(lower(valid), $3)
             where procedure_code = $1 and province_code is not distinct from $2 and valid @> $3::date",
            rule.procedure_code, rule.province_code, rule.valid_from
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "insert into procedure_rule (procedure_code, province_code, valid, name_vi, name_en, max_days, remote_days, extended_days,
                                         is_same_day, cut_off, is_online_only, needs_tax, source)
             values ($1, $2, daterange($3, $4), $5, $6, $7, $8, $9, $10::time is not null, $10, $11, $12, $13)",
            rule.procedure_code, rule.province_code, rule.valid_from, rule.valid_until, rule.name_vi, rule.name_en, rule.max_days,
            rule.remote_days, rule.extended_days, rule.cut_off, rule.is_online_only, rule.needs_tax, rule.source
        )
        .execute(&mut *transaction)
        .await
        .map_err(|error| match error.as_database_error().and_then(|error| error.constraint()) {
            Some("procedure_rule_one_at_a_time") => StoreError::Taken("of a rule that begins later".to_owned()),
            _ => error.into(),
        })?;
        transaction.commit().await?;
        Ok(())
    }

    /// The days of a year that are not as the week has them, for the country and a province.
    pub async fn calendar_days(
        &self,
        province: Option<&str>,
        (from, until): (Date, Date),
    ) -> Result<Vec<CalendarDay>, StoreError> {
        let days = sqlx::query_as!(
            CalendarDay,
            "select province_code, day, is_working, name_vi, name_en, source from calendar_day
             where (province_code is null or province_code = $1) and day >= $2 and day < $3 order by day, province_code nulls first",
            province, from, until
        );
        Ok(days.fetch_all(&self.pool).await?)
    }

    /// Says of a day how it is.
    pub async fn put_calendar_day(&self, day: &CalendarDay) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into calendar_day (province_code, day, is_working, name_vi, name_en, source) values ($1, $2, $3, $4, $5, $6)
             on conflict (coalesce(province_code, ''), day) do update
             set is_working = excluded.is_working, name_vi = excluded.name_vi, name_en = excluded.name_en, source = excluded.source",
            day.province_code, day.day, day.is_working, day.name_vi, day.name_en, day.source
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

impl HeldDossier {
    /// A procedure as it is in force for a commune of a province on a day.
    pub async fn procedure(
        &mut self,
        code: &str,
        place: (Option<&str>, &str),
        day: Date,
    ) -> Result<Option<Procedure>, StoreError> {
        procedure(&mut self.transaction, code, place, day).await
    }
}

impl Holding {
    /// A procedure as it is in force for a commune of a province on a day.
    pub async fn procedure(
        &mut self,
        code: &str,
        place: (Option<&str>, &str),
        day: Date,
    ) -> Result<Option<Procedure>, StoreError> {
        procedure(&mut self.transaction, code, place, day).await
    }
}

/// A procedure without its suffix: `1.012784.H19` is `1.012784`.
fn base(code: &str) -> &str {
    let mut dots = code.match_indices('.');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (dots.next(), dots.next()) {
        (Some((first, _)), Some((second, _))) if code.get(..first).is_some_and(is_number) => {
            code.get(..second).unwrap_or(code)
        }
        (Some((first, _)), _) if !code.starts_with(|letter: char| letter.is_ascii_digit()) => {
            code.get(..first).unwrap_or(code)
        }
        _ => code,
    }
}

/// A procedure as it is in force on a day.
pub(in crate::store) async fn procedure(
    connection: &mut PgConnection,
    code: &str,
    (province, commune): (Option<&str>, &str),
    day: Date,
) -> Result<Option<Procedure>, StoreError> {
    let base = base(code);
    let rule = sqlx::query!(
        r#"select r.*, exists (select from remote_commune c where c.commune_code = $3 and c.valid @> $4::date) as "is_remote!"
           from procedure_rule r
           where procedure_code = $1 and (province_code is null or province_code = $2) and valid @> $4::date
           order by province_code nulls last limit 1"#,
        base,
        province,
        commune,
        day
    );
    let Some(rule) = rule.fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let days = rule.max_days + if rule.is_remote { rule.remote_days } else { 0 };
    let deadline = match rule.cut_off {
        Some(cut_off) => Deadline::SameDay { cut_off, days: 1 },
        None => Deadline::Days(u32::try_from(days).unwrap_or_default()),
    };
    Ok(Some(Procedure {
        code: rule.procedure_code,
        name_vi: rule.name_vi,
        name_en: rule.name_en,
        deadline,
        extended_days: u32::try_from(rule.extended_days).unwrap_or_default(),
        is_online_only: rule.is_online_only,
        needs_tax: rule.needs_tax,
        source: rule.source,
        calendar: calendar(connection, province, day).await?,
        steps: steps(connection, base).await?,
    }))
}

async fn calendar(
    connection: &mut PgConnection,
    province: Option<&str>,
    day: Date,
) -> Result<Calendar, StoreError> {
    let sessions = sqlx::query!(
        "select opens, closes from office_hours h
         where valid @> $2::date and province_code is not distinct from
               (select max(province_code) from office_hours where province_code = $1 and valid @> $2::date)
         order by opens",
        province, day
    );
    let sessions = sessions.fetch_all(&mut *connection).await?;
    let days = sqlx::query!(
        "select day, is_working from calendar_day where (province_code is null or province_code = $1) and day >= $2
         order by day, province_code nulls first",
        province, day
    );
    let days = days.fetch_all(&mut *connection).await?;
    // A province's own day comes after the country's and takes its place.
    let days: BTreeMap<Date, bool> = days
        .into_iter()
        .map(|row| (row.day, row.is_working))
        .collect();
    Ok(Calendar {
        sessions: sessions
            .into_iter()
            .map(|row| (row.opens, row.closes))
            .collect(),
        days,
    })
}

async fn steps(connection: &mut PgConnection, base: &str) -> Result<Vec<StepName>, StoreError> {
    let rows = sqlx::query!(
        "select step, status, name_vi, name_en from procedure_step
         where procedure_code = coalesce((select max(procedure_code) from procedure_step where procedure_code = $1), '')
         order by ordinal",
        base
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StepName {
                step: step(&row.step)?,
                status: status(row.status)?,
                name_vi: row.name_vi,
                name_en: row.name_en,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn the_suffix_of_a_province_is_no_part_of_a_procedure() {
        for (code, expected) in [
            ("1.012784", "1.012784"),
            ("1.012784.H19", "1.012784"),
            ("1.012784.000.00.00.H38", "1.012784"),
            ("correction", "correction"),
            ("correction.H29", "correction"),
            ("", ""),
        ] {
            assert_eq!(base(code), expected);
        }
    }
}
