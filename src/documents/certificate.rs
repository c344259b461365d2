//! Certificates (*Giấy chứng nhận*) on paper that is printed already, and what is written on them after their issue.

use super::document::Document;
use super::filling::{Filling, Row, Vocabulary, row};
use super::map::Map;
use super::number::{area_m2, day, local};
use super::office::Office;
use super::paper::At;
use crate::domain::{Area, LandUseFact};
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};

/// What stands where the register knows of nothing.
const NOTHING: &str = "-/-";

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The template of its form.
    pub template: String,
    /// When it was signed.
    pub signed_on: Date,
    /// Its serial, which the blank has already.
    pub serial: String,
    /// Its number in the register of certificates.
    pub entry_no: Option<String>,
    /// The commune, for the place before the date.
    pub commune: String,
    /// Who holds by it.
    pub holders: Vec<CertifiedHolder>,
    /// For which parcels.
    pub parcels: Vec<CertifiedParcel>,
    /// The parcels and those around them.
    pub map: Map,
    /// Restrictions and others, in words.
    pub notes: Vec<String>,
    /// What its QR code says beside its content.
    pub qr: QrFacts,
    /// By how much the printer is off, to the right and down.
    pub offset_mm: At,
}

/// Who holds by a certificate.
#[derive(Debug, Clone)]
pub struct CertifiedHolder {
    /// `individual`, `couple`, `household`, `organisation` or `community`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The personal, tax or enterprise number.
    pub personal_no: Option<String>,
    /// How much of the right; none where it is the whole.
    pub share: Option<String>,
}

/// A parcel of a certificate.
#[derive(Debug, Clone)]
pub struct CertifiedParcel {
    /// The number as printed.
    pub parcel_no: String,
    /// The sheet as printed.
    pub sheet_no: String,
    /// Where it lies.
    pub address: Option<String>,
    /// The area by the papers, else by the boundary.
    pub area: Area,
    /// The uses.
    pub land_use: Vec<LandUseFact>,
}

/// What the QR code of the form of 2024 says beside the serial.
#[derive(Debug, Clone)]
pub struct QrFacts {
    /// When the certificate was taken into the register.
    pub created_at: OffsetDateTime,
    /// When what is known of it was changed last.
    pub modified_at: OffsetDateTime,
    /// The dossier.
    pub dossier: Option<String>,
    /// The code of the certificate (*mã Giấy chứng nhận*).
    pub certificate_code: String,
}

impl Document for Certificate {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "signatory",
            "serial",
            "entry_no",
            "qr",
            "holders",
            "is_one",
            "parcel_no",
            "sheet_no",
            "address",
            "area",
            "whole_area",
            "land_use",
            "term",
            "form_of_use",
            "origin",
            "assets",
            "notes",
        ],
        tables: &[(
            "parcels",
            &[
                "parcel_no",
                "sheet_no",
                "address",
                "area",
                "land_use",
                "term",
                "origin",
            ],
        )],
        maps: &["map"],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] = &[
        (
            "certificate-2024",
            include_str!("templates/certificate-2024.toml"),
        ),
        (
            "certificate-2009",
            include_str!("templates/certificate-2009.toml"),
        ),
    ];

    fn template(&self) -> &str {
        &self.template
    }

    fn day(&self) -> Date {
        self.signed_on
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune, self.signed_on);
        filling.offset_mm = self.offset_mm;
        filling.text("signatory", &office.signatory);
        filling.text("serial", &self.serial);
        filling.text("entry_no", self.entry_no.clone().unwrap_or_default());
        let holders: Vec<String> = self.holders.iter().map(CertifiedHolder::line).collect();
        filling.text("holders", holders.join("\n"));
        filling.text("form_of_use", form_of_use(&self.holders));
        filling.text("assets", NOTHING);
        filling.text("notes", or_nothing(&self.notes.join("; ")));
        let tenths = self.parcels.iter().map(|parcel| parcel.area.tenths_m2());
        filling.text("whole_area", area_m2(Area::from_tenths_m2(tenths.sum())));
        let rows: Vec<Row> = self.parcels.iter().map(CertifiedParcel::row).collect();
        if let [one] = &*rows {
            filling.text("is_one", "x");
            filling.texts.extend(one.clone());
        } else {
            filling.tables.insert("parcels", rows);
        }
        filling.maps.insert("map", self.map.clone());
        let qr = self.qr.text(office, &self.serial, &filling);
        filling.text("qr", qr);
        filling
    }
}

/// Whose the use is: one holder's alone, or common: of several, or of one who has a part of it, whatever certificates the others have.
fn form_of_use(holders: &[CertifiedHolder]) -> &'static str {
    match holders {
        [one] if one.share.is_none() => "Sử dụng riêng",
        _ => "Sử dụng chung",
    }
}

fn or_nothing(text: &str) -> String {
    let text = if text.is_empty() { NOTHING } else { text };
    text.to_owned()
}

