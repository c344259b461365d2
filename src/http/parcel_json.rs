//! A parcel as JSON and GeoJSON.

use super::Problem;
use super::dossier::ReservationAnswer;
use crate::domain::{
    BlockFact, Burdens, EncumbranceFact, LandUseFact, Moment, Position, RestrictionFact, RightFact,
    RightsRevision, ZoneCode,
};
use crate::policy::{Audience, Purpose, View};
use crate::store::{Reservation, StoredParcel};
use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use geojson::{Feature, GeoJson, Geometry, GeometryValue, JsonObject, feature::Id};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A commune.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commune {
    /// Code, five digits.
    #[schema(example = "99001")]
    pub code: String,
    /// Name.
    pub name: String,
}

/// One use of a parcel.
#[derive(Debug, Serialize, ToSchema)]
pub struct LandUse {
    /// Land-use code.
    #[schema(example = "ONT")]
    code: String,
    /// Vietnamese name.
    name_vi: Option<String>,
    /// English name.
    name_en: Option<String>,
    /// Area in square metres.
    area_m2: Option<f64>,
    /// Origin code.
    origin: Option<String>,
    /// Term as given.
    term: Option<String>,
}

/// A right in a parcel: personal data, for officers only.
#[derive(Debug, Serialize, ToSchema)]
pub struct Right {
    /// `individual`, `couple`, `household`, `organisation` or `community`.
    party_kind: String,
    /// Name.
    party_name: String,
    /// Personal, tax or enterprise number.
    personal_no: Option<String>,
    /// Year of birth.
    birth_year: Option<i16>,
    /// Residence.
    residence: Option<String>,
    /// Share, such as `1/2`.
    share: String,
    /// Certificate serial.
    certificate_serial: Option<String>,
    /// Entry number.
    certificate_entry_no: Option<String>,
    /// Day of signature.
    certificate_issued_on: Option<String>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    certificate_status: Option<String>,
}

/// A mortgage or lease: personal data, for officers only.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the JSON members"
)]
pub struct Encumbrance {
    /// Id, the same on all parcels that it lies on.
    encumbrance_id: i64,
    /// The kind of party that takes it.
    party_kind: String,
    /// Mortgagee or lessee.
    party_name: String,
    /// Its number.
    personal_no: Option<String>,
    /// The place of a mortgage among others.
    rank: Option<i16>,
    /// The sub-kind of a mortgage, 0 to 10.
    sub_kind: Option<i16>,
    /// The contract.
    contract_no: String,
    /// When it was signed.
    contract_on: Option<String>,
    /// When it was received: the earlier goes first.
    registered_at: String,
    /// What it secures, or the rent, in đồng.
    amount_vnd: Option<i64>,
    /// In words.
    content: Option<String>,
    /// The first day after it.
    in_force_until: Option<String>,
    /// The part of the parcel that it lies on.
    part: Option<String>,
}

/// A restriction, for officers.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the JSON members"
)]
pub struct Restriction {
    /// Id, the same on all parcels that it lies on.
    restriction_id: i64,
    /// What sort.
    sort: String,
    /// In words.
    content: String,
    /// By which paper.
    document: Option<String>,
    /// How much land.
    area_m2: Option<f64>,
    /// First day.
    in_force_from: String,
    /// The first day after it.
    in_force_until: Option<String>,
    /// The part of the parcel that it lies on.
    part: Option<String>,
}

/// A block, for officers.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the JSON members"
)]
pub struct Block {
    /// Id.
    block_id: i64,
    /// `parcel` (this or what it came from), `certificate` or `holder`.
    laid_on: String,
    /// No certificate is issued.
    stops_issuing: bool,
    /// Nobody disposes of the land.
    stops_transactions: bool,
    /// The register stays as it is.
    stops_changes: bool,
    /// The letter.
    letter_no: String,
    /// Whose letter.
    agency: String,
    /// Why.
    block_reason: Option<String>,
    /// First day.
    in_force_from: String,
    /// The first day after it.
    in_force_until: Option<String>,
    /// The part of the parcel that it lies on.
    part: Option<String>,
}

