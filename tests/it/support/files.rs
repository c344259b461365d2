//! Small files by hand and by GDAL's own tools.

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the demonstration commune.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

/// The parcels of the demonstration as GDAL reads them, in the zone's own coordinates.
pub fn demo_source() -> Value {
    let mut tool = Command::new("ogr2ogr");
    tool.args([
        "-f",
        "GeoJSON",
        "-lco",
        "COORDINATE_PRECISION=3",
        "/vsistdout/",
    ])
    .arg(fixture("parcels.gpkg"));
    serde_json::from_slice(&output(&mut tool)).unwrap()
}

/// A folder that goes away with the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes parcels in zone 9210 as GeoJSON.
    pub fn parcels(&self, name: &str, parcels: &[Parcel]) -> PathBuf {
        self.write(name, geojson(Some(9210), parcels))
    }

    /// Copies a file into another format.
    pub fn convert(&self, from: &Path, name: &str, options: &[&str]) -> PathBuf {
        let path = self.0.path().join(name);
        output(Command::new("ogr2ogr").args(options).arg(&path).arg(from));
        path
    }

    /// Cuts a file after a part of its bytes.
    pub fn cut(&self, path: &Path, keep_percent: usize) {
        assert!(path.starts_with(self.0.path()));
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() * keep_percent / 100]).unwrap();
    }

    /// Puts other bytes of the same length in the place of some.
    pub fn patch(&self, path: &Path, from: &[u8], to: &[u8]) {
        assert!(path.starts_with(self.0.path()) && from.len() == to.len());
        let mut bytes = std::fs::read(path).unwrap();
        let place = bytes
            .windows(from.len())
            .position(|window| window == from)
            .unwrap();
        bytes[place..place + to.len()].copy_from_slice(to);
        std::fs::write(path, bytes).unwrap();
    }
}

fn output(tool: &mut Command) -> Vec<u8> {
    let output = tool.output().expect("the tools of gdal-bin");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// A record of a parcel file.
#[derive(Debug, Clone)]
pub struct Parcel {
    properties: Map<String, Value>,
    geometry: Value,
}

/// Parcel `number` of sheet 1: a square of 20 m whose west edge is `number` × 20 m east of E 603000, its south edge on
/// N 1192000. Neighbours by number share an edge.
pub fn square(number: i32) -> Parcel {
    let (west, south) = point(number);
    let (east, north) = (west + 20.0, south + 20.0);
    let properties = json!({
        "MaXa": "99001", "SoHieuToBanDo": 1, "SoThuTuThua": number, "DienTich": 400.0, "KyHieuMucDichSuDung": "ONT",
        "DiaChi": "Đường Số Một, ấp Bình Hòa"
    });
    let geometry = ring(&[
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]);
    Parcel {
        properties: properties.as_object().unwrap().clone(),
        geometry,
    }
}

/// The south-west corner of a square.
pub fn point(number: i32) -> (f64, f64) {
    (603_000.0 + 20.0 * f64::from(number), 1_192_000.0)
}

/// A polygon of one ring.
pub fn ring(points: &[(f64, f64)]) -> Value {
    json!({ "type": "Polygon", "coordinates": [points] })
}

impl Parcel {
    /// With another attribute.
    pub fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(column.to_owned(), value.into());
        self
    }

    /// With another geometry.
    pub fn shaped(mut self, geometry: Value) -> Self {
        self.geometry = geometry;
        self
    }

    /// In another sheet.
    pub fn in_sheet(self, sheet_no: i32) -> Self {
        self.with("SoHieuToBanDo", sheet_no)
    }
}

/// A GeoJSON file; without code it names no coordinate reference system.
pub fn geojson(epsg: Option<i32>, parcels: &[Parcel]) -> String {
    let features: Vec<Value> = parcels
        .iter()
        .map(
            |Parcel {
                 properties,
                 geometry,
             }| {
                json!({ "type": "Feature", "properties": properties, "geometry": geometry })
            },
        )
        .collect();
    let mut collection = json!({ "type": "FeatureCollection", "features": features });
    if let Some(code) = epsg {
        let name = format!("urn:ogc:def:crs:EPSG::{code}");
        collection["crs"] = json!({ "type": "name", "properties": { "name": name } });
    }
    collection.to_string()
}

/// A register: each row is parcel number, name, share, use, area in m².
pub fn register_csv(rows: &[&str]) -> String {
    const HEADER: &str = "Mã xã,Số tờ,Số thửa,Tên chủ,Tỷ lệ,Mục đích,Diện tích";
    rows.iter().fold(format!("{HEADER}\n"), |text, row| {
        format!("{text}99001,1,{row}\n")
    })
}
