//! Outlines of regions: equal neighbours of a grid become one polygon.

use super::ring::Unit;

/// Cells along a side of the grid, which covers a tile.
pub const CELLS: usize = 128;
/// Tile units along a side of a cell.
pub const CELL_UNITS: i32 = 32;
/// The grid has a border of nothing, so that every cell has four neighbours.
const WIDTH: usize = CELLS + 2;

/// A ring around a region, or around a hole in it; wound as the format wants.
#[derive(Debug, PartialEq, Eq)]
pub struct RegionRing {
    /// What the region's cells hold.
    pub value: u16,
    /// The region, by its first cell.
    pub region: u16,
    /// Its corners.
    pub points: Vec<Unit>,
}

/// The rings around all regions of equal cells, by value, then region, each region's outer ring first. A cell of 0 is in none.
///
/// # Shape
/// Neighbours share a side. Rings are simple: where two cells of one region touch at a corner only, the rings part so that a
/// hole touches its outer ring, and no ring comes to a corner twice.
pub fn trace(grid: &[u16]) -> Vec<RegionRing> {
    let regions = regions(grid);
    let mut is_done = vec![false; regions.len()];
    let mut rings = Vec::new();
    for (cell, value) in grid.iter().enumerate().filter(|(_, value)| **value != 0) {
        let place = bordered(cell);
        let region = at(&regions, place);
        let is_top_edge = region != at(&regions, place - WIDTH);
        if is_top_edge && !is_done.get(place).is_some_and(|is_done| *is_done) {
            rings.push(RegionRing {
                value: *value,
                region,
                points: walk(&regions, place, &mut is_done),
            });
        }
    }
    // The highest, then leftmost edge of a region is on its outer ring.
    rings.sort_by_key(|ring| (ring.value, ring.region));
    rings
}

fn bordered(cell: usize) -> usize {
    (cell / CELLS + 1) * WIDTH + cell % CELLS + 1
}

fn at(regions: &[u16], place: usize) -> u16 {
    regions.get(place).copied().unwrap_or(0)
}

/// The region of each cell, numbered from 1 in the order of their first cells, with the border.
fn regions(grid: &[u16]) -> Vec<u16> {
    let mut values = vec![0; WIDTH * WIDTH];
    for (cell, value) in grid.iter().enumerate() {
        if let Some(place) = values.get_mut(bordered(cell)) {
            *place = *value;
        }
    }
    let mut regions = vec![0; values.len()];
    let mut next = 0_u16;
    let mut open = Vec::new();
    for (start, value) in values.iter().enumerate().filter(|(_, value)| **value != 0) {
        if at(&regions, start) != 0 {
            continue;
        }
        next += 1;
        open.push(start);
        while let Some(place) = open.pop() {
            if let Some(region) = regions.get_mut(place)
                && *region == 0
            {
                *region = next;
                let neighbours = [place - WIDTH, place - 1, place + 1, place + WIDTH];
                open.extend(
                    neighbours
                        .into_iter()
                        .filter(|near| at(&values, *near) == *value),
                );
            }
        }
    }
    regions
}

/// A walk along edges with the region on the right hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Walker {
    /// The cell to the right and below of the corner where it stands, in the grid with its border.
    corner: usize,
    heading: Heading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    East,
    South,
    West,
    North,
}

impl Heading {
    fn to_the_right(self) -> Self {
        match self {
            Self::East => Self::South,
            Self::South => Self::West,
            Self::West => Self::North,
            Self::North => Self::East,
        }
    }

    fn to_the_left(self) -> Self {
        self.to_the_right().to_the_right().to_the_right()
    }
}

impl Walker {
    /// The cells ahead, on the left and on the right hand.
    fn ahead(self) -> (usize, usize) {
        let corner = self.corner;
        let (above_left, above, left) = (corner - WIDTH - 1, corner - WIDTH, corner - 1);
        match self.heading {
            Heading::East => (above, corner),
            Heading::South => (corner, left),
            Heading::West => (left, above_left),
            Heading::North => (above_left, above),
        }
    }

    fn step(&mut self) {
        self.corner = match self.heading {
            Heading::East => self.corner + 1,
            Heading::South => self.corner + WIDTH,
            Heading::West => self.corner - 1,
            Heading::North => self.corner - WIDTH,
        };
    }

    fn unit(self) -> Unit {
        let units = |cells: usize| i32::try_from(cells - 1).unwrap_or(0) * CELL_UNITS;
        (units(self.corner % WIDTH), units(self.corner / WIDTH))
    }
}

