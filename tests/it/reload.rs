//! A delivery that differs from the register: what changes gets a new version, what was stays known.

use crate::support::{Folder, Parcel, Register, point, register_csv, ring, run, square};
use diaba::app::load::LoadPlan;
use sqlx::Row;
use time::macros::date;

/// Parcel 2, 5 m wider to the east.
fn wider() -> Parcel {
    let (west, south) = point(2);
    let (east, north) = (west + 25.0, south + 20.0);
    square(2).shaped(ring(&[
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]))
}

#[test]
fn a_changed_parcel_is_one_change_with_a_new_revision_and_the_old_version_stays_known() {
    for (what, changed) in [
        ("attribute", square(2).with("KyHieuMucDichSuDung", "CLN")),
        ("geometry", wider()),
    ] {
        run(async {
            let folder = Folder::new();
            let register = Register::blank().await;
            let files = [
                folder.parcels("old.geojson", &[square(1), square(2)]),
                folder.write(
                    "rows.csv",
                    register_csv(&["1,Một,1,ONT,400", "2,Hai,1,ONT,400"]),
                ),
            ];
            register.load(&files).await;
            let code: String = register.value(CODE).await;
            let then: String = register.value("select clock_timestamp()::text").await;

            let new = folder.parcels("new.geojson", &[square(1), changed]);
            let report = register.load(&[new]).await;
            assert_eq!(
                (report.parcels.changed, report.parcels.unchanged),
                (1, 1),
                "{what}"
            );
            assert_eq!(report.register_position.0, 2);
            let current: (i32, String, f64) = version(&register, "clock_timestamp()::text").await;
            let area_m2 = if what == "geometry" { 500.0 } else { 400.0 };
            let land_use = if what == "geometry" { "ONT" } else { "CLN" };
            assert_eq!(current, (2, land_use.to_owned(), area_m2), "{what}");
            let old = version(&register, &format!("'{then}'")).await;
            assert_eq!(old, (1, "ONT".to_owned(), 400.0), "{what}");
            let kept: String = register.value(CODE).await;
            assert_eq!(kept, code, "{what}");
        });
    }
}

const CODE: &str = "select n.code from national_code n join parcel_version v using (parcel_id)
                    where v.parcel_no = 2 and upper_inf(v.recorded)";

/// Revision, use and area of parcel 2 as the register knew it at a time.
async fn version(register: &Register, known: &str) -> (i32, String, f64) {
    let sql = format!(
        "select revision, land_use, computed_area_m2::float8 from parcel_version
         where parcel_no = 2 and recorded @> {known}::timestamptz"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut register.connection().await)
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

#[test]
fn a_change_that_holds_from_a_later_day_leaves_the_old_content_in_force_until_then() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("old.geojson", &[square(2)])])
            .await;
        let plan = LoadPlan {
            in_force_from: Some(date!(2026 - 06 - 01)),
            ..crate::support::plan(&[folder.parcels("new.geojson", &[wider()])])
        };
        let stop = tokio_util::sync::CancellationToken::new();
        diaba::app::load::load(&register.store, &plan, &stop, &mut |_, _| {})
            .await
            .unwrap();
        let axis: String = register
            .value(
                "select string_agg(revision || ' ' || legal || ' ' || computed_area_m2 || ' ' || upper_inf(recorded), '; ' order by revision)
                 from parcel_version",
            )
            .await;
        assert_eq!(
            axis,
            "1 [2026-01-01,) 400.0 false; 2 [2026-01-01,2026-06-01) 400.0 true; 3 [2026-06-01,) 500.0 true"
        );
    });
}

#[test]
fn a_changed_row_is_one_change_of_the_right_and_a_corrected_name_is_another_right() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcels = folder.parcels("parcels.geojson", &[square(1)]);
        let rows = |name: &str, row: &str| folder.write(name, register_csv(&[row]));
        register
            .load(&[parcels, rows("old.csv", "1,Nguyễn Thị Một,1,ONT,400")])
            .await;
        let report = register
            .load(&[rows("share.csv", "1,Nguyễn Thị Một,1/2,ONT,400")])
            .await;
        assert_eq!((report.rows.changed, report.rows.new), (1, 0));
        let versions: String = register
            .value(
                "select string_agg(share_numerator || '/' || share_denominator || ' ' || upper_inf(recorded), ', ' order by revision)
                 from land_right_version",
            )
            .await;
        assert_eq!(versions, "1/1 false, 1/2 true");
        let report = register
            .load(&[rows("other.csv", "1,Trần Văn Hai,1/2,ONT,400")])
            .await;
        assert_eq!((report.rows.changed, report.rows.new), (0, 1));
    });
}

#[test]
fn a_given_national_code_is_kept_and_never_replaced() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        // the cell of 3.7 cm around the centre of parcel 2, by PostGIS from the test's own transformation
        let given: String = register
            .value("select st_geohash(st_transform(st_setsrid(st_makepoint(603051, 1192011), 909210), 4326), 12)")
            .await;
        let with_code =
            |code: &str| folder.parcels("given.geojson", &[square(2).with("MaDinhDanh", code)]);
        let report = register.load(&[with_code(&given)]).await;
        assert_eq!(report.faults, [].into());
        let origin: String = register
            .value("select code || ' ' || origin from national_code")
            .await;
        assert_eq!(origin, format!("{given} given"));

        let report = register.load(&[with_code("w3gv7cgzjm5k")]).await;
        assert_eq!(report.faults.get("national-code-kept"), Some(&1));
        let kept: String = register.value("select code from national_code").await;
        assert_eq!(kept, given);
        // and nobody else gets it
        let thief = folder.parcels("thief.geojson", &[square(3).with("MaDinhDanh", given)]);
        let report = register.load(&[thief]).await;
        assert_eq!(
            register.errors(&report).await,
            ["national-code-taken row 1 at 603070 1192010"]
        );
    });
}

#[test]
fn two_parcels_that_want_one_cell_get_different_codes_that_both_point_into_them() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let twins = [square(1), square(1).with("SoThuTuThua", 2)];
        let report = register
            .load(&[folder.parcels("twins.geojson", &twins)])
            .await;
        assert_eq!(report.waiting_parcels_new, 2);
        let codes: String = register
            .value(
                "select string_agg(n.origin || ' ' || st_contains(v.geographic, st_setsrid(st_centroid(st_geomfromgeohash(n.code)), 4326)),
                                   ', ' order by v.parcel_no)
                 from national_code n join parcel_version v using (parcel_id)",
            )
            .await;
        assert_eq!(codes, "computed true, moved true");
    });
}
