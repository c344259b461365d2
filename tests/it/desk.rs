//! The land office's desk, through HTTP: squares of 20 m in a row, so that every expected area and place is worked out by hand.

use crate::support::{Folder, Register, Reply, Served, point, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// An officer at a server.
pub struct Officer<'a> {
    pub server: &'a Served,
    pub token: String,
}

/// Squares 1 to `count` of one sheet, 400 m² each; all are of the party "Một" but the last, which is of "Hai".
pub async fn row_of(count: i32) -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let squares = (1..=count).map(|number| square(number).with("DienTichPhapLy", 400.0));
    let squares: Vec<_> = squares.collect();
    let mut rows = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Mục đích,Diện tích\n".to_owned();
    for number in 1..=count {
        let party = if number == count {
            "Hai,999099000002"
        } else {
            "Một,999099000001"
        };
        rows += &format!("99001,1,{number},{party},1,ONT,400\n");
    }
    register
        .load(&[
            folder.parcels("row.geojson", &squares),
            folder.write("rows.csv", &rows),
        ])
        .await;
    register
}

impl<'a> Officer<'a> {
    pub async fn at(register: &Register, server: &'a Served) -> Self {
        let officer = Identity::Officer(policy::Officer::everywhere("Trần Thị B"));
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        Self { server, token }
    }

