//! What a paper is made of and whether it still holds: certificates as they were issued, checks by code, books, what the law hides.

use crate::desk::Officer;
use crate::documents::{pdf, says, text};
use crate::dossier::{Clerk, refusal};
use crate::support::{Folder, Register, Reply, run, square};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row, raw_sql};

/// Square 1 belongs to two people by one certificate, squares 2 and 3 to one by another, square 4 to two by a certificate each, square 5
/// to one by none; square 6 is of the army, and of square 7 nobody knows the use.
const REGISTER: &str = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Mục đích,Diện tích,Thời hạn,Nguồn gốc,Số phát hành,Số vào sổ,Ngày cấp\n\
99001,1,1,Nguyễn Thị Ửng,999099000001,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000017,CN 00017,2025-03-01\n\
99001,1,1,Đỗ Văn Quỳnh,999099000002,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000017,CN 00017,2025-03-01\n\
99001,1,2,Trần Văn Bảy,999099000003,1,ONT,400,Lâu dài,DG-CTT,AA 00000023,CN 00023,2025-04-01\n\
99001,1,3,Trần Văn Bảy,999099000003,1,ONT,400,Lâu dài,DG-CTT,AA 00000023,CN 00023,2025-04-01\n\
99001,1,4,Lê Thị Tám,999099000004,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000041,CN 00041,2025-05-01\n\
99001,1,4,Lê Văn Chín,999099000005,1/2,ONT,400,Lâu dài,DG-CTT,AA 00000042,CN 00042,2025-05-01\n\
99001,1,5,Phạm Văn Mười,999099000006,1,ONT,400,Lâu dài,DG-CTT,,,\n";

const NOTHING: Value = Value::Null;

async fn land() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let squares: Vec<_> = (1..=7)
        .map(|number| {
            let square = square(number).with("DienTichPhapLy", 400.0);
            match number {
                6 => square.with("KyHieuMucDichSuDung", "CQP"),
                7 => square.with("KyHieuMucDichSuDung", Value::Null),
                _ => square,
            }
        })
        .collect();
    let parcels = folder.parcels("row.geojson", &squares);
    let report = register
        .load(&[parcels, folder.write("rows.csv", REGISTER)])
        .await;
    assert_eq!(report.rows.rejected, 0);
    register
}

async fn handler<'a>(register: &Register, server: &'a crate::support::Served) -> Clerk<'a> {
    let an = Clerk::with(register, server, "An", "officer", "").await;
    an.does(
        "POST",
        "/api/v1/blanks",
        &json!({ "entry": "received", "series": "AA", "digits": 8, "first": 1, "last": 100, "reference": "PX 1" }),
    );
    an
}

fn paper(clerk: &Clerk<'_>, path: &str) -> Reply {
    let method = if path.ends_with("print.pdf") {
        "POST"
    } else {
        "GET"
    };
    clerk.send(method, path, &[], &json!({}))
}

fn print(serial: &str) -> String {
    format!("/api/v1/certificates/{serial}/print.pdf")
}

/// Whether a paper is still current, asked as a citizen does.
fn is_current(clerk: &Clerk<'_>, paper: &Reply) -> Value {
    pdf(paper);
    let link = paper.header("link");
    let path = link.trim_start_matches('<').split('>').next().unwrap();
    let known = clerk.server.json(path);
    known.get("is_current").cloned().unwrap_or(NOTHING)
}

fn document(number: &str) -> Value {
    json!({ "number": number, "signed_on": "2026-01-02" })
}

fn mortgage(officer: &Officer<'_>, number: i32) -> Value {
    json!([{
        "kind": "mortgage", "by": "TC", "parcels": [officer.id(number)], "amount_vnd": 500_000_000, "document": document("TC-1"),
        "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
    }])
}

fn annotate(officer: &Officer<'_>, number: i32, serial: &str) -> Value {
    json!([{
        "kind": "annotate-certificate", "by": "SN", "parcels": [officer.id(number)], "serial": serial, "text": "Thay đổi số nhà"
    }])
}

