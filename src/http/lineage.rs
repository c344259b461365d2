//! What parcels came from and what became of them.

use super::auth::Asker;
use super::desk::unstored;
use super::extract::{InPath, InQuery};
use super::parcels::request_line;
use super::when;
use super::{Problem, Shared};
use crate::app::Reader;
use crate::domain::{AsOf, CommuneCode, Lineage, ParcelId, ParcelKey, SheetKey, Successions};
use crate::policy::Audience;
use crate::store::Identity;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

/// What a parcel came from and what became of it, over all generations: the steps, and what the parcels are called or were called last.
#[utoipa::path(
    get, path = "/api/v1/parcels/{parcel_id}/lineage", tag = "parcels", security((), ("token" = [])),
    params(("parcel_id" = i64, Path, description = "The id of a parcel, in law or not")),
    responses((status = 200, description = "`steps`, nearest first, and `parcels`", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn lineage(
    server: Shared,
    Asker(asker): Asker,
    InPath(id): InPath<i64>,
) -> Result<Json<Lineage>, Problem> {
    let lineage = match ParcelId::try_from(id) {
        Ok(id) => server.app.lineage(id, audience(asker.as_ref())).await?,
        Err(_) => None,
    };
    lineage.map(Json).ok_or_else(|| never(id))
}

/// An identity as a paper prints it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Printed {
    /// The commune's code of that time, five digits.
    #[param(example = "99001")]
    commune: String,
    /// The sheet's number.
    sheet_no: i32,
    /// The parcel's number.
    parcel_no: i32,
    /// The day that the paper is of: codes and numbers that were used again are told apart by it.
    #[param(format = Date)]
    at: Option<String>,
}

/// Today's parcels of an identity of any era: retired numbers, renumbered sheets, former communes.
#[utoipa::path(
    get, path = "/api/v1/parcels/successors", tag = "parcels", params(Printed), security((), ("token" = [])),
    responses((status = 200, description = "`found`, each parcel that carries or carried the identity with its `successors`; `communes` that took over from the commune", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn successors(
    server: Shared,
    Asker(asker): Asker,
    InQuery(printed): InQuery<Printed>,
) -> Result<Json<Successions>, Problem> {
    let commune = CommuneCode::parse(&printed.commune)
        .map_err(|error| Problem::bad_parameter(error.to_string()))?;
    let at = printed.at.as_deref().map(when::day).transpose()?;
    let key = ParcelKey {
        sheet: SheetKey {
            commune,
            sheet_no: printed.sheet_no,
        },
        parcel_no: printed.parcel_no,
    };
    let audience = audience(asker.as_ref());
    let successions = server.app.successions(&key, at, audience).await?;
    if successions.found.is_empty() && successions.communes.is_empty() {
        let detail = format!(
            "the register knows no parcel {} of sheet {} in commune {}, in no era",
            printed.parcel_no, printed.sheet_no, printed.commune
        );
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-parcel",
            "No such parcel",
            detail,
        ));
    }
    Ok(Json(successions))
}

/// A parcel's timeline: every version, use, right, certificate, restriction, block, step and operation with both its times. Rights and what
/// hangs on them are for officers.
#[utoipa::path(
    get, path = "/api/v1/parcels/{parcel_id}/timeline", tag = "parcels", security((), ("token" = [])),
    params(("parcel_id" = i64, Path, description = "The id of a parcel, in law or not")),
    responses((status = 200, description = "`parcel` and `entries`, in the order in which they came to be known", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn timeline(
    server: Shared,
    Asker(asker): Asker,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
) -> Result<Response, Problem> {
    let request = request_line(&uri, AsOf::default());
    let reader = match &asker {
        Some(Identity::Officer(officer)) => Some(Reader {
            officer,
            request: &request,
        }),
        Some(Identity::Client(_)) | None => None,
    };
    let timeline = match ParcelId::try_from(id) {
        Ok(id) => server.app.timeline(id, reader.as_ref()).await?,
        Err(_) => None,
    };
    let timeline = timeline.ok_or_else(|| never(id))?;
    Ok(unstored(StatusCode::OK, Json(timeline).into_response()))
}

fn never(id: i64) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-parcel",
        "No such parcel",
        format!("there never was a parcel {id}"),
    )
}

/// Who asks, for the policy.
pub fn audience(asker: Option<&Identity>) -> Audience {
    match asker {
        Some(Identity::Officer(_)) => Audience::Officer,
        Some(Identity::Client(_)) | None => Audience::Public,
    }
}
