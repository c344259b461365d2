//! Small files for tests, written by hand and by GDAL's own tools.

use crate::domain::{CodeList, Law};
use crate::domain::{CommuneCode, SheetKey, Validity};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use time::macros::date;

/// A folder that goes away with the test.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Copies a file into another format with `ogr2ogr`.
    pub fn convert(&self, from: &Path, name: &str, options: &[&str]) -> PathBuf {
        let path = self.path(name);
        run(Command::new("ogr2ogr").args(options).arg(&path).arg(from));
        path
    }

    /// Executes SQL in a file with `ogrinfo`.
    pub fn query(&self, path: &Path, sql: &str) {
        assert!(path.starts_with(self.0.path()));
        run(Command::new("ogrinfo").arg(path).args(["-sql", sql]));
    }
}

fn run(tool: &mut Command) {
    let output = tool.output().expect("the tools of gdal-bin");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Replaces bytes of a file by as many others, wherever they stand.
pub(super) fn patch(path: &Path, from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(path).unwrap();
    let places: Vec<usize> = (0..bytes.len())
        .filter(|&place| bytes[place..].starts_with(from))
        .collect();
    assert!(!places.is_empty(), "{} has no such bytes", path.display());
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    fs::write(path, bytes).unwrap();
}

/// One feature of a collection: its properties and its geometry, as JSON.
pub(super) struct Feature(pub String, pub String);

/// A parcel of commune 27001 with the columns of the national database.
pub(super) fn parcel(sheet_no: i32, parcel_no: i32, geometry: impl Into<String>) -> Feature {
    let properties = format!(
        r#"{{"MaXa":"27001","SoHieuToBanDo":{sheet_no},"SoThuTuThua":{parcel_no},"KyHieuMucDichSuDung":"ONT",
            "DienTich":400.0,"DiaDanh":"ấp Bình Hòa"}}"#
    );
    Feature(properties, geometry.into())
}

/// A square of 20 m, so many metres east of a corner in zone 9210.
pub(super) fn square(east_m: i32) -> String {
    let (west, south) = (603_000 + east_m, 1_192_000);
    let (east, north) = (west + 20, south + 20);
    polygon(&format!(
        "[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]"
    ))
}

/// A polygon of one ring.
pub(super) fn polygon(ring: &str) -> String {
    format!(r#"{{"type":"Polygon","coordinates":[[{ring}]]}}"#)
}

/// A GeoJSON file; without code its coordinates are WGS 84.
pub(super) fn collection(epsg: Option<i32>, features: &[Feature]) -> String {
    let crs = epsg.map_or(String::new(), |code| {
        format!(
            r#""crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{code}"}}}},"#
        )
    });
    let features: Vec<String> = features
        .iter()
        .map(|Feature(properties, geometry)| {
            format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
        })
        .collect();
    format!(
        "{{\"type\":\"FeatureCollection\",{crs}\"features\":[\n{}\n]}}\n",
        features.join(",\n")
    )
}

pub(super) fn sheet(sheet_no: i32) -> SheetKey {
    SheetKey {
        commune: CommuneCode::parse("27001").unwrap(),
        sheet_no,
    }
}

/// A law with one commune, the use codes ONT and CLN, and BHK until 2024-07-31.
pub(super) fn law() -> Law {
    let always = Validity {
        from: date!(1900 - 01 - 01),
        until: None,
    };
    let old = Validity {
        from: date!(2004 - 01 - 01),
        until: Some(date!(2024 - 08 - 01)),
    };
    let uses = [("ONT", always), ("CLN", always), ("BHK", old)];
    Law {
        land_uses: CodeList::from_iter(uses.map(|(code, validity)| (code.to_owned(), validity))),
        communes: CodeList::from_iter([("27001".to_owned(), always)]),
        area_tolerance_factor: 0.0004,
    }
}
