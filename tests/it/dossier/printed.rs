//! The papers of a dossier, read back with poppler's programs; deadlines are worked out by hand on the calendar of 2026.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::documents::{pdf, says, text};
use crate::support::{Folder, Reply, point, run};
use serde_json::{Value, json};

fn paper(clerk: &Clerk<'_>, folder: &Folder, path: &str) -> String {
    text(folder, pdf(&clerk.send("GET", path, &[], &Value::Null)))
}

#[test]
fn the_receipt_is_of_the_day_of_receipt_and_names_the_time_promised_then() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "98").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        an.does("PUT", &path, &filed(&[an.id(1)]));
        let receipt = format!("{path}/receipt.pdf");
        let folder = Folder::new();
        let first = an.send("GET", &receipt, &[], &Value::Null);
        let due = an.dossier(CODE)["due_at"].as_str().unwrap().to_owned();
        let (day, hour) = due.split_once('T').unwrap();
        let parts: Vec<&str> = day.split('-').collect();
        let promised = format!(
            "{} giờ {} phút, {}/{}/{}",
            &hour[..2],
            &hour[3..5],
            parts[2],
            parts[1],
            parts[0]
        );
        says(
            &text(&folder, pdf(&first)),
            &[
                "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
                &format!("Mã hồ sơ: {CODE}"),
                "tiếp nhận hồ sơ của: Nguyễn Văn Một",
                "Số điện thoại: 0900001234",
                "Xã Hòa Mẫu, ngày 12 tháng 02 năm 2026",
                "Thời gian nhận hồ sơ: 10 giờ 00 phút, 12/02/2026",
                &format!("Thời gian trả kết quả giải quyết hồ sơ: {promised}"),
                "An",
            ],
        );
        // Whatever happens later, the same paper; a pause takes the due time away, but not what was promised.
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "ask-supplement", &json!({ "reason": "Thiếu bản vẽ" }));
        let again = an.send("GET", &receipt, &[], &Value::Null);
        assert_eq!(pdf(&first), pdf(&again));

        // Neither who takes nothing in, nor who sits elsewhere; that they tried is in the ledger.
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        let xa = Clerk::with(&register, &server, "Xa", "reception", "97").await;
        for clerk in [&chi, &xa] {
            assert_eq!(clerk.fails("GET", &receipt, &Value::Null).0, 403);
        }
        let ledger: Vec<String> = register
            .value("select array_agg(actor || ' ' || outcome order by entry_no) from access_ledger where request like '%receipt.pdf'")
            .await;
        assert_eq!(
            ledger,
            ["An answered", "An answered", "Chi denied", "Xa denied"]
        );
    });
}

#[test]
fn a_letter_of_apology_is_only_of_a_late_dossier_and_promises_a_working_day() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1)]);
        body.as_object_mut().unwrap().remove("received_at");
        an.does("PUT", &path, &body);
        let apology = format!("{path}/apology.pdf");
        // 4 January 2027 is a Monday, the 3rd a Sunday.
        let wanted = |day: &str| json!({ "reason": "Chờ kết quả đo đạc", "new_due": day });
        assert_eq!(
            an.fails("GET", &format!("{path}/receipt.pdf"), &Value::Null),
            refusal(409, "dossier-not-received")
        );
        assert_eq!(
            an.fails("POST", &apology, &wanted("2027-01-04")),
            refusal(409, "dossier-not-late")
        );
        let late = "H29.3-260212-0002";
        let path = format!("/api/v1/dossiers/{late}");
        an.does("PUT", &path, &filed(&[an.id(1)]));
        let apology = format!("{path}/apology.pdf");
        assert_eq!(
            an.fails("POST", &apology, &wanted("2027-01-03")),
            refusal(400, "bad-parameter")
        );
        assert_eq!(
            an.fails("POST", &apology, &wanted("2026-02-13")),
            refusal(400, "bad-parameter")
        );
        let letter = an.send("POST", &apology, &[], &wanted("2027-01-04"));
        says(
            &text(&Folder::new(), pdf(&letter)),
            &[
                "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
                "Kính gửi: Nguyễn Văn Một",
                "Lý do: Chờ kết quả đo đạc",
                "xin hẹn lại ngày trả kết quả: 04/01/2027",
            ],
        );
    });
}

