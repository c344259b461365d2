//! The least sizes that a province sets for new parcels: area for each use, front on a road, depth.

use super::piece::Piece;
use super::violation::Violation;
use crate::domain::{Area, Boundary};
use crate::geometry;
use crate::store::RuleValue;
use serde::Serialize;

/// Land for traffic in every list of codes since 2004: the parcels that others have their fronts on.
const ROAD: &str = "DGT";

/// A rule that a plan was judged by, with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cited {
    /// Which.
    rule: String,
    /// For which province; none for the country.
    province_code: Option<String>,
    /// For which kind of area; none for all.
    area_kind: Option<String>,
    /// For which use; none for all.
    land_use: Option<String>,
    /// The number, in the unit that the rule's name ends with.
    value: f64,
    /// The decision.
    source: String,
}

/// The parcels among some that are roads.
fn roads<'p>(pieces: &'p [Piece<'_>]) -> Vec<&'p Boundary> {
    let is_road = |piece: &&Piece<'_>| !piece.is_gone && piece.land_use.as_deref() == Some(ROAD);
    let roads = pieces.iter().filter(is_road);
    roads.map(|road| &road.boundary).collect()
}

/// What is too small of what a plan leaves, and the rules that it was judged by.
pub fn check_sizes(pieces: &[Piece<'_>], rules: &[RuleValue]) -> (Vec<Violation>, Vec<Cited>) {
    let roads = roads(pieces);
    let (mut violations, mut cited) = (Vec::new(), Vec::new());
    // What was there before anybody wrote it down is as large as it is.
    let is_judged = |piece: &&Piece<'_>| {
        let is_made = piece.held.is_none() && !piece.sources.is_empty();
        is_made && !piece.is_gone && piece.ends.is_none()
    };
    for piece in pieces.iter().filter(is_judged) {
        for (code, area) in areas(piece) {
            let rule = rule("minimum-parcel-area-m2", piece, &code, rules);
            cited.extend(rule);
            violations.extend(rule.and_then(|rule| too_small(piece, area, rule)));
        }
        let Some(code) = &piece.land_use else {
            continue;
        };
        let Some(front) = geometry::front(&piece.boundary, &roads) else {
            continue;
        };
        let measures = [
            ("minimum-front-m", "front-too-narrow", front.length_mm),
            ("minimum-depth-m", "parcel-too-shallow", front.depth_mm),
        ];
        for (name, fault, size_mm) in measures {
            let rule = rule(name, piece, code, rules);
            cited.extend(rule);
            violations.extend(rule.and_then(|rule| too_short(piece, fault, size_mm, rule)));
        }
    }
    let mut once: Vec<Cited> = Vec::new();
    for rule in cited.into_iter().map(Cited::from) {
        if !once.contains(&rule) {
            once.push(rule);
        }
    }
    (violations, once)
}

/// The uses of a parcel with their areas. One use has the whole parcel, and so has the main use where areas are not known.
fn areas(piece: &Piece<'_>) -> Vec<(String, Area)> {
    let whole = geometry::area(&piece.boundary);
    let of_uses: Option<Vec<_>> = piece
        .uses
        .iter()
        .map(|row| Some((row.code.clone(), Area::from_tenths_m2(row.area_tenths_m2?))))
        .collect();
    match of_uses {
        Some(several) if several.len() > 1 => several,
        _ => {
            let main = piece.land_use.iter();
            main.map(|code| (code.clone(), whole)).collect()
        }
    }
}

/// The rule for a use of a parcel: the one that says most exactly where and for what.
fn rule<'r>(
    name: &str,
    piece: &Piece<'_>,
    code: &str,
    rules: &'r [RuleValue],
) -> Option<&'r RuleValue> {
    let sheet = piece.sheet;
    let fits = |value: &&RuleValue| {
        let is = |wanted: &Option<String>, here: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == here
        };
        value.rule == name
            && is(&value.province_code, sheet.province_code.as_deref())
            && is(&value.area_kind, Some(&sheet.area_kind))
            && is(&value.land_use, Some(code))
    };
    // They are in this order: the country's before a province's, every kind of area before one, every use before one.
    rules.iter().rfind(fits)
}

fn too_small(piece: &Piece<'_>, area: Area, least: &RuleValue) -> Option<Violation> {
    let detail = format!(
        "{area} m² is less than {} m² ({})",
        least.value, least.source
    );
    (area < Area::from_m2(least.value)).then(|| Violation {
        area_m2: Some(area.m2()),
        ..Violation::error("parcel-too-small", vec![piece.name()], detail)
    })
}

fn too_short(
    piece: &Piece<'_>,
    fault: &'static str,
    size_mm: f64,
    least: &RuleValue,
) -> Option<Violation> {
    let size_m = size_mm / 1000.0;
    let detail = format!(
        "{size_m:.2} m on the road's side is less than {} m ({})",
        least.value, least.source
    );
    (size_mm.round() < least.value * 1000.0).then(|| Violation {
        length_m: Some(size_m),
        ..Violation::error(fault, vec![piece.name()], detail)
    })
}

impl From<&RuleValue> for Cited {
    fn from(value: &RuleValue) -> Self {
        Self {
            rule: value.rule.clone(),
            province_code: value.province_code.clone(),
            area_kind: value.area_kind.clone(),
            land_use: value.land_use.clone(),
            value: value.value,
            source: value.source.clone(),
        }
    }
}
