//! Numbers of the law: added and ended by officers, never written over, and cited where the desk judges by them.

use crate::as_of::token;
use crate::support::{Folder, Register, Reply, Served, point, ring, run, square};
use serde_json::{Value, json};

/// Squares 2 and 3, and a road of 6 m along their south edges.
async fn street(register: &Register) {
    let folder = Folder::new();
    let road = square(9)
        .with("KyHieuMucDichSuDung", "DGT")
        .with("DienTich", 600.0)
        .shaped(ring(&[
            (603_000.0, 1_191_994.0),
            (603_100.0, 1_191_994.0),
            (603_100.0, 1_192_000.0),
            (603_000.0, 1_192_000.0),
            (603_000.0, 1_191_994.0),
        ]));
    register
        .load(&[folder.parcels("street.geojson", &[square(2), square(3), road])])
        .await;
}

struct Planner<'a> {
    server: &'a Served,
    token: String,
}

impl Planner<'_> {
    fn post(&self, path: &str, body: &Value) -> Reply {
        let headers = [
            ("authorization", &*format!("Bearer {}", self.token)),
            ("content-type", "application/json"),
        ];
        self.server
            .send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    fn add(&self, rule: &str, value: f64, more: &Value) -> i64 {
        let mut body = json!({ "rule": rule, "value": value, "valid_from": "2026-01-01", "source": "Quyết định 18/2026/QĐ-UBND" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let reply = self.post("/api/v1/rules", &body);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["rule_id"].as_i64().unwrap()
    }

    /// The report of a rehearsed split of square 2 by a line from south to north, so many metres from its west edge.
    fn rehearsed(&self, east_m: f64) -> Value {
        let path = "/api/v1/communes/99001/sheets/1/parcels/2";
        let id = self.server.get_as(&self.token, path).json()["parcel_id"].clone();
        let (west, south) = point(2);
        let line = [[west + east_m, south], [west + east_m, south + 20.0]];
        let body =
            json!({ "operations": [{ "kind": "split", "parcel": id, "by": { "line_m": line } }] });
        let reply = self.post("/api/v1/operations?dry_run=true", &body);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }
}

/// Codes of violations with what was measured.
fn faults(report: &Value) -> Vec<String> {
    let violations = report["violations"].as_array().unwrap().iter();
    let line = |violation: &Value| {
        let size = violation.get("area_m2").or(violation.get("length_m"));
        format!(
            "{} {}",
            violation["code"].as_str().unwrap(),
            size.unwrap_or(&Value::Null)
        )
    };
    violations.map(line).collect()
}

#[test]
fn least_sizes_are_judged_by_place_and_use_and_the_most_exact_rule_is_cited() {
    run(async {
        let register = Register::blank().await;
        street(&register).await;
        let server = register.serve().await;
        let planner = Planner {
            server: &server,
            token: token(&register).await,
        };
        // 2 m × 20 m and 18 m × 20 m: no rule, no fault
        assert_eq!(faults(&planner.rehearsed(2.0)), Vec::<String>::new());
        assert_eq!(planner.rehearsed(2.0)["rules"], json!([]));
        // the country's rule is for every use; the province's is for ONT in plain communes, which Xã Hòa Mẫu is
        planner.add("minimum-parcel-area-m2", 30.0, &json!({}));
        assert_eq!(faults(&planner.rehearsed(2.0)), Vec::<String>::new());
        planner.add(
            "minimum-parcel-area-m2",
            500.0,
            &json!({ "province_code": "97" }),
        );
        planner.add(
            "minimum-parcel-area-m2",
            500.0,
            &json!({ "province_code": "98", "area_kind": "ward" }),
        );
        planner.add(
            "minimum-parcel-area-m2",
            500.0,
            &json!({ "province_code": "98", "land_use": "CLN" }),
        );
        assert_eq!(faults(&planner.rehearsed(2.0)), Vec::<String>::new());
        planner.add(
            "minimum-parcel-area-m2",
            41.0,
            &json!({ "province_code": "98", "area_kind": "plain", "land_use": "ONT" }),
        );
        let report = planner.rehearsed(2.0);
        assert_eq!(faults(&report), ["parcel-too-small 40.0"]);
        let detail = report["violations"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("Quyết định 18/2026/QĐ-UBND"), "{detail}");
        assert_eq!(
            report["rules"],
            json!([{ "rule": "minimum-parcel-area-m2", "province_code": "98", "area_kind": "plain", "land_use": "ONT", "value": 41.0,
                     "source": "Quyết định 18/2026/QĐ-UBND" }])
        );
        // 2.1 m × 20 m = 42 m²; but its front of 2.1 m is below 4 m, and 20 m of depth are below 25 m for both
        planner.add("minimum-front-m", 4.0, &json!({ "province_code": "98" }));
        assert_eq!(faults(&planner.rehearsed(2.1)), ["front-too-narrow 2.1"]);
        planner.add(
            "minimum-depth-m",
            25.0,
            &json!({ "province_code": "98", "land_use": "ONT" }),
        );
        assert_eq!(
            faults(&planner.rehearsed(4.0)),
            ["parcel-too-shallow 20.0", "parcel-too-shallow 20.0"]
        );
        assert_eq!(planner.rehearsed(4.0)["rules"].as_array().unwrap().len(), 3);
        // a commune in the mountains has other sizes
        register
            .execute(
                "insert into commune_area_kind values ('99001', '[2025-07-01,)', 'mountain', 'Quyết định 861/QĐ-TTg')",
            )
            .await
            .unwrap();
        planner.add(
            "minimum-parcel-area-m2",
            100.0,
            &json!({ "province_code": "98", "area_kind": "mountain" }),
        );
        let small = "parcel-too-small 80.0".to_owned();
        assert!(faults(&planner.rehearsed(4.0)).contains(&small));
    });
}

#[test]
fn a_rule_is_ended_and_followed_but_never_written_over() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let planner = Planner {
            server: &server,
            token: token(&register).await,
        };
        let ward = json!({ "province_code": "98", "area_kind": "ward", "land_use": "ODT" });
        let id = planner.add("minimum-parcel-area-m2", 40.0, &ward);
        let before = register.contents().await;
        let mut later = json!({ "rule": "minimum-parcel-area-m2", "value": 50.0, "valid_from": "2027-01-01", "source": "Quyết định 2" });
        later
            .as_object_mut()
            .unwrap()
            .extend(ward.as_object().unwrap().clone());
        let end = format!("/api/v1/rules/{id}/end");
        for (path, body, status, code) in [
            ("/api/v1/rules", later.clone(), 409, "rule-overlaps"),
            (
                &*end,
                json!({ "until": "2026-01-02" }),
                409,
                "rule-not-endable",
            ),
            (&end, json!({ "until": "soon" }), 400, "bad-parameter"),
            (
                "/api/v1/rules/999/end",
                json!({ "until": "2999-01-01" }),
                409,
                "rule-not-endable",
            ),
        ] {
            let reply = planner.post(path, &body);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (status, &json!(code)),
                "{path} {body}"
            );
        }
        for (member, value, word) in [
            ("rule", json!("maximum-height-m"), "maximum-height-m"),
            ("value", json!(-1), "value"),
            ("source", json!(" "), "source"),
            ("valid_from", json!("1.1.2027"), "valid_from"),
            ("valid_until", json!("2027-01-01"), "valid_until"),
            ("area_kind", json!("hill"), "area_kind"),
            ("province_code", json!("9"), "province_code"),
            ("rule", json!("area-difference-factor"), "whole country"),
        ] {
            let mut bad = later.clone();
            bad[member] = value;
            let reply = planner.post("/api/v1/rules", &bad);
            assert_eq!(reply.status, 400, "{bad}: {}", reply.text());
            assert!(
                reply.json()["detail"].as_str().unwrap().contains(word),
                "{}",
                reply.text()
            );
        }
        assert_eq!(register.contents().await, before);
        // ended on a day to come, and followed from that day on
        let reply = planner.post(&end, &json!({ "until": "2027-01-01" }));
        assert_eq!(reply.status, 204, "{}", reply.text());
        let reply = planner.post("/api/v1/rules", &later);
        assert_eq!(reply.status, 201, "{}", reply.text());
        let values = |query: &str| -> Vec<Value> {
            let path = format!("/api/v1/rules?rule=minimum-parcel-area-m2&province=98{query}");
            let listed = server.get_as(&planner.token, &path).json();
            let lines = listed["rules"].as_array().unwrap().iter();
            lines
                .map(|line| {
                    json!([
                        line["value"],
                        line["valid_from"],
                        line["valid_until"],
                        line["added_by"]
                    ])
                })
                .collect()
        };
        let old = json!([40.0, "2026-01-01", "2027-01-01", "Trần Thị B"]);
        let new = json!([50.0, "2027-01-01", null, "Trần Thị B"]);
        assert_eq!(values(""), [new.clone(), old.clone()]);
        assert_eq!(values("&at=2026-12-31"), [old]);
        assert_eq!(values("&at=2027-01-01"), [new]);
        assert_eq!(server.get("/api/v1/rules").status, 401);
        // not by plain SQL either
        for statement in [
            "update rule_value set value = 1",
            "update rule_value set valid = daterange(lower(valid), '2026-02-01') where upper_inf(valid)",
            "delete from rule_value",
            "truncate rule_value",
        ] {
            let error = register.execute(statement).await.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code());
            assert_eq!(code.as_deref(), Some("23001"), "{statement}");
        }
    });
}
