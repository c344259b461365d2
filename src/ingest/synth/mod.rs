//! Invented communes for demonstrations, tests and measurements: the files that an office would hand over.
//!
//! Nothing in them is real: codes that no province bears, personal numbers of provinces 000 and 999, names out of word
//! lists. The same plan gives the same records on every machine.
//!
//! The work goes down this list: `country` says which communes there are, `streets` cuts one into blocks, `lots` cuts a
//! block into lots on a `mesh` of shared vertices, `warp` lays them on the millimetre grid, `sheets` gathers and numbers
//! them, `register` gives them `parties` with `certificates`; `geopackage` and `tables` write.

mod certificates;
mod commune;
mod country;
mod geopackage;
mod lots;
mod mesh;
mod names;
mod parties;
mod plane;
mod random;
mod register;
mod ring;
mod sheets;
mod streets;
mod tables;
mod uses;
mod warp;

use crate::domain::ZoneCode;
use gdal::errors::GdalError;
use geopackage::GeoPackage;
use register::Registrar;
use std::{fs, io, path::Path};
use tables::{Table, UnitRow};
use time::{Date, macros::date};
use warp::Warp;

/// What to invent.
#[derive(Debug, Clone)]
pub struct SynthPlan {
    /// How many parcels; there will be exactly so many.
    pub parcels: u64,
    /// Another seed gives another country.
    pub seed: u64,
    /// EPSG code of the zone that the coordinates are meant in.
    pub zone: ZoneCode,
    /// Code of the first commune, 90001 to 99999; the next ones count on.
    pub first_commune: u32,
    /// Since when the administrative units have been in force.
    pub in_force_from: Date,
}

impl Default for SynthPlan {
    /// The demonstration commune.
    fn default() -> Self {
        Self {
            parcels: 2_500,
            seed: 1,
            zone: 9210,
            first_commune: 99_001,
            in_force_from: date!(2025 - 07 - 01),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SynthSummary {
    /// Provinces in `units.csv`.
    pub provinces: u64,
    /// Communes in `units.csv`.
    pub communes: u64,
    /// Map sheets.
    pub sheets: u64,
    /// Parcels in `parcels.gpkg`.
    pub parcels: u64,
    /// Their vertices, each ring's first point counted once.
    pub vertices: u64,
    /// Rows in `register.csv`.
    pub register_rows: u64,
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// None, or more than fit into the provinces there are.
    #[error("{0} parcels: from 1 to {limit} can be made", limit = country::LIMIT)]
    Parcels(u64),
    /// Not a code that invented communes may bear.
    #[error("commune code {0} is not one from 90001 to 99999")]
    FirstCommune(u32),
    /// The folder cannot be made, or an old file in it cannot be replaced.
    #[error("the output folder cannot be prepared")]
    Folder(#[source] io::Error),
    /// A CSV file cannot be written.
    #[error("{name} cannot be written")]
    Table {
        /// Which.
        name: &'static str,
        /// Why.
        source: csv::Error,
    },
    /// The GeoPackage cannot be written, or GDAL does not know the zone.
    #[error("{PARCELS} cannot be written")]
    GeoPackage(#[from] GdalError),
}

const PARCELS: &str = "parcels.gpkg";

/// Writes `units.csv`, `parcels.gpkg` and `register.csv` into a folder, in place of what bore these names there.
///
/// One commune is in memory at a time. `progress` is told how many parcels have been written so far.
pub fn write(
    plan: &SynthPlan,
    dir: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<SynthSummary, SynthError> {
    country::check(plan)?;
    prepare(dir).map_err(SynthError::Folder)?;
    let mut units = Table::create(dir, "units.csv")?;
    let mut register = Table::create(dir, "register.csv")?;
    let mut parcels = GeoPackage::create(&dir.join(PARCELS), plan.zone, plan.in_force_from)?;
    let (warp, mut registrar) = (Warp::new(plan.seed), Registrar::new(plan.seed));
    let mut summary = SynthSummary::default();
    let mut province = None;
    for commune in country::communes(plan) {
        if province.replace(commune.province_code) != Some(commune.province_code) {
            units.write(UnitRow::province(&commune, plan))?;
            summary.provinces += 1;
        }
        units.write(UnitRow::commune(&commune, plan))?;
        let sheets = commune.sheets(plan.seed, &warp);
        parcels.write(&commune, &sheets)?;
        summary.count(&sheets);
        for row in sheets
            .iter()
            .flat_map(|sheet| registrar.rows(&commune, sheet))
        {
            register.write(row)?;
            summary.register_rows += 1;
        }
        progress(summary.parcels);
    }
    units.finish()?;
    register.finish()?;
    parcels.finish()?;
    Ok(summary)
}

fn prepare(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    match fs::remove_file(dir.join(PARCELS)) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
        _ => Ok(()),
    }
}

impl SynthSummary {
    fn count(&mut self, sheets: &[commune::Sheet]) {
        self.communes += 1;
        self.sheets += sheets.len() as u64;
        for parcel in sheets.iter().flat_map(|sheet| &sheet.parcels) {
            self.parcels += 1;
            self.vertices += parcel
                .rings
                .iter()
                .map(|ring| ring.len() as u64)
                .sum::<u64>();
        }
    }
}

#[cfg(test)]
mod tests;
