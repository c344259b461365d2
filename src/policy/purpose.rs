//! What for.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The longest code of a purpose.
const MAX_BYTES: usize = 64;

/// Why a text is not a code of a purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a purpose: lower-case words and digits joined by hyphens, 64 at most")]
pub struct PurposeError(String);

/// The code of a purpose, such as `dossier-handling`. Which codes are registered, and for whom, the policy table says; an
/// unregistered one opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose(Cow<'static, str>);

impl Purpose {
    /// What anybody may ask for without saying why.
    pub const PUBLIC_INFORMATION: Self = Self(Cow::Borrowed("public-information"));
    /// A citizen's look at own data.
    pub const OWN_DATA: Self = Self(Cow::Borrowed("own-data"));
    /// The registration office's own work.
    pub const REGISTER_KEEPING: Self = Self(Cow::Borrowed("register-keeping"));
    /// Work on a procedure dossier.
    pub const DOSSIER_HANDLING: Self = Self(Cow::Borrowed("dossier-handling"));

    /// Reads a code.
    pub fn parse(text: &str) -> Result<Self, PurposeError> {
        text.parse()
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is kebab case: words of lower-case letters and digits, joined by single hyphens.
pub(crate) fn is_kebab_case(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

impl FromStr for Purpose {
    type Err = PurposeError;
    fn from_str(text: &str) -> Result<Self, PurposeError> {
        if text.len() <= MAX_BYTES && is_kebab_case(text) {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(PurposeError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = PurposeError;
    fn try_from(text: String) -> Result<Self, PurposeError> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.0.into_owned()
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_kebab_case() {
        for text in ["lending", "dossier-handling", "form-15"] {
            assert_eq!(Purpose::parse(text).unwrap().as_str(), text);
        }
        let long = "x".repeat(65);
        for text in [
            "", "-", "a--b", "a-", "Lending", "a b", "thuế", "a\n", &long,
        ] {
            assert!(Purpose::parse(text).is_err(), "{text:?}");
        }
    }
}