impl CertifiedHolder {
    /// As the first section names a holder.
    fn line(&self) -> String {
        let (before, number) = match &*self.kind {
            "individual" => ("Ông (Bà) ", "số định danh"),
            "couple" => ("Vợ chồng ông (bà) ", "số định danh"),
            "household" => ("Hộ ông (bà) ", "số định danh"),
            "organisation" => ("", "mã số"),
            _ => ("", "số"),
        };
        let mut line = format!("{before}{}", self.name);
        if let Some(personal_no) = &self.personal_no {
            line += &format!(", {number}: {personal_no}");
        }
        if let Some(share) = &self.share {
            line += &format!(" (tỷ lệ {share})");
        }
        line
    }
}

impl CertifiedParcel {
    fn row(&self) -> Row {
        let each = |of: fn(&LandUseFact) -> Option<String>| {
            let mut said: Vec<String> = self.land_use.iter().filter_map(of).collect();
            said.dedup();
            or_nothing(&said.join("; "))
        };
        let uses = self.land_use.iter().map(|land_use| {
            let name = land_use.name_vi.as_ref().unwrap_or(&land_use.code);
            match land_use.area_m2.filter(|_| self.land_use.len() > 1) {
                Some(m2) => format!("{name} {} m²", area_m2(Area::from_m2(m2))),
                None => name.clone(),
            }
        });
        row([
            ("parcel_no", self.parcel_no.clone()),
            ("sheet_no", self.sheet_no.clone()),
            (
                "address",
                or_nothing(self.address.as_deref().unwrap_or_default()),
            ),
            ("area", area_m2(self.area)),
            ("land_use", or_nothing(&uses.collect::<Vec<_>>().join("; "))),
            ("term", each(|land_use| land_use.term.clone())),
            ("origin", each(|land_use| land_use.origin.clone())),
        ])
    }
}

impl QrFacts {
    /// The eight parts of the QR code. The last is a number made from everything that is printed.
    ///
    /// # Source
    /// The form of 2024 as the tools of a province read it: `created|unit|software|dossier|serial|certificate|modified|check`.
    fn text(&self, office: &Office, serial: &str, filling: &Filling) -> String {
        let moment = |at| {
            let at = local(at);
            let (day, month, year) = (at.day(), u8::from(at.month()), at.year());
            let (hour, minute, second) = (at.hour(), at.minute(), at.second());
            format!("{day:02}-{month:02}-{year}-{hour:02}-{minute:02}-{second:02}")
        };
        let parts = [
            moment(self.created_at),
            office.unit_code.clone(),
            // In plain letters: readers guess other encodings for marks.
            "Dia Ba".to_owned(),
            self.dossier.clone().unwrap_or_default(),
            serial.to_owned(),
            self.certificate_code.clone(),
            moment(self.modified_at),
        ];
        let known = parts.map(|part| part.replace('|', " ")).join("|");
        let printed = format!("{known}\n{:?}\n{:?}", filling.texts, filling.tables);
        let digest = Sha256::digest(printed);
        let number = digest.iter().take(8);
        let number = number.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{known}|{:012}", number % 1_000_000_000_000)
    }
}

/// Changes that are written on a certificate after its issue.
#[derive(Debug, Clone)]
pub struct CertificateNotes {
    /// The template of its form.
    pub template: String,
    /// The day of the last of them.
    pub day: Date,
    /// The certificate's serial.
    pub serial: String,
    /// The commune, for the place before the date.
    pub commune: String,
    /// What is written.
    pub notes: Vec<CertificateNote>,
    /// By how much the printer is off, to the right and down.
    pub offset_mm: At,
    /// How much of the table is written on already.
    pub after_mm: f64,
}

/// A change that is written on a certificate.
#[derive(Debug, Clone)]
pub struct CertificateNote {
    /// When.
    pub noted_on: Date,
    /// What.
    pub content: String,
}

impl Document for CertificateNotes {
    const WORDS: Vocabulary = Vocabulary {
        texts: &[
            "agency_above",
            "agency",
            "place",
            "date",
            "code",
            "check_url",
            "signatory",
            "serial",
        ],
        tables: &[(
            "notes",
            &["noted_on", "content", "place", "agency", "signatory"],
        )],
        maps: &[],
    };
    const TEMPLATES: &'static [(&'static str, &'static str)] = &[
        (
            "certificate-notes-2024",
            include_str!("templates/certificate-notes-2024.toml"),
        ),
        (
            "certificate-notes-2009",
            include_str!("templates/certificate-notes-2009.toml"),
        ),
        (
            "certificate-notes-2004",
            include_str!("templates/certificate-notes-2004.toml"),
        ),
    ];

    fn template(&self) -> &str {
        &self.template
    }

    fn day(&self) -> Date {
        self.day
    }

    fn filling(&self, office: &Office) -> Filling {
        let mut filling = Filling::default();
        office.head(&mut filling, &self.commune, self.day);
        filling.offset_mm = self.offset_mm;
        filling.below_mm = self.after_mm;
        filling.text("signatory", &office.signatory);
        filling.text("serial", &self.serial);
        let notes = self.notes.iter().map(|note| {
            row([
                ("noted_on", day(note.noted_on)),
                ("content", note.content.clone()),
                ("place", office.place_or(&self.commune).to_owned()),
                ("agency", office.agency.clone()),
                ("signatory", office.signatory.clone()),
            ])
        });
        filling.tables.insert("notes", notes.collect());
        filling
    }
}
