//! Loading files: every record ends new, changed, unchanged, waiting or rejected; a sheet is wholly in or wholly not.

mod batch;
mod report;
mod rights;
mod write;

pub use batch::ReadOptions;
pub use report::{FileReport, LoadReport, Tally};

use crate::domain::{CommuneCode, Fault, FaultCode, ParcelKey, RegisterNo, SheetKey, ZoneCode};
use crate::store::{Communes, LoadFault, SheetWriter, Store, StoreError, Transaction};
use batch::{Batch, Sources};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use time::Date;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use write::{SheetJob, Written, write_sheet};

/// What to load and how.
#[derive(Debug, Clone)]
pub struct LoadPlan {
    /// The files: `.gpkg`, `.shp`, `.geojson`, and `.csv` registers.
    pub files: Vec<PathBuf>,
    /// The zone of files that name none, or that give degrees.
    pub zone: Option<ZoneCode>,
    /// The files give northing first.
    pub swap_axes: bool,
    /// Scale of sheets whose file gives none.
    pub scale_denominator: Option<i32>,
    /// Since when the content holds where the files do not say; today if `None`. Its law is the files' law.
    pub in_force_from: Option<Date>,
    /// The whole load in one transaction instead of one a sheet.
    pub is_atomic: bool,
}

/// Batches read ahead of the writer: bounds the memory.
const READ_AHEAD: usize = 4;
/// Sheets written after which the planner gets new figures: tables grow fastest, next to what it knows, at the start.
const ANALYZE_AFTER: [u64; 5] = [4, 32, 256, 2048, 16384];
/// After so many sheets failed in a row, something is wrong with the database, not with the sheets.
const FAILURES: usize = 3;

/// Loads files. `progress` gets how many records are done and how many there are.
///
/// Stopped by `stop` or a failing database, it leaves whole sheets, says which failed, and goes on when run again.
///
/// # Errors
/// Where the register cannot be read before anything is written.
pub async fn load(
    store: &Store,
    plan: &LoadPlan,
    stop: &CancellationToken,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<LoadReport, StoreError> {
    let started = Instant::now();
    let day = match plan.in_force_from {
        Some(day) => day,
        None => store.today().await?,
    };
    let law = Arc::new(store.law().await?);
    let options = ReadOptions {
        zone: plan.zone,
        swap_axes: plan.swap_axes,
        scale_denominator: plan.scale_denominator,
        day,
    };
    let (files, opening) = (plan.files.clone(), options.clone());
    let opened = tokio::task::spawn_blocking(move || Sources::open(&files, &opening)).await;
    let (sources, files) =
        opened.map_err(|_| StoreError::Corrupt("a file that made the reader stop".to_owned()))?;
    let names: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    let load_id = store.begin_load(&names).await?;
    let total = sources.count();
    let communes = store.communes(day).await?;
    // Opening a register locks the parents of its partitions: before the transaction of an atomic load, never within it.
    let mut registers = HashMap::new();
    for (_, province) in sources
        .communes()
        .iter()
        .filter_map(|code| communes.get(code))
    {
        if !registers.contains_key(province) {
            registers.insert(province.clone(), store.register_of(province).await?);
        }
    }
    let (sender, mut batches) = mpsc::channel(READ_AHEAD);
    let reading_law = Arc::clone(&law);
    let reader = tokio::task::spawn_blocking(move || sources.read(&reading_law, &options, &sender));
    let mut writing = Writing {
        store,
        communes,
        day,
        load_id,
        scale_denominator: plan.scale_denominator,
        registers,
        brought: HashSet::new(),
        whole: if plan.is_atomic {
            Some(store.begin().await?)
        } else {
            None
        },
        failures: 0,
        report: LoadReport {
            load_id,
            files,
            ..LoadReport::default()
        },
    };
    writing.note_failed_files().await;
    while let Some(batch) = batches.recv().await {
        let done = batch.parcel_tally.read + batch.row_tally.read;
        writing.take(batch).await;
        progress(done, total);
        if writing.is_to_stop(stop) {
            break;
        }
    }
    drop(batches);
    if reader.await.is_err() {
        writing.report.stopped = Some("the reader stopped on a file; the log says why".to_owned());
    }
    let mut report = writing.finish().await;
    match store.position().await {
        Ok(position) => report.register_position = position,
        Err(error) => report.stop(&error),
    }
    report.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let stored = store
        .finish_load(load_id, &serde_json::to_value(&report).unwrap_or_default())
        .await;
    if let Err(error) = stored {
        report.stop(&error);
    }
    Ok(report)
}

/// The writing half of a load.
struct Writing<'s> {
    store: &'s Store,
    communes: Communes,
    day: Date,
    load_id: i64,
    scale_denominator: Option<i32>,
    registers: HashMap<String, RegisterNo>,
    /// The parcels that earlier batches have brought.
    brought: HashSet<ParcelKey>,
    /// The one transaction of an atomic load.
    whole: Option<Transaction>,
    failures: usize,
    report: LoadReport,
}

