//! Who reads of persons in dossiers stands in the ledger before they are answered, and needs the duty.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::{Register, run};
use serde_json::{Value, json};

/// The ledger since an entry, as `actor request outcome number-of-fields`.
async fn since(register: &Register, entry: i64) -> Vec<String> {
    register
        .value_of(&format!(
            "select coalesce(array_agg(actor || ' ' || request || ' ' || outcome || ' ' || cardinality(fields) order by entry_no), '{{}}')
             from access_ledger where entry_no > {entry} and dossier is not distinct from '{CODE}'"
        ))
        .await
}

async fn last(register: &Register) -> i64 {
    register
        .value("select coalesce(max(entry_no), 0) from access_ledger")
        .await
}

#[test]
fn slips_plans_and_what_came_of_them_are_read_with_the_duty_to_read_and_each_reading_is_in_the_ledger()
 {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "98").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        let far = Clerk::with(&register, &server, "Xa", "officer", "97").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let ids = [an.id(1), an.id(2)];
        let mut body = filed(&ids);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        let [slips, plan, changes] =
            ["tax-slips", "plan", "changes"].map(|part| format!("{path}/{part}"));
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": ids }] });
        let start = last(&register).await;
        let planned = an.does("PUT", &plan, &merge);
        an.step(CODE, "check", &json!({}));
        an.does("POST", &slips, &json!({}));
        assert_eq!(
            since(&register, start).await,
            [
                format!("An PUT {plan} answered 4"),
                format!("An POST {slips} answered 9")
            ]
        );

        // who sees dossiers, and reads of no persons, learns that there was a slip and not what it says
        let start = last(&register).await;
        let seen = planner.does("GET", &slips, &Value::Null);
        assert_eq!(
            (&seen["slips"][0]["state"], &seen["slips"][0]["content"]),
            (&json!("sent"), &Value::Null)
        );
        for door in [&plan, &changes] {
            assert_eq!(
                planner.fails("GET", door, &Value::Null),
                refusal(403, "role-missing")
            );
        }
        for door in [&slips, &plan, &changes] {
            assert_eq!(
                far.fails("GET", door, &Value::Null),
                refusal(403, "outside-your-area")
            );
        }
        assert_eq!(
            since(&register, start).await,
            [
                format!("Kế GET {slips} answered 0"),
                format!("Kế GET {plan} denied 0"),
                format!("Kế GET {changes} denied 0"),
                format!("Xa GET {slips} denied 0"),
                format!("Xa GET {plan} denied 0"),
                format!("Xa GET {changes} denied 0"),
            ]
        );

        // the approver reads the slip, approves, and reads what came of it
        an.does(
            "PUT",
            &format!("{path}/notices/N0"),
            &json!({ "kind": "other", "amount_vnd": 0, "issued_on": "2026-03-01" }),
        );
        let start = last(&register).await;
        let slip = chi.does("GET", &slips, &Value::Null)["slips"][0]["content"].clone();
        assert_eq!(slip["applicant"]["phone"], "0900001234");
        let approve = format!("{plan}/approve");
        chi.does("POST", &approve, &json!({ "sha256": planned["sha256"] }));
        chi.does("GET", &plan, &Value::Null);
        chi.does("GET", &changes, &Value::Null);
        assert_eq!(
            since(&register, start).await,
            [
                format!("Chi GET {slips} answered 9"),
                format!("Chi POST {approve} answered 4"),
                format!("Chi GET {plan} answered 4"),
                format!("Chi GET {changes} answered 4"),
            ]
        );
    });
}

#[test]
fn what_citizens_said_is_read_with_an_entry_of_the_ledger_and_denied_with_one() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "officer", "98").await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "98").await;
        let report = format!("/api/v1/parcels/{}/reports", an.id(1));
        an.does(
            "POST",
            &report,
            &json!({ "content": "Ranh giới sai", "contact": "0900005678" }),
        );
        let start = last(&register).await;
        let read = an.does("GET", "/api/v1/messages", &Value::Null);
        assert_eq!(read["messages"][0]["contact"], "0900005678");
        assert_eq!(
            planner.fails("GET", "/api/v1/messages", &Value::Null),
            refusal(403, "role-missing")
        );
        let entries: Vec<String> = register
            .value_of(&format!(
                "select array_agg(actor || ' ' || request || ' ' || outcome || ' ' || array_to_string(fields, ',') order by entry_no)
                 from access_ledger where entry_no > {start}"
            ))
            .await;
        assert_eq!(
            entries,
            [
                "An GET /api/v1/messages answered name,contact",
                "Kế GET /api/v1/messages denied "
            ]
        );
    });
}
