//! Problems (RFC 9457): the one form of every error.

use crate::app::AppError;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use std::any::Any;
use std::error::Error;
use utoipa::ToSchema;

/// A problem as RFC 9457 has it, with a stable code.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    kind: String,
    /// The code in words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// Stable kebab-case code.
    code: &'static str,
    /// What is wrong with this request, and what to do.
    detail: String,
    /// What a program reads.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    more: Map<String, Value>,
}

impl Problem {
    /// A problem with a code and a title that are always the same, and a detail of this time.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("/docs/problems#{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: detail.into(),
            more: Map::new(),
        }
    }

    /// The same with more for programs.
    #[must_use]
    pub fn with(self, more: Map<String, Value>) -> Self {
        Self { more, ..self }
    }

    /// A parameter or body that cannot be read or is out of range.
    pub fn bad_parameter(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-parameter",
            "A parameter is not as it must be",
            detail,
        )
    }

    /// A body beyond what is taken.
    pub fn body_too_large(limit_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The body is too large",
            format!("at most {limit_bytes} bytes are taken"),
        )
    }

    /// A body that does not arrive.
    pub fn body_too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "body-too-slow",
            "The body did not arrive in time",
            "send the whole body at once",
        )
    }

    /// Nothing current of that name.
    pub fn no_such_parcel() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no-such-parcel",
            "No such parcel",
            "no current parcel has this identity",
        )
    }

    /// No tile of that address.
    pub fn no_such_tile(why: &impl ToString) -> Self {
        let why = why.to_string();
        Self::new(StatusCode::NOT_FOUND, "no-such-tile", "No such tile", why)
    }

    /// No token, or one that is not alive.
    pub fn not_authenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-authenticated",
            "A valid token is needed",
            "send Authorization: Bearer with a token that is alive",
        )
    }

    /// The index is not filled yet.
    pub fn not_ready() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-ready",
            "The register is being read",
            "try again in some seconds",
        )
    }

    /// A task that ended without an answer: it panicked, or the server stops.
    pub fn lost(error: &tokio::task::JoinError) -> Self {
        tracing::error!(error = error as &dyn Error, "a task was lost");
        Self::internal()
    }

    /// A failure of ours; what it was is in the log.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server failed",
            "the failure is in the server's log under this request's x-request-id",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                header::HeaderValue::from_static("Bearer"),
            );
        }
        response
    }
}

/// Failures of ours: the chain is logged once, the client gets a constant text.
impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        if matches!(error, AppError::NotReady) {
            return Self::not_ready();
        }
        tracing::error!(error = &error as &dyn Error, "a request failed");
        Self::internal()
    }
}

/// Any route that is not there.
pub async fn no_such_page(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-page",
        "No such page",
        format!("nothing is at {}", uri.path()),
    )
}

/// A route that is there, by another method.
pub async fn no_such_method(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "no-such-method",
        "Not by this method",
        format!("{} does not take {method}", uri.path()),
    )
}

/// A handler that panicked.
pub fn panicked(cause: &(dyn Any + Send)) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = text.unwrap_or("unknown"), "a handler panicked");
    Problem::internal().into_response()
}
