//! Land as surveyed, registered for the first time, cut by monuments and strips, and taken out of the register, through HTTP. Squares
//! of 20 m in a row, so that every area and place is worked out by hand.

use crate::desk::{Officer, codes, lines, row_of};
use crate::support::{Folder, point, run, square};
use serde_json::{Value, json};

/// A rectangle of the row: so many metres east and north of the south-west corner of a square.
fn rectangle(number: i32, (west, south): (f64, f64), (east, north): (f64, f64)) -> Value {
    let (x, y) = point(number);
    json!([[
        [x + west, y + south],
        [x + east, y + south],
        [x + east, y + north],
        [x + west, y + north]
    ]])
}

fn resurvey(surveys: &[(i64, Value)]) -> Value {
    let surveys: Vec<Value> = surveys
        .iter()
        .map(|(id, rings_m)| json!({ "parcel": id, "rings_m": rings_m }))
        .collect();
    json!([{ "kind": "resurvey", "surveys": surveys }])
}

#[test]
fn parcels_surveyed_together_get_their_new_common_boundary_and_stay_the_parcels_that_they_are() {
    run(async {
        let register = row_of(4).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (second, third) = (officer.id(2), officer.id(3));
        let code = officer.parcel(2)["national_code"].clone();
        // the boundary between 2 and 3 lies 1 m further east than the map said
        let operations = resurvey(&[
            (second, rectangle(2, (0.0, 0.0), (21.0, 20.0))),
            (third, rectangle(3, (1.0, 0.0), (20.0, 20.0))),
        ]);
        let report = officer.commits(&[2, 3], &operations);
        assert_eq!(report["codes"], json!(["TD"]));
        assert_eq!(report["violations"], json!([]));
        assert_eq!(report["drift_mm2"], 0.0);
        assert_eq!(
            lines(&report, "renewed"),
            [
                ("1/2".to_owned(), json!(400.0), json!(420.0)),
                ("1/3".to_owned(), json!(400.0), json!(380.0))
            ]
        );
        let after = officer.parcel(2);
        assert_eq!(after["parcel_id"], second);
        assert_eq!(after["national_code"], code);
        assert_eq!(after["land_use"][0]["area_m2"], 420.0);
        assert_eq!(after["rights"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_survey_gives_its_corners_to_the_neighbours_and_takes_theirs() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(2);
        // a stone in the middle of the boundary with parcel 1
        let rings = json!([[
            [west, south],
            [west + 20.0, south],
            [west + 20.0, south + 20.0],
            [west, south + 20.0],
            [west, south + 10.0]
        ]]);
        let report = officer.commits(&[2], &resurvey(&[(officer.id(2), rings)]));
        assert_eq!(
            lines(&report, "renewed"),
            [
                ("1/2".to_owned(), json!(400.0), json!(400.0)),
                ("1/1".to_owned(), json!(400.0), json!(400.0))
            ]
        );
        // parcel 1 keeps what its papers say, and got the stone; PostGIS counts
        let corners: Vec<i32> = register
            .value("select array_agg(st_npoints(legal_geometry) order by parcel_no) from current_parcel where parcel_no < 3")
            .await;
        assert_eq!(corners, [6, 6]);
        // surveyed without the stone, parcel 1 keeps it: it is parcel 2's corner too
        let without = resurvey(&[(officer.id(1), rectangle(1, (0.0, 0.0), (20.0, 20.0)))]);
        let report = officer.post("?dry_run=true", &[], &without).json();
        assert_eq!(report["violations"], json!([]));
        assert_eq!(report["renewed"], json!([]));
    });
}

#[test]
fn a_survey_may_not_take_a_neighbours_land_nor_leave_land_between_them() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let id = officer.id(2);
        let survey = |from, to| resurvey(&[(id, rectangle(2, from, to))]);
        // 1 m × 20 m of parcel 3
        let violations = officer
            .refused(&register, &[2], &survey((0.0, 0.0), (21.0, 20.0)))
            .await;
        let overlap = violations
            .iter()
            .find(|violation| violation["code"] == "parcels-overlap")
            .unwrap();
        assert_eq!(overlap["area_m2"], 20.0);
        assert_eq!(overlap["parcels"], json!(["1/2", "1/3"]));
        // 0.5 m × 20 m that nobody would have
        let violations = officer
            .refused(&register, &[2], &survey((0.0, 0.0), (19.5, 20.0)))
            .await;
        let gap = violations
            .iter()
            .find(|violation| violation["code"] == "gap-between-parcels")
            .unwrap();
        assert_eq!(gap["area_m2"], 10.0);
        assert_eq!(gap["place"]["x"], point(2).0 + 19.5);
        // a boundary that crosses itself
        let (west, south) = point(2);
        let bow = json!([[
            [west, south],
            [west + 20.0, south + 20.0],
            [west + 20.0, south],
            [west, south + 20.0]
        ]]);
        let violations = officer
            .refused(&register, &[2], &resurvey(&[(id, bow)]))
            .await;
        assert!(
            codes(&violations)[0].starts_with("boundary-")
                || codes(&violations)[0].contains("cross"),
            "{violations:?}"
        );
        // to the north and south there is nobody: what the survey found there is only told
        let report = officer.commits(&[2], &survey((0.0, 0.0), (20.0, 20.5)));
        let told = report["violations"].as_array().unwrap();
        let land = told
            .iter()
            .find(|violation| violation["code"] == "land-added")
            .unwrap();
        assert_eq!(
            (&land["severity"], &land["area_m2"]),
            (&json!("warning"), &json!(10.0))
        );
        assert_eq!(officer.parcel(2)["legal_area_m2"], 410.0);
    });
}

