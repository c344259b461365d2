//! What a plan does, for the officer: every parcel that it touches, before and after, and everything that is wrong.

use super::Wanted;
use super::least::Cited;
use super::piece::Piece;
use super::plan::Plan;
use super::violation::{Severity, Violation};
use crate::domain::{Area, Boundary, NationalCode, ParcelId, PointM, Position, Revision, SheetKey};
use crate::geometry;
use crate::store::HeldParcel;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a plan does.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The entry of history; none for a rehearsal.
    pub operation_id: Option<i64>,
    /// The codes of the changes as the registers print them.
    codes: Vec<&'static str>,
    /// The dossier.
    dossier: Option<String>,
    /// The register position that it was judged at.
    register_position: Position,
    /// Parcels that end.
    retired: Vec<Line>,
    /// Parcels that come into being.
    made: Vec<Line>,
    /// Parcels that are drawn anew, or take a vertex.
    renewed: Vec<Line>,
    /// Land that is no parcel any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ended: Vec<Line>,
    /// Sheets that moved with all their parcels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheets: Vec<SheetLine>,
    /// By how much rounding changed the land of all of them together.
    drift_mm2: f64,
    /// The land that surveys and first registrations brought, and that endings took away.
    added_mm2: f64,
    /// The rules of the law that sizes were judged by, each with its decision.
    rules: Vec<Cited>,
    /// Everything that is wrong.
    violations: Vec<Violation>,
}

/// A sheet that moved.
#[derive(Debug, Clone, Serialize)]
pub struct SheetLine {
    /// As it was.
    pub from: SheetKey,
    /// As it is.
    pub to: SheetKey,
    /// How many parcels.
    pub parcels: usize,
    /// Those that got other numbers: old and new.
    pub numbers: Vec<(i32, i32)>,
}

/// One parcel.
#[derive(Debug, Clone, Serialize)]
struct Line {
    /// Sheet and number.
    parcel: String,
    /// Its id; none for one that would be made.
    parcel_id: Option<ParcelId>,
    /// Its revision; none for one that would be made or drawn anew.
    revision: Option<Revision>,
    /// Its national code, where it got a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    national_code: Option<NationalCode>,
    /// The main use.
    land_use: Option<String>,
    /// As it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Measure>,
    /// As it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Measure>,
    /// What it came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parents: Vec<ParcelId>,
    /// How many rights are in it.
    rights: usize,
    /// How many certificates stand on its rights and have to be withdrawn, annotated or exchanged.
    certificates: usize,
    /// Its rings in metres of its zone, not closed.
    boundary_m: Vec<Vec<PointM>>,
}

/// Areas by the papers and by the boundary.
#[derive(Debug, Clone, Copy, Serialize)]
struct Measure {
    legal_area_m2: Option<Area>,
    computed_area_m2: Area,
}

impl Report {
    /// What a plan of a request does.
    pub fn of(wanted: &Wanted, plan: &Plan<'_>, position: Position) -> Self {
        Self {
            retired: plan
                .retired
                .iter()
                .map(|held| Line::retired(held))
                .collect(),
            made: plan.made.iter().map(Line::made).collect(),
            renewed: plan
                .renewed
                .iter()
                .map(|(held, piece)| Line::renewed(held, piece))
                .collect(),
            ended: plan.ended.iter().map(Line::ended).collect(),
            drift_mm2: plan.drift_doubled_mm2 as f64 / 2.0,
            added_mm2: plan.added_doubled_mm2 as f64 / 2.0,
            rules: plan.cited.clone(),
            violations: plan.violations.clone(),
            ..Self::empty(wanted, position)
        }
    }

    /// What moving whole sheets does.
    pub fn of_sheets(
        wanted: &Wanted,
        sheets: Vec<SheetLine>,
        violations: Vec<Violation>,
        position: Position,
    ) -> Self {
        Self {
            sheets,
            violations,
            ..Self::empty(wanted, position)
        }
    }

    /// Whether nothing forbids it.
    pub fn is_lawful(&self) -> bool {
        let mut violations = self.violations.iter();
        violations.all(|violation| violation.severity == Severity::Warning)
    }

    fn empty(wanted: &Wanted, position: Position) -> Self {
        let mut codes: Vec<_> = wanted
            .operations
            .iter()
            .map(|operation| operation.code())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Self {
            operation_id: None,
            codes,
            dossier: wanted.dossier.clone(),
            register_position: position,
            retired: Vec::new(),
            made: Vec::new(),
            renewed: Vec::new(),
            ended: Vec::new(),
            sheets: Vec::new(),
            drift_mm2: 0.0,
            added_mm2: 0.0,
            rules: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Tells it what the register called the parcels.
    pub fn tell(&mut self, made: &[(ParcelId, Option<NationalCode>)], renewed: &[Revision]) {
        for (line, (id, code)) in self.made.iter_mut().zip(made) {
            line.parcel_id = Some(*id);
            line.revision = Some(Revision(1));
            line.national_code = *code;
        }
        for (line, revision) in self.renewed.iter_mut().zip(renewed) {
            line.revision = Some(*revision);
        }
    }
}

impl Line {
    fn retired(held: &HeldParcel) -> Self {
        Self {
            revision: Some(held.revision),
            before: Some(Measure::of(&held.boundary, held.legal_area)),
            parents: Vec::new(),
            ..Self::of(&Piece::of(held))
        }
    }

    fn made(piece: &Piece<'_>) -> Self {
        Self {
            after: Some(Measure::of(&piece.boundary, piece.legal_area)),
            ..Self::of(piece)
        }
    }

    fn ended(piece: &Piece<'_>) -> Self {
        Self {
            before: Some(Measure::of(&piece.boundary, piece.legal_area)),
            ..Self::of(piece)
        }
    }

    fn renewed(held: &HeldParcel, piece: &Piece<'_>) -> Self {
        Self {
            before: Some(Measure::of(&held.boundary, held.legal_area)),
            after: Some(Measure::of(&piece.boundary, piece.legal_area)),
            parents: Vec::new(),
            ..Self::of(piece)
        }
    }

    fn of(piece: &Piece<'_>) -> Self {
        let ring = |ring: &Vec<_>| {
            ring.iter()
                .map(|point: &crate::domain::GridPoint| (point.easting_m(), point.northing_m()))
                .collect()
        };
        Self {
            parcel: piece.name(),
            parcel_id: piece.held.map(|held| held.parcel_id),
            revision: None,
            national_code: None,
            land_use: piece.land_use.clone(),
            before: None,
            after: None,
            parents: piece.sources.keys().copied().collect(),
            rights: piece.rights.len(),
            certificates: certificates(piece),
            boundary_m: piece.boundary.rings().iter().map(ring).collect(),
        }
    }
}

impl Measure {
    fn of(boundary: &Boundary, legal_area: Option<Area>) -> Self {
        Self {
            legal_area_m2: legal_area,
            computed_area_m2: geometry::area(boundary),
        }
    }
}

fn certificates(piece: &Piece<'_>) -> usize {
    let rights = piece.held.map_or(&[][..], |held| &held.rights);
    let certificates = rights.iter().filter_map(|right| right.certificate_id);
    certificates.collect::<BTreeSet<_>>().len()
}
