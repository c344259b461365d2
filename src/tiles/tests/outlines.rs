//! Provinces, communes and sheets.

use super::CORNER;
use super::reader::{Layers, read};
use crate::page::{Ground, Outline, OutlineLevel, World, WorldBox};
use crate::tiles::{TileId, encode};

fn outline(level: OutlineLevel, code: &str, ring: &[(u32, u32)]) -> Outline {
    let ring: Vec<_> = ring
        .iter()
        .map(|(x, y)| World {
            x: CORNER.0 + x,
            y: CORNER.1 + y,
        })
        .collect();
    Outline {
        level,
        code: code.into(),
        name: (level != OutlineLevel::Sheet).then(|| format!("Xã {code}")),
        is_derived: true,
        bounds: WorldBox::around(ring.iter().copied()),
        label: World {
            x: ring[0].x + 1000,
            y: ring[0].y + 1000,
        },
        polygons: vec![vec![ring]],
    }
}

fn square(level: OutlineLevel, code: &str, side: u32) -> Outline {
    outline(level, code, &[(0, 0), (side, 0), (side, side), (0, side)])
}

fn tile(outlines: &[Outline], zoom: u32) -> (usize, Layers) {
    let ground = Ground {
        outlines: outlines.iter().collect(),
        ..Ground::default()
    };
    let tile = TileId::new(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom)).unwrap();
    let encoded = encode(tile, &ground);
    let mut turned = ground.clone();
    turned.outlines.reverse();
    assert_eq!(encode(tile, &turned), encoded);
    (encoded.bytes.len(), read(&encoded.bytes))
}

#[test]
fn each_level_has_its_zooms() {
    let outlines = [
        square(OutlineLevel::Province, "79", 1 << 26),
        square(OutlineLevel::Commune, "00079", 1 << 24),
        square(OutlineLevel::Sheet, "00079/3", 1 << 20),
    ];
    let layers = |zoom| -> Vec<String> { tile(&outlines, zoom).1.into_keys().collect() };
    assert_eq!(layers(6), ["area_labels", "provinces"]);
    assert_eq!(layers(7), ["area_labels", "communes", "provinces"]);
    assert_eq!(layers(10), ["area_labels", "communes", "provinces"]);
    assert_eq!(layers(11), ["area_labels", "communes"]);
    assert_eq!(layers(13), ["area_labels", "communes", "sheets"]);
    assert_eq!(layers(17), ["area_labels", "sheets"]);
    assert!(layers(18).is_empty());
}

#[test]
fn an_outline_is_cut_like_a_parcel_and_says_who_it_is() {
    let (_, layers) = tile(&[square(OutlineLevel::Commune, "26734", 1 << 24)], 13);
    let [commune] = &layers["communes"][..] else {
        panic!("{layers:?}")
    };
    assert_eq!(
        commune.rings,
        [[(0, 0), (4160, 0), (4160, 4160), (0, 4160)]]
    );
    let fields: Vec<_> = commune
        .fields
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(fields, ["code=26734", "derived=true", "name=Xã 26734"]);
    let label = &layers["area_labels"][0];
    assert_eq!(label.rings, [[(7, 7)]]);
    assert_eq!(
        (&*label.fields["level"], &*label.fields["code"]),
        ("commune", "26734")
    );
    let (_, beside) = tile(&[square(OutlineLevel::Sheet, "26734/1", 900)], 15);
    assert!(!beside["sheets"][0].fields.contains_key("name"));
}

#[test]
fn a_code_that_comes_twice_has_one_id() {
    let twice = [
        square(OutlineLevel::Commune, "26734", 1 << 20),
        square(OutlineLevel::Commune, "26734", 1 << 20),
    ];
    let (_, layers) = tile(&twice, 12);
    assert_eq!(layers["communes"].len(), 2);
}

#[test]
fn very_detailed_outlines_are_drawn_more_coarsely_instead_of_breaking_the_budget() {
    // forty communes in strips, each with a saw of 20,000 teeth on both sides
    let step = (1 << 22) / 20_000;
    let strips: Vec<_> = (0..40_u32)
        .map(|strip| {
            let tooth = |at: u32, line: u32| (at * step, line * 100_000 + at % 2 * 20_000);
            let ring: Vec<_> = (0..20_000)
                .map(|at| tooth(at, strip))
                .chain((0..20_000).rev().map(|at| tooth(at, strip + 1)))
                .collect();
            outline(OutlineLevel::Commune, &format!("{strip:05}"), &ring)
        })
        .collect();
    let (size, layers) = tile(&strips, 10);
    assert!(size <= 250_000, "{size}");
    assert_eq!(layers["communes"].len(), 40);
}
