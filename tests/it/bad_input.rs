//! Bad input: each kind ends in the report with its code, its row and its place, and the register stays as it was.

use crate::support::{Folder, Parcel, Register, geojson, point, register_csv, ring, run, square};
use serde_json::{Value, json};
use std::path::PathBuf;

const GOOD_ROWS: [&str; 3] = [
    "1,Nguyễn Thị Một,1,ONT,400",
    "2,Trần Văn Hai,1,ONT,400",
    "3,Lê Thị Ba,1,ONT,400",
];

/// Parcels 1 and 3 as they are in the register, and this one as number 2.
fn with_second(parcel: Parcel) -> Vec<Parcel> {
    vec![square(1), parcel, square(3)]
}

fn good() -> Vec<Parcel> {
    with_second(square(2))
}

fn second(geometry: Value) -> Vec<Parcel> {
    with_second(square(2).shaped(geometry))
}

/// The corners of parcel 2 with the middle ones exchanged: the edges cross in its centre.
fn bow_tie() -> Value {
    let (west, south) = point(2);
    let (east, north) = (west + 20.0, south + 20.0);
    ring(&[
        (west, south),
        (east, north),
        (east, south),
        (west, north),
        (west, south),
    ])
}

type Case = (
    &'static str,
    fn(&Folder) -> PathBuf,
    &'static [&'static str],
);

/// What is wrong, a file that has it, and the errors that must be reported.
#[rustfmt::skip]
const RECORDS: &[Case] = &[
    ("swapped axes", |folder| {
        let (east, north) = point(2);
        let swapped = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 0.0)].map(|(x, y)| (north + y, east + x));
        folder.parcels("swapped.geojson", &second(ring(&swapped)))
    }, &["axes-swapped row 2 at 1192000 603040"]),
    ("no geometry", |folder| folder.parcels("none.geojson", &second(Value::Null)), &["geometry-missing row 2"]),
    ("a polygon without points, which GDAL reads as none", |folder| {
        folder.parcels("empty.geojson", &second(json!({ "type": "Polygon", "coordinates": [] })))
    }, &["geometry-missing row 2"]),
    ("a polygon without area", |folder| {
        folder.parcels("line.geojson", &second(ring(&[point(2), point(3), point(2)])))
    }, &["geometry-empty row 2 at 603040 1192000"]),
    ("a self-crossing polygon", |folder| folder.parcels("bow.geojson", &second(bow_tie())),
     &["boundary-crosses-itself row 2 at 603050 1192010"]),
    ("a polygon of two parts", |folder| {
        let part = |west: f64| json!([[[west, 1.192e6], [west + 5.0, 1.192e6], [west, 1.192_005e6], [west, 1.192e6]]]);
        let parts = json!({ "type": "MultiPolygon", "coordinates": [part(603_040.0), part(603_050.0)] });
        folder.parcels("parts.geojson", &second(parts))
    }, &["geometry-multipart row 2"]),
    ("a line", |folder| {
        folder.parcels("way.geojson", &second(json!({ "type": "LineString", "coordinates": [point(2), point(3)] })))
    }, &["geometry-not-polygon row 2"]),
    ("a point far out", |folder| {
        let far = [point(2), (900_000.0, 1_192_000.0), (603_040.0, 1_192_020.0), point(2)];
        folder.parcels("far.geojson", &second(ring(&far)))
    }, &["coordinate-outside-zone row 2 at 900000 1192000"]),
    ("a duplicate number", |folder| folder.parcels("twice.geojson", &[square(1), square(2), square(3).with("SoThuTuThua", 2)]),
     &["parcel-number-duplicate row 2 at 603050 1192010", "parcel-number-duplicate row 3 at 603070 1192010"]),
    ("an unknown land-use code", |folder| {
        folder.parcels("use.geojson", &with_second(square(2).with("KyHieuMucDichSuDung", "XYZ")))
    }, &["land-use-unknown row 2"]),
    // Circular 08/2024/TT-BTNMT ended BHK (other annual crops) on 2024-08-01
    ("a land-use code of an older law", |folder| {
        folder.parcels("old.geojson", &with_second(square(2).with("KyHieuMucDichSuDung", "BHK")))
    }, &["land-use-unknown row 2"]),
    ("an attribute that is not UTF-8", |folder| {
        let text = folder.parcels("text.geojson", &with_second(square(2).with("DiaChi", "Hai Lua")));
        let shapes = folder.convert(&text, "text.shp", &["-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8"]);
        folder.patch(&shapes.with_extension("dbf"), b"Hai Lua", b"Hai L\xadI"); // ư in TCVN3
        shapes
    }, &["text-not-utf8 row 2"]),
    ("no parcel number", |folder| {
        folder.parcels("nameless.geojson", &with_second(square(2).with("SoThuTuThua", Value::Null)))
    }, &["identity-missing row 2"]),
    ("a commune that is not", |folder| folder.parcels("commune.geojson", &with_second(square(2).with("MaXa", "99999"))),
     &["commune-unknown row 2"]),
    ("an unreadable area", |folder| {
        folder.parcels("area.geojson", &with_second(square(2).with("DienTich", "hai sào")))
    }, &["number-unreadable row 2"]),
    ("a malformed national code", |folder| {
        folder.parcels("code.geojson", &with_second(square(2).with("MaDinhDanh", "w3gv7cgzjm5a")))
    }, &["national-code-malformed row 2"]),
    ("another zone than the sheet's", |folder| folder.write("zone.geojson", geojson(Some(9209), &[square(2)])),
     &["sheet-zone-differs row 1 at 603050 1192010"]),
    ("rows that are not lawful", |folder| folder.write("rows.csv", register_csv(&[
        GOOD_ROWS[0], "2,Trần Văn Hai,3/2,ONT,400", "3,,1,ONT,400", "3,Lê Thị Ba,1,XYZ,400", "3,Lê Thị Ba,1", "x,Lê Thị Ba,1,ONT,400",
    ])), &["share-unreadable row 3", "party-missing row 4", "land-use-unknown row 5", "row-unreadable row 6", "identity-missing row 7"]),
    ("a row twice", |folder| folder.write("twice.csv", register_csv(&[GOOD_ROWS[0], GOOD_ROWS[1], GOOD_ROWS[1]])),
     &["right-duplicate row 4"]),
    ("one use with two areas", |folder| {
        folder.write("uses.csv", register_csv(&[GOOD_ROWS[1], "2,Trần Văn Bốn,1/2,ONT,300"]))
    }, &["land-use-conflict row 3"]),
    ("a row that is not UTF-8", |folder| {
        let rows = register_csv(&[GOOD_ROWS[0], "2,Tran Van Hai,1,ONT,400"]);
        folder.write("latin.csv", rows.replace("Tran", "@").bytes().map(|byte| if byte == b'@' { 0xad } else { byte }).collect::<Vec<_>>())
    }, &["text-not-utf8 row 3"]),
    ("rows of a commune that is not", |folder| {
        folder.write("elsewhere.csv", register_csv(&GOOD_ROWS).replace("99001,1,2", "99999,1,2"))
    }, &["commune-unknown row 3"]),
];

