//! Mortgages and leases, restrictions.

use super::Scene;
use super::tenure::{Charge, Limit, Mark};
use crate::domain::{
    Area, Encumber, Encumbrance, EncumbranceId, Lift, PartyId, Release, Restrict, Restriction,
};

impl Scene<'_, '_> {
    /// A mortgage or lease is registered, or one that is there changes.
    pub(super) fn encumber(&mut self, asked: &Encumber) {
        self.check_document(&asked.document);
        let names = self.names();
        let now = self.registry.books.now;
        if asked.received_at.is_some_and(|at| at > now) {
            let detail = "it cannot have been received at a time to come";
            self.registry.error("date-in-future", names.clone(), detail);
        }
        if asked
            .until
            .is_some_and(|until| until <= self.registry.books.today)
        {
            let detail = "it would have ended already";
            self.registry.error("end-in-past", names.clone(), detail);
            return;
        }
        match asked.amount_vnd {
            Some(amount) if amount <= 0 => {
                let detail = "an amount is more than nothing, or is not said";
                self.registry.error("amount-not-positive", names, detail);
                return;
            }
            None if self.kind == "mortgage" => {
                let detail = "the mortgage does not say what it secures";
                self.registry.warn("mortgage-amount-missing", names, detail);
            }
            _ => {}
        }
        if !asked.sub_kind.is_none_or(|kind| (0..=10).contains(&kind))
            || asked.rank.is_some_and(|rank| rank <= 0)
        {
            let detail = "the sub-kind of a mortgage is 0 to 10, its rank 1 or more";
            let names = self.names();
            self.registry.error("mortgage-out-of-range", names, detail);
            return;
        }
        let Some(party) = self.registry.resolve(&asked.to) else {
            return;
        };
        let mark = asked.changes.map_or_else(
            || {
                let (made, _, _) = &mut self.registry.made;
                *made += 1;
                Mark::New(*made - 1)
            },
            Mark::Known,
        );
        for place in self.acted {
            self.encumber_one(*place, asked, (mark, party));
        }
    }

    fn encumber_one(
        &mut self,
        place: usize,
        asked: &Encumber,
        (mark, party): (Mark<EncumbranceId>, Mark<PartyId>),
    ) {
        let Some(part) = self.part(&asked.part, place) else {
            return;
        };
        let Some(piece) = self.pieces.get_mut(place) else {
            return;
        };
        let names = vec![piece.name()];
        let before = piece
            .tenure
            .charges
            .iter()
            .position(|charge| charge.mark == mark && charge.terms.kind == self.kind);
        if before.is_none() && asked.changes.is_some() {
            self.registry.error(
                not_there(self.kind),
                names,
                format!("no such {} lies on it", self.kind),
            );
            return;
        }
        if piece.tenure.rights.is_empty() {
            let detail = format!("nobody holds a right in it who could give a {}", self.kind);
            self.registry.error("no-holder", names, detail);
            return;
        }
        let others = piece
            .tenure
            .mortgages()
            .filter(|charge| charge.mark != mark);
        let last = others.filter_map(|charge| charge.terms.rank).max();
        let old = before.and_then(|before| piece.tenure.charges.get(before));
        let next = last.unwrap_or(0).saturating_add(1);
        let kept = old.and_then(|charge| charge.terms.rank).unwrap_or(next);
        let rank = (self.kind == "mortgage").then(|| asked.rank.unwrap_or(kept));
        if rank.is_some() && asked.rank.is_some() {
            piece.ranked.insert(mark);
        }
        let registered_at = match (asked.received_at, old) {
            (Some(at), _) => at,
            (None, Some(charge)) => charge.terms.registered_at,
            (None, None) => self.registry.books.now,
        };
        let charge = Charge {
            mark,
            party,
            terms: Encumbrance {
                kind: self.kind.to_owned(),
                rank,
                sub_kind: (self.kind == "mortgage").then(|| asked.sub_kind.unwrap_or(0)),
                contract_no: asked.document.number.clone(),
                contract_on: Some(asked.document.signed_on),
                registered_at,
                amount_vnd: asked.amount_vnd,
                content: asked.content.clone(),
                until: asked.until,
                part,
            },
        };
        match before.and_then(|before| piece.tenure.charges.get_mut(before)) {
            Some(slot) => *slot = charge,
            None => piece.tenure.charges.push(charge),
        }
        let rights = piece.tenure.rights.clone();
        if self.kind == "mortgage" {
            if last.is_some() {
                let detail = "it is mortgaged already: the earlier mortgage goes first";
                self.registry
                    .warn("mortgage-not-first", names.clone(), detail);
            }
            if !rights
                .iter()
                .any(|right| self.registry.is_valid(right.certificate))
            {
                let detail = "its holders have no valid certificate";
                self.registry.warn("no-valid-certificate", names, detail);
            }
        }
    }

