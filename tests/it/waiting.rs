//! Parcels without register rows and rows without parcel: they wait for each other.

use crate::support::{Folder, Register, register_csv, run, square};

const ROWS: [&str; 2] = ["1,Nguyễn Thị Một,1,ONT,400", "2,Trần Văn Hai,1,ONT,400"];

/// Who holds which parcel.
async fn holders(register: &Register) -> String {
    register
        .value(
            "select coalesce(string_agg(v.parcel_no || ' ' || p.name, ', ' order by v.parcel_no, p.name), '')
             from land_right r join parcel_version v using (parcel_id) join party_version p using (party_id)",
        )
        .await
}

#[test]
fn a_parcel_without_register_row_waits_until_the_row_comes() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let parcels = folder.parcels("parcels.geojson", &[square(1), square(2)]);
        let first = folder.write("first.csv", register_csv(&ROWS[..1]));
        let report = register.load(&[parcels.clone(), first]).await;
        assert_eq!((report.parcels.new, report.parcels.waiting), (1, 1));
        assert_eq!(report.waiting_parcels_new, 1);

        let second = folder.write("second.csv", register_csv(&ROWS[1..]));
        let report = register.load(&[second]).await;
        assert_eq!((report.rows.new, report.rows.waiting), (1, 0));
        assert_eq!(holders(&register).await, "1 Nguyễn Thị Một, 2 Trần Văn Hai");
        let report = register.load(&[parcels]).await;
        assert_eq!((report.parcels.unchanged, report.parcels.waiting), (2, 0));
    });
}

#[test]
fn a_register_row_without_parcel_waits_and_comes_in_with_the_parcel() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let rows = folder.write("rows.csv", register_csv(&ROWS));
        let report = register.load(std::slice::from_ref(&rows)).await;
        assert!(report.is_accounted_for());
        assert_eq!((report.rows.read, report.rows.waiting), (2, 2));
        assert_eq!(holders(&register).await, "");
        let before = register.contents().await;
        let report = register.load(&[rows]).await;
        assert_eq!(report.rows.waiting, 2);
        assert_eq!(
            register.contents().await,
            before,
            "what waits does not wait twice"
        );

        let parcel = folder.parcels("one.geojson", &[square(1)]);
        let report = register.load(&[parcel]).await;
        assert_eq!((report.parcels.new, report.rows_no_longer_waiting), (1, 1));
        assert_eq!(holders(&register).await, "1 Nguyễn Thị Một");
        let left: String = register
            .value("select string_agg(parcel_no::text, ',') from waiting_row")
            .await;
        assert_eq!(left, "2");
    });
}

#[test]
fn a_sheet_delivered_in_two_files_comes_in_whole() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [
            folder.parcels("west.geojson", &[square(1)]),
            folder.parcels("east.geojson", &[square(2)]),
            folder.write("rows.csv", register_csv(&ROWS)),
        ];
        let report = register.load(&files).await;
        assert!(report.is_accounted_for());
        assert_eq!((report.parcels.read, report.parcels.new), (2, 2));
        assert_eq!(holders(&register).await, "1 Nguyễn Thị Một, 2 Trần Văn Hai");
    });
}
