//! The use-cases: what a reader may ask and an officer may do. Every write goes in here; what becomes visible goes through
//! `App::publish`.

mod accounts;
mod blanks;
pub mod desk;
mod documents;
pub mod dossier;
pub mod export;
mod feed;
mod fill;
mod land;
mod lineage;
pub mod load;
mod map;
mod past;
mod recall;
mod rules;
mod sharing;
mod throttle;
mod timeline;
mod watch;

pub use accounts::{TokenError, issue_token};
pub use blanks::{BlankError, BlankHappening, BlankWanted};
pub use documents::{ChangesPart, Late, NotesWanted, PaperError, PaperFile, PaperQuery};
pub use fill::FilledFrom;
pub use land::{Asked, Land, ReadError, ReadParcel, Reader, SearchHit, SearchKind};
pub use map::{ShownTile, TileExplanation, TilesetExtent};
pub use recall::corners;
pub use rules::RuleError;
pub use sharing::{PortalError, PortalQuery, agreement_of};
pub use watch::{Published, Watcher};

use crate::crs::{self, CrsError, Disagreement};
use crate::documents::{DocumentError, Documents, Signers};
use crate::domain::{LandUseCode, Position};
use crate::index::{Index, SnapshotError, State};
use crate::share::{Issuer, KeyError, SigningKey};
use crate::store::{Contents, Store, StoreError};
use crate::tiles::TileCache;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinError;

/// What this program was built from: another one may see other things in the same rows, or draw them otherwise.
const PROGRAM: &str = env!("DIABA_SOURCE");

/// Readings of other times that the database is asked for at once: they must leave connections to everybody else.
const RECALLED_AT_ONCE: usize = 4;

/// What is read from so few pages takes about a millisecond at most: others may wait for that.
const FEW_PAGES: usize = 12;

/// Why a use-case could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database failed.
    #[error("the register could not be read or written")]
    Store(#[from] StoreError),
    /// A transformation failed.
    #[error("coordinates could not be transformed")]
    Crs(#[from] CrsError),
    /// Rust and the database transform differently.
    #[error("the start-up self-test failed: {0}")]
    SelfTest(#[from] Disagreement),
    /// The index is not filled yet.
    #[error("the register is still being read into memory")]
    NotReady,
    /// The index could not be written to disk or read from it.
    #[error("the index could not be written to disk")]
    Snapshot(#[from] SnapshotError),
    /// The signing key cannot be had.
    #[error("the signing key could not be had")]
    Key(#[from] KeyError),
    /// A document could not be made.
    #[error("a document could not be made")]
    Document(#[from] DocumentError),
    /// A paper could not be kept or read.
    #[error("a paper could not be kept or read")]
    Content(#[from] std::io::Error),
    /// A computation panicked, or the server stops.
    #[error("a computation was lost")]
    Lost(#[from] JoinError),
}

/// The register with its index, as one server holds it.
pub struct App {
    store: Store,
    index: Index,
    tiles: Arc<TileCache>,
    /// As many tiles are drawn apart at once as there are permits.
    drawing: Arc<Semaphore>,
    /// As many readings of other times are asked of the database at once as there are permits.
    recalling: Semaphore,
    key: SigningKey,
    documents: Documents,
    /// The keys that papers are signed with, where there are any.
    signers: OnceLock<Signers>,
    /// One paper is signed at a time.
    signing: Mutex<()>,
    is_ready: AtomicBool,
    snapshot_path: PathBuf,
    rates: sharing::Rates,
    /// Papers of dossiers.
    contents: Contents,
    /// What citizens tried.
    tries: throttle::Throttle,
    /// The office's own login, where there is one.
    issuer: OnceLock<Issuer>,
    feed: feed::Feed,
    /// The name that answers are issued under.
    register_name: String,
}

impl App {
    /// Opens the register: self-test of the transformations, the signing key from (or newly into) the data folder, which
    /// holds the index's snapshot and the office's own templates too, and room for so many bytes of finished tiles.
    ///
    /// # Errors
    /// Where Rust and SQL differ by more than 1 mm in a zone in use: a server must not serve then.
    pub async fn open(
        store: Store,
        data_dir: &Path,
        tile_cache_bytes: usize,
    ) -> Result<Arc<Self>, AppError> {
        self_test(&store).await?;
        let key = SigningKey::load_or_create(&data_dir.join("keys/portal-es256.pem"))?;
        let register_name = store.register_name().await?;
        let (tiles, to_remake) = TileCache::new(tile_cache_bytes);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let app = Arc::new(Self {
            register_name,
            store,
            index: Index::default(),
            tiles,
            drawing: Arc::new(Semaphore::new(cores)),
            recalling: Semaphore::new(RECALLED_AT_ONCE),
            key,
            documents: Documents::open(&data_dir.join("documents"))?,
            signers: OnceLock::new(),
            signing: Mutex::new(()),
            is_ready: AtomicBool::new(false),
            snapshot_path: data_dir.join("index.snapshot"),
            rates: sharing::Rates::default(),
            contents: Contents::new(data_dir.join("attachments")),
            tries: throttle::Throttle::default(),
            issuer: OnceLock::new(),
            feed: feed::Feed::default(),
        });
        tokio::spawn(Self::remake(Arc::downgrade(&app), to_remake));
        Ok(app)
    }

    /// The parcels in memory as they are now.
    pub fn state(&self) -> Arc<State> {
        self.index.state()
    }

    /// The same, for answers: an index that is not filled yet must not answer "nothing".
    fn filled(&self) -> Result<Arc<State>, AppError> {
        if self.is_ready() {
            Ok(self.state())
        } else {
            Err(AppError::NotReady)
        }
    }

    /// Whether the index is filled.
    pub fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    /// Whether the database answers.
    pub async fn database_answers(&self) -> bool {
        self.store.ping().await.is_ok()
    }

    /// The public keys that answers are verified with.
    pub fn jwks(&self) -> serde_json::Value {
        self.key.jwks()
    }

    /// The land-use codes in force.
    pub async fn land_use_codes(&self) -> Result<Vec<LandUseCode>, AppError> {
        Ok(self.store.land_use_codes().await?)
    }

    /// The position of the last change in the database.
    pub async fn position(&self) -> Result<Position, AppError> {
        Ok(self.store.position().await?)
    }
}

/// Compares Rust with every transformation that our SQL would do, in every zone that is in use (and the commonest where none is).
pub async fn self_test(store: &Store) -> Result<(), AppError> {
    let mut zones = store.zones_in_use().await?;
    if zones.is_empty() {
        zones = crs::ZONES.iter().map(|zone| zone.code).collect();
    }
    for zone in zones {
        let points_m = crs::self_test_points(zone)?;
        let in_sql = store
            .transformed(crs::private_srid(zone), &points_m)
            .await?;
        let mut in_rust = points_m;
        crs::to_wgs84(zone, &mut in_rust)?;
        crs::compare(zone, &in_rust, &in_sql)?;
    }
    Ok(())
}
