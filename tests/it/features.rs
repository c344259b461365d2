//! OGC API – Features: parcels, sheets and communes page by page, in every system, on both time axes; read by GDAL as by anybody.
//!
//! Expected values: OGC 17-069r4 and 18-058r1, PostGIS, and the history of `as_of`.

use crate::as_of;
use crate::support::{Register, Served, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

const ITEMS: &str = "/ogc/collections/parcels/items";

/// Every feature that the pages from an address on have, and how many pages there are.
fn walked(server: &Served, path: &str) -> (Vec<Value>, usize) {
    let (mut features, mut pages, mut next) = (Vec::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let reply = server.get(&path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/geo+json");
        let page = reply.json();
        let found = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], found.len());
        assert!(page["timeStamp"].is_string());
        features.extend(found.clone());
        pages += 1;
        let mut links = page["links"].as_array().unwrap().iter();
        next = links
            .find(|link| link["rel"] == "next")
            .map(|link| path_of(&link["href"]));
    }
    (features, pages)
}

fn path_of(href: &Value) -> String {
    let href = href.as_str().unwrap();
    href[href.match_indices('/').nth(2).unwrap().0..].to_owned()
}

fn numbers(features: &[Value]) -> Vec<i64> {
    let numbers = features
        .iter()
        .map(|feature| feature["properties"]["parcel_no"].as_i64().unwrap());
    let mut numbers: Vec<_> = numbers.filter(|number| *number > 10).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn from_the_landing_page_links_lead_to_every_collection_and_feature() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let landing = server.json("/ogc");
        let mut links = landing["links"].as_array().unwrap().iter();
        let data = links.find(|link| link["rel"] == "data").unwrap();
        let collections = server.json(&path_of(&data["href"]));
        let names: Vec<_> = collections["collections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|collection| collection["id"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["parcels", "sheets", "communes"]);
        for collection in collections["collections"].as_array().unwrap() {
            let links = collection["links"].as_array().unwrap();
            let to = |relation: &str| {
                let link = links.iter().find(|link| link["rel"] == relation).unwrap();
                path_of(&link["href"])
            };
            assert_eq!(server.json(&to("self")), *collection);
            let page = server.json(&format!("{}?limit=1", to("items")));
            let id = &page["features"][0]["id"];
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            let mut feature = server.json(&format!("{}/{id}", to("items")));
            assert!(feature.as_object_mut().unwrap().remove("links").is_some());
            let mut listed = page["features"][0].clone();
            for one in [&mut feature, &mut listed] {
                one["properties"]["register_position"] = Value::Null;
            }
            assert_eq!(feature, listed);
        }
    });
}

#[test]
fn the_pages_together_have_every_parcel_once() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let count: i64 = register.value("select count(*) from current_parcel").await;
        let count = usize::try_from(count).unwrap();
        for (query, limit) in [
            ("limit=100", 100),
            ("limit=100&commune=99001", 100),
            ("limit=5000&bbox=100,5,115,25", 1000),
            ("limit=300&bbox=100,5,0,115,25,9", 300),
        ] {
            let (features, pages) = walked(&server, &format!("{ITEMS}?{query}"));
            let ids: BTreeSet<i64> = features
                .iter()
                .map(|feature| feature["id"].as_i64().unwrap())
                .collect();
            assert_eq!((features.len(), ids.len()), (count, count), "{query}");
            assert_eq!(pages, count.div_ceil(limit), "{query}");
        }
        let elsewhere = walked(&server, &format!("{ITEMS}?commune=99002")).0;
        assert_eq!(elsewhere.len(), 0);
    });
}

#[test]
fn features_come_in_the_zone_of_their_legal_coordinates_and_boxes_may_be_in_it() {
    run(async {
        let register = as_of::register().await;
        let server = register.serve().await;
        let zone = "http://www.opengis.net/def/crs/EPSG/0/9210";
        // square 1: 20 m from E 603020, N 1192000
        let reply = server.get(&format!(
            "{ITEMS}?crs={zone}&bbox=603021,1192001,603039,1192019&bbox-crs={zone}"
        ));
        assert_eq!(reply.header("content-crs"), format!("<{zone}>"));
        let features = reply.json()["features"].as_array().unwrap().clone();
        assert_eq!(features.len(), 1);
        let mut ring: Vec<Value> = features[0]["geometry"]["coordinates"][0]
            .as_array()
            .unwrap()
            .clone();
        ring.pop();
        ring.sort_by_key(ToString::to_string);
        assert_eq!(
            Value::from(ring),
            json!([
                [603_020.0, 1_192_000.0],
                [603_020.0, 1_192_020.0],
                [603_040.0, 1_192_000.0],
                [603_040.0, 1_192_020.0]
            ])
        );
        let plain = server.get(&format!("{ITEMS}?limit=1"));
        assert_eq!(
            plain.header("content-crs"),
            "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
        );
        let parcels = server.json("/ogc/collections/parcels");
        assert_eq!(parcels["storageCrs"], zone);
        assert_eq!(parcels["crs"][1], zone);
    });
}

