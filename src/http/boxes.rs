//! Parcels in a box, within a polygon, nearest to a place: from the index, with keyset paging.

use super::extract::{InBody, InQuery, Place};
use super::land_json;
use super::parcel_json::{Coordinates, Parcel};
use super::when::When;
use super::{Problem, Shared, apart};
use crate::app::{Land, corners};
use crate::domain::ParcelId;
use axum::response::Response;
use geojson::{Geometry, GeometryValue};
use serde::Deserialize;
use serde_json::Value;
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
    get, path = "/api/v1/parcels", tag = "parcels", params(Bounds, Page, When),
    responses((status = 200, description = "A GeoJSON feature collection of parcels", content_type = "application/geo+json", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcels_in(
    server: Shared,
    InQuery(bounds): InQuery<Bounds>,
    InQuery(page): InQuery<Page>,
    InQuery(when): InQuery<When>,
) -> Result<Response, Problem> {
    let (after, count, coordinates) = page.checked()?;
    let as_of = when.checked()?;
    let (place, app) = (bounds.checked()?, Arc::clone(&server.app));
    let next = move |last: ParcelId| {
        let page = page.next(count, last);
        format!(
            "/api/v1/parcels?bbox={}&{page}{}",
            bounds.bbox,
            when.query()
        )
    };
    let list = move |land: Land<'_>| list(land, count, coordinates, next);
    if !as_of.is_now() {
        let page = (after, count + 1);
        let place = [corners(place)];
        return app.recalled_within(&place, as_of, page, list).await?;
    }
    if app.is_quick(place) {
        return app.parcels_in(place, after, count + 1, list)?;
    }
    apart(move || app.parcels_in(place, after, count + 1, list)).await?
}

/// Parcels that share a point with a GeoJSON polygon.
#[utoipa::path(
    post, path = "/api/v1/parcels/within", tag = "parcels", params(Page, When),
    request_body(content = Object, description = "A GeoJSON Polygon of at most 1000 points in WGS 84", content_type = "application/geo+json"),
    responses((status = 200, description = "A GeoJSON feature collection of parcels", content_type = "application/geo+json", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn within(
    server: Shared,
    InQuery(page): InQuery<Page>,
    InQuery(when): InQuery<When>,
    InBody(geometry): InBody<Geometry>,
) -> Result<Response, Problem> {
    let (after, count, coordinates) = page.checked()?;
    let (polygon, as_of) = (open_rings(&geometry)?, when.checked()?);
    let app = Arc::clone(&server.app);
    let next = move |last| {
        let page = page.next(count, last);
        format!("/api/v1/parcels/within?{page}{}", when.query())
    };
    let list = move |land: Land<'_>| list(land, count, coordinates, next);
    if !as_of.is_now() {
        let page = (after, count + 1);
        return app.recalled_within(&polygon, as_of, page, list).await?;
    }
    apart(move || app.parcels_within(&polygon, after, count + 1, list)).await?
}

fn list(
    mut land: Land<'_>,
    count: usize,
    coordinates: Coordinates,
    next: impl Fn(ParcelId) -> String,
) -> Result<Response, Problem> {
    let next = land_json::cut(&mut land, count).map(next);
    let next = next.map(|next| ("next", Value::from(next)));
    land_json::collection(&land, coordinates, next.as_slice())
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
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "`land_json` writes it; this describes it")]
pub struct Neighbour {
    /// Distance in metres; 0 where the parcel covers the place.
    distance_m: f64,
    /// The parcel.
    parcel: Parcel,
}

/// Neighbours, nearest first.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "`land_json` writes it; this describes it")]
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
    InQuery(when): InQuery<When>,
) -> Result<Response, Problem> {
    let place = place.checked()?;
    if !when.checked()?.is_now() {
        return Err(Problem::bad_parameter(
            "the nearest parcels are found as they are now: leave at and known out, or ask by bbox",
        ));
    }
    let count = count.k.unwrap_or(1);
    if !(1..=100).contains(&count) {
        return Err(Problem::bad_parameter("k must be between 1 and 100"));
    }
    let app = Arc::clone(&server.app);
    let show = |land: &Land<'_>, distances_m: &[f64]| land_json::neighbours(land, distances_m);
    apart(move || app.nearest(place.lon, place.lat, count, show)).await?
}
