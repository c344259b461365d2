//! The signed answer: what a partner was told, for what, and from which state of the register.

use super::agreement::ClientId;
use super::jwk::VerifyingKeys;
use super::jws::{self, VerifyError};
use super::key::SigningKey;
use crate::domain::Position;
use crate::policy::Purpose;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// The type of a signed answer, as its header says it.
pub const ANSWER_TYPE: &str = "diaba-answer+jws";

/// What was asked: method, path and query as they stood in the request, and the hash of the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    method: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    sha256: String,
}

impl Request {
    /// A request with its hash; the query is without its question mark.
    pub fn new(method: &str, path: &str, query: Option<&str>) -> Self {
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            sha256: String::new(),
        };
        request.sha256 = URL_SAFE_NO_PAD.encode(Sha256::digest(request.line()));
        request
    }

    /// The canonical line: one space, a question mark only before a query, no line end.
    pub fn line(&self) -> String {
        match &self.query {
            Some(query) => format!("{} {}?{query}", self.method, self.path),
            None => format!("{} {}", self.method, self.path),
        }
    }

    /// SHA-256 of the canonical line, in base64url without padding.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// The content of a signed answer. Members that JSON Web Tokens name have the names they have there.
///
/// # Source
/// RFC 7519 §4.1 for `iss`, `aud`, `iat`, `jti`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The server that answers.
    pub iss: String,
    /// The client that asked.
    pub aud: ClientId,
    /// When the answer was signed, in seconds since 1970-01-01T00:00:00Z.
    pub iat: i64,
    /// The number of the answer, such as that of its row in the access ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// What the client said it asks for.
    pub purpose: Purpose,
    /// The dossier that the client named.
    pub dossier: String,
    /// What was asked.
    pub request: Request,
    /// The state of the register that the answer was computed from.
    pub register_position: Position,
    /// When the register reached that state.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
    /// The fields that agreement and policy allow.
    pub data: Map<String, Value>,
    /// The names of the fields that are masked in `data` or hidden from it, see [`crate::policy::Shaped::withheld`].
    pub withheld: Vec<String>,
}

/// An answer that can be believed.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedAnswer {
    /// The answer.
    pub answer: Answer,
    /// The key that signed it.
    pub kid: String,
    /// All that was signed, with members that a later version may have added.
    pub content: Value,
}

/// Signs an answer: JWS compact serialisation, ES256.
///
/// # Errors
/// Only a time beyond the year 9999 has no JSON.
pub fn sign(key: &SigningKey, answer: &Answer) -> Result<String, serde_json::Error> {
    jws::seal(key, ANSWER_TYPE, &serde_json::to_vec(answer)?)
}

/// Checks a signed answer against the keys that may have signed it. Any changed byte makes it fail.
pub fn verify(compact: &str, keys: &VerifyingKeys) -> Result<VerifiedAnswer, VerifyError> {
    let opened = jws::open(compact, ANSWER_TYPE, keys)?;
    let answer = serde_json::from_slice(&opened.content).map_err(VerifyError::Content)?;
    let content = serde_json::from_slice(&opened.content).map_err(VerifyError::Content)?;
    Ok(VerifiedAnswer {
        answer,
        kid: opened.kid,
        content,
    })
}

#[cfg(test)]
mod tests;
