//! Numbers of the law that officers keep.

use super::{Store, StoreError};
use crate::domain::{NewRule, RuleLine};
use time::Date;

impl Store {
    /// Numbers of the law: of a rule, for a province, in force on a day.
    pub async fn rules(
        &self,
        rule: Option<&str>,
        province_code: Option<&str>,
        at: Option<Date>,
    ) -> Result<Vec<RuleLine>, StoreError> {
        let rows = sqlx::query_file_as!(RuleLine, "src/store/rules.sql", rule, province_code, at);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Whether the program judges by a rule, and if so whether it may be for a place or a use.
    pub async fn rule_is_by_place(&self, rule: &str) -> Result<Option<bool>, StoreError> {
        let found = sqlx::query_scalar!("select by_place from rule where rule = $1", rule);
        Ok(found.fetch_optional(&self.pool).await?)
    }

    /// Adds a number; gives its id.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where one for the same place and use is in force on one of its days.
    pub async fn add_rule(
        &self,
        new: &NewRule,
        (from, until): (Date, Option<Date>),
        officer: &str,
    ) -> Result<i64, StoreError> {
        let added = sqlx::query_scalar!(
            "insert into rule_value (rule, province_code, area_kind, land_use, value, valid, source, added_by)
             values ($1, $2, $3, $4, $5::float8::numeric, daterange($6, $7), $8, $9) returning rule_value_id",
            new.rule,
            new.province_code,
            new.area_kind,
            new.land_use,
            new.value,
            from,
            until,
            new.source,
            officer
        );
        added.fetch_one(&self.pool).await.map_err(|error| {
            let constraint = error
                .as_database_error()
                .and_then(|error| error.constraint());
            match constraint {
                Some("rule_value_one_at_a_time") => StoreError::Taken(new.rule.clone()),
                _ => error.into(),
            }
        })
    }

    /// Ends a number that has no end yet on a day that is not past; gives whether there was one that had begun before it.
    pub async fn end_rule(&self, id: i64, until: Date, officer: &str) -> Result<bool, StoreError> {
        let ended = sqlx::query!(
            "update rule_value set valid = daterange(lower(valid), $2), ended_by = $3, ended_at = now()
             where rule_value_id = $1 and upper_inf(valid) and lower(valid) < $2::date and $2::date >= today()",
            id,
            until,
            officer
        );
        Ok(ended.execute(&self.pool).await?.rows_affected() > 0)
    }
}
