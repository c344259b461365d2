//! What a list of operations makes of the parcels held for it. Pure: the same parcels and the same list give the same plan.

use super::drawing::{along, line, through, width_mm};
use super::least::{self, Cited};
use super::piece::Piece;
use super::rights::{self, Proposal, Registry, Scene};
use super::rules;
use super::violation::{Severity, Violation};
use crate::domain::{Area, Boundary, Cut, Ending, LandOperation, ParcelId, ParcelRef, SheetId};
use crate::geometry;
use crate::store::{Books, HeldParcel, HeldSheet};
use crate::topology::{self, Change, ViolationCode};
use std::collections::{BTreeMap, BTreeSet};

/// What a list of operations does.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Parcels that end.
    pub retired: Vec<&'a HeldParcel>,
    /// Parcels that come into being, with their numbers.
    pub made: Vec<Piece<'a>>,
    /// Parcels that stay and are drawn anew, or get another address or main use: those named, and neighbours that take a new vertex.
    pub renewed: Vec<(&'a HeldParcel, Piece<'a>)>,
    /// Other parcels whose rights change, or what lies on them, or the papers about them.
    pub amended: Vec<(&'a HeldParcel, Piece<'a>)>,
    /// The parcels named, as they are.
    pub named: &'a [HeldParcel],
    /// Parties, certificates and blocks by name.
    pub registry: Registry<'a>,
    /// What the law wants to happen at this change.
    pub proposals: Vec<Proposal>,
    /// Land that is no parcel any more, with why.
    pub ended: Vec<Piece<'a>>,
    /// Everything that is wrong with it.
    pub violations: Vec<Violation>,
    /// By how much rounding changed the land of all of them together, in square millimetres, doubled.
    pub drift_doubled_mm2: i128,
    /// The land that surveys and first registrations brought to all of them together, and that endings took, doubled.
    pub added_doubled_mm2: i128,
    /// The rules of the law that sizes were judged by.
    pub cited: Vec<Cited>,
}

impl Plan<'_> {
    /// Whether anything that the plan makes comes from a parcel.
    pub fn has_heirs(&self, parcel: &HeldParcel) -> bool {
        let mut made = self.made.iter();
        made.any(|piece| piece.sources.contains_key(&parcel.parcel_id))
    }

    /// The retired parcels without heirs, with why.
    pub fn ends(&self) -> Vec<(ParcelId, Ending)> {
        let without = self.retired.iter().filter(|parcel| !self.has_heirs(parcel));
        let why = |parcel: &&HeldParcel| {
            let mut ended = self.ended.iter();
            let of_it = ended.find(|piece| piece.sources.contains_key(&parcel.parcel_id))?;
            Some((parcel.parcel_id, of_it.ends?))
        };
        without.filter_map(why).collect()
    }

    /// Whether nothing forbids it.
    pub fn is_lawful(&self) -> bool {
        let mut violations = self.violations.iter();
        violations.all(|violation| violation.severity == Severity::Warning)
    }

    /// The numbers of what it makes, by sheet.
    pub fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::new();
        for piece in &self.made {
            let of_sheet = numbers.entry(piece.sheet.sheet_id).or_default();
            of_sheet.push(piece.parcel_no);
        }
        numbers
    }
}

/// Numbers that are kept for what a plan makes, by sheet, in order.
pub type Numbers = BTreeMap<SheetId, Vec<i32>>;

/// Plans operations on held parcels, one after the other; what they leave is judged at the end only.
pub fn plan<'a>(operations: &[LandOperation], found: &Found<'a>) -> Plan<'a> {
    let mut desk = Desk::new(found);
    for (number, operation) in operations.iter().enumerate() {
        if let Err(violations) = desk.carry_out(number, operation) {
            desk.violations.extend(violations);
            // What follows would act on parcels that are not there.
            break;
        }
    }
    desk.finish(found.parcels, found.numbers)
}

/// What a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The parcels named.
    pub parcels: &'a [HeldParcel],
    /// The parcels beside them.
    pub neighbours: &'a [HeldParcel],
    /// The sheets named.
    pub sheets: &'a [HeldSheet],
    /// Parties, certificates, blocks by name, and the law of the day.
    pub books: &'a Books,
    /// Numbers kept for what the plan makes.
    pub numbers: &'a Numbers,
}

/// The parcels in the course of a plan.
pub(super) struct Desk<'a> {
    before: Vec<&'a HeldParcel>,
    pub(super) sheets: &'a [HeldSheet],
    pub(super) pieces: Vec<Piece<'a>>,
    /// Where what operations made is among the pieces.
    pub(super) made: BTreeMap<(usize, usize), usize>,
    /// What a survey drew among the pieces.
    pub(super) surveyed: BTreeSet<usize>,
    registry: Registry<'a>,
    violations: Vec<Violation>,
    drift_doubled_mm2: i128,
    pub(super) added_doubled_mm2: i128,
}

