//! Vietnamese text: one written form for storing, one folded form for matching.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Text as the register stores it: NFC, without space around it and with single spaces inside.
///
/// # Example
/// ```
/// assert_eq!(diaba::domain::tidy_text("  Nguye\u{302}\u{303}n   Văn A "), "Nguyễn Văn A");
/// ```
pub fn tidy_text(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.extend(word.nfc());
    }
    tidy
}

/// Text as it is compared and searched: no marks, no capitals, `đ` as `d`, compatibility forms (`²`, full width) as plain
/// characters.
///
/// # Example
/// ```
/// assert_eq!(diaba::domain::fold_text("Số thửa ĐẤT (m²)"), "so thua dat (m2)");
/// ```
pub fn fold_text(text: &str) -> String {
    text.nfkd()
        .filter(|&letter| !is_combining_mark(letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn composed_and_decomposed_text_fold_to_the_same_key() {
        let composed: String = "Đường Nguyễn Thị Ửng, khóm Ỷ Lỵ".nfc().collect();
        let decomposed: String = composed.nfd().collect();
        assert_eq!(fold_text(&composed), "duong nguyen thi ung, khom y ly");
        assert_eq!(fold_text(&decomposed), fold_text(&composed));
        assert_eq!(tidy_text(&decomposed), composed);
    }

    #[test]
    fn the_two_ways_to_place_a_tone_fold_to_the_same_key() {
        assert_eq!(fold_text("Hòa"), fold_text("Hoà"));
    }

    proptest! {
        #[test]
        fn folding_and_tidying_twice_change_nothing_more(text: String) {
            let (folded, tidy) = (fold_text(&text), tidy_text(&text));
            prop_assert_eq!(fold_text(&folded), folded);
            prop_assert_eq!(tidy_text(&tidy), tidy);
        }
    }
}
