//! Signed answers for registered clients, and the keys to verify them.

use super::auth::Asker;
use super::extract::{InPath, InQuery};
use super::{Problem, Shared};
use crate::app::{Asked, PortalError, PortalQuery};
use crate::domain::{CommuneCode, NationalCode, ParcelKey, SheetKey};
use crate::share::Request;
use crate::store::Identity;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

/// Why a client asks. Both are in the answer and in the access ledger.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Reason {
    /// A purpose of the agreement.
    #[param(example = "dossier-handling")]
    #[serde(default)]
    purpose: String,
    /// The dossier's code.
    #[param(example = "H29.3-261122-0001")]
    #[serde(default)]
    dossier: String,
}

/// A parcel by national code.
#[utoipa::path(
    get, path = "/portal/v1/parcels/{national_code}", tag = "portal", security(("token" = [])),
    params(("national_code" = String, Path, description = "12 GeoHash characters"), Reason),
    responses((status = 200, content_type = "application/jose", body = String, description = "JWS compact serialisation, ES256"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn by_code(
    server: Shared,
    asker: Asker,
    uri: OriginalUri,
    InPath(code): InPath<String>,
    InQuery(reason): InQuery<Reason>,
) -> Result<Response, Problem> {
    let code =
        NationalCode::parse(&code).map_err(|error| Problem::bad_parameter(error.to_string()))?;
    answer(server, asker, &uri, Asked::Code(code), reason).await
}

/// A parcel by commune, sheet and number.
#[utoipa::path(
    get, path = "/portal/v1/communes/{commune}/sheets/{sheet_no}/parcels/{parcel_no}", tag = "portal", security(("token" = [])),
    params(
        ("commune" = String, Path, description = "Commune code"), ("sheet_no" = i32, Path, description = "Sheet number"),
        ("parcel_no" = i32, Path, description = "Parcel number"), Reason
    ),
    responses((status = 200, content_type = "application/jose", body = String, description = "JWS compact serialisation, ES256"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn by_key(
    server: Shared,
    asker: Asker,
    uri: OriginalUri,
    InPath((commune, sheet_no, parcel_no)): InPath<(String, i32, i32)>,
    InQuery(reason): InQuery<Reason>,
) -> Result<Response, Problem> {
    let commune =
        CommuneCode::parse(&commune).map_err(|error| Problem::bad_parameter(error.to_string()))?;
    let key = ParcelKey {
        sheet: SheetKey { commune, sheet_no },
        parcel_no,
    };
    answer(server, asker, &uri, Asked::Key(key), reason).await
}

async fn answer(
    server: Shared,
    Asker(asker): Asker,
    uri: &OriginalUri,
    asked: Asked,
    reason: Reason,
) -> Result<Response, Problem> {
    let Some(Identity::Client(client_id)) = asker else {
        return Err(Problem::not_authenticated());
    };
    let request = Request::new("GET", uri.path(), uri.query());
    let query = PortalQuery {
        client_id,
        asked,
        purpose: reason.purpose,
        dossier: reason.dossier,
        request,
    };
    let signed = server.app.portal_answer(&query).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/jose"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        signed,
    )
        .into_response())
}

impl From<PortalError> for Problem {
    fn from(error: PortalError) -> Self {
        let (status, title) = match error {
            PortalError::App(error) => return error.into(),
            PortalError::NoSuchParcel => return Self::no_such_parcel(),
            PortalError::Unreadable(_) => {
                (StatusCode::BAD_REQUEST, "A parameter is not as it must be")
            }
            PortalError::TooMany => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            PortalError::NoAgreement | PortalError::Refused(_) => {
                (StatusCode::FORBIDDEN, "Not agreed")
            }
        };
        Self::new(status, error.code(), title, error.to_string())
    }
}

/// The public keys, as a JWK set (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "portal", responses((status = 200, description = "A JWK set", body = Object)))]
pub async fn keys(server: Shared) -> Json<Value> {
    Json(server.app.jwks())
}
