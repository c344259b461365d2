//! Zone coordinates to WGS 84 and back.

use super::{GEOGRAPHIC, shift, zone};
use crate::domain::{GridPoint, ZoneCode};
use proj::Proj;
use std::cell::RefCell;
use std::collections::{HashMap, hash_map::Entry};

/// Why coordinates could not be transformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrsError {
    /// The code is none of the zones, nor [`super::GEOGRAPHIC`].
    #[error("EPSG:{0} is not a VN-2000 zone")]
    UnknownZone(ZoneCode),
    /// A coordinate is not a number, or far outside the projection.
    #[error("a coordinate cannot be transformed between EPSG:{zone} and WGS 84 ({reason})")]
    Coordinate {
        /// The zone.
        zone: ZoneCode,
        /// What PROJ says.
        reason: String,
    },
    /// PROJ did not take a pipeline.
    #[error("PROJ refuses the pipeline of EPSG:{zone} ({reason})")]
    Pipeline {
        /// The zone.
        zone: ZoneCode,
        /// What PROJ says.
        reason: String,
    },
}

/// A place in WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degrees {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
}

/// Turns zone coordinates into WGS 84 longitude and latitude, in place; after an error the points mean nothing.
///
/// # Units
/// Easting and northing in metres (VN-2000 longitude and latitude in degrees for [`super::GEOGRAPHIC`]) → degrees.
///
/// # Source
/// Decision 05/2007/QĐ-BTNMT = EPSG:6960.
pub fn to_wgs84(zone: ZoneCode, points_m: &mut [(f64, f64)]) -> Result<(), CrsError> {
    let limit = if zone == GEOGRAPHIC {
        GLOBE_DEG
    } else {
        PLANE_M
    };
    check_range(zone, points_m, limit)?;
    with_pipeline(zone, |pipeline| run(zone, pipeline, points_m, false))
}

/// Turns WGS 84 longitude and latitude into zone coordinates, in place; after an error the points mean nothing.
///
/// The exact inverse of [`to_wgs84`]. A pipeline run backwards is not: it takes the height to be zero on the other
/// ellipsoid and ends up to 1.4 mm aside; so what is amiss after the way there and back is added once more.
///
/// # Units
/// Degrees → easting and northing in metres (VN-2000 longitude and latitude in degrees for [`super::GEOGRAPHIC`]).
pub fn from_wgs84(zone: ZoneCode, points: &mut [(f64, f64)]) -> Result<(), CrsError> {
    check_range(zone, points, GLOBE_DEG)?;
    with_pipeline(zone, |pipeline| {
        let mut back = points.to_vec();
        run(zone, pipeline, &mut back, true)?;
        run(zone, pipeline, &mut back, false)?;
        let mut corrected: Vec<_> = points
            .iter()
            .zip(back)
            .map(|((lon, lat), (back_lon, back_lat))| (2.0 * lon - back_lon, 2.0 * lat - back_lat))
            .collect();
        run(zone, pipeline, &mut corrected, true)?;
        points.copy_from_slice(&corrected);
        Ok(())
    })
}

/// Where a grid point lies in WGS 84.
pub fn point_to_wgs84(zone: ZoneCode, point: GridPoint) -> Result<Degrees, CrsError> {
    let mut place = [(point.easting_m(), point.northing_m())];
    to_wgs84(zone, &mut place)?;
    let [(lon, lat)] = place;
    Ok(Degrees { lon, lat })
}

/// Longitude and latitude on the globe.
const GLOBE_DEG: (f64, f64) = (180.0, 90.0);
/// Farther from a zone's origin there is no Earth.
const PLANE_M: (f64, f64) = (20_000_000.0, 20_000_000.0);

fn check_range(zone: ZoneCode, points: &[(f64, f64)], limit: (f64, f64)) -> Result<(), CrsError> {
    match points
        .iter()
        .find(|(x, y)| !(x.abs() <= limit.0 && y.abs() <= limit.1))
    {
        Some((x, y)) => Err(CrsError::Coordinate {
            zone,
            reason: format!("{x}, {y} is not on Earth"),
        }),
        None => Ok(()),
    }
}

thread_local! {
    /// PROJ objects belong to the thread that made them.
    static PIPELINES: RefCell<HashMap<ZoneCode, Proj>> = RefCell::new(HashMap::new());
}

fn with_pipeline(
    zone: ZoneCode,
    work: impl FnOnce(&Proj) -> Result<(), CrsError>,
) -> Result<(), CrsError> {
    PIPELINES.with_borrow_mut(|pipelines| match pipelines.entry(zone) {
        Entry::Occupied(entry) => work(entry.get()),
        Entry::Vacant(entry) => work(entry.insert(open(zone)?)),
    })
}

fn run(
    zone: ZoneCode,
    pipeline: &Proj,
    points: &mut [(f64, f64)],
    backwards: bool,
) -> Result<(), CrsError> {
    let refused = |reason| CrsError::Coordinate { zone, reason };
    pipeline
        .project_array(points, backwards)
        .map_err(|error| refused(error.to_string()))?;
    if points.iter().all(|(x, y)| x.is_finite() && y.is_finite()) {
        Ok(())
    } else {
        Err(refused("outside the projection".into()))
    }
}

