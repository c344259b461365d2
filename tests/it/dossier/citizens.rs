//! What citizens may do, and what they may not learn.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::{Reply, Served, run};
use serde_json::{Value, json};

fn say(server: &Served, path: &str, body: &Value) -> Reply {
    let json = [("content-type", "application/json")];
    server.send("POST", path, &json, Some(body.to_string().as_bytes()))
}

fn refused(reply: &Reply) -> (u16, String) {
    (
        reply.status,
        reply.json()["code"].as_str().unwrap_or_default().to_owned(),
    )
}

#[test]
fn a_citizen_follows_by_the_code_and_sees_more_only_with_the_last_four_digits() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "Trần An", "reception officer", "").await;
        let id = an.id(1);
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[id]));
        an.step(CODE, "assign", &json!({ "officer": "Trần An" }));
        an.step(
            CODE,
            "ask-supplement",
            &json!({ "reason": "thiếu hợp đồng" }),
        );
        let path = format!("/api/v1/follow/{CODE}");
        let reply = server.get(&path);
        assert_eq!(reply.status, 200, "{}", reply.text());
        let followed = reply.json();
        assert_eq!(
            (&followed["status"], &followed["status_vi"]),
            (&json!(5), &json!("Yêu cầu bổ sung giấy tờ"))
        );
        assert_eq!(followed["steps"].as_array().unwrap().len(), 3);
        for secret in [
            "An",
            "Nguyễn",
            "Một",
            "0900001234",
            "999099",
            "hợp đồng",
            "Tách thửa vào",
        ] {
            assert!(!reply.text().contains(secret), "{secret}: {}", reply.text());
        }
        // the telephone's last four digits, or the number's
        for proof in ["1234", "0001"] {
            let own = server.json(&format!("{path}?proof={proof}"));
            assert_eq!(own["parcels"], json!([id]));
            assert_eq!(own["steps"][2]["reason"], "thiếu hợp đồng");
            assert!(!own.to_string().contains("Trần An"));
        }
        for _ in 0..5 {
            assert_eq!(
                refused(&server.get(&format!("{path}?proof=0000"))),
                refusal(403, "wrong-proof")
            );
        }
        // then nobody gets in for a while, not even with the right ones
        assert_eq!(
            refused(&server.get(&format!("{path}?proof=1234"))),
            refusal(429, "too-many-tries")
        );
        assert_eq!(server.get(&path).status, 200);
        assert_eq!(
            refused(&server.get("/api/v1/follow/H29.3-260212-0009")),
            refusal(404, "no-such-dossier")
        );
    });
}

#[test]
fn errors_and_objections_wait_for_an_officer_of_the_place_and_floods_are_refused() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "99001").await;
        let far = Clerk::with(&register, &server, "Xa", "officer", "99002").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let path = format!("/api/v1/parcels/{}/reports", an.id(1));
        let body = json!({ "content": "Ranh giới sai", "contact": "0900005678" });
        assert_eq!(say(&server, &path, &body).status, 202);
        for bad in [
            json!({ "content": " " }),
            json!({ "content": "x".repeat(2001) }),
            json!({ "content": "x", "name": "a\nb" }),
        ] {
            assert_eq!(
                refused(&say(&server, &path, &bad)),
                refusal(400, "bad-parameter")
            );
        }
        assert_eq!(
            refused(&say(
                &server,
                "/api/v1/parcels/1099511999999/reports",
                &body
            )),
            refusal(422, "parcels-not-current")
        );
        for _ in 0..4 {
            assert_eq!(say(&server, &path, &body).status, 202);
        }
        assert_eq!(
            refused(&say(&server, &path, &body)),
            refusal(429, "too-many-tries")
        );

        let posted = an.does(
            "POST",
            &format!("/api/v1/dossiers/{CODE}/postings"),
            &json!({ "content": "Danh sách" }),
        )["posting"]
            .clone();
        let hanging = server.json("/api/v1/postings?commune=99001");
        assert_eq!(hanging["postings"][0]["posting"], posted);
        let days: i32 = register
            .value("select until - posted_on from posting")
            .await;
        assert_eq!(days, 15);
        let objections = format!("/api/v1/postings/{posted}/objections");
        assert_eq!(
            say(&server, &objections, &json!({ "content": "Không đồng ý" })).status,
            202
        );
        register
            .execute("update posting set posted_on = posted_on - 16, until = until - 16")
            .await
            .unwrap();
        assert_eq!(
            refused(&say(&server, &objections, &json!({ "content": "muộn" }))),
            refusal(409, "posting-ended")
        );
        assert_eq!(
            server.json("/api/v1/postings?commune=99001")["postings"],
            json!([])
        );
        assert_eq!(
            refused(&say(&server, "/api/v1/postings/999/objections", &body)),
            refusal(404, "no-such-posting")
        );

        let messages = an.does("GET", "/api/v1/messages", &Value::Null)["messages"].clone();
        assert_eq!(messages.as_array().unwrap().len(), 6);
        assert_eq!(
            far.does("GET", "/api/v1/messages", &Value::Null)["messages"],
            json!([])
        );
        let judge = format!("/api/v1/messages/{}", messages[0]["message"]);
        let judgement = json!({ "state": "accepted", "answer": "Đã đo lại" });
        assert_eq!(
            far.fails("PUT", &judge, &judgement),
            refusal(403, "outside-your-area")
        );
        an.does("PUT", &judge, &judgement);
        assert_eq!(
            an.does("GET", "/api/v1/messages?state=accepted", &Value::Null)["messages"][0]["answer"],
            "Đã đo lại"
        );
        assert_eq!(
            an.fails("PUT", "/api/v1/messages/999", &judgement),
            refusal(404, "no-such-message")
        );
    });
}

