//! OGC API – Features, parts 1 and 2 (OGC 17-069r4, 18-058r1): parcels, sheets and communes as GeoJSON.

use super::collections::{Collection, zones};
use super::link::{CRS84, GEOJSON, Origin, epsg};
use super::outlines;
use crate::app::{Asked, Land, corners};
use crate::crs;
use crate::domain::{AsOf, CommuneCode, ParcelId, Span, ZoneCode};
use crate::http::extract::{InPath, InQuery};
use crate::http::land_json;
use crate::http::parcel_json::Coordinates;
use crate::http::when::{self, When};
use crate::http::{Problem, Shared, apart};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use utoipa::IntoParams;

const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");
/// How many features a page has where nothing else is asked for, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// Which features. What is not known is refused, as the standard wants it.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Items {
    /// West, south, east, north (or with heights: six numbers), in `bbox-crs`.
    bbox: Option<String>,
    /// The coordinate reference system of `bbox`; CRS84 where it is left out.
    #[serde(rename = "bbox-crs")]
    #[param(rename = "bbox-crs")]
    bbox_crs: Option<String>,
    /// The coordinate reference system of the answer: one of the collection's; CRS84 where it is left out.
    crs: Option<String>,
    /// The day in law, or an instant on it, or an interval of them: `2024-08-01`, `2024-08-01/..`.
    datetime: Option<String>,
    /// The register as it was known at this instant; now where it is left out.
    known: Option<String>,
    /// A commune's code: only what lies in it.
    commune: Option<String>,
    /// How many, 1 to 1000; larger numbers give 1000.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
    /// The last id of the page before, as the link `next` has it.
    after: Option<String>,
    /// `json`, which is the only form.
    f: Option<String>,
}

/// The same, read.
pub struct Question {
    /// A polygon of longitudes and latitudes.
    pub place: Option<Vec<Vec<(f64, f64)>>>,
    /// A commune.
    pub commune: Option<CommuneCode>,
    /// How many.
    pub count: usize,
    coordinates: Coordinates,
    span: Option<Span>,
    known: Option<OffsetDateTime>,
}

/// A page of a collection's features.
#[utoipa::path(
    get, path = "/ogc/collections/{collectionId}/items", tag = "ogc", operation_id = "getFeatures",
    params(("collectionId" = String, Path, description = "`parcels`, `sheets` or `communes`"), Items),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json", description = "A feature collection with a link to the next page"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn items(
    server: Shared,
    InPath(id): InPath<String>,
    InQuery(items): InQuery<Items>,
    origin: Origin,
) -> Result<Response, Problem> {
    let collection = Collection::of(&id)?;
    let question = items.read(&server)?;
    if collection != Collection::Parcels {
        return outlines::items(&server, collection, &items, &question, &origin);
    }
    let after = items.after.as_deref().map(parcel_id).transpose()?;
    let (count, coordinates) = (question.count, question.coordinates);
    let page = (after, count + 1);
    let shown = {
        let items = items.clone();
        move |land: Land<'_>| page_of(land, count, coordinates, &items, &origin)
    };
    let app = Arc::clone(&server.app);
    let answer = match (&question.span, question.known, question.place) {
        (None, None, None) => {
            let commune = question.commune;
            apart(move || app.parcels_after(commune, after, count + 1, shown)).await?
        }
        (None, None, Some(place)) if question.commune.is_none() => {
            apart(move || app.parcels_within(&place, after, count + 1, shown)).await?
        }
        (span, known, place) => {
            let today = Span {
                from: Some(server.app.state().day()),
                until: Some(server.app.state().day()),
            };
            let place = (place.as_deref(), question.commune);
            let when = (span.unwrap_or(today), known);
            app.recalled_during(place, when, page, shown).await?
        }
    };
    let mut response = answer?;
    name_crs(&mut response, coordinates);
    Ok(response)
}

/// Of what form and time one feature is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Item {
    /// The coordinate reference system of the answer; CRS84 where it is left out.
    crs: Option<String>,
    /// The day in law, or an instant on it.
    datetime: Option<String>,
    /// The instant of knowledge.
    known: Option<String>,
    /// `json`, which is the only form.
    f: Option<String>,
}

