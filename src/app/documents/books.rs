//! The registers of a commune as papers.

use super::super::land::find;
use super::extract::holders;
use super::{About, App, Asking, PaperError, PaperFile, PaperQuery, Sight};
use crate::app::Asked;
use crate::documents::{
    BookedCertificate, BookedChange, CadastralPage, CertificateBook, ChangeBook, IndexedParcel,
    ParcelIndex, RegisterHead,
};
use crate::domain::{
    Area, AsOf, CertificateId, CommuneCode, CommuneFact, ParcelId, Position, SheetKey,
};
use crate::policy::Duty;
use crate::store::{EnteredOperation, SheetCertificate, Snapshot};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use time::Date;

/// The most entries of a book of changes in one file.
pub const CHANGES_AT_ONCE: i64 = 500;

/// A part of the book of changes.
#[derive(Debug, Clone)]
pub struct ChangesPart {
    /// The file.
    pub file: PaperFile,
    /// The entry that the next part comes after; none where this is the last.
    pub next_after: Option<i64>,
}

impl App {
    /// The index of a sheet's parcels (*sổ mục kê đất đai*).
    pub async fn parcel_index(
        self: &Arc<Self>,
        sheet: SheetKey,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let mut reading = self.reading(sheet.commune, query).await?;
        let parcels = reading
            .snapshot
            .sheet_parcels(sheet.commune, sheet.sheet_no)
            .await?;
        if parcels.is_empty() {
            return Err(PaperError::NoSuchSheet(sheet));
        }
        let (head, about) = reading
            .end(self, query, format!("Tờ bản đồ số {}", sheet.sheet_no))
            .await?;
        let parcels = parcels.into_iter().map(|parcel| IndexedParcel {
            parcel_no: parcel.parcel_no,
            holders: parcel.holders,
            kinds: parcel.kinds,
            area: parcel.area,
            land_use: parcel.land_use,
        });
        let index = ParcelIndex {
            head,
            parcels: parcels.collect(),
        };
        self.issue(index, about).await
    }

    /// The book of the certificates of a sheet's parcels (*sổ cấp Giấy chứng nhận*).
    pub async fn certificate_book(
        self: &Arc<Self>,
        sheet: SheetKey,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let mut reading = self.reading(sheet.commune, query).await?;
        let found = reading
            .snapshot
            .sheet_certificates(sheet.commune, sheet.sheet_no)
            .await?;
        let (head, about) = reading
            .end(self, query, format!("Tờ bản đồ số {}", sheet.sheet_no))
            .await?;
        let book = CertificateBook {
            head,
            certificates: booked(found, sheet.sheet_no),
        };
        self.issue(book, about).await
    }

    /// The book of a commune's changes after an entry (*sổ theo dõi biến động đất đai*).
    pub async fn change_book(
        self: &Arc<Self>,
        commune: CommuneCode,
        after: i64,
        query: &PaperQuery<'_>,
    ) -> Result<ChangesPart, PaperError> {
        let mut reading = self.reading(commune, query).await?;
        let entered = reading
            .snapshot
            .commune_operations(commune, after, CHANGES_AT_ONCE)
            .await?;
        let is_full = i64::try_from(entered.len()).unwrap_or(i64::MAX) == CHANGES_AT_ONCE;
        let last = entered.last().map(|entered| entered.land_operation_id);
        let part = match (entered.first(), last) {
            (Some(first), Some(last)) => format!("mục {} đến {last}", first.land_operation_id),
            _ => format!("sau mục {after}"),
        };
        let (head, about) = reading.end(self, query, part).await?;
        let book = ChangeBook {
            head,
            changes: entered.into_iter().map(change).collect(),
        };
        Ok(ChangesPart {
            file: self.issue(book, about).await?,
            next_after: last.filter(|_| is_full),
        })
    }

    /// The page of a current parcel in the cadastral book (*sổ địa chính*).
    pub async fn cadastral_page(
        self: &Arc<Self>,
        id: ParcelId,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let sight = Sight::of(query.purpose)?;
        let day = self.paper_day().await?;
        let mut snapshot = self.store.snapshot().await?;
        let position = snapshot.position();
        let stored = find(&mut snapshot, Asked::Id(id), AsOf::default())
            .await?
            .ok_or(PaperError::NoSuchParcel)?;
        let rights = snapshot.rights(id, AsOf::default()).await?;
        let entered = snapshot.parcel_operations(id).await?;
        let parcels = snapshot.stands(&[id], sight.shows_rights()).await?;
        drop(snapshot);
        let facts = stored.facts;
        self.note_land(&facts, (query, &sight), position).await?;
        let part = format!("thửa {}, tờ {}", facts.parcel_no, facts.sheet_no);
        let about = About {
            subject: format!("Sổ địa chính, {part} – {}", facts.commune.name),
            commune: facts.commune.code.to_string(),
            parcels,
            certificate_id: None,
            dossier: None,
            officer: &query.officer.name,
            position,
        };
        let page = CadastralPage {
            head: RegisterHead {
                day,
                position,
                officer: query.officer.name.clone(),
                commune: facts.commune,
                part,
            },
            sheet_no: facts.sheet_no,
            parcel_no: facts.parcel_no,
            national_code: facts.national_code.map(|code| code.as_str().to_owned()),
            address: facts.address,
            legal_area: facts.legal_area_m2.map(Area::from_m2),
            computed_area: Area::from_m2(facts.computed_area_m2),
            land_use: sight.uses(facts.land_use),
            holders: holders(&rights, &sight),
            changes: changes(entered, &sight),
        };
        self.issue(page, about).await
    }

