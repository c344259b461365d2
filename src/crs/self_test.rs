//! The start-up self-test: does SQL transform as we do?

use super::{CrsError, GEOGRAPHIC, ZONES, from_wgs84, zone};
use crate::domain::ZoneCode;

/// How far two programs may differ on the ground.
pub const LIMIT_MM: f64 = 1.0;

/// Metres in a degree of latitude, at most.
const METRES_PER_DEGREE: f64 = 111_700.0;

/// Two programs place the same zone coordinates differently.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("EPSG:{zone}: this program and the database differ by {difference_mm:.1} mm (limit 1 mm)")]
pub struct Disagreement {
    /// The zone.
    pub zone: ZoneCode,
    /// The largest distance on the ground; infinite where an answer is missing.
    pub difference_mm: f64,
}

/// Points spread over the zone's part of Viet Nam, for comparing programs: nine by nine over its area of use, close enough
/// to hit the oil blocks (9.35–11.04° N) wherever a zone does.
///
/// # Units
/// Metres in the zone; degrees for [`GEOGRAPHIC`].
pub fn self_test_points(code: ZoneCode) -> Result<Vec<(f64, f64)>, CrsError> {
    let [west, south, east, north] = match zone(code) {
        Some(zone) => zone.area_deg,
        None if code == GEOGRAPHIC => country_deg(),
        None => return Err(CrsError::UnknownZone(code)),
    };
    let step = |from: f64, to: f64, n: u8| from + (to - from) * f64::from(n) / 8.0;
    let mut points: Vec<_> = (0..9)
        .flat_map(|row| {
            (0..9).map(move |column| (step(west, east, column), step(south, north, row)))
        })
        .collect();
    from_wgs84(code, &mut points)?;
    Ok(points)
}

fn country_deg() -> [f64; 4] {
    ZONES
        .iter()
        .fold([180.0, 90.0, -180.0, -90.0], |[w, s, e, n], zone| {
            let [west, south, east, north] = zone.area_deg;
            [w.min(west), s.min(south), e.max(east), n.max(north)]
        })
}

/// Compares what this program and SQL made of the same points.
///
/// # Units
/// Longitude and latitude in degrees.
///
/// # Errors
/// When any two differ by more than [`LIMIT_MM`] on the ground, or an answer is missing.
pub fn compare(
    zone: ZoneCode,
    rust: &[(f64, f64)],
    sql: &[(f64, f64)],
) -> Result<(), Disagreement> {
    let difference_mm = if rust.len() == sql.len() {
        rust.iter()
            .zip(sql)
            .map(|(a, b)| distance_mm(*a, *b))
            .fold(0.0, f64::max)
    } else {
        f64::INFINITY
    };
    if difference_mm <= LIMIT_MM {
        Ok(())
    } else {
        Err(Disagreement {
            zone,
            difference_mm,
        })
    }
}

/// The distance of two near places; infinite where one is not a number.
fn distance_mm(a: (f64, f64), b: (f64, f64)) -> f64 {
    let east = (a.0 - b.0) * a.1.to_radians().cos();
    let distance_mm = east.hypot(a.1 - b.1) * METRES_PER_DEGREE * 1000.0;
    if distance_mm.is_nan() {
        f64::INFINITY
    } else {
        distance_mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_for_oil_blocks_is_found_out_and_measured() {
        // Vectors of EPSG:6960 and EPSG:5194 for one point of EPSG:9210; the registry's own comparison says 0.80 m.
        let ours = [(106.693_612_244, 10.777_443_860)];
        let trapped = [(106.693_619_538, 10.777_444_249)];
        let disagreement = compare(9210, &ours, &trapped).unwrap_err();
        assert_eq!(disagreement.zone, 9210);
        assert!(
            (disagreement.difference_mm - 800.0).abs() < 5.0,
            "{disagreement}"
        );
        assert_eq!(compare(9210, &ours, &ours), Ok(()));
    }

    #[test]
    fn a_missing_answer_is_a_disagreement() {
        let place = (106.7, 10.8);
        assert!(compare(9210, &[place], &[]).is_err());
        assert!(compare(9210, &[place], &[(f64::NAN, 10.8)]).is_err());
    }

    #[test]
    fn wherever_a_zone_reaches_into_the_trap_a_point_lies_in_it() {
        // Area of use of EPSG:5194: 9.35–11.04° N, 104.24–107.11° E.
        for zone in ZONES {
            let [west, south, east, north] = zone.area_deg;
            let reaches = west < 107.11 && east > 104.24 && south < 11.04 && north > 9.35;
            let mut places = self_test_points(zone.code).unwrap();
            crate::crs::to_wgs84(zone.code, &mut places).unwrap();
            let hits = places
                .iter()
                .any(|(lon, lat)| (104.24..107.11).contains(lon) && (9.35..11.04).contains(lat));
            assert_eq!(hits, reaches, "{}", zone.code);
        }
        assert_eq!(self_test_points(4326), Err(CrsError::UnknownZone(4326)));
    }
}
