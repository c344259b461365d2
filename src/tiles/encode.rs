//! A tile from what lies on the ground.

use super::mvt::{Layer, LayerFacts};
use super::selection::{LEAST_PARCEL_BYTES, Selection};
use super::tile_id::TileId;
use super::{outlines, parcels};
use crate::page::Ground;

/// The lowest zoom: the whole world.
pub const MIN_ZOOM: u32 = 0;
/// The highest zoom: a unit is two millimetres.
pub const MAX_ZOOM: u32 = 22;

/// A tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Its bytes, not compressed; none where there is nothing to show.
    pub bytes: Vec<u8>,
    /// Its layers, in their order, without empty ones.
    pub layers: Vec<LayerFacts>,
    /// How many parcels, by their labels, are only counted in the layer `aggregates`.
    pub aggregated: u64,
    /// Parcels whose box has a longer side of fewer tile units are counted; 0 where all are drawn.
    pub least_side_units: u32,
}

impl Encoded {
    /// How many parcels are drawn one by one, here and in the buffer.
    pub fn drawn(&self) -> u32 {
        let layer = self.layers.iter().find(|layer| layer.name == "parcels");
        layer.map_or(0, |layer| layer.features)
    }
}

/// The bytes that a tile may have before compression.
pub fn budget_bytes(zoom: u32) -> usize {
    if zoom <= 13 { 500_000 } else { 2_000_000 }
}

/// Writes a tile. The same parcels and outlines give the same bytes, whatever pages the parcels are in.
///
/// # Shape
/// As `tiles/README.md` promises. Every parcel whose label lies in the tile is either drawn or counted.
pub fn encode(tile: TileId, ground: &Ground<'_>) -> Encoded {
    compose(tile, ground).0
}

/// A tile with what was drawn and what was counted in it.
///
/// Where there are too many parcels for the budget, the smallest are counted instead until the rest fits: first by a guess, so
/// that a tile of a hundred thousand parcels is not written for nothing, then by what was written.
pub fn compose<'a>(tile: TileId, ground: &Ground<'a>) -> (Encoded, Selection<'a>) {
    let budget = budget_bytes(tile.zoom());
    let areas = outlines::layers(tile, &ground.outlines, budget / 2);
    let budget = budget - size_bytes(&areas);
    let mut selection = Selection::of(tile, ground);
    selection.keep(budget / LEAST_PARCEL_BYTES);
    let (counted, drawn) = loop {
        let counted = selection.cells.layer();
        let drawn = parcels::layers(tile, &selection);
        let (counted_bytes, drawn_bytes) = (counted.facts().size_bytes, size_bytes(&drawn));
        if counted_bytes + drawn_bytes <= budget || selection.drawn.is_empty() {
            break (counted, drawn);
        }
        let parcel_bytes = (drawn_bytes / selection.drawn.len()).max(1);
        let room = budget.saturating_sub(counted_bytes) / parcel_bytes;
        selection.keep(room.min(selection.drawn.len() - 1));
    };
    let mut layers = vec![counted];
    layers.extend(drawn);
    layers.extend(areas);
    layers.retain(|layer| layer.facts().features > 0);
    let mut encoded = Encoded {
        bytes: Vec::with_capacity(size_bytes(&layers)),
        layers: layers.iter().map(|layer| layer.facts()).collect(),
        aggregated: selection.cells.parcels(),
        least_side_units: selection.least_side_units,
    };
    for layer in &layers {
        layer.write(&mut encoded.bytes);
    }
    (encoded, selection)
}

fn size_bytes(layers: &[Layer]) -> usize {
    layers.iter().map(|layer| layer.facts().size_bytes).sum()
}
