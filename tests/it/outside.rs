//! Changes by plain SQL: through the view that is their door, and past it.

use crate::support::{Folder, Register, geojson, register_csv, ring, run, square};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use diaba::domain::{Position, fold_text, tidy_text};
use diaba::geometry::{free_code, national_code};
use diaba::http::{Server, router};
use metrics_exporter_prometheus::PrometheusBuilder;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tower::ServiceExt;

/// Plain SQL that may be refused; its code and message then.
async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<(), (String, String)> {
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
    outcome.map(drop).map_err(|error| {
        let error = error.as_database_error().unwrap();
        let code = error.code().unwrap_or_default().into_owned();
        (code, error.message().to_owned())
    })
}

/// Parcels 1 to 3 of sheet 1, in force since 1 January 2026; parcel 3 has two uses and a party.
async fn three_parcels() -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let parcels = folder.parcels("parcels.geojson", &[square(1), square(2), square(3)]);
    let rows = register_csv(&["3,Ba,1,ONT,300", "3,Ba,1,CLN,100"]);
    register
        .load(&[parcels, folder.write("rows.csv", rows)])
        .await;
    register
}

/// The versions of parcel 1: revision, whether until or from today, the address, whether still known.
const VERSIONS: &str = "
    select string_agg(format('%s %s %s %s', revision,
        case legal when daterange('2026-01-01', today()) then 'until today' when daterange(today(), null) then 'from today'
                   when daterange('2026-01-01', null) then 'from 2026' else legal::text end,
        address, upper_inf(recorded)), '; ' order by revision)
    from parcel_version where parcel_id = (select min(parcel_id) from parcel)";

#[test]
fn an_edit_adds_a_version_from_today_on_and_keeps_what_held_until_then() {
    run(async {
        let register = three_parcels().await;
        let first = "update parcel_edit set address = '  Đường  Số Hai ' where parcel_no = 1";
        register.execute(first).await.unwrap();
        let versions: String = register.value(VERSIONS).await;
        let old = "Đường Số Một, ấp Bình Hòa";
        let expected =
            format!("1 from 2026 {old} f; 2 until today {old} t; 3 from today Đường Số Hai");
        assert_eq!(versions, format!("{expected} t"));
        // the same day again: what held for no day at all is known only as recorded
        register
            .execute("update parcel_edit set address = 'Đường Số Ba' where parcel_no = 1")
            .await
            .unwrap();
        let versions: String = register.value(VERSIONS).await;
        let expected = format!("{expected} f; 4 from today Đường Số Ba t");
        assert_eq!(versions, expected);
        let key: String = register
            .value("select address_key from current_parcel where parcel_no = 1")
            .await;
        assert_eq!(key, "duong so ba");
    });
}

#[test]
fn an_update_that_changes_nothing_writes_nothing() {
    run(async {
        let register = three_parcels().await;
        register
            .execute("update parcel_edit set legal_area_m2 = 400 where parcel_no = 1")
            .await
            .unwrap();
        let before = register.contents().await;
        register
            .execute(
                "update parcel_edit set address = '  Đường Số Một,   ấp Bình Hòa ', legal_area_m2 = 400.04, parcel_no = parcel_no,
                     land_use = 'ONT', legal_geometry = st_multi(st_force3d(st_translate(legal_geometry, 0.0004, -0.0004)))
                 where parcel_no = 1",
            )
            .await
            .unwrap();
        assert_eq!(register.contents().await, before);
    });
}

const INVALID: &str = "22023";
const NULL: &str = "23502";
const DERIVED: &str = "428C9";