/// One feature.
#[utoipa::path(
    get, path = "/ogc/collections/{collectionId}/items/{featureId}", tag = "ogc", operation_id = "getFeature",
    params(
        ("collectionId" = String, Path, description = "`parcels`, `sheets` or `communes`"),
        ("featureId" = String, Path, description = "A parcel's id, `commune-sheet`, or a commune's code"), Item
    ),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json", description = "The feature"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn item(
    server: Shared,
    InPath((collection, id)): InPath<(String, String)>,
    InQuery(item): InQuery<Item>,
    origin: Origin,
) -> Result<Response, Problem> {
    let collection = Collection::of(&collection)?;
    check_form(item.f.as_deref())?;
    let coordinates = coordinates(&server, item.crs.as_deref())?;
    if collection != Collection::Parcels {
        return outlines::item(&server, collection, &id, coordinates, &origin);
    }
    let span = item.datetime.as_deref().map(span).transpose()?;
    let as_of = AsOf {
        at: span.and_then(|span| span.until.or(span.from)),
        known: known(item.known.as_deref())?,
    };
    let Ok(parcel) = parcel_id(&id) else {
        return Err(Problem::no_such_parcel());
    };
    let shown = |land: &Land<'_>| {
        let links = ("links", links_of(collection, &id, &origin));
        land_json::feature(land, coordinates, &[links])
    };
    let answer = if as_of.is_now() {
        server.app.public_parcel(Asked::Id(parcel), shown).await?
    } else {
        let asked = Asked::Id(parcel);
        server.app.recalled_parcel(asked, as_of, shown).await?
    };
    let mut response = answer?;
    name_crs(&mut response, coordinates);
    Ok(response)
}

/// The links of a feature that the standard wants.
pub fn links_of(collection: Collection, id: &str, origin: &Origin) -> Value {
    let path = format!("/ogc/collections/{}", collection.id());
    Value::from(vec![
        origin.typed("self", &format!("{path}/items/{id}"), GEOJSON, "GeoJSON"),
        origin.link("collection", &path, collection.id()),
    ])
}

fn page_of(
    mut land: Land<'_>,
    count: usize,
    coordinates: Coordinates,
    items: &Items,
    origin: &Origin,
) -> Result<Response, Problem> {
    let next = land_json::cut(&mut land, count).map(|last| i64::from(last).to_string());
    let links = items.links(Collection::Parcels, next.as_deref(), origin);
    let beside = [
        ("timeStamp", Value::from(time_stamp())),
        ("numberReturned", Value::from(land.parcels.len())),
        ("links", Value::from(links)),
    ];
    land_json::collection(&land, coordinates, &beside)
}

/// The instant of an answer.
pub fn time_stamp() -> String {
    OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default()
}

impl Items {
    fn read(&self, server: &Shared) -> Result<Question, Problem> {
        check_form(self.f.as_deref())?;
        let count = match self.limit {
            None => USUAL,
            Some(limit) if limit >= 1 => usize::try_from(limit).unwrap_or(MOST).min(MOST),
            Some(_) => return Err(Problem::bad_parameter("limit must be 1 or more")),
        };
        let box_crs = coordinates(server, self.bbox_crs.as_deref())?;
        let commune = self.commune.as_deref().map(CommuneCode::parse).transpose();
        Ok(Question {
            place: self
                .bbox
                .as_deref()
                .map(|bbox| place(bbox, box_crs))
                .transpose()?,
            commune: commune.map_err(|error| Problem::bad_parameter(error.to_string()))?,
            count,
            coordinates: coordinates(server, self.crs.as_deref())?,
            span: self.datetime.as_deref().map(span).transpose()?,
            known: known(self.known.as_deref())?,
        })
    }

    /// The last id of the page before.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Links to this page and to the next.
    pub fn links(&self, collection: Collection, next: Option<&str>, origin: &Origin) -> Vec<Value> {
        let path = format!("/ogc/collections/{}", collection.id());
        let page = |after: Option<&str>| {
            let limit = self.limit.map(|limit| limit.to_string());
            let members = [
                ("bbox", self.bbox.as_deref()),
                ("bbox-crs", self.bbox_crs.as_deref()),
                ("crs", self.crs.as_deref()),
                ("datetime", self.datetime.as_deref()),
                ("known", self.known.as_deref()),
                ("commune", self.commune.as_deref()),
                ("limit", limit.as_deref()),
                ("after", after),
            ];
            let given = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            let query: Vec<_> = given
                .map(|(name, value)| format!("{name}={}", escaped(value)))
                .collect();
            format!("{path}/items?{}", query.join("&"))
        };
        let mut links = vec![
            origin.typed(
                "self",
                &page(self.after.as_deref()),
                GEOJSON,
                "Trang này / this page",
            ),
            origin.link("collection", &path, collection.id()),
        ];
        if next.is_some() {
            links.push(origin.typed("next", &page(next), GEOJSON, "Trang sau / next page"));
        }
        links
    }
}

/// What may not stand in a query as it is.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn check_form(form: Option<&str>) -> Result<(), Problem> {
    match form {
        None | Some("json") => Ok(()),
        Some(_) => Err(Problem::bad_parameter("f must be json")),
    }
}

