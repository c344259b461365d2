//! What memory answers is what the database says; and how the index comes back after a restart.

use crate::support::{Register, run};
use diaba::app::{App, FilledFrom, issue_token};
use diaba::policy::Officer;
use diaba::store::Identity;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row, raw_sql};
use std::path::Path;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// How far a longitude and a latitude that memory gives may be from the database's, in degrees.
///
/// A page keeps them in fine units, 2³⁶ around the equator, so they are off by half of one, and the ninth decimal, which is the last
/// that is printed, by half of that. Southwards a fine unit is cos φ as many degrees; the demonstration lies north of 10.6° N.
pub const NEAR_DEG: [f64; 2] = [
    HALF_FINE_DEG + HALF_DECIMAL_DEG,
    HALF_FINE_DEG * COS_10_6_DEG + HALF_DECIMAL_DEG,
];
const HALF_FINE_DEG: f64 = 180.0 / (1_u64 << 36) as f64;
const COS_10_6_DEG: f64 = 0.982_936;
/// And what arithmetic in doubles is off at a hundred degrees.
const HALF_DECIMAL_DEG: f64 = 0.5e-9 + 1e-13;

/// Asserts that places, alone or in lists, are as near as pages keep them. In a list longitudes and latitudes take turns.
fn assert_near(public: &Value, known: &Value, path: &str) {
    let (public, known) = (public.as_array().unwrap(), known.as_array().unwrap());
    assert_eq!(public.len(), known.len(), "{path}");
    for (place, (a, b)) in public.iter().zip(known).enumerate() {
        if a.is_array() {
            assert_near(a, b, path);
        } else {
            let off_deg = (a.as_f64().unwrap() - b.as_f64().unwrap()).abs();
            assert!(off_deg <= NEAR_DEG[place % 2], "{path}: {a} {b}");
        }
    }
}

/// What only officers get: rights and what lies on the parcel.
const OF_RIGHTS: [&str; 6] = [
    "rights",
    "rights_revision",
    "mortgages",
    "leases",
    "restrictions",
    "blocks",
];

/// What the public does not get of land for defence and security.
const OF_OPEN_LAND: [&str; 5] = [
    "address",
    "land_use",
    "legal_area_m2",
    "computed_area_m2",
    "in_force_from",
];

async fn all_ids(register: &Register) -> Vec<i64> {
    register
        .value("select array_agg(parcel_id order by parcel_id) from current_parcel")
        .await
}

#[test]
fn the_public_gets_from_memory_what_an_officer_gets_from_the_database_without_rights() {
    run(async {
        let register = Register::demo().await;
        register
            .execute("update parcel_edit set land_use = 'CQP' where parcel_no <= 20")
            .await
            .unwrap();
        let server = register.serve().await;
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let officer = Identity::Officer(Officer::everywhere("an"));
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        let open: Vec<i64> = register
            .value(
                "select array_agg(distinct parcel_id) from current_parcel p join current_land_use u using (parcel_id)
                 where not exists (select from current_land_use c where c.parcel_id = p.parcel_id and c.code in ('CQP', 'CAN'))",
            )
            .await;
        let (mut open_count, mut hidden_count) = (0, 0);
        for id in all_ids(&register).await.into_iter().step_by(7) {
            for crs in ["4326", "zone"] {
                let path = format!("/api/v1/parcels/{id}?crs={crs}");
                let mut known = server.get_as(&token, &path).json();
                let members = known.as_object_mut().unwrap();
                members.retain(|name, _| !OF_RIGHTS.contains(&&**name));
                // The public does not get where a right to a use came from, and for how long.
                for used in known["land_use"].as_array_mut().into_iter().flatten() {
                    used.as_object_mut()
                        .unwrap()
                        .retain(|name, _| name != "origin" && name != "term");
                }
                let mut public = server.json(&path);
                if open.contains(&id) {
                    open_count += 1;
                } else {
                    hidden_count += 1;
                    let members = known.as_object_mut().unwrap();
                    members.retain(|name, _| !OF_OPEN_LAND.contains(&&**name));
                }
                // What is given in degrees is as near as the page is; all else is the same, the legal coordinates too.
                let near = ["/label_point", "/bbox", "/geometry/coordinates"];
                let in_degrees = if crs == "zone" { &near[..1] } else { &near[..] };
                for name in in_degrees {
                    let [public, known] = [&mut public, &mut known]
                        .map(|parcel| parcel.pointer_mut(name).unwrap().take());
                    assert_near(&public, &known, &path);
                }
                assert_eq!(public, known, "{path}");
            }
        }
        assert!(
            open_count > 100 && hidden_count > 10,
            "{open_count} {hidden_count}"
        );
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

#[test]
fn pages_are_read_by_parcel_and_not_through_an_index_of_all_times() {
    run(async {
        let register = Register::demo().await;
        let plan = plan_of_page(&register).await;
        assert!(looks_by_identity(&plan), "{plan}");

        // Said with the ranges' own operators, the same statement does read such an index.
        register
            .execute(
                "create or replace function is_in_force(legal daterange, recorded tstzrange, at date, known timestamptz)
                 returns boolean language sql immutable parallel safe return legal @> at and recorded @> known",
            )
            .await
            .unwrap();
        let plan = plan_of_page(&register).await;
        assert!(!looks_by_identity(&plan), "{plan}");
    });
}

/// Whether every look into an index is for some parcels or sheets, not for a time only.
fn looks_by_identity(plan: &str) -> bool {
    let mut looks = plan.lines().filter(|line| line.contains("Index Cond"));
    looks.all(|look| look.contains("(parcel_id = ") || look.contains("(sheet_id = "))
}

/// How the database reads a page. No table of a country is read from end to end, and its server plans a statement once for all pages.
async fn plan_of_page(register: &Register) -> String {
    let mut connection = register.connection().await;
    let page = include_str!("../../src/store/page_parcels.sql");
    let prepare = format!(
        "set enable_seqscan = off; set plan_cache_mode = force_generic_plan;
         prepare page (bigint[], date, timestamptz) as {page}"
    );
    raw_sql(AssertSqlSafe(prepare))
        .execute(&mut connection)
        .await
        .unwrap();
    let explain = raw_sql("explain execute page ('{1}', null, null)");
    let lines = explain.fetch_all(&mut connection).await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
    lines.join("\n")
}