/// What cannot be set of parcel 1, the SQLSTATE, and how the message begins.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "legal_geometry = 'SRID=909210;POLYGON((603000 1192000,603020 1192020,603020 1192000,603000 1192020,603000 1192000))'",
        INVALID,
        "Ranh giới tự cắt",
    ),
    // out and back: a spike
    (
        "legal_geometry = 'SRID=909210;POLYGON((603000 1192000,603020 1192000,603020 1192020,603020 1192000,603000 1192020,603000 1192000))'",
        INVALID,
        "Ranh giới tự cắt",
    ),
    // nothing is left of it on the grid
    (
        "legal_geometry = 'SRID=909210;POLYGON((603000 1192000,603000.0001 1192000,603000 1192000.0001,603000 1192000))'",
        INVALID,
        "Ranh giới tự cắt",
    ),
    (
        "legal_geometry = 'SRID=909210;POLYGON((603000 1192000,603020 1192000,603020 1192020,603000 1192020,603000 1192000),(603005 1192005,603025 1192005,603025 1192010,603005 1192005))'",
        INVALID,
        "Ranh giới tự cắt",
    ),
    (
        "legal_geometry = 'SRID=909210;POLYGON EMPTY'",
        NULL,
        "Thửa đất chưa có ranh giới",
    ),
    ("legal_geometry = null", NULL, "Thửa đất chưa có ranh giới"),
    (
        "legal_geometry = st_union(legal_geometry, st_translate(legal_geometry, 500, 0))",
        INVALID,
        "Thửa đất phải là một vùng liền",
    ),
    (
        "legal_geometry = st_centroid(legal_geometry)",
        INVALID,
        "Thửa đất phải là một vùng liền",
    ),
    ("legal_geometry = geographic", INVALID, "Hệ tọa độ 4326"),
    (
        "legal_geometry = st_setsrid(legal_geometry, 0)",
        INVALID,
        "Hệ tọa độ 0",
    ),
    // another zone, and EPSG's own number, whose shift is the wrong one
    (
        "legal_geometry = st_setsrid(legal_geometry, 909211)",
        INVALID,
        "Hệ tọa độ 909211",
    ),
    (
        "legal_geometry = st_setsrid(legal_geometry, 9210)",
        INVALID,
        "Hệ tọa độ 9210",
    ),
    (
        "legal_geometry = st_flipcoordinates(legal_geometry)",
        INVALID,
        "Tọa độ ngoài phạm vi",
    ),
    (
        "legal_geometry = 'SRID=909210;POLYGON((603000 NaN,603020 1192000,603020 1192020,603000 NaN))'",
        INVALID,
        "",
    ),
    ("parcel_no = 2", "23505", "Số thửa 2"),
    ("parcel_no = 0", "23514", ""),
    ("legal_area_m2 = -1", "23514", ""),
    ("land_use = 'XYZ'", INVALID, "Không có mã loại đất XYZ"),
    ("commune_code = '99002'", DERIVED, "Chỉ sửa được"),
    (
        "geographic = st_translate(geographic, 1, 0)",
        DERIVED,
        "Chỉ sửa được",
    ),
    ("computed_area_m2 = 1", DERIVED, "Chỉ sửa được"),
    ("revision = 7", DERIVED, "Chỉ sửa được"),
];

/// What cannot be added beside parcel 1: geometry, commune, sheet, number.
const REFUSED_NEW: &[(&str, &str, &str)] = &[
    (
        "legal_geometry, '99001', 7, null",
        "23503",
        "Không có tờ bản đồ 7",
    ),
    (
        "legal_geometry, 'x', 1, null",
        "23503",
        "Không có tờ bản đồ 1",
    ),
    ("legal_geometry, '99001', 1, 3", "23505", "Số thửa 3"),
    ("null, '99001', 1, null", NULL, "Thửa đất chưa có ranh giới"),
];

