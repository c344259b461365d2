//! Certificates on blanks: what is printed stands where the form has its place, read back with poppler's programs and ZBar.

use crate::desk::Officer;
use crate::documents::{pdf, says, text};
use crate::dossier::Clerk;
use crate::support::{Folder, Register, Reply, run, square};
use serde_json::{Value, json};
use std::process::Command;

const REGISTER: &str = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Mục đích,Diện tích,Thời hạn,Nguồn gốc,Số phát hành,Số vào sổ,Ngày cấp\n\
99001,1,1,Nguyễn Thị Ửng,999099000001,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000017,CN 00017,2025-03-01\n\
99001,1,1,Đỗ Văn Quỳnh,999099000002,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000017,CN 00017,2025-03-01\n\
99001,1,2,Trần Văn Bảy,999099000003,1,ONT,400,Lâu dài,DG-CTT,BK 123456,CH 00345,2012-05-10\n\
99001,1,3,Lê Thị Tám,999099000004,1,ONT,400,Lâu dài,DG-CTT,AA 00000019,CN 00019,2012-05-10\n";

async fn certified() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let squares: Vec<_> = (1..=3)
        .map(|number| square(number).with("DienTichPhapLy", 400.0))
        .collect();
    register
        .load(&[
            folder.parcels("row.geojson", &squares),
            folder.write("rows.csv", REGISTER),
        ])
        .await;
    register
}

fn received(clerk: &Clerk<'_>, series: &str, digits: i16, first: i32, last: i32) {
    clerk.does(
        "POST",
        "/api/v1/blanks",
        &json!({ "entry": "received", "series": series, "digits": digits, "first": first, "last": last, "reference": "PX 1" }),
    );
}

fn printed(clerk: &Clerk<'_>, serial: &str, body: &Value) -> Reply {
    let path = format!(
        "/api/v1/certificates/{}/print.pdf",
        serial.replace(' ', "%20")
    );
    clerk.send("POST", &path, &[], body)
}

