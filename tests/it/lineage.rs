//! What parcels came from, what became of them, and everything that was ever known of one. The history is that of `as_of`.

use crate::as_of::{register, split, token};
use crate::support::{Folder, Register, run, square};
use serde_json::{Value, json};

/// The ids of parcels 11 to 14.
async fn ids(register: &Register) -> [i64; 4] {
    let ids: Vec<i64> = register
        .value("select array_agg(distinct parcel_id) from parcel_version where parcel_no > 10")
        .await;
    ids.try_into().unwrap()
}

/// Generation, parent's and child's number, day, area.
fn steps(lineage: &Value, ids: [i64; 4]) -> Vec<String> {
    let number = |id: &Value| {
        11 + ids
            .iter()
            .position(|known| Some(*known) == id.as_i64())
            .unwrap()
    };
    let line = |step: &Value| {
        let (parent, child) = (number(&step["parent_id"]), number(&step["child_id"]));
        let day = step["happened_on"].as_str().unwrap();
        format!(
            "{} {parent}>{child} {day} {}",
            step["generation"], step["area_m2"]
        )
    };
    lineage["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

#[test]
fn everybody_sees_what_a_parcel_came_from_and_what_became_of_it() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let ids = ids(&register).await;
        let [first, west, _, last] = ids;
        let down = [
            "1 11>12 2023-01-01 100.0",
            "1 11>13 2023-01-01 300.0",
            "2 12>14 2025-02-01 100.0",
            "2 13>14 2025-02-01 300.0",
        ];
        let of_first = server.json(&format!("/api/v1/parcels/{first}/lineage"));
        assert_eq!(steps(&of_first, ids), down);
        let of_last = server.json(&format!("/api/v1/parcels/{last}/lineage"));
        let up = [
            "-1 12>14 2025-02-01 100.0",
            "-1 13>14 2025-02-01 300.0",
            "-2 11>12 2023-01-01 100.0",
            "-2 11>13 2023-01-01 300.0",
        ];
        assert_eq!(steps(&of_last, ids), up);
        let of_west = server.json(&format!("/api/v1/parcels/{west}/lineage"));
        assert_eq!(
            steps(&of_west, ids),
            ["-1 11>12 2023-01-01 100.0", "1 12>14 2025-02-01 100.0"]
        );
        let lives: Vec<_> = of_last["parcels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parcel| {
                json!([
                    parcel["parcel_no"],
                    parcel["legal_from"],
                    parcel["legal_until"],
                    parcel["is_current"],
                    parcel["legal_area_m2"]
                ])
            })
            .collect();
        assert_eq!(
            Value::from(lives),
            json!([
                [11, "2020-01-01", "2023-01-01", false, 400.0],
                [12, "2023-01-01", "2025-02-01", false, 100.0],
                [13, "2023-01-01", "2025-02-01", false, 300.0],
                [14, "2025-02-01", null, true, 400.0]
            ])
        );
        let never = server.get("/api/v1/parcels/1099599999999/lineage");
        assert_eq!(
            (never.status, &never.json()["code"]),
            (404, &json!("no-such-parcel"))
        );
    });
}

#[test]
fn land_that_is_nobodys_business_keeps_its_areas_from_the_public_in_lineage_too() {
    run(async {
        let register = register().await;
        register
            .execute(
                "insert into land_use_row (parcel_id, code, revision, ordinal, legal)
                 select distinct parcel_id, 'CAN', 1, 1, daterange('2023-01-01', '2024-01-01') from parcel_version where parcel_no = 12",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let ids = ids(&register).await;
        let path = format!("/api/v1/parcels/{}/lineage", ids[0]);
        let public = server.json(&path);
        assert_eq!(
            steps(&public, ids),
            [
                "1 11>12 2023-01-01 null",
                "1 11>13 2023-01-01 300.0",
                "2 12>14 2025-02-01 null",
                "2 13>14 2025-02-01 300.0"
            ]
        );
        assert_eq!(public["parcels"][1]["computed_area_m2"], Value::Null);
        let officer = server.get_as(&token(&register).await, &path).json();
        assert_eq!(steps(&officer, ids)[0], "1 11>12 2023-01-01 100.0");
    });
}

#[test]
fn fifty_generations_of_many_to_many_are_walked_both_ways() {
    run(async {
        let register = register().await;
        // two parcels become two others, fifty times: four steps each
        register
            .execute(
                "create temp table made as select nextval('register_id_1') as parcel_id, n from generate_series(0, 101) as n;
                 insert into parcel (parcel_id) select parcel_id from made;
                 insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry, geographic,
                    label_point, is_derived, content_digest)
                 select m.parcel_id, 1, daterange('1900-01-01'::date + n / 2, '1900-01-01'::date + n / 2 + 1), sheet_id, 1000 + n::integer,
                    computed_area_m2, legal_geometry, geographic, label_point, false, ''
                 from made m, parcel_version v where v.parcel_no = 14;
                 insert into lineage (child_parcel_id, parent_parcel_id, happened_on)
                 select c.parcel_id, p.parcel_id, '1900-01-01'::date + (c.n / 2)::integer
                 from made p join made c on c.n / 2 = p.n / 2 + 1",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        for (number, sign) in [(1000, 1), (1101, -1)] {
            let id: i64 = register
                .value_of(&format!(
                    "select parcel_id from parcel_version where parcel_no = {number}"
                ))
                .await;
            let lineage = server.json(&format!("/api/v1/parcels/{id}/lineage"));
            let steps = lineage["steps"].as_array().unwrap();
            // of the first generation one of the two parcels only
            assert_eq!(steps.len(), 2 + 49 * 4);
            assert_eq!(steps.last().unwrap()["generation"], sign * 50);
            // all but the other parcel of its own generation
            assert_eq!(lineage["parcels"].as_array().unwrap().len(), 101);
        }
    });
}

