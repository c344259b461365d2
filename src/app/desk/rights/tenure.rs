//! Who holds a parcel and what lies on it, in the course of a plan.

use crate::domain::{
    Block, BlockId, Boundary, CertificateId, Encumbrance, EncumbranceId, ParcelId, Part, PartyId,
    Restriction, RestrictionId, RightId, Share,
};
use crate::store::HeldParcel;
use crate::topology::{self, Extent, ViolationCode};

/// Land less than this is no part of a parcel, only the rounding of its boundary.
const ROUNDING_M2: f64 = 0.1;

/// Something of the register, or the so-manieth of its sort that the plan makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark<Id> {
    /// Of the register.
    Known(Id),
    /// Made by the plan.
    New(usize),
}

/// A right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The right of the register that it still is: same parcel, party, certificate and kind.
    pub held: Option<RightId>,
    /// `use`, `management` or `ownership-of-assets`.
    pub kind: String,
    /// Whose it is.
    pub party: Mark<PartyId>,
    /// How much.
    pub share: Share,
    /// By which certificate.
    pub certificate: Option<Mark<CertificateId>>,
}

/// A mortgage or lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Which.
    pub mark: Mark<EncumbranceId>,
    /// Mortgagee or lessee.
    pub party: Mark<PartyId>,
    /// What it says.
    pub terms: Encumbrance,
}

/// A restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Which.
    pub mark: Mark<RestrictionId>,
    /// What it says.
    pub terms: Restriction,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Which.
    pub mark: Mark<BlockId>,
    /// The parcel of the register that it was laid on; none for a new one.
    pub laid_on: Option<ParcelId>,
    /// What it says.
    pub terms: Block,
}

/// That a new certificate covers the parcel, or what is printed on one is corrected: the numbers are those of the parcel where none
/// are said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which certificate.
    pub certificate: Mark<CertificateId>,
    /// The sheet as printed.
    pub sheet_no: Option<String>,
    /// The parcel's number as printed.
    pub parcel_no: Option<String>,
}

/// Who holds a parcel and what lies on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tenure {
    /// The rights.
    pub rights: Vec<Right>,
    /// Mortgages and leases.
    pub charges: Vec<Charge>,
    /// Restrictions.
    pub limits: Vec<Limit>,
    /// Blocks.
    pub stops: Vec<Stop>,
    /// Certificates that the plan says cover it.
    pub links: Vec<Link>,
}

impl Tenure {
    /// As the register has it.
    pub fn of(held: &HeldParcel) -> Self {
        let rights = held.rights.iter().map(|right| Right {
            held: Some(right.right_id),
            kind: right.kind.clone(),
            party: Mark::Known(right.party_id),
            share: right.share,
            certificate: right.certificate_id.map(Mark::Known),
        });
        let charges = held.encumbrances.iter().map(|encumbrance| Charge {
            mark: Mark::Known(encumbrance.encumbrance_id),
            party: Mark::Known(encumbrance.party_id),
            terms: encumbrance.terms.clone(),
        });
        let limits = held.restrictions.iter().map(|restriction| Limit {
            mark: Mark::Known(restriction.restriction_id),
            terms: restriction.terms.clone(),
        });
        let stops = held.blocks.iter().map(|block| Stop {
            mark: Mark::Known(block.block_id),
            laid_on: Some(block.parcel_id),
            terms: block.terms.clone(),
        });
        Self {
            rights: rights.collect(),
            charges: charges.collect(),
            limits: limits.collect(),
            stops: stops.collect(),
            links: Vec::new(),
        }
    }

    /// What goes over to the parts of the parcel: all rights, and what lies on each part. What lies on none of them, as a boundary that was
    /// moved may leave it, goes to all: nothing is lost by a cut. No certificate names the new parcels yet.
    pub fn of_parts(&self, boundaries: &[Boundary]) -> Vec<Self> {
        let part = |boundary: &Boundary| {
            let goes_to = |part: &Part| {
                lies_on(part, boundary) || !boundaries.iter().any(|other| lies_on(part, other))
            };
            let mut own = self.clone();
            own.charges.retain(|charge| goes_to(&charge.terms.part));
            own.limits.retain(|limit| goes_to(&limit.terms.part));
            own.stops.retain(|stop| goes_to(&stop.terms.part));
            own.without_papers()
        };
        boundaries.iter().map(part).collect()
    }