#[test]
fn a_refused_edit_says_why_in_vietnamese_first_and_changes_nothing() {
    run(async {
        let register = three_parcels().await;
        let before = register.contents().await;
        let mut connection = register.connection().await;
        let mut check = async |sql: String, code: &str, message: &str| {
            let (found, said) = attempt(&mut connection, &sql).await.unwrap_err();
            assert_eq!(found, code, "{sql}: {said}");
            assert!(said.starts_with(message), "{sql}: {said}");
        };
        for (change, code, message) in REFUSED {
            let sql = format!("update parcel_edit set {change} where parcel_no = 1");
            check(sql, code, message).await;
        }
        for (values, code, message) in REFUSED_NEW {
            let sql = format!(
                "insert into parcel_edit (legal_geometry, commune_code, sheet_no, parcel_no)
                 select {values} from parcel_edit where parcel_no = 1"
            );
            check(sql, code, message).await;
        }
        // of the register's own uses none may come twice or go
        for wanted in ["'CLN'", "null"] {
            let sql = format!("update parcel_edit set land_use = {wanted} where parcel_no = 3");
            check(sql, "23001", "Sổ địa chính").await;
        }
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn a_drawn_boundary_becomes_what_the_loader_makes_of_the_same_one() {
    run(async {
        // clockwise, off the grid, with a repeated point
        let corners = [
            (603_500.000_4, 1_192_000.0),
            (603_500.0, 1_192_030.123_6),
            (603_500.0, 1_192_030.123_6),
            (603_531.41, 1_192_033.3),
            (603_533.0, 1_192_000.0),
            (603_500.000_4, 1_192_000.0),
        ];
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcel = square(1).shaped(ring(&corners));
        register
            .load(&[folder.parcels("one.geojson", &[parcel])])
            .await;
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x} {y}")).collect();
        let sql = format!(
            "insert into parcel_edit (commune_code, sheet_no, land_use, legal_geometry)
             values ('99001', 1, 'ONT', 'SRID=909210;POLYGON(({}))')",
            points.join(",")
        );
        attempt(&mut register.connection().await, &sql)
            .await
            .unwrap();
        let differences: (bool, bool, f64, f64) = sqlx::query_as(
            "select a.legal_geometry::bytea = b.legal_geometry::bytea, a.computed_area_m2 = b.computed_area_m2,
                    st_hausdorffdistance(a.geographic, b.geographic), st_distance(a.label_point::geography, b.label_point::geography)
             from current_parcel a, current_parcel b where a.parcel_no = 1 and b.parcel_no = 2",
        )
        .fetch_one(&mut register.connection().await)
        .await
        .unwrap();
        assert!(differences.0 && differences.1, "{differences:?}");
        assert!(
            differences.2 < 1e-9,
            "a tenth of a millimetre: {differences:?}"
        );
        assert!(differences.3 < 1.0, "the same middle: {differences:?}");
    });
}

#[test]
fn a_new_parcel_gets_the_next_number_an_id_of_the_register_and_a_free_code() {
    run(async {
        let register = three_parcels().await;
        let mut connection = register.connection().await;
        for _ in 0..4 {
            attempt(
                &mut connection,
                "insert into parcel_edit (commune_code, sheet_no, land_use, legal_geometry)
                 select '99001', 1, 'CLN', st_translate(legal_geometry, 0, 500) from parcel_edit where parcel_no = 1",
            )
            .await
            .unwrap();
        }
        let added: Vec<(i32, i64, String, f64, f64, String)> = sqlx::query_as(
            "select c.parcel_no, c.parcel_id >> 40, n.code, st_x(c.label_point), st_y(c.label_point), n.origin
             from current_parcel c join national_code n using (parcel_id) where c.parcel_no > 3 order by c.parcel_no",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let (lon, lat) = (added[0].3, added[0].4);
        let wanted = national_code(lon, lat);
        let mut taken = Vec::new();
        for (number, (no, register_no, code, _, _, origin)) in (4..).zip(&added) {
            let expected = free_code(wanted, |code| taken.contains(&code), |_, _| true).unwrap();
            let how = if taken.is_empty() {
                "computed"
            } else {
                "moved"
            };
            assert_eq!((*no, *register_no), (number, 1));
            assert_eq!((code.as_str(), origin.as_str()), (expected.as_str(), how));
            taken.push(expected);
        }
        assert_eq!(taken.len(), 4);
    });
}

#[test]
fn a_deleted_parcel_ends_today_is_known_for_ever_and_its_number_never_returns() {
    run(async {
        let register = three_parcels().await;
        register
            .execute("delete from parcel_edit where parcel_no = 3")
            .await
            .unwrap();
        let left: i64 = register.value("select count(*) from current_parcel").await;
        let kept: String = register
            .value(
                "select string_agg(revision || ' ' || (upper(legal) is not distinct from today()) || ' ' || upper_inf(recorded), '; ' order by revision)
                 from parcel_version where parcel_no = 3",
            )
            .await;
        assert_eq!((left, kept.as_str()), (2, "1 false false; 2 true true"));
        let mut connection = register.connection().await;
        let again = |number: &str| {
            format!(
                "insert into parcel_edit (commune_code, sheet_no, parcel_no, legal_geometry)
                 select '99001', 1, {number}, legal_geometry from parcel_edit where parcel_no = 1"
            )
        };
        let refused = attempt(&mut connection, &again("3")).await.unwrap_err();
        assert_eq!(refused.0, "23505");
        attempt(&mut connection, &again("null")).await.unwrap();
        let newest: i32 = register
            .value("select max(parcel_no) from current_parcel")
            .await;
        assert_eq!(newest, 4);
    });
}

#[test]
fn a_use_that_the_register_has_changes_there_and_keeps_area_and_order() {
    run(async {
        let register = three_parcels().await;
        register
            .execute("update parcel_edit set land_use = 'NTS' where parcel_no = 3")
            .await
            .unwrap();
        let uses: String = register
            .value(
                "select string_agg(ordinal || ' ' || code || ' ' || area_m2, '; ' order by ordinal) from current_land_use
                 join current_parcel using (parcel_id) where parcel_no = 3",
            )
            .await;
        assert_eq!(uses, "1 NTS 300.0; 2 CLN 100.0");
        let known: i64 = register
            .value("select count(*) from land_use_row where code = 'ONT' and legal = daterange('2026-01-01', today()) and upper_inf(recorded)")
            .await;
        assert_eq!(known, 1, "what held until today");
    });
}

#[test]
fn of_two_edits_of_one_parcel_at_once_the_later_is_refused_instead_of_undoing_the_first() {
    run(async {
        let register = three_parcels().await;
        let (mut first, mut second) = (register.connection().await, register.connection().await);
        let mut held = first.begin().await.unwrap();
        attempt(
            &mut held,
            "update parcel_edit set address = 'Một' where parcel_no = 1",
        )
        .await
        .unwrap();
        let waiting = tokio::spawn(async move {
            attempt(
                &mut second,
                "update parcel_edit set legal_area_m2 = 1 where parcel_no = 1",
            )
            .await
        });
        // until it waits for the commune's lock
        while register
            .value::<i64>("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())")
            .await
            == 0
        {}
        held.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap_err().0, "40001");
        let held: (Option<String>, Option<f64>) = sqlx::query_as(
            "select address, legal_area_m2::float8 from current_parcel where parcel_no = 1",
        )
        .fetch_one(&mut first)
        .await
        .unwrap();
        assert_eq!(held, (Some("Một".to_owned()), None));
    });
}

#[test]
fn a_parcel_whose_changes_a_court_has_stopped_is_not_changed() {
    run(async {
        let register = three_parcels().await;
        register
            .execute(
                "insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency)
                 select min(parcel_id), 1, 1, daterange('2026-01-01', null), true, true, true, '12/QĐ', 'Tòa án' from parcel",
            )
            .await
            .unwrap();
        let mut connection = register.connection().await;
        for sql in [
            "update parcel_edit set address = 'x' where parcel_no = 1",
            "delete from parcel_edit where parcel_no = 1",
        ] {
            let (code, message) = attempt(&mut connection, sql).await.unwrap_err();
            assert_eq!(code, "23001");
            assert!(message.contains("12/QĐ, Tòa án"), "{message}");
        }
        attempt(
            &mut connection,
            "update parcel_edit set address = 'x' where parcel_no = 2",
        )
        .await
        .unwrap();
    });
}

#[test]
fn a_later_load_sees_that_a_parcel_was_changed_outside() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let file = folder.write("one.geojson", geojson(Some(9210), &[square(1), square(2)]));
        register.load(std::slice::from_ref(&file)).await;
        register
            .execute("update parcel_edit set address = 'Khác' where parcel_no = 1")
            .await
            .unwrap();
        let report = register.load(std::slice::from_ref(&file)).await;
        assert_eq!(report.sheets_written, 1);
        let address: String = register
            .value("select address from current_parcel where parcel_no = 1")
            .await;
        assert_eq!(address, "Đường Số Một, ấp Bình Hòa");
        let report = register.load(&[file]).await;
        assert_eq!((report.sheets_written, report.sheets_unchanged), (0, 1));
    });
}

