//! Pages to vector tiles.
//!
//! The tileset's contract (layers, fields, units, zooms) is in `tiles/README.md`.

mod clip;
mod compress;
mod mvt;
mod parcels;
mod tile_id;

pub use compress::{etag, gzip};
pub use parcels::{MAX_ZOOM, MIN_ZOOM, encode};
pub use tile_id::{TileId, TileIdError};
