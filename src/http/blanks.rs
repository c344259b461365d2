//! The stock book of blanks (*sổ theo dõi phôi Giấy chứng nhận*).

use super::auth::Officer;
use super::extract::{InBody, InPath};
use super::{Problem, Shared};
use crate::app::{BlankError, BlankWanted};
use crate::domain::BlankRange;
use crate::policy::Duty;
use crate::store::{BlankBalance, BlankEntry};
use axum::Json;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;

/// How many blanks of a series and form there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Balance {
    /// The letters.
    #[schema(example = "AA")]
    series: String,
    /// How many digits a serial has.
    #[schema(example = 8)]
    digits: i16,
    /// Received.
    received: i64,
    /// With a valid print on them.
    used: i64,
    /// Spoilt, and not destroyed yet.
    spoilt: i64,
    /// Destroyed.
    destroyed: i64,
    /// Left to be used.
    left: i64,
}

/// The stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stock {
    /// By series and form.
    balances: Vec<Balance>,
}

/// An entry on a blank.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// `received`, `used`, `spoilt` or `destroyed`.
    #[serde(rename = "entry")]
    kind: String,
    /// The paper that it rests on.
    reference: String,
    /// Who entered it.
    officer: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    entered_at: time::OffsetDateTime,
}

/// A blank.
#[derive(Debug, Serialize, ToSchema)]
pub struct Blank {
    /// Its serial.
    #[schema(example = "AA 00000017")]
    serial: String,
    /// Its entries.
    entries: Vec<Entry>,
}

/// Enters what happened to blanks.
///
/// `{"entry": "received", "series": "AA", "digits": 8, "first": 1, "last": 500, "reference": "PX 12/2026"}`; entries are `received`,
/// `used` (one blank; the reference is the certificate's entry number), `spoilt` (why) and `destroyed` (the minutes). An entry is made
/// for all of its blanks or for none; the book is never changed.
#[utoipa::path(
    post, path = "/api/v1/blanks", tag = "desk", security(("token" = [])), request_body(content = Object, description = "The entry"),
    responses((status = 201, description = "Entered: the stock", body = Stock), (status = "4XX", description = "A problem (RFC 9457); `blanks-refused` names every blank and why", body = Problem, content_type = "application/problem+json"))
)]
pub async fn enter(
    server: Shared,
    Officer(officer): Officer,
    InBody(wanted): InBody<BlankWanted>,
) -> Result<(StatusCode, Json<Stock>), Problem> {
    officer.may(Duty::Handle)?;
    server.app.enter_blanks(&wanted, &officer.name).await?;
    Ok((StatusCode::CREATED, Json(read(&server).await?)))
}

/// How many blanks there are.
#[utoipa::path(
    get, path = "/api/v1/blanks", tag = "desk", security(("token" = [])),
    responses((status = 200, description = "The stock", body = Stock), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn stock(server: Shared, Officer(officer): Officer) -> Result<Json<Stock>, Problem> {
    officer.may(Duty::See)?;
    Ok(Json(read(&server).await?))
}

/// What became of a blank: `AA00000017`.
#[utoipa::path(
    get, path = "/api/v1/blanks/{serial}", tag = "desk", security(("token" = [])), params(("serial" = String, Path)),
    responses((status = 200, description = "Its entries", body = Blank), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn blank(
    server: Shared,
    Officer(officer): Officer,
    InPath(serial): InPath<String>,
) -> Result<Json<Blank>, Problem> {
    officer.may(Duty::See)?;
    let unknown = || {
        let detail = format!("no blank of the serial {serial:?} was ever received");
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-blank",
            "No such blank",
            detail,
        )
    };
    let range = BlankRange::one(&serial).ok_or_else(unknown)?;
    let entries = server.app.blank_entries(&range).await?;
    if entries.is_empty() {
        return Err(unknown());
    }
    let entry = |entry: BlankEntry| Entry {
        kind: entry.entry,
        reference: entry.reference,
        officer: entry.officer,
        entered_at: entry.entered_at,
    };
    Ok(Json(Blank {
        serial: range.serial(range.first),
        entries: entries.into_iter().map(entry).collect(),
    }))
}

async fn read(server: &Shared) -> Result<Stock, Problem> {
    let balances = server.app.blank_balances().await?;
    let balance = |balance: BlankBalance| Balance {
        left: balance.received - balance.used - balance.spoilt - balance.destroyed,
        series: balance.series,
        digits: balance.digits,
        received: balance.received,
        used: balance.used,
        spoilt: balance.spoilt,
        destroyed: balance.destroyed,
    };
    Ok(Stock {
        balances: balances.into_iter().map(balance).collect(),
    })
}

impl From<BlankError> for Problem {
    fn from(error: BlankError) -> Self {
        let detail = error.to_string();
        match error {
            BlankError::App(error) => error.into(),
            BlankError::Unsound(_) => Self::bad_parameter(detail),
            BlankError::Refused(faults) => Self::new(
                StatusCode::CONFLICT,
                "blanks-refused",
                "The book of blanks says otherwise",
                format!("{detail}; nothing was entered"),
            )
            .with(Map::from_iter([("blanks".to_owned(), json!(faults))])),
        }
    }
}
