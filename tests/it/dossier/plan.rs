//! Plans: reserved, stored, approved by another, stale when what they rely on has changed.

use super::{CODE, Clerk, absence, filed, refusal, row_of};
use crate::support::{Folder, Register, Served, point, run, square};
use diaba::share::{VerifyingKeys, verify_approval};
use serde_json::{Value, json};

const OTHER: &str = "H29.3-260212-0002";

/// The officers of a dossier.
struct Office<'a> {
    /// Takes in and prepares.
    an: Clerk<'a>,
    /// Approves.
    chi: Clerk<'a>,
}

impl<'a> Office<'a> {
    async fn at(register: &Register, server: &'a Served) -> Self {
        Self {
            an: Clerk::with(register, server, "An", "reception officer surveyor", "98").await,
            chi: Clerk::with(register, server, "Chi", "approver", "98").await,
        }
    }

    /// A dossier on parcels of these numbers, given to An.
    fn opened(&self, code: &str, numbers: &[i32]) {
        let ids: Vec<i64> = numbers.iter().map(|number| self.an.id(*number)).collect();
        self.an
            .does("PUT", &format!("/api/v1/dossiers/{code}"), &filed(&ids));
        self.an.step(code, "assign", &json!({ "officer": "An" }));
    }

    fn planned(&self, code: &str, operations: &Value) -> Value {
        self.an.does(
            "PUT",
            &format!("/api/v1/dossiers/{code}/plan"),
            &json!({ "operations": operations }),
        )
    }

    fn approve_path(code: &str) -> String {
        format!("/api/v1/dossiers/{code}/plan/approve")
    }

    fn approved(&self, code: &str, plan: &Value) -> Value {
        self.chi.does(
            "POST",
            &Self::approve_path(code),
            &json!({ "sha256": plan["sha256"] }),
        )
    }
}

/// Parcel `number` is split so many metres above its south edge.
fn split(clerk: &Clerk<'_>, number: i32, above_m: f64) -> Value {
    let (west, south) = point(number);
    let line = json!([[west, south + above_m], [west + 20.0, south + above_m]]);
    json!([{ "kind": "split", "parcel": clerk.id(number), "by": { "line_m": line } }])
}

fn made(report: &Value) -> Vec<&str> {
    let lines = report["made"].as_array().unwrap().iter();
    lines.map(|line| line["parcel"].as_str().unwrap()).collect()
}

