//! Parcels by name, by place, by words.

use super::auth::Asker;
use super::extract::{InPath, InQuery, Place};
use super::land_json;
use super::parcel_json::{Commune, Coordinates, Parcel, answer, officers, wants_geojson};
use super::when::When;
use super::{Problem, Shared};
use crate::app::{Asked, Land, Reader, SearchKind};
use crate::domain::{AsOf, CommuneCode, Moment, NationalCode, ParcelId, ParcelKey, SheetKey};
use crate::store::Identity;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How a parcel is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `4326` (default) or `zone`: the sheet's own VN-2000 zone, to the millimetre.
    crs: Option<String>,
    /// `json` (default) or `geojson`; the Accept header does too.
    f: Option<String>,
}

/// By id.
#[utoipa::path(
    get, path = "/api/v1/parcels/{parcel_id}", tag = "parcels", security((), ("token" = [])),
    params(("parcel_id" = i64, Path, description = "The parcel's id"), Wanted, When),
    responses((status = 200, description = "The parcel", body = Parcel), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcel(
    server: Shared,
    asker: Asker,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
    InQuery(form): InQuery<Wanted>,
    InQuery(when): InQuery<When>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = ParcelId::try_from(id).map_err(|_| Problem::no_such_parcel())?;
    let form = Form::read(&form, &when, &headers)?;
    show(server, asker, &uri, Asked::Id(id), form).await
}

/// By national code.
#[utoipa::path(
    get, path = "/api/v1/parcels/by-code/{national_code}", tag = "parcels", security((), ("token" = [])),
    params(("national_code" = String, Path, description = "12 GeoHash characters"), Wanted, When),
    responses((status = 200, description = "The parcel", body = Parcel), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcel_of_code(
    server: Shared,
    asker: Asker,
    uri: OriginalUri,
    InPath(code): InPath<String>,
    InQuery(form): InQuery<Wanted>,
    InQuery(when): InQuery<When>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let code =
        NationalCode::parse(&code).map_err(|error| Problem::bad_parameter(error.to_string()))?;
    let form = Form::read(&form, &when, &headers)?;
    show(server, asker, &uri, Asked::Code(code), form).await
}

/// By commune, sheet and parcel number.
#[utoipa::path(
    get, path = "/api/v1/communes/{commune}/sheets/{sheet_no}/parcels/{parcel_no}", tag = "parcels", security((), ("token" = [])),
    params(
        ("commune" = String, Path, description = "Commune code, five digits"),
        ("sheet_no" = i32, Path, description = "Sheet number"),
        ("parcel_no" = i32, Path, description = "Parcel number"),
        Wanted, When
    ),
    responses((status = 200, description = "The parcel", body = Parcel), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcel_of_key(
    server: Shared,
    asker: Asker,
    uri: OriginalUri,
    InPath((commune, sheet_no, parcel_no)): InPath<(String, i32, i32)>,
    InQuery(form): InQuery<Wanted>,
    InQuery(when): InQuery<When>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let commune =
        CommuneCode::parse(&commune).map_err(|error| Problem::bad_parameter(error.to_string()))?;
    let key = ParcelKey {
        sheet: SheetKey { commune, sheet_no },
        parcel_no,
    };
    let form = Form::read(&form, &when, &headers)?;
    show(server, asker, &uri, Asked::Key(key), form).await
}

/// The form of an answer, read.
#[derive(Debug, Clone, Copy)]
struct Form {
    coordinates: Coordinates,
    geojson: bool,
    as_of: AsOf,
}

impl Form {
    fn read(wanted: &Wanted, when: &When, headers: &HeaderMap) -> Result<Self, Problem> {
        Ok(Self {
            coordinates: Coordinates::parse(wanted.crs.as_deref())?,
            geojson: wants_geojson(wanted.f.as_deref(), headers)?,
            as_of: when.checked()?,
        })
    }
}

async fn show(
    server: Shared,
    Asker(asker): Asker,
    uri: &OriginalUri,
    asked: Asked,
    form: Form,
) -> Result<Response, Problem> {
    let Some(Identity::Officer(officer)) = &asker else {
        let shown = |land: &Land<'_>| land_json::parcel(land, form.coordinates, form.geojson);
        return if form.as_of.is_now() {
            server.app.public_parcel(asked, shown).await?
        } else {
            server.app.recalled_parcel(asked, form.as_of, shown).await?
        };
    };
    let reader = Reader {
        officer,
        request: &request_line(uri, form.as_of),
    };
    let (read, position) = server.app.parcel(asked, form.as_of, &reader).await?;
    let read = read.ok_or_else(Problem::no_such_parcel)?;
    let facts = &read.stored.facts;
    let land = format!("{}-{}", facts.parcel_id, facts.revision.0);
    let etag = match &read.rights_revision {
        Some(rights) => format!("\"{land}-{}\"", rights.0),
        None => format!("\"{land}\""),
    };
    let moment = (!form.as_of.is_now()).then_some(read.moment);
    let held = (read.rights, read.burdens, read.rights_revision);
    let parcel = Parcel::new(read.stored, form.coordinates, held, position);
    let parcel = parcel.reserved_by(read.reserved_by);
    let mut response = answer(&officers(), parcel, moment, form.geojson);
    // Personal data stays in no cache on its way.
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    // What an operation on it relies on: only what is so now can be that.
    if let (Ok(etag), true) = (HeaderValue::try_from(etag), form.as_of.is_now()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// A request as the ledger keeps it: what was read, and as of when.
pub fn request_line(uri: &OriginalUri, as_of: AsOf) -> String {
    let at = as_of.at.map(|at| format!(" at {at}"));
    let known = as_of.known.map(|known| format!(" known {known}"));
    let [at, known] = [at, known].map(Option::unwrap_or_default);
    format!("GET {}{at}{known}", uri.path())
}

/// The parcels at a place.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "`land_json` writes it; this describes it")]
pub struct Identified {
    /// Those that cover the place: one, or several on a shared boundary.
    parcels: Vec<Parcel>,
    /// The register position of the index.
    register_position: i64,
    /// Both times, where another one than now was asked for.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    moment: Option<Moment>,
}

/// Which parcels cover a place. Exact to the millimetre of the legal geometry.
#[utoipa::path(
    get, path = "/api/v1/identify", tag = "parcels", params(Place, Wanted, When),
    responses((status = 200, description = "The parcels that cover the place", body = Identified), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn identify(
    server: Shared,
    InQuery(place): InQuery<Place>,
    InQuery(form): InQuery<Wanted>,
    InQuery(when): InQuery<When>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = place.checked()?;
    let form = Form::read(&form, &when, &headers)?;
    let shown = |land: &Land<'_>| identified(land, form);
    if form.as_of.is_now() {
        server.app.parcels_at(place.lon, place.lat, shown)?
    } else {
        let place = (place.lon, place.lat);
        server.app.recalled_at(place, form.as_of, shown).await?
    }
}

fn identified(land: &Land<'_>, form: Form) -> Result<Response, Problem> {
    if form.geojson {
        land_json::collection(land, form.coordinates, &[])
    } else {
        land_json::list(land, form.coordinates)
    }
}

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// National code, `sheet/parcel`, certificate serial, or words of an address with or without marks.
    #[param(example = "12/34")]
    q: String,
    /// How many results at most, 1 to 50.
    #[param(minimum = 1, maximum = 50, default = 10)]
    limit: Option<i64>,
}

/// A search result.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// `parcel`, `certificate` or `address`: what matched.
    kind: &'static str,
    /// A line for people.
    label: String,
    /// The parcel.
    parcel_id: i64,
    /// Its commune.
    commune: Commune,
    /// Its sheet.
    sheet_no: i32,
    /// Its number.
    parcel_no: i32,
    /// Its address.
    address: Option<String>,
}

/// Search results.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hits {
    /// Best first.
    results: Vec<Hit>,
    /// The register position.
    register_position: i64,
}

/// Search by sheet and number, certificate serial, or address.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "parcels", params(Search),
    responses((status = 200, description = "Results, best first", body = Hits), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn search(
    server: Shared,
    InQuery(search): InQuery<Search>,
) -> Result<Json<Hits>, Problem> {
    const MAX_TEXT: usize = 200;
    let limit = search.limit.unwrap_or(10);
    if !(1..=50).contains(&limit) || search.q.len() > MAX_TEXT || search.q.contains('\0') {
        return Err(Problem::bad_parameter(
            "limit must be between 1 and 50, q at most 200 bytes of text",
        ));
    }
    let (hits, position) = server.app.search(&search.q, limit).await?;
    let results = hits
        .into_iter()
        .map(|hit| Hit {
            kind: match hit.kind {
                SearchKind::Parcel => "parcel",
                SearchKind::Certificate => "certificate",
                SearchKind::Address => "address",
            },
            label: format!(
                "Tờ {}, thửa {} – {}",
                hit.sheet_no, hit.parcel_no, hit.commune.name
            ),
            parcel_id: hit.parcel_id.into(),
            commune: Commune {
                code: hit.commune.code.into(),
                name: hit.commune.name,
            },
            sheet_no: hit.sheet_no,
            parcel_no: hit.parcel_no,
            address: hit.address,
        })
        .collect();
    Ok(Json(Hits {
        results,
        register_position: position.0,
    }))
}

/// A land-use code.
#[derive(Debug, Serialize, ToSchema)]
pub struct LandUseEntry {
    /// The code.
    code: String,
    /// Vietnamese name.
    name_vi: String,
    /// English name.
    name_en: String,
    /// The code of its group.
    group: Option<String>,
    /// Colour on land-use maps.
    #[schema(example = "#ffd0ff")]
    colour: String,
}

/// The land-use codes in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct LandUses {
    /// By code.
    land_uses: Vec<LandUseEntry>,
}

/// The land-use codes in force, with names and colours.
#[utoipa::path(get, path = "/api/v1/land-uses", tag = "map", responses((status = 200, description = "The codes", body = LandUses)))]
pub async fn land_uses(server: Shared) -> Result<Json<LandUses>, Problem> {
    let codes = server.app.land_use_codes().await?;
    let entry = |code: crate::domain::LandUseCode| LandUseEntry {
        code: code.code,
        name_vi: code.name_vi,
        name_en: code.name_en,
        group: code.group,
        colour: code.colour,
    };
    Ok(Json(LandUses {
        land_uses: codes.into_iter().map(entry).collect(),
    }))
}
