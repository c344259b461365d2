//! Parcels that are only counted.

use super::reader::{Feature, Layers, doubled_area, read};
use super::{CORNER, Land, Random, field, id, parcel, rectangle};
use crate::domain::Area;
use crate::page::{PageParcel, World};
use std::collections::{BTreeMap, HashMap, HashSet};

fn tile(parcels: &[PageParcel], zoom: u32) -> Layers {
    let land = Land::of(parcels, 64);
    read(
        &land
            .tile(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom))
            .bytes,
    )
}

fn with(mut parcel: PageParcel, land_use: &str, area_m2: u64) -> PageParcel {
    (parcel.uses, parcel.is_open) = (vec![super::used(land_use)], true);
    parcel.legal_area = Some(Area::from_tenths_m2(10 * area_m2));
    parcel
}

/// A parcel of 8 tile units in a cell of the tile at the corner.
fn in_cell(
    number: i64,
    zoom: u32,
    (column, row): (u32, u32),
    land_use: &str,
    area_m2: u64,
) -> PageParcel {
    let unit = 1 << (20 - zoom);
    let place = (
        CORNER.0 + (column * 32 + 12) * unit,
        CORNER.1 + (row * 32 + 12) * unit,
    );
    with(
        rectangle(number, place, 8 * unit, 8 * unit),
        land_use,
        area_m2,
    )
}

fn summary(feature: &Feature) -> [Option<&str>; 4] {
    ["aggregated", "land_use", "parcels", "area_m2"]
        .map(|key| feature.fields.get(key).map(|value| &**value))
}

#[test]
fn a_cell_shows_the_use_with_the_most_area_and_equal_neighbours_are_one() {
    for zoom in [7, 9, 10, 13] {
        let parcels = [
            in_cell(1, zoom, (0, 0), "LUA", 500),
            in_cell(2, zoom, (0, 0), "ONT", 100),
            in_cell(3, zoom, (0, 0), "ONT", 100),
            in_cell(4, zoom, (1, 0), "LUA", 50),
            in_cell(5, zoom, (3, 2), "CLN", 70),
        ];
        let layers = tile(&parcels, zoom);
        assert_eq!(layers.keys().collect::<Vec<_>>(), ["aggregates"], "{zoom}");
        let [cln, lua, ont] = &layers["aggregates"][..] else {
            panic!("{layers:?}")
        };
        assert_eq!(
            summary(cln),
            [Some("true"), Some("CLN"), Some("1"), Some("70.0")]
        );
        assert_eq!(
            summary(lua),
            [Some("true"), Some("LUA"), Some("2"), Some("550.0")]
        );
        assert_eq!(
            summary(ont),
            [Some("true"), Some("ONT"), Some("2"), Some("200.0")]
        );
        assert_eq!(lua.rings, [[(0, 0), (64, 0), (64, 32), (0, 32)]], "{zoom}");
        assert_eq!(cln.rings, [[(96, 64), (128, 64), (128, 96), (96, 96)]]);
        // no cell is its own: a mark in its chief cell
        assert_eq!(ont.rings, [[(12, 12), (20, 12), (20, 20), (12, 20)]]);
        // the letters after a 1, as a number
        assert_eq!(lua.id, Some(0x014c_5541));
    }
}

#[test]
fn hidden_use_is_counted_without_use_and_area() {
    let mut hidden = in_cell(7, 12, (5, 5), "CQP", 900);
    hidden.is_open = false;
    let layers = tile(&[hidden], 12);
    assert_eq!(
        summary(&layers["aggregates"][0]),
        [Some("true"), None, Some("1"), None]
    );
}

#[test]
fn small_parcels_are_counted_to_zoom_13_and_drawn_from_14() {
    let unit = 1 << (20 - 13);
    let small = rectangle(1, CORNER, 16 * unit - 1, unit);
    let large = rectangle(2, CORNER, 16 * unit, unit);
    let ids = |zoom| -> Vec<_> {
        let layers = tile(&[small.clone(), large.clone()], zoom);
        layers["parcels"]
            .iter()
            .map(|feature| feature.id.unwrap() - (1 << 40))
            .collect()
    };
    assert_eq!(ids(13), [2]);
    assert_eq!(ids(14), [1, 2]);
}

