//! Dossiers: taken in, moved from step to step, read.

mod answer;
mod citizens;
mod overview;
mod papers;
mod plan;
mod printed;
mod problems;
mod rules;
mod tax;

pub use answer::{DossierAnswer, ReservationAnswer};
pub use papers::content;

use super::auth::{Officer, ReadingOfficer};
use super::extract::{InBody, InPath};
use super::{Problem, Server, Shared, desk};
use crate::app::dossier::{Act, Filed};
use crate::domain::{DossierCode, Verb};
use crate::store::Dossier;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(number, overview::dossiers))
        .routes(routes!(overview::overview))
        .routes(routes!(put_dossier, dossier))
        .routes(routes!(step))
        .routes(routes!(plan::put_plan, plan::plan))
        .routes(routes!(plan::approve))
        .routes(routes!(plan::changes))
        .routes(routes!(tax::send, tax::slips))
        .routes(routes!(tax::acknowledge))
        .routes(routes!(tax::cancel))
        .routes(routes!(tax::put_notice))
        .routes(routes!(tax::put_payment))
        .merge(others())
        .routes(routes!(papers::attach, papers::papers))
        .routes(routes!(papers::paper))
        .routes(routes!(printed::receipt))
        .routes(routes!(printed::apology))
        .routes(routes!(printed::tax_slip))
        .routes(routes!(printed::drawing))
}

fn others() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(citizens::follow))
        .routes(routes!(citizens::rate))
        .routes(routes!(citizens::report))
        .routes(routes!(citizens::postings))
        .routes(routes!(citizens::post_list))
        .routes(routes!(citizens::object))
        .routes(routes!(citizens::messages))
        .routes(routes!(citizens::moderate))
        .routes(routes!(rules::procedures))
        .routes(routes!(rules::put_procedure))
        .routes(routes!(rules::calendar))
        .routes(routes!(rules::put_calendar_day))
        .routes(routes!(rules::put_numbering))
        .routes(routes!(rules::delegate, rules::delegations))
        .routes(routes!(rules::end_delegation))
}

/// What is done by steps: the others come with a plan, a slip, a notice or a payment.
const STEPS: [Verb; 17] = [
    Verb::Receive,
    Verb::Refuse,
    Verb::Assign,
    Verb::Check,
    Verb::AskSupplement,
    Verb::Supplement,
    Verb::Pause,
    Verb::Resume,
    Verb::Extend,
    Verb::Approve,
    Verb::Sign,
    Verb::Return,
    Verb::AskWithdrawal,
    Verb::KeepOn,
    Verb::Withdraw,
    Verb::Stop,
    Verb::Reopen,
];

