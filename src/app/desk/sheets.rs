//! Whole sheets that get other numbers or communes: a sheet renumbered, communes merged.

use super::report::SheetLine;
use super::survey::no_such_sheet;
use super::violation::Violation;
use super::{
    App, Committed, DeskError, Report, Signed, Wanted, check_free, digested, has_sound_dossier,
    repeated,
};
use crate::domain::{LandOperation, SheetKey, SheetMove};
use crate::store::{CommuneEra, MovingSheet, NewSheet, SheetHolding, SheetPath};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::Date;

/// The most sheets that are moved at once.
const SHEETS: usize = 2000;

/// The sheets that a request moves; none where it is about single parcels.
pub fn moves(wanted: &Wanted) -> Result<Option<Vec<SheetMove>>, DeskError> {
    let mut moves = wanted.operations.iter().map(LandOperation::sheet_moves);
    match (&mut moves).flatten().next() {
        None => Ok(None),
        Some(_) if wanted.operations.len() > 1 => Err(DeskError::NotAlone),
        Some(moves) if moves.is_empty() || moves.len() > SHEETS || !has_sound_dossier(wanted) => {
            Err(DeskError::Size)
        }
        Some(moves) => Ok(Some(moves)),
    }
}

/// What is to be done with whole sheets.
struct Moving {
    /// The new sheets, each once.
    sheets: Vec<NewSheet>,
    /// Each move, in order.
    paths: Vec<Path>,
    /// Communes and their successors.
    steps: BTreeSet<(CommuneEra, CommuneEra)>,
    lines: Vec<SheetLine>,
    violations: Vec<Violation>,
}

/// One move.
struct Path {
    old: MovingSheet,
    /// Where among the new sheets the one stands that it leads to.
    place: usize,
    numbers: Vec<(i32, i32)>,
}

impl App {
    pub(super) async fn rehearse_sheets(
        &self,
        wanted: &Wanted,
        moves: &[SheetMove],
    ) -> Result<Report, DeskError> {
        let mut holding = self.store.hold_sheets(moves).await?;
        let moving = judged(moves, wanted, &mut holding).await?;
        let Moving {
            lines, violations, ..
        } = moving;
        Ok(Report::of_sheets(
            wanted,
            lines,
            violations,
            holding.position,
        ))
    }

    /// Moves sheets with all their parcels, as one entry of history. What it says holds whatever the parcels are, so nobody has to
    /// say which revisions of theirs were seen.
    pub(super) async fn move_sheets(
        self: &Arc<Self>,
        wanted: &Wanted,
        moves: &[SheetMove],
        signed: &Signed<'_>,
    ) -> Result<Committed, DeskError> {
        let (request, digest) = digested(wanted);
        let mut holding = self.store.hold_sheets(moves).await?;
        if let Some(key) = signed.key
            && let Some(entry) = holding.entry(signed.officer.identity(), key).await?
        {
            return repeated(entry, &digest);
        }
        let moving = judged(moves, wanted, &mut holding).await?;
        let mut report =
            Report::of_sheets(wanted, moving.lines, moving.violations, holding.position);
        if !report.is_lawful() {
            return Err(DeskError::Unlawful(Box::new(report)));
        }
        let operation_id = holding.new_entry().await?;
        let ids = holding.make(&moving.sheets).await?;
        let path = |path: Path| {
            Some(SheetPath {
                from: path.old.sheet_id,
                to: *ids.get(path.place)?,
                numbers: path.numbers,
            })
        };
        let paths: Vec<SheetPath> = moving.paths.into_iter().filter_map(path).collect();
        holding.move_parcels(operation_id, &paths).await?;
        holding.succeed(&moving.steps).await?;
        report.operation_id = Some(operation_id);
        let report = serde_json::to_value(&report).unwrap_or_default();
        let by = (&*signed.officer.name, wanted.dossier.as_deref(), signed.key);
        holding
            .commit(operation_id, by, (&request, &digest), &report)
            .await?;
        Ok(self.committed(operation_id, report).await)
    }
}

/// The moves with all that is wrong with them; the communes that end may keep no sheet.
///
/// Numbers that an open dossier's papers carry are not changed by anybody else. Communes merge on the day that the law says, whatever
/// is open: who has a dossier there plans anew.
async fn judged(
    moves: &[SheetMove],
    wanted: &Wanted,
    holding: &mut SheetHolding,
) -> Result<Moving, DeskError> {
    let is_merger = matches!(
        wanted.operations.first(),
        Some(LandOperation::MergeCommunes { .. })
    );
    let reserved = holding.reservations().await?;
    let mut moving = planned(moves, is_merger, holding);
    if is_merger {
        let dossiers: BTreeSet<_> = reserved.into_iter().map(|reserved| reserved.code).collect();
        moving.violations.extend(dossiers.into_iter().map(|code| {
            let detail = format!(
                "dossier {code} is open and has parcels there: a plan that it holds must be made anew"
            );
            Violation::warning("parcels-reserved", Vec::new(), detail)
        }));
        let ending: BTreeSet<CommuneEra> = moving.steps.iter().map(|(old, _)| *old).collect();
        let left = holding
            .left(&ending.into_iter().collect::<Vec<_>>())
            .await?;
        moving.violations.extend(left.into_iter().map(|key| {
            let detail = format!("{key} has parcels too: say which sheet it becomes");
            Violation::error("sheet-unmapped", Vec::new(), detail)
        }));
    } else {
        check_free(reserved, wanted.own_dossier().as_ref())?;
    }
    Ok(moving)
}

