//! The stock book of blanks.

use super::{Store, StoreError, Transaction};
use crate::domain::{BlankFate, BlankRange};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// Blanks of one series and form in the book, held still until it is closed.
pub struct BlankBook {
    transaction: Transaction,
    range: BlankRange,
    /// The batches that were received: first and last number.
    pub received: Vec<(i32, i32)>,
    /// What became of the blanks of the range.
    pub known: BTreeMap<i32, BTreeSet<BlankFate>>,
}

/// How many blanks of a series and form there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlankBalance {
    /// The letters.
    pub series: String,
    /// How many digits a serial has.
    pub digits: i16,
    /// Blanks received.
    pub received: i64,
    /// Of these, with a valid print on them.
    pub used: i64,
    /// Spoilt, and not destroyed yet.
    pub spoilt: i64,
    /// Destroyed.
    pub destroyed: i64,
}

/// An entry of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlankEntry {
    /// `received`, `used`, `spoilt`, `destroyed`.
    pub entry: String,
    /// The paper that it rests on.
    pub reference: String,
    /// Who entered it.
    pub officer: String,
    /// When.
    pub entered_at: OffsetDateTime,
}

impl Store {
    /// Opens the book at a range of blanks: nobody else writes there until it is closed.
    pub async fn blank_book(&self, range: &BlankRange) -> Result<BlankBook, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "select pg_advisory_xact_lock(2, hashtext($1))",
            range.series
        )
        .execute(&mut *transaction)
        .await?;
        let batches = sqlx::query!(
            "select first_no, last_no from blank_batch
             where series = $1 and digits = $2 and int4range(first_no, last_no, '[]') && int4range($3, $4, '[]') order by first_no",
            range.series, range.digits, range.first, range.last
        );
        let batches = batches.fetch_all(&mut *transaction).await?;
        let fates = sqlx::query!(
            "select serial_no, fate from blank_fate where series = $1 and digits = $2 and serial_no between $3 and $4",
            range.series,
            range.digits,
            range.first,
            range.last
        );
        let mut known: BTreeMap<i32, BTreeSet<BlankFate>> = BTreeMap::new();
        for row in fates.fetch_all(&mut *transaction).await? {
            known
                .entry(row.serial_no)
                .or_default()
                .insert(fate(&row.fate)?);
        }
        Ok(BlankBook {
            transaction,
            range: range.clone(),
            received: batches
                .into_iter()
                .map(|row| (row.first_no, row.last_no))
                .collect(),
            known,
        })
    }

    /// How many blanks of each series and form there are.
    pub async fn blank_balances(&self) -> Result<Vec<BlankBalance>, StoreError> {
        let rows = sqlx::query_as!(
            BlankBalance,
            r#"with stock as (
                   select series, digits, sum(last_no - first_no + 1)::bigint as received from blank_batch group by series, digits
               ), fate as (
                   select series, digits, serial_no, bool_or(fate = 'used') as used, bool_or(fate = 'spoilt') as spoilt,
                          bool_or(fate = 'destroyed') as destroyed
                   from blank_fate group by series, digits, serial_no
               )
               select s.series, s.digits, s.received as "received!",
                      count(*) filter (where f.used and not f.spoilt and not f.destroyed) as "used!",
                      count(*) filter (where f.spoilt and not f.destroyed) as "spoilt!",
                      count(*) filter (where f.destroyed) as "destroyed!"
               from stock s left join fate f on f.series = s.series and f.digits = s.digits
               group by s.series, s.digits, s.received order by s.series, s.digits"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// All entries on one blank, in the order of their entry.
    pub async fn blank_entries(&self, range: &BlankRange) -> Result<Vec<BlankEntry>, StoreError> {
        let rows = sqlx::query_as!(
            BlankEntry,
            r#"select 'received' as "entry!", reference as "reference!", officer as "officer!", entered_at as "entered_at!"
               from blank_batch where series = $1 and digits = $2 and $3 between first_no and last_no
               union all
               select fate, reference, officer, entered_at from blank_fate where series = $1 and digits = $2 and serial_no = $3
               order by 4"#,
            range.series,
            range.digits,
            range.first
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

impl BlankBook {
    /// Enters that the blanks were received.
    pub async fn receive(mut self, reference: &str, officer: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into blank_batch (series, digits, first_no, last_no, reference, officer) values ($1, $2, $3, $4, $5, $6)",
            self.range.series, self.range.digits, self.range.first, self.range.last, reference, officer
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(self.transaction.commit().await?)
    }

    /// Enters what became of the blanks.
    pub async fn enter(
        mut self,
        fate: BlankFate,
        reference: &str,
        officer: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into blank_fate (series, digits, serial_no, fate, reference, officer)
             select $1, $2, number, $5, $6, $7 from generate_series($3::integer, $4::integer) as number",
            self.range.series, self.range.digits, self.range.first, self.range.last, fate.name(), reference, officer
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(self.transaction.commit().await?)
    }
}

fn fate(name: &str) -> Result<BlankFate, StoreError> {
    [BlankFate::Used, BlankFate::Spoilt, BlankFate::Destroyed]
        .into_iter()
        .find(|fate| fate.name() == name)
        .ok_or_else(|| StoreError::Corrupt(format!("the fate {name:?} of a blank")))
}
