use super::*;

pub const ZONE: ZoneCode = 9210;
pub const EAST_M: f64 = 600_000.0;
pub const NORTH_M: f64 = 1_190_000.0;

/// Rings given in metres from a corner somewhere in Ho Chi Minh City.
pub fn raw(rings: &[&[(f64, f64)]]) -> RawPolygon {
    let shift = |&(x, y): &(f64, f64)| (EAST_M + x, NORTH_M + y);
    let rings = rings
        .iter()
        .map(|ring| ring.iter().map(shift).collect())
        .collect();
    RawPolygon { rings }
}

pub fn lawful(rings: &[&[(f64, f64)]]) -> Boundary {
    check_rings(ZONE, &raw(rings)).unwrap()
}

mod properties;

/// Code, place in metres from the corner (rounded to millimetres), detail.
type Told = (FaultCode, Option<(f64, f64)>, String);

fn faults(rings: &[&[(f64, f64)]]) -> Vec<Told> {
    let millimetres = |metres: f64| (metres * 1000.0).round() / 1000.0;
    check_rings(ZONE, &raw(rings))
        .unwrap_err()
        .into_iter()
        .map(|fault| {
            let place = fault.place.map(|place| {
                assert_eq!(place.zone, Some(ZONE));
                (
                    millimetres(place.x - EAST_M),
                    millimetres(place.y - NORTH_M),
                )
            });
            (fault.code, place, fault.detail)
        })
        .collect()
}

fn fault(code: FaultCode, place: (f64, f64), detail: &str) -> Told {
    (code, Some(place), detail.into())
}

const SQUARE: [(f64, f64); 4] = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)];

#[test]
fn the_outer_ring_is_turned_counter_clockwise_and_holes_clockwise() {
    let hole = [(5.0, 5.0), (5.0, 9.0), (9.0, 9.0)];
    let expected = lawful(&[&SQUARE, &hole]);
    let backwards = |ring: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let mut ring = ring.to_vec();
        ring[1..].reverse();
        ring
    };
    assert_eq!(lawful(&[&backwards(&SQUARE), &backwards(&hole)]), expected);
    let metres = |ring: &Ring| -> Vec<_> {
        ring.iter()
            .map(|point| (point.easting_m() - EAST_M, point.northing_m() - NORTH_M))
            .collect()
    };
    assert_eq!(metres(&expected.rings()[0]), SQUARE);
    assert_eq!(metres(&expected.rings()[1]), hole);
}

#[test]
fn repeated_and_closing_points_change_nothing() {
    let repeated = [
        (0.0, 0.0),
        (0.0, 0.0),
        (20.0, 0.0),
        (20.0, 20.0),
        (20.0, 20.000_4),
        (0.0, 20.0),
        (0.0, 0.0),
    ];
    assert_eq!(lawful(&[&repeated]), lawful(&[&SQUARE]));
}

#[test]
fn a_bow_tie_is_told_with_the_place_where_it_crosses() {
    assert_eq!(
        faults(&[&[(0.0, 0.0), (20.0, 20.0), (20.0, 0.0), (0.0, 20.0)]]),
        [fault(
            FaultCode::BoundaryCrossesItself,
            (10.0, 10.0),
            "the outer ring crosses itself"
        )]
    );
}

#[test]
fn every_crossing_is_told() {
    // A zigzag of three teeth and a line back through all of them at y = 5.
    let zigzag = [
        (0.0, 0.0),
        (10.0, 10.0),
        (20.0, 0.0),
        (30.0, 10.0),
        (40.0, 0.0),
        (40.0, 5.0),
        (-5.0, 5.0),
    ];
    let told: Vec<_> = faults(&[&zigzag])
        .into_iter()
        .map(|(_, place, _)| place)
        .collect();
    let expected = [5.0, 15.0, 25.0, 35.0].map(|x| Some((x, 5.0)));
    assert_eq!(told, expected);
}

#[test]
fn an_eight_that_touches_itself_at_a_corner_or_on_an_edge_is_not_one_parcel() {
    let at_a_corner = [
        (0.0, 0.0),
        (10.0, 10.0),
        (20.0, 0.0),
        (20.0, 20.0),
        (10.0, 10.0),
        (0.0, 20.0),
    ];
    let on_an_edge = [
        (0.0, 0.0),
        (20.0, 0.0),
        (20.0, 20.0),
        (10.0, 0.0),
        (0.0, 20.0),
    ];
    for (ring, place) in [
        (&at_a_corner[..], (10.0, 10.0)),
        (&on_an_edge[..], (10.0, 0.0)),
    ] {
        assert_eq!(
            faults(&[ring]),
            [fault(
                FaultCode::BoundaryCrossesItself,
                place,
                "the outer ring touches itself"
            )]
        );
    }
}

