//! Which papers were signed, by whom, and what came of it.

use super::{Store, StoreError};
use time::OffsetDateTime;

/// A signature on a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureRow {
    /// `officer` or `office`.
    pub seat: String,
    /// Who let it be signed.
    pub officer: String,
    /// The name in the certificate.
    pub signer: String,
    /// The digest of the signed file.
    pub file_sha256: Vec<u8>,
    /// When.
    pub signed_at: OffsetDateTime,
}

impl Store {
    /// The signatures on a paper, in order.
    pub async fn signatures(&self, code: &str) -> Result<Vec<SignatureRow>, StoreError> {
        let rows = sqlx::query_as!(
            SignatureRow,
            "select seat, officer, signer, file_sha256, signed_at from document_signature where code = $1 order by recorded_at",
            code
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Notes a signature on a paper that has so many; says whether nobody else signed it meanwhile.
    pub async fn note_signature(
        &self,
        (code, known): (&str, usize),
        row: &SignatureRow,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        // Who signs the same paper waits here.
        sqlx::query!("select pg_advisory_xact_lock(3, hashtext($1))", code)
            .execute(&mut *transaction)
            .await?;
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from document_signature where code = $1"#,
            code
        );
        let count = count.fetch_one(&mut *transaction).await?;
        if i64::try_from(known) != Ok(count) {
            return Ok(false);
        }
        sqlx::query!(
            "insert into document_signature (code, seat, officer, signer, file_sha256, signed_at) values ($1, $2, $3, $4, $5, $6)",
            code, row.seat, row.officer, row.signer, row.file_sha256, row.signed_at
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }
}
