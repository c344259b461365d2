//! The change feed: positions without gaps in commit order, seen by whoever follows.

use crate::support::{Folder, Parcel, Register, Served, load, plan, point, ring, run, square};
use diaba::app::load::LoadPlan;
use diaba::domain::{ParcelId, Position};
use diaba::store::Changes;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::{Duration, Instant};
use time::macros::date;

/// Ids of the first parcels of the demonstration.
async fn parcel_ids(register: &Register) -> Vec<i64> {
    register
        .value("select array_agg(parcel_id order by parcel_id) from (select parcel_id from parcel order by 1 limit 40) as first")
        .await
}

/// A change of land by plain SQL.
async fn add_use(connection: &mut PgConnection, parcel_id: i64) {
    let sql = format!(
        "insert into land_use_row (parcel_id, code, revision, ordinal, legal)
         values ({parcel_id}, 'NTS', 9, 9, daterange(today(), null))"
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .unwrap();
}

/// The touched parcels, and the last position told.
fn told(changes: &Changes) -> (Vec<ParcelId>, i64) {
    let ids = changes.committed.iter().flat_map(|each| &each.parcel_ids);
    let last = changes.committed.last();
    (
        ids.copied().collect(),
        last.map_or(0, |each| each.position.0),
    )
}

fn ids(numbers: &[i64]) -> Vec<ParcelId> {
    numbers
        .iter()
        .map(|id| ParcelId::try_from(*id).unwrap())
        .collect()
}

#[test]
fn a_slow_transaction_takes_its_position_when_it_commits_and_stops_nobody() {
    run(async {
        let register = Register::demo().await;
        let parcels = parcel_ids(&register).await;
        let start = register.store.position().await.unwrap();
        let after = |position: i64| register.store.changes_after(Position(start.0 + position));

        let mut slow_connection = register.connection().await;
        let mut slow = slow_connection.begin().await.unwrap();
        add_use(&mut slow, parcels[0]).await;
        let mut quick = register.connection().await;
        for id in &parcels[1..3] {
            add_use(&mut quick, *id).await;
        }
        let seen = after(0).await.unwrap();
        assert_eq!(told(&seen), (ids(&parcels[1..3]), start.0 + 2));

        slow.commit().await.unwrap();
        let seen = after(2).await.unwrap();
        assert_eq!(told(&seen), (ids(&parcels[..1]), start.0 + 3));
        let seen = after(3).await.unwrap();
        assert_eq!(
            (seen.committed, seen.last_position.0),
            (vec![], start.0 + 3)
        );
    });
}

#[test]
fn a_transaction_that_is_rolled_back_takes_no_position() {
    run(async {
        let register = Register::demo().await;
        let parcels = parcel_ids(&register).await;
        let start = register.store.position().await.unwrap();
        let mut connection = register.connection().await;
        let mut lost = connection.begin().await.unwrap();
        add_use(&mut lost, parcels[0]).await;
        lost.rollback().await.unwrap();
        assert_eq!(register.store.position().await.unwrap(), start);
        add_use(&mut connection, parcels[1]).await;
        assert_eq!(register.store.position().await.unwrap().0, start.0 + 1);
    });
}

#[test]
fn positions_have_no_gaps_and_are_in_commit_order_when_many_write_at_once() {
    run(async {
        let register = Register::demo().await;
        let parcels = parcel_ids(&register).await;
        let mut writers = Vec::new();
        for part in parcels.chunks(10) {
            let (part, mut connection) = (part.to_vec(), register.connection().await);
            writers.push(tokio::spawn(async move {
                for id in part {
                    add_use(&mut connection, id).await;
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        // the demonstration's seven sheets and forty uses
        let is_gapless: bool = register
            .value(
                "select array_agg(position order by position) = array(select generate_series(1::bigint, 47))
                    and array_agg(position order by committed_at) = array_agg(position order by position)
                 from change_transaction",
            )
            .await;
        assert!(is_gapless);
    });
}

#[test]
fn a_write_straight_into_a_partition_is_in_the_feed_too() {
    run(async {
        let register = Register::demo().await;
        let parcels = parcel_ids(&register).await;
        let start = register.store.position().await.unwrap();
        register
            .execute(
                "insert into land_use_row_1 (parcel_id, code, revision, ordinal, legal)
                 select min(parcel_id), 'NTS', 9, 9, daterange(today(), null) from parcel",
            )
            .await
            .unwrap();
        let seen = register.store.changes_after(start).await.unwrap();
        let one_position = (ids(&parcels[..1]), start.0 + 1);
        assert_eq!(told(&seen), one_position, "one write, one position");
    });
}

/// Parcel 1, moved 1 km to the north.
fn moved() -> Parcel {
    let (west, south) = point(1);
    let south = south + 1000.0;
    square(1).shaped(ring(&[
        (west, south),
        (west + 20.0, south),
        (west + 20.0, south + 20.0),
        (west, south),
    ]))
}

#[test]
fn a_load_by_another_process_is_on_the_map_within_two_seconds() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("old.geojson", &[square(1)])])
            .await;
        let server = register.serve().await;
        // the centre of parcel 1 and its tile at zoom 17, by PostGIS and by the tile formula of the Web Mercator grid
        let places: Vec<f64> = register
            .value(
                "select array[st_x(g), st_y(g)] from st_transform(st_setsrid(st_makepoint(603030, 1192010), 909210), 4326) as g",
            )
            .await;
        let identify = format!("/api/v1/identify?lon={}&lat={}", places[0], places[1]);
        let tile = tile_path(17, places[0], places[1]);
        let covered = |path: &str| server.json(path)["parcels"].as_array().unwrap().len();
        assert_eq!(covered(&identify), 1);
        assert!(!server.get(&tile).body.is_empty());

        let elsewhere = register.reopened().await;
        let plan = crate::support::plan(&[folder.parcels("new.geojson", &[moved()])]);
        let stop = tokio_util::sync::CancellationToken::new();
        diaba::app::load::load(&elsewhere, &plan, &stop, &mut |_, _| {})
            .await
            .unwrap();
        let committed = Instant::now();
        while covered(&identify) > 0 || !server.get(&tile).body.is_empty() {
            assert!(committed.elapsed() < Duration::from_secs(2));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(server.json(&identify)["register_position"], 2);
    });
}

fn tile_path(zoom: i32, lon: f64, lat: f64) -> String {
    let side = 2_f64.powi(zoom);
    let x = (lon + 180.0) / 360.0 * side;
    let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    format!("/tiles/parcels/{zoom}/{}/{}", x.floor(), y.floor())
}

/// How many parcels a server has in memory.
fn count(server: &Served) -> i64 {
    server.json("/readyz")["parcels"].as_i64().unwrap()
}

/// Waits until something holds, two seconds at most; says how long it took.
async fn until(what: &str, holds: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(2), "{what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    started.elapsed()
}

async fn one_square() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    register
        .load(&[folder.parcels("one.geojson", &[square(1)])])
        .await;
    register
}

/// Adds a square 20 m further north than any.
const ADD: &str = "insert into parcel_edit (commune_code, sheet_no, legal_geometry)
    select '99001', 1, st_translate(legal_geometry, 0, 20) from parcel_edit order by st_ymax(legal_geometry) desc limit 1";

#[test]
fn a_change_whose_bell_is_lost_is_taken_in_at_the_next_look() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        register
            .execute(
                "create or replace function take_position() returns trigger language plpgsql as $$
                 declare next_position bigint;
                 begin
                     update register_state set position = position + 1 returning position into next_position;
                     update change_transaction set position = next_position, committed_at = clock_timestamp() where txid = new.txid;
                     return null;
                 end $$",
            )
            .await
            .unwrap();
        register.execute(ADD).await.unwrap();
        until("no bell, yet seen", || count(&server) == 2).await;
    });
}

