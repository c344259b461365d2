//! The reading half: files to batches of one sheet each, on a thread of its own.

use super::report::{FileReport, Tally};
use crate::crs;
use crate::domain::{
    CommuneCode, Fault, FaultCode, Law, ParcelKey, ParcelRecord, RightRow, SheetKey, ZoneCode,
};
use crate::ingest::{
    Field, FileKind, ParcelContext, ParcelSource, RawRow, RegisterFile, RowContext, SourceOptions,
    accept_parcel, accept_row, file_kind, parcel_digest, row_digest,
};
use crate::store::LoadFault;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use time::Date;
use tokio::sync::mpsc::Sender;

/// How files are to be read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The zone of files that name none, or that give degrees.
    pub zone: Option<ZoneCode>,
    /// The files give northing first.
    pub swap_axes: bool,
    /// Scale of sheets whose file gives none.
    pub scale_denominator: Option<i32>,
    /// The day whose law the files follow.
    pub day: Date,
}

/// An accepted parcel with everything that costs time to compute.
#[derive(Debug)]
pub struct ReadParcel {
    pub source: String,
    pub row: u64,
    pub record: ParcelRecord,
    /// Rings in longitude and latitude.
    pub geographic: Vec<Vec<(f64, f64)>>,
    /// Label point in longitude and latitude.
    pub label: (f64, f64),
    pub digest: [u8; 16],
}

/// An accepted register row.
#[derive(Debug)]
pub struct ReadRow {
    pub source: String,
    pub row: u64,
    pub right: RightRow,
    pub digest: [u8; 16],
}

/// All that the files say of one sheet (of none, where records cannot be placed).
#[derive(Debug, Default)]
pub struct Batch {
    pub sheet: Option<(SheetKey, ZoneCode)>,
    pub parcels: Vec<ReadParcel>,
    pub rows: Vec<ReadRow>,
    /// Rejected records and warnings.
    pub faults: Vec<LoadFault>,
    /// What was read and what was rejected here.
    pub parcel_tally: Tally,
    pub row_tally: Tally,
}

/// Opened files.
pub struct Sources {
    parcels: Vec<(String, ParcelSource)>,
    registers: Vec<(String, RegisterFile)>,
}

impl Sources {
    /// Opens files; those that cannot be read are in their reports.
    pub fn open(paths: &[PathBuf], options: &ReadOptions) -> (Self, Vec<FileReport>) {
        let mut sources = Self {
            parcels: Vec::new(),
            registers: Vec::new(),
        };
        let reports = paths
            .iter()
            .map(|path| sources.add(path, options))
            .collect();
        (sources, reports)
    }

    fn add(&mut self, path: &Path, options: &ReadOptions) -> FileReport {
        let name = path.display().to_string();
        let mut report = FileReport {
            path: name.clone(),
            ..FileReport::default()
        };
        let opened = file_kind(path).and_then(|kind| {
            if kind == FileKind::Csv {
                let register = RegisterFile::open(path)?;
                report.columns = register
                    .columns()
                    .taken()
                    .map(|(field, column)| (field.name().to_owned(), column.to_owned()))
                    .collect();
                report.left_over = register.columns().left_over().map(str::to_owned).collect();
                self.registers.push((name, register));
            } else {
                let source = ParcelSource::open(
                    path,
                    &SourceOptions {
                        zone: options.zone,
                        layer: None,
                    },
                )?;
                report.columns = source
                    .columns()
                    .taken()
                    .map(|(field, column)| (field.name().to_owned(), column.to_owned()))
                    .collect();
                report.left_over = source.columns().left_over().map(str::to_owned).collect();
                report.notes = source.notes().to_vec();
                self.parcels.push((name, source));
            }
            Ok(())
        });
        report.fault = opened.err();
        report
    }

    /// The communes that records are of.
    pub fn communes(&self) -> BTreeSet<CommuneCode> {
        let of_parcels = self
            .parcels
            .iter()
            .flat_map(|(_, source)| source.sheets().map(|(sheet, _)| sheet.commune));
        let of_rows = self
            .registers
            .iter()
            .flat_map(|(_, register)| register.sheets().map(|(sheet, _)| sheet.commune));
        of_parcels.chain(of_rows).collect()
    }

    /// How many parcels and register rows there are to read.
    pub fn count(&self) -> u64 {
        let parcels: usize = self
            .parcels
            .iter()
            .map(|(_, source)| source.record_count())
            .sum();
        let rows: usize = self
            .registers
            .iter()
            .map(|(_, register)| register.row_count())
            .sum();
        (parcels + rows) as u64
    }

    /// Reads everything and sends it sheet by sheet; ends early when nobody receives any more.
    pub fn read(mut self, law: &Law, options: &ReadOptions, batches: &Sender<Batch>) {
        let mut left: BTreeSet<SheetKey> = self
            .registers
            .iter()
            .flat_map(|(_, register)| register.sheets().map(|(sheet, _)| sheet))
            .collect();
        for (name, source) in std::mem::take(&mut self.parcels) {
            if self
                .read_parcels(&name, source, law, options, &mut left, batches)
                .is_err()
            {
                return;
            }
        }
        for sheet in left {
            let mut batch = Batch {
                sheet: Some((sheet, options.zone.unwrap_or_default())),
                ..Batch::default()
            };
            self.add_rows(&mut batch, sheet, law, options);
            if batches.blocking_send(batch).is_err() {
                return;
            }
        }
        let mut unplaced = Batch::default();
        for (name, register) in &mut self.registers {
            for row in register.unplaced() {
                add_row(&mut unplaced, name, row, law, options);
            }
        }
        // The receiver may have stopped; then nobody counts any more.
        let _ = batches.blocking_send(unplaced);
    }