impl<'a> Desk<'a> {
    fn new(found: &Found<'a>) -> Self {
        let before: Vec<_> = found.parcels.iter().chain(found.neighbours).collect();
        let first = found
            .parcels
            .first()
            .map(|parcel| parcel.parcel_id.register());
        let sheet = found.sheets.first().map(|sheet| sheet.sheet_id.register());
        let register = first.or(sheet);
        Self {
            pieces: before.iter().map(|parcel| Piece::of(parcel)).collect(),
            before,
            sheets: found.sheets,
            surveyed: BTreeSet::new(),
            made: BTreeMap::new(),
            registry: Registry::new(found.books, register),
            violations: Vec::new(),
            drift_doubled_mm2: 0,
            added_doubled_mm2: 0,
        }
    }

    fn carry_out(
        &mut self,
        number: usize,
        operation: &LandOperation,
    ) -> Result<(), Vec<Violation>> {
        let mut acted = Vec::new();
        for parcel in operation.parcels() {
            let place = self.find(&parcel).filter(|place| !acted.contains(place));
            acted.push(place.ok_or_else(|| vec![not_there(&parcel)])?);
        }
        let mut scene = Scene {
            pieces: &mut self.pieces,
            acted: &acted,
            registry: &mut self.registry,
            kind: operation.kind(),
            code: operation.code(),
        };
        rights::admit(operation, &mut scene);
        if operation.is_about_rights() {
            rights::carry_out(operation, &mut scene);
            return Ok(());
        }
        self.check_commune(operation, &acted)?;
        match (operation, &*acted) {
            (LandOperation::Retire { because, .. }, [place]) => {
                self.end(*place, *because);
                return Ok(());
            }
            (LandOperation::Resurvey { surveys }, places) => return self.resurvey(places, surveys),
            (LandOperation::RegisterFirst { .. }, _) => return self.register(number, operation),
            _ => {}
        }
        let beside = self.beside(&acted);
        let pieces: Vec<&Piece<'a>> = acted
            .iter()
            .filter_map(|place| self.pieces.get(*place))
            .collect();
        let neighbours: Vec<&Boundary> = beside
            .iter()
            .filter_map(|place| Some(&self.pieces.get(*place)?.boundary))
            .collect();
        let change = applied(operation, &pieces, &neighbours)?;
        let (made, redrawn) = match (operation, &*pieces) {
            (
                LandOperation::Split {
                    uses,
                    encumbrances,
                    restrictions,
                    ..
                },
                [parent],
            ) => {
                let mut parts = parent.parts(&change.parcels, uses)?;
                parent.assign(&mut parts, encumbrances, restrictions)?;
                (parts, Vec::new())
            }
            (LandOperation::Adjust { .. }, pieces) => {
                let redrawn = pieces.iter().zip(change.parcels);
                (
                    Vec::new(),
                    redrawn
                        .map(|(piece, boundary)| piece.redrawn(boundary))
                        .collect(),
                )
            }
            (_, parents) => {
                let whole = change
                    .parcels
                    .into_iter()
                    .map(|boundary| Piece::merged(parents, boundary));
                (whole.collect::<Result<_, _>>()?, Vec::new())
            }
        };
        for place in &acted {
            if let Some(piece) = self.pieces.get_mut(*place) {
                piece.is_gone = true;
            }
        }
        for (place, piece) in acted.iter().zip(redrawn) {
            if let Some(old) = self.pieces.get_mut(*place) {
                *old = piece;
            }
        }
        self.bend(&beside, change.neighbours);
        self.drift_doubled_mm2 += change.drift_doubled_mm2;
        for (child, piece) in made.into_iter().enumerate() {
            self.made.insert((number, child), self.pieces.len());
            self.pieces.push(piece);
        }
        Ok(())
    }

    /// Neighbours take new vertices.
    pub(super) fn bend(&mut self, beside: &[usize], bent: Vec<(usize, Boundary)>) {
        for (number, boundary) in bent {
            let place = beside.get(number);
            if let Some(piece) = place.and_then(|place| self.pieces.get_mut(*place)) {
                piece.boundary = boundary;
            }
        }
    }

