//! Tile addresses.

use crate::page::{World, WorldBox};

/// Units along a side of a tile.
pub const EXTENT: i64 = 4096;
/// Units kept around a tile, so that outlines are not cut at its edge.
pub const BUFFER: i64 = 64;
const EXTENT_BITS: u32 = 12;

/// Why three numbers are not the address of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileIdError {
    /// The zoom is not one of the tileset's.
    #[error("zoom {0} is not between {min} and {max}", min = super::MIN_ZOOM, max = super::MAX_ZOOM)]
    Zoom(u32),
    /// The column or row is not in the zoom's grid.
    #[error("column {x} and row {y} are not both below {side} at zoom {z}")]
    Place {
        /// The zoom.
        z: u32,
        /// The column.
        x: u32,
        /// The row.
        y: u32,
        /// Columns and rows at this zoom.
        side: u32,
    },
}

/// A tile of the Web Mercator grid (XYZ scheme), at a zoom that the tileset has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u32,
    x: u32,
    y: u32,
}

impl TileId {
    /// Checks an address.
    pub fn new(z: u32, x: u32, y: u32) -> Result<Self, TileIdError> {
        if !(super::MIN_ZOOM..=super::MAX_ZOOM).contains(&z) {
            return Err(TileIdError::Zoom(z));
        }
        let side = 1 << z;
        if x >= side || y >= side {
            Err(TileIdError::Place { z, x, y, side })
        } else {
            Ok(Self { z, x, y })
        }
    }

    /// The zoom.
    pub fn zoom(self) -> u32 {
        self.z
    }

    /// The tile unit that a world unit lies in, relative to the tile's upper left corner.
    pub fn unit(self, place: World) -> (i64, i64) {
        let shift = 32 - self.z - EXTENT_BITS;
        let relative = |world: u32, tile: u32| {
            (i64::from(world) - (i64::from(tile) << (32 - self.z))) >> shift
        };
        (relative(place.x, self.x), relative(place.y, self.y))
    }

    /// The world units of the tile with its buffer.
    pub fn buffered(self) -> WorldBox {
        let buffer = BUFFER << (32 - self.z - EXTENT_BITS);
        let low = |tile: u32| clamp((i64::from(tile) << (32 - self.z)) - buffer);
        let high = |tile: u32| clamp(((i64::from(tile) + 1) << (32 - self.z)) + buffer - 1);
        WorldBox {
            min: World {
                x: low(self.x),
                y: low(self.y),
            },
            max: World {
                x: high(self.x),
                y: high(self.y),
            },
        }
    }
}

fn clamp(unit: i64) -> u32 {
    u32::try_from(unit.clamp(0, i64::from(u32::MAX))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_knows_its_corner_and_its_buffer() {
        let tile = TileId::new(16, 52190, 30794).unwrap();
        let corner = World {
            x: 52190 << 16,
            y: 30794 << 16,
        };
        assert_eq!(tile.unit(corner), (0, 0));
        assert_eq!(
            tile.unit(World {
                x: corner.x - 1,
                y: corner.y + 16
            }),
            (-1, 1)
        );
        assert_eq!(
            tile.buffered().min,
            World {
                x: corner.x - 64 * 16,
                y: corner.y - 64 * 16
            }
        );
        assert_eq!(
            tile.buffered().max,
            World {
                x: corner.x + (4096 + 64) * 16 - 1,
                y: corner.y + (4096 + 64) * 16 - 1
            }
        );
    }

    #[test]
    fn addresses_outside_the_grid_are_refused() {
        assert_eq!(TileId::new(12, 0, 0), Err(TileIdError::Zoom(12)));
        assert_eq!(TileId::new(99, 0, 0), Err(TileIdError::Zoom(99)));
        assert!(TileId::new(13, 8192, 0).is_err());
        assert!(TileId::new(20, (1 << 20) - 1, (1 << 20) - 1).is_ok());
    }
}
