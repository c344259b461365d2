//! Export of the map into one file: every tile of a commune, a province or all, as the server sends them.
//!
//! The same parcels at the same register position give the same file, byte for byte, whenever and however often it was interrupted.

use super::AppError;
use super::fill::read_register;
use super::map::draw;
use crate::domain::{CommuneCode, Names, Position};
use crate::index::State;
use crate::store::{Store, StoreError};
use crate::tiles::pmtiles::{
    ArchiveError, ArchiveFacts, ArchiveSummary, ArchiveWriter, Beginning, Cell, cells,
};
use crate::tiles::{self, LayerSource, TileId};
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use tokio_util::sync::CancellationToken;

/// How many tiles are made before they are written; an interruption loses at most these.
const BATCH: usize = 64;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The register could not be read.
    #[error("the register could not be read")]
    Store(#[from] StoreError),
    /// The parcels could not be read into memory.
    #[error("the parcels could not be read into memory")]
    Read(#[from] AppError),
    /// Nothing to export.
    #[error("{0} has no parcel")]
    NoParcel(Selection),
    /// The file could not be written.
    #[error("the archive could not be written")]
    Archive(#[from] ArchiveError),
    /// It was stopped; the same export goes on from there.
    #[error("stopped after {done} of {total} tiles; the same command goes on from there")]
    Stopped {
        /// Tiles done.
        done: u64,
        /// Tiles to do.
        total: u64,
    },
}

/// Which parcels are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those of the communes that belong to a province today.
    Province(String),
    /// Those of a commune.
    Commune(CommuneCode),
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("the register"),
            Self::Province(code) => write!(f, "province {code}"),
            Self::Commune(code) => write!(f, "commune {code}"),
        }
    }
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Tiles looked at, those of an earlier run too.
    pub done: u64,
    /// Tiles to look at.
    pub total: u64,
    /// Bytes of tiles so far.
    pub size_bytes: u64,
}

/// The parcels to export, in memory, at one register position.
#[derive(Debug)]
pub struct Export {
    state: State,
    selection: Selection,
    register_name: String,
}

impl Export {
    /// Reads the parcels.
    ///
    /// # Errors
    /// Where the database fails, or there is no parcel.
    pub async fn read(store: &Store, selection: Selection) -> Result<Self, ExportError> {
        let register_name = store.register_name().await?;
        let names = Arc::new(store.names().await?);
        let mut reader = store.communewise().await?;
        match &selection {
            Selection::All => {}
            Selection::Commune(wanted) => reader.keep(|code| code == wanted.as_str()),
            Selection::Province(wanted) => {
                let communes = store.communes(reader.day()).await?;
                let of_province: HashSet<_> = communes
                    .into_iter()
                    .filter(|(_, (_, province))| province == wanted)
                    .map(|(code, _)| String::from(code))
                    .collect();
                reader.keep(|code| of_province.contains(code));
            }
        }
        let state = read_register(reader).await?.named(names);
        if state.is_empty() {
            return Err(ExportError::NoParcel(selection));
        }
        Ok(Self {
            state,
            selection,
            register_name,
        })
    }

    /// The register position of the parcels.
    pub fn position(&self) -> Position {
        self.state.position()
    }

    /// Begins the archive, or goes on with one of the same parcels and zooms that was stopped.
    pub fn begin(
        &self,
        path: &Path,
        zooms: &RangeInclusive<u32>,
    ) -> Result<(ArchiveWriter, Beginning), ExportError> {
        Ok(ArchiveWriter::open(path, &self.identity(zooms))?)
    }

