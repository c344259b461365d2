//! Tiles.

use super::{App, AppError};
use crate::domain::Position;
use crate::tiles::{self, TileId};

/// A tile, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The bytes, compressed where gzip was asked for.
    pub body: Vec<u8>,
    /// Strong entity tag of these bytes.
    pub etag: String,
    /// The register position that it shows.
    pub position: Position,
}

/// Where the parcels are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TilesetExtent {
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// How many parcels.
    pub parcels: usize,
}

impl App {
    /// A tile from memory.
    pub fn tile(&self, id: TileId, gzip: bool) -> Result<Tile, AppError> {
        let state = self.filled()?;
        let encoded = tiles::encode(id, state.parcels_near(id.buffered()));
        let etag = tiles::etag(&encoded, if gzip { "gzip" } else { "identity" });
        let body = if gzip { tiles::gzip(&encoded) } else { encoded };
        Ok(Tile {
            body,
            etag,
            position: state.position(),
        })
    }

    /// Where the parcels are; `None` in an empty register.
    pub fn extent(&self) -> Option<TilesetExtent> {
        let state = self.state();
        state.bounds().map(|bounds| TilesetExtent {
            bounds: bounds.to_degrees(),
            parcels: state.len(),
        })
    }
}
