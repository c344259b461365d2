//! Tiles hold what the contract says.

use super::reader::read;
use super::{CORNER, Land, Random, field};
use crate::page::{Outline, OutlineLevel, World, WorldBox};
use crate::tiles::{LAYERS, TileId, encode};
use std::collections::{BTreeMap, BTreeSet};

fn outline(level: OutlineLevel, code: &str) -> Outline {
    let place = |(x, y): (u32, u32)| World {
        x: CORNER.0 + x,
        y: CORNER.1 + y,
    };
    let side = 1 << 24;
    let ring = [(0, 0), (side, 0), (side, side), (0, side)].map(place);
    Outline {
        level,
        code: code.into(),
        name: (level != OutlineLevel::Sheet).then(|| "Đại Lộc".into()),
        is_derived: false,
        bounds: WorldBox::around(ring),
        label: place((500, 500)),
        polygons: vec![vec![ring.to_vec()]],
    }
}

#[test]
fn every_layer_has_its_fields_at_its_zooms_and_no_others() {
    let mut parcels = field(CORNER, 20, 1 << 9, &mut Random(9));
    parcels.extend(
        field(CORNER, 3, 1 << 17, &mut Random(9))
            .into_iter()
            .map(|mut parcel| {
                parcel.parcel_id = super::id(i64::from(parcel.parcel_no) + 5000);
                parcel
            }),
    );
    let outlines = [
        outline(OutlineLevel::Province, "48"),
        outline(OutlineLevel::Commune, "20500"),
        outline(OutlineLevel::Sheet, "20500/1"),
    ];
    let land = Land::of(&parcels, 50);
    let mut found: BTreeMap<String, (BTreeSet<u32>, BTreeSet<String>)> = BTreeMap::new();
    for zoom in 0..=22 {
        let (x, y) = (
            u64::from(CORNER.0) >> (32 - zoom),
            u64::from(CORNER.1) >> (32 - zoom),
        );
        let tile = TileId::new(zoom, u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).unwrap();
        let mut ground = land.ground(tile);
        ground.outlines = outlines.iter().collect();
        for (name, features) in read(&encode(tile, &ground).bytes) {
            let (zooms, fields) = found.entry(name).or_default();
            zooms.insert(zoom);
            fields.extend(
                features
                    .into_iter()
                    .flat_map(|feature| feature.fields.into_keys()),
            );
        }
    }
    for layer in LAYERS {
        let (zooms, fields) = found.remove(layer.id).unwrap();
        let said: BTreeSet<_> = layer
            .fields
            .iter()
            .map(|field| field.name.to_owned())
            .collect();
        assert_eq!(fields, said, "{}", layer.id);
        assert!(
            zooms
                .iter()
                .all(|zoom| (layer.min_zoom..=layer.max_zoom).contains(zoom)),
            "{}",
            layer.id
        );
        let is_everywhere =
            ["labels", "provinces", "communes", "sheets", "area_labels"].contains(&layer.id);
        let span = (layer.max_zoom - layer.min_zoom + 1) as usize;
        assert!(
            !is_everywhere || zooms.len() == span,
            "{}: {zooms:?}",
            layer.id
        );
    }
    assert!(found.is_empty(), "{found:?}");
}
