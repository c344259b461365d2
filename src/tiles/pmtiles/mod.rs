//! PMTiles, version 3: a tileset in one file.
//!
//! # Source
//! The specification at `spec/v3/spec.md` of the PMTiles project, version 3.1; details compared with the reader and writer of
//! the PyPI package `pmtiles` 3.8.1.

mod directory;
mod header;
mod hilbert;
mod journal;
mod writer;

pub use hilbert::{Cell, cells};
pub use writer::{ArchiveError, ArchiveFacts, ArchiveSummary, ArchiveWriter, Beginning};
