use super::*;
use crate::{
    geometry,
    ingest::{
        field::Field,
        raw::RawText,
        sample::{Feature, Folder, collection, parcel, patch, sheet, square},
    },
};
use std::path::PathBuf;

fn open(path: &Path) -> Result<ParcelSource, Fault> {
    ParcelSource::open(path, &SourceOptions::default())
}

fn fault(path: &Path) -> Fault {
    open(path).err().expect("a fault")
}

fn text(parcel: &RawParcel, field: ParcelField) -> &str {
    parcel
        .content
        .as_ref()
        .unwrap()
        .fields
        .text(field)
        .unwrap()
        .unwrap_or_default()
}

/// How many points each ring has.
fn ring_points(parcel: &RawParcel) -> Vec<usize> {
    let wkb = parcel
        .content
        .as_ref()
        .unwrap()
        .wkb
        .as_deref()
        .unwrap_or_default();
    geometry::wkb::read_polygon(wkb)
        .unwrap()
        .rings
        .iter()
        .map(Vec::len)
        .collect()
}

/// Sheet 10 before sheet 2, five parcels, in zone 9210.
fn five_parcels(folder: &Folder) -> PathBuf {
    let features = [(10, 1), (2, 2), (10, 3), (2, 4), (1, 5)]
        .map(|(sheet_no, parcel_no)| parcel(sheet_no, parcel_no, square(parcel_no * 20)));
    folder.write("five.geojson", collection(Some(9210), &features))
}

fn as_geopackage(folder: &Folder, from: &Path) -> PathBuf {
    folder.convert(from, "parcels.gpkg", &["-f", "GPKG"])
}

fn as_shapefile(folder: &Folder, from: &Path) -> PathBuf {
    folder.convert(
        from,
        "parcels.shp",
        &["-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8"],
    )
}

#[test]
fn three_formats_give_the_same_parcels_sheet_by_sheet() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let all = [
        geojson.clone(),
        as_geopackage(&folder, &geojson),
        as_shapefile(&folder, &geojson),
    ];
    for path in &all {
        let mut source = open(path).unwrap();
        assert_eq!(source.frame(), Frame::Plane { zone: 9210 });
        assert_eq!(source.record_count(), 5);
        assert_eq!(
            source.sheets().collect::<Vec<_>>(),
            [(sheet(1), 1), (sheet(2), 2), (sheet(10), 2)]
        );
        let parcels: Vec<_> = source.by_ref().collect();
        let rows: Vec<_> = parcels
            .iter()
            .map(|parcel| (parcel.row, text(parcel, ParcelField::Parcel)))
            .collect();
        assert_eq!(
            rows,
            [(5, "5"), (2, "2"), (4, "4"), (1, "1"), (3, "3")],
            "{}",
            path.display()
        );
        assert!(
            parcels
                .iter()
                .all(|parcel| text(parcel, ParcelField::Address) == "ấp Bình Hòa")
        );
        assert!(
            parcels
                .iter()
                .all(|parcel| text(parcel, ParcelField::LandUse) == "ONT")
        );
        assert!(parcels.iter().all(|parcel| ring_points(parcel) == [5]));
    }
}

#[test]
fn names_that_a_dbf_cut_are_found_and_columns_are_said() {
    let folder = Folder::new();
    let source = open(&as_shapefile(&folder, &five_parcels(&folder))).unwrap();
    let taken: Vec<_> = source
        .columns()
        .taken()
        .map(|(field, header)| (field.name(), header))
        .collect();
    let expected = [
        ("commune", "MaXa"),
        ("sheet", "SoHieuToBa"),
        ("parcel", "SoThuTuThu"),
        ("land_use", "KyHieuMucD"),
        ("area", "DienTich"),
        ("address", "DiaDanh"),
    ];
    assert_eq!(taken, expected);
}

#[test]
fn a_multipolygon_of_one_part_and_heights_are_taken_as_a_plane_polygon() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let path = folder.convert(
        &geojson,
        "multi.gpkg",
        &["-f", "GPKG", "-nlt", "MULTIPOLYGON25D"],
    );
    assert!(
        open(&path)
            .unwrap()
            .all(|parcel| ring_points(&parcel) == [5])
    );
}

