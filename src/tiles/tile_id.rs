//! Tile addresses.

use super::ring::{Unit, Wide};
use crate::page::{FINE_BITS, Fine, World, WorldBox};

/// Units along a side of a tile.
pub const EXTENT: u32 = 1 << EXTENT_BITS;
/// Units kept around a tile, so that outlines are not cut at its edge.
pub const BUFFER: i64 = 64;
const EXTENT_BITS: u32 = 12;
/// Fine units along the whole square, in bits.
const SQUARE_BITS: u32 = 32 + FINE_BITS;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct TileId {
    z: u32,
    x: u32,
    y: u32,
}

/// The upper left corner of a tile, from which places nearby are measured in half the bits.
#[derive(Debug, Clone, Copy)]
pub struct Corner {
    world: World,
    unit_bits: u32,
}

impl Corner {
    /// How far a place in the tile with its buffer is from the corner, in world units.
    pub fn offset(self, place: World) -> Unit {
        let from = |world: u32, corner: u32| world.wrapping_sub(corner).cast_signed();
        (from(place.x, self.world.x), from(place.y, self.world.y))
    }

    /// The tile unit of a place that is some world units from one at an offset.
    pub fn unit(self, origin: Unit, [x, y]: [u16; 2]) -> Unit {
        (
            (origin.0 + i32::from(x)) >> self.unit_bits,
            (origin.1 + i32::from(y)) >> self.unit_bits,
        )
    }
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

    /// The column, from the west.
    pub fn column(self) -> u32 {
        self.x
    }

    /// The row, from the north.
    pub fn row(self) -> u32 {
        self.y
    }

    /// Fine units along the tile, in bits.
    fn side_bits(self) -> u32 {
        SQUARE_BITS - self.z
    }

    /// Fine units along a tile unit, in bits.
    fn unit_bits(self) -> u32 {
        self.side_bits() - EXTENT_BITS
    }

    /// The tile unit that a place lies in, relative to the tile's upper left corner.
    pub fn unit(self, place: Fine) -> Wide {
        let relative = |fine: i64, tile: u32| {
            (fine - (i64::from(tile) << self.side_bits())) >> self.unit_bits()
        };
        (relative(place.x, self.x), relative(place.y, self.y))
    }

    /// Where to measure nearby places from; `None` at zooms where a tile is too wide, or a unit less than a world unit.
    pub fn corner(self) -> Option<Corner> {
        (2..=20).contains(&self.z).then(|| Corner {
            world: World {
                x: self.x << (32 - self.z),
                y: self.y << (32 - self.z),
            },
            unit_bits: self.unit_bits() - FINE_BITS,
        })
    }

    /// The tile unit of a place in the tile itself; `None` elsewhere.
    pub fn unit_within(self, place: World) -> Option<Unit> {
        self.fine_unit_within(place.fine())
    }

    /// The same of a place in fine units.
    pub fn fine_unit_within(self, place: Fine) -> Option<Unit> {
        let (x, y) = self.unit(place);
        let is_within = (x | y) >> EXTENT_BITS == 0;
        is_within.then_some((i32::try_from(x).ok()?, i32::try_from(y).ok()?))
    }

    /// A length of world units in tile units.
    pub fn units_along(self, world: u32) -> u32 {
        u32::try_from((u64::from(world) << FINE_BITS) >> self.unit_bits()).unwrap_or(u32::MAX)
    }

    /// A length of tile units in world units.
    pub fn world_along(self, units: u32) -> u32 {
        u32::try_from((u64::from(units) << self.unit_bits()) >> FINE_BITS).unwrap_or(u32::MAX)
    }

    /// The world units of the tile with its buffer.
    pub fn buffered(self) -> WorldBox {
        let buffer = BUFFER << self.unit_bits();
        let low = |tile: u32| world((i64::from(tile) << self.side_bits()) - buffer);
        let high = |tile: u32| world(((i64::from(tile) + 1) << self.side_bits()) + buffer - 1);
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

fn world(fine: i64) -> u32 {
    u32::try_from((fine >> FINE_BITS).clamp(0, i64::from(u32::MAX))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_knows_its_corner_and_its_buffer() {
        let tile = TileId::new(16, 52190, 30794).unwrap();
        let (x, y) = (52190 << 16, 30794 << 16);
        let beside = World {
            x: x - 1,
            y: y + 16,
        };
        assert_eq!(tile.unit(World { x, y }.fine()), (0, 0));
        assert_eq!(tile.unit(beside.fine()), (-1, 1));
        let corner = tile.corner().unwrap();
        assert_eq!(corner.unit(corner.offset(beside), [0, 16]), (-1, 2));
        let (before, after) = (64 * 16, (4096 + 64) * 16 - 1);
        let buffered = WorldBox {
            min: World {
                x: x - before,
                y: y - before,
            },
            max: World {
                x: x + after,
                y: y + after,
            },
        };
        assert_eq!(tile.buffered(), buffered);
    }

    #[test]
    fn at_zoom_22_a_unit_is_a_quarter_of_a_world_unit() {
        let tile = TileId::new(22, 3_340_187, 1_970_848).unwrap();
        let (x, y) = (3_340_187 << 10, 1_970_848 << 10);
        let place = Fine {
            x: (i64::from(x) + 5) * 16 + 7,
            y: (i64::from(y) - 1) * 16 + 15,
        };
        assert_eq!(tile.unit(place), (21, -1));
        assert_eq!(
            tile.buffered().min,
            World {
                x: x - 16,
                y: y - 16
            }
        );
        assert_eq!(tile.buffered().max.x, x + 1024 + 16 - 1);
        assert_eq!((tile.units_along(3), tile.world_along(12)), (12, 3));
    }

    #[test]
    fn the_tile_of_zoom_0_is_the_whole_square() {
        let world = TileId::new(0, 0, 0).unwrap();
        let last = World {
            x: u32::MAX,
            y: u32::MAX,
        };
        assert_eq!(world.unit(last.fine()), (4095, 4095));
        assert_eq!(world.unit_within(last), Some((4095, 4095)));
        assert_eq!(world.buffered().min, World { x: 0, y: 0 });
        assert_eq!(world.buffered().max, last);
        assert_eq!(world.units_along(u32::MAX), 4095);
    }

    #[test]
    fn addresses_outside_the_grid_are_refused() {
        assert_eq!(TileId::new(23, 0, 0), Err(TileIdError::Zoom(23)));
        assert_eq!(TileId::new(99, 0, 0), Err(TileIdError::Zoom(99)));
        assert!(TileId::new(0, 1, 0).is_err());
        assert!(TileId::new(13, 8192, 0).is_err());
        assert!(TileId::new(22, (1 << 22) - 1, (1 << 22) - 1).is_ok());
    }
}