#[test]
fn an_identity_of_any_era_leads_to_the_parcels_of_today() {
    run(async {
        let register = register().await;
        let ids = ids(&register).await;
        // the code meant another commune once, with a parcel 11 of its own that is still there
        register
            .execute(
                "insert into administrative_unit (level, code, valid, name) values
                    ('commune', '99001', '[2004-01-01,2025-07-01)', 'Xã Cũ'), ('commune', '99002', '[2004-01-01,2025-07-01)', 'Xã Bên');
                 insert into administrative_succession values
                    ('commune', '99001', '2004-01-01', '99001', '2025-07-01', true),
                    ('commune', '99002', '2004-01-01', '99001', '2025-07-01', false);
                 insert into sheet (sheet_id, commune_code, commune_from, sheet_no, zone)
                 select nextval('register_id_1'), '99001', '2004-01-01', 1, 9210;
                 insert into parcel (parcel_id) select nextval('register_id_1');
                 insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry, geographic,
                    label_point, is_derived, content_digest)
                 select (select max(parcel_id) from parcel), 1, '[2030-01-01,)', (select max(sheet_id) from sheet), 11,
                    1, legal_geometry, geographic, label_point, false, '' from parcel_version where parcel_no = 14",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let path = "/api/v1/parcels/successors?commune=99001&sheet_no=1";
        let led = |found: &Value| -> Vec<Value> {
            let found = found["found"].as_array().unwrap().iter();
            let line = |succession: &Value| {
                let successors = succession["successors"].as_array().unwrap().iter();
                let successors: Vec<_> = successors
                    .map(|next| json!([next["parcel_no"], next["generations"]]))
                    .collect();
                json!([succession["parcel"]["parcel_no"], successors])
            };
            found.map(line).collect()
        };
        // on a day of its law it is the parcel that became 14
        let found = server.json(&format!("{path}&parcel_no=11&at=2021-05-01"));
        assert_eq!(led(&found), [json!([11, [[14, 2]]])]);
        assert_eq!(found["found"][0]["parcel"]["parcel_id"], ids[0]);
        // a paper of 2005 means the commune of then
        let old = server.json(&format!("{path}&parcel_no=11&at=2005-05-01"));
        assert_eq!(led(&old), [json!([11, []])]);
        assert_ne!(old["found"][0]["parcel"]["parcel_id"], ids[0]);
        assert_eq!(old["communes"][0]["name"], "Xã Hòa Mẫu");
        assert_eq!(old["communes"][0]["is_partial"], true);
        // without a day both are named
        let both = server.json(&format!("{path}&parcel_no=11"));
        assert_eq!(led(&both).len(), 2);
        // one that is current is its own
        let found = server.json(&format!("{path}&parcel_no=14"));
        assert_eq!(led(&found), [json!([14, [[14, 0]]])]);
        // a commune that the register has no sheet of tells who took over
        let gone = server.json("/api/v1/parcels/successors?commune=99002&sheet_no=3&parcel_no=5");
        assert_eq!(
            (&gone["found"], &gone["communes"][0]["code"]),
            (&json!([]), &json!("99001"))
        );
        for (query, status) in [
            ("commune=99001&sheet_no=1&parcel_no=999", 200),
            ("commune=98999&sheet_no=1&parcel_no=11", 404),
            ("commune=x&sheet_no=1&parcel_no=11", 400),
            ("commune=99001&sheet_no=x&parcel_no=11", 400),
            ("commune=99001&sheet_no=1&parcel_no=11&at=now", 400),
        ] {
            let reply = server.get(&format!("/api/v1/parcels/successors?{query}"));
            assert_eq!(reply.status, status, "{query}: {}", reply.text());
        }
    });
}

