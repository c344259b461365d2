//! Who holds which parcel: the rows of the register.

use super::certificates::{Certificate, Certificates};
use super::commune::{Parcel, Sheet};
use super::country::Commune;
use super::names;
use super::parties::{Parties, Party};
use super::random::Random;
use super::uses::is_public;
use crate::domain::{Area, Share};
use serde::Serialize;
use time::{Date, macros::date};

/// One line of the register: a right of one party in one parcel for one use.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    #[serde(rename = "Mã xã")]
    commune: String,
    #[serde(rename = "Số tờ")]
    sheet_no: i32,
    #[serde(rename = "Số thửa")]
    parcel_no: i32,
    #[serde(rename = "Loại chủ")]
    party_kind: &'static str,
    #[serde(rename = "Tên chủ")]
    name: String,
    #[serde(rename = "Số giấy tờ")]
    number: String,
    #[serde(rename = "Năm sinh")]
    birth_year: Option<i32>,
    #[serde(rename = "Nơi thường trú")]
    residence: String,
    #[serde(rename = "Tỷ lệ")]
    share: String,
    #[serde(rename = "Số phát hành")]
    serial: String,
    #[serde(rename = "Số vào sổ")]
    entry_no: String,
    #[serde(rename = "Ngày cấp")]
    issued_on: String,
    #[serde(rename = "Mục đích")]
    land_use: &'static str,
    #[serde(rename = "Diện tích")]
    area_m2: String,
    #[serde(rename = "Nguồn gốc")]
    origin: &'static str,
    #[serde(rename = "Thời hạn")]
    term: String,
}

/// Who holds something, how much of it, by which paper.
#[derive(Debug)]
struct Holding {
    holders: Vec<(Party, Share)>,
    certificate: Certificate,
    /// Whether another parcel may still be written on the certificate.
    is_open: bool,
}

impl Holding {
    fn with_second_parcel(self) -> Self {
        Self {
            is_open: false,
            ..self
        }
    }
}

/// Fills the register sheet after sheet.
#[derive(Debug)]
pub(super) struct Registrar {
    random: Random,
    parties: Parties,
    certificates: Certificates,
}

