//! Approvals of plans, signed: who agreed to what, provable without the register.

use super::jwk::VerifyingKeys;
use super::jws::{VerifyError, open, seal};
use super::key::SigningKey;
use serde::{Deserialize, Serialize};

/// The type of a signed approval.
const APPROVAL_TYPE: &str = "diaba-approval+jws";

/// What an approver agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// The dossier's code.
    pub dossier: String,
    /// The plan's number within the dossier.
    pub plan_no: i32,
    /// The SHA-256 of the plan's canonical text, in hexadecimal digits.
    pub sha256: String,
    /// Who approved.
    pub approver: String,
    /// For whom, who was absent.
    pub on_behalf_of: Option<String>,
    /// When, in seconds since 1970.
    pub approved_at: i64,
}

/// Signs an approval (JWS compact serialisation, ES256).
pub fn sign_approval(key: &SigningKey, approved: &Approved) -> Result<String, serde_json::Error> {
    seal(key, APPROVAL_TYPE, &serde_json::to_vec(approved)?)
}

/// Reads a signed approval.
pub fn verify_approval(compact: &str, keys: &VerifyingKeys) -> Result<Approved, VerifyError> {
    let opened = open(compact, APPROVAL_TYPE, keys)?;
    serde_json::from_slice(&opened.content).map_err(VerifyError::Content)
}
