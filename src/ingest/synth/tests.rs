use super::commune::Sheet;
use super::country::{Commune, communes};
use super::lots::lots;
use super::plane::sides;
use super::random::Random;
use super::ring::{doubled_mm2, is_lawful, rings_meet};
use super::streets::{Site, blocks};
use super::*;
use crate::domain::{GridPoint, Ring, Share};
use gdal::vector::LayerAccess;
use geo::{LineString, Polygon, Validation};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn plan(parcels: u64, seed: u64) -> SynthPlan {
    SynthPlan {
        parcels,
        seed,
        ..SynthPlan::default()
    }
}

fn surveyed(plan: &SynthPlan) -> Vec<(Commune, Vec<Sheet>)> {
    let warp = Warp::new(plan.seed);
    let survey = |commune: Commune| {
        let sheets = commune.sheets(plan.seed, &warp);
        (commune, sheets)
    };
    communes(plan).map(survey).collect()
}

/// The blocks of a square of land: the ring around each and the rings of its parcels.
fn tilings(is_ward: bool, seed: u64) -> Vec<(Ring, Vec<Vec<Ring>>)> {
    let commune = communes(&plan(1, seed)).next().unwrap();
    let (warp, mut random) = (Warp::new(seed), Random::new(seed, 7));
    let site = Site::new(commune.centre, 1_500.0, is_ward, &mut random);
    let rings = |(outline, lots): (Ring, Vec<lots::Lot>)| {
        (outline, lots.into_iter().map(|lot| lot.rings).collect())
    };
    let blocks = blocks(&site, &mut random);
    blocks
        .iter()
        .map(|block| rings(lots(block, &warp, &mut random).expect("every block can be laid out")))
        .collect()
}

fn polygon(rings: &[Ring]) -> Polygon {
    let line = |ring: &Ring| {
        ring.iter()
            .map(|point| (point.easting_m(), point.northing_m()))
            .collect::<LineString>()
    };
    Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect())
}

#[test]
fn the_parcels_of_a_block_tile_it_without_gap_or_overlap_to_the_square_millimetre() {
    for (is_ward, seed) in [(false, 1), (true, 2), (false, 3), (true, 4)] {
        let tilings = tilings(is_ward, seed);
        assert!(
            tilings
                .iter()
                .map(|(_, parcels)| parcels.len())
                .sum::<usize>()
                > 2_000
        );
        for (outline, parcels) in tilings {
            let tiled: i128 = parcels.iter().flatten().map(|ring| doubled_mm2(ring)).sum();
            assert_eq!(tiled, doubled_mm2(&outline));
            assert!(is_lawful(&outline));
            for parcel in &parcels {
                assert!(is_lawful(&parcel[0]));
                assert!(polygon(parcel).is_valid());
            }
        }
    }
}

#[test]
fn every_side_of_a_parcel_is_the_side_of_a_neighbour_or_of_the_block() {
    for (mut outline, parcels) in tilings(false, 5) {
        outline.reverse();
        let rings = || parcels.iter().flatten().chain([&outline]);
        let all: BTreeSet<_> = rings().flat_map(|ring| sides(ring)).map(side).collect();
        assert_eq!(
            all.len(),
            rings().map(Vec::len).sum::<usize>(),
            "no side twice"
        );
        assert!(all.iter().all(|&(from, to)| all.contains(&(to, from))));
    }
}

fn side((from, to): (GridPoint, GridPoint)) -> ((i64, i64), (i64, i64)) {
    ((from.east_mm, from.north_mm), (to.east_mm, to.north_mm))
}

#[test]
fn blocks_do_not_touch_each_other() {
    let tilings = [tilings(false, 6), tilings(true, 6)];
    for outlines in tilings {
        let outlines: Vec<_> = outlines
            .into_iter()
            .map(|(outline, _)| (bounds(&outline), outline))
            .collect();
        for (at, (box_a, a)) in outlines.iter().enumerate() {
            let near = outlines[at + 1..]
                .iter()
                .filter(|(box_b, _)| boxes_meet(*box_a, *box_b));
            assert!(near.into_iter().all(|(_, b)| !rings_meet(a, b)));
        }
    }
}

