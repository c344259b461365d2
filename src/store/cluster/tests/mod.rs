//! The cluster against a real PostgreSQL, in folders of its own that are cleaned up however a test ends.

mod damage;
mod life;
mod refusal;

use super::pid_file::{Found, find};
use super::*;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use std::{fs, thread};
use tempfile::TempDir;

/// A data directory of a test; whatever still runs in it is killed at the end.
struct Site {
    folder: TempDir,
    data_dir: PathBuf,
}

impl Site {
    fn new() -> Self {
        Self::at("data")
    }

    /// A data directory at a path under a folder that an unprivileged user can reach.
    fn at(path: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("diaba-test-")
            .tempdir()
            .unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let data_dir = folder.path().join(path);
        Self { folder, data_dir }
    }

    fn config(&self) -> ClusterConfig {
        ClusterConfig {
            data_dir: self.data_dir.clone(),
            bin_dir: None,
        }
    }

    async fn open(&self) -> Cluster {
        Cluster::open(&self.config()).await.unwrap()
    }

    fn pg_data(&self) -> PathBuf {
        self.data_dir.join("pg")
    }

    fn found(&self) -> Found {
        find(&self.pg_data()).unwrap()
    }

    fn server_pid(&self) -> Option<u32> {
        match self.found() {
            Found::Server { pid, .. } => Some(pid),
            _ => None,
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(pid) = self.server_pid() {
            signal("-QUIT", pid);
            wait_until(|| self.server_pid().is_none());
        }
        if let Ok(layout) = Layout::new(&self.data_dir) {
            layout.drop_socket_dir();
        }
    }
}

/// Signals a process; one that has just ended does no harm.
fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.is_ok());
}

fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..400 {
        if done() {
            return;
        }
        thread::sleep(Duration::from_millis(25));
    }
}

async fn run_sql(cluster: &Cluster, sql: &'static str) {
    let mut connection = cluster.connect_options(DATABASE).connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn value(cluster: &Cluster, sql: &'static str) -> String {
    let mut connection = cluster.connect_options(DATABASE).connect().await.unwrap();
    sqlx::query_scalar(sql)
        .fetch_one(&mut connection)
        .await
        .unwrap()
}