    /// Land does not move from commune to commune by an operation of the office.
    fn check_commune(
        &self,
        operation: &LandOperation,
        acted: &[usize],
    ) -> Result<(), Vec<Violation>> {
        let pieces = acted.iter().filter_map(|place| self.pieces.get(*place));
        let communes: BTreeSet<_> = pieces
            .clone()
            .map(|piece| piece.sheet.key.commune)
            .collect();
        if communes.len() < 2 {
            return Ok(());
        }
        let names = pieces.map(|piece| piece.name()).collect();
        let detail = format!(
            "a {} would move land from commune to commune",
            operation.kind()
        );
        Err(vec![Violation::error("communes-differ", names, detail)])
    }

    /// Where a parcel is that an operation names, if it is still one.
    fn find(&self, parcel: &ParcelRef) -> Option<usize> {
        let place = match parcel {
            ParcelRef::Id(id) => {
                let is_it =
                    |piece: &Piece<'_>| piece.held.is_some_and(|held| held.parcel_id == *id);
                self.pieces.iter().position(is_it)
            }
            ParcelRef::Made { operation, child } => self.made.get(&(*operation, *child)).copied(),
        };
        place.filter(|place| {
            let piece = self.pieces.get(*place);
            piece.is_some_and(|piece| !piece.is_gone && piece.ends.is_none())
        })
    }

    /// Where the parcels are whose boxes meet those of some.
    fn beside(&self, acted: &[usize]) -> Vec<usize> {
        let own = acted.iter().filter_map(|place| self.pieces.get(*place));
        let own: Vec<&Boundary> = own.map(|piece| &piece.boundary).collect();
        self.near(&own, acted)
    }

