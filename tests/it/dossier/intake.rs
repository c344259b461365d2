//! Taken in: under its own code, or numbered here.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::{Register, run};
use serde_json::{Value, json};

#[test]
fn a_dossier_comes_with_its_own_code_and_the_same_again_changes_nothing() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "99001").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let body = filed(&[clerk.id(1)]);
        let first = clerk.send("PUT", &path, &[], &body);
        assert_eq!(
            (first.status, first.header("location")),
            (201, &*path),
            "{}",
            first.text()
        );
        let dossier = first.json();
        assert_eq!(dossier["status"]["code"], "2");
        assert_eq!(dossier["step"]["code"], "received");
        assert_eq!(dossier["agency"], "H29.3");
        // 12 working days over Tết: Friday 13 February is one, Monday 23 February two, Monday 9 March the twelfth.
        assert_eq!(dossier["due_at"], "2026-03-09T10:00:00+07:00");
        let before = register.contents().await;
        let again = clerk.send("PUT", &path, &[], &body);
        assert_eq!((again.status, again.json()), (200, dossier));
        assert_eq!(register.contents().await, before);

        // other content is a correction, and has to say of which version
        let mut other = body.clone();
        other["applicant"]["phone"] = json!("0900009999");
        assert_eq!(
            clerk.fails("PUT", &path, &other),
            refusal(428, "dossier-version-missing")
        );
        let reply = clerk.send("PUT", &path, &[("if-match", "\"v7\"")], &other);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (412, &json!("dossier-changed"))
        );
        assert_eq!(register.contents().await, before);
        let reply = clerk.send("PUT", &path, &[("if-match", first.header("etag"))], &other);
        assert_eq!((reply.status, &reply.json()["version"]), (200, &json!(2)));
        assert_eq!(reply.json()["applicant"]["phone"], "0900009999");
        // what the portal has to be told, in order
        let told: Vec<String> = register
            .value("select array_agg(kind order by outbox_id) from outbox")
            .await;
        assert_eq!(told, ["dossier", "progress"]);
    });
}

#[test]
fn everything_wrong_with_what_is_filed_is_said_and_nothing_is_kept() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let before = register.contents().await;
        let with = |member: &str, value: Value| {
            let mut body = filed(&[]);
            body[member] = value;
            clerk.fails("PUT", &path, &body)
        };
        assert_eq!(with("channel", json!(4)), refusal(400, "bad-parameter"));
        assert_eq!(
            with("applicant", json!({ "name": " " })),
            refusal(400, "bad-parameter")
        );
        assert_eq!(
            with("received_at", json!("2099-01-01T00:00:00Z")),
            refusal(400, "bad-parameter")
        );
        assert_eq!(
            with("procedure", json!("1.999999")),
            refusal(422, "no-such-procedure")
        );
        assert_eq!(
            with("commune", json!("00001")),
            refusal(422, "no-such-commune")
        );
        assert_eq!(
            with("parcels", json!([1_099_511_999_999_i64])),
            refusal(422, "parcels-not-current")
        );
        // a mortgage is registered online: on paper only with a reason
        assert_eq!(
            with("procedure", json!("1.011441")),
            refusal(422, "paper-reason-missing")
        );
        let bad = clerk.fails("PUT", "/api/v1/dossiers/H29.3-260231-0001", &filed(&[]));
        assert_eq!(bad, refusal(400, "bad-parameter"));
        let mut both = filed(&[]);
        both["channel"] = json!(0);
        both["applicant"]["name"] = json!("");
        let detail = clerk.send("PUT", &path, &[], &both).json()["detail"].clone();
        let detail = detail.as_str().unwrap();
        assert!(
            detail.contains("channel") && detail.contains("applicant.name"),
            "{detail}"
        );
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn a_mortgage_is_due_on_its_day_and_on_the_next_after_three_in_the_afternoon() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "").await;
        let due = |serial: u16, received: &str| {
            let mut body = filed(&[]);
            body["procedure"] = json!("1.011441");
            body["channel"] = json!(2);
            body["received_at"] = json!(received);
            clerk.does(
                "PUT",
                &format!("/api/v1/dossiers/H29.3-260212-{serial:04}"),
                &body,
            )["due_at"]
                .clone()
        };
        assert_eq!(
            due(1, "2026-02-12T14:59:00+07:00"),
            "2026-02-12T17:00:00+07:00"
        );
        assert_eq!(
            due(2, "2026-02-12T15:00:00+07:00"),
            "2026-02-12T17:00:00+07:00"
        );
        assert_eq!(
            due(3, "2026-02-12T15:01:00+07:00"),
            "2026-02-13T17:00:00+07:00"
        );
        // 15:01 on the Friday before Tết: the Monday after it
        assert_eq!(due(4, "2026-02-13T08:01:00Z"), "2026-02-23T17:00:00+07:00");
    });
}

