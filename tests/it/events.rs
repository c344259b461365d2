//! Server-sent events: who watches learns of every change, in order, and where to look.

use crate::support::{Folder, Register, Told, register_csv, run, square};
use serde_json::{Value, json};

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
        assert!(!told.data.to_string().contains("Một"), "nothing personal");
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
            assert_eq!(events.next(), Some(position(4)));
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
        assert_eq!(stranger.next(), Some(position(1)));
        assert_eq!(away.next(), Some(position(1002)));
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
