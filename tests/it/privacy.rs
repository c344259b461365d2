//! Personal data: nobody sees it without a token, and whoever sees it stands in the ledger.

use crate::support::{
    Folder, Register, Reply, Served, demo_source, fixture, register_csv, run, square,
};
use diaba::app::issue_token;
use diaba::policy::Officer;
use diaba::store::Identity;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use time::{Duration, OffsetDateTime};

/// What the demonstration's register says of people.
struct Personal {
    /// Names, personal numbers, birth years, serials and entry numbers.
    texts: HashSet<String>,
    residences: HashSet<String>,
}

fn personal() -> Personal {
    let mut table = csv::Reader::from_path(fixture("register.csv")).unwrap();
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    let column = |number: usize| {
        rows.iter()
            .map(move |row| row[number].to_owned())
            .filter(|text| !text.is_empty())
    };
    Personal {
        texts: column(4)
            .chain(column(5))
            .chain(column(6))
            .chain(column(9))
            .chain(column(10))
            .collect(),
        residences: column(7).collect(),
    }
}

impl Personal {
    /// What a text tells: holds it, or is it where it is so short that any number might hold it.
    fn told_by(&self, text: &str) -> Option<&String> {
        let all = self.texts.iter().chain(&self.residences);
        all.into_iter().find(|secret| {
            if secret.len() < 8 {
                text == *secret
            } else {
                text.contains(secret.as_str())
            }
        })
    }
}

/// Every member that a public answer may have, wherever.
#[rustfmt::skip]
const PUBLIC_MEMBERS: &[&str] = &[
    // of a parcel
    "parcel_id", "national_code", "commune", "code", "name", "sheet_no", "parcel_no", "address", "land_use", "name_vi", "name_en",
    "area_m2", "legal_area_m2", "computed_area_m2", "zone", "scale_denominator", "revision", "in_force_from", "recorded_at",
    "label_point", "bbox", "geometry", "type", "coordinates", "register_position",
    // around parcels
    "features", "properties", "id", "next", "parcels", "neighbours", "parcel", "distance_m", "results", "kind", "label",
];

/// Collects the names of all members and all texts but addresses.
fn walk(
    value: &Value,
    members: &mut BTreeSet<String>,
    texts: &mut HashSet<String>,
    addresses: &mut HashSet<String>,
) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                members.insert(name.clone());
                match value {
                    Value::String(address) if name == "address" => {
                        addresses.insert(address.clone());
                    }
                    value => walk(value, members, texts, addresses),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| walk(item, members, texts, addresses)),
        Value::String(text) => {
            texts.insert(text.clone());
        }
        _ => {}
    }
}

/// Answers of every public endpoint: all parcels in a list, and some by every other way.
fn public_answers(server: &Served) -> Vec<Reply> {
    let mut replies = Vec::new();
    let mut next = Some("/api/v1/parcels?bbox=-180,-90,180,90&limit=1000".to_owned());
    while let Some(path) = next {
        let reply = server.get(&path);
        next = reply.json()["next"].as_str().map(str::to_owned);
        replies.push(reply);
    }
    let everything =
        r#"{"type":"Polygon","coordinates":[[[100,5],[115,5],[115,25],[100,25],[100,5]]]}"#;
    replies.push(server.send(
        "POST",
        "/api/v1/parcels/within?limit=1000",
        &[],
        Some(everything.as_bytes()),
    ));
    for parcel_no in 1..=40 {
        let path = format!("/api/v1/communes/99001/sheets/1/parcels/{parcel_no}");
        let parcel = server.json(&path);
        let (id, code) = (
            &parcel["parcel_id"],
            parcel["national_code"].as_str().unwrap(),
        );
        let (lon, lat) = (&parcel["label_point"][0], &parcel["label_point"][1]);
        for path in [
            path.clone(),
            format!("{path}?f=geojson"),
            format!("/api/v1/parcels/{id}"),
            format!("/api/v1/parcels/by-code/{code}"),
            format!("/api/v1/identify?lon={lon}&lat={lat}"),
            format!("/api/v1/nearest?lon={lon}&lat={lat}&k=10"),
            format!("/api/v1/search?q=1/{parcel_no}"),
        ] {
            replies.push(server.get(&path));
        }
    }
    for text in ["BT%20000001", "hoa%20sen", "nguyen", "000055000000"] {
        replies.push(server.get(&format!("/api/v1/search?limit=50&q={text}")));
    }
    replies
}

