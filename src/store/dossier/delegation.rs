//! Who approves for whom, who is absent.

use super::super::access::{each, texts};
use super::{Store, StoreError};
use crate::policy::{Area, Officer};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// An approver's absence.
#[derive(Debug, Clone)]
pub struct Delegation {
    /// Its number.
    pub delegation_id: i64,
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

/// A delegation as it is stored.
struct Row {
    delegation_id: i64,
    principal: String,
    delegate: String,
    from: OffsetDateTime,
    until: OffsetDateTime,
    areas: Option<Vec<String>>,
    reason: String,
}

impl Row {
    fn sound(self) -> Result<Delegation, StoreError> {
        Ok(Delegation {
            delegation_id: self.delegation_id,
            principal: self.principal,
            delegate: self.delegate,
            from: self.from,
            until: self.until,
            areas: self.areas.as_deref().map(each::<Area>).transpose()?,
            reason: self.reason,
        })
    }
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

    /// For whom an officer approves now, by who it is: for nobody whose office has ended.
    pub async fn delegations(&self, delegate: &str) -> Result<Vec<Delegation>, StoreError> {
        let rows = sqlx::query_file_as!(
            Row,
            "src/store/dossier/delegations.sql",
            Some(delegate),
            true
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.into_iter().map(Row::sound).collect()
    }

    /// The absences that last or are to come.
    pub async fn absences(&self) -> Result<Vec<Delegation>, StoreError> {
        let rows = sqlx::query_file_as!(
            Row,
            "src/store/dossier/delegations.sql",
            None::<&str>,
            false
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.into_iter().map(Row::sound).collect()
    }

    /// Ends an absence now, by somebody's word; it stays on record.
    pub async fn end_delegation(&self, id: i64, by: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "update delegation set ended_at = clock_timestamp(), ended_by = $2 where delegation_id = $1 and ended_at is null",
            id,
            by
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
