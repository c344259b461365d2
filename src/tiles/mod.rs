//! Pages to vector tiles.
//!
//! The tileset's contract (layers, fields, units, zooms) is in `tiles/README.md`.

mod cache;
mod cells;
mod compress;
mod contract;
mod encode;
mod explain;
mod mvt;
mod outlines;
mod parcels;
mod pen;
pub mod pmtiles;
mod reach;
mod regions;
mod ring;
mod selection;
mod table;
#[cfg(test)]
mod tests;
mod tile_id;
mod wire;

pub use cache::{AudienceClass, CacheCounts, Lookup, Place, Tile, TileCache, TileKey};
pub use compress::{Packed, etag, gzip};
pub use contract::{
    ATTRIBUTION, FieldContract, FieldKind, LAYERS, LayerContract, LayerSource, TILESET, TITLE,
    VIET_NAM, shows, vector_layers,
};
pub use encode::{Encoded, MAX_ZOOM, MIN_ZOOM, budget_bytes, encode};
pub use explain::{Cause, CellFacts, Explanation, Fate, FeatureFacts, Side, explain};
pub use mvt::LayerFacts;
pub use tile_id::{TileId, TileIdError};
