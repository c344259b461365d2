//! World units and the memory layout of a page of parcels.
//!
//! A page holds some hundred neighbouring parcels of one commune as plain columns. It is immutable: an edit makes a new page,
//! so that readers never wait. Written to disk, the columns are what they are in memory.

mod columns;
mod ground;
mod hilbert;
mod hull;
mod nanodegrees;
mod overview;
mod pages;
mod parcel;
mod texts;
mod view;
mod world;

pub use ground::{Ground, Outline, OutlineLevel};
pub use hilbert::hilbert_order;
pub use hull::hull;
pub use nanodegrees::Nanodegrees;
pub use overview::{OVERVIEW_ZOOM, Overview, OverviewCell};
pub use pages::{PAGE_PARCELS, Page};
pub use parcel::{PageParcel, PageSheet, PageUse};
pub use view::ParcelView;
pub use world::{FINE_BITS, Fine, FineBox, World, WorldBox, metres_per_fine};
