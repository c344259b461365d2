//! Sealing bytes with a signature, and opening them again: one algorithm, one spelling.
//!
//! The reader takes nothing on the word of what it reads: the algorithm is fixed, the key is one it already holds, and a
//! header member it does not know (`crit`, `jwk`, `jku`, `b64`, …) ends the reading. Of each sealed text there is exactly one
//! spelling, so that any changed byte is seen.

use super::jwk::VerifyingKeys;
use super::key::SigningKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier;
use serde::{Deserialize, Serialize};

const ALGORITHM: &str = "ES256";

/// Why a signed text is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Not three parts joined by dots.
    #[error("the text is not three parts joined by dots")]
    Parts,
    /// A part is not base64url, or not in its one canonical spelling.
    #[error("the {part} is not canonical base64url without padding")]
    Base64Url {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        source: base64::DecodeError,
    },
    /// The header is not a JSON object with exactly `alg`, `kid` and `typ`.
    #[error("the header is not a JSON object of alg, kid and typ alone")]
    Header(#[source] serde_json::Error),
    /// Another algorithm, or none.
    #[error("the algorithm {0:?} is not ES256")]
    Algorithm(String),
    /// A signed text of another kind.
    #[error("the type {0:?} is not the one expected")]
    Type(String),
    /// None of the known keys.
    #[error("the key {0:?} is not known")]
    UnknownKey(String),
    /// Not 64 bytes of two numbers.
    #[error("the signature is not two numbers of 32 bytes")]
    SignatureForm,
    /// The second number is in the upper half of its range.
    #[error("the signature is not in its canonical form")]
    SignatureNotCanonical,
    /// The signature belongs to another text or another key.
    #[error("the signature does not fit the text")]
    Signature,
    /// Signed, but not what it says it is.
    #[error("the signed content cannot be read")]
    Content(#[source] serde_json::Error),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// What a seal held.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) kid: String,
    pub(super) content: Vec<u8>,
}

/// Signs content of a type.
///
/// # Source
/// RFC 7515 §7.1 (compact serialisation), RFC 7518 §3.4 (ES256).
pub(super) fn seal(
    key: &SigningKey,
    typ: &str,
    content: &[u8],
) -> Result<String, serde_json::Error> {
    let header = serde_json::to_vec(&Header {
        alg: ALGORITHM.to_owned(),
        kid: key.kid().to_owned(),
        typ: typ.to_owned(),
    })?;
    let mut compact = URL_SAFE_NO_PAD.encode(header);
    compact.push('.');
    URL_SAFE_NO_PAD.encode_string(content, &mut compact);
    let signature = key.sign(compact.as_bytes());
    compact.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut compact);
    Ok(compact)
}

/// Opens what one of the keys has sealed as this type.
pub(super) fn open(compact: &str, typ: &str, keys: &VerifyingKeys) -> Result<Opened, VerifyError> {
    let (message, signature) = compact.rsplit_once('.').ok_or(VerifyError::Parts)?;
    let (header, content) = message.split_once('.').ok_or(VerifyError::Parts)?;
    if content.contains('.') {
        return Err(VerifyError::Parts);
    }
    let content = decode("content", content)?;
    let signature = decode("signature", signature)?;
    let header: Header =
        serde_json::from_slice(&decode("header", header)?).map_err(VerifyError::Header)?;
    if header.alg != ALGORITHM {
        return Err(VerifyError::Algorithm(header.alg));
    }
    if header.typ != typ {
        return Err(VerifyError::Type(header.typ));
    }
    let Some(key) = keys.key(&header.kid) else {
        return Err(VerifyError::UnknownKey(header.kid));
    };
    let signature = Signature::from_slice(&signature).map_err(|_| VerifyError::SignatureForm)?;
    if signature.normalize_s().is_some() {
        return Err(VerifyError::SignatureNotCanonical);
    }
    key.verify(message.as_bytes(), &signature)
        .map_err(|_| VerifyError::Signature)?;
    Ok(Opened {
        kid: header.kid,
        content,
    })
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, VerifyError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|source| VerifyError::Base64Url { part, source })
}
