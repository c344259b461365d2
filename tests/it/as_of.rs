//! Both time axes, on a history that is made by hand: what is expected of every pair of a day and an instant is read off the table
//! of versions below, with a pencil.

use crate::support::{Folder, Register, Served, point, run, square};
use diaba::app::issue_token;
use diaba::policy;
use diaba::store::Identity;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

/// Parcel 11 is in law from 2020-01-01 and recorded a month late, with a wrong address that is corrected in June 2021. By law it is
/// split on 2023-01-01 into 12 (west) and 13 (east), recorded in March; these become 14 on 2025-02-01, recorded in March. It belongs
/// to "Sai", whose name is corrected to "Đúng" in 2021, and from 2022-05-01 to "Hai", recorded in July.
const HISTORY: &str = "
    create temp table made as
        select number, nextval('register_id_1') as parcel_id from generate_series(11, 14) as number;
    insert into parcel (parcel_id) select parcel_id from made;
    with version (number, revision, legal, recorded, address, west, width) as (values
        (11, 1, '[2020-01-01,)', '[2020-02-01 00:00Z,2021-06-01 00:00Z)', 'A', 0, 20),
        (11, 2, '[2020-01-01,)', '[2021-06-01 00:00Z,2023-03-01 00:00Z)', 'B', 0, 20),
        (11, 3, '[2020-01-01,2023-01-01)', '[2023-03-01 00:00Z,)', 'B', 0, 20),
        (12, 1, '[2023-01-01,)', '[2023-03-01 00:00Z,2025-03-01 00:00Z)', 'B', 0, 5),
        (12, 2, '[2023-01-01,2025-02-01)', '[2025-03-01 00:00Z,)', 'B', 0, 5),
        (13, 1, '[2023-01-01,)', '[2023-03-01 00:00Z,2025-03-01 00:00Z)', 'B', 5, 15),
        (13, 2, '[2023-01-01,2025-02-01)', '[2025-03-01 00:00Z,)', 'B', 5, 15),
        (14, 1, '[2025-02-01,)', '[2025-03-01 00:00Z,)', 'B', 0, 20)
    ), drawn as (
        select v.*, st_setsrid(st_makeenvelope(603220 + west, 1192000, 603220 + west + width, 1192020), 909210) as legal_geometry
        from version v
    )
    insert into parcel_version (parcel_id, revision, legal, recorded, sheet_id, parcel_no, land_use, address, legal_area_m2,
        computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest)
    select m.parcel_id, d.revision, d.legal::daterange, d.recorded::tstzrange, (select min(sheet_id) from sheet), d.number, 'ONT', d.address,
           20 * d.width, 20 * d.width, d.legal_geometry, st_transform(d.legal_geometry, 4326),
           st_transform(st_centroid(d.legal_geometry), 4326), false, ''
    from drawn d join made m using (number);
    insert into lineage (child_parcel_id, parent_parcel_id, happened_on, area_m2)
    select c.parcel_id, p.parcel_id, day::date, area
    from (values (12, 11, '2023-01-01', 100), (13, 11, '2023-01-01', 300), (14, 12, '2025-02-01', 100), (14, 13, '2025-02-01', 300))
        as link (child, parent, day, area)
    join made c on c.number = child join made p on p.number = parent;
    create temp table person as
        select name, nextval('register_id_1') as party_id, nextval('register_id_1') as right_id, nextval('register_id_1') as certificate_id
        from unnest(array['Sai', 'Hai']) as name;
    insert into party (party_id) select party_id from person;
    insert into party_version (party_id, revision, legal, recorded, kind, name, name_key)
    select party_id, revision, legal::daterange, recorded::tstzrange, 'individual', called, lower(called)
    from (values ('Sai', 1, '[2020-01-01,)', '[2020-02-01 00:00Z,2021-01-01 00:00Z)', 'Sai'),
                 ('Sai', 2, '[2020-01-01,)', '[2021-01-01 00:00Z,)', 'Đúng'),
                 ('Hai', 1, '[2022-07-01,)', '[2022-07-01 00:00Z,)', 'Hai')) as v (name, revision, legal, recorded, called)
    join person using (name);
    insert into certificate (certificate_id) select certificate_id from person;
    insert into certificate_version (certificate_id, revision, legal, recorded, serial, serial_key, issued_on, status)
    select certificate_id, revision, legal::daterange, recorded::tstzrange, serial, replace(serial, ' ', ''), issued_on::date, status
    from (values ('Sai', 1, '[2020-01-10,)', '[2020-02-01 00:00Z,2022-07-01 00:00Z)', 'CS 000011', '2020-01-10', 'valid'),
                 ('Sai', 2, '[2020-01-10,2022-05-01)', '[2022-07-01 00:00Z,)', 'CS 000011', '2020-01-10', 'valid'),
                 ('Sai', 3, '[2022-05-01,)', '[2022-07-01 00:00Z,)', 'CS 000011', '2020-01-10', 'withdrawn'),
                 ('Hai', 1, '[2022-05-20,)', '[2022-07-01 00:00Z,)', 'CS 000012', '2022-05-20', 'valid'))
        as v (name, revision, legal, recorded, serial, issued_on, status)
    join person using (name);
    insert into certificate_parcel (parcel_id, certificate_id, printed_sheet_no, printed_parcel_no)
    select m.parcel_id, p.certificate_id, '1', '11' from made m, person p where m.number = 11;
    insert into land_right (right_id, parcel_id, party_id, certificate_id, source_key)
    select p.right_id, m.parcel_id, p.party_id, p.certificate_id, convert_to(p.name, 'UTF8') from person p, made m where m.number = 11;
    insert into land_right_version (parcel_id, right_id, revision, legal, recorded, share_numerator, share_denominator, content_digest)
    select m.parcel_id, p.right_id, revision, legal::daterange, recorded::tstzrange, 1, 1, ''
    from (values ('Sai', 1, '[2020-01-01,)', '[2020-02-01 00:00Z,2022-07-01 00:00Z)'),
                 ('Sai', 2, '[2020-01-01,2022-05-01)', '[2022-07-01 00:00Z,)'),
                 ('Hai', 1, '[2022-05-01,)', '[2022-07-01 00:00Z,2023-03-01 00:00Z)'),
                 ('Hai', 2, '[2022-05-01,2023-01-01)', '[2023-03-01 00:00Z,)')) as v (name, revision, legal, recorded)
    join person p using (name), made m where m.number = 11;