#[test]
fn dossiers_are_numbered_here_only_where_that_is_configured_and_no_number_is_left_out() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "98").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        let body = filed(&[]);
        assert_eq!(
            clerk.fails("POST", "/api/v1/dossiers", &body),
            refusal(409, "not-numbered-here")
        );
        let agency = json!({ "agency": "H98.1" });
        assert_eq!(
            clerk.fails("PUT", "/api/v1/numbering/98", &agency),
            refusal(403, "role-missing")
        );
        assert_eq!(
            planner.fails("PUT", "/api/v1/numbering/97", &agency),
            refusal(403, "outside-your-area")
        );
        planner.does("PUT", "/api/v1/numbering/98", &agency);
        let today: String = register.value("select to_char(today(), 'YYMMDD')").await;
        // eight at a time, through two servers, as fast as they go
        let elsewhere = register.serve_elsewhere().await;
        let codes: Vec<String> = std::thread::scope(|scope| {
            let filings = (0..8).map(|number| {
                let served = if number % 2 == 0 { &server } else { &elsewhere };
                let (token, body) = (&clerk.token, &body);
                scope.spawn(move || {
                    let clerk = Clerk {
                        server: served,
                        token: token.clone(),
                    };
                    let codes = (0..3).map(|_| {
                        clerk.does("POST", "/api/v1/dossiers", body)["code"]
                            .as_str()
                            .unwrap()
                            .to_owned()
                    });
                    codes.collect::<Vec<_>>()
                })
            });
            let filings: Vec<_> = filings.collect();
            filings
                .into_iter()
                .flat_map(|filing| filing.join().unwrap())
                .collect()
        });
        let expected: Vec<String> = (1..=24)
            .map(|serial| format!("H98.1-{today}-{serial:04}"))
            .collect();
        let mut sorted = codes.clone();
        sorted.sort();
        assert_eq!(sorted, expected);
        // the answer was lost: the same key gets the same dossier
        let key = [("idempotency-key", "once")];
        let (first, second) = (
            clerk.send("POST", "/api/v1/dossiers", &key, &body),
            clerk.send("POST", "/api/v1/dossiers", &key, &body),
        );
        assert_eq!((first.status, second.status), (201, 200));
        assert_eq!(first.json(), second.json());
        let mut other = body.clone();
        other["summary"] = json!("khác");
        let reused = clerk.send("POST", "/api/v1/dossiers", &key, &other);
        assert_eq!(
            (reused.status, &reused.json()["code"]),
            (422, &json!("idempotency-key-reused"))
        );
    });
}

#[test]
fn a_holiday_that_is_decided_later_moves_the_due_times_of_open_dossiers() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception officer", "").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "").await;
        clerk.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let day =
            json!({ "is_working": false, "name_vi": "Nghỉ", "name_en": "Off", "source": "QĐ 1" });
        assert_eq!(
            clerk.fails("PUT", "/api/v1/calendar/2026-03-04", &day),
            refusal(403, "role-missing")
        );
        let moved = planner.does("PUT", "/api/v1/calendar/2026-03-04", &day);
        assert_eq!(moved["due_times_moved"], 1);
        let dossier = clerk.dossier(CODE);
        assert_eq!(dossier["due_at"], "2026-03-10T10:00:00+07:00");
        assert_eq!(dossier["steps"][1]["reason"], "2026-03-04: QĐ 1");
        assert_eq!(
            planner.does("PUT", "/api/v1/calendar/2026-03-04", &day)["due_times_moved"],
            0
        );

        // a province sets its own days: they hold for what is received from then on
        let rule = json!({
            "province_code": "98", "valid_from": "2026-02-01", "name_vi": "Tách thửa", "name_en": "Split", "max_days": 7,
            "source": "Quyết định 1/2026/QĐ-UBND"
        });
        planner.does("PUT", "/api/v1/procedures/1.012784", &rule);
        let other = clerk.does("PUT", "/api/v1/dossiers/H29.3-260212-0002", &filed(&[]));
        // 13, 23, 24, 25, 26, 27 February, 2 March
        assert_eq!(
            (&other["due_at"], &other["days"]),
            (&json!("2026-03-02T10:00:00+07:00"), &json!(7))
        );
        assert_eq!(other["deadline_source"], "Quyết định 1/2026/QĐ-UBND");
    });
}

