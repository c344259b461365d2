//! Parcels of given areas, by parallel cuts.

use super::frame::Frame;
use super::split::split;
use super::{Change, Extent, Line, Violation, ViolationCode};
use crate::domain::{Area, Boundary};
use crate::geometry::doubled_area_mm2;
use crate::geometry::planar::Segment;

/// How far beside the computed cut better ones are looked for: the ends of a cut move by up to 0.71 mm when they go to the
/// grid, and a cut that moves by a quarter of that finds other grid points.
const TRIES: i32 = 12;
const STEP_MM: f64 = 0.175;
/// The most parts that a parcel can be divided into at once.
const PART_LIMIT: usize = 1000;

/// A parcel divided by parallel cuts.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    /// The parts in the order in which they were cut off, the remainder last, and the neighbours.
    pub change: Change,
    /// By how much each part but the remainder is larger than asked for; cuts end on grid points, so areas come in steps.
    ///
    /// # Units
    /// Square millimetres, doubled.
    pub deviations_doubled_mm2: Vec<i128>,
}

/// Cuts parts of given areas off a parcel, one after the other; what is left is the last part.
///
/// The cuts run parallel to the way from `along.0` to `along.1`, and the first part is the leftmost of someone who walks that
/// way. Each cut is the one whose part comes nearest to the area asked for (all parts before it included, so that deviations
/// don't add up) among those whose ends are grid points within 2 mm of the exact cut.
///
/// # Errors
/// Areas that are zero or together not less than the parcel; parts that would not be in one piece, and what [`split`] says of
/// the cuts.
pub fn split_into_areas(
    parent: &Boundary,
    neighbours: &[&Boundary],
    along: Segment,
    areas: &[Area],
) -> Result<Division, Vec<Violation>> {
    let doubled_mm2 = |area: &Area| u128::from(area.tenths_m2()) * 200_000;
    cut_off(
        parent,
        neighbours,
        along,
        &areas.iter().map(doubled_mm2).collect::<Vec<_>>(),
    )
}

/// Divides a parcel into equal parts by parallel cuts, as [`split_into_areas`] does.
pub fn split_equally(
    parent: &Boundary,
    neighbours: &[&Boundary],
    along: Segment,
    parts: usize,
) -> Result<Division, Vec<Violation>> {
    let whole = doubled_area_mm2(parent);
    let up_to = |part: usize| {
        (whole * part as u128)
            .checked_div(parts as u128)
            .unwrap_or(0)
    };
    let areas = (1..parts.min(PART_LIMIT + 1)).map(|part| up_to(part) - up_to(part - 1));
    cut_off(parent, neighbours, along, &areas.collect::<Vec<_>>())
}

fn cut_off(
    parent: &Boundary,
    neighbours: &[&Boundary],
    along: Segment,
    doubled_mm2: &[u128],
) -> Result<Division, Vec<Violation>> {
    check_areas(parent, along, doubled_mm2)?;
    // What the cuts have led to: the neighbours, then the parts, then the remainder.
    let mut around: Vec<Boundary> = neighbours
        .iter()
        .map(|boundary| (*boundary).clone())
        .collect();
    let mut rest = parent.clone();
    let (mut drift, mut late) = (0, 0);
    let mut deviations = Vec::new();
    for doubled_mm2 in doubled_mm2 {
        let target = doubled_mm2.cast_signed() - late;
        let beside: Vec<&Boundary> = around.iter().collect();
        let Change {
            parcels,
            neighbours,
            drift_doubled_mm2,
        } = cut_one_off(&rest, &beside, along, target)?;
        for (number, boundary) in neighbours {
            if let Some(place) = around.get_mut(number) {
                *place = boundary;
            }
        }
        let mut parcels = parcels.into_iter();
        let (Some(part), Some(left)) = (parcels.next(), parcels.next()) else {
            break;
        };
        let area = doubled_area_mm2(&part).cast_signed();
        late = area - target;
        deviations.push(area - doubled_mm2.cast_signed());
        drift += drift_doubled_mm2;
        around.push(part);
        rest = left;
    }
    let mut parcels = around.split_off(neighbours.len());
    parcels.push(rest);
    let changed = around.into_iter().zip(neighbours).enumerate();
    Ok(Division {
        change: Change {
            parcels,
            neighbours: changed
                .filter(|(_, (after, before))| after != **before)
                .map(|(number, (after, _))| (number, after))
                .collect(),
            drift_doubled_mm2: drift,
        },
        deviations_doubled_mm2: deviations,
    })
}

fn check_areas(
    parent: &Boundary,
    along: Segment,
    doubled_mm2: &[u128],
) -> Result<(), Vec<Violation>> {
    if along.0 == along.1 {
        let code = ViolationCode::DirectionMissing;
        return Err(vec![Violation::new(
            code,
            Some(along.0),
            Extent::LengthM(0.0),
        )]);
    }
    let cannot = |extent| {
        let place = parent.points().next();
        Err(vec![Violation::new(
            ViolationCode::AreaCannotBeMet,
            place,
            extent,
        )])
    };
    if doubled_mm2.is_empty() || doubled_mm2.len() >= PART_LIMIT || doubled_mm2.contains(&0) {
        return cannot(Extent::Count(doubled_mm2.len()));
    }
    let asked = doubled_mm2
        .iter()
        .fold(0_u128, |sum, area| sum.saturating_add(*area));
    let whole = doubled_area_mm2(parent);
    if asked >= whole {
        return cannot(Extent::AreaM2((asked - whole) as f64 / 2e6));
    }
    Ok(())
}

/// The part on the left, and what is left of the parcel.
fn cut_one_off(
    parcel: &Boundary,
    around: &[&Boundary],
    along: Segment,
    target: i128,
) -> Result<Change, Vec<Violation>> {
    let frame = Frame::new(parcel, along);
    let offset_mm = frame.offset_of(target as f64 / 2.0);
    let mut best: Option<(u128, Line)> = None;
    let mut violations = None;
    let mut tried = Vec::new();
    let cut = |line: &Line, around: &[&Boundary]| {
        split(parcel, around, line).and_then(|change| frame.in_order(change, offset_mm))
    };
    for number in (0..=TRIES).flat_map(|number| [number, -number]) {
        let line = match frame.cut(offset_mm + f64::from(number) * STEP_MM) {
            Some(line) if !tried.contains(&line) => line,
            _ => continue,
        };
        match cut(&line, &[]) {
            Ok(change) => {
                let area = change.parcels.first().map_or(0, doubled_area_mm2);
                let off = area.cast_signed().abs_diff(target);
                if best.as_ref().is_none_or(|(least, _)| off < *least) {
                    best = Some((off, line.clone()));
                }
            }
            Err(found) => _ = violations.get_or_insert(found),
        }
        tried.push(line);
    }
    match best {
        Some((_, line)) => cut(&line, around),
        None => Err(violations.unwrap_or_else(|| {
            let extent = Extent::AreaM2(target as f64 / 2e6);
            let place = parcel.points().min();
            vec![Violation::new(
                ViolationCode::AreaCannotBeMet,
                place,
                extent,
            )]
        })),
    }
}