    pub fn parcel(&self, number: i32) -> Value {
        let path = format!("/api/v1/communes/99001/sheets/1/parcels/{number}");
        let reply = self.server.get_as(&self.token, &path);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub fn id(&self, number: i32) -> i64 {
        self.parcel(number)["parcel_id"].as_i64().unwrap()
    }

    /// The ETags of parcels as they are now.
    pub fn tags(&self, numbers: &[i32]) -> String {
        let tags = numbers.iter().map(|number| {
            let parcel = self.parcel(*number);
            let revisions = format!("{}-{}", parcel["revision"], parcel["rights_revision"]);
            format!("\"{}-{revisions}\"", parcel["parcel_id"])
        });
        tags.collect::<Vec<_>>().join(", ")
    }

    pub fn post(&self, query: &str, headers: &[(&str, &str)], operations: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![
            ("authorization", &*bearer),
            ("content-type", "application/json"),
        ];
        all.extend_from_slice(headers);
        let body = json!({ "operations": operations, "dossier": "H29.3-261122-0001" }).to_string();
        let path = format!("/api/v1/operations{query}");
        self.server.send("POST", &path, &all, Some(body.as_bytes()))
    }

    /// What an operation on parcels of these numbers gives.
    pub fn commits(&self, numbers: &[i32], operations: &Value) -> Value {
        let reply = self.relying_on(&self.tags(numbers), operations);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The answer to operations on parcels as they were when these were their tags.
    fn relying_on(&self, tags: &str, operations: &Value) -> Reply {
        let header = [("if-match", tags)];
        // an operation on no parcel relies on none
        let headers = if tags.is_empty() { &[][..] } else { &header };
        self.post("", headers, operations)
    }

    /// The codes that forbid an operation, which changes nothing.
    pub async fn refused(
        &self,
        register: &Register,
        numbers: &[i32],
        operations: &Value,
    ) -> Vec<Value> {
        let tags = self.tags(numbers);
        let before = land(register).await;
        let reply = self.relying_on(&tags, operations);
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert_eq!(reply.json()["code"], "unlawful-operation");
        assert_eq!(
            land(register).await,
            before,
            "a refused operation changes nothing"
        );
        let violations = reply.json()["report"]["violations"]
            .as_array()
            .unwrap()
            .clone();
        let forbids = |violation: &Value| violation["severity"] == "error";
        violations.into_iter().filter(forbids).collect()
    }
}

/// All tables but the ledger, which tells of readings.
pub async fn land(register: &Register) -> std::collections::BTreeMap<String, (i64, String)> {
    let mut contents = register.contents().await;
    contents.remove("access_ledger");
    contents
}

pub fn codes(violations: &[Value]) -> Vec<&str> {
    violations
        .iter()
        .map(|violation| violation["code"].as_str().unwrap())
        .collect()
}

/// A line from west to east through a square, so many metres above its south edge.
pub fn across(number: i32, above_m: f64) -> Value {
    let (west, south) = point(number);
    json!([[west, south + above_m], [west + 20.0, south + above_m]])
}

/// Sheet/number, area by the papers before and after.
pub fn lines(report: &Value, part: &str) -> Vec<(String, Value, Value)> {
    let lines = report[part].as_array().unwrap().iter();
    lines
        .map(|line| {
            (
                line["parcel"].as_str().unwrap().to_owned(),
                line["before"]["legal_area_m2"].clone(),
                line["after"]["legal_area_m2"].clone(),
            )
        })
        .collect()
}

#[test]
fn a_split_makes_two_parcels_with_the_next_numbers_and_the_neighbours_take_the_new_corners() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let parent = officer.id(2);
        let report = officer.commits(
            &[2],
            &json!([{ "kind": "split", "parcel": parent, "by": { "line_m": across(2, 5.0) } }]),
        );
        assert_eq!(report["codes"], json!(["TN"]));
        assert_eq!(report["drift_mm2"], 0.0);
        assert_eq!(report["violations"], json!([]));
        assert_eq!(
            lines(&report, "retired"),
            [("1/2".to_owned(), json!(400.0), Value::Null)]
        );
        // 20 m × 5 m and 20 m × 15 m, whichever first
        let mut made = lines(&report, "made");
        made.sort_by(|a, b| a.2.as_f64().partial_cmp(&b.2.as_f64()).unwrap());
        let numbers: std::collections::BTreeSet<_> =
            made.iter().map(|line| line.0.as_str()).collect();
        assert_eq!(numbers, ["1/4", "1/5"].into());
        assert_eq!([&made[0].2, &made[1].2], [&json!(100.0), &json!(300.0)]);
        assert_eq!(
            lines(&report, "renewed"),
            [
                ("1/1".to_owned(), json!(400.0), json!(400.0)),
                ("1/3".to_owned(), json!(400.0), json!(400.0))
            ]
        );
        // PostGIS counts the neighbours' corners
        let corners: Vec<i32> = register
            .value("select array_agg(st_npoints(legal_geometry) order by parcel_no) from current_parcel where parcel_no in (1, 3)")
            .await;
        assert_eq!(corners, [6, 6]);

        // visible at once, in memory as in the database
        assert_eq!(server.get(&format!("/api/v1/parcels/{parent}")).status, 404);
        let children: Vec<i64> = report["made"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["parcel_id"].as_i64().unwrap())
            .collect();
        for child in &children {
            let public = server.json(&format!("/api/v1/parcels/{child}"));
            assert_eq!(public["revision"], 1);
            assert_eq!(public["land_use"][0]["code"], "ONT");
            assert_eq!(public["land_use"][0]["area_m2"], public["legal_area_m2"]);
            let seen = server
                .get_as(&officer.token, &format!("/api/v1/parcels/{child}"))
                .json();
            assert_eq!(seen["rights"][0]["party_name"], "Một", "{seen}");
            assert_eq!(seen["rights"][0]["share"], "1/1");
        }
        let lineage = server
            .get_as(
                &officer.token,
                &format!("/api/v1/parcels/{}/lineage", children[0]),
            )
            .json();
        assert_eq!(lineage["steps"][0]["parent_id"], parent);
        assert_eq!(lineage["steps"][0]["generation"], -1);
        let kept = server.get_as(
            &officer.token,
            &format!("/api/v1/operations/{}", report["operation_id"]),
        );
        assert_eq!(kept.json(), report);
    });
}

