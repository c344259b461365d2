//! The slip by which the tax office learns what it has to assess (*phiếu chuyển thông tin để xác định nghĩa vụ tài chính*).

use super::document::Document;
use super::filling::{Filling, Row, Vocabulary, row};
use super::number::{area_m2, day, money_vnd};
use super::office::Office;
use crate::domain::Area;
use time::Date;

/// A tax slip.
///
/// # Source
/// Form 15 of the lists in force in 2026, as the field table of the sharing rules has it.
#[derive(Debug, Clone)]
pub struct TaxSlip {
    /// The day it is of.
    pub day: Date,
    /// The officer who sent it.
    pub officer: String,
    /// Its number in the office's register of letters.
    pub number: String,
    /// Which of its dossier's slips it is.
    pub version: u32,
    /// Whether it was sent in the place of the one before.
    pub takes_place: bool,
    /// What became of it, where it does not hold any more.
    pub fate: Option<SlipFate>,
    /// The tax office.
    pub tax_office: String,
    /// The dossier's code.
    pub dossier: String,
    /// The procedure's name.
    pub procedure: String,
    /// The law that it rests on.
    pub legal_basis: Option<String>,
    /// The commune, for the place before the date.
    pub commune: String,
    /// The day that the dossier was complete.
    pub complete_on: Option<Date>,
    /// Who has to pay.
    pub payers: Vec<Payer>,
    /// The parcels.
    pub parcels: Vec<TaxedParcel>,
    /// Road, segment and position that the price depends on.
    pub position: Option<String>,
    /// Papers of origin, in words.
    pub papers: Option<String>,
    /// What stands on it, in words.
    pub assets: Option<String>,
    /// The price of the contract, in đồng.
    pub price_vnd: Option<u64>,
    /// Papers on exemption or reduction, in words.
    pub exemption: Option<String>,
}

/// Why a slip does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlipFate {
    /// Another took its place.
    Corrected,
    /// It was cancelled, for this reason.
    Cancelled(String),
}

impl SlipFate {
    fn words(&self) -> String {
        match self {
            Self::Corrected => "ĐÃ ĐƯỢC THAY THẾ bằng bản sau, không còn giá trị".to_owned(),
            Self::Cancelled(reason) => format!("ĐÃ HỦY, không còn giá trị. Lý do: {reason}"),
        }
    }
}

/// Who has to pay.
#[derive(Debug, Clone)]
pub struct Payer {
    /// The name.
    pub name: String,
    /// Where the payer lives or sits.
    pub address: Option<String>,
    /// The tax or personal number.
    pub tax_no: Option<String>,
    /// The year of birth.
    pub birth_year: Option<i16>,
}

/// A parcel as a tax slip names it.
#[derive(Debug, Clone)]
pub struct TaxedParcel {
    /// The commune.
    pub commune: String,
    /// The sheet.
    pub sheet_no: i32,
    /// The number in the sheet.
    pub parcel_no: i32,
    /// Where it lies.
    pub address: Option<String>,
    /// Its area.
    pub area: Option<Area>,
    /// Its uses.
    pub uses: Vec<TaxedUse>,
}

/// A use as a tax slip names it.
#[derive(Debug, Clone)]
pub struct TaxedUse {
    /// Its name and code.
    pub land_use: String,
    /// Its area.
    pub area: Option<Area>,
    /// Whether it is shared with others.
    pub is_shared: bool,
    /// Where it came from.
    pub origin: Option<String>,
    /// Until when it is granted.
    pub term: Option<String>,
}

impl Document for TaxSlip {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "officer",
            "number",
            "version",
            "takes_place",
            "fate",
            "tax_office",
            "dossier",
            "procedure",
            "legal_basis",
            "complete_on",
            "position",
            "papers",
            "assets",
            "price",
            "exemption",
        ],
        tables: &[
            ("payers", &["name", "address", "tax_no", "birth_year"]),
            (
                "parcels",
                &["parcel_no", "sheet_no", "commune", "address", "area"],
            ),
            (
                "uses",
                &["parcel_no", "land_use", "area", "form", "origin", "term"],
            ),
        ],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("tax-slip", include_str!("templates/tax-slip.toml"))];

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| "-/-".to_owned());
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune, self.day);
        filling.text("officer", &self.officer);
        filling.text("number", &self.number);
        filling.text("version", self.version);
        filling.text("takes_place", if self.takes_place { "x" } else { "" });
        let fate = self.fate.as_ref().map(SlipFate::words);
        filling.text("fate", fate.unwrap_or_default());
        filling.text("tax_office", &self.tax_office);
        filling.text("dossier", &self.dossier);
        filling.text("procedure", &self.procedure);
        filling.text("legal_basis", known(&self.legal_basis));
        filling.text("complete_on", self.complete_on.map(day).unwrap_or_default());
        filling.text("position", known(&self.position));
        filling.text("papers", known(&self.papers));
        filling.text("assets", or_nothing(self.assets.clone()));
        let price = self
            .price_vnd
            .map(|price| format!("{} đồng", money_vnd(price)));
        filling.text("price", or_nothing(price));
        filling.text("exemption", or_nothing(self.exemption.clone()));
        filling
            .tables
            .insert("payers", self.payers.iter().map(Payer::row).collect());
        filling.tables.insert(
            "parcels",
            self.parcels.iter().map(TaxedParcel::row).collect(),
        );
        let uses = self.parcels.iter();
        let uses = uses.flat_map(|parcel| parcel.uses.iter().map(|land_use| land_use.row(parcel)));
        filling.tables.insert("uses", uses.collect());
        filling
    }
}

impl Payer {
    fn row(&self) -> Row {
        row([
            ("name", self.name.clone()),
            ("address", self.address.clone().unwrap_or_default()),
            ("tax_no", self.tax_no.clone().unwrap_or_default()),
            (
                "birth_year",
                self.birth_year
                    .map(|year| year.to_string())
                    .unwrap_or_default(),
            ),
        ])
    }
}

impl TaxedParcel {
    fn row(&self) -> Row {
        row([
            ("parcel_no", self.parcel_no.to_string()),
            ("sheet_no", self.sheet_no.to_string()),
            ("commune", self.commune.clone()),
            ("address", self.address.clone().unwrap_or_default()),
            ("area", self.area.map(area_m2).unwrap_or_default()),
        ])
    }
}

impl TaxedUse {
    fn row(&self, parcel: &TaxedParcel) -> Row {
        let form = if self.is_shared {
            "Sử dụng chung"
        } else {
            "Sử dụng riêng"
        };
        row([
            ("parcel_no", parcel.parcel_no.to_string()),
            ("land_use", self.land_use.clone()),
            ("area", self.area.map(area_m2).unwrap_or_default()),
            ("form", form.to_owned()),
            ("origin", self.origin.clone().unwrap_or_default()),
            ("term", self.term.clone().unwrap_or_default()),
        ])
    }
}
