//! Papers: asked for through HTTP, read back with programs that are not ours (poppler's, qpdf, ZBar).

use crate::support::{Folder, Register, Reply, Served, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Command;
use time::{Duration, OffsetDateTime};

const REGISTER: &str = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Địa chỉ thường trú,Tỷ lệ,Mục đích,Diện tích,Số phát hành,Ngày cấp\n\
99001,1,2,Nguyễn Thị Ửng,999099000001,\"Ấp Bình Hòa, xã Thử Nghiệm\",1/2,ONT,400,AA 00000017,2025-03-01\n\
99001,1,2,Đỗ Văn Quỳnh,999099000002,,1/2,ONT,400,AA 00000017,2025-03-01\n";

/// Squares 1 to 3 of a sheet; number 2 belongs to two people.
async fn three_squares() -> Register {
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

async fn token(register: &Register) -> String {
    let officer = Identity::Officer(policy::Officer::everywhere("Trần Thị B"));
    let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
    issue_token(&register.store, &officer, tomorrow)
        .await
        .unwrap()
}

fn id(server: &Served, token: &str, number: i32) -> i64 {
    let path = format!("/api/v1/communes/99001/sheets/1/parcels/{number}");
    server.get_as(token, &path).json()["parcel_id"]
        .as_i64()
        .unwrap()
}

pub fn pdf(reply: &Reply) -> &[u8] {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.headers["content-type"], "application/pdf");
    assert_eq!(reply.headers["cache-control"], "no-store");
    &reply.body
}

/// What a program says of a file; it must not complain.
fn read_by(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The text as a reader copies it, words in reading order with single spaces.
pub fn text(folder: &Folder, bytes: &[u8]) -> String {
    let file = folder.write("paper.pdf", bytes);
    let output = Command::new("pdftotext")
        .arg("-layout")
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
pub fn says(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text:?}");
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

/// All closed outlines of a file's pages, in points.
fn outlines(folder: &Folder, bytes: &[u8]) -> Vec<Vec<(f64, f64)>> {
    let file = folder.write("paper.pdf", bytes);
    let plain = Command::new("qpdf")
        .args(["--qdf", "--object-streams=disable"])
        .arg(&file)
        .arg("-")
        .output()
        .unwrap();
    let (mut outlines, mut points) = (Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&plain.stdout).lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        match *words {
            [x, y, "m" | "l"] => points.push((x.parse().unwrap(), y.parse().unwrap())),
            ["h"] => outlines.push(std::mem::take(&mut points)),
            _ => points.clear(),
        }
    }
    outlines
}

#[test]
fn an_extract_says_in_vietnamese_what_the_register_knows() {
    run(async {
        let register = three_squares().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let path = format!("/api/v1/parcels/{}/extract.pdf", id(&server, &token, 2));
        let reply = server.get_as(&token, &path);
        let folder = Folder::new();
        let text = text(&folder, pdf(&reply));
        says(
            &text,
            &[
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
                "TRÍCH LỤC BẢN ĐỒ ĐỊA CHÍNH",
                "Thửa đất số: 2; Tờ bản đồ số: 1;",
                "Địa chỉ thửa đất: Đường Số Một, ấp Bình Hòa",
                "Diện tích: 400,0 m²",
                "Đất ở tại nông thôn (ONT): 400,0 m²",
                "Nguyễn Thị Ửng",
                "Đỗ Văn Quỳnh",
                "999099000001",
                "kinh tuyến trục 105°45'",
                "Tỷ lệ 1:500",
                "Người trích lục".to_uppercase().as_str(),
                "Trần Thị B",
                // Square 2: west edge 40 m east of E 603000, south edge on N 1192000. X is northing, Y easting; from the
                // north-western corner clockwise.
                "1 1192020,00 603040,00 1–2 20,00",
                "2 1192020,00 603060,00 2–3 20,00",
                "3 1192000,00 603060,00 3–4 20,00",
                "4 1192000,00 603040,00 4–1 20,00",
                "Trang 2/2",
            ],
        );
        let file = folder.write("paper.pdf", &reply.body);
        read_by("qpdf", &["--check"], &file);
        let fonts = read_by("pdffonts", &[], &file);
        assert!(
            fonts
                .lines()
                .skip(2)
                .all(|font| font.contains("yes yes yes")),
            "{fonts}"
        );
    });
}

#[test]
fn twenty_metres_at_1_to_500_are_forty_millimetres_on_paper() {
    run(async {
        let register = three_squares().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let path = format!("/api/v1/parcels/{}/extract.pdf", id(&server, &token, 2));
        let reply = server.get_as(&token, &path);
        let folder = Folder::new();
        let is_square = |outline: &&Vec<(f64, f64)>| {
            let sides = outline.iter().zip(outline.iter().cycle().skip(1));
            let mut lengths_mm = sides.map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) * 25.4 / 72.0);
            outline.len() == 4 && lengths_mm.all(|length_mm| (length_mm - 40.0).abs() < 0.001)
        };
        let outlines = outlines(&folder, pdf(&reply));
        // The parcel and its two neighbours.
        assert_eq!(outlines.iter().filter(is_square).count(), 3);
    });
}

