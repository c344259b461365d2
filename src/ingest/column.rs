//! Which column of a file is which of our fields.

use super::{field::Field, raw::RawText};
use crate::domain::{Fault, FaultCode, fold_text};
use std::{fmt::Write as _, marker::PhantomData};

/// The key by which a header is compared: folded, letters and digits only.
pub fn column_key(header: &str) -> String {
    fold_text(header)
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// The columns of one file, matched with fields.
#[derive(Debug, Clone)]
pub struct Columns<F> {
    headers: Vec<String>,
    taken: Vec<Option<usize>>,
    rivals: Vec<(F, usize)>,
}

impl<F: Field> Columns<F> {
    /// Matches headers with fields: whole names first, then names that a DBF cut to ten bytes.
    ///
    /// # Errors
    /// `column-missing` with every needed field that no column could be taken for, and the names tried.
    pub fn find(headers: &[String]) -> Result<Self, Fault> {
        let keys: Vec<String> = headers.iter().map(|header| column_key(header)).collect();
        let whole = |alias: &str, column: usize| keys.get(column).is_some_and(|key| key == alias);
        let cut = |alias: &str, column: usize| {
            let is_cut = headers
                .get(column)
                .is_some_and(|header| header.len() == DBF_NAME_BYTES);
            is_cut
                && keys
                    .get(column)
                    .is_some_and(|key| key.len() >= SHORTEST_CUT && alias.starts_with(key.as_str()))
        };
        let mut columns = Self {
            taken: vec![None; F::ALL.len()],
            rivals: Vec::new(),
            headers: headers.to_vec(),
        };
        columns.take(&whole);
        columns.take(&cut);
        match columns.missing() {
            missing if missing.is_empty() => Ok(columns),
            missing => Err(Fault::new(FaultCode::ColumnMissing, missing)),
        }
    }

    fn take(&mut self, matches: &dyn Fn(&str, usize) -> bool) {
        for &field in F::ALL {
            for alias in field.aliases() {
                for column in 0..self.headers.len() {
                    if matches(alias, column) && !self.is_spoken_for(column) {
                        match self.taken.get_mut(field.number()) {
                            Some(slot @ None) => *slot = Some(column),
                            _ => self.rivals.push((field, column)),
                        }
                    }
                }
            }
        }
    }

    fn is_spoken_for(&self, column: usize) -> bool {
        self.taken.contains(&Some(column)) || self.rivals.iter().any(|&(_, rival)| rival == column)
    }

    fn missing(&self) -> String {
        let mut missing = String::new();
        for field in F::ALL
            .iter()
            .filter(|field| field.is_needed() && self.column(**field).is_none())
        {
            let separator = if missing.is_empty() {
                "no column for"
            } else {
                "; none for"
            };
            let _ = write!(
                missing,
                "{separator} {} (tried {})",
                field.name(),
                field.aliases().join(", ")
            );
        }
        missing
    }

    /// The number of the column taken for a field.
    pub fn column(&self, field: F) -> Option<usize> {
        self.taken.get(field.number()).copied().flatten()
    }

    /// Leaves a field out: its column counts as left over.
    pub(super) fn forget(&mut self, field: F) {
        if let Some(slot) = self.taken.get_mut(field.number()) {
            *slot = None;
        }
    }

    /// The header taken for each field that has one.
    pub fn taken(&self) -> impl Iterator<Item = (F, &str)> {
        F::ALL
            .iter()
            .filter_map(|&field| Some((field, self.headers.get(self.column(field)?)?.as_str())))
    }

    /// The headers that would also do for a field, but came second.
    pub fn rivals(&self) -> impl Iterator<Item = (F, &str)> {
        self.rivals
            .iter()
            .filter_map(|&(field, column)| Some((field, self.headers.get(column)?.as_str())))
    }

    /// The headers that no field was found for.
    pub fn left_over(&self) -> impl Iterator<Item = &str> {
        (0..self.headers.len())
            .filter(|&column| !self.is_spoken_for(column))
            .filter_map(|column| self.headers.get(column).map(String::as_str))
    }

    /// The number of columns.
    pub fn count(&self) -> usize {
        self.headers.len()
    }

    /// Reads the mapped columns of one record.
    pub(super) fn values(&self, mut text: impl FnMut(usize) -> RawText) -> Values<F> {
        let texts = self
            .taken
            .iter()
            .map(|column| column.map_or(RawText::Missing, &mut text))
            .collect();
        Values {
            texts,
            fields: PhantomData,
        }
    }
}

const DBF_NAME_BYTES: usize = 10;
/// A key that lost its marks and separators may be shorter than the ten bytes; below this it says too little.
const SHORTEST_CUT: usize = 6;

/// What one record has for each field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values<F> {
    texts: Vec<RawText>,
    fields: PhantomData<F>,
}

