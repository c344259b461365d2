//! Who approves for whom, who is absent.

use super::super::access::{each, texts};
use super::{Store, StoreError};
use crate::policy::{Area, Officer};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// An approver's absence.
#[derive(Debug, Clone)]
pub struct Delegation {
    /// Who is absent.
    pub principal: String,
    /// Who approves instead.
    pub delegate: String,
    /// From when.
    pub from: OffsetDateTime,
    /// Until when.
    pub until: OffsetDateTime,
    /// Where the principal is competent; none for the whole register.
    pub areas: Option<BTreeSet<Area>>,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Lets another approve for an officer.
    pub async fn delegate(
        &self,
        principal: &Officer,
        delegation: &Delegation,
    ) -> Result<i64, StoreError> {
        let areas = principal.areas.as_ref().map(texts);
        let id = sqlx::query_scalar!(
            "insert into delegation (principal, delegate, valid, areas, reason) values ($1, $2, tstzrange($3, $4), $5, $6)
             returning delegation_id",
            principal.name, delegation.delegate, delegation.from, delegation.until, areas.as_deref(), delegation.reason
        );
        Ok(id.fetch_one(&self.pool).await?)
    }

    /// For whom an officer approves now, by who it is.
    pub async fn delegations(&self, delegate: &str) -> Result<Vec<Delegation>, StoreError> {
        let rows = sqlx::query!(
            r#"select principal, delegate, lower(valid) as "from!", upper(valid) as "until!", areas, reason from delegation
               where officer_identity(delegate) = $1 and valid @> clock_timestamp() order by delegation_id"#,
            delegate
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.into_iter()
            .map(|row| {
                Ok(Delegation {
                    principal: row.principal,
                    delegate: row.delegate,
                    from: row.from,
                    until: row.until,
                    areas: row.areas.as_deref().map(each::<Area>).transpose()?,
                    reason: row.reason,
                })
            })
            .collect()
    }
}
