//! OGC API – Tiles, part 1 (OGC 20-057): the tileset of the whole register, and its tiles.

use super::link::{CRS84, MVT, Nothing, Origin, TILING_SCHEME, Wanted};
use super::tile_matrix_sets::{self, CRS, URI};
use crate::app::App;
use crate::domain::Position;
use crate::http::extract::{InPath, InQuery};
use crate::http::{Problem, Shared};
use crate::page::Fine;
use crate::tiles::{self, FieldContract, LAYERS, LayerContract, MAX_ZOOM, MIN_ZOOM};
use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

const TILESET_PATH: &str = "/ogc/tiles/WebMercatorQuad";
const TILESET_TITLE: &str = "Bộ ô bản đồ thửa đất / tileset of parcels";

/// Where there are tiles, and of which state.
pub struct Extent {
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    position: Position,
}

/// A document with the register position that it was computed from.
pub fn stated(extent: &Extent, document: Value) -> Response {
    let position = extent.position.to_string();
    ([("x-register-position", position)], Json(document)).into_response()
}

impl Extent {
    /// That of the parcels; the country, where there are none.
    pub fn of(app: &App) -> Self {
        Self {
            bounds: app.extent().map_or(tiles::VIET_NAM, |extent| extent.bounds),
            position: app.state().position(),
        }
    }

    /// The columns and rows of a zoom that have tiles.
    fn limits(&self, zoom: u32) -> (RangeInclusive<u32>, RangeInclusive<u32>) {
        let [west, south, east, north] = self.bounds;
        let (first, last) = (
            Fine::from_degrees(west, north).world(),
            Fine::from_degrees(east, south).world(),
        );
        let tile = |unit: u32| unit.checked_shr(32 - zoom).unwrap_or(0);
        (tile(first.x)..=tile(last.x), tile(first.y)..=tile(last.y))
    }
}

/// The tilesets: one.
#[utoipa::path(
    get, path = "/ogc/tiles", tag = "ogc", operation_id = "dataset.vector.getTileSetsList", params(Wanted),
    responses(
        (status = 200, body = Object, description = "The tilesets"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tilesets(InQuery(_wanted): InQuery<Wanted>, origin: Origin) -> Json<Value> {
    Json(json!({
        "tilesets": [{
            "title": TILESET_TITLE,
            "dataType": "vector",
            "crs": CRS,
            "tileMatrixSetURI": URI,
            "links": links(&origin),
        }],
        "links": [origin.link("self", "/ogc/tiles", "Các bộ ô bản đồ véc-tơ / vector tilesets")],
    }))
}

/// The tileset: which layers, at which levels, where.
#[utoipa::path(
    get, path = "/ogc/tiles/WebMercatorQuad", tag = "ogc", operation_id = "dataset.vector.getTileSet", params(Wanted),
    responses(
        (status = 200, body = Object, description = "Tileset metadata (OGC 17-083r4)"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tileset(
    server: Shared,
    InQuery(_wanted): InQuery<Wanted>,
    origin: Origin,
) -> Response {
    let extent = Extent::of(&server.app);
    let [west, south, east, north] = extent.bounds;
    let centre = [f64::midpoint(west, east), f64::midpoint(south, north)];
    stated(
        &extent,
        json!({
            "title": TILESET_TITLE,
            "version": extent.position.to_string(),
            "dataType": "vector",
            "crs": CRS,
            "tileMatrixSetURI": URI,
            "tileMatrixSetLimits": (MIN_ZOOM..=MAX_ZOOM).map(|zoom| limits(&extent, zoom)).collect::<Value>(),
            "boundingBox": { "lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84 },
            "centerPoint": { "coordinates": centre, "crs": CRS84, "tileMatrix": "16" },
            "mediaTypes": [MVT],
            "layers": LAYERS.iter().map(layer).collect::<Value>(),
            "links": links(&origin),
        }),
    )
}

fn links(origin: &Origin) -> Value {
    let tile = format!("{TILESET_PATH}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}");
    json!([
        origin.link("self", TILESET_PATH, TILESET_TITLE),
        origin.template("item", &tile, MVT, "Ô bản đồ véc-tơ / vector tile"),
        origin.link(
            TILING_SCHEME,
            tile_matrix_sets::PATH,
            tile_matrix_sets::TITLE
        ),
        origin.link("alternate", "/tiles/parcels.json", "TileJSON 3.0.0"),
    ])
}

fn limits(extent: &Extent, zoom: u32) -> Value {
    let (columns, rows) = extent.limits(zoom);
    json!({
        "tileMatrix": zoom.to_string(),
        "minTileRow": rows.start(),
        "maxTileRow": rows.end(),
        "minTileCol": columns.start(),
        "maxTileCol": columns.end(),
    })
}

fn layer(layer: &LayerContract) -> Value {
    let properties: Map<_, _> = layer
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), property(field)))
        .collect();
    json!({
        "id": layer.id,
        "title": layer.title,
        "dataType": "vector",
        "geometryDimension": layer.dimension,
        "minTileMatrix": layer.min_zoom.to_string(),
        "maxTileMatrix": layer.max_zoom.to_string(),
        "propertiesSchema": { "type": "object", "properties": properties },
    })
}

fn property(field: &FieldContract) -> Value {
    let mut property = json!({ "title": field.title, "type": field.kind.json_schema() });
    if let Some(unit) = field.unit {
        property["uom"] = unit.into();
    }
    property
}

/// A tile, as `/tiles/parcels` has it. The row comes before the column.
#[utoipa::path(
    get, path = "/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", tag = "ogc",
    operation_id = "dataset.vector.getTile",
    params(
        ("tileMatrix" = u32, Path, description = "Level, as in the tileset's limits"),
        ("tileRow" = u32, Path, description = "Row"),
        ("tileCol" = u32, Path, description = "Column")
    ),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile", description = "The tile; empty where there is no parcel"),
        (status = 304, description = "As the client has it"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tile(
    server: Shared,
    InPath((zoom, row, column)): InPath<(u32, u32, u32)>,
    InQuery(_nothing): InQuery<Nothing>,
    request: Request,
) -> Result<Response, Problem> {
    let is_zoom = (MIN_ZOOM..=MAX_ZOOM).contains(&zoom);
    let is_within = is_zoom && {
        let (columns, rows) = Extent::of(&server.app).limits(zoom);
        columns.contains(&column) && rows.contains(&row)
    };
    if !is_within {
        return Err(Problem::no_such_tile(&format!(
            "matrix {zoom}, row {row}, column {column} is not within the limits of the tileset"
        )));
    }
    crate::http::tiles::tile(server, InPath((zoom, column, row)), request).await
}
