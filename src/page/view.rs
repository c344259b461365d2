//! One parcel of a page.

use super::pages::{LARGE, NO_AREA, OPEN, Page, WIDE};
use super::texts::split_uses;
use super::{FINE_BITS, Fine, PageParcel, PageSheet, PageUse, World, WorldBox};
use crate::domain::{Area, CommuneCode, NationalCode, ParcelId, Revision, ZoneCode};
use std::ops::Range;
use time::{Date, OffsetDateTime};

/// One parcel of a page.
#[derive(Debug, Clone, Copy)]
pub struct ParcelView<'a> {
    page: &'a Page,
    slot: usize,
}

impl<'a> ParcelView<'a> {
    pub(super) fn new(page: &'a Page, slot: usize) -> Self {
        Self { page, slot }
    }

    fn of<T: Copy>(&self, column: &[T], otherwise: T) -> T {
        column.get(self.slot).copied().unwrap_or(otherwise)
    }

    /// The parcel's id.
    pub fn parcel_id(&self) -> ParcelId {
        let id = self.of(&self.page.columns.ids, 0);
        ParcelId::try_from(id).unwrap_or(*self.page.ids().start())
    }

    /// The national code.
    pub fn national_code(&self) -> Option<NationalCode> {
        let bits = self
            .of(&self.page.columns.national_codes, 0)
            .checked_sub(1)?;
        Some(NationalCode::from_bits(bits))
    }

    /// The box around it.
    pub fn bounds(&self) -> WorldBox {
        if self.has(WIDE) {
            return WorldBox::around(self.rings().flatten());
        }
        let [x, y] = self.of(&self.page.columns.corners, [0; 2]);
        let [width, height] = self.of(&self.page.columns.sides, [0; 2]);
        WorldBox {
            min: World { x, y },
            max: World {
                x: x.saturating_add(width.into()),
                y: y.saturating_add(height.into()),
            },
        }
    }

    /// The commune.
    pub fn commune(&self) -> CommuneCode {
        self.page.commune
    }

    /// The sheet.
    pub fn sheet(&self) -> PageSheet {
        let place = self.of(&self.page.columns.parcel_sheets, 0);
        let unknown = PageSheet {
            commune_from: Date::MIN,
            sheet_no: 0,
            zone: 0,
            scale_denominator: None,
        };
        self.page.sheet(place.into()).unwrap_or(unknown)
    }

    /// The sheet's number.
    pub fn sheet_no(&self) -> i32 {
        self.sheet().sheet_no
    }

    /// The zone of the legal coordinates.
    pub fn zone(&self) -> ZoneCode {
        self.sheet().zone
    }

    /// The number in the sheet.
    pub fn parcel_no(&self) -> i32 {
        self.of(&self.page.columns.parcel_nos, 0)
    }

