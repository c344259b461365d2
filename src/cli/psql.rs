//! `diaba psql`.

use super::config::Config;
use super::open::open_cluster;
use crate::store::cluster::DATABASE;
use anyhow::{Context, bail};
use clap::Args;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Psql {
    /// What psql is to be given, after --
    #[arg(last = true, value_name = "PSQL ARGUMENTS")]
    arguments: Vec<String>,
    /// Only print the connection line
    #[arg(long)]
    line: bool,
}

impl Psql {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        if config.database_url.is_some() {
            bail!("DATABASE_URL names a database of yours: open it with psql \"$DATABASE_URL\"");
        }
        let cluster = open_cluster(config).await?;
        let line = cluster.connection_line(DATABASE);
        if self.line {
            println!("{line}");
            cluster.close().await?;
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("Connection line (psql, QGIS): {line}");
        // An interrupt is psql's to handle: it ends a query there, not this program.
        let _interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
        let mut command = tokio::process::Command::from(cluster.psql_command(DATABASE));
        let status = command
            .args(self.arguments)
            .status()
            .await
            .context("psql could not be started (apt-get install postgresql-client-15)");
        cluster.close().await?;
        Ok(ExitCode::from(
            u8::try_from(status?.code().unwrap_or(1)).unwrap_or(1),
        ))
    }
}
