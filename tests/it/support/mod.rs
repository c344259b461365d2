//! One private database cluster for all tests of this process, and what tests do again and again.

mod client;
mod files;
mod register;

pub use client::{Reply, Served, Told};
pub use files::{Folder, Parcel, demo_source, fixture, geojson, point, register_csv, ring, square};
pub use register::{Register, load, plan};

use diaba::ingest::read_units;
use diaba::store::Store;
use diaba::store::cluster::{Cluster, ClusterConfig, DATABASE};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// Runs a test on the runtime that all tests share, for the cluster's process belongs to it. The test's own thread may block.
pub fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// The cluster with its template databases.
struct Site {
    cluster: Cluster,
    /// Its standard input is closed by the end of this process; it waits for that.
    _watcher: Child,
}

/// What a new database begins with.
#[derive(Debug, Clone, Copy)]
pub enum Template {
    /// The schema, the law, and the units of the demonstration.
    Blank,
    /// The demonstration commune too.
    Demo,
}

static SITE: OnceCell<Site> = OnceCell::const_new();
static DEMO: OnceCell<()> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A new database.
async fn database(template: Template) -> PgConnectOptions {
    let site = SITE.get_or_init(Site::open).await;
    let from = match template {
        Template::Blank => "blank",
        Template::Demo => {
            DEMO.get_or_init(|| site.make_demo()).await;
            "demo"
        }
    };
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    site.create(&name, from).await
}

impl Site {
    async fn open() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("diaba-it-")
            .tempdir()
            .unwrap()
            .keep();
        // user postgres must reach it where the tests run as root
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).unwrap();
        let watcher = watch(&folder);
        let config = ClusterConfig {
            data_dir: folder,
            bin_dir: None,
        };
        let cluster = Cluster::open(&config).await.unwrap();
        let site = Self {
            cluster,
            _watcher: watcher,
        };
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            site.execute(&format!("alter system set {setting} = off"))
                .await;
        }
        site.execute("select pg_reload_conf()").await;
        let store = Store::open(site.create("blank", "template0").await)
            .await
            .unwrap();
        let units = read_units(&fixture("units.csv")).unwrap();
        store.add_units(&units).await.unwrap();
        store.close().await;
        site
    }

    async fn make_demo(&self) {
        let store = Store::open(self.create("demo", "blank").await)
            .await
            .unwrap();
        let files = [fixture("parcels.gpkg"), fixture("register.csv")];
        let report = register::load(&store, &plan(&files)).await;
        assert!(report.is_accounted_for());
        store.close().await;
    }

    async fn create(&self, name: &str, template: &str) -> PgConnectOptions {
        self.execute(&format!("create database {name} template {template}"))
            .await;
        self.cluster.connect_options(name)
    }

    async fn execute(&self, sql: &str) {
        let options = self.cluster.connect_options(DATABASE);
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}

/// Starts a watcher that stops the cluster and removes its folder when this process ends, however it ends.
fn watch(folder: &Path) -> Child {
    const SCRIPT: &str = r#"
        read -r _
        pid=$(head -n 1 "$1/pg/postmaster.pid") && kill -QUIT "$pid"
        for _ in $(seq 200); do kill -0 "$pid" || break; sleep 0.05; done
        rm -rf "$1""#;
    Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}
