//! Papers as PDF, and the check of a paper by its code.

use super::auth::Officer;
use super::extract::{InBody, InPath, InQuery};
use super::{Problem, Shared};
use crate::app::desk::{Signed, Wanted};
use crate::app::{PaperError, PaperFile, PaperQuery};
use crate::documents::hex;
use crate::domain::{CommuneCode, ParcelId, SheetKey};
use crate::policy;
use crate::store::SignatureRow;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a paper is for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct For {
    /// `register-keeping` (default) for the office itself; `paid-extract`, `consented-extract` for who asks for an extract;
    /// `own-data` for the holder; `public-information` for anybody. It decides what stands on the paper.
    #[param(example = "paid-extract")]
    purpose: Option<String>,
}

/// A parcel extract (*trích lục bản đồ địa chính*): map to scale, vertices, edges, area, holders as far as the purpose opens them.
#[utoipa::path(
    get, path = "/api/v1/parcels/{id}/extract.pdf", tag = "desk", params(("id" = i64, Path), For), security(("token" = [])),
    responses((status = 200, description = "The extract", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn extract(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
    InQuery(wanted): InQuery<For>,
) -> Result<Response, Problem> {
    let id = ParcelId::try_from(id).map_err(|_| Problem::no_such_parcel())?;
    let query = PaperQuery {
        officer: &officer,
        purpose: wanted.purpose.as_deref().unwrap_or("register-keeping"),
        request: &format!("GET {}", uri.path()),
    };
    let file = server.app.extract(id, &query).await?;
    Ok(pdf(file, &format!("trich-luc-{id}.pdf")))
}

/// The page of a parcel in the cadastral book (*sổ địa chính*).
#[utoipa::path(
    get, path = "/api/v1/parcels/{id}/register.pdf", tag = "desk", params(("id" = i64, Path), For), security(("token" = [])),
    responses((status = 200, description = "The page", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn cadastral_page(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
    InQuery(wanted): InQuery<For>,
) -> Result<Response, Problem> {
    let id = ParcelId::try_from(id).map_err(|_| Problem::no_such_parcel())?;
    let query = PaperQuery {
        officer: &officer,
        purpose: wanted.purpose.as_deref().unwrap_or("register-keeping"),
        request: &format!("GET {}", uri.path()),
    };
    let file = server.app.cadastral_page(id, &query).await?;
    Ok(pdf(file, &format!("so-dia-chinh-{id}.pdf")))
}

/// The index of a sheet's parcels (*sổ mục kê đất đai*).
#[utoipa::path(
    get, path = "/api/v1/communes/{commune}/sheets/{sheet_no}/parcel-index.pdf", tag = "desk", security(("token" = [])),
    params(("commune" = String, Path, description = "Commune code, five digits"), ("sheet_no" = i32, Path, description = "Sheet number")),
    responses((status = 200, description = "The index", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn parcel_index(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath((commune, sheet_no)): InPath<(String, i32)>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let sheet = SheetKey {
        commune: commune_code(&commune)?,
        sheet_no,
    };
    let file = server
        .app
        .parcel_index(sheet, &own(&officer, &request))
        .await?;
    Ok(pdf(file, &format!("so-muc-ke-{commune}-{sheet_no}.pdf")))
}

/// The book of the certificates of a sheet's parcels (*sổ cấp Giấy chứng nhận*).
#[utoipa::path(
    get, path = "/api/v1/communes/{commune}/sheets/{sheet_no}/certificates.pdf", tag = "desk", security(("token" = [])),
    params(("commune" = String, Path, description = "Commune code, five digits"), ("sheet_no" = i32, Path, description = "Sheet number")),
    responses((status = 200, description = "The book", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn certificate_book(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath((commune, sheet_no)): InPath<(String, i32)>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let sheet = SheetKey {
        commune: commune_code(&commune)?,
        sheet_no,
    };
    let file = server
        .app
        .certificate_book(sheet, &own(&officer, &request))
        .await?;
    Ok(pdf(file, &format!("so-cap-gcn-{commune}-{sheet_no}.pdf")))
}

/// Where a part of a book begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The last entry of the part before; the Link header of an answer with `rel="next"` has it.
    #[param(default = 0, minimum = 0)]
    after: Option<i64>,
}

/// The book of a commune's changes (*sổ theo dõi biến động đất đai*), 500 entries a file.
#[utoipa::path(
    get, path = "/api/v1/communes/{commune}/changes.pdf", tag = "desk", security(("token" = [])),
    params(("commune" = String, Path, description = "Commune code, five digits"), After),
    responses((status = 200, description = "The book", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn change_book(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(commune): InPath<String>,
    InQuery(wanted): InQuery<After>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let (code, after) = (commune_code(&commune)?, wanted.after.unwrap_or(0));
    let part = server
        .app
        .change_book(code, after, &own(&officer, &request))
        .await?;
    let mut response = pdf(part.file, &format!("so-bien-dong-{commune}.pdf"));
    let next = part
        .next_after
        .map(|after| format!("<{}?after={after}>; rel=\"next\"", uri.path()));
    if let Some(Ok(next)) = next.map(HeaderValue::try_from) {
        response.headers_mut().append(header::LINK, next);
    }
    Ok(response)
}

/// The drawing of operations that were committed (*bản vẽ tách thửa đất, hợp thửa đất*): before and after.
#[utoipa::path(
    get, path = "/api/v1/operations/{id}/drawing.pdf", tag = "desk", params(("id" = i64, Path)), security(("token" = [])),
    responses((status = 200, description = "The drawing", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn operation_drawing(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(id): InPath<i64>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let file = server
        .app
        .operation_drawing(id, &own(&officer, &request))
        .await?;
    Ok(pdf(file, &format!("ban-ve-{id}.pdf")))
}

/// The drawing of operations that are only planned; the body is that of `POST /api/v1/operations`, and nothing is changed.
#[utoipa::path(
    post, path = "/api/v1/operations/drawing.pdf", tag = "desk", security(("token" = [])),
    request_body(content = Object, description = "Operations and dossier"),
    responses((status = 200, description = "The drawing, marked as a draft", content_type = "application/pdf"), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn plan_drawing(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InBody(wanted): InBody<Wanted>,
) -> Result<Response, Problem> {
    let request = format!("POST {}", uri.path());
    let signed = Signed {
        officer: &officer,
        seen: &[],
        key: None,
    };
    let query = own(&officer, &request);
    let file = server.app.plan_drawing(&wanted, &signed, &query).await?;
    Ok(pdf(file, "ban-ve-du-thao.pdf"))
}

/// A paper for the office's own work.
pub(super) fn own<'a>(officer: &'a policy::Officer, request: &'a str) -> PaperQuery<'a> {
    PaperQuery {
        officer,
        purpose: "register-keeping",
        request,
    }
}

fn commune_code(text: &str) -> Result<CommuneCode, Problem> {
    CommuneCode::parse(text).map_err(|error| Problem::bad_parameter(error.to_string()))
}

/// A paper that was handed out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Document {
    /// The code on it.
    code: String,
    /// Its kind.
    #[schema(example = "extract")]
    kind: String,
    /// What it is about.
    subject: String,
    /// The day it is of.
    #[schema(value_type = String, format = Date)]
    issued_on: String,
    /// When it was first made.
    #[serde(with = "time::serde::rfc3339")]
    issued_at: time::OffsetDateTime,
    /// The register position that it was read at.
    register_position: i64,
    /// The digest (SHA-256) of the file before it was signed.
    sha256: String,
    /// Whether all that it shows is still so: its parcels with their uses, the rights in them where it names any, the certificate that it
    /// is printed on. Absent for papers that show no parcel's state, such as registers, drawings and letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_current: Option<bool>,
    /// Its signatures, in order.
    signatures: Vec<PaperSignature>,
}

/// A signature on a paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperSignature {
    /// `officer` or `office`.
    #[serde(rename = "as")]
    #[schema(example = "office")]
    seat: String,
    /// The name in the certificate.
    signer: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    signed_at: time::OffsetDateTime,
    /// The digest (SHA-256) of the file with this signature.
    sha256: String,
}

impl PaperSignature {
    fn of(row: SignatureRow) -> Self {
        Self {
            seat: row.seat,
            signer: row.signer,
            signed_at: row.signed_at,
            sha256: hex(&row.file_sha256),
        }
    }
}

/// Whether a paper was handed out by this office, and still holds: where the QR code of a paper leads.
#[utoipa::path(
    get, path = "/api/v1/documents/{code}", tag = "documents", params(("code" = String, Path, description = "The code, with or without hyphens")),
    responses((status = 200, description = "The paper", body = Document), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn document(
    server: Shared,
    InPath(code): InPath<String>,
) -> Result<Json<Document>, Problem> {
    let code = document_code(&code)?;
    let document = server
        .app
        .issued_document(&code)
        .await?
        .ok_or(PaperError::NoSuchDocument)?;
    let signatures = server.app.signatures(&code).await?;
    Ok(Json(Document {
        signatures: signatures.into_iter().map(PaperSignature::of).collect(),
        code: document.code,
        kind: document.kind,
        subject: document.subject,
        issued_on: document.issued_on.to_string(),
        issued_at: document.issued_at,
        register_position: document.position.0,
        sha256: hex(&document.sha256),
        is_current: document.is_current,
    }))
}

/// The code of the path, as it is kept; without hyphens.
pub(super) fn document_code(code: &str) -> Result<String, Problem> {
    let code: String = code
        .chars()
        .filter(|letter| *letter != '-')
        .flat_map(char::to_uppercase)
        .collect();
    let is_code = code.len() == 16 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code {
        Ok(code)
    } else {
        Err(PaperError::NoSuchDocument.into())
    }
}

/// A file that stays in no cache on its way.
pub(super) fn pdf(file: PaperFile, name: &str) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}\""),
        ),
        (
            header::LINK,
            format!("</api/v1/documents/{}>; rel=\"describedby\"", file.code),
        ),
    ];
    (fields, file.bytes).into_response()
}
