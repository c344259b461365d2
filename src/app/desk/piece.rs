//! A parcel in the course of a plan: of the register, or made by it.

use super::rights::{Mark, Tenure};
use super::violation::Violation;
use crate::domain::{
    Area, Boundary, EncumbranceId, Ending, LandUseRow, ParcelId, PartyId, RestrictionId,
};
use crate::geometry;
use crate::store::{HeldParcel, HeldSheet};
use std::collections::{BTreeMap, BTreeSet};

/// A parcel in the course of a plan.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own that the plan asks at its end"
)]
pub struct Piece<'a> {
    /// The parcel of the register that it is; none for one that the plan makes.
    pub held: Option<&'a HeldParcel>,
    /// The sheet that it lies on.
    pub sheet: &'a HeldSheet,
    /// Where it lies.
    pub address: Option<String>,
    /// The parcels of the register that it comes from, with the area from each where that is known.
    pub sources: BTreeMap<ParcelId, Option<Area>>,
    /// Its boundary.
    pub boundary: Boundary,
    /// Whether any part of it was computed from degrees.
    pub is_derived: bool,
    /// The main use by the map.
    pub land_use: Option<String>,
    /// Its uses by the register.
    pub uses: Vec<LandUseRow>,
    /// Who holds it and what lies on it.
    pub tenure: Tenure,
    /// The codes of the changes that act on it.
    pub codes: BTreeSet<String>,
    /// Whether an operation on rights acts on it.
    pub is_touched: bool,
    /// Whether somebody gives or takes a right in it.
    pub is_registered_anew: bool,
    /// The mortgages whose rank the list says.
    pub ranked: BTreeSet<Mark<EncumbranceId>>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// Its number in the sheet; 0 until it has one.
    pub parcel_no: i32,
    /// Whether a later operation has used it up.
    pub is_gone: bool,
    /// Why it stops being a parcel, where it does; its land stays covered by it until the plan is judged.
    pub ends: Option<Ending>,
}

impl<'a> Piece<'a> {
    /// A parcel of the register.
    pub fn of(held: &'a HeldParcel) -> Self {
        Self {
            held: Some(held),
            sheet: &held.sheet,
            address: held.address.clone(),
            sources: BTreeMap::from([(held.parcel_id, Some(geometry::area(&held.boundary)))]),
            boundary: held.boundary.clone(),
            is_derived: held.is_derived,
            land_use: held.land_use.clone(),
            uses: held.uses.clone(),
            tenure: Tenure::of(held),
            codes: BTreeSet::new(),
            is_touched: false,
            is_registered_anew: false,
            ranked: BTreeSet::new(),
            legal_area: held.legal_area,
            parcel_no: held.parcel_no,
            is_gone: false,
            ends: None,
        }
    }

    /// A parcel that the register has not had yet.
    pub fn first(
        sheet: &'a HeldSheet,
        boundary: Boundary,
        (land_use, address): (Option<String>, Option<String>),
    ) -> Self {
        Self {
            held: None,
            sheet,
            address,
            sources: BTreeMap::new(),
            legal_area: Some(geometry::area(&boundary)),
            boundary,
            is_derived: false,
            land_use,
            uses: Vec::new(),
            tenure: Tenure::default(),
            codes: BTreeSet::new(),
            is_touched: false,
            is_registered_anew: false,
            ranked: BTreeSet::new(),
            parcel_no: 0,
            is_gone: false,
            ends: None,
        }
    }

    /// What it is called in a report: sheet and number, or `new` where it has no number yet.
    pub fn name(&self) -> String {
        if self.parcel_no == 0 {
            return "new".to_owned();
        }
        format!("{}/{}", self.sheet.key.sheet_no, self.parcel_no)
    }

    /// Whether the parcel itself differs from what the register has: its boundary, main use or address.
    pub fn is_redrawn(&self, held: &HeldParcel) -> bool {
        held.boundary != self.boundary
            || held.land_use != self.land_use
            || held.address != self.address
    }

