//! World units: Web Mercator as `u32 × u32` over the whole square, 9.3 mm at the equator.
//!
//! A tile coordinate at zoom ≤ 20 is then a shift and a mask. *Fine* units are sixteen to a world unit (under 0.6 mm), fine
//! enough to give the surveyed millimetre back.

use std::f64::consts::PI;

/// A fine unit has this many bits below a world unit.
pub const FINE_BITS: u32 = 4;

/// World units around the equator.
const UNITS: f64 = 4_294_967_296.0;

/// A place in world units: `x` east from 180° W, `y` south from 85.05° N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct World {
    /// East.
    pub x: u32,
    /// South.
    pub y: u32,
}

/// A place in fine units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fine {
    /// East.
    pub x: i64,
    /// South.
    pub y: i64,
}

/// The metres on the ground, east and south, of a fine unit at a latitude.
///
/// # Source
/// Radii of curvature of the WGS 84 ellipsoid (the meridian's and the prime vertical's), over Web Mercator's sphere.
pub fn metres_per_fine(lat_deg: f64) -> (f64, f64) {
    const RADIUS_M: f64 = 6_378_137.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_317;
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let bulge = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let angle = cos * 2.0 * PI / (UNITS * f64::from(1 << FINE_BITS));
    let prime_vertical_m = RADIUS_M / bulge.sqrt();
    let meridian_m = RADIUS_M * (1.0 - ECCENTRICITY_SQUARED) / bulge.powf(1.5);
    (prime_vertical_m * angle, meridian_m * angle)
}

impl Fine {
    /// From WGS 84 degrees; what lies outside Web Mercator's square comes to its edge.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to 36 bits first; NaN becomes 0"
    )]
    pub fn from_degrees(lon: f64, lat: f64) -> Self {
        let scale = UNITS * f64::from(1 << FINE_BITS);
        let unit = |share: f64| (share * scale).round().clamp(0.0, scale - 1.0) as i64;
        let y = 0.5 - (PI / 4.0 + lat.to_radians() / 2.0).tan().ln() / (2.0 * PI);
        Self {
            x: unit((lon + 180.0) / 360.0),
            y: unit(y),
        }
    }

    /// Longitude and latitude in WGS 84 degrees.
    pub fn to_degrees(self) -> (f64, f64) {
        let scale = UNITS * f64::from(1 << FINE_BITS);
        let lon = self.x as f64 / scale * 360.0 - 180.0;
        let lat = (PI * (1.0 - 2.0 * self.y as f64 / scale))
            .sinh()
            .atan()
            .to_degrees();
        (lon, lat)
    }

    /// The world unit that it lies in.
    pub fn world(self) -> World {
        let unit = |fine: i64| u32::try_from(fine >> FINE_BITS).unwrap_or(u32::MAX);
        World {
            x: unit(self.x),
            y: unit(self.y),
        }
    }
}

impl World {
    /// The fine unit at its upper left corner.
    pub fn fine(self) -> Fine {
        Fine {
            x: i64::from(self.x) << FINE_BITS,
            y: i64::from(self.y) << FINE_BITS,
        }
    }
}

/// A box in world units, both corners inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldBox {
    /// North-west corner.
    pub min: World,
    /// South-east corner.
    pub max: World,
}

impl WorldBox {
    /// The box that holds nothing; joining anything to it gives that.
    pub const EMPTY: Self = Self {
        min: World {
            x: u32::MAX,
            y: u32::MAX,
        },
        max: World { x: 0, y: 0 },
    };

    /// The smallest box around points.
    pub fn around(points: impl IntoIterator<Item = World>) -> Self {
        points.into_iter().fold(Self::EMPTY, |bounds, point| {
            bounds.join(Self {
                min: point,
                max: point,
            })
        })
    }

    /// The smallest box around both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            min: World {
                x: self.min.x.min(other.min.x),
                y: self.min.y.min(other.min.y),
            },
            max: World {
                x: self.max.x.max(other.max.x),
                y: self.max.y.max(other.max.y),
            },
        }
    }

    /// The box with a margin on all sides.
    #[must_use]
    pub fn grown(self, margin: u32) -> Self {
        let corner = |at: World, moved: fn(u32, u32) -> u32| World {
            x: moved(at.x, margin),
            y: moved(at.y, margin),
        };
        Self {
            min: corner(self.min, u32::saturating_sub),
            max: corner(self.max, u32::saturating_add),
        }
    }

    /// The longer of its sides; 0 where it is empty.
    pub fn longest_side(self) -> u32 {
        let width = self.max.x.saturating_sub(self.min.x);
        width.max(self.max.y.saturating_sub(self.min.y))
    }

    /// Whether they share a point.
    pub fn meets(self, other: Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Whether another box lies in it.
    pub fn contains(self, other: Self) -> bool {
        self.min.x <= other.min.x
            && self.min.y <= other.min.y
            && other.max.x <= self.max.x
            && other.max.y <= self.max.y
    }

    /// West, south, east, north in WGS 84 degrees.
    pub fn to_degrees(self) -> [f64; 4] {
        let (west, north) = self.min.fine().to_degrees();
        let (east, south) = self.max.fine().to_degrees();
        [west, south, east, north]
    }
}

