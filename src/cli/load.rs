//! `diaba load`.

use super::config::Config;
use super::open::{Opened, stop_on_signal};
use crate::app::load::{LoadPlan, LoadReport, Tally, load};
use crate::domain::ZoneCode;
use crate::store::Store;
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use time::Date;
use time::format_description::well_known::Iso8601;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 where every record is accounted for (as new, changed, unchanged, waiting or rejected with its \
                        reason); 1 where a file could not be read, a sheet failed, or the load was stopped."
)]
pub struct Load {
    /// Parcel files and registers
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// EPSG code of the VN-2000 zone of files that name none or give degrees, such as 9210
    #[arg(long, value_name = "EPSG")]
    zone: Option<ZoneCode>,
    /// The files give northing before easting
    #[arg(long)]
    swap_axes: bool,
    /// Scale denominator of sheets whose file gives none, such as 500
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=1_000_000))]
    scale: Option<i32>,
    /// Since when the content is in force where the files do not say (YYYY-MM-DD) [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    in_force_from: Option<Date>,
    /// All in one transaction instead of one a sheet
    #[arg(long)]
    atomic: bool,
    /// Write the whole report, with every fault, to a JSON file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, &Iso8601::DATE).map_err(|_| "a date is written YYYY-MM-DD".to_owned())
}

impl Load {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal()?;
        let opened = Opened::open(config).await?;
        let loaded = self.load(&opened.store, &stop).await;
        opened.close().await?;
        let report = loaded?;
        print!("{}", summary(&report));
        Ok(if report.is_accounted_for() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    async fn load(
        &self,
        store: &Store,
        stop: &tokio_util::sync::CancellationToken,
    ) -> anyhow::Result<LoadReport> {
        let plan = LoadPlan {
            files: self.files.clone(),
            zone: self.zone,
            swap_axes: self.swap_axes,
            scale_denominator: self.scale,
            in_force_from: self.in_force_from,
            is_atomic: self.atomic,
        };
        let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
            "{bar:30} {human_pos}/{human_len} records · {per_sec} · {eta} left",
        )?);
        let report = load(store, &plan, stop, &mut |done, total| {
            bar.set_length(total);
            bar.inc(done);
        })
        .await?;
        bar.finish_and_clear();
        if let Some(path) = &self.report {
            write_report(store, &report, path).await?;
        }
        Ok(report)
    }
}

async fn write_report(store: &Store, report: &LoadReport, path: &Path) -> anyhow::Result<()> {
    let mut whole = serde_json::to_value(report)?;
    if let Some(members) = whole.as_object_mut() {
        members.remove("first_faults");
        members.insert(
            "all_faults".to_owned(),
            store.load_faults(report.load_id).await?.into(),
        );
    }
    std::fs::write(path, serde_json::to_vec_pretty(&whole)?)
        .with_context(|| format!("the report could not be written to {}", path.display()))
}

/// The report for the terminal.
fn summary(report: &LoadReport) -> String {
    let mut text = format!(
        "Load {} took {:.1} s; register position {}\n",
        report.load_id,
        report.duration_ms as f64 / 1000.0,
        report.register_position
    );
    for file in &report.files {
        text += &format!("{}\n", file.path);
        if let Some(fault) = &file.fault {
            text += &format!("  not loaded: {fault}\n");
            continue;
        }
        let columns: Vec<String> = file
            .columns
            .iter()
            .map(|(field, column)| format!("{field} ← {column}"))
            .collect();
        text += &format!("  columns: {}\n", columns.join(", "));
        if !file.left_over.is_empty() {
            text += &format!("  left over: {}\n", file.left_over.join(", "));
        }
        for note in &file.notes {
            text += &format!("  note: {note}\n");
        }
    }
    text += &format!(
        "{:<14}{:>10} {:>10} {:>10} {:>10} {:>10} {:>10}\n",
        "", "read", "new", "changed", "unchanged", "waiting", "rejected"
    );
    for (name, tally) in [("parcels", report.parcels), ("register rows", report.rows)] {
        let Tally {
            read,
            new,
            changed,
            unchanged,
            waiting,
            rejected,
        } = tally;
        text += &format!(
            "{name:<14}{read:>10} {new:>10} {changed:>10} {unchanged:>10} {waiting:>10} {rejected:>10}\n"
        );
    }
    if report.waiting_parcels_new > 0 {
        text += &format!(
            "of the waiting parcels, {} are new\n",
            report.waiting_parcels_new
        );
    }
    if report.rows_no_longer_waiting > 0 {
        text += &format!(
            "{} rows of earlier loads wait no longer\n",
            report.rows_no_longer_waiting
        );
    }
    text += &format!(
        "sheets: {} written, {} unchanged, {} failed\n",
        report.sheets_written,
        report.sheets_unchanged,
        report.sheets_failed.len()
    );
    for (code, count) in &report.faults {
        text += &format!("  {count:>8} × {code}\n");
    }
    for fault in &report.first_faults {
        text += &format!("  {fault}\n");
    }
    let shown = report.first_faults.len() as u64;
    let all: u64 = report.faults.values().sum();
    if all > shown {
        text += &format!("  … and {} more; --report FILE writes all\n", all - shown);
    }
    if let Some(why) = &report.stopped {
        text += &format!("the load ended early: {why}\n");
    }
    text
}
