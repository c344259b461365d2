//! Texts of office files as numbers and dates.
//!
//! Nothing here repeats a value in an error: values may be personal data.

use time::{Date, Month, macros::date};

/// Reads an area as tenths of a square metre, half up: `93`, `93,0`, `11.700,0`, `1,234.5`, `93.0 m²`.
///
/// A lone point or comma is the decimal one, also before three digits: databases write `11.700`, papers never do.
pub fn parse_area_tenths(text: &str) -> Option<u64> {
    let compact: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let number = ["m2", "M2", "m²", "M²"]
        .iter()
        .find_map(|unit| compact.strip_suffix(unit))
        .unwrap_or(&compact);
    let (whole, fraction) = split_decimal(number)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) || whole.is_empty() {
        return None;
    }
    let mut decimals = fraction.bytes().map(|byte| u64::from(byte - b'0'));
    let tenths = decimals.next().unwrap_or(0);
    let half_up = u64::from(decimals.next().unwrap_or(0) >= 5);
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(10)?
        .checked_add(tenths + half_up)
}

/// The digits before the decimal separator, without thousands separators, and those after it.
fn split_decimal(number: &str) -> Option<(String, &str)> {
    let is_separator = |letter: char| matches!(letter, '.' | ',');
    let Some(last) = number.rfind(is_separator) else {
        return Some((number.to_owned(), ""));
    };
    let (before, after) = (number.get(..last)?, number.get(last + 1..)?);
    let separator = number.get(last..=last)?;
    if !before.contains(is_separator) {
        return Some((before.to_owned(), after));
    }
    // Several of one kind are thousands separators; of two kinds, the last one is the decimal separator.
    let (thousands, grouped, fraction) = match (separator, before.contains(separator)) {
        (_, true) => (separator, number, ""),
        (".", false) => (",", before, after),
        (_, false) => (".", before, after),
    };
    let mut groups = grouped.split(thousands);
    let first = groups.next()?;
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_grouped.then(|| (grouped.replace(thousands, ""), fraction))
}

/// Reads a date: `dd/MM/yyyy` (also with points or hyphens), `yyyy-MM-dd` (also with slashes), `yyyyMMdd`, a spreadsheet's day
/// number; a time behind it is passed over.
pub fn parse_date(text: &str) -> Option<Date> {
    let day_part = text.trim().split([' ', 'T']).next()?;
    let parts: Vec<&str> = day_part.split(['/', '-', '.']).collect();
    let date = match *parts.as_slice() {
        [year, month, day] if year.len() == 4 => calendar_date(year, month, day)?,
        [day, month, year] if year.len() == 4 => calendar_date(year, month, day)?,
        [digits] if digits.len() == 8 => {
            calendar_date(digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?)?
        }
        [digits] if digits.len() == 5 => spreadsheet_date(digits)?,
        [digits, zeros] if digits.len() == 5 && zeros.bytes().all(|byte| byte == b'0') => {
            spreadsheet_date(digits)?
        }
        _ => return None,
    };
    (EARLIEST..LATEST).contains(&date).then_some(date)
}

/// No paper of an office is older, and none is dated after this century; outside is a typing error (`1017`, `20214`).
const EARLIEST: Date = date!(1850 - 01 - 01);
const LATEST: Date = date!(2100 - 01 - 01);

fn calendar_date(year: &str, month: &str, day: &str) -> Option<Date> {
    let month = Month::try_from(whole::<u8>(month)?).ok()?;
    Date::from_calendar_date(i32::from(whole::<i16>(year)?), month, whole(day)?).ok()
}

/// A day number as spreadsheets count: 1 is 1900-01-01, and they believe in a 29 February 1900.
fn spreadsheet_date(digits: &str) -> Option<Date> {
    date!(1899 - 12 - 30).checked_add(time::Duration::days(whole(digits)?))
}

/// Digits only: no sign, no space.
fn whole<T: std::str::FromStr>(digits: &str) -> Option<T> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().ok()
    } else {
        None
    }
}

