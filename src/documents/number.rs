//! Numbers and days as Vietnamese papers write them.

use crate::domain::{Area, GridPoint};
use time::{Date, OffsetDateTime, UtcOffset};

/// Digits with a dot after each thousand.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// An area: `11.700,0`.
///
/// # Units
/// Square metres.
pub fn area_m2(area: Area) -> String {
    let tenths = area.tenths_m2();
    format!("{},{}", grouped(tenths / 10), tenths % 10)
}

/// A sum of money: `1.250.000`.
///
/// # Units
/// Đồng.
pub fn money_vnd(sum: u64) -> String {
    grouped(sum)
}

/// A coordinate or a length to the centimetre, half up: `1192000,01`.
///
/// # Units
/// From millimetres to metres.
pub fn metres(mm: i64) -> String {
    let cm = mm.saturating_add(5).div_euclid(10);
    let sign = if cm < 0 { "-" } else { "" };
    format!(
        "{sign}{},{:02}",
        cm.unsigned_abs() / 100,
        cm.unsigned_abs() % 100
    )
}

/// How long a straight edge is, cut to the millimetre: rounding it to the centimetre gives what rounding the exact length gives.
pub fn length_mm(from: GridPoint, to: GridPoint) -> i64 {
    let square = |from: i64, to: i64| u128::from(from.abs_diff(to)).pow(2);
    let sum = square(from.east_mm, to.east_mm) + square(from.north_mm, to.north_mm);
    i64::try_from(sum.isqrt()).unwrap_or(i64::MAX)
}

/// A day: `28/11/2026`.
pub fn day(day: Date) -> String {
    format!(
        "{:02}/{:02}/{}",
        day.day(),
        u8::from(day.month()),
        day.year()
    )
}

/// A day in words: `ngày 28 tháng 11 năm 2026`. Days below 10 and the first two months have a zero before them.
///
/// # Source
/// Decree 30/2020/NĐ-CP, annex I, II.4.
pub fn day_in_words(day: Date) -> String {
    let month = u8::from(day.month());
    let month = if month < 3 {
        format!("0{month}")
    } else {
        month.to_string()
    };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}

/// A moment in Viet Nam.
pub fn local(at: OffsetDateTime) -> OffsetDateTime {
    UtcOffset::from_hms(7, 0, 0).map_or(at, |offset| at.to_offset(offset))
}

/// A moment: `08 giờ 05 phút, 28/11/2026`.
pub fn moment(at: OffsetDateTime) -> String {
    let at = local(at);
    format!(
        "{:02} giờ {:02} phút, {}",
        at.hour(),
        at.minute(),
        day(at.date())
    )
}

/// A moment as ISO 8601 writes it: `2026-11-28T08:05:00+07:00`.
pub fn iso_moment(at: OffsetDateTime) -> String {
    let at = local(at);
    format!(
        "{}T{:02}:{:02}:{:02}+07:00",
        at.date(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// A meridian in degrees and minutes: `105°45'`.
pub fn meridian(degrees: f64) -> String {
    let whole = degrees.floor();
    format!("{whole}°{:02}'", ((degrees - whole) * 60.0).round())
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        text += &format!("{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn areas_have_a_decimal_comma_and_dots_between_thousands() {
        let text = |tenths| area_m2(Area::from_tenths_m2(tenths));
        assert_eq!(text(117_000), "11.700,0");
        assert_eq!(text(4000), "400,0");
        assert_eq!(text(12_345_678), "1.234.567,8");
        assert_eq!(text(5), "0,5");
    }

    #[test]
    fn coordinates_are_rounded_to_the_centimetre_half_up() {
        assert_eq!(metres(1_192_000_004), "1192000,00");
        assert_eq!(metres(1_192_000_005), "1192000,01");
        assert_eq!(metres(603_020_994), "603020,99");
        assert_eq!(metres(603_020_995), "603021,00");
    }

    #[test]
    fn an_edge_of_three_and_four_metres_is_five_metres_long() {
        let at = |east_mm, north_mm| GridPoint { east_mm, north_mm };
        assert_eq!(metres(length_mm(at(0, 0), at(3000, -4000))), "5,00");
        // √(2² + 1²) = 2.23607 m
        assert_eq!(metres(length_mm(at(0, 0), at(2000, 1000))), "2,24");
    }

    #[test]
    fn days_are_written_as_the_decree_on_papers_has_them() {
        assert_eq!(
            day_in_words(date!(2026 - 02 - 03)),
            "ngày 03 tháng 02 năm 2026"
        );
        assert_eq!(
            day_in_words(date!(2026 - 11 - 28)),
            "ngày 28 tháng 11 năm 2026"
        );
        assert_eq!(day(date!(2026 - 02 - 03)), "03/02/2026");
    }

    #[test]
    fn meridians_have_degrees_and_minutes() {
        assert_eq!(meridian(105.75), "105°45'");
        assert_eq!(meridian(105.0), "105°00'");
    }

    #[test]
    fn moments_are_those_of_viet_nam() {
        let at = datetime!(2026-11-27 18:05:09 UTC);
        assert_eq!(moment(at), "01 giờ 05 phút, 28/11/2026");
        assert_eq!(iso_moment(at), "2026-11-28T01:05:09+07:00");
    }
}
