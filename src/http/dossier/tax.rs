//! Slips to the tax office, notices and payments from it.

use super::super::auth::{Asker, Officer, ReadingOfficer};
use super::super::extract::{InBody, InPath};
use super::super::{Problem, Shared};
use super::answer::moment;
use super::readable;
use crate::app::dossier::{Declared, Exchange, TaxAsker};
use crate::domain::DossierCode;
use crate::store::{Notice, NoticeRow, Payment, SlipRow};
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use time::Date;

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// Sends the slip that tells the tax office what to assess. Where one was sent already, this corrects it, and needs `reason`.
///
/// From then on the clock stands until the notice has come.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/tax-slips", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    request_body(content = Object, description = "`contract_price_vnd`, `road`, `position`, `papers`, `exemption`, `assets`, `legal_basis`, `reason`"),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn send(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
    InBody(declared): InBody<Declared>,
) -> Result<Json<Value>, Problem> {
    let exchange = server
        .app
        .send_slip(&asker.reader(), &readable(&code)?, &declared)
        .await?;
    Ok(Json(answer(exchange)))
}

/// Slips, notices and payments of a dossier. `content` is `null` for who may see the dossier and read of no persons.
#[utoipa::path(
    get, path = "/api/v1/dossiers/{code}/tax-slips", tag = "dossiers", security(("token" = [])), params(("code" = String, Path)),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn slips(
    server: Shared,
    asker: ReadingOfficer,
    InPath(code): InPath<String>,
) -> Result<Json<Value>, Problem> {
    let code = readable(&code)?;
    let exchange = server.app.exchange(&asker.reader(), &code).await?;
    Ok(Json(answer(exchange)))
}

/// What the tax office calls the slip.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    #[serde(default)]
    reference: Option<String>,
}

/// The tax office has the slip. By its own system (a client whose agreement is with a tax office) or by an officer.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/tax-slips/{slip_no}/acknowledge", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("slip_no" = i32, Path)), request_body(content = Object, description = "`reference`"),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn acknowledge(
    server: Shared,
    asker: Asker,
    InPath((code, slip_no)): InPath<(String, i32)>,
    InBody(receipt): InBody<Receipt>,
) -> Result<Json<Value>, Problem> {
    let (asker, code) = tax_office(&server, asker, &code).await?;
    let reference = receipt.reference.as_deref();
    if reference.is_some_and(|reference| reference.len() > 200 || reference.contains('\0')) {
        return Err(Problem::bad_parameter("reference has at most 200 bytes"));
    }
    let exchange = server
        .app
        .acknowledge_slip(&asker, (&code, slip_no), reference)
        .await?;
    Ok(Json(answer(exchange)))
}

/// Why a slip is cancelled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancelling {
    #[serde(default)]
    reason: String,
}

/// Cancels a slip: the dossier is where it was before it was sent, and the clock goes on.
#[utoipa::path(
    post, path = "/api/v1/dossiers/{code}/tax-slips/{slip_no}/cancel", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("slip_no" = i32, Path)), request_body(content = Object, description = "`reason`"),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn cancel(
    server: Shared,
    Officer(officer): Officer,
    InPath((code, slip_no)): InPath<(String, i32)>,
    InBody(cancelling): InBody<Cancelling>,
) -> Result<Json<Value>, Problem> {
    let slip = (&readable(&code)?, slip_no);
    let exchange = server
        .app
        .cancel_slip(&officer, slip, &cancelling.reason)
        .await?;
    Ok(Json(answer(exchange)))
}

/// What a notice says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeBody {
    kind: String,
    amount_vnd: i64,
    #[serde(with = "day")]
    issued_on: Date,
    #[serde(default, with = "day::option")]
    pay_until: Option<Date>,
}

/// A notice of the tax office; the same again changes nothing. The citizen has to pay from then on.
#[utoipa::path(
    put, path = "/api/v1/dossiers/{code}/notices/{notice_no}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("notice_no" = String, Path, description = "The tax office's number")),
    request_body(content = Object, description = "`kind` (`land-use-fee`, `land-rent`, `registration-fee`, `personal-income-tax`, `other`), `amount_vnd`, `issued_on`, `pay_until`"),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_notice(
    server: Shared,
    asker: Asker,
    InPath((code, notice_no)): InPath<(String, String)>,
    InBody(body): InBody<NoticeBody>,
) -> Result<Json<Value>, Problem> {
    let (asker, code) = tax_office(&server, asker, &code).await?;
    let notice = Notice {
        notice_no,
        kind: body.kind,
        amount_vnd: body.amount_vnd,
        issued_on: body.issued_on,
        pay_until: body.pay_until,
    };
    let exchange = server.app.take_notice(&asker, &code, &notice).await?;
    Ok(Json(answer(exchange)))
}

/// What a payment says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentBody {
    notice_no: String,
    amount_vnd: i64,
    #[serde(with = "day")]
    paid_on: Date,
}

/// A payment on a notice; the same again changes nothing. When every notice is paid the office goes on.
#[utoipa::path(
    put, path = "/api/v1/dossiers/{code}/payments/{payment_no}", tag = "dossiers", security(("token" = [])),
    params(("code" = String, Path), ("payment_no" = String, Path, description = "The bank's or treasury's number")),
    request_body(content = Object, description = "`notice_no`, `amount_vnd`, `paid_on`"),
    responses((status = 200, description = "Slips, notices and payments", body = Object), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn put_payment(
    server: Shared,
    asker: Asker,
    InPath((code, payment_no)): InPath<(String, String)>,
    InBody(body): InBody<PaymentBody>,
) -> Result<Json<Value>, Problem> {
    let (asker, code) = tax_office(&server, asker, &code).await?;
    let payment = Payment {
        payment_no,
        notice_no: body.notice_no,
        amount_vnd: body.amount_vnd,
        paid_on: body.paid_on,
    };
    let exchange = server.app.take_payment(&asker, &code, &payment).await?;
    Ok(Json(answer(exchange)))
}

/// The tax office's system, or an officer who brings what it says.
async fn tax_office(
    server: &Shared,
    Asker(asker): Asker,
    code: &str,
) -> Result<(TaxAsker, DossierCode), Problem> {
    let identity = asker.ok_or_else(Problem::not_authenticated)?;
    Ok((server.app.tax_asker(identity).await?, readable(code)?))
}

fn answer(exchange: Exchange) -> Value {
    let slip = |slip: SlipRow| {
        json!({
            "slip_no": slip.slip_no, "state": slip.state, "detail": slip.detail, "sent_by": slip.sent_by,
            "sent_at": moment(slip.sent_at), "content": slip.content,
        })
    };
    let notice = |row: NoticeRow| {
        let (notice, paid_vnd, is_cancelled) = (row.notice, row.paid_vnd, row.is_cancelled);
        json!({
            "notice_no": notice.notice_no, "kind": notice.kind, "amount_vnd": notice.amount_vnd, "paid_vnd": paid_vnd,
            "issued_on": notice.issued_on.to_string(), "pay_until": notice.pay_until.map(|day| day.to_string()),
            "is_cancelled": is_cancelled,
        })
    };
    json!({
        "slips": exchange.slips.into_iter().map(slip).collect::<Vec<_>>(),
        "notices": exchange.notices.into_iter().map(notice).collect::<Vec<_>>(),
    })
}
