//! `diaba synth`.

use crate::ingest::synth::{SynthPlan, write};
use clap::Args;
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Synth {
    /// How many parcels
    #[arg(long, default_value_t = 2500)]
    parcels: u64,
    /// The same seed makes the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for units.csv, parcels.gpkg and register.csv
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Synth {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let bar = ProgressBar::new(self.parcels);
        let plan = SynthPlan {
            parcels: self.parcels,
            seed: self.seed,
            ..SynthPlan::default()
        };
        let summary = write(&plan, &self.out, &mut |done| bar.set_position(done))?;
        bar.finish_and_clear();
        println!("{summary:?}");
        Ok(ExitCode::SUCCESS)
    }
}
