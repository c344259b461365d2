//! Papers: taken in only where they are what they say, kept by their content.

use super::{DossierError, ground};
use crate::app::{App, AppError};
use crate::domain::DossierCode;
use crate::policy::{Audience, Duty, Officer, Purpose};
use crate::store::{AccessEntry, PaperRow, StoreError};
use std::sync::Arc;
use time::OffsetDateTime;

/// The longest name of a paper.
const NAME_CHARS: usize = 200;

/// How each kind of paper begins.
///
/// # Source
/// ISO 32000-1 §7.5.2 (PDF), ITU-T T.81 annex B (JPEG), ISO/IEC 15948 §5.2 (PNG).
const BEGINNINGS: [(&[u8], &str); 3] = [
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
];

/// A paper that comes in.
#[derive(Debug, Clone)]
pub struct Paper {
    /// What it is, by its code.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// *Loại bản*: 0 original, 1 copy, 2 electronic.
    pub copy_kind: i16,
    /// The bytes.
    pub content: Vec<u8>,
}

impl App {
    /// Attaches a paper to a dossier; the same again changes nothing. Gives the papers of the dossier.
    pub async fn attach(
        self: &Arc<Self>,
        officer: &Officer,
        code: &DossierCode,
        paper: Paper,
    ) -> Result<Vec<PaperRow>, DossierError> {
        let kinds = self.store.paper_kinds().await?;
        let mut faults = Vec::new();
        if !kinds.contains(&paper.kind) {
            faults.push(format!("kind is one of {}", kinds.join(", ")));
        }
        if !(1..=NAME_CHARS).contains(&paper.name.chars().count())
            || paper.name.chars().any(char::is_control)
        {
            faults.push(format!("name has 1 to {NAME_CHARS} characters"));
        }
        if !(0..=2).contains(&paper.copy_kind) {
            faults.push("copy is 0 (original), 1 (copy) or 2 (electronic)".to_owned());
        }
        if !faults.is_empty() {
            return Err(DossierError::Unreadable(faults));
        }
        let begins = |(beginning, _): &&(&[u8], &str)| paper.content.starts_with(beginning);
        let (_, media_type) = BEGINNINGS
            .iter()
            .find(begins)
            .ok_or(DossierError::NotAPaper)?;
        let mut held = self.hold_dossier(code, None).await?;
        let ground = ground(&held.standing.dossier, officer);
        if officer.may(Duty::Handle).is_err() {
            officer.may_at(Duty::File, ground)?;
        }
        officer.may_at(Duty::See, ground)?;
        let (contents, size_bytes) = (self.contents.clone(), paper.content.len());
        let put = tokio::task::spawn_blocking(move || contents.put(&paper.content));
        // The bytes are durable before the row that names them.
        let sha256 = put.await.map_err(AppError::from)?.map_err(AppError::from)?;
        held.attach(&PaperRow {
            ordinal: 0,
            sha256,
            kind: paper.kind,
            name: paper.name,
            copy_kind: paper.copy_kind,
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
            media_type: (*media_type).to_owned(),
            attached_by: officer.name.clone(),
            attached_at: OffsetDateTime::UNIX_EPOCH,
        })
        .await?;
        let id = held.standing.dossier.dossier_id;
        held.commit().await?;
        Ok(self.store.papers(id).await?)
    }

    /// The papers of a dossier.
    pub async fn papers(
        &self,
        officer: &Officer,
        code: &DossierCode,
    ) -> Result<Vec<PaperRow>, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        officer.may_at(Duty::See, ground(&dossier, officer))?;
        Ok(self.store.papers(dossier.dossier_id).await?)
    }

    /// The content of a paper, with its media type. The reading is in the ledger before it is answered.
    pub async fn paper(
        &self,
        officer: &Officer,
        (code, ordinal): (&DossierCode, i32),
        request: &str,
    ) -> Result<(Vec<u8>, String), DossierError> {
        let papers = self.papers(officer, code).await?;
        let paper = papers.into_iter().find(|paper| paper.ordinal == ordinal);
        let missing = || DossierError::NoPaper {
            code: code.clone(),
            ordinal,
        };
        let paper = paper.ok_or_else(missing)?;
        let entry = AccessEntry {
            actor: &officer.name,
            audience: Audience::Officer.name(),
            service: "attachment",
            purpose: Some(Purpose::DOSSIER_HANDLING.as_str()),
            dossier: Some(code.as_str()),
            request,
            parcel_id: None,
            fields: &["attachment".to_owned()],
            position: self.store.position().await?,
            outcome: "answered",
        };
        self.store.record_access(&entry).await?;
        let (contents, digest) = (self.contents.clone(), paper.sha256);
        let taken = tokio::task::spawn_blocking(move || contents.take(&digest));
        let content = taken
            .await
            .map_err(AppError::from)?
            .map_err(AppError::from)?;
        let lost = || {
            let what = format!("paper {ordinal} of dossier {code}, whose file is not there");
            AppError::Store(StoreError::Corrupt(what))
        };
        Ok((content.ok_or_else(lost)?, paper.media_type))
    }
}
