//! Parcels too small to draw, counted by cell of the tile and land use, and the layer that shows them.

use super::mvt::{Kind, Layer, Path, Value};
use super::regions::{CELL_UNITS, CELLS, RegionRing, trace};
use super::ring::Unit;
use super::table::{Table, packed};
use std::cmp::Reverse;

const NAME: &str = "aggregates";
const KEYS: &[&str] = &["aggregated", "land_use", "parcels", "area_m2"];
/// A use that has no cell of its own is drawn as a square of so many units, one pixel of a tile of 512.
const MARK_UNITS: i32 = 8;

/// Counts of parcels by cell and use.
#[derive(Debug, Default)]
pub struct Cells<'a> {
    /// `None` for land whose use the public may not see.
    uses: Vec<Option<&'a str>>,
    use_numbers: Table,
    tally_numbers: Table,
    tallies: Vec<Tally>,
}

/// The parcels of one use whose labels lie in one cell.
#[derive(Debug, Clone, Copy)]
struct Tally {
    cell: u16,
    land_use: usize,
    parcels: u64,
    area_tenths_m2: u64,
}

/// All parcels of one use.
#[derive(Debug, Clone, Copy)]
struct Total {
    parcels: u64,
    area_tenths_m2: u64,
    /// Where most of it is.
    chief: Tally,
}

/// The cell of a unit in the tile, row by row.
pub fn cell_of((x, y): Unit) -> u16 {
    u16::try_from(y / CELL_UNITS * 128 + x / CELL_UNITS).unwrap_or(0)
}

impl<'a> Cells<'a> {
    /// Adds parcels to a cell.
    pub fn add(&mut self, cell: u16, land_use: Option<&'a str>, parcels: u32, area_tenths_m2: u64) {
        self.change(cell, land_use, |tally| {
            tally.parcels += u64::from(parcels);
            tally.area_tenths_m2 = tally.area_tenths_m2.saturating_add(area_tenths_m2);
        });
    }

    /// Takes a parcel out again.
    pub fn remove(&mut self, cell: u16, land_use: Option<&'a str>, area_tenths_m2: u64) {
        self.change(cell, land_use, |tally| {
            tally.parcels = tally.parcels.saturating_sub(1);
            tally.area_tenths_m2 = tally.area_tenths_m2.saturating_sub(area_tenths_m2);
        });
    }

    fn change(&mut self, cell: u16, land_use: Option<&'a str>, change: impl FnOnce(&mut Tally)) {
        let land_use = self.use_number(land_use);
        let key = (land_use as u64) << 14 | u64::from(cell);
        let number = self.tally_numbers.number(key) as usize;
        if number == self.tallies.len() {
            self.tallies.push(Tally {
                cell,
                land_use,
                parcels: 0,
                area_tenths_m2: 0,
            });
        }
        if let Some(tally) = self.tallies.get_mut(number) {
            change(tally);
        }
    }

    fn use_number(&mut self, land_use: Option<&'a str>) -> usize {
        let key = match land_use.map(packed) {
            None => 0,
            Some(Some(packed)) => packed,
            Some(None) => {
                let known = self.uses.iter().position(|known| *known == land_use);
                // A long code takes a key that no short code has.
                u64::MAX - known.unwrap_or(self.uses.len()) as u64
            }
        };
        let number = self.use_numbers.number(key) as usize;
        if number == self.uses.len() {
            self.uses.push(land_use);
        }
        number
    }

