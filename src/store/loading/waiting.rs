//! Rows that wait for their parcel.

use super::{SheetWriter, StoreError};
use crate::domain::SheetKey;
use sqlx::types::Json;
use time::Date;

impl SheetWriter<'_> {
    /// Rows that wait for parcels of a sheet, of the latest load first: digest, content, and source row.
    pub async fn waiting(
        &mut self,
        (key, commune_from): (SheetKey, Date),
    ) -> Result<Vec<(Vec<u8>, serde_json::Value, i64)>, StoreError> {
        let rows = sqlx::query!(
            r#"select content_digest, content as "content: Json<serde_json::Value>", source_row from waiting_row
               where commune_code = $1 and commune_from = $2 and sheet_no = $3
               order by parcel_no, load_id desc, source_row"#,
            key.commune.as_str(), commune_from, key.sheet_no
        )
        .fetch_all(&mut *self.connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.content_digest, row.content.0, row.source_row))
            .collect())
    }

    /// Lets rows wait; those that wait already stay.
    pub async fn wait(
        &mut self,
        (key, commune_from): (SheetKey, Date),
        rows: &[(i32, [u8; 16], serde_json::Value, i64)],
    ) -> Result<(), StoreError> {
        let numbers: Vec<i32> = rows.iter().map(|row| row.0).collect();
        let digests: Vec<Vec<u8>> = rows.iter().map(|row| row.1.to_vec()).collect();
        let contents: Vec<serde_json::Value> = rows.iter().map(|row| row.2.clone()).collect();
        let sources: Vec<i64> = rows.iter().map(|row| row.3).collect();
        sqlx::query!(
            "insert into waiting_row (commune_code, commune_from, sheet_no, parcel_no, content_digest, content, load_id, source_row)
             select $1, $8, $2, parcel_no, digest, content, $3, source_row
             from unnest($4::integer[], $5::bytea[], $6::jsonb[], $7::bigint[]) as row (parcel_no, digest, content, source_row)
             on conflict do nothing",
            key.commune.as_str(), key.sheet_no, self.load_id, &numbers, &digests, &contents, &sources, commune_from
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// Forgets waiting rows whose parcel has come.
    pub async fn stop_waiting(
        &mut self,
        (key, commune_from): (SheetKey, Date),
        digests: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "delete from waiting_row where commune_code = $1 and commune_from = $2 and sheet_no = $3 and content_digest = any ($4)",
            key.commune.as_str(), commune_from, key.sheet_no, digests
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }
}
