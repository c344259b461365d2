//! The seven parameters from VN-2000 to WGS 84, and the text forms that programs want them in.
//!
//! # Source
//! Decision 05/2007/QĐ-BTNMT = EPSG:6960, method 9607 (coordinate frame rotation), accuracy 1 m. Both datums lie on the
//! WGS 84 ellipsoid.

use super::zone::Zone;

const SHIFT_M: [&str; 3] = ["-191.90441429", "-39.30318279", "-111.45032835"];
/// Rotations of the frame, as the Decision gives them.
const FRAME_ROTATION_ARCSEC: [&str; 3] = ["-0.00928836", "0.01975479", "-0.00427372"];
/// The same rotations seen from the position vector, as `+towgs84` and TOWGS84 want them.
const VECTOR_ROTATION_ARCSEC: [&str; 3] = ["0.00928836", "-0.01975479", "0.00427372"];
const SCALE_PPM: &str = "0.252906278";

/// The seven numbers of `+towgs84=` and of TOWGS84 in WKT.
pub fn towgs84() -> String {
    let [x, y, z] = SHIFT_M;
    let [rx, ry, rz] = VECTOR_ROTATION_ARCSEC;
    format!("{x},{y},{z},{rx},{ry},{rz},{SCALE_PPM}")
}

/// The projection of a zone in PROJ's words.
pub fn tmerc(zone: &Zone) -> String {
    format!(
        "+proj=tmerc +lat_0=0 +lon_0={} +k={} +x_0=500000 +y_0=0 +ellps=WGS84",
        zone.central_meridian_deg, zone.scale
    )
}

/// The pipeline to WGS 84 longitude and latitude in degrees: from a zone's metres or, without zone, from VN-2000
/// longitude and latitude in degrees.
pub fn pipeline(zone: Option<&Zone>) -> String {
    let start = zone.map_or("+proj=unitconvert +xy_in=deg +xy_out=rad".into(), |zone| {
        format!("+inv {}", tmerc(zone))
    });
    let [x, y, z] = SHIFT_M;
    let [rx, ry, rz] = FRAME_ROTATION_ARCSEC;
    format!(
        "+proj=pipeline +step {start} +step +proj=cart +ellps=WGS84 \
         +step +proj=helmert +x={x} +y={y} +z={z} +rx={rx} +ry={ry} +rz={rz} +s={SCALE_PPM} \
         +convention=coordinate_frame \
         +step +inv +proj=cart +ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_conventions_differ_by_the_sign_of_the_rotations_alone() {
        for (frame, vector) in FRAME_ROTATION_ARCSEC.iter().zip(VECTOR_ROTATION_ARCSEC) {
            let sum = frame.parse::<f64>().unwrap() + vector.parse::<f64>().unwrap();
            assert!(sum.abs() < f64::EPSILON);
        }
        assert_eq!(
            towgs84(),
            "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
        );
    }
}
