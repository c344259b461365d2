//! Areas.

use serde::Serialize;
use std::fmt;

/// An area as the register prints it: tenths of a square metre, never negative.
///
/// # Source
/// Areas are taken from plane coordinates and rounded to 0.1 m², half up (`5.3` of the cadastral map rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(into = "f64")]
pub struct Area(u64);

impl Area {
    /// From tenths of a square metre.
    pub fn from_tenths_m2(tenths: u64) -> Self {
        Self(tenths)
    }

    /// From twice the area in square millimetres, as the shoelace formula gives it; rounds half up.
    pub fn from_doubled_mm2(doubled_mm2: u128) -> Self {
        Self(u64::try_from((doubled_mm2 + 100_000) / 200_000).unwrap_or(u64::MAX))
    }

    /// From square metres; rounds half up. What is not a number, or below zero, is nothing.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from floating point saturates"
    )]
    pub fn from_m2(m2: f64) -> Self {
        Self((m2 * 10.0 + 0.5) as u64)
    }

    /// In tenths of a square metre.
    pub fn tenths_m2(self) -> u64 {
        self.0
    }

    /// In square metres.
    pub fn m2(self) -> f64 {
        self.0 as f64 / 10.0
    }
}

impl From<Area> for f64 {
    fn from(area: Area) -> Self {
        area.m2()
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_tenth_rounds_up() {
        // 0.05 m² = 50 000 mm², doubled 100 000
        assert_eq!(Area::from_doubled_mm2(99_999), Area(0));
        assert_eq!(Area::from_doubled_mm2(100_000), Area(1));
        assert_eq!(Area::from_doubled_mm2(300_000).to_string(), "0.2");
    }
}