#[test]
fn the_same_extract_has_the_same_bytes_and_its_qr_code_leads_to_its_check() {
    run(async {
        let register = three_squares().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let path = format!("/api/v1/parcels/{}/extract.pdf", id(&server, &token, 2));
        let first = server.get_as(&token, &path);
        let again = server.get_as(&token, &path);
        assert_eq!(pdf(&first), pdf(&again));
        let folder = Folder::new();
        let file = folder.write("paper.pdf", &first.body);
        let image = file.with_extension("");
        let drawn = Command::new("pdftoppm")
            .args(["-r", "150", "-png", "-singlefile"])
            .args([&file, &image])
            .status();
        assert!(drawn.unwrap().success());
        let url = read_by("zbarimg", &["--raw", "-q"], &image.with_extension("png"));
        let check = url.trim().strip_prefix("http://127.0.0.1:8080").unwrap();
        let document = server.get(check).json();
        let sha256 = hex(&Sha256::digest(&first.body));
        assert_eq!(document["sha256"], sha256);
        assert_eq!(document["kind"], "extract");
        assert_eq!(document["subject"], "Tờ 1, thửa 2 – Xã Hòa Mẫu");
        assert_eq!(document["is_current"], true);
        let count = "select count(*) from issued_document";
        assert_eq!(register.value::<i64>(count).await, 1);
        let other = server.get("/api/v1/documents/0000-0000-0000-0000");
        assert_eq!(
            (other.status, &other.json()["code"]),
            (404, &"no-such-document".into())
        );
    });
}

#[test]
fn what_stands_on_an_extract_depends_on_whom_it_is_for_and_is_in_the_ledger() {
    run(async {
        let register = three_squares().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let path = format!("/api/v1/parcels/{}/extract.pdf", id(&server, &token, 2));
        let folder = Folder::new();
        let paid = text(
            &folder,
            pdf(&server.get_as(&token, &format!("{path}?purpose=paid-extract"))),
        );
        assert!(
            !paid.contains("Nguyễn Thị Ửng")
                && !paid.contains("999099000001")
                && !paid.contains("AA 00000017")
        );
        let consented = text(
            &folder,
            pdf(&server.get_as(&token, &format!("{path}?purpose=consented-extract"))),
        );
        says(&consented, &["Nguyễn Thị Ửng", "AA 00000017"]);
        assert!(!consented.contains("999099000001") && !consented.contains("Ấp Bình Hòa"));
        let ledger: Vec<String> = register
            .value("select array_agg(purpose || ' ' || array_to_string(fields, ',') order by entry_no) from access_ledger where service = 'document'")
            .await;
        assert_eq!(
            ledger,
            [
                "paid-extract ",
                "consented-extract certificate_serial,certificate_entry_no,party_name",
            ]
        );
        let curious = server.get_as(&token, &format!("{path}?purpose=curiosity"));
        assert_eq!(
            (curious.status, &curious.json()["code"]),
            (400, &"bad-parameter".into())
        );
        assert_eq!(server.get(&path).status, 401);
    });
}

