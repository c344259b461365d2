//! The ordinary life of a cluster: made, used, shared, left.

use super::*;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

#[tokio::test]
async fn what_was_written_is_there_after_the_cluster_was_closed_and_opened_again() {
    let site = Site::new();
    let cluster = site.open().await;
    assert!(cluster.started_here());
    run_sql(
        &cluster,
        "create table sheet (name text); insert into sheet values ('tờ 7')",
    )
    .await;
    cluster.close().await.unwrap();
    assert_eq!(site.found(), Found::Nobody);
    assert!(!site.pg_data().join("postmaster.pid").exists());

    let cluster = site.open().await;
    assert_eq!(value(&cluster, "select name from sheet").await, "tờ 7");
    cluster.close().await.unwrap();
}

#[tokio::test]
async fn the_cluster_is_utf8_checked_by_checksums_and_deaf_to_the_network() {
    let site = Site::new();
    let cluster = site.open().await;
    for (sql, expected) in [
        ("show server_encoding", "UTF8"),
        ("show data_checksums", "on"),
        ("show fsync", "on"),
        ("show listen_addresses", ""),
        ("show lc_collate", "C"),
        ("select upper('thửa đất')", "THỬA ĐẤT"),
        ("select current_user::text", "diaba"),
        (
            "select count(*)::text from pg_available_extensions where name = 'postgis'",
            "1",
        ),
        (
            "select string_agg(concat_ws(' ', type, database, user_name, auth_method, options), ';') \
          from pg_hba_file_rules",
            "local {all} {diaba} peer {map=diaba}",
        ),
    ] {
        assert_eq!(value(&cluster, sql).await, expected, "{sql}");
    }
    let sockets = fs::read_to_string("/proc/net/tcp").unwrap()
        + &fs::read_to_string("/proc/net/tcp6").unwrap();
    let pid = site.server_pid().unwrap();
    for entry in fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten() {
        let link = fs::read_link(entry.path()).unwrap_or_default();
        let inode = link
            .to_string_lossy()
            .replace("socket:[", " ")
            .replace(']', " ");
        assert!(!sockets.contains(&inode), "listens on TCP: {inode}");
    }
    cluster.close().await.unwrap();
}

#[tokio::test]
async fn psql_takes_the_connection_line() {
    let site = Site::at("with space");
    let cluster = site.open().await;
    let output = cluster
        .psql_command(DATABASE)
        .args(["-XAtc", "select 6 * 7"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "42\n");
    cluster.close().await.unwrap();
}

#[tokio::test]
async fn a_second_user_joins_and_keeps_the_server_when_the_first_leaves() {
    let site = Site::new();
    let first = site.open().await;
    let second = site.open().await;
    assert!(first.started_here() && !second.started_here());
    let pid = site.server_pid();
    first.close().await.unwrap();
    assert_eq!(site.server_pid(), pid);
    assert_eq!(value(&second, "select 'still here'").await, "still here");
    second.close().await.unwrap();
    assert_eq!(site.found(), Found::Nobody);
}

#[tokio::test]
async fn four_that_open_at_once_share_one_server() {
    let site = Site::new();
    let config = site.config();
    let (a, b, c, d) = tokio::join!(
        Cluster::open(&config),
        Cluster::open(&config),
        Cluster::open(&config),
        Cluster::open(&config),
    );
    let clusters = [a, b, c, d].map(Result::unwrap);
    assert_eq!(
        clusters
            .iter()
            .filter(|cluster| cluster.started_here())
            .count(),
        1
    );
    for cluster in clusters {
        assert!(site.server_pid().is_some());
        assert_eq!(value(&cluster, "select 'here'").await, "here");
        cluster.close().await.unwrap();
    }
    assert_eq!(site.found(), Found::Nobody);
}

#[tokio::test]
async fn a_data_directory_too_deep_for_a_socket_works() {
    let site = Site::at(&"d".repeat(120));
    let cluster = site.open().await;
    let socket_dir = cluster.postmaster.layout.socket_dir.clone();
    assert!(socket_dir.starts_with("/tmp/diaba-"));
    assert_eq!(fs::metadata(&socket_dir).unwrap().mode() & 0o777, 0o700);
    assert_eq!(value(&cluster, "select 'deep'").await, "deep");
    cluster.close().await.unwrap();
    assert!(!Path::new(&socket_dir).exists());
}

#[test]
fn a_connection_line_quotes_what_libpq_would_split() {
    assert_eq!(quoted("/var/lib/diaba/run"), "/var/lib/diaba/run");
    assert_eq!(quoted("/srv/Địa Bạ/run"), "'/srv/Địa Bạ/run'");
    assert_eq!(quoted(r"it's \ odd"), r"'it\'s \\ odd'");
    assert_eq!(quoted(""), "''");
}