#[test]
fn a_certificate_is_printed_under_its_date_only_while_it_is_what_it_was_issued_as() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let officer = Officer::at(&register, &server).await;
        let changed = refusal(409, "certificate-changed");
        let fails = |serial: &str| an.fails("POST", &print(serial), &json!({}));

        // One that nobody has printed yet, and on which a change was written.
        let from: i64 = register
            .value("select party_id from party_version where personal_no = '999099000001'")
            .await;
        officer.commits(&[1], &json!([{
            "kind": "transfer", "by": "CN", "parcels": [officer.id(1)], "from": from, "document": document("CN-1"),
            "to": [{ "party": { "kind": "individual", "name": "Võ Thị Mới", "personal_no": "999099000009" } }],
            "old_certificate": "annotate"
        }]));
        let before = register.contents().await;
        assert_eq!(fails("AA00000017"), changed);
        let notes = paper(&an, "/api/v1/certificates/AA00000017/notes.pdf");
        says(&text(&Folder::new(), pdf(&notes)), &["Võ Thị Mới"]);

        // One that nobody holds by.
        register
            .execute(
                "insert into certificate select max(certificate_id) + 1000 from certificate;
                 insert into certificate_version (certificate_id, revision, legal, serial, serial_key, issued_on)
                 select max(certificate_id), 1, '[2025-03-01,)', 'AA 00000050', 'AA00000050', '2025-03-01' from certificate;
                 insert into certificate_parcel (parcel_id, certificate_id)
                 select (select parcel_id from current_parcel where parcel_no = 5), max(certificate_id) from certificate",
            )
            .await
            .unwrap();
        assert_eq!(fails("AA00000050"), changed);

        // One that was printed: again while all is as it was, and not after.
        let first = paper(&an, &print("AA00000023"));
        assert_eq!(pdf(&paper(&an, &print("AA00000023"))), pdf(&first));
        officer.commits(&[3], &mortgage(&officer, 3));
        assert_eq!(fails("AA00000023"), changed);
        let used: i64 = register
            .value("select count(*) from blank_fate where fate = 'used'")
            .await;
        assert_eq!(used, 1, "{before:?}");
    });
}

#[test]
fn who_has_a_part_of_the_land_uses_it_in_common_whatever_certificates_the_others_have() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let folder = Folder::new();
        let part = text(&folder, pdf(&paper(&an, &print("AA00000041"))));
        says(
            &part,
            &[
                "Lê Thị Tám, số định danh: 999099000004 (tỷ lệ 1/2)",
                "Hình thức sử dụng đất: Sử dụng chung",
            ],
        );
        let whole = text(&folder, pdf(&paper(&an, &print("AA00000023"))));
        says(&whole, &["hình thức sử dụng đất: Sử dụng riêng"]);
    });
}

#[test]
fn what_is_the_matter_with_a_certificate_is_told_only_to_who_handles_dossiers_where_it_lies() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let officer = Officer::at(&register, &server).await;
        officer.commits(
            &[1],
            &json!([{
                "kind": "withdraw-certificate", "parcels": [officer.id(1)], "serial": "AA 00000017", "document": document("TH-1")
            }]),
        );
        // Eight digits before there were any: of no form.
        register
            .execute("insert into certificate select max(certificate_id) + 1000 from certificate;
                 insert into certificate_version (certificate_id, revision, legal, serial, serial_key, issued_on)
                 select max(certificate_id), 1, '[2012-03-01,)', 'AA 00000051', 'AA00000051', '2012-03-01' from certificate;
                 insert into certificate_parcel (parcel_id, certificate_id)
                 select (select parcel_id from current_parcel where parcel_no = 5), max(certificate_id) from certificate")
            .await
            .unwrap();
        let xa = Clerk::with(&register, &server, "Xa", "officer", "97").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let all = ["AA00000017", "AA00000051", "AA00000023", "AA00000099"];
        let said = |clerk: &Clerk<'_>| {
            all.map(|serial| {
                let notes = format!("/api/v1/certificates/{serial}/notes.pdf");
                let notes = clerk.fails("GET", &notes, &NOTHING);
                let print = clerk.fails("POST", &print(serial), &json!({}));
                assert_eq!(print.0, notes.0, "{serial}");
                print.1
            })
        };
        assert_eq!(said(&chi), ["role-missing"; 4]);
        assert_eq!(
            said(&xa),
            [
                "outside-your-area",
                "outside-your-area",
                "outside-your-area",
                "no-such-certificate"
            ]
        );
        for (serial, code) in all.into_iter().zip([
            refusal(409, "certificate-ended"),
            refusal(422, "no-certificate-form"),
            refusal(404, "nothing-noted"),
            refusal(404, "no-such-certificate"),
        ]) {
            let notes = format!("/api/v1/certificates/{serial}/notes.pdf");
            assert_eq!(an.fails("GET", &notes, &NOTHING), code);
        }
        let ledger: Vec<String> = register
            .value(
                "select array_agg(said order by said) from (
                     select distinct actor || ' ' || outcome || ' ' || cardinality(fields) as said from access_ledger
                     where request like '%certificates/%') as entry",
            )
            .await;
        assert_eq!(
            ledger,
            [
                "An answered 5",
                "An refused 0",
                "Chi denied 0",
                "Xa denied 0",
                "Xa refused 0"
            ]
        );
    });
}

