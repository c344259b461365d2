//! A page: some hundred parcels of one commune as columns.

use super::{FINE_BITS, Fine, World, WorldBox};
use crate::domain::{Area, CommuneCode, ParcelId, ZoneCode};

/// How many parcels a page is built with.
pub const PAGE_PARCELS: usize = 256;

/// A parcel on its way into or out of a page: what tiles, identify and search by place need, and nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its commune.
    pub commune: CommuneCode,
    /// Its sheet.
    pub sheet_no: i32,
    /// The zone of its legal coordinates.
    pub zone: ZoneCode,
    /// Its number in the sheet.
    pub parcel_no: i32,
    /// Main land-use code, empty if unknown.
    pub land_use: String,
    /// Whether the public may see use and area.
    pub is_open: bool,
    /// Legal area, or the computed one where no legal area is known.
    pub area: Area,
    /// Where its label stands.
    pub label: Fine,
    /// Outer ring, then holes; not closed.
    pub rings: Vec<Vec<Fine>>,
}

/// An immutable page.
#[derive(Debug)]
pub struct Page {
    bounds: WorldBox,
    longest_side: u32,
    commune: CommuneCode,
    sheets: Box<[(i32, ZoneCode)]>,
    land_uses: Box<[Box<str>]>,
    rows: Box<[Row]>,
    ring_ends: Box<[u32]>,
    vertices: Box<[World]>,
    /// The low bits of each vertex, x in the high nibble.
    fines: Box<[u8]>,
}

/// The fixed-size part of a parcel.
#[derive(Debug, Clone, Copy)]
struct Row {
    parcel_id: ParcelId,
    bounds: WorldBox,
    label: World,
    parcel_no: i32,
    area_tenths_m2: u32,
    first_ring: u32,
    sheet: u16,
    land_use: u16,
    is_open: bool,
}

/// One parcel of a page.
#[derive(Debug, Clone, Copy)]
pub struct ParcelView<'a> {
    page: &'a Page,
    row: &'a Row,
    slot: usize,
}

impl Page {
    /// Builds a page. All parcels must be of one commune, that of the first; `None` for no parcels.
    pub fn build(parcels: &[PageParcel]) -> Option<Self> {
        let commune = parcels.first()?.commune;
        let mut sheets = Vec::new();
        let mut land_uses = Vec::new();
        let mut rows = Vec::with_capacity(parcels.len());
        let mut ring_ends = Vec::new();
        let mut vertices = Vec::new();
        let mut fines = Vec::new();
        for parcel in parcels {
            let first_ring = count(ring_ends.len());
            for ring in &parcel.rings {
                vertices.extend(ring.iter().map(|point| point.world()));
                fines.extend(ring.iter().map(|point| low_bits(*point)));
                ring_ends.push(count(vertices.len()));
            }
            rows.push(Row {
                parcel_id: parcel.parcel_id,
                bounds: WorldBox::around(parcel.rings.iter().flatten().map(|point| point.world())),
                label: parcel.label.world(),
                parcel_no: parcel.parcel_no,
                area_tenths_m2: u32::try_from(parcel.area.tenths_m2()).unwrap_or(u32::MAX),
                first_ring,
                sheet: place_in(&mut sheets, (parcel.sheet_no, parcel.zone)),
                land_use: place_in(&mut land_uses, Box::from(parcel.land_use.as_str())),
                is_open: parcel.is_open,
            });
        }
        Some(Self {
            bounds: rows
                .iter()
                .fold(WorldBox::EMPTY, |bounds, row| bounds.join(row.bounds)),
            longest_side: rows
                .iter()
                .map(|row| row.bounds.longest_side())
                .max()
                .unwrap_or(0),
            commune,
            sheets: sheets.into(),
            land_uses: land_uses.into(),
            rows: rows.into(),
            ring_ends: ring_ends.into(),
            vertices: vertices.into(),
            fines: fines.into(),
        })
    }