#[test]
fn a_result_is_rated_once_by_who_filed_and_only_when_there_is_one() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let path = format!("/api/v1/follow/{CODE}/rating");
        let rating = json!({ "proof": "1234", "score": 5, "time": 3 });
        assert_eq!(
            refused(&say(&server, &path, &rating)),
            refusal(409, "not-done")
        );
        an.step(CODE, "stop", &json!({ "reason": "thôi" }));
        assert_eq!(
            refused(&say(
                &server,
                &path,
                &json!({ "proof": "0000", "score": 5 })
            )),
            refusal(403, "wrong-proof")
        );
        assert_eq!(
            refused(&say(
                &server,
                &path,
                &json!({ "proof": "1234", "score": 4 })
            )),
            refusal(400, "bad-parameter")
        );
        assert_eq!(say(&server, &path, &rating).status, 202);
        assert_eq!(
            refused(&say(&server, &path, &rating)),
            refusal(409, "rated-already")
        );
        let kept: String = register
            .value("select score || ' ' || criteria from citizen_message")
            .await;
        assert!(!kept.contains("1234") && kept.starts_with('5'), "{kept}");
    });
}

#[test]
fn why_an_officer_stopped_the_clock_is_told_to_the_applicant_and_to_nobody_else() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let path = format!("/api/v1/follow/{CODE}");
        let paused = |answer: &Value| (answer["is_paused"].clone(), answer["paused_for"].clone());
        assert_eq!(paused(&server.json(&path)), (json!(false), Value::Null));
        let reason = "ông Một đang bị kiện đòi nợ";
        an.step(CODE, "pause", &json!({ "reason": reason }));
        assert_eq!(paused(&server.json(&path)), (json!(true), Value::Null));
        assert!(!server.get(&path).text().contains("kiện"));
        let own = server.json(&format!("{path}?proof=1234"));
        assert_eq!(paused(&own), (json!(true), json!(reason)));
        // what the step itself waits for is no secret
        an.step(CODE, "resume", &json!({}));
        an.step(CODE, "ask-supplement", &json!({ "reason": "thiếu giấy" }));
        assert_eq!(
            paused(&server.json(&path)),
            (json!(true), json!("supplement"))
        );
    });
}

#[test]
fn a_loud_sender_takes_nobody_elses_right_to_object_and_an_empty_text_is_not_counted() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let posted = an.does(
            "POST",
            &format!("/api/v1/dossiers/{CODE}/postings"),
            &json!({ "content": "Danh sách" }),
        )["posting"]
            .clone();
        let path = format!("/api/v1/postings/{posted}/objections");
        // as a proxy on this machine tells who asks; what the sender wrote there itself stands before
        let object = |sender: &str, content: &str| {
            let headers = [
                ("content-type", "application/json"),
                ("x-forwarded-for", sender),
            ];
            let body = json!({ "content": content }).to_string();
            let reply = server.send("POST", &path, &headers, Some(body.as_bytes()));
            reply.status
        };
        let loud = "203.0.113.7";
        for _ in 0..6 {
            assert_eq!(object(loud, " "), 400);
        }
        for _ in 0..5 {
            assert_eq!(object(loud, "Không đồng ý"), 202);
        }
        for number in 0..20 {
            assert_eq!(
                object(&format!("198.51.100.{number}, {loud}"), "Không đồng ý"),
                429
            );
        }
        for neighbour in 1..=20 {
            assert_eq!(
                object(&format!("198.51.100.{neighbour}"), "Ranh giới sai"),
                202
            );
        }
        // one IPv6 network is one household
        let statuses: Vec<u16> = (1..=6)
            .map(|number| object(&format!("2001:db8:1:2::{number}"), "Sai"))
            .collect();
        assert_eq!(statuses, [202, 202, 202, 202, 202, 429]);
        let kept: i64 = register.value("select count(*) from citizen_message").await;
        assert_eq!(kept, 30);
    });
}
