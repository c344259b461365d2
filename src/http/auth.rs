//! Who asks.

use super::{Problem, Server, desk};
use crate::store::Identity;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use utoipa::Modify;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

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

/// An officer of the land office, by name; anybody else is shown out before anything else of the request is looked at.
pub struct Officer(pub String);

impl FromRequestParts<Server> for Officer {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let asker = Asker::from_request_parts(parts, server).await?;
        desk::officer(asker).map(Self)
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
