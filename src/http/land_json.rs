//! Parcels in memory as JSON and GeoJSON: what everybody may see, written without a copy in between.
//!
//! Members are those of [`Parcel`](super::parcel_json::Parcel), which officers get from the database; a test holds the two together.

use super::Problem;
use super::parcel_json::{Coordinates, public};
use crate::app::Land;
use crate::crs::{self, CrsError};
use crate::domain::{Moment, Names, ParcelId, Position, ZoneCode};
use crate::index;
use crate::page::{Fine, ParcelView};
use crate::policy::{Field, Visibility};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::sync::LazyLock;
use time::format_description::well_known::Rfc3339;

/// Which fields the public sees: of land whose use it may know, and of other land. The policy's table, asked once.
static SHOWN: LazyLock<Vec<[bool; 2]>> = LazyLock::new(|| {
    let view = public();
    let shown = |field: &Field| view.visibility(*field) == Visibility::Show;
    let both = |field: &Field| [shown(field) && !field.is_detail(), shown(field)];
    Field::ALL.iter().map(both).collect()
});

fn is_shown(field: Field, is_open: bool) -> bool {
    let shown = SHOWN.get(field as usize).copied().unwrap_or_default();
    shown[usize::from(is_open)]
}

/// A parcel as JSON, ready to be written.
#[derive(Debug)]
pub struct Record<'a> {
    parcel: ParcelView<'a>,
    names: &'a Names,
    position: Position,
    moment: Option<Moment>,
    rings: Vec<Vec<[f64; 2]>>,
    /// GeoJSON has outline and box outside the properties.
    has_outline: bool,
}

/// A parcel as a GeoJSON feature.
pub struct Feature<'a>(Record<'a>);

/// Features, with members beside them.
#[derive(Serialize)]
pub struct Collection<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    features: Vec<Feature<'a>>,
    register_position: i64,
    #[serde(flatten)]
    moment: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> Record<'a> {
    /// A parcel with its outline in the coordinates wanted.
    pub fn new(
        land: &Land<'a>,
        parcel: ParcelView<'a>,
        coordinates: Coordinates,
    ) -> Result<Self, CrsError> {
        let rings = match coordinates {
            Coordinates::Geographic => parcel.outline().iter().map(|ring| degrees(ring)).collect(),
            Coordinates::Zone => metres(&parcel)?,
            Coordinates::In(zone) if zone == parcel.zone() => metres(&parcel)?,
            Coordinates::In(zone) => metres_in(zone, &parcel)?,
        };
        Ok(Self {
            parcel,
            names: land.names,
            position: land.position,
            moment: land.moment,
            rings,
            has_outline: true,
        })
    }

    fn bounds(&self) -> [f64; 4] {
        let start = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        self.rings
            .iter()
            .flatten()
            .fold(start, |[west, south, east, north], [x, y]| {
                [west.min(*x), south.min(*y), east.max(*x), north.max(*y)]
            })
    }

    fn land_use(&self) -> Vec<Use<'a>> {
        let (parcel, names) = (&self.parcel, self.names);
        let uses = parcel.uses().map(|(code, area, origin, term)| {
            let details = [(Field::Origin, origin), (Field::Term, term)].into_iter();
            Use {
                code,
                names: names.land_uses.get(code),
                area_m2: area.map(|area| area.m2()),
                details: details
                    .filter(|(field, _)| is_shown(*field, parcel.is_open()))
                    .collect(),
            }
        });
        uses.collect()
    }

    fn commune(&self) -> Commune<'a> {
        let (code, from) = (self.parcel.commune(), self.parcel.sheet().commune_from);
        let name = self.names.communes.get(&(code, from));
        Commune {
            code: code.into(),
            name: name.map(|name| &*name.name),
        }
    }
}

/// One use; origin and term only where they are shown.
struct Use<'a> {
    code: &'a str,
    names: Option<&'a (String, String)>,
    area_m2: Option<f64>,
    details: Vec<(Field, Option<&'a str>)>,
}

impl Serialize for Use<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("name_vi", &self.names.map(|(name, _)| name))?;
        map.serialize_entry("name_en", &self.names.map(|(_, name)| name))?;
        map.serialize_entry("area_m2", &self.area_m2)?;
        for (field, text) in &self.details {
            map.serialize_entry(field.name(), text)?;
        }
        map.end()
    }
}

struct Commune<'a> {
    code: String,
    name: Option<&'a str>,
}

impl Serialize for Commune<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("name", self.name.unwrap_or(&self.code))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Polygon<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: &'a [Vec<[f64; 2]>],
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (parcel, is_open) = (&self.parcel, self.parcel.is_open());
        let sheet = parcel.sheet();
        let mut map = serializer.serialize_map(None)?;
        macro_rules! show {
            ($($field:ident: $value:expr),+ $(,)?) => {
                $(if is_shown(Field::$field, is_open) {
                    map.serialize_entry(Field::$field.name(), &$value)?;
                })+
            };
        }
        show! {
            ParcelId: i64::from(parcel.parcel_id()),
            NationalCode: parcel.national_code(),
            Commune: self.commune(),
            SheetNo: sheet.sheet_no,
            ParcelNo: parcel.parcel_no(),
            Address: parcel.address(),
            LandUse: self.land_use(),
            LegalArea: parcel.legal_area().map(|area| area.m2()),
            ComputedArea: parcel.computed_area().m2(),
            Zone: sheet.zone,
            ScaleDenominator: sheet.scale_denominator,
            Revision: parcel.revision().0,
            InForceFrom: parcel.in_force_from().to_string(),
            RecordedAt: parcel.recorded_at().format(&Rfc3339).unwrap_or_default(),
            LabelPoint: nanodegrees(parcel.fine_label()),
        }
        if self.has_outline {
            show! {
                Bbox: self.bounds(),
                Geometry: Polygon { kind: "Polygon", coordinates: &self.rings },
            }
        }
        map.serialize_entry("register_position", &self.position.0)?;
        if let Some(moment) = self.moment {
            map.serialize_entry("at", &moment.at.to_string())?;
            map.serialize_entry("known", &moment.known.format(&Rfc3339).unwrap_or_default())?;
        }
        map.end()
    }
}

