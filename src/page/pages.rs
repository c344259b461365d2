//! A page: some hundred parcels of one commune as columns.

use super::columns::Columns;
use super::texts::{Texts, join_uses};
use super::{FINE_BITS, Fine, PageParcel, PageSheet, ParcelView, World, WorldBox, hull};
use crate::domain::{Area, CommuneCode, ParcelId};
use std::ops::RangeInclusive;
use time::Date;

/// How many parcels a page is built with.
pub const PAGE_PARCELS: usize = 256;

/// The public may see use and area.
pub(super) const OPEN: u8 = 1;
/// A side of the box does not fit 16 bits: points take two entries.
pub(super) const WIDE: u8 = 2;
/// The areas do not fit 32 bits: their columns hold places of texts.
pub(super) const LARGE: u8 = 4;
/// No text.
pub(super) const NO_TEXT: u16 = u16::MAX;
/// No area.
pub(super) const NO_AREA: u32 = u32::MAX;

/// An immutable page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    pub(super) commune: CommuneCode,
    pub(super) columns: Columns,
    bounds: WorldBox,
    longest_side: u32,
    ids: RangeInclusive<ParcelId>,
}

impl Page {
    /// Builds a page. All parcels must be of one commune, that of the first; `None` for no parcels.
    pub fn build(parcels: &[PageParcel]) -> Option<Self> {
        let commune = parcels.first()?.commune;
        let mut building = Building::default();
        for parcel in parcels {
            building.push(parcel);
        }
        Self::of_columns(commune, building.columns())
    }

    /// A page from its bytes; `None` where they are not those of a page.
    pub fn read(commune: CommuneCode, bytes: &mut &[u8]) -> Option<Self> {
        Self::of_columns(commune, Columns::read(bytes)?)
    }

    /// Appends the page's bytes; the commune stands elsewhere.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.columns.write(out);
    }

    fn of_columns(commune: CommuneCode, columns: Columns) -> Option<Self> {
        let id = |id: Option<&i64>| ParcelId::try_from(*id?).ok();
        let ids = id(columns.ids.iter().min())?..=id(columns.ids.iter().max())?;
        let mut page = Self {
            commune,
            columns,
            bounds: WorldBox::EMPTY,
            longest_side: 0,
            ids,
        };
        for bounds in page
            .parcels()
            .map(|parcel| parcel.bounds())
            .collect::<Vec<_>>()
        {
            page.bounds = page.bounds.join(bounds);
            page.longest_side = page.longest_side.max(bounds.longest_side());
        }
        Some(page)
    }

    /// The box around all parcels.
    pub fn bounds(&self) -> WorldBox {
        self.bounds
    }

    /// The longest side of any parcel's box, in world units.
    pub fn longest_side(&self) -> u32 {
        self.longest_side
    }

    /// From the smallest to the largest id.
    pub fn ids(&self) -> &RangeInclusive<ParcelId> {
        &self.ids
    }

    /// How many parcels.
    pub fn len(&self) -> usize {
        self.columns.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.columns.ids.is_empty()
    }

    /// The parcels.
    pub fn parcels(&self) -> impl Iterator<Item = ParcelView<'_>> {
        (0..self.len()).map(|slot| ParcelView::new(self, slot))
    }

    /// The parcels whose box meets the box.
    pub fn parcels_in(&self, bounds: WorldBox) -> impl Iterator<Item = ParcelView<'_>> {
        self.parcels()
            .filter(move |parcel| parcel.bounds().meets(bounds))
    }

    /// The parcel of an id.
    pub fn parcel(&self, id: ParcelId) -> Option<ParcelView<'_>> {
        if !self.ids.contains(&id) {
            return None;
        }
        let slot = self
            .columns
            .ids
            .iter()
            .position(|other| *other == i64::from(id))?;
        Some(ParcelView::new(self, slot))
    }

    /// The convex hull of each sheet's parcels here.
    pub fn hulls(&self) -> impl Iterator<Item = (PageSheet, &[[u32; 2]])> {
        let ends = self.columns.hull_ends.iter().map(|end| *end as usize);
        let starts = std::iter::once(0).chain(ends.clone());
        let spans = starts.zip(ends).zip(0_usize..);
        spans.filter_map(|((start, end), sheet)| {
            Some((
                self.sheet(sheet)?,
                self.columns.hull_points.get(start..end)?,
            ))
        })
    }

    pub(super) fn sheet(&self, place: usize) -> Option<PageSheet> {
        let [from, sheet_no, zone, scale] = *self.columns.sheets.get(place)?;
        Some(PageSheet {
            commune_from: Date::from_julian_day(from).unwrap_or(Date::MIN),
            sheet_no,
            zone,
            scale_denominator: (scale > 0).then_some(scale),
        })
    }

    pub(super) fn text(&self, place: u16) -> Option<&str> {
        let place = usize::from(place);
        let end = *self.columns.text_ends.get(place)? as usize;
        let before = place
            .checked_sub(1)
            .and_then(|before| self.columns.text_ends.get(before));
        let start = before.map_or(0, |end| *end as usize);
        std::str::from_utf8(self.columns.texts.get(start..end)?).ok()
    }

    /// The bytes that the page takes in memory.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() - size_of::<Columns>() + self.columns.size_bytes()
    }
}

