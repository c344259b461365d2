//! Certificates on blanks, what is written on them later, and how far printers are off.

use super::auth::Officer;
use super::documents::{own, pdf};
use super::extract::{InBody, InPath, InQuery};
use super::{Problem, Shared};
use crate::app::NotesWanted;
use crate::policy::Duty;
use crate::store::PrinterOffset;
use axum::Json;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The farthest that a printer may be off.
const FARTHEST_MM: f64 = 20.0;
/// The longest table of changes.
const TABLE_MM: f64 = 200.0;

/// On which printer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct On {
    #[serde(default)]
    printer: Option<String>,
}

/// Prints a valid certificate, as it was issued, on the blank of its serial: what stands at which place of the form of the day that it was
/// signed, moved by what the printer is off. The blank is used from then on. It is printed again only while its holders, its land and what
/// lies on it are as they were, and nothing was written on it: after that there are `/notes.pdf` and another certificate in exchange. For
/// officers who handle dossiers where its parcels are.
#[utoipa::path(
    post, path = "/api/v1/certificates/{serial}/print.pdf", tag = "desk", security(("token" = [])),
    params(("serial" = String, Path, description = "As printed, with or without spaces", example = "AA 00000017")),
    request_body(content = Object, description = "`printer`, or `{}`"),
    responses((status = 200, description = "What is printed on the blank", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457); `blanks-refused` says why the blank cannot be used", body = Problem, content_type = "application/problem+json"))
)]
pub async fn print(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(serial): InPath<String>,
    InBody(on): InBody<On>,
) -> Result<Response, Problem> {
    let request = format!("POST {}", uri.path());
    let query = own(&officer, &request);
    let printer = on.printer.as_deref();
    let file = server
        .app
        .print_certificate(&serial, printer, &query)
        .await?;
    Ok(pdf(file, "giay-chung-nhan.pdf"))
}

/// What is written, and where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Written {
    /// The printer, where it is known how far it is off.
    #[param(example = "p1")]
    printer: Option<String>,
    /// Which of the notes, from 1; all, where none is said.
    #[param(minimum = 1)]
    note: Option<usize>,
    /// How much of the table of changes is written on already, in millimetres.
    #[param(default = 0, minimum = 0, maximum = 200)]
    after_mm: Option<f64>,
}

/// The changes that were registered on a valid certificate since its issue, to be printed on the certificate itself: at the place of its
/// form, whatever its age.
#[utoipa::path(
    get, path = "/api/v1/certificates/{serial}/notes.pdf", tag = "desk", security(("token" = [])),
    params(("serial" = String, Path, description = "As printed, with or without spaces", example = "BK 123456"), Written),
    responses((status = 200, description = "What is printed on the certificate", content_type = "application/pdf", body = Vec<u8>), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn notes(
    server: Shared,
    Officer(officer): Officer,
    uri: OriginalUri,
    InPath(serial): InPath<String>,
    InQuery(written): InQuery<Written>,
) -> Result<Response, Problem> {
    let request = format!("GET {}", uri.path());
    let after_mm = written.after_mm.unwrap_or_default();
    if !(0.0..=TABLE_MM).contains(&after_mm) {
        let detail = format!("after_mm is between 0 and {TABLE_MM}");
        return Err(Problem::bad_parameter(detail));
    }
    let wanted = NotesWanted {
        printer: written.printer,
        note: written.note,
        after_mm,
    };
    let query = own(&officer, &request);
    let file = server
        .app
        .certificate_notes(&serial, &wanted, &query)
        .await?;
    Ok(pdf(file, "thay-doi-sau-khi-cap.pdf"))
}

/// What was measured on a printer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    form: String,
    right_mm: f64,
    down_mm: f64,
}

/// How far a printer is off on a form of certificates.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offset {
    /// The printer.
    #[schema(example = "p1")]
    printer: String,
    /// The form, by the year that it came.
    #[schema(example = "2024")]
    form: String,
    /// By how much what is printed is moved to the right.
    right_mm: f64,
    /// By how much it is moved down.
    down_mm: f64,
    /// Who measured it.
    officer: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    measured_at: time::OffsetDateTime,
}

/// The printers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Printers {
    /// What was measured last of each, by form.
    printers: Vec<Offset>,
}

/// Notes by how much what is printed has to be moved on a printer, for one form; the last that was measured counts.
#[utoipa::path(
    put, path = "/api/v1/printers/{printer}", tag = "desk", security(("token" = [])),
    params(("printer" = String, Path, description = "Its name: letters, digits, `.`, `_`, `-`", example = "p1")),
    request_body(content = Object, description = "`form` (`2009`, `2014`, `2024`, …), `right_mm`, `down_mm`, each between -20 and 20"),
    responses((status = 200, description = "The printers", body = Printers), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn measure(
    server: Shared,
    Officer(officer): Officer,
    InPath(printer): InPath<String>,
    InBody(measured): InBody<Measured>,
) -> Result<(StatusCode, Json<Printers>), Problem> {
    officer.may(Duty::Handle)?;
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    if !(1..=60).contains(&printer.len()) || !printer.chars().all(is_letter) {
        return Err(Problem::bad_parameter(
            "a printer's name has 1 to 60 letters, digits, dots, hyphens and underscores",
        ));
    }
    let is_near = |mm: f64| mm.abs() <= FARTHEST_MM;
    if !is_near(measured.right_mm) || !is_near(measured.down_mm) {
        let detail = format!("right_mm and down_mm are between -{FARTHEST_MM} and {FARTHEST_MM}");
        return Err(Problem::bad_parameter(detail));
    }
    let offset_mm = (measured.right_mm, measured.down_mm);
    let named = (&*printer, &*measured.form);
    if !server
        .app
        .measure_printer(named, offset_mm, &officer.name)
        .await?
    {
        let detail = format!("there is no form {:?} of certificates", measured.form);
        return Err(Problem::bad_parameter(detail));
    }
    Ok((StatusCode::OK, Json(read(&server).await?)))
}

/// How far printers are off.
#[utoipa::path(
    get, path = "/api/v1/printers", tag = "desk", security(("token" = [])),
    responses((status = 200, description = "The printers", body = Printers), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn printers(
    server: Shared,
    Officer(officer): Officer,
) -> Result<Json<Printers>, Problem> {
    officer.may(Duty::See)?;
    Ok(Json(read(&server).await?))
}

async fn read(server: &Shared) -> Result<Printers, Problem> {
    let offset = |row: PrinterOffset| Offset {
        printer: row.printer,
        form: row.form,
        right_mm: row.right_mm,
        down_mm: row.down_mm,
        officer: row.officer,
        measured_at: row.measured_at,
    };
    let rows = server.app.printers().await?;
    Ok(Printers {
        printers: rows.into_iter().map(offset).collect(),
    })
}
