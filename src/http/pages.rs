//! The pages in the binary: the map application, the style, the API's documentation.

use super::{Problem, Server, problem};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use rust_embed::RustEmbed;
use utoipa::openapi::OpenApi;

/// The built map application.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
struct Web;

const STYLE: &str = include_str!("../../tiles/style.json");

/// The pages.
pub fn router() -> Router<Server> {
    Router::new()
        .route("/", page("index.html"))
        .route("/desk", page("desk.html"))
        .route("/docs", page("docs.html"))
        .route("/docs/problems", page("docs.html"))
        .route("/follow", page("follow.html"))
        .route("/overview", page("overview.html"))
        .route("/parcels/{parcel_id}/timeline", page("timeline.html"))
        .route("/assets/{*path}", get(asset))
        .route("/tiles/style.json", get(style))
}

/// A page of the application.
fn page(path: &'static str) -> MethodRouter<Server> {
    get(move |headers: HeaderMap| async move { file(path, &headers) })
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], STYLE).into_response()
}

async fn asset(Path(path): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let answer = file(&format!("assets/{path}"), &headers);
    if answer.status().is_client_error() {
        problem::no_such_page(uri).await.into_response()
    } else {
        answer
    }
}

/// A file of the application. Assets carry their hash in their name and may be kept for ever.
fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(found) = Web::get(path) else {
        return Problem::new(
            axum::http::StatusCode::NOT_FOUND,
            "no-such-page",
            "No such page",
            format!("{path} is not in this build"),
        )
        .into_response();
    };
    let etag = crate::tiles::etag(&found.data, "identity");
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return (axum::http::StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let keeping = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = content_type(path);
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, keeping),
            (header::ETAG, &etag),
        ],
        found.data.into_owned(),
    )
        .into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The description of the API, OpenAPI 3.1.
pub fn openapi(description: &OpenApi) -> axum::Json<OpenApi> {
    axum::Json(description.clone())
}
