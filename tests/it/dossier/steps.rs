//! From step to step.

use super::{CODE, Clerk, absence, filed, refusal, row_of};
use crate::support::{Register, run};
use serde_json::json;

#[test]
fn a_dossier_goes_through_the_office_and_each_step_is_an_entry() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let lan = Clerk::with(&register, &server, "Lan", "reception", "").await;
        let binh = Clerk::with(&register, &server, "Bình", "officer", "").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[lan.id(1)]);
        body["received_at"] = json!(null);
        let dossier = lan.does("PUT", &path, &body);
        assert_eq!(
            (&dossier["status"]["code"], &dossier["due_at"]),
            (&json!("1"), &json!(null))
        );
        lan.step(CODE, "receive", &json!({}));
        lan.step(CODE, "assign", &json!({ "officer": "Bình" }));
        binh.step(CODE, "check", &json!({}));
        chi.step(CODE, "approve", &json!({}));
        let signed = chi.step(CODE, "sign", &json!({}));
        assert_eq!(
            (&signed["status"]["code"], &signed["status"]["name_vi"]),
            (&json!("9"), &json!("Đã xử lý xong"))
        );
        let returned = lan.step(CODE, "return", &json!({}));
        assert_eq!(
            (&returned["status"]["code"], &returned["allowed"]),
            (&json!("10"), &json!([]))
        );
        let steps: Vec<_> = returned["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| {
                (
                    step["verb"].as_str().unwrap(),
                    step["status"].as_i64().unwrap(),
                    step["by"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            steps,
            [
                ("file", 1, "Lan"),
                ("receive", 2, "Lan"),
                ("assign", 4, "Lan"),
                ("check", 4, "Bình"),
                ("approve", 4, "Chi"),
                ("sign", 9, "Chi"),
                ("return", 10, "Lan"),
            ]
        );
        // history is kept: not even SQL changes it
        let refused = register
            .execute("update dossier_step set actor = 'x'")
            .await;
        assert!(refused.unwrap_err().to_string().contains("append-only"));
    });
}

#[test]
fn a_wrong_move_names_the_state_and_what_is_allowed() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let all = Clerk::with(&register, &server, "Lan", "reception officer approver", "").await;
        all.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let before = register.contents().await;
        let path = format!("/api/v1/dossiers/{CODE}/steps/sign");
        let reply = all.send("POST", &path, &[], &json!({}));
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["code"]),
            (409, &json!("wrong-move")),
            "{problem}"
        );
        assert_eq!(
            (&problem["step"], &problem["dossier_status"]),
            (&json!("received"), &json!(2))
        );
        let allowed = problem["allowed"].as_array().unwrap();
        assert!(
            allowed.contains(&json!("assign")) && !allowed.contains(&json!("sign")),
            "{problem}"
        );
        for verb in [
            "receive",
            "refuse",
            "check",
            "supplement",
            "return",
            "keep-on",
            "withdraw",
            "reopen",
            "resume",
        ] {
            let body = json!({ "reason": "vì" });
            assert_eq!(
                all.step_fails(CODE, verb, &body),
                refusal(409, "wrong-move"),
                "{verb}"
            );
        }
        assert_eq!(
            all.step_fails(CODE, "stop", &json!({})),
            refusal(422, "reason-missing")
        );
        assert_eq!(
            all.step_fails(CODE, "assign", &json!({})),
            refusal(400, "bad-parameter")
        );
        assert_eq!(
            all.step_fails(CODE, "dance", &json!({})),
            refusal(400, "bad-parameter")
        );
        assert_eq!(
            all.step_fails("H29.3-260212-0009", "receive", &json!({})),
            refusal(404, "no-such-dossier")
        );
        let stale = all.send(
            "POST",
            &format!("/api/v1/dossiers/{CODE}/steps/assign"),
            &[("if-match", "\"v9\"")],
            &json!({ "officer": "An" }),
        );
        assert_eq!(
            (stale.status, &stale.json()["code"]),
            (412, &json!("dossier-changed"))
        );
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn the_clock_stands_while_others_have_the_dossier() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let all = Clerk::with(&register, &server, "Lan", "reception officer", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        // received a minute ago, so that it is not due yet
        let now: String = register.value("select to_char((now() - interval '1 minute') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')").await;
        let mut body = filed(&[]);
        body["received_at"] = json!(now);
        let due = all.does("PUT", &path, &body)["due_at"].clone();
        assert!(due.is_string());
        let asked = all.step(
            CODE,
            "ask-supplement",
            &json!({ "reason": "thiếu hợp đồng" }),
        );
        assert_eq!(
            (
                &asked["status"]["code"],
                &asked["paused_for"],
                &asked["due_at"]
            ),
            (&json!("5"), &json!("supplement"), &json!(null))
        );
        assert_eq!(asked["supplements"], 1);
        let back = all.step(CODE, "supplement", &json!({}));
        assert_eq!(
            (&back["status"]["code"], &back["paused_for"]),
            (&json!("2"), &json!(null))
        );
        assert!(back["due_at"].as_str() >= due.as_str(), "{back}");
        assert_eq!(back["pauses"].as_array().unwrap().len(), 1);
        all.step(CODE, "pause", &json!({ "reason": "niêm yết 15 ngày" }));
        assert_eq!(
            all.step_fails(CODE, "pause", &json!({ "reason": "lại" })),
            refusal(409, "wrong-move")
        );
        let running = all.step(CODE, "resume", &json!({}));
        assert_eq!(running["pauses"][1]["reason"], "niêm yết 15 ngày");
        // a citizen who wants it back and thinks again
        let asked = all.step(CODE, "ask-withdrawal", &json!({ "reason": "đổi ý" }));
        assert_eq!(asked["status"]["code"], "7");
        let kept = all.step(CODE, "keep-on", &json!({}));
        assert_eq!(
            (&kept["status"]["code"], &kept["paused_for"]),
            (&json!("2"), &json!(null))
        );
        // and where an officer had stopped the clock, it stands on
        all.step(CODE, "pause", &json!({ "reason": "chờ tòa án" }));
        all.step(CODE, "ask-withdrawal", &json!({ "reason": "đổi ý" }));
        let kept = all.step(CODE, "keep-on", &json!({}));
        assert_eq!(
            (&kept["paused_for"], &kept["due_at"]),
            (&json!("chờ tòa án"), &json!(null))
        );
        let reasons: Vec<_> = kept["pauses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pause| (pause["reason"].clone(), pause["until"].is_null()))
            .collect();
        assert_eq!(
            reasons[reasons.len() - 3..],
            [
                (json!("chờ tòa án"), false),
                (json!("withdrawal"), false),
                (json!("chờ tòa án"), true)
            ]
        );
        all.step(CODE, "resume", &json!({}));
        all.step(CODE, "ask-withdrawal", &json!({ "reason": "đổi ý" }));
        let stopped = all.step(CODE, "withdraw", &json!({}));
        assert_eq!(
            (&stopped["status"]["code"], &stopped["paused_for"]),
            (&json!("8"), &json!(null))
        );
        // papers came back to who had it: it goes on there
        let other = "H29.3-260212-0002";
        all.does("PUT", &format!("/api/v1/dossiers/{other}"), &body);
        all.step(other, "assign", &json!({ "officer": "Bình" }));
        all.step(other, "ask-supplement", &json!({ "reason": "thiếu" }));
        assert_eq!(
            all.step(other, "supplement", &json!({}))["status"]["code"],
            "4"
        );
    });
}

