//! Deadlines, calendars, numbers and absences.

use super::super::auth::Officer;
use super::super::extract::{InBody, InPath, InQuery};
use super::super::{Problem, Shared};
use super::answer::moment;
use crate::app::dossier::DossierError;
use crate::policy::Duty;
use crate::store::{CalendarDay, Delegation, ProcedureRule};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};
use utoipa::IntoParams;

/// Which province.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfProvince {
    /// The province's two digits: its own rules stand beside those of the country.
    #[param(example = "98")]
    province: Option<String>,
}

/// The procedures with their deadlines, as they were, are and will be in force.
#[utoipa::path(
    get, path = "/api/v1/procedures", tag = "dossiers", params(OfProvince),
    responses((status = 200, description = "Rules, each with its validity and source", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn procedures(
    server: Shared,
    InQuery(of): InQuery<OfProvince>,
) -> Result<Json<Value>, Problem> {
    let rules = server.app.procedure_rules(of.province.as_deref()).await?;
    Ok(Json(json!({ "procedures": rules })))
}

/// Puts a deadline in force from `valid_from` on; what held then ends that day. Planners only.
#[utoipa::path(
    put, path = "/api/v1/procedures/{code}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path, description = "The procedure's code without suffix", example = "1.012784")),
    request_body(content = Object, description = "`province_code` (none for the country), `valid_from`, `valid_until`, `name_vi`, `name_en`, `max_days`, `remote_days`, `extended_days`, `cut_off` (`15:00` where it is done on the day), `is_online_only`, `needs_tax`, `source`"),
    responses((status = 200, description = "The rule", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_procedure(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
    InBody(rule): InBody<ProcedureRule>,
) -> Result<Json<ProcedureRule>, Problem> {
    let rule = ProcedureRule {
        procedure_code: code,
        ..rule
    };
    server.app.put_procedure_rule(&officer, &rule).await?;
    Ok(Json(rule))
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Year {
    /// The province's two digits.
    province: Option<String>,
    /// The year.
    #[param(example = 2026, minimum = 1994, maximum = 2199)]
    year: i32,
}

/// The days of a year that are not as the week has them: holidays, and Saturdays that are worked.
#[utoipa::path(
    get, path = "/api/v1/calendar", tag = "dossiers", params(Year),
    responses((status = 200, description = "Days, each with its source", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn calendar(
    server: Shared,
    InQuery(Year { province, year }): InQuery<Year>,
) -> Result<Json<Value>, Problem> {
    let first = |year: i32| Date::from_ordinal_date(year, 1).ok();
    let year = Some(year).filter(|year| (1994..=2199).contains(year));
    let days = year.and_then(|year| first(year).zip(first(year + 1)));
    let days = days.ok_or_else(|| Problem::bad_parameter("year is 1994 to 2199"))?;
    let days = server.app.calendar_days(province.as_deref(), days).await?;
    Ok(Json(json!({ "days": days })))
}

/// Says of a day whether the office works, and counts the due times anew that this moves. Planners only.
#[utoipa::path(
    put, path = "/api/v1/calendar/{day}", tag = "dossiers", security(("token" = [])),
    params(("day" = String, Path, description = "YYYY-MM-DD", example = "2027-02-05")),
    request_body(content = Object, description = "`province_code` (none for the country), `is_working`, `name_vi`, `name_en`, `source`"),
    responses((status = 200, description = "How many due times moved", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_calendar_day(
    server: Shared,
    Officer(officer): Officer,
    InPath(text): InPath<String>,
    InBody(day): InBody<CalendarDay>,
) -> Result<Json<Value>, Problem> {
    let date = Date::parse(&text, &Iso8601::DATE);
    let date = date.map_err(|_| Problem::bad_parameter("the day is YYYY-MM-DD"))?;
    let day = CalendarDay { day: date, ..day };
    let moved = server.app.put_calendar_day(&officer, &day).await?;
    Ok(Json(json!({ "day": text, "due_times_moved": moved })))
}

/// The code that dossiers are numbered under here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbering {
    agency: Option<String>,
}

/// Says that a province's dossiers are numbered here from today on, under an agency's code; `null` ends it. Planners only.
#[utoipa::path(
    put, path = "/api/v1/numbering/{province}", tag = "dossiers", security(("token" = [])),
    params(("province" = String, Path, description = "Two digits", example = "98")),
    request_body(content = Object, description = "`agency`"),
    responses((status = 200, description = "Done", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_numbering(
    server: Shared,
    Officer(officer): Officer,
    InPath(province): InPath<String>,
    InBody(numbering): InBody<Numbering>,
) -> Result<Json<Value>, Problem> {
    let agency = numbering.agency.as_deref();
    server
        .app
        .put_numbering(&officer, &province, agency)
        .await?;
    Ok(Json(json!({ "province": province, "agency": agency })))
}

/// An absence.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    delegate: String,
    #[serde(with = "time::serde::rfc3339")]
    from: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    until: OffsetDateTime,
    reason: String,
}

/// Lets another officer approve and sign while you are absent, 90 days at most; the entry says for whom. Approvers only.
///
/// It counts only while you are in office yourself: with a living token that makes you an approver, where yours is issued here.
#[utoipa::path(
    post, path = "/api/v1/delegations", tag = "dossiers", security(("token" = [])),
    request_body(content = Object, description = "`delegate`, `from`, `until` (RFC 3339), `reason`"),
    responses((status = 201, description = "Done", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn delegate(
    server: Shared,
    Officer(principal): Officer,
    InBody(absence): InBody<Absence>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    principal.may(Duty::Approve).map_err(DossierError::from)?;
    let delegation = Delegation {
        delegation_id: 0,
        principal: principal.name.clone(),
        delegate: absence.delegate,
        from: absence.from,
        until: absence.until,
        areas: principal.areas.clone(),
        reason: absence.reason,
    };
    let id = server.app.delegate(&principal, &delegation).await?;
    Ok((StatusCode::CREATED, Json(json!({ "delegation_id": id }))))
}

/// The absences that last or are to come: your own, those that you stand in for, and for planners all of their area.
#[utoipa::path(
    get, path = "/api/v1/delegations", tag = "dossiers", security(("token" = [])),
    responses((status = 200, description = "Each with its `delegation_id`", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn delegations(
    server: Shared,
    Officer(officer): Officer,
) -> Result<Json<Value>, Problem> {
    let delegation = |delegation: Delegation| {
        json!({
            "delegation_id": delegation.delegation_id, "principal": delegation.principal, "delegate": delegation.delegate,
            "from": moment(delegation.from), "until": moment(delegation.until), "reason": delegation.reason,
        })
    };
    let delegations = server.app.delegations(&officer).await?.into_iter();
    Ok(Json(
        json!({ "delegations": delegations.map(delegation).collect::<Vec<_>>() }),
    ))
}

/// Ends an absence before its time. By who was absent, or by a planner of the place; it stays on record.
#[utoipa::path(
    delete, path = "/api/v1/delegations/{id}", tag = "dossiers", security(("token" = [])), params(("id" = i64, Path)),
    responses((status = 204, description = "Ended"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn end_delegation(
    server: Shared,
    Officer(officer): Officer,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, Problem> {
    server.app.end_delegation(&officer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