    /// Where the parcels are, but some, whose boxes meet those of boundaries.
    pub(super) fn near(&self, boundaries: &[&Boundary], but: &[usize]) -> Vec<usize> {
        let boxes: Vec<_> = boundaries
            .iter()
            .map(|boundary| geometry::bounds(boundary))
            .collect();
        let is_near = |piece: &Piece<'_>| {
            let (min, max) = geometry::bounds(&piece.boundary);
            boxes.iter().any(|(other_min, other_max)| {
                min.east_mm <= other_max.east_mm
                    && other_min.east_mm <= max.east_mm
                    && min.north_mm <= other_max.north_mm
                    && other_min.north_mm <= max.north_mm
            })
        };
        let zone = boundaries.first().map(|boundary| boundary.zone());
        let others = self.pieces.iter().enumerate().filter(|(place, piece)| {
            !piece.is_gone
                && !but.contains(place)
                && Some(piece.boundary.zone()) == zone
                && is_near(piece)
        });
        others.map(|(place, _)| place).collect()
    }

    /// Numbers what was made, and judges what is left.
    fn finish(mut self, named: &'a [HeldParcel], kept: &Numbers) -> Plan<'a> {
        let is_new =
            |piece: &&mut Piece<'_>| piece.held.is_none() && !piece.is_gone && piece.ends.is_none();
        let mut highest = BTreeMap::new();
        let mut given: BTreeMap<SheetId, usize> = BTreeMap::new();
        for piece in self.pieces.iter_mut().filter(is_new) {
            let given = given.entry(piece.sheet.sheet_id).or_default();
            let own = kept.get(&piece.sheet.sheet_id);
            let own = own.and_then(|own| own.get(*given));
            *given += 1;
            if let Some(own) = own {
                piece.parcel_no = *own;
                continue;
            }
            let next = highest
                .entry(piece.sheet.sheet_id)
                .or_insert(piece.sheet.highest_parcel_no);
            *next = next.saturating_add(1);
            piece.parcel_no = *next;
        }
        if self.violations.is_empty() {
            self.violations = self.judged();
        }
        let is_left = |parcel: &&HeldParcel| {
            let left = self
                .pieces
                .iter()
                .filter(|piece| !piece.is_gone && piece.ends.is_none());
            let mut left = left.filter_map(|piece| piece.held);
            left.any(|held| held.parcel_id == parcel.parcel_id)
        };
        let retired: Vec<_> = self
            .before
            .iter()
            .copied()
            .filter(|parcel| !is_left(parcel))
            .collect();
        let (too_small, cited) = least::check_sizes(&self.pieces, &self.registry.books.rules);
        let left = self.pieces.iter();
        let left = left.filter(|piece| !piece.is_gone && piece.ends.is_none());
        let left: Vec<&Piece<'_>> = left.collect();
        let proposals = rights::judge(&left, &retired, &mut self.registry);
        self.violations.append(&mut self.registry.violations);
        let (mut made, mut renewed, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        let mut amended = Vec::new();
        for piece in self.pieces.into_iter().filter(|piece| !piece.is_gone) {
            match piece.held {
                _ if piece.ends.is_some() => ended.push(piece),
                None => made.push(piece),
                Some(held) if piece.is_redrawn(held) => renewed.push((held, piece)),
                Some(held) if piece.is_touched => amended.push((held, piece)),
                Some(_) => {}
            }
        }
        let mut plan = Plan {
            retired,
            made,
            renewed,
            amended,
            named,
            registry: self.registry,
            proposals,
            ended,
            violations: self.violations,
            drift_doubled_mm2: self.drift_doubled_mm2,
            added_doubled_mm2: self.added_doubled_mm2,
            cited,
        };
        plan.violations.extend(too_small);
        let rules = &plan.registry.books.rules;
        plan.violations.extend(rules::violations(&plan, rules));
        plan
    }

    /// What is wrong on the ground, with all that was at hand. Parcels of different zones are not compared.
    fn judged(&self) -> Vec<Violation> {
        let mut zones: Vec<_> = self
            .pieces
            .iter()
            .map(|piece| piece.boundary.zone())
            .collect();
        zones.sort_unstable();
        zones.dedup();
        let mut violations = Vec::new();
        for zone in zones {
            let before: Vec<&Boundary> = self
                .before
                .iter()
                .map(|parcel| &parcel.boundary)
                .filter(|boundary| boundary.zone() == zone)
                .collect();
            let pieces: Vec<(usize, &Piece<'_>)> = self
                .pieces
                .iter()
                .enumerate()
                .filter(|(_, piece)| !piece.is_gone && piece.boundary.zone() == zone)
                .collect();
            let after: Vec<&Boundary> = pieces.iter().map(|(_, piece)| &piece.boundary).collect();
            let found = topology::check(&before, &after);
            let name = |number: usize| pieces.get(number).map(|(_, piece)| piece.name());
            let is_surveyed = |number: usize| {
                let place = pieces.get(number).map(|(place, _)| place);
                place.is_some_and(|place| self.surveyed.contains(place))
            };
            let is_first = |number: &usize| {
                let piece = pieces.get(*number).map(|(_, piece)| piece);
                piece.is_some_and(|piece| piece.held.is_none() && piece.sources.is_empty())
            };
            // That a first registration adds land is what it is for.
            let is_news = |found: &&topology::Violation| {
                found.code != ViolationCode::LandAdded || !found.parcels.iter().all(is_first)
            };
            let found = found.iter().filter(is_news).map(|found| {
                let told = Violation::in_plane(found, zone, name);
                told.after_survey(found, is_surveyed)
            });
            violations.extend(found);
        }
        violations
    }
}

fn not_there(parcel: &ParcelRef) -> Violation {
    let name = match parcel {
        ParcelRef::Id(id) => id.to_string(),
        ParcelRef::Made { operation, child } => format!("operation {operation}, child {child}"),
    };
    let detail = format!("{name} is no parcel of its own at this point of the list");
    Violation::error("parcel-not-there", vec![name], detail)
}

/// What an operation does in the plane.
fn applied(
    operation: &LandOperation,
    pieces: &[&Piece<'_>],
    neighbours: &[&Boundary],
) -> Result<Change, Vec<Violation>> {
    let boundaries: Vec<&Boundary> = pieces.iter().map(|piece| &piece.boundary).collect();
    let outcome = match (operation, &*boundaries) {
        (LandOperation::Split { by, .. }, [parent]) => split(parent, neighbours, by),
        (LandOperation::Adjust { line_m, .. }, [first, second]) => {
            line(line_m).and_then(|line| topology::adjust([first, second], neighbours, &line))
        }
        (_, parcels) => topology::merge(parcels, neighbours),
    };
    let zone = boundaries.first().map_or(0, |boundary| boundary.zone());
    let name = |number: usize| pieces.get(number).map(|piece| piece.name());
    outcome.map_err(|found| {
        found
            .iter()
            .map(|found| Violation::in_plane(found, zone, name))
            .collect()
    })
}

fn split(
    parent: &Boundary,
    neighbours: &[&Boundary],
    by: &Cut,
) -> Result<Change, Vec<topology::Violation>> {
    match by {
        Cut::Line(points) => topology::split(parent, neighbours, &line(points)?),
        Cut::Points(points) => topology::split(parent, neighbours, &through(parent, points)?),
        Cut::Strip { vertex, width_m } => {
            let line = topology::strip(parent, *vertex, width_mm(*width_m))?;
            topology::split(parent, neighbours, &line)
        }
        Cut::Areas { along_m, areas_m2 } => {
            let areas: Vec<_> = areas_m2
                .iter()
                .map(|area_m2| Area::from_m2(*area_m2))
                .collect();
            let division = topology::split_into_areas(parent, neighbours, along(along_m), &areas)?;
            Ok(division.change)
        }
        Cut::Equal { along_m, parts } => {
            Ok(topology::split_equally(parent, neighbours, along(along_m), *parts)?.change)
        }
    }
}
