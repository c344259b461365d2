//! Files in, records out: every record is accounted for, as accepted or with its faults.
//!
//! A [`ParcelSource`] or [`RegisterFile`] gives raw records sheet by sheet; [`accept_parcel`] and [`accept_row`] turn each
//! into a record of the register or say everything that is wrong with it.

mod accept;
#[rustfmt::skip]
mod alias;
mod column;
mod digest;
mod field;
mod frame;
mod geojson;
mod kind;

mod lines;
mod ogr;
mod raw;
mod register;
#[cfg(test)]
mod sample;
mod sheet_index;
mod source;
pub mod synth;
mod units;
mod value;

pub use accept::{Accepted, ParcelContext, RowContext, accept_parcel, accept_row};
pub use column::{Columns, Values, column_key};
pub use digest::{Digest, parcel_digest, row_digest};
pub use field::{Field, ParcelField, RightField};
pub use frame::Frame;
pub use kind::{FileKind, file_kind};

pub use raw::{ParcelContent, RawParcel, RawRow, RawText};
pub use register::RegisterFile;
pub use source::{ParcelSource, SourceOptions};
pub use units::{UnitsError, read_units};
