//! Vector tiles and their description.

use super::extract::InPath;
use super::{Problem, Shared, apart};
use crate::tiles::{MAX_ZOOM, MIN_ZOOM, TileId};
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// TileJSON 3.0.0 of the tileset `parcels`.
#[utoipa::path(get, path = "/tiles/parcels.json", tag = "map", responses((status = 200, body = Object, description = "TileJSON 3.0.0")))]
pub async fn tile_json(server: Shared, headers: HeaderMap) -> Json<Value> {
    const VIET_NAM: [f64; 4] = [102.0, 8.0, 110.0, 23.5];
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("127.0.0.1:8080");
    let scheme = headers
        .get("x-forwarded-proto")
        .and_then(|scheme| scheme.to_str().ok())
        .filter(|scheme| *scheme == "https")
        .unwrap_or("http");
    let bounds = server.app.extent().map_or(VIET_NAM, |extent| extent.bounds);
    let [west, south, east, north] = bounds;
    Json(json!({
        "tilejson": "3.0.0",
        "name": "parcels",
        "description": "Thửa đất / parcels",
        "attribution": "Địa Bạ",
        "scheme": "xyz",
        "tiles": [format!("{scheme}://{host}/tiles/parcels/{{z}}/{{x}}/{{y}}")],
        "minzoom": MIN_ZOOM,
        "maxzoom": MAX_ZOOM,
        "bounds": bounds,
        "center": [f64::midpoint(west, east), f64::midpoint(south, north), 16],
        "vector_layers": [
            {
                "id": "parcels", "description": "Outlines", "minzoom": MIN_ZOOM, "maxzoom": MAX_ZOOM,
                "fields": {
                    "commune": "String: commune code", "sheet": "Number: sheet number", "number": "Number: parcel number",
                    "land_use": "String: main land-use code", "area_m2": "Number: square metres"
                }
            },
            {
                "id": "labels", "description": "Label points", "minzoom": 16, "maxzoom": MAX_ZOOM,
                "fields": {
                    "number": "Number: parcel number", "land_use": "String: main land-use code", "area_m2": "Number: square metres"
                }
            }
        ]
    }))
}

/// A Mapbox Vector Tile (2.1) of parcels, from memory.
#[utoipa::path(
    get, path = "/tiles/parcels/{z}/{x}/{y}", tag = "map",
    params(("z" = u32, Path, description = "Zoom, 13 to 20"), ("x" = u32, Path, description = "Column"), ("y" = u32, Path, description = "Row")),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile", description = "The tile; empty where there is no parcel"),
        (status = 304, description = "As the client has it"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn tile(
    server: Shared,
    InPath((z, x, y)): InPath<(u32, u32, u32)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = TileId::new(z, x, y).map_err(|error| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-tile",
            "No such tile",
            error.to_string(),
        )
    })?;
    let gzip = accepts_gzip(&headers);
    let app = std::sync::Arc::clone(&server.app);
    let tile = apart(move || app.tile(id, gzip)).await?;
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok());
    let is_known = known.is_some_and(|tags| {
        tags.split(',')
            .any(|tag| tag.trim() == "*" || tag.trim().trim_start_matches("W/") == tile.etag)
    });
    let mut answer = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        tile.body.into_response()
    };
    let fields = answer.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            fields.insert(name, value);
        }
    };
    set(header::ETAG, &tile.etag);
    set(header::VARY, "accept-encoding");
    set(header::CACHE_CONTROL, "no-cache");
    set(
        HeaderName::from_static("x-register-position"),
        &tile.position.to_string(),
    );
    if !is_known {
        set(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile");
        if gzip {
            set(header::CONTENT_ENCODING, "gzip");
        }
    }
    Ok(answer)
}

/// Whether the client takes gzip (RFC 9110, 12.5.3).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let codings: Vec<(String, bool)> = values
        .flat_map(|value| value.split(','))
        .map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let is_refused = parts.any(|part| {
                part.strip_prefix("q=")
                    .is_some_and(|weight| weight.parse() == Ok(0.0))
            });
            (name, !is_refused)
        })
        .collect();
    let of = |wanted: &str| {
        codings
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, is_accepted)| *is_accepted)
    };
    of("gzip").or(of("*")).unwrap_or(false)
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
