//! Operations on rights, in the course of a plan.

mod blocks;
mod charges;
mod judge;
mod papers;
mod particulars;
mod registry;
mod tenure;
mod transfer;

pub use judge::{Proposal, judge};
pub use registry::{Paper, Registry};
pub use tenure::{Mark, Right, Tenure};

use self::tenure::lies_on;
use super::piece::Piece;
use crate::domain::{
    CertificateId, Document, LandOperation, ParcelId, PartAsked, PartyId, fold_text,
    is_one_for_ever, serial_key,
};
use crate::domain::{Part, Stops};
use crate::geometry::{RawPolygon, check_rings};
use std::collections::BTreeSet;

/// The kinds of operations that an agency's letter asks for.
const OF_AGENCIES: [&str; 4] = ["block", "unblock", "restrict", "lift"];

/// One operation's view of a plan: the parcels that it acts on, and the registry.
pub struct Scene<'s, 'a> {
    /// All parcels.
    pub pieces: &'s mut [Piece<'a>],
    /// Those that it acts on.
    pub acted: &'s [usize],
    /// Parties, certificates, blocks by name.
    pub registry: &'s mut Registry<'a>,
    /// The operation's kind.
    pub kind: &'static str,
    /// The code of the change.
    pub code: Option<&'s str>,
}

/// Carries out an operation on rights. What is wrong is added to the registry; what follows in the list keeps its sense.
pub fn carry_out(operation: &LandOperation, scene: &mut Scene<'_, '_>) {
    scene.touch();
    match operation {
        LandOperation::Transfer(transfer) => scene.transfer(transfer),
        LandOperation::Mortgage(encumber) | LandOperation::Lease(encumber) => {
            scene.encumber(encumber);
        }
        LandOperation::Discharge(release) | LandOperation::EndLease(release) => {
            scene.release(release);
        }
        LandOperation::Block(block) => scene.block(block),
        LandOperation::Unblock(unblock) => scene.unblock(unblock),
        LandOperation::Restrict(restrict) => scene.restrict(restrict),
        LandOperation::Lift(lift) => scene.lift(lift),
        LandOperation::ChangeUse(change) => scene.change_use(change),
        LandOperation::Extend(extend) => scene.extend_term(extend),
        LandOperation::IssueCertificate(issue) => scene.issue(issue),
        LandOperation::WithdrawCertificate(withdraw) => scene.withdraw(withdraw),
        LandOperation::AnnotateCertificate(annotate) => scene.annotate(annotate),
        LandOperation::Correct(correct) => scene.correct(correct),
        LandOperation::PartyInformation(information) => scene.inform(information),
        _ => {}
    }
}

/// What stands against an operation of any kind before anything is done: blocks, and a code that is not for it.
pub fn admit(operation: &LandOperation, scene: &mut Scene<'_, '_>) {
    scene.check_code();
    scene.check_blocks();
    scene.check_papers_blocked(operation);
    let parties = scene.concerned(operation);
    scene.check_persons(&parties);
    if let Some(code) = scene.code {
        let code = code.to_owned();
        for place in scene.acted {
            if let Some(piece) = scene.pieces.get_mut(*place) {
                piece.codes.insert(code.clone());
            }
        }
    }
}

impl Scene<'_, '_> {
    fn touch(&mut self) {
        for place in self.acted {
            if let Some(piece) = self.pieces.get_mut(*place) {
                piece.is_touched = true;
            }
        }
    }

    /// The names of the parcels.
    pub fn names(&self) -> Vec<String> {
        let acted = self.acted.iter();
        let pieces = acted.filter_map(|place| self.pieces.get(*place));
        pieces.map(|piece| piece.name()).collect()
    }

    /// The parcels of the register among them, and those that the others came from: who names a part names what it was cut from.
    pub fn parcel_ids(&self) -> Vec<ParcelId> {
        let acted = self.acted.iter();
        let pieces = acted.filter_map(|place| self.pieces.get(*place));
        pieces
            .flat_map(|piece| piece.sources.keys().copied())
            .collect()
    }