#[test]
fn a_parcel_is_registered_where_there_was_none_and_only_there() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let first = |sheet_no: i32, rings_m: Value| {
            json!([{ "kind": "register-first", "sheet": { "commune": "99001", "sheet_no": sheet_no }, "rings_m": rings_m,
                     "land_use": "CLN", "address": "Ấp Bình Hòa" }])
        };
        // 20 m × 30 m north of parcel 2
        let north = rectangle(2, (0.0, 20.0), (20.0, 50.0));
        let violations = officer
            .refused(&register, &[], &first(9, north.clone()))
            .await;
        assert_eq!(codes(&violations), ["no-such-sheet"]);
        let over = rectangle(2, (0.0, 19.0), (20.0, 50.0));
        let violations = officer.refused(&register, &[], &first(1, over)).await;
        let overlap = violations
            .iter()
            .find(|violation| violation["code"] == "parcels-overlap")
            .unwrap();
        assert_eq!(
            (&overlap["area_m2"], &overlap["parcels"]),
            (&json!(20.0), &json!(["1/2", "1/4"]))
        );
        let inside = rectangle(2, (5.0, 5.0), (6.0, 6.0));
        let violations = officer.refused(&register, &[], &first(1, inside)).await;
        assert_eq!(codes(&violations), ["parcels-overlap"]);

        let report = officer.commits(&[], &first(1, north));
        assert_eq!(report["violations"], json!([]));
        assert_eq!(
            lines(&report, "made"),
            [("1/4".to_owned(), Value::Null, json!(600.0))]
        );
        assert_eq!(report["made"][0]["parents"], Value::Null);
        let parcel = officer.parcel(4);
        assert_eq!(parcel["land_use"][0]["code"], "CLN");
        assert_eq!(parcel["address"], "Ấp Bình Hòa");
        assert!(parcel["national_code"].is_string());
    });
}