/// Takes a dossier in under the code that the one-stop system or the portal gave it.
///
/// The same again changes nothing. What differs corrects the dossier and needs `If-Match` with its ETag. Without `received_at` it
/// waits to be received.
#[utoipa::path(
    put, path = "/api/v1/dossiers/{code}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path, description = "`<agency>-<day>-<serial>`", example = "H29.3-261122-0001"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the dossier that is corrected")),
    request_body(content = Object, description = "`procedure`, `commune`, `channel` (1 direct, 2 online, 3 by post), `applicant` (`name`, `no`, `phone`), `summary`, `parcels` (ids), `branch`, `filed_at`, `received_at`, `paper_reason`"),
    responses(
        (status = 200, description = "It was there; the dossier", body = DossierAnswer),
        (status = 201, description = "It is new; the dossier", body = DossierAnswer),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_dossier(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
    headers: HeaderMap,
    InBody(filed): InBody<Filed>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let seen = (&code, seen(&headers)?);
    let (dossier, is_new) = server.app.put_dossier(&officer, seen, &filed).await?;
    written(&server, dossier, is_new).await
}

/// Files a dossier and numbers it here, where the province has no one-stop system that does (409 elsewhere).
#[utoipa::path(
    post, path = "/api/v1/dossiers", tag = "dossiers", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A second request with the same key gets the same dossier")),
    request_body(content = Object, description = "As for `PUT /api/v1/dossiers/{code}`"),
    responses(
        (status = 200, description = "It was filed by an earlier request with the same key", body = DossierAnswer),
        (status = 201, description = "The dossier", body = DossierAnswer),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn number(
    server: Shared,
    Officer(officer): Officer,
    headers: HeaderMap,
    InBody(filed): InBody<Filed>,
) -> Result<Response, Problem> {
    let key = desk::key(&headers)?;
    let (dossier, is_new) = server.app.number_dossier(&officer, &filed, key).await?;
    written(&server, dossier, is_new).await
}

/// A dossier with its steps, its clock and what is allowed now.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "The dossier", body = DossierAnswer), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn dossier(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let case = server.app.dossier(&asker.reader(), &code).await?;
    Ok(tagged(
        StatusCode::OK,
        case.dossier.version,
        &DossierAnswer::of(case),
    ))
}

/// Takes a step: `receive`, `refuse`, `assign` (to `officer`), `check`, `ask-supplement`, `supplement`, `pause`, `resume`, `extend`,
/// `approve`, `sign`, `return`, `ask-withdrawal`, `keep-on`, `withdraw`, `stop`, `reopen`.
///
/// Steps that others have to be told why need `reason`. A step that is not allowed from where the dossier stands is refused with what is.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/steps/{verb}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("verb" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag of the dossier")),
    request_body(content = Object, description = "`reason`, `officer`"),
    responses((status = 200, description = "The dossier", body = DossierAnswer), (status = "4XX", description = "A problem (RFC 9457); `wrong-move` carries `step`, `status` and `allowed`", body = Problem, content_type = "application/problem+json"))
)]
pub async fn step(
    server: Shared,
    Officer(officer): Officer,
    InPath((code, verb)): InPath<(String, String)>,
    headers: HeaderMap,
    InBody(act): InBody<Act>,
) -> Result<Response, Problem> {
    let code = readable(&code)?;
    let verb = Verb::of(&verb).filter(|verb| STEPS.contains(verb));
    let verb = verb.ok_or_else(|| {
        let known: Vec<&str> = STEPS.iter().map(|verb| verb.name()).collect();
        Problem::bad_parameter(format!("the steps are {}", known.join(", ")))
    })?;
    let seen = (&code, seen(&headers)?);
    let dossier = server.app.step_dossier(&officer, seen, verb, &act).await?;
    written(&server, dossier, false).await
}

/// The code of the path.
pub(super) fn readable(code: &str) -> Result<DossierCode, Problem> {
    DossierCode::parse(code).map_err(|error| Problem::bad_parameter(error.to_string()))
}

/// The version of `If-Match`.
pub(super) fn seen(headers: &HeaderMap) -> Result<Option<i32>, Problem> {
    let Some(field) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let tag = field.to_str().ok().map(str::trim);
    let version = tag
        .and_then(|tag| tag.strip_prefix("\"v")?.strip_suffix('"'))
        .and_then(|version| version.parse().ok());
    let unreadable =
        || Problem::bad_parameter("If-Match must hold the dossier's ETag, such as \"v3\"");
    version.map(Some).ok_or_else(unreadable)
}

/// The answer after a dossier was written.
pub(super) async fn written(
    server: &Server,
    dossier: Dossier,
    is_new: bool,
) -> Result<Response, Problem> {
    let code = dossier.code.clone();
    let case = server.app.written_dossier(&code).await?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let mut response = tagged(status, case.dossier.version, &DossierAnswer::of(case));
    if is_new && let Ok(location) = HeaderValue::try_from(format!("/api/v1/dossiers/{code}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// An answer with the dossier's ETag, that stays in no cache.
pub(super) fn tagged(status: StatusCode, version: i32, body: &impl serde::Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(tag) = HeaderValue::try_from(format!("\"v{version}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}
