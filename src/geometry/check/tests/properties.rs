//! Verdicts on random rings, beside those of `geo`.

use super::*;
use crate::geometry::{Location, area, label_point, locate, locate_m};
use geo::{Area as _, Validation as _};
use proptest::prelude::*;

/// Corners at growing angles around a centre, each at its own distance: never crosses itself.
fn star() -> impl Strategy<Value = Vec<(f64, f64)>> {
    proptest::collection::vec(1.0..100.0_f64, 3..60).prop_map(|radii| {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(place, radius): (usize, &f64)| {
            let (sin, cos) = (place as f64 * step).sin_cos();
            (radius * cos, radius * sin)
        };
        radii.iter().enumerate().map(corner).collect()
    })
}

/// The rings on the grid, with the corner as origin, for `geo`.
fn as_geo(rings: &[Vec<(f64, f64)>]) -> geo::Polygon {
    let grid = |&(x, y): &(f64, f64)| ((x * 1000.0).round(), (y * 1000.0).round());
    let mut lines = rings
        .iter()
        .map(|ring| ring.iter().map(grid).collect::<geo::LineString>());
    geo::Polygon::new(lines.next().unwrap(), lines.collect())
}

fn judge(rings: &[Vec<(f64, f64)>]) -> Result<Boundary, Vec<Fault>> {
    let rings: Vec<&[(f64, f64)]> = rings.iter().map(Vec::as_slice).collect();
    check_rings(ZONE, &raw(&rings))
}

proptest! {
    #[test]
    fn a_star_is_lawful_has_geos_area_and_its_label_inside(ring in star(), clockwise: bool) {
        let mut drawn = ring.clone();
        if clockwise {
            drawn.reverse();
        }
        let boundary = judge(&[drawn]).unwrap();
        prop_assert!(doubled_signed_area_mm2(&boundary.rings()[0]) > 0);
        let mm2 = as_geo(std::slice::from_ref(&ring)).unsigned_area();
        prop_assert!((area(&boundary).m2() - mm2 / 1e6).abs() <= 0.05 + 1e-6);
        let label = label_point(&boundary);
        prop_assert_eq!(locate(&boundary, label), Location::Inside);
        prop_assert!(locate_m(&boundary, label.easting_m(), label.northing_m()));
    }

    #[test]
    fn few_points_on_a_coarse_grid_are_judged_as_geo_judges_them(
        outer in proptest::collection::vec((0..6_i8, 0..6_i8), 3..9),
        hole in proptest::collection::vec((0..6_i8, 0..6_i8), 0..6),
    ) {
        let ring = |points: &[(i8, i8)]| points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect::<Vec<_>>();
        let mut rings = vec![ring(&outer)];
        if hole.len() >= 3 {
            rings.push(ring(&hole));
        }
        // What `geo` lets pass: rings without area, and a hole that touches twice and cuts the parcel apart.
        let stricter = |fault: &Fault| fault.code == FaultCode::GeometryEmpty || fault.detail.contains("apart");
        let verdict = judge(&rings);
        match &verdict {
            Err(faults) if faults.iter().all(stricter) => {}
            _ => prop_assert_eq!(verdict.is_ok(), as_geo(&rings).is_valid(), "{:?}", verdict),
        }
    }

    #[test]
    fn no_rings_panic(rings in proptest::collection::vec(proptest::collection::vec((any::<f64>(), any::<f64>()), 0..9), 0..4)) {
        let _ = check_rings(ZONE, &RawPolygon { rings });
    }

    #[test]
    fn no_rings_in_range_panic(
        rings in proptest::collection::vec(
            proptest::collection::vec((180_000.0..=820_000.0, 880_000.0..=2_620_000.0), 0..9), 0..4),
    ) {
        if let Ok(boundary) = check_rings(ZONE, &RawPolygon { rings }) {
            prop_assert_ne!(locate(&boundary, label_point(&boundary)), Location::Outside);
        }
    }
}
