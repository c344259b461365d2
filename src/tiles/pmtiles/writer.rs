//! Writing an archive: tiles to a part file while entries are collected, and the whole file when all are there.
//!
//! Beside `map.pmtiles` stand, until it is done, `map.pmtiles.tiles.part` (the tiles' bytes), `map.pmtiles.journal.part` (which
//! tiles they are) and at the end `map.pmtiles.part`, which becomes the archive by its new name.

use super::directory::{Directories, Entry};
use super::header::{HEADER_BYTES, Header, Section};
use super::journal::{self, Digest, HEAD_BYTES, RECORD_BYTES, Record};
use crate::tiles::gzip;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file could not be read or written.
    #[error("{path} or one of its parts could not be written")]
    File {
        /// The archive.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process writes the same archive.
    #[error("another export writes {0}")]
    Busy(PathBuf),
}

/// How the writing of an archive begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Nothing was there.
    New,
    /// The parts of the same archive were there, with so many whole tiles.
    Continued {
        /// Tiles that need not be made again.
        tiles: u64,
    },
    /// The parts of another archive were there and are gone.
    Replaced,
}

/// What an archive says of itself.
#[derive(Debug, Clone)]
pub struct ArchiveFacts {
    /// Lowest zoom.
    pub min_zoom: u8,
    /// Highest zoom.
    pub max_zoom: u8,
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The metadata, with `vector_layers`.
    pub metadata: serde_json::Value,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveSummary {
    /// Tiles that can be asked for.
    pub tiles: u64,
    /// Different contents among them.
    pub contents: u64,
    /// The length of the file.
    pub size_bytes: u64,
}

/// An archive being written. Tiles come in the order of their numbers.
#[derive(Debug)]
pub struct ArchiveWriter {
    path: PathBuf,
    tiles: BufWriter<File>,
    journal: BufWriter<File>,
    held: Held,
}

/// What is in the archive so far.
#[derive(Debug, Default)]
struct Held {
    entries: Vec<Entry>,
    /// Where each content is.
    places: HashMap<Digest, u64>,
    end: u64,
    tiles: u64,
    last: Option<u64>,
}

impl ArchiveWriter {
    /// Begins an archive, or goes on with one of the same identity that was not finished.
    ///
    /// # Errors
    /// Where files cannot be written, or another process writes the same archive.
    pub fn open(path: &Path, identity: &Digest) -> Result<(Self, Beginning), ArchiveError> {
        Self::opened(path, identity).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => ArchiveError::Busy(path.to_owned()),
            _ => fault(path, error),
        })
    }

    fn opened(path: &Path, identity: &Digest) -> io::Result<(Self, Beginning)> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut journal = options.open(part(path, "journal."))?;
        journal.try_lock()?;
        let mut tiles = options.open(part(path, "tiles."))?;
        let head = journal::head(identity);
        let mut known = Vec::with_capacity(HEAD_BYTES);
        (&mut journal)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut known)?;
        let held = if known == head {
            Held::replay(&tiles, &journal)?
        } else {
            Held::default()
        };
        let beginning = match held.tiles {
            0 if known.is_empty() || known == head => Beginning::New,
            0 => Beginning::Replaced,
            tiles => Beginning::Continued { tiles },
        };
        tiles.set_len(held.end)?;
        tiles.seek(SeekFrom::End(0))?;
        journal.set_len(HEAD_BYTES as u64 + held.tiles * RECORD_BYTES as u64)?;
        journal.rewind()?;
        journal.write_all(&head)?;
        journal.seek(SeekFrom::End(0))?;
        let writer = Self {
            path: path.to_owned(),
            tiles: BufWriter::new(tiles),
            journal: BufWriter::new(journal),
            held,
        };
        Ok((writer, beginning))
    }

    /// The last tile that is in it.
    pub fn last_tile(&self) -> Option<u64> {
        self.held.last
    }

    /// The bytes of tiles so far.
    pub fn size_bytes(&self) -> u64 {
        self.held.end
    }

    /// Adds a tile, compressed; content that is there already is not written again.
    pub fn push(&mut self, tile_id: u64, content: &[u8]) -> Result<(), ArchiveError> {
        let digest = Sha256::digest(content).into();
        let known = self.held.places.get(&digest).copied();
        let record = Record {
            tile_id,
            offset: known.unwrap_or(self.held.end),
            length: u32::try_from(content.len()).unwrap_or(u32::MAX),
            digest,
        };
        let mut write = || {
            if known.is_none() {
                self.tiles.write_all(content)?;
            }
            self.journal.write_all(&record.to_bytes())
        };
        write().map_err(|source| fault(&self.path, source))?;
        self.held.take_in(record);
        Ok(())
    }

    /// Hands everything to the system, so that it outlives this process.
    pub fn flush(&mut self) -> Result<(), ArchiveError> {
        let mut flush = || {
            self.tiles.flush()?;
            self.journal.flush()
        };
        flush().map_err(|source| fault(&self.path, source))
    }

    /// Writes the whole file, gives it its name and removes the parts.
    pub fn finish(mut self, facts: &ArchiveFacts) -> Result<ArchiveSummary, ArchiveError> {
        self.flush()?;
        let path = self.path.clone();
        self.assembled(facts).map_err(|source| fault(&path, source))
    }

    fn assembled(self, facts: &ArchiveFacts) -> io::Result<ArchiveSummary> {
        let Held {
            entries,
            places,
            end,
            tiles,
            ..
        } = self.held;
        let directories = Directories::of(&entries);
        let metadata = gzip(&serde_json::to_vec(&facts.metadata)?);
        let root = Section {
            offset: HEADER_BYTES as u64,
            length: directories.root.len() as u64,
        };
        let described = root.then(metadata.len() as u64);
        let leaves = described.then(directories.leaves.len() as u64);
        let header = Header {
            root,
            metadata: described,
            leaves,
            tiles: leaves.then(end),
            addressed: tiles,
            entries: entries.len() as u64,
            contents: places.len() as u64,
            min_zoom: facts.min_zoom,
            max_zoom: facts.max_zoom,
            bounds: facts.bounds,
        };
        let unnamed = part(&self.path, "");
        let mut whole = File::create(&unnamed)?;
        for section in [
            &header.to_bytes()[..],
            &directories.root,
            &metadata,
            &directories.leaves,
        ] {
            whole.write_all(section)?;
        }
        let mut content = self.tiles.into_inner()?;
        content.rewind()?;
        let copied = io::copy(&mut content, &mut whole)?;
        if copied != end {
            return Err(io::Error::other(format!(
                "{copied} bytes of tiles are there instead of {end}"
            )));
        }
        whole.sync_all()?;
        fs::rename(&unnamed, &self.path)?;
        fs::remove_file(part(&self.path, "tiles."))?;
        fs::remove_file(part(&self.path, "journal."))?;
        Ok(ArchiveSummary {
            tiles,
            contents: header.contents,
            size_bytes: header.tiles.offset + end,
        })
    }
}

