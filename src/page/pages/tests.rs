use super::*;
use crate::domain::{NationalCode, Revision};
use crate::page::PageUse;
use proptest::prelude::*;
use time::macros::{date, datetime};

fn parcel(serial: i64, rings: Vec<Vec<Fine>>) -> PageParcel {
    PageParcel {
        parcel_id: ParcelId::try_from((1 << 40) + serial).unwrap(),
        national_code: Some(NationalCode::parse("w3gv7cgzjm5k").unwrap()),
        commune: CommuneCode::parse("99001").unwrap(),
        sheet: PageSheet {
            commune_from: date!(2025 - 07 - 01),
            sheet_no: 3,
            zone: 9210,
            scale_denominator: Some(500),
        },
        parcel_no: 7,
        uses: vec![PageUse {
            code: "ONT".to_owned(),
            area: Some(Area::from_tenths_m2(1234)),
            origin: Some("DG-KTT".to_owned()),
            term: None,
        }],
        is_open: true,
        legal_area: Some(Area::from_tenths_m2(1234)),
        computed_area: Area::from_tenths_m2(1230),
        address: Some("Số 7, thôn Đông".to_owned()),
        revision: Revision(2),
        in_force_from: date!(2026 - 01 - 01),
        recorded_at: datetime!(2026-11-22 07:08:09.123456 UTC),
        label: rings[0][0],
        rings,
    }
}

fn triangle(start: i64, side: i64) -> Vec<Fine> {
    let fine = |x, y| Fine { x, y };
    vec![
        fine(start, 17),
        fine(start + side, 31),
        fine(start + 40, side + 1),
    ]
}

#[test]
fn what_goes_into_a_page_comes_out() {
    let mut bare = parcel(2, vec![triangle(5003, 95)]);
    bare.national_code = None;
    bare.uses.clear();
    bare.is_open = false;
    bare.legal_area = None;
    bare.address = None;
    bare.sheet.scale_denominator = None;
    bare.sheet.sheet_no = 4;
    let mut forest = parcel(3, vec![triangle(77, 3 << 24), triangle(5000, 1 << 21)]);
    forest.legal_area = Some(Area::from_tenths_m2(1 << 40));
    let parcels = vec![
        parcel(1, vec![triangle(1000, 300), triangle(1010, 20)]),
        bare,
        forest,
    ];
    let page = Page::build(&parcels).unwrap();
    let back: Vec<_> = page.parcels().map(|view| view.to_parcel()).collect();
    assert_eq!(back, parcels);
    assert!(Page::build(&[]).is_none());
}

#[test]
fn a_page_comes_back_from_its_bytes_and_from_no_part_of_them() {
    let page = Page::build(&[
        parcel(1, vec![triangle(9, 99)]),
        parcel(2, vec![triangle(1, 1 << 22)]),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    page.write(&mut bytes);
    let mut rest = &*bytes;
    assert_eq!(Page::read(page.commune, &mut rest).as_ref(), Some(&page));
    assert!(rest.is_empty());
    for length in 0..bytes.len() {
        assert_eq!(
            Page::read(page.commune, &mut &bytes[..length]),
            None,
            "{length} bytes"
        );
    }
}

#[test]
fn the_hull_of_a_sheet_is_around_its_parcels() {
    let square = |x: i64, y: i64| {
        [(0, 0), (160, 0), (160, 160), (0, 160)]
            .map(|(right, down)| Fine {
                x: x + right,
                y: y + down,
            })
            .to_vec()
    };
    let page = Page::build(&[
        parcel(1, vec![square(0, 0)]),
        parcel(2, vec![square(1600, 1600)]),
    ])
    .unwrap();
    let hulls: Vec<_> = page.hulls().collect();
    assert_eq!(hulls.len(), 1);
    assert_eq!(hulls[0].0.sheet_no, 3);
    assert_eq!(
        hulls[0].1,
        [[0, 0], [10, 0], [110, 100], [110, 110], [100, 110], [0, 10]]
    );
}

proptest! {
    #[test]
    fn any_bytes_at_all_are_a_page_that_can_be_walked_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..600), place in 0_usize..400, value in any::<u8>()) {
        let commune = CommuneCode::parse("99001").unwrap();
        let mut good = Vec::new();
        Page::build(&[parcel(1, vec![triangle(9, 99)])]).unwrap().write(&mut good);
        if let Some(byte) = good.get_mut(place) { *byte = value; }
        for bytes in [&bytes, &good] {
            if let Some(page) = Page::read(commune, &mut &**bytes) {
                page.parcels().for_each(|view| drop(view.to_parcel()));
                page.hulls().for_each(drop);
            }
        }
    }
}