#[test]
fn a_split_has_its_drawing_before_and_after_and_stands_in_the_books() {
    run(async {
        let register = three_squares().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let parent = id(&server, &token, 2);
        let (west, south) = crate::support::point(2);
        let body = serde_json::json!({
            "operations": [{ "kind": "split", "parcel": parent, "by": { "line_m": [[west, south + 8.0], [west + 20.0, south + 8.0]] } }],
            "dossier": "H29.3-261122-0001"
        });
        let bearer = format!("Bearer {token}");
        let tag = format!("\"{parent}-1\"");
        let headers = [
            ("authorization", &*bearer),
            ("content-type", "application/json"),
            ("if-match", &*tag),
        ];
        let body = body.to_string().into_bytes();
        let folder = Folder::new();
        let before = register.contents().await;
        let plan = server.send(
            "POST",
            "/api/v1/operations/drawing.pdf",
            &headers[..2],
            Some(&body),
        );
        let drawn = [
            "BẢN VẼ TÁCH THỬA ĐẤT, HỢP THỬA ĐẤT",
            "Mã hồ sơ: H29.3-261122-0001",
            "400,0",
            "160,0",
            "240,0",
            "4 1 1192008,00 603040,00 1–2 20,00",
            "5 5 1192020,00 603040,00 5–6 20,00",
        ];
        let text_of_plan = text(&folder, pdf(&plan));
        says(&text_of_plan, &drawn);
        says(&text_of_plan, &["DỰ THẢO (chưa đăng ký biến động)"]);
        let mut after = register.contents().await;
        for written in ["issued_document", "access_ledger"] {
            after.insert(written.to_owned(), before[written].clone());
        }
        assert_eq!(after, before, "a drawing changes nothing");

        let done = server.send("POST", "/api/v1/operations", &headers, Some(&body));
        assert_eq!(done.status, 201, "{}", done.text());
        let path = format!("{}/drawing.pdf", done.header("location"));
        let drawing = text(&folder, pdf(&server.get_as(&token, &path)));
        says(&drawing, &drawn);
        assert!(!drawing.contains("DỰ THẢO"));

        let changes = server.get_as(&token, "/api/v1/communes/99001/changes.pdf");
        says(
            &text(&folder, pdf(&changes)),
            &[
                "SỔ THEO DÕI BIẾN ĐỘNG ĐẤT ĐAI",
                "TN Chấm dứt thửa 1/2. Hình thành thửa 1/4, 1/5",
                "Trần Thị B",
            ],
        );
        let index = server.get_as(&token, "/api/v1/communes/99001/sheets/1/parcel-index.pdf");
        says(
            &text(&folder, pdf(&index)),
            &[
                "SỔ MỤC KÊ ĐẤT ĐAI",
                "1 400,0 ONT",
                "4 Nguyễn Thị Ửng; Đỗ Văn Quỳnh Cá nhân 160,0 ONT",
            ],
        );
        let page = format!("/api/v1/parcels/{}/register.pdf", id(&server, &token, 4));
        says(
            &text(&folder, pdf(&server.get_as(&token, &page))),
            &[
                "SỔ ĐỊA CHÍNH",
                "Thửa đất số: 4; Tờ bản đồ số: 1",
                "160,0",
                "Đỗ Văn Quỳnh",
                "Hình thành thửa 1/4, 1/5",
            ],
        );
        let certificates =
            server.get_as(&token, "/api/v1/communes/99001/sheets/1/certificates.pdf");
        says(
            &text(&folder, pdf(&certificates)),
            &["SỔ CẤP GIẤY CHỨNG NHẬN", "AA 00000017", "01/03/2025"],
        );
        let nowhere = server.get_as(&token, "/api/v1/communes/99001/sheets/7/parcel-index.pdf");
        assert_eq!(
            (nowhere.status, &nowhere.json()["code"]),
            (404, &"no-such-register".into())
        );
    });
}

