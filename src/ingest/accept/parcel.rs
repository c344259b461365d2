//! Records of parcel files.

use super::{Accepted, Findings};
use crate::{
    crs,
    domain::{
        Area, Boundary, Fault, FaultCode, GridPoint, LandUseRow, Law, NationalCode, ParcelKey,
        ParcelRecord, Place, ZoneCode,
    },
    geometry::{self, RawPolygon},
    ingest::{
        column::Values,
        field::ParcelField,
        frame::Frame,
        raw::RawParcel,
        value::{parse_area_tenths, parse_date, parse_scale},
    },
};
use time::Date;

/// What the records of one parcel file are judged by.
#[derive(Debug, Clone, Copy)]
pub struct ParcelContext<'a> {
    /// The law.
    pub law: &'a Law,
    /// The day whose codes the delivery uses.
    pub day: Date,
    /// What the coordinates are.
    pub frame: Frame,
    /// Whether the file gives northing (or latitude) first.
    pub swap_axes: bool,
    /// The scale of records that give none.
    pub scale_denominator: Option<i32>,
}

/// Judges one record of a parcel file.
pub fn accept_parcel(raw: &RawParcel, context: &ParcelContext<'_>) -> Accepted<ParcelRecord> {
    let found = match &raw.content {
        Ok(found) => found,
        Err(fault) => return Accepted::rejected(fault.clone()),
    };
    let mut findings = Findings::default();
    let attributes = Attributes::of(&found.fields, context, &mut findings);
    let boundary = boundary(found.wkb.as_deref(), context)
        .map_err(|faults| faults.into_iter().for_each(|fault| findings.note(fault)))
        .ok();
    let record = attributes
        .zip(boundary)
        .map(|(attributes, boundary)| attributes.with(boundary, context, &mut findings));
    findings.finish(record)
}

/// Everything but the geometry.
struct Attributes {
    key: ParcelKey,
    land_use: Option<LandUseRow>,
    stated_area: Option<Area>,
    legal_area: Option<Area>,
    address: Option<String>,
    national_code: Option<NationalCode>,
    scale_denominator: Option<i32>,
    in_force_from: Option<Date>,
}

impl Attributes {
    fn of(
        values: &Values<ParcelField>,
        context: &ParcelContext<'_>,
        findings: &mut Findings,
    ) -> Option<Self> {
        use ParcelField as Of;
        let (law, day) = (context.law, context.day);
        let key = findings.parcel_key(values, [Of::Commune, Of::Sheet, Of::Parcel], law, day);
        let in_force_from = findings.parsed(
            values,
            Of::InForceFrom,
            FaultCode::DateUnreadable,
            parse_date,
        );
        // an old parcel may carry a code of its time, or one that was brought up to date
        let days = [Some(day), in_force_from.filter(|&from| from != day)];
        let days: Vec<Date> = days.into_iter().flatten().collect();
        let uses = findings.land_uses(values, Of::LandUse, law, &days);
        let main_use = findings.main_use(&uses);
        let mut area = |field| {
            let tenths = findings.parsed(
                values,
                field,
                FaultCode::NumberUnreadable,
                parse_area_tenths,
            );
            // exports write 0 for nothing
            tenths
                .filter(|&tenths| tenths > 0)
                .map(Area::from_tenths_m2)
        };
        let (stated_area, legal_area) = (area(Of::Area), area(Of::LegalArea));
        let attributes = Self {
            stated_area,
            legal_area,
            land_use: main_use.map(|code| LandUseRow {
                code,
                area_tenths_m2: None,
                origin: None,
                term: None,
            }),
            address: findings.text(values, Of::Address),
            national_code: findings.national_code(values, Of::NationalCode),
            scale_denominator: findings.parsed(
                values,
                Of::Scale,
                FaultCode::NumberUnreadable,
                parse_scale,
            ),
            in_force_from,
            key: key?,
        };
        Some(attributes)
    }

    fn with(
        self,
        boundary: Boundary,
        context: &ParcelContext<'_>,
        findings: &mut Findings,
    ) -> ParcelRecord {
        let computed_area = geometry::area(&boundary);
        let label_point = geometry::label_point(&boundary);
        let zone = boundary.zone();
        self.check_area(computed_area, label_point.place(zone), context, findings);
        self.check_national_code(&boundary, label_point, findings);
        ParcelRecord {
            key: self.key,
            derived: matches!(context.frame, Frame::Geographic { .. }),
            label_point,
            computed_area,
            boundary,
            legal_area: self.legal_area,
            land_use: self.land_use,
            address: self.address,
            national_code: self.national_code,
            scale_denominator: self.scale_denominator,
            in_force_from: self.in_force_from,
        }
    }

