//! A long life: one parcel cut and joined two hundred times, and every moment of it read again.

use crate::desk::{Officer, row_of};
use crate::support::{Register, Served, point, run};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Each is followed by a merge of what it made.
const CUTS: usize = 100;
/// Three squares of 20 m, in square millimetres.
const LAND_MM2: i64 = 3 * 400_000_000;

/// What was in law when an operation was known, and what was not any more or not yet.
struct Moment {
    known: String,
    here: Vec<(i64, f64)>,
    gone: Vec<i64>,
}

impl Moment {
    async fn now(register: &Register, here: Vec<(i64, f64)>, gone: Vec<i64>) -> Self {
        let known = register
            .value(
                r#"select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#,
            )
            .await;
        Self { known, here, gone }
    }

    fn is_read_again(&self, server: &Served) {
        let read = |id: i64| server.get(&format!("/api/v1/parcels/{id}?known={}", self.known));
        for (id, area_m2) in &self.here {
            let parcel = read(*id);
            assert_eq!(parcel.status, 200, "{id} at {}", self.known);
            assert_eq!(parcel.json()["computed_area_m2"], *area_m2);
        }
        for id in &self.gone {
            assert_eq!(read(*id).status, 404, "{id} at {}", self.known);
        }
    }
}

/// An operation on parcels of revision 1: ids and areas of what it made, largest number last.
fn done(officer: &Officer<'_>, parcels: &[i64], operation: &Value) -> Vec<(i64, f64)> {
    let tags: Vec<String> = parcels.iter().map(|id| format!("\"{id}-1\"")).collect();
    let reply = officer.post("", &[("if-match", &*tags.join(", "))], &json!([operation]));
    assert_eq!(reply.status, 201, "{}", reply.text());
    let report = reply.json();
    let made = report["made"].as_array().unwrap().iter();
    made.map(|line| {
        (
            line["parcel_id"].as_i64().unwrap(),
            line["after"]["computed_area_m2"].as_f64().unwrap(),
        )
    })
    .collect()
}

/// How many steps of a lineage are so many generations away.
fn steps(server: &Served, id: i64) -> BTreeMap<i64, usize> {
    let lineage = server.json(&format!("/api/v1/parcels/{id}/lineage"));
    assert_eq!(lineage["parcels"].as_array().unwrap().len(), 1 + 3 * CUTS);
    let mut steps = BTreeMap::new();
    for step in lineage["steps"].as_array().unwrap() {
        *steps
            .entry(step["generation"].as_i64().unwrap())
            .or_default() += 1;
    }
    steps
}

#[test]
fn a_parcel_that_is_cut_and_joined_two_hundred_times_loses_nothing_of_its_land_and_its_history() {
    run(async {
        let register = row_of(3).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let mut random = StdRng::seed_from_u64(200);
        let (west, south) = point(2);
        let first = officer.id(2);
        let mut whole = first;
        let mut moments = vec![Moment::now(&register, vec![(first, 400.0)], vec![]).await];
        for _ in 0..CUTS {
            // from the western to the eastern edge: 20 m × (a + b) / 2 lie south of it
            let [a_cm, b_cm]: [i32; 2] = [
                random.random_range(100..1900),
                random.random_range(100..1900),
            ];
            let [a_m, b_m] = [a_cm, b_cm].map(|cm| f64::from(cm) / 100.0);
            let line = json!([[west, south + a_m], [west + 20.0, south + b_m]]);
            let split = json!({ "kind": "split", "parcel": whole, "by": { "line_m": line } });
            let parts = done(&officer, &[whole], &split);
            let south_m2 = f64::from(a_cm + b_cm) / 10.0;
            let mut areas: Vec<f64> = parts.iter().map(|(_, area_m2)| *area_m2).collect();
            areas.sort_by(f64::total_cmp);
            let mut expected = [south_m2, 400.0 - south_m2].map(|m2| (m2 * 10.0).round() / 10.0);
            expected.sort_by(f64::total_cmp);
            assert_eq!(areas, expected);
            moments.push(Moment::now(&register, parts.clone(), vec![whole]).await);
            let ids: Vec<i64> = parts.iter().map(|(id, _)| *id).collect();
            let merged = done(&officer, &ids, &json!({ "kind": "merge", "parcels": ids }));
            assert_eq!((merged.len(), merged[0].1), (1, 400.0));
            whole = merged[0].0;
            moments.push(Moment::now(&register, merged, ids).await);
        }

        // to the square millimetre, by PostGIS, and without a gap or an overlap
        let area_half_mm2: i64 = register
            .value(
                "select sum(round(2 * st_area(st_scale(legal_geometry, 1000, 1000))))::bigint from current_parcel",
            )
            .await;
        assert_eq!(area_half_mm2, 2 * LAND_MM2);
        let outside_mm2: f64 = register
            .value(
                "select st_area(st_symdifference(st_union(st_scale(legal_geometry, 1000, 1000)),
                        st_envelope(st_union(st_scale(legal_geometry, 1000, 1000))))) from current_parcel",
            )
            .await;
        assert!(outside_mm2 <= 0.0, "{outside_mm2} mm²");
        let drift_mm2: f64 = register
            .value("select sum((report->>'drift_mm2')::float8) from land_operation")
            .await;
        assert!(drift_mm2.abs() <= 0.0, "{drift_mm2} mm²");

        // two steps a generation, both ways
        let generations = i64::try_from(2 * CUTS).unwrap();
        let down: BTreeMap<i64, usize> = (1..=generations).map(|each| (each, 2)).collect();
        assert_eq!(steps(&server, first), down);
        let up: BTreeMap<i64, usize> = (1..=generations).map(|each| (-each, 2)).collect();
        assert_eq!(steps(&server, whole), up);
        let of_two = server.json("/api/v1/parcels/successors?commune=99001&sheet_no=1&parcel_no=2");
        let successors = of_two["found"][0]["successors"].as_array().unwrap();
        assert_eq!(
            (
                successors.len(),
                &successors[0]["parcel_id"],
                &successors[0]["generations"]
            ),
            (1, &json!(whole), &json!(generations))
        );
        assert_eq!(moments.len(), 2 * CUTS + 1);
        for moment in &moments {
            moment.is_read_again(&server);
        }
    });
}
