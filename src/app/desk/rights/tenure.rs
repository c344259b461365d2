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
            |stop| (stop.mark, stop.laid_on),
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

/// What lies on any of several parcels, each once, and where on what they become.
fn joined<T: Clone, Key: PartialEq>(
    parents: &[(String, &Boundary, &Tenure)],
    of: impl Fn(&Tenure) -> &Vec<T>,
    key: impl Fn(&T) -> Key,
    part: impl Fn(&mut T) -> &mut Part,
) -> Vec<T> {
    let mut joined: Vec<T> = Vec::new();
    for item in parents.iter().flat_map(|(_, _, tenure)| of(tenure)) {
        if joined.iter().any(|known| key(known) == key(item)) {
            continue;
        }
        let lain_on = parents.iter().filter_map(|(name, boundary, tenure)| {
            let mut items = of(tenure).iter();
            let mut same = items.find(|other| key(other) == key(item))?.clone();
            Some((name.as_str(), *boundary, part(&mut same).clone()))
        });
        let lain_on: Vec<_> = lain_on.collect();
        let mut item = item.clone();
        *part(&mut item) = together(&lain_on, lain_on.len() == parents.len());
        joined.push(item);
    }
    joined
}

/// Where something lies on the parcel that several become, by the parcels that it lay on and the part of each. What lay on all of them as a
/// whole lies on the whole, what was drawn stays where it was. Several parts have no outline in common: they are named, and it lies on all
/// of the parcel rather than on too little.
fn together(lain_on: &[(&str, &Boundary, Part)], is_on_all: bool) -> Part {
    let mut parts = lain_on.iter().map(|(_, _, part)| part);
    let first = parts.next();
    let alike = first.filter(|first| parts.all(|part| part == *first));
    match (alike, lain_on) {
        (Some(part), _) if part.boundary.is_some() => part.clone(),
        (Some(Part { text: None, .. }), _) if is_on_all => Part::default(),
        (_, [(_, boundary, _)]) => Part {
            text: Some(told(lain_on)),
            boundary: Some((*boundary).clone()),
        },
        _ => Part {
            text: Some(told(lain_on)),
            boundary: None,
        },
    }
}

/// Parcels, and parts of some, in words.
fn told(lain_on: &[(&str, &Boundary, Part)]) -> String {
    let is_whole = |part: &Part| part.text.is_none() && part.boundary.is_none();
    let whole = lain_on.iter().filter(|(_, _, part)| is_whole(part));
    let whole: Vec<&str> = whole.map(|(name, _, _)| *name).collect();
    let whole = (!whole.is_empty()).then(|| format!("thửa {}", whole.join(", ")));
    let parts = lain_on.iter().filter(|(_, _, part)| !is_whole(part));
    let parts = parts.map(|(name, _, part)| match &part.text {
        Some(text) => format!("thửa {name}: {text}"),
        None => format!("một phần thửa {name}"),
    });
    let told: Vec<String> = whole.into_iter().chain(parts).collect();
    told.join("; ")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{RawPolygon, check_rings};

    /// A rectangle from so many metres to so many metres east, 20 m high.
    fn rectangle(west_m: f64, east_m: f64) -> Boundary {
        let (west, east) = (603_000.0 + west_m, 603_000.0 + east_m);
        let south = 1_192_000.0;
        let north = south + 20.0;
        let rings = vec![vec![
            (west, south),
            (east, south),
            (east, north),
            (west, north),
        ]];
        check_rings(9210, &RawPolygon { rings }).unwrap()
    }

    /// One restriction on a part.
    fn limited(part: Part) -> Tenure {
        let limit = Limit {
            mark: Mark::New(0),
            terms: Restriction {
                kind: "corridor".to_owned(),
                content: String::new(),
                document: None,
                area: None,
                until: None,
                part,
            },
        };
        Tenure {
            limits: vec![limit],
            ..Tenure::default()
        }
    }

    fn part(text: Option<&str>, boundary: Option<Boundary>) -> Part {
        Part {
            text: text.map(str::to_owned),
            boundary,
        }
    }

    /// Where the restriction lies on what parcels become of which each has it on such a part, or not at all.
    fn merged(parcels: &[(&str, Boundary, Option<Part>)]) -> Part {
        let tenures: Vec<_> = parcels
            .iter()
            .map(|(_, _, part)| part.clone().map(limited).unwrap_or_default())
            .collect();
        let parents: Vec<_> = parcels
            .iter()
            .zip(&tenures)
            .map(|((name, boundary, _), tenure)| ((*name).to_owned(), boundary, tenure))
            .collect();
        let whole = Tenure::of_whole(&parents);
        let [only] = &*whole.limits else {
            panic!("{:?}", whole.limits);
        };
        only.terms.part.clone()
    }

    #[test]
    fn what_lay_on_all_lies_on_the_whole_and_what_lay_on_one_stays_there() {
        let (first, second) = (rectangle(0.0, 20.0), rectangle(20.0, 40.0));
        let whole = Some(Part::default());
        assert_eq!(
            merged(&[
                ("1/1", first.clone(), whole.clone()),
                ("1/2", second.clone(), whole.clone())
            ]),
            Part::default()
        );
        assert_eq!(
            merged(&[("1/1", first.clone(), whole), ("1/2", second.clone(), None)]),
            part(Some("thửa 1/1"), Some(first.clone()))
        );
        // drawn across a boundary that goes, it stays as it was drawn
        let strip = part(Some("4 m dọc đường"), Some(rectangle(10.0, 30.0)));
        assert_eq!(
            merged(&[
                ("1/1", first, Some(strip.clone())),
                ("1/2", second, Some(strip.clone()))
            ]),
            strip
        );
    }

    #[test]
    fn what_lay_on_different_parts_loses_none_of_them_when_parcels_are_merged_again() {
        let (first, second, third) = (
            rectangle(0.0, 20.0),
            rectangle(20.0, 40.0),
            rectangle(40.0, 60.0),
        );
        let once = merged(&[("1/1", first, Some(Part::default())), ("1/9", second, None)]);
        let twice = merged(&[
            ("1/10", rectangle(0.0, 40.0), Some(once)),
            ("1/2", third.clone(), Some(Part::default())),
        ]);
        assert_eq!(twice, part(Some("thửa 1/2; thửa 1/10: thửa 1/1"), None));
        assert!(lies_on(&twice, &third), "no outline cuts it short");
        let drawn = part(None, Some(rectangle(0.0, 4.0)));
        let drawn = merged(&[
            ("1/1", rectangle(0.0, 20.0), Some(drawn)),
            (
                "1/2",
                rectangle(20.0, 40.0),
                Some(part(Some("phía đông"), None)),
            ),
            ("1/3", third, None),
        ]);
        assert_eq!(
            drawn,
            part(Some("một phần thửa 1/1; thửa 1/2: phía đông"), None)
        );
    }

    #[test]
    fn what_lies_on_no_part_of_a_cut_parcel_goes_to_all_parts() {
        let halves = [rectangle(0.0, 10.0), rectangle(10.0, 20.0)];
        let on = |part: Part| -> Vec<usize> {
            let parts = limited(part).of_parts(&halves);
            parts.iter().map(|part| part.limits.len()).collect()
        };
        assert_eq!(on(part(None, Some(rectangle(12.0, 20.0)))), [0, 1]);
        assert_eq!(on(part(None, Some(rectangle(8.0, 20.0)))), [1, 1]);
        // where a boundary was moved away from it
        assert_eq!(on(part(None, Some(rectangle(30.0, 34.0)))), [1, 1]);
        assert_eq!(on(part(Some("phía đông"), None)), [1, 1]);
    }
}
