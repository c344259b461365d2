//! Parameters whose faults are problems.

use super::{MAX_BODY_BYTES, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(15);

/// Parts of the path.
pub struct InPath<T>(pub T);

/// The query.
pub struct InQuery<T>(pub T);

/// A JSON body.
pub struct InBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(value) = Path::from_request_parts(parts, state).await.map_err(|_| {
            Problem::bad_parameter("the path must be UTF-8, its numbers whole and in their range")
        })?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::bad_parameter(error.body_text()))?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for InBody<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state);
        let bytes = tokio::time::timeout(BODY_TIME, bytes)
            .await
            .map_err(|_| Problem::body_too_slow())?
            .map_err(|error| match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::body_too_large(MAX_BODY_BYTES),
                _ => Problem::bad_parameter(error.body_text()),
            })?;
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::bad_parameter(format!("the body is not the JSON that is wanted: {error}"))
        })?;
        Ok(Self(value))
    }
}

/// A place in degrees.
#[derive(Debug, Clone, Copy, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Place {
    /// Longitude in degrees, WGS 84.
    #[param(minimum = -180, maximum = 180, example = 106.6936)]
    pub lon: f64,
    /// Latitude in degrees, WGS 84.
    #[param(minimum = -90, maximum = 90, example = 10.7774)]
    pub lat: f64,
}

impl Place {
    /// The place, if it is on the globe.
    pub fn checked(self) -> Result<Self, Problem> {
        if (-180.0..=180.0).contains(&self.lon) && (-90.0..=90.0).contains(&self.lat) {
            Ok(self)
        } else {
            Err(Problem::bad_parameter(
                "lon must be between -180 and 180, lat between -90 and 90",
            ))
        }
    }
}
