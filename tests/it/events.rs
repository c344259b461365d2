//! Server-sent events: who watches learns of every change, in order, and where to look.

use crate::support::{Folder, Register, Told, register_csv, run, square};
use axum::body::Body;
use axum::http::Request;
use diaba::app::App;
use diaba::http::{Server, router};
use futures_util::{FutureExt, StreamExt};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;
use tower::ServiceExt;

async fn one_square() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    register
        .load(&[folder.parcels("one.geojson", &[square(1)])])
        .await;
    register
}

fn position(position: i64) -> Told {
    Told {
        event: "position".to_owned(),
        id: position.to_string(),
        data: json!({ "position": position }),
    }
}

/// What one is told first who comes back: without an id, for it is told before what was missed.
fn standing(at: i64) -> Told {
    Told {
        id: String::new(),
        ..position(at)
    }
}

fn boxes(told: &Told) -> Vec<[f64; 4]> {
    serde_json::from_value(told.data["boxes"].clone()).unwrap()
}

const MOVE: &str = "update parcel_edit set legal_geometry = st_translate(legal_geometry, 0, 100) where parcel_no = 1";

#[test]
fn a_change_is_told_with_its_position_its_parcels_and_the_places_before_and_after() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        assert_eq!(events.next(), Some(position(1)));
        let id: i64 = register.value("select min(parcel_id) from parcel").await;
        // PostGIS says where it was and where it is, in degrees
        let corners = "select array[st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)] from (select geographic as g from current_parcel) as p";
        let before: Vec<f64> = register.value(corners).await;
        register.execute(MOVE).await.unwrap();
        let after: Vec<f64> = register.value(corners).await;

        let told = events.next().unwrap();
        assert_eq!((told.event.as_str(), told.id.as_str()), ("change", "2"));
        assert_eq!(told.data["position"], 2);
        assert_eq!(told.data["outside"], true);
        assert_eq!(told.data["parcels"], json!([id]));
        assert_eq!(told.data["parcel_count"], 1);
        let near = |place: &[f64; 4], expected: &[f64]| {
            let apart = place.iter().zip(expected).map(|(a, b)| (a - b).abs());
            apart.fold(0.0, f64::max) < 3e-7 // some world units of 8.4e-8 degrees
        };
        let places = boxes(&told);
        // the parcel first; then edges of the sheet's outline
        assert!(places.len() >= 2, "{places:?}");
        assert!(
            near(&places[0], &before) && near(&places[1], &after),
            "{places:?}"
        );
        let bounds: [f64; 4] = serde_json::from_value(told.data["bounds"].clone()).unwrap();
        assert!(
            near(&bounds, &[before[0], before[1], after[2], after[3]]),
            "{bounds:?}"
        );
        assert_eq!(
            server.app.state().position().0,
            2,
            "what is told is visible"
        );
    });
}

#[test]
fn a_change_that_the_map_does_not_show_is_told_without_a_place() {
    run(async {
        let folder = Folder::new();
        let register = one_square().await;
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        events.next();
        register
            .load(&[folder.write("rows.csv", register_csv(&["1,Một,1,ONT,400"]))])
            .await;
        let told = events.next().unwrap();
        assert_eq!(told.data["outside"], false);
        assert_eq!(
            (&told.data["bounds"], &told.data["boxes"]),
            (&Value::Null, &json!([]))
        );
        assert_eq!(told.data["parcel_count"], 1, "its use has an area now");
        assert!(!told.data.to_string().contains("Một"), "nothing personal");
    });
}

/// An injunction, and a mortgage's restriction.
const BLOCK: &str = "insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency)
    select min(parcel_id), 1, 1, daterange(today(), null), true, false, false, '1/TA', 'Tòa án' from parcel";
const RESTRICTION: &str =
    "insert into restriction (parcel_id, restriction_id, revision, legal, kind, content)
    select min(parcel_id), 1, 1, daterange(today(), null), 'mortgage', 'Thế chấp' from parcel";

#[test]
fn a_change_of_rights_restrictions_or_blocks_names_no_parcel_as_it_comes_or_told_again() {
    run(async {
        let folder = Folder::new();
        let register = one_square().await;
        let rows = |name, row| folder.write(name, register_csv(&[row]));
        let owner = rows("owner.csv", "1,Một,1,ONT,400");
        let share = rows("share.csv", "1,Một,1/2,ONT,400");
        register.load(&[owner]).await;
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        assert_eq!(events.next(), Some(position(2)));

        let mut told = Vec::new();
        register.load(&[share]).await;
        told.extend(events.next());
        for sql in [RESTRICTION, BLOCK] {
            register.execute(sql).await.unwrap();
            told.extend(events.next());
        }
        let written: String = register
            .value(
                "select string_agg(distinct position || ' ' || relation, '; ') from change join change_transaction using (txid)
                 where position > 2",
            )
            .await;
        assert_eq!(written, "3 land_right_version; 4 restriction; 5 block");
        for (told, (position, outside)) in told.iter().zip([(3, false), (4, true), (5, true)]) {
            let expected = json!({
                "position": position, "boxes": [], "parcel_count": 0, "parcels": [], "outside": outside,
                "committed_at": told.data["committed_at"],
            });
            assert_eq!((told.event.as_str(), &told.data), ("change", &expected));
        }
        let again = server.listen("/events?after=2", &[]);
        assert_eq!(again.next(), Some(standing(5)));
        let retold: Vec<Told> = (0..3).map_while(|_| again.next()).collect();
        assert_eq!(retold, told);
    });
}