/// A current parcel.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the JSON members"
)]
pub struct Parcel {
    /// Id, for ever.
    parcel_id: i64,
    /// National code (12-character GeoHash).
    national_code: Option<String>,
    /// Commune.
    commune: Commune,
    /// Sheet number.
    sheet_no: i32,
    /// Parcel number in the sheet.
    parcel_no: i32,
    /// Address of the land.
    address: Option<String>,
    /// Uses, main use first.
    land_use: Vec<LandUse>,
    /// Area by the papers, square metres.
    legal_area_m2: Option<f64>,
    /// Area by the coordinates, square metres.
    computed_area_m2: f64,
    /// EPSG code of the zone of the legal coordinates.
    zone: i32,
    /// Scale of the sheet.
    scale_denominator: Option<i32>,
    /// Version.
    revision: i32,
    /// First day in force.
    in_force_from: String,
    /// When the register took it in.
    recorded_at: String,
    /// Longitude and latitude of the label, each within 0.35 mm.
    label_point: [f64; 2],
    /// West, south, east, north of the geometry, in its coordinates.
    bbox: [f64; 4],
    /// GeoJSON polygon. Longitudes and latitudes are within 0.35 mm of the legal coordinates; `crs=zone` gives those to the millimetre.
    #[schema(value_type = Object)]
    geometry: Geometry,
    /// Rights, where the asker is an officer.
    rights: Option<Vec<Right>>,
    /// Mortgages, the first in rank first, where the asker is an officer.
    mortgages: Option<Vec<Encumbrance>>,
    /// Leases, where the asker is an officer.
    leases: Option<Vec<Encumbrance>>,
    /// Restrictions, where the asker is an officer.
    restrictions: Option<Vec<Restriction>>,
    /// Blocks that act on it, where the asker is an officer.
    blocks: Option<Vec<Block>>,
    /// What changes with the rights and all that lies on the parcel: the last part of the ETag, where the asker
    /// is an officer and reads it as it is now.
    rights_revision: Option<i64>,
    /// The open dossier that reserves it, where the asker is an officer.
    reserved_by: Option<ReservationAnswer>,
    /// The register position that the answer was computed from.
    register_position: i64,
}

/// In which coordinates a geometry is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coordinates {
    /// WGS 84 longitude, latitude.
    #[default]
    Geographic,
    /// The sheet's own zone: easting, northing in metres, to the millimetre.
    Zone,
    /// One zone for all: easting, northing in metres; exact where it is the sheet's own.
    In(ZoneCode),
}

impl Coordinates {
    /// Reads `crs`: `4326` (also `EPSG:4326`) or `zone`.
    pub fn parse(text: Option<&str>) -> Result<Self, Problem> {
        match text.map(str::to_ascii_lowercase).as_deref() {
            None | Some("4326" | "epsg:4326") => Ok(Self::Geographic),
            Some("zone") => Ok(Self::Zone),
            Some(_) => Err(Problem::bad_parameter(
                "crs must be 4326 or zone (the sheet's own VN-2000 zone)",
            )),
        }
    }
}

impl Parcel {
    /// The same, reserved by an open dossier.
    #[must_use]
    pub fn reserved_by(self, reservation: Option<Reservation>) -> Self {
        Self {
            reserved_by: reservation.map(ReservationAnswer::from),
            ..self
        }
    }