#[test]
fn the_timeline_says_everything_in_the_order_in_which_it_came_to_be_known_and_persons_to_officers_only()
 {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let [first, ..] = ids(&register).await;
        let path = format!("/api/v1/parcels/{first}/timeline");
        let lines = |timeline: &Value| -> Vec<String> {
            let entries = timeline["entries"].as_array().unwrap().iter();
            let line = |entry: &Value| {
                let text = |name: &str| {
                    entry[name]
                        .as_str()
                        .map_or("-", |text| &text[..10])
                        .to_owned()
                };
                format!(
                    "{} {} | {} {} {}..{}",
                    text("recorded_from"),
                    text("recorded_until"),
                    entry["kind"].as_str().unwrap(),
                    entry["revision"],
                    text("legal_from"),
                    text("legal_until")
                )
            };
            entries.map(line).collect()
        };
        let public = server.json(&path);
        let land = [
            "2020-02-01 2021-06-01 | parcel 1 2020-01-01..-",
            "2021-06-01 2023-03-01 | parcel 2 2020-01-01..-",
            "2023-03-01 - | parcel 3 2020-01-01..2023-01-01",
            "2023-03-01 - | child null 2023-01-01..-",
            "2023-03-01 - | child null 2023-01-01..-",
        ];
        assert_eq!(lines(&public), land);
        assert_eq!(
            [
                &public["entries"][0]["address"],
                &public["entries"][1]["address"]
            ],
            [&json!("A"), &json!("B")]
        );
        let text = public.to_string();
        for personal in ["Sai", "Đúng", "Hai", "CS 0000", "officer", "right"] {
            assert!(!text.contains(personal), "{personal}");
        }
        let before: i64 = register.value("select count(*) from access_ledger").await;
        assert_eq!(before, 0);

        let token = token(&register).await;
        let full = server.get_as(&token, &path).json();
        let all = [
            "2020-02-01 2021-06-01 | parcel 1 2020-01-01..-",
            "2020-02-01 2022-07-01 | right 1 2020-01-01..-",
            "2020-02-01 2022-07-01 | certificate 1 2020-01-10..-",
            "2021-06-01 2023-03-01 | parcel 2 2020-01-01..-",
            "2022-07-01 - | right 2 2020-01-01..2022-05-01",
            "2022-07-01 - | certificate 2 2020-01-10..2022-05-01",
            "2022-07-01 2023-03-01 | right 1 2022-05-01..-",
            "2022-07-01 - | certificate 3 2022-05-01..-",
            "2022-07-01 - | certificate 1 2022-05-20..-",
            "2023-03-01 - | parcel 3 2020-01-01..2023-01-01",
            "2023-03-01 - | right 2 2022-05-01..2023-01-01",
            "2023-03-01 - | child null 2023-01-01..-",
            "2023-03-01 - | child null 2023-01-01..-",
        ];
        assert_eq!(lines(&full), all);
        assert_eq!(full["entries"][1]["party_name"], "Đúng");
        let look: String = register.value("select request from access_ledger").await;
        assert_eq!(look, format!("GET {path}"));
        // the page is there for everybody
        let page = server.get(&format!("/parcels/{first}/timeline"));
        assert_eq!(page.status, 200);
    });
}

#[test]
fn what_a_dossier_changed_is_told_with_every_parcel() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let squares = [1, 2, 3].map(square);
        register
            .load(&[folder.parcels("row.geojson", &squares)])
            .await;
        let server = register.serve().await;
        let report = split(&register, &server).await;
        let token = token(&register).await;
        let ids = |part: &str| -> Vec<i64> {
            let lines = report[part].as_array().unwrap().iter();
            lines
                .map(|line| line["parcel_id"].as_i64().unwrap())
                .collect()
        };
        let mut touched = [ids("retired"), ids("made"), ids("renewed")].concat();
        touched.sort_unstable();
        assert_eq!(touched.len(), 5);
        let parcel = ids("retired")[0];
        for query in [
            "dossier=H29.3-261122-0001".to_owned(),
            "document=H29.3-261122-0001".to_owned(),
            format!("parcel={parcel}"),
            String::new(),
        ] {
            let reply = server.get_as(&token, &format!("/api/v1/operations?{query}"));
            assert_eq!(reply.status, 200, "{}", reply.text());
            let told = reply.json();
            assert_eq!(told["operations"].as_array().unwrap().len(), 1, "{query}");
            let operation = &told["operations"][0];
            assert_eq!(operation["operation_id"], report["operation_id"]);
            assert_eq!(operation["codes"], json!(["TN"]));
            assert_eq!(operation["changes"]["parcel_version"], json!(touched));
            assert_eq!(operation["register_position"], told["register_position"]);
        }
        for query in ["dossier=other", "document=other", "parcel=1", "before=1"] {
            let told = server
                .get_as(&token, &format!("/api/v1/operations?{query}"))
                .json();
            assert_eq!(told["operations"], json!([]), "{query}");
        }
        assert_eq!(server.get("/api/v1/operations").status, 401);
        // an officer's timeline of the parcel knows the operation, the public's does not name the officer
        let path = format!("/api/v1/parcels/{parcel}/timeline");
        let full = server.get_as(&token, &path).json();
        let operation = |timeline: &Value| {
            let mut entries = timeline["entries"].as_array().unwrap().iter();
            entries
                .find(|entry| entry["kind"] == "operation")
                .unwrap()
                .clone()
        };
        assert_eq!(operation(&full)["officer"], "Trần Thị B");
        let public = operation(&server.json(&path));
        assert_eq!(
            (&public["codes"], &public["officer"]),
            (&json!(["TN"]), &Value::Null)
        );
    });
}
