//! The keys that a server signs with.

use super::{KeyFile, SignError, Signer, Token, TokenAddress};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The office's key and those of its officers, by the names that they have in the register.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signers {
    /// The address of the time-stamping authority, where signatures are to have time-stamps.
    #[serde(default)]
    pub timestamps: Option<String>,
    /// The office's.
    #[serde(default)]
    pub office: Option<KeyPlace>,
    /// Officers'.
    #[serde(default)]
    pub officers: BTreeMap<String, KeyPlace>,
}

/// Where a key is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum KeyPlace {
    /// On a token.
    Token(TokenAddress),
    /// In a file.
    File(KeyAddress),
}

/// A key in a file with its certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAddress {
    /// The key (P-256, PKCS #8 PEM), readable by its owner alone.
    pub key_file: PathBuf,
    /// Its certificate (PEM or DER).
    pub certificate: PathBuf,
}

impl Signers {
    /// Reads the file that says where keys are.
    pub fn read(path: &Path) -> Result<Self, SignError> {
        let wrong =
            |error: &dyn std::fmt::Display| SignError::Key(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
        toml::from_str(&text).map_err(|error| wrong(&error))
    }

    /// All keys, with whose they are.
    pub fn all(&self) -> impl Iterator<Item = (&str, &KeyPlace)> {
        let office = self.office.iter().map(|place| ("the office", place));
        let officers = self.officers.iter();
        office.chain(officers.map(|(name, place)| (&**name, place)))
    }
}

impl KeyPlace {
    /// Opens it. For each signature anew: a token may have been taken out and put back.
    pub fn open(&self) -> Result<Signer, SignError> {
        match self {
            Self::Token(address) => Ok(Signer::Token(Token::open(address.clone())?)),
            Self::File(address) => Ok(Signer::File(KeyFile::read(
                &address.key_file,
                &address.certificate,
            )?)),
        }
    }
}
