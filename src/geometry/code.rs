//! National parcel codes as cells of the globe.

use crate::domain::NationalCode;
use geohash::Coord;

/// Columns and rows of cells: thirty bits each.
const CELLS: i64 = 1 << 30;
/// How many rings of cells around the wanted one are tried: about 2.4 m east and west, 1.2 m north and south.
const RINGS: i64 = 64;

/// The national code of a WGS 84 place: its GeoHash of twelve characters, a cell of 18.6 mm × 36.6 mm in Viet Nam.
///
/// Outside the globe there are no codes; the answer is then that of its south-western corner, twelve zeros.
///
/// # Source
/// Circular 19/2026/TT-BNNMT, Annex I, step 3.
pub fn national_code(lon: f64, lat: f64) -> NationalCode {
    geohash::encode(Coord { x: lon, y: lat }, 12)
        .ok()
        .and_then(|text| NationalCode::parse(&text).ok())
        .unwrap_or(NationalCode::from_bits(0))
}

/// The cell of a code.
///
/// # Units
/// West, south, east and north in degrees of WGS 84.
pub fn code_cell(code: NationalCode) -> (f64, f64, f64, f64) {
    let (column, row) = column_and_row(code);
    (
        lon_of(column as f64),
        lat_of(row as f64),
        lon_of((column + 1) as f64),
        lat_of((row + 1) as f64),
    )
}

/// The wanted code or, if it is taken, that of a free cell near by whose centre is inside the parcel.
///
/// Cells are tried in rings around the wanted one; each ring starts north-west and runs clockwise. `inside` gets the centre's
/// longitude and latitude. `None` when 64 rings hold no such cell.
///
/// # Source
/// The circular says that codes are unique, not what to do when two characteristic points share a cell (a child of a split
/// may contain its parent's point); this is the house's rule.
pub fn free_code(
    wanted: NationalCode,
    taken: impl Fn(NationalCode) -> bool,
    inside: impl Fn(f64, f64) -> bool,
) -> Option<NationalCode> {
    if !taken(wanted) {
        return Some(wanted);
    }
    let (column, row) = column_and_row(wanted);
    (1..=RINGS)
        .flat_map(ring)
        .map(|(east, north)| (column + east, row + north))
        .filter(|(column, row)| (0..CELLS).contains(column) && (0..CELLS).contains(row))
        .filter(|(column, row)| inside(lon_of(*column as f64 + 0.5), lat_of(*row as f64 + 0.5)))
        .map(|(column, row)| code_at(column, row))
        .find(|code| !taken(*code))
}

/// The offsets of the cells in a ring, clockwise from the north-west corner.
fn ring(radius: i64) -> impl Iterator<Item = (i64, i64)> {
    let side = move || 0..2 * radius;
    let north = side().map(move |step| (step - radius, radius));
    let east = side().map(move |step| (radius, radius - step));
    let south = side().map(move |step| (radius - step, -radius));
    let west = side().map(move |step| (-radius, step - radius));
    north.chain(east).chain(south).chain(west)
}

fn lon_of(column: f64) -> f64 {
    column * 360.0 / CELLS as f64 - 180.0
}

fn lat_of(row: f64) -> f64 {
    row * 180.0 / CELLS as f64 - 90.0
}

/// Bits of column and row alternate in a code, the column's first.
fn column_and_row(code: NationalCode) -> (i64, i64) {
    let bits = code.bits();
    let every_second = |start: u32| {
        (0..30).fold(0, |number, place| {
            number << 1 | i64::from(bits >> (58 + start - 2 * place) & 1 == 1)
        })
    };
    (every_second(1), every_second(0))
}

fn code_at(column: i64, row: i64) -> NationalCode {
    let bits = (0..30).rev().fold(0, |bits, place| {
        bits << 2 | u64::from(column >> place & 1 == 1) << 1 | u64::from(row >> place & 1 == 1)
    });
    NationalCode::from_bits(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::to_wgs84;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_code_of_the_worked_example_holds_at_full_precision() {
        let mut point = [(603_000.0, 1_192_000.0)];
        to_wgs84(9210, &mut point).unwrap();
        assert_eq!(
            national_code(point[0].0, point[0].1).as_str(),
            "w3gv7cgzjm5k"
        );
        let mut point = [(602_000.0, 1_191_000.0)];
        to_wgs84(9210, &mut point).unwrap();
        assert_eq!(
            national_code(point[0].0, point[0].1).as_str(),
            "w3gv78m4xtj5"
        );
        // The same place with the wrong shifts.
        assert_eq!(
            national_code(106.693_619_538, 10.777_444_249).as_str(),
            "w3gv7cgzjt0z"
        );
        assert_eq!(
            national_code(106.693_607_602, 10.777_442_058).as_str(),
            "w3gv7cgzjkb4"
        );
    }

    #[test]
    fn no_place_on_the_globe_has_the_code_of_zeros() {
        for (lon, lat) in [
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
            (181.0, 0.0),
            (0.0, -91.0),
        ] {
            assert_eq!(national_code(lon, lat).as_str(), "000000000000");
        }
    }

    #[test]
    fn the_rings_of_a_spiral_visit_every_neighbour_once() {
        let visited: Vec<_> = (1..=3).flat_map(ring).collect();
        let distinct: BTreeSet<_> = visited.iter().copied().collect();
        assert_eq!((visited.len(), distinct.len()), (48, 48));
        assert_eq!(
            ring(1).collect::<Vec<_>>(),
            [
                (-1, 1),
                (0, 1),
                (1, 1),
                (1, 0),
                (1, -1),
                (0, -1),
                (-1, -1),
                (-1, 0)
            ]
        );
    }

    #[test]
    fn a_taken_code_gives_way_to_the_next_free_cell_inside_the_parcel() {
        let wanted = NationalCode::parse("w3gv7cgzjm5k").unwrap();
        assert_eq!(free_code(wanted, |_| false, |_, _| false), Some(wanted));
        let (west, south, ..) = code_cell(wanted);
        let eastward = |lon: f64, lat: f64| lon > west && lat > south;
        let next = free_code(wanted, |code| code == wanted, eastward).unwrap();
        // The first neighbour clockwise from north-west that is not west of the cell is the one straight north; the second
        // program is the geohash crate.
        let north = geohash::neighbor(wanted.as_str(), geohash::Direction::N).unwrap();
        assert_eq!(next.as_str(), north);
        let taken = BTreeSet::from([wanted, next]);
        let third = free_code(wanted, |code| taken.contains(&code), eastward).unwrap();
        assert_eq!(
            third.as_str(),
            geohash::neighbor(wanted.as_str(), geohash::Direction::NE).unwrap()
        );
        assert_eq!(free_code(wanted, |_| true, |_, _| true), None);
        assert_eq!(free_code(wanted, |code| code == wanted, |_, _| false), None);
    }

    proptest! {
        #[test]
        fn a_cell_is_the_one_that_the_geohash_crate_decodes(lon in -180.0..180.0, lat in -90.0..90.0) {
            let code = national_code(lon, lat);
            let (west, south, east, north) = code_cell(code);
            let cell = geohash::decode_bbox(code.as_str()).unwrap();
            prop_assert_eq!((west, south, east, north), (cell.min().x, cell.min().y, cell.max().x, cell.max().y));
            let (column, row) = column_and_row(code);
            prop_assert_eq!(code_at(column, row), code);
        }
    }
}
