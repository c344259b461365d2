//! The state on disk, so that a start need not read the whole register.
//!
//! A file is: the magic, one section a commune (its pages as they are in memory), the head with the table of sections, the
//! head's length and checksum, the magic again. Whatever is torn, flipped or of another program is found and said.

use super::{Commune, State};
use crate::domain::{CommuneCode, Position};
use crate::page::Page;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use time::Date;
use xxhash_rust::xxh3::xxh3_64;

/// Names the format, its version and the byte order.
const MAGIC: u64 = u64::from_le_bytes(*b"diabaix2");
/// Length, checksum and magic at the end.
const TAIL_BYTES: u64 = 24;

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be read or written.
    #[error("the snapshot {path} could not be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The content is not what was written.
    #[error("the snapshot is damaged: {0}")]
    Damaged(String),
    /// Written for another register or by another program.
    #[error("the snapshot is foreign: {0}")]
    Foreign(String),
}

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The register's own name.
    pub register: String,
    /// What the program was built from: another one may see other things in the same rows.
    pub program: String,
    /// The register position.
    pub position: Position,
    /// What the database calls the transaction that reached it; another one after a restored backup.
    pub reached_by: Option<String>,
    /// The day whose law it shows.
    pub day: Date,
}

#[derive(Debug, Serialize, Deserialize)]
struct Table {
    head: Head,
    sections: Vec<Section>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Section {
    commune: CommuneCode,
    pages: usize,
    offset: u64,
    length_bytes: usize,
    checksum: u64,
}

/// Writes a state beside the file and puts it in its place when it is whole and durable. Gives its size in bytes.
pub fn write_snapshot(state: &State, head: Head, path: &Path) -> Result<u64, SnapshotError> {
    let fault = |source| SnapshotError::File {
        path: path.to_owned(),
        source,
    };
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = write_file(state, head, &part).and_then(|size| {
        std::fs::rename(&part, path)?;
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
        Ok(size)
    });
    if written.is_err() {
        // What is left of it is of no use; the error is already known.
        std::fs::remove_file(&part).ok();
    }
    written.map_err(fault)
}

fn write_file(state: &State, head: Head, path: &Path) -> io::Result<u64> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // What the public is not shown of defence land is in it too.
    let mut options = File::options();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = BufWriter::new(options.open(path)?);
    file.write_all(&MAGIC.to_ne_bytes())?;
    let mut table = Table {
        head,
        sections: Vec::new(),
    };
    let mut offset = 8;
    let mut bytes = Vec::new();
    for commune in state.communes() {
        bytes.clear();
        for page in commune.pages() {
            page.write(&mut bytes);
        }
        file.write_all(&bytes)?;
        table.sections.push(Section {
            commune: commune.code,
            pages: commune.pages().len(),
            offset,
            length_bytes: bytes.len(),
            checksum: xxh3_64(&bytes),
        });
        offset += bytes.len() as u64;
    }
    let table = serde_json::to_vec(&table)?;
    file.write_all(&table)?;
    for number in [table.len() as u64, xxh3_64(&table), MAGIC] {
        file.write_all(&number.to_ne_bytes())?;
    }
    file.into_inner()?.sync_all()?;
    Ok(offset + table.len() as u64 + TAIL_BYTES)
}

/// Reads the head and, if it is of this register and this program, the state; `None` where there is no file.
///
/// # Errors
/// Where the file cannot be read, is damaged, or foreign: then the database has to be read.
pub fn read_snapshot(
    path: &Path,
    register: &str,
    program: &str,
) -> Result<Option<(Head, State)>, SnapshotError> {
    let fault = |source| SnapshotError::File {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    let Table { head, sections } = read_table(&file).map_err(fault)??;
    if head.register != register || head.program != program {
        let of = format!("of {} by the program {}", head.register, head.program);
        return Err(SnapshotError::Foreign(of));
    }
    let communes = read_sections(&file, &sections)?;
    let state = State::of_communes(head.position, head.day, communes);
    Ok(Some((head, state)))
}

fn read_table(file: &File) -> io::Result<Result<Table, SnapshotError>> {
    let damaged = |what: &str| Ok(Err(SnapshotError::Damaged(what.to_owned())));
    let size = file.metadata()?.len();
    let Some(tail_at) = size.checked_sub(TAIL_BYTES).filter(|at| *at >= 8) else {
        return damaged("it is too short");
    };
    let mut tail = [0_u64; 3];
    file.read_exact_at(bytemuck::cast_slice_mut(&mut tail), tail_at)?;
    let [length, checksum, magic] = tail;
    if magic != MAGIC {
        return damaged("its end is not that of a snapshot of this format");
    }
    let Some(table_at) = tail_at.checked_sub(length).filter(|at| *at >= 8) else {
        return damaged("its table is longer than the file");
    };
    let mut table = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read_exact_at(&mut table, table_at)?;
    if xxh3_64(&table) != checksum {
        return damaged("its table does not have its checksum");
    }
    Ok(serde_json::from_slice(&table)
        .map_err(|error| SnapshotError::Damaged(format!("its table cannot be read: {error}"))))
}

/// All communes, read by as many threads as there are processors.
fn read_sections(file: &File, sections: &[Section]) -> Result<Vec<Commune>, SnapshotError> {
    let next = AtomicUsize::new(0);
    let read_some = || {
        let mut communes = Vec::new();
        let mut bytes = Vec::new();
        while let Some(section) = sections.get(next.fetch_add(1, Ordering::Relaxed)) {
            communes.push(read_section(file, section, &mut bytes)?);
        }
        Ok(communes)
    };
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
    let parts = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..threads).map(|_| scope.spawn(read_some)).collect();
        let joined = readers.into_iter().map(|reader| reader.join());
        joined.collect::<Vec<_>>()
    });
    let lost = |_| SnapshotError::Damaged("a reader ended unexpectedly".to_owned());
    let parts: Vec<Vec<Commune>> = parts
        .into_iter()
        .map(|part| part.map_err(lost)?)
        .collect::<Result<_, _>>()?;
    Ok(parts.into_iter().flatten().collect())
}

fn read_section(
    file: &File,
    section: &Section,
    bytes: &mut Vec<u8>,
) -> Result<Commune, SnapshotError> {
    let damaged = |what: &str| {
        SnapshotError::Damaged(format!("the section of commune {} {what}", section.commune))
    };
    bytes.resize(section.length_bytes, 0);
    file.read_exact_at(bytes, section.offset)
        .map_err(|error| damaged(&format!("cannot be read: {error}")))?;
    if xxh3_64(bytes) != section.checksum {
        return Err(damaged("does not have its checksum"));
    }
    let mut rest = &**bytes;
    let pages: Option<Vec<_>> = (0..section.pages)
        .map(|_| Page::read(section.commune, &mut rest).map(Arc::new))
        .collect();
    pages
        .filter(|_| rest.is_empty())
        .and_then(|pages| Commune::of_pages(section.commune, pages))
        .ok_or_else(|| damaged("is not made of pages"))
}
