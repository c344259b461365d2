use super::*;
use crate::{
    domain::{Area, NationalCode, ParcelRecord, PartyKind, RightRow, Share},
    ingest::{
        Frame, ParcelContent, ParcelField, ParcelSource, RawParcel, RawRow, RightField,
        SourceOptions, parcel_digest, row_digest,
        sample::{Feature, Folder, collection, law, parcel, polygon, square},
    },
};
use time::macros::date;

fn accept_all(
    features: &[Feature],
    epsg: Option<i32>,
    swap_axes: bool,
) -> Vec<Accepted<ParcelRecord>> {
    let folder = Folder::new();
    let path = folder.write("a.geojson", collection(epsg, features));
    let source = ParcelSource::open(
        &path,
        &SourceOptions {
            zone: Some(9210),
            layer: None,
        },
    )
    .unwrap();
    let law = law();
    let context = ParcelContext {
        law: &law,
        day: date!(2026 - 10 - 01),
        frame: source.frame(),
        swap_axes,
        scale_denominator: Some(500),
    };
    source.map(|raw| accept_parcel(&raw, &context)).collect()
}

fn accept(feature: Feature) -> Accepted<ParcelRecord> {
    accept_all(&[feature], Some(9210), false).remove(0)
}

/// The codes that keep a parcel of this geometry out.
fn codes(geometry: impl Into<String>) -> Vec<&'static str> {
    errors(&accept(parcel(1, 1, geometry)))
}

fn errors<T>(accepted: &Accepted<T>) -> Vec<&'static str> {
    let faults = accepted.result.as_ref().err();
    faults
        .into_iter()
        .flatten()
        .map(|fault| fault.code.as_str())
        .collect()
}

fn warnings<T>(accepted: &Accepted<T>) -> Vec<&'static str> {
    accepted
        .warnings
        .iter()
        .map(|fault| fault.code.as_str())
        .collect()
}

