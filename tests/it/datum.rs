//! The datum trap: PostGIS, left to choose, is 0.8 m off around Ho Chi Minh City, and we don't fall into it.

use crate::support::{Register, run};
use diaba::app::{App, AppError, self_test};

/// Vectors of EPSG:6960: zone, easting and northing in metres, longitude and latitude in degrees.
const VECTORS: [(i32, f64, f64, f64, f64); 5] = [
    (
        9210,
        603_000.0,
        1_192_000.0,
        106.693_612_244,
        10.777_443_860,
    ),
    (
        9210,
        602_000.0,
        1_191_000.0,
        106.684_441_295,
        10.768_431_346,
    ),
    (
        5897,
        587_000.0,
        2_325_000.0,
        105.838_817_683,
        21.016_425_406,
    ),
    (
        5899,
        549_000.0,
        1_777_000.0,
        108.209_814_135,
        16.066_573_814,
    ),
    (
        9208,
        528_000.0,
        1_150_000.0,
        105.007_514_409,
        10.399_038_379,
    ),
];

#[test]
fn the_private_rows_of_postgis_give_the_test_vectors() {
    run(async {
        let register = Register::blank().await;
        for (zone, easting_m, northing_m, lon, lat) in VECTORS {
            let srid = diaba::crs::private_srid(zone);
            let place = register
                .store
                .transformed(srid, &[(easting_m, northing_m)])
                .await
                .unwrap()[0];
            assert!(
                (place.0 - lon).abs() < 1e-9 && (place.1 - lat).abs() < 1e-9,
                "EPSG:{zone}: {place:?}"
            );
        }
    });
}

#[test]
fn the_trap_is_real_a_row_that_names_epsg_is_0_8_m_off_whatever_its_text_says() {
    run(async {
        let register = Register::blank().await;
        register
            .execute(
                "insert into spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
                 select 9210, 'EPSG', 9210, srtext, proj4text from spatial_ref_sys where srid = 909210",
            )
            .await
            .unwrap();
        let place = register
            .store
            .transformed(9210, &[(603_000.0, 1_192_000.0)])
            .await
            .unwrap()[0];
        // the vector of EPSG:5194, which PROJ chooses there
        assert!(
            (place.0 - 106.693_619_538).abs() < 1e-9 && (place.1 - 10.777_444_249).abs() < 1e-9,
            "{place:?}"
        );
        let metres: f64 = register
            .value(
                "select st_distance(st_transform(st_setsrid(p, 9210), 4326)::geography, st_transform(st_setsrid(p, 909210), 4326)::geography)
                 from st_makepoint(603000, 1192000) as p",
            )
            .await;
        assert!((metres - 0.80).abs() < 0.01, "{metres} m");
    });
}

/// What somebody may do to the private row, and how many millimetres off it is then at the worst point of the zone.
#[rustfmt::skip]
const DAMAGES: [(&str, std::ops::Range<f64>); 2] = [
    // 0.80 m at the vector, and nearly the same wherever the zone lies in the oil blocks
    ("update spatial_ref_sys set auth_name = 'EPSG', auth_srid = 9210 where srid = 909210", 790.0..830.0),
    // the coordinate-frame signs of the rotations copied into TOWGS84, as half of the public code has them: 799.5 mm at 23° N
    // by hand (Helmert with both signs over the zone's area of use)
    ("update spatial_ref_sys set srtext = replace(srtext, '0.00928836,-0.01975479,0.00427372', '-0.00928836,0.01975479,-0.00427372')
      where srid = 909210", 799.0..800.0),
];

#[test]
fn a_damaged_row_fails_the_self_test_which_names_zone_and_difference_and_nobody_serves() {
    for (damage, expected_mm) in DAMAGES {
        run(async {
            let register = Register::demo().await;
            self_test(&register.store).await.unwrap();
            register.execute(damage).await.unwrap();
            let store = register.reopened().await;
            let Err(AppError::SelfTest(found)) = self_test(&store).await else {
                panic!("the damage went unseen");
            };
            assert_eq!(found.zone, 9210);
            assert!(expected_mm.contains(&found.difference_mm), "{found}");
            let keys = tempfile::tempdir().unwrap();
            let error = App::open(store, keys.path(), 0).await.err().unwrap();
            assert!(error.to_string().contains("EPSG:9210"), "{error}");
        });
    }
}

#[test]
fn a_register_without_sheets_is_tested_in_every_zone() {
    run(async {
        let register = Register::blank().await;
        self_test(&register.store).await.unwrap();
        register
            .execute("update spatial_ref_sys set srtext = replace(srtext, '108.5', '108.25'), proj4text = '' where srid = 909218")
            .await
            .unwrap();
        let error = self_test(&register.reopened().await).await.unwrap_err();
        assert!(
            matches!(error, AppError::SelfTest(found) if found.zone == 9218),
            "{error:?}"
        );
    });
}