    /// The map area that the file states, else the legal one, may differ from the computed one by the tolerance of the scale.
    fn check_area(
        &self,
        computed: Area,
        place: Place,
        context: &ParcelContext<'_>,
        findings: &mut Findings,
    ) {
        let Some(stated) = self.stated_area.or(self.legal_area) else {
            return;
        };
        let Some(scale) = self.scale_denominator.or(context.scale_denominator) else {
            return;
        };
        let tolerance_m2 =
            geometry::area_tolerance_m2(scale, computed, context.law.area_tolerance_factor);
        let difference_m2 = (stated.m2() - computed.m2()).abs();
        if difference_m2 > tolerance_m2 {
            let detail = format!(
                "stated {stated} m², computed {computed} m²: {difference_m2:.1} m² apart, {tolerance_m2:.1} m² allowed at 1/{scale}"
            );
            findings.note(Fault::at(FaultCode::AreaOutsideTolerance, place, detail));
        }
    }

    /// The given code must point into the parcel, give or take a cell.
    fn check_national_code(
        &self,
        boundary: &Boundary,
        label_point: GridPoint,
        findings: &mut Findings,
    ) {
        let Some(code) = self.national_code else {
            return;
        };
        let zone = boundary.zone();
        let (west, south, east, north) = geometry::code_cell(code);
        let (width, height) = (east - west, north - south);
        let mut points = [
            (west + width / 2.0, south + height / 2.0),
            (west - width, south - height),
            (east + width, south - height),
            (west - width, north + height),
            (east + width, north + height),
        ];
        let is_inside = crs::from_wgs84(zone, &mut points).is_ok()
            && points.iter().any(|&(easting_m, northing_m)| {
                geometry::locate_m(boundary, easting_m, northing_m)
            });
        if !is_inside {
            let away = match points.first() {
                Some(&(x, y)) if x.is_finite() && y.is_finite() => {
                    let label_m = (label_point.easting_m(), label_point.northing_m());
                    format!(
                        "{:.1} m from the parcel's label point",
                        (x - label_m.0).hypot(y - label_m.1)
                    )
                }
                _ => "far away".to_owned(),
            };
            let detail = format!("the code {code} points {away}");
            findings.note(Fault::at(
                FaultCode::NationalCodeOutside,
                label_point.place(zone),
                detail,
            ));
        }
    }
}

fn boundary(wkb: Option<&[u8]>, context: &ParcelContext<'_>) -> Result<Boundary, Vec<Fault>> {
    let missing = || {
        vec![Fault::new(
            FaultCode::GeometryMissing,
            "the record has no geometry",
        )]
    };
    let mut raw =
        geometry::wkb::read_polygon(wkb.ok_or_else(missing)?).map_err(|fault| vec![fault])?;
    if context.swap_axes {
        for (x, y) in raw.rings.iter_mut().flatten() {
            std::mem::swap(x, y);
        }
    }
    match context.frame {
        Frame::Plane { zone } => geometry::check_rings(zone, &raw),
        Frame::Geographic { zone, is_vn2000 } => {
            move_into_zone(&mut raw, zone, is_vn2000).map_err(|fault| vec![fault])?;
            geometry::check_rings(zone, &raw)
        }
    }
}

/// Degrees to metres of a zone.
fn move_into_zone(raw: &mut RawPolygon, zone: ZoneCode, is_vn2000: bool) -> Result<(), Fault> {
    let fault =
        |error: crs::CrsError| Fault::new(FaultCode::CoordinateOutsideZone, error.to_string());
    for ring in &mut raw.rings {
        ring.iter().try_for_each(|&point| check_degrees(point))?;
        if is_vn2000 {
            crs::to_wgs84(crs::GEOGRAPHIC, ring).map_err(fault)?;
        }
        crs::from_wgs84(zone, ring).map_err(fault)?;
    }
    Ok(())
}

/// Longitude and latitude of Viet Nam and its surroundings do not overlap: which is which can be seen.
fn check_degrees((x, y): (f64, f64)) -> Result<(), Fault> {
    let (longitudes, latitudes) = (100.0..120.0, 5.0..25.0);
    if longitudes.contains(&x) && latitudes.contains(&y) {
        return Ok(());
    }
    if !x.is_finite() || !y.is_finite() {
        return Err(Fault::new(
            FaultCode::CoordinateNotFinite,
            "a coordinate is not a number",
        ));
    }
    let place = Place { zone: None, x, y };
    Err(if longitudes.contains(&y) && latitudes.contains(&x) {
        Fault::at(
            FaultCode::AxesSwapped,
            place,
            "latitude stands before longitude; say --swap-axes",
        )
    } else {
        Fault::at(FaultCode::CoordinateOutsideZone, place, "not in Viet Nam")
    })
}