impl Serialize for Feature<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record) = self;
        let outline = Polygon {
            kind: "Polygon",
            coordinates: &record.rings,
        };
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("type", "Feature")?;
        map.serialize_entry("id", &i64::from(record.parcel.parcel_id()))?;
        map.serialize_entry("bbox", &record.bounds())?;
        map.serialize_entry("geometry", &outline)?;
        map.serialize_entry("properties", record)?;
        map.end()
    }
}

/// Parcels as GeoJSON features.
pub fn features<'a>(
    land: &Land<'a>,
    coordinates: Coordinates,
) -> Result<Vec<Feature<'a>>, Problem> {
    let records = records(land, coordinates)?.into_iter();
    Ok(records.map(feature).collect())
}

/// One parcel in the form wanted.
pub fn answer(record: Record<'_>, geojson: bool) -> Result<Response, Problem> {
    if geojson {
        json(&feature(record), "application/geo+json")
    } else {
        json(&record, "application/json")
    }
}

/// Parcels as a GeoJSON collection; `next` is the address of the next page.
pub fn collection(
    land: &Land<'_>,
    coordinates: Coordinates,
    next: Option<String>,
) -> Result<Response, Problem> {
    let collection = Collection {
        kind: "FeatureCollection",
        features: features(land, coordinates)?,
        register_position: land.position.0,
        moment: land.moment,
        next,
    };
    json(&collection, "application/geo+json")
}

/// Parcels, ready to be written.
pub fn records<'a>(land: &Land<'a>, coordinates: Coordinates) -> Result<Vec<Record<'a>>, Problem> {
    let record = |parcel: &ParcelView<'a>| Record::new(land, *parcel, coordinates);
    let records: Result<_, _> = land.parcels.iter().map(record).collect();
    Ok(records.map_err(crate::app::AppError::from)?)
}

/// The last of them by id, after the first `count` are kept: whether there is a next page, and where it begins.
pub fn cut(land: &mut Land<'_>, count: usize) -> Option<ParcelId> {
    let is_more = land.parcels.len() > count;
    land.parcels.truncate(count);
    land.parcels
        .last()
        .filter(|_| is_more)
        .map(|parcel| parcel.parcel_id())
}

/// Content as the body of an answer.
pub fn json(content: &impl Serialize, media_type: &'static str) -> Result<Response, Problem> {
    let mut body = Vec::with_capacity(4096);
    serde_json::to_writer(&mut body, content).map_err(|_| Problem::internal())?;
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

fn feature(record: Record<'_>) -> Feature<'_> {
    Feature(Record {
        has_outline: false,
        ..record
    })
}

/// A closed ring in degrees.
fn degrees(ring: &[Fine]) -> Vec<[f64; 2]> {
    let points = ring.iter().chain(ring.first());
    points.map(|point| nanodegrees(*point)).collect()
}

/// Longitude and latitude to nine decimals. Half a fine unit and half the last decimal are 0.29 and 0.06 mm at the equator, where
/// they are longest: what is promised is 0.35 mm.
fn nanodegrees(point: Fine) -> [f64; 2] {
    let (lon, lat) = point.to_degrees();
    [lon, lat].map(|degrees| (degrees * 1e9).round() / 1e9)
}

/// The closed rings of the legal outline in metres.
fn metres(parcel: &ParcelView<'_>) -> Result<Vec<Vec<[f64; 2]>>, CrsError> {
    let boundary = index::boundary(parcel)?;
    let ring = |ring: &crate::domain::Ring| {
        let points = ring.iter().chain(ring.first());
        points
            .map(|point| {
                [
                    point.east_mm as f64 / 1000.0,
                    point.north_mm as f64 / 1000.0,
                ]
            })
            .collect()
    };
    Ok(boundary.rings().iter().map(ring).collect())
}

/// The closed rings of an outline in metres of another zone, to the millimetre.
fn metres_in(zone: ZoneCode, parcel: &ParcelView<'_>) -> Result<Vec<Vec<[f64; 2]>>, CrsError> {
    let ring = |ring: Vec<Fine>| {
        let points = ring.iter().chain(ring.first());
        let mut points: Vec<_> = points.map(|point| point.to_degrees()).collect();
        crs::from_wgs84(zone, &mut points)?;
        let rounded = |metres: f64| (metres * 1000.0).round() / 1000.0;
        let points = points.into_iter();
        Ok(points.map(|(x, y)| [rounded(x), rounded(y)]).collect())
    };
    parcel.outline().into_iter().map(ring).collect()
}