#[test]
fn an_office_changes_its_templates_and_a_wrong_one_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    let letter = "title = \"Trích lục\"\npaper = \"a3-landscape\"\nmargins_mm = [20, 20, 20, 20]\nsize_pt = 14\n\
                  [[block]]\nkind = \"text\"\nlines = [\"{agency}: thửa {parcel_no}\"]\n";
    write("office.toml", "agency = \"CHI NHÁNH MẪU\"\n");
    write("templates/extract.toml", letter);
    let documents = diaba::documents::Documents::open(folder.path()).unwrap();
    assert_eq!(documents.office().agency, "CHI NHÁNH MẪU");
    write(
        "templates/extract.toml",
        &letter.replace("{parcel_no}", "{parcel_number}"),
    );
    let refused = diaba::documents::Documents::open(folder.path())
        .err()
        .unwrap();
    let refused = refused.to_string();
    says(
        &refused,
        &[
            "extract",
            "\"parcel_number\" is not known here",
            "parcel_no",
        ],
    );
}

#[test]
fn every_blank_is_accounted_for_and_none_is_used_twice() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", &*bearer),
            ("content-type", "application/json"),
        ];
        let enter = |entry: &str, first: i32, last: i32| {
            let body = serde_json::json!({
                "entry": entry, "series": "AA", "digits": 8, "first": first, "last": last, "reference": "CS 01234"
            });
            server.send(
                "POST",
                "/api/v1/blanks",
                &headers,
                Some(body.to_string().as_bytes()),
            )
        };
        assert_eq!(enter("received", 1, 500).status, 201);
        assert_eq!(enter("used", 17, 17).status, 201);
        assert_eq!(enter("spoilt", 18, 20).status, 201);
        assert_eq!(enter("destroyed", 18, 18).status, 201);
        let stock = serde_json::json!([{
            "series": "AA", "digits": 8, "received": 500, "used": 1, "spoilt": 2, "destroyed": 1, "left": 496
        }]);
        assert_eq!(
            server.get_as(&token, "/api/v1/blanks").json()["balances"],
            stock
        );
        let before = register.contents().await;
        for (entry, first, last, faults) in [
            ("used", 17, 17, vec![("already-used", "AA 00000017")]),
            ("used", 19, 19, vec![("already-spoilt", "AA 00000019")]),
            (
                "destroyed",
                17,
                18,
                vec![
                    ("still-a-certificate", "AA 00000017"),
                    ("already-destroyed", "AA 00000018"),
                ],
            ),
            ("spoilt", 500, 501, vec![("not-received", "AA 00000501")]),
            (
                "received",
                500,
                600,
                vec![("already-received", "AA 00000500")],
            ),
        ] {
            let refused = enter(entry, first, last);
            assert_eq!(
                (refused.status, &refused.json()["code"]),
                (409, &"blanks-refused".into())
            );
            let named: Vec<_> = refused.json()["blanks"]
                .as_array()
                .unwrap()
                .iter()
                .map(|blank| {
                    (
                        blank["code"].as_str().unwrap().to_owned(),
                        blank["serial"].as_str().unwrap().to_owned(),
                    )
                })
                .collect();
            let faults: Vec<_> = faults
                .into_iter()
                .map(|(code, serial)| (code.to_owned(), serial.to_owned()))
                .collect();
            assert_eq!(named, faults);
        }
        assert_eq!(enter("used", 21, 22).status, 400);
        assert_eq!(
            register.contents().await,
            before,
            "a refused entry changes nothing"
        );
        let blank = server.get_as(&token, "/api/v1/blanks/aa00000018").json();
        let entries = blank["entries"].as_array().unwrap().iter();
        let entries: Vec<_> = entries
            .map(|entry| entry["entry"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(entries, ["received", "spoilt", "destroyed"]);
        assert!(
            register
                .execute("update blank_fate set fate = 'spoilt'")
                .await
                .is_err()
        );
        assert!(
            register
                .execute("delete from issued_document")
                .await
                .is_err()
        );
    });
}
