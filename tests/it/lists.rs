//! Parcels in a box, within a polygon, nearest to a place: what PostGIS finds, page by page.

use crate::support::{Register, Served, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// All ids of a list, following `next` to its end.
fn all_pages(server: &Served, first: &str) -> Vec<i64> {
    let (mut ids, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let page = server.json(&path);
        assert_eq!(page["type"], "FeatureCollection");
        ids.extend(ids_of(&page));
        next = page["next"].as_str().map(str::to_owned);
    }
    ids
}

fn ids_of(page: &Value) -> Vec<i64> {
    let features = page["features"].as_array().unwrap();
    features
        .iter()
        .map(|feature| feature["id"].as_i64().unwrap())
        .collect()
}

/// Ids of the current parcels that share a point with a shape, by PostGIS.
async fn by_postgis(register: &Register, wkt: &str) -> Vec<i64> {
    sqlx::query_scalar(
        "select parcel_id from current_parcel where st_intersects(geographic, st_geomfromtext($1, 4326)) order by parcel_id",
    )
    .bind(wkt)
    .fetch_all(&mut register.connection().await)
    .await
    .unwrap()
}

/// West, south, east, north of the middle ninth of the demonstration.
async fn middle(register: &Register) -> [f64; 4] {
    let bounds: Vec<f64> = register
        .value(
            "select array[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)] from (select st_extent(geographic) as e from parcel_version) as all_of_it",
        )
        .await;
    let third = |low: f64, high: f64| (low + (high - low) / 3.0, high - (high - low) / 3.0);
    let ((west, east), (south, north)) = (third(bounds[0], bounds[2]), third(bounds[1], bounds[3]));
    [west, south, east, north]
}

#[test]
fn the_pages_of_a_box_are_together_what_postgis_finds_in_it() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let [west, south, east, north] = middle(&register).await;
        let wkt = format!(
            "POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
        );
        let expected = by_postgis(&register, &wkt).await;
        assert!(expected.len() > 100, "{}", expected.len());
        for limit in [7, 100, 1000] {
            let path = format!("/api/v1/parcels?bbox={west},{south},{east},{north}&limit={limit}");
            assert_eq!(all_pages(&server, &path), expected, "{limit} a page");
        }
        let world = "/api/v1/parcels?bbox=-180,-90,180,90&limit=1000";
        assert_eq!(all_pages(&server, world).len(), 2500);
        let sea = server.json("/api/v1/parcels?bbox=112,10,113,11");
        assert_eq!(sea["features"], json!([]));
    });
}

#[test]
fn pages_stay_whole_while_the_register_changes_between_them() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let world = "/api/v1/parcels?bbox=-180,-90,180,90&limit=900";
        let first = server.json(world);
        let last = *ids_of(&first).last().unwrap();
        // a parcel of the first page ends; the next page begins where it would have begun
        register
            .execute(
                "update parcel_version set recorded = tstzrange(lower(recorded), now())
                 where parcel_id = (select min(parcel_id) from parcel)",
            )
            .await
            .unwrap();
        let position = first["register_position"].as_i64().unwrap();
        while server.app.state().position().0 == position {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let rest = all_pages(&server, first["next"].as_str().unwrap());
        assert!(rest.iter().all(|id| *id > last));
        let seen: BTreeSet<i64> = ids_of(&first).into_iter().chain(rest).collect();
        assert_eq!(seen.len(), 2500);
        assert_eq!(all_pages(&server, world).len(), 2499);
    });
}

#[test]
fn a_polygon_gives_what_postgis_finds_in_it_and_keeps_the_coordinates_asked_for() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let [west, south, east, north] = middle(&register).await;
        let lon = f64::midpoint(west, east);
        // a triangle, so that a box around it would not do
        let corners = [(west, south), (east, south), (lon, north), (west, south)];
        let wkt = corners.map(|(lon, lat)| format!("{lon} {lat}")).join(",");
        let expected = by_postgis(&register, &format!("POLYGON(({wkt}))")).await;
        let body = json!({ "type": "Polygon", "coordinates": [corners] }).to_string();
        let post = |path: &str| {
            let headers = [("content-type", "application/geo+json")];
            let reply = server.send("POST", path, &headers, Some(body.as_bytes()));
            assert_eq!(reply.status, 200, "{}", reply.text());
            reply.json()
        };
        let whole = post("/api/v1/parcels/within?limit=1000");
        assert_eq!(ids_of(&whole), expected);

        let (mut ids, mut next) = (
            Vec::new(),
            Some("/api/v1/parcels/within?limit=20&crs=zone".to_owned()),
        );
        while let Some(path) = next {
            let page = post(&path);
            let easting = page["features"][0]["geometry"]["coordinates"][0][0][0]
                .as_f64()
                .unwrap();
            assert!(easting > 180_000.0, "{path} is in metres");
            ids.extend(ids_of(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(ids, expected);
    });
}

#[test]
fn the_nearest_parcels_are_those_that_postgis_measures_as_nearest() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let [west, south, ..] = middle(&register).await;
        // some 200 m outside, south-west of all parcels, and in the middle
        let bounds: Vec<f64> = register
            .value("select array[st_xmin(e) - 0.002, st_ymin(e) - 0.002] from (select st_extent(geographic) as e from parcel_version) as x")
            .await;
        for (lon, lat) in [(bounds[0], bounds[1]), (west, south)] {
            let expected: Vec<(i64, f64)> = sqlx::query_as(
                "select parcel_id, st_distance(geographic::geography, st_setsrid(st_makepoint($1, $2), 4326)::geography) as metres
                 from current_parcel order by metres, parcel_id limit 5",
            )
            .bind(lon)
            .bind(lat)
            .fetch_all(&mut register.connection().await)
            .await
            .unwrap();
            let found = server.json(&format!("/api/v1/nearest?lon={lon}&lat={lat}&k=5"));
            for (neighbour, (id, metres)) in
                found["neighbours"].as_array().unwrap().iter().zip(expected)
            {
                assert_eq!(neighbour["parcel"]["parcel_id"], id);
                // plane against ellipsoid: 0.7 % in every direction
                let difference = neighbour["distance_m"].as_f64().unwrap() - metres;
                assert!(
                    difference.abs() <= 0.01 + metres * 0.007,
                    "{difference} of {metres}"
                );
            }
        }
        let nowhere = server.json("/api/v1/nearest?lon=112&lat=10");
        assert_eq!(nowhere["neighbours"], json!([]));
    });
}
