//! What a plan does, for the officer: every parcel that it touches, before and after, and everything that is wrong.

mod estate;

use self::estate::Estate;
use super::Wanted;
use super::least::Cited;
use super::piece::Piece;
use super::plan::Plan;
use super::rights::{Mark, Proposal, Registry, Tenure};
use super::violation::{Severity, Violation};
use crate::domain::{Area, NationalCode, ParcelId, PointM, Position, Revision, SheetKey};
use crate::geometry;
use crate::store::{ChangeType, HeldParcel};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a plan does.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The entry of history; none for a rehearsal.
    pub operation_id: Option<i64>,
    /// The codes of the changes as the registers print them.
    codes: Vec<String>,
    /// What these codes are called.
    changes: Vec<Change>,
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
    /// Parcels that stay as they are on the ground, and whose rights or papers change, or what lies on them.
    amended: Vec<Line>,
    /// Parties that it makes, or gives other particulars.
    parties: Vec<Named>,
    /// Certificates that it makes, ends, corrects or writes on.
    certificates: Vec<Certificate>,
    /// What the law wants to happen at this change.
    proposals: Vec<Proposal>,
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

/// A code of a change.
#[derive(Debug, Clone, Serialize)]
struct Change {
    code: String,
    name_vi: String,
    name_en: String,
}

