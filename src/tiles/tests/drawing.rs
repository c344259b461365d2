//! Parcels drawn one by one.

use super::reader::{Feature, doubled_area, read};
use super::{CORNER, Land, Random, parcel, rectangle};
use crate::page::{Fine, PageParcel};
use crate::tiles::TileId;
use proptest::prelude::*;

fn tile_at(zoom: u32) -> TileId {
    TileId::new(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom)).unwrap()
}

fn drawn(parcels: &[PageParcel], zoom: u32) -> Vec<Feature> {
    let tile = tile_at(zoom);
    let encoded = Land::of(parcels, 100).tile(zoom, tile.column(), tile.row());
    read(&encoded.bytes).remove("parcels").unwrap_or_default()
}

/// A ring around a place in the corner's tile at zoom 16, where a unit is 16 world units.
fn ring_at_16(points: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let place = |(x, y): &(u32, u32)| (CORNER.0 + x * 16, CORNER.1 + y * 16);
    points.iter().map(place).collect()
}

#[test]
fn a_parcel_is_drawn_with_its_fields() {
    let ring = ring_at_16(&[(10, 10), (10, 20), (30, 20), (30, 10)]);
    let features = drawn(&[parcel(11, &[&ring])], 16);
    let [feature] = &features[..] else {
        panic!("{features:?}")
    };
    assert_eq!(feature.id, Some((1 << 40) + 11));
    let fields = ["commune", "sheet", "number", "land_use", "area_m2"]
        .map(|key| feature.fields[key].as_str());
    assert_eq!(fields, ["99001", "7", "11", "ONT", "14.3"]);
    // turned: it came counterclockwise on the screen
    assert_eq!(feature.rings, [[(30, 10), (30, 20), (10, 20), (10, 10)]]);
}

#[test]
fn use_and_area_of_a_hidden_parcel_are_nowhere_in_its_tiles() {
    for zoom in [9, 13, 16, 22] {
        let tile = tile_at(zoom);
        let hidden = rectangle(7, CORNER, 900, 900);
        let tile = Land::of(&[hidden], 1).tile(zoom, tile.column(), tile.row());
        for feature in read(&tile.bytes).values().flatten() {
            assert!(!feature.fields.contains_key("land_use"), "{zoom}");
            assert!(!feature.fields.contains_key("area_m2"), "{zoom}");
        }
        assert!(
            !tile.bytes.windows(3).any(|bytes| bytes == b"CLN"),
            "{zoom}"
        );
    }
}

#[test]
fn a_parcel_with_a_hole_keeps_it_and_a_hole_around_the_tile_hides_the_parcel() {
    let outer = ring_at_16(&[(100, 100), (400, 100), (400, 400), (100, 400)]);
    let hole = ring_at_16(&[(200, 200), (300, 200), (300, 300), (200, 300)]);
    let features = drawn(&[parcel(1, &[&outer, &hole])], 16);
    let areas: Vec<_> = features[0]
        .rings
        .iter()
        .map(|ring| doubled_area(ring))
        .collect();
    assert_eq!(areas, [2 * 300 * 300, -2 * 100 * 100]);
    let around = |reach: u32| {
        let (x, y) = (CORNER.0 - reach, CORNER.1 - reach);
        let far = (1 << 16) + 2 * reach;
        vec![(x, y), (x + far, y), (x + far, y + far), (x, y + far)]
    };
    let mut moat = parcel(1, &[&around(9000), &around(5000)]);
    moat.label = Fine {
        x: i64::from(CORNER.0 - 7000) << 4,
        y: i64::from(CORNER.1) << 4,
    };
    assert!(drawn(&[moat], 16).is_empty());
}

#[test]
fn a_parcel_too_small_to_draw_becomes_a_square_of_one_unit_from_zoom_14() {
    let tiny = rectangle(1, (CORNER.0 + 6400, CORNER.1 + 640), 3, 3);
    let unit_bits = 20 - 14;
    let (x, y) = (6400 >> unit_bits, 640 >> unit_bits);
    let square = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
    assert_eq!(drawn(&[tiny], 14)[0].rings, [square]);
}

