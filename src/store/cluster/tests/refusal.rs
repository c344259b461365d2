//! What is refused, in words that say what to do.

use super::*;
use std::os::unix::fs::{DirBuilderExt, chown};

#[tokio::test]
async fn a_socket_folder_that_somebody_else_has_made_is_refused() {
    let site = Site::at(&"d".repeat(120));
    site.open().await.close().await.unwrap();
    let layout = Layout::new(&site.data_dir).unwrap();
    fs::DirBuilder::new()
        .mode(0o777)
        .create(&layout.socket_dir)
        .unwrap();
    fs::set_permissions(&layout.socket_dir, fs::Permissions::from_mode(0o777)).unwrap();
    let error = Cluster::open(&site.config()).await.unwrap_err();
    fs::remove_dir(&layout.socket_dir).unwrap();
    assert_eq!(
        error.to_string(),
        format!("cannot use {}", layout.socket_dir)
    );
    assert_eq!(site.found(), Found::Nobody);
}

#[tokio::test]
async fn a_folder_that_the_database_cannot_reach_is_refused_by_name_before_anything_is_made() {
    if !account::is_root() {
        eprintln!("skipped: only root runs the database as another user");
        return;
    }
    let site = Site::at("closed/data");
    let closed = site.folder.path().join("closed");
    fs::DirBuilder::new().mode(0o700).create(&closed).unwrap();
    let error = Cluster::open(&site.config()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "user postgres, whom the database runs as, cannot enter {}, so the data directory cannot be {}: choose \
             another, such as /var/lib/diaba",
            closed.display(),
            site.data_dir.display()
        )
    );
    assert!(!site.data_dir.exists());
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why_in_the_words_of_its_log() {
    let site = Site::new();
    site.open().await.close().await.unwrap();
    let conf = site.pg_data().join("postgresql.conf");
    let text = fs::read_to_string(&conf).unwrap();
    fs::write(&conf, text + "\nshared_buffers = 'lots'\n").unwrap();
    let error = Cluster::open(&site.config()).await.unwrap_err().to_string();
    assert!(
        error.starts_with("the database server ended while it started; its log says: "),
        "{error}"
    );
    assert!(
        error.contains("invalid value for parameter \"shared_buffers\": \"lots\""),
        "{error}"
    );
    assert_eq!(site.found(), Found::Nobody);
}

#[tokio::test]
async fn a_folder_without_server_programs_is_named_with_what_to_install() {
    let site = Site::new();
    let config = ClusterConfig {
        bin_dir: Some(PathBuf::from("/usr/sbin")),
        ..site.config()
    };
    let error = Cluster::open(&config).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no PostgreSQL server found in /usr/sbin: install PostgreSQL 15 or newer with PostGIS (Debian: apt-get \
         install postgresql-15-postgis-3)"
    );
    assert!(!site.pg_data().exists());
}

#[tokio::test]
async fn data_that_belong_to_root_are_refused() {
    if !account::is_root() {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    let site = Site::new();
    fs::create_dir_all(site.pg_data()).unwrap();
    chown(site.pg_data(), Some(0), Some(0)).unwrap();
    let error = Cluster::open(&site.config()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} belongs to root, and PostgreSQL runs as its owner but never as root: give it to another user",
            site.pg_data().display()
        )
    );
}