#[test]
fn a_paper_is_current_while_the_land_the_rights_and_the_certificate_that_it_shows_are() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let officer = Officer::at(&register, &server).await;
        let extract = |number: i32, purpose: &str| {
            let id = officer.id(number);
            format!("/api/v1/parcels/{id}/extract.pdf?purpose={purpose}")
        };
        let own = paper(&an, &extract(3, "register-keeping"));
        let public = paper(&an, &extract(3, "public-information"));
        let printed = paper(&an, &print("AA00000023"));
        for paper in [&own, &public, &printed] {
            assert_eq!(is_current(&an, paper), true);
        }
        // The second parcel of the certificate: the mortgage is of no interest to the paper that names no rights.
        officer.commits(&[3], &mortgage(&officer, 3));
        assert_eq!(is_current(&an, &own), false);
        assert_eq!(is_current(&an, &printed), false);
        assert_eq!(is_current(&an, &public), true);
        // Made again it says what is so now.
        let own = paper(&an, &extract(3, "register-keeping"));
        assert_eq!(is_current(&an, &own), true);
        officer.commits(
            &[3],
            &json!([{
                "kind": "change-use", "parcels": [officer.id(3)], "document": document("CM-1"),
                "uses": [{ "code": "CLN", "area_tenths_m2": 4000, "origin": null, "term": null }]
            }]),
        );
        assert_eq!(is_current(&an, &public), false);

        // What is written on a certificate holds as long as the certificate; a book shows no parcel's state.
        officer.commits(&[1], &annotate(&officer, 1, "AA 00000017"));
        let notes = paper(&an, "/api/v1/certificates/AA00000017/notes.pdf");
        assert_eq!(is_current(&an, &notes), true);
        officer.commits(
            &[1],
            &json!([{
                "kind": "withdraw-certificate", "parcels": [officer.id(1)], "serial": "AA 00000017", "document": document("TH-1")
            }]),
        );
        assert_eq!(is_current(&an, &notes), false);
        let book = paper(&an, "/api/v1/communes/99001/changes.pdf");
        assert_eq!(is_current(&an, &book), NOTHING);
    });
}

#[test]
fn the_books_have_what_was_done_to_rights_and_papers_and_the_public_does_not_read_it() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let officer = Officer::at(&register, &server).await;
        let party: i64 = register
            .value("select party_id from party_version where personal_no = '999099000003'")
            .await;
        // Of which the first writes no record of a parcel, the second a mortgage, the third ends it, the fourth names the other parcel.
        officer.commits(&[2], &annotate(&officer, 2, "AA 00000023"));
        officer.commits(&[2], &mortgage(&officer, 2));
        let encumbrance: i64 = register
            .value("select encumbrance_id from encumbrance")
            .await;
        officer.commits(
            &[2],
            &json!([{
                "kind": "discharge", "parcels": [officer.id(2)], "encumbrance": encumbrance, "document": document("XC-1")
            }]),
        );
        officer.commits(
            &[3],
            &json!([{
                "kind": "party-information", "parcels": [officer.id(3)], "party_id": party, "document": document("DT-1"),
                "party": { "kind": "individual", "name": "Trần Văn Bảy Con", "personal_no": "999099000003",
                           "birth_year": null, "residence": null }
            }]),
        );
        let folder = Folder::new();
        let all = [
            "SN Đính chính: thửa 1/2",
            "TC Thế chấp hoặc thay đổi thế chấp: thửa 1/2",
            "XC Xóa đăng ký thế chấp: thửa 1/2",
            "DT Thay đổi thông tin về người sử dụng đất: thửa 1/3",
        ];
        let book = paper(&an, "/api/v1/communes/99001/changes.pdf");
        says(&text(&folder, pdf(&book)), &all);
        let page = format!("/api/v1/parcels/{}/register.pdf", officer.id(2));
        says(&text(&folder, pdf(&paper(&an, &page))), &all);
        for purpose in ["public-information", "paid-extract"] {
            let page = text(
                &folder,
                pdf(&paper(&an, &format!("{page}?purpose={purpose}"))),
            );
            assert!(!page.contains("Thế chấp") && !page.contains("TC"), "{page}");
        }
        let operations = |number: i32| {
            let path = format!("/api/v1/operations?parcel={}", officer.id(number));
            let operations = an.does("GET", &path, &NOTHING);
            operations["operations"].as_array().unwrap().len()
        };
        assert_eq!(operations(2), 4);
        // The certificate and the party are of parcel 3 too, the mortgage is not.
        assert_eq!(operations(3), 2);
        assert_eq!(operations(1), 0);
        let elsewhere = paper(&an, "/api/v1/communes/99002/changes.pdf");
        if elsewhere.status == 200 {
            assert!(!text(&folder, &elsewhere.body).contains("Thế chấp"));
        }
    });
}

