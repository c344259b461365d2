//! Invented people and organisations. Their numbers have the right form and cannot exist.

use super::country::Commune;
use super::names::{self, Sex};
use super::random::Random;

/// By how many years people are older than twenty when they get a certificate.
const AGES: [i32; 12] = [0, 2, 5, 7, 11, 12, 16, 19, 23, 28, 34, 41];

/// Somebody who can hold a right.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub kind: &'static str,
    pub name: String,
    /// Personal number or tax code.
    pub number: String,
    pub birth_year: Option<i32>,
    pub residence: String,
}

/// Makes parties; no two people and no two organisations get the same number.
#[derive(Debug)]
pub(super) struct Parties {
    /// People so far, by sex and the last two digits of the birth year.
    people: [[usize; 100]; 2],
    organisations: u64,
    /// The committee of the commune with this index.
    committee: Option<(usize, Party)>,
}

impl Default for Parties {
    fn default() -> Self {
        Self {
            people: [[0; 100]; 2],
            organisations: 0,
            committee: None,
        }
    }
}

impl Parties {
    /// A person of a family, who gets a certificate in a year.
    pub fn individual(
        &mut self,
        family: &str,
        commune: &Commune,
        year: i32,
        random: &mut Random,
    ) -> Party {
        let sex = random.pick(&[Sex::Male, Sex::Female]);
        let name = names::person(family, sex, random);
        self.settle(("Cá nhân", name, sex), commune, year, random)
    }

    pub fn couple(&mut self, commune: &Commune, year: i32, random: &mut Random) -> Party {
        let husband = names::person(names::family(random), Sex::Male, random);
        let wife = names::person(names::family(random), Sex::Female, random);
        let name = format!("Ông {husband} và bà {wife}");
        self.settle(("Vợ chồng", name, Sex::Male), commune, year, random)
    }

    pub fn household(&mut self, commune: &Commune, year: i32, random: &mut Random) -> Party {
        let (sex, title) = random.weighted(&[(3, (Sex::Male, "ông")), (1, (Sex::Female, "bà"))]);
        let name = format!(
            "Hộ {title} {}",
            names::person(names::family(random), sex, random)
        );
        self.settle(("Hộ gia đình", name, sex), commune, year, random)
    }

    /// Gives somebody a year of birth, a number and a place to live.
    fn settle(
        &mut self,
        who: (&'static str, String, Sex),
        commune: &Commune,
        year: i32,
        random: &mut Random,
    ) -> Party {
        let (kind, name, sex) = who;
        let birth_year = year - 20 - random.pick(&AGES);
        Party {
            kind,
            name,
            number: self.personal_number(sex, birth_year),
            birth_year: Some(birth_year),
            residence: residence(commune, random),
        }
    }

    /// Twelve digits: province, century and sex, year, six more. Provinces 000 and 999 do not exist.
    fn personal_number(&mut self, sex: Sex, birth_year: i32) -> String {
        let year = birth_year.rem_euclid(100) as usize;
        let count = &mut self.people[sex as usize][year];
        let province = ["000", "999"][*count % 2];
        let rest = *count / 2 * 619_573 % 1_000_000;
        *count += 1;
        let century_and_sex = 2 * usize::from(birth_year >= 2000) + sex as usize;
        format!("{province}{century_and_sex}{year:02}{rest:06}")
    }

    /// The organisation that holds land of this use.
    pub fn organisation(
        &mut self,
        commune: &Commune,
        land_use: &str,
        random: &mut Random,
    ) -> Party {
        let (place, serial) = (&commune.name, self.organisations + 1);
        let name = match land_use {
            "DGD" => format!("Trường Tiểu học {place} {serial}"),
            "DYT" => format!("Trạm Y tế {place} {serial}"),
            "DVH" => format!("Nhà Văn hóa {place} {serial}"),
            "DCH" => format!("Ban Quản lý chợ {place} {serial}"),
            "DTT" => format!("Trung tâm Thể thao {place} {serial}"),
            "DBV" => format!("Bưu điện {place} {serial}"),
            "TON" => format!("Cơ sở tôn giáo {place} {serial}"),
            "TMD" => format!("Công ty TNHH Thương mại {place} {serial}"),
            "SKC" => format!("Công ty Cổ phần \"{place} {serial}\""),
            _ => return self.committee(commune, random),
        };
        self.registered(commune, name, random)
    }

    /// The people's committee: one for each commune.
    fn committee(&mut self, commune: &Commune, random: &mut Random) -> Party {
        if let Some((index, committee)) = &self.committee
            && *index == commune.index
        {
            return committee.clone();
        }
        let name = format!("Ủy ban nhân dân {} {}", commune.kind(), commune.name);
        let committee = self.registered(commune, name, random);
        self.committee = Some((commune.index, committee.clone()));
        committee
    }

    fn registered(&mut self, commune: &Commune, name: String, random: &mut Random) -> Party {
        let number = loop {
            self.organisations += 1;
            if let Some(code) = tax_code(self.organisations) {
                break code;
            }
        };
        Party {
            kind: "Tổ chức",
            name,
            number,
            birth_year: None,
            residence: residence(commune, random),
        }
    }
}

fn residence(commune: &Commune, random: &mut Random) -> String {
    let hamlet = names::hamlet(random);
    format!(
        "{hamlet}, {} {}, tỉnh {}",
        commune.kind(),
        commune.name,
        commune.province_name
    )
}

/// A tax code of province 00, which does not exist; `None` for the numbers that have no check digit.
///
/// # Source
/// Weights 31, 29, 23, 19, 17, 13, 7, 5, 3; the check digit is 10 less the sum modulo 11.
fn tax_code(serial: u64) -> Option<String> {
    let digits = format!("{serial:09}");
    let weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
    let sum: u32 = digits
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let check = 10 - sum % 11;
    (check < 10).then(|| format!("{digits}{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_code_ends_in_its_check_digit() {
        // By hand: 29 + 17 + 9·7 + 5 = 114 = 10·11 + 4, and 10 − 4 = 6; 2·3 = 6, and 10 − 6 = 4.
        assert_eq!(tax_code(10_010_910).as_deref(), Some("0100109106"));
        assert_eq!(tax_code(2).as_deref(), Some("0000000024"));
    }

    #[test]
    fn no_two_people_get_the_same_number() {
        let mut parties = Parties::default();
        let numbers: std::collections::BTreeSet<_> = (0..1_000)
            .map(|_| parties.personal_number(Sex::Female, 2001))
            .collect();
        assert_eq!(numbers.len(), 1_000);
        assert!(
            numbers
                .iter()
                .all(|number| number.len() == 12 && &number[3..6] == "301")
        );
    }
}
