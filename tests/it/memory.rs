//! What memory answers is what the database says; and how the index comes back after a restart.

use crate::support::{Register, run};
use diaba::app::{App, FilledFrom, issue_token};
use diaba::store::Identity;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// Longitudes and latitudes are given to nine decimals of a degree; the page keeps them to half a fine unit, 0.3 mm.
const NEAR_DEG: f64 = 5e-9;

/// Whether two JSON values are the same, their fractions nearly.
fn are_near(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| are_near(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| are_near(a, b)))
        }
        (Value::Number(a), Value::Number(b)) => {
            (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= NEAR_DEG
        }
        (a, b) => a == b,
    }
}

async fn all_ids(register: &Register) -> Vec<i64> {
    register
        .value("select array_agg(parcel_id order by parcel_id) from current_parcel")
        .await
}

#[test]
fn the_public_gets_from_memory_what_an_officer_gets_from_the_database_without_rights() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let officer = Identity::Officer("an".to_owned());
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        let open: Vec<i64> = register
            .value(
                "select array_agg(distinct parcel_id) from current_parcel p join current_land_use u using (parcel_id)
                 where not exists (select from current_land_use c where c.parcel_id = p.parcel_id and c.code in ('CQP', 'CAN'))",
            )
            .await;
        let mut compared = 0;
        for id in all_ids(&register).await.into_iter().step_by(7) {
            for crs in ["4326", "zone"] {
                let path = format!("/api/v1/parcels/{id}?crs={crs}");
                let mut known = server.get_as(&token, &path).json();
                known.as_object_mut().unwrap().remove("rights");
                // The public does not get where a right to a use came from, and for how long.
                for used in known["land_use"].as_array_mut().into_iter().flatten() {
                    used.as_object_mut()
                        .unwrap()
                        .retain(|name, _| name != "origin" && name != "term");
                }
                let public = server.json(&path);
                if open.contains(&id) {
                    assert!(are_near(&public, &known), "{public:#}\n{known:#}");
                    compared += 1;
                } else {
                    let public = public.as_object().unwrap();
                    assert!(!public.contains_key("address") && !public.contains_key("land_use"));
                    assert!(
                        public
                            .iter()
                            .all(|(name, value)| are_near(value, &known[name]))
                    );
                }
                if crs == "zone" {
                    assert_eq!(
                        public["geometry"], known["geometry"],
                        "legal coordinates are exact"
                    );
                }
            }
        }
        assert!(compared > 100, "{compared}");
    });
}

#[test]
fn a_parcel_is_found_in_memory_by_its_id_its_code_and_its_key() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        for id in all_ids(&register).await.into_iter().step_by(50) {
            let parcel = server.json(&format!("/api/v1/parcels/{id}"));
            let code = parcel["national_code"].as_str().unwrap();
            assert_eq!(
                server.json(&format!("/api/v1/parcels/by-code/{code}")),
                parcel
            );
            let (sheet, number) = (&parcel["sheet_no"], &parcel["parcel_no"]);
            let key = format!("/api/v1/communes/99001/sheets/{sheet}/parcels/{number}");
            assert_eq!(server.json(&key), parcel);
        }
    });
}

#[test]
fn the_public_is_answered_and_tiles_are_drawn_while_the_database_is_gone() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let id = all_ids(&register).await[0];
        let before = server.json(&format!("/api/v1/parcels/{id}"));
        register.store.close().await;
        assert_eq!(server.json(&format!("/api/v1/parcels/{id}")), before);
        let point = &before["label_point"];
        let at = format!("/api/v1/identify?lon={}&lat={}", point[0], point[1]);
        assert_eq!(server.json(&at)["parcels"][0]["parcel_id"], json!(id));
        assert_eq!(server.get(&tile_of(&before, 17)).status, 200);
    });
}

/// The tile of a zoom that a parcel's label lies in.
fn tile_of(parcel: &Value, zoom: u32) -> String {
    let degrees = |axis: usize| parcel["label_point"][axis].as_f64().unwrap();
    let side = f64::from(1_u32 << zoom);
    let x = (degrees(0) + 180.0) / 360.0 * side;
    let y = (1.0 - degrees(1).to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    format!("/tiles/parcels/{zoom}/{}/{}", x.floor(), y.floor())
}

#[test]
fn a_tile_of_a_day_shows_the_register_as_it_was_on_that_day() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let parcel = server.json("/api/v1/communes/99001/sheets/1/parcels/1");
        let tile = tile_of(&parcel, 18);
        let before = server.get(&tile);
        assert!(!before.body.is_empty());
        register
            .execute("update parcel_edit set parcel_no = 4001 where commune_code = '99001' and sheet_no = 1 and parcel_no = 1")
            .await
            .unwrap();
        server.app.catch_up().await.unwrap();
        let after = server.get(&tile);
        assert_ne!(after.body, before.body);
        let yesterday: String = register.value("select (today() - 1)::text").await;
        let long_ago = server.get(&format!("{tile}?at=1990-01-01"));
        assert_eq!((long_ago.status, long_ago.body.len()), (200, 0));
        let as_of = server.get(&format!("{tile}?at={yesterday}"));
        assert_eq!(as_of.header("x-tile-cache"), "miss");
        let today: String = register.value("select today()::text").await;
        let as_of_today = server.get(&format!("{tile}?at={today}"));
        // Outlines of communes and sheets, which zoom 18 does not have, are the only difference to a tile of today.
        assert_eq!(as_of.body, before.body);
        assert_eq!(as_of_today.body, after.body);
    });
}

