//! How parcels are gathered on sheets, and numbered.

use super::commune::Parcel;
use super::lots::Lot;
use super::ring::middle;
use super::streets::Quarter;
use crate::domain::GridPoint;
use std::cmp::Reverse;

/// Parcels on a sheet, give or take half a block.
const MOST: usize = 460;
/// Land of one kind gets sheets of its own from so many parcels on.
const FEWEST: usize = 210;

/// A block with its lots.
pub(super) struct Surveyed {
    /// From the commune's centre, squared.
    pub distance_m2: f64,
    pub street: &'static str,
    pub lots: Vec<Lot>,
}

/// The blocks nearest to the centre that hold so many parcels, in one group for each sheet, in the order of sheet numbers.
pub(super) fn groups(mut blocks: Vec<Surveyed>, parcels: usize) -> Vec<Vec<Surveyed>> {
    keep_nearest(&mut blocks, parcels);
    let mut groups = Vec::new();
    let mut rest = blocks;
    for finest in [500, 1000] {
        let (fine, coarse): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|block| scale(std::slice::from_ref(block)) == finest);
        if count(&fine) < FEWEST || count(&coarse) < FEWEST {
            rest = fine.into_iter().chain(coarse).collect();
        } else {
            groups.extend(in_equal_parts(fine));
            rest = coarse;
        }
    }
    groups.extend(in_equal_parts(rest));
    groups.sort_by_cached_key(|group| place_in_series(group));
    groups
}

fn count(blocks: &[Surveyed]) -> usize {
    blocks.iter().map(|block| block.lots.len()).sum()
}

/// Cuts the row of blocks where it can be cut into sheets of about the same number of parcels.
fn in_equal_parts(blocks: Vec<Surveyed>) -> Vec<Vec<Surveyed>> {
    let all = count(&blocks);
    let sheets = all.div_ceil(MOST);
    let mut groups: Vec<Vec<Surveyed>> = std::iter::repeat_with(Vec::new).take(sheets).collect();
    let mut before = 0;
    for block in blocks {
        let centre = before + block.lots.len() / 2;
        before += block.lots.len();
        groups[centre * sheets / all].push(block);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn keep_nearest(blocks: &mut Vec<Surveyed>, parcels: usize) {
    let mut by_distance: Vec<_> = (0..blocks.len()).collect();
    by_distance.sort_by(|&a, &b| blocks[a].distance_m2.total_cmp(&blocks[b].distance_m2));
    let mut left = parcels;
    for at in by_distance {
        blocks[at].lots.truncate(left);
        left -= blocks[at].lots.len();
    }
    blocks.retain(|block| !block.lots.is_empty());
}

/// Small scales first, then rows from north to south, each from west to east.
fn place_in_series(group: &[Surveyed]) -> (Reverse<i32>, Reverse<i64>, i64) {
    const ROW_MM: i64 = 400_000;
    let lots = group.iter().flat_map(|block| &block.lots);
    let GridPoint { east_mm, north_mm } = middle(lots.flat_map(|lot| &lot.rings[0]));
    (Reverse(scale(group)), Reverse(north_mm / ROW_MM), east_mm)
}

/// The scale that the most frequent kind of land is mapped at.
pub(super) fn scale(group: &[Surveyed]) -> i32 {
    let lots = || group.iter().flat_map(|block| &block.lots);
    let count = |most: Quarter| 2 * lots().filter(|lot| lot.quarter <= most).count();
    let all = lots().count();
    if count(Quarter::Town) > all {
        500
    } else if count(Quarter::Public) > all {
        1000
    } else {
        2000
    }
}

/// Numbers the parcels of a sheet.
pub(super) fn number(parcels: &mut [Parcel]) {
    zigzag(parcels, |parcel| middle(parcel.rings[0].iter()));
    for (parcel, no) in parcels.iter_mut().zip(1..) {
        parcel.no = no;
    }
}

/// Sorts from the north-west, row after row, there and back; about as many rows as there are items in a row.
///
/// # Source
/// The numbering of the cadastral map rules: from north, zig-zag west to east.
fn zigzag<T>(items: &mut [T], place: impl Fn(&T) -> GridPoint) {
    let north = || items.iter().map(|item| place(item).north_mm);
    let (Some(bottom), Some(top)) = (north().min(), north().max()) else {
        return;
    };
    let rows = i64::try_from(items.len().isqrt()).unwrap_or(1);
    let row_mm = (top - bottom) / rows + 1;
    items.sort_by_cached_key(|item| {
        let GridPoint { east_mm, north_mm } = place(item);
        let row = (top - north_mm) / row_mm;
        (row, if row % 2 == 0 { east_mm } else { -east_mm }, north_mm)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_east_in_the_first_row_and_west_in_the_second() {
        let point = |(east_mm, north_mm)| GridPoint { east_mm, north_mm };
        let mut points = [
            (0, 0),
            (0, 9),
            (0, 20),
            (9, 1),
            (9, 10),
            (9, 19),
            (18, 0),
            (18, 11),
            (18, 20),
        ]
        .map(point);
        zigzag(&mut points, |point| *point);
        let expected = [
            (0, 20),
            (9, 19),
            (18, 20),
            (18, 11),
            (9, 10),
            (0, 9),
            (0, 0),
            (9, 1),
            (18, 0),
        ]
        .map(point);
        assert_eq!(points, expected);
    }
}
