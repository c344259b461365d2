//! Whose land it is to change: officers' areas, and what open dossiers reserve.

use super::DeskError;
use crate::app::{App, AppError};
use crate::domain::{DossierCode, ParcelId, SheetMove};
use crate::policy::{Denial, Duty, Ground, Officer};
use crate::store::{HeldParcel, Holding, Reservation};
use std::collections::BTreeSet;

impl App {
    /// Whole sheets are moved by officers of the communes that they come from and go to.
    pub(super) async fn check_sheets(
        &self,
        moves: &[SheetMove],
        officer: &Officer,
        duty: Duty,
    ) -> Result<(), DeskError> {
        let keys = moves.iter().flat_map(|each| [each.from, each.to]);
        let communes: BTreeSet<_> = keys.map(|key| key.commune).collect();
        for commune in communes {
            let commune = commune.as_str();
            let province = self.store.commune_province(commune).await;
            let province = province.map_err(AppError::from)?.flatten();
            let province = province.as_deref();
            officer.may_at(duty, Ground { province, commune })?;
        }
        Ok(())
    }
}

/// Land is changed by the officers of its own area.
pub fn check_area(holding: &Holding, officer: &Officer, duty: Duty) -> Result<(), Denial> {
    officer.may(duty)?;
    grounds(holding).try_for_each(|ground| officer.may_at(duty, ground))
}

/// Where everything lies that is held.
pub fn grounds(holding: &Holding) -> impl Iterator<Item = Ground<'_>> {
    let sheets = holding.parcels.iter().map(|parcel| &parcel.sheet);
    sheets.chain(&holding.sheets).map(|sheet| Ground {
        province: sheet.province_code.as_deref(),
        commune: sheet.key.commune.as_str(),
    })
}

/// Whether all parcels that are named are current.
pub fn check_current(ids: &[ParcelId], held: &[HeldParcel]) -> Result<(), DeskError> {
    let is_there = |id: &&ParcelId| held.iter().any(|parcel| parcel.parcel_id == **id);
    match ids.iter().find(|id| !is_there(id)) {
        Some(id) => Err(DeskError::NoSuchParcel(*id)),
        None => Ok(()),
    }
}

/// What an open dossier reserves, only its own plan changes.
pub fn check_free(reserved: Vec<Reservation>, own: Option<&DossierCode>) -> Result<(), DeskError> {
    let mut others = reserved
        .into_iter()
        .filter(|other| Some(&other.code) != own);
    match others.next() {
        Some(other) => Err(DeskError::Reserved(Box::new(other))),
        None => Ok(()),
    }
}