impl<F: Field> Values<F> {
    /// The text of a field; `None` where it is blank.
    ///
    /// # Errors
    /// `text-not-utf8`, naming the field, never the bytes.
    pub fn text(&self, field: F) -> Result<Option<&str>, Fault> {
        match self.texts.get(field.number()) {
            None | Some(RawText::Missing) => Ok(None),
            Some(RawText::Text(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Some(RawText::NotUtf8) => Err(Fault::new(
                FaultCode::TextNotUtf8,
                format!("{} is not UTF-8 text", field.name()),
            )),
        }
    }

    /// Values by field.
    #[cfg(test)]
    pub(super) fn from_texts<'a>(texts: impl IntoIterator<Item = (F, &'a str)>) -> Self {
        let mut values = Self {
            texts: vec![RawText::Missing; F::ALL.len()],
            fields: PhantomData,
        };
        for (field, text) in texts {
            if let Some(slot) = values.texts.get_mut(field.number()) {
                *slot = RawText::Text(text.to_owned());
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::field::{ParcelField, RightField};
    use proptest::prelude::*;

    fn find<F: Field>(headers: &[&str]) -> Result<Columns<F>, Fault> {
        Columns::find(
            &headers
                .iter()
                .map(|&header| header.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    fn taken<F: Field>(headers: &[&str]) -> Vec<(&'static str, String)> {
        let columns = find::<F>(headers).unwrap();
        columns
            .taken()
            .map(|(field, header)| (field.name(), header.to_owned()))
            .collect()
    }

    #[test]
    fn headers_of_every_family_are_known() {
        let expected = |headers: [&str; 4]| {
            ["commune", "sheet", "parcel", "land_use"]
                .into_iter()
                .zip(headers.map(str::to_owned))
                .collect::<Vec<_>>()
        };
        for headers in [
            ["XAID", "SHBANDO", "SHTHUA", "KHLOAIDAT"],
            [
                "MaXa",
                "SoHieuToBanDo",
                "SoThuTuThua",
                "KyHieuMucDichSuDung",
            ],
            ["MaXa", "SoHieuToBa", "SoThuTuThu", "KyHieuMucD"],
            ["MaXa", "SoHieuToBa", "SoThuTuThu", "MucDichSuD"],
            ["MA_XA", "SO_HIEU_TO", "SO_THU_TU_", "LOAI_DAT"],
            ["Mã xã", "Số tờ", "Số thửa", "Mục đích sử dụng"],
            ["MÃ ĐVHC", "Tờ bản đồ số", "Thửa đất số", "Loại đất"],
            ["mã đơn vị hành chính", "SO_TO", "SO_THUA", "MDSD2003"],
            ["commune", "sheet", "parcel", "land_use"],
        ] {
            assert_eq!(taken::<ParcelField>(&headers), expected(headers));
            assert_eq!(find::<ParcelField>(&headers).unwrap().rivals().count(), 0);
        }
    }

    #[test]
    fn a_register_written_out_in_vietnamese_is_known_whole() {
        let headers = [
            "Mã xã",
            "Số tờ",
            "Số thửa",
            "Loại chủ",
            "Tên chủ",
            "Số giấy tờ",
            "Năm sinh",
            "Nơi thường trú",
            "Tỷ lệ",
            "Số phát hành",
            "Số vào sổ",
            "Ngày cấp",
            "Mục đích",
            "Diện tích",
            "Nguồn gốc",
            "Thời hạn",
        ];
        let fields = [
            "commune",
            "sheet",
            "parcel",
            "party_kind",
            "name",
            "personal_no",
            "birth_year",
            "residence",
            "share",
            "serial",
            "entry_no",
            "issued_on",
            "land_use",
            "area",
            "origin",
            "term",
        ];
        let expected: Vec<_> = fields.into_iter().zip(headers.map(str::to_owned)).collect();
        assert_eq!(taken::<RightField>(&headers), expected);
    }

    #[test]
    fn no_alias_leads_to_two_fields_of_one_file() {
        fn check<F: Field + std::fmt::Debug>() {
            for &field in F::ALL {
                for alias in field.aliases() {
                    assert_eq!(column_key(alias), *alias, "an alias is written as a key");
                    let others = F::ALL
                        .iter()
                        .filter(|other| **other != field && other.aliases().contains(alias));
                    assert_eq!(others.count(), 0, "{alias}");
                }
            }
        }
        check::<ParcelField>();
        check::<RightField>();
    }

    #[test]
    fn of_two_columns_for_a_field_the_better_name_wins_and_the_other_is_said() {
        let headers = [
            "TOBD",
            "MAXA",
            "Shape_Area",
            "SOTHUA",
            "DIENTICH",
            "SHBANDO",
            "OBJECTID",
        ];
        let columns = find::<ParcelField>(&headers).unwrap();
        assert_eq!(columns.column(ParcelField::Sheet), Some(5));
        assert_eq!(columns.column(ParcelField::Area), Some(4));
        let rivals: Vec<_> = columns.rivals().collect();
        assert_eq!(
            rivals,
            [
                (ParcelField::Sheet, "TOBD"),
                (ParcelField::Area, "Shape_Area")
            ]
        );
        assert_eq!(columns.left_over().collect::<Vec<_>>(), ["OBJECTID"]);
    }

    #[test]
    fn a_short_or_uncut_beginning_of_a_name_is_not_taken_for_it() {
        let fault = find::<ParcelField>(&["MAXA", "SOTO", "SoThuTuThuX", "SoThuT"]).unwrap_err();
        assert_eq!(fault.code, FaultCode::ColumnMissing);
    }

    proptest! {
        #[test]
        fn every_header_is_taken_a_rival_or_left_over(headers: Vec<String>, known in "(ma xa|SOTO|so thua|dien tich){0,3}") {
            let headers: Vec<String> = headers.into_iter().chain(known.split_whitespace().map(str::to_owned)).chain(
                ["MAXA", "SOTO", "SOTHUA"].map(str::to_owned)
            ).collect();
            let columns = Columns::<ParcelField>::find(&headers).unwrap();
            prop_assert_eq!(columns.taken().count() + columns.rivals().count() + columns.left_over().count(), headers.len());
            let _ = Columns::<RightField>::find(&headers);
        }
    }
}