#[test]
fn a_parcel_whose_label_is_in_the_tile_is_drawn_even_if_its_outline_is_not() {
    let mut astray = rectangle(1, (CORNER.0 - 90_000, CORNER.1), 180_000, 9);
    astray.rings = vec![
        [
            (-90_000, -70_000),
            (-90_000, 900_000),
            (900_000, 900_000),
            (-80_000, 890_000),
        ]
        .map(|(x, y)| Fine {
            x: (i64::from(CORNER.0) + x) << 4,
            y: (i64::from(CORNER.1) + y) << 4,
        })
        .to_vec(),
    ];
    astray.label = Fine {
        x: (i64::from(CORNER.0) + 160) << 4,
        y: (i64::from(CORNER.1) + 320) << 4,
    };
    assert_eq!(
        drawn(&[astray], 16)[0].rings,
        [[(10, 20), (11, 20), (11, 21), (10, 21)]]
    );
}

#[test]
fn at_zoom_22_the_surveyed_corners_are_drawn_in_fine_units() {
    let mut fine = rectangle(1, CORNER, 9, 9);
    let base = (i64::from(CORNER.0) << 4, i64::from(CORNER.1) << 4);
    let place = |(x, y): (i64, i64)| Fine {
        x: base.0 + x,
        y: base.1 + y,
    };
    fine.rings = vec![[(3, 5), (43, 5), (47, 81), (3, 79)].map(place).to_vec()];
    // four fine units to a tile unit at zoom 22, eight at 21
    assert_eq!(
        drawn(&[fine.clone()], 22)[0].rings,
        [[(0, 1), (10, 1), (11, 20), (0, 19)]]
    );
    assert_eq!(
        drawn(&[fine], 21)[0].rings,
        [[(0, 0), (5, 0), (5, 10), (0, 9)]]
    );
}

#[test]
fn each_label_is_in_one_tile_of_a_zoom() {
    let mut random = Random(5);
    let land = Land::of(&super::field(CORNER, 30, 9000, &mut random), 64);
    for zoom in [16, 17] {
        let corner = tile_at(zoom);
        let mut ids = Vec::new();
        for (x, y) in (0..10).flat_map(|x| (0..10).map(move |y| (x, y))) {
            let tile = land.tile(zoom, corner.column() + x, corner.row() + y);
            ids.extend(
                read(&tile.bytes)
                    .remove("labels")
                    .unwrap_or_default()
                    .iter()
                    .map(|label| label.id),
            );
        }
        ids.sort_unstable();
        let expected: Vec<_> = (1..=900).map(|number| Some((1 << 40) + number)).collect();
        assert_eq!(ids, expected);
    }
}

/// Even-odd, in tile units times two; `None` within two units of an edge, where rounding decides.
fn is_inside(rings: &[Vec<(i64, i64)>], (x, y): (i64, i64)) -> Option<bool> {
    let mut is_inside = false;
    for ring in rings {
        for place in 0..ring.len() {
            let (a, b) = (ring[place], ring[(place + 1) % ring.len()]);
            let (run, rise) = ((b.0 - a.0) as f64, (b.1 - a.1) as f64);
            let (east, south) = ((x - a.0) as f64, (y - a.1) as f64);
            let along =
                ((east * run + south * rise) / (run * run + rise * rise).max(1.0)).clamp(0.0, 1.0);
            if (east - along * run).hypot(south - along * rise) < 4.0 {
                return None;
            }
            if (a.1 > y) != (b.1 > y) && east < run * south / rise {
                is_inside = !is_inside;
            }
        }
    }
    Some(is_inside)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "some hundred thousand units"
)]
fn rounded(units: f64) -> i64 {
    units as i64
}

