//! Uses and their terms, particulars of holders, what is printed.

use super::Scene;
use super::registry::tidied;
use super::tenure::{Link, Mark};
use crate::domain::{
    Area, ChangeUse, Correct, Extend, PartyId, PartyInformation, PartyRecord, Printed,
    is_personal_number, is_tax_number, tidy_text,
};
use std::collections::BTreeSet;

impl Scene<'_, '_> {
    /// A parcel gets other uses.
    pub(super) fn change_use(&mut self, asked: &ChangeUse) {
        self.check_document(&asked.document);
        let names = self.names();
        let codes: BTreeSet<&String> = asked.uses.iter().map(|row| &row.code).collect();
        if asked.uses.is_empty() || codes.len() < asked.uses.len() {
            let detail = "a parcel has one use at least, and none twice";
            self.registry.error("uses-unclear", names, detail);
            return;
        }
        let known = &self.registry.books.land_uses;
        let unknown: Vec<String> = codes
            .into_iter()
            .filter(|code| !known.contains(code))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let detail = format!("{} is no land use in force", unknown.join(", "));
            self.registry
                .error("land-use-unknown", names.clone(), detail);
        }
        for place in self.acted {
            let Some(piece) = self.pieces.get_mut(*place) else {
                continue;
            };
            let areas: Option<Vec<u64>> = asked.uses.iter().map(|row| row.area_tenths_m2).collect();
            let sum = areas.map(|areas| areas.iter().copied().fold(0, u64::saturating_add));
            let area = piece.legal_area.map(|area| area.tenths_m2());
            if let Some((sum, area)) = sum.zip(area)
                && sum.abs_diff(area) > asked.uses.len() as u64
            {
                let detail = format!(
                    "the uses add up to {} m², the parcel to {} m²",
                    Area::from_tenths_m2(sum),
                    Area::from_tenths_m2(area)
                );
                self.registry
                    .error("use-areas-wrong", names.clone(), detail);
            }
            piece.land_use = asked.uses.first().map(|row| row.code.clone());
            piece.uses.clone_from(&asked.uses);
        }
    }

    /// A use gets another term.
    pub(super) fn extend_term(&mut self, asked: &Extend) {
        self.check_document(&asked.document);
        for place in self.acted {
            let Some(piece) = self.pieces.get_mut(*place) else {
                continue;
            };
            let mut uses = piece.uses.iter_mut();
            if let Some(row) = uses.find(|row| row.code == asked.land_use) {
                row.term = Some(asked.term.clone());
            } else {
                let detail = format!("{} is no use of the parcel", asked.land_use);
                let names = vec![piece.name()];
                self.registry.error("use-not-there", names, detail);
            }
        }
    }

    /// An error of the register is corrected.
    pub(super) fn correct(&mut self, asked: &Correct) {
        self.check_document(&asked.document);
        let names = self.names();
        match (asked.party_id, &asked.party) {
            (Some(id), Some(record)) => self.renew(id, record, true),
            (None, None) if asked.address.is_none() && asked.printed.is_none() => {
                let detail = "it says nothing to be corrected";
                self.registry.error("correction-empty", names, detail);
            }
            (None, None) => {}
            _ => {
                let detail = "a party is corrected by its id and its particulars";
                self.registry.error("correction-unclear", names, detail);
            }
        }
        if let Some(address) = &asked.address {
            for place in self.acted {
                if let Some(piece) = self.pieces.get_mut(*place) {
                    piece.address = Some(tidy_text(address));
                }
            }
        }
        if let Some(printed) = &asked.printed {
            self.reprint(printed);
        }
    }

    fn reprint(&mut self, printed: &Printed) {
        let Some(mark) = self.registry.valid_paper(&printed.serial) else {
            return;
        };
        if !self.check_covers(mark, &printed.serial) {
            return;
        }
        if let Some(day) = printed.issued_on {
            self.check_day(day, "the certificate");
        }
        if let Some(paper) = self.registry.papers.get_mut(&mark) {
            if printed.entry_no.is_some() {
                paper.entry_no.clone_from(&printed.entry_no);
            }
            paper.issued_on = printed.issued_on.or(paper.issued_on);
            paper.is_corrected = true;
        }
        if printed.sheet_no.is_none() && printed.parcel_no.is_none() {
            return;
        }
        let [place] = *self.acted else {
            let detail = "the numbers printed are those of one parcel: name that alone";
            let names = self.names();
            self.registry.error("correction-unclear", names, detail);
            return;
        };
        if !self.is_printed_on(mark, place) {
            let detail = format!("certificate {} does not name it", printed.serial);
            let names = self.names();
            self.registry
                .error("certificate-not-of-parcel", names, detail);
            return;
        }
        if let Some(piece) = self.pieces.get_mut(place) {
            piece.tenure.links.push(Link {
                certificate: mark,
                sheet_no: printed.sheet_no.clone(),
                parcel_no: printed.parcel_no.clone(),
            });
        }
    }

    /// A holder has other particulars from now on.
    pub(super) fn inform(&mut self, asked: &PartyInformation) {
        self.check_document(&asked.document);
        self.renew(asked.party_id, &asked.party, false);
    }

    fn renew(&mut self, id: PartyId, record: &PartyRecord, is_correction: bool) {
        let names = self.names();
        let acted = self.acted.iter();
        let mut pieces = acted.filter_map(|place| self.pieces.get(*place));
        let holds = pieces.any(|piece| {
            let mut rights = piece.tenure.rights.iter();
            rights.any(|right| right.party == Mark::Known(id))
        });
        if !holds || self.registry.held_party(id).is_none() {
            let detail = format!("party {id} holds no right in it");
            self.registry.error("party-without-right", names, detail);
            return;
        }
        let record = tidied(record);
        if let Some(number) = &record.personal_no {
            if !is_personal_number(number) && !is_tax_number(number) {
                let detail = format!("the number of {} has no known form", record.name);
                self.registry
                    .warn("party-number-form", names.clone(), detail);
            }
            let others = self.registry.books.parties.iter();
            let mut others = others.filter(|held| {
                held.party_id != id && held.record.personal_no.as_ref() == Some(number)
            });
            if let Some(other) = others.next() {
                let detail = format!("its number is that of party {} too", other.party_id);
                self.registry
                    .error("party-number-taken", names.clone(), detail);
            }
        }
        if record.name.is_empty() {
            self.registry
                .error("party-nameless", names, "a party has a name");
            return;
        }
        self.registry
            .renewed_parties
            .insert(id, (record, is_correction));
    }
}
