//! Tiles read back, as a client would.

mod contract;
mod counting;
mod drawing;
mod explaining;
mod outlines;
mod reader;
mod speed;

use super::{Encoded, TileId, encode};
use crate::domain::{Area, CommuneCode, ParcelId, Revision, ZoneCode};
use crate::page::{Fine, Ground, Overview, Page, PageParcel, PageSheet, PageUse, World};
use time::macros::{date, datetime};

/// Where the tests' land is: the corner of a tile at zooms 4 and above.
pub const CORNER: (u32, u32) = (0xd000_0000, 0x7000_0000);

/// Numbers that look random and are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub fn around(&mut self, middle: u32, reach: u32) -> u32 {
        let low = u64::from(middle.saturating_sub(reach));
        u32::try_from(low + self.below(2 * u64::from(reach) + 1)).unwrap_or(u32::MAX)
    }
}

/// A parcel of these rings.
pub fn parcel(number: i64, rings: &[&[(u32, u32)]]) -> PageParcel {
    let place = |(x, y): &(u32, u32)| World { x: *x, y: *y }.fine();
    let rings: Vec<Vec<Fine>> = rings
        .iter()
        .map(|ring| ring.iter().map(place).collect())
        .collect();
    let outer = &rings[0];
    let count = i64::try_from(outer.len()).unwrap();
    let mean = |axis: fn(&Fine) -> i64| outer.iter().map(axis).sum::<i64>() / count;
    let land_use =
        ["LUA", "ONT", "CLN", "", "A-VERY-LONG-CODE"][usize::try_from(number % 5).unwrap()];
    PageParcel {
        parcel_id: id(number),
        national_code: None,
        commune: CommuneCode::parse("99001").unwrap(),
        sheet: PageSheet {
            commune_from: date!(2025 - 07 - 01),
            sheet_no: 7,
            zone: ZoneCode::default(),
            scale_denominator: None,
        },
        parcel_no: i32::try_from(number % 1000).unwrap(),
        uses: vec![used(land_use)],
        is_open: number % 7 != 0,
        legal_area: Some(Area::from_tenths_m2(number.unsigned_abs() * 13 % 40_000)),
        computed_area: Area::from_tenths_m2(1),
        address: None,
        revision: Revision(1),
        in_force_from: date!(2026 - 01 - 01),
        recorded_at: datetime!(2026-11-22 00:00 UTC),
        label: Fine {
            x: mean(|point| point.x),
            y: mean(|point| point.y),
        },
        rings,
    }
}

/// A use without details.
pub fn used(code: &str) -> PageUse {
    PageUse {
        code: code.to_owned(),
        area: None,
        origin: None,
        term: None,
    }
}

pub fn id(number: i64) -> ParcelId {
    ParcelId::try_from((1 << 40) + number).unwrap()
}

/// A rectangle by its upper left corner.
pub fn rectangle(number: i64, (x, y): (u32, u32), width: u32, height: u32) -> PageParcel {
    let (right, lower) = (x + width, y + height);
    parcel(number, &[&[(x, y), (right, y), (right, lower), (x, lower)]])
}

/// Pages and overviews as an index would hold them.
pub struct Land {
    pub pages: Vec<Page>,
    overview: Overview,
}

impl Land {
    pub fn of(parcels: &[PageParcel], page_size: usize) -> Self {
        let pages: Vec<_> = parcels.chunks(page_size).filter_map(Page::build).collect();
        let overview = Overview::of(pages.iter().flat_map(|page| page.parcels()));
        Self { pages, overview }
    }

    /// What a tile needs, and no page more.
    pub fn ground(&self, tile: TileId) -> Ground<'_> {
        let is_needed = |page: &&Page| {
            page.bounds().meets(tile.buffered()) && page.longest_side() >= tile.least_side()
        };
        Ground {
            pages: self.pages.iter().filter(is_needed).collect(),
            overviews: vec![&self.overview],
            outlines: Vec::new(),
        }
    }

    pub fn tile(&self, z: u32, x: u32, y: u32) -> Encoded {
        let tile = TileId::new(z, x, y).unwrap();
        encode(tile, &self.ground(tile))
    }
}

/// Four-sided parcels with eight corners each, side by side over a square, their sides roughly `side` world units long.
pub fn field(origin: (u32, u32), across: u32, side: u32, random: &mut Random) -> Vec<PageParcel> {
    let row = across + 1;
    let corner = |column: u32, line: u32| (origin.0 + column * side, origin.1 + line * side);
    let corners: Vec<_> = (0..row * row)
        .map(|place| {
            let (x, y) = corner(place % row, place / row);
            (random.around(x, side / 5), random.around(y, side / 5))
        })
        .collect();
    let middle =
        |a: (u32, u32), b: (u32, u32)| (u32::midpoint(a.0, b.0) + 1, u32::midpoint(a.1, b.1) + 1);
    (0..across * across)
        .map(|place| {
            let first = (place / across * row + place % across) as usize;
            let [a, b] = [corners[first], corners[first + 1]];
            let [d, c] = [
                corners[first + row as usize],
                corners[first + row as usize + 1],
            ];
            let ring = [
                a,
                middle(a, b),
                b,
                middle(b, c),
                c,
                middle(c, d),
                d,
                middle(d, a),
            ];
            parcel(i64::from(place) + 1, &[&ring])
        })
        .collect()
}
