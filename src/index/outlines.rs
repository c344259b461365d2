//! The outlines of communes, sheets and provinces: convex hulls of their parcels.

use super::Commune;
use crate::domain::{CommuneCode, Names};
use crate::page::{Outline, OutlineLevel, World, WorldBox, hull};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The outline of a commune, then those of its sheets.
pub fn of_commune(commune: &Commune, names: &Names) -> Arc<[Outline]> {
    let all = commune
        .sheets()
        .iter()
        .flat_map(|sheet| &sheet.hull)
        .copied();
    let latest = commune
        .sheets()
        .iter()
        .map(|sheet| sheet.sheet.commune_from)
        .max();
    let name = latest.and_then(|from| names.communes.get(&(commune.code, from)));
    let code = commune.code.as_str();
    let whole = outline(
        OutlineLevel::Commune,
        code,
        name.map(|name| &*name.name),
        hull(all.collect()),
    );
    let sheets = commune.sheets().iter().map(|sheet| {
        let code = format!("{code}/{}", sheet.sheet.sheet_no);
        outline(OutlineLevel::Sheet, &code, None, sheet.hull.clone())
    });
    std::iter::once(whole).chain(sheets).collect()
}

/// The outlines of provinces, from those of their communes.
pub fn of_provinces(
    communes: &BTreeMap<CommuneCode, Arc<[Outline]>>,
    names: &Names,
) -> Arc<[Outline]> {
    let mut province_of: BTreeMap<CommuneCode, (time::Date, &str)> = BTreeMap::new();
    for ((code, from), name) in &names.communes {
        if let Some(province) = &name.province_code {
            let latest = province_of.entry(*code).or_insert((*from, province));
            *latest = (*latest).max((*from, province));
        }
    }
    let mut points: BTreeMap<&str, Vec<World>> = BTreeMap::new();
    for (code, outlines) in communes {
        if let (Some((_, province)), Some(whole)) = (province_of.get(code), outlines.first()) {
            let corners = whole.polygons.iter().flatten().flatten().copied();
            points.entry(province).or_default().extend(corners);
        }
    }
    let one = |(code, points): (&str, Vec<World>)| {
        let name = names.provinces.get(code).map(String::as_str);
        outline(OutlineLevel::Province, code, name, hull(points))
    };
    points.into_iter().map(one).collect()
}

fn outline(level: OutlineLevel, code: &str, name: Option<&str>, hull: Vec<World>) -> Outline {
    Outline {
        level,
        code: code.to_owned(),
        name: name.map(str::to_owned),
        is_derived: true,
        bounds: WorldBox::around(hull.iter().copied()),
        label: middle(&hull),
        polygons: vec![vec![hull]],
    }
}

/// The mean of a hull's corners, which lies in it.
fn middle(hull: &[World]) -> World {
    let mean = |axis: fn(&World) -> u32| {
        let sum: u64 = hull.iter().map(|corner| u64::from(axis(corner))).sum();
        u32::try_from(sum / hull.len().max(1) as u64).unwrap_or(0)
    };
    World {
        x: mean(|corner| corner.x),
        y: mean(|corner| corner.y),
    }
}

/// The boxes of what differs between two lists of outlines: of the same outline the ways that came or went, and the label.
///
/// Outlines are convex, so each place that only one of two outlines covers lies between a way and the line between its ends.
pub fn touched(old: &[Outline], new: &[Outline]) -> Vec<WorldBox> {
    let mut touched = Vec::new();
    for (of, other) in [(old, new), (new, old)] {
        for outline in of.iter().filter(|outline| !other.contains(outline)) {
            let key = (outline.level, &outline.code);
            let twin = other.iter().find(|twin| (twin.level, &twin.code) == key);
            let known: HashSet<_> = twin.into_iter().flat_map(rings).flat_map(edges).collect();
            touched.extend(rings(outline).flat_map(|ring| ways(ring, &known)));
            touched.push(WorldBox::around([outline.label]));
        }
    }
    touched
}

type Edge = (World, World);

/// The boxes around edges that follow one another and are not known.
fn ways(ring: &[World], known: &HashSet<Edge>) -> Vec<WorldBox> {
    let is_known = |edge: &Edge| known.contains(edge);
    let mut edges: Vec<Edge> = edges(ring).collect();
    let start = edges.iter().position(is_known).unwrap_or(0);
    edges.rotate_left(start);
    edges
        .chunk_by(|a, b| is_known(a) == is_known(b))
        .filter(|way| !way.iter().any(is_known))
        .map(|way| WorldBox::around(way.iter().flat_map(|(from, to)| [*from, *to])))
        .collect()
}

fn rings(outline: &Outline) -> impl Iterator<Item = &[World]> {
    outline.polygons.iter().flatten().map(Vec::as_slice)
}

fn edges(ring: &[World]) -> impl Iterator<Item = Edge> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().copied().zip(next.copied())
}