impl Registrar {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed, u64::MAX - 2),
            parties: Parties::default(),
            certificates: Certificates::default(),
        }
    }

    /// The rows of a sheet. Some public land has none; some neighbouring fields share a certificate or an owner.
    pub fn rows(&mut self, commune: &Commune, sheet: &Sheet) -> Vec<Row> {
        let mut rows = Vec::with_capacity(sheet.parcels.len() * 5 / 4);
        let mut last_field: Option<Holding> = None;
        for parcel in &sheet.parcels {
            let unregistered = if is_public(parcel.land_use) {
                0.4
            } else {
                0.015
            };
            if self.random.chance(unregistered) {
                continue;
            }
            let is_field = is_field(parcel.land_use);
            let holding = match last_field.take_if(|_| is_field) {
                Some(last) if last.is_open && self.random.chance(0.12) => last.with_second_parcel(),
                Some(last) if self.random.chance(0.15) => self.second_holding(last),
                _ => self.holding(commune, parcel.land_use),
            };
            rows.extend(self.rights(commune, sheet.no, parcel, &holding));
            if is_field {
                last_field = Some(holding);
            }
        }
        rows
    }

    fn holding(&mut self, commune: &Commune, land_use: &str) -> Holding {
        let certificate = self.certificates.issue(&mut self.random);
        let holders = self.holders(commune, land_use, certificate.issued_on);
        Holding {
            holders,
            certificate,
            is_open: true,
        }
    }

    /// The same holders get another certificate on the same day.
    fn second_holding(&mut self, first: Holding) -> Holding {
        let certificate = self
            .certificates
            .issue_beside(&first.certificate, &mut self.random);
        Holding {
            certificate,
            is_open: true,
            ..first
        }
    }

    fn holders(&mut self, commune: &Commune, land_use: &str, day: Date) -> Vec<(Party, Share)> {
        // Households have been granted no land since the Land Law 2024 came into force.
        let knows_households = day < date!(2024 - 08 - 01);
        let (random, year) = (&mut self.random, day.year());
        let by_company = matches!(land_use, "TMD" | "SKC") && random.chance(0.6);
        let holder = if by_company || is_public(land_use) {
            self.parties.organisation(commune, land_use, random)
        } else {
            match random.below(100) {
                0..6 => return self.siblings(commune, year),
                6..22 if knows_households => self.parties.household(commune, year, random),
                22..66 => self.parties.couple(commune, year, random),
                _ => self
                    .parties
                    .individual(names::family(random), commune, year, random),
            }
        };
        vec![(holder, Share::WHOLE)]
    }

    /// Two or three people of one family, who share one certificate.
    fn siblings(&mut self, commune: &Commune, year: i32) -> Vec<(Party, Share)> {
        let random = &mut self.random;
        let family = names::family(random);
        let parts = random.weighted(&[(6, &[1, 1][..]), (3, &[1, 1, 1]), (1, &[2, 3])]);
        let whole = parts.iter().sum();
        let shares = parts.iter().filter_map(|&part| Share::new(part, whole));
        shares
            .map(|share| {
                (
                    self.parties.individual(family, commune, year, random),
                    share,
                )
            })
            .collect()
    }

    /// One row for each holder and use.
    fn rights(
        &mut self,
        commune: &Commune,
        sheet_no: i32,
        parcel: &Parcel,
        holding: &Holding,
    ) -> Vec<Row> {
        let uses = self.uses(parcel);
        let certificate = &holding.certificate;
        let row = |(party, share): &(Party, Share), each: &UsePart| Row {
            commune: commune.code.clone(),
            sheet_no,
            parcel_no: parcel.no,
            party_kind: party.kind,
            name: party.name.clone(),
            number: party.number.clone(),
            birth_year: party.birth_year,
            residence: party.residence.clone(),
            share: if *share == Share::WHOLE {
                "1".to_owned()
            } else {
                share.to_string()
            },
            serial: certificate.serial.clone(),
            entry_no: certificate.entry_no.clone(),
            issued_on: day_first(certificate.issued_on),
            land_use: each.code,
            area_m2: each.area.to_string(),
            origin: each.origin,
            term: term(each.code, certificate.issued_on),
        };
        holding
            .holders
            .iter()
            .flat_map(|holder| uses.iter().map(move |each| row(holder, each)))
            .collect()
    }

    /// The uses with their legal areas; together they are the parcel's.
    fn uses(&mut self, parcel: &Parcel) -> Vec<UsePart> {
        let mut part = |code, tenths| UsePart {
            code,
            area: Area::from_tenths_m2(tenths),
            origin: self.random.pick(origins(code)),
        };
        let all_tenths = parcel.legal_area.tenths_m2();
        let Some(second_use) = parcel.second_use else {
            return vec![part(parcel.land_use, all_tenths)];
        };
        // A plot for the house of 100 to 200 m²; the garden is the rest.
        let home_tenths = 1_000 + all_tenths % 6 * 200;
        vec![
            part(parcel.land_use, home_tenths),
            part(second_use, all_tenths.saturating_sub(home_tenths)),
        ]
    }
}

/// A part of a parcel that is used in one way.
struct UsePart {
    code: &'static str,
    area: Area,
    origin: &'static str,
}

fn is_field(land_use: &str) -> bool {
    matches!(land_use, "LUC" | "LUK" | "CLN" | "NTS")
}

/// # Source
/// The code list of the cadastral records (`CNQ` recognised, `DG` allocated, `DT` leased; `CTT` and `KTT` with and without a
/// fee); `TA`, `CN` and `TK` before a code are gift, transfer and inheritance.
fn origins(land_use: &str) -> &'static [&'static str] {
    match land_use {
        "ODT" | "ONT" => &[
            "CNQ-CTT",
            "CNQ-CTT",
            "CNQ-CTT",
            "CNQ-KTT",
            "CNQ-KTT",
            "CN-CNQ-CTT",
            "TA-CNQ-CTT",
        ],
        "LUC" | "LUK" | "CLN" | "NTS" => &[
            "CNQ-KTT",
            "CNQ-KTT",
            "CNQ-KTT",
            "DG-KTT",
            "DG-KTT",
            "TK-CNQ-KTT",
        ],
        "TMD" | "SKC" => &["DT-TML", "DT-THN", "DG-CTT"],
        _ => &["DG-KTT", "DG-QL"],
    }
}

fn term(land_use: &str, issued_on: Date) -> String {
    match land_use {
        "TMD" | "SKC" => format!("50 năm kể từ ngày {}", day_first(issued_on)),
        _ if !is_field(land_use) => "Lâu dài".to_owned(),
        _ if issued_on < date!(2014 - 07 - 01) => "Đến ngày 15/10/2063".to_owned(),
        _ => "Đến ngày 01/07/2064".to_owned(),
    }
}

fn day_first(day: Date) -> String {
    format!(
        "{:02}/{:02}/{}",
        day.day(),
        u8::from(day.month()),
        day.year()
    )
}