";

/// Days and instants that are asked, in order.
const DAYS: [&str; 8] = [
    "2019-12-31",
    "2020-01-01",
    "2022-06-01",
    "2022-12-31",
    "2023-01-01",
    "2025-01-31",
    "2025-02-01",
    "2026-01-01",
];
/// What is known at an instant, for each of the days.
const KNOWN: [(&str, [&str; 8]); 8] = [
    // nothing is recorded yet
    ("2020-01-31T23:59:59Z", [""; 8]),
    // parcel 11, with its wrong address, for ever
    (
        "2020-02-01T00:00:00Z",
        ["", "11A", "11A", "11A", "11A", "11A", "11A", "11A"],
    ),
    // the address is corrected from the beginning
    (
        "2021-06-01T07:00:00%2B07:00",
        ["", "11B", "11B", "11B", "11B", "11B", "11B", "11B"],
    ),
    // split by law, but nobody knows
    (
        "2023-02-28T23:59:59Z",
        ["", "11B", "11B", "11B", "11B", "11B", "11B", "11B"],
    ),
    (
        "2023-03-01T00:00:00Z",
        [
            "", "11B", "11B", "11B", "12B 13B", "12B 13B", "12B 13B", "12B 13B",
        ],
    ),
    // merged by law, but nobody knows
    (
        "2025-02-28T23:59:59Z",
        [
            "", "11B", "11B", "11B", "12B 13B", "12B 13B", "12B 13B", "12B 13B",
        ],
    ),
    (
        "2025-03-01T00:00:00Z",
        ["", "11B", "11B", "11B", "12B 13B", "12B 13B", "14B", "14B"],
    ),
    (
        "",
        ["", "11B", "11B", "11B", "12B 13B", "12B 13B", "14B", "14B"],
    ),
];

/// A box around squares 11, in degrees, and a place in the western quarter.
const BOX: &str = "106.6958,10.7775,106.6962,10.7779";

pub async fn register() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    register
        .load(&[folder.parcels("one.geojson", &[square(1)])])
        .await;
    register.execute(HISTORY).await.unwrap();
    register
}

