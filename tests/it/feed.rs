//! The change feed: positions without gaps in commit order, seen by whoever follows.

use crate::support::{Folder, Parcel, Register, point, ring, run, square};
use diaba::domain::{ParcelId, Position};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::{Duration, Instant};

/// Ids of the first parcels of the demonstration.
async fn parcel_ids(register: &Register) -> Vec<i64> {
    register
        .value("select array_agg(parcel_id order by parcel_id) from (select parcel_id from parcel order by 1 limit 40) as first")
        .await
}

/// A change by plain SQL.
async fn block(connection: &mut PgConnection, parcel_id: i64) {
    let sql = format!(
        "insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency)
         values ({parcel_id}, {parcel_id}, 1, daterange(today(), null), true, false, false, '1/TA', 'Tòa án')"
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .unwrap();
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
        block(&mut slow, parcels[0]).await;
        let mut quick = register.connection().await;
        for id in &parcels[1..3] {
            block(&mut quick, *id).await;
        }
        let seen = after(0).await.unwrap();
        assert_eq!(seen.parcel_ids, ids(&parcels[1..3]));
        assert_eq!(seen.position.0, start.0 + 2);

        slow.commit().await.unwrap();
        let seen = after(2).await.unwrap();
        assert_eq!(seen.parcel_ids, ids(&parcels[..1]));
        assert_eq!(seen.position.0, start.0 + 3);
        assert_eq!(after(3).await.unwrap().parcel_ids, []);
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
        block(&mut lost, parcels[0]).await;
        lost.rollback().await.unwrap();
        assert_eq!(register.store.position().await.unwrap(), start);
        block(&mut connection, parcels[1]).await;
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
                    block(&mut connection, id).await;
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        // the demonstration's seven sheets and forty blocks
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
                "insert into block_1 (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency)
                 select min(parcel_id), 1, 1, daterange(today(), null), true, false, false, '1/TA', 'Tòa án' from parcel",
            )
            .await
            .unwrap();
        let seen = register.store.changes_after(start).await.unwrap();
        assert_eq!(seen.parcel_ids, ids(&parcels[..1]));
        assert_eq!(seen.position.0, start.0 + 1, "one write, one position");
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
