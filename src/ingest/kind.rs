//! What a file is, by its name and by its content.

use crate::domain::{Fault, FaultCode};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// The kinds of file that can be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// OGC GeoPackage.
    GeoPackage,
    /// ESRI shapefile, named by its `.shp`.
    Shapefile,
    /// GeoJSON (RFC 7946, or the older one with a `crs` member).
    GeoJson,
    /// A register as delimited text.
    Csv,
}

impl FileKind {
    fn by_extension(extension: &str) -> Option<Self> {
        match extension {
            "gpkg" => Some(Self::GeoPackage),
            "shp" => Some(Self::Shapefile),
            "geojson" | "json" => Some(Self::GeoJson),
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// What the first bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Geopackage,
    Sqlite,
    Shapefile,
    Json,
    Text,
    Utf16,
    Zip,
    Pdf,
    Unknown,
}

impl Content {
    fn of(head: &[u8]) -> Self {
        let magic = |bytes: &[u8]| head.starts_with(bytes);
        if head.is_empty() {
            Self::Nothing
        } else if magic(b"SQLite format 3\0") {
            match head.get(68..72) {
                Some(b"GPKG" | b"GP10" | b"GP11") | None => Self::Geopackage,
                _ => Self::Sqlite,
            }
        } else if magic(&[0, 0, 0x27, 0x0a]) {
            Self::Shapefile
        } else if magic(b"PK\x03\x04") {
            Self::Zip
        } else if magic(b"%PDF") {
            Self::Pdf
        } else if magic(&[0xff, 0xfe]) || magic(&[0xfe, 0xff]) {
            Self::Utf16
        } else if head
            .iter()
            .any(|&byte| byte < b' ' && !byte.is_ascii_whitespace())
        {
            Self::Unknown
        } else {
            let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
            match text.trim_ascii_start() {
                [b'{', ..] => Self::Json,
                _ => Self::Text,
            }
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "an empty file",
            Self::Geopackage => "a GeoPackage",
            Self::Sqlite => "an SQLite database that is no GeoPackage",
            Self::Shapefile => "a part of a shapefile",
            Self::Json => "JSON",
            Self::Text => "plain text",
            Self::Utf16 => "UTF-16 text; save it as UTF-8",
            Self::Zip => "a ZIP archive, as XLSX is one",
            Self::Pdf => "a PDF document",
            Self::Unknown => "binary data of no known format",
        }
    }
}

/// Decides what a file is and that nothing of it is cut off.
///
/// # Errors
/// `file-unreadable`: it cannot be opened, breaks off, lacks a part, or is of a kind that is not read.
/// `file-not-what-its-name-says`: its content is of another format.
pub fn file_kind(path: &Path) -> Result<FileKind, Fault> {
    let extension = path
        .extension()
        .and_then(|text| text.to_str())
        .unwrap_or_default()
        .to_lowercase();
    let Some(kind) = FileKind::by_extension(&extension) else {
        return Err(unreadable(match extension.as_str() {
            "dbf" | "shx" | "prj" | "cpg" => "is one part of a shapefile; name its .shp".into(),
            _ => {
                format!("files named .{extension} are not read; .gpkg, .shp, .geojson and .csv are")
            }
        }));
    };
    let mut file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let head = read_at(&mut file, 0, 512)?;
    let content = Content::of(&head);
    match (kind, content) {
        (_, Content::Nothing) => Err(unreadable("is empty")),
        (FileKind::GeoPackage, Content::Geopackage) => check_sqlite_size(&mut file, &head),
        (FileKind::Shapefile, Content::Shapefile) => check_shapefile(path, &mut file, &head),
        (FileKind::GeoJson, Content::Json) | (FileKind::Csv, Content::Text) => Ok(()),
        (_, other) => Err(Fault::new(
            FaultCode::FileNotWhatItsNameSays,
            format!("is named .{extension} but looks like {}", other.words()),
        )),
    }?;
    Ok(kind)
}

/// A `file-unreadable` fault.
pub(super) fn unreadable(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::FileUnreadable, detail)
}

/// The other file of a shapefile, whatever the case of its extension.
pub(super) fn shapefile_part(path: &Path, extension: &str) -> Option<PathBuf> {
    [extension.to_owned(), extension.to_uppercase()]
        .into_iter()
        .map(|extension| path.with_extension(extension))
        .find(|part| part.is_file())
}

/// An SQLite header says how many pages there are (where its two change counters agree).
fn check_sqlite_size(file: &mut File, head: &[u8]) -> Result<(), Fault> {
    let page_bytes = match be_u16(head, 16) {
        1 => 65_536,
        size => u64::from(size),
    };
    let counters_agree = be_u32(head, 24) == be_u32(head, 92);
    let pages = if counters_agree { be_u32(head, 28) } else { 1 };
    check_size(file, page_bytes * u64::from(pages))
}

/// A shapefile's parts must be there and as long as their headers say, and have one row per shape.
fn check_shapefile(path: &Path, shp: &mut File, head: &[u8]) -> Result<(), Fault> {
    check_size(shp, u64::from(be_u32(head, 24)).max(50) * 2)?;
    let part = |extension: &str| {
        let missing = || unreadable(format!("its .{extension} is missing beside it"));
        let part = shapefile_part(path, extension).ok_or_else(missing)?;
        File::open(part).map_err(|error| unreadable(format!("its .{extension}: {error}")))
    };
    let (mut shx, mut dbf) = (part("shx")?, part("dbf")?);
    let shx_bytes = u64::from(be_u32(&read_at(&mut shx, 24, 4)?, 0)) * 2;
    check_size(&mut shx, shx_bytes).map_err(|fault| of_part("shx", &fault))?;
    let table = DbfHeader::read(&mut dbf)?;
    check_size(&mut dbf, table.header_bytes + table.rows * table.row_bytes)
        .map_err(|fault| of_part("dbf", &fault))?;
    let shapes = shx_bytes.saturating_sub(100) / 8;
    if shapes == table.rows {
        Ok(())
    } else {
        Err(unreadable(format!(
            "has {shapes} shapes but {} rows in its .dbf",
            table.rows
        )))
    }
}

fn of_part(extension: &str, fault: &Fault) -> Fault {
    unreadable(format!("its .{extension} {}", fault.detail))
}

/// The sizes that a DBF header states.
pub(super) struct DbfHeader {
    rows: u64,
    header_bytes: u64,
    row_bytes: u64,
}

impl DbfHeader {
    pub(super) fn read(file: &mut File) -> Result<Self, Fault> {
        let head = read_at(file, 0, 12)?;
        match (head.get(4..8), head.get(8..10), head.get(10..12)) {
            (Some(&[a, b, c, d]), Some(&[header_low, header_high]), Some(&[row_low, row_high])) => {
                Ok(Self {
                    rows: u64::from(u32::from_le_bytes([a, b, c, d])),
                    header_bytes: u64::from(u16::from_le_bytes([header_low, header_high])),
                    row_bytes: u64::from(u16::from_le_bytes([row_low, row_high])),
                })
            }
            _ => Err(unreadable("its .dbf breaks off in the header")),
        }
    }

    /// Whether a row (from 0) is marked as deleted.
    pub(super) fn is_deleted(&self, file: &mut File, row: u64) -> bool {
        read_at(file, self.header_bytes + row * self.row_bytes, 1).is_ok_and(|mark| mark == b"*")
    }
}

fn check_size(file: &mut File, stated_bytes: u64) -> Result<(), Fault> {
    let size_bytes = file
        .metadata()
        .map_err(|error| unreadable(error.to_string()))?
        .len();
    if size_bytes < stated_bytes {
        Err(unreadable(format!(
            "breaks off after {size_bytes} of {stated_bytes} bytes"
        )))
    } else {
        Ok(())
    }
}

fn read_at(file: &mut File, offset: u64, size_bytes: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.take(size_bytes).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(bytes)
}

/// A number of a header; 0 where the header breaks off.
fn be_u32(head: &[u8], offset: usize) -> u32 {
    u32::from(be_u16(head, offset)) << 16 | u32::from(be_u16(head, offset + 2))
}

fn be_u16(head: &[u8], offset: usize) -> u16 {
    match head.get(offset..offset + 2) {
        Some(&[high, low]) => u16::from_be_bytes([high, low]),
        _ => 0,
    }
}
