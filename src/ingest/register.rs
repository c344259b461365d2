//! Registers as delimited text: one pass finds the rows of each sheet, then sheets are read one by one.

use super::{
    column::{Columns, Values},
    field::RightField,
    kind::{FileKind, file_kind, unreadable},
    lines::{Budgeted, Lines},
    raw::{RawRow, RawText, sheet_key},
    sheet_index::{SheetIndex, Spot},
};
use crate::domain::{Fault, FaultCode, SheetKey};
use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use std::{fs::File, io::SeekFrom, ops::Range, path::Path};

/// An open register.
///
/// Every row of the file belongs to exactly one of the [`sheets`](Self::sheets) or to the
/// [`unplaced`](Self::unplaced) ones, also when it cannot be read.
pub struct RegisterFile {
    reader: Reader<Budgeted<File>>,
    columns: Columns<RightField>,
    index: SheetIndex,
    is_behind_row: bool,
}

impl RegisterFile {
    /// Opens a register and notes where its rows stand.
    ///
    /// # Shape
    /// UTF-8, with or without byte-order mark; one header line; commas, semicolons or tabs; fields in double quotes may hold
    /// line ends.
    ///
    /// # Errors
    /// `file-unreadable`, `file-not-what-its-name-says`, `text-not-utf8` (the header) or `column-missing`.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        if file_kind(path)? != FileKind::Csv {
            return Err(unreadable(
                "is not a register; registers are read from .csv",
            ));
        }
        let failed = |error: std::io::Error| unreadable(error.to_string());
        let mut lines = Lines::of(File::open(path).map_err(failed)?);
        lines.skip_mark().map_err(failed)?;
        lines.skip_line_ends().map_err(failed)?;
        let delimiter = delimiter(&lines.peek_line().map_err(failed)?);
        let file = File::open(path).map_err(failed)?;
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(Budgeted::new(file, LONGEST_ROW_BYTES));
        seek(&mut reader, lines.byte())?;
        let columns = Columns::find(&header(&mut reader)?)?;
        lines.advance_to(reader.position().byte()).map_err(failed)?;
        let mut register = Self {
            reader,
            columns,
            index: SheetIndex::default(),
            is_behind_row: true,
        };
        register.index = register.find_rows(&mut lines)?;
        Ok(register)
    }

    /// Which column was taken for which field.
    pub fn columns(&self) -> &Columns<RightField> {
        &self.columns
    }

    /// The number of rows, readable or not.
    pub fn row_count(&self) -> usize {
        self.index.len()
    }

    /// The sheets that rows are about, in order, and how many rows each has.
    pub fn sheets(&self) -> impl Iterator<Item = (SheetKey, usize)> {
        self.index
            .sheets()
            .map(|(sheet, places)| (sheet, places.len()))
    }

    /// The rows about one sheet, in the order of the file.
    pub fn rows(&mut self, sheet: SheetKey) -> Result<Vec<RawRow>, Fault> {
        self.read(self.index.places(sheet)).collect()
    }

    /// The rows that cannot be read, or whose commune and sheet cannot.
    pub fn unplaced(&mut self) -> impl Iterator<Item = Result<RawRow, Fault>> {
        self.read(self.index.unplaced())
    }

    fn read(&mut self, places: Range<usize>) -> impl Iterator<Item = Result<RawRow, Fault>> {
        places.filter_map(|place| {
            let spot = self.index.spot(place)?;
            let read = self.go_to(spot.locator);
            Some(read.map(|()| RawRow {
                row: u64::from(spot.row),
                content: self.read_row(),
            }))
        })
    }

    /// Moves the reader to the start of a row. Behind a row it stands there already, or (CR LF) one byte before.
    fn go_to(&mut self, byte: u64) -> Result<(), Fault> {
        let at = self.reader.position().byte();
        if self.is_behind_row && (byte == at || byte == at + 1) {
            Ok(())
        } else {
            seek(&mut self.reader, byte)
        }
    }

    /// Reads the row that the reader stands at.
    fn read_row(&mut self) -> Result<Values<RightField>, Fault> {
        self.reader.get_mut().refill();
        let record = read_record(&mut self.reader, self.columns.count());
        self.is_behind_row = record.is_ok();
        let record = record?;
        Ok(self.columns.values(|column| {
            record
                .get(column)
                .map_or(RawText::Missing, |bytes| RawText::from_utf8(bytes.to_vec()))
        }))
    }

    /// Finds every row. After one that cannot be read, reading goes on with the next line: a stray quote costs one line.
    fn find_rows(&mut self, lines: &mut Lines<File>) -> Result<SheetIndex, Fault> {
        let failed = |error: std::io::Error| unreadable(error.to_string());
        let mut records = Vec::new();
        loop {
            lines.skip_line_ends().map_err(failed)?;
            if lines.is_at_end().map_err(failed)? {
                return Ok(SheetIndex::of(records));
            }
            let too_many = || unreadable("has more than 4294967295 lines");
            let spot = Spot {
                locator: lines.byte(),
                row: u32::try_from(lines.line()).map_err(|_| too_many())?,
            };
            self.go_to(spot.locator)?;
            let sheet = if let Ok(values) = self.read_row() {
                lines
                    .advance_to(self.reader.position().byte())
                    .map_err(failed)?;
                let text = |field| values.text(field).ok().flatten();
                sheet_key(text(RightField::Commune), text(RightField::Sheet))
            } else {
                lines.skip_line().map_err(failed)?;
                None
            };
            records.push((sheet, spot));
        }
    }
}

/// No row of a register is longer; a quote that is never closed must not swallow the file.
const LONGEST_ROW_BYTES: usize = 1 << 20;

fn seek(reader: &mut Reader<Budgeted<File>>, byte: u64) -> Result<(), Fault> {
    reader.get_mut().refill();
    let mut position = Position::new();
    position.set_byte(byte);
    reader
        .seek_raw(SeekFrom::Start(byte), position)
        .map_err(|error| unreadable(error.to_string()))
}

fn read_record(reader: &mut Reader<Budgeted<File>>, columns: usize) -> Result<ByteRecord, Fault> {
    let mut record = ByteRecord::new();
    let row_unreadable = |detail: String| Fault::new(FaultCode::RowUnreadable, detail);
    match reader.read_byte_record(&mut record) {
        Ok(true) if record.len() == columns => Ok(record),
        Ok(true) => Err(row_unreadable(format!(
            "has {} fields where the header has {columns}",
            record.len()
        ))),
        Ok(false) => Err(row_unreadable("is not there any more".into())),
        Err(error) => Err(row_unreadable(error.to_string())),
    }
}

fn header(reader: &mut Reader<Budgeted<File>>) -> Result<Vec<String>, Fault> {
    let mut record = ByteRecord::new();
    reader
        .read_byte_record(&mut record)
        .map_err(|error| unreadable(format!("its header: {error}")))?;
    let not_utf8 = || {
        Fault::new(
            FaultCode::TextNotUtf8,
            "the header is not UTF-8 text; save the file as UTF-8",
        )
    };
    record
        .iter()
        .map(|name| String::from_utf8(name.to_vec()).map_err(|_| not_utf8()))
        .collect()
}

/// The delimiter that the header uses most.
fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let outside_quotes = header.iter().filter(move |&&byte| {
            quoted ^= byte == b'"';
            !quoted && byte == delimiter
        });
        outside_quotes.count()
    };
    // `max_by_key` takes the last of equals
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|&delimiter| count(delimiter))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests;
