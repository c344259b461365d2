//! What the law says of rights when a list is at its end.

use super::registry::Registry;
use super::tenure::{Mark, Right};
use crate::app::desk::piece::Piece;
use crate::domain::{CertificateId, LandUseRow, PartyKind, Share, fold_text};
use crate::store::{HeldParcel, HeldRight, TermRule};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// What the law wants to happen at this change, for the officer to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What; codes are stable.
    pub code: &'static str,
    /// The parcel.
    pub parcel: String,
    /// The use.
    pub land_use: String,
    /// Its term as it is.
    pub before: Option<String>,
    /// Its term as the law wants it.
    pub after: String,
    /// Law and article.
    pub source: String,
}

/// Judges what a list leaves: shares, ranks, certificates. Gives what the law wants to happen at this change.
pub fn judge(
    pieces: &[&Piece<'_>],
    retired: &[&HeldParcel],
    registry: &mut Registry<'_>,
) -> Vec<Proposal> {
    for piece in pieces.iter().filter(|piece| piece.is_registered_anew) {
        check_shares(piece, registry);
    }
    for piece in pieces {
        check_ranks(piece, registry);
    }
    for piece in pieces {
        if let Some(held) = piece.held {
            check_holders(held, piece, registry);
        }
    }
    note_successors(pieces, retired, registry);
    let changed = pieces.iter().filter(|piece| !piece.codes.is_empty());
    changed
        .flat_map(|piece| proposals(piece, retired, registry))
        .collect()
}

/// The shares of each kind of right in a parcel add up to one.
fn check_shares(piece: &Piece<'_>, registry: &mut Registry<'_>) {
    let mut kinds: BTreeMap<&str, Vec<Share>> = BTreeMap::new();
    for right in &piece.tenure.rights {
        kinds.entry(&right.kind).or_default().push(right.share);
    }
    if kinds.is_empty() {
        registry.error(
            "no-holder",
            vec![piece.name()],
            "nobody holds a right in it",
        );
    }
    for (kind, shares) in kinds {
        if !Share::add_up_to_one(shares.iter().copied()) {
            let told: Vec<String> = shares.iter().map(ToString::to_string).collect();
            let detail = format!(
                "the shares of its rights ({kind}) are {}: not one",
                told.join(" + ")
            );
            registry.error("shares-not-whole", vec![piece.name()], detail);
        }
    }
}

/// No mortgage is given the rank of another. Mergers bring mortgages of the same rank together: that forbids nothing.
fn check_ranks(piece: &Piece<'_>, registry: &mut Registry<'_>) {
    for ranked in piece.tenure.mortgages() {
        let Some(rank) = ranked.terms.rank else {
            continue;
        };
        let mut others = piece.tenure.mortgages();
        let is_taken =
            others.any(|other| other.mark != ranked.mark && other.terms.rank == Some(rank));
        if is_taken && piece.ranked.contains(&ranked.mark) {
            let detail = format!("another mortgage has rank {rank}");
            registry.error("mortgage-rank-taken", vec![piece.name()], detail);
        }
    }
}

/// A valid certificate names nobody who has less than it says, unless the change is written on it.
fn check_holders(held: &HeldParcel, piece: &Piece<'_>, registry: &mut Registry<'_>) {
    for right in &held.rights {
        let Some(certificate) = right.certificate_id else {
            continue;
        };
        let stays = |now: &Right| now.held == Some(right.right_id) && now.share == right.share;
        if piece.tenure.rights.iter().any(stays) {
            continue;
        }
        let Some(paper) = registry.papers.get(&Mark::Known(certificate)) else {
            continue;
        };
        if paper.is_valid() && paper.notes.is_empty() {
            let detail = format!(
                "certificate {} still gives {} of it to {}: withdraw it, exchange it, or write the change on it",
                paper.serial,
                right.share,
                registry.name(Mark::Known(right.party_id))
            );
            registry.error(
                "certificate-names-former-holder",
                vec![piece.name()],
                detail,
            );
        }
    }
}

/// On the certificates of parcels that end it is written what they became; one that covers nothing else has to be withdrawn.
fn note_successors(pieces: &[&Piece<'_>], retired: &[&HeldParcel], registry: &mut Registry<'_>) {
    let ended: Vec<_> = retired.iter().map(|held| held.parcel_id).collect();
    for held in retired {
        let name = Piece::of(held).name();
        let heirs = pieces.iter();
        let heirs = heirs.filter(|piece| piece.sources.contains_key(&held.parcel_id));
        let heirs: Vec<String> = heirs.map(|piece| piece.name()).collect();
        let code = pieces
            .iter()
            .filter(|piece| piece.sources.contains_key(&held.parcel_id))
            .find_map(|piece| piece.codes.first().cloned());
        for mark in certificates(held, registry) {
            let text = match &*heirs {
                [] => format!("thửa {name} không còn"),
                heirs => format!("thửa {name} → thửa {}", heirs.join(", ")),
            };
            registry.note(mark, code.as_deref(), text);
            let Some(paper) = registry.papers.get(&mark) else {
                continue;
            };
            if paper.others(&ended).is_empty() {
                let detail = format!(
                    "certificate {} names only parcels that end: withdraw or exchange it",
                    paper.serial
                );
                registry.warn("certificate-to-withdraw", vec![name.clone()], detail);
            }
        }
    }
}

/// The valid certificates that cover a parcel.
fn certificates(held: &HeldParcel, registry: &Registry<'_>) -> BTreeSet<Mark<CertificateId>> {
    let covers = |mark: &Mark<CertificateId>| {
        let paper = registry.papers.get(mark);
        paper
            .and_then(|paper| paper.held)
            .is_some_and(|paper| paper.parcels.contains(&held.parcel_id))
    };
    let own = held.rights.iter().filter_map(|right| right.certificate_id);
    let own = own.map(Mark::Known);
    let covering = registry.papers.keys().copied().filter(covers);
    let mut marks: BTreeSet<_> = own.chain(covering).collect();
    marks.retain(|mark| registry.is_valid(Some(*mark)));
    marks
}

/// Terms of agricultural land on old certificates that the law ends at this change.
fn proposals(piece: &Piece<'_>, retired: &[&HeldParcel], registry: &Registry<'_>) -> Vec<Proposal> {
    let own = piece.held.into_iter();
    let forebears = retired.iter().copied();
    let forebears = forebears.filter(|held| piece.sources.contains_key(&held.parcel_id));
    let rights: Vec<&HeldRight> = own.chain(forebears).flat_map(|held| &held.rights).collect();
    let rule_of = |row: &LandUseRow| {
        let rules = &registry.books.term_rules;
        let rule = rules.iter().find(|rule| rule.land_use == row.code)?;
        let is_old = |right: &&HeldRight| is_before(right, rule, registry);
        (is_endless(row.term.as_deref()) && rights.iter().any(is_old)).then_some(rule)
    };
    let proposal = |row: &LandUseRow| {
        let rule = rule_of(row)?;
        let until = years_after(registry.books.today, rule.term_years)?;
        Some(Proposal {
            code: "term-of-years",
            parcel: piece.name(),
            land_use: row.code.clone(),
            before: row.term.clone(),
            after: format!(
                "Đến ngày {:02}/{:02}/{:04}",
                until.day(),
                u8::from(until.month()),
                until.year()
            ),
            source: rule.source.clone(),
        })
    };
    piece.uses.iter().filter_map(proposal).collect()
}

/// A right of a person by a certificate from before the day that the rule says.
fn is_before(right: &HeldRight, rule: &TermRule, registry: &Registry<'_>) -> bool {
    let mark = right.certificate_id.map(Mark::Known);
    let paper = mark.and_then(|mark| registry.papers.get(&mark));
    let issued_on = paper
        .and_then(|paper| paper.held)
        .and_then(|held| held.issued_on);
    let party = registry.held_party(right.party_id);
    let is_person = party.is_some_and(|party| {
        matches!(
            party.record.kind,
            PartyKind::Individual | PartyKind::Couple | PartyKind::Household
        )
    });
    is_person && issued_on.is_some_and(|day| day < rule.issued_before)
}

/// Whether a term is *lâu dài*, or none.
fn is_endless(term: Option<&str>) -> bool {
    term.is_none_or(|term| {
        let folded = fold_text(term);
        folded.trim().is_empty() || folded.contains("lau dai")
    })
}

/// The same day so many years later; 1 March for 29 February.
fn years_after(day: Date, years: i16) -> Option<Date> {
    let year = day.year() + i32::from(years);
    let same = day.replace_year(year);
    same.ok()
        .or_else(|| day.next_day()?.replace_year(year).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_term_of_fifty_years_ends_on_the_same_day() {
        assert_eq!(
            years_after(date!(2026 - 11 - 28), 50),
            Some(date!(2076 - 11 - 28))
        );
        assert_eq!(
            years_after(date!(2024 - 02 - 29), 50),
            Some(date!(2074 - 03 - 01))
        );
    }

    #[test]
    fn a_term_without_end_is_known_in_every_writing() {
        for term in [
            None,
            Some(""),
            Some("Lâu dài"),
            Some("lau dai"),
            Some("Sử dụng lâu dài"),
        ] {
            assert!(is_endless(term), "{term:?}");
        }
        assert!(!is_endless(Some("Đến ngày 15/10/2043")));
    }
}
