//! Parties, certificates and blocks by name in the course of a plan.

use super::tenure::Mark;
use crate::app::desk::piece::Piece;
use crate::app::desk::violation::Violation;
use crate::domain::{
    Block, BlockId, CertificateId, ParcelId, PartyId, PartyRecord, PartyRef, RegisterNo, fold_text,
    is_one_for_ever, is_personal_number, is_tax_number, serial_key, tidy_number, tidy_text,
};
use crate::store::{Books, HeldCertificate, HeldParty};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// A certificate in the course of a plan.
#[derive(Debug, Clone)]
pub struct Paper<'a> {
    /// The certificate of the register that it is; none for a new one.
    pub held: Option<&'a HeldCertificate>,
    /// Its serial.
    pub serial: String,
    /// Its number in the register of certificates.
    pub entry_no: Option<String>,
    /// When it was signed.
    pub issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    pub status: &'a str,
    /// Whether what is printed on it is corrected.
    pub is_corrected: bool,
    /// What the plan writes on it: the code of the change, and what.
    pub notes: Vec<(Option<String>, String)>,
}

impl Paper<'_> {
    /// Whether it is valid.
    pub fn is_valid(&self) -> bool {
        self.status == "valid"
    }

    /// Whether the plan gives it another state or other numbers.
    pub fn is_changed(&self) -> bool {
        let is_so = |held: &HeldCertificate| {
            held.status == self.status
                && held.entry_no == self.entry_no
                && held.issued_on == self.issued_on
        };
        !self.held.is_some_and(is_so)
    }

    /// The other parcels that it covers.
    pub fn others(&self, parcels: &[ParcelId]) -> Vec<ParcelId> {
        let covered = self.held.map_or(&[][..], |held| &held.parcels);
        let others = covered.iter().filter(|id| !parcels.contains(id));
        others.copied().collect()
    }
}

/// A new block on a certificate or a person.
#[derive(Debug, Clone)]
pub struct BlockByName {
    /// The certificate.
    pub serial: Option<String>,
    /// The person's name and number.
    pub person: Option<(String, Option<String>)>,
    /// What it says.
    pub terms: Block,
}

/// Whose a number is.
enum Numbered {
    /// Nobody's yet.
    Nobody,
    /// A party's.
    Party(Mark<PartyId>),
    /// It is not clear whose; the registry says why.
    Unclear,
}

/// Parties, certificates and blocks by name in the course of a plan.
#[derive(Debug, Clone)]
pub struct Registry<'a> {
    /// What the register has.
    pub books: &'a Books,
    /// The register that the parcels are of.
    pub register: Option<RegisterNo>,
    /// Parties that the plan makes.
    pub new_parties: Vec<PartyRecord>,
    /// Parties that get other particulars, and whether those before were wrong from the beginning.
    pub renewed_parties: BTreeMap<PartyId, (PartyRecord, bool)>,
    /// Certificates.
    pub papers: BTreeMap<Mark<CertificateId>, Paper<'a>>,
    /// New blocks by name.
    pub new_blocks: Vec<BlockByName>,
    /// Blocks on parcels that are lifted.
    pub lifted: BTreeSet<(ParcelId, BlockId)>,
    /// Blocks by name that are lifted.
    pub lifted_by_name: BTreeSet<BlockId>,
    /// How many mortgages and leases, restrictions and blocks the plan makes.
    pub made: (usize, usize, usize),
    /// What is wrong, but leaves what follows in the list its sense.
    pub violations: Vec<Violation>,
}

impl<'a> Registry<'a> {
    /// As the register has them.
    pub fn new(books: &'a Books, register: Option<RegisterNo>) -> Self {
        let papers = books.certificates.iter().map(|held| {
            let paper = Paper {
                held: Some(held),
                serial: held.serial.clone(),
                entry_no: held.entry_no.clone(),
                issued_on: held.issued_on,
                status: &held.status,
                is_corrected: false,
                notes: Vec::new(),
            };
            (Mark::Known(held.certificate_id), paper)
        });
        Self {
            books,
            register,
            new_parties: Vec::new(),
            renewed_parties: BTreeMap::new(),
            papers: papers.collect(),
            new_blocks: Vec::new(),
            lifted: BTreeSet::new(),
            lifted_by_name: BTreeSet::new(),
            made: (0, 0, 0),
            violations: Vec::new(),
        }
    }

