//! What register rows mean for the rights and uses of a sheet's parcels: a pure plan, carried out by `write`.

use super::batch::ReadRow;
use super::report::Outcome;
use crate::domain::{Fault, FaultCode, LandUseRow, ParcelId, RightRow, Share, fold_text};
use crate::ingest::row_digest;
use crate::store::ExistingRight;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// A row whose parcel is here.
#[derive(Debug)]
pub struct PlacedRow {
    pub row: ReadRow,
    pub parcel_id: ParcelId,
    /// Whether the row waited from an earlier load; then its outcome is not this load's to count.
    pub has_waited: bool,
}

/// A right to be written.
#[derive(Debug)]
pub struct PlannedRight {
    pub parcel_id: ParcelId,
    pub source_key: [u8; 16],
    pub content_digest: [u8; 16],
    pub right: RightRow,
    pub source_row: u64,
    /// The right that it changes.
    pub existing: Option<ExistingRight>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    pub rights: Vec<PlannedRight>,
    /// Uses that are new or changed, in the order of rows.
    pub uses: Vec<(ParcelId, LandUseRow)>,
    /// Outcome of each row, in order, with the fault of those rejected.
    pub outcomes: Vec<(Outcome, Option<Fault>)>,
    /// Warnings on parcels, by the index of the parcel's first row.
    pub warnings: Vec<(usize, Fault)>,
}

/// What rows said so far.
#[derive(Default)]
struct Said {
    /// By source key.
    rights: HashMap<[u8; 16], SaidRight>,
    uses: BTreeMap<ParcelId, Vec<(LandUseRow, u64)>>,
    shares: BTreeMap<ParcelId, (usize, Vec<Share>)>,
}

/// A right that a row named.
struct SaidRight {
    content_digest: [u8; 16],
    /// The uses that rows named with it.
    uses: Vec<Option<LandUseRow>>,
    first_row: u64,
}

/// Decides what rows change.
pub fn plan(
    rows: &[PlacedRow],
    existing: &HashMap<Vec<u8>, ExistingRight>,
    existing_uses: &HashMap<ParcelId, Vec<LandUseRow>>,
    area_tenths_m2: &HashMap<ParcelId, u64>,
) -> Plan {
    let mut plan = Plan::default();
    let mut said = Said::default();
    for (index, placed) in rows.iter().enumerate() {
        let outcome = match judge(
            placed,
            index,
            existing,
            existing_uses,
            &mut said,
            &mut plan.rights,
        ) {
            Ok(outcome) => (outcome, None),
            Err(fault) => (Outcome::Rejected, Some(fault)),
        };
        plan.outcomes.push(outcome);
    }
    for (parcel_id, uses) in said.uses {
        let known = existing_uses.get(&parcel_id).map_or(&[][..], Vec::as_slice);
        let delivered: Vec<LandUseRow> = uses.into_iter().map(|(row, _)| row).collect();
        let staying = known
            .iter()
            .filter(|row| delivered.iter().all(|new| new.code != row.code));
        let all: Vec<&LandUseRow> = delivered.iter().chain(staying).collect();
        let first_row = said.shares.get(&parcel_id).map_or(0, |(index, _)| *index);
        let differ = check_use_areas(&all, area_tenths_m2.get(&parcel_id).copied());
        plan.warnings.extend(differ.map(|fault| (first_row, fault)));
        plan.uses.extend(
            delivered
                .into_iter()
                .filter(|row| !known.contains(row))
                .map(|row| (parcel_id, row)),
        );
    }
    for (parcel_id, (index, shares)) in said.shares {
        if !Share::add_up_to_one(shares.iter().copied()) {
            let list: Vec<String> = shares.iter().map(Share::to_string).collect();
            let detail = format!("the shares of parcel {parcel_id} are {}", list.join(" + "));
            plan.warnings
                .push((index, Fault::new(FaultCode::SharesNotWhole, detail)));
        }
    }
    plan
}

