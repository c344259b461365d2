//! OGC API – Common, part 1: the landing page and the declaration of conformance.

use super::link::{CRS84, Origin, TILESETS_VECTOR, Wanted};
use super::tilesets::{Extent, stated};
use crate::http::extract::InQuery;
use crate::http::{Problem, Shared};
use crate::tiles;
use axum::Json;
use axum::response::Response;
use serde_json::{Value, json};

/// The classes that are met, as written. Not `oas30`: our description is OpenAPI 3.1.
const CONFORMANCE: [&str; 18] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
];

/// The landing page (OGC 19-072, 7.2).
#[utoipa::path(
    get, path = "/ogc", tag = "ogc", operation_id = "getLandingPage", params(Wanted),
    responses(
        (status = 200, body = Object, description = "Links to everything"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn landing_page(
    server: Shared,
    InQuery(_wanted): InQuery<Wanted>,
    origin: Origin,
) -> Response {
    let extent = Extent::of(&server.app);
    stated(
        &extent,
        json!({
            "title": "Địa Bạ: bản đồ địa chính / cadastral map",
            "description": "Các thửa đất đang có hiệu lực, dạng đối tượng và ô bản đồ véc-tơ. Parcels in force, as features and vector tiles.",
            "attribution": tiles::ATTRIBUTION,
            "extent": { "spatial": { "bbox": [extent.bounds], "crs": CRS84 } },
            "links": [
                origin.link("self", "/ogc", "Trang này / this page"),
                origin.link("service-desc", "/openapi.json", "Mô tả API / API description (OpenAPI 3.1)"),
                origin.typed("service-doc", "/docs", "text/html", "Tài liệu API / API documentation"),
                origin.link("conformance", "/ogc/conformance", "Các lớp tuân thủ / conformance classes"),
                origin.link(
                    "http://www.opengis.net/def/rel/ogc/1.0/conformance", "/ogc/conformance",
                    "Các lớp tuân thủ / conformance classes"
                ),
                origin.link("data", "/ogc/collections", "Các bộ sưu tập / collections of features"),
                origin.link(
                    TILESETS_VECTOR, "/ogc/tiles",
                    "Các bộ ô bản đồ véc-tơ / vector tilesets"
                ),
                origin.link(
                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "/ogc/tileMatrixSets",
                    "Các lưới ô / tile matrix sets"
                ),
            ],
        }),
    )
}

/// The conformance classes (OGC 19-072, 7.4).
#[utoipa::path(
    get, path = "/ogc/conformance", tag = "ogc", operation_id = "getConformance", params(Wanted),
    responses(
        (status = 200, body = Object, description = "The classes that are met"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn conformance(InQuery(_wanted): InQuery<Wanted>) -> Json<Value> {
    Json(json!({ "conformsTo": CONFORMANCE }))
}