/// The left edge and the top of the first of a word's places, in millimetres.
fn place(folder: &Folder, bytes: &[u8], word: &str) -> (f64, f64) {
    let file = folder.write("paper.pdf", bytes);
    let output = Command::new("pdftotext")
        .arg("-bbox")
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text
        .lines()
        .find(|line| line.contains(&format!(">{word}</word>")));
    let number = |name: &str| -> f64 {
        let (_, rest) = line.unwrap().split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    (number("xMin") * 25.4 / 72.0, number("yMin") * 25.4 / 72.0)
}

fn pages(folder: &Folder, bytes: &[u8]) -> String {
    let file = folder.write("paper.pdf", bytes);
    let output = Command::new("pdfinfo").arg(&file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_certificate_stands_on_the_blank_of_its_serial_moved_by_what_the_printer_is_off() {
    run(async {
        let register = certified().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "officer", "98").await;
        received(&an, "AA", 8, 1, 100);
        let folder = Folder::new();
        let plain = printed(&an, "AA 00000017", &json!({}));
        let said = text(&folder, pdf(&plain));
        says(
            &said,
            &[
                "Ông (Bà) Nguyễn Thị Ửng, số định danh: 999099000001 (tỷ lệ 1/2)",
                "Ông (Bà) Đỗ Văn Quỳnh",
                "a) Thửa đất số: 1; tờ bản đồ số: 1",
                "b) Diện tích: 400,0 m²",
                "c) Loại đất: Đất ở tại nông thôn",
                "d) Thời hạn sử dụng đất: Lâu dài",
                "đ) Hình thức sử dụng đất: Sử dụng chung",
                "e) Địa chỉ: Đường Số Một, ấp Bình Hòa",
                "g) Nguồn gốc sử dụng đất: Nhà nước giao đất có thu tiền sử dụng đất",
                "Xã Hòa Mẫu, ngày 01 tháng 3 năm 2025",
                "4. Sơ đồ thửa đất",
                "6. Những thay đổi sau khi cấp Giấy chứng nhận",
                "Số vào sổ cấp Giấy chứng nhận: CN 00017",
            ],
        );
        // The blank has these already.
        assert!(!said.contains("CỘNG HÒA") && !said.contains("AA 00000017"));
        let about = pages(&folder, &plain.body);
        assert!(
            about.contains("Pages:           2") && about.contains("(A4)"),
            "{about}"
        );

        // The first section begins 22 mm from the left edge; a printer that is 2.5 mm off to the left and 1 mm down is met.
        let (left_mm, top_mm) = place(&folder, &plain.body, "1.");
        assert!((left_mm - 22.0).abs() < 0.5, "{left_mm}");
        let path = "/api/v1/printers/p1";
        an.does(
            "PUT",
            path,
            &json!({ "form": "2024", "right_mm": 1.0, "down_mm": 1.0 }),
        );
        let known = an.does(
            "PUT",
            path,
            &json!({ "form": "2024", "right_mm": 2.5, "down_mm": -1.0 }),
        );
        assert_eq!(known["printers"].as_array().unwrap().len(), 1);
        let moved = printed(&an, "aa00000017", &json!({ "printer": "p1" }));
        let (right_mm, down_mm) = place(&folder, pdf(&moved), "1.");
        assert!((right_mm - left_mm - 2.5).abs() < 0.01, "{right_mm}");
        assert!((down_mm - top_mm + 1.0).abs() < 0.01, "{down_mm}");
        assert_eq!(text(&folder, &moved.body), said);

        // The same again is the same file, and the blank was used once.
        assert_eq!(pdf(&printed(&an, "AA 00000017", &json!({}))), pdf(&plain));
        let blank = an.does("GET", "/api/v1/blanks/AA00000017", &Value::Null);
        let entries = blank["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(
            (&entries[1]["entry"], &entries[1]["reference"]),
            (&json!("used"), &json!("CN 00017"))
        );
    });
}

#[test]
fn the_qr_code_of_the_form_of_2024_has_eight_parts_with_the_dossier_and_the_serial() {
    run(async {
        let register = certified().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "officer", "").await;
        received(&an, "AA", 8, 1, 100);
        let officer = Officer::at(&register, &server).await;
        officer.commits(
            &[2],
            &json!([{
                "kind": "issue-certificate", "parcels": [officer.id(2)], "serial": "AA 00000018", "entry_no": "CN 00018",
                "issued_on": "2026-01-20", "replaces": [{ "serial": "BK 123456", "as": "exchanged" }]
            }]),
        );
        let folder = Folder::new();
        let reply = printed(&an, "AA 00000018", &json!({}));
        let file = folder.write("paper.pdf", pdf(&reply));
        let image = file.with_extension("");
        let drawn = Command::new("pdftoppm")
            .args(["-r", "200", "-png", "-singlefile"])
            .args([&file, &image])
            .status();
        assert!(drawn.unwrap().success());
        let output = Command::new("zbarimg")
            .args(["--raw", "-q"])
            .arg(image.with_extension("png"))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let parts: Vec<&str> = said.trim_end().split('|').collect();
        assert_eq!(parts.len(), 8, "{said}");
        assert_eq!(parts[2..5], ["Dia Ba", "H29.3-261122-0001", "AA 00000018"]);
        assert!(parts[7].len() == 12 && parts[7].bytes().all(|byte| byte.is_ascii_digit()));
        let moment = |text: &str| text.len() == 19 && text.split('-').count() == 6;
        assert!(moment(parts[0]) && moment(parts[6]), "{said}");
        // The exchanged one is printed no more.
        assert_eq!(
            printed(&an, "BK 123456", &json!({})).json()["code"],
            "certificate-ended"
        );
    });
}

#[test]
fn a_certificate_whose_blank_or_form_or_printer_is_not_there_is_not_printed_and_nothing_changes() {
    run(async {
        let register = certified().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "officer", "98").await;
        let xa = Clerk::with(&register, &server, "Xa", "officer", "97").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        let refused = |clerk: &Clerk<'_>, serial: &str, body: &Value| {
            let path = format!(
                "/api/v1/certificates/{}/print.pdf",
                serial.replace(' ', "%20")
            );
            clerk.fails("POST", &path, body)
        };
        let before = register.contents().await;
        let code = |status: u16, code: &str| (status, code.to_owned());
        assert_eq!(
            refused(&an, "AA 00000017", &json!({})),
            code(409, "blanks-refused")
        );
        assert_eq!(
            refused(&an, "ZZ 00000001", &json!({})),
            code(404, "no-such-certificate")
        );
        // Eight digits, but signed in 2012.
        assert_eq!(
            refused(&an, "AA 00000019", &json!({})),
            code(422, "no-certificate-form")
        );
        assert_eq!(
            refused(&an, "AA 00000017", &json!({ "printer": "p9" })),
            code(422, "printer-unknown")
        );
        let far = json!({ "form": "2024", "right_mm": 21.0, "down_mm": 0.0 });
        assert_eq!(
            an.fails("PUT", "/api/v1/printers/p1", &far),
            code(400, "bad-parameter")
        );
        assert_eq!(refused(&xa, "AA 00000017", &json!({})).0, 403);
        assert_eq!(refused(&chi, "AA 00000017", &json!({})).0, 403);
        assert_eq!(chi.fails("POST", "/api/v1/blanks", &json!({
            "entry": "received", "series": "AA", "digits": 8, "first": 1, "reference": "PX 1"
        })).0, 403);
        let mut after = register.contents().await;
        after.insert("access_ledger".to_owned(), before["access_ledger"].clone());
        assert_eq!(after, before);
        // Spoilt is not used.
        received(&an, "AA", 8, 1, 100);
        an.does(
            "POST",
            "/api/v1/blanks",
            &json!({
                "entry": "spoilt", "series": "AA", "digits": 8, "first": 17, "reference": "rách"
            }),
        );
        assert_eq!(
            refused(&an, "AA 00000017", &json!({})),
            code(409, "blanks-refused")
        );
    });
}