    /// The box around all parcels.
    pub fn bounds(&self) -> WorldBox {
        self.bounds
    }

    /// The longest side of any parcel's box, in world units.
    pub fn longest_side(&self) -> u32 {
        self.longest_side
    }

    /// How many parcels.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The parcels.
    pub fn parcels(&self) -> impl Iterator<Item = ParcelView<'_>> {
        self.rows.iter().enumerate().map(|(slot, row)| ParcelView {
            page: self,
            row,
            slot,
        })
    }

    /// The parcels whose box meets the box.
    pub fn parcels_in(&self, bounds: WorldBox) -> impl Iterator<Item = ParcelView<'_>> {
        self.parcels()
            .filter(move |parcel| parcel.row.bounds.meets(bounds))
    }

    /// The bytes that the page takes in memory.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.rows)
            + size_of_val(&*self.ring_ends)
            + size_of_val(&*self.vertices)
            + size_of_val(&*self.fines)
            + size_of_val(&*self.sheets)
            + self
                .land_uses
                .iter()
                .map(|code| size_of_val(code) + code.len())
                .sum::<usize>()
    }
}

impl<'a> ParcelView<'a> {
    /// The parcel's id.
    pub fn parcel_id(&self) -> ParcelId {
        self.row.parcel_id
    }

    /// The box around it.
    pub fn bounds(&self) -> WorldBox {
        self.row.bounds
    }

    /// The commune.
    pub fn commune(&self) -> CommuneCode {
        self.page.commune
    }

    /// The sheet's number.
    pub fn sheet_no(&self) -> i32 {
        self.sheet().0
    }

    /// The zone of the legal coordinates.
    pub fn zone(&self) -> ZoneCode {
        self.sheet().1
    }

    fn sheet(&self) -> (i32, ZoneCode) {
        self.page
            .sheets
            .get(usize::from(self.row.sheet))
            .copied()
            .unwrap_or_default()
    }

    /// The number in the sheet.
    pub fn parcel_no(&self) -> i32 {
        self.row.parcel_no
    }

    /// The main land-use code.
    pub fn land_use(&self) -> &'a str {
        self.page
            .land_uses
            .get(usize::from(self.row.land_use))
            .map_or("", |code| code)
    }

    /// Whether the public may see use and area.
    pub fn is_open(&self) -> bool {
        self.row.is_open
    }

    /// The area.
    pub fn area(&self) -> Area {
        Area::from_tenths_m2(u64::from(self.row.area_tenths_m2))
    }

    /// Where the label stands.
    pub fn label(&self) -> World {
        self.row.label
    }

    /// The rings in world units, outer first.
    pub fn rings(
        &self,
    ) -> impl Iterator<Item = impl ExactSizeIterator<Item = World> + use<'a>> + use<'a> {
        let page = self.page;
        self.ring_spans().map(move |(start, end)| {
            let vertices = page.vertices.get(start..end).unwrap_or_default();
            vertices.iter().copied()
        })
    }

    /// The rings in fine units, outer first.
    pub fn fine_rings(&self) -> impl Iterator<Item = Vec<Fine>> + use<'a> {
        let page = self.page;
        self.ring_spans().map(move |(start, end)| {
            let vertices = page.vertices.get(start..end).unwrap_or_default();
            let fines = page.fines.get(start..end).unwrap_or_default();
            vertices
                .iter()
                .zip(fines)
                .map(|(vertex, low)| with_low_bits(*vertex, *low))
                .collect()
        })
    }

    fn ring_spans(&self) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let page = self.page;
        let first = self.row.first_ring as usize;
        let last = page
            .rows
            .get(self.slot + 1)
            .map_or(page.ring_ends.len(), |next| next.first_ring as usize);
        let end_of = move |ring: usize| page.ring_ends.get(ring).copied().unwrap_or(0) as usize;
        (first..last).map(move |ring| (ring.checked_sub(1).map_or(0, end_of), end_of(ring)))
    }

    /// The parcel as it was put in; label and area in the page's precision.
    pub fn to_parcel(&self) -> PageParcel {
        PageParcel {
            parcel_id: self.parcel_id(),
            commune: self.commune(),
            sheet_no: self.sheet_no(),
            zone: self.zone(),
            parcel_no: self.parcel_no(),
            land_use: self.land_use().to_owned(),
            is_open: self.is_open(),
            area: self.area(),
            label: self.label().fine(),
            rings: self.fine_rings().collect(),
        }
    }
}