    /// The same parcel within a new boundary: its area by the papers, and that of its only use, is that of the new survey.
    pub fn redrawn(&self, boundary: Boundary) -> Self {
        let area = geometry::area(&boundary);
        let mut uses = self.uses.clone();
        if let [only] = &mut *uses
            && only.area_tenths_m2.is_some()
        {
            only.area_tenths_m2 = Some(area.tenths_m2());
        }
        Self {
            legal_area: Some(area),
            boundary,
            uses,
            ..self.clone()
        }
    }

    /// The parcels that it is cut into. One use goes to every part; several have to be assigned.
    pub fn parts(
        &self,
        boundaries: &[Boundary],
        assigned: &[Vec<LandUseRow>],
    ) -> Result<Vec<Self>, Vec<Violation>> {
        let uses = self.uses_of_parts(boundaries, assigned)?;
        let estates = uses.into_iter().zip(self.tenure.of_parts(boundaries));
        let part = |(boundary, (uses, tenure)): (&Boundary, (Vec<LandUseRow>, Tenure))| {
            let area = geometry::area(boundary);
            let only_source = self.sources.len() == 1;
            Self {
                held: None,
                sources: self
                    .sources
                    .keys()
                    .map(|id| (*id, only_source.then_some(area)))
                    .collect(),
                boundary: boundary.clone(),
                land_use: uses
                    .first()
                    .map(|row| row.code.clone())
                    .or_else(|| self.land_use.clone()),
                uses,
                legal_area: Some(area),
                tenure,
                parcel_no: 0,
                is_gone: false,
                ..self.clone()
            }
        };
        Ok(boundaries.iter().zip(estates).map(part).collect())
    }