    /// Adds an error.
    pub fn error(&mut self, code: &'static str, parcels: Vec<String>, detail: impl Into<String>) {
        let violation = Violation::error(code, parcels, detail);
        self.violations.push(violation);
    }

    /// Adds a warning, once.
    pub fn warn(&mut self, code: &'static str, parcels: Vec<String>, detail: impl Into<String>) {
        let violation = Violation::warning(code, parcels, detail);
        if !self.violations.contains(&violation) {
            self.violations.push(violation);
        }
    }

    /// A party's particulars.
    pub fn party(&self, mark: Mark<PartyId>) -> Option<&PartyRecord> {
        match mark {
            Mark::New(number) => self.new_parties.get(number),
            Mark::Known(id) => {
                let renewed = self.renewed_parties.get(&id).map(|(record, _)| record);
                renewed.or_else(|| self.held_party(id).map(|held| &held.record))
            }
        }
    }

    /// A party as the register has it.
    pub fn held_party(&self, id: PartyId) -> Option<&'a HeldParty> {
        let mut parties = self.books.parties.iter();
        parties.find(|party| party.party_id == id)
    }

    /// What a party is called.
    pub fn name(&self, mark: Mark<PartyId>) -> String {
        let record = self.party(mark);
        record.map_or_else(|| format!("{mark:?}"), |record| record.name.clone())
    }

    /// The party that is meant: of the register, or a new one. Nobody is taken for another in silence.
    pub fn resolve(&mut self, asked: &PartyRef) -> Option<Mark<PartyId>> {
        let record = match asked {
            PartyRef::Known { party_id } => {
                if self.held_party(*party_id).is_none() {
                    let detail = format!("the register has no party {party_id}");
                    self.error("party-not-there", Vec::new(), detail);
                    return None;
                }
                return Some(Mark::Known(*party_id));
            }
            PartyRef::Described(record) => tidied(record),
        };
        if record.name.is_empty() {
            self.error("party-nameless", Vec::new(), "a party has no name");
            return None;
        }
        if let Some(same) = self.new_parties.iter().position(|known| *known == record) {
            return Some(Mark::New(same));
        }
        let name_key = fold_text(&record.name);
        match record.personal_no.as_deref() {
            Some(number) if is_one_for_ever(number) => match self.by_number(number, &name_key) {
                Numbered::Party(mark) => return Some(mark),
                Numbered::Unclear => return None,
                Numbered::Nobody => {}
            },
            number => self.warn_of_number(&record.name, number, &name_key),
        }
        self.new_parties.push(record);
        Some(Mark::New(self.new_parties.len() - 1))
    }

    /// The party of a number that is one person's for ever.
    fn by_number(&mut self, number: &str, name_key: &str) -> Numbered {
        let of_number = |held: &&HeldParty| held.record.personal_no.as_deref() == Some(number);
        let known: Vec<&HeldParty> = self.books.parties.iter().filter(of_number).collect();
        if known.is_empty() {
            return Numbered::Nobody;
        }
        let mut same: Vec<&HeldParty> = known
            .iter()
            .copied()
            .filter(|held| fold_text(&held.record.name) == name_key)
            .collect();
        let is_here = |held: &&HeldParty| Some(held.party_id.register()) == self.register;
        if same.iter().any(is_here) {
            same.retain(|held| is_here(held));
        }
        if let [only] = &*same {
            return Numbered::Party(Mark::Known(only.party_id));
        }
        let ids: Vec<String> = known.iter().map(|held| held.party_id.to_string()).collect();
        let ids = ids.join(", ");
        if same.is_empty() {
            let detail = format!("its number is that of party {ids}, under another name");
            self.error("party-name-differs", Vec::new(), detail);
        } else {
            let detail = format!("parties {ids} have its number and name: say which by id");
            self.error("party-unclear", Vec::new(), detail);
        }
        Numbered::Unclear
    }

    fn warn_of_number(&mut self, name: &str, number: Option<&str>, name_key: &str) {
        if let Some(number) = number {
            if is_personal_number(number) {
                let detail = format!(
                    "the number of {name} may be that of others too: nobody is found by it"
                );
                self.warn("party-number-not-unique", Vec::new(), detail);
            } else if !is_tax_number(number) {
                let detail = format!("the number of {name} has no known form");
                self.warn("party-number-form", Vec::new(), detail);
            }
        }
        let same = self.books.parties.iter();
        let same = same.filter(|held| fold_text(&held.record.name) == name_key);
        let ids: Vec<String> = same.map(|held| held.party_id.to_string()).collect();
        if !ids.is_empty() {
            let detail = format!(
                "{name} becomes a new party; {} of the same name",
                ids.join(", ")
            );
            self.warn("party-may-be-known", Vec::new(), detail);
        }
    }

    /// A certificate by its serial: the valid one, if there are several.
    pub fn paper(&self, serial: &str) -> Option<Mark<CertificateId>> {
        let key = serial_key(serial);
        let same = self
            .papers
            .iter()
            .filter(|(_, paper)| serial_key(&paper.serial) == key);
        same.max_by_key(|(_, paper)| paper.is_valid())
            .map(|(mark, _)| *mark)
    }

    /// A valid certificate by its serial, or what is wrong with it.
    pub fn valid_paper(&mut self, serial: &str) -> Option<Mark<CertificateId>> {
        let mark = self.paper(serial);
        let status = mark
            .and_then(|mark| self.papers.get(&mark))
            .map(|paper| paper.status);
        match status {
            Some("valid") => mark,
            Some(status) => {
                let detail = format!("certificate {serial} is {status}");
                self.error("certificate-ended", Vec::new(), detail);
                None
            }
            None => {
                let detail = format!("the register has no certificate {serial}");
                self.error("certificate-not-there", Vec::new(), detail);
                None
            }
        }
    }

    /// Whether a certificate covers a parcel or what that came from, whatever became of the certificate.
    pub fn covers(&self, mark: Mark<CertificateId>, piece: &Piece<'_>) -> bool {
        let mut rights = piece.tenure.rights.iter();
        let mut links = piece.tenure.links.iter();
        let held = self.papers.get(&mark).and_then(|paper| paper.held);
        rights.any(|right| right.certificate == Some(mark))
            || links.any(|link| link.certificate == mark)
            || held.is_some_and(|held| piece.sources.keys().any(|id| held.covers.contains(id)))
    }

    /// Whether a certificate is valid.
    pub fn is_valid(&self, mark: Option<Mark<CertificateId>>) -> bool {
        mark.and_then(|mark| self.papers.get(&mark))
            .is_some_and(Paper::is_valid)
    }

    /// Whether a certificate was valid before the list, or is now.
    pub fn was_valid(&self, mark: Mark<CertificateId>) -> bool {
        let is_so = |paper: &Paper<'_>| {
            let held = paper.held.is_some_and(|held| held.status == "valid");
            held || paper.is_valid()
        };
        self.papers.get(&mark).is_some_and(is_so)
    }

    /// Writes on a certificate what has changed.
    pub fn note(&mut self, mark: Mark<CertificateId>, code: Option<&str>, text: String) {
        if let Some(paper) = self.papers.get_mut(&mark) {
            let note = (code.map(str::to_owned), text);
            if !paper.notes.contains(&note) {
                paper.notes.push(note);
            }
        }
    }

    /// Ends a certificate. Other parcels that it covers must be named, or it stays valid for them.
    pub fn end_paper(
        &mut self,
        mark: Mark<CertificateId>,
        status: &'static str,
        parcels: &[ParcelId],
    ) {
        let Some(paper) = self.papers.get_mut(&mark) else {
            return;
        };
        let others = paper.others(parcels);
        if others.is_empty() {
            paper.status = status;
            return;
        }
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        let detail = format!(
            "certificate {} covers {} too: name these, or write on it what has changed",
            paper.serial,
            others.join(", ")
        );
        self.error("certificate-covers-others", others, detail);
    }
}

/// A record as the register stores it.
pub(super) fn tidied(record: &PartyRecord) -> PartyRecord {
    let number = record.personal_no.as_deref().map(tidy_number);
    PartyRecord {
        name: tidy_text(&record.name),
        personal_no: number.filter(|number| !number.is_empty()),
        residence: record.residence.as_deref().map(tidy_text),
        ..record.clone()
    }
}
