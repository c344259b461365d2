//! The parcel extract (*trích lục bản đồ địa chính*).

use super::document::Document;
use super::filling::{Filling, Row, Vocabulary, row};
use super::map::{Drawn, Map, edges, numbered, walks};
use super::number::{area_m2, day, day_in_words, length_mm, meridian, metres};
use super::office::Office;
use crate::domain::{Area, Boundary, CommuneFact, GridPoint, LandUseFact, NationalCode, Position};
use time::Date;

/// A parcel extract.
#[derive(Debug, Clone)]
pub struct Extract {
    /// The day it is of.
    pub day: Date,
    /// The register position that it was read at.
    pub position: Position,
    /// The officer who made it.
    pub officer: String,
    /// The commune.
    pub commune: CommuneFact,
    /// The sheet.
    pub sheet_no: i32,
    /// The number in the sheet.
    pub parcel_no: i32,
    /// The national code.
    pub national_code: Option<NationalCode>,
    /// Where it lies.
    pub address: Option<String>,
    /// The uses.
    pub land_use: Vec<LandUseFact>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// The area by the boundary.
    pub computed_area: Area,
    /// The central meridian of the coordinates.
    pub meridian_deg: f64,
    /// Who holds it, as far as the reader may know.
    pub holders: Vec<Holder>,
    /// The parcel and those around it.
    pub map: Map,
}

/// A holder of a right, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name.
    pub name: String,
    /// The personal, tax or enterprise number.
    pub personal_no: Option<String>,
    /// Where the holder lives or sits.
    pub residence: Option<String>,
    /// How much of the right.
    pub share: Option<String>,
    /// The certificate: serial, entry number, day.
    pub certificate: Option<String>,
}

impl Document for Extract {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "officer",
            "position",
            "commune",
            "sheet_no",
            "parcel_no",
            "national_code",
            "address",
            "land_use",
            "area",
            "computed_area",
            "legal_area",
            "meridian",
            "area_differs",
        ],
        tables: &[
            (
                "vertices",
                &["number", "north", "east", "length", "to", "parcel"],
            ),
            (
                "holders",
                &["name", "personal_no", "residence", "share", "certificate"],
            ),
        ],
        maps: &["map"],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("extract", include_str!("templates/extract.toml"))];

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune.name, self.day);
        filling.text("officer", &self.officer);
        filling.text("position", self.position.0);
        filling.text("commune", &self.commune.name);
        filling.text("sheet_no", self.sheet_no);
        filling.text("parcel_no", self.parcel_no);
        filling.text(
            "national_code",
            self.national_code
                .map(|code| code.as_str().to_owned())
                .unwrap_or_default(),
        );
        filling.text("address", self.address.clone().unwrap_or_default());
        filling.text("land_use", uses(&self.land_use));
        filling.text(
            "area",
            area_m2(self.legal_area.unwrap_or(self.computed_area)),
        );
        filling.text("computed_area", area_m2(self.computed_area));
        filling.text(
            "legal_area",
            self.legal_area.map(area_m2).unwrap_or_default(),
        );
        let differs = self
            .legal_area
            .is_some_and(|area| area != self.computed_area);
        filling.text("area_differs", if differs { "x" } else { "" });
        filling.text("meridian", meridian(self.meridian_deg));
        let subjects = self.map.parcels.iter().filter(|parcel| parcel.is_subject);
        filling.tables.insert("vertices", vertices(subjects));
        filling
            .tables
            .insert("holders", self.holders.iter().map(Holder::row).collect());
        filling.maps.insert("map", self.map.clone());
        filling
    }
}

impl Holder {
    pub(super) fn row(&self) -> Row {
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        row([
            ("name", self.name.clone()),
            ("personal_no", known(&self.personal_no)),
            ("residence", known(&self.residence)),
            ("share", known(&self.share)),
            ("certificate", known(&self.certificate)),
        ])
    }
}

/// The uses on one line, as the certificate of 2024 has them: `Đất ở tại nông thôn (ONT): 93,0 m²; …`.
pub fn uses(uses: &[LandUseFact]) -> String {
    let each = uses.iter().map(|row| {
        let name = row
            .name_vi
            .as_ref()
            .map_or_else(|| row.code.clone(), |name| format!("{name} ({})", row.code));
        match row.area_m2 {
            Some(m2) => format!("{name}: {} m²", area_m2(Area::from_m2(m2))),
            None => name,
        }
    });
    each.collect::<Vec<_>>().join("; ")
}

/// The vertices of parcels with their coordinates and the way to the next: northing is X and easting is Y, as on every
/// Vietnamese paper.
pub fn vertices<'d>(subjects: impl Iterator<Item = &'d Drawn> + Clone) -> Vec<Row> {
    let numbers = numbered(subjects.clone().map(|parcel| &parcel.boundary));
    let number = |point: GridPoint| {
        let number = numbers.get(&point);
        number.map_or_else(String::new, ToString::to_string)
    };
    let mut rows = Vec::new();
    for parcel in subjects {
        for walk in walks(&parcel.boundary) {
            rows.extend(edges(&walk).map(|(from, to)| {
                row([
                    ("parcel", parcel.number.clone()),
                    ("number", number(from)),
                    ("north", metres(from.north_mm)),
                    ("east", metres(from.east_mm)),
                    ("length", metres(length_mm(from, to))),
                    ("to", number(to)),
                ])
            }));
        }
    }
    rows
}

impl Office {
    /// What stands at the head of every paper.
    pub(super) fn head(&self, filling: &mut Filling, commune: &str, of: Date) {
        filling.text("agency_above", &self.agency_above);
        filling.text("agency", &self.agency);
        filling.text("place", self.place_or(commune));
        filling.text("date", day_in_words(of));
    }
}

/// A parcel to draw.
impl Drawn {
    /// A subject or a neighbour.
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
    pub fn new(boundary: Boundary, number: impl ToString, is_subject: bool) -> Self {
        Self {
            area: crate::geometry::area(&boundary),
            boundary,
            number: number.to_string(),
            land_use: None,
            is_subject,
        }
    }
}

/// A certificate in words: `AA 00000001, số vào sổ CS 01234, ngày 28/11/2026`.
pub fn certificate(serial: &str, entry_no: Option<&str>, issued_on: Option<Date>) -> String {
    let mut text = serial.to_owned();
    if let Some(entry_no) = entry_no {
        text = format!("{text}, số vào sổ {entry_no}");
    }
    if let Some(issued_on) = issued_on {
        text = format!("{text}, ngày {}", day(issued_on));
    }
    text
}
