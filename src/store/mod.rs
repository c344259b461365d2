//! All SQL: rows in, domain types out; migrations; the private database cluster.

mod access;
mod blanks;
mod books;
mod certificates;
mod changes;
pub mod cluster;
mod content;
mod copy;
mod desk;
mod documents;
mod dossier;
mod loading;
mod pages;
mod parcels;
mod past;
mod reference;
mod rules;
mod search;
mod self_test;
mod signatures;

pub use access::{AccessEntry, AgreementRow, Identity};
pub use blanks::{BlankBalance, BlankBook, BlankEntry};
pub use books::{EnteredOperation, SheetCertificate, SheetFacts, SheetParcel};
pub use certificates::{CertificateForm, NoteRow, PrinterOffset, SinceIssue};
pub use changes::{Changes, Committed, Wake};
pub use content::Contents;
pub use desk::{
    Books, ChangeType, CommuneEra, Drawn, HeldBlock, HeldCertificate, HeldEncumbrance, HeldParcel,
    HeldParty, HeldRestriction, HeldRight, HeldSheet, Holding, Mentioned, MovingSheet, NamedBlock,
    NamedGround, NewParcel, NewSheet, OperationEntry, Reach, Renewed, RuleValue, SheetHolding,
    SheetPath, TermRule, WrittenBlock, WrittenCertificate, WrittenEncumbrance, WrittenLink,
    WrittenNamedBlock, WrittenNote, WrittenParty, WrittenRestriction, WrittenRight,
};
pub use documents::{AroundParcel, IssuedDocument, KnownDocument, ParcelStands};
pub use dossier::{
    About, Approval, Became, CalendarDay, Delegation, Dossier, DossierChange, DossierLine,
    DossiersWanted, Entry, Filing, HeldDossier, Known, Load, Message, Notice, NoticeRow, PaperRow,
    ParcelState, PauseRow, Payment, PlanRow, Posting, Procedure, ProcedureRule, Reservation, Said,
    SlipRow, Standing, StepName, StepRow,
};
pub use loading::{
    Existing, ExistingRight, LoadFault, NewRight, ParcelWrite, SheetRow, SheetWriter,
};
pub use pages::{CommuneReader, Communewise, Within};
pub use parcels::{Snapshot, StoredParcel};
pub use reference::Communes;
pub use search::Found;
pub use signatures::SignatureRow;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;

/// Why the database did not answer as hoped.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database or the connection failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The server is too old, or PostGIS is missing.
    #[error("{0}")]
    Unfit(String),
    /// No answer in the time that the question should take.
    #[error("the database did not answer in time")]
    Silent,
    /// Somebody else holds what is asked for.
    #[error("somebody else holds these parcels for long")]
    Busy,
    /// A unique key that was taken meanwhile.
    #[error("the key {0} was taken meanwhile")]
    Taken(String),
    /// A row that breaks the register's own rules.
    #[error("the database holds {0}")]
    Corrupt(String),
}

/// The register in PostGIS.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

/// A connection inside a transaction.
pub type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

/// Begins the reading of one state. Planning what reads a parcel takes longer than reading it: a connection plans each statement once.
const READ: &str = "begin isolation level repeatable read, read only; set local plan_cache_mode = force_generic_plan";

impl Store {
    /// Connects, checks the versions (PostgreSQL ≥ 15, PostGIS ≥ 3.3), and brings the schema up to date.
    pub async fn open(options: PgConnectOptions) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.application_name("diaba"))
            .await?;
        let store = Self { pool };
        store.check_versions().await?;
        sqlx::migrate!().run(&store.pool).await?;
        store.seed_land_use().await?;
        Ok(store)
    }

    /// The same with a database's address, such as `postgres://user@host/name`.
    pub async fn open_url(url: &str) -> Result<Self, StoreError> {
        Self::open(url.parse()?).await
    }

    /// Starts a transaction; dropped without commit, it leaves nothing. Its changes are marked as the program's own.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        const BEGIN: &str = "begin; set local diaba.origin = 'application'";
        Ok(self.pool.begin_with(BEGIN).await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!("select 1 as one")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    async fn check_versions(&self) -> Result<(), StoreError> {
        let server = sqlx::query_scalar!(
            r#"select current_setting('server_version_num')::integer as "number!""#
        )
        .fetch_one(&self.pool)
        .await?;
        if server < 150_000 {
            return Err(StoreError::Unfit(format!(
                "PostgreSQL {} is too old: 15 or newer is needed",
                server / 10_000
            )));
        }
        let postgis = sqlx::query_scalar!(
            "select default_version from pg_available_extensions where name = 'postgis'"
        )
        .fetch_optional(&self.pool)
        .await?
        .flatten()
        .ok_or_else(|| {
            StoreError::Unfit(
                "PostGIS is missing on the database server: install postgresql-15-postgis-3".into(),
            )
        })?;
        let mut parts = postgis
            .split('.')
            .map(|part| part.parse::<u32>().unwrap_or(0));
        if (parts.next(), parts.next()) < (Some(3), Some(3)) {
            return Err(StoreError::Unfit(format!(
                "PostGIS {postgis} is too old: 3.3 or newer is needed"
            )));
        }
        Ok(())
    }
}

/// A value that a constraint guarantees.
fn sound<T, E: std::fmt::Display>(value: Result<T, E>) -> Result<T, StoreError> {
    value.map_err(|error| StoreError::Corrupt(error.to_string()))
}