/// Columns being filled.
#[derive(Default)]
struct Building<'a> {
    ids: Vec<i64>,
    national_codes: Vec<u64>,
    recorded_us: Vec<i64>,
    corners: Vec<[u32; 2]>,
    labels: Vec<[u32; 2]>,
    label_fines: Vec<u8>,
    sides: Vec<[u16; 2]>,
    parcel_nos: Vec<i32>,
    legal_areas: Vec<u32>,
    computed_areas: Vec<u32>,
    in_force_from: Vec<i32>,
    first_rings: Vec<u32>,
    revisions: Vec<u16>,
    parcel_sheets: Vec<u16>,
    land_uses: Vec<u16>,
    use_lists: Vec<u16>,
    addresses: Vec<u16>,
    flags: Vec<u8>,
    ring_ends: Vec<u32>,
    points: Vec<[u16; 2]>,
    fines: Vec<u8>,
    sheets: Vec<(PageSheet, Vec<World>)>,
    texts: Texts<'a>,
}

impl<'a> Building<'a> {
    fn push(&mut self, parcel: &'a PageParcel) {
        let bounds = WorldBox::around(parcel.rings.iter().flatten().map(|point| point.world()));
        let mut flags = if parcel.is_open { OPEN } else { 0 };
        if bounds.longest_side() > u16::MAX.into() {
            flags |= WIDE;
        }
        if !fits(parcel.computed_area) || parcel.legal_area.is_some_and(|area| !fits(area)) {
            flags |= LARGE;
        }
        self.ids.push(parcel.parcel_id.into());
        self.national_codes
            .push(parcel.national_code.map_or(0, |code| code.bits() + 1));
        self.recorded_us.push(micros(parcel));
        self.corners.push([bounds.min.x, bounds.min.y]);
        let label = parcel.label.world();
        self.labels.push([label.x, label.y]);
        self.label_fines.push(low_bits(parcel.label));
        self.sides.push([
            low_half(bounds.max.x.wrapping_sub(bounds.min.x)),
            low_half(bounds.max.y.wrapping_sub(bounds.min.y)),
        ]);
        self.parcel_nos.push(parcel.parcel_no);
        let legal = parcel
            .legal_area
            .map_or(NO_AREA, |area| self.area(area, flags));
        self.legal_areas.push(legal);
        let computed = self.area(parcel.computed_area, flags);
        self.computed_areas.push(computed);
        self.in_force_from
            .push(parcel.in_force_from.to_julian_day());
        self.revisions
            .push(u16::try_from(parcel.revision.0).unwrap_or(u16::MAX));
        let main = parcel.uses.first().map_or("", |row| &row.code);
        self.land_uses.push(self.texts.place(main));
        self.use_lists
            .push(self.texts.place(join_uses(&parcel.uses, parcel.legal_area)));
        let address = parcel
            .address
            .as_deref()
            .map(|address| self.texts.place(address));
        self.addresses.push(address.unwrap_or(NO_TEXT));
        self.flags.push(flags);
        self.push_rings(parcel, bounds.min, flags & WIDE > 0);
        self.push_sheet(parcel);
    }

