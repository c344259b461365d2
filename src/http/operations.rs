//! Health, readiness, metrics.

use super::{Problem, Shared};
use crate::tiles::CacheCounts;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::timeout;
use utoipa::ToSchema;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// Alive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `alive`.
    status: &'static str,
    /// Program version.
    version: &'static str,
}

/// Whether the server can answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether the index is filled. Tiles, places and events then go on from memory, also without the database.
    ready: bool,
    /// Whether the database answers: facts, search and signed answers need it.
    database: bool,
    /// Since when memory may lack changes; absent while the change feed is followed.
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    stale_since: Option<OffsetDateTime>,
    /// Parcels in memory.
    parcels: usize,
    /// The register position of the index.
    register_position: i64,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "Alive", body = Alive)))]
pub async fn healthz() -> Json<Alive> {
    Json(Alive {
        status: "alive",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The server can answer: the index is filled. Without its database it goes on from memory and says since when it is stale.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, description = "Ready", body = Readiness), (status = 503, description = "Not ready", body = Readiness)))]
pub async fn readyz(server: Shared) -> Response {
    let database = timeout(PATIENCE, server.app.database_answers()).await;
    let state = server.app.state();
    let is_ready = server.app.is_ready();
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(Readiness {
            ready: is_ready,
            database: database.unwrap_or(false),
            stale_since: server.app.stale_since(),
            parcels: state.len(),
            register_position: state.position().0,
        }),
    )
        .into_response()
}

/// Metrics in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "Metrics", content_type = "text/plain", body = String)))]
pub async fn metrics(server: Shared) -> Result<Response, Problem> {
    let state = server.app.state();
    metrics::gauge!("diaba_parcels").set(state.len() as f64);
    metrics::gauge!("diaba_index_bytes").set(state.size_bytes() as f64);
    metrics::gauge!("diaba_register_position").set(state.position().0 as f64);
    metrics::gauge!("diaba_ready").set(f64::from(u8::from(server.app.is_ready())));
    metrics::gauge!("diaba_stale").set(f64::from(u8::from(server.app.stale_since().is_some())));
    report_tile_cache(&server.app.tile_counts());
    Ok((
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        server.metrics.render(),
    )
        .into_response())
}

fn report_tile_cache(counts: &CacheCounts) {
    metrics::counter!("diaba_tile_cache_hits_total").absolute(counts.hits);
    metrics::counter!("diaba_tile_cache_misses_total").absolute(counts.misses);
    metrics::counter!("diaba_tile_cache_stale_dropped_total").absolute(counts.stale_dropped);
    metrics::counter!("diaba_tile_cache_evicted_total").absolute(counts.evicted);
    metrics::counter!("diaba_tile_cache_remade_total").absolute(counts.remade);
    metrics::gauge!("diaba_tile_cache_entries").set(counts.entries as f64);
    metrics::gauge!("diaba_tile_cache_bytes").set(counts.size_bytes as f64);
}