#[test]
fn what_the_program_did_not_write_is_marked_as_made_outside() {
    run(async {
        let register = three_parcels().await;
        let start = register.store.position().await.unwrap();
        let marks = async |after: Position| -> Vec<bool> {
            let changes = register.store.changes_after(after).await.unwrap();
            changes
                .committed
                .iter()
                .map(|each| each.is_outside)
                .collect()
        };
        assert_eq!(marks(Position(0)).await, [false], "the load of the sheet");
        register
            .execute("update parcel_edit set address = 'x' where parcel_no = 1")
            .await
            .unwrap();
        // straight into the table, past the view
        register
            .execute(
                "with base as (select * from parcel_version where parcel_no = 2)
                 insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry, geographic,
                                             label_point, is_derived, content_digest)
                 select parcel_id, 2, daterange('2020-01-01', '2021-01-01'), sheet_id, parcel_no, computed_area_m2, legal_geometry,
                        geographic, label_point, false, 'x' from base",
            )
            .await
            .unwrap();
        assert_eq!(marks(start).await, [true, true]);
    });
}

#[test]
fn changes_past_the_program_are_counted() {
    run(async {
        let register = three_parcels().await;
        let server = register.serve().await;
        let routes = router(Server {
            app: server.app.clone(),
            metrics: PrometheusBuilder::new().install_recorder().unwrap(),
        });
        let counted = async || {
            let request = Request::get("/metrics").body(Body::empty()).unwrap();
            let answer = routes.clone().oneshot(request).await.unwrap();
            let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let text = String::from_utf8(text.to_vec()).unwrap();
            let count = |line: &str| {
                line.strip_prefix("diaba_outside_changes_total ")?
                    .parse()
                    .ok()
            };
            text.lines().find_map(count).unwrap_or(0_u64)
        };
        let before = counted().await;
        for number in 1..=3 {
            let mut connection = register.connection().await;
            let sql = format!("update parcel_edit set address = 'x' where parcel_no = {number}");
            attempt(&mut connection, &sql).await.unwrap();
        }
        server.app.catch_up().await.unwrap();
        // tests beside this one change registers of their own
        assert!(counted().await >= before + 3);
    });
}