#[test]
fn a_server_whose_listening_connection_was_killed_misses_nothing_and_hears_again() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        until("the follower listens", || {
            server.json("/readyz")["ready"] == true
        })
        .await;
        for expected in 2..=3 {
            let killed: i64 = register
                .value(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity
                     where datname = current_database() and query like 'LISTEN%'",
                )
                .await;
            assert_eq!(killed, 1);
            register.execute(ADD).await.unwrap();
            until("seen after the loss", || count(&server) == expected).await;
            tokio::time::sleep(Duration::from_millis(1200)).await;
        }
        register.execute(ADD).await.unwrap();
        until("heard again", || count(&server) == 4).await;
    });
}

#[test]
fn an_open_transaction_left_alone_delays_no_server() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        let mut left_alone = register.connection().await;
        let mut open = left_alone.begin().await.unwrap();
        let id: i64 = register.value("select min(parcel_id) from parcel").await;
        add_use(&mut open, id).await;
        for expected in 2..=4 {
            register.execute(ADD).await.unwrap();
            until("seen past it", || count(&server) == expected).await;
        }
        open.commit().await.unwrap();
        let position = register.store.position().await.unwrap().0;
        until("and then it", || {
            server.json("/readyz")["register_position"] == position
        })
        .await;
    });
}