/// A parcel in its place with other properties.
fn with(properties: &str) -> Accepted<ParcelRecord> {
    let properties = format!(r#"{{"MaXa":"27001","SoTo":1,"SoThua":1,{properties}}}"#);
    accept(Feature(properties, square(0)))
}

#[test]
fn a_lawful_parcel_is_accepted_with_what_the_file_says() {
    let accepted = with(
        r#""KhLoaiDat":"ONT+CLN","DienTich":"400,0","DienTichPL":"1.398,25 m²","DiaDanh":" ấp  Bình Hòa ",
           "TyLe":"1/1000","ThoiDiemBatDau":"02/09/2020""#,
    );
    assert_eq!(warnings(&accepted), ["land-use-several"]);
    let record = accepted.result.unwrap();
    assert_eq!(record.key.to_string(), "27001 sheet 1 parcel 1");
    assert_eq!(record.computed_area, Area::from_tenths_m2(4_000));
    assert_eq!(record.legal_area, Some(Area::from_tenths_m2(13_983)));
    assert_eq!(record.land_use.as_ref().unwrap().code, "ONT");
    assert_eq!(record.address.as_deref(), Some("ấp Bình Hòa"));
    assert_eq!(
        (record.scale_denominator, record.in_force_from),
        (Some(1_000), Some(date!(2020 - 09 - 02)))
    );
    assert_eq!(
        (record.boundary.zone(), record.derived, record.national_code),
        (9210, false, None)
    );
    // the deepest point of a square is its centre
    assert_eq!(
        (record.label_point.east_mm, record.label_point.north_mm),
        (603_010_000, 1_192_010_000)
    );
}

#[test]
fn every_kind_of_bad_geometry_has_its_code() {
    let ring = |points: &str| codes(polygon(points));
    assert_eq!(codes("null"), ["geometry-missing"]);
    assert_eq!(
        codes(r#"{"type":"Point","coordinates":[603000,1192000]}"#),
        ["geometry-not-polygon"]
    );
    let bow_tie =
        "[603000,1192000],[603020,1192020],[603020,1192000],[603000,1192020],[603000,1192000]";
    assert_eq!(ring(bow_tie), ["boundary-crosses-itself"]);
    assert_eq!(
        ring("[603000,1192000],[603020,1192000],[603000,1192000]"),
        ["geometry-empty"]
    );
    let northing_first = "[1192000,603000],[1192000,603020],[1192020,603020],[1192000,603000]";
    assert_eq!(ring(northing_first), ["axes-swapped"]);
    assert_eq!(
        ring("[106.69,10.77],[106.70,10.77],[106.70,10.78],[106.69,10.77]"),
        ["coordinate-outside-zone"]
    );
    let parts = [square(0), square(100)].map(|square| {
        square
            .replace(r#"{"type":"Polygon","coordinates":"#, "")
            .trim_end_matches('}')
            .to_owned()
    });
    let multi = |parts: &[String]| {
        format!(
            r#"{{"type":"MultiPolygon","coordinates":[{}]}}"#,
            parts.join(",")
        )
    };
    assert_eq!(codes(multi(&parts)), ["geometry-multipart"]);
    assert_eq!(codes(multi(&parts[..1])), [""; 0]);
}

#[test]
fn all_faults_of_a_record_are_said_not_the_first() {
    let properties = r#"{"MaXa":"99999","SoTo":"PL9","SoThua":null,"KhLoaiDat":"XYZ","DienTich":"385/2","TyLe":"x",
                         "MaDinhDanh":"w3gv7","ThoiDiemBatDau":"31/02/2020"}"#;
    let mut found = errors(&accept(Feature(properties.into(), "null".into())));
    found.sort_unstable();
    let expected = [
        "commune-unknown",
        "date-unreadable",
        "geometry-missing",
        "identity-missing",
        "identity-missing",
        "land-use-unknown",
        "national-code-malformed",
        "number-unreadable",
        "number-unreadable",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_land_use_code_must_be_in_force_on_the_day_or_when_the_parcel_began() {
    assert_eq!(errors(&with(r#""KhLoaiDat":"BHK""#)), ["land-use-unknown"]);
    assert_eq!(
        errors(&with(r#""KhLoaiDat":"ONT+BHK""#)),
        ["land-use-unknown"]
    );
    assert_eq!(
        errors(&with(r#""KhLoaiDat":"BHK","ThoiDiemBatDau":"2015-03-01""#)),
        [""; 0]
    );
    assert_eq!(
        errors(&with(r#""KhLoaiDat":"bhk","ThoiDiemBatDau":"2003-03-01""#)),
        ["land-use-unknown"]
    );
    let detail = with(r#""KhLoaiDat":"BHK""#)
        .result
        .unwrap_err()
        .remove(0)
        .detail;
    assert_eq!(
        detail,
        "land-use code \"BHK\" was not in force on 2026-10-01"
    );
}

#[test]
fn an_area_apart_by_more_than_the_tolerance_is_a_warning_with_numbers() {
    // 0.0004 · 500 · √400 = 4.0 m²
    assert_eq!(warnings(&with(r#""DienTich":404.0"#)), [""; 0]);
    let accepted = with(r#""DienTich":404.1"#);
    assert_eq!(warnings(&accepted), ["area-outside-tolerance"]);
    let warning = &accepted.warnings[0];
    assert_eq!(
        warning.detail,
        "stated 404.1 m², computed 400.0 m²: 4.1 m² apart, 4.0 m² allowed at 1/500"
    );
    assert_eq!(
        warning.place.unwrap().to_string(),
        "E 603010.000 N 1192010.000 (EPSG:9210)"
    );
    assert_eq!(
        warnings(&with(r#""DienTich":404.1,"TyLe":"1/1000""#)),
        [""; 0]
    );
    // exports write 0 for nothing
    assert_eq!(
        with(r#""DienTich":0,"DienTichPL":0"#)
            .result
            .unwrap()
            .legal_area,
        None
    );
}

#[test]
fn a_given_national_code_is_kept_and_must_point_into_the_parcel() {
    // the GeoHash of E 603000 N 1192000 in EPSG:9210, by the published vector: the square's corner
    let accepted = with(r#""MaDinhDanh":"W3GV7CGZJM5K""#);
    assert_eq!(warnings(&accepted), [""; 0]);
    assert_eq!(
        accepted.result.unwrap().national_code,
        NationalCode::parse("w3gv7cgzjm5k").ok()
    );
    let accepted = with(r#""MaDinhDanh":"w3gv7000jm5k""#);
    assert_eq!(warnings(&accepted), ["national-code-outside"]);
    assert!(accepted.result.unwrap().national_code.is_some());
    // the code of the time before 2026 is another identifier
    assert_eq!(
        with(r#""MaThuaDat":"27001_1_1""#)
            .result
            .unwrap()
            .national_code,
        None
    );
}

#[test]
fn degrees_become_a_derived_boundary_on_the_millimetre_grid() {
    // the published vector of E 603000 N 1192000, and a triangle from there
    let triangle = "[106.693612244,10.777443860],[106.6938,10.777443860],[106.6938,10.7776],[106.693612244,10.777443860]";
    for (epsg, zone) in [(None, 9210), (Some(4326), 9210)] {
        let accepted = accept_all(&[parcel(1, 1, polygon(triangle))], epsg, false).remove(0);
        let record = accepted.result.unwrap();
        assert_eq!((record.derived, record.boundary.zone()), (true, zone));
        let near = |point: crate::domain::GridPoint| {
            (point.east_mm - 603_000_000).abs() <= 1 && (point.north_mm - 1_192_000_000).abs() <= 1
        };
        assert_eq!(
            record
                .boundary
                .points()
                .filter(|&point| near(point))
                .count(),
            1
        );
    }
}

#[test]
fn swapped_axes_are_said_and_can_be_put_right() {
    let northing_first =
        "[1192000,603000],[1192000,603020],[1192020,603020],[1192020,603000],[1192000,603000]";
    let features = [parcel(1, 1, polygon(northing_first))];
    assert_eq!(
        errors(&accept_all(&features, Some(9210), false)[0]),
        ["axes-swapped"]
    );
    let record = accept_all(&features, Some(9210), true)
        .remove(0)
        .result
        .unwrap();
    let as_it_should_be = accept(parcel(1, 1, square(0))).result.unwrap();
    assert_eq!(parcel_digest(&record), parcel_digest(&as_it_should_be));
    let latitude_first =
        "[10.7774,106.6936],[10.7774,106.6938],[10.7776,106.6938],[10.7774,106.6936]";
    let features = [parcel(1, 1, polygon(latitude_first))];
    assert_eq!(
        errors(&accept_all(&features, None, false)[0]),
        ["axes-swapped"]
    );
    assert_eq!(errors(&accept_all(&features, None, true)[0]), [""; 0]);
}

#[test]
fn a_digest_sees_every_change_of_content_and_no_other_way_to_write_a_ring() {
    let digest = |feature: Feature| parcel_digest(&accept(feature).result.unwrap());
    let base = digest(parcel(1, 1, square(0)));
    let turned =
        "[603020,1192020],[603020,1192000],[603000,1192000],[603000,1192020],[603020,1192020]";
    assert_eq!(digest(parcel(1, 1, polygon(turned))), base);
    let moved =
        "[603000,1192000],[603020,1192000],[603020,1192020.001],[603000,1192020],[603000,1192000]";
    let replaced = |from: &str, to: &str| {
        let mut feature = parcel(1, 1, square(0));
        feature.0 = feature.0.replace(from, to);
        digest(feature)
    };
    let others = [
        digest(parcel(1, 2, square(0))),
        digest(parcel(2, 1, square(0))),
        digest(parcel(1, 1, polygon(moved))),
        replaced("ONT", "CLN"),
        replaced("Bình Hòa", "Bình Hoà"),
        replaced(r#""DienTich":400.0"#, r#""DienTichPL":400.0"#),
        replaced(r#""DienTich":400.0"#, r#""TyLe":500"#),
        replaced(r#""DienTich":400.0"#, r#""TuNgay":"2020-01-01""#),
        replaced(r#""DienTich":400.0"#, r#""MaDinhDanh":"w3gv7cgzjm5k""#),
    ];
    for (place, other) in others.iter().enumerate() {
        assert!(
            *other != base && !others[..place].contains(other),
            "change {place}"
        );
    }
}

fn row<'a>(texts: impl IntoIterator<Item = (RightField, &'a str)>) -> Accepted<RightRow> {
    let identity = [
        (RightField::Commune, "27001"),
        (RightField::Sheet, "1"),
        (RightField::Parcel, "12"),
    ];
    let texts = identity
        .into_iter()
        .chain([(RightField::Name, "Nguyễn  Văn A")])
        .chain(texts);
    let raw = RawRow {
        row: 2,
        content: Ok(Values::from_texts(texts)),
    };
    let law = law();
    accept_row(
        &raw,
        &RowContext {
            law: &law,
            day: date!(2026 - 10 - 01),
        },
    )
}

#[test]
fn a_row_says_who_holds_what_by_which_paper() {
    let accepted = row([
        (RightField::PartyKind, "Vợ chồng"),
        (RightField::PersonalNo, "000190 012345"),
        (RightField::BirthYear, "02/09/1961"),
        (RightField::Residence, "12 Lê Lợi"),
        (RightField::Share, "50%"),
        (RightField::Serial, "aa00000001"),
        (RightField::EntryNo, "CS 01234"),
        (RightField::IssuedOn, "15/01/2025"),
        (RightField::LandUse, "ONT"),
        (RightField::Area, "93,0"),
        (RightField::Origin, "CNQ-CTT"),
        (RightField::Term, "Lâu dài"),
    ]);
    assert_eq!(warnings(&accepted), [""; 0]);
    let row = accepted.result.unwrap();
    assert_eq!(row.parcel.to_string(), "27001 sheet 1 parcel 12");
    assert_eq!(
        (row.party.kind, row.party.name.as_str()),
        (PartyKind::Couple, "Nguyễn Văn A")
    );
    assert_eq!(
        (row.party.personal_no.as_deref(), row.party.birth_year),
        (Some("000190012345"), Some(1961))
    );
    assert_eq!(row.share, Share::new(1, 2).unwrap());
    let certificate = row.certificate.unwrap();
    assert_eq!(
        (certificate.serial.as_str(), certificate.issued_on),
        ("AA 00000001", Some(date!(2025 - 01 - 15)))
    );
    let land_use = row.land_use.unwrap();
    assert_eq!(
        (land_use.code.as_str(), land_use.area_tenths_m2),
        ("ONT", Some(930))
    );
    assert_eq!(
        (land_use.origin.as_deref(), land_use.term.as_deref()),
        (Some("CNQ-CTT"), Some("Lâu dài"))
    );
}

#[test]
fn kinds_of_party_are_known_in_words_and_codes() {
    let kind = |text: &str| {
        row([(RightField::PartyKind, text)])
            .result
            .unwrap()
            .party
            .kind
    };
    for (text, expected) in [
        ("Cá nhân", PartyKind::Individual),
        ("CNV", PartyKind::Individual),
        ("Đồng sử dụng", PartyKind::Individual),
        ("VỢ CHỒNG", PartyKind::Couple),
        ("Hộ gia đình", PartyKind::Household),
        ("GDC", PartyKind::Household),
        ("Tổ chức kinh tế", PartyKind::Organisation),
        ("TKT", PartyKind::Organisation),
        ("Cộng đồng dân cư", PartyKind::Community),
        ("CDS", PartyKind::Community),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
    assert_eq!(row([]).result.unwrap().party.kind, PartyKind::Individual);
}

#[test]
fn doubtful_numbers_are_kept_and_said_without_repeating_them() {
    let accepted = row([
        (RightField::PersonalNo, "12345678"),
        (RightField::Serial, "GCN 12"),
    ]);
    assert_eq!(
        warnings(&accepted),
        ["personal-number-doubtful", "serial-doubtful"]
    );
    assert!(!accepted.warnings[0].detail.contains("12345678"));
    let record = accepted.result.unwrap();
    assert_eq!(record.party.personal_no.as_deref(), Some("12345678"));
    assert_eq!(record.certificate.unwrap().serial, "GCN 12");
    let firm = [
        (RightField::PartyKind, "Tổ chức"),
        (RightField::PersonalNo, "0100109106-001"),
    ];
    assert_eq!(warnings(&row(firm)), [""; 0]);
    assert_eq!(
        warnings(&row([(RightField::PersonalNo, "0100109106")])),
        ["personal-number-doubtful"]
    );
}

#[test]
fn every_kind_of_bad_row_has_its_code() {
    for (field, text, code) in [
        (RightField::Name, " ", "party-missing"),
        (RightField::Share, "3/2", "share-unreadable"),
        (RightField::IssuedOn, "15/13/2025", "date-unreadable"),
        (RightField::BirthYear, "Nma", "number-unreadable"),
        (RightField::Area, "385/2", "number-unreadable"),
        (RightField::LandUse, "đất ở", "land-use-unknown"),
        (RightField::Commune, "99999", "commune-unknown"),
        (RightField::Sheet, "", "identity-missing"),
        (RightField::Parcel, "0", "identity-missing"),
        (
            RightField::NationalCode,
            "w3gv7cgzjm5a",
            "national-code-malformed",
        ),
    ] {
        let accepted = row([(field, text)]);
        assert_eq!(errors(&accepted)[0], code, "{text}");
        let faults = accepted.result.unwrap_err();
        assert!(faults.iter().all(|fault| !fault.detail.contains("Nguyễn")));
    }
}

#[test]
fn a_row_digest_sees_every_change_of_content() {
    let changes = [
        (RightField::PartyKind, "Vợ chồng"),
        (RightField::Name, "Nguyễn Văn B"),
        (RightField::PersonalNo, "000190012345"),
        (RightField::BirthYear, "1961"),
        (RightField::Residence, "12 Lê Lợi"),
        (RightField::Share, "1/2"),
        (RightField::Serial, "AA 00000001"),
        (RightField::LandUse, "ONT"),
        (RightField::NationalCode, "w3gv7cgzjm5k"),
        (RightField::Parcel, "13"),
    ];
    let mut digests = vec![row_digest(&row([]).result.unwrap())];
    for change in changes {
        let digest = row_digest(&row([change]).result.unwrap());
        assert!(!digests.contains(&digest), "{change:?}");
        digests.push(digest);
    }
    // the default is not content
    assert_eq!(
        row_digest(&row([(RightField::Share, "1")]).result.unwrap()),
        digests[0]
    );
}

#[test]
fn an_empty_polygon_and_broken_bytes_keep_the_record_out() {
    let identity = [
        (ParcelField::Commune, "27001"),
        (ParcelField::Sheet, "1"),
        (ParcelField::Parcel, "1"),
    ];
    let law = law();
    let frame = Frame::Plane { zone: 9210 };
    let context = ParcelContext {
        law: &law,
        day: date!(2026 - 10 - 01),
        frame,
        swap_axes: false,
        scale_denominator: None,
    };
    for (wkb, code) in [
        (vec![1, 3, 0, 0, 0, 0, 0, 0, 0], "geometry-empty"),
        (vec![1, 3, 0, 0, 0, 9, 0, 0, 0], "geometry-not-polygon"),
    ] {
        let found = ParcelContent {
            fields: Values::from_texts(identity),
            wkb: Some(wkb),
        };
        assert_eq!(
            errors(&accept_parcel(
                &RawParcel {
                    row: 1,
                    content: Ok(found)
                },
                &context
            )),
            [code]
        );
    }
}
