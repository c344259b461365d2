//! Tokens: issued once, kept as hashes.

use super::{App, AppError};
use crate::store::{Identity, Store};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// Why a token was not issued or not taken.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The system has no randomness.
    #[error("the system gives no randomness")]
    Randomness,
    /// The register failed.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Issues a token of 256 random bits; only its hash is kept.
pub async fn issue_token(
    store: &Store,
    identity: &Identity,
    expires_at: OffsetDateTime,
) -> Result<String, TokenError> {
    let mut secret = [0_u8; 32];
    rand::TryRng::try_fill_bytes(&mut rand::rngs::SysRng, &mut secret)
        .map_err(|_| TokenError::Randomness)?;
    let token = format!("diaba_{}", URL_SAFE_NO_PAD.encode(secret));
    store
        .add_token(&hash(&token), identity, expires_at)
        .await
        .map_err(AppError::from)?;
    Ok(token)
}

impl App {
    /// Who a bearer token belongs to.
    pub async fn identity(&self, token: &str) -> Result<Option<Identity>, AppError> {
        Ok(self.store.identity(&hash(token)).await?)
    }
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
