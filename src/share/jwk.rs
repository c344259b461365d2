//! The public halves of signing keys, as others publish and fetch them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::VerifyingKey;
use p256::{EncodedPoint, FieldBytes};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Why a JSON Web Key Set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JwkError {
    /// Not a key set.
    #[error("the text is not a JSON Web Key Set")]
    Unreadable(#[source] serde_json::Error),
    /// A P-256 key whose coordinates are not on the curve.
    #[error("key {0:?} is not a point of P-256")]
    NotOnCurve(String),
    /// Two different keys under one id.
    #[error("two keys have the id {0:?}")]
    DuplicateKid(String),
    /// No key that signs with ES256.
    #[error("the key set holds no key for ES256")]
    Empty,
}

/// The keys that an answer may be signed with: today's and those retired since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyingKeys {
    by_kid: BTreeMap<String, VerifyingKey>,
}

impl VerifyingKeys {
    /// Reads a JSON Web Key Set; keys for other algorithms and uses are passed over.
    ///
    /// # Source
    /// RFC 7517 §5, RFC 7518 §6.2.
    pub fn from_jwks(json: &str) -> Result<Self, JwkError> {
        let set: JwkSet = serde_json::from_str(json).map_err(JwkError::Unreadable)?;
        let mut keys = Self::default();
        for jwk in set.keys.iter().filter_map(Jwk::for_es256) {
            let key = jwk.point()?;
            let kid = jwk.kid.unwrap_or_else(|| thumbprint(&key));
            match keys.by_kid.insert(kid.clone(), key) {
                Some(other) if other != key => return Err(JwkError::DuplicateKid(kid)),
                _ => {}
            }
        }
        if keys.by_kid.is_empty() {
            Err(JwkError::Empty)
        } else {
            Ok(keys)
        }
    }

    /// The key set as JSON, in the order of the ids.
    pub fn to_jwks(&self) -> Value {
        let keys: Vec<Value> = self.by_kid.iter().map(|(kid, key)| jwk(kid, key)).collect();
        json!({ "keys": keys })
    }

    /// With the keys of another set, such as those retired; under one id this set's own key stays.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (kid, key) in others.by_kid {
            self.by_kid.entry(kid).or_insert(key);
        }
        self
    }

    /// The ids of the keys.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.by_kid.keys().map(String::as_str)
    }

    pub(super) fn of(key: VerifyingKey) -> Self {
        Self {
            by_kid: BTreeMap::from([(thumbprint(&key), key)]),
        }
    }

    pub(super) fn key(&self, kid: &str) -> Option<&VerifyingKey> {
        self.by_kid.get(kid)
    }
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
}

impl Jwk {
    /// The key, when it is one that signs with ES256.
    fn for_es256(value: &Value) -> Option<Self> {
        let jwk = Self::deserialize(value).ok()?;
        let is_es256 = jwk.kty == "EC"
            && jwk.crv == "P-256"
            && jwk.usage.as_deref().is_none_or(|usage| usage == "sig")
            && jwk.alg.as_deref().is_none_or(|alg| alg == "ES256");
        is_es256.then_some(jwk)
    }

    fn point(&self) -> Result<VerifyingKey, JwkError> {
        let fault = || JwkError::NotOnCurve(self.kid.clone().unwrap_or_default());
        let coordinate = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            Some(FieldBytes::from(<[u8; 32]>::try_from(bytes).ok()?))
        };
        let x = coordinate(&self.x).ok_or_else(fault)?;
        let y = coordinate(&self.y).ok_or_else(fault)?;
        let point = EncodedPoint::from_affine_coordinates(&x, &y, false);
        VerifyingKey::from_encoded_point(&point).map_err(|_| fault())
    }
}

/// The coordinates in base64url; a public key is never the point at infinity, which has none.
fn coordinates(key: &VerifyingKey) -> (String, String) {
    let point = key.to_encoded_point(false);
    let encode = |coordinate: Option<&FieldBytes>| {
        coordinate.map_or_else(String::new, |bytes| URL_SAFE_NO_PAD.encode(bytes))
    };
    (encode(point.x()), encode(point.y()))
}

fn jwk(kid: &str, key: &VerifyingKey) -> Value {
    let (x, y) = coordinates(key);
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid })
}

/// The id of a key: the SHA-256 of its required members in lexical order.
///
/// # Source
/// RFC 7638 §3.
pub(super) fn thumbprint(key: &VerifyingKey) -> String {
    let (x, y) = coordinates(key);
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3; the thumbprint was computed with jwcrypto.
    const A3: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    #[test]
    fn a_key_without_id_gets_its_thumbprint() {
        let keys = VerifyingKeys::from_jwks(&format!(r#"{{"keys":[{A3}]}}"#)).unwrap();
        assert_eq!(
            keys.kids().collect::<Vec<_>>(),
            ["oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"]
        );
        let published = keys.to_jwks().to_string();
        assert_eq!(VerifyingKeys::from_jwks(&published).unwrap(), keys);
        assert!(!published.contains("\"d\""));
    }

    #[test]
    fn keys_for_other_uses_are_passed_over_and_nothing_left_is_an_error() {
        let rsa = r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#;
        let encryption = A3.replacen('{', r#"{"use":"enc","#, 1);
        let set = |keys: &[&str]| format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        assert!(VerifyingKeys::from_jwks(&set(&[rsa, A3])).is_ok());
        assert!(matches!(
            VerifyingKeys::from_jwks(&set(&[rsa, &encryption])),
            Err(JwkError::Empty)
        ));
    }

    #[test]
    fn a_point_off_the_curve_and_a_shared_id_are_refused() {
        let off = A3.replace("f83O", "f83P");
        assert!(matches!(
            VerifyingKeys::from_jwks(&format!(r#"{{"keys":[{off}]}}"#)),
            Err(JwkError::NotOnCurve(_))
        ));
        let one = A3.replacen('{', r#"{"kid":"k","#, 1);
        // The other point of the same x: y' = p − y.
        let two = one.replace(
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "OA67MeRCZIJ40yASRhFGC0yWopJW9NtSdbnc13p3GlI",
        );
        assert!(matches!(
            VerifyingKeys::from_jwks(&format!(r#"{{"keys":[{one},{two}]}}"#)),
            Err(JwkError::DuplicateKid(kid)) if kid == "k"
        ));
    }
}
