//! What officers draw, on the grid.

use crate::domain::{Boundary, GridPoint, Monument, PointM, RingsM};
use crate::geometry::{self, RawPolygon};
use crate::topology::{Extent, Line, Violation, ViolationCode, point_along};

/// A drawn line.
pub fn line(points_m: &[PointM]) -> Result<Line, Vec<Violation>> {
    Line::new(points_m.iter().map(|point| grid(*point)))
}

/// The line through monuments of a parcel, or all that are not where they are said to be.
pub fn through(parcel: &Boundary, monuments: &[Monument]) -> Result<Line, Vec<Violation>> {
    let (mut points, mut missing) = (Vec::new(), Vec::new());
    for monument in monuments {
        match monument {
            Monument::At(point) => points.push(grid(*point)),
            Monument::OnEdge {
                vertex,
                ring,
                distance_m,
            } => match point_along(parcel, *ring, *vertex, width_mm(*distance_m)) {
                Some(point) if *distance_m >= 0.0 => points.push(point),
                _ => missing.push(Violation {
                    code: ViolationCode::MonumentNotOnEdge,
                    place: parcel
                        .rings()
                        .get(*ring)
                        .and_then(|ring| ring.get(*vertex))
                        .copied(),
                    extent: Extent::LengthM(*distance_m),
                    parcels: vec![0],
                    existed: false,
                }),
            },
        }
    }
    if missing.is_empty() {
        Line::new(points)
    } else {
        Err(missing)
    }
}

/// The way that cuts run along.
pub fn along([from, to]: &[PointM; 2]) -> (GridPoint, GridPoint) {
    (grid(*from), grid(*to))
}

/// A length to the millimetre; none below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a number out of range gives the nearest"
)]
pub fn width_mm(width_m: f64) -> u32 {
    (width_m * 1000.0).round() as u32
}

/// Rings as given.
pub fn raw(rings_m: &RingsM) -> RawPolygon {
    RawPolygon {
        rings: rings_m.clone(),
    }
}

/// A point far out stays far out: it is told as outside the zone, and a way to it is a direction.
fn grid((easting_m, northing_m): PointM) -> GridPoint {
    const FAR_M: f64 = 1e9;
    geometry::to_grid(
        easting_m.clamp(-FAR_M, FAR_M),
        northing_m.clamp(-FAR_M, FAR_M),
    )
}
