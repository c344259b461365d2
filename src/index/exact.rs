//! Near a boundary the exact geometry decides.
//!
//! Fine units give every surveyed millimetre back, so the exact answer needs no database. Two things make the quick answer
//! doubtful: rounding (under one fine unit at either end), and the bend of a straight edge of the zone against a straight edge in
//! Web Mercator (15 to 30 mm over 2 km, growing with the square of the length). Points outside that band are decided quickly.

use super::plane::standing;
use crate::crs;
use crate::domain::{Boundary, GridPoint, Ring};
use crate::geometry;
use crate::page::{FINE_BITS, Fine, ParcelView, World, WorldBox, metres_per_fine};

/// More than the bend measured over an edge: 40 mm over 2 km.
const BEND_M_PER_M2: f64 = 0.040 / (2000.0 * 2000.0);
/// Rounding of vertex and point, in fine units.
const ROUNDING_FINE: f64 = 2.0;

/// Whether the parcel covers the place (its boundary belongs to it).
pub fn covers(parcel: &ParcelView<'_>, lon: f64, lat: f64) -> Result<bool, crs::CrsError> {
    let standing = standing(&parcel.outline(), Fine::from_degrees(lon, lat), (1.0, 1.0));
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

/// How far beside its box, in world units, a parcel may cover a place, if no side of the box is longer.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and saturating"
)]
pub fn overhang(longest_side: u32, lat: f64) -> u32 {
    let corner = |at: u32| World { x: at, y: at };
    let square = WorldBox {
        min: corner(0),
        max: corner(longest_side),
    };
    (band_fine(square, lat) / f64::from(1 << FINE_BITS)).ceil() as u32
}

/// The legal boundary, restored to the millimetre.
pub fn boundary(parcel: &ParcelView<'_>) -> Result<Boundary, crs::CrsError> {
    let rings = parcel
        .fine_rings()
        .map(|ring| surveyed(parcel.zone(), ring))
        .collect::<Result<_, _>>()?;
    Ok(Boundary::lawful(parcel.zone(), rings))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "coordinates of a zone are below 2^32 mm"
)]
fn surveyed(zone: i32, ring: impl Iterator<Item = Fine>) -> Result<Ring, crs::CrsError> {
    let mut points: Vec<_> = ring.map(|point| point.to_degrees()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Area, CommuneCode, ParcelId, Position, Revision};
    use crate::index::State;
    use crate::page::{PageParcel, PageSheet};
    use time::macros::{date, datetime};

    /// Zones of 3° and 6°, and an easting and a northing in each that lie far from the central meridian.
    const FAR: [(i32, i64, i64); 4] = [
        (9210, 603_000_000, 1_192_000_000),
        (9210, 420_000_000, 950_000_000),
        (3405, 760_000_000, 2_390_000_000),
        (9217, 590_000_000, 1_860_000_000),
    ];

    fn place(zone: i32, east_mm: i64, north_mm: i64) -> (f64, f64) {
        let mut points = [(east_mm as f64 / 1000.0, north_mm as f64 / 1000.0)];
        crs::to_wgs84(zone, &mut points).unwrap();
        points[0]
    }

    /// A state of one parcel with these corners, in millimetres of the zone.
    fn state(zone: i32, corners: &[(i64, i64)]) -> State {
        let fine = |(east_mm, north_mm): &(i64, i64)| {
            let (lon, lat) = place(zone, *east_mm, *north_mm);
            Fine::from_degrees(lon, lat)
        };
        let ring: Vec<_> = corners.iter().map(fine).collect();
        let parcel = PageParcel {
            parcel_id: ParcelId::try_from((1 << 40) + 1).unwrap(),
            national_code: None,
            commune: CommuneCode::parse("99001").unwrap(),
            sheet: PageSheet {
                commune_from: date!(2025 - 07 - 01),
                sheet_no: 1,
                zone,
                scale_denominator: None,
            },
            parcel_no: 1,
            uses: Vec::new(),
            is_open: true,
            legal_area: None,
            computed_area: Area::from_tenths_m2(1),
            address: None,
            revision: Revision(1),
            in_force_from: date!(2026 - 11 - 28),
            recorded_at: datetime!(2026-11-28 00:00 UTC),
            label: ring[0],
            rings: vec![ring],
        };
        State::of_parcels(Position(1), date!(2026 - 11 - 28), vec![parcel])
    }

    fn is_covered(state: &State, (lon, lat): (f64, f64)) -> bool {
        !state.parcels_at(lon, lat).unwrap().is_empty()
    }

    #[test]
    fn one_millimetre_from_an_edge_of_kilometres_the_legal_geometry_decides() {
        for (zone, east, north) in FAR {
            for side in [50_000, 2_000_000, 9_000_000] {
                let (far_east, far_north) = (east + side, north + side);
                let square = [
                    (east, north),
                    (far_east, north),
                    (far_east, far_north),
                    (east, far_north),
                ];
                let state = state(zone, &square);
                for along in (1..20).map(|share| side * share / 20) {
                    for off in [-1, 0, 1] {
                        let edges = [
                            (east + along, north + off),
                            (far_east - off, north + along),
                            (east + along, far_north - off),
                            (east + off, north + along),
                        ];
                        for (x, y) in edges {
                            let found = is_covered(&state, place(zone, x, y));
                            assert_eq!(found, off >= 0, "zone {zone}: {x} {y}, {off} mm inside");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_bend_of_a_slanting_edge_is_covered_too() {
        // (300, 200) mm apart there are grid points on the edge; one to the north of them is 0.8 mm outside.
        let (zone, east, north) = FAR[0];
        let end = |steps: i64| (east + 300 * steps, north + 200 * steps);
        let state = state(zone, &[end(0), (east + 3_000_000, north), end(10_000)]);
        for (x, y) in (1..50).map(|share| end(200 * share)) {
            assert!(is_covered(&state, place(zone, x, y)));
            assert!(is_covered(&state, place(zone, x, y - 1)));
            assert!(!is_covered(&state, place(zone, x, y + 1)));
        }
    }

    #[test]
    fn without_the_band_places_beside_long_edges_would_be_on_the_wrong_side() {
        let (zone, east, north) = FAR[0];
        let side = 2_000_000;
        let corners = [
            (east, north),
            (east + side, north),
            (east + side, north + side),
            (east, north + side),
        ];
        let state = state(zone, &corners);
        let parcel = state.parcels_near(state.bounds().unwrap()).next().unwrap();
        let is_inside = |off: i64| {
            let (lon, lat) = place(zone, east + side / 2, north + off);
            standing(&parcel.outline(), Fine::from_degrees(lon, lat), (1.0, 1.0)).is_inside
        };
        assert_eq!(
            is_inside(5),
            is_inside(-5),
            "5 mm on either side of the edge's middle"
        );
    }
}