/// The ring that the top edge of a cell is on, from the cell's upper left corner.
fn walk(regions: &[u16], start: usize, is_done: &mut [bool]) -> Vec<Unit> {
    let region = at(regions, start);
    let first = Walker {
        corner: start,
        heading: Heading::East,
    };
    let (mut walker, mut points) = (first, Vec::new());
    loop {
        points.push(walker.unit());
        loop {
            if walker.heading == Heading::East
                && let Some(is_done) = is_done.get_mut(walker.corner)
            {
                *is_done = true;
            }
            walker.step();
            let (left, right) = walker.ahead();
            if at(regions, left) == region {
                walker.heading = walker.heading.to_the_left();
                break;
            }
            if at(regions, right) != region {
                walker.heading = walker.heading.to_the_right();
                break;
            }
        }
        if walker == first {
            return points;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid from a picture of its upper left corner; a dot is nothing.
    fn grid(picture: &[&str]) -> Vec<u16> {
        let mut grid = vec![0; CELLS * CELLS];
        for (row, line) in picture.iter().enumerate() {
            for (column, letter) in line.bytes().enumerate().filter(|(_, byte)| *byte != b'.') {
                grid[row * CELLS + column] = u16::from(letter - b'a' + 1);
            }
        }
        grid
    }

    /// Value and corners of each ring, in cells.
    fn rings(picture: &[&str]) -> Vec<(u16, Vec<Unit>)> {
        let in_cells = |(x, y): &Unit| (x / CELL_UNITS, y / CELL_UNITS);
        trace(&grid(picture))
            .iter()
            .map(|ring| (ring.value, ring.points.iter().map(in_cells).collect()))
            .collect()
    }

    #[test]
    fn equal_neighbours_become_one_ring() {
        let found = rings(&["bb", "ab"]);
        let a = (1, vec![(0, 1), (1, 1), (1, 2), (0, 2)]);
        let b = (2, vec![(0, 0), (2, 0), (2, 2), (1, 2), (1, 1), (0, 1)]);
        assert_eq!(found, [a, b]);
    }

    #[test]
    fn a_hole_follows_its_outer_ring_and_runs_the_other_way() {
        let found = rings(&["aaa", "a.a", "aaa"]);
        let outer = (1, vec![(0, 0), (3, 0), (3, 3), (0, 3)]);
        let hole = (1, vec![(1, 2), (2, 2), (2, 1), (1, 1)]);
        assert_eq!(found, [outer, hole]);
    }

    #[test]
    fn regions_that_touch_at_a_corner_stay_apart() {
        let found = rings(&["a.", ".a"]);
        let first = (1, vec![(0, 0), (1, 0), (1, 1), (0, 1)]);
        let second = (1, vec![(1, 1), (2, 1), (2, 2), (1, 2)]);
        assert_eq!(found, [first, second]);
    }

    #[test]
    fn a_region_that_touches_itself_at_a_corner_has_a_hole_there() {
        // the cells right of and below the missing corner touch at a corner of the hole
        let found = rings(&["aa.", "a.a", "aaa"]);
        let outer = vec![(0, 0), (2, 0), (2, 1), (3, 1), (3, 3), (0, 3)];
        let hole = vec![(1, 2), (2, 2), (2, 1), (1, 1)];
        assert_eq!(found, [(1, outer), (1, hole)]);
    }

    #[test]
    fn the_whole_grid_is_one_square() {
        let rings = trace(&vec![7; CELLS * CELLS]);
        assert_eq!(rings.len(), 1);
        assert_eq!(
            rings[0].points,
            [(0, 0), (4096, 0), (4096, 4096), (0, 4096)]
        );
    }

    #[test]
    fn areas_of_rings_add_up_to_the_cells() {
        let mut seed = 7_u32;
        let noise: Vec<u16> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u16::try_from(seed >> 30).unwrap()
        })
        .take(CELLS * CELLS)
        .collect();
        for value in 1..4_u16 {
            let rings = trace(&noise);
            let doubled: i32 = rings
                .iter()
                .filter(|ring| ring.value == value)
                .flat_map(|ring| {
                    let next = ring.points.iter().cycle().skip(1);
                    ring.points.iter().zip(next)
                })
                .map(|(a, b)| a.0 / 32 * (b.1 / 32) - b.0 / 32 * (a.1 / 32))
                .sum();
            let cells = noise.iter().filter(|held| **held == value).count();
            assert_eq!(usize::try_from(doubled).unwrap(), 2 * cells);
            for ring in rings {
                let corners: std::collections::HashSet<_> = ring.points.iter().collect();
                assert_eq!(corners.len(), ring.points.len(), "a corner twice");
            }
        }
    }
}
