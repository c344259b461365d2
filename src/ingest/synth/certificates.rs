//! Invented certificates: serials and entry numbers in the form of the era they are dated in.

use super::random::Random;
use time::{Date, macros::date};

/// A land-use right certificate.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub serial: String,
    pub entry_no: String,
    pub issued_on: Date,
    era: usize,
}

/// Makes certificates; no two get the same serial.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    /// So far, by era.
    issued: [usize; ERAS.len()],
}

/// A period in which certificates had one form.
struct Era {
    weight: usize,
    first: Date,
    last: Date,
    letters: &'static [&'static str],
    digits: usize,
    highest: usize,
    entry: &'static [&'static str],
}

/// # Source
/// Land Law 1993, Land Law 2003, Decree 88/2009, Decree 43/2014, Land Law 2024 with Circular 10/2024.
const ERAS: [Era; 5] = [
    Era {
        weight: 8,
        first: date!(1995 - 01 - 03),
        last: date!(2004 - 06 - 30),
        letters: &[
            "C", "D", "E", "G", "H", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V",
            "X", "Y", "Đ",
        ],
        digits: 6,
        highest: 999_999,
        entry: &[""],
    },
    Era {
        weight: 14,
        first: date!(2004 - 07 - 01),
        last: date!(2009 - 12 - 09),
        letters: &[
            "AA", "AB", "AC", "AD", "AĐ", "AE", "AG", "AH", "AI", "AK", "AL", "AM", "AN", "AO",
            "AP",
        ],
        digits: 6,
        highest: 999_999,
        entry: &["H"],
    },
    Era {
        weight: 22,
        first: date!(2009 - 12 - 10),
        last: date!(2014 - 06 - 30),
        letters: &[
            "BA", "BB", "BC", "BD", "BĐ", "BE", "BG", "BH", "BI", "BK", "BL", "BM", "BN", "BO",
            "BP",
        ],
        digits: 6,
        highest: 999_999,
        entry: &["CH", "CT "],
    },
    Era {
        weight: 40,
        first: date!(2014 - 07 - 01),
        last: date!(2024 - 12 - 31),
        letters: &[
            "BT", "BU", "BV", "BX", "BY", "CA", "CB", "CD", "CĐ", "CE", "CG", "CH", "CI", "CK",
            "CL", "CM", "CN", "CO", "DA", "DB", "DC", "DĐ",
        ],
        digits: 6,
        highest: 999_999,
        entry: &["CH ", "CS", "CS "],
    },
    Era {
        weight: 16,
        first: date!(2025 - 01 - 02),
        last: date!(2025 - 12 - 31),
        letters: &["AA"],
        digits: 8,
        highest: 40_000_000,
        entry: &["VP ", "CN"],
    },
];

impl Certificates {
    pub fn issue(&mut self, random: &mut Random) -> Certificate {
        let weights: Vec<_> = ERAS.iter().map(|era| era.weight).zip(0..).collect();
        let era: usize = random.weighted(&weights);
        let Era { first, last, .. } = ERAS[era];
        let day = first + (last - first) * random.unit();
        self.sign(era, day, random)
    }

    /// Another one, signed on the same day.
    pub fn issue_beside(&mut self, other: &Certificate, random: &mut Random) -> Certificate {
        self.sign(other.era, other.issued_on, random)
    }

    fn sign(&mut self, era: usize, issued_on: Date, random: &mut Random) -> Certificate {
        let count = self.issued[era];
        self.issued[era] += 1;
        Certificate {
            serial: ERAS[era].serial(count),
            entry_no: format!("{}{:05}", random.pick(ERAS[era].entry), count % 99_999 + 1),
            issued_on,
            era,
        }
    }
}

impl Era {
    /// Serials in no apparent order: steps of a prime go through all of them before one comes again.
    fn serial(&self, count: usize) -> String {
        const PRIME: usize = 7_368_787;
        let at = count * PRIME % (self.letters.len() * self.highest);
        let letters = self.letters[at / self.highest];
        format!(
            "{letters} {:0digits$}",
            at % self.highest + 1,
            digits = self.digits
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_certificates_share_a_serial_and_each_has_the_form_of_its_era() {
        let (mut random, mut certificates) = (Random::new(1, 1), Certificates::default());
        let issued: Vec<_> = (0..20_000)
            .map(|_| certificates.issue(&mut random))
            .collect();
        let serials: BTreeSet<_> = issued
            .iter()
            .map(|certificate| &certificate.serial)
            .collect();
        assert_eq!(serials.len(), issued.len());
        for Certificate {
            serial, issued_on, ..
        } in &issued
        {
            let (letters, digits) = serial.split_once(' ').unwrap();
            let form = (letters.chars().count(), digits.len());
            let expected = match *issued_on {
                day if day < date!(2004 - 07 - 01) => (1, 6),
                day if day < date!(2025 - 01 - 01) => (2, 6),
                _ => (2, 8),
            };
            assert_eq!(form, expected, "{serial} of {issued_on}");
        }
    }
}
