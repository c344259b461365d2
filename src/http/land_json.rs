//! Parcels in memory as JSON and GeoJSON: what everybody may see, written straight from the pages.
//!
//! Members are those of [`Parcel`](super::parcel_json::Parcel), which officers get from the database; a test holds the two together.

use super::Problem;
use super::json_text::JsonText;
use super::json_text::Kind::{List, Object};
use super::parcel_json::{Coordinates, public};
use crate::app::{AppError, Land};
use crate::crs::{self, CrsError};
use crate::domain::{Area, CommuneCode, Moment, Names, ParcelId, ZoneCode};
use crate::index;
use crate::page::{Fine, Nanodegrees, ParcelView};
use crate::policy::{Field, Visibility};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use std::ops::Range;
use std::sync::LazyLock;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

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

/// A parcel takes about so many bytes.
const PARCEL_BYTES: usize = 1100;
const JSON: &str = "application/json";
const GEO_JSON: &str = "application/geo+json";

/// One parcel in the form wanted.
pub fn parcel(
    land: &Land<'_>,
    coordinates: Coordinates,
    geojson: bool,
) -> Result<Response, Problem> {
    if geojson {
        return feature(land, coordinates, &[]);
    }
    let parcel = land.parcels.first().ok_or_else(Problem::no_such_parcel)?;
    let mut writing = Writing::new(land, coordinates);
    writing.record(parcel)?;
    Ok(writing.answer(JSON))
}

/// One parcel as a GeoJSON feature, with members of the answer beside its own.
pub fn feature(
    land: &Land<'_>,
    coordinates: Coordinates,
    beside: &[(&str, Value)],
) -> Result<Response, Problem> {
    let parcel = land.parcels.first().ok_or_else(Problem::no_such_parcel)?;
    let mut writing = Writing::new(land, coordinates);
    writing.feature(parcel, beside)?;
    Ok(writing.answer(GEO_JSON))
}

/// Parcels as a GeoJSON collection, with members of the answer beside them.
pub fn collection(
    land: &Land<'_>,
    coordinates: Coordinates,
    beside: &[(&str, Value)],
) -> Result<Response, Problem> {
    let mut writing = Writing::new(land, coordinates);
    writing.json.begin(Object);
    writing.json.name("type").text("FeatureCollection");
    writing.json.name("features").begin(List);
    for parcel in &land.parcels {
        writing.feature(parcel, &[])?;
    }
    writing.json.end(List);
    writing.position();
    writing.members(beside);
    writing.json.end(Object);
    Ok(writing.answer(GEO_JSON))
}

/// Parcels as a list.
pub fn list(land: &Land<'_>, coordinates: Coordinates) -> Result<Response, Problem> {
    let mut writing = Writing::new(land, coordinates);
    writing.json.begin(Object);
    writing.json.name("parcels").begin(List);
    for parcel in &land.parcels {
        writing.record(parcel)?;
    }
    writing.json.end(List);
    writing.position();
    writing.json.end(Object);
    Ok(writing.answer(JSON))
}

/// Parcels as neighbours of a place, at their distances.
pub fn neighbours(land: &Land<'_>, distances_m: &[f64]) -> Result<Response, Problem> {
    let mut writing = Writing::new(land, Coordinates::Geographic);
    writing.json.begin(Object);
    writing.json.name("neighbours").begin(List);
    for (parcel, distance_m) in land.parcels.iter().zip(distances_m) {
        writing.json.begin(Object);
        let distance_mm = millimetres(*distance_m);
        writing.json.name("distance_m").thousandths(distance_mm);
        writing.json.name("parcel");
        writing.record(parcel)?;
        writing.json.end(Object);
    }
    writing.json.end(List);
    writing.position();
    writing.json.end(Object);
    Ok(writing.answer(JSON))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "distances and coordinates are of some thousand kilometres"
)]
fn millimetres(metres: f64) -> i64 {
    (metres * 1000.0).round() as i64
}

/// The last parcel by id, after the first `count` are kept: whether there is a next page, and where it begins.
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
    let body = serde_json::to_vec(content).map_err(|_| Problem::internal())?;
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

/// An answer being written.
struct Writing<'a> {
    names: &'a Names,
    register_position: i64,
    moment: Option<Moment>,
    coordinates: Coordinates,
    json: JsonText,
    degrees: Nanodegrees,
    outline: Outline,
    communes: Written<(CommuneCode, Date)>,
    uses: Written<&'a str>,
    days: Written<Date>,
    moments: Written<OffsetDateTime>,
}

/// A parcel's rings, one after the other.
#[derive(Default)]
struct Outline {
    /// In billionths of a degree or in millimetres.
    points: Vec<[i64; 2]>,
    ring_ends: Vec<usize>,
}

