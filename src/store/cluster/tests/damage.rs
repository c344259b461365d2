//! After a kill or a power cut.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::{env, process};

const CHILD_DATA_DIR: &str = "DIABA_TEST_CLUSTER_DATA_DIR";

#[tokio::test]
async fn a_server_whose_user_was_killed_is_adopted() {
    let site = Site::new();
    let mut other = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "store::cluster::tests::damage::another_process",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD_DATA_DIR, &site.data_dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(
        lines
            .map_while(Result::ok)
            .any(|line| line.ends_with("opened"))
    );
    let pid = site.server_pid();
    assert!(pid.is_some());

    let joined = site.open().await;
    joined.close().await.unwrap();
    assert_eq!(site.server_pid(), pid, "the other process still uses it");

    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(site.server_pid(), pid, "the server outlives its user");
    let cluster = site.open().await;
    assert_eq!(site.server_pid(), pid);
    assert!(!cluster.started_here());
    assert_eq!(value(&cluster, "select name from sheet").await, "tờ 7");
    cluster.close().await.unwrap();
    assert_eq!(site.found(), Found::Nobody);
}

#[tokio::test]
#[ignore = "it is the other process of a_server_whose_user_was_killed_is_adopted"]
async fn another_process() {
    let Some(data_dir) = env::var_os(CHILD_DATA_DIR) else {
        return;
    };
    let config = ClusterConfig {
        data_dir: data_dir.into(),
        bin_dir: None,
    };
    let cluster = Cluster::open(&config).await.unwrap();
    run_sql(
        &cluster,
        "create table sheet (name text); insert into sheet values ('tờ 7')",
    )
    .await;
    println!("opened");
    std::io::stdout().flush().unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_all_that_was_committed() {
    let site = Site::new();
    let cluster = site.open().await;
    run_sql(
        &cluster,
        "create table sheet as select n from generate_series(1, 1000) n",
    )
    .await;
    let pid = site.server_pid().unwrap();
    signal("-KILL", pid);
    cluster.ensure_running().await.unwrap();
    assert!(cluster.started_here());
    assert_ne!(site.server_pid(), Some(pid));
    assert_eq!(
        value(&cluster, "select count(*)::text from sheet").await,
        "1000"
    );
    assert!(
        !Path::new(&format!("/proc/{pid}")).exists(),
        "the dead server is reaped"
    );

    let pid = site.server_pid().unwrap();
    cluster.ensure_running().await.unwrap();
    assert_eq!(
        site.server_pid(),
        Some(pid),
        "a server that runs is left alone"
    );

    signal("-KILL", pid);
    drop(cluster);
    let cluster = site.open().await;
    assert_eq!(
        value(&cluster, "select count(*)::text from sheet").await,
        "1000"
    );
    let pid = site.server_pid().unwrap();
    cluster.close().await.unwrap();
    assert!(
        !Path::new(&format!("/proc/{pid}")).exists(),
        "the stopped server is reaped"
    );
}

#[tokio::test]
async fn a_killed_server_is_started_again_while_a_busy_backend_of_it_lingers() {
    let site = Site::new();
    let cluster = site.open().await;
    let mut busy = cluster.connect_options(DATABASE).connect().await.unwrap();
    // Some seconds of work without a look at the clock, and none at whether the postmaster lives.
    let work = tokio::spawn(async move {
        let sql = "select count(*) from generate_series(1, 10000000)";
        sqlx::raw_sql(sql).execute(&mut busy).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    signal("-KILL", site.server_pid().unwrap());
    cluster.ensure_running().await.unwrap();
    assert_eq!(value(&cluster, "select 'back'").await, "back");
    drop(work.await);
    cluster.close().await.unwrap();
}

/// Ends a process of the test's own.
struct Bystander(process::Child);

impl Drop for Bystander {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Writes what a crash leaves: the files of a server whose number now belongs to another.
fn leave_stale_files(site: &Site, pid: u32) {
    let run = site.data_dir.join("run");
    let text = format!(
        "{pid}\n{}\n1700000000\n5432\n{}\n\n  5432001 0\nready   \n",
        site.pg_data().display(),
        run.display()
    );
    leave_stale_file(site, &site.pg_data().join("postmaster.pid"), &text);
    leave_stale_file(site, &run.join(".s.PGSQL.5432.lock"), &text);
    leave_stale_file(site, &run.join(".s.PGSQL.5432"), "");
}

fn leave_stale_file(site: &Site, path: &Path, text: &str) {
    let owner = fs::metadata(site.pg_data()).unwrap();
    fs::write(path, text).unwrap();
    chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

#[tokio::test]
async fn a_stale_pid_file_whose_number_another_program_has_is_no_obstacle() {
    let site = Site::new();
    site.open().await.close().await.unwrap();
    let owner = fs::metadata(site.pg_data()).unwrap();
    let mut sleep = Command::new("sleep");
    // PostgreSQL only minds processes of its own user.
    let sleep = sleep
        .arg("60")
        .uid(owner.uid())
        .gid(owner.gid())
        .current_dir("/")
        .spawn()
        .unwrap();
    let mut sleep = Bystander(sleep);
    wait_until(|| {
        fs::read(format!("/proc/{}/cmdline", sleep.0.id()))
            .is_ok_and(|words| words.starts_with(b"sleep"))
    });
    leave_stale_files(&site, sleep.0.id());
    assert_eq!(site.found(), Found::Stranger(sleep.0.id()));

    let cluster = site.open().await;
    assert!(site.server_pid().is_some());
    cluster.close().await.unwrap();

    assert!(
        sleep.0.try_wait().unwrap().is_none(),
        "the other program goes on"
    );
}

#[tokio::test]
async fn a_stale_pid_file_whose_number_another_cluster_has_is_no_obstacle() {
    let (site, other) = (Site::new(), Site::new());
    site.open().await.close().await.unwrap();
    let neighbour = other.open().await;
    leave_stale_files(&site, other.server_pid().unwrap());
    let cluster = site.open().await;
    assert_ne!(site.server_pid(), other.server_pid());
    cluster.close().await.unwrap();
    assert_eq!(value(&neighbour, "select 'unmoved'").await, "unmoved");
    neighbour.close().await.unwrap();
}

#[tokio::test]
async fn lock_files_that_a_power_cut_has_emptied_or_zeroed_are_no_obstacle() {
    let site = Site::new();
    site.open().await.close().await.unwrap();
    for text in ["", "\0\0\0\0"] {
        leave_stale_file(&site, &site.pg_data().join("postmaster.pid"), text);
        leave_stale_file(&site, &site.data_dir.join("run/.s.PGSQL.5432.lock"), text);
        site.open().await.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_cluster_left_half_made_is_made_anew_and_other_files_stay() {
    let site = Site::new();
    site.open().await.close().await.unwrap();
    fs::create_dir(site.data_dir.join("keys")).unwrap();
    fs::rename(site.pg_data(), site.data_dir.join("pg.new-1")).unwrap();
    site.open().await.close().await.unwrap();
    let mut names: Vec<_> = fs::read_dir(&site.data_dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "keys",
            "pg",
            "postgres.log",
            "run",
            "start.lock",
            "users.lock"
        ]
    );
}
