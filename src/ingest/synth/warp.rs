//! What turns straight streets into grown ones, and metres into the millimetre grid.

use super::plane::Point;
use super::random::Random;
use crate::domain::GridPoint;

/// Easting and northing of the south-west corner of the first province, in metres.
const ORIGIN: Point = Point {
    x: 588_000.0,
    y: 1_178_000.0,
};

/// A smooth bending of the whole plane.
///
/// It adds four shears, each a wave that moves points along its own crest, so areas change by a tenth at most. The slopes
/// that act on one coordinate add up to less than 0.6: the derivative differs from identity by less than 1 everywhere, so
/// no two points meet and nothing folds.
#[derive(Debug, Clone)]
pub(super) struct Warp {
    phases: [f64; 4],
}

impl Warp {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, u64::MAX);
        Self {
            phases: std::array::from_fn(|_| random.unit()),
        }
    }

    /// Where a point of the plan lies on the ground, to the millimetre.
    pub fn place(&self, point: Point) -> GridPoint {
        let Point { x, y } = point;
        let [a, b, c, d] = self.phases;
        let (falling, rising) = (
            14.0 * wave((x + y) / 1000.0 + c),
            12.0 * wave((x - y) / 900.0 + d),
        );
        let bent = Point {
            x: x + 60.0 * wave(y / 4200.0 + a) + falling + rising,
            y: y + 52.0 * wave(x / 3900.0 + b) - falling + rising,
        };
        GridPoint {
            east_mm: millimetres(ORIGIN.x + bent.x),
            north_mm: millimetres(ORIGIN.y + bent.y),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the plan lies within some hundred kilometres of its origin"
)]
fn millimetres(metres: f64) -> i64 {
    (metres * 1000.0).round() as i64
}

/// A wave of period 1 and height 1 out of two parabolas; its slope is at most 8.
///
/// Not a sine, because mathematical libraries differ in the last bit.
fn wave(at: f64) -> f64 {
    let phase = at - (at + 0.5).floor();
    8.0 * phase * (1.0 - 2.0 * phase.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wave_touches_a_sine_at_every_quarter() {
        for (at, height) in [
            (0.0, 0.0),
            (0.25, 1.0),
            (0.5, 0.0),
            (0.75, -1.0),
            (7.25, 1.0),
        ] {
            assert!((wave(at) - height).abs() < 1e-12, "{at}");
        }
    }
}
