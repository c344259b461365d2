//! Certificates and parties through time, for officers.

use super::auth::Officer;
use super::desk::unstored;
use super::extract::{InPath, InQuery};
use super::parcels::request_line;
use super::when::When;
use super::{Problem, Shared};
use crate::app::Reader;
use crate::domain::PartyId;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A certificate's life by its serial: its versions, its parcels, and the rights that stand on it. Two offices may have printed one
/// serial, so there may be several.
#[utoipa::path(
    get, path = "/api/v1/certificates/{serial}", tag = "desk", security(("token" = [])),
    params(("serial" = String, Path, description = "As printed, with or without spaces", example = "ZZ 00000001"), When),
    responses((status = 200, description = "`certificates`, each with `versions`, `parcels` and `rights`; both times and the register position", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn certificate(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(serial): InPath<String>,
    InQuery(when): InQuery<When>,
) -> Result<Response, Problem> {
    let as_of = when.checked()?;
    let reader = Reader {
        officer: &officer,
        request: &request_line(&uri, as_of),
    };
    let told = server.app.certificates(&serial, as_of, &reader).await?;
    let told = told.ok_or_else(|| {
        no_such_certificate(format!("no certificate {serial:?} was known by then"))
    })?;
    Ok(unstored(StatusCode::OK, Json(told).into_response()))
}

/// No certificate of a serial.
pub fn no_such_certificate(detail: String) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-certificate",
        "No such certificate",
        detail,
    )
}

/// A party: all versions that were known, and its rights.
#[utoipa::path(
    get, path = "/api/v1/parties/{party_id}", tag = "desk", security(("token" = [])),
    params(("party_id" = i64, Path, description = "The party's id"), When),
    responses((status = 200, description = "`versions` and `rights`; both times and the register position", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn party(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
    InQuery(when): InQuery<When>,
) -> Result<Response, Problem> {
    let as_of = when.checked()?;
    let reader = Reader {
        officer: &officer,
        request: &request_line(&uri, as_of),
    };
    let life = match PartyId::try_from(id) {
        Ok(id) => server.app.party(id, as_of, &reader).await?,
        Err(_) => None,
    };
    let life = life.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-party",
            "No such party",
            format!("no party {id} was known by then"),
        )
    })?;
    Ok(unstored(StatusCode::OK, Json(life).into_response()))
}
