//! A commune surveyed: its blocks, and the parcels on its sheets.

use super::country::Commune;
use super::lots::{Lot, lots};
use super::names;
use super::plane::middle;
use super::random::Random;
use super::ring::doubled_mm2;
use super::sheets::{self, Surveyed};
use super::streets::{Block, Quarter, Site, blocks};
use super::uses::uses;
use super::warp::Warp;
use crate::domain::{Area, Ring};

/// Land that a parcel takes in a ward and in a rural commune, streets and a margin included, in m².
const LAND_PER_PARCEL_M2: (f64, f64) = (450.0, 650.0);

/// A map sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    pub no: i32,
    /// The scale's denominator.
    pub scale: i32,
    /// In the order of their numbers.
    pub parcels: Vec<Parcel>,
}

/// A parcel as the map has it.
#[derive(Debug)]
pub(super) struct Parcel {
    pub no: i32,
    /// Outer ring first.
    pub rings: Vec<Ring>,
    pub land_use: &'static str,
    /// Where a part of it is used otherwise.
    pub second_use: Option<&'static str>,
    pub area: Area,
    pub legal_area: Area,
    pub address: String,
}

impl Commune {
    /// The sheets of the commune in the order of their numbers.
    pub fn sheets(&self, seed: u64, warp: &Warp) -> Vec<Sheet> {
        let random = &mut Random::new(seed, self.index as u64);
        let (ward_m2, rural_m2) = LAND_PER_PARCEL_M2;
        let mut land_m2 = self.parcels as f64 * if self.is_ward { ward_m2 } else { rural_m2 };
        let surveyed = loop {
            let surveyed = self.surveyed(land_m2, warp, random);
            if surveyed.iter().map(|block| block.lots.len()).sum::<usize>() >= self.parcels {
                break surveyed;
            }
            land_m2 *= 1.1;
        };
        let groups = sheets::groups(surveyed, self.parcels);
        groups
            .into_iter()
            .zip(1..)
            .map(|(group, sheet_no)| self.sheet(sheet_no, group, random))
            .collect()
    }

    /// More than enough blocks around the centre.
    fn surveyed(&self, land_m2: f64, warp: &Warp, random: &mut Random) -> Vec<Surveyed> {
        let site = Site::new(self.centre, land_m2.sqrt().max(220.0), self.is_ward, random);
        let tallness = random.between(0.85, 1.18);
        let blocks = blocks(&site, random);
        let survey = |block: Block| {
            let away = middle(&block.corners) - site.centre;
            Some(Surveyed {
                distance_m2: away.x * away.x * tallness + away.y * away.y / tallness,
                street: names::street(random),
                lots: lots(&block, warp, random)?.1,
            })
        };
        blocks.into_iter().filter_map(survey).collect()
    }

    fn sheet(&self, sheet_no: i32, group: Vec<Surveyed>, random: &mut Random) -> Sheet {
        let scale = sheets::scale(&group);
        let hamlet = names::hamlet(random);
        let mut parcels = Vec::new();
        for block in group {
            for (lot, house_no) in block.lots.into_iter().zip(1..) {
                let address = self.address(lot.quarter, house_no, block.street, &hamlet);
                parcels.push(self.parcel(lot, scale, address, random));
            }
        }
        sheets::number(&mut parcels);
        Sheet {
            no: sheet_no,
            scale,
            parcels,
        }
    }

    fn parcel(&self, lot: Lot, scale: i32, address: String, random: &mut Random) -> Parcel {
        let area = area(&lot.rings);
        let (land_use, second_use) = uses(&lot, self.is_ward, area, random);
        Parcel {
            no: 0,
            rings: lot.rings,
            land_use,
            second_use,
            area,
            legal_area: legal_area(area, scale, random),
            address,
        }
    }

    fn address(&self, quarter: Quarter, house_no: u32, street: &str, hamlet: &str) -> String {
        let (kind, name, province) = (self.kind(), &self.name, &self.province_name);
        match quarter {
            Quarter::Town | Quarter::Public => {
                format!("Số {house_no} đường {street}, {hamlet}, {kind} {name}, tỉnh {province}")
            }
            Quarter::Village => format!("Đường {street}, {hamlet}, {kind} {name}, tỉnh {province}"),
            _ => format!("Đồng {street}, {hamlet}, {kind} {name}, tỉnh {province}"),
        }
    }
}

/// From plane coordinates, holes taken out.
fn area(rings: &[Ring]) -> Area {
    let doubled: i128 = rings.iter().map(|ring| doubled_mm2(ring)).sum();
    Area::from_doubled_mm2(doubled.unsigned_abs())
}

/// The area by papers: now and then another than the map's, within 0.0004 · scale · √area.
#[expect(
    clippy::cast_possible_truncation,
    reason = "tolerances are some square metres"
)]
fn legal_area(area: Area, scale: i32, random: &mut Random) -> Area {
    let tolerance_m2 = 0.0004 * f64::from(scale) * area.m2().sqrt();
    if !random.chance(0.07) {
        return area;
    }
    let off_tenths = (random.between(-0.8, 0.8) * tolerance_m2 * 10.0) as i64;
    Area::from_tenths_m2(area.tenths_m2().saturating_add_signed(off_tenths))
}