    fn check_code(&mut self) {
        let Some(code) = self.code else {
            return;
        };
        let known = &self.registry.books.change_types;
        // On a certificate any change may be written.
        let is_note = self.kind == "annotate-certificate";
        let is_known = known.iter().any(|change| {
            let mut kinds = change.kinds.iter();
            change.code == code && (is_note || kinds.any(|kind| kind == self.kind))
        });
        if !is_known {
            let detail = format!(
                "{code} is no code of a change in force that a {} is registered under",
                self.kind
            );
            let names = self.names();
            self.registry.error("change-code-unknown", names, detail);
        }
    }

    fn check_blocks(&mut self) {
        for place in self.acted {
            let Some(piece) = self.pieces.get(*place) else {
                continue;
            };
            for stop in &piece.tenure.stops {
                let terms = &stop.terms;
                if !terms.stops.stop(self.kind) || !lies_on(&terms.part, &piece.boundary) {
                    continue;
                }
                let laid_on = stop
                    .laid_on
                    .map_or_else(|| piece.name(), |id| id.to_string());
                let part = terms.part.text.as_ref();
                let part = part.map(|text| format!(" ({text})")).unwrap_or_default();
                let detail = format!(
                    "{} stopped by letter {} of {}, on parcel {laid_on}{part}",
                    stopped(terms.stops),
                    terms.letter_no,
                    terms.agency
                );
                self.registry.error("blocked", vec![piece.name()], detail);
            }
        }
    }

    /// The certificates that cover the parcels or what they came from, and the one that is named. What became of them is no matter: only a
    /// letter lifts a block.
    fn papers_at(&self, operation: &LandOperation) -> BTreeSet<Mark<CertificateId>> {
        let acted = self.acted.iter();
        let pieces: Vec<_> = acted.filter_map(|place| self.pieces.get(*place)).collect();
        let covers = |mark: &Mark<CertificateId>| {
            let mut pieces = pieces.iter();
            pieces.any(|piece| self.registry.covers(*mark, piece))
        };
        let papers = self.registry.papers.keys().copied();
        let mut marks: BTreeSet<_> = papers.filter(covers).collect();
        let named = match operation {
            LandOperation::IssueCertificate(issue) => Some(&issue.serial),
            LandOperation::AnnotateCertificate(annotate) => Some(&annotate.serial),
            LandOperation::Correct(correct) => {
                correct.printed.as_ref().map(|printed| &printed.serial)
            }
            _ => None,
        };
        marks.extend(named.and_then(|serial| self.registry.paper(serial)));
        marks
    }

    fn check_papers_blocked(&mut self, operation: &LandOperation) {
        let names = self.names();
        for mark in self.papers_at(operation) {
            let Some(serial) = self
                .registry
                .papers
                .get(&mark)
                .map(|paper| paper.serial.clone())
            else {
                continue;
            };
            let key = serial_key(&serial);
            for block in &self.registry.books.blocks {
                let is_it = block.serial_key.as_deref() == Some(&*key)
                    && !self.registry.lifted_by_name.contains(&block.block_id);
                if is_it && block.stops.stop(self.kind) {
                    let detail = format!(
                        "{} stopped by letter {} of {}, on certificate {serial}",
                        stopped(block.stops),
                        block.letter_no,
                        block.agency
                    );
                    self.registry.error("blocked", names.clone(), detail);
                }
            }
        }
    }

    /// The parties whom an operation is about: who gives, where one of several does, else all who hold.
    fn concerned(&self, operation: &LandOperation) -> BTreeSet<Mark<PartyId>> {
        match operation {
            LandOperation::Transfer(transfer) => BTreeSet::from([Mark::Known(transfer.from)]),
            LandOperation::PartyInformation(information) => {
                BTreeSet::from([Mark::Known(information.party_id)])
            }
            _ => {
                let acted = self.acted.iter();
                let pieces = acted.filter_map(|place| self.pieces.get(*place));
                let rights = pieces.flat_map(|piece| &piece.tenure.rights);
                rights.map(|right| right.party).collect()
            }
        }
    }

