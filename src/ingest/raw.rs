//! Records as read, before anything is decided about them.

use super::{
    column::Values,
    field::{ParcelField, RightField},
};
use crate::domain::{CommuneCode, Fault, SheetKey, parse_number};

/// One attribute as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawText {
    /// No column, or null.
    Missing,
    /// Text.
    Text(String),
    /// Bytes that are not UTF-8, or hold a zero, which no text of the register may.
    NotUtf8,
}

impl RawText {
    /// From bytes that should be UTF-8.
    pub(super) fn from_utf8(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => Self::Text(text),
            _ => Self::NotUtf8,
        }
    }

    /// From text that a library may have repaired: a replacement character is where it did.
    pub(super) fn from_repaired(text: String) -> Self {
        if text.contains([char::REPLACEMENT_CHARACTER, '\0']) {
            Self::NotUtf8
        } else {
            Self::Text(text)
        }
    }
}

/// One record of a parcel file.
#[derive(Debug, Clone, PartialEq)]
pub struct RawParcel {
    /// Where it stands in its file: the feature id of a GeoPackage, else the number of the record from 1.
    pub row: u64,
    /// What it says, or why it cannot be read.
    pub content: Result<ParcelContent, Fault>,
}

/// What one record of a parcel file says.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelContent {
    /// The attributes.
    pub fields: Values<ParcelField>,
    /// The geometry as WKB in the file's own coordinates.
    pub wkb: Option<Vec<u8>>,
}

/// One row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// The line that it starts on, from 1 (the header's).
    pub row: u64,
    /// What it says, or why it cannot be read.
    pub content: Result<Values<RightField>, Fault>,
}

/// The sheet that a commune and a number name, if they can be read.
pub(super) fn sheet_key(commune: Option<&str>, sheet: Option<&str>) -> Option<SheetKey> {
    let commune = CommuneCode::parse(commune?).ok()?;
    let sheet_no = parse_number(sheet?).ok()?;
    Some(SheetKey { commune, sheet_no })
}
