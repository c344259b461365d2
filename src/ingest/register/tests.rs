use super::*;
use crate::ingest::{
    field::Field,
    sample::{Folder, sheet},
};
use std::fmt::Write as _;

const HEADER: &str = "Mã xã,Số tờ,Số thửa,Tên chủ,Số giấy tờ,Số phát hành\n";

fn open(content: impl AsRef<[u8]>) -> Result<RegisterFile, Fault> {
    let folder = Folder::new();
    RegisterFile::open(&folder.write("register.csv", content))
}

fn names(rows: &[RawRow]) -> Vec<(u64, String)> {
    let name = |row: &RawRow| match &row.content {
        Ok(values) => values
            .text(RightField::Name)
            .unwrap()
            .unwrap_or_default()
            .to_owned(),
        Err(fault) => fault.code.to_string(),
    };
    rows.iter().map(|row| (row.row, name(row))).collect()
}

fn unplaced(register: &mut RegisterFile) -> Vec<RawRow> {
    register.unplaced().collect::<Result<_, _>>().unwrap()
}

fn text(pairs: &[(u64, &str)]) -> Vec<(u64, String)> {
    pairs
        .iter()
        .map(|&(row, name)| (row, name.to_owned()))
        .collect()
}

#[test]
fn rows_come_by_sheet_with_their_line_whatever_delimiter_line_end_and_mark() {
    let rows =
        "27001,2,1,An,,\n27001,1,1,Bình,,\n27001,2,2,\"Chi, bà\n(mẹ)\",,\n27001,1,2,Dũng,,\n";
    for delimiter in [",", ";", "\t"] {
        for line_end in ["\n", "\r\n"] {
            for mark in ["", "\u{feff}"] {
                let content = format!("{HEADER}{rows}")
                    .replace(',', delimiter)
                    .replace('\n', line_end);
                let mut register = open(format!("{mark}{content}")).unwrap();
                assert_eq!(register.row_count(), 4);
                assert_eq!(
                    register.sheets().collect::<Vec<_>>(),
                    [(sheet(1), 2), (sheet(2), 2)]
                );
                let expected = text(&[(3, "Bình"), (6, "Dũng")]);
                assert_eq!(
                    names(&register.rows(sheet(1)).unwrap()),
                    expected,
                    "{delimiter:?} {line_end:?}"
                );
                let chi = format!("Chi{delimiter} bà{line_end}(mẹ)");
                let expected = [(2, "An".to_owned()), (4, chi)];
                assert_eq!(names(&register.rows(sheet(2)).unwrap()), expected);
                assert_eq!(
                    names(&register.rows(sheet(2)).unwrap()),
                    expected,
                    "a second time"
                );
                assert_eq!(unplaced(&mut register), []);
            }
        }
    }
}

