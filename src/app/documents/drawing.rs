//! The drawing of what an operation does to land.

use super::extract::meridian_deg;
use super::{About, App, Asking, PaperError, PaperFile, PaperQuery, Sight};
use crate::app::desk::{Signed, Wanted};
use crate::crs;
use crate::documents::{Drawing, Drawn, Map};
use crate::domain::{Area, Boundary, DossierCode, PointM};
use crate::geometry::{Location, RawPolygon, bounds, check_rings, label_point, locate};
use crate::policy::Duty;
use crate::store::{AroundParcel, SheetFacts, Snapshot};
use serde::Deserialize;
use std::sync::Arc;

/// How far around the drawn land parcels are shown.
const REACH_M: f64 = 60.0;
const DRAWN: i64 = 1000;

/// What a drawing takes from the report of operations.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    operation_id: Option<i64>,
    dossier: Option<String>,
    retired: Vec<Line>,
    made: Vec<Line>,
    renewed: Vec<Line>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Line {
    parcel: String,
    parcel_id: Option<i64>,
    revision: Option<i32>,
    land_use: Option<String>,
    before: Option<Measure>,
    after: Option<Measure>,
    boundary_m: Vec<Vec<PointM>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
struct Measure {
    legal_area_m2: Option<f64>,
    computed_area_m2: f64,
}

impl Line {
    fn drawn(&self, boundary: Boundary, measure: Option<Measure>) -> Drawn {
        let number = self.parcel.rsplit('/').next().unwrap_or_default();
        let drawn = Drawn::new(boundary, number, true);
        Drawn {
            area: measure
                .and_then(|measure| measure.legal_area_m2)
                .map_or(drawn.area, Area::from_m2),
            land_use: self.land_use.clone(),
            ..drawn
        }
    }

    /// Whether the land itself is another: a neighbour that only takes a corner is not what the drawing is about.
    fn is_redrawn(&self) -> bool {
        let area = |measure: Option<Measure>| measure.map(|measure| measure.computed_area_m2);
        area(self.before) != area(self.after)
    }
}

impl App {
    /// The drawing of operations that were committed (*bản vẽ tách thửa đất, hợp thửa đất*).
    pub async fn operation_drawing(
        self: &Arc<Self>,
        id: i64,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let mut snapshot = self.store.snapshot().await?;
        let entered = snapshot
            .entered_operation(id)
            .await?
            .ok_or(PaperError::NoSuchOperation(id))?;
        let told = told(entered.report)?;
        let told = Told {
            operation_id: Some(id),
            dossier: entered.dossier,
            ..told
        };
        self.draw(snapshot, told, query).await
    }

    /// The drawing of operations that are only planned: nothing is changed.
    pub async fn plan_drawing(
        self: &Arc<Self>,
        wanted: &Wanted,
        signed: &Signed<'_>,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let report = self.rehearse(wanted, signed).await?;
        if !report.is_lawful() {
            return Err(crate::app::desk::DeskError::Unlawful(Box::new(report)).into());
        }
        let told = told(serde_json::to_value(&report).unwrap_or_default())?;
        let snapshot = self.store.snapshot().await?;
        self.draw(snapshot, told, query).await
    }

    /// The drawing of a plan that a dossier holds, as it was reported when it was stored.
    pub(super) async fn draft_drawing(
        self: &Arc<Self>,
        code: &DossierCode,
        report: serde_json::Value,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let told = Told {
            operation_id: None,
            dossier: Some(code.to_string()),
            ..told(report)?
        };
        let snapshot = self.store.snapshot().await?;
        self.draw(snapshot, told, query).await
    }

    async fn draw(
        self: &Arc<Self>,
        mut snapshot: Snapshot,
        told: Told,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let sight = Sight::of(query.purpose)?;
        let day = self.paper_day().await?;
        let position = snapshot.position();
        let known = told.retired.iter().chain(&told.renewed).chain(&told.made);
        let ids: Vec<i64> = known.filter_map(|line| line.parcel_id).collect();
        let sheet = snapshot
            .sheet_of(&ids)
            .await?
            .ok_or(PaperError::NothingDrawn)?;
        let (before, after) = subjects(&mut snapshot, &told, sheet.zone).await?;
        let around = around(&mut snapshot, (&before, &after), sheet.zone).await?;
        drop(snapshot);
        let asking = Asking {
            query,
            sight: &sight,
            duty: Duty::Read,
            position,
            refusal: None,
        };
        let about = (sheet.commune.code.as_str(), None);
        self.note(&asking, &[about]).await?;
        let numbers = after.iter().map(|parcel| parcel.number.clone());
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let about = About {
            subject: format!(
                "Tờ {}, thửa {numbers} – {}",
                sheet.sheet_no, sheet.commune.name
            ),
            commune: sheet.commune.code.to_string(),
            parcels: Vec::new(),
            certificate_id: None,
            dossier: told.dossier.clone(),
            officer: &query.officer.name,
            position,
        };
        let among = |subjects: Vec<Drawn>| framed(subjects, &around);
        let SheetFacts {
            commune,
            sheet_no,
            zone,
        } = sheet;
        let drawing = Drawing {
            day,
            officer: query.officer.name.clone(),
            commune,
            sheet_no,
            operation_id: told.operation_id,
            dossier: told.dossier.clone(),
            meridian_deg: meridian_deg(zone),
            before: among(before),
            after: among(after),
        };
        self.issue(drawing, about).await
    }
}

fn told(report: serde_json::Value) -> Result<Told, PaperError> {
    serde_json::from_value(report).map_err(|_| PaperError::NothingDrawn)
}

/// The parcels that the drawing is about, before and after.
async fn subjects(
    snapshot: &mut Snapshot,
    told: &Told,
    zone: i32,
) -> Result<(Vec<Drawn>, Vec<Drawn>), PaperError> {
    let mut before: Vec<Drawn> = told
        .retired
        .iter()
        .filter_map(|line| Some(line.drawn(boundary(line, zone)?, line.before)))
        .collect();
    let mut after: Vec<Drawn> = told
        .made
        .iter()
        .filter_map(|line| Some(line.drawn(boundary(line, zone)?, line.after)))
        .collect();
    for line in told.renewed.iter().filter(|line| line.is_redrawn()) {
        let Some(id) = line.parcel_id else {
            continue;
        };
        let until = line.revision.unwrap_or(i32::MAX);
        if let Some(old) = snapshot.boundary_before(id, until).await? {
            before.push(line.drawn(old, line.before));
        }
        after.extend(boundary(line, zone).map(|new| line.drawn(new, line.after)));
    }
    if before.is_empty() || after.is_empty() {
        return Err(PaperError::NothingDrawn);
    }
    Ok((before, after))
}

fn boundary(line: &Line, zone: i32) -> Option<Boundary> {
    let rings = line.boundary_m.clone();
    check_rings(zone, &RawPolygon { rings }).ok()
}

/// The current parcels around the subjects.
async fn around(
    snapshot: &mut Snapshot,
    (before, after): (&[Drawn], &[Drawn]),
    zone: i32,
) -> Result<Vec<AroundParcel>, PaperError> {
    let start = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    let all = before.iter().chain(after);
    let [west, south, east, north] = all.fold(start, |[west, south, east, north], parcel| {
        let (low, high) = bounds(&parcel.boundary);
        [
            west.min(low.easting_m()),
            south.min(low.northing_m()),
            east.max(high.easting_m()),
            north.max(high.northing_m()),
        ]
    });
    let reach_m = (east - west).max(north - south).max(REACH_M);
    let mut corners = [
        (west - reach_m, south - reach_m),
        (east + reach_m, north + reach_m),
    ];
    crs::to_wgs84(zone, &mut corners).map_err(|error| PaperError::App(error.into()))?;
    let [(west, south), (east, north)] = corners;
    Ok(snapshot
        .around([west, south, east, north], zone, DRAWN)
        .await?)
}

/// Subjects among the parcels around them, without those that are the same land at another time.
fn framed(subjects: Vec<Drawn>, around: &[AroundParcel]) -> Map {
    let is_neighbour = |parcel: &&AroundParcel| {
        let mut subjects = subjects.iter();
        !subjects.any(|subject| overlaps(&subject.boundary, &parcel.boundary))
    };
    let neighbours = around.iter().filter(is_neighbour);
    let neighbours =
        neighbours.map(|parcel| Drawn::new(parcel.boundary.clone(), parcel.parcel_no, false));
    let mut parcels: Vec<Drawn> = neighbours.collect();
    parcels.extend(subjects);
    Map { parcels }
}

/// Whether a parcel's label lies in another: the same land at another time.
fn overlaps(one: &Boundary, other: &Boundary) -> bool {
    locate(one, label_point(other)) == Location::Inside
        || locate(other, label_point(one)) == Location::Inside
}