#[rustfmt::skip]
const FILES: &[Case] = &[
    ("a truncated GeoPackage", |folder| {
        let whole = folder.convert(&folder.parcels("a.geojson", &good()), "a.gpkg", &["-f", "GPKG"]);
        folder.cut(&whole, 50);
        whole
    }, &["file-unreadable"]),
    ("a truncated shapefile", |folder| {
        let whole = folder.convert(&folder.parcels("b.geojson", &good()), "b.shp", &["-f", "ESRI Shapefile"]);
        folder.cut(&whole, 80);
        whole
    }, &["file-unreadable"]),
    ("truncated GeoJSON", |folder| {
        let whole = folder.parcels("c.geojson", &good());
        folder.cut(&whole, 80);
        whole
    }, &["file-unreadable"]),
    ("no file", |folder| folder.write("d.gpkg", "").with_file_name("not-there.gpkg"), &["file-unreadable"]),
    ("the wrong coordinate reference system", |folder| folder.write("e.geojson", geojson(Some(32648), &good())),
     &["crs-not-supported"]),
    ("no coordinate reference system", |folder| {
        let whole = folder.convert(&folder.parcels("f.geojson", &good()), "f.shp", &["-f", "ESRI Shapefile"]);
        std::fs::remove_file(whole.with_extension("prj")).unwrap();
        whole
    }, &["crs-missing"]),
    ("a register named GeoPackage", |folder| folder.write("g.gpkg", register_csv(&GOOD_ROWS)), &["file-not-what-its-name-says"]),
    ("a GeoPackage named register", |folder| {
        folder.convert(&folder.parcels("h.geojson", &good()), "h.csv", &["-f", "GPKG"])
    }, &["file-not-what-its-name-says"]),
    ("a register without needed columns", |folder| folder.write("i.csv", "Tên chủ,Ghi chú\nAn,không\n"), &["column-missing"]),
];

async fn loaded(folder: &Folder) -> Register {
    let register = Register::blank().await;
    let files = [
        folder.parcels("good.geojson", &good()),
        folder.write("good.csv", register_csv(&GOOD_ROWS)),
    ];
    let report = register.load(&files).await;
    assert_eq!((report.parcels.new, report.rows.new), (3, 3), "{report:#?}");
    register
}

#[test]
fn a_bad_record_is_rejected_with_its_reason_row_and_place_and_changes_nothing() {
    run(async {
        let folder = Folder::new();
        let register = loaded(&folder).await;
        let before = register.contents().await;
        for (what, write, expected) in RECORDS {
            let report = register.load(&[write(&folder)]).await;
            assert_eq!(register.errors(&report).await, *expected, "{what}");
            let rejected = report.parcels.rejected + report.rows.rejected;
            assert_eq!(rejected, expected.len() as u64, "{what}");
            assert!(report.is_accounted_for(), "{what}: {report:#?}");
            assert_eq!(register.contents().await, before, "{what}");
        }
    });
}

#[test]
fn a_bad_file_is_refused_as_a_whole_with_its_reason_and_the_load_is_no_success() {
    run(async {
        let folder = Folder::new();
        let register = loaded(&folder).await;
        let before = register.contents().await;
        for (what, write, expected) in FILES {
            let report = register.load(&[write(&folder)]).await;
            assert_eq!(register.errors(&report).await, *expected, "{what}");
            assert_eq!(report.parcels.read + report.rows.read, 0, "{what}");
            assert!(!report.is_accounted_for(), "{what}");
            assert_eq!(register.contents().await, before, "{what}");
        }
    });
}

#[test]
fn a_bad_file_does_not_keep_a_good_one_out() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        let files = [
            folder.write("bad.gpkg", "no database"),
            folder.parcels("good.geojson", &good()),
        ];
        let report = register.load(&files).await;
        assert_eq!((report.parcels.read, report.waiting_parcels_new), (3, 3));
        assert!(!report.is_accounted_for());
    });
}