#[test]
fn a_rehearsal_says_what_would_be_and_changes_nothing() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let operations = json!([{ "kind": "split", "parcel": officer.id(2), "by": { "line_m": across(2, 10.0) } }]);
        let before = land(&register).await;
        let reply = officer.post("?dry_run=true", &[], &operations);
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(land(&register).await, before);
        let (mut rehearsed, mut done) = (reply.json(), officer.commits(&[2], &operations));
        // only what the register alone can say differs
        for report in [&mut rehearsed, &mut done] {
            report["operation_id"] = Value::Null;
            for part in ["made", "renewed"] {
                for line in report[part].as_array_mut().unwrap() {
                    line["revision"] = Value::Null;
                    line.as_object_mut().unwrap().remove("national_code");
                    if part == "made" {
                        line["parcel_id"] = Value::Null;
                    }
                }
            }
        }
        assert_eq!(rehearsed, done);
    });
}

#[test]
fn who_relies_on_no_revision_or_an_old_one_changes_nothing() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let old = officer.tags(&[2]);
        let id = officer.id(2);
        let operations =
            json!([{ "kind": "split", "parcel": id, "by": { "line_m": across(2, 10.0) } }]);
        let reply = officer.post("", &[], &operations);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (428, &json!("revision-missing"))
        );
        // a neighbour's split gives parcel 2 a corner, and so a revision
        officer.commits(&[1], &json!([{ "kind": "split", "parcel": officer.id(1), "by": { "line_m": across(1, 10.0) } }]));
        let before = register.contents().await;
        let reply = officer.post("", &[("if-match", &old)], &operations);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (412, &json!("parcel-changed"))
        );
        assert_eq!(register.contents().await, before);
        // nobody and clients are shown the door
        let body = json!({ "operations": operations }).to_string();
        let reply = server.send(
            "POST",
            "/api/v1/operations",
            &[("content-type", "application/json")],
            Some(body.as_bytes()),
        );
        assert_eq!(reply.status, 401);
    });
}

