//! The tileset `parcels`: outlines, and label points from the zoom where they can be read.

use super::clip::{HIGH, LOW, Unit, clip, covers_box, doubled_area, is_in_box, reaches_in};
use super::mvt::{Layer, Shape, Value};
use super::tile_id::{EXTENT, TileId};
use crate::page::ParcelView;

/// The lowest zoom that parcels are drawn at.
pub const MIN_ZOOM: u32 = 13;
/// The highest zoom: a tile unit is a world unit.
pub const MAX_ZOOM: u32 = 20;
/// The lowest zoom with label points.
const LABEL_ZOOM: u32 = 16;

/// Writes the tile of these parcels. Same parcels in whatever order, same bytes.
///
/// # Shape
/// Layers `parcels` (polygons; every parcel whose box meets the buffered tile and whose outline reaches into it) and `labels`
/// (points in the tile itself). A parcel too small to draw becomes a square of one unit, so none is lost.
pub fn encode<'a>(tile: TileId, parcels: impl Iterator<Item = ParcelView<'a>>) -> Vec<u8> {
    let mut parcels: Vec<_> = parcels.collect();
    parcels.sort_unstable_by_key(|parcel| parcel.parcel_id());
    let mut outlines = Layer::new(
        "parcels",
        &["commune", "sheet", "number", "land_use", "area_m2"],
    );
    let mut labels = Layer::new("labels", &["number", "land_use", "area_m2"]);
    for parcel in &parcels {
        let id = i64::from(parcel.parcel_id()).unsigned_abs();
        // Tiles are public.
        let is_open = parcel.is_open();
        let number = Some(Value::Whole(parcel.parcel_no().unsigned_abs().into()));
        let land_use = is_open.then(|| Value::Text(parcel.land_use().to_owned()));
        let area = is_open.then(|| Value::Double(parcel.area().m2().to_bits()));
        if let Some(rings) = rings(tile, parcel) {
            let commune = Some(Value::Text(parcel.commune().as_str().to_owned()));
            let sheet = Some(Value::Whole(parcel.sheet_no().unsigned_abs().into()));
            let values = [
                commune,
                sheet,
                number.clone(),
                land_use.clone(),
                area.clone(),
            ];
            outlines.push(id, values, Shape::Polygon(&rings));
        }
        let label = tile.unit(parcel.label());
        let in_tile = |unit: i64| (0..EXTENT).contains(&unit);
        if tile.zoom() >= LABEL_ZOOM && in_tile(label.0) && in_tile(label.1) {
            labels.push(id, [number, land_use, area], Shape::Point(label));
        }
    }
    let mut encoded = Vec::new();
    outlines.finish(&mut encoded);
    labels.finish(&mut encoded);
    encoded
}

/// The parcel's rings in tile units, wound and clipped; `None` where it does not reach into the tile.
fn rings(tile: TileId, parcel: &ParcelView<'_>) -> Option<Vec<Vec<Unit>>> {
    let mut units = parcel.rings().map(|ring| {
        let mut units: Vec<_> = ring.map(|place| tile.unit(place)).collect();
        units.dedup();
        units
    });
    let outer = units.next()?;
    if !reaches_in(&outer) {
        return None;
    }
    let mut drawn = vec![wound(clip(outer.clone()), false).unwrap_or_else(|_| speck(&outer))];
    for hole in units.filter_map(|hole| wound(clip(hole), true).ok()) {
        if covers_box(&hole) {
            return None;
        }
        drawn.push(hole);
    }
    Some(drawn)
}

/// The ring wound as outer ring or hole; back as it was where it has no area.
fn wound(mut ring: Vec<Unit>, is_hole: bool) -> Result<Vec<Unit>, Vec<Unit>> {
    let doubled = doubled_area(&ring);
    if ring.len() < 3 || doubled == 0 {
        return Err(ring);
    }
    if (doubled < 0) != is_hole {
        ring.reverse();
    }
    Ok(ring)
}

/// The smallest square, where a ring without area comes into the tile.
fn speck(ring: &[Unit]) -> Vec<Unit> {
    let (x, y) = ring
        .iter()
        .copied()
        .find(|point| is_in_box(*point))
        .or(ring.first().copied())
        .unwrap_or_default();
    let (x, y) = (x.clamp(LOW, HIGH - 1), y.clamp(LOW, HIGH - 1));
    vec![(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
}
