//! Who holds a parcel and what lies on it, for the officer to read.

use crate::app::desk::rights::{Mark, Registry, Tenure};
use crate::domain::{LandUseRow, PartyId, Stops};
use serde::Serialize;
use std::collections::BTreeSet;
use time::{Date, OffsetDateTime};

/// Who holds a parcel and what lies on it.
#[derive(Debug, Clone, Serialize)]
pub struct Estate {
    uses: Vec<LandUseRow>,
    rights: Vec<RightLine>,
    mortgages: Vec<ChargeLine>,
    leases: Vec<ChargeLine>,
    restrictions: Vec<LimitLine>,
    blocks: Vec<StopLine>,
    certificates: Vec<PaperLine>,
}

#[derive(Debug, Clone, Serialize)]
struct RightLine {
    party: String,
    party_id: Option<PartyId>,
    kind: String,
    share: String,
    certificate: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct ChargeLine {
    encumbrance_id: Option<i64>,
    to: String,
    rank: Option<i16>,
    contract_no: String,
    #[serde(with = "time::serde::rfc3339")]
    registered_at: OffsetDateTime,
    amount_vnd: Option<i64>,
    until: Option<String>,
    part: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct LimitLine {
    restriction_id: Option<i64>,
    sort: String,
    content: String,
    document: Option<String>,
    until: Option<String>,
    part: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct StopLine {
    block_id: Option<i64>,
    stops: Stops,
    letter_no: String,
    agency: String,
    until: Option<String>,
    part: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct PaperLine {
    serial: String,
    issued_on: Option<String>,
    status: String,
    notes: Vec<String>,
}

impl Estate {
    /// What a tenure is by a registry.
    pub fn of(tenure: &Tenure, uses: &[LandUseRow], registry: &Registry<'_>) -> Self {
        let charges = |kind: &'static str| {
            let charges = tenure.charges.iter();
            let charges = charges.filter(move |charge| charge.terms.kind == kind);
            charges
                .map(|charge| ChargeLine {
                    encumbrance_id: known(charge.mark).map(i64::from),
                    to: registry.name(charge.party),
                    rank: charge.terms.rank,
                    contract_no: charge.terms.contract_no.clone(),
                    registered_at: charge.terms.registered_at,
                    amount_vnd: charge.terms.amount_vnd,
                    until: day(charge.terms.until),
                    part: charge.terms.part.text.clone(),
                })
                .collect()
        };
        let rights = tenure.rights.iter().map(|right| RightLine {
            party: registry.name(right.party),
            party_id: known(right.party),
            kind: right.kind.clone(),
            share: right.share.to_string(),
            certificate: right
                .certificate
                .and_then(|mark| registry.papers.get(&mark).map(|paper| paper.serial.clone())),
        });
        let limits = tenure.limits.iter().map(|limit| LimitLine {
            restriction_id: known(limit.mark).map(i64::from),
            sort: limit.terms.kind.clone(),
            content: limit.terms.content.clone(),
            document: limit.terms.document.clone(),
            until: day(limit.terms.until),
            part: limit.terms.part.text.clone(),
        });
        let stops = tenure.stops.iter().map(|stop| StopLine {
            block_id: known(stop.mark).map(i64::from),
            stops: stop.terms.stops,
            letter_no: stop.terms.letter_no.clone(),
            agency: stop.terms.agency.clone(),
            until: day(stop.terms.until),
            part: stop.terms.part.text.clone(),
        });
        Self {
            uses: uses.to_vec(),
            rights: rights.collect(),
            mortgages: charges("mortgage"),
            leases: charges("lease"),
            restrictions: limits.collect(),
            blocks: stops.collect(),
            certificates: papers(tenure, registry),
        }
    }
}

/// The certificates that a parcel's rights stand on, or that the plan says cover it.
fn papers(tenure: &Tenure, registry: &Registry<'_>) -> Vec<PaperLine> {
    let own = tenure.rights.iter().filter_map(|right| right.certificate);
    let links = tenure.links.iter().map(|link| link.certificate);
    let marks: BTreeSet<_> = own.chain(links).collect();
    let papers = marks
        .into_iter()
        .filter_map(|mark| registry.papers.get(&mark));
    papers
        .map(|paper| PaperLine {
            serial: paper.serial.clone(),
            issued_on: day(paper.issued_on),
            status: paper.status.to_owned(),
            notes: paper.notes.iter().map(|(_, text)| text.clone()).collect(),
        })
        .collect()
}

fn known<Id>(mark: Mark<Id>) -> Option<Id> {
    match mark {
        Mark::Known(id) => Some(id),
        Mark::New(_) => None,
    }
}

fn day(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}
