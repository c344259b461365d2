//! The zones in PostGIS's words.
//!
//! PostGIS hands a row whose `auth_name` is EPSG to PROJ by its code, which ends in the wrong shift; a row without
//! authority is taken by its text. PostGIS reads `srtext` first, then `proj4text`; GDAL reads `srtext` alone. The datum
//! bears a name of our own: where GDAL knows a datum's name it strips TOWGS84 and lets PROJ choose the wrong shift again.

use super::{GEOGRAPHIC, ZONES, Zone, shift};
use crate::domain::ZoneCode;

/// A row of `spatial_ref_sys` with `auth_name` and `auth_srid` null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpatialRef {
    /// The private number.
    pub srid: i32,
    /// The zone it stands for.
    pub zone: ZoneCode,
    /// WKT 1 with TOWGS84.
    pub srtext: String,
    /// PROJ string with `+towgs84`.
    pub proj4text: String,
}

/// The SRID under which PostGIS knows a zone with the right shift: 900000 + EPSG code.
pub fn private_srid(code: ZoneCode) -> i32 {
    code.saturating_add(900_000)
}

/// The private rows that PostGIS needs: one per zone, and [`GEOGRAPHIC`].
pub fn spatial_ref_sys() -> Vec<SpatialRef> {
    ZONES.iter().map(plane).chain([geographic()]).collect()
}

fn plane(zone: &Zone) -> SpatialRef {
    SpatialRef {
        srid: private_srid(zone.code),
        zone: zone.code,
        srtext: format!(
            "PROJCS[\"{}, shift of Decision 05/2007\",{},PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",{}],\
             PARAMETER[\"scale_factor\",{}],PARAMETER[\"false_easting\",500000],\
             PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],\
             AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH]]",
            zone.name,
            geographic_wkt(),
            zone.central_meridian_deg,
            zone.scale
        ),
        proj4text: format!(
            "{} +towgs84={} +units=m +no_defs",
            shift::tmerc(zone),
            shift::towgs84()
        ),
    }
}

fn geographic() -> SpatialRef {
    SpatialRef {
        srid: private_srid(GEOGRAPHIC),
        zone: GEOGRAPHIC,
        srtext: geographic_wkt(),
        proj4text: format!(
            "+proj=longlat +ellps=WGS84 +towgs84={} +no_defs",
            shift::towgs84()
        ),
    }
}

fn geographic_wkt() -> String {
    format!(
        "GEOGCS[\"VN-2000, shift of Decision 05/2007\",DATUM[\"VN_2000_Decision_05_2007\",\
         SPHEROID[\"WGS 84\",6378137,298.257223563],TOWGS84[{}]],\
         PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]",
        shift::towgs84()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_a_zone_is_the_one_that_postgis_and_gdal_were_seen_to_transform_rightly() {
        let rows = spatial_ref_sys();
        let row = rows.iter().find(|row| row.srid == 909_210).unwrap();
        assert_eq!(
            row.proj4text,
            "+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 \
             +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 \
             +units=m +no_defs"
        );
        assert_eq!(
            row.srtext,
            "PROJCS[\"VN-2000 / TM-3 105-45, shift of Decision 05/2007\",\
             GEOGCS[\"VN-2000, shift of Decision 05/2007\",DATUM[\"VN_2000_Decision_05_2007\",\
             SPHEROID[\"WGS 84\",6378137,298.257223563],TOWGS84[-191.90441429,-39.30318279,-111.45032835,\
             0.00928836,-0.01975479,0.00427372,0.252906278]],PRIMEM[\"Greenwich\",0],\
             UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",105.75],\
             PARAMETER[\"scale_factor\",0.9999],PARAMETER[\"false_easting\",500000],\
             PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH]]"
        );
        assert_eq!(rows.len(), ZONES.len() + 1);
    }
}
