//! A right goes from one party to others.

use super::Scene;
use super::tenure::{Mark, Right};
use crate::app::desk::piece::Piece;
use crate::domain::{CertificateId, OldCertificate, PartyId, Share, Taker, Transfer};
use std::collections::BTreeSet;

impl Scene<'_, '_> {
    /// A right goes from one party to others, in each of the parcels.
    pub(super) fn transfer(&mut self, transfer: &Transfer) {
        self.check_document(&transfer.document);
        if transfer.to.is_empty() {
            let names = self.names();
            self.registry
                .error("nobody-takes", names, "the transfer names nobody who takes");
            return;
        }
        let takers = transfer.to.iter();
        let takers: Vec<Option<Mark<PartyId>>> = takers
            .map(|taker| self.registry.resolve(&taker.party))
            .collect();
        let Some(takers) = takers.into_iter().collect::<Option<Vec<_>>>() else {
            return;
        };
        self.check_persons(&takers.iter().copied().collect());
        let mut papers = BTreeSet::new();
        for place in self.acted {
            papers.extend(self.give(*place, transfer, &takers));
        }
        let ids = self.parcel_ids();
        for paper in papers {
            match transfer.old_certificate {
                Some(OldCertificate::Annotate) => {
                    let text = self.told(transfer, &takers);
                    self.registry.note(paper, self.code, text);
                }
                Some(OldCertificate::Withdraw) => {
                    self.registry.end_paper(paper, "withdrawn", &ids);
                }
                None => {}
            }
        }
    }

    /// Gives in one parcel; tells the valid certificates that named who gives.
    fn give(
        &mut self,
        place: usize,
        transfer: &Transfer,
        takers: &[Mark<PartyId>],
    ) -> BTreeSet<Mark<CertificateId>> {
        let giver = Mark::Known(transfer.from);
        let Some((name, has)) = self
            .pieces
            .get(place)
            .map(|piece| (piece.name(), piece.tenure.share_of(giver, &transfer.right)))
        else {
            return BTreeSet::new();
        };
        let names = vec![name];
        let Some(has) = has else {
            let detail = format!("party {} has no right of this kind in it", transfer.from);
            self.registry.error("giver-without-right", names, detail);
            return BTreeSet::new();
        };
        let shares = match shares_taken(&transfer.to, has) {
            Ok(shares) => shares,
            Err((code, detail)) => {
                self.registry.error(code, names, detail);
                return BTreeSet::new();
            }
        };
        self.warn_of_burdens(place, &names);
        let Some(piece) = self.pieces.get_mut(place) else {
            return BTreeSet::new();
        };
        let given = shares
            .iter()
            .copied()
            .try_fold(None, |sum: Option<Share>, share| {
                Some(Some(sum.map_or(Some(share), |sum| sum.plus(share))?))
            });
        let given = given.flatten().unwrap_or(has);
        let mut papers = taken_from(&mut piece.tenure.rights, giver, &transfer.right, given);
        papers.extend(self.forebears_papers(place, giver, &transfer.right));
        let mut shown = papers.iter();
        let has_shown_one = shown.any(|paper| self.registry.was_valid(*paper));
        let valid: BTreeSet<_> = papers
            .into_iter()
            .filter(|paper| self.registry.is_valid(Some(*paper)))
            .collect();
        if !has_shown_one {
            let detail = format!(
                "{} gives without a valid certificate",
                self.registry.name(giver)
            );
            self.registry.warn("no-valid-certificate", names, detail);
        }
        let Some(piece) = self.pieces.get_mut(place) else {
            return BTreeSet::new();
        };
        // No certificate goes over with a parcel that it does not name.
        let certificate = match transfer.old_certificate {
            Some(OldCertificate::Annotate) if piece.held.is_some() => valid.first().copied(),
            _ => None,
        };
        for (party, share) in takers.iter().zip(shares) {
            added_to(
                &mut piece.tenure.rights,
                Right {
                    held: None,
                    kind: transfer.right.clone(),
                    party: *party,
                    share,
                    certificate,
                },
            );
        }
        piece.is_registered_anew = true;
        valid
    }

    /// The certificates by which who gives held what the list made the parcel of: no certificate names the parcel itself yet.
    fn forebears_papers(
        &self,
        place: usize,
        giver: Mark<PartyId>,
        kind: &str,
    ) -> BTreeSet<Mark<CertificateId>> {
        let Some(made) = self.pieces.get(place).filter(|piece| piece.held.is_none()) else {
            return BTreeSet::new();
        };
        let is_forebear = |piece: &&Piece<'_>| {
            let held = piece.held.filter(|_| piece.is_gone);
            held.is_some_and(|held| made.sources.contains_key(&held.parcel_id))
        };
        let forebears = self.pieces.iter().filter(is_forebear);
        let rights = forebears.flat_map(|piece| &piece.tenure.rights);
        let own = rights.filter(|right| right.party == giver && right.kind == kind);
        own.filter_map(|right| right.certificate).collect()
    }

    /// What lies on the parcel goes with it: whoever takes should know.
    fn warn_of_burdens(&mut self, place: usize, names: &[String]) {
        let Some(piece) = self.pieces.get(place) else {
            return;
        };
        let mortgages: Vec<String> = piece
            .tenure
            .mortgages()
            .map(|charge| charge.terms.contract_no.clone())
            .collect();
        if !mortgages.is_empty() {
            let detail = format!(
                "mortgage {} stays on it: the mortgagee must have agreed",
                mortgages.join(", ")
            );
            self.registry
                .warn("mortgage-stands", names.to_vec(), detail);
        }
    }

    fn told(&self, transfer: &Transfer, takers: &[Mark<PartyId>]) -> String {
        let takers: Vec<String> = takers
            .iter()
            .map(|mark| self.registry.name(*mark))
            .collect();
        format!(
            "{} → {}, thửa {}, theo {} ngày {}",
            self.registry.name(Mark::Known(transfer.from)),
            takers.join(", "),
            self.names().join(", "),
            transfer.document.number,
            transfer.document.signed_on
        )
    }
}

