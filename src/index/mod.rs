//! The parcels in memory: an R-tree over communes, and in each commune one over its pages.
//!
//! Readers take the state as it is and keep it as long as they like; a change makes a new state that shares every page it did
//! not touch. No legal decision is taken here: the truth is in PostGIS.

mod commune;
mod exact;
mod outlines;
mod plane;
mod snapshot;
mod state;

pub use commune::{Commune, SheetHull};
pub use exact::boundary;
pub use snapshot::{Head, SnapshotError, read_snapshot, write_snapshot};
pub use state::{Change, Index, State};

#[cfg(test)]
mod tests;