pub async fn token(register: &Register) -> String {
    let officer = Identity::Officer(policy::Officer::everywhere("Trần Thị B"));
    let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
    issue_token(&register.store, &officer, tomorrow)
        .await
        .unwrap()
}

fn when(day: &str, known: &str) -> String {
    let known = if known.is_empty() {
        String::new()
    } else {
        format!("&known={known}")
    };
    format!("at={day}{known}")
}

/// Number and address of parcels from 11 on.
fn named<'a>(parcels: impl Iterator<Item = &'a Value>) -> String {
    let name = |parcel: &Value| {
        let number = parcel["parcel_no"].as_i64().unwrap();
        (number > 10).then(|| format!("{number}{}", parcel["address"].as_str().unwrap()))
    };
    let mut names: Vec<_> = parcels.filter_map(name).collect();
    names.sort();
    names.join(" ")
}

/// The degrees of a place in square 11, so many metres from its west edge.
async fn place(register: &Register, east_m: f64) -> (f64, f64) {
    let (west, south) = point(11);
    let degrees: Vec<f64> = register
        .value_of(&format!(
            "select array[st_x(p), st_y(p)] from (select st_transform(st_setsrid(st_makepoint({}, {}), 909210), 4326) as p) as p",
            west + east_m,
            south + 10.0
        ))
        .await;
    (degrees[0], degrees[1])
}

#[test]
fn a_box_shows_for_every_day_and_instant_what_was_in_law_and_known() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let (lon, lat) = place(&register, 10.0).await;
        let bounds = format!(
            "{},{},{},{}",
            lon - 2e-4,
            lat - 2e-4,
            lon + 2e-4,
            lat + 2e-4
        );
        for (known, expected) in KNOWN {
            for (day, expected) in DAYS.iter().zip(expected) {
                let asked = format!("/api/v1/parcels?bbox={bounds}&{}", when(day, known));
                let found = server.json(&asked);
                let features = found["features"].as_array().unwrap();
                let parcels = features.iter().map(|feature| &feature["properties"]);
                assert_eq!(named(parcels), expected, "{asked}");
                // the answer says both times and the position
                assert_eq!(found["at"], *day);
                assert!(found["known"].is_string() && found["register_position"].is_i64());
            }
        }
        // pages of one parcel each, continued by the address that the answer gives
        let asked = format!(
            "/api/v1/parcels?bbox={bounds}&limit=1&at=2024-01-01&known=2024-01-01T00:00:00%2B07:00"
        );
        let first = server.json(&asked);
        let second = server.json(first["next"].as_str().unwrap());
        let pages = [&first, &second]
            .map(|page| named(std::iter::once(&page["features"][0]["properties"])));
        assert_eq!(pages, ["12B", "13B"]);
        assert_eq!(second["known"], first["known"]);
    });
}

#[test]
fn a_parcel_by_id_and_by_number_and_by_place_is_that_of_the_day_and_the_instant() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let ids: Vec<i64> = register
            .value("select array_agg(distinct parcel_id) from parcel_version where parcel_no > 10")
            .await;
        let (lon, lat) = place(&register, 2.0).await;
        for (known, expected) in KNOWN {
            for (day, expected) in DAYS.iter().zip(expected) {
                let when = when(day, known);
                for (number, id) in (11..=14).zip(&ids) {
                    let is_there = expected.contains(&number.to_string());
                    let status = if is_there { 200 } else { 404 };
                    let key = format!("/api/v1/communes/99001/sheets/1/parcels/{number}");
                    for path in [format!("/api/v1/parcels/{id}"), key] {
                        let reply = server.get(&format!("{path}?{when}"));
                        assert_eq!(reply.status, status, "{path} {when}");
                        if is_there {
                            assert!(expected.contains(&named(std::iter::once(&reply.json()))));
                            assert_eq!(reply.json()["at"], *day);
                        }
                    }
                }
                // 2 m from the west edge lies what became 12
                let found = server.json(&format!("/api/v1/identify?lon={lon}&lat={lat}&{when}"));
                let first = expected.split(' ').next().unwrap();
                assert_eq!(
                    named(found["parcels"].as_array().unwrap().iter()),
                    first,
                    "{when}"
                );
            }
        }
    });
}

