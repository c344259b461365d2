//! Sheets get other numbers and communes merge, through HTTP: every parcel stays the parcel that it is, and is found by any
//! commune, sheet and number that it ever had.

use crate::desk::{Officer, codes, row_of};
use crate::support::{Folder, Register, Served, run, square};
use serde_json::{Value, json};

fn sheet(commune: &str, sheet_no: i32) -> Value {
    json!({ "commune": commune, "sheet_no": sheet_no })
}

/// Who has or had a commune, sheet and number, by the register's crosswalk.
async fn of_identity(
    register: &Register,
    commune: &str,
    sheet_no: i32,
    parcel_no: i32,
) -> Vec<i64> {
    register
        .value_of(&format!(
            "select coalesce(array_agg(distinct parcel_id), '{{}}') from parcel_identity
             where commune_code = '{commune}' and sheet_no = {sheet_no} and parcel_no = {parcel_no}"
        ))
        .await
}

/// The codes that forbid moving sheets, which changes nothing.
async fn refused(officer: &Officer<'_>, register: &Register, operation: Value) -> Vec<String> {
    let violations = officer.refused(register, &[], &json!([operation])).await;
    codes(&violations)
        .iter()
        .map(|code| (*code).to_owned())
        .collect()
}

fn parcel(server: &Served, commune: &str, sheet_no: i32, parcel_no: i32) -> Option<i64> {
    let reply = server.get(&format!(
        "/api/v1/communes/{commune}/sheets/{sheet_no}/parcels/{parcel_no}"
    ));
    (reply.status == 200).then(|| reply.json()["parcel_id"].as_i64().unwrap())
}

