//! A sheet is wholly in or wholly not, whatever happens.

use crate::support::{Folder, Register, run, square};
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// What a failing disk, a lost connection or a constraint does to sheet 2.
const BREAK_SHEET_2: &str = "
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'no space left on device'; end $$;
    create trigger fails before insert on parcel_version for each row when (new.parcel_no = 22) execute function fail()";
const REPAIR: &str = "drop trigger fails on parcel_version";

/// Three sheets of two parcels: 11, 12; 21, 22; 31, 32.
fn three_sheets(folder: &Folder) -> PathBuf {
    let parcels: Vec<_> = [11, 12, 21, 22, 31, 32]
        .map(|number| square(number).in_sheet(number / 10))
        .into();
    folder.parcels("sheets.geojson", &parcels)
}

async fn sheets(register: &Register) -> String {
    register
        .value(
            "select coalesce(string_agg(distinct s.sheet_no || ':' || v.parcel_no, ' '), '')
             from sheet s left join parcel_version v using (sheet_id)",
        )
        .await
}

#[test]
fn a_sheet_that_fails_leaves_the_others_and_comes_in_when_the_cause_is_gone() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [three_sheets(&folder)];
        register.execute(BREAK_SHEET_2).await.unwrap();
        let report = register.load(&files).await;
        assert!(!report.is_accounted_for());
        assert_eq!(report.sheets_failed, ["99001 sheet 2"]);
        assert_eq!((report.parcels.waiting, report.parcels.rejected), (4, 2));
        assert_eq!(
            register.errors(&report).await,
            ["sheet-failed row 3", "sheet-failed row 4"]
        );
        assert!(
            report.first_faults[0].contains("no space left on device"),
            "{report:#?}"
        );
        assert_eq!(sheets(&register).await, "1:11 1:12 3:31 3:32");

        register.execute(REPAIR).await.unwrap();
        let report = register.load(&files).await;
        assert!(report.is_accounted_for());
        assert_eq!((report.sheets_written, report.sheets_unchanged), (1, 2));
        assert_eq!(sheets(&register).await, "1:11 1:12 2:21 2:22 3:31 3:32");
        assert_eq!(report.register_position.0, 3);
    });
}

#[test]
fn what_is_wrong_with_records_of_a_failing_sheet_is_said_all_the_same() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register.execute(BREAK_SHEET_2).await.unwrap();
        let unlawful = square(21).with("KyHieuMucDichSuDung", "XYZ");
        let file = folder.parcels("two.geojson", &[unlawful, square(22)]);
        let report = register.load(&[file]).await;
        assert_eq!(
            register.errors(&report).await,
            ["land-use-unknown row 1", "sheet-failed row 2"]
        );
        assert_eq!(report.parcels.rejected, 2);
    });
}

#[test]
fn an_atomic_load_with_a_failing_sheet_writes_nothing() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .load(&[folder.parcels("base.geojson", &[square(1).in_sheet(9)])])
            .await;
        register.execute(BREAK_SHEET_2).await.unwrap();
        let before = register.contents().await;
        let files = [three_sheets(&folder)];
        let report = register.load_atomic(&files).await;
        assert!(!report.is_accounted_for() && report.stopped.is_some());
        let tally = report.parcels;
        assert_eq!((tally.new, tally.changed, tally.waiting), (0, 0, 0));
        assert_eq!(register.contents().await, before);

        register.execute(REPAIR).await.unwrap();
        let report = register.load_atomic(&files).await;
        assert!(report.is_accounted_for());
        // one transaction, one position
        assert_eq!((report.sheets_written, report.register_position.0), (3, 2));
    });
}

#[test]
fn a_stopped_load_leaves_whole_sheets_says_so_and_goes_on_when_run_again() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [three_sheets(&folder)];
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let report = register
            .load_until(&files, &stop, &mut |_, _| stopping.cancel())
            .await;
        assert!(report.stopped.is_some() && !report.is_accounted_for());
        assert_eq!(sheets(&register).await, "1:11 1:12");
        let report = register.load(&files).await;
        assert!(report.is_accounted_for());
        assert_eq!((report.sheets_written, report.sheets_unchanged), (2, 1));
    });
}

#[test]
fn three_sheets_that_fail_in_a_row_end_the_load() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        register
            .execute(
                "create function fail() returns trigger language plpgsql as $$ begin raise exception 'read-only'; end $$;
                 create trigger fails before insert on sheet for each row execute function fail()",
            )
            .await
            .unwrap();
        let parcels: Vec<_> = (1..=5)
            .map(|number| square(number).in_sheet(number))
            .collect();
        let report = register
            .load(&[folder.parcels("five.geojson", &parcels)])
            .await;
        assert_eq!(report.sheets_failed.len(), 3);
        assert!(report.stopped.is_some());
    });
}

#[test]
fn two_loads_of_the_same_files_at_once_bring_every_parcel_in_once() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [three_sheets(&folder)];
        let (first, second) = tokio::join!(register.load(&files), register.load(&files));
        assert!(first.is_accounted_for() && second.is_accounted_for());
        assert_eq!(first.waiting_parcels_new + second.waiting_parcels_new, 6);
        assert_eq!(sheets(&register).await, "1:11 1:12 2:21 2:22 3:31 3:32");
        let versions: i64 = register.value("select count(*) from parcel_version").await;
        assert_eq!(versions, 6);
    });
}

#[test]
fn a_parcel_that_stands_in_two_files_of_one_load_comes_in_once_and_a_second_load_changes_nothing() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [
            folder.parcels("one.geojson", &[square(1)]),
            folder.parcels(
                "two.geojson",
                &[square(1).with("KyHieuMucDichSuDung", "CLN"), square(2)],
            ),
        ];
        let errors = ["parcel-number-duplicate row 1 at 603030 1192010"];
        let report = register.load(&files).await;
        assert_eq!(register.errors(&report).await, errors);
        assert_eq!(
            (report.parcels.rejected, report.waiting_parcels_new),
            (1, 2)
        );
        let before = register.contents().await;
        for report in [
            register.load(&files).await,
            register.load_atomic(&files).await,
        ] {
            assert!(report.is_accounted_for());
            assert_eq!(register.errors(&report).await, errors);
            assert_eq!(register.contents().await, before);
        }
    });
}
