//! One parcel by its names, by a place on it, by what people type.

use crate::memory::NEAR_DEG;
use crate::support::{Folder, Register, demo_source, run, square};
use serde_json::{Value, json};

/// Parcel 1 of sheet 1 as its source files say it; what the register adds is left out.
fn first_parcel() -> Value {
    json!({
        "commune": { "code": "99001", "name": "Xã Hòa Mẫu" },
        "sheet_no": 1,
        "parcel_no": 1,
        "address": "Đường Hoa Sen, ấp Vĩnh Thượng, xã Hòa Mẫu, tỉnh Mẫu",
        "land_use": [{ "code": "ONT", "name_vi": "Đất ở tại nông thôn", "name_en": "Rural residential", "area_m2": 182.2 }],
        "legal_area_m2": 182.2,
        "computed_area_m2": 182.2,
        "zone": 9210,
        "scale_denominator": 2000,
        "revision": 1,
        "in_force_from": "2026-01-01",
        "register_position": 7
    })
}

const BY_KEY: &str = "/api/v1/communes/99001/sheets/1/parcels/1";

#[test]
fn a_parcel_is_the_same_by_id_by_national_code_and_by_commune_sheet_and_number() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let parcel = server.json(BY_KEY);
        let mut facts = parcel.clone();
        let added = [
            "parcel_id",
            "national_code",
            "recorded_at",
            "label_point",
            "bbox",
            "geometry",
        ];
        for name in added {
            assert!(
                facts.as_object_mut().unwrap().remove(name).is_some(),
                "{name}"
            );
        }
        assert_eq!(facts, first_parcel());

        let id = parcel["parcel_id"].as_i64().unwrap();
        assert_eq!(server.json(&format!("/api/v1/parcels/{id}")), parcel);
        let code = parcel["national_code"].as_str().unwrap();
        assert_eq!(
            server.json(&format!("/api/v1/parcels/by-code/{code}")),
            parcel
        );
        let upper = code.to_uppercase();
        assert_eq!(
            server.json(&format!("/api/v1/parcels/by-code/{upper}")),
            parcel
        );
        assert!((1 << 40..1 << 53).contains(&id));
    });
}

/// The corners of a ring in millimetres, in no order and without the closing one.
fn corners_mm(ring: &Value) -> Vec<(i64, i64)> {
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53")]
    let mm = |metres: &Value| (metres.as_f64().unwrap() * 1000.0).round() as i64;
    let mut corners: Vec<_> = ring
        .as_array()
        .unwrap()
        .iter()
        .map(|corner| (mm(&corner[0]), mm(&corner[1])))
        .collect();
    corners.sort_unstable();
    corners.dedup();
    corners
}

#[test]
fn legal_coordinates_are_the_surveyed_millimetres_of_the_source_file() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let source = demo_source();
        let features = source["features"].as_array().unwrap();
        for feature in features.iter().step_by(25) {
            let of = |name: &str| feature["properties"][name].as_i64().unwrap();
            let (sheet, number) = (of("SoHieuToBanDo"), of("SoThuTuThua"));
            let path = format!("/api/v1/communes/99001/sheets/{sheet}/parcels/{number}?crs=zone");
            let rings = |geometry: &Value| -> Vec<Vec<(i64, i64)>> {
                geometry["coordinates"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(corners_mm)
                    .collect()
            };
            let parcel = server.json(&path);
            assert_eq!(
                rings(&parcel["geometry"]),
                rings(&feature["geometry"]),
                "{path}"
            );
        }
    });
}

#[test]
fn geojson_is_a_feature_in_wgs84_whether_asked_in_the_query_or_in_the_accept_header() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let asked = server.get(&format!("{BY_KEY}?f=geojson"));
        assert_eq!(asked.header("content-type"), "application/geo+json");
        let accepted = server.send("GET", BY_KEY, &[("accept", "application/geo+json")], None);
        assert_eq!(asked.json(), accepted.json());

        let (feature, plain) = (asked.json(), server.json(BY_KEY));
        assert_eq!(feature["type"], "Feature");
        assert_eq!(feature["id"], plain["parcel_id"]);
        assert_eq!(feature["geometry"], plain["geometry"]);
        assert_eq!(feature["properties"]["land_use"], plain["land_use"]);
        let places = feature["geometry"]["coordinates"][0].as_array().unwrap();
        assert_eq!(places.first(), places.last());
        let zone = server.json(&format!("{BY_KEY}?crs=zone"));
        let projected: Vec<f64> = sqlx::query_scalar(
            "select array[st_x(g), st_y(g)] from st_transform(st_setsrid(st_makepoint($1, $2), 909210), 4326) as g",
        )
        .bind(zone["geometry"]["coordinates"][0][0][0].as_f64())
        .bind(zone["geometry"]["coordinates"][0][0][1].as_f64())
        .fetch_one(&mut register.connection().await)
        .await
        .unwrap();
        for ((axis, degrees), near) in projected.iter().enumerate().zip(NEAR_DEG) {
            let answered = places[0][axis].as_f64().unwrap();
            assert!((answered - degrees).abs() <= near, "{answered} {degrees}");
        }
    });
}

/// Longitude and latitude of a point of zone 9210, by PostGIS.
async fn degrees(register: &Register, easting_m: f64, northing_m: f64) -> (f64, f64) {
    register
        .store
        .transformed(909_210, &[(easting_m, northing_m)])
        .await
        .unwrap()[0]
}

