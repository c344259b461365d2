//! What a later delivery or decision changes of what is known already: rights, uses, people, units, agreements.

use crate::support::{Folder, Register, load, plan, register_csv, run, square};
use diaba::app::load::LoadPlan;
use diaba::domain::{AdministrativeUnit, UnitLevel, Validity};
use time::macros::date;

const HEADER: &str =
    "Mã xã,Số tờ,Số thửa,Tên chủ,Số giấy tờ,Nơi thường trú,Tỷ lệ,Mục đích,Diện tích";

#[test]
fn a_share_and_a_use_that_change_on_a_later_day_hold_as_before_until_then() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcels = folder.parcels("parcels.geojson", &[square(1)]);
        let old = folder.write("old.csv", register_csv(&["1,Một,1,ONT,400"]));
        register.load(&[parcels, old]).await;
        let new = folder.write("new.csv", register_csv(&["1,Một,1/2,ONT,300"]));
        let later = LoadPlan {
            in_force_from: Some(date!(2099 - 01 - 01)),
            ..plan(&[new])
        };
        load(&register.store, &later).await;
        let rights: String = register
            .value(
                "select string_agg(revision || ' ' || legal || ' ' || share_denominator || ' ' || upper_inf(recorded), '; ' order by revision)
                 from land_right_version",
            )
            .await;
        assert_eq!(
            rights,
            "1 [2026-01-01,) 1 false; 2 [2026-01-01,2099-01-01) 1 true; 3 [2099-01-01,) 2 true"
        );
        let uses: String = register
            .value(
                "select string_agg(revision || ' ' || ordinal || ' ' || legal || ' ' || area_m2 || ' ' || upper_inf(recorded), '; ' order by revision)
                 from land_use_row",
            )
            .await;
        assert_eq!(
            uses,
            "1 1 [2026-01-01,) 400.0 false; 2 1 [2026-01-01,2099-01-01) 400.0 true; 3 1 [2099-01-01,) 300.0 true"
        );
        let held: i64 = register
            .value("select count(*) from current_land_use")
            .await;
        assert_eq!(held, 1, "one use holds today");
    });
}

#[test]
fn a_second_use_comes_after_the_first_and_the_first_is_not_touched() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcels = folder.parcels("parcels.geojson", &[square(1)]);
        let rows = |name: &str, rows: &[&str]| folder.write(name, register_csv(rows));
        register
            .load(&[parcels, rows("one.csv", &["1,Một,1,ONT,300"])])
            .await;
        register
            .load(&[rows("two.csv", &["1,Một,1,ONT,300", "1,Một,1,CLN,100"])])
            .await;
        let uses: String = register
            .value("select string_agg(ordinal || ' ' || code || ' ' || revision, '; ' order by ordinal) from land_use_row")
            .await;
        assert_eq!(uses, "1 ONT 1; 2 CLN 1");
    });
}

#[test]
fn a_new_residence_of_a_known_person_is_taken_once_even_in_an_atomic_load_over_two_sheets() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcels = folder.parcels("parcels.geojson", &[square(1), square(2).in_sheet(2)]);
        let rows = |name: &str, residence: &str, share: &str| {
            let row = |sheet: i32| {
                format!("99001,{sheet},{sheet},Một,000000000001,{residence},{share},ONT,400\n")
            };
            folder.write(name, format!("{HEADER}\n{}{}", row(1), row(2)))
        };
        register
            .load(&[parcels, rows("old.csv", "ấp Một", "1")])
            .await;
        let report = register
            .load_atomic(&[rows("new.csv", "ấp Hai", "1/2")])
            .await;
        assert!(report.is_accounted_for(), "{report:#?}");
        assert_eq!((report.rows.changed, report.rows.rejected), (2, 0));
        let party: String = register
            .value("select string_agg(revision || ' ' || residence || ' ' || upper_inf(recorded), '; ' order by revision) from party_version")
            .await;
        assert_eq!(party, "1 ấp Một false; 2 ấp Hai true");
    });
}

#[test]
fn an_atomic_load_over_two_provinces_ends() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let unit = |code: &str, level, parent: Option<&str>| {
            let validity = Validity {
                from: date!(2025 - 07 - 01),
                until: None,
            };
            let unit = AdministrativeUnit {
                code: code.to_owned(),
                level,
                validity,
                name: format!("Mẫu {code}"),
                parent_code: parent.map(str::to_owned),
            };
            (unit, None)
        };
        let units = [
            unit("97", UnitLevel::Province, None),
            unit("98001", UnitLevel::Commune, Some("97")),
        ];
        register.store.add_units(&units).await.unwrap();
        let parcels = [square(1), square(2).with("MaXa", "98001")];
        let report = register
            .load_atomic(&[folder.parcels("two.geojson", &parcels)])
            .await;
        assert!(report.is_accounted_for(), "{report:#?}");
        let registers: i64 = register
            .value("select count(distinct parcel_id >> 40) from parcel")
            .await;
        assert_eq!(registers, 2);
    });
}

#[test]
fn a_unit_without_end_can_be_given_one_and_its_code_to_another() {
    run(async {
        let register = Register::blank().await;
        let commune = |name: &str, from, until| {
            let unit = AdministrativeUnit {
                code: "99002".to_owned(),
                level: UnitLevel::Commune,
                validity: Validity { from, until },
                name: name.to_owned(),
                parent_code: Some("98".to_owned()),
            };
            (unit, None)
        };
        let (first, second) = (date!(2025 - 07 - 01), date!(2026 - 01 - 01));
        let add = async |units: &[_]| register.store.add_units(units).await.unwrap();
        assert_eq!(add(&[commune("Xã Cũ", first, None)]).await, 1);
        let both = [
            commune("Xã Cũ", first, Some(second)),
            commune("Xã Mới", second, None),
        ];
        assert_eq!(add(&both).await, 2);
        assert_eq!(add(&both).await, 0, "nothing is new the second time");
    });
}

#[test]
fn the_scale_that_the_loader_names_is_kept_with_a_sheet_whose_file_gives_none() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let scaled = LoadPlan {
            scale_denominator: Some(500),
            ..plan(&[folder.parcels("parcels.geojson", &[square(1)])])
        };
        load(&register.store, &scaled).await;
        let scale: i32 = register.value("select scale_denominator from sheet").await;
        assert_eq!(scale, 500);
    });
}

#[test]
fn security_land_among_several_uses_is_not_lost_behind_the_first() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcel = square(1).with("KyHieuMucDichSuDung", "ONT+CAN");
        let report = register
            .load(&[folder.parcels("uses.geojson", &[parcel])])
            .await;
        assert_eq!(report.faults.get("land-use-several"), Some(&1));
        let land_use: String = register.value("select land_use from parcel_version").await;
        assert_eq!(land_use, "CAN");
    });
}

#[test]
fn history_and_national_codes_cannot_be_wiped() {
    run(async {
        let register = Register::demo().await;
        for statement in [
            "truncate parcel_version",
            "truncate national_code",
            "delete from national_code",
        ] {
            let error = register.execute(statement).await.unwrap_err();
            assert_eq!(
                error
                    .as_database_error()
                    .and_then(|error| error.code())
                    .as_deref(),
                Some("23001"),
                "{statement}"
            );
        }
    });
}