#[test]
fn a_ragged_row_is_rejected_with_its_line_and_the_next_rows_go_on() {
    let mut register = open(format!(
        "{HEADER}27001,1,1,An\n\n27001,1,2,Bình,,\n27001,1,3,Chi,,,\n"
    ))
    .unwrap();
    assert_eq!(register.row_count(), 3);
    assert_eq!(
        names(&register.rows(sheet(1)).unwrap()),
        text(&[(4, "Bình")])
    );
    assert_eq!(
        names(&unplaced(&mut register)),
        text(&[(2, "row-unreadable"), (5, "row-unreadable")])
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_one_line() {
    let mut content = format!("{HEADER}27001,1,1,An,,\n27001,1,2,\"Bình,,\n");
    for parcel_no in 3..40_003 {
        writeln!(content, "27001,1,{parcel_no},Nguyễn Văn {parcel_no:030},,").unwrap();
    }
    assert!(
        content.len() > 2 * LONGEST_ROW_BYTES,
        "longer than a row may be"
    );
    let mut register = open(&content).unwrap();
    assert_eq!(register.row_count(), 40_002);
    assert_eq!(register.sheets().collect::<Vec<_>>(), [(sheet(1), 40_001)]);
    assert_eq!(
        names(&unplaced(&mut register)),
        text(&[(3, "row-unreadable")])
    );
    assert_eq!(
        register
            .rows(sheet(1))
            .unwrap()
            .iter()
            .filter(|row| row.content.is_ok())
            .count(),
        40_001
    );
}

#[test]
fn text_that_is_not_utf8_is_said_of_its_row_and_field_only() {
    let mut content = HEADER.as_bytes().to_vec();
    // "Nguyễn" as TCVN3 writes it
    content.extend(b"27001,1,1,Nguy\xd4n,,\n27001,1,2,An,,\n");
    let mut register = open(&content).unwrap();
    let rows = register.rows(sheet(1)).unwrap();
    let values: Vec<_> = rows
        .iter()
        .map(|row| row.content.as_ref().unwrap())
        .collect();
    let fault = values[0].text(RightField::Name).unwrap_err();
    assert_eq!(
        (fault.code, fault.detail.as_str()),
        (FaultCode::TextNotUtf8, "name is not UTF-8 text")
    );
    assert_eq!(values[0].text(RightField::Parcel), Ok(Some("1")));
    assert_eq!(values[1].text(RightField::Name), Ok(Some("An")));
}

#[test]
fn a_row_without_readable_sheet_comes_out_unplaced() {
    let mut register = open(format!(
        "{HEADER}27001,,1,An,,\n27001,PL9,1,Bình,,\n,1,1,Chi,,\n"
    ))
    .unwrap();
    assert_eq!(register.sheets().count(), 0);
    assert_eq!(
        names(&unplaced(&mut register)),
        text(&[(2, "An"), (3, "Bình"), (4, "Chi")])
    );
}

#[test]
fn a_register_without_needed_columns_is_refused_with_the_names_tried() {
    let fault = open("Mã xã,Số thửa,Ghi chú\n27001,1,x\n").err().unwrap();
    assert_eq!(fault.code, FaultCode::ColumnMissing);
    assert!(
        fault
            .detail
            .contains("no column for sheet (tried sohieutobando, shbando"),
        "{fault}"
    );
    assert!(fault.detail.contains("none for name"), "{fault}");
}

#[test]
fn a_header_in_another_encoding_and_an_empty_register_are_told_apart() {
    let fault = open(b"M\xb7 x\xb7,S\xe8 t\xea\n").err().unwrap();
    assert_eq!(fault.code, FaultCode::TextNotUtf8);
    assert_eq!(open("").err().unwrap().code, FaultCode::FileUnreadable);
    assert_eq!(open(HEADER).unwrap().row_count(), 0);
}

#[test]
fn a_spreadsheet_named_csv_is_not_taken_for_text() {
    let fault = open(b"PK\x03\x04\x14\0\x06\0").err().unwrap();
    assert_eq!(fault.code, FaultCode::FileNotWhatItsNameSays);
    assert!(fault.detail.contains("ZIP archive"), "{fault}");
}

#[test]
fn columns_are_said() {
    let register = open("MAXA;SOTO;SOTHUA;HOTEN;Ghi chú;TENCHU\n").unwrap();
    let columns = register.columns();
    let taken: Vec<_> = columns
        .taken()
        .map(|(field, header)| (field.name(), header))
        .collect();
    assert_eq!(
        taken,
        [
            ("commune", "MAXA"),
            ("sheet", "SOTO"),
            ("parcel", "SOTHUA"),
            ("name", "TENCHU")
        ]
    );
    assert_eq!(
        columns.rivals().collect::<Vec<_>>(),
        [(RightField::Name, "HOTEN")]
    );
    assert_eq!(columns.left_over().collect::<Vec<_>>(), ["Ghi chú"]);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Lines may be anything: each that is not empty is accounted for once, by its own line number.
        #[test]
        fn every_line_is_accounted_for(
            lines in proptest::collection::vec("(27001,[1-3],[0-9],[a-z\"]{0,3},,)|[a-z,\"\\xff]{0,12}", 0..30),
        ) {
            let content = format!("{HEADER}{}\n", lines.join("\n"));
            let mut register = open(&content).unwrap();
            let sheets: Vec<_> = register.sheets().map(|(sheet, _)| sheet).collect();
            let mut rows = unplaced(&mut register);
            for sheet in sheets {
                rows.extend(register.rows(sheet).unwrap());
            }
            prop_assert_eq!(rows.len(), register.row_count());
            rows.sort_by_key(|row| row.row);
            // line 2 is lines[0]; a row ends where the next one starts
            let line = |row: u64| lines.get(usize::try_from(row).unwrap() - 2).map_or("", String::as_str);
            let ends = rows.iter().skip(1).map(|row| row.row).chain([lines.len() as u64 + 2]);
            for (row, end) in rows.iter().zip(ends) {
                prop_assert!(!line(row.row).is_empty());
                let may_go_on = row.content.is_ok() && line(row.row).contains('"');
                for below in row.row + 1..end {
                    prop_assert!(may_go_on || line(below).is_empty(), "line {} is not accounted for", below);
                }
            }
            let first = rows.first().map_or(lines.len() as u64 + 2, |row| row.row);
            prop_assert!((2..first).all(|row| line(row).is_empty()));
        }
    }
}
