//! The national parcel code (*mã định danh thửa đất*).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not a national parcel code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not twelve GeoHash characters (digits and b–z without i, l, o)")]
pub struct NationalCodeError(String);

/// A 12-character GeoHash of the parcel's characteristic point in WGS 84, lower case, unique in the country.
///
/// It is assigned once and never computed again: two conforming programs may place the point differently.
///
/// # Source
/// Circular 19/2026/TT-BNNMT, Art. 11.3 and Annex I.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalCode([u8; 12]);

const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

impl NationalCode {
    /// Reads a code; upper case is accepted.
    pub fn parse(text: &str) -> Result<Self, NationalCodeError> {
        let lower = text.trim().to_ascii_lowercase();
        match <[u8; 12]>::try_from(lower.as_bytes()) {
            Ok(code) if code.iter().all(|byte| ALPHABET.contains(byte)) => Ok(Self(code)),
            _ => Err(NationalCodeError(text.to_owned())),
        }
    }

    /// The twelve characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("000000000000")
    }

    /// The 60 bits of the GeoHash, first character highest.
    pub fn bits(self) -> u64 {
        self.0.iter().fold(0, |bits, byte| {
            bits << 5
                | ALPHABET
                    .iter()
                    .position(|letter| letter == byte)
                    .unwrap_or(0) as u64
        })
    }

    /// The code of 60 GeoHash bits; higher bits are ignored.
    pub fn from_bits(bits: u64) -> Self {
        Self(std::array::from_fn(|place| {
            ALPHABET[(bits >> (55 - 5 * place) & 31) as usize]
        }))
    }
}

impl TryFrom<String> for NationalCode {
    type Error = NationalCodeError;
    fn try_from(text: String) -> Result<Self, NationalCodeError> {
        Self::parse(&text)
    }
}

impl From<NationalCode> for String {
    fn from(code: NationalCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for NationalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_no_a_i_l_o() {
        assert_eq!(
            NationalCode::parse("W3GV7CGZJM5K").unwrap().as_str(),
            "w3gv7cgzjm5k"
        );
        for text in [
            "w3gv7cgzjm5",
            "w3gv7cgzjm5kk",
            "w3gv7cgzjm5a",
            "w3gv7cgzjm5i",
            "w3gv7cgzjm5l",
            "w3gv7cgzjm5o",
            "w3gv7cgzjm5đ",
        ] {
            assert!(NationalCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bits_give_the_code_back() {
        let code = NationalCode::parse("w3gv7cgzjm5k").unwrap();
        assert_eq!(NationalCode::from_bits(code.bits()), code);
        assert_eq!(NationalCode::parse("00000000000z").unwrap().bits(), 31);
    }
}
