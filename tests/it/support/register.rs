//! A register of its own for each test.

use super::{Served, Template, database};
use diaba::app::load::{LoadPlan, LoadReport, Tally};
use diaba::http::Limits;
use diaba::store::Store;
use diaba::store::cluster::DATABASE;
use sqlx::postgres::{PgConnectOptions, PgConnection, Postgres};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::collections::BTreeMap;
use std::path::PathBuf;
use time::macros::date;
use tokio_util::sync::CancellationToken;

/// A database of one test, and the store on it.
pub struct Register {
    pub store: Store,
    options: PgConnectOptions,
}

/// Files of 1 January 2026.
pub fn plan(files: &[PathBuf]) -> LoadPlan {
    LoadPlan {
        files: files.to_vec(),
        zone: None,
        swap_axes: false,
        scale_denominator: None,
        in_force_from: Some(date!(2026 - 01 - 01)),
        is_atomic: false,
    }
}

/// Loads, and checks what holds for every load: read = new + changed + unchanged + waiting + rejected.
pub async fn load(store: &Store, plan: &LoadPlan) -> LoadReport {
    load_until(store, plan, &CancellationToken::new(), &mut |_, _| {}).await
}

/// Loads until stopped.
pub async fn load_until(
    store: &Store,
    plan: &LoadPlan,
    stop: &CancellationToken,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> LoadReport {
    let report = diaba::app::load::load(store, plan, stop, progress)
        .await
        .unwrap();
    for tally in [report.parcels, report.rows] {
        let Tally {
            read,
            new,
            changed,
            unchanged,
            waiting,
            rejected,
        } = tally;
        assert_eq!(
            read,
            new + changed + unchanged + waiting + rejected,
            "{report:#?}"
        );
    }
    report
}

impl Register {
    /// The schema, the law and the units of the demonstration, and nothing else.
    pub async fn blank() -> Self {
        Self::of(Template::Blank).await
    }

    /// The demonstration commune.
    pub async fn demo() -> Self {
        Self::of(Template::Demo).await
    }

    async fn of(template: Template) -> Self {
        let options = database(template).await;
        let store = Store::open(options.clone()).await.unwrap();
        Self { store, options }
    }

    /// Another handle on the same database, as another process has one.
    pub async fn reopened(&self) -> Store {
        Store::open(self.options.clone()).await.unwrap()
    }

    /// A plain connection, past the program.
    pub async fn connection(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }

    /// Shuts the database, and breaks every connection to it; or opens it again.
    pub async fn shut(&self, is_shut: bool) {
        let name = self.options.get_database().unwrap();
        let sql = format!(
            "alter database {name} allow_connections {};
             select pg_terminate_backend(pid) from pg_stat_activity where {is_shut} and datname = '{name}'",
            !is_shut
        );
        let mut elsewhere = self
            .options
            .clone()
            .database(DATABASE)
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut elsewhere)
            .await
            .unwrap();
    }

    /// The database's address.
    pub fn url(&self) -> String {
        self.options.to_url_lossy().to_string()
    }

    /// A server on this register.
    pub async fn serve(&self) -> Served {
        self.serve_within(Limits::default()).await
    }

    /// A server on this register, behind a door of other limits.
    pub async fn serve_within(&self, limits: Limits) -> Served {
        Served::start(self.store.clone(), limits).await
    }

    /// A server with connections of its own, as on another machine.
    pub async fn serve_elsewhere(&self) -> Served {
        Served::start(self.reopened().await, Limits::default()).await
    }

    /// Loads files of 1 January 2026.
    pub async fn load(&self, files: &[PathBuf]) -> LoadReport {
        load(&self.store, &plan(files)).await
    }

    /// Loads until stopped.
    pub async fn load_until(
        &self,
        files: &[PathBuf],
        stop: &CancellationToken,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> LoadReport {
        load_until(&self.store, &plan(files), stop, progress).await
    }

    /// Loads files in one transaction.
    pub async fn load_atomic(&self, files: &[PathBuf]) -> LoadReport {
        let plan = LoadPlan {
            is_atomic: true,
            ..plan(files)
        };
        load(&self.store, &plan).await
    }

    /// One value by SQL.
    pub async fn value<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
    {
        self.value_of(sql).await
    }

    /// One value by SQL that is made for the moment.
    pub async fn value_of<T>(&self, sql: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
    {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut self.connection().await)
            .await
            .unwrap()
    }

    /// Plain SQL, as an officer with psql may send it.
    pub async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let mut connection = self.connection().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.map(drop)
    }

    /// Rows and fingerprint of every table; only the book of loads is left out.
    pub async fn contents(&self) -> BTreeMap<String, (i64, String)> {
        let mut connection = self.connection().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "select relname::text from pg_class
             where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
               and relname not in ('load', 'load_fault') order by relname",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut contents = BTreeMap::new();
        for table in tables {
            let sql = format!(
                "select count(*), coalesce(md5(string_agg(row::text, chr(10) order by row::text)), '') from {table} as row"
            );
            let found = sqlx::query_as(AssertSqlSafe(sql))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            contents.insert(table, found);
        }
        contents
    }

    /// The errors of a load as `code`, `code row 2` or `code row 2 at 603050 1192010`.
    pub async fn errors(&self, report: &LoadReport) -> Vec<String> {
        let faults = self.store.load_faults(report.load_id).await.unwrap();
        let errors = faults.iter().filter(|fault| fault["severity"] == "error");
        errors
            .map(|fault| {
                let code = fault["code"].as_str().unwrap();
                let row = fault
                    .get("source_row")
                    .map(|row| format!(" row {row}"))
                    .unwrap_or_default();
                let place = match (fault["x"].as_f64(), fault["y"].as_f64()) {
                    (Some(x), Some(y)) => format!(" at {x} {y}"),
                    _ => String::new(),
                };
                format!("{code}{row}{place}")
            })
            .collect()
    }
}