    fn area(&mut self, area: Area, flags: u8) -> u32 {
        if flags & LARGE > 0 {
            self.texts.place(area.tenths_m2().to_string()).into()
        } else {
            u32::try_from(area.tenths_m2()).unwrap_or(NO_AREA - 1)
        }
    }

    fn push_rings(&mut self, parcel: &PageParcel, corner: World, is_wide: bool) {
        self.first_rings.push(count(self.ring_ends.len()));
        for ring in &parcel.rings {
            for point in ring {
                let place = point.world();
                let (x, y) = (
                    place.x.wrapping_sub(corner.x),
                    place.y.wrapping_sub(corner.y),
                );
                if is_wide {
                    self.points.push([low_half(x >> 16), low_half(y >> 16)]);
                    self.fines.push(0);
                }
                self.points.push([low_half(x), low_half(y)]);
                self.fines.push(low_bits(*point));
            }
            self.ring_ends.push(count(self.points.len()));
        }
    }

    fn push_sheet(&mut self, parcel: &PageParcel) {
        let known = self
            .sheets
            .iter()
            .position(|(sheet, _)| *sheet == parcel.sheet);
        let place = known.unwrap_or_else(|| {
            self.sheets.push((parcel.sheet, Vec::new()));
            self.sheets.len() - 1
        });
        self.parcel_sheets
            .push(u16::try_from(place).unwrap_or(u16::MAX));
        if let (Some((_, points)), Some(outer)) = (self.sheets.get_mut(place), parcel.rings.first())
        {
            points.extend(outer.iter().map(|point| point.world()));
        }
    }

    fn columns(self) -> Columns {
        let mut hull_points = Vec::new();
        let mut hull_ends = Vec::new();
        let mut sheets = Vec::new();
        for (sheet, points) in self.sheets {
            hull_points.extend(hull(points).into_iter().map(|point| [point.x, point.y]));
            hull_ends.push(count(hull_points.len()));
            sheets.push([
                sheet.commune_from.to_julian_day(),
                sheet.sheet_no,
                sheet.zone,
                sheet.scale_denominator.unwrap_or(0),
            ]);
        }
        Columns {
            ids: self.ids.into(),
            national_codes: self.national_codes.into(),
            recorded_us: self.recorded_us.into(),
            corners: self.corners.into(),
            labels: self.labels.into(),
            label_fines: self.label_fines.into(),
            sides: self.sides.into(),
            parcel_nos: self.parcel_nos.into(),
            legal_areas: self.legal_areas.into(),
            computed_areas: self.computed_areas.into(),
            in_force_from: self.in_force_from.into(),
            first_rings: self.first_rings.into(),
            revisions: self.revisions.into(),
            parcel_sheets: self.parcel_sheets.into(),
            land_uses: self.land_uses.into(),
            use_lists: self.use_lists.into(),
            addresses: self.addresses.into(),
            flags: self.flags.into(),
            ring_ends: self.ring_ends.into(),
            points: self.points.into(),
            fines: self.fines.into(),
            sheets: sheets.into(),
            hull_ends: hull_ends.into(),
            hull_points: hull_points.into(),
            text_ends: self.texts.ends.into(),
            texts: self.texts.bytes.into(),
        }
    }
}

fn fits(area: Area) -> bool {
    area.tenths_m2() < u64::from(NO_AREA)
}

fn micros(parcel: &PageParcel) -> i64 {
    i64::try_from(parcel.recorded_at.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the low half is what is wanted"
)]
fn low_half(unit: u32) -> u16 {
    unit as u16
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn low_bits(point: Fine) -> u8 {
    const LOW: i64 = (1 << FINE_BITS) - 1;
    u8::try_from((point.x & LOW) << FINE_BITS | point.y & LOW).unwrap_or(0)
}

#[cfg(test)]
mod tests;