#[test]
fn recovered_and_eroded_land_is_no_parcel_any_more_and_its_number_never_returns() {
    run(async {
        let folder = Folder::new();
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let second = officer.id(2);
        let code = officer.parcel(2)["national_code"].clone();
        let operations = json!([{ "kind": "retire", "parcel": second, "because": "recovery" }]);
        let report = officer.commits(&[2], &operations);
        assert_eq!(report["codes"], json!(["TH"]));
        assert_eq!(report["violations"], json!([]));
        assert_eq!(
            lines(&report, "retired"),
            [("1/2".to_owned(), json!(400.0), Value::Null)]
        );
        assert_eq!(server.get(&format!("/api/v1/parcels/{second}")).status, 404);
        let ends: Vec<String> = register
            .value("select array_agg(parcel_id || ' ' || reason) from parcel_end")
            .await;
        assert_eq!(ends, [format!("{second} recovery")]);
        let rights: i64 = register
            .value_of(&format!("select count(*) from land_right_version where parcel_id = {second} and upper_inf(recorded) and legal @> today()"))
            .await;
        assert_eq!(rights, 0);

        // neither an old file nor a new parcel on the same land gets the number or the code
        let old = [square(2).with("DienTichPhapLy", 400.0)];
        let loaded = register.load(&[folder.parcels("old.geojson", &old)]).await;
        assert_eq!(
            register.errors(&loaded).await,
            ["parcel-number-retired row 1 at 603050 1192010"]
        );
        let again = json!([{ "kind": "register-first", "sheet": { "commune": "99001", "sheet_no": 1 },
                             "rings_m": rectangle(2, (0.0, 0.0), (20.0, 20.0)) }]);
        let report = officer.commits(&[], &again);
        assert_eq!(report["made"][0]["parcel"], "1/4");
        assert_ne!(report["made"][0]["national_code"], code);

        // the river takes the southern 5 m of parcel 3: 100 m² of 400
        let (west, south) = point(3);
        let line = json!([[west, south + 5.0], [west + 20.0, south + 5.0]]);
        let split = json!({ "kind": "split", "parcel": officer.id(3), "by": { "line_m": line } });
        let rehearsed = officer.post("?dry_run=true", &[], &json!([split])).json();
        let made = rehearsed["made"].as_array().unwrap();
        let wet = made
            .iter()
            .position(|line| line["after"]["legal_area_m2"] == 100.0)
            .unwrap();
        let retire = json!({ "kind": "retire", "parcel": { "operation": 0, "child": wet }, "because": "erosion" });
        let report = officer.commits(&[3], &json!([split, retire]));
        assert_eq!(report["codes"], json!(["SA", "TN"]));
        assert_eq!(
            lines(&report, "made"),
            [("1/5".to_owned(), Value::Null, json!(300.0))]
        );
        assert_eq!(report["ended"][0]["before"]["computed_area_m2"], 100.0);
        let warned = report["violations"].as_array().unwrap();
        assert!(
            warned
                .iter()
                .all(|warning| warning["code"] != "area-outside-tolerance"),
            "{warned:?}"
        );
    });
}

#[test]
fn a_cut_goes_from_monument_to_monument_along_the_edges() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let id = officer.id(2);
        let report = officer.post(
            "?dry_run=true",
            &[],
            &json!([{ "kind": "retire", "parcel": id, "because": "recovery" }]),
        );
        // the corners as the report numbers them
        let (west, south) = point(2);
        let corners = report.json()["retired"][0]["boundary_m"][0].clone();
        let corners: Vec<(f64, f64)> = serde_json::from_value(corners).unwrap();
        let at = |corner: (f64, f64)| corners.iter().position(|one| *one == corner).unwrap();
        let (south_west, north_east) = (at((west, south)), at((west + 20.0, south + 20.0)));
        // counter-clockwise: 4 m east of the south-west corner, and 6 m west of the north-east corner
        let points = json!([{ "vertex": south_west, "distance_m": 4.0 }, [west + 10.0, south + 10.0], { "vertex": north_east, "distance_m": 6.0 }]);
        let split = json!([{ "kind": "split", "parcel": id, "by": { "points": points } }]);
        let report = officer.post("?dry_run=true", &[], &split).json();
        let mut areas: Vec<f64> = report["made"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["after"]["computed_area_m2"].as_f64().unwrap())
            .collect();
        areas.sort_by(f64::total_cmp);
        // west of it: (4 + 10) / 2 × 10 + (10 + 14) / 2 × 10 = 70 + 120
        assert_eq!(areas, [190.0, 210.0]);
        let beyond = json!([{ "kind": "split", "parcel": id, "by": { "points": [{ "vertex": south_west, "distance_m": 20.5 }, [west, south + 20.0]] } }]);
        let violations = officer.refused(&register, &[2], &beyond).await;
        assert_eq!(codes(&violations), ["monument-not-on-edge"]);
        assert_eq!(violations[0]["length_m"], 20.5);

        // an access path of 2.5 m along the southern edge: 2.5 × 20 = 50 m²
        let strip = |width_m: f64| json!([{ "kind": "split", "parcel": id, "by": { "strip": { "vertex": south_west, "width_m": width_m } } }]);
        for width in [0.0, 20.0, 1e300] {
            let violations = officer.refused(&register, &[2], &strip(width)).await;
            assert_eq!(codes(&violations), ["strip-does-not-fit"], "{width}");
        }
        let report = officer.commits(&[2], &strip(2.5));
        let mut areas: Vec<f64> = report["made"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["after"]["computed_area_m2"].as_f64().unwrap())
            .collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas, [50.0, 350.0]);
    });
}