    /// Begins to read a register of a commune: registers are the office's own, and only for its own work.
    async fn reading(
        &self,
        commune: CommuneCode,
        query: &PaperQuery<'_>,
    ) -> Result<Reading, PaperError> {
        let sight = Sight::of(query.purpose)?;
        let day = self.paper_day().await?;
        let mut snapshot = self.store.snapshot().await?;
        let commune = snapshot
            .commune(commune)
            .await?
            .ok_or(PaperError::NoSuchCommune(commune))?;
        Ok(Reading {
            sight,
            day,
            position: snapshot.position(),
            snapshot,
            commune,
        })
    }
}

/// A register that is being read.
struct Reading {
    sight: Sight,
    day: Date,
    position: Position,
    snapshot: Snapshot,
    commune: CommuneFact,
}

impl Reading {
    /// Notes the reading; gives the head of the paper and what is noted of it.
    async fn end<'q>(
        self,
        app: &App,
        query: &PaperQuery<'q>,
        part: String,
    ) -> Result<(RegisterHead, About<'q>), PaperError> {
        drop(self.snapshot);
        let asking = Asking {
            query,
            sight: &self.sight,
            duty: Duty::Read,
            position: self.position,
            refusal: None,
        };
        let about = (self.commune.code.as_str(), None);
        app.note(&asking, &[about]).await?;
        let about = About {
            subject: format!("{part} – {}", self.commune.name),
            commune: self.commune.code.to_string(),
            parcels: Vec::new(),
            certificate_id: None,
            dossier: None,
            officer: &query.officer.name,
            position: self.position,
        };
        let head = RegisterHead {
            day: self.day,
            position: self.position,
            officer: query.officer.name.clone(),
            commune: self.commune,
            part,
        };
        Ok((head, about))
    }
}

/// Certificates once, each with all its parcels of the sheet.
fn booked(found: Vec<SheetCertificate>, sheet_no: i32) -> Vec<BookedCertificate> {
    let mut places: HashMap<CertificateId, usize> = HashMap::new();
    let mut booked: Vec<BookedCertificate> = Vec::new();
    for certificate in found {
        let parcel = format!("{sheet_no}/{}", certificate.parcel_no);
        let place = *places
            .entry(certificate.certificate_id)
            .or_insert(booked.len());
        let Some(known) = booked.get_mut(place) else {
            booked.push(BookedCertificate {
                serial: certificate.serial,
                entry_no: certificate.entry_no,
                issued_on: certificate.issued_on,
                holders: certificate.holders,
                parcels: vec![parcel],
                status: certificate.status,
            });
            continue;
        };
        known.parcels.push(parcel);
        for holder in certificate.holders {
            if !known.holders.contains(&holder) {
                known.holders.push(holder);
            }
        }
    }
    booked
}

/// What happened to a parcel, as far as a reader may know: that somebody's rights have changed is not for everybody.
fn changes(entered: Vec<EnteredOperation>, sight: &Sight) -> Vec<BookedChange> {
    let all = entered.into_iter().map(change);
    all.filter(|change| sight.shows_rights() || change.is_of_land())
        .collect()
}

/// An entry as its book has it, read from its report.
fn change(entered: EnteredOperation) -> BookedChange {
    let texts = |list: &Value, name: Option<&str>| -> Vec<String> {
        let items = list.as_array().map_or(&[][..], Vec::as_slice).iter();
        let text = |item: &Value| {
            name.map_or(item, |name| &item[name])
                .as_str()
                .map(str::to_owned)
        };
        items.filter_map(text).collect()
    };
    let report = &entered.report;
    let mut retired = texts(&report["retired"], Some("parcel"));
    retired.extend(texts(&report["ended"], Some("parcel")));
    BookedChange {
        codes: texts(&report["codes"], None),
        names: texts(&report["changes"], Some("name_vi")),
        retired,
        made: texts(&report["made"], Some("parcel")),
        renewed: texts(&report["renewed"], Some("parcel")),
        amended: texts(&report["amended"], Some("parcel")),
        operation_id: entered.land_operation_id,
        made_on: entered.made_on,
        officer: entered.officer,
        dossier: entered.dossier,
    }
}