    /// Joins what is stored with what the asker may see.
    pub fn new(
        stored: StoredParcel,
        coordinates: Coordinates,
        (rights, burdens, rights_revision): (Vec<RightFact>, Burdens, Option<RightsRevision>),
        position: Position,
    ) -> Self {
        let rings = match coordinates {
            Coordinates::Geographic => stored.geographic,
            // Officers are not asked for other zones.
            Coordinates::Zone | Coordinates::In(_) => stored.legal,
        };
        let facts = stored.facts;
        Self {
            parcel_id: facts.parcel_id.into(),
            national_code: facts.national_code.map(String::from),
            commune: Commune {
                code: facts.commune.code.into(),
                name: facts.commune.name,
            },
            sheet_no: facts.sheet_no,
            parcel_no: facts.parcel_no,
            address: facts.address,
            land_use: facts.land_use.into_iter().map(LandUse::from).collect(),
            legal_area_m2: facts.legal_area_m2,
            computed_area_m2: facts.computed_area_m2,
            zone: facts.zone,
            scale_denominator: facts.scale_denominator,
            revision: facts.revision.0,
            in_force_from: facts.in_force_from.to_string(),
            recorded_at: facts
                .recorded_at
                .format(&time::format_description::well_known::Rfc3339)
                .unwrap_or_default(),
            label_point: facts.label_point,
            bbox: bounds(&rings),
            geometry: polygon(&rings),
            rights: Some(rights.into_iter().map(Right::from).collect()),
            rights_revision: rights_revision.map(|revision| revision.0),
            mortgages: Some(all(&burdens.mortgages)),
            leases: Some(all(&burdens.leases)),
            restrictions: Some(all(&burdens.restrictions)),
            blocks: Some(all(&burdens.blocks)),
            reserved_by: None,
            register_position: position.0,
        }
    }
}

/// What everybody may see.
pub fn public() -> View {
    View::of(Audience::Public, &Purpose::PUBLIC_INFORMATION)
}

/// What an officer may see who keeps the register.
pub fn officers() -> View {
    View::of(Audience::Officer, &Purpose::REGISTER_KEEPING)
}

/// A parcel as a view shows it.
pub fn shaped(view: &View, parcel: Parcel) -> JsonObject {
    let position = parcel.register_position;
    let reserved_by = parcel
        .reserved_by
        .as_ref()
        .and_then(|reserved| serde_json::to_value(reserved).ok());
    let mut shown = match serde_json::to_value(parcel) {
        Ok(Value::Object(members)) => view.shape(&members).data,
        _ => JsonObject::new(),
    };
    if let Some(reserved_by) = reserved_by {
        shown.insert("reserved_by".to_owned(), reserved_by);
    }
    shown.insert("register_position".to_owned(), position.into());
    shown
}

/// A parcel as a GeoJSON feature.
fn feature(view: &View, parcel: Parcel) -> Feature {
    let (id, bbox, geometry) = (
        parcel.parcel_id,
        parcel.bbox.to_vec(),
        parcel.geometry.clone(),
    );
    let mut properties = shaped(view, parcel);
    for elsewhere in ["geometry", "bbox"] {
        properties.remove(elsewhere);
    }
    Feature {
        bbox: Some(bbox),
        geometry: Some(geometry),
        id: Some(Id::Number(id.into())),
        properties: Some(properties),
        foreign_members: None,
    }
}

fn bounds(rings: &[Vec<(f64, f64)>]) -> [f64; 4] {
    let start = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    rings
        .iter()
        .flatten()
        .fold(start, |[west, south, east, north], (x, y)| {
            [west.min(*x), south.min(*y), east.max(*x), north.max(*y)]
        })
}

fn polygon(rings: &[Vec<(f64, f64)>]) -> Geometry {
    let ring = |ring: &Vec<(f64, f64)>| {
        ring.iter()
            .map(|(x, y)| geojson::Position::from([*x, *y]))
            .collect()
    };
    Geometry::new(GeometryValue::Polygon {
        coordinates: rings.iter().map(ring).collect(),
    })
}

