//! The private database: a PostgreSQL cluster in the data directory, which nobody else needs to know about.
//!
//! # Shape
//! Under the data directory: `pg/` (the data), `run/` (the unix socket; in `/tmp` where the path is too long),
//! `postgres.log`, and two lock files. Who starts or stops the server holds `start.lock` alone; who uses it holds
//! `users.lock` among others. The last to leave stops the server, whoever started it. A server that outlived its users
//! is found by its `postmaster.pid` and used again.
//!
//! It listens on the unix socket only, takes the operating system's word for who connects (its own user and root), and
//! runs as the owner of its files: whoever runs `diaba`, or user `postgres` when that is root.

mod account;
mod binaries;
mod create;
mod error;
mod layout;
mod lock;
mod pid_file;
mod postmaster;
mod settings;
#[cfg(test)]
mod tests;

pub use error::ClusterError;

use account::Account;
use binaries::Binaries;
use layout::{Layout, PORT};
use postmaster::Postmaster;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use tokio::process::Child;

/// The role that everybody is in the private cluster, and its superuser.
const USER: &str = "diaba";

/// The database that [`Cluster::open`] makes.
pub const DATABASE: &str = "diaba";

/// What to open.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The folder that holds the cluster; it may hold other things too.
    pub data_dir: PathBuf,
    /// Where `postgres` and `initdb` live; looked for where `None`.
    pub bin_dir: Option<PathBuf>,
}

/// The cluster in use: running, and kept running at least until [`Cluster::close`].
///
/// Dropped without `close` (a panic, a kill, an `open` that was given up), it gives up its locks and leaves the server running for the next `open`.
#[derive(Debug)]
pub struct Cluster {
    postmaster: Postmaster,
    users: File,
    child: Mutex<Option<Child>>,
}

/// `/var/lib/diaba` for root, else `diaba` in the user's folder of application data.
pub fn default_data_dir() -> PathBuf {
    let system = || PathBuf::from("/var/lib/diaba");
    if account::is_root() {
        return system();
    }
    let data_home = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    data_home
        .or_else(|| Some(std::env::home_dir()?.join(".local/share")))
        .map_or_else(system, |folder| folder.join("diaba"))
}

impl Cluster {
    /// Opens the cluster: joins the one that runs, starts the one that is there, or makes one. It then has a database
    /// [`DATABASE`].
    pub async fn open(config: &ClusterConfig) -> Result<Self, ClusterError> {
        let data_dir = std::path::absolute(&config.data_dir)
            .map_err(ClusterError::file("find", &config.data_dir))?;
        let account = Account::choose(&data_dir.join("pg")).await?;
        account.check_reach(&data_dir).await?;
        layout::make_data_dir(&data_dir, account::is_root())?;
        account.check_reach(&data_dir).await?;
        let layout = Layout::new(&data_dir)?;
        let _alone = lock::alone(&layout.start_lock(), &account).await?;
        let users = lock::among_others(&layout.users_lock(), &account).await?;
        let binaries = Binaries::find(config.bin_dir.as_deref(), layout.pg_version()?).await?;
        let postmaster = Postmaster {
            layout,
            account,
            binaries,
        };
        let child = postmaster.bring_up(None).await?;
        let cluster = Self {
            postmaster,
            users,
            child: Mutex::new(child),
        };
        match cluster.ensure_database().await {
            Ok(()) => Ok(cluster),
            Err(error) => {
                if let Err(trouble) = cluster.leave().await {
                    tracing::warn!(error = %trouble, "the database stays behind");
                }
                Err(error)
            }
        }
    }

    /// How to connect to a database of the cluster.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        connect_options(&self.postmaster.layout, database)
    }

    /// The connection as psql, QGIS and every other libpq program takes it: `host=… port=… user=diaba dbname=…`.
    pub fn connection_line(&self, database: &str) -> String {
        let socket_dir = quoted(&self.postmaster.layout.socket_dir);
        format!(
            "host={socket_dir} port={PORT} user={USER} dbname={}",
            quoted(database)
        )
    }

    /// The psql of the cluster's own version, on one of its databases.
    ///
    /// Run it as a child and close the cluster afterwards: a process that becomes psql by `exec` loses its locks.
    pub fn psql_command(&self, database: &str) -> Command {
        let mut psql = Command::new(self.postmaster.binaries.program("psql"));
        psql.arg(self.connection_line(database));
        psql
    }

    /// Whether the server is a child of this process, rather than found running.
    pub fn started_here(&self) -> bool {
        self.child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Starts the server again if it has died; otherwise does nothing.
    pub async fn ensure_running(&self) -> Result<(), ClusterError> {
        let _alone = self.alone().await?;
        let child = self.postmaster.bring_up(self.take_child()).await?;
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = child;
        Ok(())
    }

    /// Leaves the cluster; the last to leave stops the server and waits for its end, whoever started it.
    pub async fn close(self) -> Result<(), ClusterError> {
        let _alone = self.alone().await?;
        self.leave().await
    }

    async fn leave(&self) -> Result<(), ClusterError> {
        // A child that stays is reaped by the runtime, should it end before this process.
        let child = self.take_child();
        if lock::leave(&self.users, &self.postmaster.layout.users_lock())? {
            self.postmaster.bring_down(child).await?;
        }
        Ok(())
    }

    async fn alone(&self) -> Result<File, ClusterError> {
        lock::alone(
            &self.postmaster.layout.start_lock(),
            &self.postmaster.account,
        )
        .await
    }

    fn take_child(&self) -> Option<Child> {
        self.child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    async fn ensure_database(&self) -> Result<(), ClusterError> {
        let mut connection: PgConnection = self.connect_options("postgres").connect().await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(DATABASE)
                .fetch_one(&mut connection)
                .await?;
        if !exists {
            sqlx::raw_sql("create database diaba")
                .execute(&mut connection)
                .await?;
        }
        Ok(connection.close().await?)
    }
}

fn connect_options(layout: &Layout, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&layout.socket_dir)
        .port(PORT)
        .username(USER)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
}

/// A value of a libpq connection line.
fn quoted(value: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}
