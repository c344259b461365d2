//! The four registers of a commune: the cadastral book (*sổ địa chính*), the index of parcels (*sổ mục kê đất đai*), the book of
//! certificates (*sổ cấp Giấy chứng nhận*) and the book of changes (*sổ theo dõi biến động đất đai*).

use super::document::Document;
use super::extract::{Holder, uses};
use super::filling::{Filling, Row, Vocabulary, row};
use super::number::{area_m2, day};
use super::office::Office;
use crate::domain::{Area, CommuneFact, LandUseFact, Position};
use time::Date;

/// Where a page of a register was read, and by whom.
#[derive(Debug, Clone)]
pub struct RegisterHead {
    /// The day it is of.
    pub day: Date,
    /// The register position that it was read at.
    pub position: Position,
    /// The officer who made it.
    pub officer: String,
    /// The commune.
    pub commune: CommuneFact,
    /// What part of the register it is, in words.
    pub part: String,
}

const HEAD: [&str; 10] = [
    "agency_above",
    "agency",
    "place",
    "date",
    "code",
    "check_url",
    "officer",
    "position",
    "commune",
    "part",
];

impl RegisterHead {
    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune.name, self.day);
        filling.text("officer", &self.officer);
        filling.text("position", self.position.0);
        filling.text("commune", &self.commune.name);
        filling.text("part", &self.part);
        filling
    }
}

/// The index of parcels of a sheet.
#[derive(Debug, Clone)]
pub struct ParcelIndex {
    /// Its head.
    pub head: RegisterHead,
    /// The parcels by number.
    pub parcels: Vec<IndexedParcel>,
}

/// A parcel in the index.
#[derive(Debug, Clone)]
pub struct IndexedParcel {
    /// The number.
    pub parcel_no: i32,
    /// Who holds it.
    pub holders: Vec<String>,
    /// The kinds of the holders.
    pub kinds: Vec<String>,
    /// The area by the papers, else by the boundary.
    pub area: Area,
    /// The codes of its uses.
    pub land_use: Vec<String>,
}

impl Document for ParcelIndex {
    const WORDS: Vocabulary = Vocabulary {
        texts: &HEAD,
        tables: &[(
            "parcels",
            &["number", "holders", "kinds", "area", "land_use"],
        )],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("parcel-index", include_str!("templates/parcel-index.toml"))];

    fn day(&self) -> Date {
        self.head.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = self.head.filling(office);
        let rows = self.parcels.iter().map(|parcel| {
            row([
                ("number", parcel.parcel_no.to_string()),
                ("holders", parcel.holders.join("; ")),
                (
                    "kinds",
                    parcel
                        .kinds
                        .iter()
                        .map(|kind| kind_name(kind))
                        .collect::<Vec<_>>()
                        .join("; "),
                ),
                ("area", area_m2(parcel.area)),
                ("land_use", parcel.land_use.join("+")),
            ])
        });
        filling.tables.insert("parcels", rows.collect());
        filling
    }
}

/// What a kind of party is called.
fn kind_name(kind: &str) -> &str {
    match kind {
        "individual" => "Cá nhân",
        "couple" => "Vợ chồng",
        "household" => "Hộ gia đình",
        "organisation" => "Tổ chức",
        "community" => "Cộng đồng dân cư",
        other => other,
    }
}

/// The book of certificates of a commune.
#[derive(Debug, Clone)]
pub struct CertificateBook {
    /// Its head.
    pub head: RegisterHead,
    /// The certificates by the day of signature and the serial.
    pub certificates: Vec<BookedCertificate>,
}

/// A certificate in its book.
#[derive(Debug, Clone)]
pub struct BookedCertificate {
    /// Serial.
    pub serial: String,
    /// Entry number.
    pub entry_no: Option<String>,
    /// The day it was signed.
    pub issued_on: Option<Date>,
    /// Who holds it.
    pub holders: Vec<String>,
    /// Its parcels: `sheet/number`.
    pub parcels: Vec<String>,
    /// `valid`, `withdrawn`, `cancelled`, `exchanged`.
    pub status: String,
}

impl Document for CertificateBook {
    const WORDS: Vocabulary = Vocabulary {
        texts: &HEAD,
        tables: &[(
            "certificates",
            &[
                "number",
                "holders",
                "serial",
                "entry_no",
                "issued_on",
                "parcels",
                "status",
            ],
        )],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] = &[(
        "certificate-book",
        include_str!("templates/certificate-book.toml"),
    )];

    fn day(&self) -> Date {
        self.head.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = self.head.filling(office);
        let rows = (1..)
            .zip(&self.certificates)
            .map(|(number, certificate): (usize, _)| {
                let status = match &*certificate.status {
                    "withdrawn" => "Đã thu hồi",
                    "cancelled" => "Đã hủy",
                    "exchanged" => "Đã cấp đổi",
                    _ => "",
                };
                row([
                    ("number", number.to_string()),
                    ("holders", certificate.holders.join("; ")),
                    ("serial", certificate.serial.clone()),
                    ("entry_no", certificate.entry_no.clone().unwrap_or_default()),
                    (
                        "issued_on",
                        certificate.issued_on.map(day).unwrap_or_default(),
                    ),
                    ("parcels", certificate.parcels.join("; ")),
                    ("status", status.to_owned()),
                ])
            });
        filling.tables.insert("certificates", rows.collect());
        filling
    }
}

