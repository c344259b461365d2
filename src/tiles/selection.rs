//! What a tile draws one by one, and what it only counts.

use super::cells::{Cells, cell_of};
use super::tile_id::TileId;
use crate::page::{Ground, OVERVIEW_ZOOM, ParcelView, World};

/// Up to this zoom a tile counts small parcels; from the next it draws all, unless they are too many.
const COUNTING_ZOOM: u32 = 13;
/// There, parcels with a longer side of fewer units are counted: two pixels of a tile of 512.
const LEAST_SIDE_UNITS: u32 = 16;
/// Up to this zoom an overview's cell lies within one cell of the tile, so that small parcels need not be visited.
const OVERVIEW_TILE_ZOOM: u32 = OVERVIEW_ZOOM - 7;
/// Hardly any drawn parcel takes fewer bytes.
pub const LEAST_PARCEL_BYTES: usize = 32;

/// The parcels of a tile, parted by size.
#[derive(Debug)]
pub struct Selection<'a> {
    tile: TileId,
    /// Parcels to draw, in no order; their boxes meet the buffered tile.
    pub drawn: Vec<ParcelView<'a>>,
    /// The others whose labels lie in the tile.
    pub cells: Cells<'a>,
    /// Parcels whose box has a shorter longer side are counted.
    pub least_side_units: u32,
}

/// The least longer side, in tile units, of parcels that a zoom draws.
pub fn least_side_units(zoom: u32) -> u32 {
    if zoom <= COUNTING_ZOOM {
        LEAST_SIDE_UNITS
    } else {
        0
    }
}

impl TileId {
    /// The longest side, in world units, that a page must have for the tile to need it; 0 where it needs all pages, because
    /// overviews are too coarse for it.
    pub fn least_side(self) -> u32 {
        if self.zoom() <= OVERVIEW_TILE_ZOOM {
            self.world_along(LEAST_SIDE_UNITS)
        } else {
            0
        }
    }
}

fn side_units(tile: TileId, parcel: &ParcelView<'_>) -> u32 {
    tile.units_along(parcel.bounds().longest_side())
}

/// What the public may know of a parcel's use and area, in tenths of a square metre.
fn open_use<'a>(parcel: &ParcelView<'a>) -> (Option<&'a str>, u64) {
    if parcel.is_open() {
        (Some(parcel.land_use()), parcel.area().tenths_m2())
    } else {
        (None, 0)
    }
}

impl<'a> Selection<'a> {
    /// Parts the parcels by the zoom's own measure.
    pub fn of(tile: TileId, ground: &Ground<'a>) -> Self {
        let mut selection = Self {
            tile,
            drawn: Vec::new(),
            cells: Cells::default(),
            least_side_units: least_side_units(tile.zoom()),
        };
        if tile.zoom() <= OVERVIEW_TILE_ZOOM {
            selection.take_large(ground);
            selection.count_overviews(ground);
        } else {
            selection.take_all(ground);
        }
        selection
    }

    fn take_all(&mut self, ground: &Ground<'a>) {
        let bounds = self.tile.buffered();
        let least = self.least_side_units;
        for parcel in ground.pages.iter().flat_map(|page| page.parcels_in(bounds)) {
            if least == 0 || side_units(self.tile, &parcel) >= least {
                self.drawn.push(parcel);
            } else {
                self.count(&parcel);
            }
        }
    }

    fn take_large(&mut self, ground: &Ground<'a>) {
        let bounds = self.tile.buffered();
        let least = self.tile.least_side();
        let pages = ground
            .pages
            .iter()
            .filter(|page| page.longest_side() >= least);
        for parcel in pages.flat_map(|page| page.parcels_in(bounds)) {
            if side_units(self.tile, &parcel) >= self.least_side_units {
                self.drawn.push(parcel);
            }
        }
    }

    /// Counts all parcels, except those to draw.
    fn count_overviews(&mut self, ground: &Ground<'a>) {
        let corner = |cell: u32| cell << (32 - OVERVIEW_ZOOM);
        for cell in ground
            .overviews
            .iter()
            .flat_map(|overview| overview.cells())
        {
            let place = World {
                x: corner(cell.cell.0),
                y: corner(cell.cell.1),
            };
            if let Some(unit) = self.tile.unit_within(place) {
                self.cells.add(
                    cell_of(unit),
                    cell.land_use,
                    cell.parcels,
                    cell.area_tenths_m2,
                );
            }
        }
        for parcel in &self.drawn {
            if let Some(unit) = self.tile.unit_within(parcel.label()) {
                let (land_use, area_tenths_m2) = open_use(parcel);
                self.cells.remove(cell_of(unit), land_use, area_tenths_m2);
            }
        }
    }

    fn count(&mut self, parcel: &ParcelView<'a>) {
        if let Some(unit) = self.tile.unit_within(parcel.label()) {
            let (land_use, area_tenths_m2) = open_use(parcel);
            self.cells.add(cell_of(unit), land_use, 1, area_tenths_m2);
        }
    }

    /// Raises the measure until at most so many parcels are left to draw; the smallest are counted instead.
    pub fn keep(&mut self, count: usize) {
        let Some(first_to_go) = self.drawn.len().checked_sub(count + 1) else {
            return;
        };
        let tile = self.tile;
        let sides = self.drawn.iter().map(|parcel| side_units(tile, parcel));
        let mut sides: Vec<_> = sides.collect();
        let (_, side, _) = sides.select_nth_unstable(first_to_go);
        let least = side.saturating_add(1);
        self.least_side_units = least;
        let (small, drawn): (Vec<_>, _) = std::mem::take(&mut self.drawn)
            .into_iter()
            .partition(|parcel| side_units(tile, parcel) < least);
        self.drawn = drawn;
        for parcel in &small {
            self.count(parcel);
        }
    }

    /// The parcels to draw, by id.
    pub fn ordered(&self) -> impl Iterator<Item = ParcelView<'a>> {
        // Ids are sorted with their places, not the parcels themselves: half the bytes to move.
        let keys = self.drawn.iter().zip(0_u32..).map(|(parcel, place)| {
            let id = i64::from(parcel.parcel_id()).unsigned_abs();
            u128::from(id) << 32 | u128::from(place)
        });
        let mut order: Vec<u128> = keys.collect();
        order.sort_unstable();
        order.into_iter().filter_map(|key| {
            let place = usize::try_from(key & u128::from(u32::MAX)).ok()?;
            self.drawn.get(place).copied()
        })
    }
}
