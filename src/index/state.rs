//! One state of the index, and the index that moves from state to state.

use super::commune::{Boxed, Commune, by_commune, envelope};
use super::{exact, outlines, plane};
use crate::crs::CrsError;
use crate::domain::{CommuneCode, Names, NationalCode, ParcelId, ParcelKey, Position};
use crate::geometry;
use crate::page::{
    Fine, FineBox, Ground, Outline, Page, PageParcel, ParcelView, WorldBox, metres_per_fine,
};
use rstar::RTree;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use time::Date;

/// What became of a parcel: its new content, or nothing where it is no longer current.
pub type Change = (ParcelId, Option<PageParcel>);

/// All current parcels at one register position, on one day.
#[derive(Debug)]
pub struct State {
    position: Position,
    day: Date,
    communes: BTreeMap<CommuneCode, Arc<Commune>>,
    /// Of each commune its span of ids: they hardly overlap.
    spans: Box<[(ParcelId, ParcelId, CommuneCode)]>,
    /// The longest side of any parcel's box, in world units.
    longest_side: u32,
    tree: Arc<RTree<Boxed<CommuneCode>>>,
    names: Arc<Names>,
    outlines: BTreeMap<CommuneCode, Arc<[Outline]>>,
    provinces: Arc<[Outline]>,
}

impl Default for State {
    fn default() -> Self {
        Self::of_communes(Position::default(), Date::MIN, Vec::new())
    }
}

/// The index: a state, replaced as a whole.
#[derive(Debug, Default)]
pub struct Index {
    state: RwLock<Arc<State>>,
}

impl Index {
    /// The state now. Holding it stops nobody.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts over with a state.
    pub fn install(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }

    /// Applies changes; gives the boxes of what looks different now, old and new. Idempotent; a position behind the state's leaves it as
    /// it is. One writer at a time.
    pub fn apply(&self, changes: Vec<Change>, position: Position, day: Date) -> Vec<WorldBox> {
        let old = self.state();
        if position < old.position {
            return Vec::new();
        }
        let ids: Vec<ParcelId> = changes.iter().map(|(id, _)| *id).collect();
        let new = old.changed(changes, position, day);
        let mut touched = Vec::new();
        for id in ids {
            let (before, after) = (old.parcel(id), new.parcel(id));
            let is_alike = match (&before, &after) {
                (Some(before), Some(after)) => before.looks_like(after),
                (before, after) => before.is_none() && after.is_none(),
            };
            if !is_alike {
                touched.extend(before.iter().chain(&after).map(|parcel| parcel.bounds()));
            }
        }
        touched.dedup();
        touched.extend(new.outlines_touched_since(&old));
        self.install(new);
        touched
    }
}

impl State {
    /// A state of whole communes.
    pub fn of_communes(
        position: Position,
        day: Date,
        communes: impl IntoIterator<Item = Commune>,
    ) -> Self {
        let by_code = |commune: Commune| (commune.code, Arc::new(commune));
        let communes = communes.into_iter().map(by_code).collect();
        Self::of(position, day, communes, Arc::default(), None)
    }

    /// A state of some parcels.
    pub fn of_parcels(position: Position, day: Date, parcels: Vec<PageParcel>) -> Self {
        let communes = by_commune(parcels).into_iter();
        let packed = communes.filter_map(|(code, parcels)| Commune::pack(code, parcels));
        Self::of_communes(position, day, packed)
    }

    /// The same state with other names.
    #[must_use]
    pub fn named(&self, names: Arc<Names>) -> Self {
        Self::of(self.position, self.day, self.communes.clone(), names, None)
    }

