//! What the law says of a plan, beyond the ground.

use super::piece::Piece;
use super::plan::Plan;
use super::violation::Violation;
use crate::domain::{Area, Share};
use crate::geometry;
use crate::store::{HeldParcel, RuleValue};

/// Everything that scheduled changes and tolerances say against a plan.
pub fn violations(plan: &Plan<'_>, rules: &[RuleValue]) -> Vec<Violation> {
    let touched = plan.retired.iter().copied();
    let touched = touched.chain(plan.renewed.iter().map(|(held, _)| *held));
    let touched = touched.chain(plan.amended.iter().map(|(held, _)| *held));
    let mut violations: Vec<_> = touched.filter_map(scheduled).collect();
    violations.extend(plan.made.iter().filter_map(|piece| unnumbered(piece)));
    violations.extend(plan.retired.iter().filter_map(|parcel| unwhole(parcel)));
    let redrawn = plan.renewed.iter().map(|(_, piece)| piece);
    violations.extend(plan.made.iter().chain(redrawn).filter_map(uses_astray));
    violations.extend(area_astray(plan, rules));
    violations
}

/// What is to begin or end on a day to come would be lost or last for ever.
fn scheduled(parcel: &HeldParcel) -> Option<Violation> {
    let detail = "it, a use or a right of it begins or ends on a day to come: wait for that day, or end it first";
    parcel
        .is_scheduled
        .then(|| Violation::error("change-scheduled", vec![name(parcel)], detail))
}

/// A sheet whose numbers are used up.
fn unnumbered(piece: &Piece<'_>) -> Option<Violation> {
    let is_last = piece.parcel_no == i32::MAX;
    let detail = "the sheet has no number left: one of its parcels has the largest there can be";
    is_last.then(|| Violation::error("numbers-exhausted", vec![piece.name()], detail))
}

/// Rights whose shares are not whole: it was so before, but whoever cuts or joins the parcel should know.
fn unwhole(parcel: &HeldParcel) -> Option<Violation> {
    let of_use = parcel.rights.iter().filter(|right| right.kind == "use");
    let shares: Vec<Share> = of_use.map(|right| right.share).collect();
    let is_whole = shares.is_empty() || Share::add_up_to_one(shares);
    let detail = "the shares of its rights do not add up to one";
    (!is_whole).then(|| Violation::warning("shares-not-whole", vec![name(parcel)], detail))
}

/// Uses whose areas are not the parcel's, by more than rounding. Many registers have it so, and a change of use mends it.
fn uses_astray(piece: &Piece<'_>) -> Option<Violation> {
    let areas: Option<Vec<u64>> = piece.uses.iter().map(|row| row.area_tenths_m2).collect();
    let areas = areas.filter(|areas| !areas.is_empty())?;
    let area = piece.legal_area?.tenths_m2();
    let sum = areas.iter().copied().fold(0, u64::saturating_add);
    let detail = format!(
        "the uses add up to {} m², the parcel to {} m²",
        Area::from_tenths_m2(sum),
        Area::from_tenths_m2(area)
    );
    (sum.abs_diff(area) > areas.len() as u64)
        .then(|| Violation::warning("use-areas-differ", vec![piece.name()], detail))
}

/// New parcels whose areas together differ from the papers of the old ones by more than the tolerance of the scale.
fn area_astray(plan: &Plan<'_>, rules: &[RuleValue]) -> Option<Violation> {
    let before: Option<Vec<Area>> = plan
        .retired
        .iter()
        .map(|parcel| parcel.legal_area)
        .collect();
    let before = Area::from_tenths_m2(before?.iter().map(|area| area.tenths_m2()).sum());
    let after = plan
        .made
        .iter()
        .chain(&plan.ended)
        .filter(|piece| !piece.sources.is_empty())
        .map(|piece| geometry::area(&piece.boundary).tenths_m2());
    let after = Area::from_tenths_m2(after.sum());
    let scale = plan.retired.first()?.sheet.scale_denominator?;
    let factor = rules
        .iter()
        .find(|value| value.rule == "area-difference-factor")?;
    let tolerance_m2 = geometry::area_tolerance_m2(scale, before, factor.value);
    let difference_m2 = (after.m2() - before.m2()).abs();
    let names = plan.retired.iter().map(|parcel| name(parcel)).collect();
    let detail = format!(
        "{after} m² surveyed, {before} m² by the papers: beyond the tolerance of {tolerance_m2:.1} m² ({})",
        factor.source
    );
    (difference_m2 > tolerance_m2).then(|| Violation {
        area_m2: Some(difference_m2),
        ..Violation::warning("area-outside-tolerance", names, detail)
    })
}

fn name(parcel: &HeldParcel) -> String {
    Piece::of(parcel).name()
}
