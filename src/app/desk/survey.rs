//! Operations that take land as it was surveyed, or out of the register.

use super::drawing::raw;
use super::piece::Piece;
use super::plan::Desk;
use super::violation::Violation;
use crate::domain::{Boundary, Ending, Fault, LandOperation, RingsM, SheetKey, Survey, ZoneCode};
use crate::geometry;
use crate::topology;

impl Desk<'_> {
    /// The land of a parcel stops being one.
    pub(super) fn end(&mut self, place: usize, because: Ending) {
        if let Some(piece) = self.pieces.get_mut(place) {
            piece.ends = Some(because);
            let area = geometry::doubled_area_mm2(&piece.boundary);
            self.added_doubled_mm2 -= area.cast_signed();
        }
    }

    /// Parcels as surveyed anew; they stay the parcels that they are.
    pub(super) fn resurvey(
        &mut self,
        places: &[usize],
        surveys: &[Survey],
    ) -> Result<(), Vec<Violation>> {
        let (mut drawn, mut violations) = (Vec::new(), Vec::new());
        for (place, survey) in places.iter().zip(surveys) {
            let Some(piece) = self.pieces.get(*place) else {
                continue;
            };
            match boundary(piece.boundary.zone(), &survey.rings_m) {
                Ok(boundary) => drawn.push(boundary),
                Err(faults) => violations.extend(told(&faults, &piece.name())),
            }
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let fitted = self.fit(&drawn, places)?;
        for (place, boundary) in places.iter().zip(fitted) {
            if let Some(piece) = self.pieces.get_mut(*place) {
                *piece = piece.redrawn(boundary);
            }
        }
        self.surveyed.extend(places);
        Ok(())
    }

    /// A parcel where there was none.
    pub(super) fn register(
        &mut self,
        number: usize,
        operation: &LandOperation,
    ) -> Result<(), Vec<Violation>> {
        let LandOperation::RegisterFirst {
            sheet: key,
            rings_m,
            land_use,
            address,
        } = operation
        else {
            return Ok(());
        };
        let sheet = self.sheets.iter().find(|sheet| sheet.key == *key);
        let sheet = sheet.ok_or_else(|| vec![no_such_sheet(*key)])?;
        let drawn = boundary(sheet.zone, rings_m).map_err(|faults| told(&faults, "new"))?;
        let fitted = self.fit(&[drawn], &[])?;
        for boundary in fitted {
            let place = self.pieces.len();
            let about = (land_use.clone(), address.clone());
            self.pieces.push(Piece::first(sheet, boundary, about));
            self.made.insert((number, 0), place);
            self.surveyed.insert(place);
        }
        Ok(())
    }

    /// Fits surveyed boundaries among the other parcels.
    fn fit(&mut self, drawn: &[Boundary], but: &[usize]) -> Result<Vec<Boundary>, Vec<Violation>> {
        let drawn: Vec<&Boundary> = drawn.iter().collect();
        let beside = self.near(&drawn, but);
        let around = beside.iter().filter_map(|place| self.pieces.get(*place));
        let around: Vec<&Boundary> = around.map(|piece| &piece.boundary).collect();
        let zone = drawn.first().map_or(0, |boundary| boundary.zone());
        let before = but.iter().filter_map(|place| self.pieces.get(*place));
        let before: Vec<&Boundary> = before.map(|piece| &piece.boundary).collect();
        let change = topology::resurvey(&before, &drawn, &around).map_err(|found| {
            let found = found.iter();
            found
                .map(|found| Violation::in_plane(found, zone, |_| None))
                .collect::<Vec<_>>()
        })?;
        self.bend(&beside, change.neighbours);
        self.added_doubled_mm2 += change.drift_doubled_mm2;
        Ok(change.parcels)
    }
}

fn boundary(zone: ZoneCode, rings_m: &RingsM) -> Result<Boundary, Vec<Fault>> {
    geometry::check_rings(zone, &raw(rings_m))
}

/// What is wrong with a boundary as given.
fn told(faults: &[Fault], name: &str) -> Vec<Violation> {
    let tell = |fault: &Fault| Violation {
        place: fault.place,
        ..Violation::error(
            fault.code.as_str(),
            vec![name.to_owned()],
            fault.detail.clone(),
        )
    };
    faults.iter().map(tell).collect()
}

/// A sheet that is not there.
pub(super) fn no_such_sheet(key: SheetKey) -> Violation {
    let detail = format!("{key} has no parcels, or is none of a commune of today");
    Violation::error("no-such-sheet", Vec::new(), detail)
}
