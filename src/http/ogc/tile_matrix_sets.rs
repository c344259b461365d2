//! Tile matrix sets (OGC 17-083r4): WebMercatorQuad, whose tiles are those of `/tiles`.

use super::link::{Origin, Wanted};
use crate::http::Problem;
use crate::http::extract::InQuery;
use axum::Json;
use serde_json::{Value, json};

/// The name of the tile matrix set.
pub const ID: &str = "WebMercatorQuad";
/// Its entry in the register of OGC.
pub const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Its coordinate reference system.
pub const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
/// Where it is described.
pub const PATH: &str = "/ogc/tileMatrixSets/WebMercatorQuad";
/// Its title.
pub const TITLE: &str = "Lưới ô WebMercatorQuad / tile matrix set WebMercatorQuad";

/// Levels in the register: 0 to 24.
const LEVELS: u32 = 25;
/// Half the side of the square, in metres.
const HALF_SIDE_M: f64 = 20_037_508.342_789_2;
/// Metres a pixel of 256 at level 0.
const CELL_M: f64 = 156_543.033_928_041;
/// Scale denominator at level 0, with pixels of 0.28 mm.
const SCALE: f64 = 559_082_264.028_717;

/// The tile matrix sets.
#[utoipa::path(
    get, path = "/ogc/tileMatrixSets", tag = "ogc", operation_id = "getTileMatrixSetsList", params(Wanted),
    responses(
        (status = 200, body = Object, description = "The tile matrix sets"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tile_matrix_sets(InQuery(_wanted): InQuery<Wanted>, origin: Origin) -> Json<Value> {
    Json(json!({
        "tileMatrixSets": [{
            "id": ID,
            "title": TITLE,
            "uri": URI,
            "crs": CRS,
            "links": [origin.link("self", PATH, TITLE)],
        }],
        "links": [origin.link("self", "/ogc/tileMatrixSets", "Các lưới ô / tile matrix sets")],
    }))
}

/// WebMercatorQuad as it is registered; the tileset says which of its levels have tiles.
#[utoipa::path(
    get, path = "/ogc/tileMatrixSets/WebMercatorQuad", tag = "ogc", operation_id = "getTileMatrixSet", params(Wanted),
    responses(
        (status = 200, body = Object, description = "Levels with scales, cell sizes and origins"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn web_mercator_quad(InQuery(_wanted): InQuery<Wanted>) -> Json<Value> {
    Json(json!({
        "id": ID,
        "title": TITLE,
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": (0..LEVELS).map(level).collect::<Value>(),
    }))
}

fn level(level: u32) -> Value {
    let side = 1_u32 << level;
    json!({
        "id": level.to_string(),
        "scaleDenominator": SCALE / f64::from(side),
        "cellSize": CELL_M / f64::from(side),
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_SIDE_M, HALF_SIDE_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": side,
        "matrixHeight": side,
    })
}
