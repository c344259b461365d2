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

    /// Both together; `None` where that is more than all, or no fraction of 32-bit numbers.
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::of(self.cross(other) + other.cross(self), self.bottom(other))
    }

    /// What is left when another is taken; `None` where that is nothing or less, or no fraction of 32-bit numbers.
    pub fn minus(self, other: Self) -> Option<Self> {
        Self::of(self.cross(other) - other.cross(self), self.bottom(other))
    }

    /// One of so many equal parts of it.
    pub fn divided_by(self, parts: usize) -> Option<Self> {
        let parts = i64::try_from(parts).ok()?;
        let bottom = i64::from(self.denominator).checked_mul(parts)?;
        Self::of(i64::from(self.numerator), bottom)
    }

    /// Whether it is more than another.
    pub fn exceeds(self, other: Self) -> bool {
        self.cross(other) > other.cross(self)
    }

    fn cross(self, other: Self) -> i64 {
        i64::from(self.numerator) * i64::from(other.denominator)
    }

    fn bottom(self, other: Self) -> i64 {
        i64::from(self.denominator) * i64::from(other.denominator)
    }

    fn of(numerator: i64, denominator: i64) -> Option<Self> {
        if numerator < 1 || denominator < 1 {
            return None;
        }
        let divisor = gcd(numerator, denominator);
        Self::new(
            i32::try_from(numerator / divisor).ok()?,
            i32::try_from(denominator / divisor).ok()?,
        )
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
    fn shares_are_added_and_taken_away_exactly() {
        let share = |text| Share::parse(text).unwrap();
        assert_eq!(share("1/3").plus(share("1/6")), Some(share("1/2")));
        assert_eq!(share("1/2").minus(share("1/3")), Some(share("1/6")));
        assert_eq!(share("2/3").divided_by(4), Some(share("1/6")));
        assert_eq!(share("51%").plus(share("1/2")), None);
        assert_eq!(share("1/2").minus(share("1/2")), None);
        assert_eq!(share("1/2").divided_by(0), None);
        assert!(share("51%").exceeds(share("1/2")) && !share("1/2").exceeds(share("2/4")));
        let tiny = Share::new(1, i32::MAX).unwrap();
        assert_eq!(tiny.plus(Share::new(1, i32::MAX - 1).unwrap()), None);
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
