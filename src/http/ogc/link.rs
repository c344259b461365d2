//! Links, and what a client may ask of a document.

use crate::domain::ZoneCode;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use utoipa::IntoParams;

/// JSON.
pub const JSON: &str = "application/json";
/// GeoJSON.
pub const GEOJSON: &str = "application/geo+json";
/// WGS 84 longitude, latitude.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// Mapbox Vector Tiles.
pub const MVT: &str = "application/vnd.mapbox-vector-tile";
/// The relation to a description of a tile matrix set.
pub const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";

/// The relation to a list of vector tilesets.
pub const TILESETS_VECTOR: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// The form of a document. OGC API – Common wants unknown parameters refused.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `json`, which is the only form.
    #[serde(rename = "f")]
    #[param(rename = "f", inline)]
    _form: Option<Form>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    Json,
}

/// The name of a coordinate reference system in the register of EPSG.
pub fn epsg(code: ZoneCode) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{code}")
}

/// No parameter at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Scheme and host that the client knows the server by.
pub struct Origin(String);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let field = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let scheme = match field("x-forwarded-proto") {
            Some("https") => "https",
            _ => "http",
        };
        let host = field(header::HOST.as_str()).unwrap_or("127.0.0.1:8080");
        Ok(Self(format!("{scheme}://{host}")))
    }
}

impl Origin {
    /// The whole address of a path.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// A link to a document in JSON.
    pub fn link(&self, relation: &str, path: &str, title: &str) -> Value {
        self.typed(relation, path, JSON, title)
    }

    /// A link to a document of some media type.
    pub fn typed(&self, relation: &str, path: &str, media_type: &str, title: &str) -> Value {
        json!({ "rel": relation, "href": self.href(path), "type": media_type, "title": title })
    }

    /// A link with variables.
    pub fn template(&self, relation: &str, path: &str, media_type: &str, title: &str) -> Value {
        let mut link = self.typed(relation, path, media_type, title);
        link["templated"] = true.into();
        link
    }
}