    /// Leaves each part the mortgages, leases and restrictions that the officer assigned to it. All of the parcel's must be assigned, each to
    /// parts that it lies on.
    pub fn assign(
        &self,
        parts: &mut [Self],
        encumbrances: &[Vec<EncumbranceId>],
        restrictions: &[Vec<RestrictionId>],
    ) -> Result<(), Vec<Violation>> {
        let mut violations = Vec::new();
        let charges = |tenure: &Tenure| known(tenure.charges.iter().map(|charge| charge.mark));
        let of_parts: Vec<_> = parts.iter().map(|part| charges(&part.tenure)).collect();
        if misassigned(&charges(&self.tenure), encumbrances, &of_parts) {
            let names = vec![self.name()];
            let detail = "each of its mortgages and leases, and no other, goes to one part at least that it lies on, and to none that it does \
                          not lie on";
            violations.push(Violation::error("encumbrances-misassigned", names, detail));
        }
        let limits = |tenure: &Tenure| known(tenure.limits.iter().map(|limit| limit.mark));
        let of_parts: Vec<_> = parts.iter().map(|part| limits(&part.tenure)).collect();
        if misassigned(&limits(&self.tenure), restrictions, &of_parts) {
            let names = vec![self.name()];
            let detail = "each of its restrictions, and no other, goes to one part at least that it lies on, and to none that it does not lie on";
            violations.push(Violation::error("restrictions-misassigned", names, detail));
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        for (number, part) in parts.iter_mut().enumerate() {
            if let Some(ids) = encumbrances.get(number) {
                let charges = &mut part.tenure.charges;
                charges.retain(|charge| is_assigned(charge.mark, ids));
            }
            if let Some(ids) = restrictions.get(number) {
                let limits = &mut part.tenure.limits;
                limits.retain(|limit| is_assigned(limit.mark, ids));
            }
        }
        Ok(())
    }

    fn uses_of_parts(
        &self,
        boundaries: &[Boundary],
        assigned: &[Vec<LandUseRow>],
    ) -> Result<Vec<Vec<LandUseRow>>, Vec<Violation>> {
        let fault = |code, detail: String| vec![Violation::error(code, vec![self.name()], detail)];
        if !assigned.is_empty() {
            return self.assigned_uses(boundaries, assigned);
        }
        match &*self.uses {
            [] => Ok(vec![Vec::new(); boundaries.len()]),
            [only] => {
                let of_part = |boundary| LandUseRow {
                    area_tenths_m2: Some(geometry::area(boundary).tenths_m2()),
                    ..only.clone()
                };
                Ok(boundaries
                    .iter()
                    .map(|boundary| vec![of_part(boundary)])
                    .collect())
            }
            several => {
                let codes: Vec<_> = several.iter().map(|row| row.code.as_str()).collect();
                let detail = format!(
                    "it has several uses ({}): say which part has which, and how much",
                    codes.join(", ")
                );
                Err(fault("uses-unassigned", detail))
            }
        }
    }

    /// Uses as the officer assigned them: the parcel's own, each as large over all parts as it was. Origin and term stay.
    fn assigned_uses(
        &self,
        boundaries: &[Boundary],
        assigned: &[Vec<LandUseRow>],
    ) -> Result<Vec<Vec<LandUseRow>>, Vec<Violation>> {
        let fault = |detail: String| {
            vec![Violation::error(
                "uses-misassigned",
                vec![self.name()],
                detail,
            )]
        };
        if assigned.len() != boundaries.len() {
            let (given, made) = (assigned.len(), boundaries.len());
            return Err(fault(format!(
                "uses of {given} parts are given, the cut makes {made}"
            )));
        }
        let mut parts = Vec::with_capacity(assigned.len());
        for rows in assigned {
            let codes: BTreeSet<_> = rows.iter().map(|row| &row.code).collect();
            if rows.is_empty() || codes.len() < rows.len() {
                return Err(fault(
                    "each part has one use at least, and none twice".to_owned(),
                ));
            }
            let own = |row: &LandUseRow| {
                let own = self.uses.iter().find(|own| own.code == row.code);
                let detail = || {
                    fault(format!(
                        "{} is no use of the parcel: change its use first",
                        row.code
                    ))
                };
                own.map(|own| LandUseRow {
                    area_tenths_m2: row.area_tenths_m2,
                    ..own.clone()
                })
                .ok_or_else(detail)
            };
            parts.push(rows.iter().map(own).collect::<Result<Vec<_>, _>>()?);
        }
        for own in &self.uses {
            let given = parts.iter().flatten().filter(|row| row.code == own.code);
            let areas: Option<Vec<u64>> = given.map(|row| row.area_tenths_m2).collect();
            let sum = areas.map(|areas| areas.iter().copied().fold(0, u64::saturating_add));
            // Each part is rounded to a tenth.
            let is_so = |(sum, whole): (u64, u64)| sum.abs_diff(whole) <= boundaries.len() as u64;
            if own.area_tenths_m2.is_some() && !sum.zip(own.area_tenths_m2).is_some_and(is_so) {
                let whole = own.area().unwrap_or_default();
                return Err(fault(format!(
                    "{} has {whole} m²: the parts must add up to that",
                    own.code
                )));
            }
        }
        Ok(parts)
    }

    /// The parcel that several become. All must be of one sheet, and the same parties' in the same shares.
    pub fn merged(parents: &[&Self], boundary: Boundary) -> Result<Self, Vec<Violation>> {
        let Some((first, others)) = parents.split_first() else {
            return Err(vec![Violation::error(
                "too-few-parcels",
                Vec::new(),
                "nothing to merge",
            )]);
        };
        let names = || parents.iter().map(|piece| piece.name()).collect::<Vec<_>>();
        let mut violations = Vec::new();
        if others
            .iter()
            .any(|other| other.sheet.sheet_id != first.sheet.sheet_id)
        {
            let detail = "they lie on different sheets: renumber one of the sheets first";
            violations.push(Violation::error("sheets-differ", names(), detail));
        }
        if others
            .iter()
            .any(|other| other.holders() != first.holders())
        {
            let detail = "the parties or their shares are not the same: transfer first";
            violations.push(Violation::error("rights-differ", names(), detail));
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let mut sources: BTreeMap<ParcelId, Option<Area>> = BTreeMap::new();
        for (id, area) in parents.iter().flat_map(|piece| &piece.sources) {
            let sum = sources
                .get(id)
                .map_or(*area, |known| known.zip(*area).map(sum_of_areas));
            sources.insert(*id, sum);
        }
        let tenures: Vec<_> = parents
            .iter()
            .map(|piece| (piece.name(), &piece.boundary, &piece.tenure))
            .collect();
        let legal_areas: Option<Vec<Area>> = parents.iter().map(|piece| piece.legal_area).collect();
        let uses = sum_of_uses(parents.iter().flat_map(|piece| &piece.uses));
        Ok(Self {
            held: None,
            sources,
            is_derived: parents.iter().any(|piece| piece.is_derived),
            land_use: uses
                .first()
                .map(|row| row.code.clone())
                .or_else(|| first.land_use.clone()),
            uses,
            legal_area: legal_areas
                .map(|areas| Area::from_tenths_m2(areas.iter().map(|area| area.tenths_m2()).sum())),
            boundary,
            tenure: Tenure::of_whole(&tenures),
            codes: parents
                .iter()
                .flat_map(|piece| piece.codes.iter().cloned())
                .collect(),
            is_touched: parents.iter().any(|piece| piece.is_touched),
            is_registered_anew: parents.iter().any(|piece| piece.is_registered_anew),
            // Two first mortgages may meet in it, and nobody is to blame.
            ranked: BTreeSet::new(),
            parcel_no: 0,
            is_gone: false,
            ..(*first).clone()
        })
    }

    /// Who holds how much of what kind of right: right by right, so that halves held twice are not one half.
    fn holders(&self) -> Vec<(&str, Mark<PartyId>, i32, i32)> {
        let rights = self.tenure.rights.iter();
        let mut holders: Vec<_> = rights
            .map(|right| {
                let share = right.share;
                (
                    &*right.kind,
                    right.party,
                    share.numerator(),
                    share.denominator(),
                )
            })
            .collect();
        holders.sort_unstable();
        holders
    }
}

/// What of some the register has.
fn known<Id: Ord>(marks: impl Iterator<Item = Mark<Id>>) -> BTreeSet<Id> {
    let known = marks.filter_map(|mark| match mark {
        Mark::Known(id) => Some(id),
        Mark::New(_) => None,
    });
    known.collect()
}

/// Whether an assignment to parts, if there is one, leaves something out, or gives a part what does not lie on it.
fn misassigned<Id: Ord>(
    own: &BTreeSet<Id>,
    assigned: &[Vec<Id>],
    of_parts: &[BTreeSet<Id>],
) -> bool {
    let given: BTreeSet<&Id> = assigned.iter().flatten().collect();
    let mut parts = assigned.iter().zip(of_parts);
    !assigned.is_empty()
        && (assigned.len() != of_parts.len()
            || own.iter().any(|id| !given.contains(id))
            || parts.any(|(ids, of_part)| ids.iter().any(|id| !of_part.contains(id))))
}

/// What the list itself has laid on the parcel has no id yet, and goes to all parts.
fn is_assigned<Id: Copy + PartialEq>(mark: Mark<Id>, ids: &[Id]) -> bool {
    match mark {
        Mark::Known(id) => ids.contains(&id),
        Mark::New(_) => true,
    }
}

fn sum_of_areas((a, b): (Area, Area)) -> Area {
    Area::from_tenths_m2(a.tenths_m2().saturating_add(b.tenths_m2()))
}

/// Uses of the same code together, the largest first.
fn sum_of_uses<'r>(rows: impl Iterator<Item = &'r LandUseRow>) -> Vec<LandUseRow> {
    let mut sums: Vec<LandUseRow> = Vec::new();
    for row in rows {
        let Some(sum) = sums.iter_mut().find(|sum| sum.code == row.code) else {
            sums.push(row.clone());
            continue;
        };
        sum.area_tenths_m2 = sum
            .area_tenths_m2
            .zip(row.area_tenths_m2)
            .map(|(a, b)| a.saturating_add(b));
        sum.origin = joined(sum.origin.take(), row.origin.as_deref());
        sum.term = joined(sum.term.take(), row.term.as_deref());
    }
    sums.sort_by_key(|row| std::cmp::Reverse(row.area_tenths_m2));
    sums
}

/// Several origins of one field are joined by `; `, as the registers write them.
fn joined(sum: Option<String>, other: Option<&str>) -> Option<String> {
    match (sum, other) {
        (Some(sum), Some(other)) if sum.split("; ").all(|part| part != other) => {
            Some(format!("{sum}; {other}"))
        }
        (Some(sum), _) => Some(sum),
        (None, other) => other.map(str::to_owned),
    }
}