    /// Blocks on persons: by a number that is one person's for ever; who has only the same name is warned of.
    pub fn check_persons(&mut self, parties: &BTreeSet<Mark<PartyId>>) {
        let names = self.names();
        for mark in parties {
            let Some(record) = self.registry.party(*mark).cloned() else {
                continue;
            };
            let name_key = fold_text(&record.name);
            let own = record
                .personal_no
                .as_deref()
                .filter(|number| is_one_for_ever(number));
            for block in &self.registry.books.blocks {
                if block.name_key.is_none()
                    || !block.stops.stop(self.kind)
                    || self.registry.lifted_by_name.contains(&block.block_id)
                {
                    continue;
                }
                let number = block.personal_no.as_deref();
                let number = number.filter(|number| is_one_for_ever(number));
                let by = format!("letter {} of {}", block.letter_no, block.agency);
                if own.is_some() && own == number {
                    let detail = format!(
                        "{} stopped by {by}, on {}",
                        stopped(block.stops),
                        record.name
                    );
                    self.registry.error("blocked", names.clone(), detail);
                } else if block.name_key.as_deref() == Some(&*name_key)
                    && (own.is_none() || number.is_none())
                {
                    let detail = format!(
                        "{by} blocks a person called {}: make sure that it is not this one",
                        record.name
                    );
                    self.registry
                        .warn("person-maybe-blocked", names.clone(), detail);
                }
            }
        }
    }

    /// Papers are not signed on a day to come, nor before what they are about was there.
    pub fn check_document(&mut self, document: &Document) {
        let names = self.names();
        if document.number.trim().is_empty() {
            self.registry.error(
                "document-without-number",
                names.clone(),
                "the paper that it is registered by has no number",
            );
        }
        self.check_day(document.signed_on, &format!("paper {}", document.number));
    }

    /// What [`Self::check_document`] says of a day. The register knows the first day of a parcel that an operation made; of one that
    /// was loaded it knows only since when it is there. An agency's letter is about the land, whatever parcels were made of it while the
    /// letter was on its way.
    pub fn check_day(&mut self, day: time::Date, what: &str) {
        let names = self.names();
        let today = self.registry.books.today;
        if day > today {
            let detail = format!("{what} is dated {day}, and today is {today}");
            self.registry.error("date-in-future", names, detail);
        }
        if OF_AGENCIES.contains(&self.kind) {
            return;
        }
        for place in self.acted {
            let Some(held) = self.pieces.get(*place).and_then(|piece| piece.held) else {
                continue;
            };
            if day >= held.since {
                continue;
            }
            let names = vec![Piece::of(held).name()];
            let detail = format!(
                "{what} is dated {day}, the parcel is there since {}",
                held.since
            );
            if held.is_made {
                self.registry.error("date-before-parcel", names, detail);
            } else {
                self.registry.warn("date-before-parcel", names, detail);
            }
        }
    }

    /// The part of a parcel that is asked for, or what is wrong with it.
    pub fn part(&mut self, asked: &PartAsked, place: usize) -> Option<Part> {
        let piece = self.pieces.get(place)?;
        let text = asked.text.clone();
        if asked.ring_m.is_empty() {
            return Some(Part {
                text,
                boundary: None,
            });
        }
        let raw = RawPolygon {
            rings: vec![asked.ring_m.clone()],
        };
        let names = vec![piece.name()];
        let part = match check_rings(piece.boundary.zone(), &raw) {
            Ok(boundary) => Part {
                text,
                boundary: Some(boundary),
            },
            Err(faults) => {
                let told: Vec<String> = faults.iter().map(|fault| fault.detail.clone()).collect();
                let detail = format!("the part is no lawful outline: {}", told.join("; "));
                self.registry.error("part-unlawful", names, detail);
                return None;
            }
        };
        if !lies_on(&part, &piece.boundary) {
            let detail = "the part lies outside the parcel";
            self.registry.error("part-outside-parcel", names, detail);
            return None;
        }
        Some(part)
    }
}

/// What flags stop, in words.
fn stopped(stops: Stops) -> String {
    let words = [
        (stops.issuing, "issuing"),
        (stops.transactions, "transactions"),
        (stops.changes, "changes"),
    ];
    let words = words.iter().filter(|(is_set, _)| *is_set);
    let words: Vec<&str> = words.map(|(_, word)| *word).collect();
    format!(
        "{} {}",
        words.join(" and "),
        if words.len() == 1 && stops.issuing {
            "is"
        } else {
            "are"
        }
    )
}