#[test]
fn the_holders_address_is_not_taken_for_the_parcels() {
    let folder = Folder::new();
    let with = |holder: &str| {
        let properties =
            format!(r#"{{"MAXA":"27001","SOTO":1,"SOTHUA":1,{holder}"DIACHI":"12 Lê Lợi"}}"#);
        let features = [Feature(properties, square(0))];
        let source = open(&folder.write("a.geojson", collection(Some(9210), &features))).unwrap();
        (
            source.columns().column(ParcelField::Address),
            source.notes().len(),
            source.columns().left_over().count(),
        )
    };
    assert_eq!(with(""), (Some(3), 0, 0));
    assert_eq!(with(r#""TENCHU":"Ai đó","#), (None, 1, 2));
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_said_with_what_it_looks_like() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let geopackage = as_geopackage(&folder, &geojson);
    let copy = |from: &Path, name: &str| {
        let to = folder.path(name);
        std::fs::copy(from, &to).unwrap();
        to
    };
    let sqlite = copy(&geopackage, "sqlite.gpkg");
    patch(&sqlite, b"GPKG\0\0", b"\0\0\0\0\0\0");
    for (path, looks_like) in [
        (copy(&geopackage, "a.shp"), "a GeoPackage"),
        (copy(&geojson, "a.gpkg"), "JSON"),
        (copy(&geojson, "a.csv"), "JSON"),
        (folder.write("b.geojson", "MAXA,SOTO\n"), "plain text"),
        (folder.write("c.gpkg", b"PK\x03\x04\x14\0"), "a ZIP archive"),
        (folder.write("d.csv", b"\xff\xfeM\0A\0"), "UTF-16"),
        (folder.write("e.shp", b"%PDF-1.4"), "a PDF"),
        (
            folder.write("f.json", "{\"type\":\"Topology\"}"),
            "not a GeoJSON feature collection",
        ),
        (sqlite, "an SQLite database that is no GeoPackage"),
    ] {
        let fault = fault(&path);
        assert_eq!(
            fault.code,
            FaultCode::FileNotWhatItsNameSays,
            "{}",
            path.display()
        );
        assert!(fault.detail.contains(looks_like), "{fault}");
    }
}

#[test]
fn a_file_of_another_kind_an_empty_and_a_missing_one_are_unreadable() {
    let folder = Folder::new();
    let shp = as_shapefile(&folder, &five_parcels(&folder));
    for (path, detail) in [
        (folder.write("a.dwg", "AC1015"), ".dwg"),
        (shp.with_extension("dbf"), "name its .shp"),
        (folder.write("a.gpkg", ""), "empty"),
        (folder.path("missing.gpkg"), "No such file"),
        (folder.write("a.csv", "MAXA,SOTO\n"), "register"),
    ] {
        let fault = fault(&path);
        assert_eq!(fault.code, FaultCode::FileUnreadable, "{}", path.display());
        assert!(fault.detail.contains(detail), "{fault}");
    }
}

#[test]
fn a_truncated_file_is_refused_wherever_it_breaks_off() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let (geopackage, shp) = (
        as_geopackage(&folder, &geojson),
        as_shapefile(&folder, &geojson),
    );
    for path in [
        geojson,
        geopackage,
        shp.clone(),
        shp.with_extension("shx"),
        shp.with_extension("dbf"),
    ] {
        let whole = std::fs::read(&path).unwrap();
        let opened = if path.extension().unwrap() == "dbf" || path.extension().unwrap() == "shx" {
            &shp
        } else {
            &path
        };
        for part in [1, 30, 60, 90, 99] {
            std::fs::write(&path, &whole[..whole.len() * part / 100]).unwrap();
            assert_eq!(
                fault(opened).code,
                FaultCode::FileUnreadable,
                "{} at {part} %",
                path.display()
            );
        }
        std::fs::write(&path, whole).unwrap();
        assert_eq!(open(opened).unwrap().record_count(), 5);
    }
}

#[test]
fn a_geopackage_with_a_broken_page_is_refused_or_read_in_full() {
    let folder = Folder::new();
    let features: Vec<_> = (1..600)
        .map(|parcel_no| parcel(1, parcel_no, square(parcel_no * 20)))
        .collect();
    let geojson = folder.write("many.geojson", collection(Some(9210), &features));
    let path = as_geopackage(&folder, &geojson);
    let whole = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for page in 0..whole.len() / 4096 {
        let mut broken = whole.clone();
        broken[page * 4096 + if page == 0 { 100 } else { 0 }..(page + 1) * 4096].fill(0);
        std::fs::write(&path, broken).unwrap();
        match open(&path) {
            Ok(source) => assert_eq!((599, 599), (source.record_count(), source.count())),
            Err(fault) => {
                refused += 1;
                assert!(fault.is_error(), "{fault}");
            }
        }
    }
    assert!(
        refused > whole.len() / 4096 / 2,
        "{refused} of {}",
        whole.len() / 4096
    );
}

#[test]
fn a_geopackage_whose_cached_count_is_wrong_is_read_all_the_same() {
    let folder = Folder::new();
    let path = as_geopackage(&folder, &five_parcels(&folder));
    folder.query(&path, "UPDATE gpkg_ogr_contents SET feature_count = 99");
    assert_eq!(open(&path).unwrap().record_count(), 5);
}

#[test]
fn a_shapefile_without_a_part_is_refused() {
    for part in ["shx", "dbf"] {
        let folder = Folder::new();
        let shp = as_shapefile(&folder, &five_parcels(&folder));
        std::fs::remove_file(shp.with_extension(part)).unwrap();
        let fault = fault(&shp);
        assert_eq!(fault.code, FaultCode::FileUnreadable);
        assert!(
            fault.detail.contains(&format!(".{part} is missing")),
            "{fault}"
        );
    }
}

#[test]
fn a_deleted_row_is_said_and_a_broken_shape_is_a_record_without_geometry() {
    let folder = Folder::new();
    let shp = as_shapefile(&folder, &five_parcels(&folder));
    let (dbf, shx) = (shp.with_extension("dbf"), shp.with_extension("shx"));
    let mut rows = std::fs::read(&dbf).unwrap();
    let (header, row) = (
        usize::from(rows[8]) + 256 * usize::from(rows[9]),
        usize::from(rows[10]) + 256 * usize::from(rows[11]),
    );
    rows[header + row] = b'*';
    std::fs::write(&dbf, rows).unwrap();
    // the fourth shape is said to stand far behind the end
    let mut offsets = std::fs::read(&shx).unwrap();
    offsets[100 + 3 * 8..][..4].copy_from_slice(&[0x7f, 0, 0, 0]);
    std::fs::write(&shx, offsets).unwrap();
    let source = open(&shp).unwrap();
    assert_eq!(
        source.notes(),
        ["rows marked as deleted in the .dbf, which were not read: 1"]
    );
    let parcels: Vec<_> = source
        .map(|parcel| (parcel.row, parcel.content.unwrap().wkb.is_some()))
        .collect();
    assert_eq!(parcels, [(5, true), (4, false), (1, true), (3, true)]);
}

#[test]
fn an_attribute_that_is_not_utf8_keeps_only_its_own_record_out() {
    let folder = Folder::new();
    let mut features = [1, 2].map(|parcel_no| parcel(1, parcel_no, square(parcel_no * 20)));
    features[0].0 = features[0].0.replace("ấp Bình Hòa", "xxMuongKhuongxx");
    let geojson = folder.write("two.geojson", collection(Some(9210), &features));
    let (geopackage, shp) = (
        as_geopackage(&folder, &geojson),
        as_shapefile(&folder, &geojson),
    );
    for (path, holds) in [
        (&geojson, &geojson),
        (&geopackage, &geopackage),
        (&shp, &shp.with_extension("dbf")),
    ] {
        // "Mường Khương" as TCVN3 writes it
        patch(holds, b"xxMuongKhuongxx", b"M\xad\xeang Kh\xad\xacng   ");
        let parcels: Vec<_> = open(path).unwrap().collect();
        let fault = parcels[0]
            .content
            .as_ref()
            .unwrap()
            .fields
            .text(ParcelField::Address)
            .unwrap_err();
        assert_eq!(fault.code, FaultCode::TextNotUtf8, "{}", path.display());
        assert_eq!(text(&parcels[0], ParcelField::Parcel), "1");
        assert_eq!(text(&parcels[1], ParcelField::Address), "ấp Bình Hòa");
    }
}

#[test]
fn a_text_that_a_dbf_cut_inside_a_letter_loses_that_letter_only() {
    let folder = Folder::new();
    // 127 × "ấ" is 381 bytes; a DBF text holds 254, which is 84 letters and two bytes
    let mut feature = parcel(1, 1, square(0));
    feature.0 = feature.0.replace("ấp Bình Hòa", &"ấ".repeat(127));
    let geojson = folder.write("long.geojson", collection(Some(9210), &[feature]));
    let parcels: Vec<_> = open(&as_shapefile(&folder, &geojson)).unwrap().collect();
    assert_eq!(text(&parcels[0], ParcelField::Address), "ấ".repeat(84));
}

#[test]
fn a_missing_column_is_said_with_the_names_tried() {
    let folder = Folder::new();
    let features = [Feature(
        r#"{"MAXA":"27001","SOTO":1,"GHICHU":"x"}"#.into(),
        square(0),
    )];
    let fault = fault(&folder.write("a.geojson", collection(Some(9210), &features)));
    assert_eq!(fault.code, FaultCode::ColumnMissing);
    assert!(
        fault
            .detail
            .contains("no column for parcel (tried sothututhua, shthua"),
        "{fault}"
    );
}

#[test]
fn the_wrong_crs_and_none_are_refused() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let wrong = folder.convert(
        &geojson,
        "wrong.gpkg",
        &["-f", "GPKG", "-a_srs", "EPSG:32648"],
    );
    assert_eq!(fault(&wrong).code, FaultCode::CrsNotSupported);
    let degrees = folder.convert(
        &geojson,
        "degrees.geojson",
        &["-f", "GeoJSON", "-t_srs", "EPSG:4326"],
    );
    assert_eq!(fault(&degrees).code, FaultCode::CrsNotSupported);
    let shp = as_shapefile(&folder, &geojson);
    std::fs::remove_file(shp.with_extension("prj")).unwrap();
    assert_eq!(fault(&shp).code, FaultCode::CrsMissing);
    let none = folder.convert(&shp, "none.gpkg", &["-f", "GPKG"]);
    assert_eq!(fault(&none).code, FaultCode::CrsMissing);
    let options = SourceOptions {
        zone: Some(9210),
        layer: None,
    };
    for path in [&shp, &none] {
        assert_eq!(
            ParcelSource::open(path, &options).unwrap().frame(),
            Frame::Plane { zone: 9210 }
        );
    }
    let frame = Frame::Geographic {
        zone: 9210,
        is_vn2000: false,
    };
    assert_eq!(
        ParcelSource::open(&degrees, &options).unwrap().frame(),
        frame
    );
}

#[test]
fn a_withdrawn_code_in_a_file_is_taken_for_its_successor_and_said() {
    let folder = Folder::new();
    let path = folder.write(
        "a.geojson",
        collection(Some(6959), &[parcel(1, 1, square(0))]),
    );
    let source = open(&path).unwrap();
    assert_eq!(source.frame(), Frame::Plane { zone: 5899 });
    assert!(
        source.notes()[0].contains("EPSG:6959 is withdrawn"),
        "{:?}",
        source.notes()
    );
}

#[test]
fn of_several_layers_the_one_of_parcels_is_read_and_two_of_parcels_are_a_question() {
    let folder = Folder::new();
    let geojson = five_parcels(&folder);
    let roads = folder.write(
        "roads.geojson",
        collection(Some(9210), &[Feature(r#"{"TEN":"x"}"#.into(), square(0))]),
    );
    let path = folder.convert(&roads, "all.gpkg", &["-f", "GPKG", "-nln", "roads"]);
    let add = |layer: &str| {
        folder.convert(
            &geojson,
            "all.gpkg",
            &["-f", "GPKG", "-update", "-nln", layer],
        )
    };
    add("parcels");
    assert_eq!(open(&path).unwrap().record_count(), 5);
    add("parcels_old");
    assert!(
        fault(&path)
            .detail
            .contains("choose one of parcels, parcels_old")
    );
    let named = |layer: &str| {
        ParcelSource::open(
            &path,
            &SourceOptions {
                zone: None,
                layer: Some(layer.into()),
            },
        )
    };
    assert_eq!(named("parcels_old").unwrap().record_count(), 5);
    assert_eq!(named("roads").err().unwrap().code, FaultCode::ColumnMissing);
    assert!(
        named("nothing")
            .err()
            .unwrap()
            .detail
            .contains("no layer nothing")
    );
}

#[test]
fn a_record_without_geometry_or_sheet_comes_out_all_the_same() {
    let folder = Folder::new();
    let mut features = [
        parcel(1, 1, "null"),
        parcel(1, 2, square(0)),
        parcel(1, 3, square(20)),
    ];
    features[1].0 = features[1]
        .0
        .replace(r#""SoHieuToBanDo":1"#, r#""SoHieuToBanDo":null"#);
    let geojson = folder.write("a.geojson", collection(Some(9210), &features));
    for path in [
        &geojson,
        &as_geopackage(&folder, &geojson),
        &as_shapefile(&folder, &geojson),
    ] {
        let parcels: Vec<_> = open(path).unwrap().collect();
        let found: Vec<_> = parcels
            .iter()
            .map(|parcel| {
                (
                    text(parcel, ParcelField::Parcel),
                    parcel.content.as_ref().unwrap().wkb.is_some(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [("1", false), ("3", true), ("2", true)],
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_source_can_be_sent_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<ParcelSource>();
    is_send::<RawText>();
}