/// Reads a year of birth, also out of a date.
pub fn parse_year(text: &str) -> Option<i16> {
    let text = text.trim();
    let year = text.strip_suffix(".0").unwrap_or(text);
    if year.len() == 4 {
        whole(year)
    } else {
        i16::try_from(parse_date(text)?.year()).ok()
    }
}

/// Reads a scale denominator: `1/500`, `1:500`, `500`.
pub fn parse_scale(text: &str) -> Option<i32> {
    let compact: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let denominator = compact
        .strip_prefix("1/")
        .or_else(|| compact.strip_prefix("1:"))
        .unwrap_or(&compact);
    let digits = denominator
        .strip_suffix(".0")
        .unwrap_or(denominator)
        .replace('.', "");
    whole(&digits).filter(|&scale| scale > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{is_personal_number, is_tax_number, parse_serial};
    use proptest::prelude::*;

    #[test]
    fn areas_are_read_as_papers_and_databases_write_them() {
        for (text, tenths) in [
            ("93", 930),
            ("93,0", 930),
            ("93.00000000000", 930),
            ("11.700,0", 117_000),
            ("1.234.567", 12_345_670),
            ("1,234.56", 12_346),
            ("11.700", 117),
            (" 290,05 m² ", 2_901),
            ("290.04m2", 2_900),
            ("0,96 M2", 10),
            ("12 345,6", 123_456),
        ] {
            assert_eq!(parse_area_tenths(text), Some(tenths), "{text}");
        }
        for text in [
            "",
            "m2",
            "-5",
            "385/2",
            "1e3",
            "1.2.3",
            "12.34,5",
            "1,2,3.4",
            "nan",
            "٣",
            "99999999999999999999",
        ] {
            assert_eq!(parse_area_tenths(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_read_day_first_iso_packed_or_as_a_spreadsheets_number() {
        for text in [
            "01/08/2024",
            "1/8/2024",
            "01-08-2024",
            "1.8.2024",
            "2024-08-01",
            "2024/08/01",
            "20240801",
            "45505",
        ] {
            assert_eq!(parse_date(text), Some(date!(2024 - 08 - 01)), "{text}");
        }
        assert_eq!(
            parse_date("2024/08/01 00:00:00+00"),
            Some(date!(2024 - 08 - 01))
        );
        assert_eq!(parse_date("45505.0"), Some(date!(2024 - 08 - 01)));
        for text in [
            "",
            "31/02/2024",
            "2024",
            "01/08/24",
            "01/08/1017",
            "8/2024",
            "+1/8/2024",
            "ngày 1",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_scale_and_a_year_are_read_in_every_usual_writing() {
        assert!(
            ["1/1000", "1:1000", "1000", "1 : 1.000", "1000.0"]
                .iter()
                .all(|text| parse_scale(text) == Some(1000))
        );
        assert!(
            ["", "0", "1/0", "x"]
                .iter()
                .all(|text| parse_scale(text).is_none())
        );
        assert_eq!(parse_year("1961"), Some(1961));
        assert_eq!(parse_year("02/09/1961"), Some(1961));
        assert_eq!(parse_year("Nma"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC*|[0-9.,/:m²AĐđ -]{0,24}") {
            let _ = (parse_area_tenths(&text), parse_date(&text), parse_year(&text), parse_scale(&text));
            let _ = (parse_serial(&text), is_personal_number(&text), is_tax_number(&text));
        }

        #[test]
        fn an_area_reads_the_same_in_vietnamese_and_in_english(tenths in 0..10_000_000_000_u64) {
            let (whole, tenth) = (tenths / 10, tenths % 10);
            prop_assert_eq!(parse_area_tenths(&format!("{whole},{tenth}")), Some(tenths));
            prop_assert_eq!(parse_area_tenths(&format!("{whole}.{tenth} m²")), Some(tenths));
        }
    }
}
