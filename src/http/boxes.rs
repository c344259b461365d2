//! Parcels in a box, within a polygon, nearest to a place: from the index, with keyset paging.

use super::extract::{InBody, InQuery, Place};
use super::parcel_json::{Coordinates, Parcel, collection, public, shaped};
use super::{Problem, Shared, apart};
use crate::domain::{ParcelId, Position};
use axum::response::Response;
use geojson::{Geometry, GeometryValue, JsonObject};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

const MAX_COUNT: usize = 1000;
/// Edges of a polygon that is asked within.
const MAX_POINTS: usize = 1000;

/// A page of a list: ordered by id, continued after the last id of the page before.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// The last id of the page before.
    after: Option<i64>,
    /// How many, 1 to 1000.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<usize>,
    /// `4326` (default) or `zone`.
    crs: Option<String>,
}

impl Page {
    fn checked(&self) -> Result<(Option<ParcelId>, usize, Coordinates), Problem> {
        let count = self.limit.unwrap_or(100);
        if !(1..=MAX_COUNT).contains(&count) {
            return Err(Problem::bad_parameter("limit must be between 1 and 1000"));
        }
        let after = self
            .after
            .map(ParcelId::try_from)
            .transpose()
            .map_err(|error| Problem::bad_parameter(format!("after: {error}")))?;
        Ok((after, count, Coordinates::parse(self.crs.as_deref())?))
    }

    /// The query of the page after this one: its size, its place, and its coordinates where any were asked for.
    fn next(&self, count: usize, last: ParcelId) -> String {
        let crs = self.crs.as_ref().map(|crs| format!("&crs={crs}"));
        format!("limit={count}&after={last}{}", crs.unwrap_or_default())
    }
}

/// A box.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Bounds {
    /// West, south, east, north in degrees.
    #[param(example = "106.69,10.77,106.70,10.78")]
    bbox: String,
}

impl Bounds {
    fn checked(&self) -> Result<[f64; 4], Problem> {
        let numbers: Result<Vec<f64>, _> = self
            .bbox
            .split(',')
            .map(|part| part.trim().parse())
            .collect();
        match numbers.as_deref() {
            Ok([west, south, east, north])
                if west <= east
                    && south <= north
                    && *west >= -180.0
                    && *east <= 180.0
                    && *south >= -90.0
                    && *north <= 90.0 =>
            {
                Ok([*west, *south, *east, *north])
            }
            _ => Err(Problem::bad_parameter(
                "bbox must be west,south,east,north in degrees, west ≤ east and south ≤ north",
            )),
        }
    }
}

