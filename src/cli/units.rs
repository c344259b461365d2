//! `diaba units`.

use super::config::Config;
use super::open::Opened;
use crate::ingest::read_units;
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Units {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Units {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let units = read_units(&self.file)
            .with_context(|| format!("{} was not loaded", self.file.display()))?;
        let opened = Opened::open(config).await?;
        let added = opened.store.add_units(&units).await;
        opened.close().await?;
        println!(
            "{} administrative units read, {} of them new or ended",
            units.len(),
            added?
        );
        Ok(ExitCode::SUCCESS)
    }
}
