//! What the coordinates of a file are: which zone, or which geographic coordinates.

use super::column::column_key;
use crate::{
    crs::{self, GEOGRAPHIC, Zone},
    domain::{Fault, FaultCode, ZoneCode},
};
use gdal::spatial_ref::SpatialRef;

/// The coordinates of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Metres in a VN-2000 zone, as surveyed.
    Plane {
        /// The zone.
        zone: ZoneCode,
    },
    /// Longitude and latitude, to be moved into a zone: the result is derived, not surveyed.
    Geographic {
        /// The zone to move into.
        zone: ZoneCode,
        /// Whether the degrees are VN-2000's; else they are WGS 84's.
        is_vn2000: bool,
    },
}

impl Frame {
    /// The zone that boundaries will be in.
    pub fn zone(self) -> ZoneCode {
        match self {
            Self::Plane { zone } | Self::Geographic { zone, .. } => zone,
        }
    }
}

/// Finds out what the coordinates of a layer are, and what a person should know about that.
///
/// What the file says counts; `default_zone` is taken where it says nothing, says degrees, or gives the numbers of just that
/// zone on another datum (files made with home-made definitions).
///
/// # Errors
/// `crs-missing`, `crs-not-supported`.
pub(super) fn frame_of(
    file: Option<&SpatialRef>,
    default_zone: Option<ZoneCode>,
) -> Result<(Frame, Option<String>), Fault> {
    if let Some(code) = default_zone.filter(|&code| crs::zone(code).is_none()) {
        return Err(not_supported(format!(
            "--zone EPSG:{code} is no VN-2000 zone"
        )));
    }
    let Some(file) = file.filter(|file| !says_nothing(file)) else {
        let missing = || {
            Fault::new(
                FaultCode::CrsMissing,
                "the file names no coordinate reference system; give its zone with --zone",
            )
        };
        let zone = default_zone.ok_or_else(missing)?;
        return Ok((
            Frame::Plane { zone },
            Some(format!(
                "the file names no CRS; EPSG:{zone} was taken, as asked"
            )),
        ));
    };
    if file.is_geographic() {
        return geographic(file, default_zone);
    }
    let (zone, note) = plane(file, default_zone)?;
    let ignored = default_zone.filter(|&asked| asked != zone).map(|asked| {
        format!("the file says EPSG:{zone}; --zone EPSG:{asked} is for files that say nothing")
    });
    Ok((Frame::Plane { zone }, note.or(ignored)))
}

fn plane(
    file: &SpatialRef,
    default_zone: Option<ZoneCode>,
) -> Result<(ZoneCode, Option<String>), Fault> {
    if let Some(code) = epsg(file) {
        if crs::zone(code).is_some() {
            return Ok((code, None));
        }
        if let Some(zone) = crs::successor(code) {
            return Ok((
                zone,
                Some(format!(
                    "EPSG:{code} is withdrawn (its axes were defined wrongly); taken as EPSG:{zone}"
                )),
            ));
        }
    }
    let alike = crs::ZONES.iter().find(|zone| has_numbers_of(file, zone));
    match alike {
        Some(zone) if is_vn2000(file) => Ok((
            zone.code,
            Some(format!(
                "{} was known by its numbers as EPSG:{}",
                found(file),
                zone.code
            )),
        )),
        Some(zone) if default_zone == Some(zone.code) => Ok((
            zone.code,
            Some(format!(
                "{} was taken for EPSG:{}, as asked",
                found(file),
                zone.code
            )),
        )),
        Some(zone) => Err(not_supported(format!(
            "{} has the meridian and scale of EPSG:{} but not the datum VN-2000; if its coordinates are VN-2000, say --zone {}",
            found(file),
            zone.code,
            zone.code
        ))),
        None => Err(not_supported(format!(
            "{} is none of the VN-2000 zones; convert the file, or remove a wrong label and give --zone",
            found(file)
        ))),
    }
}