/// Parcels that share a point with a box, as GeoJSON; `next` is the address of the next page.
#[utoipa::path(
    get, path = "/api/v1/parcels", tag = "parcels", params(Bounds, Page),
    responses((status = 200, description = "A GeoJSON feature collection of parcels", content_type = "application/geo+json", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcels_in(
    server: Shared,
    InQuery(bounds): InQuery<Bounds>,
    InQuery(page): InQuery<Page>,
) -> Result<Response, Problem> {
    let (after, count, coordinates) = page.checked()?;
    let (place, app) = (bounds.checked()?, Arc::clone(&server.app));
    let (ids, position) = apart(move || app.ids_in(place, after, count + 1)).await?;
    let next = |last: ParcelId| {
        let page = page.next(count, last);
        format!("/api/v1/parcels?bbox={}&{page}", bounds.bbox)
    };
    list(server, ids, position, count, coordinates, next).await
}

/// Parcels that share a point with a GeoJSON polygon.
#[utoipa::path(
    post, path = "/api/v1/parcels/within", tag = "parcels", params(Page),
    request_body(content = Object, description = "A GeoJSON Polygon of at most 1000 points in WGS 84", content_type = "application/geo+json"),
    responses((status = 200, description = "A GeoJSON feature collection of parcels", content_type = "application/geo+json", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn within(
    server: Shared,
    InQuery(page): InQuery<Page>,
    InBody(geometry): InBody<Geometry>,
) -> Result<Response, Problem> {
    let (after, count, coordinates) = page.checked()?;
    let polygon = open_rings(&geometry)?;
    let app = Arc::clone(&server.app);
    let (ids, position) = apart(move || app.ids_within(&polygon, after, count + 1)).await?;
    list(server, ids, position, count, coordinates, |last| {
        format!("/api/v1/parcels/within?{}", page.next(count, last))
    })
    .await
}

async fn list(
    server: Shared,
    mut ids: Vec<ParcelId>,
    position: Position,
    count: usize,
    coordinates: Coordinates,
    next: impl Fn(ParcelId) -> String,
) -> Result<Response, Problem> {
    let is_more = ids.len() > count;
    ids.truncate(count);
    let mut members = JsonObject::new();
    members.insert("register_position".to_owned(), position.0.into());
    if let (true, Some(last)) = (is_more, ids.last()) {
        members.insert("next".to_owned(), next(*last).into());
    }
    let (stored, read_at) = server.app.parcels(&ids).await?;
    let parcels = stored
        .into_iter()
        .map(|stored| Parcel::new(stored, coordinates, None, read_at));
    Ok(collection(&public(), parcels, members))
}

/// The rings of a polygon, not closed, if it is one of a size that is answered.
fn open_rings(geometry: &Geometry) -> Result<Vec<Vec<(f64, f64)>>, Problem> {
    let fault = || {
        Problem::bad_parameter(
            "the body must be a GeoJSON Polygon of 4 to 1000 points, longitude before latitude",
        )
    };
    let GeometryValue::Polygon { coordinates } = &geometry.value else {
        return Err(fault());
    };
    let points: usize = coordinates.iter().map(Vec::len).sum();
    let ring = |ring: &Vec<geojson::Position>| {
        let places = ring.iter().map(|position| match position.as_slice() {
            [lon, lat, ..] if (-180.0..=180.0).contains(lon) && (-90.0..=90.0).contains(lat) => {
                Some((*lon, *lat))
            }
            _ => None,
        });
        let mut places = places
            .collect::<Option<Vec<_>>>()
            .filter(|places| places.len() >= 4)?;
        places.pop();
        Some(places)
    };
    let rings: Option<Vec<_>> = coordinates.iter().map(ring).collect();
    rings
        .filter(|rings| !rings.is_empty() && points <= MAX_POINTS)
        .ok_or_else(fault)
}

/// How many neighbours.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Count {
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 1)]
    k: Option<usize>,
}

/// A neighbour.
#[derive(Debug, Serialize, ToSchema)]
pub struct Neighbour {
    /// Distance in metres; 0 where the parcel covers the place.
    distance_m: f64,
    /// The parcel.
    #[schema(value_type = Parcel)]
    parcel: JsonObject,
}

/// Neighbours, nearest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Neighbours {
    /// Nearest first.
    neighbours: Vec<Neighbour>,
    /// The register position of the index.
    register_position: i64,
}

/// The parcels nearest to a place, within 5 km.
#[utoipa::path(
    get, path = "/api/v1/nearest", tag = "parcels", params(Place, Count),
    responses((status = 200, description = "Neighbours, nearest first", body = Neighbours), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn nearest(
    server: Shared,
    InQuery(place): InQuery<Place>,
    InQuery(count): InQuery<Count>,
) -> Result<axum::Json<Neighbours>, Problem> {
    let place = place.checked()?;
    let count = count.k.unwrap_or(1);
    if !(1..=100).contains(&count) {
        return Err(Problem::bad_parameter("k must be between 1 and 100"));
    }
    let app = Arc::clone(&server.app);
    let (found, position) = apart(move || app.nearest(place.lon, place.lat, count)).await?;
    let ids: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    let (stored, read_at) = server.app.parcels(&ids).await?;
    let mut stored: HashMap<_, _> = stored
        .into_iter()
        .map(|stored| (stored.facts.parcel_id, stored))
        .collect();
    let neighbours = found
        .into_iter()
        .filter_map(|(id, distance_m)| {
            let parcel = shaped(
                &public(),
                Parcel::new(stored.remove(&id)?, Coordinates::Geographic, None, read_at),
            );
            Some(Neighbour {
                distance_m: (distance_m * 1000.0).round() / 1000.0,
                parcel,
            })
        })
        .collect();
    Ok(axum::Json(Neighbours {
        neighbours,
        register_position: position.0,
    }))
}
