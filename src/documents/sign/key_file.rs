//! A key in a file: for offices without tokens, and for tests.

use super::{SignError, certificate, secret};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey;
use std::path::Path;
use x509_cert::Certificate;

/// A P-256 key with its certificate.
pub struct KeyFile {
    key: SigningKey,
    certificate: Certificate,
}

impl KeyFile {
    /// Reads a P-256 key (PKCS #8 PEM, readable by its owner alone) and its certificate (PEM or DER).
    pub fn read(key: &Path, certificate_file: &Path) -> Result<Self, SignError> {
        let wrong = |path: &Path, error: &dyn std::fmt::Display| {
            SignError::Key(format!("{}: {error}", path.display()))
        };
        let text = secret(key)?;
        let signing_key = SigningKey::from_pkcs8_pem(&text)
            .map_err(|_| wrong(key, &"it holds no P-256 key in PKCS #8 PEM"))?;
        let bytes =
            std::fs::read(certificate_file).map_err(|error| wrong(certificate_file, &error))?;
        let certificate = certificate(&bytes)?;
        let public = signing_key.verifying_key().to_encoded_point(false);
        let key_info = &certificate.tbs_certificate.subject_public_key_info;
        if key_info.subject_public_key.raw_bytes() != public.as_bytes() {
            return Err(SignError::Certificate(
                "it belongs to another key".to_owned(),
            ));
        }
        Ok(Self {
            key: signing_key,
            certificate,
        })
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}