#[test]
fn versions_that_begin_and_end_at_midnight_are_on_the_map_then_without_any_change() {
    run(async {
        let folder = Folder::new();
        let register = one_square().await;
        let later = LoadPlan {
            in_force_from: Some(date!(2099 - 01 - 01)),
            ..plan(&[folder.parcels("later.geojson", &[moved(), square(2)])])
        };
        load(&register.store, &later).await;
        let server = register.serve().await;
        assert_eq!(count(&server), 1);
        let extent = || server.app.extent().unwrap().bounds;
        let (before, position) = (extent(), server.app.state().position());
        register
            .execute("create or replace function today() returns date language sql stable as $$ select date '2099-01-01' $$")
            .await
            .unwrap();
        until("the day has begun", || count(&server) == 2).await;
        assert!(extent()[3] > before[3] + 0.008, "a kilometre further north");
        assert_eq!(server.app.state().position(), position);
        let turning = async |from, to| register.store.parcels_turning(from, to).await.unwrap();
        let both = turning(date!(2098 - 12 - 31), date!(2099 - 01 - 01)).await;
        assert_eq!(both.len(), 2);
        let after = turning(date!(2099 - 01 - 01), date!(2199 - 01 - 01)).await;
        assert_eq!(after, []);
        let lawful = turning(date!(2000 - 01 - 01), date!(2098 - 12 - 31)).await;
        assert_eq!(
            lawful,
            [],
            "what began before it was recorded came with its change"
        );
    });
}

#[test]
fn without_its_database_a_server_answers_from_memory_says_since_when_and_recovers() {
    run(async {
        let register = one_square().await;
        let server = register.serve_elsewhere().await;
        register.shut(true).await;
        let asked = time::OffsetDateTime::now_utc();
        while server.app.stale_since().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let reply = server.get("/readyz");
        let ready = reply.json();
        assert_eq!(reply.status, 200);
        assert_eq!(
            (&ready["ready"], &ready["database"]),
            (&true.into(), &false.into())
        );
        let since = ready["stale_since"].as_str().unwrap();
        let since =
            time::OffsetDateTime::parse(since, &time::format_description::well_known::Rfc3339)
                .unwrap();
        assert!(
            (asked - since).abs() < time::Duration::seconds(3),
            "{since}"
        );
        assert_eq!(count(&server), 1);

        register.shut(false).await;
        register.execute(ADD).await.unwrap();
        let started = Instant::now();
        while count(&server) != 2 || server.app.stale_since().is_some() {
            assert!(started.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(
            server.json("/readyz")["stale_since"],
            serde_json::Value::Null
        );
    });
}
