//! Writing a load: its report, and one sheet at a time, everything in the caller's transaction.

mod parcels;
mod parties;
mod rights;
mod waiting;

pub use parcels::{Existing, ParcelWrite, SheetRow};
pub use rights::{ExistingRight, NewRight};

use super::copy::CopyRows;
use super::{Store, StoreError, Transaction, sound};
use crate::domain::{CommuneCode, Fault, RegisterNo, Severity};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A fault of a load, with the record it belongs to.
#[derive(Debug, Clone)]
pub struct LoadFault {
    /// File.
    pub source: String,
    /// Row in the file.
    pub source_row: Option<u64>,
    /// What.
    pub fault: Fault,
}

impl Store {
    /// Notes that a load begins.
    pub async fn begin_load(&self, files: &[String]) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar!(
            "insert into load (files) values ($1) returning load_id",
            Json(files) as _
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Notes how a load ended.
    pub async fn finish_load(
        &self,
        load_id: i64,
        report: &serde_json::Value,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update load set finished_at = clock_timestamp(), report = $2 where load_id = $1",
            load_id,
            Json(report) as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Keeps faults of a load.
    pub async fn add_load_faults(
        &self,
        load_id: i64,
        faults: &[LoadFault],
    ) -> Result<(), StoreError> {
        if faults.is_empty() {
            return Ok(());
        }
        let mut connection = self.pool.acquire().await?;
        let mut rows = CopyRows::new(9);
        for LoadFault {
            source,
            source_row,
            fault,
        } in faults
        {
            let severity = if fault.code.severity() == Severity::Error {
                "error"
            } else {
                "warning"
            };
            let place = fault.place;
            let double = |value: Option<f64>, rows: &mut CopyRows| match value {
                Some(value) => {
                    rows.raw(&value.to_be_bytes());
                }
                None => {
                    rows.null();
                }
            };
            rows.row()
                .bigint(Some(load_id))
                .text(Some(source))
                .bigint(source_row.and_then(|row| i64::try_from(row).ok()))
                .text(Some(severity))
                .text(Some(fault.code.as_str()))
                .text(Some(&fault.detail.replace('\0', "")))
                .integer(place.and_then(|place| place.zone));
            double(place.map(|place| place.x), &mut rows);
            double(place.map(|place| place.y), &mut rows);
        }
        let statement = "copy load_fault (load_id, source, source_row, severity, code, detail, zone, x, y) from stdin (format binary)";
        rows.send(&mut connection, statement).await?;
        Ok(())
    }

    /// Gives the planner figures of a register's tables; a fresh table without them gets plans that grow with its square.
    pub async fn analyze(&self, register: RegisterNo) -> Result<(), StoreError> {
        sqlx::query!(
            "select analyze_register($1::bigint::smallint)",
            i64::from(register)
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(())
    }

    /// All faults of a load, in the order they were found.
    pub async fn load_faults(&self, load_id: i64) -> Result<Vec<serde_json::Value>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"select jsonb_strip_nulls(to_jsonb(f) - 'load_id') as "fault!: Json<serde_json::Value>" from load_fault f
               where load_id = $1 order by source, source_row, code, detail"#,
            load_id
        );
        Ok(rows
            .fetch_all(&self.pool)
            .await?
            .into_iter()
            .map(|Json(fault)| fault)
            .collect())
    }
}

/// The statements of one sheet, in a transaction that the caller commits.
pub struct SheetWriter<'t> {
    connection: &'t mut PgConnection,
    register: RegisterNo,
    load_id: i64,
}

impl<'t> SheetWriter<'t> {
    /// Takes the commune's lock, so that two loads or edits of one commune follow one another.
    pub async fn begin(
        transaction: &'t mut Transaction,
        register: RegisterNo,
        load_id: i64,
        commune: CommuneCode,
    ) -> Result<Self, StoreError> {
        let connection: &mut PgConnection = transaction;
        sqlx::query!(
            "select pg_advisory_xact_lock(1, $1::text::integer)",
            commune.as_str()
        )
        .execute(&mut *connection)
        .await?;
        Ok(Self {
            connection,
            register,
            load_id,
        })
    }

    /// New ids of the register, whatever for.
    pub async fn new_ids(&mut self, count: usize) -> Result<Vec<i64>, StoreError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_scalar!(
            r#"select nextval(('register_id_' || $1::bigint)::regclass) as "id!" from generate_series(1, $2::bigint)"#,
            i64::from(self.register), i64::try_from(count).unwrap_or(i64::MAX)
        )
        .fetch_all(&mut *self.connection)
        .await?)
    }
}