#[test]
fn datetime_is_the_day_in_law_or_an_interval_and_known_the_instant_of_knowledge() {
    run(async {
        let register = as_of::register().await;
        let server = register.serve().await;
        let found = |query: &str| {
            let one_by_one = walked(&server, &format!("{ITEMS}?limit=1&{query}")).0;
            let at_once = walked(&server, &format!("{ITEMS}?{query}")).0;
            assert_eq!(numbers(&one_by_one), numbers(&at_once), "{query}");
            numbers(&at_once)
        };
        let nothing: [i64; 0] = [];
        assert_eq!(found("datetime=2019-12-31"), nothing);
        assert_eq!(found("datetime=2022-12-31"), [11]);
        // the evening of the last day in UTC is the first day in Viet Nam
        assert_eq!(found("datetime=2022-12-31T17:00:00Z"), [12, 13]);
        assert_eq!(
            found("datetime=2023-01-01&known=2023-02-28T23:59:59Z"),
            [11]
        );
        assert_eq!(found("known=2023-02-28T23:59:59Z"), [11]);
        assert_eq!(found("datetime=2022-06-01/2024-01-01"), [11, 12, 13]);
        assert_eq!(found("datetime=../2019-12-31"), nothing);
        assert_eq!(found("datetime=../2020-01-01"), [11]);
        assert_eq!(found("datetime=2025-01-31/.."), [12, 13, 14]);
        assert_eq!(found("datetime=2025-02-01/"), [14]);
        assert_eq!(
            found("datetime=2025-01-31/..&known=2024-01-01T00:00:00Z"),
            [12, 13]
        );
        assert_eq!(found("datetime=2022-06-01&commune=99001"), [11]);
        let id: i64 = register
            .value("select min(parcel_id) from parcel_version where parcel_no = 11")
            .await;
        assert_eq!(server.get(&format!("{ITEMS}/{id}")).status, 404);
        let then = server.json(&format!(
            "{ITEMS}/{id}?datetime=2022-06-01&known=2020-06-01T00:00:00Z"
        ));
        assert_eq!(then["properties"]["address"], "A");
        assert_eq!(then["properties"]["at"], "2022-06-01");
    });
}

#[test]
fn what_is_not_offered_is_refused() {
    run(async {
        let register = as_of::register().await;
        let server = register.serve().await;
        for (path, status, code) in [
            ("/ogc/collections/roads", 404, "no-such-collection"),
            ("/ogc/collections/roads/items", 404, "no-such-collection"),
            (
                "/ogc/collections/sheets/items/99001-7",
                404,
                "no-such-feature",
            ),
            ("/ogc/collections/parcels/items/x", 404, "no-such-parcel"),
            ("/ogc/collections?limit=1", 400, "bad-parameter"),
            (
                "/ogc/collections/parcels/items?colour=red",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?limit=0",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?limit=x",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?bbox=1,2,3",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?bbox=107,10,106,11",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?bbox=106,10,107,NaN",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?crs=http://www.opengis.net/def/crs/EPSG/0/3857",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?datetime=yesterday",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?datetime=2024-01-01/2023-01-01",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?known=2999-01-01T00:00:00Z",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?after=-1",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?f=html",
                400,
                "bad-parameter",
            ),
            (
                "/ogc/collections/parcels/items?commune=x",
                400,
                "bad-parameter",
            ),
        ] {
            let reply = server.get(path);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (status, &json!(code)),
                "{path}"
            );
        }
    });
}

#[test]
fn gdal_reads_every_collection() {
    run(async {
        let formats = Command::new("ogrinfo").arg("--formats").output();
        let has_driver =
            formats.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("OAPIF"));
        if !has_driver {
            eprintln!("skipped: no ogrinfo with the OAPIF driver");
            return;
        }
        let register = Register::demo().await;
        let server = register.serve().await;
        let source = format!("OAPIF:{}/ogc", server.address());
        let count: i64 = register.value("select count(*) from current_parcel").await;
        let sheets: i64 = register
            .value("select count(distinct sheet_id) from current_parcel")
            .await;
        for (layer, expected) in [("parcels", count), ("sheets", sheets), ("communes", 1)] {
            let said = tokio::task::block_in_place(|| {
                Command::new("ogrinfo")
                    .args(["-so", &source, layer])
                    .output()
                    .unwrap()
            });
            let text = String::from_utf8_lossy(&said.stdout).into_owned();
            assert!(
                text.contains(&format!("Feature Count: {expected}\n")),
                "{text}{}",
                String::from_utf8_lossy(&said.stderr)
            );
            assert!(text.contains("Geometry: Polygon"), "{text}");
        }
    });
}
