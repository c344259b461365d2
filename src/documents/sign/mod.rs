//! Signing papers: PAdES by officer and by office, each as an addition to the file, so that the first signature stays valid.
//!
//! A signature is of level B-B: a detached CMS signature over the file around itself, with the certificate named inside what is signed,
//! and a visible stamp; of level B-T, where a time-stamping authority is named. The key is on a PKCS#11 token or in a file.
//!
//! # Source
//! ETSI EN 319 142-1 (PAdES baseline), ISO 32000-1 12.8; Decree 30/2020/NĐ-CP, annex I (how a signature shows itself).

mod cms;
mod key_file;
mod signers;
mod timestamp;
mod token;
mod update;

pub use key_file::KeyFile;
pub use signers::{KeyAddress, KeyPlace, Signers};
pub use token::{Token, TokenAddress};

use super::number::iso_moment;
use super::paper::Seat;
use std::path::Path;
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;
use x509_cert::der::{Decode, DecodePem};
use x509_cert::time::Time;

/// Why a paper was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// No file of ours, or it has no place for this signature.
    #[error("the file has no free place for the signature of the {0}")]
    NoSeat(&'static str),
    /// The file is signed there already.
    #[error("the {0} has signed this file already")]
    Signed(&'static str),
    /// The certificate cannot be used.
    #[error("the signer's certificate cannot be used: {0}")]
    Certificate(String),
    /// The certificate does not hold on the day of the signature.
    #[error(
        "the certificate of {name} does not hold now: it is valid from {} until {}",
        iso_moment(*.from), iso_moment(*.until)
    )]
    NotValid {
        /// Whose.
        name: String,
        /// From when.
        from: OffsetDateTime,
        /// Until when.
        until: OffsetDateTime,
    },
    /// The key cannot be used.
    #[error("the signer's key cannot be used: {0}")]
    Key(String),
    /// The token does not answer as it should.
    #[error("the token cannot be used")]
    Token(#[from] cryptoki::error::Error),
    /// The time-stamping authority does not answer as it should.
    #[error("no time-stamp is to be had from the authority: {0}")]
    TimeStamp(String),
    /// The signature cannot be encoded.
    #[error("the signature cannot be encoded")]
    Encoding(#[from] x509_cert::der::Error),
    /// The stamp cannot be drawn.
    #[error("the stamp cannot be drawn")]
    Stamp(#[from] super::DocumentError),
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with SHA-256, PKCS #1 v1.5.
    RsaSha256,
    /// ECDSA on P-256 with SHA-256.
    EcdsaSha256,
}

/// Who signs.
pub enum Signer {
    /// With a key in a file.
    File(KeyFile),
    /// With a key on a token.
    Token(Token),
}

impl Signer {
    /// The signer's certificate.
    pub fn certificate(&self) -> &Certificate {
        match self {
            Self::File(key) => key.certificate(),
            Self::Token(token) => token.certificate(),
        }
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::File(_) => Algorithm::EcdsaSha256,
            Self::Token(token) => token.algorithm(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match self {
            Self::File(key) => Ok(key.sign(message)),
            Self::Token(token) => token.sign(message),
        }
    }

    /// Whether the certificate holds at a moment.
    ///
    /// # Errors
    /// [`SignError::NotValid`], where it does not: who checks a signature of that moment finds it void.
    ///
    /// # Source
    /// RFC 5280, 4.1.2.5: both ends belong to the time that a certificate holds.
    pub fn check_valid(&self, at: OffsetDateTime) -> Result<(), SignError> {
        let moment = |time: Time| OffsetDateTime::UNIX_EPOCH + time.to_unix_duration();
        let validity = self.certificate().tbs_certificate.validity;
        let (from, until) = (moment(validity.not_before), moment(validity.not_after));
        // The last second is a whole one.
        if from <= at && at < until + Duration::SECOND {
            return Ok(());
        }
        Err(SignError::NotValid {
            name: self.name(),
            from,
            until,
        })
    }

    /// The name in the certificate.
    pub fn name(&self) -> String {
        subject(self.certificate())
    }
}

/// A signature to be made.
#[derive(Debug, Clone)]
pub struct Signature<'a> {
    /// In whose place.
    pub seat: Seat,
    /// The agency, as the stamp shows it.
    pub agency: &'a str,
    /// When.
    pub at: OffsetDateTime,
    /// The address of the time-stamping authority (RFC 3161, `http://`), where there is one.
    pub authority: Option<&'a str>,
}

/// Adds a signature to a file of ours. What was there stays as it is, byte for byte.
///
/// # Errors
/// [`SignError::NotValid`] where the certificate does not hold then; [`SignError::TimeStamp`] where an authority is named and gives no
/// time-stamp, without which nothing is signed; others where the file is none of ours or the key does not answer.
pub fn sign(file: &[u8], signer: &Signer, signature: &Signature<'_>) -> Result<Vec<u8>, SignError> {
    signer.check_valid(signature.at)?;
    let mut update = update::Update::begin(file, &signer.name(), signature)?;
    let contents = cms::detached(&update.digest(), signer, signature.authority)?;
    update.fill(&contents)?;
    Ok(update.into_bytes())
}

/// What a file holds that nobody but its owner may read.
fn secret(path: &Path) -> Result<String, SignError> {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;
    let wrong =
        |error: &dyn std::fmt::Display| SignError::Key(format!("{}: {error}", path.display()));
    let mut file = std::fs::File::open(path).map_err(|error| wrong(&error))?;
    let mode = file.metadata().map_err(|error| wrong(&error))?;
    if mode.permissions().mode() & 0o077 != 0 {
        return Err(wrong(&"others may read or change it: `chmod 600` it"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| wrong(&error))?;
    Ok(text)
}

/// The certificate in a file of PEM or DER.
fn certificate(bytes: &[u8]) -> Result<Certificate, SignError> {
    let parsed = if bytes.starts_with(b"-----") {
        Certificate::from_pem(bytes)
    } else {
        Certificate::from_der(bytes)
    };
    parsed.map_err(|error| SignError::Certificate(error.to_string()))
}

/// The common name of who a certificate is for.
fn subject(certificate: &Certificate) -> String {
    const COMMON_NAME: &str = "2.5.4.3";
    let names = certificate.tbs_certificate.subject.0.iter();
    let mut parts = names.flat_map(|name| name.0.iter());
    let common = parts.find(|part| part.oid.to_string() == COMMON_NAME);
    common.map_or_else(
        || certificate.tbs_certificate.subject.to_string(),
        |part| String::from_utf8_lossy(part.value.value()).into_owned(),
    )
}