/// Numbers of plans as `number state`.
async fn numbers(register: &Register) -> Vec<String> {
    register.value("select coalesce(array_agg(parcel_no || ' ' || state order by parcel_no), '{}') from plan_number").await
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in one piece")]
fn a_plan_is_stored_with_its_numbers_and_another_officer_signs_and_commits_it() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[2]);
        let before: i64 = register.value("select count(*) from parcel_version").await;
        let plan = office.planned(CODE, &split(&office.an, 2, 5.0));
        assert_eq!(made(&plan["report"]), ["1/4", "1/5"]);
        let touched: Vec<_> = plan["touched"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| {
                (
                    each["parcel"].as_str().unwrap(),
                    each["is_named"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(touched, [("1/1", false), ("1/2", true), ("1/3", false)]);
        assert_eq!(
            register
                .value::<i64>("select count(*) from parcel_version")
                .await,
            before,
            "a plan changes no land"
        );
        // the digest is that of the text, by any program
        let text = plan["canonical"].as_str().unwrap();
        let digest: String = register
            .value_of(&format!(
                "select encode(sha256(convert_to($text${text}$text$, 'UTF8')), 'hex')"
            ))
            .await;
        assert_eq!(plan["sha256"], digest);

        // its own preparer does not approve it, and nobody another text
        office.an.step(CODE, "check", &json!({}));
        let both = Clerk::with(&register, &server, "An", "approver", "").await;
        let approve = Office::approve_path(CODE);
        assert_eq!(
            both.fails("POST", &approve, &json!({ "sha256": plan["sha256"] })),
            refusal(403, "four-eyes")
        );
        assert_eq!(
            office
                .an
                .fails("POST", &approve, &json!({ "sha256": plan["sha256"] })),
            refusal(403, "role-missing")
        );
        assert_eq!(
            office
                .chi
                .fails("POST", &approve, &json!({ "sha256": "00" })),
            refusal(409, "plan-changed")
        );
        assert_eq!(
            office.chi.step_fails(CODE, "approve", &json!({})),
            refusal(409, "plan-waits")
        );
        assert_eq!(
            register
                .value::<i64>("select count(*) from parcel_version")
                .await,
            before
        );

        let report = office.approved(CODE, &plan);
        assert_eq!(made(&report), ["1/4", "1/5"]);
        assert_eq!(numbers(&register).await, ["4 used", "5 used"]);
        assert_eq!(office.an.parcel(4)["rights"][0]["party_name"], "Một");
        // the signature is over the digest, and verifies with the published key
        let approval = office.an.does(
            "GET",
            &format!("/api/v1/dossiers/{CODE}/plan"),
            &Value::Null,
        )["approval"]
            .clone();
        let keys =
            VerifyingKeys::from_jwks(&server.json("/.well-known/jwks.json").to_string()).unwrap();
        let signed = verify_approval(approval["signature"].as_str().unwrap(), &keys).unwrap();
        assert_eq!(
            (signed.sha256.as_str(), signed.approver.as_str()),
            (plan["sha256"].as_str().unwrap(), "Chi")
        );
        // the answer was lost: the same again gives the same, and no second operation
        let versions: i64 = register.value("select count(*) from parcel_version").await;
        let again = office
            .chi
            .send("POST", &approve, &[], &json!({ "sha256": plan["sha256"] }));
        assert_eq!(
            (
                again.status,
                again.json(),
                again.header("idempotency-repeated")
            ),
            (201, report.clone(), "true")
        );
        assert_eq!(
            register
                .value::<i64>("select count(*) from parcel_version")
                .await,
            versions
        );
        let changes = office.an.does(
            "GET",
            &format!("/api/v1/dossiers/{CODE}/changes"),
            &Value::Null,
        );
        assert_eq!(changes["changes"][0]["report"], report);
        assert_eq!(
            changes["changes"][0]["operation_id"],
            report["operation_id"]
        );
        assert_eq!(
            office.chi.step(CODE, "sign", &json!({}))["status"]["code"],
            "9"
        );
    });
}

#[test]
fn what_an_open_dossier_reserves_is_seen_and_nobody_else_changes_it() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        office.opened(CODE, &[2]);
        office.opened(OTHER, &[2, 3]);
        let reserved = office.an.parcel(2)["reserved_by"].clone();
        assert_eq!(
            (&reserved["dossier"], &reserved["officer"]),
            (&json!(CODE), &json!("An"))
        );
        assert_eq!(reserved["due_at"], "2026-03-09T10:00:00+07:00");
        assert_eq!(office.an.parcel(4)["reserved_by"], Value::Null);
        // the public does not learn whose dossier it is
        assert_eq!(
            server
                .json("/api/v1/communes/99001/sheets/1/parcels/2")
                .get("reserved_by"),
            None
        );
        assert_eq!(office.an.dossier(OTHER)["reserved_by"][0]["dossier"], CODE);

        let before = register.contents().await;
        let tag = format!("\"{}-1\"", all.id(2));
        let operations = json!({ "operations": split(&office.an, 2, 10.0) });
        let reply = all.send(
            "POST",
            "/api/v1/operations",
            &[("if-match", &tag)],
            &operations,
        );
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (409, &json!("parcel-reserved")),
            "{}",
            reply.text()
        );
        assert_eq!(reply.json()["reserved_by"]["dossier"], CODE);
        // a plan is tried in the name of the dossier that reserves the parcel, and of no other
        let tried = |code: &str| {
            let mut named = operations.clone();
            named["dossier"] = json!(code);
            office
                .an
                .send("POST", "/api/v1/operations?dry_run=true", &[], &named)
        };
        assert_eq!(made(&tried(CODE).json()), ["1/5", "1/6"]);
        assert_eq!(tried(OTHER).status, 409);
        let plan = format!("/api/v1/dossiers/{OTHER}/plan");
        assert_eq!(
            office.an.fails("PUT", &plan, &operations),
            refusal(409, "parcel-reserved")
        );
        let ledger = |mut contents: std::collections::BTreeMap<String, (i64, String)>| {
            contents.remove("access_ledger");
            contents
        };
        assert_eq!(ledger(register.contents().await), ledger(before));
        // what ends, reserves nothing
        office
            .an
            .step(CODE, "stop", &json!({ "reason": "công dân rút" }));
        assert_eq!(office.an.parcel(2)["reserved_by"]["dossier"], OTHER);
        office.planned(OTHER, &split(&office.an, 2, 10.0));
        office
            .an
            .step(OTHER, "stop", &json!({ "reason": "công dân rút" }));
        let reply = all.send(
            "POST",
            "/api/v1/operations",
            &[("if-match", &tag)],
            &operations,
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
    });
}

