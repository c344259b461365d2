//! What goes wrong with papers, as problems.

use super::past::no_such_certificate;
use super::{Problem, desk};
use crate::app::PaperError;
use crate::documents::{DocumentError, SignError};
use axum::http::StatusCode;
use serde_json::{Map, json};

impl From<PaperError> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm for each problem")]
    fn from(error: PaperError) -> Self {
        let detail = error.to_string();
        match error {
            PaperError::App(error) => error.into(),
            PaperError::NoSuchParcel => Self::no_such_parcel(),
            PaperError::Denied(denial) => denial.into(),
            PaperError::Desk(error) => desk::problem(error),
            PaperError::Dossier(error) => error.into(),
            PaperError::Blank(error) => error.into(),
            PaperError::Signing(error) => signing(error),
            PaperError::Document(error) => document(&error),
            PaperError::NoSuchOperation(id) => desk::no_such_operation(id),
            PaperError::NoSuchCertificate(_) => no_such_certificate(detail),
            PaperError::Purpose(_) => Self::bad_parameter(detail),
            PaperError::NotReceived(_) => Self::new(
                StatusCode::CONFLICT,
                "dossier-not-received",
                "The dossier was not received",
                detail,
            ),
            PaperError::NotLate(_) => Self::new(
                StatusCode::CONFLICT,
                "dossier-not-late",
                "The dossier is not late",
                detail,
            ),
            PaperError::NoSuchCommune(_) | PaperError::NoSuchSheet(_) => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-register",
                "No such register",
                detail,
            ),
            PaperError::NothingDrawn => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "nothing-to-draw",
                "There is nothing to draw",
                format!("{detail}: only splits, merges and new outlines have drawings"),
            ),
            PaperError::Withheld(_) => Self::new(
                StatusCode::FORBIDDEN,
                "land-withheld",
                "The details of this land are withheld",
                format!("{detail}: defence and public security"),
            ),
            PaperError::CertificateEnded(_) => Self::new(
                StatusCode::CONFLICT,
                "certificate-ended",
                "The certificate is not valid any more",
                detail,
            ),
            PaperError::NotAsIssued { .. } => Self::new(
                StatusCode::CONFLICT,
                "certificate-changed",
                "The certificate is not what it was issued as",
                format!(
                    "{detail}: write the changes on it (/notes.pdf), or issue another in exchange"
                ),
            ),
            PaperError::Unsigned(_) | PaperError::NoForm { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "no-certificate-form",
                "The certificate has no form to print",
                format!(
                    "{detail}; the form follows the day of signature and the digits of the serial"
                ),
            ),
            PaperError::PrinterUnknown { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "printer-unknown",
                "The printer was not measured",
                format!(
                    "{detail}: print on plain paper, measure, and put it into /api/v1/printers"
                ),
            ),
            PaperError::NothingNoted(_) => Self::new(
                StatusCode::NOT_FOUND,
                "nothing-noted",
                "Nothing is to be written",
                detail,
            ),
            PaperError::NoSuchDocument => Self::new(
                StatusCode::NOT_FOUND,
                "no-such-document",
                "No such document",
                detail,
            ),
            PaperError::OtherFile(sha256) => Self::new(
                StatusCode::CONFLICT,
                "another-file",
                "The file is not this paper",
                detail,
            )
            .with(Map::from_iter([("sha256".to_owned(), json!(sha256))])),
            PaperError::NotTheMaker(_) | PaperError::OwnPaper(_) => Self::new(
                StatusCode::FORBIDDEN,
                "not-the-signer",
                "Another officer signs this",
                detail,
            ),
            PaperError::NotApproved(_) => Self::new(
                StatusCode::CONFLICT,
                "dossier-not-approved",
                "The dossier is not approved",
                detail,
            ),
            PaperError::NoKey(_) => Self::new(
                StatusCode::CONFLICT,
                "no-signing-key",
                "There is no key to sign with",
                format!("{detail}: `diaba serve --signers` names the file of keys"),
            ),
            PaperError::SignedMeanwhile => signed_already(&detail),
            PaperError::Unsealed => Self::new(
                StatusCode::NOT_FOUND,
                "document-not-signed",
                "The paper is not signed",
                detail,
            ),
        }
    }
}

fn document(error: &DocumentError) -> Problem {
    let detail = error.to_string();
    match error {
        DocumentError::TooLong { .. } => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too-long-for-blank",
            "Too long for its place on the blank",
            format!("{detail}: give the template smaller letters, or write fewer notes at once"),
        ),
        _ => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too-large-to-draw",
            "Too large for the drawing",
            format!("{detail}: give the template a smaller scale or larger paper"),
        ),
    }
}

fn signed_already(detail: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "signed-already",
        "The paper is signed already",
        format!("{detail}: /signed.pdf has it"),
    )
}

fn signing(error: SignError) -> Problem {
    let detail = error.to_string();
    match error {
        SignError::Signed(_) => signed_already(&detail),
        SignError::NoSeat(_) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-signature-place",
            "The paper has no place for this signature",
            detail,
        ),
        SignError::NotValid { .. } => Problem::new(
            StatusCode::CONFLICT,
            "signing-certificate-not-valid",
            "The signer's certificate does not hold now",
            format!("{detail}: have it renewed; nothing was signed"),
        ),
        SignError::TimeStamp(_) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a paper could not be time-stamped");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "time-stamp-unavailable",
                "The time-stamping authority gives no time-stamp",
                "try again later; whoever keeps the keys finds the reason in the log; nothing was signed",
            )
        }
        error => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a paper could not be signed");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "signing-key-unavailable",
                "The key or token does not answer",
                "whoever keeps the keys finds the reason in the log; nothing was signed",
            )
        }
    }
}
