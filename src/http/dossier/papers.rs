//! Papers of dossiers.

use super::super::auth::Officer;
use super::super::extract::{InPath, InQuery};
use super::super::{Problem, Shared};
use super::answer::moment;
use super::readable;
use crate::app::dossier::{Paper, hex};
use crate::store::PaperRow;
use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use utoipa::IntoParams;

/// The largest paper.
const MAX_PAPER_BYTES: usize = 20 << 20;
/// How much is listened to before it is told that it is too large.
const HEARD_BYTES: usize = 4 * MAX_PAPER_BYTES;
/// How long it may take to arrive.
const PAPER_TIME: Duration = Duration::from_mins(2);

/// What a paper is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// The code of the kind: `HDCQ`, `HDTHC`, `PCT`, `PKTHS`, `GCN`, `GTLQ` …
    #[param(example = "GTLQ")]
    kind: String,
    /// What it is called.
    name: String,
    /// 0 original, 1 copy, 2 electronic.
    #[param(default = 2)]
    copy: Option<i16>,
}

/// Attaches a paper: the body is a PDF, JPEG or PNG of 20 MB at most. The same again changes nothing.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/attachments", tag = "dossiers", security(("token" = [])), params(("code" = String, Path), About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "The papers of the dossier", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn attach(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
    InQuery(about): InQuery<About>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let code = readable(&code)?;
    let content = content(request.into_body()).await?;
    let paper = Paper {
        kind: about.kind,
        name: about.name,
        copy_kind: about.copy.unwrap_or(2),
        content,
    };
    let papers = server.app.attach(&officer, &code, paper).await?;
    Ok(Json(answer(papers)))
}

/// A body as a whole, in the time that it may take.
pub async fn content(body: Body) -> Result<Vec<u8>, Problem> {
    let content = tokio::time::timeout(PAPER_TIME, heard(body)).await;
    content.map_err(|_| Problem::body_too_slow())?
}

/// One that is somewhat too large is heard to its end: most clients read no answer before they have sent all.
async fn heard(body: Body) -> Result<Vec<u8>, Problem> {
    let mut content = Vec::new();
    let mut heard_bytes = 0;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| Problem::bad_parameter(error.to_string()))?;
        heard_bytes += piece.len();
        if heard_bytes > HEARD_BYTES {
            break;
        }
        if heard_bytes <= MAX_PAPER_BYTES {
            content.extend_from_slice(&piece);
        }
    }
    if heard_bytes > MAX_PAPER_BYTES {
        return Err(Problem::body_too_large(MAX_PAPER_BYTES));
    }
    Ok(content)
}

/// The papers of a dossier.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/attachments", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "The papers, with the SHA-256 of their contents", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn papers(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
) -> Result<Json<Value>, Problem> {
    let papers = server.app.papers(&officer, &readable(&code)?).await?;
    Ok(Json(answer(papers)))
}

/// The content of a paper. Each reading stands in the access ledger.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/attachments/{ordinal}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("ordinal" = i32, Path)),
    responses((status = 200, description = "The content", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn paper(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath((code, ordinal)): InPath<(String, i32)>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let code = readable(&code)?;
    let (content, media_type) = server
        .app
        .paper(&officer, (&code, ordinal), &request)
        .await?;
    let mut response = content.into_response();
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::try_from(media_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What somebody sent in is shown, never run.
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox"),
    );
    Ok(response)
}

fn answer(papers: Vec<PaperRow>) -> Value {
    let paper = |paper: PaperRow| {
        json!({
            "ordinal": paper.ordinal, "kind": paper.kind, "name": paper.name, "copy": paper.copy_kind, "sha256": hex(&paper.sha256),
            "size_bytes": paper.size_bytes, "media_type": paper.media_type, "attached_by": paper.attached_by,
            "attached_at": moment(paper.attached_at),
        })
    };
    json!({ "attachments": papers.into_iter().map(paper).collect::<Vec<_>>() })
}
