//! The key that answers are signed with, in a file of its own.

use super::jwk::{VerifyingKeys, thumbprint};
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey as EcdsaKey};
use p256::elliptic_curve::rand_core::OsRng;
use p256::elliptic_curve::zeroize::Zeroizing;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use serde_json::Value;
use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing failed.
    #[error("the key file {} cannot be read or made", path.display())]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not a P-256 private key.
    #[error(
        "the key file {} holds no P-256 private key in PKCS#8 PEM (`openssl pkcs8 -topk8 -nocrypt` converts other forms)",
        .0.display()
    )]
    NotAKey(PathBuf),
    /// Group or others may use the file.
    #[error(
        "the key file {} can be read or changed by others (mode {mode:04o}): `chmod 600` it, and make a new key if it may have been read",
        path.display()
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A key could not be written as PEM.
    #[error("a new key could not be encoded")]
    Encoding(#[source] p256::pkcs8::Error),
}

/// A private P-256 key and its id. It never shows itself, not even to `{:?}`.
#[derive(Clone)]
pub struct SigningKey {
    key: EcdsaKey,
    kid: String,
}

impl SigningKey {
    /// Reads the key file, or makes one (mode 0600, a missing folder with 0700).
    ///
    /// A new file appears whole or not at all, and never replaces another: of several processes that start at once one
    /// makes the key and all use it.
    ///
    /// # Errors
    /// A file that group or others can reach is refused rather than repaired: the key may be known already.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::load(path)? {
            return Ok(key);
        }
        let key = Self::random();
        match key.write_new(path) {
            Ok(()) => Ok(key),
            Err(KeyError::Io { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {
                Self::load(path)?.ok_or_else(|| io_error(path)(ErrorKind::NotFound.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// The id of the key: the thumbprint of its public half (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, for those who verify.
    pub fn verifying_keys(&self) -> VerifyingKeys {
        VerifyingKeys::of(*self.key.verifying_key())
    }

    /// The public half as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        self.verifying_keys().to_jwks()
    }

    /// Signs with ES256: the two numbers r and s, 32 bytes each, s in the lower half of its range.
    ///
    /// The same message always gets the same signature, and no other text of it verifies.
    ///
    /// # Source
    /// RFC 7518 §3.4, RFC 6979; lower half: the other half would verify as well.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        let lower = signature.normalize_s().unwrap_or(signature);
        lower.to_bytes().to_vec()
    }

    fn random() -> Self {
        Self::of(&SecretKey::random(&mut OsRng))
    }

    fn of(secret: &SecretKey) -> Self {
        let key = EcdsaKey::from(secret);
        let kid = thumbprint(key.verifying_key());
        Self { key, kid }
    }

    fn load(path: &Path) -> Result<Option<Self>, KeyError> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(io_error(path))?,
        };
        let mode = file
            .metadata()
            .map_err(io_error(path))?
            .permissions()
            .mode()
            & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let mut pem = Zeroizing::new(String::new());
        file.read_to_string(&mut pem).map_err(io_error(path))?;
        SecretKey::from_pkcs8_pem(&pem)
            .map(|secret| Some(Self::of(&secret)))
            .map_err(|_| KeyError::NotAKey(path.to_owned()))
    }

    fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let pem = SecretKey::from(self.key.as_nonzero_scalar())
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(KeyError::Encoding)?;
        write_new_file(path, pem.as_bytes()).map_err(io_error(path))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Writes a file that did not exist, whole and on disk before it has its name.
fn write_new_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut draft = tempfile::Builder::new()
        .prefix(".signing-key-")
        .permissions(PermissionsExt::from_mode(0o600))
        .tempfile_in(folder)?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyError {
    move |source| KeyError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_key_is_made_once_and_for_nobody_else_to_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys/signing.pem");
        let made = SigningKey::load_or_create(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let pem = fs::read_to_string(&path).unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let loaded = SigningKey::load_or_create(&path).unwrap();
        assert_eq!(loaded.kid(), made.kid());
        assert_eq!(fs::read_to_string(&path).unwrap(), pem);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(!format!("{loaded:?}").contains("key:"));
    }

    #[test]
    fn many_who_start_at_once_end_with_one_key() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys/signing.pem");
        let barrier = std::sync::Barrier::new(16);
        let kids: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let starters: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        SigningKey::load_or_create(&path).unwrap().kid().to_owned()
                    })
                })
                .collect();
            starters
                .into_iter()
                .map(|starter| starter.join().unwrap())
                .collect()
        });
        assert_eq!(kids.len(), 1);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_that_others_can_reach_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("signing.pem");
        SigningKey::load_or_create(&path).unwrap();
        for open in [0o640, 0o604, 0o620, 0o644] {
            fs::set_permissions(&path, PermissionsExt::from_mode(open)).unwrap();
            let error = SigningKey::load_or_create(&path).unwrap_err();
            assert!(matches!(error, KeyError::Exposed { mode, .. } if mode == open));
            assert!(error.to_string().contains("chmod 600"), "{error}");
            assert_eq!(mode(&path), open);
        }
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("signing.pem");
        for content in [
            "",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
            assert!(matches!(
                SigningKey::load_or_create(&path),
                Err(KeyError::NotAKey(_))
            ));
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    /// RFC 6979 appendix A.2.5, P-256 with SHA-256, message "sample"; s there is in the upper half, here n − s.
    #[test]
    fn a_signature_is_the_one_of_rfc_6979_with_s_in_the_lower_half() {
        let secret = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
        let r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716";
        let s = "0834E36AD29A83BF2BC9385E491D6099C8FDF9D1ED67AA7EA5F51F93782857A9";
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        };
        let key = SigningKey::of(&SecretKey::from_slice(&bytes(secret)).unwrap());
        assert_eq!(key.sign(b"sample"), [bytes(r), bytes(s)].concat());
    }
}
