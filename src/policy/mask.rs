//! What a masked field still shows.

use super::Field;

/// What stands in place of a value of which nothing may be seen. Its length says nothing about the value's.
const BLANK: &str = "***";

/// How much of a number its last digits may give away: four of at least eight.
const SHOWN_DIGITS: usize = 4;

/// The masked form of a value: a personal number keeps its last four digits, so that who holds the paper can compare; a
/// name keeps its initials; anything else is blank.
///
/// # Example
/// ```
/// # use diaba::policy::{Field, mask};
/// assert_eq!(mask(Field::PersonalNo, "999099001234"), "********1234");
/// assert_eq!(mask(Field::PartyName, "Nguyễn Văn An"), "N. V. A.");
/// ```
pub fn mask(field: Field, value: &str) -> String {
    match field {
        Field::PersonalNo => last_digits(value),
        Field::PartyName => initials(value),
        _ => BLANK.to_owned(),
    }
}

fn last_digits(number: &str) -> String {
    let length = number.chars().count();
    if length < 2 * SHOWN_DIGITS {
        return BLANK.to_owned();
    }
    let hidden = length - SHOWN_DIGITS;
    let digits = number.chars().enumerate();
    digits
        .map(|(place, digit)| if place < hidden { '*' } else { digit })
        .collect()
}

fn initials(name: &str) -> String {
    let initials: Vec<String> = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(|initial| format!("{initial}."))
        .collect();
    initials.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_last_four_digits_only_when_as_many_stay_hidden() {
        for (number, masked) in [
            ("999099001234", "********1234"),
            ("999991234", "*****1234"),
            ("99991234", "****1234"),
            ("9991234", "***"),
            ("1234", "***"),
            ("", "***"),
            ("số1234567", "*****4567"),
        ] {
            assert_eq!(mask(Field::PersonalNo, number), masked);
        }
    }

    #[test]
    fn a_name_keeps_its_initials_and_other_values_nothing() {
        assert_eq!(mask(Field::PartyName, "  Đặng  Thị Ánh "), "Đ. T. Á.");
        assert_eq!(mask(Field::PartyName, ""), "");
        assert_eq!(mask(Field::BirthYear, "1980"), "***");
        assert_eq!(mask(Field::Residence, "Thôn 1, Xã Hòa Mẫu"), "***");
    }
}