#[test]
fn a_tile_is_that_of_the_day_and_the_instant() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let (lon, lat) = place(&register, 10.0).await;
        let side = f64::from(1 << 20);
        let x = ((lon + 180.0) / 360.0 * side).floor();
        let y =
            ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side).floor();
        let tile = |when: String| {
            let reply = server.get(&format!("/tiles/parcels/20/{x}/{y}?{when}"));
            assert_eq!(reply.status, 200, "{}", reply.text());
            reply.body
        };
        let of = |day: &str, known: &str| tile(when(day, known));
        let (whole, cut) = (
            of("2022-06-01", "2022-01-01T00:00:00Z"),
            of("2024-01-01", "2024-01-01T00:00:00Z"),
        );
        assert!(!whole.is_empty() && !cut.is_empty() && whole != cut);
        // the same land, another number
        let joined = of("2025-02-01", "");
        assert!(joined != whole && joined != cut);
        for (known, expected) in KNOWN {
            for (day, expected) in DAYS.iter().zip(expected) {
                let tile = of(day, known);
                match expected {
                    "" => assert!(tile.is_empty(), "{day} {known}"),
                    "14B" => assert!(tile == joined, "{day} {known}"),
                    "12B 13B" => assert!(tile == cut, "{day} {known}"),
                    // tiles hold no addresses: 11A and 11B look alike but for their revisions
                    _ => assert!(
                        !tile.is_empty() && tile != joined && tile != cut,
                        "{day} {known}"
                    ),
                }
            }
        }
    });
}

#[test]
fn an_officer_sees_whose_it_was_on_the_day_by_what_was_known_and_every_look_is_in_the_ledger() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let id: i64 = register
            .value("select min(parcel_id) from parcel_version where parcel_no = 11")
            .await;
        let expected = [
            // day, instant, holder, certificate
            ("2020-01-05", "2020-06-01T00:00:00Z", "Sai", Value::Null),
            (
                "2020-06-01",
                "2020-06-01T00:00:00Z",
                "Sai",
                "CS 000011".into(),
            ),
            (
                "2020-06-01",
                "2021-01-01T00:00:00Z",
                "Đúng",
                "CS 000011".into(),
            ),
            (
                "2022-06-01",
                "2022-06-15T00:00:00Z",
                "Đúng",
                "CS 000011".into(),
            ),
            (
                "2022-06-01",
                "2022-07-01T00:00:00Z",
                "Hai",
                "CS 000012".into(),
            ),
            ("2022-05-10", "2022-07-01T00:00:00Z", "Hai", Value::Null),
            (
                "2022-04-30",
                "2022-07-01T00:00:00Z",
                "Đúng",
                "CS 000011".into(),
            ),
            ("2022-12-31", "", "Hai", "CS 000012".into()),
        ];
        for (day, known, holder, certificate) in &expected {
            let path = format!("/api/v1/parcels/{id}?{}", when(day, known));
            let reply = server.get_as(&token, &path);
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
            let rights = &reply.json()["rights"];
            assert_eq!(rights.as_array().unwrap().len(), 1, "{path}: {rights}");
            assert_eq!(rights[0]["party_name"], *holder, "{path}");
            assert_eq!(rights[0]["certificate_serial"], *certificate, "{path}");
            // no operation can rely on what is past
            assert_eq!(reply.header("etag"), "");
        }
        let looks: Vec<String> = register
            .value("select array_agg(request order by entry_no) from access_ledger")
            .await;
        assert_eq!(looks.len(), expected.len());
        assert_eq!(looks[7], format!("GET /api/v1/parcels/{id} at 2022-12-31"));
        assert!(
            looks[1].contains("at 2020-06-01 known 2020-06-01"),
            "{}",
            looks[1]
        );
    });
}

