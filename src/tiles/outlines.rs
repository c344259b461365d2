//! The layers of provinces, communes and sheets, and of their labels.

use super::mvt::{Kind, Layer, Value};
use super::pen::Pen;
use super::tile_id::{EXTENT, TileId};
use crate::page::{Outline, OutlineLevel};
use std::ops::RangeInclusive;

const KEYS: &[&str] = &["code", "name", "derived"];
const LABEL_KEYS: &[&str] = &["level", "code", "name"];

/// Up to this zoom outlines are drawn on a grid of half a pixel of a tile of 512.
const COARSE_ZOOM: u32 = 12;
const COARSE_GRAIN_UNITS: u32 = 4;

/// A level's layer, its name in the label layer, and its zooms.
const LEVELS: [(OutlineLevel, &str, &str, RangeInclusive<u32>); 3] = [
    (OutlineLevel::Province, "provinces", "province", 0..=10),
    (OutlineLevel::Commune, "communes", "commune", 7..=16),
    (OutlineLevel::Sheet, "sheets", "sheet", 13..=17),
];

/// The layers of the outlines of a tile, in at most so many bytes.
///
/// # Shape
/// All corners are rounded to a grid, so that neighbours stay neighbours; the grid is doubled until the layers fit.
/// What is smaller than a square of the grid is left out.
pub fn layers(tile: TileId, outlines: &[&Outline], budget_bytes: usize) -> Vec<Layer> {
    let bounds = tile.buffered();
    let mut shown: Vec<_> = outlines
        .iter()
        .copied()
        .filter(|outline| outline.bounds.meets(bounds))
        .collect();
    shown.sort_unstable_by(|a, b| (a.level, &a.code).cmp(&(b.level, &b.code)));
    let mut grain = if tile.zoom() <= COARSE_ZOOM {
        COARSE_GRAIN_UNITS
    } else {
        1
    };
    loop {
        let layers = drawn(tile, &shown, grain);
        let size: usize = layers.iter().map(|layer| layer.facts().size_bytes).sum();
        if size <= budget_bytes || grain > EXTENT {
            return layers;
        }
        grain *= 2;
    }
}

fn drawn(tile: TileId, shown: &[&Outline], grain: u32) -> Vec<Layer> {
    let mut sketch = Sketch {
        tile,
        mask: -i64::from(grain),
        pen: Pen::default(),
    };
    let mut layers = Vec::new();
    let mut labels = Layer::new("area_labels", LABEL_KEYS, 0);
    for (level, name, level_name, zooms) in LEVELS {
        if !zooms.contains(&tile.zoom()) {
            continue;
        }
        let first = shown.partition_point(|outline| outline.level < level);
        let of_level = shown
            .iter()
            .skip(first)
            .take_while(|outline| outline.level == level);
        let large =
            of_level.filter(|outline| tile.units_along(outline.bounds.longest_side()) >= grain);
        let mut layer = Layer::new(name, KEYS, 0);
        let mut last = None;
        for outline in large {
            // An id that came already is left out: codes may come twice from bad data.
            let id = feature_id(outline).filter(|id| Some(*id) != last);
            last = id.or(last);
            sketch.outline(&mut layer, id, outline);
            sketch.label(&mut labels, id, level_name, outline);
        }
        layers.push(layer);
    }
    layers.push(labels);
    layers
}

/// Draws outlines on a grid.
struct Sketch {
    tile: TileId,
    mask: i64,
    pen: Pen,
}

impl Sketch {
    fn outline(&mut self, layer: &mut Layer, id: Option<u64>, outline: &Outline) {
        let (tile, mask, pen) = (self.tile, self.mask, &mut self.pen);
        pen.path.clear();
        for polygon in &outline.polygons {
            pen.polygon(polygon.iter(), |ring, points| {
                ring.take_cut(points.iter().map(|place| {
                    let (x, y) = tile.unit(place.fine());
                    (x & mask, y & mask)
                }))
            });
        }
        if pen.path.is_empty() {
            return;
        }
        let name = outline.name.as_deref();
        let values = [
            Some(layer.value(Value::Text(&outline.code))),
            name.map(|name| layer.value(Value::Text(name))),
            Some(layer.value(Value::Flag(outline.is_derived))),
        ];
        layer.push(id, &values, Kind::Polygon, &self.pen.path);
    }

    fn label(&mut self, layer: &mut Layer, id: Option<u64>, level: &str, outline: &Outline) {
        let Some(unit) = self.tile.unit_within(outline.label) else {
            return;
        };
        self.pen.path.clear();
        self.pen.path.point(unit);
        let name = outline.name.as_deref();
        let values = [
            Some(layer.value(Value::Text(level))),
            Some(layer.value(Value::Text(&outline.code))),
            name.map(|name| layer.value(Value::Text(name))),
        ];
        layer.push(id, &values, Kind::Point, &self.pen.path);
    }
}

/// An id that an outline has in every tile: its level and the numbers of its code; none where the code is no number.
fn feature_id(outline: &Outline) -> Option<u64> {
    let level = match outline.level {
        OutlineLevel::Province => 1,
        OutlineLevel::Commune => 2,
        OutlineLevel::Sheet => 3,
    };
    let (unit, sheet) = outline.code.split_once('/').unwrap_or((&outline.code, "0"));
    let (unit, sheet): (u16, u32) = (unit.parse().ok()?, sheet.parse().ok()?);
    Some(level << 50 | u64::from(unit) << 32 | u64::from(sheet))
}
