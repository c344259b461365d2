//! Parse, call one `App` method, wrap.

mod around;
mod auth;
mod blanks;
mod boxes;
mod certificates;
mod changes;
mod desk;
mod documents;
mod door;
mod dossier;
mod events;
mod extract;
mod json_text;
mod land_json;
mod lineage;
mod ogc;
mod operations;
mod paced;
mod pages;
mod paper_problem;
mod parcel_json;
mod parcels;
mod past;
mod portal;
mod problem;
mod rules;
mod sender;
mod signatures;
mod tiles;
mod when;

pub use door::{Limits, serve};
pub use paced::Pace;
pub use problem::Problem;

use self::auth::BearerScheme;
use crate::app::{App, AppError};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What every handler has.
#[derive(Clone)]
pub struct Server {
    /// The register.
    pub app: Arc<App>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
}

type Shared = axum::extract::State<Server>;

const MAX_BODY_BYTES: usize = 256 * 1024;

/// The description of the API; its paths come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Địa Bạ",
        description = "Sổ địa chính và bản đồ địa chính. A cadastral register: parcels, map tiles, signed answers. \
                       Coordinates are WGS 84 longitude, latitude unless `crs` asks for the sheet's own VN-2000 zone. \
                       Every answer says the register position that it was computed from. Errors are RFC 9457 problems.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "parcels", description = "Thửa đất / parcels"),
        (name = "map", description = "Bản đồ / map tiles"),
        (name = "desk", description = "Đăng ký biến động / operations on land"),
        (name = "documents", description = "Trích lục, sổ, giấy tờ / papers as PDF"),
        (name = "dossiers", description = "Hồ sơ thủ tục / dossiers"),
        (name = "citizens", description = "Công dân / citizens"),
        (name = "ogc", description = "OGC API – Features, OGC API – Tiles"),
        (name = "portal", description = "Chia sẻ / signed answers for registered clients"),
        (name = "operations", description = "Vận hành / operations")
    ),
    modifiers(&BearerScheme)
)]
struct Description;

/// All routes and what surrounds them.
pub fn router(server: Server) -> Router {
    let (router, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(parcels::parcel))
        .routes(routes!(parcels::parcel_of_code))
        .routes(routes!(parcels::parcel_of_key))
        .routes(routes!(parcels::identify))
        .routes(routes!(boxes::parcels_in))
        .routes(routes!(boxes::within))
        .routes(routes!(boxes::nearest))
        .routes(routes!(parcels::search))
        .routes(routes!(parcels::land_uses))
        .routes(routes!(tiles::tile_json))
        .routes(routes!(tiles::tile))
        .routes(routes!(tiles::explain))
        .routes(routes!(events::events))
        .routes(routes!(desk::operate))
        .routes(routes!(desk::operation))
        .routes(routes!(auth::appointment))
        .routes(routes!(blanks::enter))
        .routes(routes!(blanks::stock))
        .routes(routes!(blanks::blank))
        .routes(routes!(documents::extract))
        .routes(routes!(documents::cadastral_page))
        .routes(routes!(documents::parcel_index))
        .routes(routes!(documents::certificate_book))
        .routes(routes!(documents::change_book))
        .routes(routes!(documents::operation_drawing))
        .routes(routes!(documents::plan_drawing))
        .routes(routes!(documents::document))
        .routes(routes!(signatures::sign))
        .routes(routes!(signatures::signed))
        .routes(routes!(certificates::print))
        .routes(routes!(certificates::notes))
        .routes(routes!(certificates::measure))
        .routes(routes!(certificates::printers))
        .routes(routes!(changes::operations))
        .routes(routes!(lineage::lineage))
        .routes(routes!(lineage::successors))
        .routes(routes!(lineage::timeline))
        .routes(routes!(rules::rules, rules::add_rule))
        .routes(routes!(rules::end_rule))
        .routes(routes!(past::certificate))
        .routes(routes!(past::party))
        .merge(dossier::router())
        .merge(ogc::router())
        .routes(routes!(portal::by_code))
        .routes(routes!(portal::by_key))
        .routes(routes!(portal::keys))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
        .split_for_parts();
    let description = Arc::new(description);
    router
        .route(
            "/openapi.json",
            get(move || async move { pages::openapi(&description) }),
        )
        .route("/tiles/{tileset}", get(tiles::no_such_tileset))
        .route("/tiles/{tileset}/{z}/{x}/{y}", get(tiles::no_such_tileset))
        .merge(pages::router())
        .fallback(problem::no_such_page)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(server)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(around::around))
}

/// Computes on a thread of its own: what takes milliseconds must not keep other requests waiting.
async fn apart<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(task).await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => Err(Problem::lost(&error)),
    }
}
