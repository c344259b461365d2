//! The texts of a page, each once; and uses as one text.

use super::PageUse;
use crate::domain::Area;
use std::collections::HashMap;

/// Texts being gathered.
#[derive(Debug, Default)]
pub struct Texts<'a> {
    places: HashMap<std::borrow::Cow<'a, str>, u16>,
    pub ends: Vec<u32>,
    pub bytes: Vec<u8>,
}

impl<'a> Texts<'a> {
    /// The place of a text.
    pub fn place(&mut self, text: impl Into<std::borrow::Cow<'a, str>>) -> u16 {
        let text = text.into();
        if let Some(place) = self.places.get(&text) {
            return *place;
        }
        let place = u16::try_from(self.ends.len()).unwrap_or(u16::MAX);
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.places.insert(text, place);
        place
    }
}

const RECORD: char = '\u{1e}';
const PART: char = '\u{1f}';
/// Stands for the parcel's legal area, so that most parcels share one text.
const WHOLE: &str = "=";

/// Uses as a text.
pub fn join_uses(uses: &[PageUse], legal_area: Option<Area>) -> String {
    let one = |row: &PageUse| {
        let area = match row.area {
            None => String::new(),
            whole if whole == legal_area => WHOLE.to_owned(),
            Some(area) => area.tenths_m2().to_string(),
        };
        let plain = |text: &str| text.replace([RECORD, PART], " ");
        let given = |part: &Option<String>| part.as_ref().map(|part| format!("!{}", plain(part)));
        let parts = [
            plain(&row.code),
            area,
            given(&row.origin).unwrap_or_default(),
            given(&row.term).unwrap_or_default(),
        ];
        parts.join(&PART.to_string())
    };
    uses.iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(&RECORD.to_string())
}

/// Uses from their text: code, area, origin, term.
pub fn split_uses(
    text: &str,
    legal_area: Option<Area>,
) -> impl Iterator<Item = (&str, Option<Area>, Option<&str>, Option<&str>)> {
    let records = text.split(RECORD).filter(|record| !record.is_empty());
    records.map(move |record| {
        let mut parts = record.split(PART);
        let code = parts.next().unwrap_or_default();
        let area = match parts.next() {
            Some(WHOLE) => legal_area,
            Some(tenths) => tenths.parse().ok().map(Area::from_tenths_m2),
            None => None,
        };
        let mut given = || parts.next().and_then(|part| part.strip_prefix('!'));
        (code, area, given(), given())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_come_back_from_their_text() {
        let row =
            |code: &str, tenths: Option<u64>, origin: Option<&str>, term: Option<&str>| PageUse {
                code: code.to_owned(),
                area: tenths.map(Area::from_tenths_m2),
                origin: origin.map(str::to_owned),
                term: term.map(str::to_owned),
            };
        let uses = [
            row("ONT", Some(1000), Some("DG-KTT"), None),
            row("CLN", Some(234), None, Some("")),
            row("NTS", None, Some("!"), Some("Lâu dài")),
        ];
        let legal_area = Some(Area::from_tenths_m2(1000));
        let text = join_uses(&uses, legal_area);
        let back: Vec<_> = split_uses(&text, legal_area)
            .map(|(code, area, origin, term)| {
                row(code, area.map(|area| area.tenths_m2()), origin, term)
            })
            .collect();
        assert_eq!(back, uses);
        assert_eq!(split_uses(&join_uses(&[], None), None).count(), 0);
    }
}