#[test]
fn a_correction_counts_by_the_rules_and_the_calendar_of_the_day_of_receipt() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "98").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        let path = "/api/v1/dossiers/H29.3-260828-0001";
        let mut body = filed(&[]);
        body["procedure"] = json!("1.012783");
        body["received_at"] = json!("2026-08-28T10:00:00+07:00");
        let first = clerk.send("PUT", path, &[], &body);
        // five days from a Friday: 3, 4, 7, 8, 9 September, for 31 August to 2 September are holidays
        let due = "2026-09-09T10:00:00+07:00";
        assert_eq!(first.json()["due_at"], due, "{}", first.text());
        // later the province gives less time, for what is received then
        let rule = json!({
            "province_code": "98", "valid_from": "2026-10-01", "name_vi": "Cấp đổi", "name_en": "Exchange", "max_days": 3,
            "source": "Quyết định 9/2026/QĐ-UBND"
        });
        planner.does("PUT", "/api/v1/procedures/1.012783", &rule);
        body["applicant"]["phone"] = json!("0900009999");
        for received_at in [json!("2026-08-28T10:00:00+07:00"), Value::Null] {
            body["received_at"] = received_at;
            let tag = clerk.send("GET", path, &[], &Value::Null);
            let tag = [("if-match", tag.header("etag"))];
            let corrected = clerk.send("PUT", path, &tag, &body);
            assert_eq!(corrected.status, 200, "{}", corrected.text());
            let corrected = corrected.json();
            assert_eq!(
                (&corrected["due_at"], &corrected["days"]),
                (&json!(due), &json!(5))
            );
            assert_eq!(corrected["applicant"]["phone"], "0900009999");
        }

        // when it was filed is corrected too, and is not after the receipt
        let mut again = |filed_at: &str| {
            body["filed_at"] = json!(filed_at);
            let tag = clerk.send("GET", path, &[], &Value::Null);
            clerk.send("PUT", path, &[("if-match", tag.header("etag"))], &body)
        };
        let corrected = again("2026-08-27T15:00:00+07:00");
        assert_eq!(
            corrected.json()["filed_at"],
            "2026-08-27T15:00:00+07:00",
            "{}",
            corrected.text()
        );
        assert_eq!(corrected.json()["due_at"], due);
        let late = again("2026-08-28T11:00:00+07:00");
        assert_eq!(
            (late.status, &late.json()["code"]),
            (400, &json!("bad-parameter"))
        );
        assert_eq!(
            clerk.does("GET", path, &Value::Null)["filed_at"],
            "2026-08-27T15:00:00+07:00"
        );
    });
}

#[test]
fn a_filing_that_is_sent_again_gets_its_dossier_whatever_became_of_it_since() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception officer", "98").await;
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        planner.does("PUT", "/api/v1/numbering/98", &json!({ "agency": "H98.1" }));
        let ids = [clerk.id(1), clerk.id(2)];
        let body = filed(&ids);
        let key = [("idempotency-key", "once")];
        let first = clerk.send("POST", "/api/v1/dossiers", &key, &body);
        assert_eq!(first.status, 201, "{}", first.text());
        let code = first.json()["code"].as_str().unwrap().to_owned();
        // corrected, stopped, its land merged, its numbers given elsewhere
        let mut corrected = body.clone();
        corrected["applicant"]["phone"] = json!("0900009999");
        let path = format!("/api/v1/dossiers/{code}");
        let tag = [("if-match", first.header("etag"))];
        assert_eq!(clerk.send("PUT", &path, &tag, &corrected).status, 200);
        clerk.step(&code, "stop", &json!({ "reason": "thôi" }));
        let tags = ids.map(|id| format!("\"{id}-1\"")).join(", ");
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": ids }] });
        let merged = all.send("POST", "/api/v1/operations", &[("if-match", &tags)], &merge);
        assert_eq!(merged.status, 201, "{}", merged.text());
        planner.does("PUT", "/api/v1/numbering/98", &json!({ "agency": null }));
        let before: i64 = register.value("select count(*) from dossier_step").await;
        let again = clerk.send("POST", "/api/v1/dossiers", &key, &body);
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(
            (&again.json()["code"], &again.json()["applicant"]["phone"]),
            (&json!(code), &json!("0900009999"))
        );
        // what was put last is there already
        assert_eq!(clerk.send("PUT", &path, &[], &corrected).status, 200);
        // but the key is not another filing's
        let reused = clerk.send("POST", "/api/v1/dossiers", &key, &corrected);
        assert_eq!(
            (reused.status, &reused.json()["code"]),
            (422, &json!("idempotency-key-reused"))
        );
        let after: i64 = register.value("select count(*) from dossier_step").await;
        assert_eq!(after, before);
    });
}