/// A star of so many corners, sometimes with a hole.
fn star() -> impl Strategy<Value = Vec<Vec<(i64, i64)>>> {
    let size = (4_u32..18).prop_flat_map(|bits| 1_i32 << bits..2_i32 << bits);
    let middle = (-30_000_i64..110_000, -30_000_i64..110_000);
    let corners = proptest::collection::vec(0.4_f64..1.0, 3..14);
    (middle, size, corners, any::<bool>(), any::<bool>()).prop_map(
        |(middle, size, reaches, has_hole, is_turned)| {
            let count = reaches.len() as f64;
            let ring = |scale: f64| {
                let mut ring: Vec<_> = (0..)
                    .zip(&reaches)
                    .map(|(corner, reach)| {
                        let angle = std::f64::consts::TAU * f64::from(corner) / count;
                        let at = |middle: i64, part: f64| {
                            middle + rounded(f64::from(size) * scale * reach * part)
                        };
                        (at(middle.0, angle.cos()), at(middle.1, angle.sin()))
                    })
                    .collect();
                if is_turned {
                    ring.reverse();
                }
                ring
            };
            if has_hole {
                vec![ring(1.0), ring(0.5)]
            } else {
                vec![ring(1.0)]
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_drawn_covers_the_tile_as_the_parcel_does(
        star in star(),
        zoom in 14_u32..=22,
        samples in proptest::collection::vec((-63_i64..4159, -63_i64..4159), 200),
    ) {
        let unit_bits = 24 - i64::from(zoom);
        let rings: Vec<Vec<_>> = star
            .iter()
            .map(|ring| {
                let world = |base: u32, at: i64| u32::try_from(i64::from(base) + (at >> (zoom - 14))).unwrap();
                ring.iter().map(|(x, y)| (world(CORNER.0, *x), world(CORNER.1, *y))).collect()
            })
            .collect();
        let slices: Vec<&[_]> = rings.iter().map(|ring| &ring[..]).collect();
        let features = drawn(&[parcel(1, &slices)], zoom);
        let drawn = features.first().map(|feature| feature.rings.clone()).unwrap_or_default();
        let plain: Vec<Vec<_>> = rings
            .iter()
            .map(|ring| {
                let unit = |base: u32, at: u32| (16 * (i64::from(at) - i64::from(base))).div_euclid(1 << unit_bits);
                ring.iter().map(|(x, y)| (2 * unit(CORNER.0, *x), 2 * unit(CORNER.1, *y))).collect()
            })
            .collect();
        let doubled: Vec<Vec<_>> = drawn
            .iter()
            .map(|ring| ring.iter().map(|(x, y)| (2 * x, 2 * y)).collect())
            .collect();
        for (x, y) in samples {
            let sample = (2 * x + 1, 2 * y + 1);
            if let (Some(expected), Some(found)) = (is_inside(&plain, sample), is_inside(&doubled, sample)) {
                prop_assert_eq!(found, expected, "at {:?} in {:?}, drawn {:?}", sample, plain, doubled);
            }
        }
    }

    #[test]
    fn the_same_parcels_give_the_same_bytes_in_any_order_and_any_pages(
        seed in any::<u64>(),
        zoom in prop_oneof![Just(8_u32), Just(10), Just(13), Just(14), Just(16), Just(21)],
        page_size in 1_usize..200,
    ) {
        let mut random = Random(seed);
        let mut parcels = super::field(CORNER, 12, 1 << random.below(17).max(4), &mut random);
        let tile = tile_at(zoom);
        let first = Land::of(&parcels, 256).tile(zoom, tile.column(), tile.row());
        for place in (1..parcels.len()).rev() {
            parcels.swap(place, usize::try_from(random.below(place as u64 + 1)).unwrap());
        }
        let second = Land::of(&parcels, page_size).tile(zoom, tile.column(), tile.row());
        read(&first.bytes);
        prop_assert_eq!(first, second);
    }
}