    /// The main land-use code; empty if unknown.
    pub fn land_use(&self) -> &'a str {
        let place = self.of(&self.page.columns.land_uses, u16::MAX);
        self.page.text(place).unwrap_or_default()
    }

    /// The place of the main land-use code among the page's texts: equal places are equal codes.
    pub fn land_use_place(&self) -> u16 {
        self.of(&self.page.columns.land_uses, u16::MAX)
    }

    /// All uses, main use first: code, area, origin, term.
    pub fn uses(
        &self,
    ) -> impl Iterator<Item = (&'a str, Option<Area>, Option<&'a str>, Option<&'a str>)> {
        let place = self.of(&self.page.columns.use_lists, u16::MAX);
        split_uses(self.page.text(place).unwrap_or_default(), self.legal_area())
    }

    /// Whether the public may see use and area.
    pub fn is_open(&self) -> bool {
        self.has(OPEN)
    }

    /// The legal area, or the computed one where no legal area is known.
    pub fn area(&self) -> Area {
        self.legal_area().unwrap_or_else(|| self.computed_area())
    }

    /// The area by the papers.
    pub fn legal_area(&self) -> Option<Area> {
        let area = self.of(&self.page.columns.legal_areas, NO_AREA);
        (area != NO_AREA).then(|| self.area_of(area))
    }

    /// The area by the coordinates.
    pub fn computed_area(&self) -> Area {
        self.area_of(self.of(&self.page.columns.computed_areas, 0))
    }

    fn area_of(&self, stored: u32) -> Area {
        let tenths = if self.has(LARGE) {
            let text = u16::try_from(stored)
                .ok()
                .and_then(|place| self.page.text(place));
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        } else {
            u64::from(stored)
        };
        Area::from_tenths_m2(tenths)
    }

    /// The address.
    pub fn address(&self) -> Option<&'a str> {
        self.page
            .text(self.of(&self.page.columns.addresses, u16::MAX))
    }

    /// The version.
    pub fn revision(&self) -> Revision {
        Revision(self.of(&self.page.columns.revisions, 0).into())
    }

    /// The first day in force.
    pub fn in_force_from(&self) -> Date {
        let day = self.of(&self.page.columns.in_force_from, 0);
        Date::from_julian_day(day).unwrap_or(Date::MIN)
    }

    /// When the register took it in.
    pub fn recorded_at(&self) -> OffsetDateTime {
        let micros = self.of(&self.page.columns.recorded_us, 0);
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Where the label stands.
    pub fn label(&self) -> World {
        let [x, y] = self.of(&self.page.columns.labels, [0; 2]);
        World { x, y }
    }

    /// The same in fine units.
    pub fn fine_label(&self) -> Fine {
        with_low_bits(self.label(), self.of(&self.page.columns.label_fines, 0))
    }

    fn has(&self, flag: u8) -> bool {
        self.of(&self.page.columns.flags, 0) & flag > 0
    }

    /// The rings in world units, outer first.
    pub fn rings(
        &self,
    ) -> impl Iterator<Item = impl ExactSizeIterator<Item = World> + use<'a>> + use<'a> {
        let [left, top] = self.of(&self.page.columns.corners, [0; 2]);
        let (page, is_wide) = (self.page, self.has(WIDE));
        let entries = if is_wide { 2 } else { 1 };
        self.ring_spans().map(move |span| {
            let points = page.columns.points.get(span).unwrap_or_default();
            points.chunks_exact(entries).map(move |entry| {
                let (x, y) = match *entry {
                    [[x, y]] => (u32::from(x), u32::from(y)),
                    [[high_x, high_y], [x, y], ..] => (
                        u32::from(high_x) << 16 | u32::from(x),
                        u32::from(high_y) << 16 | u32::from(y),
                    ),
                    [] => (0, 0),
                };
                World {
                    x: left.wrapping_add(x),
                    y: top.wrapping_add(y),
                }
            })
        })
    }

    /// The corner of the box, and the rings in world units from there, as they are kept; `None` of a parcel too wide for that.
    pub fn near_rings(&self) -> Option<(World, impl Iterator<Item = &'a [[u16; 2]]> + use<'a>)> {
        if self.has(WIDE) {
            return None;
        }
        let [x, y] = self.of(&self.page.columns.corners, [0; 2]);
        let points = &self.page.columns.points;
        let rings = self.ring_spans().filter_map(|span| points.get(span));
        Some((World { x, y }, rings))
    }

    /// The rings in fine units, outer first.
    pub fn fine_rings(
        &self,
    ) -> impl Iterator<Item = impl Iterator<Item = Fine> + use<'a>> + use<'a> {
        let page = self.page;
        let entries = if self.has(WIDE) { 2 } else { 1 };
        self.rings()
            .zip(self.ring_spans())
            .map(move |(ring, span)| {
                let fines = page.columns.fines.get(span).unwrap_or_default();
                let low = fines.iter().skip(entries - 1).step_by(entries);
                ring.zip(low)
                    .map(|(vertex, low)| with_low_bits(vertex, *low))
            })
    }

    /// The same, gathered.
    pub fn outline(&self) -> Vec<Vec<Fine>> {
        self.fine_rings().map(|ring| ring.collect()).collect()
    }

    fn ring_spans(&self) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let columns = &self.page.columns;
        let first = self.of(&columns.first_rings, 0) as usize;
        let next = columns.first_rings.get(self.slot + 1);
        let last = next.map_or(columns.ring_ends.len(), |next| *next as usize);
        let end_of = |ring: usize| columns.ring_ends.get(ring).copied().unwrap_or(0) as usize;
        (first..last).map(move |ring| ring.checked_sub(1).map_or(0, end_of)..end_of(ring))
    }

    /// Whether tiles show both alike.
    pub fn looks_like(&self, other: &Self) -> bool {
        let facts = |view: &Self| {
            (
                view.commune(),
                view.sheet_no(),
                view.parcel_no(),
                view.is_open(),
                view.label(),
            )
        };
        facts(self) == facts(other)
            && (self.land_use(), self.area()) == (other.land_use(), other.area())
            && self.outline().eq(&other.outline())
    }

    /// The parcel as it was put in.
    pub fn to_parcel(&self) -> PageParcel {
        let text = |text: Option<&str>| text.map(str::to_owned);
        PageParcel {
            parcel_id: self.parcel_id(),
            national_code: self.national_code(),
            commune: self.commune(),
            sheet: self.sheet(),
            parcel_no: self.parcel_no(),
            uses: self
                .uses()
                .map(|(code, area, origin, term)| PageUse {
                    code: code.to_owned(),
                    area,
                    origin: text(origin),
                    term: text(term),
                })
                .collect(),
            is_open: self.is_open(),
            legal_area: self.legal_area(),
            computed_area: self.computed_area(),
            address: text(self.address()),
            revision: self.revision(),
            in_force_from: self.in_force_from(),
            recorded_at: self.recorded_at(),
            label: self.fine_label(),
            rings: self.outline(),
        }
    }
}

fn with_low_bits(vertex: World, low: u8) -> Fine {
    const LOW: i64 = (1 << FINE_BITS) - 1;
    let fine = vertex.fine();
    Fine {
        x: fine.x | i64::from(low >> FINE_BITS),
        y: fine.y | i64::from(low) & LOW,
    }
}