#[test]
fn a_spike_is_told_with_tip_and_length() {
    let with_spike = [
        (0.0, 0.0),
        (20.0, 0.0),
        (20.0, 20.0),
        (10.0, 20.0),
        (10.0, 26.5),
        (10.0, 20.0),
        (0.0, 20.0),
    ];
    assert_eq!(
        faults(&[&with_spike]),
        [fault(
            FaultCode::BoundarySpike,
            (10.0, 26.5),
            "the outer ring goes out and back 6.500 m"
        )]
    );
}

#[test]
fn a_hole_drawn_with_a_cut_runs_along_itself() {
    let keyhole = [
        (0.0, 0.0),
        (10.0, 0.0),
        (10.0, 5.0),
        (5.0, 10.0),
        (15.0, 10.0),
        (10.0, 5.0),
        (10.0, 0.0),
        (20.0, 0.0),
        (20.0, 20.0),
        (0.0, 20.0),
    ];
    assert_eq!(
        faults(&[&keyhole]),
        [fault(
            FaultCode::BoundarySpike,
            (10.0, 0.0),
            "the outer ring runs along itself for 5.000 m"
        )]
    );
}

#[test]
fn a_ring_without_area_is_empty() {
    assert_eq!(
        check_rings(ZONE, &raw(&[])).unwrap_err()[0].code,
        FaultCode::GeometryEmpty
    );
    for ring in [
        &[][..],
        &[(1.0, 2.0)],
        &[(0.0, 0.0), (5.0, 5.0), (9.0, 9.0)],
        &[(3.0, 3.0); 5],
    ] {
        let told = faults(&[ring]);
        assert_eq!(told.len(), 1, "{ring:?}");
        assert_eq!(
            (told[0].0, told[0].2.as_str()),
            (FaultCode::GeometryEmpty, "the outer ring encloses nothing")
        );
    }
    assert_eq!(
        faults(&[&SQUARE, &[(5.0, 5.0), (6.0, 6.0)]]),
        [fault(
            FaultCode::GeometryEmpty,
            (5.0, 5.0),
            "hole 1 encloses nothing"
        )]
    );
}

#[test]
fn holes_may_touch_at_a_point_as_long_as_the_parcel_stays_in_one_piece() {
    let at_the_edge = [(10.0, 0.0), (12.0, 4.0), (8.0, 4.0)];
    let at_the_corner = [(20.0, 20.0), (15.0, 18.0), (18.0, 15.0)];
    let at_each_other = [(12.0, 4.0), (16.0, 8.0), (12.0, 9.0)];
    lawful(&[&SQUARE, &at_the_edge, &at_the_corner, &at_each_other]);

    let twice = [(10.0, 0.0), (14.0, 10.0), (10.0, 20.0), (6.0, 10.0)];
    let told = faults(&[&SQUARE, &twice]);
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].0, told[0].1),
        (FaultCode::BoundaryCrossesItself, Some((10.0, 20.0)))
    );
    assert!(told[0].2.contains("cuts the parcel apart"), "{}", told[0].2);

    // Three holes in a circle enclose a piece of the parcel.
    let circle: [&[(f64, f64)]; 4] = [
        &SQUARE,
        &[(5.0, 5.0), (10.0, 4.0), (15.0, 5.0)],
        &[(15.0, 5.0), (14.0, 10.0), (10.0, 15.0)],
        &[(10.0, 15.0), (6.0, 10.0), (5.0, 5.0)],
    ];
    assert_eq!(faults(&circle).len(), 1);
}

#[test]
fn a_hole_is_inside_and_not_in_another() {
    assert_eq!(
        faults(&[&SQUARE, &[(25.0, 5.0), (30.0, 5.0), (30.0, 9.0)]]),
        [fault(
            FaultCode::HoleOutside,
            (25.0, 5.0),
            "hole 1 lies outside the outer ring"
        )]
    );
    let (wide, narrow) = (
        [(2.0, 2.0), (18.0, 2.0), (10.0, 18.0)],
        [(9.0, 5.0), (11.0, 5.0), (10.0, 8.0)],
    );
    assert_eq!(
        faults(&[&SQUARE, &wide, &narrow]),
        [fault(
            FaultCode::HoleOutside,
            (9.0, 5.0),
            "hole 2 lies in hole 1"
        )]
    );
    assert_eq!(
        faults(&[&narrow, &SQUARE]),
        [fault(
            FaultCode::HoleOutside,
            (0.0, 0.0),
            "hole 1 lies outside the outer ring"
        )]
    );
}