    /// How many parcels are counted.
    pub fn parcels(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.parcels).sum()
    }

    /// The layer `aggregates`.
    pub fn layer(&self) -> Layer {
        if self.tallies.is_empty() {
            return Layer::new(NAME, KEYS, 0);
        }
        self.map().layer()
    }

    /// Who has which cell.
    pub fn map(&self) -> CellMap<'a> {
        let mut order: Vec<_> = self.uses.iter().copied().zip(0_usize..).collect();
        order.sort_unstable();
        let mut ranks = vec![0_u16; order.len()];
        for ((_, number), rank) in order.iter().zip(1_u16..) {
            if let Some(place) = ranks.get_mut(*number) {
                *place = rank;
            }
        }
        let mut map = CellMap {
            uses: order.into_iter().map(|(land_use, _)| land_use).collect(),
            totals: vec![None; self.uses.len()],
            grid: vec![0; CELLS * CELLS],
        };
        let mut leading = vec![(0, 0, Reverse(0)); CELLS * CELLS];
        for tally in self.tallies.iter().filter(|tally| tally.parcels > 0) {
            let rank = ranks.get(tally.land_use).copied().unwrap_or(0);
            let bid = (tally.area_tenths_m2, tally.parcels, Reverse(rank));
            let cell = usize::from(tally.cell);
            if let (Some(lead), Some(holder)) = (leading.get_mut(cell), map.grid.get_mut(cell))
                && bid > *lead
            {
                (*lead, *holder) = (bid, rank);
            }
            map.count(rank, tally);
        }
        map
    }
}

/// The uses of a tile's small parcels, and the cells that each has.
#[derive(Debug)]
pub struct CellMap<'a> {
    /// By rank, which is by code.
    uses: Vec<Option<&'a str>>,
    totals: Vec<Option<Total>>,
    /// The rank, from 1, of the use that a cell is drawn as; 0 where no small parcel is.
    grid: Vec<u16>,
}

impl<'a> CellMap<'a> {
    fn count(&mut self, rank: u16, tally: &Tally) {
        let Some(total) = self.totals.get_mut(usize::from(rank).wrapping_sub(1)) else {
            return;
        };
        let weight = |tally: &Tally| (tally.area_tenths_m2, tally.parcels, Reverse(tally.cell));
        match total {
            None => {
                *total = Some(Total {
                    parcels: tally.parcels,
                    area_tenths_m2: tally.area_tenths_m2,
                    chief: *tally,
                });
            }
            Some(total) => {
                total.parcels += tally.parcels;
                total.area_tenths_m2 = total.area_tenths_m2.saturating_add(tally.area_tenths_m2);
                if weight(tally) > weight(&total.chief) {
                    total.chief = *tally;
                }
            }
        }
    }

    /// The use that a cell is drawn as; `None` for a use that the public may not see.
    pub fn use_of(&self, cell: u16) -> Option<&'a str> {
        let rank = self.grid.get(usize::from(cell)).copied()?;
        *self.uses.get(usize::from(rank).checked_sub(1)?)?
    }

    /// A feature for each use, drawn as the cells where it has the most area, then the most parcels,
    /// then the first code.
    fn layer(&self) -> Layer {
        let mut layer = Layer::new(NAME, KEYS, self.uses.len());
        let rings = trace(&self.grid);
        let mut path = Path::default();
        for ((land_use, total), rank) in self.uses.iter().zip(&self.totals).zip(1_u16..) {
            let Some(total) = total else { continue };
            path.clear();
            let first = rings.partition_point(|ring| ring.value < rank);
            let own = rings
                .iter()
                .skip(first)
                .take_while(|ring| ring.value == rank);
            draw(&mut path, own, total.chief.cell);
            let values = [
                Some(layer.value(Value::Flag(true))),
                land_use.map(|code| layer.value(Value::Text(code))),
                Some(layer.value(Value::Whole(total.parcels))),
                land_use.map(|_| layer.value(Value::Tenths(total.area_tenths_m2))),
            ];
            layer.push(feature_id(*land_use), &values, Kind::Polygon, &path);
        }
        layer
    }
}

/// Draws a use's regions; where it has none, a mark in the middle of its chief cell.
fn draw<'r>(path: &mut Path, rings: impl Iterator<Item = &'r RegionRing>, chief: u16) {
    for ring in rings {
        path.ring(ring.points.iter().copied());
    }
    if path.is_empty() {
        let middle = |cell: u16| i32::from(cell) * CELL_UNITS + (CELL_UNITS - MARK_UNITS) / 2;
        path.square((middle(chief & 0x7f), middle(chief >> 7)), MARK_UNITS);
    }
}

/// An id that a use has in every tile: its letters as a number, 2 for hidden use, none for a code of seven letters or more.
fn feature_id(land_use: Option<&str>) -> Option<u64> {
    match land_use {
        None => Some(2),
        Some(code) => packed(code).filter(|id| *id < 1 << 53),
    }
}
