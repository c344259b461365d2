//! What documents are made from, and which were handed out.

use super::desk::boundary;
use super::{Snapshot, Store, StoreError, sound};
use crate::domain::{Area, Boundary, CertificateId, ParcelId, Position, Revision, RightsRevision};
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

/// How a parcel stands: what changes with all that a paper may show of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelStands {
    /// Which.
    pub parcel_id: ParcelId,
    /// Of the land itself.
    pub revision: Revision,
    /// Of its uses.
    pub uses_revision: i64,
    /// Of its rights and all that lies on it; none where the paper says nothing of them.
    pub rights_revision: Option<RightsRevision>,
}

/// A document that is handed out.
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
    /// The parcels that it shows, as they stand.
    pub parcels: Vec<ParcelStands>,
    /// The certificate that it is printed on.
    pub certificate_id: Option<CertificateId>,
    /// The dossier whose paper it is.
    pub dossier: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDocument {
    /// Its code.
    pub code: String,
    /// Which kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The commune that it is about.
    pub commune: String,
    /// The parcels that it shows.
    pub parcels: Vec<ParcelId>,
    /// The dossier whose paper it is.
    pub dossier: Option<String>,
    /// Who made it.
    pub officer: String,
    /// The day it is of.
    pub issued_on: Date,
    /// What it was read at.
    pub position: Position,
    /// The digest of the file before signing.
    pub sha256: Vec<u8>,
    /// When it was first made.
    pub issued_at: OffsetDateTime,
    /// Whether all that it shows is still so; none for documents that show no parcel's state.
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

    /// How current parcels stand, by id.
    pub async fn stands(
        &mut self,
        ids: &[ParcelId],
        shows_rights: bool,
    ) -> Result<Vec<ParcelStands>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select parcel_id, revision, uses_revision(parcel_id) as "uses_revision!",
                      case when $2 then rights_revision(parcel_id) end as rights_revision
               from parcel_version where parcel_id = any ($1) and is_in_force(legal, recorded, today(), 'infinity') order by parcel_id"#,
            &ids,
            shows_rights
        );
        let rows = rows.fetch_all(self.connection()).await?;
        rows.into_iter()
            .map(|row| {
                Ok(ParcelStands {
                    parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                    revision: Revision(row.revision),
                    uses_revision: row.uses_revision,
                    rights_revision: row.rights_revision.map(RightsRevision),
                })
            })
            .collect()
    }
}

impl Store {
    /// Notes that a document was handed out; the same document again is the same row, of the states of its parcels that it was made of.
    pub async fn issue(&self, document: &IssuedDocument) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "insert into issued_document (code, kind, subject, commune_code, certificate_id, dossier_code, officer, issued_on,
                                          register_position, content_sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (code) do nothing",
            document.code, document.kind, document.subject, document.commune, document.certificate_id.map(i64::from), document.dossier,
            document.officer, document.issued_on, document.position.0, document.sha256
        )
        .execute(&mut *transaction)
        .await?;
        let stands = document.parcels.iter();
        let ids: Vec<i64> = stands.clone().map(|each| each.parcel_id.into()).collect();
        let revisions: Vec<i32> = stands.clone().map(|each| each.revision.0).collect();
        let uses: Vec<i64> = stands.clone().map(|each| each.uses_revision).collect();
        let rights = stands.map(|each| each.rights_revision.map(|revision| revision.0));
        let rights: Vec<Option<i64>> = rights.collect();
        sqlx::query!(
            "insert into issued_document_parcel (code, parcel_id, revision, uses_revision, rights_revision)
             select $1, * from unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[]) on conflict do nothing",
            document.code,
            &ids,
            &revisions,
            &uses,
            &rights as &[Option<i64>]
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The document of a code.
    pub async fn issued_document(&self, code: &str) -> Result<Option<KnownDocument>, StoreError> {
        let row = sqlx::query!(
            r#"select kind, subject, commune_code, dossier_code, officer, issued_on, register_position, content_sha256, issued_at,
                      array(select distinct p.parcel_id from issued_document_parcel p where p.code = d.code order by 1) as "parcels!",
                      paper_is_current(code) as is_current
               from issued_document d where code = $1"#,
            code
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let parcels = row.parcels.into_iter();
        let parcels = parcels.map(|id| sound(ParcelId::try_from(id)));
        Ok(Some(KnownDocument {
            code: code.to_owned(),
            kind: row.kind,
            subject: row.subject,
            commune: row.commune_code.unwrap_or_default(),
            parcels: parcels.collect::<Result<_, _>>()?,
            dossier: row.dossier_code,
            officer: row.officer,
            issued_on: row.issued_on,
            position: Position(row.register_position),
            sha256: row.content_sha256,
            issued_at: row.issued_at,
            is_current: row.is_current,
        }))
    }
}
