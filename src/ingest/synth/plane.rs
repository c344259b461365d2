//! Plane geometry in metres, before anything is rounded: enough to cut convex figures.
//!
//! Only `+ − × ÷ √` and comparisons, which IEEE 754 fixes to the last bit: every machine draws the same map.

use std::ops::{Add, Mul, Sub};

/// A point or a vector, in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub fn unit(self) -> Self {
        self * (1.0 / self.length())
    }

    /// Turned a quarter to the left.
    pub fn left(self) -> Self {
        Self {
            x: -self.y,
            y: self.x,
        }
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

impl Mul<f64> for Point {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
}

/// A straight line with a direction, hence with a left side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub through: Point,
    pub along: Point,
}

impl Line {
    /// Positive on the left; the distance if `along` is a unit vector.
    pub fn side(self, point: Point) -> f64 {
        self.along.cross(point - self.through)
    }

    /// The same line seen from the other end.
    pub fn reversed(self) -> Self {
        Self {
            along: self.along * -1.0,
            ..self
        }
    }

    /// Moved to the left.
    pub fn shifted(self, distance_m: f64) -> Self {
        Self {
            through: self.through + self.along.unit().left() * distance_m,
            ..self
        }
    }

    /// Where it cuts the segment, given that the ends lie on different sides.
    pub fn cut(self, from: Point, to: Point) -> Point {
        let (a, b) = (self.side(from), self.side(to));
        from + (to - from) * (a / (a - b))
    }
}

/// The sides of a closed figure.
pub(super) fn sides<T: Copy>(ring: &[T]) -> impl Iterator<Item = (T, T)> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

/// The area of a counter-clockwise figure, in m².
pub(super) fn area_m2(corners: &[Point]) -> f64 {
    let Some(&origin) = corners.first() else {
        return 0.0;
    };
    sides(corners)
        .map(|(a, b)| (a - origin).cross(b - origin))
        .sum::<f64>()
        / 2.0
}

/// The mean of the corners: inside, if the figure is convex.
pub(super) fn middle(corners: &[Point]) -> Point {
    let sum = corners
        .iter()
        .fold(Point { x: 0.0, y: 0.0 }, |sum, &corner| sum + corner);
    sum * (1.0 / corners.len() as f64)
}

/// The smallest rectangle around a convex figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub centre: Point,
    /// Unit vector of the longer side.
    pub along: Point,
    pub length_m: f64,
    pub depth_m: f64,
}

impl Frame {
    /// # Source
    /// One side of the smallest rectangle lies on a side of the figure (Freeman and Shapira 1975).
    pub fn around(corners: &[Point]) -> Self {
        let lie_on = |(a, b): (Point, Point)| Self::with_axis(corners, (b - a).unit());
        sides(corners)
            .map(lie_on)
            .min_by(|a, b| (a.length_m * a.depth_m).total_cmp(&(b.length_m * b.depth_m)))
            .unwrap_or_else(|| Self::with_axis(corners, Point { x: 1.0, y: 0.0 }))
    }

    fn with_axis(corners: &[Point], along: Point) -> Self {
        let (west, east) = extent(corners, along);
        let (south, north) = extent(corners, along.left());
        let centre = along * f64::midpoint(west, east) + along.left() * f64::midpoint(south, north);
        let (length_m, depth_m) = (east - west, north - south);
        if length_m >= depth_m {
            Self {
                centre,
                along,
                length_m,
                depth_m,
            }
        } else {
            Self {
                centre,
                along: along.left(),
                length_m: depth_m,
                depth_m: length_m,
            }
        }
    }

    /// A cut across the length: at `part` of it, leaning by `slope`. What lies before it is on the left.
    pub fn across(&self, part: f64, slope: f64) -> Line {
        Line {
            through: self.centre + self.along * ((part - 0.5) * self.length_m),
            along: (self.along.left() + self.along * slope).unit(),
        }
    }

    /// A cut along the length: at `part` of the depth, leaning by `slope`.
    pub fn lengthwise(&self, part: f64, slope: f64) -> Line {
        let up = self.along.left();
        Line {
            through: self.centre + up * ((part - 0.5) * self.depth_m),
            along: (self.along + up * slope).unit(),
        }
    }
}

/// From where to where a figure reaches in a direction.
pub(super) fn extent(corners: &[Point], along: Point) -> (f64, f64) {
    corners
        .iter()
        .map(|corner| corner.dot(along))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
            (low.min(at), high.max(at))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_of_a_leaning_rectangle_is_the_rectangle() {
        // 10 m along (3, 4)/5 and 5 m across it.
        let corner = |x, y| Point { x, y };
        let corners = [
            corner(0.0, 0.0),
            corner(6.0, 8.0),
            corner(2.0, 11.0),
            corner(-4.0, 3.0),
        ];
        let frame = Frame::around(&corners);
        assert!((frame.length_m - 10.0).abs() < 1e-9);
        assert!((frame.depth_m - 5.0).abs() < 1e-9);
        assert!((area_m2(&corners) - 50.0).abs() < 1e-9);
        assert!((frame.centre - corner(1.0, 5.5)).length() < 1e-9);
    }
}