#[test]
fn a_hole_neither_crosses_nor_follows_the_outer_ring() {
    let across = [(15.0, 5.0), (25.0, 10.0), (15.0, 15.0)];
    assert_eq!(
        faults(&[&SQUARE, &across]),
        [
            fault(
                FaultCode::BoundaryCrossesItself,
                (20.0, 7.5),
                "hole 1 crosses the outer ring"
            ),
            fault(
                FaultCode::BoundaryCrossesItself,
                (20.0, 12.5),
                "hole 1 crosses the outer ring"
            ),
        ]
    );
    let along = [(20.0, 5.0), (20.0, 9.0), (15.0, 7.0)];
    assert_eq!(
        faults(&[&SQUARE, &along]),
        [fault(
            FaultCode::BoundaryCrossesItself,
            (20.0, 5.0),
            "hole 1 runs along the outer ring for 4.000 m"
        )]
    );
    // Out and in again through two corners.
    let through_corners = [(10.0, 10.0), (20.0, 0.0), (25.0, 10.0), (20.0, 20.0)];
    assert_eq!(faults(&[&SQUARE, &through_corners]).len(), 1);
}

#[test]
fn a_spike_a_crossing_and_a_hole_outside_are_told_together() {
    let outer = [
        (0.0, 0.0),
        (20.0, 20.0),
        (20.0, 0.0),
        (0.0, 20.0),
        (-5.0, 20.0),
        (-1.0, 20.0),
    ];
    let codes: Vec<_> = faults(&[&outer, &[(50.0, 50.0), (60.0, 50.0), (50.0, 60.0)]])
        .into_iter()
        .map(|(code, ..)| code)
        .collect();
    assert_eq!(
        codes,
        [
            FaultCode::BoundarySpike,
            FaultCode::BoundaryCrossesItself,
            FaultCode::HoleOutside
        ]
    );
}

#[test]
fn coordinates_that_cannot_be_are_told_by_kind() {
    let swapped = RawPolygon {
        rings: vec![vec![
            (1_190_000.0, 600_000.0),
            (1_190_020.0, 600_000.0),
            (1_190_000.0, 600_020.0),
        ]],
    };
    let told = check_rings(ZONE, &swapped).unwrap_err();
    assert_eq!((told.len(), told[0].code), (1, FaultCode::AxesSwapped));

    let mixed = raw(&[&[
        (0.0, 0.0),
        (f64::NAN, 0.0),
        (0.0, f64::INFINITY),
        (1e9, 0.0),
        (5.0, 5.0),
    ]]);
    let told = check_rings(ZONE, &mixed).unwrap_err();
    let codes: Vec<_> = told
        .iter()
        .map(|fault| (fault.code, fault.detail.as_str()))
        .collect();
    assert_eq!(
        codes[0],
        (
            FaultCode::CoordinateNotFinite,
            "2 of 5 points have no number"
        )
    );
    assert_eq!(codes[1].0, FaultCode::CoordinateOutsideZone);
    assert!(codes[1].1.starts_with("1 of 5 points"), "{}", codes[1].1);

    let degrees = RawPolygon {
        rings: vec![vec![(106.69, 10.77), (106.70, 10.77), (106.69, 10.78)]],
    };
    assert_eq!(
        check_rings(ZONE, &degrees).unwrap_err()[0].code,
        FaultCode::CoordinateOutsideZone
    );
}

#[test]
fn ten_million_points_are_refused_without_looking_at_them() {
    let endless = RawPolygon {
        rings: vec![vec![(f64::NAN, f64::NAN); 10_000_000]],
    };
    let told = check_rings(ZONE, &endless).unwrap_err();
    assert_eq!((told.len(), told[0].code), (1, FaultCode::TooManyPoints));
}

#[test]
fn a_drawing_that_is_wrong_as_a_whole_does_not_flood_the_report() {
    let hole = |place: i32| -> Vec<(f64, f64)> {
        let east_m = EAST_M + 50.0 + 10.0 * f64::from(place);
        vec![
            (east_m, NORTH_M),
            (east_m + 5.0, NORTH_M),
            (east_m, NORTH_M + 5.0),
        ]
    };
    let mut drawing = raw(&[&SQUARE]);
    drawing.rings.extend((0..140).map(hole));
    let told = check_rings(ZONE, &drawing).unwrap_err();
    assert_eq!(told.len(), 100);
    assert_eq!(
        told[99].detail,
        "hole 100 lies outside the outer ring, and 40 more faults"
    );
}