fn geographic(
    file: &SpatialRef,
    default_zone: Option<ZoneCode>,
) -> Result<(Frame, Option<String>), Fault> {
    let is_vn2000 = epsg(file) == Some(GEOGRAPHIC) || is_vn2000(file);
    let is_wgs84 = matches!(epsg(file), Some(4326 | 4979))
        || datum_key(file).contains("wgs84")
        || datum_key(file).contains("worldgeodeticsystem1984")
        || datum_key(file).contains("wgs1984");
    if !is_vn2000 && !is_wgs84 {
        return Err(not_supported(format!(
            "{} is neither VN-2000 nor WGS 84",
            found(file)
        )));
    }
    let Some(zone) = default_zone else {
        return Err(not_supported(format!(
            "{} is in degrees; say with --zone which zone its sheets are in",
            found(file)
        )));
    };
    let note = format!(
        "boundaries were computed from {} into EPSG:{zone}",
        found(file)
    );
    Ok((Frame::Geographic { zone, is_vn2000 }, Some(note)))
}

fn not_supported(detail: String) -> Fault {
    Fault::new(FaultCode::CrsNotSupported, detail)
}

/// Whether it is a place-holder, as GeoPackage's −1 and 0 are.
fn says_nothing(file: &SpatialRef) -> bool {
    let name = file.name().unwrap_or_default().to_lowercase();
    file.is_local() || name.starts_with("undefined") || name.starts_with("unknown engineering")
}

fn epsg(file: &SpatialRef) -> Option<ZoneCode> {
    file.auth_name().filter(|name| name == "EPSG")?;
    file.auth_code().ok()
}

fn found(file: &SpatialRef) -> String {
    let name = file.name().unwrap_or_else(|| "an unnamed CRS".into());
    match file.authority() {
        Ok(authority) => format!("{authority} ({name})"),
        Err(_) => name,
    }
}

fn datum_key(file: &SpatialRef) -> String {
    column_key(
        &file
            .get_attr_value("DATUM", 0)
            .ok()
            .flatten()
            .unwrap_or_default(),
    )
}

fn is_vn2000(file: &SpatialRef) -> bool {
    let datum = datum_key(file);
    datum.contains("vn2000") || datum.contains("vietnam2000")
}