/// A box in fine units, both corners inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FineBox {
    /// North-west corner.
    pub min: Fine,
    /// South-east corner.
    pub max: Fine,
}

impl FineBox {
    /// From west, south, east, north in WGS 84 degrees.
    pub fn from_degrees([west, south, east, north]: [f64; 4]) -> Self {
        Self {
            min: Fine::from_degrees(west, north),
            max: Fine::from_degrees(east, south),
        }
    }

    /// The box of world units around it.
    pub fn world(self) -> WorldBox {
        WorldBox {
            min: self.min.world(),
            max: self.max.world(),
        }
    }

    /// The world units that lie in it as a whole; [`WorldBox::EMPTY`] where there are none.
    pub fn whole_units(self) -> WorldBox {
        const LAST: i64 = (1 << FINE_BITS) - 1;
        let up = |fine: i64| (fine + LAST) >> FINE_BITS;
        let down = |fine: i64| ((fine + 1) >> FINE_BITS) - 1;
        let unit = |unit: i64| u32::try_from(unit).ok();
        let corner = |x: i64, y: i64| {
            Some(World {
                x: unit(x)?,
                y: unit(y)?,
            })
        };
        let min = corner(up(self.min.x), up(self.min.y));
        let max = corner(down(self.max.x), down(self.max.y));
        match (min, max) {
            (Some(min), Some(max)) if min.x <= max.x && min.y <= max.y => WorldBox { min, max },
            _ => WorldBox::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_and_centre_are_where_the_xyz_scheme_puts_them() {
        assert_eq!(
            Fine::from_degrees(0.0, 0.0).world(),
            World {
                x: 1 << 31,
                y: 1 << 31
            }
        );
        assert_eq!(
            Fine::from_degrees(-180.0, 85.051_128_779_806_6).world(),
            World { x: 0, y: 0 }
        );
        assert_eq!(
            Fine::from_degrees(500.0, -90.0).world(),
            World {
                x: u32::MAX,
                y: u32::MAX
            }
        );
        assert_eq!(Fine::from_degrees(f64::NAN, f64::NAN), Fine { x: 0, y: 0 });
        // Tile 15/26095/15397 holds it by the slippy-map formula (asinh form, computed apart in Python).
        let place = Fine::from_degrees(106.693_612_244, 10.777_443_860).world();
        assert_eq!((place.x >> 17, place.y >> 17), (26095, 15397));
    }

    #[test]
    fn only_whole_world_units_lie_in_a_box_as_a_whole() {
        let whole = |min: i64, max: i64| {
            let corner = |at: i64| Fine { x: at, y: 160 + at };
            let units = FineBox {
                min: corner(min),
                max: corner(max),
            };
            let units = units.whole_units();
            (units != WorldBox::EMPTY).then_some((units.min.x, units.max.x))
        };
        assert_eq!(whole(0, 47), Some((0, 2)));
        assert_eq!(whole(1, 46), Some((1, 1)));
        assert_eq!(whole(16, 31), Some((1, 1)));
        assert_eq!(whole(17, 31), None);
        assert_eq!(whole(0, 14), None);
    }

    #[test]
    fn a_fine_unit_is_as_long_as_the_ellipsoid_says() {
        // One second at 10.65° N, by PostGIS 3.3's st_distance of geographies.
        const SECOND_OF_LATITUDE_M: f64 = 30.725_613_79;
        const SECOND_OF_LONGITUDE_M: f64 = 30.392_905_59;
        let (east_m, south_m) = metres_per_fine(10.65);
        let at = |lon: f64, lat: f64| Fine::from_degrees(lon, lat);
        let second = 1.0 / 3600.0;
        let south_fine =
            (at(106.0, 10.65 - second / 2.0).y - at(106.0, 10.65 + second / 2.0).y) as f64;
        let east_fine = (at(106.0 + second, 10.65).x - at(106.0, 10.65).x) as f64;
        assert!(
            (south_fine * south_m - SECOND_OF_LATITUDE_M).abs() < 0.001,
            "{}",
            south_fine * south_m
        );
        assert!(
            (east_fine * east_m - SECOND_OF_LONGITUDE_M).abs() < 0.001,
            "{}",
            east_fine * east_m
        );
    }

    #[test]
    fn a_place_comes_back_within_half_a_fine_unit() {
        let half_a_fine_unit_deg = 360.0 / (UNITS * 16.0) / 2.0;
        for (lon, lat) in [
            (106.693_612_244, 10.777_443_860),
            (105.838_817_683, 21.016_425_406),
            (102.1, 22.4),
        ] {
            let (back_lon, back_lat) = Fine::from_degrees(lon, lat).to_degrees();
            assert!(
                (back_lon - lon).abs() <= half_a_fine_unit_deg * 1.01,
                "{lon}"
            );
            assert!(
                (back_lat - lat).abs() <= half_a_fine_unit_deg * 1.01,
                "{lat}"
            );
        }
    }
}