    /// What goes over to the parcel that several become: the rights of the first, which are those of all, and whatever lies on any of
    /// them, on the part that it lay on.
    pub fn of_whole(parents: &[(String, &Boundary, &Self)]) -> Self {
        let mut whole = parents
            .first()
            .map(|(_, _, first)| (*first).clone())
            .unwrap_or_default();
        whole.charges = joined(
            parents,
            |tenure| &tenure.charges,
            |charge| charge.mark,
            |charge| &mut charge.terms.part,
        );
        whole.limits = joined(
            parents,
            |tenure| &tenure.limits,
            |limit| limit.mark,
            |limit| &mut limit.terms.part,
        );
        whole.stops = joined(
            parents,
            |tenure| &tenure.stops,
            |stop| stop.mark,
            |stop| &mut stop.terms.part,
        );
        whole.without_papers()
    }

    fn without_papers(mut self) -> Self {
        for right in &mut self.rights {
            right.held = None;
            right.certificate = None;
        }
        self.links.clear();
        self
    }

    /// How much of a kind of right a party has, or `None` where it has nothing.
    pub fn share_of(&self, party: Mark<PartyId>, kind: &str) -> Option<Share> {
        let own = self.rights.iter();
        let own = own.filter(|right| right.party == party && right.kind == kind);
        own.map(|right| right.share)
            .try_fold(None, |sum: Option<Share>, share| match sum {
                None => Some(Some(share)),
                Some(sum) => sum.plus(share).map(Some),
            })
            .unwrap_or(Some(Share::WHOLE))
    }

    /// The mortgages.
    pub fn mortgages(&self) -> impl Iterator<Item = &Charge> {
        let charges = self.charges.iter();
        charges.filter(|charge| charge.terms.kind == "mortgage")
    }
}

/// What lies on any of several parcels, each once. What does not lie on all of them as a whole lies on the part that it lay on.
fn joined<T: Clone, Id: PartialEq + Copy>(
    parents: &[(String, &Boundary, &Tenure)],
    of: impl Fn(&Tenure) -> &Vec<T>,
    mark: impl Fn(&T) -> Mark<Id>,
    part: impl Fn(&mut T) -> &mut Part,
) -> Vec<T> {
    let mut joined: Vec<T> = Vec::new();
    for (_, _, tenure) in parents {
        for item in of(tenure) {
            if joined.iter().all(|known| mark(known) != mark(item)) {
                joined.push(item.clone());
            }
        }
    }
    for item in &mut joined {
        let with: Vec<_> = parents
            .iter()
            .filter(|(_, _, tenure)| of(tenure).iter().any(|other| mark(other) == mark(item)))
            .collect();
        if with.len() == parents.len() {
            continue;
        }
        let names: Vec<&str> = with.iter().map(|(name, _, _)| name.as_str()).collect();
        let lain_on = format!("thửa {}", names.join(", "));
        let boundary = match &*with {
            [(_, only, _)] => Some((*only).clone()),
            _ => None,
        };
        let part = part(item);
        if part.boundary.is_none() {
            part.boundary = boundary;
            part.text = Some(match part.text.take() {
                Some(text) => format!("{lain_on}: {text}"),
                None => lain_on,
            });
        }
    }
    joined
}

/// Whether something that lies on a part lies on land within a boundary.
pub fn lies_on(part: &Part, boundary: &Boundary) -> bool {
    let Some(place) = &part.boundary else {
        return true;
    };
    if place.zone() != boundary.zone() {
        return true;
    }
    let shared = topology::check(&[], &[place, boundary]);
    let shared_m2: f64 = shared
        .iter()
        .filter(|found| found.code == ViolationCode::ParcelsOverlap)
        .filter_map(|found| match found.extent {
            Extent::AreaM2(area_m2) => Some(area_m2),
            _ => None,
        })
        .sum();
    shared_m2 > ROUNDING_M2
}
