//! Fine units to billionths of a degree, by whole numbers and short polynomials.

use super::{FINE_BITS, Fine};
use std::f64::consts::PI;

/// Fine units along a strip of latitudes that share one polynomial, in bits: 600 m.
const STRIP_BITS: u32 = 20;
/// Fine units around the equator, in bits.
const SQUARE_BITS: u32 = 32 + FINE_BITS;
const BILLIONTHS: f64 = 1e9;

/// Turns places into degrees. It keeps the polynomial of the strip that it was last asked in: neighbours share it.
///
/// What becomes of a place depends on the place alone, so that corners which parcels share stay the same.
#[derive(Debug, Default)]
pub struct Nanodegrees {
    strip: Option<Strip>,
}

#[derive(Debug, Clone, Copy)]
struct Strip {
    number: i64,
    /// The latitude in the strip's middle, and what it changes by southwards: by the first, second and third power of fine units.
    powers: [f64; 4],
}

impl Nanodegrees {
    /// Longitude and latitude of a place.
    ///
    /// # Units
    /// Billionths of a degree of WGS 84, rounded: 0.11 mm at the equator.
    pub fn of(&mut self, place: Fine) -> [i64; 2] {
        let number = place.y >> STRIP_BITS;
        let strip = match self.strip {
            Some(strip) if strip.number == number => strip,
            _ => *self.strip.insert(Strip::new(number)),
        };
        [longitude(place.x), strip.latitude(place.y)]
    }
}

/// 360·10⁹ over 2³⁶ is 87 890 625 over 2²⁴ exactly.
fn longitude(x: i64) -> i64 {
    ((x * 87_890_625 + (1 << 23)) >> 24) - 180_000_000_000
}

impl Strip {
    /// The Taylor series of the latitude around the middle. Its fourth power would add less than a millionth of a billionth.
    ///
    /// # Source
    /// The inverse of Mercator's projection on the sphere, φ = arctan sinh u, has dφ/du = cos φ; the rest follows from that.
    fn new(number: i64) -> Self {
        let unit = 2.0 * PI / (1_u64 << SQUARE_BITS) as f64;
        let south = Self::middle(number) as f64 * unit;
        let latitude = (PI - south).sinh().atan();
        let (sin, cos) = latitude.sin_cos();
        let billionths = 180.0 / PI * BILLIONTHS;
        Self {
            number,
            powers: [
                latitude * billionths,
                -cos * unit * billionths,
                -sin * cos / 2.0 * unit.powi(2) * billionths,
                -cos * (sin * sin - cos * cos) / 6.0 * unit.powi(3) * billionths,
            ],
        }
    }

    fn middle(number: i64) -> i64 {
        (number << STRIP_BITS) + (1 << (STRIP_BITS - 1))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "latitudes are below 2^37 billionths"
    )]
    fn latitude(&self, y: i64) -> i64 {
        let south = (y - Self::middle(self.number)) as f64;
        let [middle, first, second, third] = self.powers;
        let latitude = middle + south * (first + south * (second + south * third));
        (latitude + 0.5).floor() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What arithmetic in doubles is off at a hundred degrees, in billionths.
    const DOUBLES: f64 = 1e-4;

    fn is_rounded(billionths: i64, degrees: f64) -> bool {
        (billionths as f64 - degrees * BILLIONTHS).abs() <= 0.5 + DOUBLES
    }

    #[test]
    fn the_corners_of_the_square_are_where_mercator_puts_them() {
        let mut degrees = Nanodegrees::default();
        let middle = 1 << (SQUARE_BITS - 1);
        assert_eq!(
            degrees.of(Fine {
                x: middle,
                y: middle
            }),
            [0, 0]
        );
        // 85.051 128 779 806 6° is the latitude at which the square ends.
        let north_west = degrees.of(Fine { x: 0, y: 0 });
        assert_eq!(north_west, [-180_000_000_000, 85_051_128_780]);
        let last = (1 << SQUARE_BITS) - 1;
        let [east, south] = degrees.of(Fine { x: last, y: last });
        assert!((179_999_999_990..180_000_000_000).contains(&east));
        assert!((-85_051_128_780..-85_051_128_770).contains(&south));
    }

    proptest! {
        #[test]
        fn polynomials_give_what_the_projection_gives(
            x in 0_i64..1 << SQUARE_BITS, y in 0_i64..1 << SQUARE_BITS, aside in -(1_i64 << STRIP_BITS)..1 << STRIP_BITS,
        ) {
            let mut degrees = Nanodegrees::default();
            for y in [y, (y + aside).clamp(0, (1 << SQUARE_BITS) - 1), y] {
                let place = Fine { x, y };
                let [longitude, latitude] = degrees.of(place);
                let (lon, lat) = place.to_degrees();
                prop_assert!(is_rounded(longitude, lon), "{} {}", longitude, lon);
                prop_assert!(is_rounded(latitude, lat), "{} {}", latitude, lat);
                prop_assert_eq!(Nanodegrees::default().of(place), [longitude, latitude]);
            }
        }
    }
}
