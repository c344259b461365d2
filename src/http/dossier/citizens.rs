//! What citizens may do: follow, report, object, rate; and officers who read that.

use super::super::auth::{Officer, ReadingOfficer};
use super::super::extract::{InBody, InPath, InQuery};
use super::super::sender::Sender;
use super::super::{Problem, Shared};
use super::answer::moment;
use super::readable;
use crate::app::dossier::{Followed, Rating, Saying};
use crate::domain::ParcelId;
use crate::store::{Message, NoticeRow, Posting, StepRow};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

/// Who asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Proof {
    /// The last four digits of the telephone or personal number that the dossier was filed with: shows more.
    #[param(example = "1234")]
    proof: Option<String>,
}

/// Where a dossier stands, for everybody who knows its code: steps without names, and when it is due.
///
/// With `proof` also what is missing, why an officer stopped the clock, what has to be paid, and the parcels. Five wrong proofs close that for a quarter of an hour.
#[utoipa::path(
    get, path = "/api/v1/follow/{code}", tag = "citizens", params(("code" = String, Path), Proof),
    responses((status = 200, description = "Where it stands", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn follow(
    server: Shared,
    InPath(code): InPath<String>,
    InQuery(Proof { proof }): InQuery<Proof>,
) -> Result<Response, Problem> {
    let followed = server
        .app
        .follow_dossier(&readable(&code)?, proof.as_deref())
        .await?;
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((no_store, Json(answer(followed))).into_response())
}

fn answer(followed: Followed) -> Value {
    let (case, own) = (followed.case, followed.own);
    let dossier = case.dossier;
    let step = case
        .procedure
        .steps
        .iter()
        .find(|named| named.step == dossier.step);
    let (status_vi, status_en) = dossier.status.names();
    let is_own = own.is_some();
    // What an officer wrote is for the applicant; what a step is called is for everybody.
    let paused_for = dossier.paused_for.as_deref();
    let shown = paused_for.filter(|reason| is_own || dossier.step.pause() == Some(reason));
    let taken = |row: &StepRow| {
        let mut taken =
            json!({ "step": row.to_step, "status": row.to_status, "at": moment(row.at) });
        if is_own && row.verb == "ask-supplement" {
            taken["reason"] = json!(row.reason);
        }
        taken
    };
    let mut answer = json!({
        "code": dossier.code, "procedure_vi": case.procedure.name_vi, "procedure_en": case.procedure.name_en,
        "status": dossier.status.number(), "status_vi": status_vi, "status_en": status_en,
        "step": dossier.step, "step_vi": step.map(|named| &named.name_vi), "step_en": step.map(|named| &named.name_en),
        "received_at": dossier.received_at.map(moment), "due_at": dossier.due_at.map(moment), "is_late": case.is_late,
        "is_paused": paused_for.is_some(), "paused_for": shown, "steps": case.steps.iter().map(taken).collect::<Vec<_>>(),
    });
    if let Some(notices) = own {
        let notice = |NoticeRow {
                          notice, paid_vnd, ..
                      }| {
            json!({
                "notice_no": notice.notice_no, "kind": notice.kind, "amount_vnd": notice.amount_vnd, "paid_vnd": paid_vnd,
                "pay_until": notice.pay_until.map(|day| day.to_string()),
            })
        };
        answer["summary"] = json!(dossier.summary);
        answer["parcels"] = dossier.parcels.iter().map(|id| i64::from(*id)).collect();
        answer["notices"] = notices.into_iter().map(notice).collect();
    }
    answer
}

/// Reports an error on a parcel. An officer reads it before anybody else does.
#[utoipa::path(
    post, path = "/api/v1/parcels/{id}/reports", tag = "citizens", params(("id" = i64, Path)),
    request_body(content = Object, description = "`content` (2000 characters at most), `name`, `contact`"),
    responses((status = 202, description = "Kept", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn report(
    server: Shared,
    Sender(sender): Sender,
    InPath(id): InPath<i64>,
    InBody(saying): InBody<Saying>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let parcel = ParcelId::try_from(id).map_err(|_| Problem::no_such_parcel())?;
    Ok(kept(
        server.app.report_error(parcel, &saying, sender).await?,
    ))
}

/// Rates what came of a dossier, once.
#[utoipa::path(
    post, path = "/api/v1/follow/{code}/rating", tag = "citizens", params(("code" = String, Path)),
    request_body(content = Object, description = "`proof` (last four digits of telephone or number), `score` 5, 3 or 1, `time`, `attitude`, `papers` likewise, `content`"),
    responses((status = 202, description = "Kept", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn rate(
    server: Shared,
    InPath(code): InPath<String>,
    InBody(rating): InBody<Rating>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    Ok(kept(server.app.rate(&readable(&code)?, &rating).await?))
}

fn kept(id: i64) -> (StatusCode, Json<Value>) {
    (StatusCode::ACCEPTED, Json(json!({ "message": id })))
}

/// Which commune.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InCommune {
    /// Five digits.
    #[param(example = "99001")]
    commune: String,
}

/// The lists that hang in a commune today, for objections.
#[utoipa::path(
    get, path = "/api/v1/postings", tag = "citizens", params(InCommune),
    responses((status = 200, description = "The lists", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn postings(
    server: Shared,
    InQuery(InCommune { commune }): InQuery<InCommune>,
) -> Result<Json<Value>, Problem> {
    if commune.contains('\0') {
        return Err(Problem::bad_parameter("commune is five digits"));
    }
    let posting = |posting: Posting| {
        json!({
            "posting": posting.posting_id, "dossier": posting.code, "commune": posting.commune_code, "content": posting.content,
            "posted_on": posting.posted_on.to_string(), "until": posting.until.to_string(),
        })
    };
    let postings = server.app.postings(&commune).await?;
    Ok(Json(
        json!({ "postings": postings.into_iter().map(posting).collect::<Vec<_>>() }),
    ))
}

/// What a list says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    content: String,
}

/// Hangs a list of a dossier for objections, fifteen days long.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/postings", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    request_body(content = Object, description = "`content`"),
    responses((status = 201, description = "It hangs", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn post_list(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
    InBody(list): InBody<List>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = server
        .app
        .post_list(&officer, &readable(&code)?, &list.content)
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "posting": id }))))
}

/// Objects to a list that hangs. An officer reads it before anybody else does.
#[utoipa::path(
    post, path = "/api/v1/postings/{id}/objections", tag = "citizens", params(("id" = i64, Path)),
    request_body(content = Object, description = "`content` (2000 characters at most), `name`, `contact`"),
    responses((status = 202, description = "Kept", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn object(
    server: Shared,
    Sender(sender): Sender,
    InPath(id): InPath<i64>,
    InBody(saying): InBody<Saying>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    Ok(kept(server.app.object(id, &saying, sender).await?))
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InState {
    /// `new` (default), `accepted`, `rejected` or `spam`.
    state: Option<String>,
    /// Where the page before ended.
    after: Option<i64>,
}

/// What citizens of your area said, 100 at a time.
#[utoipa::path(
    get, path = "/api/v1/messages", tag = "dossiers", security(("token" = [])), params(InState),
    responses((status = 200, description = "The messages", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn messages(
    server: Shared,
    asker: ReadingOfficer,
    InQuery(wanted): InQuery<InState>,
) -> Result<Json<Value>, Problem> {
    let state = wanted.state.as_deref().unwrap_or("new");
    let message = |message: Message| {
        json!({
            "message": message.citizen_message_id, "kind": message.kind, "commune": message.commune_code, "parcel_id": message.parcel_id,
            "posting": message.posting_id, "dossier": message.dossier, "content": message.content, "name": message.name,
            "contact": message.contact, "score": message.score, "criteria": message.criteria.map(|criteria| criteria.0),
            "state": message.state, "answer": message.answer, "moderated_by": message.moderated_by, "at": moment(message.made_at),
        })
    };
    let messages = server
        .app
        .messages(&asker.reader(), state, wanted.after.unwrap_or(0))
        .await?;
    Ok(Json(
        json!({ "messages": messages.into_iter().map(message).collect::<Vec<_>>() }),
    ))
}

/// How a message is judged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    state: String,
    #[serde(default)]
    answer: Option<String>,
}

/// Judges what a citizen said.
#[utoipa::path(
    put, path = "/api/v1/messages/{id}", tag = "dossiers", security(("token" = [])), params(("id" = i64, Path)),
    request_body(content = Object, description = "`state` (`accepted`, `rejected`, `spam`), `answer`"),
    responses((status = 200, description = "Done", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn moderate(
    server: Shared,
    Officer(officer): Officer,
    InPath(id): InPath<i64>,
    InBody(judgement): InBody<Judgement>,
) -> Result<Json<Value>, Problem> {
    let judged = (&*judgement.state, judgement.answer.as_deref());
    server.app.moderate(&officer, id, judged).await?;
    Ok(Json(json!({ "message": id, "state": judgement.state })))
}