#[test]
fn a_certificate_tells_its_life_and_who_held_by_it_on_the_day_by_what_was_known() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        let token = token(&register).await;
        let read = |query: &str| {
            let reply = server.get_as(&token, &format!("/api/v1/certificates/CS%20000011{query}"));
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert_eq!(reply.header("cache-control"), "no-store");
            let certificates = &reply.json()["certificates"];
            assert_eq!(certificates.as_array().unwrap().len(), 1);
            certificates[0].clone()
        };
        let life = |certificate: &Value| -> Vec<String> {
            let versions = certificate["versions"].as_array().unwrap().iter();
            let line = |version: &Value| {
                let text = |name: &str| version[name].as_str().unwrap_or("-").to_owned();
                let mark = if version["is_in_force"] == true {
                    "*"
                } else {
                    ""
                };
                format!(
                    "{} {} {}{mark}",
                    text("status"),
                    text("legal_from"),
                    text("legal_until")
                )
            };
            versions.map(line).collect()
        };
        let now = read("");
        assert_eq!(
            life(&now),
            [
                "valid 2020-01-10 -",
                "valid 2020-01-10 2022-05-01",
                "withdrawn 2022-05-01 -*"
            ]
        );
        // the parcel as printed, and as it was called last
        let parcel = &now["parcels"][0];
        assert_eq!(
            [
                &parcel["printed_parcel_no"],
                &parcel["parcel_no"],
                &parcel["is_in_force"]
            ],
            [&Value::from("11"), &11.into(), &false.into()]
        );
        assert_eq!(now["rights"], Value::from(Vec::<Value>::new()));
        // in June 2022 the transfer of May was not known yet
        let then = read("?at=2022-06-01&known=2022-06-15T00:00:00Z");
        assert_eq!(life(&then), ["valid 2020-01-10 -*"]);
        assert_eq!(then["versions"][0]["recorded_until"], Value::Null);
        assert_eq!(then["rights"][0]["party_name"], "Đúng");
        assert_eq!(then["rights"][0]["legal_until"], Value::Null);
        let party = then["rights"][0]["party_id"].as_i64().unwrap();

        let reply = server.get_as(
            &token,
            &format!("/api/v1/parties/{party}?at=2020-06-01&known=2020-06-01T00:00:00Z"),
        );
        let known = reply.json();
        assert_eq!(known["versions"].as_array().unwrap().len(), 1, "{known}");
        assert_eq!(
            (&known["versions"][0]["party_name"], &known["at"]),
            (&"Sai".into(), &"2020-06-01".into())
        );
        assert_eq!(known["rights"][0]["share"], "1/1");
        let now = server
            .get_as(&token, &format!("/api/v1/parties/{party}"))
            .json();
        let names = now["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| &version["party_name"]);
        assert_eq!(names.collect::<Vec<_>>(), ["Sai", "Đúng"]);
        assert_eq!(now["rights"], Value::from(Vec::<Value>::new()));

        // not known yet, not for everybody, not there
        for (path, status, code) in [
            (
                "/api/v1/certificates/CS000012?known=2022-06-30T00:00:00Z",
                404,
                "no-such-certificate",
            ),
            ("/api/v1/certificates/what", 404, "no-such-certificate"),
            ("/api/v1/parties/1", 404, "no-such-party"),
            ("/api/v1/parties/-1", 404, "no-such-party"),
        ] {
            let reply = server.get_as(&token, path);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (status, &code.into()),
                "{path}"
            );
            assert_eq!(server.get(path).status, 401);
        }
        // four looks at persons
        let looks: i64 = register.value("select count(*) from access_ledger").await;
        assert_eq!(looks, 4);
    });
}

#[test]
fn what_is_asked_of_today_is_what_is_current() {
    run(async {
        let register = Register::demo().await;
        let differing: i64 = register
            .value(
                "select count(*) from
                    (select parcel_id, revision from parcel_as_of(today(), 'infinity')) as a
                    full join (select parcel_id, revision from current_parcel) as b using (parcel_id, revision)
                 where a is null or b is null",
            )
            .await;
        assert_eq!(differing, 0);
        let server = register.serve().await;
        let ids: Vec<i64> = register
            .value("select (array_agg(parcel_id order by parcel_id))[1:20] from current_parcel")
            .await;
        let today: String = register.value("select today()::text").await;
        for id in ids {
            let mut now = server.json(&format!("/api/v1/parcels/{id}"));
            let mut then = server.json(&format!("/api/v1/parcels/{id}?at={today}"));
            for time in ["at", "known"] {
                assert!(then.as_object_mut().unwrap().remove(time).is_some());
            }
            // Memory is at most behind.
            for answer in [&mut now, &mut then] {
                answer["register_position"] = Value::Null;
            }
            assert_eq!(now, then);
        }
    });
}

