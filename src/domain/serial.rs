//! Numbers on papers: a certificate's serial, and numbers of persons and organisations.
//!
//! Nothing here repeats a value in an error: values may be personal data.
/// A certificate's serial, written the one way: upper case, one space before the digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial {
    /// The serial; as given, if it has no known form.
    pub text: String,
    /// Whether it has the form of an era.
    pub is_known_form: bool,
}

/// Reads a serial.
///
/// # Source
/// One letter and six digits (1993), two letters and six digits (2003–2024), two letters and eight digits (late prints, and
/// all from 2025). The digits are never padded: their number tells the eras apart.
pub fn parse_serial(text: &str) -> Serial {
    let upper = text.to_uppercase();
    let compact: String = upper
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let letters: String = compact
        .chars()
        .take_while(|letter| letter.is_ascii_uppercase() || *letter == 'Đ')
        .collect();
    let digits = compact.get(letters.len()..).unwrap_or_default();
    let is_known_form = digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!((letters.chars().count(), digits.len()), (1 | 2, 6) | (2, 8));
    Serial {
        text: if is_known_form {
            format!("{letters} {digits}")
        } else {
            upper
        },
        is_known_form,
    }
}

/// A serial as it is compared: upper case, no spaces.
pub fn serial_key(serial: &str) -> String {
    serial
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

/// A number of a person or organisation as the register stores it: without spaces.
pub fn tidy_number(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

/// Whether a number has the form of a personal number (12 digits), an old identity card (9 digits) or a passport.
pub fn is_personal_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_passport = |text: &str| match text.as_bytes() {
        [letter, number @ ..] => {
            letter.is_ascii_uppercase()
                && number.len() == 7
                && number.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    };
    matches!(text.len(), 9 | 12) && digits(text) || is_passport(text)
}

/// Whether a number has the form of a tax or enterprise number: ten digits, a branch with `-` and three more.
pub fn is_tax_number(text: &str) -> bool {
    let (firm, branch) = text.split_once('-').unwrap_or((text, "000"));
    firm.len() == 10
        && branch.len() == 3
        && firm
            .bytes()
            .chain(branch.bytes())
            .all(|byte| byte.is_ascii_digit())
}

/// Whether a number stands for one person or organisation for ever: a personal number or a tax number. Old identity cards were issued
/// twice and more.
pub fn is_one_for_ever(text: &str) -> bool {
    text.len() == 12 && is_personal_number(text) || is_tax_number(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_gets_one_space_and_keeps_its_number_of_digits() {
        for (text, serial) in [
            ("aa 00000001", "AA 00000001"),
            ("AA00000001", "AA 00000001"),
            ("dđ  123456", "DĐ 123456"),
            ("B 123456", "B 123456"),
        ] {
            assert_eq!(
                parse_serial(text),
                Serial {
                    text: serial.into(),
                    is_known_form: true
                }
            );
        }
        for text in [
            "123456",
            "ABC 123456",
            "AB 1234567",
            "A 12345678",
            "AB 12345x",
            "",
        ] {
            assert_eq!(
                parse_serial(text),
                Serial {
                    text: text.to_uppercase(),
                    is_known_form: false
                }
            );
        }
    }

    #[test]
    fn personal_and_tax_numbers_are_known_by_their_digits() {
        assert!(
            ["000190012345", "012345678", "B1234567"]
                .iter()
                .all(|text| is_personal_number(text))
        );
        assert!(
            !["", "1234567890", "00019001234x", "1.09E+11"]
                .iter()
                .any(|text| is_personal_number(text))
        );
        assert!(
            ["0100109106", "0100109106-001"]
                .iter()
                .all(|text| is_tax_number(text))
        );
        assert!(
            !["", "010010910", "0100109106-1", "000190012345"]
                .iter()
                .any(|text| is_tax_number(text))
        );
    }

    #[test]
    fn an_old_identity_card_stands_for_nobody_alone() {
        assert!(is_one_for_ever("000190012345") && is_one_for_ever("0100109106-001"));
        assert!(
            !["012345678", "B1234567", ""]
                .iter()
                .any(|text| is_one_for_ever(text))
        );
    }
}