#[test]
fn a_second_request_with_the_same_key_is_answered_as_the_first_and_does_nothing() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let tags = officer.tags(&[2]);
        let headers = [("if-match", &*tags), ("idempotency-key", "a-key")];
        let operations = json!([{ "kind": "split", "parcel": officer.id(2), "by": { "line_m": across(2, 10.0) } }]);
        let other = json!([{ "kind": "split", "parcel": officer.id(1), "by": { "line_m": across(1, 10.0) } }]);
        let first = officer.post("", &headers, &operations);
        let before = register.contents().await;
        let second = officer.post("", &headers, &operations);
        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.json(), second.json());
        assert_eq!(
            (
                first.header("idempotency-repeated"),
                second.header("idempotency-repeated")
            ),
            ("", "true")
        );
        let reused = officer.post("", &headers, &other);
        assert_eq!(
            (reused.status, &reused.json()["code"]),
            (422, &json!("idempotency-key-reused"))
        );
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn neighbours_of_one_party_become_one_parcel_and_others_do_not() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let merge = |numbers: &[i32]| {
            let ids: Vec<i64> = numbers.iter().map(|number| officer.id(*number)).collect();
            json!([{ "kind": "merge", "parcels": ids }])
        };
        let violations = officer.refused(&register, &[3, 4], &merge(&[3, 4])).await;
        assert_eq!(codes(&violations), ["rights-differ"]);
        assert_eq!(violations[0]["parcels"], json!(["1/3", "1/4"]));
        let violations = officer.refused(&register, &[1, 3], &merge(&[1, 3])).await;
        assert_eq!(codes(&violations), ["parcels-apart"]);
        assert_eq!(violations[0]["length_m"], 20.0);
        let report = officer.commits(&[1, 2], &merge(&[1, 2]));
        assert_eq!(
            lines(&report, "made"),
            [("1/5".to_owned(), Value::Null, json!(800.0))]
        );
        let merged = officer.parcel(5);
        assert_eq!(merged["land_use"][0]["area_m2"], 800.0);
        assert_eq!(merged["rights"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_piece_below_the_least_size_is_lawful_where_the_same_list_joins_it_to_the_neighbour() {
    run(async {
        let register = row_of(4).await;
        register
            .execute(
                "insert into rule_value (rule, valid, value, source)
                 values ('minimum-parcel-area-m2/ONT', daterange('2024-01-01', null), 50, 'Quyết định 100/2024/QĐ-UBND')",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(2);
        // the eastern 2 m of parcel 2: 2 m × 20 m = 40 m²
        let line = json!([[west + 18.0, south], [west + 18.0, south + 20.0]]);
        let split = json!({ "kind": "split", "parcel": officer.id(2), "by": { "line_m": line } });
        let violations = officer.refused(&register, &[2], &json!([split])).await;
        assert_eq!(codes(&violations), ["parcel-too-small"]);
        assert_eq!(violations[0]["area_m2"], 40.0);
        assert!(
            violations[0]["detail"]
                .as_str()
                .unwrap()
                .contains("Quyết định 100/2024/QĐ-UBND")
        );

        let rehearsed = officer.post("?dry_run=true", &[], &json!([split])).json();
        let made = rehearsed["made"].as_array().unwrap();
        let small = made
            .iter()
            .position(|line| line["after"]["legal_area_m2"] == 40.0)
            .unwrap();
        let merge = json!({ "kind": "merge", "parcels": [{ "operation": 0, "child": small }, officer.id(3)] });
        let (second, third) = (officer.id(2), officer.id(3));
        let report = officer.commits(&[2, 3], &json!([split, merge]));
        let mut made = lines(&report, "made");
        made.sort_by(|a, b| a.2.as_f64().partial_cmp(&b.2.as_f64()).unwrap());
        assert_eq!([&made[0].2, &made[1].2], [&json!(360.0), &json!(440.0)]);
        let parents: Vec<&Value> = report["made"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| &line["parents"])
            .collect();
        assert!(
            parents.contains(&&json!([second])) && parents.contains(&&json!([second, third])),
            "{parents:?}"
        );
    });
}

#[test]
fn a_block_on_a_parcel_or_on_what_it_came_from_stops_changes() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let parent = officer.id(2);
        officer.commits(
            &[2],
            &json!([{ "kind": "split", "parcel": parent, "by": { "line_m": across(2, 10.0) } }]),
        );
        let child = officer.id(4);
        let split = json!([{ "kind": "split", "parcel": child, "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } } }]);
        register
            .execute(
                "insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency)
                 select parent_parcel_id, 1, 1, daterange('2020-01-01', null), false, false, true, '12/THA', 'Chi cục Thi hành án'
                 from lineage limit 1",
            )
            .await
            .unwrap();
        let violations = officer.refused(&register, &[4], &split).await;
        assert_eq!(codes(&violations), ["blocked"]);
        assert!(violations[0]["detail"].as_str().unwrap().contains("12/THA"));
    });
}

#[test]
fn what_begins_or_ends_on_a_day_to_come_is_left_alone() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let split = |number: i32| {
            let (west, south) = point(number);
            // from south to north: no neighbour takes a corner
            let line = json!([[west + 10.0, south], [west + 10.0, south + 20.0]]);
            json!([{ "kind": "split", "parcel": officer.id(number), "by": { "line_m": line } }])
        };
        register
            .execute(
                "update land_right_version set recorded = tstzrange(lower(recorded), clock_timestamp())
                 where upper_inf(recorded) and parcel_id = (select parcel_id from current_parcel where parcel_no = 2);
                 insert into land_right_version (parcel_id, right_id, revision, legal, share_numerator, share_denominator, content_digest)
                 select parcel_id, right_id, 2, daterange(lower(legal), '2099-01-01'), 1, 1, 'x' from land_right_version
                 where parcel_id = (select parcel_id from current_parcel where parcel_no = 2)",
            )
            .await
            .unwrap();
        let violations = officer.refused(&register, &[2], &split(2)).await;
        assert_eq!(codes(&violations), ["change-scheduled"]);
        // as a neighbour that would take a corner, too
        let across = json!([{ "kind": "split", "parcel": officer.id(3), "by": { "line_m": across(3, 10.0) } }]);
        let violations = officer.refused(&register, &[3], &across).await;
        assert_eq!(codes(&violations), ["change-scheduled"]);
        assert_eq!(violations[0]["parcels"], json!(["1/2"]));
        officer.commits(&[3], &split(3));
    });
}

