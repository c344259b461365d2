//! The server process: found, started, waited for, stopped.

use super::account::{Account, last_lines, output};
use super::binaries::Binaries;
use super::create::{configure, create};
use super::layout::{Layout, open_own};
use super::pid_file::{self, Found};
use super::{ClusterError, connect_options};
use sqlx::{ConnectOptions, Connection};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Child;
use tokio::time::{sleep, timeout};

/// SQLSTATE of a server that is starting up or shutting down.
const CANNOT_CONNECT_NOW: &str = "57P03";
const PAUSE: Duration = Duration::from_millis(50);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a server may give no sign of life.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// How long a server may recover after a crash, or shut down.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// How long to leave the busy backends of a killed postmaster before the next try.
const LINGERING_PAUSE: Duration = Duration::from_millis(500);
const REAP_TIMEOUT: Duration = Duration::from_secs(10);
const FAST_STOP_S: u32 = 60;
const IMMEDIATE_STOP_S: u32 = 30;
const LARGEST_LOG_BYTES: u64 = 16 << 20;

/// The programs, the places and the user that make a server of this cluster.
#[derive(Debug)]
pub(super) struct Postmaster {
    pub layout: Layout,
    pub account: Account,
    pub binaries: Binaries,
}

impl Postmaster {
    /// Brings the server up unless it runs, and waits until it answers. Call it alone.
    ///
    /// Takes and gives back the child process, if the server is one of ours.
    pub async fn bring_up(&self, mut child: Option<Child>) -> Result<Option<Child>, ClusterError> {
        let begun = Instant::now();
        let mut heard = begun;
        let mut log_start_bytes = self.log_size_bytes();
        let mut tried = false;
        loop {
            let found = self.find()?;
            child = self.while_running(child)?;
            match found {
                Found::Server { ready: true, .. } if self.answers().await? => return Ok(child),
                Found::Server { ready: true, .. } => {}
                Found::Server { ready: false, .. } => heard = Instant::now(),
                Found::Nobody | Found::Stranger(_) if child.is_some() => {}
                Found::Nobody | Found::Stranger(_) if tried => {
                    self.check_end(log_start_bytes)?;
                    sleep(LINGERING_PAUSE).await;
                    tried = false;
                }
                Found::Nobody | Found::Stranger(_) => {
                    log_start_bytes = self.rotate_log()?;
                    child = Some(self.spawn(found).await?);
                    tried = true;
                }
            }
            if heard.elapsed() > LONGEST_SILENCE || begun.elapsed() > LONGEST_WAIT {
                return Err(ClusterError::Silent {
                    waited_s: begun.elapsed().as_secs(),
                    log_tail: self.log_tail(log_start_bytes),
                });
            }
            sleep(PAUSE).await;
        }
    }

    /// Stops the server if it runs, whoever started it, and reaps it if it is ours. Call it alone.
    pub async fn bring_down(&self, child: Option<Child>) -> Result<(), ClusterError> {
        for (mode, wait_s) in [("fast", FAST_STOP_S), ("immediate", IMMEDIATE_STOP_S)] {
            // `pg_ctl` trusts the file; we look who is behind it first.
            if let Found::Server { .. } = self.find()? {
                let mut stop = self.account.command(self.binaries.program("pg_ctl"));
                stop.args(["stop", "--silent", "--wait", "--mode", mode])
                    .args(["--timeout", &wait_s.to_string(), "--pgdata"])
                    .arg(self.layout.pg_data());
                let said = output(&mut stop).await?;
                if !said.status.success() {
                    tracing::warn!(mode, said = %String::from_utf8_lossy(&said.stderr).trim(), "the database lingers");
                }
            }
        }
        if let Found::Server { pid, .. } = self.find()? {
            return Err(ClusterError::NotStopped { pid });
        }
        if let Some(mut child) = child
            && timeout(REAP_TIMEOUT, child.wait()).await.is_err()
        {
            tracing::warn!("the database server has not ended after its shutdown");
        }
        self.layout.drop_socket_dir();
        Ok(())
    }