fn open(code: ZoneCode) -> Result<Proj, CrsError> {
    let zone = zone::zone(code);
    if zone.is_none() && code != GEOGRAPHIC {
        return Err(CrsError::UnknownZone(code));
    }
    Proj::new(&shift::pipeline(zone)).map_err(|error| CrsError::Pipeline {
        zone: code,
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::{ZONES, self_test_points};
    use proptest::prelude::*;

    /// Zone, easting, northing, latitude, longitude, as PostGIS 3.3 with PROJ 9.1 gives them for the Decision's parameters.
    const VECTORS: [(ZoneCode, f64, f64, f64, f64); 5] = [
        (
            9210,
            603_000.0,
            1_192_000.0,
            10.777_443_860,
            106.693_612_244,
        ),
        (
            9210,
            602_000.0,
            1_191_000.0,
            10.768_431_346,
            106.684_441_295,
        ),
        (
            5897,
            587_000.0,
            2_325_000.0,
            21.016_425_406,
            105.838_817_683,
        ),
        (
            5899,
            549_000.0,
            1_777_000.0,
            16.066_573_814,
            108.209_814_135,
        ),
        (
            9208,
            528_000.0,
            1_150_000.0,
            10.399_038_379,
            105.007_514_409,
        ),
    ];

    fn one(zone: ZoneCode, easting_m: f64, northing_m: f64) -> (f64, f64) {
        let mut point = [(easting_m, northing_m)];
        to_wgs84(zone, &mut point).unwrap();
        point[0]
    }

    #[test]
    fn the_decisions_shift_gives_the_published_vectors_to_a_billionth_of_a_degree() {
        for (zone, easting_m, northing_m, lat, lon) in VECTORS {
            let place = one(zone, easting_m, northing_m);
            assert!((place.0 - lon).abs() <= 1e-9, "{zone}: lon {}", place.0);
            assert!((place.1 - lat).abs() <= 1e-9, "{zone}: lat {}", place.1);
        }
    }

    #[test]
    fn none_of_the_well_known_mistakes_is_ours() {
        let (lon, lat) = one(9210, 603_000.0, 1_192_000.0);
        for (mistake, wrong_lat, wrong_lon) in [
            (
                "the Mekong oil blocks' shift",
                10.777_444_249,
                106.693_619_538,
            ),
            (
                "rotations of the wrong sign",
                10.777_442_058,
                106.693_607_602,
            ),
            ("no shift", 10.778_462_316, 106.691_825_984),
            ("the neighbouring meridian", 10.777_442_395, 106.943_611_531),
        ] {
            let away_m = (lon - wrong_lon).hypot(lat - wrong_lat) * 110_000.0;
            assert!(away_m > 0.5, "{mistake}: {away_m} m");
        }
    }

    #[test]
    fn a_point_that_is_no_point_and_a_zone_that_is_no_zone_are_errors() {
        assert_eq!(to_wgs84(6957, &mut []), Err(CrsError::UnknownZone(6957)));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e30] {
            assert!(
                to_wgs84(9210, &mut [(603_000.0, 1_192_000.0), (bad, 0.0)]).is_err(),
                "{bad}"
            );
            assert!(from_wgs84(9210, &mut [(bad, 10.0)]).is_err(), "{bad}");
        }
        assert!(
            to_wgs84(9210, &mut [(603_000.0, 1_192_000.0)]).is_ok(),
            "the next one is well again"
        );
    }

    #[test]
    fn every_zone_and_thread_agrees_with_the_geographic_coordinates() {
        // A plane zone and VN-2000 longitude and latitude are two ways of writing one place.
        std::thread::spawn(|| {
            for zone in ZONES {
                let mut via_zone = self_test_points(zone.code).unwrap();
                to_wgs84(zone.code, &mut via_zone).unwrap();
                let mut there_and_back = via_zone.clone();
                from_wgs84(GEOGRAPHIC, &mut there_and_back).unwrap();
                to_wgs84(GEOGRAPHIC, &mut there_and_back).unwrap();
                for (a, b) in via_zone.iter().zip(&there_and_back) {
                    assert!((a.0 - b.0).hypot(a.1 - b.1) < 1e-11, "{}", zone.code);
                }
            }
        })
        .join()
        .unwrap();
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_a_thousandth_of_a_millimetre(
            zone in proptest::sample::select(ZONES),
            points in proptest::collection::vec((180_000.0..820_000.0, 880_000.0..2_620_000.0), 1..20),
        ) {
            let mut there_and_back: Vec<(f64, f64)> = points.clone();
            to_wgs84(zone.code, &mut there_and_back).unwrap();
            from_wgs84(zone.code, &mut there_and_back).unwrap();
            for (a, b) in points.iter().zip(&there_and_back) {
                prop_assert!((a.0 - b.0).hypot(a.1 - b.1) < 1e-6);
            }
        }

        #[test]
        fn no_coordinates_panic(zone in -1..10_000_i32, x: f64, y: f64) {
            let _ = to_wgs84(zone, &mut [(x, y)]);
            let _ = from_wgs84(zone, &mut [(x, y)]);
            let _ = to_wgs84(9210, &mut [(x, y)]);
            let _ = from_wgs84(9210, &mut [(x, y)]);
        }
    }
}