#[test]
fn an_old_file_does_not_bring_back_a_parcel_that_has_become_others() {
    run(async {
        let folder = Folder::new();
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(2);
        let line = json!([[west + 10.0, south], [west + 10.0, south + 20.0]]);
        officer.commits(
            &[2],
            &json!([{ "kind": "split", "parcel": officer.id(2), "by": { "line_m": line } }]),
        );
        let squares = (1..=3).map(|number| square(number).with("DienTichPhapLy", 400.0));
        let squares: Vec<_> = squares.collect();
        let before: Vec<String> = register.value("select array_agg(parcel_id || '-' || revision order by parcel_id) from current_parcel").await;
        let report = register
            .load(&[folder.parcels("old.geojson", &squares)])
            .await;
        assert_eq!(report.parcels.rejected, 1);
        assert_eq!(register.errors(&report).await.len(), 1);
        let after: Vec<String> = register.value("select array_agg(parcel_id || '-' || revision order by parcel_id) from current_parcel").await;
        // the corners that the neighbours took stay too: no new corner lies on their edges
        assert_eq!(before, after);
    });
}

#[test]
fn several_uses_are_assigned_as_the_parcel_has_them_or_not_at_all() {
    run(async {
        let register = row_of(2).await;
        register
            .execute(
                "insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2)
                 select parcel_id, 'CLN', 1, 2, daterange('2026-01-01', null), 100 from current_parcel where parcel_no = 1;
                 update land_use_row set recorded = tstzrange(lower(recorded), clock_timestamp()) where code = 'ONT' and parcel_id = (select min(parcel_id) from parcel);
                 insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2)
                 select parcel_id, 'ONT', 2, 1, daterange('2026-01-01', null), 300 from current_parcel where parcel_no = 1",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(1);
        let line = json!([[west + 10.0, south], [west + 10.0, south + 20.0]]);
        let id = officer.id(1);
        let split = |uses: Value| json!([{ "kind": "split", "parcel": id, "by": { "line_m": line }, "uses": uses }]);
        let row = |code: &str, tenths: u64| json!({ "code": code, "area_tenths_m2": tenths, "origin": null, "term": null });
        let codes_of = async |uses: Value| {
            let violations = officer.refused(&register, &[1], &split(uses)).await;
            codes(&violations)
                .iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(codes_of(json!([])).await, ["uses-unassigned"]);
        for wrong in [
            json!([[row("ONT", 2000)], []]),
            json!([[row("ONT", 2000)], [row("ONT", 1000), row("LUC", 1000)]]),
            json!([[row("ONT", 2000)], [row("ONT", 2000)]]),
            json!([
                [row("ONT", 1000), row("ONT", 1000)],
                [row("ONT", 1000), row("CLN", 1000)]
            ]),
            json!([[row("ONT", u64::MAX)], [row("ONT", 3001), row("CLN", 1000)]]),
        ] {
            assert_eq!(
                codes_of(wrong.clone()).await,
                ["uses-misassigned"],
                "{wrong}"
            );
        }
        let right = json!([[row("ONT", 2000)], [row("ONT", 1000), row("CLN", 1000)]]);
        let report = officer.commits(&[1], &split(right));
        assert_eq!(report["violations"], json!([]));
        let uses: Vec<String> = register
            .value(
                "select array_agg(p.parcel_no || ' ' || u.code || ' ' || u.area_m2 order by p.parcel_no, u.ordinal)
                 from current_parcel p join current_land_use u on u.parcel_id = p.parcel_id where p.parcel_no > 2",
            )
            .await;
        assert_eq!(uses, ["3 ONT 200.0", "4 ONT 100.0", "4 CLN 100.0"]);
    });
}

#[test]
fn a_shared_boundary_is_adjusted_and_both_stay_the_parcels_that_they_are() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(2);
        // from 5 m east of the old corner in the south to the old corner in the north: a triangle of 5 × 20 / 2 = 50 m²
        let line = json!([[west + 5.0, south], [west, south + 20.0]]);
        let report = officer.commits(&[1, 2], &json!([{ "kind": "adjust", "parcels": [officer.id(1), officer.id(2)], "line_m": line }]));
        assert_eq!(report["codes"], json!(["TD"]));
        assert_eq!(
            lines(&report, "renewed"),
            [
                ("1/1".to_owned(), json!(400.0), json!(450.0)),
                ("1/2".to_owned(), json!(400.0), json!(350.0))
            ]
        );
        // loaded as of 1 January: what held until today is revision 2 now
        let parcel = officer.parcel(2);
        assert_eq!(parcel["revision"], 3);
        assert_eq!(parcel["land_use"][0]["area_m2"], 350.0);
    });
}

