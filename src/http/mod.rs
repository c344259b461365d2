//! Parse, call one `App` method, wrap.

mod auth;
mod boxes;
mod events;
mod extract;
mod operations;
mod pages;
mod parcel_json;
mod parcels;
mod portal;
mod problem;
mod tiles;

pub use problem::Problem;

use self::auth::BearerScheme;
use crate::app::{App, AppError};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::MakeRequestUuid;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
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
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

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
        .routes(routes!(events::events))
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
            axum::routing::get(move || async move { pages::openapi(&description) }),
        )
        .merge(pages::router())
        .fallback(problem::no_such_page)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(server)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(
            ServiceBuilder::new()
                .set_x_request_id(MakeRequestUuid)
                .layer(
                    TraceLayer::new_for_http()
                        .make_span_with(span)
                        .on_failure(()),
                )
                .propagate_x_request_id()
                .layer(middleware::from_fn(counted))
                .layer(middleware::from_fn(protected))
                .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
                .layer(CatchPanicLayer::custom(problem::panicked)),
        )
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

fn span(request: &Request) -> tracing::Span {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    // Paths of the portal carry no personal data; queries may (a search text), so they are not logged.
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

async fn counted(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or("other", |path| path.as_str())
        .to_owned();
    let method = method_name(request.method());
    let started = Instant::now();
    let response = next.run(request).await;
    let labels = [
        ("route", route),
        ("method", method.to_owned()),
        ("status", response.status().as_str().to_owned()),
    ];
    metrics::counter!("diaba_http_requests_total", &labels).increment(1);
    metrics::histogram!("diaba_http_request_duration_seconds", &labels[..2])
        .record(started.elapsed());
    response
}

/// The method as a label of few values, whatever a client sends.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Headers that keep browsers to this origin.
async fn protected(request: Request, next: Next) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; \
                          img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
