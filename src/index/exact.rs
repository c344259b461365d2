//! Near a boundary the exact geometry decides.
//!
//! Fine units give every surveyed millimetre back, so the exact answer needs no database. Two things make the quick answer
//! doubtful: rounding (under one fine unit at either end), and the bend of a straight edge of the zone against a straight edge in
//! Web Mercator (15 to 30 mm over 2 km, growing with the square of the length). Points outside that band are decided quickly.

use super::plane::standing;
use crate::crs;
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry;
use crate::page::{Fine, ParcelView, WorldBox, metres_per_fine};

/// More than the bend measured over an edge: 40 mm over 2 km.
const BEND_M_PER_M2: f64 = 0.040 / (2000.0 * 2000.0);
/// Rounding of vertex and point, in fine units.
const ROUNDING_FINE: f64 = 2.0;

/// Whether the parcel covers the place (its boundary belongs to it).
pub fn covers(parcel: &ParcelView<'_>, lon: f64, lat: f64) -> Result<bool, crs::CrsError> {
    let rings: Vec<_> = parcel.fine_rings().collect();
    let standing = standing(&rings, Fine::from_degrees(lon, lat), (1.0, 1.0));
    if standing.edge_distance > band_fine(parcel.bounds(), lat) {
        return Ok(standing.is_inside);
    }
    let boundary = boundary(parcel)?;
    let mut place = [(lon, lat)];
    crs::from_wgs84(parcel.zone(), &mut place)?;
    Ok(place
        .iter()
        .all(|(easting_m, northing_m)| geometry::locate_m(&boundary, *easting_m, *northing_m)))
}

/// The legal boundary, restored to the millimetre.
pub fn boundary(parcel: &ParcelView<'_>) -> Result<Boundary, crs::CrsError> {
    let rings = parcel
        .fine_rings()
        .map(|ring| surveyed(parcel.zone(), &ring))
        .collect::<Result<_, _>>()?;
    Ok(Boundary::lawful(parcel.zone(), rings))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coordinates of a zone are below 2^32 mm"
)]
fn surveyed(zone: i32, ring: &[Fine]) -> Result<Ring, crs::CrsError> {
    let mut points: Vec<_> = ring.iter().map(|point| point.to_degrees()).collect();
    crs::from_wgs84(zone, &mut points)?;
    let grid = |(easting_m, northing_m): (f64, f64)| GridPoint {
        east_mm: (easting_m * 1000.0).round() as i64,
        north_mm: (northing_m * 1000.0).round() as i64,
    };
    Ok(points.into_iter().map(grid).collect())
}

/// The half-width of the band, from the longest edge that the parcel's box allows.
fn band_fine(bounds: WorldBox, lat: f64) -> f64 {
    let (east_m, south_m) = metres_per_fine(lat);
    let side_m = |low: u32, high: u32, fine_m: f64| f64::from(high - low) * 16.0 * fine_m;
    let (width_m, height_m) = (
        side_m(bounds.min.x, bounds.max.x, east_m),
        side_m(bounds.min.y, bounds.max.y, south_m),
    );
    ROUNDING_FINE + (width_m * width_m + height_m * height_m) * BEND_M_PER_M2 / south_m
}
