//! Whose land it is to change: officers' areas, and what open dossiers reserve.

use super::DeskError;
use crate::app::{App, AppError};
use crate::domain::{
    Blocked, DossierCode, LandOperation, LayBlock, ParcelId, SheetMove, Unblock, fold_text,
    serial_key, tidy_number, tidy_text,
};
use crate::policy::{Denial, Duty, Ground, Officer};
use crate::store::{Books, HeldParcel, HeldParty, Holding, NamedGround, Reservation};
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

/// Land is changed by the officers of its own area, and so is what goes by a name: a certificate where one of its parcels lies, a block
/// where it was laid, a person where the officer names a parcel of theirs.
pub fn check_area(
    operations: &[LandOperation],
    holding: &Holding,
    officer: &Officer,
    duty: Duty,
) -> Result<(), Denial> {
    officer.may(duty)?;
    grounds(holding).try_for_each(|ground| officer.may_at(duty, ground))?;
    if officer.areas.is_none() {
        return Ok(());
    }
    operations.iter().try_for_each(|operation| match operation {
        LandOperation::Block(block) => check_block(block, holding, officer),
        LandOperation::Unblock(unblock) if unblock.parcels.is_empty() => {
            check_unblock(unblock, &holding.books, officer)
        }
        _ => Ok(()),
    })
}

/// Where everything lies that is held.
pub fn grounds(holding: &Holding) -> impl Iterator<Item = Ground<'_>> {
    let sheets = holding.parcels.iter().map(|parcel| &parcel.sheet);
    sheets.chain(&holding.sheets).map(|sheet| Ground {
        province: sheet.province_code.as_deref(),
        commune: sheet.key.commune.as_str(),
    })
}

/// A letter against a certificate or a person.
fn check_block(block: &LayBlock, holding: &Holding, officer: &Officer) -> Result<(), Denial> {
    let books = &holding.books;
    if let Some(serial) = &block.certificate {
        let key = serial_key(serial);
        let is_it = |ground: &&NamedGround| ground.serial_key.as_deref() == Some(&*key);
        // What the register does not have is no question of areas.
        let mut known = books.certificates.iter();
        let is_known = known.any(|held| serial_key(&held.serial) == key);
        if is_known && !is_competent(books.grounds.iter().filter(is_it), officer) {
            return Err(elsewhere(
                officer,
                format!("any commune of certificate {serial}"),
            ));
        }
    }
    match &block.person {
        Some(person) if !holds_any(person, holding) => {
            let place = "the whole country: name a parcel of your area that the person holds";
            Err(elsewhere(officer, place.to_owned()))
        }
        _ => Ok(()),
    }
}

fn check_unblock(unblock: &Unblock, books: &Books, officer: &Officer) -> Result<(), Denial> {
    let block_id = i64::from(unblock.block);
    let mut known = books.blocks.iter();
    let is_known = known.any(|block| block.block_id == unblock.block);
    let grounds = books.grounds.iter();
    let own = grounds.filter(|ground| ground.block_id == Some(block_id));
    if is_known && !is_competent(own, officer) {
        let place = format!("any commune that block {block_id} was laid in");
        return Err(elsewhere(officer, place));
    }
    Ok(())
}

fn is_competent<'g>(mut grounds: impl Iterator<Item = &'g NamedGround>, officer: &Officer) -> bool {
    grounds.any(|ground| {
        officer.is_competent(Ground {
            province: ground.province_code.as_deref(),
            commune: &ground.commune_code,
        })
    })
}

/// Whether a person holds a right in one of the parcels named: by the number, or by the name where no number is said.
fn holds_any(person: &Blocked, holding: &Holding) -> bool {
    let number = person.personal_no.as_deref().map(tidy_number);
    let name_key = fold_text(&tidy_text(&person.name));
    let is_it = |held: &HeldParty| match &number {
        Some(number) => held.record.personal_no.as_ref() == Some(number),
        None => fold_text(&held.record.name) == name_key,
    };
    let parties = holding.books.parties.iter();
    let same: BTreeSet<_> = parties
        .filter(|held| is_it(held))
        .map(|held| held.party_id)
        .collect();
    let rights = holding.parcels.iter().flat_map(|parcel| &parcel.rights);
    rights
        .into_iter()
        .any(|right| same.contains(&right.party_id))
}

fn elsewhere(officer: &Officer, place: String) -> Denial {
    Denial::Area {
        officer: officer.name.clone(),
        place,
    }
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