/// Parcels of all sizes over a wide land, their labels inside.
fn mixed(random: &mut Random, count: i64) -> Vec<PageParcel> {
    (1..=count)
        .map(|number| {
            let side = 1 << random.below(22);
            let (x, y) = (
                random.around(CORNER.0, 1 << 23),
                random.around(CORNER.1, 1 << 23),
            );
            let (right, lower) = (
                x + random.around(side, side / 2),
                y + random.around(side, side / 2),
            );
            parcel(number, &[&[(x, y), (right, y), (right, lower), (x, lower)]])
        })
        .collect()
}

#[test]
fn every_parcel_is_drawn_or_counted_once_in_every_zoom() {
    let parcels = mixed(&mut Random(11), 4000);
    let land = Land::of(&parcels, 64);
    let labels: HashMap<u64, World> = parcels
        .iter()
        .map(|parcel| {
            (
                i64::from(parcel.parcel_id).unsigned_abs(),
                parcel.label.world(),
            )
        })
        .collect();
    for zoom in [0, 4, 8, 9, 10, 11, 12, 13] {
        let side = 32 - zoom;
        let tile_of = |place: World| {
            let along = |world: u32| u32::try_from(u64::from(world) >> side).unwrap();
            (along(place.x), along(place.y))
        };
        let tiles: HashSet<_> = labels.values().map(|label| tile_of(*label)).collect();
        let mut drawn = HashSet::new();
        let mut counted: BTreeMap<Option<String>, u64> = BTreeMap::new();
        let mut facts = 0;
        for (x, y) in tiles {
            let encoded = land.tile(zoom, x, y);
            facts += encoded.aggregated;
            let layers = read(&encoded.bytes);
            for feature in layers.get("parcels").into_iter().flatten() {
                let id = feature.id.unwrap();
                if tile_of(labels[&id]) == (x, y) {
                    assert!(drawn.insert(id));
                }
            }
            for feature in layers.get("aggregates").into_iter().flatten() {
                *counted
                    .entry(feature.fields.get("land_use").cloned())
                    .or_default() += feature.fields["parcels"].parse::<u64>().unwrap();
            }
        }
        let mut expected: BTreeMap<Option<String>, u64> = BTreeMap::new();
        for parcel in &parcels {
            if !drawn.contains(&i64::from(parcel.parcel_id).unsigned_abs()) {
                *expected
                    .entry(parcel.is_open.then(|| parcel.uses[0].code.clone()))
                    .or_default() += 1;
            }
        }
        assert_eq!(counted, expected, "zoom {zoom}");
        assert_eq!(facts, expected.values().sum::<u64>());
        assert!(
            zoom < 8 || !drawn.is_empty() && !expected.is_empty(),
            "both at zoom {zoom}"
        );
    }
}

#[test]
fn crowded_tiles_stay_within_their_bytes_and_lose_nobody() {
    // At zoom 13 sides of about 24 units, at zoom 14 of 12: some 29,000 and 113,000 parcels a tile.
    for (zoom, across, side_units, budget) in [(13, 170, 24, 500_000), (14, 340, 12, 2_000_000)] {
        let side = side_units << (20 - zoom);
        let origin = (CORNER.0 + side, CORNER.1 + side);
        let parcels = field(origin, across, side, &mut Random(3));
        let encoded =
            Land::of(&parcels, 256).tile(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom));
        let length = encoded.bytes.len();
        assert!(length <= budget, "{length} at zoom {zoom}");
        let layers = read(&encoded.bytes);
        let drawn = layers.get("parcels").map_or(0, Vec::len) as u64;
        assert_eq!(drawn + encoded.aggregated, u64::from(across).pow(2));
        assert!(encoded.least_side_units > 0 && encoded.aggregated > 0);
        let area: i64 = layers["aggregates"]
            .iter()
            .flat_map(|feature| &feature.rings)
            .map(|ring| doubled_area(ring))
            .sum();
        assert!(area > 0);
    }
}

#[test]
fn long_codes_are_counted_apart() {
    let codes = ["ABCDEFGH", "ABCDEFGI", "ABCDEFGH", "ABCDEFG"];
    let parcels: Vec<_> = codes
        .iter()
        .zip(1..)
        .map(|(code, number)| in_cell(number, 12, (1, 1), code, 10))
        .collect();
    let layers = tile(&parcels, 12);
    let counts: Vec<_> = layers["aggregates"]
        .iter()
        .map(|feature| &*feature.fields["parcels"])
        .collect();
    assert_eq!(counts, ["1", "2", "1"]);
    assert_eq!(id(1), parcels[0].parcel_id);
}