#[test]
fn lines_that_do_not_divide_are_refused_with_place_and_measure() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(2);
        let id = officer.id(2);
        for (line, code) in [
            (
                json!([[west + 2.0, south - 9.0], [west + 8.0, south - 3.0]]),
                "line-misses-parcel",
            ),
            (
                json!([[west, south], [west + 20.0, south]]),
                "line-follows-boundary",
            ),
            (
                json!([[west, south + 4.0], [west + 10.0, south + 4.0]]),
                "line-ends-inside",
            ),
            (
                json!([[west, south + 0.02], [west + 20.0, south + 0.02]]),
                "sliver",
            ),
            (json!([[west, south]]), "line-empty"),
            (json!([[0.0, 0.0], [1e300, 0.0]]), "line-outside-zone"),
        ] {
            let violations = officer
                .refused(
                    &register,
                    &[2],
                    &json!([{ "kind": "split", "parcel": id, "by": { "line_m": line } }]),
                )
                .await;
            assert!(codes(&violations).contains(&code), "{code}: {violations:?}");
        }
        let areas = json!([{ "kind": "split", "parcel": id, "by": { "areas": { "along_m": [[0, 0], [0, 1]], "areas_m2": [500.0] } } }]);
        assert_eq!(
            codes(&officer.refused(&register, &[2], &areas).await),
            ["area-cannot-be-met"]
        );
        for body in [
            json!([{ "kind": "split", "parcel": id, "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 1_000_000_000 } } }]),
            json!([]),
            json!([{ "kind": "burn", "parcel": id }]),
            json!([{ "kind": "merge", "parcels": [5] }]),
        ] {
            let reply = officer.post("", &[("if-match", &officer.tags(&[2]))], &body);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (400, &json!("bad-parameter")),
                "{body}"
            );
        }
    });
}

/// A survey that finds a stone in the middle of an edge of a parcel: who is on the other side gets it too.
fn with_a_stone(parcel: &Value, edge: usize) -> Value {
    let mut rings: Vec<Vec<(f64, f64)>> =
        serde_json::from_value(parcel["geometry"]["coordinates"].clone()).unwrap();
    let edge = edge % (rings[0].len() - 1);
    let (from, to) = (rings[0][edge], rings[0][edge + 1]);
    let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    rings[0].insert(edge + 1, middle);
    json!({ "kind": "resurvey", "surveys": [{ "parcel": parcel["properties"]["parcel_id"], "rings_m": rings }] })
}

