//! The case files of operations on land: each operation, lawful or not, has the outcome that was worked out by hand.

use diaba::domain::{Area, Boundary, GridPoint};
use diaba::geometry::{RawPolygon, check_rings, doubled_area_mm2};
use diaba::topology::{self, Change, Line, Violation};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    zone: i32,
    /// Metres; the cases are drawn from here.
    origin: (i64, i64),
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    operation: String,
    parcels: Vec<String>,
    #[serde(default)]
    neighbours: Vec<String>,
    line: Option<String>,
    along: Option<String>,
    #[serde(default)]
    asked_m2: Vec<u64>,
    #[serde(default)]
    parts: usize,
    #[serde(default)]
    drawn: Vec<String>,
    #[serde(default)]
    edge: usize,
    #[serde(default)]
    width_m: f64,
    #[serde(flatten)]
    expected: Expected,
}

/// What a case expects; what it does not say is nothing at all.
#[derive(Deserialize)]
struct Expected {
    #[serde(default)]
    after: Vec<String>,
    areas_m2: Option<Vec<f64>>,
    #[serde(default)]
    changed: BTreeMap<String, String>,
    #[serde(default)]
    drift_mm2: i64,
    deviations_mm2: Option<Vec<i64>>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    judged: Vec<String>,
}

/// Reads `WORD ((x y, x y), (x y))` in metres from the origin.
fn rings(wkt: &str, origin: (i64, i64)) -> Vec<Vec<(f64, f64)>> {
    let (_, coordinates) = wkt.split_once('(').expect("WKT");
    coordinates
        .split(['(', ')'])
        .filter(|part| part.contains(' ') && part.trim() != ",")
        .map(|ring| {
            let points = ring.split(',').map(|point| {
                let mut numbers = point.split_whitespace().map(|n| n.parse::<f64>().unwrap());
                let mut next = |from: i64| from as f64 + numbers.next().unwrap();
                (next(origin.0), next(origin.1))
            });
            points.collect()
        })
        .collect()
}

/// A boundary with each ring from its westernmost point on, so that rings compare.
fn shape(boundary: &Boundary) -> Vec<Vec<GridPoint>> {
    let mut rings = boundary.rings().to_vec();
    for ring in &mut rings {
        let start = (0..ring.len()).min_by_key(|place| ring[*place]).unwrap();
        ring.rotate_left(start);
    }
    rings
}

