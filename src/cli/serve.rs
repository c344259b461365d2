//! `diaba serve`.

use super::config::Config;
use super::open::{Opened, stop_on_signal};
use crate::app::App;
use crate::documents::Signers;
use crate::http::{self, Limits, Server, router};
use crate::share::Issuer;
use crate::store::cluster::Cluster;
use anyhow::Context;
use clap::Args;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long running requests may take to end after a request to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often the private database is looked after.
const SUPERVISION: Duration = Duration::from_secs(2);
/// How often counted durations are summed up; until then each takes memory.
const SUMMING: Duration = Duration::from_secs(5);
/// Files that the process opens besides its clients' connections: the database's, snapshots, logs.
const OTHER_FILES: u64 = 256;
/// Histogram bounds of request durations.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];

#[derive(Debug, Args)]
pub struct Serve {}

impl Serve {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal()?;
        let opened = tokio::select! {
            opened = Opened::open(config) => opened?,
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        };
        let served = serve(config, &opened, stop).await;
        opened.close().await?;
        served.map(|()| ExitCode::SUCCESS)
    }
}

async fn serve(config: &Config, opened: &Opened, stop: CancellationToken) -> anyhow::Result<()> {
    let app = App::open(
        opened.store.clone(),
        &config.data_dir,
        config.tile_cache_bytes,
    )
    .await?;
    if let Some((issuer, audience, keys)) = config.oidc.clone() {
        app.trust(Issuer::open(issuer, audience, keys)?);
    }
    if let Some(path) = &config.signers {
        app.sign_with(Signers::read(path)?);
    }
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "{} cannot be listened at; another program may hold it (choose another with --listen)",
            config.listen
        )
    })?;
    let address = listener.local_addr()?;
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("duration_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    let routes = router(Server {
        app: Arc::clone(&app),
        metrics: metrics.clone(),
    });
    let limits = Limits {
        connections: connections_allowed(config.connections),
        ..Limits::default()
    };
    tracing::info!("serving http://{address}");
    let reading = tokio::spawn(read_and_follow(Arc::clone(&app), stop.clone()));
    let keeping = tokio::spawn(Arc::clone(&app).keep_snapshots(stop.clone()));
    let serving = http::serve(listener, routes, limits, stop.clone());
    let out_of_grace = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serving => {}
        () = supervise(&app, opened.cluster.as_ref()) => {}
        () = sum_up(&metrics) => {}
        () = out_of_grace => tracing::warn!("requests that did not end in time were cut off"),
    }
    stop.cancel();
    reading.await?;
    keeping.await?;
    tracing::info!("stopped");
    Ok(())
}

/// As many connections as are wanted, or as the system lets this process have.
fn connections_allowed(wanted: u32) -> usize {
    let files = u64::from(wanted) + OTHER_FILES;
    let allowed = rlimit::increase_nofile_limit(files).unwrap_or(files);
    if allowed < files {
        tracing::warn!(
            allowed,
            files,
            "the system allows fewer open files than --connections needs"
        );
    }
    let connections = allowed.saturating_sub(OTHER_FILES).clamp(1, wanted.into());
    usize::try_from(connections).unwrap_or(usize::MAX)
}

async fn sum_up(metrics: &PrometheusHandle) {
    loop {
        tokio::time::sleep(SUMMING).await;
        metrics.run_upkeep();
    }
}

/// Starts the private database again whenever it has gone; waits for ever where there is none.
async fn supervise(app: &App, cluster: Option<&Cluster>) {
    let Some(cluster) = cluster else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(SUPERVISION).await;
        if app.database_answers().await {
            continue;
        }
        match cluster.ensure_running().await {
            Ok(()) => tracing::warn!("the private database did not answer; it runs again"),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the private database cannot be started"
                );
            }
        }
    }
}

/// Fills the index, trying again while the database fails, and follows the change feed.
async fn read_and_follow(app: Arc<App>, stop: CancellationToken) {
    let started = Instant::now();
    let filled_from = loop {
        let filled = tokio::select! {
            filled = app.fill_index() => filled,
            () = stop.cancelled() => return,
        };
        match filled {
            Ok(filled_from) => break filled_from,
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the register could not be read; trying again"
            ),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    };
    let state = app.state();
    tracing::info!(
        ?filled_from,
        parcels = state.len(),
        position = state.position().0,
        size_bytes = state.size_bytes(),
        duration_ms = started.elapsed().as_millis(),
        "the register is in memory"
    );
    drop(state);
    app.follow(stop).await;
}