fn judge(
    placed: &PlacedRow,
    index: usize,
    existing: &HashMap<Vec<u8>, ExistingRight>,
    existing_uses: &HashMap<ParcelId, Vec<LandUseRow>>,
    said: &mut Said,
    rights: &mut Vec<PlannedRight>,
) -> Result<Outcome, Fault> {
    let right = &placed.row.right;
    let key = source_key(placed.parcel_id, right);
    let content_digest = row_digest(&RightRow {
        land_use: None,
        ..right.clone()
    });
    if let Some(SaidRight {
        content_digest: digest,
        uses,
        first_row: first,
    }) = said.rights.get(&key)
    {
        if *digest != content_digest {
            return Err(Fault::new(
                FaultCode::RightDuplicate,
                format!("row {first} gives the same right with other content"),
            ));
        }
        if uses.contains(&right.land_use) {
            return Err(Fault::new(
                FaultCode::RightDuplicate,
                format!("row {first} says the same"),
            ));
        }
    }
    let known = existing.get(&key[..]);
    if known.is_some_and(|known| known.is_registered) {
        return Err(Fault::new(
            FaultCode::RightRegistered,
            "the office has changed or ended this right since: register what is new at the desk",
        ));
    }
    let use_outcome = judge_use(placed, existing_uses, said)?;
    let right_outcome = match known {
        None => Outcome::New,
        Some(known) if known.content_digest == content_digest => Outcome::Unchanged,
        Some(_) => Outcome::Changed,
    };
    let is_first = !said.rights.contains_key(&key);
    said.rights
        .entry(key)
        .or_insert_with(|| SaidRight {
            content_digest,
            uses: Vec::new(),
            first_row: placed.row.row,
        })
        .uses
        .push(right.land_use.clone());
    if is_first {
        said.shares
            .entry(placed.parcel_id)
            .or_insert_with(|| (index, Vec::new()))
            .1
            .push(right.share);
        if right_outcome != Outcome::Unchanged {
            rights.push(PlannedRight {
                parcel_id: placed.parcel_id,
                source_key: key,
                content_digest,
                right: right.clone(),
                source_row: placed.row.row,
                existing: known.cloned(),
            });
        }
    }
    Ok(match (right_outcome, use_outcome) {
        (Outcome::New, _) => Outcome::New,
        (Outcome::Unchanged, Outcome::Unchanged) => Outcome::Unchanged,
        _ => Outcome::Changed,
    })
}

fn judge_use(
    placed: &PlacedRow,
    existing_uses: &HashMap<ParcelId, Vec<LandUseRow>>,
    said: &mut Said,
) -> Result<Outcome, Fault> {
    let Some(land_use) = &placed.row.right.land_use else {
        return Ok(Outcome::Unchanged);
    };
    let uses = said.uses.entry(placed.parcel_id).or_default();
    if let Some((earlier, row)) = uses
        .iter()
        .find(|(earlier, _)| earlier.code == land_use.code)
    {
        if earlier != land_use {
            return Err(Fault::new(
                FaultCode::LandUseConflict,
                format!(
                    "row {row} gives the use {} of the same parcel with other content",
                    land_use.code
                ),
            ));
        }
    } else {
        uses.push((land_use.clone(), placed.row.row));
    }
    let known = existing_uses
        .get(&placed.parcel_id)
        .is_some_and(|known| known.contains(land_use));
    Ok(if known {
        Outcome::Unchanged
    } else {
        Outcome::Changed
    })
}

/// Warns where the areas of the uses do not add up to the parcel's, beyond the rounding of each to 0.1 m².
fn check_use_areas(uses: &[&LandUseRow], area_tenths_m2: Option<u64>) -> Option<Fault> {
    let area = area_tenths_m2?;
    let sum = uses
        .iter()
        .try_fold(0_u64, |sum, row| sum.checked_add(row.area_tenths_m2?))?;
    (sum.abs_diff(area) > uses.len() as u64).then(|| {
        let m2 = |tenths: u64| crate::domain::Area::from_tenths_m2(tenths);
        Fault::new(
            FaultCode::LandUseAreasDiffer,
            format!(
                "the uses add up to {} m², the parcel has {} m²",
                m2(sum),
                m2(area)
            ),
        )
    })
}