impl CaseFile {
    fn boundary(&self, wkt: &str) -> Boundary {
        let rings = rings(wkt, self.origin);
        check_rings(self.zone, &RawPolygon { rings }).unwrap()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a drawing on squared paper"
    )]
    fn points(&self, wkt: &str) -> Vec<GridPoint> {
        let point = |(easting_m, northing_m): &(f64, f64)| GridPoint {
            east_mm: (easting_m * 1000.0).round() as i64,
            north_mm: (northing_m * 1000.0).round() as i64,
        };
        rings(wkt, self.origin)[0].iter().map(point).collect()
    }

    /// As the case files write it: `code, how much at east north`.
    fn tell(&self, violations: &[Violation]) -> Vec<String> {
        let metres = |mm: i64, from: i64| (mm - from * 1000) as f64 / 1000.0;
        let place = |point: GridPoint| {
            let (east, north) = self.origin;
            format!(
                "{} {}",
                metres(point.east_mm, east),
                metres(point.north_mm, north)
            )
        };
        let tell = |violation: &Violation| {
            let text = violation.to_string();
            let (text, _) = text.split_once(" at ").unwrap_or((&text, ""));
            let at = violation.place.map(|point| format!(" at {}", place(point)));
            let before = if violation.existed { "[before] " } else { "" };
            format!("{before}{text}{}", at.unwrap_or_default())
        };
        violations.iter().map(tell).collect()
    }

    fn boundaries(&self, list: &[String]) -> Vec<Boundary> {
        list.iter().map(|wkt| self.boundary(wkt)).collect()
    }

    fn run(&self, case: &Case) {
        let (name, expected) = (&case.name, &case.expected);
        let (parcels, neighbours) = (
            self.boundaries(&case.parcels),
            self.boundaries(&case.neighbours),
        );
        let (parcels, neighbours): (Vec<&Boundary>, Vec<&Boundary>) =
            (parcels.iter().collect(), neighbours.iter().collect());
        let after = self.boundaries(&expected.after);
        if case.operation == "check" {
            let judged = topology::check(&parcels, &after.iter().collect::<Vec<_>>());
            assert_eq!(self.tell(&judged), expected.judged, "{name}");
            return;
        }
        match self.operate(case, &parcels, &neighbours) {
            Err(violations) => assert_eq!(self.tell(&violations), expected.refused, "{name}"),
            Ok((change, deviations)) => {
                assert_eq!(expected.refused, Vec::<String>::new(), "{name}");
                let shapes = |list: &[Boundary]| list.iter().map(shape).collect::<Vec<_>>();
                assert_eq!(shapes(&change.parcels), shapes(&after), "{name}");
                compare_areas(case, &change, &deviations);
                self.compare_neighbours(case, &change);
                let before: Vec<&Boundary> = parcels.iter().chain(&neighbours).copied().collect();
                let others = change.neighbours_after(&neighbours);
                let after: Vec<&Boundary> = change.parcels.iter().chain(others).collect();
                let judged = topology::check(&before, &after);
                assert_eq!(self.tell(&judged), expected.judged, "{name}");
            }
        }
    }

    fn compare_neighbours(&self, case: &Case, change: &Change) {
        let told = change.neighbours.iter();
        let told: BTreeMap<String, _> = told
            .map(|(number, boundary)| (number.to_string(), shape(boundary)))
            .collect();
        let changed = case.expected.changed.iter();
        let changed: BTreeMap<String, _> = changed
            .map(|(number, wkt)| (number.clone(), shape(&self.boundary(wkt))))
            .collect();
        assert_eq!(told, changed, "{}", case.name);
    }

    fn operate(
        &self,
        case: &Case,
        parcels: &[&Boundary],
        neighbours: &[&Boundary],
    ) -> Result<(Change, Vec<i128>), Vec<Violation>> {
        let line = || Line::new(self.points(case.line.as_deref().unwrap()));
        let along = || {
            let points = self.points(case.along.as_deref().unwrap());
            (points[0], points[1])
        };
        let plain = |change: Change| (change, Vec::new());
        match case.operation.as_str() {
            "split" => topology::split(parcels[0], neighbours, &line()?).map(plain),
            "merge" => topology::merge(parcels, neighbours).map(plain),
            "adjust" => topology::adjust([parcels[0], parcels[1]], neighbours, &line()?).map(plain),
            "areas" => {
                let areas: Vec<Area> = case
                    .asked_m2
                    .iter()
                    .map(|m2| Area::from_tenths_m2(m2 * 10))
                    .collect();
                topology::split_into_areas(parcels[0], neighbours, along(), &areas)
                    .map(|division| (division.change, division.deviations_doubled_mm2))
            }
            "survey" => {
                let drawn = self.boundaries(&case.drawn);
                topology::resurvey(parcels, &drawn.iter().collect::<Vec<_>>(), neighbours)
                    .map(plain)
            }
            "strip" => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a width on squared paper"
                )]
                let width_mm = (case.width_m * 1000.0).round() as u32;
                let line = topology::strip(parcels[0], case.edge, width_mm)?;
                topology::split(parcels[0], neighbours, &line).map(plain)
            }
            "equal" => topology::split_equally(parcels[0], neighbours, along(), case.parts)
                .map(|division| (division.change, division.deviations_doubled_mm2)),
            other => unreachable!("{other} is no operation"),
        }
    }
}

fn compare_areas(case: &Case, change: &Change, deviations: &[i128]) {
    let (name, expected) = (&case.name, &case.expected);
    let drift = 2 * i128::from(expected.drift_mm2);
    assert_eq!(change.drift_doubled_mm2, drift, "{name}");
    if let Some(areas_m2) = &expected.areas_m2 {
        let area_m2 = |parcel| doubled_area_mm2(parcel) as f64 / 2e6;
        let told: Vec<f64> = change.parcels.iter().map(area_m2).collect();
        assert_eq!(&told, areas_m2, "{name}");
    }
    if let Some(deviations_mm2) = &expected.deviations_mm2 {
        assert_eq!(deviations.len(), deviations_mm2.len(), "{name}");
        for (doubled, mm2) in deviations.iter().zip(deviations_mm2) {
            // A third of a whole number of square millimetres is not one.
            let off = (doubled - 2 * i128::from(*mm2)).abs();
            assert!(off <= 2, "{name}: {doubled} / 2");
        }
    }
}

fn run_cases(file: &str) {
    let path = format!(
        "{}/fixtures/operations/{file}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let file: CaseFile = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in &file.case {
        file.run(case);
    }
}

#[test]
fn splits_end_as_worked_out_by_hand() {
    run_cases("split");
}

#[test]
fn mergers_end_as_worked_out_by_hand() {
    run_cases("merge");
}

#[test]
fn adjusted_boundaries_end_as_worked_out_by_hand() {
    run_cases("adjust");
}

#[test]
fn divisions_into_areas_end_as_worked_out_by_hand() {
    run_cases("areas");
}

#[test]
fn surveys_and_strips_end_as_worked_out_by_hand() {
    run_cases("survey");
}

#[test]
fn changes_are_judged_as_worked_out_by_hand() {
    run_cases("check");
}