/// A party.
#[derive(Debug, Clone, Serialize)]
struct Named {
    name: String,
    /// None for a new one.
    party_id: Option<i64>,
    /// What it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// A certificate.
#[derive(Debug, Clone, Serialize)]
struct Certificate {
    serial: String,
    /// None for a new one.
    before: Option<String>,
    after: String,
    notes: Vec<String>,
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
    before: Option<State>,
    /// As it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<State>,
    /// What it came from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parents: Vec<ParcelId>,
    /// How many rights are in it.
    rights: usize,
    /// How many certificates its rights stand on.
    certificates: usize,
    /// Its rings in metres of its zone, not closed.
    boundary_m: Vec<Vec<PointM>>,
}

/// Areas by the papers and by the boundary; who holds it and what lies on it, where it is not a mere neighbour.
#[derive(Debug, Clone, Serialize)]
struct State {
    legal_area_m2: Option<Area>,
    computed_area_m2: Area,
    address: Option<String>,
    #[serde(flatten)]
    estate: Option<Estate>,
}

impl Report {
    /// What a plan of a request does.
    pub fn of(wanted: &Wanted, plan: &Plan<'_>, position: Position) -> Self {
        let before = Registry::new(plan.registry.books, plan.registry.register);
        let lines = Lines {
            plan,
            before: &before,
        };
        Self {
            changes: changes(wanted, &plan.registry.books.change_types),
            retired: plan
                .retired
                .iter()
                .map(|held| lines.retired(held))
                .collect(),
            made: plan.made.iter().map(|piece| lines.made(piece)).collect(),
            renewed: plan
                .renewed
                .iter()
                .map(|(held, piece)| lines.kept(held, piece))
                .collect(),
            amended: plan
                .amended
                .iter()
                .map(|(held, piece)| Line {
                    revision: Some(held.revision),
                    ..lines.kept(held, piece)
                })
                .collect(),
            ended: plan.ended.iter().map(|piece| lines.ended(piece)).collect(),
            parties: parties(&plan.registry),
            certificates: certificates(&plan.registry),
            proposals: plan.proposals.clone(),
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

    fn empty(wanted: &Wanted, position: Position) -> Self {
        Self {
            operation_id: None,
            codes: codes(wanted).into_iter().map(str::to_owned).collect(),
            changes: Vec::new(),
            dossier: wanted.dossier.clone(),
            register_position: position,
            retired: Vec::new(),
            made: Vec::new(),
            renewed: Vec::new(),
            amended: Vec::new(),
            ended: Vec::new(),
            sheets: Vec::new(),
            parties: Vec::new(),
            certificates: Vec::new(),
            proposals: Vec::new(),
            drift_mm2: 0.0,
            added_mm2: 0.0,
            rules: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Whether nothing forbids it.
    pub fn is_lawful(&self) -> bool {
        let mut violations = self.violations.iter();
        violations.all(|violation| violation.severity == Severity::Warning)
    }

    /// Whether it says who holds what.
    pub fn names_parties(&self) -> bool {
        let lines = [&self.retired, &self.made, &self.renewed, &self.amended];
        let mut lines = lines.into_iter().flatten();
        !self.parties.is_empty() || lines.any(|line| line.rights > 0)
    }

    /// The register position that it was judged at.
    pub fn position(&self) -> Position {
        self.register_position
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

/// The codes of the changes, each once.
fn codes(wanted: &Wanted) -> BTreeSet<&str> {
    let operations = wanted.operations.iter();
    operations
        .filter_map(|operation| operation.code())
        .collect()
}

fn changes(wanted: &Wanted, known: &[ChangeType]) -> Vec<Change> {
    let codes = codes(wanted);
    let known = known.iter().filter(|change| codes.contains(&*change.code));
    known
        .map(|change| Change {
            code: change.code.clone(),
            name_vi: change.name_vi.clone(),
            name_en: change.name_en.clone(),
        })
        .collect()
}

fn parties(registry: &Registry<'_>) -> Vec<Named> {
    let new = registry.new_parties.iter().map(|record| Named {
        name: record.name.clone(),
        party_id: None,
        before: None,
    });
    let renewed = registry
        .renewed_parties
        .iter()
        .map(|(id, (record, _))| Named {
            name: record.name.clone(),
            party_id: Some((*id).into()),
            before: registry
                .held_party(*id)
                .map(|held| held.record.name.clone()),
        });
    new.chain(renewed).collect()
}

fn certificates(registry: &Registry<'_>) -> Vec<Certificate> {
    let papers = registry.papers.values();
    let touched = papers.filter(|paper| paper.is_changed() || !paper.notes.is_empty());
    touched
        .map(|paper| Certificate {
            serial: paper.serial.clone(),
            before: paper.held.map(|held| held.status.clone()),
            after: paper.status.to_owned(),
            notes: paper.notes.iter().map(|(_, text)| text.clone()).collect(),
        })
        .collect()
}

/// What is said of parcels by a plan.
struct Lines<'l> {
    plan: &'l Plan<'l>,
    /// Parties and certificates as they were.
    before: &'l Registry<'l>,
}

impl Lines<'_> {
    fn retired(&self, held: &HeldParcel) -> Line {
        Line {
            revision: Some(held.revision),
            before: Some(self.was(held)),
            parents: Vec::new(),
            ..Line::of(&Piece::of(held))
        }
    }

    fn made(&self, piece: &Piece<'_>) -> Line {
        Line {
            after: Some(self.is(piece, true)),
            ..Line::of(piece)
        }
    }

    fn ended(&self, piece: &Piece<'_>) -> Line {
        Line {
            before: Some(self.is(piece, false)),
            ..Line::of(piece)
        }
    }

    fn kept(&self, held: &HeldParcel, piece: &Piece<'_>) -> Line {
        Line {
            before: Some(self.was(held)),
            after: Some(self.is(piece, self.is_named(held))),
            parents: Vec::new(),
            ..Line::of(piece)
        }
    }

    /// Of neighbours that only take a corner no rights have been read.
    fn is_named(&self, held: &HeldParcel) -> bool {
        let mut named = self.plan.named.iter();
        named.any(|named| named.parcel_id == held.parcel_id)
    }

    fn was(&self, held: &HeldParcel) -> State {
        let estate = || Estate::of(&Tenure::of(held), &held.uses, self.before);
        State {
            legal_area_m2: held.legal_area,
            computed_area_m2: geometry::area(&held.boundary),
            address: held.address.clone(),
            estate: self.is_named(held).then(estate),
        }
    }

    fn is(&self, piece: &Piece<'_>, is_named: bool) -> State {
        let estate = || Estate::of(&piece.tenure, &piece.uses, &self.plan.registry);
        State {
            legal_area_m2: piece.legal_area,
            computed_area_m2: geometry::area(&piece.boundary),
            address: piece.address.clone(),
            estate: is_named.then(estate),
        }
    }
}

impl Line {
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
            rights: piece.tenure.rights.len(),
            certificates: certificates_of(piece),
            boundary_m: piece.boundary.rings().iter().map(ring).collect(),
        }
    }
}

fn certificates_of(piece: &Piece<'_>) -> usize {
    let rights = piece.tenure.rights.iter();
    let certificates: BTreeSet<Mark<_>> = rights.filter_map(|right| right.certificate).collect();
    certificates.len()
}