    fn read_parcels(
        &mut self,
        name: &str,
        source: ParcelSource,
        law: &Law,
        options: &ReadOptions,
        left: &mut BTreeSet<SheetKey>,
        batches: &Sender<Batch>,
    ) -> Result<(), ()> {
        let context = ParcelContext {
            law,
            day: options.day,
            frame: source.frame(),
            swap_axes: options.swap_axes,
            scale_denominator: options.scale_denominator,
        };
        let zone = source.frame().zone();
        let mut batch = Batch::default();
        for raw in source {
            let accepted = accept_parcel(&raw, &context);
            if let (Ok(record), Some((sheet, _))) = (&accepted.result, batch.sheet)
                && record.key.sheet != sheet
            {
                self.send(std::mem::take(&mut batch), law, options, left, batches)?;
            }
            batch.parcel_tally.read += 1;
            batch.fault(name, raw.row, accepted.warnings);
            let ready = accepted.result.and_then(|record| {
                ReadParcel::compute(name, raw.row, record).map_err(|fault| vec![fault])
            });
            match ready {
                Ok(parcel) => {
                    batch.sheet = Some((parcel.record.key.sheet, zone));
                    batch.parcels.push(parcel);
                }
                Err(faults) => {
                    batch.parcel_tally.rejected += 1;
                    batch.fault(name, raw.row, faults);
                }
            }
        }
        self.send(batch, law, options, left, batches)
    }

    fn send(
        &mut self,
        mut batch: Batch,
        law: &Law,
        options: &ReadOptions,
        left: &mut BTreeSet<SheetKey>,
        batches: &Sender<Batch>,
    ) -> Result<(), ()> {
        if let Some((sheet, _)) = batch.sheet
            && left.remove(&sheet)
        {
            self.add_rows(&mut batch, sheet, law, options);
        }
        batches.blocking_send(batch).map_err(drop)
    }

    fn add_rows(&mut self, batch: &mut Batch, sheet: SheetKey, law: &Law, options: &ReadOptions) {
        for (name, register) in &mut self.registers {
            match register.rows(sheet) {
                Ok(rows) => rows
                    .into_iter()
                    .for_each(|row| add_row(batch, name, Ok(row), law, options)),
                Err(fault) => add_row(batch, name, Err(fault), law, options),
            }
        }
    }
}

fn add_row(
    batch: &mut Batch,
    name: &str,
    row: Result<RawRow, Fault>,
    law: &Law,
    options: &ReadOptions,
) {
    batch.row_tally.read += 1;
    let raw = match row {
        Ok(raw) => raw,
        Err(fault) => {
            batch.row_tally.rejected += 1;
            batch.faults.push(LoadFault {
                source: name.to_owned(),
                source_row: None,
                fault,
            });
            return;
        }
    };
    let accepted = accept_row(
        &raw,
        &RowContext {
            law,
            day: options.day,
        },
    );
    batch.fault(name, raw.row, accepted.warnings);
    match accepted.result {
        Ok(right) => {
            let digest = row_digest(&right);
            batch.rows.push(ReadRow {
                source: name.to_owned(),
                row: raw.row,
                right,
                digest,
            });
        }
        Err(faults) => {
            batch.row_tally.rejected += 1;
            batch.fault(name, raw.row, faults);
        }
    }
}

impl Batch {
    fn fault(&mut self, source: &str, row: u64, faults: Vec<Fault>) {
        self.faults
            .extend(faults.into_iter().map(|fault| LoadFault {
                source: source.to_owned(),
                source_row: Some(row),
                fault,
            }));
    }
}

impl Batch {
    /// Rejects parcels that an earlier file of the load has brought: which of the two is right, nobody can know.
    pub fn reject_repeated(&mut self, brought: &HashSet<ParcelKey>) {
        let parcels = std::mem::take(&mut self.parcels);
        let (repeated, new): (Vec<_>, _) = parcels
            .into_iter()
            .partition(|parcel| brought.contains(&parcel.record.key));
        self.parcels = new;
        for ReadParcel {
            source,
            row,
            record,
            ..
        } in repeated
        {
            let place = record.label_point.place(record.boundary.zone());
            let detail = format!("{} stands in another file of this load", record.key);
            self.parcel_tally.rejected += 1;
            self.fault(
                &source,
                row,
                vec![Fault::at(FaultCode::ParcelNumberDuplicate, place, detail)],
            );
        }
    }
}

impl ReadParcel {
    fn compute(source: &str, row: u64, record: ParcelRecord) -> Result<Self, Fault> {
        let zone = record.boundary.zone();
        let failed = |error: crs::CrsError| {
            Fault::at(
                FaultCode::CoordinateOutsideZone,
                record.label_point.place(zone),
                error.to_string(),
            )
        };
        let mut geographic = Vec::with_capacity(record.boundary.rings().len());
        for ring in record.boundary.rings() {
            let mut points: Vec<_> = ring
                .iter()
                .map(|point| (point.easting_m(), point.northing_m()))
                .collect();
            crs::to_wgs84(zone, &mut points).map_err(failed)?;
            geographic.push(points);
        }
        let mut label = [(
            record.label_point.easting_m(),
            record.label_point.northing_m(),
        )];
        crs::to_wgs84(zone, &mut label).map_err(failed)?;
        let digest = parcel_digest(&record);
        Ok(Self {
            source: source.to_owned(),
            row,
            geographic,
            label: label[0],
            digest,
            record,
        })
    }
}
