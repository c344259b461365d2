//! The zones that surveys and map sheets are in.

use crate::domain::ZoneCode;

/// VN-2000 geographic coordinates.
pub const GEOGRAPHIC: ZoneCode = 4756;

/// A transverse Mercator zone of VN-2000: false easting 500 000 m, false northing 0 m, latitude of origin 0°.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zone {
    /// EPSG code.
    pub code: ZoneCode,
    /// The meridian that has easting 500 000 m.
    pub central_meridian_deg: f64,
    /// The scale on that meridian: 0.9999 in 3° zones, 0.9996 in 6° zones.
    pub scale: f64,
    /// The zone's name in the EPSG registry.
    pub name: &'static str,
    /// Where it is used: west, south, east and north, in degrees.
    pub area_deg: [f64; 4],
}

/// Every zone in use.
///
/// # Source
/// EPSG registry: codes, meridians, names and areas of use.
#[rustfmt::skip]
pub const ZONES: &[Zone] = &[
    three_degrees(5896, 102.00, "VN-2000 / TM-3 zone 481", [102.14,  9.20, 103.51, 22.82]),
    three_degrees(5897, 105.00, "VN-2000 / TM-3 zone 482", [103.50,  8.33, 106.51, 23.40]),
    three_degrees(5898, 108.00, "VN-2000 / TM-3 zone 491", [106.50,  8.57, 109.53, 22.95]),
    three_degrees(5899, 107.75, "VN-2000 / TM-3 107-45",   [106.43,  8.57, 108.76, 21.67]),
    three_degrees(9205, 103.00, "VN-2000 / TM-3 103-00",   [102.14, 20.89, 103.99, 22.82]),
    three_degrees(9206, 104.00, "VN-2000 / TM-3 104-00",   [103.21, 20.57, 105.03, 22.04]),
    three_degrees(9207, 104.50, "VN-2000 / TM-3 104-30",   [103.40,  8.33, 105.54, 10.55]),
    three_degrees(9208, 104.75, "VN-2000 / TM-3 104-45",   [103.53, 10.18, 105.86, 22.85]),
    three_degrees(9209, 105.50, "VN-2000 / TM-3 105-30",   [104.33,  9.19, 106.69, 23.40]),
    three_degrees(9210, 105.75, "VN-2000 / TM-3 105-45",   [105.26,  9.75, 107.80, 23.12]),
    three_degrees(9211, 106.00, "VN-2000 / TM-3 106-00",   [104.83, 16.92, 107.03, 22.70]),
    three_degrees(9212, 106.25, "VN-2000 / TM-3 106-15",   [106.41, 11.30, 107.43, 17.22]),
    three_degrees(9213, 106.50, "VN-2000 / TM-3 106-30",   [105.43, 21.32, 106.25, 22.75]),
    three_degrees(9214, 107.00, "VN-2000 / TM-3 107-00",   [105.88, 15.99, 108.24, 21.63]),
    three_degrees(9215, 107.25, "VN-2000 / TM-3 107-15",   [106.09, 21.32, 107.37, 22.47]),
    three_degrees(9216, 107.50, "VN-2000 / TM-3 107-30",   [107.33, 13.92, 108.55, 15.42]),
    three_degrees(9217, 108.25, "VN-2000 / TM-3 108-15",   [108.55, 11.25, 109.53, 14.71]),
    three_degrees(9218, 108.50, "VN-2000 / TM-3 108-30",   [107.20, 10.43, 109.52, 14.61]),
    six_degrees(  3405, 105.00, "VN-2000 / UTM zone 48N",  [102.14,  8.33, 108.00, 23.40]),
    six_degrees(  3406, 111.00, "VN-2000 / UTM zone 49N",  [108.00, 10.43, 109.53, 21.56]),
];

const fn three_degrees(
    code: ZoneCode,
    central_meridian_deg: f64,
    name: &'static str,
    area_deg: [f64; 4],
) -> Zone {
    Zone {
        code,
        central_meridian_deg,
        scale: 0.9999,
        name,
        area_deg,
    }
}

const fn six_degrees(
    code: ZoneCode,
    central_meridian_deg: f64,
    name: &'static str,
    area_deg: [f64; 4],
) -> Zone {
    Zone {
        scale: 0.9996,
        ..three_degrees(code, central_meridian_deg, name, area_deg)
    }
}

/// The zone of a code, if it is one in use; [`GEOGRAPHIC`] is not a zone.
pub fn zone(code: ZoneCode) -> Option<&'static Zone> {
    ZONES.iter().find(|zone| zone.code == code)
}

/// The code that replaces a withdrawn one.
///
/// 6956–6959 were registered with the false easting and northing swapped; files that name them mean 5896–5899.
pub fn successor(code: ZoneCode) -> Option<ZoneCode> {
    (6956..=6959).contains(&code).then_some(code - 1060)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_withdrawn_code_leads_to_a_zone_in_use() {
        for (withdrawn, meridian) in [(6956, 102.0), (6957, 105.0), (6958, 108.0), (6959, 107.75)] {
            let next = successor(withdrawn).and_then(zone).unwrap();
            assert!((next.central_meridian_deg - meridian).abs() < f64::EPSILON);
            assert!(zone(withdrawn).is_none());
        }
        assert_eq!(successor(9210), None);
    }

    #[test]
    fn the_list_is_the_registrys() {
        let mut codes: Vec<_> = ZONES.iter().map(|zone| zone.code).collect();
        codes.sort_unstable();
        let expected: Vec<_> = [3405, 3406]
            .into_iter()
            .chain(5896..=5899)
            .chain(9205..=9218)
            .collect();
        assert_eq!(codes, expected);
    }
}