impl Held {
    /// Reads what the parts hold, up to the first tile that is not whole.
    fn replay(tiles: &File, journal: &File) -> io::Result<Self> {
        let (mut tiles, mut journal) = (BufReader::new(tiles), BufReader::new(journal));
        let mut held = Self::default();
        let mut content = Vec::new();
        while let Some(record) = Record::read(&mut journal)? {
            let is_next = held.last.is_none_or(|last| last < record.tile_id);
            let is_there = if let Some(place) = held.places.get(&record.digest) {
                *place == record.offset
            } else {
                content.clear();
                (&mut tiles)
                    .take(record.length.into())
                    .read_to_end(&mut content)?;
                record.offset == held.end && Digest::from(Sha256::digest(&content)) == record.digest
            };
            if !(is_next && is_there) {
                break;
            }
            held.take_in(record);
        }
        Ok(held)
    }

    fn take_in(&mut self, record: Record) {
        let Record {
            tile_id,
            offset,
            length,
            digest,
        } = record;
        if self.places.insert(digest, offset).is_none() {
            self.end += u64::from(length);
        }
        self.tiles += 1;
        self.last = Some(tile_id);
        match self.entries.last_mut() {
            Some(entry)
                if entry.offset == offset
                    && entry.tile_id + u64::from(entry.run_length) == tile_id =>
            {
                entry.run_length += 1;
            }
            _ => self.entries.push(Entry {
                tile_id,
                offset,
                length,
                run_length: 1,
            }),
        }
    }
}

/// A part of an archive: `map.pmtiles` and `tiles.` give `map.pmtiles.tiles.part`.
fn part(path: &Path, name: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(format!(".{name}part"));
    file.into()
}

fn fault(path: &Path, source: io::Error) -> ArchiveError {
    let path = path.to_owned();
    ArchiveError::File { path, source }
}