#[test]
fn of_a_change_of_land_and_of_blocks_only_the_land_is_named() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("two.geojson", &[square(1), square(2)])])
            .await;
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        events.next();
        let mut connection = register.connection().await;
        let both = format!(
            "{BLOCK}; {}",
            MOVE.replace("parcel_no = 1", "parcel_no = 2")
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(both))
            .execute(&mut connection)
            .await
            .unwrap();
        let moved: i64 = register
            .value("select parcel_id from current_parcel where parcel_no = 2")
            .await;
        let told = events.next().unwrap();
        assert_eq!(told.data["position"], 2, "one transaction");
        assert_eq!(told.data["parcels"], json!([moved]));
        assert_eq!(told.data["parcel_count"], 1);
    });
}

#[test]
fn who_is_cut_off_again_and_again_while_told_what_was_missed_misses_nothing() {
    run(async {
        let register = one_square().await;
        for _ in 0..3 {
            register.execute(MOVE).await.unwrap();
        }
        let server = register.serve().await;
        let mut heard = BTreeSet::new();
        let mut last_id = "1".to_owned();
        // each time cut off one event later; as browsers do, the last id that came is given back
        for events_until_cut in 1..=4 {
            let events = server.listen("/events", &[("last-event-id", &last_id)]);
            for _ in 0..events_until_cut {
                let told = events.next().unwrap();
                if !told.id.is_empty() {
                    last_id = told.id;
                }
                if told.event == "change" {
                    heard.insert(told.data["position"].as_i64().unwrap());
                }
                if last_id == "4" {
                    break;
                }
            }
        }
        assert_eq!(heard, BTreeSet::from([2, 3, 4]));
    });
}

#[test]
fn a_reader_too_slow_for_the_backlog_is_told_to_begin_anew_and_then_only_what_is_new() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        let routes = router(Server {
            app: server.app.clone(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        });
        let request = Request::get("/events").body(Body::empty()).unwrap();
        // behind no socket, whose buffers would read on for it
        let answer = routes.oneshot(request).await.unwrap();
        let mut unread = answer.into_body().into_data_stream();
        let mut connection = register.connection().await;
        // by turns the program's and another's: neighbours of one origin may be told as one
        for number in 1..=257 {
            let origin = ["outside", "application"][number % 2];
            let sql = format!(
                "set diaba.origin = '{origin}';
                 insert into restriction (parcel_id, restriction_id, revision, legal, kind, content)
                 select min(parcel_id), {number}, 1, daterange(today(), null), 'mortgage', 'Thế chấp' from parcel"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        server.app.catch_up().await.unwrap();
        let mut next = async || {
            let told = unread.next().await.unwrap().unwrap();
            let told = String::from_utf8(told.to_vec()).unwrap();
            let line = |field| told.lines().find_map(|line| line.strip_prefix(field));
            (
                line("event: ").unwrap_or_default().to_owned(),
                line("id: ").unwrap_or_default().to_owned(),
            )
        };
        let told = |event: &str, id: &str| (event.to_owned(), id.to_owned());
        assert_eq!(next().await, told("position", "1"));
        assert_eq!(next().await, told("reset", "258"));
        register.execute(MOVE).await.unwrap();
        assert_eq!(next().await, told("change", "259"));
    });
}

#[test]
fn who_comes_back_is_told_what_was_missed_and_then_what_comes_each_once_and_in_order() {
    run(async {
        let register = one_square().await;
        for _ in 0..3 {
            register.execute(MOVE).await.unwrap();
        }
        let server = register.serve().await;
        let by_header = server.listen("/events?after=1", &[("last-event-id", "2")]);
        let by_query = server.listen("/events?after=2", &[]);
        register.execute(MOVE).await.unwrap();
        for events in [by_header, by_query] {
            assert_eq!(events.next(), Some(standing(4)));
            let told: Vec<Told> = (0..3).map_while(|_| events.next()).collect();
            let ids: Vec<&str> = told.iter().map(|each| each.id.as_str()).collect();
            assert_eq!(ids, ["3", "4", "5"]);
            assert!(
                told.iter()
                    .all(|each| each.event == "change" && each.data["outside"] == true)
            );
            let places = boxes(&told[0]);
            assert!(places.len() >= 2, "before and after: {places:?}");
        }
    });
}

