//! Who may do what, and where.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::run;
use serde_json::{Value, json};

#[test]
fn another_communes_officer_reads_no_names_and_changes_nothing() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let here = Clerk::with(
            &register,
            &server,
            "Lan",
            "reception officer approver",
            "99001",
        )
        .await;
        let province = Clerk::with(&register, &server, "Tỉnh", "approver", "98").await;
        let other = Clerk::with(
            &register,
            &server,
            "Xa",
            "reception officer approver",
            "99002 97",
        )
        .await;
        let parcel = "/api/v1/communes/99001/sheets/1/parcels/1";
        let id = here.id(1);
        let tag = format!("\"{id}-1\"");
        let split = json!({ "operations": [{ "kind": "merge", "parcels": [id, here.id(2)] }] });
        here.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let before = register
            .value::<i64>("select count(*) from parcel_version")
            .await;
        let elsewhere = refusal(403, "outside-your-area");
        assert_eq!(other.fails("GET", parcel, &Value::Null), elsewhere);
        assert_eq!(
            other.fails("GET", &format!("/api/v1/dossiers/{CODE}"), &Value::Null),
            elsewhere
        );
        assert_eq!(
            other.fails("PUT", "/api/v1/dossiers/H29.3-260212-0002", &filed(&[id])),
            elsewhere
        );
        assert_eq!(
            other.step_fails(CODE, "assign", &json!({ "officer": "Xa" })),
            elsewhere
        );
        for path in ["/api/v1/operations", "/api/v1/operations?dry_run=true"] {
            let reply = other.send("POST", path, &[("if-match", &tag)], &split);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (403, &json!("outside-your-area"))
            );
        }
        assert_eq!(
            register
                .value::<i64>("select count(*) from parcel_version")
                .await,
            before
        );
        // the refusals stand in the ledger, without a field
        let denied: Vec<String> = register.value("select array_agg(service || cardinality(fields) order by entry_no) from access_ledger where outcome = 'denied'").await;
        assert_eq!(denied, ["api0", "dossier0"]);
        assert_eq!(province.parcel(1)["rights"][0]["party_name"], "Một");
    });
}

#[test]
fn who_has_no_role_for_it_is_told_which_has() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let planner = Clerk::with(&register, &server, "Kế", "planner", "").await;
        let surveyor = Clerk::with(&register, &server, "Đo", "surveyor", "").await;
        let missing = refusal(403, "role-missing");
        assert_eq!(
            planner.fails(
                "GET",
                "/api/v1/communes/99001/sheets/1/parcels/1",
                &Value::Null
            ),
            missing
        );
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": [surveyor.id(1), surveyor.id(2)] }] });
        assert_eq!(
            surveyor.does("POST", "/api/v1/operations?dry_run=true", &merge)["codes"],
            json!(["TN"])
        );
        let reply = surveyor.send("POST", "/api/v1/operations", &[], &merge);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (403, &json!("role-missing"))
        );
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("approver"), "{detail}");
        assert_eq!(
            surveyor.fails("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[])),
            missing
        );
    });
}

#[test]
fn an_officer_learns_what_the_token_is_good_for() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let dung = Clerk::with(&register, &server, "Dung", "surveyor planner", "98 99001").await;
        let appointment = dung.does("GET", "/api/v1/desk/officer", &Value::Null);
        assert_eq!(
            appointment,
            json!({
                "name": "Dung", "roles": ["surveyor", "planner"], "areas": ["98", "99001"],
                "duties": ["read", "see", "plan", "rules", "oversee"], "steps": ["recount", "plan"]
            })
        );
        assert_eq!(server.get("/api/v1/desk/officer").status, 401);
    });
}

#[test]
fn what_officers_did_is_read_by_officers_of_that_area_only() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let here = Clerk::with(&register, &server, "Chi", "approver", "98").await;
        let other = Clerk::with(&register, &server, "Xa", "approver", "97").await;
        let ids = [here.id(1), here.id(2)];
        let tags = ids.map(|id| format!("\"{id}-1\"")).join(", ");
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": ids }] });
        let reply = here.send("POST", "/api/v1/operations", &[("if-match", &tags)], &merge);
        let report = reply.json();
        let path = format!("/api/v1/operations/{}", report["operation_id"]);
        assert_eq!(
            other.fails("GET", &path, &Value::Null),
            refusal(403, "outside-your-area")
        );
        assert_eq!(here.does("GET", &path, &Value::Null), report);
        let read: Vec<String> = register
            .value("select array_agg(actor || ' ' || outcome || cardinality(fields) order by entry_no) from access_ledger where service = 'desk'")
            .await;
        assert_eq!(read, ["Xa denied0", "Chi answered3"]);
    });
}
