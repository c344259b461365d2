//! What parcels are used for: codes that were in force before 2024-08-01 as well as after it.

use super::lots::Lot;
use super::random::Random;
use super::streets::Quarter;
use crate::domain::Area;

/// The use of a lot, and a second one where a house stands in a garden.
pub(super) fn uses(
    lot: &Lot,
    is_ward: bool,
    area: Area,
    random: &mut Random,
) -> (&'static str, Option<&'static str>) {
    let home = if is_ward || lot.quarter == Quarter::Town {
        "ODT"
    } else {
        "ONT"
    };
    let land_use = match (lot.quarter, lot.is_island) {
        (Quarter::Village, true) => home,
        (Quarter::Ponds, true) => "NTS",
        (Quarter::Town, _) => {
            random.weighted(&[(88, home), (8, "TMD"), (2, "SKC"), (1, "CLN"), (1, "DKV")])
        }
        (Quarter::Public, _) => random.weighted(&PUBLIC),
        (Quarter::Village, _) => random.weighted(&[
            (74, home),
            (16, "CLN"),
            (3, "NTS"),
            (3, "TMD"),
            (1, "SKC"),
            (1, "TIN"),
            (1, "DKV"),
            (1, "BCS"),
        ]),
        (Quarter::Orchard, _) => random.weighted(&[
            (72, "CLN"),
            (14, home),
            (7, "NTS"),
            (3, "LUK"),
            (2, "BCS"),
            (1, "NTD"),
            (1, "TON"),
        ]),
        (Quarter::Ponds, _) => random.weighted(&[(88, "NTS"), (10, "CLN"), (2, "LUK")]),
        (Quarter::Paddy, _) => {
            random.weighted(&[(180, "LUC"), (8, "LUK"), (5, "NTS"), (5, "CLN"), (2, "NTD")])
        }
    };
    let has_garden = land_use == home && area >= Area::from_tenths_m2(3_000) && !lot.is_island;
    (
        land_use,
        (has_garden && random.chance(0.8)).then_some("CLN"),
    )
}

const PUBLIC: [(usize, &str); 9] = [
    (5, "DGD"),
    (3, "TSC"),
    (2, "DYT"),
    (2, "DVH"),
    (2, "DCH"),
    (2, "DTT"),
    (3, "DKV"),
    (1, "TON"),
    (1, "DBV"),
];

/// Whether a use is an organisation's rather than a family's.
pub(super) fn is_public(land_use: &str) -> bool {
    PUBLIC.iter().any(|(_, code)| *code == land_use) || matches!(land_use, "TIN" | "NTD" | "BCS")
}