#[test]
fn who_was_away_too_long_or_comes_from_another_register_is_told_to_begin_anew() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        let stranger = server.listen("/events", &[("last-event-id", "77")]);
        let mut connection = register.connection().await;
        for _ in 0..1001 {
            sqlx::raw_sql(
                "update parcel_edit set legal_area_m2 = coalesce(legal_area_m2, 0) + 1 where parcel_no = 1",
            )
            .execute(&mut connection)
            .await
            .unwrap();
        }
        server.app.catch_up().await.unwrap();
        let away = server.listen("/events?after=1", &[]);
        assert_eq!(stranger.next(), Some(standing(1)));
        assert_eq!(away.next(), Some(standing(1002)));
        for (events, standing) in [(stranger, "1"), (away, "1002")] {
            let told = events.next().unwrap();
            assert_eq!((told.event.as_str(), told.id.as_str()), ("reset", standing));
        }
    });
}

#[test]
fn a_large_change_is_told_by_its_bounds_and_its_count() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        events.next();
        register
            .execute("update parcel_edit set legal_geometry = st_translate(legal_geometry, 0, 5000) where sheet_no = 1")
            .await
            .unwrap();
        let count: i64 = register
            .value("select count(*) from current_parcel where sheet_no = 1")
            .await;
        assert!(count > 256);
        let told = events.next().unwrap();
        assert_eq!(told.data["parcel_count"], count);
        assert!(told.data["bounds"].is_array());
        assert_eq!(
            (&told.data["parcels"], &told.data["boxes"]),
            (&Value::Null, &Value::Null)
        );
    });
}

#[test]
fn a_change_is_told_though_whoever_began_to_take_it_in_has_gone_away() {
    run(async {
        let register = one_square().await;
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(register.store.clone(), folder.path(), 1 << 20)
            .await
            .unwrap();
        app.fill_index().await.unwrap();
        let mut watcher = app.watch().unwrap();
        register.execute(MOVE).await.unwrap();
        assert!(app.catch_up().now_or_never().is_none(), "begun, not ended");
        let told = timeout(Duration::from_secs(20), watcher.published.recv()).await;
        assert_eq!(told.unwrap().unwrap().position.0, 2);
        assert_eq!(app.state().position().0, 2);
    });
}

#[test]
fn a_beginning_day_is_told_and_told_again_to_who_was_away() {
    run(async {
        let register = one_square().await;
        register
            .execute(
                "with base as (select * from parcel_version)
                 insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry, geographic,
                                             label_point, is_derived, content_digest)
                 select nextval('register_id_1'), 1, daterange('2099-01-01', null), sheet_id, 2, computed_area_m2, legal_geometry,
                        geographic, label_point, false, 'x' from base",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let events = server.listen("/events", &[]);
        assert_eq!(events.next(), Some(position(2)));
        register
            .execute("create or replace function today() returns date language sql stable as $$ select date '2099-01-01' $$")
            .await
            .unwrap();
        let told = events.next().unwrap();
        assert_eq!((told.event.as_str(), told.id.as_str()), ("change", "2"));
        assert_eq!(
            (&told.data["outside"], boxes(&told).len()),
            (&json!(false), 1)
        );
        let again = server.listen("/events", &[("last-event-id", "2")]);
        again.next();
        let retold = again.next().unwrap();
        assert_eq!(retold.data["parcels"], told.data["parcels"]);
    });
}

#[test]
fn streams_end_with_the_server_and_bad_questions_are_problems() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        for (path, id) in [
            ("/events?after=x", ""),
            ("/events?after=-1", ""),
            ("/events", "x"),
        ] {
            let headers = [("last-event-id", id)];
            let reply = server.send("GET", path, &headers[..usize::from(!id.is_empty())], None);
            assert_eq!(reply.status, 400, "{path}");
            assert_eq!(reply.json()["code"], "bad-parameter");
        }
        let described = &server.json("/openapi.json")["paths"]["/events"]["get"]["responses"];
        assert!(described["200"]["content"]["text/event-stream"].is_object());
        let events = server.listen("/events", &[]);
        events.next();
        drop(server);
        assert_eq!(events.next(), None);
    });
}

#[test]
fn two_thousand_may_listen_and_the_next_is_told_to_come_later() {
    run(async {
        let register = one_square().await;
        let server = register.serve().await;
        let places: Vec<_> = (0..2000).map(|_| server.app.watch().unwrap()).collect();
        let reply = server.get("/events");
        assert_eq!(
            (reply.status, reply.json()["code"].clone()),
            (503, json!("too-many-subscribers"))
        );
        drop(places);
        assert_eq!(server.listen("/events", &[]).next(), Some(position(1)));
    });
}