#[test]
fn land_that_is_nobodys_business_today_does_not_show_what_it_was_before() {
    run(async {
        let register = register().await;
        // 14 is made defence land in 2026
        register
            .execute(
                "update parcel_version set recorded = tstzrange(lower(recorded), '2026-01-05 00:00Z') where parcel_no = 14;
                 insert into parcel_version (parcel_id, revision, legal, recorded, sheet_id, parcel_no, land_use, address, legal_area_m2,
                    computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest)
                 select parcel_id, revision + n, legal_n::daterange, tstzrange('2026-01-05 00:00Z', null), sheet_id, parcel_no, use, address,
                    legal_area_m2, computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest
                 from parcel_version,
                      (values (1, '[2025-02-01,2026-01-01)', 'ONT'), (2, '[2026-01-01,)', 'CQP')) as made (n, legal_n, use)
                 where parcel_no = 14",
            )
            .await
            .unwrap();
        let server = register.serve().await;
        let path = "/api/v1/communes/99001/sheets/1/parcels/14";
        for when in ["at=2025-06-01", "at=2025-06-01&known=2025-06-01T00:00:00Z"] {
            let seen = server.json(&format!("{path}?{when}"));
            assert_eq!(
                (&seen["address"], &seen["land_use"]),
                (&Value::Null, &Value::Null),
                "{seen}"
            );
        }
        let officer = token(&register).await;
        let seen = server
            .get_as(&officer, &format!("{path}?at=2025-06-01"))
            .json();
        assert_eq!(seen["land_use"][0]["code"], "ONT");
    });
}

#[test]
fn times_that_cannot_be_are_refused_with_what_to_write_instead() {
    run(async {
        let register = register().await;
        let server = register.serve().await;
        for (query, word) in [
            ("at=1.8.2024", "2024-08-01"),
            ("at=2024-02-30", "2024-08-01"),
            ("known=yesterday", "2026-03-01T08:00:00+07:00"),
            ("known=2024-01-01", "2026-03-01T08:00:00+07:00"),
            ("known=2999-01-01T00:00:00Z", "nobody knows yet"),
        ] {
            for path in [
                "/api/v1/parcels/1099511627777?".to_owned(),
                format!("/api/v1/parcels?bbox={BOX}&"),
                "/api/v1/identify?lon=106.7&lat=10.8&".to_owned(),
                "/tiles/parcels/16/0/0?".to_owned(),
            ] {
                let reply = server.get(&format!("{path}{query}"));
                assert_eq!(reply.status, 400, "{path}{query}: {}", reply.text());
                assert_eq!(reply.json()["code"], "bad-parameter");
                let detail = reply.json()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains(word), "{detail}");
            }
        }
    });
}

#[test]
fn what_one_operation_does_is_known_from_one_instant() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let squares = [1, 2, 3].map(square);
        register
            .load(&[folder.parcels("row.geojson", &squares)])
            .await;
        let server = register.serve().await;
        split(&register, &server).await;
        let instants: i64 = register
            .value(
                "select count(distinct instant) from (
                    select lower(recorded) as instant from parcel_version where land_operation_id is not null
                    union all select upper(recorded) from parcel_version where not upper_inf(recorded)
                    union all select lower(recorded) from land_use_row where parcel_id in
                        (select parcel_id from parcel_version where land_operation_id is not null and revision = 1)) as recorded",
            )
            .await;
        assert_eq!(instants, 1);
    });
}

pub async fn split(register: &Register, server: &Served) -> Value {
    let token = token(register).await;
    let path = "/api/v1/communes/99001/sheets/1/parcels/2";
    let parcel = server.get_as(&token, path);
    let (west, south) = point(2);
    let body = serde_json::json!({ "operations": [{ "kind": "split", "parcel": parcel.json()["parcel_id"],
        "by": { "line_m": [[west, south + 10.0], [west + 20.0, south + 10.0]] } }], "dossier": "H29.3-261122-0001" });
    let headers = [
        ("authorization", &*format!("Bearer {token}")),
        ("content-type", "application/json"),
        ("if-match", parcel.header("etag")),
    ];
    let reply = server.send(
        "POST",
        "/api/v1/operations",
        &headers,
        Some(body.to_string().as_bytes()),
    );
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}
