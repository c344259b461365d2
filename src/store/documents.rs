//! What documents are made from, and which were handed out.

use super::desk::boundary;
use super::{Snapshot, Store, StoreError, sound};
use crate::domain::{Area, Boundary, ParcelId, Position, Revision};
use time::{Date, OffsetDateTime};

/// A current parcel as a drawing shows it.
#[derive(Debug, Clone)]
pub struct AroundParcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its sheet.
    pub sheet_no: i32,
    /// Its number.
    pub parcel_no: i32,
    /// Its main use by the map.
    pub land_use: Option<String>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// Its boundary.
    pub boundary: Boundary,
}

/// A document that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedDocument {
    /// Its code.
    pub code: String,
    /// Which kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The commune that it is about.
    pub commune: String,
    /// The parcel that it shows, with its revision.
    pub parcel: Option<(ParcelId, Revision)>,
    /// Who made it.
    pub officer: String,
    /// The day it is of.
    pub issued_on: Date,
    /// What it was read at.
    pub position: Position,
    /// The digest of the file before signing.
    pub sha256: Vec<u8>,
}

/// A document that was handed out, as it stands now.
#[derive(Debug, Clone)]
pub struct KnownDocument {
    /// The document.
    pub document: IssuedDocument,
    /// When.
    pub issued_at: OffsetDateTime,
    /// Whether its parcel is still at the revision that it shows; none for documents without a parcel.
    pub is_current: Option<bool>,
}

impl Snapshot {
    /// The current parcels of a zone that come within a reach of a box, by id, up to a count.
    ///
    /// # Units
    /// West, south, east and north in degrees.
    pub async fn around(
        &mut self,
        bounds_deg: [f64; 4],
        zone: i32,
        count: i64,
    ) -> Result<Vec<AroundParcel>, StoreError> {
        let [west, south, east, north] = bounds_deg;
        let rows = sqlx::query!(
            r#"select parcel_id as "parcel_id!", sheet_no as "sheet_no!", parcel_no as "parcel_no!", land_use,
                      (legal_area_m2 * 10)::bigint as legal_area_tenths_m2, st_asbinary(legal_geometry) as "legal_geometry!"
               from current_parcel
               where geographic && st_makeenvelope($1, $2, $3, $4, 4326) and zone = $5
               order by parcel_id limit $6"#,
            west,
            south,
            east,
            north,
            zone,
            count
        );
        let rows = rows.fetch_all(self.connection()).await?;
        rows.into_iter()
            .map(|row| {
                Ok(AroundParcel {
                    parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                    sheet_no: row.sheet_no,
                    parcel_no: row.parcel_no,
                    land_use: row.land_use,
                    legal_area: row
                        .legal_area_tenths_m2
                        .and_then(|tenths| u64::try_from(tenths).ok())
                        .map(Area::from_tenths_m2),
                    boundary: boundary(zone, &row.legal_geometry)?,
                })
            })
            .collect()
    }
}

impl Store {
    /// Notes that a document was handed out; the same document again is the same row.
    pub async fn issue(&self, document: &IssuedDocument) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into issued_document (code, kind, subject, commune_code, parcel_id, revision, officer, issued_on, register_position,
                                          content_sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (code) do nothing",
            document.code, document.kind, document.subject, document.commune, document.parcel.map(|(id, _)| i64::from(id)),
            document.parcel.map(|(_, revision)| revision.0), document.officer, document.issued_on, document.position.0,
            document.sha256
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The document of a code.
    pub async fn issued_document(&self, code: &str) -> Result<Option<KnownDocument>, StoreError> {
        let row = sqlx::query!(
            r#"select d.kind, d.subject, d.commune_code, d.parcel_id, d.revision, d.officer, d.issued_on, d.register_position, d.content_sha256,
                      d.issued_at, p.revision as "revision_now?"
               from issued_document d left join current_parcel p on p.parcel_id = d.parcel_id where d.code = $1"#,
            code
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let parcel = row.parcel_id.zip(row.revision);
        Ok(Some(KnownDocument {
            issued_at: row.issued_at,
            is_current: parcel.map(|(_, revision)| row.revision_now == Some(revision)),
            document: IssuedDocument {
                code: code.to_owned(),
                kind: row.kind,
                subject: row.subject,
                commune: row.commune_code.unwrap_or_default(),
                parcel: parcel
                    .map(|(id, revision)| {
                        Ok::<_, StoreError>((sound(ParcelId::try_from(id))?, Revision(revision)))
                    })
                    .transpose()?,
                officer: row.officer,
                issued_on: row.issued_on,
                position: Position(row.register_position),
                sha256: row.content_sha256,
            },
        }))
    }
}