#[test]
fn a_plan_whose_neighbour_has_changed_is_stale_and_says_what_differs() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        office.opened(CODE, &[2]);
        let plan = office.planned(CODE, &split(&office.an, 2, 5.0));
        office.an.step(CODE, "check", &json!({}));
        // parcel 3, a neighbour, is split meanwhile: 2 takes two corners, 3 ends
        let tag = format!("\"{}-1\"", all.id(3));
        let neighbour = all.id(3);
        let reply = all.send(
            "POST",
            "/api/v1/operations",
            &[("if-match", &tag)],
            &json!({ "operations": split(&all, 3, 12.0) }),
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
        // 5 and 6 are kept for the plan: what came meanwhile took the next
        assert_eq!(made(&reply.json()), ["1/7", "1/8"]);
        let before = register.contents().await;
        let reply = office.chi.send(
            "POST",
            &Office::approve_path(CODE),
            &[],
            &json!({ "sha256": plan["sha256"] }),
        );
        let problem = reply.json();
        assert_eq!(
            (reply.status, &problem["code"]),
            (409, &json!("plan-stale")),
            "{problem}"
        );
        // what held of it until today is a revision too
        let differences = problem["differences"].as_array().unwrap();
        let of = |parcel: &str| {
            differences
                .iter()
                .find(|each| each["parcel"] == parcel)
                .unwrap()
        };
        assert_eq!(
            (
                &of("1/2")["then"]["revision"],
                &of("1/2")["now"]["revision"]
            ),
            (&json!(1), &json!(3))
        );
        assert_eq!(of("1/2")["changed"], json!(["boundary"]));
        assert_eq!(
            (&of("1/3")["parcel_id"], &of("1/3")["now"]["has_ended"]),
            (&json!(neighbour), &json!(true))
        );
        assert_eq!(register.contents().await, before);
        // planned again with as many children: the numbers stay
        let plan = office.planned(CODE, &split(&office.an, 2, 5.0));
        assert_eq!(
            (&plan["plan_no"], made(&plan["report"])),
            (&json!(2), vec!["1/5", "1/6"])
        );
        assert_eq!(made(&office.approved(CODE, &plan)), ["1/5", "1/6"]);
    });
}

#[test]
fn numbers_are_burnt_when_the_plan_makes_other_parcels_or_the_dossier_ends() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[2]);
        office.planned(CODE, &split(&office.an, 2, 5.0));
        let (west, south) = point(2);
        let thirds = json!([{ "kind": "split", "parcel": office.an.id(2),
            "by": { "equal": { "along_m": [[west, south], [west + 20.0, south]], "parts": 4 } } }]);
        let plan = office.planned(CODE, &thirds);
        assert_eq!(made(&plan["report"]).len(), 4);
        assert_eq!(
            numbers(&register).await,
            [
                "3 burnt",
                "4 burnt",
                "5 reserved",
                "6 reserved",
                "7 reserved",
                "8 reserved"
            ]
        );
        office
            .an
            .step(CODE, "stop", &json!({ "reason": "công dân rút" }));
        let states = numbers(&register).await;
        assert!(
            states.iter().all(|state| state.ends_with("burnt")),
            "{states:?}"
        );
        // nobody ever gets them
        office.opened(OTHER, &[2]);
        let plan = office.planned(OTHER, &split(&office.an, 2, 5.0));
        assert_eq!(made(&plan["report"]), ["1/9", "1/10"]);
    });
}

#[test]
fn an_unlawful_plan_is_not_stored_and_the_decision_is_cited() {
    run(async {
        let register = row_of(3).await;
        register.execute(
            "insert into rule_value (rule, valid, value, source)
             values ('minimum-parcel-area-m2/ONT', daterange('2024-01-01', null), 50, 'Quyết định 100/2024/QĐ-UBND')",
        ).await.unwrap();
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[2]);
        let plan = format!("/api/v1/dossiers/{CODE}/plan");
        let before: i64 = register
            .value("select highest_parcel_no::bigint from sheet")
            .await;
        // 20 m × 1.75 m = 35 m²
        let body = json!({ "operations": split(&office.an, 2, 1.75) });
        let reply = office.an.send("PUT", &plan, &[], &body);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (422, &json!("unlawful-operation")),
            "{}",
            reply.text()
        );
        assert!(
            reply.text().contains("100/2024") && reply.text().contains("35"),
            "{}",
            reply.text()
        );
        assert_eq!(
            office.an.fails("GET", &plan, &Value::Null),
            refusal(404, "no-such-plan")
        );
        assert_eq!(
            register
                .value::<i64>("select highest_parcel_no::bigint from sheet")
                .await,
            before,
            "no number is lost"
        );
        // and in the wrong step nothing is planned
        office.an.step(CODE, "stop", &json!({ "reason": "thôi" }));
        assert_eq!(
            office.an.fails("PUT", &plan, &body),
            refusal(409, "wrong-move")
        );
    });
}

