//! Shares of a right.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a share between 0 and 1, such as 1/2")]
pub struct ShareError(String);

/// A rational share, more than 0 and at most 1, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share {
    numerator: i32,
    denominator: i32,
}

impl Share {
    /// The whole right.
    pub const WHOLE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// A share from its two numbers; `None` unless 0 < numerator ≤ denominator.
    pub fn new(numerator: i32, denominator: i32) -> Option<Self> {
        if numerator < 1 || numerator > denominator {
            return None;
        }
        let divisor = gcd(numerator, denominator);
        Some(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// Reads `1/2`, `1` or `50%`.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let fault = || ShareError(text.to_owned());
        let trimmed = text.trim();
        let (numerator, denominator) = match (trimmed.split_once('/'), trimmed.strip_suffix('%')) {
            (Some((numerator, denominator)), _) => (numerator, denominator),
            (None, Some(percent)) => (percent, "100"),
            (None, None) => (trimmed, "1"),
        };
        let number = |part: &str| part.trim().parse::<i32>().map_err(|_| fault());
        Self::new(number(numerator)?, number(denominator)?).ok_or_else(fault)
    }

    /// The numerator in lowest terms.
    pub fn numerator(self) -> i32 {
        self.numerator
    }

    /// The denominator in lowest terms.
    pub fn denominator(self) -> i32 {
        self.denominator
    }

    /// Whether shares add up to exactly one; a sum whose denominator outgrows 127 bits does not.
    pub fn add_up_to_one(shares: impl IntoIterator<Item = Self>) -> bool {
        let sum =
            shares
                .into_iter()
                .try_fold((0_i128, 1_i128), |(numerator, denominator), share| {
                    let (n, d) = (i128::from(share.numerator), i128::from(share.denominator));
                    let top = numerator
                        .checked_mul(d)?
                        .checked_add(n.checked_mul(denominator)?)?;
                    let bottom = denominator.checked_mul(d)?;
                    let divisor = gcd(top, bottom);
                    Some((top / divisor, bottom / divisor))
                });
        sum == Some((1, 1))
    }
}

fn gcd<T: Copy + PartialEq + Default + std::ops::Rem<Output = T>>(a: T, b: T) -> T {
    if b == T::default() { a } else { gcd(b, a % b) }
}

impl TryFrom<String> for Share {
    type Error = ShareError;
    fn try_from(text: String) -> Result<Self, ShareError> {
        Self::parse(&text)
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_add_up_to_one_and_101_percent_does_not() {
        let third = Share::parse("1/3").unwrap();
        assert!(Share::add_up_to_one([third; 3]));
        assert!(!Share::add_up_to_one([third; 2]));
        assert!(!Share::add_up_to_one([
            Share::parse("51%").unwrap(),
            Share::parse("1/2").unwrap()
        ]));
        assert!(!Share::add_up_to_one([]));
    }

    #[test]
    fn a_share_is_more_than_nothing_and_at_most_all() {
        assert_eq!(Share::parse("2/4").unwrap().to_string(), "1/2");
        assert_eq!(Share::parse("1").unwrap(), Share::WHOLE);
        for text in ["0", "0/3", "4/3", "1/0", "-1/2", "101%", "", "a half"] {
            assert!(Share::parse(text).is_err(), "{text}");
        }
    }
}