fn planned(moves: &[SheetMove], is_merger: bool, holding: &SheetHolding) -> Moving {
    let mut moving = Moving {
        sheets: Vec::new(),
        paths: Vec::new(),
        steps: BTreeSet::new(),
        lines: Vec::new(),
        violations: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let mut numbers_of: BTreeMap<SheetKey, BTreeMap<i32, SheetKey>> = BTreeMap::new();
    for (each, sheet) in moves.iter().zip(&holding.sheets) {
        let Some(sheet) = sheet else {
            moving.violations.push(no_such_sheet(each.from));
            continue;
        };
        if !seen.insert(sheet.sheet_id) {
            moving.fault("sheet-moved-twice", format!("{} stands twice", each.from));
            continue;
        }
        let from = (each.from.commune, sheet.commune_from);
        let today = |(code, _): &&CommuneEra| *code == each.to.commune;
        let to = match holding.communes.iter().find(today) {
            Some(to) if is_merger => *to,
            None if is_merger => {
                let detail = format!(
                    "there is no commune {} today: add it first",
                    each.to.commune
                );
                moving.fault("commune-unknown", detail);
                continue;
            }
            _ => from,
        };
        if from != to {
            moving.steps.insert((from, to));
        }
        if each.to.sheet_no < 1 || holding.taken.contains(&(each.to, to.1)) {
            let detail = format!("{} is, or was, another sheet, or no number of one", each.to);
            moving.fault("sheet-number-taken", detail);
            continue;
        }
        moving.number(each, sheet, numbers_of.entry(each.to).or_default());
        moving.path(each, sheet, to.1);
    }
    moving
}

impl Moving {
    fn fault(&mut self, code: &'static str, detail: String) {
        self.violations
            .push(Violation::error(code, Vec::new(), detail));
    }

    /// Whether each number given is one of the sheet, and none comes twice on the new one.
    fn number(
        &mut self,
        each: &SheetMove,
        sheet: &MovingSheet,
        numbers: &mut BTreeMap<i32, SheetKey>,
    ) {
        let mut given = BTreeMap::new();
        for (old, new) in &each.numbers {
            let is_there = sheet.numbers.binary_search(old).is_ok();
            if !is_there || *new < 1 || given.insert(*old, *new).is_some() {
                let detail = format!(
                    "{old} → {new}: {} has no parcel {old}, or it is given twice, or {new} is no number",
                    each.from
                );
                self.fault("parcel-number-misassigned", detail);
            }
        }
        // A sheet that was loaded with a number twice keeps it so: nobody can tell the two apart by number.
        let own: BTreeSet<i32> = sheet.numbers.iter().copied().collect();
        for old in own {
            let new = given.get(&old).copied().unwrap_or(old);
            if let Some(other) = numbers.insert(new, each.from) {
                let detail = format!(
                    "{old} of {} and a parcel of {other} would both be {new} of {}",
                    each.from, each.to
                );
                self.fault("parcel-number-taken", detail);
            }
        }
    }

    fn path(&mut self, each: &SheetMove, sheet: &MovingSheet, commune_from: Date) {
        let keeps = sheet.numbers.iter().any(|number| {
            let mut given = each.numbers.iter();
            given.all(|(old, _)| old != number)
        });
        // Who keeps a number keeps the count of the old sheet: what was retired there does not return here.
        let kept = if keeps { sheet.highest_parcel_no } else { 0 };
        let given = each.numbers.iter().map(|(_, new)| *new);
        let highest = given.max().unwrap_or(0).max(kept);
        let known = self.sheets.iter().position(|new| new.key == each.to);
        let place = known.unwrap_or_else(|| {
            self.sheets.push(NewSheet {
                like: sheet.sheet_id,
                key: each.to,
                commune_from,
                highest_parcel_no: highest,
            });
            self.sheets.len() - 1
        });
        let zone_of = |new: &NewSheet| {
            let mut paths = self.paths.iter();
            let first = paths.find(|path| path.old.sheet_id == new.like)?;
            Some(first.old.zone)
        };
        let differs = self.sheets.get(place).is_some_and(|new| {
            zone_of(new).is_some_and(|zone| zone != sheet.zone)
                || new.like.register() != sheet.sheet_id.register()
        });
        if differs {
            let detail = format!(
                "{} lies in another zone or province's register than what else becomes {}: take another number",
                each.from, each.to
            );
            self.fault("zones-differ", detail);
        }
        if let Some(new) = self.sheets.get_mut(place) {
            new.highest_parcel_no = new.highest_parcel_no.max(highest);
        }
        self.lines.push(SheetLine {
            from: each.from,
            to: each.to,
            parcels: sheet.numbers.len(),
            numbers: each.numbers.clone(),
        });
        self.paths.push(Path {
            old: sheet.clone(),
            place,
            numbers: each.numbers.clone(),
        });
    }
}