    /// A mortgage is discharged, a lease ended.
    pub(super) fn release(&mut self, release: &Release) {
        self.check_document(&release.document);
        let kind = if self.kind == "discharge" {
            "mortgage"
        } else {
            "lease"
        };
        for place in self.acted {
            let Some(piece) = self.pieces.get_mut(*place) else {
                continue;
            };
            let count = piece.tenure.charges.len();
            piece.tenure.charges.retain(|charge| {
                charge.mark != Mark::Known(release.encumbrance) || charge.terms.kind != kind
            });
            if piece.tenure.charges.len() == count {
                let detail = format!("no {kind} {} lies on it", release.encumbrance);
                self.registry
                    .error(not_there(kind), vec![piece.name()], detail);
            }
        }
    }

    /// A restriction is laid on parcels.
    pub(super) fn restrict(&mut self, asked: &Restrict) {
        self.check_document(&asked.document);
        let names = self.names();
        if asked
            .until
            .is_some_and(|until| until <= self.registry.books.today)
        {
            let detail = "it would have ended already";
            self.registry.error("end-in-past", names, detail);
            return;
        }
        if asked
            .area_m2
            .is_some_and(|area| !(0.0..1e9).contains(&area))
        {
            let detail = "the area is not between 0 and 1,000,000,000 m²";
            self.registry.error("area-out-of-range", names, detail);
            return;
        }
        let (_, made, _) = &mut self.registry.made;
        *made += 1;
        let mark = Mark::New(*made - 1);
        for place in self.acted {
            let Some(part) = self.part(&asked.part, *place) else {
                continue;
            };
            if let Some(piece) = self.pieces.get_mut(*place) {
                piece.tenure.limits.push(Limit {
                    mark,
                    terms: Restriction {
                        kind: asked.sort.clone(),
                        content: asked.content.clone(),
                        document: Some(paper(&asked.document)),
                        area: asked.area_m2.map(Area::from_m2),
                        until: asked.until,
                        part,
                    },
                });
            }
        }
    }

    /// A restriction ends.
    pub(super) fn lift(&mut self, lift: &Lift) {
        self.check_document(&lift.document);
        for place in self.acted {
            let Some(piece) = self.pieces.get_mut(*place) else {
                continue;
            };
            let count = piece.tenure.limits.len();
            let limits = &mut piece.tenure.limits;
            limits.retain(|limit| limit.mark != Mark::Known(lift.restriction));
            if limits.len() == count {
                let detail = format!("no restriction {} lies on it", lift.restriction);
                let names = vec![piece.name()];
                self.registry.error("restriction-not-there", names, detail);
            }
        }
    }
}

fn not_there(kind: &str) -> &'static str {
    if kind == "mortgage" {
        "mortgage-not-there"
    } else {
        "lease-not-there"
    }
}

/// A paper in one line: number, day, who signed.
fn paper(document: &crate::domain::Document) -> String {
    let by = document.signed_by.as_ref();
    let by = by.map(|by| format!(", {by}")).unwrap_or_default();
    format!("{} ngày {}{by}", document.number, document.signed_on)
}
