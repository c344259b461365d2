//! The working triple: commune, sheet, parcel number — what people say and what paper shows.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not part of a working triple.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not five digits.
    #[error("{0:?} is not a commune code of five digits")]
    Commune(String),
    /// Not a whole number from 1.
    #[error("{0:?} is not a whole number from 1 to 2147483647")]
    Number(String),
}

/// The code of a commune, ward or special zone (*mã xã*): five digits. Codes are reused: it means nothing without a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommuneCode([u8; 5]);

impl CommuneCode {
    /// Reads a code; spreadsheets drop leading zeros, so up to five digits are padded.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fault = || KeyError::Commune(text.to_owned());
        let digits = text.trim();
        if digits.is_empty()
            || digits.len() > 5
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(fault());
        }
        let mut code = [b'0'; 5];
        code[5 - digits.len()..].copy_from_slice(digits.as_bytes());
        Ok(Self(code))
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("00000")
    }
}

impl TryFrom<String> for CommuneCode {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        Self::parse(&text)
    }
}

impl From<CommuneCode> for String {
    fn from(code: CommuneCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CommuneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A sheet by commune and number (*số tờ bản đồ*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SheetKey {
    /// The commune.
    pub commune: CommuneCode,
    /// The sheet's serial in the commune, from 1.
    pub sheet_no: i32,
}

impl fmt::Display for SheetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sheet {}", self.commune, self.sheet_no)
    }
}

/// A parcel by commune, sheet and number (*số thửa*): unique only among live parcels of one commune of one era.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ParcelKey {
    /// The sheet.
    #[serde(flatten)]
    pub sheet: SheetKey,
    /// The parcel's number in the sheet, from 1.
    pub parcel_no: i32,
}

impl fmt::Display for ParcelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} parcel {}", self.sheet, self.parcel_no)
    }
}

/// Reads a sheet or parcel number; databases deliver `12`, spreadsheets and DBF `12.0` or `12.00000`.
pub fn parse_number(text: &str) -> Result<i32, KeyError> {
    let digits = text.trim();
    let whole = match digits.split_once(['.', ',']) {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => "",
        None => digits,
    };
    match whole.parse::<i32>() {
        Ok(number @ 1..) => Ok(number),
        _ => Err(KeyError::Number(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commune_code_that_lost_its_zeros_gets_them_back() {
        assert_eq!(CommuneCode::parse("4").unwrap().as_str(), "00004");
        for text in ["", "123456", "12a", "-1", "１２"] {
            assert!(CommuneCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_may_carry_a_zero_fraction_and_nothing_else() {
        assert_eq!(parse_number("12"), Ok(12));
        assert_eq!(parse_number(" 12.000"), Ok(12));
        for text in ["", "0", "-3", "12.5", "PL9", "99999999999"] {
            assert!(parse_number(text).is_err(), "{text}");
        }
    }
}
