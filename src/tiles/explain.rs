//! Why a parcel looks in a tile as it does.

use super::cells::cell_of;
use super::encode::{budget_bytes, compose};
use super::mvt::LayerFacts;
use super::parcels::Tracer;
use super::pen::Drawn;
use super::ring::{HIGH, LOW};
use super::selection::{Selection, least_side_units};
use super::tile_id::TileId;
use super::wire::{bytes_size, fields};
use crate::domain::ParcelId;
use crate::page::{Ground, ParcelView};
use serde::Serialize;

/// A tile and one parcel's part in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The tile.
    pub tile: TileId,
    /// The parcel.
    pub parcel_id: ParcelId,
    /// What became of the parcel in this tile.
    pub fate: Fate,
    /// Its box in tile units: left, top, right, bottom. The tile is 0 to 4095, its buffer 64 more on each side.
    pub box_units: [i64; 4],
    /// Fields that tiles leave out, because the public may not see them.
    pub hidden_fields: &'static [&'static str],
    /// The bytes of its features in the tile, by layer.
    pub features: Vec<FeatureFacts>,
    /// Parcels whose box has a longer side of fewer units are only counted in this tile; 0 where all are drawn.
    pub least_side_units: u32,
    /// How many parcels are drawn one by one.
    pub drawn: u32,
    /// How many are only counted.
    pub aggregated: u64,
    /// The tile's bytes before compression.
    pub size_bytes: usize,
    /// The bytes that it may have.
    pub budget_bytes: usize,
    /// What each layer takes of them.
    pub layers: Vec<LayerFacts>,
}

/// The bytes of a parcel's feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeatureFacts {
    /// The layer.
    pub layer: String,
    /// Its bytes; values that it shares with others are not counted.
    pub size_bytes: usize,
}

/// What became of a parcel in a tile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fate {
    /// It is drawn whole.
    Drawn,
    /// It is drawn, cut where it leaves the tile's buffer.
    Clipped {
        /// The sides that it leaves at.
        sides: Vec<Side>,
    },
    /// It is drawn as a square of one unit, because it has no area in tile units.
    Speck,
    /// It is too small and only counted.
    Aggregated {
        /// The longer side of its box.
        side_units: u32,
        /// Whose measure it fell short of.
        cause: Cause,
        /// Where it is counted; nothing where its label lies in a neighbouring tile.
        cell: Option<CellFacts>,
    },
    /// It is not in the tile.
    Outside {
        /// From its box to the tile's buffer; 0 where only its box reaches in.
        distance_units: i64,
    },
}

/// A side of the tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Left.
    West,
    /// Top.
    North,
    /// Right.
    East,
    /// Bottom.
    South,
}

/// Why a parcel is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// At this zoom it would be less than two pixels.
    Zoom,
    /// The tile would have had too many bytes.
    Budget,
}

/// The cell that a parcel is counted in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellFacts {
    /// From the west, 0 to 127.
    pub column: u16,
    /// From the north, 0 to 127.
    pub row: u16,
    /// The use that the parcel is counted under; nothing where it is hidden.
    pub land_use: Option<String>,
    /// The use that the cell is drawn as; nothing where it is hidden.
    pub drawn_as: Option<String>,
}

/// Says what became of a parcel in a tile, and what the tile holds. The tile is written for it.
pub fn explain(tile: TileId, ground: &Ground<'_>, parcel: &ParcelView<'_>) -> Explanation {
    let (encoded, selection) = compose(tile, ground);
    let bounds = parcel.bounds();
    let (left, top) = tile.unit(bounds.min.fine());
    let (right, bottom) = tile.unit(bounds.max.fine());
    let box_units = [left, top, right, bottom];
    let side_units = tile.units_along(bounds.longest_side());
    let fate = if !bounds.meets(tile.buffered()) {
        Fate::Outside {
            distance_units: distance_units(box_units),
        }
    } else if side_units < selection.least_side_units {
        Fate::Aggregated {
            side_units,
            cause: if side_units < least_side_units(tile.zoom()) {
                Cause::Zoom
            } else {
                Cause::Budget
            },
            cell: cell_facts(tile, &selection, parcel),
        }
    } else {
        match Tracer::new(tile).trace(parcel) {
            Drawn::Not => Fate::Outside { distance_units: 0 },
            Drawn::Speck => Fate::Speck,
            Drawn::Outline if tile.buffered().contains(bounds) => Fate::Drawn,
            Drawn::Outline => Fate::Clipped {
                sides: sides_left(box_units),
            },
        }
    };
    Explanation {
        tile,
        parcel_id: parcel.parcel_id(),
        fate,
        box_units,
        hidden_fields: if parcel.is_open() {
            &[]
        } else {
            &["land_use", "area_m2"]
        },
        features: features_of(&encoded.bytes, parcel.parcel_id()),
        least_side_units: encoded.least_side_units,
        drawn: encoded.drawn(),
        aggregated: encoded.aggregated,
        size_bytes: encoded.bytes.len(),
        budget_bytes: budget_bytes(tile.zoom()),
        layers: encoded.layers,
    }
}

/// From a box to the buffered tile, along the axis where it is farther.
fn distance_units([left, top, right, bottom]: [i64; 4]) -> i64 {
    let (low, last) = (LOW, HIGH - 1);
    let across = (low - right).max(left - last);
    let down = (low - bottom).max(top - last);
    across.max(down).max(0)
}

fn sides_left([left, top, right, bottom]: [i64; 4]) -> Vec<Side> {
    let (low, last) = (LOW, HIGH - 1);
    [
        (left < low, Side::West),
        (top < low, Side::North),
        (right > last, Side::East),
        (bottom > last, Side::South),
    ]
    .into_iter()
    .filter_map(|(is_left, side)| is_left.then_some(side))
    .collect()
}

fn cell_facts(
    tile: TileId,
    selection: &Selection<'_>,
    parcel: &ParcelView<'_>,
) -> Option<CellFacts> {
    let cell = cell_of(tile.unit_within(parcel.label())?);
    let land_use = parcel.is_open().then(|| parcel.land_use());
    Some(CellFacts {
        column: cell % 128,
        row: cell / 128,
        land_use: land_use.map(str::to_owned),
        drawn_as: selection.cells.map().use_of(cell).map(str::to_owned),
    })
}

/// The features of an id in a finished tile. A feature begins with its id.
fn features_of(tile: &[u8], parcel: ParcelId) -> Vec<FeatureFacts> {
    let id = i64::from(parcel).unsigned_abs();
    let mut found = Vec::new();
    for layer in fields(tile) {
        let mut name = String::new();
        for field in fields(layer.content) {
            match field.number {
                1 => name = String::from_utf8_lossy(field.content).into_owned(),
                2 if is_of(field.content, id) && (name == "parcels" || name == "labels") => {
                    found.push(FeatureFacts {
                        layer: name.clone(),
                        size_bytes: bytes_size(field.content.len()),
                    });
                }
                _ => {}
            }
        }
    }
    found
}

fn is_of(feature: &[u8], id: u64) -> bool {
    fields(feature)
        .next()
        .is_some_and(|first| first.number == 1 && first.value == id)
}