#[test]
fn the_registers_name_who_holds_and_what_is_valid_once_as_they_are_today() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let officer = Officer::at(&register, &server).await;
        let party: i64 = register
            .value("select party_id from party_version where personal_no = '999099000003'")
            .await;
        officer.commits(
            &[2, 3],
            &json!([
                {
                    "kind": "party-information", "parcels": [officer.id(3)], "party_id": party, "document": document("DT-1"),
                    "party": { "kind": "individual", "name": "Bảy Đổi Tên", "personal_no": "999099000003",
                               "birth_year": null, "residence": null }
                },
                {
                    "kind": "withdraw-certificate", "parcels": [officer.id(2), officer.id(3)], "serial": "AA 00000023",
                    "document": document("TH-1")
                }
            ]),
        );
        let folder = Folder::new();
        let sheet = "/api/v1/communes/99001/sheets/1";
        let index = paper(&an, &format!("{sheet}/parcel-index.pdf"));
        let index = text(&folder, pdf(&index));
        says(&index, &["3 Bảy Đổi Tên Cá nhân 400,0 ONT"]);
        assert!(!index.contains("Trần Văn Bảy"), "{index}");
        let book = paper(&an, &format!("{sheet}/certificates.pdf"));
        let book = text(&folder, pdf(&book));
        assert_eq!(book.matches("AA 00000023").count(), 1, "{book}");
        assert!(!book.contains("Trần Văn Bảy"), "{book}");
        says(&book, &["Bảy Đổi Tên", "1/2; 1/3", "Đã thu hồi"]);
    });
}

#[test]
fn what_the_law_hides_of_land_stands_on_no_paper_and_is_told_only_to_who_may_ask() {
    run(async {
        let register = land().await;
        let server = register.serve().await;
        let an = handler(&register, &server).await;
        let xa = Clerk::with(&register, &server, "Xa", "officer", "97").await;
        let planner = Clerk::with(&register, &server, "Ke", "planner", "").await;
        let withheld = refusal(403, "land-withheld");
        let folder = Folder::new();
        for number in [6, 7] {
            for kind in ["extract", "register"] {
                let path = format!("/api/v1/parcels/{}/{kind}.pdf", an.id(number));
                for purpose in ["public-information", "paid-extract", "consented-extract"] {
                    let path = format!("{path}?purpose={purpose}");
                    assert_eq!(an.fails("GET", &path, &NOTHING), withheld, "{path}");
                    assert_eq!(
                        xa.fails("GET", &path, &NOTHING),
                        refusal(403, "outside-your-area")
                    );
                    assert_eq!(
                        planner.fails("GET", &path, &NOTHING),
                        refusal(403, "role-missing")
                    );
                }
                pdf(&paper(&an, &path));
            }
        }
        let ledger: Vec<String> = register
            .value(
                "select array_agg(said order by said) from (
                     select distinct actor || ' ' || outcome || ' ' || audience || ' ' || cardinality(fields) as said
                     from access_ledger where request like '%register.pdf') as entry",
            )
            .await;
        assert_eq!(
            ledger,
            [
                "An answered officer 5",
                "An land-withheld applicant 0",
                "An land-withheld public 0",
                "Ke denied applicant 0",
                "Ke denied public 0",
                "Xa denied applicant 0",
                "Xa denied public 0"
            ]
        );

        // Where a use came from and until when it is granted is not for everybody.
        let page = format!("/api/v1/parcels/{}/register.pdf", an.id(2));
        let own = text(&folder, pdf(&paper(&an, &page)));
        says(&own, &["Lâu dài", "DG-CTT", "Trần Văn Bảy"]);
        let public = format!("{page}?purpose=public-information");
        let public = text(&folder, pdf(&paper(&an, &public)));
        says(&public, &["400,0", "(ONT)"]);
        for hidden in ["Lâu dài", "DG-CTT", "Trần Văn Bảy", "AA 00000023"] {
            assert!(!public.contains(hidden), "{hidden}: {public}");
        }
    });
}

#[test]
fn what_was_done_to_a_parcel_or_in_a_commune_is_found_by_them_and_not_among_all_operations() {
    run(async {
        let register = Register::demo().await;
        let mut connection = register.connection().await;
        let operations = include_str!("../../src/store/past/operations.sql");
        // A server's plans are of the parcel that is asked for; a small table is not read from end to end either.
        let prepare = format!(
            "set enable_seqscan = off;
             prepare operations (text, bigint, text, bigint, bigint) as {operations}"
        );
        raw_sql(AssertSqlSafe(prepare))
            .execute(&mut connection)
            .await
            .unwrap();
        let explain = raw_sql("explain execute operations (null, 1099511627777, null, null, 10)");
        let lines = explain.fetch_all(&mut connection).await.unwrap();
        let lines: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
        let plan = lines.join("\n");
        assert!(plan.contains("land_operation_parcel_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    });
}
