//! The drawing of a split or merge (*bản vẽ tách thửa đất, hợp thửa đất*): before and after.

use super::document::Document;
use super::extract::vertices;
use super::filling::{Filling, Row, Vocabulary, row};
use super::map::{Drawn, Map};
use super::number::{area_m2, meridian};
use super::office::Office;
use crate::domain::CommuneFact;
use time::Date;

/// What an operation does to land, drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The day it is of.
    pub day: Date,
    /// The officer who made it.
    pub officer: String,
    /// The commune.
    pub commune: CommuneFact,
    /// The sheet.
    pub sheet_no: i32,
    /// The entry of history; none for a plan.
    pub operation_id: Option<i64>,
    /// The dossier.
    pub dossier: Option<String>,
    /// The central meridian of the coordinates.
    pub meridian_deg: f64,
    /// The parcels before, and those around them.
    pub before: Map,
    /// The parcels after, and those around them.
    pub after: Map,
}

impl Document for Drawing {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "officer",
            "commune",
            "sheet_no",
            "operation_id",
            "is_plan",
            "dossier",
            "meridian",
        ],
        tables: &[
            ("before", &["number", "area", "land_use"]),
            ("after", &["number", "area", "land_use"]),
            (
                "vertices",
                &["number", "north", "east", "length", "to", "parcel"],
            ),
        ],
        maps: &["before", "after"],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("drawing", include_str!("templates/drawing.toml"))];

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune.name, self.day);
        filling.text("officer", &self.officer);
        filling.text("commune", &self.commune.name);
        filling.text("sheet_no", self.sheet_no);
        filling.text(
            "operation_id",
            self.operation_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
        );
        filling.text(
            "is_plan",
            if self.operation_id.is_none() { "x" } else { "" },
        );
        filling.text("dossier", self.dossier.clone().unwrap_or_default());
        filling.text("meridian", meridian(self.meridian_deg));
        filling.tables.insert("before", parcels(&self.before));
        filling.tables.insert("after", parcels(&self.after));
        filling
            .tables
            .insert("vertices", vertices(subjects(&self.after)));
        filling.maps.insert("before", self.before.clone());
        filling.maps.insert("after", self.after.clone());
        filling
    }
}

fn subjects(map: &Map) -> impl Iterator<Item = &Drawn> + Clone {
    map.parcels.iter().filter(|parcel| parcel.is_subject)
}

fn parcels(map: &Map) -> Vec<Row> {
    let rows = subjects(map).map(|parcel| {
        row([
            ("number", parcel.number.clone()),
            ("area", area_m2(parcel.area)),
            ("land_use", parcel.land_use.clone().unwrap_or_default()),
        ])
    });
    rows.collect()
}
