use super::*;
use crate::geometry::check::tests::{EAST_M, NORTH_M, lawful};
use proptest::prelude::*;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

fn code(hex: &str) -> FaultCode {
    read_polygon(&bytes(hex)).unwrap_err().code
}

const TRIANGLE: [(f64, f64); 4] = [(0.0, 0.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)];

/// `POLYGON((0 0,2 0,0 2,0 0))` with heights 5 and measures 6, as written by PostGIS 3.3: `ST_AsBinary`, `ST_AsEWKB`,
/// both byte orders.
const SAME_TRIANGLE: [&str; 7] = [
    "01 03000000 01000000 04000000 00000000000000000000000000000000 00000000000000400000000000000000 \
     00000000000000000000000000000040 00000000000000000000000000000000",
    "00 00000003 00000001 00000004 00000000000000000000000000000000 40000000000000000000000000000000 \
     00000000000000004000000000000000 00000000000000000000000000000000",
    "01 03000020 fa230000 01000000 04000000 00000000000000000000000000000000 00000000000000400000000000000000 \
     00000000000000000000000000000040 00000000000000000000000000000000",
    "01 eb030000 01000000 04000000 000000000000000000000000000000000000000000001440 \
     000000000000004000000000000000000000000000001440 000000000000000000000000000000400000000000001440 \
     000000000000000000000000000000000000000000001440",
    "00 00000bbb 00000001 00000004 0000000000000000000000000000000040140000000000004018000000000000 \
     4000000000000000000000000000000040140000000000004018000000000000 \
     0000000000000000400000000000000040140000000000004018000000000000 \
     0000000000000000000000000000000040140000000000004018000000000000",
    "00 e0000003 000010e6 00000001 00000004 0000000000000000000000000000000040140000000000004018000000000000 \
     4000000000000000000000000000000040140000000000004018000000000000 \
     0000000000000000400000000000000040140000000000004018000000000000 \
     0000000000000000000000000000000040140000000000004018000000000000",
    "01 06000020 e6100000 01000000 01 03000000 01000000 04000000 00000000000000000000000000000000 \
     00000000000000400000000000000000 00000000000000000000000000000040 00000000000000000000000000000000",
];

/// PostGIS: `st_asewkb('SRID=909210;POLYGON((600000 1190000,600001 1190000,600000 1190001,600000 1190000))')`.
const WRITTEN: &str = "01 03000020 9adf0d00 01000000 04000000 00000000804f22410000000070283241 \
     00000000824f22410000000070283241 00000000804f22410000000071283241 00000000804f22410000000070283241";

#[test]
fn every_dialect_of_one_polygon_reads_as_that_polygon() {
    for hex in SAME_TRIANGLE {
        assert_eq!(
            read_polygon(&bytes(hex)).unwrap().rings,
            [TRIANGLE],
            "{hex}"
        );
    }
}

#[test]
fn what_is_no_polygon_says_what_it_is() {
    assert_eq!(code(""), FaultCode::GeometryMissing);
    for empty in [
        "01 03000000 00000000",
        "01 06000000 00000000",
        "01 03000000 01000000 00000000",
    ] {
        assert_eq!(code(empty), FaultCode::GeometryEmpty, "{empty}");
    }
    let part = SAME_TRIANGLE[0];
    let two = read_polygon(&bytes(&format!("01 06000000 02000000 {part} {part}"))).unwrap_err();
    assert_eq!(
        (two.code, two.detail.as_str()),
        (FaultCode::GeometryMultipart, "the polygon has 2 parts")
    );
    for (hex, detail) in [
        (
            "01 01000000 000000000000f03f 0000000000000040",
            "the geometry is a point",
        ),
        ("01 07000000 01000000", "the geometry is a collection"),
        ("01 0a000000 01000000", "the geometry is a curve polygon"),
        (
            "01 ffffff1f",
            "the geometry is a geometry of type 536870911",
        ),
        ("02 03000000 00000000", "the geometry begins with byte 2"),
        ("01 06000000 01000000 01 01000000", "its part is a point"),
        ("01 03000000 00000000 aabb", "2 bytes follow the geometry"),
        ("01 03000000 ffffffff 00000000", "the geometry breaks off"),
        ("01 03000000 01000000 ffffffff", "the geometry breaks off"),
    ] {
        let fault = read_polygon(&bytes(hex)).unwrap_err();
        assert_eq!(
            (fault.code, fault.detail.as_str()),
            (FaultCode::GeometryNotPolygon, detail),
            "{hex}"
        );
    }
}

#[test]
fn a_polygon_cut_short_anywhere_breaks_off() {
    for hex in SAME_TRIANGLE {
        let whole = bytes(hex);
        for length in 1..whole.len() {
            let fault = read_polygon(&whole[..length]).unwrap_err();
            assert_eq!(
                fault.code,
                FaultCode::GeometryNotPolygon,
                "{length} bytes of {hex}"
            );
        }
    }
}

#[test]
fn what_is_written_is_what_postgis_writes() {
    let square = lawful(&[&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]]);
    let mut out = Vec::new();
    write_ewkb(&square, 909_210, &mut out);
    assert_eq!(out, bytes(WRITTEN));
    let read = read_polygon(&out).unwrap();
    let corner = (EAST_M, NORTH_M);
    assert_eq!(
        read.rings,
        [[
            corner,
            (EAST_M + 1.0, NORTH_M),
            (EAST_M, NORTH_M + 1.0),
            corner
        ]]
    );
}

#[test]
fn rings_of_degrees_are_closed_once() {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    write_ewkb_lonlat(&[TRIANGLE[..3].to_vec(), vec![]], 4326, &mut open);
    write_ewkb_lonlat(&[TRIANGLE.to_vec(), vec![]], 4326, &mut closed);
    assert_eq!(open, closed);
    assert_eq!(
        read_polygon(&open).unwrap().rings,
        [TRIANGLE.to_vec(), vec![]]
    );
}

proptest! {
    #[test]
    fn no_bytes_panic_and_no_count_is_believed(bytes: Vec<u8>, order in 0..2_u8, kind in proptest::sample::select(vec![3_u8, 6])) {
        let _ = read_polygon(&bytes);
        let mut nearly = vec![order, 0, 0, 0, 0];
        nearly[if order == 0 { 4 } else { 1 }] = kind;
        nearly.extend(&bytes);
        let _ = read_polygon(&nearly);
    }
}