/// One random operation on what a server shows, on the officer's own risk; gives the answer's status.
fn risks(officer: &Officer<'_>, random: &mut StdRng) -> u16 {
    let (west, south) = point(0);
    let shown = officer
        .server
        .json("/api/v1/parcels?bbox=106.6,10.7,106.8,10.9&limit=1000&crs=zone");
    let shown = shown["features"].as_array().unwrap();
    let mut pick = || &shown[random.random_range(0..shown.len())];
    let (one_shown, other) = (pick(), &pick()["properties"]);
    let one = &one_shown["properties"];
    let tag = |parcel: &Value| format!("\"{}-{}\"", parcel["parcel_id"], parcel["revision"]);
    let tags = format!("{}, {}", tag(one), tag(other));
    let mut anywhere = || {
        json!([
            west + random.random_range(0.0..300.0),
            south + random.random_range(-5.0..25.0)
        ])
    };
    let line = json!([anywhere(), anywhere()]);
    let operation = match random.random_range(0..7) {
        6 => with_a_stone(one_shown, random.random_range(0..100)),
        0 | 1 => {
            json!({ "kind": "split", "parcel": one["parcel_id"], "by": { "equal": { "along_m": line, "parts": 2 } } })
        }
        2 => json!({ "kind": "split", "parcel": one["parcel_id"], "by": { "line_m": line } }),
        3 => {
            json!({ "kind": "adjust", "parcels": [one["parcel_id"], other["parcel_id"]], "line_m": line })
        }
        _ => json!({ "kind": "merge", "parcels": [one["parcel_id"], other["parcel_id"]] }),
    };
    let reply = officer.post("", &[("if-match", &tags)], &json!([operation]));
    assert!(
        [201, 404, 412, 422, 503].contains(&reply.status),
        "{operation}: {}",
        reply.text()
    );
    reply.status
}

