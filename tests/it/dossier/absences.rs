//! Who approves for an absent approver: for a time, until it is ended, and while the approver is in office.

use super::{CODE, Clerk, absence, filed, refusal};
use crate::support::{Register, run};
use serde_json::{Value, json};

const DOOR: &str = "/api/v1/delegations";

#[test]
fn an_absence_is_ended_by_its_approver_or_a_planner_of_the_place_and_lasts_ninety_days_at_most() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let lan = Clerk::with(&register, &server, "Lan", "reception officer", "98").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let dung = Clerk::with(&register, &server, "Dũng", "officer", "98").await;
        lan.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        lan.step(CODE, "assign", &json!({ "officer": "Lan" }));
        lan.step(CODE, "check", &json!({}));
        assert_eq!(
            chi.fails("POST", DOOR, &absence("Dũng", (0, 91))),
            refusal(400, "bad-parameter")
        );
        let made = chi.does("POST", DOOR, &absence("Dũng", (1, 89)));
        let one = format!("{DOOR}/{}", made["delegation_id"]);
        let listed = |clerk: &Clerk<'_>| {
            let listed = clerk.does("GET", DOOR, &Value::Null);
            let listed = listed["delegations"].as_array().unwrap().iter();
            listed
                .map(|each| {
                    (
                        each["principal"].as_str().unwrap().to_owned(),
                        each["delegate"].as_str().unwrap().to_owned(),
                    )
                })
                .collect::<Vec<_>>()
        };
        let pair = [("Chi".to_owned(), "Dũng".to_owned())];
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        let far = Clerk::with(&register, &server, "Xa", "planner", "97").await;
        for clerk in [&chi, &dung, &planner] {
            assert_eq!(listed(clerk), pair);
        }
        assert_eq!(listed(&far), []);
        assert_eq!(listed(&lan), []);
        // nobody else ends it
        assert_eq!(
            dung.fails("DELETE", &one, &json!({})),
            refusal(403, "role-missing")
        );
        assert_eq!(
            far.fails("DELETE", &one, &json!({})),
            refusal(403, "outside-your-area")
        );
        assert_eq!(listed(&chi), pair);
        let reply = chi.send("DELETE", &one, &[], &json!({}));
        assert_eq!(reply.status, 204, "{}", reply.text());
        assert_eq!(
            dung.step_fails(CODE, "approve", &json!({})),
            refusal(403, "role-missing")
        );
        assert_eq!(
            chi.fails("DELETE", &one, &json!({})),
            refusal(404, "no-such-delegation")
        );
        let kept: Vec<String> = register
            .value("select array_agg(principal || ' ' || ended_by) from delegation where ended_at is not null")
            .await;
        assert_eq!(kept, ["Chi Chi"], "it stays on record");
        // a planner of the place does
        let made = chi.does("POST", DOOR, &absence("Dũng", (1, 30)));
        let two = format!("{DOOR}/{}", made["delegation_id"]);
        assert_eq!(planner.send("DELETE", &two, &[], &json!({})).status, 204);
        assert_eq!(listed(&dung), []);
    });
}

#[test]
fn nobody_approves_for_an_approver_whose_office_has_ended() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let lan = Clerk::with(&register, &server, "Lan", "reception officer", "98").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let dung = Clerk::with(&register, &server, "Dũng", "officer", "98").await;
        lan.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        lan.step(CODE, "assign", &json!({ "officer": "Lan" }));
        lan.step(CODE, "check", &json!({}));
        chi.does("POST", DOOR, &absence("Dũng", (1, 30)));
        register.store.revoke_tokens("Chi").await.unwrap();
        let approve = || dung.step_fails(CODE, "approve", &json!({}));
        assert_eq!(approve(), refusal(403, "role-missing"));
        // in another office, and no approver any more
        Clerk::with(&register, &server, "Chi", "officer", "98").await;
        assert_eq!(approve(), refusal(403, "role-missing"));
        Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let approved = dung.step(CODE, "approve", &json!({}));
        let step = approved["steps"].as_array().unwrap().last().unwrap();
        assert_eq!(step["on_behalf_of"], "Chi");
    });
}
