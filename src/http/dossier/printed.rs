//! The papers of a dossier: receipt, letter of apology, tax slip, the drawing of its plan.

use super::super::auth::Officer;
use super::super::documents::{own, pdf};
use super::super::extract::{InBody, InPath};
use super::super::{Problem, Shared};
use super::readable;
use crate::app::Late;
use axum::extract::OriginalUri;
use axum::response::Response;

/// The receipt of a dossier (*giấy tiếp nhận hồ sơ và hẹn trả kết quả*), for who takes dossiers in. It is of the day of receipt and names
/// the time that was promised then, whatever happened since.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/receipt.pdf", tag = "dossiers", params(("code" = String, Path)), security(("token" = [])),
    responses((status = 200, description = "The receipt", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn receipt(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(code): InPath<String>,
) -> Result<Response, Problem> {
    let (code, request) = (readable(&code)?, format!("GET {}", uri.path()));
    let file = server.app.receipt(&code, &own(&officer, &request)).await?;
    Ok(pdf(file, &format!("giay-tiep-nhan-{code}.pdf")))
}

/// The letter that asks pardon for a late result and names a new day (*phiếu xin lỗi và hẹn lại ngày trả kết quả*), for who handles the
/// dossier. Only of a dossier that is late; the new day is a working day to come.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/apology.pdf", tag = "dossiers", params(("code" = String, Path)), security(("token" = [])),
    request_body(content = Object, description = "`reason`, `new_due`"),
    responses((status = 200, description = "The letter", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn apology(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(code): InPath<String>,
    InBody(late): InBody<Late>,
) -> Result<Response, Problem> {
    let (code, request) = (readable(&code)?, format!("POST {}", uri.path()));
    let query = own(&officer, &request);
    let file = server.app.apology(&code, &late, &query).await?;
    Ok(pdf(file, &format!("phieu-xin-loi-{code}.pdf")))
}

/// A slip to the tax office as a paper (*phiếu chuyển thông tin để xác định nghĩa vụ tài chính*), as it was sent.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/tax-slips/{slip_no}/slip.pdf", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("slip_no" = i32, Path)),
    responses((status = 200, description = "The slip", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn tax_slip(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath((code, slip_no)): InPath<(String, i32)>,
) -> Result<Response, Problem> {
    let (code, request) = (readable(&code)?, format!("GET {}", uri.path()));
    let query = own(&officer, &request);
    let file = server.app.tax_slip((&code, slip_no), &query).await?;
    Ok(pdf(
        file,
        &format!("phieu-chuyen-thong-tin-{code}-{slip_no}.pdf"),
    ))
}

/// The drawing of a dossier's plan: a draft until the plan is approved, then of what was committed.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/plan/drawing.pdf", tag = "dossiers", params(("code" = String, Path)), security(("token" = [])),
    responses((status = 200, description = "The drawing", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn drawing(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(code): InPath<String>,
) -> Result<Response, Problem> {
    let (code, request) = (readable(&code)?, format!("GET {}", uri.path()));
    let query = own(&officer, &request);
    let file = server.app.dossier_drawing(&code, &query).await?;
    Ok(pdf(file, &format!("ban-ve-{code}.pdf")))
}