/// Whether projection, ellipsoid and all parameters are a zone's.
fn has_numbers_of(file: &SpatialRef, zone: &Zone) -> bool {
    let projection = column_key(
        &file
            .get_attr_value("PROJECTION", 0)
            .ok()
            .flatten()
            .unwrap_or_default(),
    );
    let is = |name: &str, expected: f64, tolerance: f64| {
        let value = file.get_proj_param(name).ok().flatten().unwrap_or(0.0);
        (value - expected).abs() <= tolerance
    };
    matches!(projection.as_str(), "transversemercator" | "gausskruger")
        && file
            .semi_major()
            .is_ok_and(|metres| (metres - 6_378_137.0).abs() < 1e-3)
        && file
            .semi_minor()
            .is_ok_and(|metres| (metres - 6_356_752.314_2).abs() < 1e-3)
        && (file.linear_units() - 1.0).abs() < 1e-12
        && is("central_meridian", zone.central_meridian_deg, 1e-7)
        && is("scale_factor", zone.scale, 1e-9)
        && is("latitude_of_origin", 0.0, 1e-9)
        && is("false_easting", 500_000.0, 1e-6)
        && is("false_northing", 0.0, 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TM3_105_45: &str = "+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m +no_defs";

    fn of(definition: &str, default_zone: Option<ZoneCode>) -> Result<Frame, Fault> {
        let file = SpatialRef::from_definition(definition).unwrap();
        frame_of(Some(&file), default_zone).map(|(frame, _)| frame)
    }

    fn esri(datum: &str, meridian: &str) -> String {
        format!(
            "PROJCS[\"home-made\",GEOGCS[\"GCS\",DATUM[\"{datum}\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],\
             PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",0.9999],\
             PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]"
        )
    }

    #[test]
    fn every_zone_is_known_by_its_code_and_by_its_numbers() {
        for zone in crs::ZONES {
            let frame = Ok(Frame::Plane { zone: zone.code });
            assert_eq!(of(&format!("EPSG:{}", zone.code), None), frame);
        }
        assert_eq!(
            of(&esri("D_Vietnam_2000", "105.75"), None),
            Ok(Frame::Plane { zone: 9210 })
        );
        assert_eq!(
            of(&esri("D_VN_2000", "107.75"), None),
            Ok(Frame::Plane { zone: 5899 })
        );
    }

    #[test]
    fn a_withdrawn_code_is_taken_for_its_successor_and_said() {
        crate::ingest::ogr::set_up().unwrap();
        let file = SpatialRef::from_epsg(6958).unwrap();
        let (frame, note) = frame_of(Some(&file), None).unwrap();
        assert_eq!(frame, Frame::Plane { zone: 5898 });
        assert!(note.unwrap().contains("EPSG:6958"));
    }

    #[test]
    fn degrees_need_the_sheets_zone() {
        assert_eq!(
            of("EPSG:4326", None).unwrap_err().code,
            FaultCode::CrsNotSupported
        );
        assert_eq!(
            of("EPSG:4326", Some(9210)),
            Ok(Frame::Geographic {
                zone: 9210,
                is_vn2000: false
            })
        );
        assert_eq!(
            of("OGC:CRS84", Some(9210)),
            Ok(Frame::Geographic {
                zone: 9210,
                is_vn2000: false
            })
        );
        assert_eq!(
            of("EPSG:4756", Some(9210)),
            Ok(Frame::Geographic {
                zone: 9210,
                is_vn2000: true
            })
        );
        // Hanoi 1972 is 120 m away
        assert_eq!(
            of("EPSG:4147", Some(9210)).unwrap_err().code,
            FaultCode::CrsNotSupported
        );
    }

    #[test]
    fn the_wrong_crs_is_refused_by_name_and_no_default_zone_helps() {
        for (definition, name) in [
            ("EPSG:32648", "EPSG:32648"),
            ("EPSG:3857", "EPSG:3857"),
            ("EPSG:2045", "EPSG:2045"),
        ] {
            let fault = of(definition, Some(9210)).unwrap_err();
            assert_eq!(fault.code, FaultCode::CrsNotSupported);
            assert!(
                fault.detail.contains(name) && fault.detail.contains("--zone"),
                "{fault}"
            );
        }
        assert_eq!(
            of(&esri("D_Vietnam_2000", "105.8"), None).unwrap_err().code,
            FaultCode::CrsNotSupported
        );
    }

    #[test]
    fn a_home_made_definition_without_datum_is_taken_only_for_the_very_zone_asked() {
        for definition in [TM3_105_45, &esri("D_WGS_1984", "105.75")] {
            assert!(
                of(definition, None)
                    .unwrap_err()
                    .detail
                    .contains("say --zone 9210")
            );
            assert_eq!(of(definition, Some(9210)), Ok(Frame::Plane { zone: 9210 }));
            assert_eq!(
                of(definition, Some(9208)).unwrap_err().code,
                FaultCode::CrsNotSupported
            );
        }
    }

    #[test]
    fn what_the_file_says_counts_more_than_the_default_zone() {
        let file = SpatialRef::from_epsg(5897).unwrap();
        let (frame, note) = frame_of(Some(&file), Some(9210)).unwrap();
        assert_eq!(frame, Frame::Plane { zone: 5897 });
        assert!(note.unwrap().contains("EPSG:9210"));
    }

    #[test]
    fn a_file_without_crs_needs_a_zone_that_exists() {
        assert_eq!(
            frame_of(None, None).unwrap_err().code,
            FaultCode::CrsMissing
        );
        assert_eq!(
            frame_of(None, Some(9210)).unwrap().0,
            Frame::Plane { zone: 9210 }
        );
        assert_eq!(
            frame_of(None, Some(4756)).unwrap_err().code,
            FaultCode::CrsNotSupported
        );
    }
}
