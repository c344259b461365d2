//! Plans of dossiers: stored, approved, and what came of them.

use super::super::auth::ReadingOfficer;
use super::super::extract::{InBody, InPath};
use super::super::{Problem, Shared};
use super::answer::moment;
use super::{readable, seen, tagged};
use crate::app::desk::Wanted;
use crate::app::dossier::{Difference, Planned, hex};
use crate::store::{DossierChange, ParcelState};
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

/// Stores a dossier's plan: operations that will be committed together, as in `POST /api/v1/operations`.
///
/// The numbers of what it makes are kept from now on; a plan in its place keeps them where it makes as many parcels, else they are burnt.
/// The answer says what the plan relies on and its digest, which the approver signs. An unlawful plan is refused with its report.
#[utoipa::path(
    put, path = "/api/v1/dossiers/{code}/plan", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the dossier")),
    request_body(content = Object, description = "`operations`"),
    responses((status = 200, description = "The plan", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_plan(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
    headers: HeaderMap,
    InBody(wanted): InBody<Wanted>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let planned = server
        .app
        .put_plan(&asker.reader(), (&code, seen(&headers)?), &wanted)
        .await?;
    Ok(tagged(
        StatusCode::OK,
        planned.row.plan_no,
        &answer(planned),
    ))
}

/// A dossier's plan.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/plan", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "The plan", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn plan(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let planned = server.app.plan(&asker.reader(), &code).await?;
    Ok(tagged(
        StatusCode::OK,
        planned.row.plan_no,
        &answer(planned),
    ))
}

/// Which plan is approved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    sha256: String,
}

/// Approves the plan of this digest, signs that, and commits it as one entry of history.
///
/// Another officer must do it than who prepared the dossier. What has changed since the plan was stored is told (`plan-stale`), and
/// the plan is never fitted to it. The same approval again gets the same report.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/plan/approve", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    request_body(content = Object, description = "`sha256` of the plan that was read"),
    responses((status = 201, description = "Committed: the report", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn approve(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
    InBody(digest): InBody<Digest>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let (report, is_repeated) = server
        .app
        .approve_plan(&asker.reader(), &code, &digest.sha256)
        .await?;
    let mut response = (StatusCode::CREATED, Json(report)).into_response();
    if is_repeated {
        let repeated = HeaderName::from_static("idempotency-repeated");
        response
            .headers_mut()
            .insert(repeated, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// What a dossier changed.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/changes", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "Its entries of history, in order", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn changes(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
) -> Result<Json<Value>, Problem> {
    let code = readable(&code)?;
    let changes = server.app.dossier_changes(&asker.reader(), &code).await?;
    let change = |change: DossierChange| {
        json!({
            "operation_id": change.land_operation_id, "officer": change.officer, "at": moment(change.made_at),
            "report": change.report,
        })
    };
    Ok(Json(
        json!({ "changes": changes.into_iter().map(change).collect::<Vec<_>>() }),
    ))
}

fn answer(planned: Planned) -> Value {
    let row = planned.row;
    let approval = row.approval.map(|approval| {
        json!({
            "approver": approval.approver, "on_behalf_of": approval.on_behalf_of, "signature": approval.signature,
            "operation_id": approval.land_operation_id, "at": moment(approval.approved_at),
        })
    });
    let numbers = planned.numbers.into_iter().map(|(sheet, number, state)| {
        json!({ "sheet_id": i64::from(sheet), "parcel_no": number, "state": state })
    });
    json!({
        "plan_no": row.plan_no, "sha256": hex(&row.sha256), "planned_by": row.planned_by, "planned_at": moment(row.planned_at),
        "operations": planned.request.operations, "touched": planned.touched, "report": planned.report,
        "numbers": numbers.collect::<Vec<_>>(), "approval": approval, "canonical": row.canonical,
    })
}

/// What has changed of a parcel, for a problem.
pub fn difference(difference: &Difference) -> Value {
    let state = |state: &ParcelState| {
        json!({
            "revision": state.revision, "parcel_no": state.parcel_no, "land_use": state.land_use, "address": state.address,
            "legal_area_m2": state.legal_area, "computed_area_m2": state.computed_area, "has_ended": state.has_ended,
        })
    };
    json!({
        "parcel_id": difference.parcel_id, "parcel": difference.parcel, "then": difference.then.as_ref().map(state),
        "now": difference.now.as_ref().map(state), "changed": difference.changed,
    })
}
