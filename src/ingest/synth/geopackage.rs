//! The GeoPackage of parcels, with columns named as in the national database.

use super::commune::{Parcel, Sheet};
use super::country::Commune;
use crate::domain::{Ring, ZoneCode};
use gdal::config::{clear_thread_local_config_option, set_thread_local_config_option};
use gdal::errors::GdalError;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::OGRFieldType::{OFTInteger, OFTReal, OFTString, Type};
use gdal::vector::{Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRwkbGeometryType};
use gdal::{Dataset, DriverManager};
use std::path::Path;
use time::Date;

/// A column and, for text, its width.
const COLUMNS: [(&str, Type, i32); 8] = [
    ("MaXa", OFTString, 5),
    ("SoHieuToBanDo", OFTInteger, 0),
    ("SoThuTuThua", OFTInteger, 0),
    ("DienTich", OFTReal, 0),
    ("DienTichPhapLy", OFTReal, 0),
    ("KyHieuMucDichSuDung", OFTString, 10),
    ("DiaChi", OFTString, 255),
    ("TyLe", OFTInteger, 0),
];

/// A GeoPackage being written.
pub(super) struct GeoPackage {
    dataset: Dataset,
    _settings: Settings,
}

impl GeoPackage {
    /// Makes an empty layer `parcels`; replaces the file if there is one. Its time stamps are those of `day`.
    pub fn create(path: &Path, zone: ZoneCode, day: Date) -> Result<Self, GdalError> {
        let settings = Settings::new(day)?;
        let driver = DriverManager::get_driver_by_name("GPKG")?;
        let mut dataset = driver.create_vector_only(path)?;
        let zone = SpatialRef::from_epsg(zone.unsigned_abs())?;
        let layer = dataset.create_layer(LayerOptions {
            name: "parcels",
            srs: Some(&zone),
            ty: OGRwkbGeometryType::wkbPolygon,
            options: Some(&["SPATIAL_INDEX=YES"]),
        })?;
        for (name, kind, width) in COLUMNS {
            let column = FieldDefn::new(name, kind)?;
            column.set_width(width);
            column.add_to_layer(&layer)?;
        }
        Ok(Self {
            dataset,
            _settings: settings,
        })
    }

    /// Writes the sheets of a commune in one transaction.
    pub fn write(&mut self, commune: &Commune, sheets: &[Sheet]) -> Result<(), GdalError> {
        let transaction = self.dataset.start_transaction()?;
        let layer = transaction.layer(0)?;
        let definition = Defn::from_layer(&layer);
        for sheet in sheets {
            for parcel in &sheet.parcels {
                feature(&definition, commune, sheet, parcel)?.create(&layer)?;
            }
        }
        transaction.commit()
    }

    /// Builds the spatial index and closes the file.
    pub fn finish(self) -> Result<(), GdalError> {
        self.dataset.close()
    }
}

fn feature<'a>(
    definition: &'a Defn,
    commune: &Commune,
    sheet: &Sheet,
    parcel: &Parcel,
) -> Result<Feature<'a>, GdalError> {
    let mut feature = Feature::new(definition)?;
    feature.set_field_string(0, &commune.code)?;
    feature.set_field_integer(1, sheet.no)?;
    feature.set_field_integer(2, parcel.no)?;
    feature.set_field_double(3, parcel.area.m2())?;
    feature.set_field_double(4, parcel.legal_area.m2())?;
    feature.set_field_string(5, parcel.land_use)?;
    feature.set_field_string(6, &parcel.address)?;
    feature.set_field_integer(7, sheet.scale)?;
    feature.set_geometry(Geometry::from_wkb(&wkb(&parcel.rings))?)?;
    Ok(feature)
}

/// A polygon in metres, as little-endian well-known binary.
///
/// # Source
/// OGC 06-103r4, 8.2.
fn wkb(rings: &[Ring]) -> Vec<u8> {
    const LITTLE_ENDIAN: u8 = 1;
    const POLYGON: u32 = 3;
    let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX).to_le_bytes();
    let mut wkb = vec![LITTLE_ENDIAN];
    wkb.extend(POLYGON.to_le_bytes());
    wkb.extend(count(rings.len()));
    for ring in rings {
        wkb.extend(count(ring.len() + 1));
        for point in ring.iter().chain(ring.first()) {
            wkb.extend(point.easting_m().to_le_bytes());
            wkb.extend(point.northing_m().to_le_bytes());
        }
    }
    wkb
}

/// GDAL's settings of this thread while a file is written: a fixed clock, and no waiting for the disk.
struct Settings;

impl Settings {
    const CLOCK: &str = "OGR_CURRENT_DATE";
    const WAIT: &str = "OGR_SQLITE_SYNCHRONOUS";

    fn new(day: Date) -> Result<Self, GdalError> {
        let settings = Self;
        set_thread_local_config_option(Self::CLOCK, &format!("{day}T00:00:00.000Z"))?;
        set_thread_local_config_option(Self::WAIT, "OFF")?;
        Ok(settings)
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        for option in [Self::CLOCK, Self::WAIT] {
            // Only a name with a zero byte is refused.
            let _ = clear_thread_local_config_option(option);
        }
    }
}