    /// What `postmaster.pid` leads to now.
    pub fn find(&self) -> Result<Found, ClusterError> {
        pid_file::find(&self.layout.pg_data())
    }

    async fn spawn(&self, found: Found) -> Result<Child, ClusterError> {
        if self.layout.pg_version()?.is_none() {
            tracing::info!(data_dir = %self.layout.data_dir().display(), "creating the database cluster");
            create(&self.layout, &self.account, &self.binaries).await?;
        }
        self.layout.make_socket_dir(&self.account)?;
        pid_file::remove_broken(&self.layout.pg_data(), Path::new(&self.layout.socket_dir))?;
        configure(&self.layout, &self.account)?;
        let log = open_own(&self.layout.log(), &self.account)?;
        let errors = log
            .try_clone()
            .map_err(ClusterError::file("open", &self.layout.log()))?;
        let mut command = self.account.command(self.binaries.program("postgres"));
        if let Found::Stranger(pid) = found {
            // PostgreSQL refuses to start while the process of the old file runs, unless it is its own grandparent; then
            // it still looks for backends of the dead server, as it could not if we removed the file.
            command.env("PG_GRANDPARENT_PID", pid.to_string());
        }
        command
            .arg("-D")
            .arg(self.layout.pg_data())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0);
        tokio::process::Command::from(command)
            .spawn()
            .map_err(self.about_server("start"))
    }

    /// Whether a connection succeeds; an error when the server refuses for good.
    async fn answers(&self) -> Result<bool, ClusterError> {
        let options = connect_options(&self.layout, "postgres");
        let Ok(answer) = timeout(CONNECT_TIMEOUT, options.connect()).await else {
            return Ok(false);
        };
        match answer {
            Ok(connection) => Ok(connection.close().await.is_ok()),
            Err(error) if is_passing(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Why a server ended while it started; that backends of a killed one linger is no error, as they will notice.
    fn check_end(&self, log_start_bytes: u64) -> Result<(), ClusterError> {
        let log_tail = self.log_tail(log_start_bytes);
        if log_tail.contains("pre-existing shared memory block") {
            return Ok(());
        }
        Err(ClusterError::Ended { log_tail })
    }

    /// Forgets, and so reaps, a child that has ended.
    fn while_running(&self, child: Option<Child>) -> Result<Option<Child>, ClusterError> {
        let Some(mut child) = child else {
            return Ok(None);
        };
        let ended = child.try_wait().map_err(self.about_server("wait for"))?;
        Ok(ended.is_none().then_some(child))
    }

    fn about_server(&self, action: &'static str) -> impl FnOnce(io::Error) -> ClusterError + use<> {
        ClusterError::file(action, &self.binaries.program("postgres"))
    }

    fn log_size_bytes(&self) -> u64 {
        fs::metadata(self.layout.log()).map_or(0, |log| log.len())
    }

    /// Moves a long log aside; the size of the log then.
    fn rotate_log(&self) -> Result<u64, ClusterError> {
        let log = self.layout.log();
        if self.log_size_bytes() > LARGEST_LOG_BYTES {
            fs::rename(&log, log.with_extension("log.1"))
                .map_err(ClusterError::file("rename", &log))?;
        }
        Ok(self.log_size_bytes())
    }

    fn log_tail(&self, start_bytes: u64) -> String {
        let read = || {
            let mut log = fs::File::open(self.layout.log())?;
            log.seek(SeekFrom::Start(start_bytes))?;
            let mut text = Vec::new();
            log.read_to_end(&mut text)?;
            io::Result::Ok(text)
        };
        read().map_or_else(
            |_| String::new(),
            |text| last_lines(&String::from_utf8_lossy(&text)),
        )
    }
}

/// Whether a refusal only means that the server is not there yet, or no more.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != io::ErrorKind::PermissionDenied,
        sqlx::Error::Database(error) => error.code().as_deref() == Some(CANNOT_CONNECT_NOW),
        _ => false,
    }
}