type Bounds = [i64; 4];

fn bounds<'a>(points: impl IntoIterator<Item = &'a GridPoint>) -> Bounds {
    points.into_iter().fold(
        [i64::MAX, i64::MAX, i64::MIN, i64::MIN],
        |[w, s, e, n], point| {
            let GridPoint { east_mm, north_mm } = *point;
            [
                w.min(east_mm),
                s.min(north_mm),
                e.max(east_mm),
                n.max(north_mm),
            ]
        },
    )
}

fn boxes_meet(a: Bounds, b: Bounds) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

#[test]
fn communes_lie_apart_from_each_other_and_hold_parcels_of_50_to_3000_m2_on_sheets_of_200_to_500() {
    let country = surveyed(&plan(60_000, 8));
    let mut places: Vec<Bounds> = Vec::new();
    for (commune, sheets) in &country {
        let parcels = || sheets.iter().flat_map(|sheet| &sheet.parcels);
        assert_eq!(parcels().count(), commune.parcels);
        assert!(parcels().all(|parcel| (50.0..=3_000.0).contains(&parcel.area.m2())));
        for (sheet, no) in sheets.iter().zip(1..) {
            assert_eq!(sheet.no, no);
            assert!(
                (200..=500).contains(&sheet.parcels.len()),
                "{}",
                sheet.parcels.len()
            );
            assert!([500, 1_000, 2_000].contains(&sheet.scale));
            assert!(
                sheet
                    .parcels
                    .iter()
                    .zip(1..)
                    .all(|(parcel, no)| parcel.no == no)
            );
        }
        let place = bounds(parcels().flat_map(|parcel| &parcel.rings[0]));
        assert!(
            places.iter().all(|other| !boxes_meet(*other, place)),
            "{}",
            commune.code
        );
        places.push(place);
    }
}

#[test]
fn legal_areas_differ_now_and_then_and_within_the_tolerance_of_the_scale() {
    let mut differing = 0;
    for sheet in surveyed(&plan(2_500, 1))
        .iter()
        .flat_map(|(_, sheets)| sheets)
    {
        for parcel in &sheet.parcels {
            let off_m2 = (parcel.legal_area.m2() - parcel.area.m2()).abs();
            assert!(off_m2 <= 0.0004 * f64::from(sheet.scale) * parcel.area.m2().sqrt());
            differing += usize::from(off_m2 > 0.0);
        }
    }
    assert!((50..250).contains(&differing), "{differing}");
}

#[test]
fn small_plans_give_exactly_the_parcels_asked_for() {
    for parcels in [1, 7, 60, 400] {
        let country = surveyed(&plan(parcels, 9));
        let sheets = country.iter().flat_map(|(_, sheets)| sheets);
        assert_eq!(
            sheets.map(|sheet| sheet.parcels.len() as u64).sum::<u64>(),
            parcels
        );
    }
}

