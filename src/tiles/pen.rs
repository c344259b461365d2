//! Polygons drawn into the geometry of a feature.

use super::mvt::Path;
use super::ring::Ring;

/// How a polygon comes into a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// Not at all: only its box does, or a hole lies around the tile.
    Not,
    /// As a square of one unit, because it has no area in tile units.
    Speck,
    /// With its outline, cut where it leaves the buffered tile.
    Outline,
}

/// Draws polygons, one after the other, with the same buffers.
#[derive(Debug, Default)]
pub struct Pen {
    ring: Ring,
    /// What is drawn.
    pub path: Path,
}

impl Pen {
    /// Adds a polygon's rings, outer first; `take` answers whether a ring comes into the buffered tile. Nothing is added for a
    /// speck.
    pub fn polygon<T>(
        &mut self,
        mut rings: impl Iterator<Item = T>,
        take: impl Fn(&mut Ring, T) -> bool,
    ) -> Drawn {
        let Self { ring, path } = self;
        let Some(outer) = rings.next() else {
            return Drawn::Not;
        };
        if !take(ring, outer) {
            return Drawn::Not;
        }
        let mut area = ring.doubled_area().abs();
        if area == 0 {
            return Drawn::Speck;
        }
        let before = path.mark();
        ring.draw(path, false);
        for hole in rings {
            take(ring, hole);
            if ring.covers_box() {
                path.rewind(before);
                return Drawn::Not;
            }
            let hole_area = ring.doubled_area().abs();
            if hole_area >= area {
                // What is between the hole and its polygon is too thin to show.
                path.rewind(before);
                return Drawn::Speck;
            }
            if hole_area > 0 {
                ring.draw(path, true);
                area -= hole_area;
            }
        }
        Drawn::Outline
    }

    /// Adds the square of a speck.
    pub fn speck(&mut self) {
        self.path.square(self.ring.speck(), 1);
    }
}