/// Sorts parcels along a Hilbert curve of their boxes' centres, so that neighbours come into one page.
pub fn hilbert_order(parcels: &mut [PageParcel]) {
    parcels.sort_by_cached_key(|parcel| {
        let bounds = WorldBox::around(parcel.rings.iter().flatten().map(|point| point.world()));
        let middle = |low: u32, high: u32| low / 2 + high / 2;
        (
            hilbert(
                middle(bounds.min.x, bounds.max.x),
                middle(bounds.min.y, bounds.max.y),
            ),
            parcel.parcel_id,
        )
    });
}

/// The distance along a Hilbert curve of order 32 (Hamilton's formulation, `xy2d`).
fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut distance = 0;
    for bit in (0..32).rev() {
        let (right, lower) = (x >> bit & 1, y >> bit & 1);
        distance = distance << 2 | u64::from((3 * right) ^ lower);
        if lower == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    distance
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn place_in<T: PartialEq>(table: &mut Vec<T>, value: T) -> u16 {
    let place = table
        .iter()
        .position(|entry| *entry == value)
        .unwrap_or_else(|| {
            table.push(value);
            table.len() - 1
        });
    u16::try_from(place).unwrap_or(u16::MAX)
}

const LOW: i64 = (1 << FINE_BITS) - 1;

fn low_bits(point: Fine) -> u8 {
    u8::try_from((point.x & LOW) << FINE_BITS | point.y & LOW).unwrap_or(0)
}

fn with_low_bits(vertex: World, low: u8) -> Fine {
    let fine = vertex.fine();
    Fine {
        x: fine.x | i64::from(low >> FINE_BITS),
        y: fine.y | i64::from(low) & LOW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(serial: i64, rings: Vec<Vec<Fine>>) -> PageParcel {
        PageParcel {
            parcel_id: ParcelId::try_from((1 << 40) + serial).unwrap(),
            commune: CommuneCode::parse("99001").unwrap(),
            sheet_no: 3,
            zone: 9210,
            parcel_no: 7,
            land_use: "ONT".to_owned(),
            is_open: true,
            area: Area::from_tenths_m2(1234),
            label: rings[0][0].world().fine(),
            rings,
        }
    }

    #[test]
    fn what_goes_into_a_page_comes_out() {
        let ring = |start: i64| {
            vec![
                Fine { x: start, y: 17 },
                Fine {
                    x: start + 95,
                    y: 31,
                },
                Fine {
                    x: start + 40,
                    y: 301,
                },
            ]
        };
        let parcels = vec![
            parcel(1, vec![ring(1000), ring(1010)]),
            parcel(2, vec![ring(5003)]),
        ];
        let page = Page::build(&parcels).unwrap();
        assert_eq!(
            page.parcels()
                .map(|view| view.to_parcel())
                .collect::<Vec<_>>(),
            parcels
        );
        assert!(Page::build(&[]).is_none());
    }

    #[test]
    fn a_hilbert_curve_steps_from_neighbour_to_neighbour() {
        let mut places: Vec<_> = (0..16_u32)
            .flat_map(|x| (0..16_u32).map(move |y| (x, y)))
            .collect();
        places.sort_by_key(|(x, y)| hilbert(*x, *y));
        assert!(
            places
                .windows(2)
                .all(|pair| pair[0].0.abs_diff(pair[1].0) + pair[0].1.abs_diff(pair[1].1) == 1)
        );
    }
}
