//! World units and the memory layout of a page of parcels.
//!
//! A page holds some hundred neighbouring parcels of one commune as plain columns. It is immutable: an edit makes a new page,
//! so that readers never wait.

mod ground;
mod overview;
mod parcels;
mod world;

pub use ground::{Ground, Outline, OutlineLevel};
pub use overview::{OVERVIEW_ZOOM, Overview, OverviewCell};
pub use parcels::{PAGE_PARCELS, Page, PageParcel, ParcelView, hilbert_order};
pub use world::{FINE_BITS, Fine, FineBox, World, WorldBox, metres_per_fine};
