//! Which communes there are, where they lie and how many parcels each gets.

use super::names;
use super::plane::Point;
use super::random::Random;
use super::{SynthError, SynthPlan};

/// Every commune lies in a square of its own, in metres; the largest needs 2.7 km.
const PITCH_M: f64 = 2_850.0;
/// A province is a square of 12 × 12 communes; three provinces stand side by side.
const COMMUNES_ACROSS: usize = 12;
const COMMUNES_PER_PROVINCE: usize = COMMUNES_ACROSS * COMMUNES_ACROSS;
const PROVINCES_ACROSS: usize = 3;

const FEWEST: usize = 4_000;
/// Fewer than the mean of what is drawn (6,500), by more than thousands of draws can stray.
const ORDINARY: usize = 5_000;
const TYPICAL: usize = 6_500;
const MOST: usize = 9_000;

const FIRST_CODE: u32 = 90_001;
const CODES: u32 = 9_999;

/// The most parcels that a plan can ask for.
pub(super) const LIMIT: u64 =
    (ORDINARY * COMMUNES_PER_PROVINCE * names::PROVINCE_CODES.len()) as u64;

/// A commune or ward to be surveyed.
#[derive(Debug, Clone)]
pub(super) struct Commune {
    /// From 0, counted through the whole plan.
    pub index: usize,
    pub code: String,
    /// Without its kind.
    pub name: String,
    pub is_ward: bool,
    pub province_code: &'static str,
    /// Without its kind.
    pub province_name: String,
    /// In metres of the plan.
    pub centre: Point,
    pub parcels: usize,
}

impl Commune {
    /// *phường* or *xã*.
    pub fn kind(&self) -> &'static str {
        if self.is_ward { "phường" } else { "xã" }
    }

    fn nth(index: usize, parcels: usize, first_code: u32) -> Self {
        let (province, place) = (index / COMMUNES_PER_PROVINCE, index % COMMUNES_PER_PROVINCE);
        let column = province % PROVINCES_ACROSS * COMMUNES_ACROSS + place % COMMUNES_ACROSS;
        let row = province / PROVINCES_ACROSS * COMMUNES_ACROSS + place / COMMUNES_ACROSS;
        let serial = ((first_code - FIRST_CODE) as usize + index) % CODES as usize;
        let middle = |cell: usize| (cell as f64 + 0.5) * PITCH_M;
        Self {
            index,
            code: (FIRST_CODE as usize + serial).to_string(),
            name: names::commune(place),
            is_ward: place % 4 == 1,
            province_code: names::PROVINCE_CODES[province % names::PROVINCE_CODES.len()],
            province_name: names::province(province),
            centre: Point {
                x: middle(column),
                y: middle(row),
            },
            parcels,
        }
    }
}

/// Refuses what [`communes`] cannot lay out.
pub(super) fn check(plan: &SynthPlan) -> Result<(), SynthError> {
    let codes = FIRST_CODE..FIRST_CODE + CODES;
    if plan.parcels == 0 || plan.parcels > LIMIT {
        return Err(SynthError::Parcels(plan.parcels));
    }
    if codes.contains(&plan.first_commune) {
        Ok(())
    } else {
        Err(SynthError::FirstCommune(plan.first_commune))
    }
}

/// The communes of a plan; their parcels add up to what it asks for.
pub(super) fn communes(plan: &SynthPlan) -> impl Iterator<Item = Commune> + use<> {
    let mut random = Random::new(plan.seed, u64::MAX - 1);
    let mut left = usize::try_from(plan.parcels).unwrap_or(usize::MAX);
    let first_code = plan.first_commune;
    (0..).map_while(move |index| {
        let parcels = match left {
            0 => return None,
            few if few <= MOST => few,
            many => {
                let mean = many / many.div_ceil(TYPICAL);
                let drawn = mean * (75 + random.below(56)) / 100;
                drawn.clamp(FEWEST, MOST).min(many - FEWEST)
            }
        };
        left -= parcels;
        Some(Commune::nth(index, parcels, first_code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn plan(parcels: u64) -> SynthPlan {
        SynthPlan {
            parcels,
            ..SynthPlan::default()
        }
    }

    #[test]
    fn a_small_plan_is_one_commune_and_a_large_one_has_communes_of_4000_to_9000_parcels() {
        assert_eq!(
            communes(&plan(2_500))
                .map(|commune| commune.parcels)
                .collect::<Vec<_>>(),
            [2_500]
        );
        for parcels in [9_001, 12_345, 100_000, 1_000_003] {
            let sizes: Vec<_> = communes(&plan(parcels))
                .map(|commune| commune.parcels)
                .collect();
            assert_eq!(sizes.iter().sum::<usize>() as u64, parcels);
            assert!(
                sizes.iter().all(|size| (4_000..=9_000).contains(size)),
                "{sizes:?}"
            );
        }
    }

    #[test]
    fn the_national_register_of_2020_takes_more_than_twenty_provinces_and_stays_in_the_zone() {
        let all: Vec<_> = communes(&plan(22_000_000)).collect();
        let provinces: BTreeSet<_> = all.iter().map(|commune| commune.province_code).collect();
        let codes: BTreeSet<_> = all.iter().map(|commune| &commune.code).collect();
        assert!(provinces.len() > 20);
        assert_eq!(codes.len(), all.len());
        assert!(
            all.iter()
                .all(|commune| commune.centre.x < 110_000.0 && commune.centre.y < 1_000_000.0)
        );
    }

    #[test]
    fn a_plan_that_cannot_be_laid_out_is_refused() {
        for parcels in [0, LIMIT + 1] {
            assert!(matches!(check(&plan(parcels)), Err(SynthError::Parcels(_))));
        }
        let stray = SynthPlan {
            first_commune: 26_000,
            ..plan(1)
        };
        assert!(matches!(
            check(&stray),
            Err(SynthError::FirstCommune(26_000))
        ));
        assert!(check(&plan(LIMIT)).is_ok());
    }
}