/// Operations of the long run; ten thousand where this variable says so.
fn operations() -> usize {
    std::env::var("DIABA_TEST_OPERATIONS").map_or(300, |count| count.parse().unwrap())
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in one piece")]
fn officers_at_two_servers_leave_the_land_covered_exactly_and_every_number_and_right_in_place() {
    run(async {
        let register = row_of(12).await;
        let servers = [register.serve().await, register.serve_elsewhere().await];
        let mut officers = Vec::new();
        for number in 0..4 {
            officers.push(Officer::at(&register, &servers[number % 2]).await);
        }
        let outcomes = tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                let work = |(seed, officer): (u64, &Officer<'_>)| {
                    let mut random = StdRng::seed_from_u64(seed);
                    (0..operations() / 4)
                        .map(|_| risks(officer, &mut random))
                        .collect::<Vec<_>>()
                };
                let threads: Vec<_> = (0..)
                    .zip(&officers)
                    .map(|each| scope.spawn(move || work(each)))
                    .collect();
                threads
                    .into_iter()
                    .flat_map(|thread| thread.join().unwrap())
                    .collect::<Vec<_>>()
            })
        });
        let count = |status: u16| {
            outcomes
                .iter()
                .filter(|outcome| **outcome == status)
                .count()
        };
        println!(
            "{} committed, {} stale, {} gone, {} unlawful, {} told to come again",
            count(201),
            count(412),
            count(404),
            count(422),
            count(503)
        );
        assert!(count(201) > operations() / 20);

        // PostGIS, in half square millimetres: the row is 12 squares of 20 m, and each entry tells what rounding did to its edge
        let doubled_mm2: i64 = register
            .value("select sum(round(2 * st_area(st_scale(legal_geometry, 1000, 1000))))::bigint from current_parcel")
            .await;
        let drift_doubled_mm2: i64 = register
            .value("select (2 * sum((report->>'drift_mm2')::float8 + (report->>'added_mm2')::float8))::bigint from land_operation")
            .await;
        assert_eq!(doubled_mm2 - drift_doubled_mm2, 2 * 4800 * 1_000_000);
        // covered without gap: together they are one polygon without holes of the same area
        let whole: bool = register
            .value(
                "select st_numgeometries(st_multi(whole)) = 1 and st_numinteriorrings(st_geometryn(st_multi(whole), 1)) = 0
                        and round(2 * st_area(whole))::bigint = doubled
                 from (select st_union(st_scale(legal_geometry, 1000, 1000)) as whole,
                              sum(round(2 * st_area(st_scale(legal_geometry, 1000, 1000))))::bigint as doubled from current_parcel) as land",
            )
            .await;
        assert!(whole);
        let overlapping: i64 = register
            .value(
                "select count(*) from current_parcel a join current_parcel b on a.parcel_id < b.parcel_id
                 and st_relate(a.legal_geometry, b.legal_geometry, '2********')",
            )
            .await;
        assert_eq!(overlapping, 0);
        // every edge between two parcels has the same two corners on both sides
        let lonely: i64 = register
            .value(
                "with corner as (select distinct st_astext(geom) as place, geom from current_parcel, st_dumppoints(legal_geometry))
                 select count(*) from corner c join current_parcel p on st_intersects(c.geom, st_boundary(p.legal_geometry))
                 where not exists (select from st_dumppoints(p.legal_geometry) d where st_astext(d.geom) = c.place)",
            )
            .await;
        assert_eq!(lonely, 0);
        for (rule, broken) in [
            ("numbers are used once", "select count(*) - count(distinct (sheet_id, parcel_no)) from (select distinct parcel_id, sheet_id, parcel_no from parcel_version) v"),
            ("lineage has no cycle", "with recursive up (start, id, depth) as (
                     select child_parcel_id, parent_parcel_id, 1 from lineage
                     union select start, l.parent_parcel_id, depth + 1 from up join lineage l on l.child_parcel_id = up.id where depth < 100000 and up.id <> start)
                 select count(*) from up where start = id"),
            ("every entry is wholly there", "select count(*) from land_operation o
                 where (select count(*) from parcel_version v where v.land_operation_id = o.land_operation_id)
                       <> jsonb_array_length(report->'made') + jsonb_array_length(report->'renewed')"),
            ("codes are used once", "select count(*) - count(distinct code) from national_code"),
            ("every parcel has a code", "select count(*) from current_parcel where national_code is null"),
            ("who is retired has an heir", "select count(*) from parcel p where not exists (select from current_parcel c where c.parcel_id = p.parcel_id)
                 and not exists (select from lineage l where l.parent_parcel_id = p.parcel_id)"),
            ("shares are whole", "select count(*) from (select c.parcel_id, sum(share_numerator::numeric / share_denominator) as share
                 from current_parcel c left join land_right_version v on v.parcel_id = c.parcel_id and upper_inf(v.recorded) and v.legal @> today()
                 group by 1) s where share is distinct from 1"),
        ] {
            let count: i64 = register.value_of(broken).await;
            assert_eq!(count, 0, "{rule}");
        }
        for server in &servers {
            server.app.catch_up().await.unwrap();
            let current: i64 = register.value("select count(*) from current_parcel").await;
            assert_eq!(server.app.state().len(), usize::try_from(current).unwrap());
            let kept: Vec<String> = register
                .value(
                    "select array_agg(c.parcel_id || '-' || c.revision || ' ' || c.parcel_no || ' ' || c.national_code || ' ' || c.computed_area_m2
                                      order by c.parcel_id) from current_parcel c",
                )
                .await;
            let mut shown = Vec::new();
            let mut path =
                "/api/v1/parcels?bbox=106.6,10.7,106.8,10.9&limit=1000&crs=zone".to_owned();
            loop {
                let page = server.json(&path);
                let line = |feature: &Value| {
                    let parcel = &feature["properties"];
                    let text = |field: &str| parcel[field].as_str().unwrap().to_owned();
                    format!(
                        "{}-{} {} {} {:.1}",
                        parcel["parcel_id"],
                        parcel["revision"],
                        parcel["parcel_no"],
                        text("national_code"),
                        parcel["computed_area_m2"].as_f64().unwrap()
                    )
                };
                shown.extend(page["features"].as_array().unwrap().iter().map(line));
                match page["next"].as_str() {
                    Some(next) => next.clone_into(&mut path),
                    None => break,
                }
            }
            assert_eq!(shown, kept);
        }
    });
}