/// How much of the whole right each taker gets, of what the giver has.
fn shares_taken(takers: &[Taker], has: Share) -> Result<Vec<Share>, (&'static str, String)> {
    let said: Vec<Share> = takers.iter().filter_map(|taker| taker.share).collect();
    if said.is_empty() {
        let equal = has.divided_by(takers.len());
        let equal = equal.ok_or((
            "share-too-fine",
            format!("{has} cannot be divided so finely"),
        ))?;
        return Ok(vec![equal; takers.len()]);
    }
    if said.len() < takers.len() {
        let detail = "the share of each taker must be said, or of none".to_owned();
        return Err(("shares-unsaid", detail));
    }
    let sum = said
        .iter()
        .copied()
        .try_fold(None, |sum: Option<Share>, share| match sum {
            None => Some(Some(share)),
            Some(sum) => sum.plus(share).map(Some),
        });
    let is_more = sum.is_none_or(|sum| sum.is_none_or(|sum| sum.exceeds(has)));
    if is_more {
        let said: Vec<String> = said.iter().map(ToString::to_string).collect();
        let detail = format!("{} is given, and who gives has {has}", said.join(" + "));
        return Err(("giver-share-too-small", detail));
    }
    Ok(said)
}

/// Takes a share from a party's rights, in the order that they were registered; tells the certificates that they stood on.
fn taken_from(
    rights: &mut Vec<Right>,
    giver: Mark<PartyId>,
    kind: &str,
    given: Share,
) -> BTreeSet<Mark<CertificateId>> {
    let mut left = Some(given);
    let mut papers = BTreeSet::new();
    rights.retain_mut(|right| {
        let Some(share) = left.filter(|_| right.party == giver && right.kind == kind) else {
            return true;
        };
        papers.extend(right.certificate);
        if let Some(rest) = right.share.minus(share) {
            right.share = rest;
            left = None;
            true
        } else {
            left = share.minus(right.share);
            false
        }
    });
    papers
}

/// Adds a right; who holds one of this kind by the same certificate already has more of it.
fn added_to(rights: &mut Vec<Right>, added: Right) {
    let same = rights.iter_mut().find(|right| {
        right.party == added.party
            && right.kind == added.kind
            && right.certificate == added.certificate
    });
    match same.and_then(|right| Some((right.share.plus(added.share)?, right))) {
        Some((sum, right)) => right.share = sum,
        None => rights.push(added),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PartyRef;

    fn share(text: &str) -> Share {
        Share::parse(text).unwrap()
    }

    fn taker(text: Option<&str>) -> Taker {
        Taker {
            party: PartyRef::Known {
                party_id: PartyId::try_from((1 << 40) + 1).unwrap(),
            },
            share: text.map(share),
        }
    }

    #[test]
    fn whose_share_is_not_said_gets_an_equal_part_of_what_is_given() {
        let takers = [taker(None), taker(None), taker(None)];
        assert_eq!(
            shares_taken(&takers, share("1/2")).unwrap(),
            [share("1/6"); 3]
        );
    }

    #[test]
    fn nobody_gives_more_than_they_have() {
        let codes = |shares: &[Option<&str>], has| {
            let takers: Vec<_> = shares.iter().map(|text| taker(*text)).collect();
            shares_taken(&takers, share(has)).map_err(|(code, _)| code)
        };
        assert_eq!(
            codes(&[Some("51%"), Some("1/2")], "1"),
            Err("giver-share-too-small")
        );
        assert_eq!(codes(&[Some("1/2")], "1/3"), Err("giver-share-too-small"));
        assert_eq!(codes(&[Some("1/2"), None], "1"), Err("shares-unsaid"));
        assert_eq!(codes(&[Some("1/3")], "1/3"), Ok(vec![share("1/3")]));
    }

    #[test]
    fn a_share_is_taken_from_rights_in_their_order() {
        let right = |number: usize, text: &str| Right {
            held: None,
            kind: "use".to_owned(),
            party: Mark::New(number),
            share: share(text),
            certificate: Some(Mark::New(number)),
        };
        let mut rights = vec![right(0, "1/3"), right(1, "1/3"), right(0, "1/3")];
        let papers = taken_from(&mut rights, Mark::New(0), "use", share("1/2"));
        assert_eq!(papers, BTreeSet::from([Mark::New(0)]));
        assert_eq!(rights, [right(1, "1/3"), right(0, "1/6")]);
    }
}