#[test]
fn a_sheet_gets_another_number_and_its_parcels_are_found_by_both() {
    run(async {
        let folder = Folder::new();
        let register = row_of(3).await;
        let server = register.serve().await;
        let other = register.serve_elsewhere().await;
        let officer = Officer::at(&register, &server).await;
        let ids: Vec<i64> = (1..=3).map(|number| officer.id(number)).collect();
        let code = officer.parcel(3)["national_code"].clone();
        let renumber = |new_sheet_no: i32, numbers: Value| json!({ "kind": "renumber-sheet", "sheet": sheet("99001", 1), "new_sheet_no": new_sheet_no, "numbers": numbers });
        assert_eq!(
            refused(&officer, &register, renumber(1, json!([]))).await,
            ["sheet-number-taken"]
        );
        assert_eq!(
            refused(&officer, &register, renumber(0, json!([]))).await,
            ["sheet-number-taken"]
        );
        assert_eq!(
            refused(&officer, &register, renumber(12, json!([[3, 2]]))).await,
            ["parcel-number-taken"]
        );
        assert_eq!(
            refused(&officer, &register, renumber(12, json!([[9, 20]]))).await,
            ["parcel-number-misassigned"]
        );
        let missing =
            json!({ "kind": "renumber-sheet", "sheet": sheet("99001", 7), "new_sheet_no": 12 });
        assert_eq!(
            refused(&officer, &register, missing).await,
            ["no-such-sheet"]
        );
        let two = json!([renumber(12, json!([])), renumber(13, json!([]))]);
        assert_eq!(officer.post("", &[], &two).status, 400);

        let before = register.contents().await;
        let operations = json!([renumber(12, json!([[3, 30]]))]);
        let rehearsed = officer.post("?dry_run=true", &[], &operations);
        assert_eq!(rehearsed.status, 200, "{}", rehearsed.text());
        assert_eq!(register.contents().await, before);
        let reply = officer.post("", &[("idempotency-key", "renumber")], &operations);
        assert_eq!(reply.status, 201, "{}", reply.text());
        let report = reply.json();
        assert_eq!(report["codes"], json!(["TD"]));
        assert_eq!(
            report["sheets"],
            json!([{ "from": sheet("99001", 1), "to": sheet("99001", 12), "parcels": 3, "numbers": [[3, 30]] }])
        );
        let again = officer.post("", &[("idempotency-key", "renumber")], &operations);
        assert_eq!(
            (again.status, again.header("idempotency-repeated")),
            (201, "true")
        );

        other.app.catch_up().await.unwrap();
        for server in [&server, &other] {
            let found: Vec<_> = [1, 2, 30]
                .map(|number| parcel(server, "99001", 12, number))
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(found, ids);
            assert_eq!(parcel(server, "99001", 1, 3), None);
            assert_eq!(server.app.state().len(), 3);
        }
        let third = server.json(&format!("/api/v1/parcels/{}", ids[2]));
        assert_eq!(
            (&third["national_code"], &third["sheet_no"]),
            (&code, &json!(12))
        );
        for (sheet_no, number) in [(1, 3), (12, 30)] {
            assert_eq!(
                of_identity(&register, "99001", sheet_no, number).await,
                [ids[2]]
            );
        }
        assert_eq!(of_identity(&register, "99001", 12, 3).await, [0; 0]);
        // who cuts a parcel afterwards gets the number after the highest of the new sheet; the old sheet takes nobody back
        let split = json!([{ "kind": "split", "parcel": ids[0], "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } } }]);
        let tag = format!(
            "\"{}-{}\"",
            ids[0],
            server.json(&format!("/api/v1/parcels/{}", ids[0]))["revision"]
        );
        let report = officer.post("", &[("if-match", &tag)], &split).json();
        assert_eq!(
            (&report["made"][0]["parcel"], &report["made"][1]["parcel"]),
            (&json!("12/31"), &json!("12/32"))
        );
        let old = [square(2).with("DienTichPhapLy", 400.0)];
        let loaded = register.load(&[folder.parcels("old.geojson", &old)]).await;
        assert_eq!(
            register.errors(&loaded).await,
            ["parcel-number-retired row 1 at 603050 1192010"]
        );
        // what it was called in law until today stays known
        let history: i64 = register
            .value_of(&format!("select count(*) from parcel_identity where parcel_id = {} and sheet_no = 1 and legal @> date '2026-01-01' and upper_inf(recorded)", ids[1]))
            .await;
        assert_eq!(history, 1);
    });
}

/// Two old communes with a sheet 1 each, and the commune of today that takes their place.
async fn two_communes() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    register
        .execute(
            "insert into administrative_unit (code, level, valid, name, parent_code) values
                 ('99002', 'commune', daterange('2025-07-01', null), 'Xã Hòa Bình', '98'),
                 ('99010', 'commune', daterange('2026-02-01', null), 'Xã Hòa Hợp', '98')",
        )
        .await
        .unwrap();
    let mut squares: Vec<_> = (1..=3).map(square).collect();
    squares.extend((4..=6).map(|number| square(number).with("MaXa", "99002")));
    squares.push(square(7).with("MaXa", "99002").in_sheet(2));
    register
        .load(&[folder.parcels("two.geojson", &squares)])
        .await;
    register
}

#[test]
fn communes_merge_and_every_parcel_is_found_by_the_old_commune_and_the_new() {
    run(async {
        let register = two_communes().await;
        let server = register.serve().await;
        let other = register.serve_elsewhere().await;
        let officer = Officer::at(&register, &server).await;
        let (third, fourth) = (
            parcel(&server, "99001", 1, 3).unwrap(),
            parcel(&server, "99002", 1, 4).unwrap(),
        );
        let step = |from: Value, to: Value| json!({ "from": from, "to": to });
        let merge = |sheets: &[Value]| json!({ "kind": "merge-communes", "sheets": sheets });
        let one = step(sheet("99001", 1), sheet("99010", 1));
        let two = step(sheet("99002", 1), sheet("99010", 2));
        let rest = step(sheet("99002", 2), sheet("99010", 3));
        assert_eq!(
            refused(&officer, &register, merge(&[one.clone(), two.clone()])).await,
            ["sheet-unmapped"]
        );
        let nowhere = step(sheet("99001", 1), sheet("99011", 1));
        assert_eq!(
            refused(&officer, &register, merge(&[nowhere])).await,
            ["commune-unknown"]
        );
        let twice = [one.clone(), one.clone(), two.clone(), rest.clone()];
        assert_eq!(
            refused(&officer, &register, merge(&twice)).await,
            ["sheet-moved-twice"]
        );
        let bad = step(sheet("99002", 5), sheet("99010", 9));
        assert_eq!(
            refused(
                &officer,
                &register,
                merge(&[one.clone(), two.clone(), rest.clone(), bad])
            )
            .await,
            ["no-such-sheet"]
        );

        let reply = officer.post("", &[], &json!([merge(&[one, two, rest])]));
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json()["codes"], json!(["DH"]));
        other.app.catch_up().await.unwrap();
        for server in [&server, &other] {
            assert_eq!(parcel(server, "99010", 1, 3), Some(third));
            assert_eq!(parcel(server, "99010", 2, 4), Some(fourth));
            assert_eq!(parcel(server, "99001", 1, 3), None);
            assert_eq!(server.app.state().len(), 7);
            let shown = server.json(&format!("/api/v1/parcels/{fourth}"));
            assert_eq!(
                (&shown["commune"]["code"], &shown["commune"]["name"]),
                (&json!("99010"), &json!("Xã Hòa Hợp"))
            );
        }
        for (commune, sheet_no) in [("99002", 1), ("99010", 2)] {
            assert_eq!(of_identity(&register, commune, sheet_no, 4).await, [fourth]);
        }
        let successions: Vec<String> = register
            .value("select array_agg(predecessor_code || ' ' || successor_code || ' ' || is_partial order by 1) from administrative_succession")
            .await;
        assert_eq!(successions, ["99001 99010 false", "99002 99010 false"]);
        let ended: i64 = register
            .value("select count(*) from administrative_unit where code in ('99001', '99002') and upper(valid) = today()")
            .await;
        assert_eq!(ended, 2);
        let sheets: i64 = register
            .value("select count(*) from sheet_succession")
            .await;
        assert_eq!(sheets, 3);
    });
}

#[test]
fn a_commune_of_thousands_of_parcels_moves_in_one_transaction() {
    run(async {
        let register = Register::demo().await;
        register
            .execute("insert into administrative_unit (code, level, valid, name, parent_code) values ('99010', 'commune', daterange('2026-02-01', null), 'Xã Hòa Hợp', '98')")
            .await
            .unwrap();
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let count: i64 = register.value("select count(*) from current_parcel").await;
        let content = "select md5(string_agg(parcel_id || ' ' || parcel_no || ' ' || coalesce(national_code, '') || ' ' || coalesce(land_use, '') || st_asbinary(legal_geometry)::text, ',' order by parcel_id)) from current_parcel";
        let before: String = register.value(content).await;
        let sheets: Vec<i32> = register
            .value("select array_agg(distinct sheet_no order by sheet_no) from current_parcel")
            .await;
        let steps: Vec<Value> = sheets
            .iter()
            .map(|number| json!({ "from": sheet("99001", *number), "to": sheet("99010", number + 100) }))
            .collect();
        let positions: i64 = register.value("select position from register_state").await;
        let started = std::time::Instant::now();
        let reply = officer.post(
            "",
            &[],
            &json!([{ "kind": "merge-communes", "sheets": steps }]),
        );
        println!(
            "{count} parcels of {} sheets moved in {:?}",
            sheets.len(),
            started.elapsed()
        );
        assert_eq!(reply.status, 201, "{}", reply.text());
        let after: i64 = register.value("select position from register_state").await;
        assert_eq!(after, positions + 1, "one transaction");
        let moved: i64 = register
            .value("select count(*) from current_parcel where commune_code = '99010'")
            .await;
        assert_eq!(moved, count);
        // nothing but sheet and commune changed
        let content: String = register.value(content).await;
        assert_eq!(content, before);
        assert_eq!(server.app.state().len(), usize::try_from(count).unwrap());
        assert_eq!(server.app.state().communes().count(), 1);
    });
}