/// The book of changes of a commune.
#[derive(Debug, Clone)]
pub struct ChangeBook {
    /// Its head.
    pub head: RegisterHead,
    /// The changes in the order of their entry.
    pub changes: Vec<BookedChange>,
}

/// A change in its book.
#[derive(Debug, Clone)]
pub struct BookedChange {
    /// Its entry.
    pub operation_id: i64,
    /// When it was entered.
    pub made_on: Date,
    /// By whom.
    pub officer: String,
    /// The dossier.
    pub dossier: Option<String>,
    /// Its codes: `TN`.
    pub codes: Vec<String>,
    /// What these are called.
    pub names: Vec<String>,
    /// The parcels that ended, `sheet/number`.
    pub retired: Vec<String>,
    /// The parcels that came into being.
    pub made: Vec<String>,
    /// The parcels that were drawn anew.
    pub renewed: Vec<String>,
    /// The parcels that stay as they are, and whose rights or papers change, or what lies on them.
    pub amended: Vec<String>,
}

impl BookedChange {
    /// Whether land itself was changed.
    pub fn is_of_land(&self) -> bool {
        let parts = [&self.retired, &self.made, &self.renewed];
        parts.iter().any(|parcels| !parcels.is_empty())
    }

    /// What was registered where no land is changed, in words.
    fn registered(&self) -> String {
        if self.names.is_empty() {
            return "Ghi nhận thay đổi đối với thửa".to_owned();
        }
        format!("{}: thửa", self.names.join("; "))
    }

    /// What happened, in words.
    fn words(&self) -> String {
        let part = |title: &str, parcels: &[String]| {
            (!parcels.is_empty()).then(|| format!("{title} {}", parcels.join(", ")))
        };
        let parts = [
            part("Chấm dứt thửa", &self.retired),
            part("Hình thành thửa", &self.made),
            part("Vẽ lại ranh giới thửa", &self.renewed),
            part(&self.registered(), &self.amended),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(". ")
    }
}

impl Document for ChangeBook {
    const WORDS: Vocabulary = Vocabulary {
        texts: &HEAD,
        tables: &[(
            "changes",
            &["number", "made_on", "officer", "dossier", "codes", "words"],
        )],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] =
        &[("change-book", include_str!("templates/change-book.toml"))];

    fn day(&self) -> Date {
        self.head.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = self.head.filling(office);
        let rows = self.changes.iter().map(|change| {
            row([
                ("number", change.operation_id.to_string()),
                ("made_on", day(change.made_on)),
                ("officer", change.officer.clone()),
                ("dossier", change.dossier.clone().unwrap_or_default()),
                ("codes", change.codes.join(", ")),
                ("words", change.words()),
            ])
        });
        filling.tables.insert("changes", rows.collect());
        filling
    }
}

/// The page of a parcel in the cadastral book.
#[derive(Debug, Clone)]
pub struct CadastralPage {
    /// Its head.
    pub head: RegisterHead,
    /// The sheet.
    pub sheet_no: i32,
    /// The number in the sheet.
    pub parcel_no: i32,
    /// The national code.
    pub national_code: Option<String>,
    /// Where it lies.
    pub address: Option<String>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// The area by the boundary.
    pub computed_area: Area,
    /// The uses.
    pub land_use: Vec<LandUseFact>,
    /// The rights.
    pub holders: Vec<Holder>,
    /// What it came from and what became of it, newest last.
    pub changes: Vec<BookedChange>,
}

impl Document for CadastralPage {
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
            "part",
            "sheet_no",
            "parcel_no",
            "national_code",
            "address",
            "legal_area",
            "computed_area",
            "land_use",
        ],
        tables: &[
            ("uses", &["land_use", "area", "origin", "term"]),
            (
                "holders",
                &["name", "personal_no", "residence", "share", "certificate"],
            ),
            ("changes", &["number", "made_on", "codes", "words"]),
        ],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] = &[(
        "cadastral-page",
        include_str!("templates/cadastral-page.toml"),
    )];

    fn day(&self) -> Date {
        self.head.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut filling = self.head.filling(office);
        filling.text("sheet_no", self.sheet_no);
        filling.text("parcel_no", self.parcel_no);
        filling.text("national_code", known(&self.national_code));
        filling.text("address", known(&self.address));
        filling.text(
            "legal_area",
            self.legal_area.map(area_m2).unwrap_or_default(),
        );
        filling.text("computed_area", area_m2(self.computed_area));
        filling.text("land_use", uses(&self.land_use));
        let land_use = self.land_use.iter().map(|land_use| {
            let name = land_use
                .name_vi
                .as_ref()
                .map(|name| format!("{name} ({})", land_use.code));
            row([
                ("land_use", name.unwrap_or_else(|| land_use.code.clone())),
                (
                    "area",
                    land_use
                        .area_m2
                        .map(|m2| area_m2(Area::from_m2(m2)))
                        .unwrap_or_default(),
                ),
                ("origin", known(&land_use.origin)),
                ("term", known(&land_use.term)),
            ])
        });
        filling.tables.insert("uses", land_use.collect());
        filling
            .tables
            .insert("holders", self.holders.iter().map(Holder::row).collect());
        let changes = self.changes.iter().map(|change| -> Row {
            row([
                ("number", change.operation_id.to_string()),
                ("made_on", day(change.made_on)),
                ("codes", change.codes.join(", ")),
                ("words", change.words()),
            ])
        });
        filling.tables.insert("changes", changes.collect());
        filling
    }
}
