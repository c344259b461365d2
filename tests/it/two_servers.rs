//! Two servers over one register: a change made anywhere is in both, soon, and both end with the same bytes.

use crate::support::{Register, Served, run};
use diaba::domain::Position;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::{Duration, Instant};

/// Edits of the long run; ten thousand where this variable says so.
fn edits() -> u64 {
    std::env::var("DIABA_TEST_EDITS").map_or(300, |count| count.parse().unwrap())
}

/// Waits until a server has a position; says how long it took.
async fn reached(server: &Served, position: Position) -> Duration {
    let started = Instant::now();
    while server.app.state().position() < position {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    started.elapsed()
}

async fn send(connection: &mut PgConnection, sql: String) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

#[test]
fn an_edit_by_plain_sql_is_told_by_both_servers_and_marked_as_made_outside() {
    run(async {
        let register = Register::demo().await;
        let servers = [register.serve().await, register.serve_elsewhere().await];
        let streams = servers
            .each_ref()
            .map(|server| server.listen("/events", &[]));
        for stream in &streams {
            assert_eq!(stream.next().unwrap().event, "position");
        }
        register
            .execute("update parcel_edit set land_use = 'NTS' where sheet_no = 1 and parcel_no = 1 and land_use <> 'NTS'")
            .await
            .unwrap();
        for (stream, server) in streams.iter().zip(&servers) {
            let told = stream.next().unwrap();
            assert_eq!(told.event, "change");
            assert_eq!(
                (
                    told.data["position"].as_i64(),
                    told.data["outside"].as_bool()
                ),
                (Some(8), Some(true))
            );
            let parcel = server.json("/api/v1/communes/99001/sheets/1/parcels/1");
            assert_eq!(parcel["land_use"][0]["code"], "NTS");
        }
    });
}

#[test]
fn who_commits_and_catches_up_reads_the_own_write_though_many_do_at_once() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let mut writers = Vec::new();
        for number in 1..=8 {
            let (app, mut connection) = (server.app.clone(), register.connection().await);
            let store = register.reopened().await;
            writers.push(tokio::spawn(async move {
                for turn in 0..10 {
                    let sql = format!("update parcel_edit set address = '{turn}' where sheet_no = 2 and parcel_no = {number}");
                    send(&mut connection, sql).await.unwrap();
                    let position = store.position().await.unwrap();
                    app.catch_up().await.unwrap();
                    assert!(app.state().position() >= position);
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(
            server.app.state().position(),
            register.store.position().await.unwrap()
        );
    });
}

/// From commit to visible on another server; printed, not judged.
#[test]
fn the_time_from_commit_to_the_other_server_is_measured() {
    run(async {
        let register = Register::demo().await;
        let other = register.serve_elsewhere().await;
        let mut connection = register.connection().await;
        let mut times = Vec::new();
        for turn in 0..100 {
            let number = turn % 50 + 1;
            let sql = format!(
                "update parcel_edit set legal_geometry = st_translate(legal_geometry, 0.1, 0) where sheet_no = 1 and parcel_no = {number}"
            );
            send(&mut connection, sql).await.unwrap();
            let committed = Instant::now();
            let position = other.app.position().await.unwrap();
            reached(&other, position).await;
            times.push(committed.elapsed());
        }
        times.sort_unstable();
        println!(
            "commit → index of another server: p50 {:?}, p99 {:?}, longest {:?}",
            times[49], times[98], times[99]
        );
    });
}

/// A random change of a random parcel, or none where there is no such parcel.
fn change(random: &mut StdRng) -> String {
    let (sheet, number) = (random.random_range(1..=7), random.random_range(1..=400));
    let of_it = format!("where sheet_no = {sheet} and parcel_no = {number}");
    let (east, north) = (
        random.random_range(-900..900),
        random.random_range(-900..900),
    );
    let code = ["ONT", "CLN", "NTS", "LUC", "HNK"][random.random_range(0..5)];
    match random.random_range(0..10) {
        0..=3 => format!("update parcel_edit set legal_geometry = st_translate(legal_geometry, {east} / 1000.0, {north} / 1000.0) {of_it}"),
        4 => format!("update parcel_edit set legal_area_m2 = {}.5 {of_it}", random.random_range(1..5000)),
        5 => format!("update parcel_edit set address = 'Đường số {east}' {of_it}"),
        6 | 7 => format!("update parcel_edit set land_use = '{code}' {of_it}"),
        8 => format!("delete from parcel_edit {of_it}"),
        _ => format!(
            "insert into parcel_edit (commune_code, sheet_no, land_use, legal_geometry)
             select commune_code, sheet_no, '{code}', st_translate(legal_geometry, {east}, {north}) from parcel_edit {of_it}"
        ),
    }
}

/// The tiles around the demonstration from zoom 13 to 18, and what a server sends for each.
fn tiles(server: &Served) -> Vec<(String, Vec<u8>, String)> {
    let [west, south, east, north] = server.app.extent().unwrap().bounds;
    let mut tiles = Vec::new();
    for zoom in 13..=18 {
        let side = 2_f64.powi(zoom);
        let column = |lon: f64| ((lon + 180.0) / 360.0 * side).floor();
        let row = |lat: f64| {
            ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side).floor()
        };
        let (mut x, mut y) = (column(west), row(north));
        // every tile of the low zooms, a diagonal band of the high ones
        while y <= row(south) {
            while x <= column(east) {
                if zoom < 17 || (x + y) % 5.0 == 0.0 {
                    let path = format!("/tiles/parcels/{zoom}/{x}/{y}");
                    let reply = server.get(&path);
                    let etag = reply.header("etag").to_owned();
                    tiles.push((path, reply.body, etag));
                }
                x += 1.0;
            }
            (x, y) = (column(west), y + 1.0);
        }
    }
    tiles
}

#[test]
fn random_edits_over_two_servers_end_with_both_equal_to_the_database_byte_for_byte_per_tile() {
    run(async {
        let register = Register::demo().await;
        let servers = [register.serve().await, register.serve_elsewhere().await];
        let seed = 20_261_122;
        let mut writers = Vec::new();
        for writer in 0..2 {
            let mut connection = register.connection().await;
            writers.push(tokio::spawn(async move {
                let mut random = StdRng::seed_from_u64(seed + writer);
                let (mut made, mut refused) = (0, 0);
                for _ in 0..edits() / 2 {
                    match send(&mut connection, change(&mut random)).await {
                        Ok(rows) => made += rows,
                        Err(error) => {
                            // a parcel that the other writer changed meanwhile, or a use that it has already
                            let code = error
                                .as_database_error()
                                .unwrap()
                                .code()
                                .unwrap()
                                .into_owned();
                            assert!(["40001", "23001"].contains(&&*code), "{error}");
                            refused += 1;
                        }
                    }
                }
                (made, refused)
            }));
        }
        let mut counts = (0, 0);
        for writer in writers {
            let (made, refused) = writer.await.unwrap();
            counts = (counts.0 + made, counts.1 + refused);
        }
        println!("{} edits made, {} refused", counts.0, counts.1);
        assert!(counts.0 > edits() / 2);
        let position = register.store.position().await.unwrap();
        for server in &servers {
            let behind = reached(server, position).await;
            println!("caught up {behind:?} after the last commit");
        }
        let fresh = register.serve_elsewhere().await;
        let expected = tiles(&fresh);
        assert!(expected.iter().any(|(_, body, _)| body.len() > 10_000));
        for server in &servers {
            assert_eq!(server.app.state().len(), fresh.app.state().len());
            for ((path, body, etag), (_, found, found_etag)) in expected.iter().zip(tiles(server)) {
                assert!((body, etag) == (&found, &found_etag), "{path} differs");
            }
        }
    });
}
