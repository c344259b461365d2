//! Who asks.

use super::{Problem, Server, desk};
use crate::app::{ReadError, Reader};
use crate::domain::Verb;
use crate::policy::{self, Denial, Duty, Role};
use crate::store::Identity;
use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, ToSchema};

/// Who asks: nobody known, an officer, or a client. A token that is not alive is refused, not ignored.
pub struct Asker(pub Option<Identity>);

impl FromRequestParts<Server> for Asker {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Ok(Self(None));
        };
        let token = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = token else {
            return Err(Problem::not_authenticated());
        };
        match server.app.identity(token.trim()).await? {
            Some(identity) => Ok(Self(Some(identity))),
            None => Err(Problem::not_authenticated()),
        }
    }
}

/// An officer of the land office; anybody else is shown out before anything else of the request is looked at.
pub struct Officer(pub policy::Officer);

impl FromRequestParts<Server> for Officer {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let asker = Asker::from_request_parts(parts, server).await?;
        asker.officer().map(Self)
    }
}

/// An officer who reads of persons, with the request as it stands in the ledger.
pub struct ReadingOfficer {
    officer: policy::Officer,
    request: String,
}

impl FromRequestParts<Server> for ReadingOfficer {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let Officer(officer) = Officer::from_request_parts(parts, server).await?;
        let OriginalUri(uri) = match OriginalUri::from_request_parts(parts, server).await {
            Ok(uri) => uri,
            Err(never) => match never {},
        };
        let request = format!("{} {}", parts.method, uri.path());
        Ok(Self { officer, request })
    }
}

impl ReadingOfficer {
    /// Who reads, as the desk takes it.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            officer: &self.officer,
            request: &self.request,
        }
    }
}

impl Asker {
    /// The officer who asks.
    pub fn officer(self) -> Result<policy::Officer, Problem> {
        match self.0 {
            Some(Identity::Officer(officer)) => Ok(officer),
            Some(Identity::Client(_)) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not-an-officer",
                "Only for officers",
                "the desk is for officers of the land office",
            )),
            None => Err(Problem::not_authenticated()),
        }
    }
}

/// An officer, as appointed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// The name, which stands in history.
    name: String,
    /// To what.
    roles: Vec<&'static str>,
    /// In which provinces (two digits) and communes (five); none for the whole register.
    areas: Option<Vec<String>>,
    /// What these roles may do.
    duties: Vec<&'static str>,
    /// Which steps of dossiers they may take.
    steps: Vec<&'static str>,
}

/// Who you are at the desk, and what you may do.
#[utoipa::path(
    get, path = "/api/v1/desk/officer", tag = "desk", security(("token" = [])),
    responses((status = 200, description = "The officer of the token", body = Appointment), (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json"))
)]
pub async fn appointment(Officer(officer): Officer) -> Response {
    let may = |duty: Duty| officer.may(duty).is_ok();
    let duties = Duty::ALL.iter().copied().filter(|duty| may(*duty));
    let steps = Verb::ALL.iter().copied();
    let areas = officer.areas.as_ref();
    let appointment = Appointment {
        name: officer.name.clone(),
        roles: officer.roles.iter().copied().map(Role::name).collect(),
        areas: areas.map(|areas| areas.iter().map(ToString::to_string).collect()),
        duties: duties.map(Duty::name).collect(),
        steps: steps
            .filter(|verb| may(Duty::of(*verb)))
            .map(Verb::name)
            .collect(),
    };
    desk::unstored(StatusCode::OK, Json(appointment).into_response())
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Denied(denial) => denial.into(),
            ReadError::App(error) => error.into(),
        }
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        let detail = denial.to_string();
        match denial {
            Denial::Role { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "role-missing",
                "Not one of your duties",
                detail,
            ),
            Denial::Area { .. } => Self::new(
                StatusCode::FORBIDDEN,
                "outside-your-area",
                "It lies outside your area",
                detail,
            ),
        }
    }
}

/// Describes the bearer token in the OpenAPI document.
pub struct BearerScheme;

impl Modify for BearerScheme {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        description
            .components
            .get_or_insert_default()
            .add_security_scheme("token", scheme);
    }
}
