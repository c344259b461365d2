//! Parcel files through GDAL: every record comes out once, sheet by sheet.

use super::{
    alias::HOLDERS_ADDRESS,
    column::{Columns, column_key},
    field::ParcelField,
    frame::{Frame, frame_of},
    kind::{DbfHeader, FileKind, file_kind, shapefile_part, unreadable},
    ogr::{self, ParcelLayer, Reading},
    raw::{ParcelContent, RawParcel, sheet_key},
    sheet_index::{SheetIndex, Spot},
};
use crate::domain::{Fault, FaultCode, SheetKey, ZoneCode};
use gdal::vector::{LayerAccess, OwnedLayer};
use std::{fs::File, path::Path};

/// What a person says about a parcel file.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// The zone of sheets whose file does not name one.
    pub zone: Option<ZoneCode>,
    /// The layer to read, where a file has several of parcels.
    pub layer: Option<String>,
}

/// An open parcel file: an iterator over all its records in the order of commune, sheet and row; those whose commune or sheet
/// cannot be read come last.
///
/// Memory: 24 bytes a record.
pub struct ParcelSource {
    layer: OwnedLayer,
    kind: FileKind,
    reading: Reading,
    frame: Frame,
    notes: Vec<String>,
    index: SheetIndex,
    next: usize,
}

/// The locator of a record that is in the file but cannot be read.
const BROKEN: u64 = u64::MAX;

type Record = (Option<SheetKey>, Spot);

impl ParcelSource {
    /// Opens a parcel file and notes where its records stand.
    ///
    /// # Errors
    /// The fault of the file as a whole: `file-unreadable`, `file-not-what-its-name-says`, `column-missing`, `crs-missing`,
    /// `crs-not-supported`.
    pub fn open(path: &Path, options: &SourceOptions) -> Result<Self, Fault> {
        let kind = file_kind(path)?;
        if kind == FileKind::Csv {
            return Err(unreadable(
                "is a register; parcels are read from .gpkg, .shp and .geojson",
            ));
        }
        let ParcelLayer {
            layer,
            mut reading,
            count,
        } = ogr::parcel_layer(path, kind, options.layer.as_deref())?;
        let mut notes = Vec::from_iter(leave_holders_out(&mut reading.columns));
        let (frame, note) = frame_of(layer.spatial_ref().as_ref(), options.zone)?;
        notes.extend(note);
        let mut source = Self {
            layer,
            kind,
            reading,
            frame,
            notes,
            index: SheetIndex::default(),
            next: 0,
        };
        let mut records = source.find_records()?;
        if kind == FileKind::Shapefile {
            source.add_unreadable_shapes(path, count, &mut records)?;
        } else if (records.len() as u64) < count {
            return Err(unreadable(format!(
                "breaks off after {} of {count} records",
                records.len()
            )));
        }
        source.index = SheetIndex::of(records);
        Ok(source)
    }

    /// What the coordinates are.
    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// Which column was taken for which field.
    pub fn columns(&self) -> &Columns<ParcelField> {
        &self.reading.columns
    }

    /// What a person should know about how the file was read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The number of records, readable or not.
    pub fn record_count(&self) -> usize {
        self.index.len()
    }

    /// The sheets that records are of, in order, and how many records each has.
    pub fn sheets(&self) -> impl Iterator<Item = (SheetKey, usize)> {
        self.index
            .sheets()
            .map(|(sheet, places)| (sheet, places.len()))
    }

    fn find_records(&mut self) -> Result<Vec<Record>, Fault> {
        let mut records = Vec::new();
        for (number, feature) in (1..).zip(self.layer.features()) {
            let locator = feature.fid().unwrap_or(BROKEN);
            // a shape's number is its row's, whatever rows before it are deleted
            let row = if self.kind == FileKind::Shapefile {
                locator.saturating_add(1)
            } else {
                number
            };
            let values = self.reading.values(&feature);
            let text = |field| values.text(field).ok().flatten();
            let sheet = sheet_key(text(ParcelField::Commune), text(ParcelField::Sheet));
            records.push((
                sheet,
                Spot {
                    locator,
                    row: row_number(row)?,
                },
            ));
        }
        Ok(records)
    }

    /// A row that GDAL passes over is either marked as deleted or cannot be read.
    fn add_unreadable_shapes(
        &mut self,
        path: &Path,
        shapes: u64,
        records: &mut Vec<Record>,
    ) -> Result<(), Fault> {
        let gone = || unreadable("its .dbf is gone");
        let mut dbf =
            File::open(shapefile_part(path, "dbf").ok_or_else(gone)?).map_err(|_| gone())?;
        let header = DbfHeader::read(&mut dbf)?;
        let mut deleted = 0_u64;
        let mut present = records
            .iter()
            .map(|(_, spot)| u64::from(spot.row))
            .peekable();
        let mut broken = Vec::new();
        for row in 1..=shapes {
            if present.next_if_eq(&row).is_some() {
                continue;
            }
            if header.is_deleted(&mut dbf, row - 1) {
                deleted += 1;
            } else {
                broken.push((
                    None,
                    Spot {
                        locator: BROKEN,
                        row: row_number(row)?,
                    },
                ));
            }
        }
        records.extend(broken);
        if deleted > 0 {
            self.notes.push(format!(
                "rows marked as deleted in the .dbf, which were not read: {deleted}"
            ));
        }
        Ok(())
    }

    fn content(&self, locator: u64) -> Result<ParcelContent, Fault> {
        let broken = || Fault::new(FaultCode::RowUnreadable, "the record cannot be read");
        let feature = if locator == BROKEN {
            None
        } else {
            self.layer.feature(locator)
        };
        let feature = feature.ok_or_else(broken)?;
        Ok(ParcelContent {
            fields: self.reading.values(&feature),
            wkb: ogr::wkb(&feature),
        })
    }
}

impl Iterator for ParcelSource {
    type Item = RawParcel;

    fn next(&mut self) -> Option<RawParcel> {
        let spot = self.index.spot(self.next)?;
        self.next += 1;
        // in a GeoPackage the feature id is what a person finds a record by
        let row = if self.kind == FileKind::GeoPackage {
            spot.locator
        } else {
            u64::from(spot.row)
        };
        Some(RawParcel {
            row,
            content: self.content(spot.locator),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.index.len() - self.next;
        (left, Some(left))
    }
}

fn row_number(row: u64) -> Result<u32, Fault> {
    u32::try_from(row).map_err(|_| unreadable("has more than 4294967295 records"))
}

/// Beside a holder's name, a plain `DIACHI` is the holder's address: personal data, and not the parcel's.
fn leave_holders_out(columns: &mut Columns<ParcelField>) -> Option<String> {
    let header_of = |wanted| {
        columns
            .taken()
            .find(|&(field, _)| field == wanted)
            .map(|(_, header)| header.to_owned())
    };
    let (holder, address) = (
        header_of(ParcelField::Holder),
        header_of(ParcelField::Address),
    );
    columns.forget(ParcelField::Holder);
    let address = address.filter(|header| column_key(header) == HOLDERS_ADDRESS)?;
    let holder = holder?;
    columns.forget(ParcelField::Address);
    Some(format!(
        "{address} stands beside {holder}: it is the holder's address and was not taken for the parcel's"
    ))
}

#[cfg(test)]
mod tests;