#[test]
fn it_is_explained_why_a_parcel_is_drawn_counted_or_absent_in_a_tile() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let parcel = server.json("/api/v1/communes/99001/sheets/1/parcels/1");
        let id = &parcel["parcel_id"];
        let explained =
            |zoom: u32| server.json(&format!("{}/explain?parcel={id}", tile_of(&parcel, zoom)));
        let near = explained(18);
        assert!(
            ["drawn", "clipped"].contains(&near["fate"]["kind"].as_str().unwrap()),
            "{near:#}"
        );
        assert_eq!(
            near["size_bytes"],
            json!(server.get(&tile_of(&parcel, 18)).body.len())
        );
        assert!(
            near["encode_ms"].as_f64().unwrap() > 0.0 && near["gzip_bytes"].as_u64().unwrap() > 0
        );
        let far = explained(9);
        assert_eq!(far["fate"]["kind"], "aggregated", "{far:#}");
        let elsewhere = server.json(&format!("/tiles/parcels/18/0/0/explain?parcel={id}"));
        assert_eq!(elsewhere["fate"]["kind"], "outside");
    });
}

async fn opened(register: &Register, folder: &Path) -> (Arc<App>, FilledFrom) {
    let app = App::open(register.reopened().await, folder, 0)
        .await
        .unwrap();
    let filled_from = app.fill_index().await.unwrap();
    (app, filled_from)
}

fn parcels(app: &App) -> Vec<diaba::page::PageParcel> {
    let state = app.state();
    let mut parcels: Vec<_> = state
        .communes()
        .flat_map(|commune| {
            commune
                .parcels()
                .map(|parcel| parcel.to_parcel())
                .collect::<Vec<_>>()
        })
        .collect();
    parcels.sort_by_key(|parcel| parcel.parcel_id);
    parcels
}

#[test]
fn a_start_reads_the_snapshot_and_takes_in_what_was_committed_since() {
    run(async {
        let register = Register::demo().await;
        let folder = tempfile::tempdir().unwrap();
        let (app, filled_from) = opened(&register, folder.path()).await;
        assert_eq!(filled_from, FilledFrom::Database);
        assert!(app.write_snapshot().await.unwrap() > 100_000);
        register
            .execute("update parcel_edit set address = 'Đường Mới' where parcel_no < 4")
            .await
            .unwrap();
        let (restarted, filled_from) = opened(&register, folder.path()).await;
        assert_eq!(filled_from, FilledFrom::Snapshot);
        app.catch_up().await.unwrap();
        let empty = tempfile::tempdir().unwrap();
        let (fresh, _) = opened(&register, empty.path()).await;
        for other in [&app, &restarted] {
            assert_eq!(parcels(other), parcels(&fresh));
            assert_eq!(other.state().position(), fresh.state().position());
            assert_eq!(other.state().names(), fresh.state().names());
        }
    });
}

#[test]
fn a_damaged_or_foreign_snapshot_is_not_used_and_the_database_is_read() {
    run(async {
        let register = Register::demo().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.snapshot");
        let (app, _) = opened(&register, folder.path()).await;
        app.write_snapshot().await.unwrap();
        let whole = std::fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        let (read, filled_from) = opened(&register, folder.path()).await;
        assert_eq!(
            (filled_from, parcels(&read)),
            (FilledFrom::Database, parcels(&app))
        );

        // The same file beside another register.
        std::fs::write(&path, &whole).unwrap();
        let other = Register::demo().await;
        other
            .execute("update register_state set register_uuid = gen_random_uuid()")
            .await
            .unwrap();
        assert_eq!(opened(&other, folder.path()).await.1, FilledFrom::Database);

        // A history that a restored backup does not have: the position is reached by another transaction.
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(
            opened(&register, folder.path()).await.1,
            FilledFrom::Snapshot
        );
        register
            .execute("update change_transaction set committed_at = committed_at + interval '1 second' where position = (select position from register_state)")
            .await
            .unwrap();
        assert_eq!(
            opened(&register, folder.path()).await.1,
            FilledFrom::Database
        );
    });
}