#[test]
fn no_public_answer_holds_a_name_a_number_a_residence_a_birth_year_or_a_serial() {
    run(async {
        let personal = personal();
        let register = Register::demo().await;
        let server = register.serve().await;
        let (mut members, mut texts, mut addresses) =
            (BTreeSet::new(), HashSet::new(), HashSet::new());
        for reply in public_answers(&server) {
            assert_eq!(reply.status, 200, "{}", reply.text());
            walk(&reply.json(), &mut members, &mut texts, &mut addresses);
        }
        // no member to put anything personal in …
        let known: BTreeSet<String> = PUBLIC_MEMBERS
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(
            members.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
        // … no address that the parcels' own file does not have …
        let source = demo_source();
        let of_parcels: HashSet<String> = source["features"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|feature| feature["properties"]["DiaChi"].as_str().map(str::to_owned))
            .collect();
        assert!(addresses.is_subset(&of_parcels) && addresses.is_disjoint(&personal.residences));
        // … and no text that is or holds something personal
        let texts: Vec<&String> = texts
            .iter()
            .filter(|text| !text.starts_with("/api/"))
            .collect();
        for told in &texts {
            assert_eq!(personal.told_by(told), None, "in {told:?}");
        }
        assert!(texts.len() > 2500, "the walk has seen every national code");
    });
}

#[test]
fn no_tile_page_or_metric_holds_anything_personal() {
    run(async {
        let personal = personal();
        let register = Register::demo().await;
        let server = register.serve().await;
        let bounds: Vec<f64> = server.json("/tiles/parcels.json")["bounds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|degrees| degrees.as_f64().unwrap())
            .collect();
        let side = f64::from(1 << 14);
        let column = |lon: f64| (lon + 180.0) / 360.0 * side;
        let row =
            |lat: f64| (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
        #[expect(clippy::cast_possible_truncation, reason = "tile numbers")]
        let whole = |tile: f64| tile.floor() as i64;
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        for x in whole(column(bounds[0]))..=whole(column(bounds[2])) {
            for y in whole(row(bounds[3]))..=whole(row(bounds[1])) {
                bodies.push(server.get(&format!("/tiles/parcels/14/{x}/{y}")).body);
            }
        }
        assert!(bodies.iter().map(Vec::len).sum::<usize>() > 50_000);
        for path in [
            "/tiles/parcels.json",
            "/tiles/style.json",
            "/metrics",
            "/readyz",
            "/openapi.json",
            "/.well-known/jwks.json",
            "/api/v1/land-uses",
        ] {
            bodies.push(server.get(path).body);
        }
        for body in bodies {
            assert_eq!(personal.told_by(&String::from_utf8_lossy(&body)), None);
        }
    });
}

#[test]
fn an_officers_token_opens_personal_data_and_each_reading_is_one_row_in_the_ledger() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let officer = Identity::Officer(Officer::everywhere("an"));
        let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        let path = "/api/v1/communes/99001/sheets/1/parcels/1";
        let id = server.json(path)["parcel_id"].as_i64().unwrap();

        let reply = server.get_as(&token, path);
        // the first row of register.csv
        let right = serde_json::json!([{
            "party_kind": "couple",
            "party_name": "Ông Nguyễn Văn Sơn và bà Nguyễn Thanh Hương",
            "personal_no": "000055000000",
            "birth_year": 1955,
            "residence": "ấp Phước Nhất, xã Hòa Mẫu, tỉnh Mẫu",
            "share": "1/1",
            "certificate_serial": "BT 000001",
            "certificate_entry_no": "CH 00001",
            "certificate_issued_on": "2016-12-17",
            "certificate_status": "valid"
        }]);
        assert_eq!(reply.json()["rights"], right);
        assert_eq!(reply.json()["land_use"][0]["origin"], "CNQ-CTT");
        assert_eq!(reply.json()["land_use"][0]["term"], "Lâu dài");
        server.get_as(&token, &format!("/api/v1/parcels/{id}?f=geojson"));
        let rows: Vec<(String, String, String, i64, i64, String)> = sqlx::query_as(
            "select actor, audience, request, parcel_id, register_position, outcome from access_ledger order by entry_no",
        )
        .fetch_all(&mut register.connection().await)
        .await
        .unwrap();
        let row = |request: String| {
            (
                "an".to_owned(),
                "officer".to_owned(),
                request,
                id,
                7,
                "answered".to_owned(),
            )
        };
        assert_eq!(
            rows,
            [
                row(format!("GET {path}")),
                row(format!("GET /api/v1/parcels/{id}"))
            ]
        );

        assert_eq!(register.store.revoke_tokens("an").await.unwrap(), 1);
        assert_eq!(server.get_as(&token, path).status, 401);
        let count: i64 = register.value("select count(*) from access_ledger").await;
        assert_eq!(count, 2);
    });
}

