//! Numbers of the law that officers keep.

use super::auth::Officer;
use super::desk::unstored;
use super::extract::{InBody, InPath, InQuery};
use super::when;
use super::{Problem, Shared};
use crate::app::RuleError;
use crate::domain::{NewRule, RuleLine};
use crate::policy::Duty;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::IntoParams;

/// Which numbers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those of a rule.
    #[param(example = "minimum-parcel-area-m2")]
    rule: Option<String>,
    /// Those of a province, two digits.
    province: Option<String>,
    /// Those in force on a day; all, past and to come, where it is left out.
    #[param(format = Date)]
    at: Option<String>,
}

/// Numbers.
#[derive(Serialize)]
struct Rules {
    rules: Vec<RuleLine>,
}

/// The numbers of the law that the desk judges by: least sizes of new parcels by province, kind of area and use, tolerances; each with
/// its days and its decision.
#[utoipa::path(
    get, path = "/api/v1/rules", tag = "desk", params(Which), security(("token" = [])),
    responses((status = 200, description = "`rules`, the past and the coming ones too", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn rules(
    server: Shared,
    _: Officer,
    InQuery(which): InQuery<Which>,
) -> Result<Json<impl Serialize>, Problem> {
    let at = which.at.as_deref().map(when::day).transpose()?;
    let (rule, province) = (which.rule.as_deref(), which.province.as_deref());
    let texts = [rule, province];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(Problem::bad_parameter("rule and province must be text"));
    }
    let rules = server.app.rules(rule, province, at).await?;
    Ok(Json(Rules { rules }))
}

/// Adds a number. What is in force for the same place and use on one of its days has to be ended first: nothing is written over.
#[utoipa::path(
    post, path = "/api/v1/rules", tag = "desk", security(("token" = [])),
    request_body(content = Object, description = "`rule`, `value`, `valid_from`, `source`; `province_code`, `area_kind` (`ward`, `plain`, `mountain`), `land_use` (a code or a group's), `valid_until` where wanted"),
    responses((status = 201, description = "Its id", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn add_rule(
    server: Shared,
    Officer(officer): Officer,
    InBody(new): InBody<NewRule>,
) -> Result<Response, Problem> {
    officer.may(Duty::Rules)?;
    let id = server
        .app
        .add_rule(&new, &officer.name)
        .await
        .map_err(problem)?;
    let body = Json(json!({ "rule_id": id })).into_response();
    let mut response = unstored(StatusCode::CREATED, body);
    let list = HeaderValue::from_static("/api/v1/rules");
    response.headers_mut().insert(header::LOCATION, list);
    Ok(response)
}

/// The first day on which a number is in force no longer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    until: String,
}

/// Ends a number on a day that is not past.
#[utoipa::path(
    post, path = "/api/v1/rules/{rule_id}/end", tag = "desk", params(("rule_id" = i64, Path)), security(("token" = [])),
    request_body(content = Object, description = "`until`: the first day on which it is in force no longer"),
    responses((status = 204, description = "Ended"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn end_rule(
    server: Shared,
    Officer(officer): Officer,
    InPath(id): InPath<i64>,
    InBody(end): InBody<End>,
) -> Result<StatusCode, Problem> {
    officer.may(Duty::Rules)?;
    let ended = server.app.end_rule(id, &end.until, &officer.name).await;
    ended.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn problem(error: RuleError) -> Problem {
    let detail = error.to_string();
    match error {
        RuleError::App(error) => error.into(),
        RuleError::Member(_) => Problem::bad_parameter(detail),
        RuleError::Overlap(_) => Problem::new(
            StatusCode::CONFLICT,
            "rule-overlaps",
            "Another number is in force then",
            detail,
        ),
        RuleError::NotEndable(_) => Problem::new(
            StatusCode::CONFLICT,
            "rule-not-endable",
            "The rule cannot end then",
            detail,
        ),
    }
}