fn parcel_id(text: &str) -> Result<ParcelId, Problem> {
    let id = text.parse::<i64>().ok();
    let id = id.and_then(|id| ParcelId::try_from(id).ok());
    id.ok_or_else(|| Problem::bad_parameter(format!("{text:?} is no parcel's id")))
}

/// The coordinates of a system that the collections offer.
fn coordinates(server: &Shared, wanted: Option<&str>) -> Result<Coordinates, Problem> {
    match wanted {
        None | Some(CRS84) => Ok(Coordinates::Geographic),
        Some(wanted) => {
            let mut zones = zones(server).into_iter();
            let zone = zones.find(|zone| epsg(*zone) == wanted);
            zone.map(Coordinates::In).ok_or_else(|| {
                Problem::bad_parameter(format!("{wanted:?} is none of the collection's systems"))
            })
        }
    }
}

/// A box as a polygon of longitudes and latitudes.
fn place(bbox: &str, coordinates: Coordinates) -> Result<Vec<Vec<(f64, f64)>>, Problem> {
    let fault = || {
        Problem::bad_parameter(
            "bbox must be west,south,east,north (or with heights) in bbox-crs, west ≤ east and south ≤ north",
        )
    };
    let numbers: Result<Vec<f64>, _> = bbox.split(',').map(|part| part.trim().parse()).collect();
    let [west, south, east, north] = match numbers.as_deref() {
        Ok([west, south, east, north] | [west, south, _, east, north, _]) => {
            [*west, *south, *east, *north]
        }
        _ => return Err(fault()),
    };
    if !(west <= east
        && south <= north
        && [west, south, east, north]
            .iter()
            .all(|side| side.is_finite()))
    {
        return Err(fault());
    }
    let mut ring = corners([west, south, east, north]);
    if let Coordinates::In(zone) = coordinates {
        crs::to_wgs84(zone, &mut ring).map_err(|_| fault())?;
    }
    let is_on_globe =
        |(lon, lat): &(f64, f64)| (-180.0..=180.0).contains(lon) && (-90.0..=90.0).contains(lat);
    if ring.iter().all(is_on_globe) {
        Ok(vec![ring])
    } else {
        Err(fault())
    }
}

/// Days of law: one, or an interval of them. Instants are of the day that they fall on in Viet Nam.
fn span(text: &str) -> Result<Span, Problem> {
    let fault = || {
        Problem::bad_parameter(format!(
            "datetime must be a day, an instant or an interval such as 2024-08-01/.., not {text:?}"
        ))
    };
    let end = |end: &str| match end {
        "" | ".." => Ok(None),
        end => day_of(end).map(Some).ok_or_else(fault),
    };
    match text.split_once('/') {
        None => {
            let day = Some(day_of(text).ok_or_else(fault)?);
            Ok(Span {
                from: day,
                until: day,
            })
        }
        Some((from, until)) => {
            let span = Span {
                from: end(from)?,
                until: end(until)?,
            };
            let is_ordered = span
                .from
                .zip(span.until)
                .is_none_or(|(from, until)| from <= until);
            if is_ordered { Ok(span) } else { Err(fault()) }
        }
    }
}

fn day_of(text: &str) -> Option<time::Date> {
    if let Ok(instant) = OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339) {
        let viet_nam = UtcOffset::from_hms(7, 0, 0).ok()?;
        return Some(instant.to_offset(viet_nam).date());
    }
    when::day(text).ok()
}

fn known(text: Option<&str>) -> Result<Option<OffsetDateTime>, Problem> {
    let when = When {
        at: None,
        known: text.map(str::to_owned),
    };
    Ok(when.checked()?.known)
}

/// Says which system the coordinates are in.
pub fn name_crs(response: &mut Response, coordinates: Coordinates) {
    let system = match coordinates {
        Coordinates::In(zone) => epsg(zone),
        Coordinates::Geographic | Coordinates::Zone => CRS84.to_owned(),
    };
    if let Ok(value) = HeaderValue::try_from(format!("<{system}>")) {
        response.headers_mut().insert(CONTENT_CRS, value);
    }
}

/// Longitudes and latitudes in the coordinates wanted.
pub fn placed(coordinates: Coordinates, ring: &mut [(f64, f64)]) -> Result<(), Problem> {
    let zone: Option<ZoneCode> = match coordinates {
        Coordinates::In(zone) => Some(zone),
        Coordinates::Geographic | Coordinates::Zone => None,
    };
    if let Some(zone) = zone {
        crs::from_wgs84(zone, ring).map_err(crate::app::AppError::from)?;
    }
    Ok(())
}

impl Question {
    /// The coordinates wanted.
    pub fn coordinates(&self) -> Coordinates {
        self.coordinates
    }
}