#[test]
fn a_place_on_a_shared_edge_is_in_both_parcels_and_a_millimetre_beside_it_in_one() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let neighbours = [square(1), square(2)];
        register
            .load(&[folder.parcels("neighbours.geojson", &neighbours)])
            .await;
        let server = register.serve().await;
        for (easting_m, northing_m, expected) in [
            (603_040.0, 1_192_010.0, vec![1, 2]), // the middle of the shared edge
            (603_040.0, 1_192_020.0, vec![1, 2]), // its end
            (603_039.999, 1_192_010.0, vec![1]),
            (603_040.001, 1_192_010.0, vec![2]),
            (603_020.0, 1_192_010.0, vec![1]), // an outer edge
            (603_019.999, 1_192_010.0, vec![]),
            (603_030.0, 1_192_010.0, vec![1]),
        ] {
            let (lon, lat) = degrees(&register, easting_m, northing_m).await;
            let found = server.json(&format!("/api/v1/identify?lon={lon}&lat={lat}"));
            let numbers: Vec<_> = found["parcels"]
                .as_array()
                .unwrap()
                .iter()
                .map(|parcel| parcel["parcel_no"].as_i64().unwrap())
                .collect();
            assert_eq!(numbers, expected, "E {easting_m} N {northing_m}");
        }
    });
}

#[test]
fn identify_finds_every_parcel_of_the_demonstration_at_its_label_point() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let labels: Vec<(i64, f64, f64)> = sqlx::query_as(
            "select parcel_id, st_x(label_point), st_y(label_point) from current_parcel order by md5(parcel_id::text) limit 100",
        )
        .fetch_all(&mut register.connection().await)
        .await
        .unwrap();
        for (id, lon, lat) in labels {
            let found = server.json(&format!("/api/v1/identify?lon={lon}&lat={lat}"));
            assert_eq!(found["parcels"].as_array().unwrap().len(), 1);
            assert_eq!(found["parcels"][0]["parcel_id"], id);
        }
    });
}

/// How many parcels the source file places on the road Hoa Sen.
fn of_hoa_sen() -> usize {
    let source = demo_source();
    let features = source["features"].as_array().unwrap();
    let addresses = features
        .iter()
        .map(|feature| feature["properties"]["DiaChi"].as_str().unwrap());
    addresses
        .filter(|address| address.to_lowercase().contains("đường hoa sen"))
        .count()
}

#[test]
fn search_understands_numbers_codes_serials_and_addresses_with_or_without_marks() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let code = server.json(BY_KEY)["national_code"]
            .as_str()
            .unwrap()
            .to_owned();
        let first = |text: &str| {
            let found = server.json(&format!("/api/v1/search?limit=1&q={text}"));
            let hit = &found["results"][0];
            json!([hit["kind"], hit["sheet_no"], hit["parcel_no"]])
        };
        for text in [
            "1/1",
            "1%201",
            "99001%201/1",
            "t%E1%BB%9D%201%20th%E1%BB%ADa%201",
        ] {
            assert_eq!(first(text), json!(["parcel", 1, 1]), "{text}");
        }
        assert_eq!(first(&code), json!(["parcel", 1, 1]));
        // register.csv: parcel 1/1 has BT 000001, parcel 1/2 AA 00000001
        for (serial, number) in [("BT%20000001", 1), ("bt000001", 1), ("AA%2000000001", 2)] {
            assert_eq!(first(serial), json!(["certificate", 1, number]), "{serial}");
        }

        let addresses = |text: &str| -> Vec<i64> {
            let found = server.json(&format!("/api/v1/search?limit=50&q={text}"));
            let hits = found["results"].as_array().unwrap().clone();
            assert!(hits.iter().all(|hit| hit["kind"] == "address"));
            hits.iter()
                .map(|hit| hit["parcel_id"].as_i64().unwrap())
                .collect()
        };
        // "Đường Hoa Sen" with marks, without, and as upper case
        let marked = addresses("%C4%90%C6%B0%E1%BB%9Dng%20Hoa%20Sen");
        assert_eq!(marked.len(), of_hoa_sen());
        assert_eq!(addresses("duong%20hoa%20sen"), marked);
        assert_eq!(addresses("DUONG%20HOA%20SEN"), marked);
        assert_eq!(addresses("khong%20co%20duong%20nay"), Vec::<i64>::new());
        assert_eq!(
            addresses("%25%25"),
            Vec::<i64>::new(),
            "a percent sign is no pattern"
        );
    });
}

#[test]
fn what_is_served_describes_itself() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        assert_eq!(server.json("/healthz")["status"], "alive");
        let ready =
            json!({ "ready": true, "database": true, "parcels": 2500, "register_position": 7 });
        assert_eq!(server.json("/readyz"), ready);
        let description = server.json("/openapi.json");
        assert_eq!(description["openapi"], "3.1.0");
        for path in [
            "/api/v1/identify",
            "/api/v1/parcels/{parcel_id}",
            "/portal/v1/parcels/{national_code}",
        ] {
            assert!(description["paths"][path]["get"].is_object(), "{path}");
        }
        let metrics = server.get("/metrics");
        assert!(metrics.header("content-type").starts_with("text/plain"));
        let uses = server.json("/api/v1/land-uses");
        let ont = uses["land_uses"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["code"] == "ONT");
        assert_eq!(ont.unwrap()["name_vi"], "Đất ở tại nông thôn");
    });
}
