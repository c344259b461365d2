//! Where edges meet that must not, as faults.

use super::edge::{Edge, Meeting, distance_m};
use crate::domain::{Fault, FaultCode, GridPoint, Place, ZoneCode};
use std::collections::BTreeSet;

/// More faults than this are not listed: the drawing is wrong as a whole.
pub(super) const LISTED: usize = 100;
/// How many pairs of edges are looked at for the list.
const PAIRS: usize = 20_000_000;

/// Two edges meet that must not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Conflict {
    /// The rings of the two, the lower number first.
    pub rings: (usize, usize),
    /// How they meet.
    pub meeting: Meeting,
}

/// Where two edges touch lawfully, if they do: two rings may touch at a point.
pub(super) fn lawful_touch(a: &Edge, b: &Edge) -> Result<Option<GridPoint>, Conflict> {
    match a.meet(b) {
        Meeting::Apart => Ok(None),
        Meeting::Touch(point) if a.ring != b.ring => Ok(Some(point)),
        meeting => Err(Conflict {
            rings: (a.ring.min(b.ring), a.ring.max(b.ring)),
            meeting,
        }),
    }
}

impl Conflict {
    fn fault(&self, zone: ZoneCode) -> Fault {
        let subject = match self.rings {
            (a, b) if a == b => format!("{} {{}} itself", ring_name(a)),
            (a, b) => format!("{} {{}} {}", ring_name(b), ring_name(a)),
        };
        let say = |verb: &str| subject.replacen("{}", verb, 1);
        match self.meeting {
            Meeting::Overlap(from, to) if self.rings.0 == self.rings.1 => Fault::at(
                FaultCode::BoundarySpike,
                from.place(zone),
                format!("{} for {:.3} m", say("runs along"), distance_m(from, to)),
            ),
            Meeting::Overlap(from, to) => Fault::at(
                FaultCode::BoundaryCrossesItself,
                from.place(zone),
                format!("{} for {:.3} m", say("runs along"), distance_m(from, to)),
            ),
            Meeting::Touch(point) => Fault::at(
                FaultCode::BoundaryCrossesItself,
                point.place(zone),
                say("touches"),
            ),
            Meeting::Cross(x, y) => Fault::at(
                FaultCode::BoundaryCrossesItself,
                Place {
                    zone: Some(zone),
                    x,
                    y,
                },
                say("crosses"),
            ),
            Meeting::Apart => Fault::new(FaultCode::BoundaryCrossesItself, say("meets")),
        }
    }
}

/// What a ring is called in a fault.
pub(super) fn ring_name(ring: usize) -> String {
    if ring == 0 {
        "the outer ring".into()
    } else {
        format!("hole {ring}")
    }
}

/// All conflicts of edges of which `first` is known, as far as a bounded search finds them, and as faults.
pub(super) fn conflict_faults(mut edges: Vec<Edge>, first: Conflict, zone: ZoneCode) -> Vec<Fault> {
    edges.sort_unstable_by_key(|edge| edge.west);
    let pairs = edges.iter().enumerate().flat_map(|(place, edge)| {
        edges
            .iter()
            .skip(place + 1)
            .take_while(|other| other.west.east_mm <= edge.east.east_mm)
            .map(move |other| (edge, other))
    });
    let mut found: Vec<Conflict> = pairs
        .take(PAIRS)
        .filter_map(|(a, b)| lawful_touch(a, b).err())
        .take(LISTED)
        .collect();
    if found.is_empty() {
        found.push(first);
    }
    let overlaps: BTreeSet<GridPoint> = found
        .iter()
        .filter_map(|conflict| match conflict.meeting {
            Meeting::Overlap(from, to) => Some([from, to]),
            _ => None,
        })
        .flatten()
        .collect();
    let mut touched = BTreeSet::new();
    found
        .iter()
        .filter(|conflict| match conflict.meeting {
            Meeting::Touch(point) => !overlaps.contains(&point) && touched.insert(point),
            _ => true,
        })
        .map(|conflict| conflict.fault(zone))
        .collect()
}