#[test]
fn the_tax_slip_says_as_a_paper_what_was_sent() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1), an.id(2)]);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "check", &json!({}));
        let declared = json!({
            "contract_price_vnd": 2_000_000_000_i64, "road": "Đường Số Một", "position": "vị trí 2", "exemption": "Hộ nghèo",
            "legal_basis": "Nghị định 49/2026/NĐ-CP"
        });
        an.does("POST", &format!("{path}/tax-slips"), &declared);
        let slip = format!("{path}/tax-slips/1/slip.pdf");
        let folder = Folder::new();
        let said = paper(&an, &folder, &slip);
        says(
            &said,
            &[
                "PHIẾU CHUYỂN THÔNG TIN ĐỂ XÁC ĐỊNH NGHĨA VỤ TÀI CHÍNH VỀ ĐẤT ĐAI",
                &format!("Mã hồ sơ thủ tục hành chính: {CODE}"),
                "Ngày nhận đủ hồ sơ hợp lệ: 12/02/2026",
                "Nguyễn Văn Một",
                "999099000001",
                "400,0",
                "(ONT)",
                "Sử dụng riêng",
                "Đường Số Một, vị trí 2",
                "2.000.000.000 đồng",
                "Hộ nghèo",
                "Căn cứ pháp lý: Nghị định 49/2026/NĐ-CP",
                "IV. TÀI SẢN GẮN LIỀN VỚI ĐẤT: -/-",
            ],
        );
        assert!(!said.contains("thay thế") && !said.contains("ĐÃ"));
        // Who filed it and who holds each parcel was read: that is in the ledger.
        let ledger: Vec<String> = register
            .value(
                "select array_agg(concat_ws(' ', outcome, parcel_id is not null, array_to_string(fields, ',')) order by entry_no)
                 from access_ledger where request like '%/slip.pdf'",
            )
            .await;
        let holder = "answered t party_name,personal_no,birth_year,residence";
        assert_eq!(
            ledger,
            ["answered f applicant_name,applicant_no", holder, holder]
        );
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        assert_eq!(chi.fails("GET", &slip, &Value::Null).0, 403);
        let none = format!("{path}/tax-slips/7/slip.pdf");
        assert_eq!(
            an.fails("GET", &none, &Value::Null),
            refusal(404, "no-such-slip")
        );
        an.does(
            "POST",
            &format!("{path}/tax-slips"),
            &json!({ "reason": "Sai giá" }),
        );
        let second = paper(&an, &folder, &format!("{path}/tax-slips/2/slip.pdf"));
        // What nobody declared is what the law of the procedure was when it was sent.
        let law: String = register
            .value("select content ->> 'legal_basis' from tax_slip where slip_no = 2")
            .await;
        says(
            &second,
            &[
                "(bản thứ 2, thay thế bản trước)",
                &format!("Căn cứ pháp lý: {law}"),
            ],
        );
        // The first still says what it said, and that it holds no more.
        let first = paper(&an, &folder, &slip);
        says(
            &first,
            &[
                "ĐÃ ĐƯỢC THAY THẾ bằng bản sau",
                "Căn cứ pháp lý: Nghị định 49/2026/NĐ-CP",
            ],
        );
        // One that is cancelled says why; the next takes nobody's place.
        let cancel = format!("{path}/tax-slips/2/cancel");
        an.does("POST", &cancel, &json!({ "reason": "Hủy hợp đồng" }));
        let second = paper(&an, &folder, &format!("{path}/tax-slips/2/slip.pdf"));
        says(&second, &["ĐÃ HỦY, không còn giá trị. Lý do: Hủy hợp đồng"]);
        an.does("POST", &format!("{path}/tax-slips"), &json!({}));
        let third = paper(&an, &folder, &format!("{path}/tax-slips/3/slip.pdf"));
        assert!(
            !third.contains("thay thế") && !third.contains("ĐÃ"),
            "{third}"
        );
    });
}

#[test]
fn the_drawing_of_a_stored_plan_is_a_draft_until_it_is_approved() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer surveyor", "98").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        an.does("PUT", &path, &filed(&[an.id(2)]));
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        let drawing = format!("{path}/plan/drawing.pdf");
        assert_eq!(
            an.fails("GET", &drawing, &Value::Null),
            refusal(404, "no-such-plan")
        );
        let (west, south) = point(2);
        let line = json!([[west, south + 8.0], [west + 20.0, south + 8.0]]);
        let operations = json!([{ "kind": "split", "parcel": an.id(2), "by": { "line_m": line } }]);
        let plan = an.does(
            "PUT",
            &format!("{path}/plan"),
            &json!({ "operations": operations }),
        );
        let folder = Folder::new();
        let drawn = [
            &*format!("Mã hồ sơ: {CODE}"),
            "160,0",
            "240,0",
            "4 1 1192008,00 603040,00 1–2 20,00",
            "5 5 1192020,00 603040,00 5–6 20,00",
        ];
        let drafted = an.send("GET", &drawing, &[], &Value::Null);
        let draft = text(&folder, pdf(&drafted));
        says(&draft, &drawn);
        // The office signs it when it is approved, and not before.
        let signed = |paper: &Reply| {
            let link = paper.header("link");
            let document = link.trim_start_matches('<').split('>').next().unwrap();
            let bearer = format!("Bearer {}", chi.token);
            let path = format!("{document}/signatures?as=office");
            let headers = [("authorization", &*bearer)];
            let refused = server.send("POST", &path, &headers, Some(&paper.body));
            let code = refused.json()["code"].as_str().unwrap().to_owned();
            (refused.status, code)
        };
        assert_eq!(signed(&drafted), refusal(409, "dossier-not-approved"));
        says(&draft, &["DỰ THẢO (chưa đăng ký biến động)"]);
        an.step(CODE, "check", &json!({}));
        let approve = format!("{path}/plan/approve");
        chi.does("POST", &approve, &json!({ "sha256": plan["sha256"] }));
        let committed = an.send("GET", &drawing, &[], &Value::Null);
        assert_eq!(signed(&committed), refusal(409, "no-signing-key"));
        let done = text(&folder, pdf(&committed));
        says(&done, &drawn);
        assert!(!done.contains("DỰ THẢO"));
        let xa = Clerk::with(&register, &server, "Xa", "officer", "97").await;
        assert_eq!(xa.fails("GET", &drawing, &Value::Null).0, 403);
    });
}