#[test]
fn who_has_a_dossier_tries_operations_out_for_it_and_gets_the_numbers_of_its_plan() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[2]);
        let try_for = |dossier: Option<&str>| {
            let body = json!({ "operations": split(&office.an, 2, 5.0), "dossier": dossier });
            office
                .an
                .send("POST", "/api/v1/operations?dry_run=true", &[], &body)
        };
        for other in [None, Some(OTHER), Some("?")] {
            let reply = try_for(other);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (409, &json!("parcel-reserved")),
                "{other:?}"
            );
        }
        let before = numbers(&register).await;
        assert_eq!(made(&try_for(Some(CODE)).json()), ["1/5", "1/6"]);
        assert_eq!(numbers(&register).await, before, "a trial keeps no number");
        let plan = office.planned(CODE, &split(&office.an, 2, 5.0));
        // somebody takes the next numbers meanwhile
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        let tag = format!("\"{}-1\"", all.id(4));
        let body = json!({ "operations": split(&all, 4, 5.0) });
        let reply = all.send("POST", "/api/v1/operations", &[("if-match", &tag)], &body);
        assert_eq!(made(&reply.json()), ["1/7", "1/8"]);
        let report = try_for(Some(CODE)).json();
        for part in ["made", "retired", "violations", "codes", "rules"] {
            assert_eq!(report[part], plan["report"][part], "{part}");
        }
    });
}

#[test]
fn sheets_of_open_dossiers_are_not_renumbered_by_others_and_merging_communes_says_which_there_are()
{
    run(async {
        let register = row_of(3).await;
        register
            .execute(
                "insert into administrative_unit (code, level, name, parent_code, valid)
                 values ('99002', 'commune', 'Xã Mới', '98', daterange('2025-07-01', null))",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        let all = Clerk::with(&register, &server, "Đủ", "officer approver", "").await;
        office.opened(CODE, &[2]);
        let plan = office.planned(CODE, &split(&office.an, 2, 5.0));
        let ledger = |mut contents: std::collections::BTreeMap<String, (i64, String)>| {
            contents.remove("access_ledger");
            contents
        };
        let before = ledger(register.contents().await);
        let sheet = json!({ "commune": "99001", "sheet_no": 1 });
        let renumber = json!({ "operations": [{ "kind": "renumber-sheet", "sheet": sheet, "new_sheet_no": 7 }] });
        for path in ["/api/v1/operations", "/api/v1/operations?dry_run=true"] {
            let reply = all.send("POST", path, &[], &renumber);
            assert_eq!(
                (
                    reply.status,
                    &reply.json()["code"],
                    &reply.json()["reserved_by"]["dossier"]
                ),
                (409, &json!("parcel-reserved"), &json!(CODE)),
                "{path}: {}",
                reply.text()
            );
        }
        assert_eq!(ledger(register.contents().await), before);
        // the law merges communes on its day, whatever is open there
        let to = json!({ "commune": "99002", "sheet_no": 1 });
        let merge = json!({ "operations": [{ "kind": "merge-communes", "sheets": [{ "from": sheet, "to": to }] }] });
        let reply = all.send("POST", "/api/v1/operations", &[], &merge);
        assert_eq!(reply.status, 201, "{}", reply.text());
        let violation = &reply.json()["violations"][0];
        assert_eq!(
            (&violation["code"], &violation["severity"]),
            (&json!("parcels-reserved"), &json!("warning"))
        );
        assert!(violation["detail"].as_str().unwrap().contains(CODE));
        office.an.step(CODE, "check", &json!({}));
        let sha256 = json!({ "sha256": plan["sha256"] });
        assert_eq!(
            office
                .chi
                .fails("POST", &Office::approve_path(CODE), &sha256),
            refusal(409, "plan-stale")
        );
    });
}

#[test]
fn a_part_of_a_cut_parcel_is_sold_and_certified_by_the_plan_that_cuts_it() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let squares = [1, 2].map(|number| square(number).with("DienTichPhapLy", 400.0));
        let rows = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Mục đích,Diện tích,Số phát hành,Ngày cấp\n\
            99001,1,1,Một,999099000001,1,ONT,400,BT 000001,2020-01-01\n\
            99001,1,2,Một,999099000001,1,ONT,400,BT 000002,2020-01-01\n";
        let files = [
            folder.parcels("row.geojson", &squares),
            folder.write("rows.csv", rows),
        ];
        register.load(&files).await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[2]);
        let today: String = register.value("select today()::text").await;
        let holder: i64 = register
            .value("select party_id from land_right where parcel_id = (select parcel_id from current_parcel where parcel_no = 2)")
            .await;
        let sold = json!([{ "operation": 0, "child": 1 }]);
        let buyer = json!({ "kind": "individual", "name": "Hai", "personal_no": "000199000002" });
        let mut operations = split(&office.an, 2, 5.0);
        operations.as_array_mut().unwrap().extend([
            // the certificate of the whole, which is no parcel any more, is that of who sells a part
            json!({ "kind": "transfer", "parcels": sold, "from": holder, "to": [{ "party": buyer }], "old_certificate": "withdraw",
                    "document": { "number": "12/HĐ", "signed_on": today } }),
            json!({ "kind": "issue-certificate", "parcels": sold, "serial": "AA 00000017", "issued_on": today }),
        ]);
        let plan = office.planned(CODE, &operations);
        assert_eq!(
            (&plan["report"]["codes"], &plan["report"]["violations"]),
            (&json!(["CN", "TN"]), &json!([]))
        );
        office.an.step(CODE, "check", &json!({}));
        let report = office.approved(CODE, &plan);
        assert_eq!(made(&report), ["1/3", "1/4"]);
        let right = |number: i32| {
            let right = office.an.parcel(number)["rights"][0].clone();
            (
                right["party_name"].clone(),
                right["certificate_serial"].clone(),
            )
        };
        assert_eq!(right(3), (json!("Một"), Value::Null));
        assert_eq!(right(4), (json!("Hai"), json!("AA 00000017")));
        let old: Vec<String> = register
            .value(
                "select array_agg(serial || ' ' || status order by serial) from certificate_version
                    where serial like 'BT%' and upper_inf(recorded) and legal @> today()",
            )
            .await;
        assert_eq!(old, ["BT 000001 valid", "BT 000002 withdrawn"]);
    });
}

