//! Pages to vector tiles.
//!
//! The tileset's contract (layers, fields, units, zooms) is in `tiles/README.md`.

mod cache;
mod clip;
mod compress;
mod mvt;
mod parcels;
mod reach;
mod tile_id;

pub use cache::{AudienceClass, CacheCounts, Lookup, Place, Tile, TileCache, TileKey};
pub use compress::{Packed, etag, gzip};
pub use parcels::{MAX_ZOOM, MIN_ZOOM, encode};
pub use tile_id::{TileId, TileIdError};
