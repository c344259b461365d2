//! What was changed: operations by dossier, by document, by parcel.

use super::auth::Officer;
use super::desk::unstored;
use super::extract::InQuery;
use super::{Problem, Shared};
use crate::domain::{OperationLine, OperationQuery, Position};
use crate::policy::Duty;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Longest number of a dossier or document that is looked for.
const MAX_CHARS: usize = 200;

/// Which operations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Changed {
    /// Those under a dossier's code.
    #[param(example = "H29.3-261122-0001")]
    dossier: Option<String>,
    /// Those whose request names a document: the number of a contract, a decision, a letter, a certificate.
    document: Option<String>,
    /// Those on a parcel, by its id.
    parcel: Option<i64>,
    /// Those before this number: the last one of the page before.
    before: Option<i64>,
    /// How many, 1 to 1000.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
}

/// Operations.
#[derive(Serialize)]
struct Operations {
    operations: Vec<OperationLine>,
    register_position: Position,
}

/// What a dossier or a document changed, and who changed a parcel: operations, the latest first, each with the parcels that it changed by
/// kind of record.
#[utoipa::path(
    get, path = "/api/v1/operations", tag = "desk", params(Changed), security(("token" = [])),
    responses((status = 200, description = "`operations`, the latest first", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn operations(
    server: Shared,
    Officer(officer): Officer,
    InQuery(changed): InQuery<Changed>,
) -> Result<Response, Problem> {
    officer.may(Duty::Read)?;
    let limit = changed.limit.unwrap_or(100);
    let texts = [&changed.dossier, &changed.document];
    let is_text = |text: &String| text.chars().count() <= MAX_CHARS && !text.contains('\0');
    if !(1..=1000).contains(&limit) || !texts.into_iter().flatten().all(is_text) {
        return Err(Problem::bad_parameter(format!(
            "limit must be between 1 and 1000, dossier and document at most {MAX_CHARS} letters"
        )));
    }
    let query = OperationQuery {
        dossier: changed.dossier,
        parcel: changed.parcel,
        document: changed.document,
        before: changed.before,
    };
    let (operations, register_position) = server.app.operations(&query, limit).await?;
    let body = Operations {
        operations,
        register_position,
    };
    Ok(unstored(StatusCode::OK, Json(body).into_response()))
}
