//! The tax slip of a dossier as a paper, made from what was sent.

use super::dossier::day_of;
use super::{App, PaperError, PaperFile, PaperQuery};
use crate::app::AppError;
use crate::app::dossier::{Declared, DossierError};
use crate::documents::{Payer, SlipFate, TaxSlip, TaxedParcel, TaxedUse};
use crate::domain::{Area, DossierCode, ParcelId};
use crate::policy::{Audience, Duty, Field, Purpose};
use crate::store::{AccessEntry, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Date;

time::serde::format_description!(iso_day, Date, "[year]-[month]-[day]");

/// A slip as it was sent.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default, with = "iso_day::option")]
    complete_on: Option<Date>,
    procedure: String,
    #[serde(default)]
    legal_basis: Option<String>,
    applicant: Applicant,
    land: Vec<Land>,
    declared: Declared,
}

#[derive(Debug, Deserialize)]
struct Applicant {
    name: String,
    no: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Land {
    parcel_id: Option<ParcelId>,
    commune: String,
    sheet_no: i32,
    parcel_no: i32,
    address: Option<String>,
    legal_area_m2: Option<f64>,
    uses: Vec<Use>,
    rights: Vec<Holding>,
}

#[derive(Debug, Deserialize)]
struct Use {
    code: String,
    name_vi: Option<String>,
    area_m2: Option<f64>,
    origin: Option<String>,
    term: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Holding {
    party_name: String,
    personal_no: Option<String>,
    birth_year: Option<i16>,
    residence: Option<String>,
    #[serde(default)]
    share: Option<String>,
}

/// What a slip prints of who filed the dossier.
const APPLICANT: [&str; 2] = ["applicant_name", "applicant_no"];
/// What it prints of who holds the land.
const HOLDERS: [Field; 4] = [
    Field::PartyName,
    Field::PersonalNo,
    Field::BirthYear,
    Field::Residence,
];

impl App {
    /// A tax slip of a dossier (*phiếu chuyển thông tin để xác định nghĩa vụ tài chính*), as it was sent, with what became of it. Each
    /// reading of its parties is in the ledger before it is answered.
    pub async fn tax_slip(
        self: &Arc<Self>,
        (code, slip_no): (&DossierCode, i32),
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let opened = self.opened(code, (Duty::Tax, &APPLICANT), query).await?;
        let slips = self.store.slips(opened.dossier.dossier_id).await?;
        let missing = || DossierError::NoSlip {
            code: code.clone(),
            slip_no,
        };
        let state_of = |number: i32| {
            let slip = slips.iter().find(|slip| slip.slip_no == number);
            slip.map(|slip| &*slip.state)
        };
        let takes_place = state_of(slip_no - 1) == Some("corrected");
        let row = slips.iter().find(|slip| slip.slip_no == slip_no);
        let row = row.cloned().ok_or_else(missing)?;
        let fate = match &*row.state {
            "corrected" => Some(SlipFate::Corrected),
            "cancelled" => Some(SlipFate::Cancelled(row.detail.clone().unwrap_or_default())),
            _ => None,
        };
        let sent: Sent = serde_json::from_value(row.content)
            .map_err(|error| AppError::Store(StoreError::Corrupt(error.to_string())))?;
        self.note_payers(&sent.land, (code, query)).await?;
        let mut communes = BTreeMap::new();
        for land in &sent.land {
            let name = self.commune_name(&land.commune).await?;
            communes.insert(land.commune.clone(), name);
        }
        let declared = sent.declared;
        let places = [declared.road, declared.position];
        let places: Vec<String> = places.into_iter().flatten().collect();
        let slip = TaxSlip {
            day: day_of(row.sent_at),
            number: format!("{slip_no:02}/PCT-{code}"),
            version: u32::try_from(slip_no).unwrap_or_default(),
            tax_office: self.documents.office().tax_office.clone(),
            dossier: code.to_string(),
            procedure: sent.procedure,
            takes_place,
            fate,
            legal_basis: declared.legal_basis.or(sent.legal_basis),
            officer: row.sent_by,
            commune: opened.commune.clone(),
            complete_on: sent.complete_on,
            payers: payers(sent.applicant, &sent.land),
            parcels: sent
                .land
                .into_iter()
                .map(|land| land.taxed(&communes))
                .collect(),
            position: Some(places.join(", ")).filter(|text| !text.is_empty()),
            papers: declared.papers,
            assets: declared.assets,
            price_vnd: declared
                .contract_price_vnd
                .and_then(|price| u64::try_from(price).ok()),
            exemption: declared.exemption,
        };
        let subject = format!("Phiếu số {slip_no} của hồ sơ {code}");
        let about = self.about(subject, &opened.dossier, query).await?;
        self.issue(slip, about).await
    }

    /// Notes that the holders of the land of a slip were read.
    async fn note_payers(
        &self,
        land: &[Land],
        (code, query): (&DossierCode, &PaperQuery<'_>),
    ) -> Result<(), PaperError> {
        let fields = HOLDERS.map(|field| field.name().to_owned());
        let position = self.store.position().await?;
        for land in land.iter().filter(|land| !land.rights.is_empty()) {
            let entry = AccessEntry {
                actor: &query.officer.name,
                audience: Audience::Officer.name(),
                service: "document",
                purpose: Some(Purpose::DOSSIER_HANDLING.as_str()),
                dossier: Some(code.as_str()),
                request: query.request,
                parcel_id: land.parcel_id,
                fields: &fields,
                position,
                outcome: "answered",
            };
            self.store.record_access(&entry).await?;
        }
        Ok(())
    }
}

/// Who may have to pay: the applicant, and who holds the land.
fn payers(applicant: Applicant, land: &[Land]) -> Vec<Payer> {
    let mut payers = vec![Payer {
        name: applicant.name,
        address: None,
        tax_no: applicant.no,
        birth_year: None,
    }];
    for holding in land.iter().flat_map(|land| &land.rights) {
        let known = payers
            .iter_mut()
            .find(|payer| payer.name == holding.party_name && payer.tax_no == holding.personal_no);
        match known {
            Some(payer) => {
                payer.address = holding.residence.clone().or(payer.address.take());
                payer.birth_year = holding.birth_year.or(payer.birth_year);
            }
            None => payers.push(Payer {
                name: holding.party_name.clone(),
                address: holding.residence.clone(),
                tax_no: holding.personal_no.clone(),
                birth_year: holding.birth_year,
            }),
        }
    }
    payers
}

impl Land {
    fn taxed(self, communes: &BTreeMap<String, String>) -> TaxedParcel {
        let has_part = |right: &Holding| right.share.as_deref().is_some_and(|share| share != "1/1");
        let is_shared = self.rights.len() > 1 || self.rights.iter().any(has_part);
        let uses = self.uses.into_iter().map(|row| TaxedUse {
            land_use: match row.name_vi {
                Some(name) => format!("{name} ({})", row.code),
                None => row.code,
            },
            area: row.area_m2.map(Area::from_m2),
            is_shared,
            origin: row.origin,
            term: row.term,
        });
        TaxedParcel {
            uses: uses.collect(),
            commune: communes.get(&self.commune).cloned().unwrap_or(self.commune),
            sheet_no: self.sheet_no,
            parcel_no: self.parcel_no,
            address: self.address,
            area: self.legal_area_m2.map(Area::from_m2),
        }
    }
}
