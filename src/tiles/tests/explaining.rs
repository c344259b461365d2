//! What is said of a parcel in a tile.

use super::{CORNER, Land, field, rectangle};
use crate::page::{PageParcel, ParcelView};
use crate::tiles::{Cause, CellFacts, Explanation, Fate, Side, TileId, encode, explain};

/// What is said of the parcel of this number.
fn said(parcels: &[PageParcel], number: i64, zoom: u32) -> Explanation {
    let land = Land::of(parcels, 64);
    let tile = TileId::new(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom)).unwrap();
    let ground = land.ground(tile);
    let is_it = |parcel: &ParcelView<'_>| parcel.parcel_id() == super::id(number);
    let parcel = land
        .pages
        .iter()
        .flat_map(|page| page.parcels())
        .find(is_it)
        .unwrap();
    let said = explain(tile, &ground, &parcel);
    let encoded = encode(tile, &ground);
    assert_eq!(said.layers, encoded.layers);
    assert_eq!(
        said.layers
            .iter()
            .map(|layer| layer.size_bytes)
            .sum::<usize>(),
        said.size_bytes
    );
    assert_eq!(
        (said.size_bytes, said.drawn),
        (encoded.bytes.len(), encoded.drawn())
    );
    said
}

/// A rectangle in units of zoom 16 from the tile's corner.
fn at_16((x, y): (i64, i64), width: u32, height: u32) -> PageParcel {
    let world = |corner: u32, units: i64| u32::try_from(i64::from(corner) + units * 16).unwrap();
    rectangle(
        1,
        (world(CORNER.0, x), world(CORNER.1, y)),
        width * 16,
        height * 16,
    )
}

#[test]
fn a_parcel_inside_is_drawn_and_its_bytes_are_counted_by_layer() {
    let said = said(&[at_16((10, 20), 30, 40)], 1, 16);
    assert_eq!(said.fate, Fate::Drawn);
    assert_eq!(said.box_units, [10, 20, 40, 60]);
    let layers: Vec<_> = said
        .features
        .iter()
        .map(|feature| &*feature.layer)
        .collect();
    assert_eq!(layers, ["parcels", "labels"]);
    // By hand: head 2, id 1 + 6, tags 2 + 10, kind 2, geometry 2 + 1 + 2 + 1 + 6 + 1.
    assert_eq!(said.features[0].size_bytes, 36);
    assert_eq!(
        (said.least_side_units, said.drawn, said.aggregated),
        (0, 1, 0)
    );
    assert!(said.hidden_fields.is_empty());
}

#[test]
fn a_parcel_across_the_edge_is_clipped_at_the_sides_that_it_leaves_at() {
    let said = said(&[at_16((-100, 4000), 200, 200)], 1, 16);
    let sides = vec![Side::West, Side::South];
    assert_eq!(said.fate, Fate::Clipped { sides });
}

#[test]
fn a_parcel_elsewhere_is_outside_by_so_many_units() {
    let at = |corner| said(&[at_16(corner, 10, 10)], 1, 16).fate;
    // its right side is at -90, the buffer begins at -64
    assert_eq!(at((-100, 0)), Fate::Outside { distance_units: 26 });
    // the buffer's last unit is 4159
    assert_eq!(at((0, 4170)), Fate::Outside { distance_units: 11 });
    assert_eq!(
        at((-9990, -100)),
        Fate::Outside {
            distance_units: 9916
        }
    );
}

#[test]
fn a_parcel_smaller_than_a_unit_is_a_speck() {
    let tiny = rectangle(1, (CORNER.0 + 99, CORNER.1 + 99), 1, 1);
    assert_eq!(said(&[tiny], 1, 14).fate, Fate::Speck);
}

#[test]
fn a_small_parcel_is_counted_in_its_cell_as_the_zoom_wants() {
    // units of zoom 10 are 1024 world units, cells 32 units
    let place = |column: u32, row: u32| {
        (
            CORNER.0 + column * 32_768 + 5000,
            CORNER.1 + row * 32_768 + 5000,
        )
    };
    let mut parcels = [
        rectangle(1, place(3, 2), 9 * 1024, 1024),
        rectangle(2, place(3, 2), 1024, 1024),
    ];
    parcels[0].legal_area = Some(crate::domain::Area::from_tenths_m2(5));
    for zoom in [10, 9] {
        let said = said(&parcels, 1, zoom);
        let shrunk = 10 - u16::try_from(zoom).unwrap();
        let cell = CellFacts {
            column: 3 >> shrunk,
            row: 2 >> shrunk,
            land_use: Some("ONT".into()),
            drawn_as: Some("CLN".into()),
        };
        let fate = Fate::Aggregated {
            side_units: 9 >> shrunk,
            cause: Cause::Zoom,
            cell: Some(cell),
        };
        assert_eq!(said.fate, fate);
        assert_eq!(
            (said.least_side_units, said.aggregated, said.drawn),
            (16, 2, 0)
        );
        assert!(said.features.is_empty());
    }
}

#[test]
fn a_parcel_that_a_crowd_leaves_no_room_for_is_counted_because_of_the_budget() {
    let mut crowd = field(
        (CORNER.0 + 9000, CORNER.1 + 9000),
        200,
        1100,
        &mut super::Random(2),
    );
    crowd.push(rectangle(90_000, CORNER, 64 * 3, 64));
    crowd.push(rectangle(90_001, (CORNER.0 - 640, CORNER.1), 64 * 3, 64));
    let said_of = |number| said(&crowd, number, 14);
    let fate = |cell| Fate::Aggregated {
        side_units: 3,
        cause: Cause::Budget,
        cell,
    };
    let here = said_of(90_000);
    let Fate::Aggregated {
        cell: Some(cell), ..
    } = here.fate.clone()
    else {
        panic!("{here:?}")
    };
    assert_eq!((cell.column, cell.row), (0, 0));
    assert_eq!(here.fate, fate(Some(cell)));
    assert!(here.size_bytes <= here.budget_bytes);
    assert_eq!(
        said_of(90_001).fate,
        fate(None),
        "its label is in the next tile"
    );
}

#[test]
fn hidden_fields_are_named_and_their_values_are_not() {
    let mut hidden = rectangle(7, CORNER, 900, 900);
    hidden.is_open = false;
    let said = said(&[hidden], 7, 9);
    assert_eq!(said.hidden_fields, ["land_use", "area_m2"]);
    let text = serde_json::to_string(&said).unwrap();
    assert!(!text.contains("CLN"), "{text}");
    assert!(text.contains(r#""fate":{"kind":"aggregated","side_units":0,"cause":"zoom","cell":{"column":0,"row":0"#), "{text}");
}
