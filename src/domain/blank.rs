//! Blanks of certificates (*phôi Giấy chứng nhận*) and what becomes of them.

use super::serial_key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlankFate {
    /// A certificate was printed on it.
    Used,
    /// It cannot be used any more, or what was printed on it is wrong.
    Spoilt,
    /// It is not there any more.
    Destroyed,
}

impl BlankFate {
    /// Its name in the book.
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Spoilt => "spoilt",
            Self::Destroyed => "destroyed",
        }
    }
}

/// Blanks of one series whose numbers follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlankRange {
    /// The letters: `AA`.
    pub series: String,
    /// How many digits a serial has: 8 on the form of 2024, 6 on older ones. The letters alone do not tell the forms apart.
    pub digits: i16,
    /// The first number.
    pub first: i32,
    /// The last number.
    pub last: i32,
}

impl BlankRange {
    /// The one blank of a serial, with or without spaces: `AA 00000017`.
    pub fn one(serial: &str) -> Option<Self> {
        let key = serial_key(serial);
        let start = key.find(|letter: char| letter.is_ascii_digit())?;
        let (series, digits) = key.split_at(start);
        let number = digits.parse().ok()?;
        let range = Self {
            series: series.to_owned(),
            digits: i16::try_from(digits.len()).ok()?,
            first: number,
            last: number,
        };
        range.is_sound().then_some(range)
    }

    /// Whether letters, digits and numbers go together.
    pub fn is_sound(&self) -> bool {
        let letters = self.series.chars().count();
        let largest = match self.digits {
            6 => 999_999,
            7 => 9_999_999,
            8 => 99_999_999,
            _ => return false,
        };
        (1..=2).contains(&letters)
            && self
                .series
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == 'Đ')
            && (1..=self.last).contains(&self.first)
            && self.last <= largest
    }

    /// How many blanks it has.
    pub fn count(&self) -> i64 {
        i64::from(self.last) - i64::from(self.first) + 1
    }

    /// The serial of a number: `AA 00000017`.
    pub fn serial(&self, number: i32) -> String {
        let digits = usize::try_from(self.digits).unwrap_or(0);
        format!("{} {number:0digits$}", self.series)
    }
}

/// Why a blank cannot take a fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlankFault {
    /// `not-received`, `already-used`, `already-spoilt`, `already-destroyed`, `still-a-certificate`.
    pub code: &'static str,
    /// Which blank.
    pub serial: String,
}

/// Why blanks cannot take a fate: all of them, not the first. A blank is used once at most, and only an unused one; it is spoilt
/// unused or used; it is destroyed unused or spoilt, not while a certificate stands on it.
pub fn check_fate(
    range: &BlankRange,
    fate: BlankFate,
    received: &[(i32, i32)],
    known: &BTreeMap<i32, BTreeSet<BlankFate>>,
) -> Vec<BlankFault> {
    let none = BTreeSet::new();
    let fault = |number: i32| {
        if !received
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&number))
        {
            return Some("not-received");
        }
        let had = known.get(&number).unwrap_or(&none);
        let has = |fate| had.contains(&fate);
        if has(BlankFate::Destroyed) {
            return Some("already-destroyed");
        }
        match fate {
            BlankFate::Used | BlankFate::Spoilt if has(BlankFate::Spoilt) => Some("already-spoilt"),
            BlankFate::Used if has(BlankFate::Used) => Some("already-used"),
            BlankFate::Destroyed if has(BlankFate::Used) && !has(BlankFate::Spoilt) => {
                Some("still-a-certificate")
            }
            _ => None,
        }
    };
    let faults = (range.first..=range.last).filter_map(|number| {
        fault(number).map(|code| BlankFault {
            code,
            serial: range.serial(number),
        })
    });
    faults.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use BlankFate::{Destroyed, Spoilt, Used};

    fn range(first: i32, last: i32) -> BlankRange {
        BlankRange {
            series: "AA".to_owned(),
            digits: 8,
            first,
            last,
        }
    }

    fn codes(fate: BlankFate, had: &[BlankFate]) -> Vec<&'static str> {
        let known = BTreeMap::from([(5, had.iter().copied().collect())]);
        check_fate(&range(5, 5), fate, &[(1, 9)], &known)
            .iter()
            .map(|fault| fault.code)
            .collect()
    }

    #[test]
    fn a_blank_is_used_once_and_only_an_unused_one() {
        assert_eq!(codes(Used, &[]), Vec::<&str>::new());
        assert_eq!(codes(Used, &[Used]), ["already-used"]);
        assert_eq!(codes(Used, &[Spoilt]), ["already-spoilt"]);
        assert_eq!(codes(Used, &[Used, Spoilt]), ["already-spoilt"]);
        assert_eq!(codes(Used, &[Destroyed]), ["already-destroyed"]);
    }

    #[test]
    fn a_certificate_is_not_destroyed_as_a_blank_before_it_is_spoilt() {
        assert_eq!(codes(Destroyed, &[Used]), ["still-a-certificate"]);
        assert_eq!(codes(Spoilt, &[Used]), Vec::<&str>::new());
        assert_eq!(codes(Destroyed, &[Used, Spoilt]), Vec::<&str>::new());
        assert_eq!(codes(Destroyed, &[]), Vec::<&str>::new());
    }

    #[test]
    fn every_blank_of_a_range_that_was_never_received_is_named() {
        let faults = check_fate(&range(9, 11), Used, &[(1, 9)], &BTreeMap::new());
        let serials: Vec<_> = faults
            .iter()
            .map(|fault| (fault.code, &*fault.serial))
            .collect();
        assert_eq!(
            serials,
            [
                ("not-received", "AA 00000010"),
                ("not-received", "AA 00000011")
            ]
        );
    }

    #[test]
    fn six_and_eight_digits_are_different_forms_and_larger_numbers_are_none() {
        assert!(range(1, 99_999_999).is_sound() && !range(1, 100_000_000).is_sound());
        assert!(!range(5, 4).is_sound() && !range(0, 4).is_sound());
        let old = BlankRange {
            digits: 6,
            ..range(17, 17)
        };
        assert_eq!(
            (old.serial(17), range(17, 17).serial(17)),
            ("AA 000017".to_owned(), "AA 00000017".to_owned())
        );
        assert!(
            !BlankRange {
                series: "A1".to_owned(),
                ..range(1, 1)
            }
            .is_sound()
        );
        assert!(
            BlankRange {
                series: "DĐ".to_owned(),
                ..range(1, 1)
            }
            .is_sound()
        );
    }
}
