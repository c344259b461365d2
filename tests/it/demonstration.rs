//! The demonstration commune, loaded.

use crate::support::{Register, fixture, run};
use std::collections::HashSet;

/// Commune, sheet and parcel number of every row of the register, and the row as it stands.
fn register_rows() -> Vec<([String; 3], csv::StringRecord)> {
    let mut table = csv::Reader::from_path(fixture("register.csv")).unwrap();
    table
        .records()
        .map(|row| {
            let row = row.unwrap();
            ([0, 1, 2].map(|column| row[column].to_owned()), row)
        })
        .collect()
}

#[test]
fn every_record_of_the_demonstration_is_in_the_register_and_a_second_load_changes_nothing() {
    run(async {
        let rows = register_rows();
        let named: HashSet<_> = rows.iter().map(|(key, _)| key).collect();
        let parcels_with_rows = named.len() as u64;
        let register = Register::blank().await;
        let files = [fixture("parcels.gpkg"), fixture("register.csv")];

        let first = register.load(&files).await;
        assert!(first.is_accounted_for());
        assert_eq!(first.parcels.read, 2500);
        assert_eq!(first.parcels.new, parcels_with_rows);
        assert_eq!(first.parcels.waiting, 2500 - parcels_with_rows);
        assert_eq!(first.waiting_parcels_new, 2500 - parcels_with_rows);
        assert_eq!(first.rows.read, rows.len() as u64);
        assert_eq!(first.rows.new, rows.len() as u64);
        assert_eq!(first.sheets_written, 7);
        // each sheet is one transaction
        assert_eq!(first.register_position.0, 7);

        let before = register.contents().await;
        let second = register.load(&files).await;
        assert!(second.is_accounted_for());
        assert_eq!(second.parcels.unchanged, parcels_with_rows);
        assert_eq!(second.parcels.waiting, 2500 - parcels_with_rows);
        assert_eq!(second.waiting_parcels_new, 0);
        assert_eq!(second.rows.unchanged, rows.len() as u64);
        assert_eq!((second.sheets_written, second.sheets_unchanged), (0, 7));
        assert_eq!(second.register_position, first.register_position);
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn the_registers_rows_are_rights_parties_certificates_and_uses_and_nothing_else() {
    run(async {
        let rows = register_rows();
        let distinct = |columns: &[usize]| -> i64 {
            let of = |row: &csv::StringRecord| -> Vec<String> {
                columns
                    .iter()
                    .map(|column| row[*column].to_owned())
                    .collect()
            };
            let all: HashSet<_> = rows.iter().map(|(_, row)| of(row)).collect();
            all.len().try_into().unwrap()
        };
        let serials: HashSet<_> = rows
            .iter()
            .map(|(_, row)| row[9].to_owned())
            .filter(|serial| !serial.is_empty())
            .collect();
        let register = Register::demo().await;
        // a right is one party in one parcel by one certificate
        let rights: i64 = register.value("select count(*) from land_right").await;
        assert_eq!(rights, distinct(&[0, 1, 2, 4, 5, 9]));
        let certificates: i64 = register
            .value("select count(distinct serial_key) from certificate_version")
            .await;
        assert_eq!(certificates, i64::try_from(serials.len()).unwrap());
        let uses: i64 = register.value("select count(*) from land_use_row").await;
        assert_eq!(uses, distinct(&[0, 1, 2, 12]));
        let numbers: i64 = register
            .value("select count(distinct personal_no) from party_version")
            .await;
        let given: HashSet<_> = rows
            .iter()
            .map(|(_, row)| row[5].to_owned())
            .filter(|number| !number.is_empty())
            .collect();
        assert_eq!(numbers, i64::try_from(given.len()).unwrap());
    });
}

#[test]
fn national_codes_are_the_geohashes_that_postgis_gives_the_label_points() {
    run(async {
        let register = Register::demo().await;
        let computed: i64 = register
            .value(
                "select count(*) from national_code n join parcel_version v using (parcel_id)
                 where n.origin = 'computed' and n.code = st_geohash(v.label_point, 12)",
            )
            .await;
        assert_eq!(computed, 2500);
    });
}

#[test]
fn every_label_point_lies_in_its_parcel_and_every_area_is_the_one_postgis_computes() {
    run(async {
        let register = Register::demo().await;
        let lawful: i64 = register
            .value(
                "select count(*) from parcel_version
                 where st_contains(geographic, label_point) and st_isvalid(legal_geometry)
                   and abs(st_area(legal_geometry) - computed_area_m2::float8) <= 0.0501",
            )
            .await;
        assert_eq!(lawful, 2500);
    });
}
