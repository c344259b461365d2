//! Vector tiles and their description.

use super::around::{REQUEST_ID, span};
use super::extract::{InPath, InQuery};
use super::ogc::Origin;
use super::when::When;
use super::{Problem, Server, Shared};
use crate::app::{ShownTile, TileExplanation};
use crate::domain::{AsOf, ParcelId};
use crate::tiles::{
    ATTRIBUTION, MAX_ZOOM, MIN_ZOOM, TILESET, TITLE, TileId, VIET_NAM, etag, vector_layers,
};
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use utoipa::IntoParams;

/// TileJSON 3.0.0 of the tileset `parcels`.
#[utoipa::path(get, path = "/tiles/parcels.json", tag = "map", responses((status = 200, body = Object, description = "TileJSON 3.0.0")))]
pub async fn tile_json(server: Shared, origin: Origin) -> Json<Value> {
    let bounds = server.app.extent().map_or(VIET_NAM, |extent| extent.bounds);
    let [west, south, east, north] = bounds;
    Json(json!({
        "tilejson": "3.0.0",
        "name": TILESET,
        "description": TITLE,
        "attribution": ATTRIBUTION,
        "scheme": "xyz",
        "tiles": [origin.href("/tiles/parcels/{z}/{x}/{y}")],
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        "bounds": bounds,
        "center": [f64::midpoint(west, east), f64::midpoint(south, north), 16],
        "vector_layers": vector_layers(MIN_ZOOM..=MAX_ZOOM)
    }))
}

/// Tiles of another day come from the database: below this zoom they would hold too many parcels.
const AS_OF_ZOOM: u32 = 14;

/// The route of tiles, as the log and the counters name it.
pub const ROUTE: &str = "/tiles/parcels/{z}/{x}/{y}";

const REGISTER_POSITION: HeaderName = HeaderName::from_static("x-register-position");
const STALE_SINCE: HeaderName = HeaderName::from_static("x-register-stale-since");
const TILE_CACHE: HeaderName = HeaderName::from_static("x-tile-cache");
const AGGREGATED: HeaderName = HeaderName::from_static("x-tile-aggregated");

/// A Mapbox Vector Tile (2.1) of parcels, from memory; of another time from zoom 14 on, from the database. An edit shows at once: ask with `If-None-Match` whether it is still the same.
#[utoipa::path(
    get, path = "/tiles/parcels/{z}/{x}/{y}", tag = "map",
    params(
        ("z" = u32, Path, description = "Zoom, 0 to 22"), ("x" = u32, Path, description = "Column"), ("y" = u32, Path, description = "Row"),
        When
    ),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile", description = "The tile; empty where there is no parcel"),
        (status = 304, description = "As the client has it"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tile(
    server: Shared,
    InPath((z, x, y)): InPath<(u32, u32, u32)>,
    request: Request,
) -> Result<Response, Problem> {
    let id = address(z, x, y)?;
    let asked = request.headers();
    let mut stale = None;
    let shown = match as_of(request.uri(), id)? {
        None => {
            stale = stale_since(&server);
            server.app.tile(id).await
        }
        Some(as_of) => server
            .app
            .tile_as_of(id, as_of)
            .await
            .map(|tile| ShownTile {
                position: tile.position,
                tile: Arc::new(tile),
                is_hit: false,
            }),
    };
    match shown {
        Ok(shown) => {
            let mut answer = answer(&shown, asked)?;
            answer.headers_mut().extend(stale);
            Ok(answer)
        }
        Err(error) => {
            let span = span(request.method(), request.uri(), asked.get(REQUEST_ID));
            Err(span.in_scope(|| error.into()))
        }
    }
}

/// Which parcel an explanation is of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Explained {
    /// The parcel's id.
    #[param(example = 1_099_511_627_777_i64)]
    parcel: i64,
}

