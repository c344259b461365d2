//! What operations name beside parcels.

use super::Wanted;
use crate::domain::{LandOperation, PartyRef, fold_text, serial_key, tidy_number, tidy_text};
use crate::store::Mentioned;

/// The parties, certificates and blocks that operations name.
pub fn mentioned(wanted: &Wanted) -> Mentioned {
    let mut mentioned = Mentioned::default();
    for operation in &wanted.operations {
        for party in parties(operation) {
            match party {
                PartyRef::Known { party_id } => mentioned.parties.push(*party_id),
                PartyRef::Described(record) => {
                    mentioned
                        .name_keys
                        .push(fold_text(&tidy_text(&record.name)));
                    let number = record.personal_no.as_deref();
                    mentioned.personal_nos.extend(number.map(tidy_number));
                }
            }
        }
        let serials = serials(operation).into_iter();
        mentioned.serial_keys.extend(serials.map(serial_key));
        others(operation, &mut mentioned);
    }
    mentioned
}

fn parties(operation: &LandOperation) -> Vec<&PartyRef> {
    match operation {
        LandOperation::Transfer(transfer) => transfer.to.iter().map(|taker| &taker.party).collect(),
        LandOperation::Mortgage(encumber) | LandOperation::Lease(encumber) => vec![&encumber.to],
        LandOperation::IssueCertificate(issue) => issue.holders.iter().collect(),
        _ => Vec::new(),
    }
}

fn serials(operation: &LandOperation) -> Vec<&str> {
    match operation {
        LandOperation::IssueCertificate(issue) => {
            let replaced = issue.replaces.iter().map(|old| &*old.serial);
            replaced.chain([&*issue.serial]).collect()
        }
        LandOperation::WithdrawCertificate(withdraw) => vec![&withdraw.serial],
        LandOperation::AnnotateCertificate(annotate) => vec![&annotate.serial],
        LandOperation::Correct(correct) => {
            let printed = correct.printed.as_ref();
            printed
                .map(|printed| &*printed.serial)
                .into_iter()
                .collect()
        }
        LandOperation::Block(block) => block.certificate.as_deref().into_iter().collect(),
        _ => Vec::new(),
    }
}

fn others(operation: &LandOperation, mentioned: &mut Mentioned) {
    match operation {
        LandOperation::Transfer(transfer) => mentioned.parties.push(transfer.from),
        LandOperation::PartyInformation(information) => {
            mentioned.parties.push(information.party_id);
            let number = information.party.personal_no.as_deref();
            mentioned.personal_nos.extend(number.map(tidy_number));
        }
        LandOperation::Correct(correct) => {
            mentioned.parties.extend(correct.party_id);
            let record = correct.party.as_ref();
            let number = record.and_then(|record| record.personal_no.as_deref());
            mentioned.personal_nos.extend(number.map(tidy_number));
        }
        LandOperation::Block(block) => {
            let stopped = block.certificate.as_deref();
            mentioned.stopped_keys.extend(stopped.map(serial_key));
        }
        LandOperation::Unblock(unblock) => mentioned.blocks.push(unblock.block),
        _ => {}
    }
}