    /// What codes are called.
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// A state; what has not changed since the one before, of the same names, is shared with it.
    fn of(
        position: Position,
        day: Date,
        communes: BTreeMap<CommuneCode, Arc<Commune>>,
        names: Arc<Names>,
        before: Option<&Self>,
    ) -> Self {
        let outlines: BTreeMap<_, _> = communes
            .values()
            .map(|commune| {
                let shared = before.and_then(|before| before.outlines_of(commune));
                let outlines = shared.unwrap_or_else(|| outlines::of_commune(commune, &names));
                (commune.code, outlines)
            })
            .collect();
        let same = before.filter(|before| before.has_whole_outlines(&outlines));
        let (tree, provinces) = if let Some(before) = same {
            (Arc::clone(&before.tree), Arc::clone(&before.provinces))
        } else {
            let boxed = communes.values();
            let boxed = boxed.map(|commune| Boxed::new(commune.bounds, commune.code));
            let tree = RTree::bulk_load(boxed.collect());
            (Arc::new(tree), outlines::of_provinces(&outlines, &names))
        };
        let span =
            |commune: &Arc<Commune>| (*commune.ids().start(), *commune.ids().end(), commune.code);
        Self {
            position,
            day,
            spans: communes.values().map(span).collect(),
            longest_side: communes
                .values()
                .map(|commune| commune.longest_side())
                .max()
                .unwrap_or(0),
            communes,
            tree,
            names,
            outlines,
            provinces,
        }
    }

    /// The outlines of a commune that is still the same one.
    fn outlines_of(&self, commune: &Arc<Commune>) -> Option<Arc<[Outline]>> {
        let mine = self.communes.get(&commune.code)?;
        let is_same = Arc::ptr_eq(mine, commune);
        is_same.then(|| self.outlines.get(&commune.code).map(Arc::clone))?
    }

    /// Whether the communes are the same, and the outline of each as a whole.
    fn has_whole_outlines(&self, outlines: &BTreeMap<CommuneCode, Arc<[Outline]>>) -> bool {
        let mut both = self.outlines.iter().zip(outlines);
        self.outlines.len() == outlines.len()
            && both.all(|((code, of), (other_code, other))| {
                code == other_code && (Arc::ptr_eq(of, other) || of.first() == other.first())
            })
    }

    fn outlines_touched_since(&self, old: &Self) -> Vec<WorldBox> {
        let none: Arc<[Outline]> = Arc::default();
        let mut touched = outlines::touched(&old.provinces, &self.provinces);
        let codes: BTreeSet<_> = old.outlines.keys().chain(self.outlines.keys()).collect();
        for code in codes {
            let before = old.outlines.get(code).unwrap_or(&none);
            let after = self.outlines.get(code).unwrap_or(&none);
            if !Arc::ptr_eq(before, after) {
                touched.extend(outlines::touched(before, after));
            }
        }
        touched
    }

    fn changed(&self, changes: Vec<Change>, position: Position, day: Date) -> Self {
        let newest: HashMap<ParcelId, Option<PageParcel>> = changes.into_iter().collect();
        let mut gone: HashMap<CommuneCode, HashSet<ParcelId>> = HashMap::new();
        for id in newest.keys() {
            if let Some(parcel) = self.parcel(*id) {
                gone.entry(parcel.commune()).or_default().insert(*id);
            }
        }
        let mut come = by_commune(newest.into_values().flatten());
        let codes: HashSet<_> = gone.keys().chain(come.keys()).copied().collect();
        let mut communes = self.communes.clone();
        for code in codes {
            let (gone, come) = (
                gone.remove(&code).unwrap_or_default(),
                come.remove(&code).unwrap_or_default(),
            );
            let commune = match communes.remove(&code) {
                Some(commune) => commune.changed(&gone, come),
                None => Commune::pack(code, come),
            };
            if let Some(commune) = commune {
                communes.insert(code, Arc::new(commune));
            }
        }
        Self::of(position, day, communes, Arc::clone(&self.names), Some(self))
    }

    /// The register position that the state was made at.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The day whose law the state shows.
    pub fn day(&self) -> Date {
        self.day
    }

    /// The communes, by code.
    pub fn communes(&self) -> impl Iterator<Item = &Arc<Commune>> {
        self.communes.values()
    }

    /// How many parcels.
    pub fn len(&self) -> usize {
        self.communes
            .values()
            .map(|commune| commune.parcel_count())
            .sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.communes.is_empty()
    }

    /// The bytes of all pages and look-up tables.
    pub fn size_bytes(&self) -> usize {
        self.communes
            .values()
            .map(|commune| commune.size_bytes())
            .sum()
    }

    /// The box around all parcels.
    pub fn bounds(&self) -> Option<WorldBox> {
        (!self.is_empty()).then(|| {
            self.communes
                .values()
                .fold(WorldBox::EMPTY, |bounds, commune| {
                    bounds.join(commune.bounds)
                })
        })
    }

