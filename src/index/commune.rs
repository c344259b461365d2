//! The pages of one commune.

use crate::domain::{CommuneCode, ParcelId};
use crate::page::{Overview, PAGE_PARCELS, Page, PageParcel, ParcelView, WorldBox, hilbert_order};
use rstar::{AABB, RTree, RTreeObject};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Something with a box, in an R-tree.
#[derive(Debug, Clone)]
pub struct Boxed<T> {
    bounds: WorldBox,
    pub held: T,
}

impl<T> Boxed<T> {
    pub fn new(bounds: WorldBox, held: T) -> Self {
        Self { bounds, held }
    }
}

/// A box as the R-tree wants it: signed.
pub fn envelope(bounds: WorldBox) -> AABB<[i64; 2]> {
    AABB::from_corners(
        [i64::from(bounds.min.x), i64::from(bounds.min.y)],
        [i64::from(bounds.max.x), i64::from(bounds.max.y)],
    )
}

impl<T> RTreeObject for Boxed<T> {
    type Envelope = AABB<[i64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        envelope(self.bounds)
    }
}

/// A commune's pages with their tree, and where each parcel is.
#[derive(Debug)]
pub struct Commune {
    pub code: CommuneCode,
    pub bounds: WorldBox,
    pages: Vec<Arc<Page>>,
    tree: RTree<Boxed<Arc<Page>>>,
    overview: Overview,
    /// Parcel to page, by id.
    places: Box<[(ParcelId, u32)]>,
}

impl Commune {
    /// Packs parcels of one commune into pages.
    pub fn pack(code: CommuneCode, mut parcels: Vec<PageParcel>) -> Self {
        hilbert_order(&mut parcels);
        Self::of_pages(
            code,
            parcels
                .chunks(PAGE_PARCELS)
                .filter_map(Page::build)
                .map(Arc::new)
                .collect(),
        )
    }

    fn of_pages(code: CommuneCode, pages: Vec<Arc<Page>>) -> Self {
        let mut places: Vec<_> = pages
            .iter()
            .zip(0_u32..)
            .flat_map(|(page, number)| {
                page.parcels()
                    .map(move |parcel| (parcel.parcel_id(), number))
            })
            .collect();
        places.sort_unstable();
        Self {
            code,
            bounds: pages
                .iter()
                .fold(WorldBox::EMPTY, |bounds, page| bounds.join(page.bounds())),
            tree: RTree::bulk_load(
                pages
                    .iter()
                    .map(|page| Boxed::new(page.bounds(), Arc::clone(page)))
                    .collect(),
            ),
            overview: Overview::of(pages.iter().flat_map(|page| page.parcels())),
            pages,
            places: places.into(),
        }
    }

    /// The commune after some of its parcels are gone and others have come. Pages without a change are shared.
    pub fn changed(&self, gone: &HashSet<ParcelId>, mut come: Vec<PageParcel>) -> Self {
        let touched: HashSet<u32> = gone.iter().filter_map(|id| self.page_of(*id)).collect();
        let (mut kept, mut opened) = (Vec::new(), Vec::new());
        for (page, number) in self.pages.iter().zip(0_u32..) {
            if touched.contains(&number) {
                opened.push(page);
            } else {
                kept.push(Arc::clone(page));
            }
        }
        let staying = opened
            .iter()
            .flat_map(|page| page.parcels())
            .filter(|parcel| !gone.contains(&parcel.parcel_id()));
        come.extend(staying.map(|parcel| parcel.to_parcel()));
        // A few newcomers join the last small page instead of leaving many small pages behind.
        if come.len() < PAGE_PARCELS / 2
            && let Some(small) = kept
                .iter()
                .position(|page| page.len() + come.len() <= PAGE_PARCELS)
        {
            come.extend(
                kept.swap_remove(small)
                    .parcels()
                    .map(|parcel| parcel.to_parcel()),
            );
        }
        hilbert_order(&mut come);
        kept.extend(
            come.chunks(PAGE_PARCELS)
                .filter_map(Page::build)
                .map(Arc::new),
        );
        Self::of_pages(self.code, kept)
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn page_of(&self, id: ParcelId) -> Option<u32> {
        let place = self
            .places
            .binary_search_by_key(&id, |(parcel, _)| *parcel)
            .ok()?;
        self.places.get(place).map(|(_, page)| *page)
    }

    pub fn parcel(&self, id: ParcelId) -> Option<ParcelView<'_>> {
        let page = self.pages.get(self.page_of(id)? as usize)?;
        page.parcels().find(|parcel| parcel.parcel_id() == id)
    }

    pub fn contains(&self, id: ParcelId) -> bool {
        self.page_of(id).is_some()
    }

    /// Its parcels counted by place and use.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    pub fn pages_in(&self, bounds: WorldBox) -> impl Iterator<Item = &Arc<Page>> {
        self.tree
            .locate_in_envelope_intersecting(envelope(bounds))
            .map(|boxed| &boxed.held)
    }

    pub fn size_bytes(&self) -> usize {
        self.pages
            .iter()
            .map(|page| page.size_bytes())
            .sum::<usize>()
            + size_of_val(&*self.places)
            + self.overview.size_bytes()
    }
}

/// Parcels by commune.
pub fn by_commune(
    parcels: impl IntoIterator<Item = PageParcel>,
) -> HashMap<CommuneCode, Vec<PageParcel>> {
    let mut communes: HashMap<_, Vec<_>> = HashMap::new();
    for parcel in parcels {
        communes.entry(parcel.commune).or_default().push(parcel);
    }
    communes
}
