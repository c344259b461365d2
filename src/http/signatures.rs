//! Papers are signed, and signed papers read.

use super::auth::Officer;
use super::documents::document_code;
use super::dossier::content;
use super::extract::{InPath, InQuery};
use super::{Problem, Shared};
use crate::documents::Seat;
use axum::extract::{OriginalUri, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

/// In whose place.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct As {
    /// `officer` for who made the paper, `office` for an approver who did not.
    #[serde(rename = "as")]
    #[param(value_type = String, example = "officer")]
    seat: Seat,
}

/// Signs a paper (PAdES): the body is the file as it was handed out, or as it was signed last, byte for byte. The answer is the signed
/// file; what the body had is its beginning. Keys and tokens are the server's (`diaba serve --signers`).
#[utoipa::path(
    post, path = "/api/v1/documents/{code}/signatures", tag = "documents", security(("token" = [])),
    params(("code" = String, Path, description = "The code on the paper"), As),
    request_body(content = Vec<u8>, content_type = "application/pdf"),
    responses((status = 200, description = "The signed file", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"), (status = 503, description = "The key, token or time-stamping authority does not answer", body = Problem, content_type = "application/problem+json"))
)]
pub async fn sign(
    server: Shared,
    Officer(officer): Officer,
    InPath(code): InPath<String>,
    InQuery(seat): InQuery<As>,
    request: Request,
) -> Result<Response, Problem> {
    let code = document_code(&code)?;
    let file = content(request.into_body()).await?;
    let signed = server
        .app
        .sign_paper(&officer, (&code, seat.seat), file)
        .await?;
    Ok(signed_file(&code, signed))
}

/// The signed file of a paper, with all its signatures.
#[utoipa::path(
    get, path = "/api/v1/documents/{code}/signed.pdf", tag = "documents", security(("token" = [])),
    params(("code" = String, Path, description = "The code on the paper")),
    responses((status = 200, description = "The signed file", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn signed(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(code): InPath<String>,
) -> Result<Response, Problem> {
    let (code, request) = (document_code(&code)?, format!("GET {}", uri.path()));
    let file = server.app.signed_paper(&officer, &code, &request).await?;
    Ok(signed_file(&code, file))
}

fn signed_file(code: &str, file: Vec<u8>) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{code}.pdf\""),
        ),
        (
            header::LINK,
            format!("</api/v1/documents/{code}>; rel=\"describedby\""),
        ),
    ];
    (fields, file).into_response()
}