#[test]
fn a_token_is_kept_as_its_hash_only() {
    run(async {
        let register = Register::blank().await;
        let officer = Identity::Officer(Officer::everywhere("an"));
        let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        let kept: String = register
            .value("select to_jsonb(t)::text from access_token t")
            .await;
        let secret = token.strip_prefix("diaba_").unwrap();
        assert!(
            !kept.contains(secret) && secret.len() == 43,
            "256 bits in base64url"
        );
        let hash: String = register
            .value("select encode(token_sha256, 'hex') from access_token")
            .await;
        let by_postgres: String =
            sqlx::query_scalar("select encode(sha256(convert_to($1, 'UTF8')), 'hex')")
                .bind(token)
                .fetch_one(&mut register.connection().await)
                .await
                .unwrap();
        assert_eq!(hash, by_postgres);
    });
}

/// A parcel of public security land: on the map, or in the register's rows only.
async fn secret_parcel(map_use: &str, register_use: &str) -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let row = format!("1,Nguyễn Thị Một,1,{register_use},400");
    let files = [
        folder.parcels(
            "secret.geojson",
            &[square(1).with("KyHieuMucDichSuDung", map_use)],
        ),
        folder.write("secret.csv", register_csv(&[&row])),
    ];
    assert_eq!(register.load(&files).await.parcels.new, 1);
    register
}

#[test]
fn of_defence_and_security_land_the_public_sees_where_it_lies_and_no_more() {
    for (map_use, register_use) in [("CAN", "CAN"), ("CQP", "CQP"), ("ONT", "CAN")] {
        run(async {
            let register = secret_parcel(map_use, register_use).await;
            let server = register.serve().await;
            let parcel = server.json("/api/v1/communes/99001/sheets/1/parcels/1");
            for hidden in [
                "land_use",
                "address",
                "legal_area_m2",
                "computed_area_m2",
                "in_force_from",
            ] {
                assert!(
                    parcel.get(hidden).is_none(),
                    "{map_use} {register_use} {hidden}"
                );
            }
            let (lon, lat) = (&parcel["label_point"][0], &parcel["label_point"][1]);
            let code = parcel["national_code"].as_str().unwrap();
            for path in [
                "/api/v1/search?q=1/1".to_owned(),
                format!("/api/v1/search?q={code}"),
                "/api/v1/search?q=binh%20hoa".to_owned(),
                format!("/api/v1/identify?lon={lon}&lat={lat}"),
                format!("/api/v1/nearest?lon={lon}&lat={lat}"),
                "/api/v1/parcels?bbox=100,5,115,25".to_owned(),
            ] {
                let text = server.get(&path).text();
                for secret in ["Bình Hòa", "\"CAN\"", "\"CQP\"", "\"ONT\""] {
                    assert!(
                        !text.contains(secret),
                        "{map_use} {register_use} {path}: {text}"
                    );
                }
            }
        });
    }
}
