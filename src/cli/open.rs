//! Opening the register: the private database, or the one that DATABASE_URL names.

use super::config::Config;
use crate::store::Store;
use crate::store::cluster::{Cluster, ClusterConfig, DATABASE};
use anyhow::Context;
use tokio_util::sync::CancellationToken;

/// The register, and the private cluster that it lives in, if it does.
pub struct Opened {
    pub store: Store,
    pub cluster: Option<Cluster>,
}

impl Opened {
    /// Opens the register of the settings.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        if let Some(url) = &config.database_url {
            let store = Store::open_url(url)
                .await
                .context("the database of DATABASE_URL could not be opened")?;
            return Ok(Self {
                store,
                cluster: None,
            });
        }
        let cluster = open_cluster(config).await?;
        match Store::open(cluster.connect_options(DATABASE)).await {
            Ok(store) => Ok(Self {
                store,
                cluster: Some(cluster),
            }),
            Err(error) => {
                cluster.close().await?;
                Err(error).context("the private database could not be opened")
            }
        }
    }

    /// Lets go of the register; the last user of a private cluster stops it.
    pub async fn close(self) -> anyhow::Result<()> {
        self.store.close().await;
        match self.cluster {
            Some(cluster) => Ok(cluster.close().await?),
            None => Ok(()),
        }
    }
}

/// The private cluster, started if it does not run.
pub async fn open_cluster(config: &Config) -> anyhow::Result<Cluster> {
    let wanted = ClusterConfig {
        data_dir: config.data_dir.clone(),
        bin_dir: config.pg_bin_dir.clone(),
    };
    Ok(Cluster::open(&wanted).await?)
}

/// A token that an interrupt or a request to end cancels.
pub fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let stopped = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stopped.cancel();
    });
    Ok(stop)
}