impl Writing<'_> {
    async fn note_failed_files(&mut self) {
        let failed = self.report.files.iter().filter_map(|file| {
            let fault = file.fault.clone()?;
            Some(LoadFault {
                source: file.path.clone(),
                source_row: None,
                fault,
            })
        });
        let failed: Vec<_> = failed.collect();
        self.note(&failed).await;
    }

    async fn note(&mut self, faults: &[LoadFault]) {
        self.report.note(faults);
        if let Err(error) = self.store.add_load_faults(self.load_id, faults).await {
            self.report.stop(&error);
        }
    }

    fn is_to_stop(&mut self, stop: &CancellationToken) -> bool {
        if stop.is_cancelled() {
            self.report.stopped = Some("stopped as asked; run it again to go on".to_owned());
        } else if self.failures >= FAILURES {
            self.report.stopped =
                Some("the database failed; run it again when it is well".to_owned());
        }
        self.report.stopped.is_some()
    }

    /// Writes a batch, or accounts for it as failed. One of rejected records alone has nothing to write, and maybe no commune.
    async fn take(&mut self, mut batch: Batch) {
        batch.reject_repeated(&self.brought);
        self.brought
            .extend(batch.parcels.iter().map(|parcel| parcel.record.key));
        let is_empty = batch.parcels.is_empty() && batch.rows.is_empty();
        let Some((key, zone)) = batch.sheet.filter(|_| !is_empty) else {
            self.report.parcels.add(batch.parcel_tally);
            self.report.rows.add(batch.row_tally);
            return self.note(&batch.faults).await;
        };
        let lost = Lost::of(&batch);
        match self.write((key, zone), batch).await {
            Ok(written) => {
                self.failures = 0;
                self.add(written).await;
            }
            Err(error) => {
                self.failures += 1;
                tracing::error!(error = &error as &dyn std::error::Error, sheet = %key, "a sheet failed");
                self.fail(key, lost, &error).await;
            }
        }
    }

    async fn write(
        &mut self,
        (key, zone): (SheetKey, ZoneCode),
        batch: Batch,
    ) -> Result<Written, StoreError> {
        let (commune_from, register) = self.register_of(key.commune).await?;
        let job = SheetJob {
            key,
            zone,
            commune_from,
            day: self.day,
            register,
            scale_denominator: self.scale_denominator,
        };
        if let Some(whole) = &mut self.whole {
            let mut writer = SheetWriter::begin(whole, register, self.load_id, key.commune).await?;
            return write_sheet(&mut writer, &job, batch).await;
        }
        let mut transaction = self.store.begin().await?;
        let mut writer =
            SheetWriter::begin(&mut transaction, register, self.load_id, key.commune).await?;
        let written = write_sheet(&mut writer, &job, batch).await?;
        transaction.commit().await?;
        Ok(written)
    }

    async fn register_of(
        &mut self,
        commune: CommuneCode,
    ) -> Result<(Date, RegisterNo), StoreError> {
        let (from, province) = self
            .communes
            .get(&commune)
            .cloned()
            .ok_or_else(|| StoreError::Corrupt(format!("no commune {commune}")))?;
        if let Some(register) = self.registers.get(&province) {
            return Ok((from, *register));
        }
        let register = self.store.register_of(&province).await?;
        self.registers.insert(province, register);
        Ok((from, register))
    }

    async fn add(&mut self, written: Written) {
        self.report.parcels.add(written.parcels);
        self.report.rows.add(written.rows);
        self.report.waiting_parcels_new += written.waiting_parcels_new;
        self.report.rows_no_longer_waiting += written.rows_no_longer_waiting;
        *if written.is_changed {
            &mut self.report.sheets_written
        } else {
            &mut self.report.sheets_unchanged
        } += 1;
        if self.whole.is_none()
            && written.is_changed
            && ANALYZE_AFTER.contains(&self.report.sheets_written)
        {
            self.analyze().await;
        }
        self.note(&written.faults).await;
    }

    async fn analyze(&mut self) {
        for register in self.registers.values() {
            if let Err(error) = self.store.analyze(*register).await {
                return self.report.stop(&error);
            }
        }
    }

    /// Accounts for every record of a sheet that failed.
    async fn fail(&mut self, key: SheetKey, lost: Lost, error: &StoreError) {
        self.report.sheets_failed.push(key.to_string());
        self.report.parcels.add(lost.parcels);
        self.report.rows.add(lost.rows);
        if self.whole.is_some() {
            self.report.stopped = Some(format!(
                "{key} failed; the load was to be whole, so nothing of it was written"
            ));
        }
        let cause = std::error::Error::source(error)
            .map(|source| format!(" ({source})"))
            .unwrap_or_default();
        let detail = format!("{key}: {error}{cause}; nothing of the sheet was written");
        let failed = lost.records.into_iter().map(|(source, row)| LoadFault {
            source,
            source_row: Some(row),
            fault: Fault::new(FaultCode::SheetFailed, &*detail),
        });
        let faults: Vec<_> = lost.faults.into_iter().chain(failed).collect();
        self.note(&faults).await;
    }

    async fn finish(mut self) -> LoadReport {
        match self.whole.take() {
            Some(whole) if self.report.stopped.is_none() => {
                if let Err(error) = whole.commit().await {
                    self.report.stop(&StoreError::from(error));
                    self.report.nothing_written();
                }
            }
            Some(whole) => {
                drop(whole);
                self.report.nothing_written();
            }
            None => {}
        }
        if self.report.sheets_written > 0 {
            self.analyze().await;
        }
        self.report
    }
}

/// What a sheet takes with it when it fails.
struct Lost {
    parcels: Tally,
    rows: Tally,
    records: Vec<(String, u64)>,
    /// What was wrong with records of the sheet anyway.
    faults: Vec<LoadFault>,
}

impl Lost {
    fn of(batch: &Batch) -> Self {
        let (mut parcels, mut rows) = (batch.parcel_tally, batch.row_tally);
        parcels.rejected += batch.parcels.len() as u64;
        rows.rejected += batch.rows.len() as u64;
        let of_parcels = batch
            .parcels
            .iter()
            .map(|parcel| (parcel.source.clone(), parcel.row));
        let of_rows = batch.rows.iter().map(|row| (row.source.clone(), row.row));
        Self {
            parcels,
            rows,
            records: of_parcels.chain(of_rows).collect(),
            faults: batch.faults.clone(),
        }
    }
}