#[test]
fn a_change_is_written_on_an_old_certificate_below_what_stands_there_already() {
    run(async {
        let register = certified().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "officer", "").await;
        let path = "/api/v1/certificates/BK123456/notes.pdf";
        assert_eq!(
            an.fails("GET", path, &Value::Null),
            (404, "nothing-noted".to_owned())
        );
        let officer = Officer::at(&register, &server).await;
        for words in [
            "Thay đổi số nhà theo Quyết định 12/QĐ-UBND",
            "Người sử dụng đất đổi tên theo hồ sơ 345",
        ] {
            officer.commits(
                &[2],
                &json!([{
                    "kind": "annotate-certificate", "by": "SN", "parcels": [officer.id(2)], "serial": "BK 123456", "text": words
                }]),
            );
        }
        let folder = Folder::new();
        let all = an.send("GET", path, &[], &Value::Null);
        says(
            &text(&folder, pdf(&all)),
            &["Thay đổi số nhà theo", "345", "GIÁM ĐỐC"],
        );
        // A page of the old form: 190 mm × 265 mm are 538.58 × 751.18 points.
        let about = pages(&folder, &all.body);
        assert!(
            about.contains("Page size:       538.583 x 751.181 pts"),
            "{about}"
        );
        let (_, top_mm) = place(&folder, &all.body, "Người");
        let second = an.send("GET", &format!("{path}?note=2"), &[], &Value::Null);
        assert!(!text(&folder, pdf(&second)).contains("Quyết định"));
        let (_, first_place_mm) = place(&folder, &second.body, "Người");
        assert!(first_place_mm < top_mm);
        let below = an.send(
            "GET",
            &format!("{path}?note=2&after_mm=40"),
            &[],
            &Value::Null,
        );
        let (_, below_mm) = place(&folder, pdf(&below), "Người");
        assert!(
            (below_mm - first_place_mm - 40.0).abs() < 0.01,
            "{below_mm}"
        );
        assert_eq!(
            an.fails("GET", &format!("{path}?after_mm=175"), &Value::Null),
            (422, "too-long-for-blank".to_owned())
        );
        assert_eq!(
            an.fails("GET", &format!("{path}?note=3"), &Value::Null),
            (404, "nothing-noted".to_owned())
        );
    });
}
