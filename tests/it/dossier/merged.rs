//! What is open in a commune goes on when it merges.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::run;
use serde_json::{Value, json};

#[test]
fn what_is_open_in_a_commune_that_merges_is_the_new_communes_officers() {
    run(async {
        let register = row_of(2).await;
        register
            .execute(
                "insert into administrative_unit (code, level, name, parent_code, valid) values
                     ('99003', 'commune', 'Xã Mới', '98', daterange('2026-02-01', null)),
                     ('99004', 'commune', 'Xã Bên', '97', daterange('2026-02-01', null))",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let roles = "reception officer approver";
        let old = Clerk::with(&register, &server, "Cũ", roles, "99001").await;
        let new = Clerk::with(&register, &server, "Mới", roles, "99003").await;
        let province = Clerk::with(&register, &server, "Tỉnh", roles, "98").await;
        let beside = Clerk::with(&register, &server, "Bên", roles, "99004 97").await;
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let id = old.id(1);
        old.does("PUT", &path, &filed(&[id]));
        let report = format!("/api/v1/parcels/{id}/reports");
        for content in ["Ranh giới sai", "Tên đường sai"] {
            old.does("POST", &report, &json!({ "content": content }));
        }
        let list = json!({ "content": "Danh sách" });
        old.does("POST", &format!("{path}/postings"), &list);
        assert_eq!(
            new.fails("GET", &path, &Value::Null),
            refusal(403, "outside-your-area")
        );
        let messages = |clerk: &Clerk<'_>| {
            let read = clerk.does("GET", "/api/v1/messages", &Value::Null);
            read["messages"].as_array().unwrap().len()
        };
        assert_eq!((messages(&new), messages(&province)), (0, 2));

        let sheet = |commune: &str| json!({ "commune": commune, "sheet_no": 1 });
        let merge = json!({ "operations": [{ "kind": "merge-communes",
            "sheets": [{ "from": sheet("99001"), "to": sheet("99003") }] }] });
        let reply = all.send("POST", "/api/v1/operations", &[], &merge);
        assert_eq!(reply.status, 201, "{}", reply.text());

        // the dossier is read, listed, counted and worked on by the officers of the new commune
        for clerk in [&old, &new, &province] {
            assert_eq!(clerk.dossier(CODE)["commune"], "99001");
            let lines = clerk.does("GET", "/api/v1/dossiers", &Value::Null);
            assert_eq!(lines["dossiers"].as_array().unwrap().len(), 1, "{lines}");
            let overview = clerk.does("GET", "/api/v1/desk/overview", &Value::Null);
            assert!(overview.to_string().contains("\"open\":1"), "{overview}");
            assert_eq!(messages(clerk), 2);
        }
        assert_eq!(
            beside.fails("GET", &path, &Value::Null),
            refusal(403, "outside-your-area")
        );
        assert_eq!(messages(&beside), 0);
        new.step(CODE, "assign", &json!({ "officer": "Mới" }));
        // and corrected under the commune's name of then or of today
        for (commune, phone) in [("99001", "0900000001"), ("99003", "0900000002")] {
            let tag = new.send("GET", &path, &[], &Value::Null);
            let mut body = filed(&[id]);
            body["commune"] = json!(commune);
            body["applicant"]["phone"] = json!(phone);
            let corrected = new.send("PUT", &path, &[("if-match", tag.header("etag"))], &body);
            assert_eq!(corrected.status, 200, "{}", corrected.text());
            let corrected = corrected.json();
            assert_eq!(
                (&corrected["applicant"]["phone"], &corrected["commune"]),
                (&json!(phone), &json!("99001"))
            );
        }
        let mut body = filed(&[id]);
        body["commune"] = json!("99004");
        assert_eq!(
            beside.fails("PUT", &path, &body),
            refusal(403, "outside-your-area")
        );
        // citizens find the list under either name, and what they said is judged
        for commune in ["99001", "99003"] {
            let hanging = server.json(&format!("/api/v1/postings?commune={commune}"));
            assert_eq!(hanging["postings"].as_array().unwrap().len(), 1);
        }
        let said = new.does("GET", "/api/v1/messages", &Value::Null)["messages"].clone();
        let [first, second] =
            [0, 1].map(|number: usize| format!("/api/v1/messages/{}", said[number]["message"]));
        let judgement = json!({ "state": "accepted" });
        assert_eq!(
            beside.fails("PUT", &first, &judgement),
            refusal(403, "outside-your-area")
        );
        new.does("PUT", &first, &judgement);
        province.does("PUT", &second, &judgement);
    });
}