impl From<LandUseFact> for LandUse {
    fn from(fact: LandUseFact) -> Self {
        Self {
            code: fact.code,
            name_vi: fact.name_vi,
            name_en: fact.name_en,
            area_m2: fact.area_m2,
            origin: fact.origin,
            term: fact.term,
        }
    }
}

impl From<RightFact> for Right {
    fn from(fact: RightFact) -> Self {
        Self {
            party_kind: fact.party_kind,
            party_name: fact.party_name,
            personal_no: fact.personal_no,
            birth_year: fact.birth_year,
            residence: fact.residence,
            share: fact.share,
            certificate_serial: fact.certificate_serial,
            certificate_entry_no: fact.certificate_entry_no,
            certificate_issued_on: fact.certificate_issued_on.map(|day| day.to_string()),
            certificate_status: fact.certificate_status,
        }
    }
}

impl From<EncumbranceFact> for Encumbrance {
    fn from(fact: EncumbranceFact) -> Self {
        Self {
            encumbrance_id: fact.encumbrance_id,
            party_kind: fact.party_kind,
            party_name: fact.party_name,
            personal_no: fact.personal_no,
            rank: fact.rank,
            sub_kind: fact.sub_kind,
            contract_no: fact.contract_no,
            contract_on: fact.contract_on.map(|day| day.to_string()),
            registered_at: fact
                .registered_at
                .format(&time::format_description::well_known::Rfc3339)
                .unwrap_or_default(),
            amount_vnd: fact.amount_vnd,
            content: fact.content,
            in_force_until: fact.in_force_until.map(|day| day.to_string()),
            part: fact.part,
        }
    }
}

impl From<RestrictionFact> for Restriction {
    fn from(fact: RestrictionFact) -> Self {
        Self {
            restriction_id: fact.restriction_id,
            sort: fact.sort,
            content: fact.content,
            document: fact.document,
            area_m2: fact.area_m2,
            in_force_from: fact.in_force_from.to_string(),
            in_force_until: fact.in_force_until.map(|day| day.to_string()),
            part: fact.part,
        }
    }
}

impl From<BlockFact> for Block {
    fn from(fact: BlockFact) -> Self {
        Self {
            block_id: fact.block_id,
            laid_on: fact.laid_on,
            stops_issuing: fact.stops_issuing,
            stops_transactions: fact.stops_transactions,
            stops_changes: fact.stops_changes,
            letter_no: fact.letter_no,
            agency: fact.agency,
            block_reason: fact.block_reason,
            in_force_from: fact.in_force_from.to_string(),
            in_force_until: fact.in_force_until.map(|day| day.to_string()),
            part: fact.part,
        }
    }
}

fn all<Fact: Clone, Line: From<Fact>>(facts: &[Fact]) -> Vec<Line> {
    facts.iter().cloned().map(Line::from).collect()
}

/// Whether GeoJSON is wanted: `?f=geojson`, or the Accept header.
pub fn wants_geojson(format: Option<&str>, headers: &HeaderMap) -> Result<bool, Problem> {
    match format {
        Some("geojson") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => Err(Problem::bad_parameter("f must be json or geojson")),
        None => Ok(headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("application/geo+json"))),
    }
}

/// One parcel in the form wanted, as a view shows it.
///
/// Both times are said where they were asked for.
pub fn answer(view: &View, parcel: Parcel, moment: Option<Moment>, geojson: bool) -> Response {
    let times = match serde_json::to_value(moment) {
        Ok(Value::Object(times)) => times,
        _ => JsonObject::new(),
    };
    if geojson {
        let mut feature = feature(view, parcel);
        feature.properties.get_or_insert_default().extend(times);
        geo_json(&GeoJson::Feature(feature))
    } else {
        let mut shown = shaped(view, parcel);
        shown.extend(times);
        Json(shown).into_response()
    }
}

fn geo_json(content: &GeoJson) -> Response {
    (
        [(header::CONTENT_TYPE, "application/geo+json")],
        content.to_string(),
    )
        .into_response()
}