#[test]
fn a_plan_is_approved_only_by_who_is_competent_for_all_land_in_it_and_for_no_absent_one_who_is_not()
{
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .execute(
                "insert into administrative_unit (code, level, name, parent_code, valid)
                 values ('99002', 'commune', 'Xã Bên', '98', daterange('2025-07-01', null))",
            )
            .await
            .unwrap();
        let [here, beside] = [1, 3].map(|number| square(number).with("DienTichPhapLy", 400.0));
        let beside = beside.with("MaXa", "99002");
        register
            .load(&[folder.parcels("two.geojson", &[here, beside])])
            .await;
        let server = register.serve().await;
        let office = Office::at(&register, &server).await;
        office.opened(CODE, &[1]);
        let split = |id: &Value, number: i32| {
            let (west, south) = point(number);
            let line = json!([[west, south + 5.0], [west + 20.0, south + 5.0]]);
            json!({ "kind": "split", "parcel": id, "by": { "line_m": line } })
        };
        let path = "/api/v1/communes/99002/sheets/1/parcels/3";
        let other = office.an.does("GET", path, &Value::Null)["parcel_id"].clone();
        let plan = office.planned(
            CODE,
            &json!([split(&json!(office.an.id(1)), 1), split(&other, 3)]),
        );
        office.an.step(CODE, "check", &json!({}));
        let (approve, sha256) = (
            Office::approve_path(CODE),
            json!({ "sha256": plan["sha256"] }),
        );
        let near = Clerk::with(&register, &server, "Gần", "approver", "99001").await;
        let before = register.value::<i64>("select count(*) from parcel_version");
        let before = before.await;
        assert_eq!(
            near.fails("POST", &approve, &sha256),
            refusal(403, "outside-your-area")
        );
        // nor may somebody else approve in that name
        let stand_in = Clerk::with(&register, &server, "Thay", "officer", "98").await;
        let delegate = |principal: &Clerk<'_>| {
            principal.does("POST", "/api/v1/delegations", &absence("Thay", (1, 30)))
        };
        delegate(&near);
        assert_eq!(
            stand_in.fails("POST", &approve, &sha256),
            refusal(403, "role-missing")
        );
        let after = register.value::<i64>("select count(*) from parcel_version");
        assert_eq!(after.await, before, "nothing was changed");
        // of two absent ones the one counts who is competent everywhere
        delegate(&office.chi);
        stand_in.does("POST", &approve, &sha256);
        let plan = office.an.does(
            "GET",
            &format!("/api/v1/dossiers/{CODE}/plan"),
            &Value::Null,
        );
        assert_eq!(plan["approval"]["on_behalf_of"], "Chi");
    });
}