#[test]
fn more_time_is_given_once_and_only_where_the_law_has_it() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let all = Clerk::with(&register, &server, "Lan", "reception officer", "").await;
        let mut body = filed(&[]);
        body["procedure"] = json!("1.011441");
        body["channel"] = json!(2);
        all.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &body);
        let reason = json!({ "reason": "cần xác minh" });
        // Thursday 12 and Friday 13 February, Monday 23 February
        assert_eq!(
            all.step(CODE, "extend", &reason)["due_at"],
            "2026-02-23T17:00:00+07:00"
        );
        assert_eq!(
            all.step_fails(CODE, "extend", &reason),
            refusal(409, "wrong-move")
        );
        let split = "H29.3-260212-0002";
        all.does("PUT", &format!("/api/v1/dossiers/{split}"), &filed(&[]));
        assert_eq!(
            all.step_fails(split, "extend", &reason),
            refusal(409, "wrong-move")
        );
    });
}

#[test]
fn nobody_approves_what_they_prepared_and_a_delegate_only_while_the_approver_is_absent() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let lan = Clerk::with(&register, &server, "Lan", "reception officer approver", "").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let dung = Clerk::with(&register, &server, "Dũng", "officer", "98").await;
        lan.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        lan.step(CODE, "assign", &json!({ "officer": "Lan" }));
        lan.step(CODE, "check", &json!({}));
        assert_eq!(
            lan.step_fails(CODE, "approve", &json!({})),
            refusal(403, "four-eyes")
        );
        assert_eq!(
            dung.step_fails(CODE, "approve", &json!({})),
            refusal(403, "role-missing")
        );
        let month = (1, 30);
        assert_eq!(
            dung.fails("POST", "/api/v1/delegations", &absence("Chi", month)),
            refusal(403, "role-missing")
        );
        assert_eq!(
            chi.fails("POST", "/api/v1/delegations", &absence("Chi", month)),
            refusal(400, "bad-parameter")
        );
        // who prepared it does not approve it through another
        lan.does("POST", "/api/v1/delegations", &absence("Dũng", month));
        assert_eq!(
            dung.step_fails(CODE, "approve", &json!({})),
            refusal(403, "four-eyes")
        );
        register.execute("delete from delegation").await.unwrap();
        chi.does("POST", "/api/v1/delegations", &absence("Dũng", month));
        let approved = dung.step(CODE, "approve", &json!({}));
        let step = approved["steps"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&step["by"], &step["on_behalf_of"]),
            (&json!("Dũng"), &json!("Chi"))
        );
    });
}