impl<'a> Writing<'a> {
    fn new(land: &Land<'a>, coordinates: Coordinates) -> Self {
        Self {
            names: land.names,
            register_position: land.position.0,
            moment: land.moment,
            coordinates,
            json: JsonText::with_capacity(PARCEL_BYTES * land.parcels.len().max(1)),
            degrees: Nanodegrees::default(),
            outline: Outline::default(),
            communes: Written::default(),
            uses: Written::default(),
            days: Written::default(),
            moments: Written::default(),
        }
    }

    fn answer(self, media_type: &'static str) -> Response {
        let mut response = Response::new(Body::from(self.json.into_bytes()));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// The register position, and both times where another one than now was asked for.
    fn position(&mut self) {
        let json = &mut self.json;
        json.name("register_position").whole(self.register_position);
        if let Some(Moment { at, known }) = self.moment {
            json.name("at").text(&at.to_string());
            json.name("known")
                .text(&known.format(&Rfc3339).unwrap_or_default());
        }
    }

    fn members(&mut self, members: &[(&str, Value)]) {
        for (name, value) in members {
            self.json.name(name).value(value);
        }
    }

    /// A parcel as a GeoJSON feature, with outline and box outside the properties.
    fn feature(
        &mut self,
        parcel: &ParcelView<'a>,
        beside: &[(&str, Value)],
    ) -> Result<(), AppError> {
        self.outline
            .take(parcel, self.coordinates, &mut self.degrees)?;
        self.json.begin(Object);
        self.json.name("type").text("Feature");
        self.json.name("id").whole(parcel.parcel_id());
        self.json.name("bbox");
        self.bounds();
        self.json.name("geometry");
        self.polygon();
        self.json.name("properties").begin(Object);
        self.facts(parcel);
        self.position();
        self.json.end(Object);
        self.members(beside);
        self.json.end(Object);
        Ok(())
    }

    /// A parcel with its outline as members among others.
    fn record(&mut self, parcel: &ParcelView<'a>) -> Result<(), AppError> {
        self.outline
            .take(parcel, self.coordinates, &mut self.degrees)?;
        self.json.begin(Object);
        self.facts(parcel);
        if is_shown(Field::Bbox, parcel.is_open()) {
            self.json.name(Field::Bbox.name());
            self.bounds();
        }
        if is_shown(Field::Geometry, parcel.is_open()) {
            self.json.name(Field::Geometry.name());
            self.polygon();
        }
        self.position();
        self.json.end(Object);
        Ok(())
    }

    /// What is known of the land, as members.
    fn facts(&mut self, parcel: &ParcelView<'a>) {
        let (is_open, sheet) = (parcel.is_open(), parcel.sheet());
        macro_rules! show {
            ($field:ident, $name:ident => $write:expr) => {
                if is_shown(Field::$field, is_open) {
                    let $name = self.json.name(Field::$field.name());
                    $write
                }
            };
        }
        let code = parcel.national_code();
        show!(ParcelId, json => json.whole(parcel.parcel_id()));
        show!(NationalCode, json => json.text_or_null(code.as_ref().map(|code| code.as_str())));
        show!(Commune, _json => self.commune(parcel.commune(), sheet.commune_from));
        show!(SheetNo, json => json.whole(sheet.sheet_no));
        show!(ParcelNo, json => json.whole(parcel.parcel_no()));
        show!(Address, json => json.text_or_null(parcel.address()));
        show!(LandUse, _json => self.land_use(parcel));
        show!(LegalArea, json => area(json, parcel.legal_area()));
        show!(ComputedArea, json => area(json, Some(parcel.computed_area())));
        show!(Zone, json => json.whole(sheet.zone));
        show!(ScaleDenominator, json => json.whole_or_null(sheet.scale_denominator));
        show!(Revision, json => json.whole(parcel.revision().0));
        let (day, moment) = (parcel.in_force_from(), parcel.recorded_at());
        show!(InForceFrom, json => self.days.write(json, day, |json| json.text(&day.to_string())));
        show!(RecordedAt, json => self.moments.write(json, moment, |json| {
            json.text(&moment.format(&Rfc3339).unwrap_or_default());
        }));
        let label = self.degrees.of(parcel.fine_label());
        show!(LabelPoint, json => point(json, label, Coordinates::Geographic));
    }

    fn commune(&mut self, code: CommuneCode, from: Date) {
        let name = || self.names.communes.get(&(code, from));
        self.communes.write(&mut self.json, (code, from), |json| {
            json.begin(Object);
            json.name("code").text(code.as_str());
            let name = name().map_or(code.as_str(), |commune| &commune.name);
            json.name("name").text(name);
            json.end(Object);
        });
    }

    /// The uses; origin and term only where they are shown.
    fn land_use(&mut self, parcel: &ParcelView<'a>) {
        let json = &mut self.json;
        json.begin(List);
        for (code, area_of_use, origin, term) in parcel.uses() {
            json.begin(Object);
            self.uses.write(json, code, |json| {
                let names = self.names.land_uses.get(code);
                json.name("code").text(code);
                json.name("name_vi")
                    .text_or_null(names.map(|(name, _)| &**name));
                json.name("name_en")
                    .text_or_null(names.map(|(_, name)| &**name));
            });
            area(json.name("area_m2"), area_of_use);
            for (field, text) in [(Field::Origin, origin), (Field::Term, term)] {
                if is_shown(field, parcel.is_open()) {
                    json.name(field.name()).text_or_null(text);
                }
            }
            json.end(Object);
        }
        json.end(List);
    }

    fn bounds(&mut self) {
        let start = [i64::MAX, i64::MAX, i64::MIN, i64::MIN];
        let around = |[west, south, east, north]: [i64; 4], [x, y]: &[i64; 2]| {
            [west.min(*x), south.min(*y), east.max(*x), north.max(*y)]
        };
        self.json.begin(List);
        for bound in self.outline.points.iter().fold(start, around) {
            number(&mut self.json, bound, self.coordinates);
        }
        self.json.end(List);
    }

    fn polygon(&mut self) {
        let json = &mut self.json;
        json.begin(Object);
        json.name("type").text("Polygon");
        json.name("coordinates").begin(List);
        for ring in self.outline.rings() {
            json.begin(List);
            let mut points = ring.iter();
            let first = points
                .next()
                .map(|first| json.span(|json| point(json, *first, self.coordinates)));
            for corner in points {
                point(json, *corner, self.coordinates);
            }
            if let Some(first) = first {
                json.again(first);
            }
            json.end(List);
        }
        json.end(List);
        json.end(Object);
    }
}

impl Outline {
    /// Takes a parcel's rings, not closed.
    fn take(
        &mut self,
        parcel: &ParcelView<'_>,
        coordinates: Coordinates,
        degrees: &mut Nanodegrees,
    ) -> Result<(), CrsError> {
        self.points.clear();
        self.ring_ends.clear();
        match coordinates {
            Coordinates::Geographic => {
                for ring in parcel.fine_rings() {
                    self.push(ring.map(|place| degrees.of(place)));
                }
            }
            Coordinates::In(zone) if zone != parcel.zone() => {
                for ring in millimetres_in(zone, parcel)? {
                    self.push(ring.into_iter());
                }
            }
            Coordinates::Zone | Coordinates::In(_) => {
                for ring in index::boundary(parcel)?.rings() {
                    self.push(ring.iter().map(|point| [point.east_mm, point.north_mm]));
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, ring: impl Iterator<Item = [i64; 2]>) {
        self.points.extend(ring);
        self.ring_ends.push(self.points.len());
    }

    fn rings(&self) -> impl Iterator<Item = &[[i64; 2]]> {
        let starts = std::iter::once(&0).chain(&self.ring_ends);
        let spans = starts.zip(&self.ring_ends);
        spans.filter_map(|(start, end)| self.points.get(*start..*end))
    }
}

/// The rings of an outline in millimetres of another zone, not closed.
fn millimetres_in(zone: ZoneCode, parcel: &ParcelView<'_>) -> Result<Vec<Vec<[i64; 2]>>, CrsError> {
    let ring = |ring: Vec<Fine>| {
        let mut points: Vec<_> = ring.iter().map(|point| point.to_degrees()).collect();
        crs::from_wgs84(zone, &mut points)?;
        let points = points.into_iter();
        Ok(points
            .map(|(x, y)| [millimetres(x), millimetres(y)])
            .collect())
    };
    parcel.outline().into_iter().map(ring).collect()
}

/// Where the texts of values stand that neighbours share: they are copied, not made again.
struct Written<K>(Vec<(K, Range<usize>)>);

/// So many values are looked through for one.
const REMEMBERED: usize = 8;

impl<K> Default for Written<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq> Written<K> {
    fn write(&mut self, json: &mut JsonText, key: K, write: impl FnOnce(&mut JsonText)) {
        if let Some((_, span)) = self.0.iter().find(|(known, _)| *known == key) {
            json.again(span.clone());
            return;
        }
        if self.0.len() == REMEMBERED {
            self.0.remove(0);
        }
        self.0.push((key, json.span(write)));
    }
}

fn area(json: &mut JsonText, area: Option<Area>) {
    match area {
        Some(area) => json.tenths(area.tenths_m2()),
        None => json.null(),
    }
}

fn point(json: &mut JsonText, point: [i64; 2], coordinates: Coordinates) {
    json.begin(List);
    for coordinate in point {
        number(json, coordinate, coordinates);
    }
    json.end(List);
}

/// A coordinate. Of degrees nine decimals: half a fine unit and half the last decimal are 0.29 and 0.06 mm at the equator, where
/// they are longest; what is promised is 0.35 mm.
fn number(json: &mut JsonText, coordinate: i64, coordinates: Coordinates) {
    match coordinates {
        Coordinates::Geographic => json.billionths(coordinate),
        Coordinates::Zone | Coordinates::In(_) => json.thousandths(coordinate),
    }
}