#[test]
fn a_role_that_may_use_the_view_alone_edits_through_it_and_not_past_it() {
    run(async {
        let register = three_parcels().await;
        let mut connection = register.connection().await;
        let role = format!("gis_{}", std::process::id());
        let sql = format!(
            "create role {role}; grant select, insert, update, delete on parcel_edit to {role}; set role {role}"
        );
        attempt(&mut connection, &sql).await.unwrap();
        let temporary =
            "create temp table sheet (sheet_id bigint, zone integer, highest_parcel_no integer)";
        attempt(&mut connection, temporary).await.unwrap();
        let edit = "update parcel_edit set address = 'x', parcel_no = 9, legal_geometry = st_translate(legal_geometry, 1, 1) where parcel_no = 1";
        attempt(&mut connection, edit).await.unwrap();
        let past = "update parcel_version set recorded = tstzrange(lower(recorded), now())";
        let refused = attempt(&mut connection, past).await.unwrap_err();
        assert_eq!(refused.0, "42501");
        let sql = format!("reset role; drop owned by {role}; drop role {role}");
        attempt(&mut connection, &sql).await.unwrap();
    });
}

#[test]
fn sql_folds_and_tidies_text_as_the_program_does() {
    run(async {
        let register = Register::blank().await;
        let mut connection = register.connection().await;
        // Latin with all Vietnamese letters, Greek, Cyrillic, marks, superscripts, full width, spaces
        let blocks = [
            0x20..0x250,
            0x300..0x370,
            0x391..0x3a2,
            0x410..0x450,
            0x1e00..0x1f00,
            0x2000..0x200b,
            0xff01..0xff5f,
        ];
        let mut texts: Vec<String> = blocks
            .into_iter()
            .map(|block| {
                block
                    .filter_map(char::from_u32)
                    .flat_map(|letter| [letter, ' '])
                    .collect()
            })
            .collect();
        texts.extend(
            [
                "Đường Nguyễn Thị Ửng,\t\u{a0}khóm Ỷ Lỵ\u{3000}",
                "  Nguye\u{302}\u{303}n \n ",
                "",
                " \u{2003} ",
            ]
            .map(str::to_owned),
        );
        for text in texts {
            let (folded, tidy): (String, Option<String>) =
                sqlx::query_as("select fold_text($1), tidy_text($1)")
                    .bind(&text)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
            assert_eq!(folded, fold_text(&text));
            assert_eq!(tidy.unwrap_or_default(), tidy_text(&text));
        }
    });
}