    /// The parcel of an id.
    pub fn parcel(&self, id: ParcelId) -> Option<ParcelView<'_>> {
        let near = self
            .spans
            .iter()
            .filter(|(first, last, _)| (*first..=*last).contains(&id));
        near.filter_map(|(_, _, code)| self.communes.get(code))
            .find_map(|commune| commune.parcel(id))
    }

    /// The parcel of a national code, if it lies where its code says, as nearly all do; a moved code is only in the database.
    pub fn parcel_of_code(&self, code: NationalCode) -> Option<ParcelView<'_>> {
        let (west, south, east, north) = geometry::code_cell(code);
        let cell = FineBox::from_degrees([west, south, east, north]).world();
        self.parcels_near(cell)
            .find(|parcel| parcel.national_code() == Some(code))
    }

    /// The parcel of a commune, sheet and number; of two eras that used the commune's code, the later one's.
    pub fn parcel_of_key(&self, key: &ParcelKey) -> Option<ParcelView<'_>> {
        let commune = self.communes.get(&key.sheet.commune)?;
        commune
            .parcels()
            .filter(|parcel| {
                parcel.parcel_no() == key.parcel_no && parcel.sheet_no() == key.sheet.sheet_no
            })
            .max_by_key(|parcel| {
                (
                    parcel.sheet().commune_from,
                    std::cmp::Reverse(parcel.parcel_id()),
                )
            })
    }

    /// What a tile of a box is drawn from; without pages whose parcels' boxes all have shorter sides.
    pub fn ground(&self, bounds: WorldBox, least_side: u32) -> Ground<'_> {
        let communes: Vec<_> = self.communes_in(bounds).collect();
        let of_communes = communes
            .iter()
            .filter_map(|commune| self.outlines.get(&commune.code));
        let outlines = of_communes
            .flat_map(|of| of.iter())
            .chain(self.provinces.iter());
        Ground {
            pages: communes
                .iter()
                .flat_map(|commune| commune.pages_in(bounds))
                .map(|page| &**page)
                .filter(|page| page.longest_side() >= least_side)
                .collect(),
            overviews: communes.iter().map(|commune| commune.overview()).collect(),
            outlines: outlines
                .filter(|outline| outline.bounds.meets(bounds))
                .collect(),
        }
    }

    fn communes_in(&self, bounds: WorldBox) -> impl Iterator<Item = &Arc<Commune>> {
        self.tree
            .locate_in_envelope_intersecting(envelope(bounds))
            .filter_map(|commune| self.communes.get(&commune.held))
    }

    /// The parcels whose box meets the box, in no order.
    pub fn parcels_near(&self, bounds: WorldBox) -> impl Iterator<Item = ParcelView<'_>> {
        self.pages_near(bounds)
            .flat_map(move |page| page.parcels_in(bounds))
    }

    /// The pages whose box meets the box, in no order.
    pub fn pages_near(&self, bounds: WorldBox) -> impl Iterator<Item = &Page> {
        self.communes_in(bounds)
            .flat_map(move |commune| commune.pages_in(bounds))
            .map(|page| &**page)
    }

    /// The parcels that cover a place, by id. On a shared edge there are several.
    pub fn parcels_at(&self, lon: f64, lat: f64) -> Result<Vec<ParcelView<'_>>, CrsError> {
        let place = Fine::from_degrees(lon, lat).world();
        let place = WorldBox::around([place]);
        let around = place.grown(exact::overhang(self.longest_side, lat));
        let mut found = Vec::new();
        for parcel in self.parcels_near(around) {
            let overhang = exact::overhang(parcel.bounds().longest_side(), lat);
            if parcel.bounds().meets(place.grown(overhang)) && exact::covers(&parcel, lon, lat)? {
                found.push(parcel);
            }
        }
        found.sort_by_key(|parcel| parcel.parcel_id());
        Ok(found)
    }

    /// The first parcels after an id, by id, that share a point with a box.
    pub fn parcels_in(
        &self,
        bounds: FineBox,
        after: Option<ParcelId>,
        count: usize,
    ) -> Vec<ParcelView<'_>> {
        let corner = |x, y| Fine { x, y };
        let ring = vec![
            bounds.min,
            corner(bounds.max.x, bounds.min.y),
            bounds.max,
            corner(bounds.min.x, bounds.max.y),
        ];
        self.next_meeting(&[ring], bounds.whole_units(), after, count)
    }

    /// The first parcels after an id, by id, that share a point with a polygon.
    pub fn parcels_meeting(
        &self,
        polygon: &[Vec<Fine>],
        after: Option<ParcelId>,
        count: usize,
    ) -> Vec<ParcelView<'_>> {
        self.next_meeting(polygon, WorldBox::EMPTY, after, count)
    }

    /// The same, where it is known that what lies in a box `inside` lies in the polygon.
    fn next_meeting(
        &self,
        polygon: &[Vec<Fine>],
        inside: WorldBox,
        after: Option<ParcelId>,
        count: usize,
    ) -> Vec<ParcelView<'_>> {
        let bounds = WorldBox::around(polygon.iter().flatten().map(|point| point.world()));
        let is_next =
            |parcel: &ParcelView<'_>| after.is_none_or(|after| parcel.parcel_id() > after);
        let mut near: Vec<_> = self.parcels_near(bounds).filter(is_next).collect();
        near.sort_unstable_by_key(|parcel| parcel.parcel_id());
        let meets = |parcel: &ParcelView<'_>| {
            inside.contains(parcel.bounds()) || plane::meet(&parcel.outline(), polygon)
        };
        near.into_iter().filter(meets).take(count).collect()
    }

    /// The first parcels after an id, by id, of a commune or of all.
    pub fn parcels_after(
        &self,
        of: Option<CommuneCode>,
        after: Option<ParcelId>,
        count: usize,
    ) -> Vec<ParcelView<'_>> {
        let is_next = |id: ParcelId| after.is_none_or(|after| id > after);
        let mut spans: Vec<_> = self.spans.iter().collect();
        spans.retain(|(_, last, code)| is_next(*last) && of.is_none_or(|of| of == *code));
        spans.sort_unstable();
        let mut found: Vec<ParcelView<'_>> = Vec::new();
        for (first, _, code) in spans {
            let is_full = found.len() == count;
            if is_full && found.last().is_none_or(|last| last.parcel_id() < *first) {
                break;
            }
            let commune = self.communes.get(code).into_iter();
            let parcels = commune.flat_map(|commune| commune.parcels());
            found.extend(parcels.filter(|parcel| is_next(parcel.parcel_id())));
            found.sort_unstable_by_key(|parcel| parcel.parcel_id());
            found.truncate(count);
        }
        found
    }

    /// The outlines of a commune and its sheets, the commune's first.
    pub fn outlines(&self) -> impl Iterator<Item = (&CommuneCode, &[Outline])> {
        self.outlines.iter().map(|(code, of)| (code, &**of))
    }

    /// The `count` parcels nearest to a place within `reach_m`, nearest first, with their distance in metres (0 inside).
    pub fn nearest(
        &self,
        lon: f64,
        lat: f64,
        count: usize,
        reach_m: f64,
    ) -> Vec<(ParcelView<'_>, f64)> {
        let place = Fine::from_degrees(lon, lat);
        let scale = metres_per_fine(lat);
        let mut radius_m = 25.0_f64.min(reach_m);
        loop {
            let mut found = self.within_distance(place, radius_m, scale);
            found.sort_by(|a, b| {
                a.1.total_cmp(&b.1)
                    .then(a.0.parcel_id().cmp(&b.0.parcel_id()))
            });
            if found.len() >= count || radius_m >= reach_m {
                found.truncate(count);
                return found;
            }
            radius_m = (radius_m * 4.0).min(reach_m);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a radius of at most some kilometres"
    )]
    fn within_distance(
        &self,
        place: Fine,
        radius_m: f64,
        scale: (f64, f64),
    ) -> Vec<(ParcelView<'_>, f64)> {
        let (across, down) = (
            (radius_m / scale.0).ceil() as i64,
            (radius_m / scale.1).ceil() as i64,
        );
        let bounds = FineBox {
            min: Fine {
                x: (place.x - across).max(0),
                y: (place.y - down).max(0),
            },
            max: Fine {
                x: place.x + across,
                y: place.y + down,
            },
        };
        self.parcels_near(bounds.world())
            .filter_map(|parcel| {
                let standing = plane::standing(&parcel.outline(), place, scale);
                let distance_m = if standing.is_inside {
                    0.0
                } else {
                    standing.edge_distance
                };
                (distance_m <= radius_m).then_some((parcel, distance_m))
            })
            .collect()
    }
}