    /// Writes what is missing in the archive and finishes it.
    ///
    /// # Errors
    /// Where the file cannot be written, or the export was stopped: then its parts stay.
    pub fn write(
        &self,
        mut writer: ArchiveWriter,
        zooms: RangeInclusive<u32>,
        stop: &CancellationToken,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ArchiveSummary, ExportError> {
        let last = writer.last_tile();
        let is_open = |cell: &Cell| last.is_none_or(|last| last < cell.tile_id());
        let (mut done, mut total) = (0, 0);
        for cell in self.cells(zooms.clone()) {
            done += u64::from(!is_open(&cell));
            total += 1;
        }
        let mut open = self.cells(zooms.clone()).filter(is_open);
        loop {
            progress(Progress {
                done,
                total,
                size_bytes: writer.size_bytes(),
            });
            let batch: Vec<Cell> = open.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(writer.finish(&self.facts(&zooms))?);
            }
            if stop.is_cancelled() {
                return Err(ExportError::Stopped { done, total });
            }
            for (cell, content) in batch.iter().zip(self.contents(&batch)) {
                if let Some(content) = content {
                    writer.push(cell.tile_id(), &content)?;
                }
            }
            writer.flush()?;
            done += batch.len() as u64;
        }
    }

    /// The squares that the box of some parcel or outline meets, zoom after zoom.
    fn cells(&self, zooms: RangeInclusive<u32>) -> impl Iterator<Item = Cell> {
        zooms.flat_map(move |zoom| {
            let shows_outlines = tiles::shows(zoom, LayerSource::Outlines);
            cells(zoom, move |bounds| {
                let has_parcels = self.state.parcels_near(bounds).next().is_some();
                has_parcels || shows_outlines && !self.state.ground(bounds, 0).outlines.is_empty()
            })
        })
    }

    /// The tiles of some squares in their order, made on all cores.
    fn contents(&self, cells: &[Cell]) -> Vec<Option<Bytes>> {
        let made: Vec<OnceLock<_>> = cells.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            for (cell, place) in numbers.map_while(|number| cells.get(number).zip(made.get(number)))
            {
                place.get_or_init(|| self.content(*cell));
            }
        };
        thread::scope(|scope| {
            for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
            work();
        });
        made.into_iter()
            .map(|place| place.into_inner().flatten())
            .collect()
    }

    /// The compressed bytes of a tile as the server sends them; `None` where it is empty.
    fn content(&self, cell: Cell) -> Option<Bytes> {
        let (zoom, x, y) = cell.zxy();
        let id = TileId::new(zoom, x, y).ok()?;
        let ground = self.state.ground(id.buffered(), id.least_side());
        let packed = draw(id, &ground, self.state.position()).packed;
        (packed.unpacked_bytes > 0).then_some(packed.gzip)
    }

    fn facts(&self, zooms: &RangeInclusive<u32>) -> ArchiveFacts {
        let zoom = |zoom: &u32| u8::try_from(*zoom).unwrap_or(u8::MAX);
        ArchiveFacts {
            min_zoom: zoom(zooms.start()),
            max_zoom: zoom(zooms.end()),
            bounds: self
                .state
                .bounds()
                .map_or([0.0; 4], |bounds| bounds.to_degrees()),
            metadata: json!({
                "name": tiles::TILESET,
                "description": tiles::TITLE,
                "attribution": tiles::ATTRIBUTION,
                "type": "overlay",
                "version": self.position().to_string(),
                "register_name": self.register_name,
                "register_position": self.position().0,
                "selection": self.selection.to_string(),
                "vector_layers": tiles::vector_layers(zooms.clone()),
            }),
        }
    }

    /// What the archive is of: parts of another identity are not gone on with.
    fn identity(&self, zooms: &RangeInclusive<u32>) -> [u8; 32] {
        let parts = [
            super::PROGRAM,
            &self.register_name,
            &self.position().to_string(),
            // Versions begin and end in law at midnight.
            &self.state.day().to_string(),
            // Names change without any change of parcels.
            &listed(self.state.names()),
            &self.selection.to_string(),
            &format!("{zooms:?}"),
        ];
        Sha256::digest(parts.join("\n")).into()
    }
}

/// The names that tiles show, in an order of their own.
fn listed(names: &Names) -> String {
    let communes = names.communes.iter().map(|named| format!("{named:?}"));
    let provinces = names.provinces.iter().map(|named| format!("{named:?}"));
    let mut all: Vec<_> = communes.chain(provinces).collect();
    all.sort_unstable();
    all.join("\n")
}