/// What identifies a right in its source: parcel, party and certificate.
fn source_key(parcel_id: ParcelId, right: &RightRow) -> [u8; 16] {
    let party = &right.party;
    let serial = right
        .certificate
        .as_ref()
        .map(crate::domain::CertificateRecord::serial_key)
        .unwrap_or_default();
    let name = fold_text(&party.name);
    let mut hash = Sha256::new();
    hash.update(i64::from(parcel_id).to_le_bytes());
    for part in [
        &name,
        party.personal_no.as_deref().unwrap_or_default(),
        &serial,
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    std::array::from_fn(|place| digest.get(place).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CommuneCode, ParcelKey, PartyKind, PartyRecord, SheetKey};

    const PARCEL: i64 = (1 << 40) + 1;

    fn row(number: u64, name: &str, share: &str, land_use: Option<(&str, u64)>) -> PlacedRow {
        let sheet = SheetKey {
            commune: CommuneCode::parse("99001").unwrap(),
            sheet_no: 1,
        };
        let right = RightRow {
            parcel: ParcelKey {
                sheet,
                parcel_no: 1,
            },
            national_code: None,
            party: PartyRecord {
                kind: PartyKind::Individual,
                name: name.into(),
                personal_no: None,
                birth_year: None,
                residence: None,
            },
            share: Share::parse(share).unwrap(),
            certificate: None,
            land_use: land_use.map(|(code, tenths)| LandUseRow {
                code: code.into(),
                area_tenths_m2: Some(tenths),
                origin: None,
                term: None,
            }),
        };
        let digest = row_digest(&right);
        PlacedRow {
            row: ReadRow {
                source: "r.csv".into(),
                row: number,
                right,
                digest,
            },
            parcel_id: ParcelId::try_from(PARCEL).unwrap(),
            has_waited: false,
        }
    }

    fn plan_new(rows: &[PlacedRow]) -> Plan {
        plan(
            rows,
            &HashMap::new(),
            &HashMap::new(),
            &HashMap::from([(ParcelId::try_from(PARCEL).unwrap(), 1000)]),
        )
    }

    fn codes(plan: &Plan) -> Vec<FaultCode> {
        plan.warnings.iter().map(|(_, fault)| fault.code).collect()
    }

    #[test]
    fn two_uses_of_one_right_are_one_right_and_two_uses() {
        let plan = plan_new(&[
            row(2, "An", "1", Some(("ONT", 600))),
            row(3, "An", "1", Some(("CLN", 400))),
        ]);
        assert_eq!(plan.rights.len(), 1);
        assert_eq!(plan.uses.len(), 2);
        assert_eq!(plan.outcomes, [(Outcome::New, None), (Outcome::New, None)]);
        assert_eq!(codes(&plan), []);
    }

    #[test]
    fn the_same_row_twice_is_a_duplicate_and_other_content_too() {
        let plan = plan_new(&[
            row(2, "An", "1", None),
            row(3, "An", "1", None),
            row(4, "AN", "1/2", None),
        ]);
        let faults: Vec<_> = plan
            .outcomes
            .iter()
            .map(|(_, fault)| fault.as_ref().map(|fault| fault.code))
            .collect();
        assert_eq!(
            faults,
            [
                None,
                Some(FaultCode::RightDuplicate),
                Some(FaultCode::RightDuplicate)
            ]
        );
        assert_eq!(plan.rights.len(), 1);
    }

    #[test]
    fn one_use_with_two_areas_is_a_conflict() {
        let plan = plan_new(&[
            row(2, "An", "1/2", Some(("ONT", 1000))),
            row(3, "Bình", "1/2", Some(("ONT", 900))),
        ]);
        assert_eq!(
            plan.outcomes[1].1.as_ref().unwrap().code,
            FaultCode::LandUseConflict
        );
    }

    #[test]
    fn shares_and_areas_that_do_not_add_up_are_warned_about() {
        let plan = plan_new(&[
            row(2, "An", "1/2", Some(("ONT", 900))),
            row(3, "Bình", "1/3", None),
        ]);
        assert_eq!(
            codes(&plan),
            [FaultCode::LandUseAreasDiffer, FaultCode::SharesNotWhole]
        );
    }

    #[test]
    fn what_is_known_already_changes_nothing() {
        let rows = [row(2, "An", "1", Some(("ONT", 1000)))];
        let first = plan_new(&rows);
        let id = ParcelId::try_from(PARCEL).unwrap();
        let known = ExistingRight {
            right_id: crate::domain::RightId::try_from(PARCEL + 1).unwrap(),
            party_id: crate::domain::PartyId::try_from(PARCEL + 2).unwrap(),
            certificate_id: None,
            revision: crate::domain::Revision(1),
            content_digest: first.rights[0].content_digest.to_vec(),
            in_force_from: time::macros::date!(2025 - 07 - 01),
            is_registered: false,
        };
        let existing = HashMap::from([(first.rights[0].source_key.to_vec(), known)]);
        let again = plan(
            &rows,
            &existing,
            &HashMap::from([(id, vec![first.uses[0].1.clone()])]),
            &HashMap::new(),
        );
        assert_eq!(again.outcomes, [(Outcome::Unchanged, None)]);
        assert!(again.rights.is_empty() && again.uses.is_empty());
    }
}
