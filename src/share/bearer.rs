//! Bearer tokens of another issuer (OpenID Connect): who somebody is, as the office's own login says.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the file of keys is read again for a key that is not in it.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// Why a token of the issuer is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// The file of keys cannot be read.
    #[error("the issuer's keys in {} cannot be read", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// Neither RS256 nor ES256, or no key id.
    #[error("the token is signed neither with RS256 nor ES256, or names no key")]
    Algorithm,
    /// The issuer has no such key.
    #[error("the issuer has no key {0:?}")]
    UnknownKey(String),
    /// Signature, issuer, audience or time do not hold.
    #[error("the token does not hold")]
    Invalid(#[from] jsonwebtoken::errors::Error),
}

/// What a token says of an officer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Who, to the issuer; never somebody else's.
    pub sub: String,
    /// The name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Areas; `*` for the whole register.
    #[serde(default)]
    pub areas: Vec<String>,
}

/// An issuer whose tokens are taken.
#[derive(Debug)]
pub struct Issuer {
    address: String,
    audience: String,
    path: PathBuf,
    keys: Mutex<(BTreeMap<String, Jwk>, Instant)>,
}

impl Issuer {
    /// An issuer by its address (`iss`), the name that its tokens are for (`aud`), and a file with its JSON Web Key Set.
    pub fn open(address: String, audience: String, path: PathBuf) -> Result<Self, BearerError> {
        let keys = read(&path)?;
        Ok(Self {
            address,
            audience,
            path,
            keys: Mutex::new((keys, Instant::now())),
        })
    }

    /// What a token says, if it holds now.
    ///
    /// # Source
    /// RFC 7519; RFC 8725 (fixed algorithms, issuer and audience checked).
    pub fn claims(&self, token: &str) -> Result<Claims, BearerError> {
        let header = decode_header(token)?;
        let (Algorithm::RS256 | Algorithm::ES256, Some(kid)) = (header.alg, header.kid) else {
            return Err(BearerError::Algorithm);
        };
        let key = DecodingKey::from_jwk(&self.key(&kid)?)?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.address]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        Ok(decode::<Claims>(token, &key, &validation)?.claims)
    }

    /// A key of the issuer; the file is read again, now and then, for one that is not known.
    fn key(&self, kid: &str) -> Result<Jwk, BearerError> {
        let mut held = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !held.0.contains_key(kid) && held.1.elapsed() > READ_AGAIN {
            *held = (read(&self.path)?, Instant::now());
        }
        let key = held.0.get(kid).cloned();
        key.ok_or_else(|| BearerError::UnknownKey(kid.to_owned()))
    }
}

/// The keys of a JSON Web Key Set by their ids; what is no key for signatures is passed over.
fn read(path: &PathBuf) -> Result<BTreeMap<String, Jwk>, BearerError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let fault = |source| BearerError::Keys {
        path: path.clone(),
        source,
    };
    let text = std::fs::read_to_string(path).map_err(fault)?;
    let set: Set = serde_json::from_str(&text).map_err(|error| fault(error.into()))?;
    let keys = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Ok(keys
        .filter_map(|key| Some((key.common.key_id.clone()?, key)))
        .collect())
}
