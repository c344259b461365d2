//! A key on a PKCS#11 token: USB token, smart card or HSM. The key never leaves it.

use super::{Algorithm, SignError, certificate, secret};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use x509_cert::Certificate;

/// Where a key is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenAddress {
    /// The library that the token's maker gives.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label.
    pub key: String,
    /// The file that holds the PIN, readable by its owner alone.
    pub pin_file: PathBuf,
}

/// A key on a token, with its certificate.
pub struct Token {
    module: Pkcs11,
    address: TokenAddress,
    certificate: Certificate,
    algorithm: Algorithm,
}

impl Token {
    /// Finds the key and its certificate.
    pub fn open(address: TokenAddress) -> Result<Self, SignError> {
        let module = Pkcs11::new(&address.module)?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let session = session(&module, &address)?;
        let key = key(&session, &address)?;
        let attributes =
            session.get_attributes(key, &[AttributeType::KeyType, AttributeType::Id])?;
        let (mut algorithm, mut id) = (None, Vec::new());
        for attribute in attributes {
            match attribute {
                Attribute::KeyType(KeyType::RSA) => algorithm = Some(Algorithm::RsaSha256),
                Attribute::KeyType(KeyType::EC) => algorithm = Some(Algorithm::EcdsaSha256),
                Attribute::Id(bytes) => id = bytes,
                _ => {}
            }
        }
        let algorithm =
            algorithm.ok_or_else(|| SignError::Key("neither RSA nor elliptic-curve".to_owned()))?;
        let wanted = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::Id(id),
        ];
        let found = session.find_objects(&wanted)?;
        let found = found.first().ok_or_else(|| {
            SignError::Certificate("the token has none with the key's id".to_owned())
        })?;
        let value = session.get_attributes(*found, &[AttributeType::Value])?;
        let bytes = value.into_iter().find_map(|attribute| match attribute {
            Attribute::Value(bytes) => Some(bytes),
            _ => None,
        });
        let certificate = certificate(&bytes.unwrap_or_default())?;
        drop(session);
        Ok(Self {
            module,
            address,
            certificate,
            algorithm,
        })
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let session = session(&self.module, &self.address)?;
        let key = key(&session, &self.address)?;
        match self.algorithm {
            Algorithm::RsaSha256 => Ok(session.sign(&Mechanism::Sha256RsaPkcs, key, message)?),
            Algorithm::EcdsaSha256 => {
                let plain = session.sign(&Mechanism::Ecdsa, key, &Sha256::digest(message))?;
                let signature = p256::ecdsa::Signature::from_slice(&plain)
                    .map_err(|_| SignError::Key("not on the curve P-256".to_owned()))?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}

fn session(module: &Pkcs11, address: &TokenAddress) -> Result<Session, SignError> {
    let slots = module.get_slots_with_token()?;
    let slot = slots.into_iter().find(|slot| {
        let info = module.get_token_info(*slot);
        info.is_ok_and(|info| info.label().trim_end() == address.token)
    });
    let slot =
        slot.ok_or_else(|| SignError::Key(format!("no token is called {}", address.token)))?;
    let session = module.open_ro_session(slot)?;
    let pin = secret(&address.pin_file)?;
    match session.login(UserType::User, Some(&AuthPin::new(pin.trim().into()))) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) => Err(error.into()),
    }
}

fn key(session: &Session, address: &TokenAddress) -> Result<ObjectHandle, SignError> {
    let wanted = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Label(address.key.as_bytes().to_vec()),
    ];
    let found = session.find_objects(&wanted)?;
    found
        .first()
        .copied()
        .ok_or_else(|| SignError::Key(format!("the token has no key called {}", address.key)))
}
