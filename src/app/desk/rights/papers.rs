//! Certificates are issued, exchanged, withdrawn, written on.

use super::Scene;
use super::registry::Paper;
use super::tenure::{Link, Mark};
use crate::domain::{
    AnnotateCertificate, CertificateId, IssueCertificate, PartyId, WithdrawCertificate,
    parse_serial, serial_key,
};
use std::collections::BTreeSet;

/// The rule that says how many digits the serials of a day's forms have.
const DIGITS: &str = "certificate-serial-digits";

impl Scene<'_, '_> {
    /// A certificate is issued, in exchange or in place of lost ones too.
    pub(super) fn issue(&mut self, asked: &IssueCertificate) {
        self.check_day(asked.issued_on, "the certificate");
        let serial = self.checked_serial(asked);
        let replaced = self.replace(asked);
        let key = serial_key(&serial);
        let is_taken = self
            .registry
            .papers
            .values()
            .any(|paper| paper.is_valid() && serial_key(&paper.serial) == key);
        if is_taken {
            let detail = format!("{serial} is the serial of a valid certificate");
            let names = self.names();
            self.registry.error("serial-taken", names, detail);
            return;
        }
        let holders = asked.holders.iter();
        let holders: Vec<Option<Mark<PartyId>>> = holders
            .map(|holder| self.registry.resolve(holder))
            .collect();
        let Some(holders) = holders.into_iter().collect::<Option<BTreeSet<_>>>() else {
            return;
        };
        let mark = Mark::New(
            self.registry
                .papers
                .keys()
                .filter(|mark| is_new(**mark))
                .count(),
        );
        let paper = Paper {
            held: None,
            serial,
            entry_no: asked.entry_no.clone(),
            issued_on: Some(asked.issued_on),
            status: "valid",
            is_corrected: false,
            notes: Vec::new(),
        };
        self.registry.papers.insert(mark, paper);
        for place in self.acted {
            self.name_holders(*place, (mark, &holders), &replaced);
        }
    }

    /// The serial as it is written; the number of its digits is that of the forms of the day.
    fn checked_serial(&mut self, asked: &IssueCertificate) -> String {
        let serial = parse_serial(&asked.serial);
        let names = self.names();
        if !serial.is_known_form {
            let detail = format!("{} has the form of no certificate's serial", serial.text);
            self.registry.error("serial-form", names, detail);
            return serial.text;
        }
        let digits = serial.text.bytes().filter(u8::is_ascii_digit).count();
        let rule = self
            .registry
            .books
            .rules
            .iter()
            .find(|rule| rule.rule == DIGITS);
        if let Some(rule) = rule
            && (digits as f64 - rule.value).abs() > 0.5
        {
            let detail = format!(
                "{} has {digits} digits, and today's forms have {} ({})",
                serial.text, rule.value, rule.source
            );
            self.registry.warn("serial-of-another-form", names, detail);
        }
        serial.text
    }

    /// Ends the certificates that another takes the place of; tells which.
    fn replace(&mut self, asked: &IssueCertificate) -> BTreeSet<Mark<CertificateId>> {
        let ids = self.parcel_ids();
        let mut replaced = BTreeSet::new();
        for old in &asked.replaces {
            let Some(mark) = self.registry.valid_paper(&old.serial) else {
                continue;
            };
            self.check_covers(mark, &old.serial);
            self.registry.end_paper(mark, old.becomes.as_str(), &ids);
            replaced.insert(mark);
        }
        replaced
    }

    /// The certificate covers one of the parcels at least, or what they came from.
    pub(super) fn check_covers(&mut self, mark: Mark<CertificateId>, serial: &str) -> bool {
        let acted = self.acted.iter();
        let mut pieces = acted.filter_map(|place| self.pieces.get(*place));
        let covers = pieces.any(|piece| self.registry.covers(mark, piece));
        if !covers {
            let detail = format!("certificate {serial} does not cover it");
            let names = self.names();
            self.registry
                .error("certificate-not-of-parcel", names, detail);
        }
        covers
    }

    /// Whether a certificate itself names a parcel: one that came from what it names is not printed on it.
    pub(super) fn is_printed_on(&self, mark: Mark<CertificateId>, place: usize) -> bool {
        let Some(piece) = self.pieces.get(place) else {
            return false;
        };
        let paper = self.registry.papers.get(&mark);
        let held = paper.and_then(|paper| paper.held).zip(piece.held);
        let mut links = piece.tenure.links.iter();
        held.is_some_and(|(paper, parcel)| paper.parcels.contains(&parcel.parcel_id))
            || links.any(|link| link.certificate == mark)
    }

    /// Lets the rights of holders in a parcel stand on a new certificate.
    fn name_holders(
        &mut self,
        place: usize,
        (mark, holders): (Mark<CertificateId>, &BTreeSet<Mark<PartyId>>),
        replaced: &BTreeSet<Mark<CertificateId>>,
    ) {
        let Some(piece) = self.pieces.get_mut(place) else {
            return;
        };
        let names = vec![piece.name()];
        let mut count = 0;
        for right in &mut piece.tenure.rights {
            let is_named = holders.is_empty() || holders.contains(&right.party);
            if !is_named {
                continue;
            }
            let stands_on = right.certificate.filter(|own| !replaced.contains(own));
            if self.registry.is_valid(stands_on) {
                // A co-owner's own certificate stays; who is named has to give the old one back.
                if !holders.is_empty() {
                    let detail = format!(
                        "the right of {} stands on another valid certificate",
                        self.registry.name(right.party)
                    );
                    self.registry
                        .error("right-has-certificate", names.clone(), detail);
                }
                continue;
            }
            right.certificate = Some(mark);
            right.held = None;
            count += 1;
        }
        if count == 0 {
            let detail = "nobody holds a right in it whom the certificate could name";
            self.registry.error("no-holder", names, detail);
            return;
        }
        piece.tenure.links.push(Link {
            certificate: mark,
            sheet_no: None,
            parcel_no: None,
        });
    }

    /// A certificate ends without another in its place.
    pub(super) fn withdraw(&mut self, asked: &WithdrawCertificate) {
        self.check_document(&asked.document);
        let Some(mark) = self.registry.valid_paper(&asked.serial) else {
            return;
        };
        self.check_covers(mark, &asked.serial);
        let ids = self.parcel_ids();
        self.registry.end_paper(mark, asked.becomes.as_str(), &ids);
    }

    /// A change is written on a certificate.
    pub(super) fn annotate(&mut self, asked: &AnnotateCertificate) {
        let Some(mark) = self.registry.valid_paper(&asked.serial) else {
            return;
        };
        self.check_covers(mark, &asked.serial);
        if asked.text.trim().is_empty() {
            let names = self.names();
            self.registry
                .error("annotation-empty", names, "nothing is to be written");
            return;
        }
        self.registry.note(mark, self.code, asked.text.clone());
    }
}

fn is_new(mark: Mark<CertificateId>) -> bool {
    matches!(mark, Mark::New(_))
}
