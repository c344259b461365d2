//! What lies in a box: everything that a tile is drawn from.

use super::{Overview, Page, World, WorldBox};

/// What an outline is around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutlineLevel {
    /// A province.
    Province,
    /// A commune.
    Commune,
    /// A sheet.
    Sheet,
}

/// The outline of a province, commune or sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it is around.
    pub level: OutlineLevel,
    /// Province or commune code; a sheet's is `commune/sheet`.
    pub code: String,
    /// Its name, where one is known.
    pub name: Option<String>,
    /// Whether it is only drawn around parcels, because the register has no outline of it.
    pub is_derived: bool,
    /// The box around it.
    pub bounds: WorldBox,
    /// Where its label stands.
    pub label: World,
    /// Polygons of rings, outer first; not closed.
    pub polygons: Vec<Vec<Vec<World>>>,
}

/// What lies in a box: pages and overviews that meet it, and outlines.
#[derive(Debug, Default, Clone)]
pub struct Ground<'a> {
    /// Pages of parcels; nothing where overviews are enough.
    pub pages: Vec<&'a Page>,
    /// Overviews of communes.
    pub overviews: Vec<&'a Overview>,
    /// Outlines of provinces, communes and sheets.
    pub outlines: Vec<&'a Outline>,
}
