//! `diaba tiles`.

use super::config::Config;
use super::open::{Opened, stop_on_signal};
use crate::app::export::{self, Progress, Selection};
use crate::domain::CommuneCode;
use crate::tiles::pmtiles::{ArchiveSummary, Beginning};
use crate::tiles::{MAX_ZOOM, MIN_ZOOM};
use anyhow::ensure;
use clap::{Args, Subcommand};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::process::ExitCode;

/// Archives of tiles.
#[derive(Debug, Subcommand)]
pub enum Tiles {
    /// Write the map as it is now into one file (PMTiles 3); an export that was stopped goes on when it is run again
    Export(Export),
}

#[derive(Debug, Args)]
#[command(
    after_help = "While it runs, FILE.tiles.part, FILE.journal.part and at the end FILE.part stand beside FILE: about twice its size. \
                        Parts of another register position, selection or range of zooms are thrown away."
)]
pub struct Export {
    /// The archive, such as map.pmtiles
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only the parcels of this commune
    #[arg(long, value_name = "CODE", value_parser = CommuneCode::parse, conflicts_with = "province")]
    commune: Option<CommuneCode>,
    /// Only the parcels of this province's communes of today
    #[arg(long, value_name = "CODE")]
    province: Option<String>,
    /// Lowest zoom
    #[arg(long, value_name = "ZOOM", default_value_t = MIN_ZOOM, value_parser = zoom())]
    min_zoom: u32,
    /// Highest zoom; each one more makes the file about twice as large
    #[arg(long, value_name = "ZOOM", default_value_t = 16, value_parser = zoom())]
    max_zoom: u32,
}

fn zoom() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(i64::from(MIN_ZOOM)..=i64::from(MAX_ZOOM))
}

impl Tiles {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let Self::Export(export) = self;
        export.run(config).await
    }
}

impl Export {
    async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        ensure!(
            self.min_zoom <= self.max_zoom,
            "--min-zoom {} is above --max-zoom {}",
            self.min_zoom,
            self.max_zoom
        );
        let stop = stop_on_signal()?;
        let opened = Opened::open(config).await?;
        let read = export::Export::read(&opened.store, self.selection()).await;
        opened.close().await?;
        let export = read?;
        let zooms = self.min_zoom..=self.max_zoom;
        let (writer, beginning) = export.begin(&self.out, &zooms)?;
        match beginning {
            Beginning::New => {}
            Beginning::Continued { tiles } => eprintln!("going on after {tiles} tiles"),
            Beginning::Replaced => {
                eprintln!("the parts beside the file were of another export: starting afresh");
            }
        }
        let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(
            "{bar:30} {human_pos}/{human_len} tiles · {msg} · {eta} left",
        )?);
        let mut is_begun = false;
        let written = export.write(writer, zooms, &stop, &mut |progress| {
            show(&bar, progress);
            if !std::mem::replace(&mut is_begun, true) {
                // What an earlier run did says nothing of this one's speed.
                bar.reset_eta();
            }
        });
        bar.finish_and_clear();
        let ArchiveSummary {
            tiles,
            contents,
            size_bytes,
        } = written?;
        println!(
            "{}: {} tiles, {} different, {}; register position {}",
            self.out.display(),
            HumanCount(tiles),
            HumanCount(contents),
            HumanBytes(size_bytes),
            export.position()
        );
        Ok(ExitCode::SUCCESS)
    }

    fn selection(&self) -> Selection {
        match (&self.commune, &self.province) {
            (Some(code), _) => Selection::Commune(*code),
            (None, Some(code)) => Selection::Province(code.clone()),
            (None, None) => Selection::All,
        }
    }
}

fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
    bar.set_message(HumanBytes(progress.size_bytes).to_string());
}
