//! The pages of one commune.

use crate::domain::{CommuneCode, ParcelId};
use crate::page::{
    Overview, PAGE_PARCELS, Page, PageParcel, PageSheet, ParcelView, World, WorldBox,
    hilbert_order, hull,
};
use rstar::{AABB, RTree, RTreeObject};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;
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

/// A commune's pages with their tree, and what follows from them.
#[derive(Debug)]
pub struct Commune {
    /// Its code.
    pub code: CommuneCode,
    /// The box around its parcels.
    pub bounds: WorldBox,
    pages: Vec<Arc<Page>>,
    tree: RTree<Boxed<Arc<Page>>>,
    overview: Overview,
    sheets: Vec<SheetHull>,
    ids: RangeInclusive<ParcelId>,
    longest_side: u32,
    parcels: usize,
    size_bytes: usize,
}

/// What a sheet's parcels lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetHull {
    /// The sheet.
    pub sheet: PageSheet,
    /// The convex hull of its parcels.
    pub hull: Vec<World>,
}

impl Commune {
    /// Packs parcels of one commune into pages; `None` for no parcels.
    pub fn pack(code: CommuneCode, mut parcels: Vec<PageParcel>) -> Option<Self> {
        hilbert_order(&mut parcels);
        let pages = parcels.chunks(PAGE_PARCELS).filter_map(Page::build);
        Self::of_pages(code, pages.map(Arc::new).collect())
    }

    /// A commune of these pages; `None` for none.
    pub fn of_pages(code: CommuneCode, pages: Vec<Arc<Page>>) -> Option<Self> {
        let first = pages.iter().map(|page| page.ids().start()).min()?;
        let last = pages.iter().map(|page| page.ids().end()).max()?;
        let overview = Overview::of(pages.iter().flat_map(|page| page.parcels()));
        let sheets = sheets(&pages);
        let held = pages.iter().map(|page| page.size_bytes()).sum::<usize>();
        Some(Self {
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
            ids: *first..=*last,
            longest_side: pages
                .iter()
                .map(|page| page.longest_side())
                .max()
                .unwrap_or(0),
            parcels: pages.iter().map(|page| page.len()).sum(),
            size_bytes: held
                + overview.size_bytes()
                + sheets
                    .iter()
                    .map(|sheet| size_of_val(sheet) + size_of_val(&*sheet.hull))
                    .sum::<usize>(),
            overview,
            sheets,
            pages,
        })
    }

    /// The commune after some of its parcels are gone and others have come; `None` where none is left. Pages without a change
    /// are shared.
    pub fn changed(&self, gone: &HashSet<ParcelId>, mut come: Vec<PageParcel>) -> Option<Self> {
        let has_gone = |page: &Arc<Page>| {
            let mut ids = page.parcels().map(|parcel| parcel.parcel_id());
            ids.any(|id| gone.contains(&id))
        };
        let (opened, mut kept): (Vec<_>, Vec<_>) = self.pages.iter().cloned().partition(has_gone);
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
            let small = kept.swap_remove(small);
            come.extend(small.parcels().map(|parcel| parcel.to_parcel()));
        }
        hilbert_order(&mut come);
        let built = come.chunks(PAGE_PARCELS).filter_map(Page::build);
        kept.extend(built.map(Arc::new));
        Self::of_pages(self.code, kept)
    }

    /// The longest side of any parcel's box, in world units.
    pub fn longest_side(&self) -> u32 {
        self.longest_side
    }

    /// How many parcels; at least one.
    pub fn parcel_count(&self) -> usize {
        self.parcels
    }

    /// From the smallest to the largest id.
    pub fn ids(&self) -> &RangeInclusive<ParcelId> {
        &self.ids
    }

    /// The parcel of an id.
    pub fn parcel(&self, id: ParcelId) -> Option<ParcelView<'_>> {
        self.pages.iter().find_map(|page| page.parcel(id))
    }

    /// All pages, in no order.
    pub fn pages(&self) -> &[Arc<Page>] {
        &self.pages
    }

    /// All parcels, in no order.
    pub fn parcels(&self) -> impl Iterator<Item = ParcelView<'_>> {
        self.pages.iter().flat_map(|page| page.parcels())
    }

    /// Its sheets, by number.
    pub fn sheets(&self) -> &[SheetHull] {
        &self.sheets
    }

    /// Its parcels counted by place and use.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// The pages whose box meets the box.
    pub fn pages_in(&self, bounds: WorldBox) -> impl Iterator<Item = &Arc<Page>> {
        self.tree
            .locate_in_envelope_intersecting(envelope(bounds))
            .map(|boxed| &boxed.held)
    }

    /// The bytes that it takes in memory.
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }
}

fn sheets(pages: &[Arc<Page>]) -> Vec<SheetHull> {
    let mut points: BTreeMap<PageSheet, Vec<World>> = BTreeMap::new();
    for (sheet, part) in pages.iter().flat_map(|page| page.hulls()) {
        let part = part.iter().map(|[x, y]| World { x: *x, y: *y });
        points.entry(sheet).or_default().extend(part);
    }
    let one = |(sheet, points)| SheetHull {
        sheet,
        hull: hull(points),
    };
    points.into_iter().map(one).collect()
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