/// Why a parcel is absent, cut or only counted in a tile, and how the tile's time and bytes are spent.
#[utoipa::path(
    get, path = "/tiles/parcels/{z}/{x}/{y}/explain", tag = "map",
    params(
        ("z" = u32, Path, description = "Zoom, 0 to 22"), ("x" = u32, Path, description = "Column"), ("y" = u32, Path, description = "Row"),
        Explained
    ),
    responses(
        (status = 200, description = "The parcel's part in the tile, and the tile's layers, bytes and milliseconds", body = Object),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn explain(
    server: Shared,
    InPath((z, x, y)): InPath<(u32, u32, u32)>,
    InQuery(explained): InQuery<Explained>,
) -> Result<Json<TileExplanation>, Problem> {
    let id = address(z, x, y)?;
    let parcel = ParcelId::try_from(explained.parcel).map_err(|_| Problem::no_such_parcel())?;
    let explanation = server.app.explain(id, parcel).await?;
    explanation.map(Json).ok_or_else(Problem::no_such_parcel)
}

fn address(z: u32, x: u32, y: u32) -> Result<TileId, Problem> {
    TileId::new(z, x, y).map_err(|error| Problem::no_such_tile(&error))
}

/// The time that a tile is asked of, if not of now.
fn as_of(uri: &Uri, id: TileId) -> Result<Option<AsOf>, Problem> {
    let Some(query) = uri.query() else {
        return Ok(None);
    };
    let Query(when) = Query::<When>::try_from_uri(uri)
        .map_err(|_| Problem::bad_parameter(format!("{query:?} is not a query")))?;
    let as_of = when.checked()?;
    if as_of.is_now() {
        return Ok(None);
    }
    if id.zoom() < AS_OF_ZOOM {
        return Err(Problem::bad_parameter(format!(
            "tiles of another day are drawn from zoom {AS_OF_ZOOM} on: zoom in, or leave at and known out"
        )));
    }
    Ok(Some(as_of))
}

/// Since when what is in memory may lack changes, if it may.
fn stale_since(server: &Server) -> Option<(HeaderName, HeaderValue)> {
    let since = server.app.stale_since()?.format(&Rfc3339).ok()?;
    Some((STALE_SINCE, HeaderValue::try_from(since).ok()?))
}

/// The tile in the form that the client takes, or word that it has it.
fn answer(shown: &ShownTile, asked: &HeaderMap) -> Result<Response, Problem> {
    let packed = &shown.tile.packed;
    let (body, etag, coding) = if accepts_gzip(asked) {
        (packed.gzip.clone(), packed.etag.clone(), Some("gzip"))
    } else {
        let content = packed.unpacked().ok_or_else(Problem::internal)?;
        let etag = etag(&content, "identity");
        (content.into(), etag, None)
    };
    let is_known = knows(asked, &etag);
    let mut answer = Response::new(Body::empty());
    let fields = answer.headers_mut();
    fields.reserve(16);
    fields.insert(REGISTER_POSITION, shown.position.0.into());
    let hit = if shown.is_hit { "hit" } else { "miss" };
    fields.insert(TILE_CACHE, HeaderValue::from_static(hit));
    if shown.tile.aggregated > 0 {
        fields.insert(AGGREGATED, shown.tile.aggregated.into());
    }
    fields.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, no-cache"),
    );
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        fields.insert(header::ETAG, etag);
    }
    if is_known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(answer);
    }
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.mapbox-vector-tile"),
    );
    if let Some(coding) = coding {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    *answer.body_mut() = Body::from(body);
    Ok(answer)
}

/// A tile of a tileset that there is not.
pub async fn no_such_tileset(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-tileset",
        "No such tileset",
        format!("{} is of no tileset; there is one, parcels", uri.path()),
    )
}

/// Whether the client says that it has what this tag is of (RFC 9110, 13.1.2).
fn knows(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|tags| tags.to_str().ok());
    known
        .flat_map(|tags| tags.split(','))
        .map(|tag| tag.trim())
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// Whether the client takes gzip (RFC 9110, 12.5.3).
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let values = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let (mut gzip, mut any) = (None, None);
    for coding in values.flat_map(|value| value.split(',')) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let is_accepted = !parts.any(|part| {
            part.strip_prefix("q=")
                .is_some_and(|weight| weight.parse() == Ok(0.0))
        });
        if name.eq_ignore_ascii_case("gzip") {
            gzip = gzip.or(Some(is_accepted));
        } else if name == "*" {
            any = any.or(Some(is_accepted));
        }
    }
    gzip.or(any).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_only_where_it_is_accepted() {
        let accepts = |value: &'static str| {
            accepts_gzip(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(accepts("gzip, deflate, br"));
        assert!(accepts("br;q=1.0, GZIP;q=0.5"));
        assert!(!accepts("gzip;q=0, br"));
        assert!(!accepts("gzip;q=0, *"));
        assert!(accepts("br, *;q=0.1"));
        assert!(!accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