/// The cells of a CSV file, by column.
fn cells(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_rights_in_a_parcel_are_whole_and_their_areas_are_the_legal_area() {
    let (dir, plan) = (tempfile::tempdir().unwrap(), plan(5_000, 3));
    let summary = write(&plan, dir.path(), &mut |_| ()).unwrap();
    let rows = cells(&dir.path().join("register.csv"));
    assert_eq!(rows.len() as u64, summary.register_rows);
    let mut shares: BTreeMap<_, Vec<Share>> = BTreeMap::new();
    let mut use_tenths: BTreeMap<_, BTreeMap<_, u64>> = BTreeMap::new();
    let mut parcels_of: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for row in &rows {
        let parcel: (i32, i32) = (
            row["Số tờ"].parse().unwrap(),
            row["Số thửa"].parse().unwrap(),
        );
        let tenths = row["Diện tích"].replace('.', "").parse().unwrap();
        shares
            .entry((parcel, &row["Mục đích"]))
            .or_default()
            .push(Share::parse(&row["Tỷ lệ"]).unwrap());
        use_tenths
            .entry(parcel)
            .or_default()
            .insert(&row["Mục đích"], tenths);
        parcels_of
            .entry(&row["Số phát hành"])
            .or_default()
            .insert(parcel);
    }
    assert!(shares.into_values().all(Share::add_up_to_one));
    let mut legal_tenths = BTreeMap::new();
    for sheet in surveyed(&plan).iter().flat_map(|(_, sheets)| sheets) {
        legal_tenths.extend(
            sheet
                .parcels
                .iter()
                .map(|parcel| ((sheet.no, parcel.no), parcel.legal_area.tenths_m2())),
        );
    }
    for (parcel, by_use) in &use_tenths {
        assert_eq!(
            by_use.values().sum::<u64>(),
            legal_tenths[parcel],
            "{parcel:?}"
        );
    }
    let without = legal_tenths.len() - use_tenths.len();
    assert!(
        (100..=200).contains(&without),
        "about 3 % of 5,000 have no row: {without}"
    );
    assert!(use_tenths.values().any(|by_use| by_use.len() == 2));
    assert!(parcels_of.values().any(|parcels| parcels.len() == 2));
    assert!(parcels_of.values().all(|parcels| parcels.len() <= 2));
}

#[test]
fn nobody_in_the_register_can_exist() {
    for row in cells(&demonstration().join("register.csv")) {
        let (number, is_organisation) = (&row["Số giấy tờ"], row["Loại chủ"] == "Tổ chức");
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()));
        if is_organisation {
            assert!(number.len() == 10 && number.starts_with("00"), "{number}");
        } else {
            assert!(
                number.len() == 12 && (number.starts_with("000") || number.starts_with("999")),
                "{number}"
            );
            assert_eq!(number[4..6], row["Năm sinh"][2..], "{number}");
        }
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_another_seed_gives_another_country() {
    let files = |seed| {
        let dir = tempfile::tempdir().unwrap();
        write(&plan(600, seed), dir.path(), &mut |_| ()).unwrap();
        ["units.csv", "register.csv", PARCELS].map(|name| fs::read(dir.path().join(name)).unwrap())
    };
    let (first, again, other) = (files(1), files(1), files(2));
    assert!(first == again);
    assert!(first[1] != other[1] && first[2] != other[2]);
}

fn demonstration() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo")
}

/// What a GeoPackage says, whichever release of SQLite wrote it.
fn features(path: &Path) -> Vec<String> {
    let dataset = gdal::Dataset::open(path).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let zone = layer.spatial_ref().unwrap().authority().unwrap();
    let feature = |feature: gdal::vector::Feature<'_>| {
        let columns: Vec<_> = feature.fields().collect();
        format!(
            "{columns:?} {:?}",
            feature.geometry().unwrap().wkb().unwrap()
        )
    };
    std::iter::once(zone)
        .chain(layer.features().map(feature))
        .collect()
}

#[test]
fn the_demonstration_commune_is_what_synth_makes() {
    let dir = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    let summary = write(&SynthPlan::default(), dir.path(), &mut |parcels| {
        told.push(parcels);
    })
    .unwrap();
    assert_eq!((summary.parcels, told.last()), (2_500, Some(&2_500)));
    for name in ["units.csv", "register.csv"] {
        assert!(
            fs::read(dir.path().join(name)).unwrap()
                == fs::read(demonstration().join(name)).unwrap(),
            "{name}"
        );
    }
    let (made, kept) = (
        features(&dir.path().join(PARCELS)),
        features(&demonstration().join(PARCELS)),
    );
    assert_eq!((made[0].as_str(), made.len()), ("EPSG:9210", 2_501));
    assert!(made == kept);
}

#[test]
fn an_old_set_is_replaced_and_a_plan_that_cannot_be_made_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for parcels in [40, 20] {
        write(&plan(parcels, 1), dir.path(), &mut |_| ()).unwrap();
    }
    assert_eq!(features(&dir.path().join(PARCELS)).len(), 21);
    let empty = dir.path().join("empty");
    assert!(matches!(
        write(&plan(0, 1), &empty, &mut |_| ()),
        Err(SynthError::Parcels(0))
    ));
    assert!(!empty.exists());
}
