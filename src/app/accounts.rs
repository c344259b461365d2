//! Tokens: issued once, kept as hashes.

use super::{App, AppError};
use crate::policy::{Area, Officer, Role};
use crate::share::{Claims, Issuer};
use crate::store::{Identity, Store};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// Why a token was not issued or not taken.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A name whose end would be taken for somebody's id.
    #[error(
        "the name {0:?} ends in parentheses, where the ids of officers of the office's own login stand: leave them out"
    )]
    Name(String),
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
    if let Identity::Officer(officer) = identity
        && officer.identity() != officer.name
    {
        return Err(TokenError::Name(officer.name.clone()));
    }
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
    /// Takes tokens of the office's own login from now on.
    pub fn trust(&self, issuer: Issuer) {
        // Set once, at the start; a second one would be a mistake, and the first stays.
        let _ = self.issuer.set(issuer);
    }

    /// Who a bearer token belongs to: one issued here, or one of the office's own login.
    pub async fn identity(&self, token: &str) -> Result<Option<Identity>, AppError> {
        let issuer = self
            .issuer
            .get()
            .filter(|_| token.matches('.').count() == 2);
        let Some(issuer) = issuer else {
            return Ok(self.store.identity(&hash(token)).await?);
        };
        match issuer.claims(token) {
            // Who has no id is nobody.
            Ok(claims) if claims.sub.trim().is_empty() => Ok(None),
            Ok(claims) => Ok(Some(Identity::Officer(officer(claims)))),
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "a token was refused"
                );
                Ok(None)
            }
        }
    }
}

/// An officer as the login says. Roles and areas that are not known here are none; who has no area is competent nowhere.
fn officer(claims: Claims) -> Officer {
    let is_everywhere = claims.areas.iter().any(|area| area == "*");
    let areas = claims
        .areas
        .iter()
        .filter_map(|area| area.parse::<Area>().ok());
    let roles = claims
        .roles
        .iter()
        .filter_map(|role| role.parse::<Role>().ok());
    let officer = Officer {
        name: claims.name.unwrap_or_default(),
        roles: roles.collect(),
        areas: (!is_everywhere).then(|| areas.collect()),
    };
    officer.of_login(&claims.sub)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
