//! Papers that are attached to dossiers.

use super::{HeldDossier, Store, StoreError};
use time::OffsetDateTime;

/// A paper of a dossier.
#[derive(Debug, Clone)]
pub struct PaperRow {
    /// Its number within the dossier.
    pub ordinal: i32,
    /// The digest of its content.
    pub sha256: Vec<u8>,
    /// What it is.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// *Loại bản*: 0 original, 1 copy, 2 electronic.
    pub copy_kind: i16,
    /// Its size.
    pub size_bytes: i64,
    /// `application/pdf`, `image/jpeg` or `image/png`.
    pub media_type: String,
    /// Who attached it.
    pub attached_by: String,
    /// When.
    pub attached_at: OffsetDateTime,
}

impl Store {
    /// The papers of a dossier, in order.
    pub async fn papers(&self, dossier_id: i64) -> Result<Vec<PaperRow>, StoreError> {
        let papers = sqlx::query_as!(
            PaperRow,
            "select d.ordinal, d.sha256, d.kind, d.name, d.copy_kind, a.size_bytes, a.media_type, d.attached_by, d.attached_at
             from dossier_attachment d join attachment a on a.sha256 = d.sha256 where d.dossier_id = $1 order by d.ordinal",
            dossier_id
        );
        Ok(papers.fetch_all(&self.pool).await?)
    }

    /// The codes of papers, with their names.
    pub async fn paper_kinds(&self) -> Result<Vec<String>, StoreError> {
        let kinds = sqlx::query_scalar!("select code from attachment_kind order by code");
        Ok(kinds.fetch_all(&self.pool).await?)
    }
}

impl HeldDossier {
    /// Attaches a paper whose content is kept; the same again changes nothing.
    pub async fn attach(&mut self, paper: &PaperRow) -> Result<(), StoreError> {
        let id = self.standing.dossier.dossier_id;
        sqlx::query!(
            "insert into attachment (sha256, size_bytes, media_type) values ($1, $2, $3) on conflict do nothing",
            paper.sha256, paper.size_bytes, paper.media_type
        )
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query!(
            "insert into dossier_attachment (dossier_id, ordinal, sha256, kind, name, copy_kind, attached_by)
             values ($1, 1 + coalesce((select max(ordinal) from dossier_attachment where dossier_id = $1), 0), $2, $3, $4, $5, $6)
             on conflict on constraint dossier_attachment_once do nothing",
            id, paper.sha256, paper.kind, paper.name, paper.copy_kind, paper.attached_by
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
