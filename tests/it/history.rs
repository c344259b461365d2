//! Versions are history: nobody rewrites them.

use crate::support::{Register, run};

#[test]
fn versions_refuse_to_be_changed_or_deleted_whoever_asks() {
    run(async {
        let register = Register::demo().await;
        let before = register.contents().await;
        for statement in [
            "update parcel_version set land_use = 'CLN'",
            "update parcel_version_1 set land_use = 'CLN'",
            "delete from parcel_version",
            "delete from parcel_version_1",
            "update land_use_row set area_m2 = 1",
            "delete from land_use_row",
            "update party_version set name = 'An'",
            "delete from party_version",
            "update certificate_version set serial = 'AA 1'",
            "delete from certificate_version",
            "update land_right_version set share_numerator = 1, share_denominator = 2",
            "delete from land_right_version",
            // a closed period is not opened again, an open one not moved
            "update parcel_version set recorded = tstzrange(lower(recorded) - interval '1 day', now())",
        ] {
            let error = register.execute(statement).await.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code());
            // 23001: restrict_violation
            assert_eq!(code.as_deref(), Some("23001"), "{statement}");
        }
        assert_eq!(register.contents().await, before);
    });
}

#[test]
fn one_parcel_never_has_two_versions_at_one_time() {
    run(async {
        let register = Register::demo().await;
        let error = register
            .execute(
                "insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry,
                                             geographic, label_point, is_derived, content_digest)
                 select parcel_id, 2, legal, sheet_id, parcel_no, computed_area_m2, legal_geometry, geographic, label_point, false, ''
                 from parcel_version limit 1",
            )
            .await
            .unwrap_err();
        let code = error.as_database_error().and_then(|error| error.code());
        // 23P01: exclusion_violation
        assert_eq!(code.as_deref(), Some("23P01"), "{error}");
    });
}
