//! Rights and uses.

use super::{SheetWriter, StoreError, sound};
use crate::domain::{CertificateId, LandUseRow, ParcelId, PartyId, Revision, RightId, Share};
use crate::store::copy::CopyRows;
use std::collections::HashMap;
use time::Date;

/// A current right that a register row is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingRight {
    /// Its id.
    pub right_id: RightId,
    /// Whose it is.
    pub party_id: PartyId,
    /// By which certificate.
    pub certificate_id: Option<CertificateId>,
    /// The last revision.
    pub revision: Revision,
    /// Digest of the content as delivered.
    pub content_digest: Vec<u8>,
    /// Since when it holds.
    pub in_force_from: Date,
    /// Whether the desk has changed or ended it since it was delivered.
    pub is_registered: bool,
}

/// A right version to write.
#[derive(Debug)]
pub struct NewRight {
    /// Whose version.
    pub right_id: RightId,
    /// Its number; 1 writes the identity too.
    pub revision: Revision,
    /// The parcel.
    pub parcel_id: ParcelId,
    /// The party.
    pub party_id: PartyId,
    /// The certificate.
    pub certificate_id: Option<CertificateId>,
    /// What identifies the right in its source.
    pub source_key: [u8; 16],
    /// Digest of the content.
    pub content_digest: [u8; 16],
    /// How much.
    pub share: Share,
    /// Since when it holds.
    pub in_force_from: Date,
    /// The source's row.
    pub source_row: i64,
}

impl SheetWriter<'_> {
    /// Rights in parcels, by what identifies them in their source: current ones, and those that ended.
    pub async fn existing_rights(
        &mut self,
        parcels: &[ParcelId],
    ) -> Result<HashMap<Vec<u8>, ExistingRight>, StoreError> {
        let ids: Vec<i64> = parcels.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select distinct on (r.right_id) r.source_key, r.right_id, r.party_id, r.certificate_id, v.revision, v.content_digest,
                      lower(v.legal) as "in_force_from!",
                      not upper_inf(v.recorded) or not upper_inf(v.legal) or v.land_operation_id is not null as "is_registered!"
               from land_right_version v join land_right r on r.right_id = v.right_id
               where v.parcel_id = any ($1)
               order by r.right_id, upper_inf(v.recorded) desc, lower(v.legal) desc, v.revision desc"#,
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                let right = ExistingRight {
                    right_id: sound(RightId::try_from(row.right_id))?,
                    party_id: sound(PartyId::try_from(row.party_id))?,
                    certificate_id: row
                        .certificate_id
                        .map(|id| sound(CertificateId::try_from(id)))
                        .transpose()?,
                    revision: Revision(row.revision),
                    content_digest: row.content_digest,
                    in_force_from: row.in_force_from,
                    is_registered: row.is_registered,
                };
                Ok((row.source_key, right))
            })
            .collect()
    }

    /// Current uses of parcels, main use first.
    pub async fn existing_uses(
        &mut self,
        parcels: &[ParcelId],
    ) -> Result<HashMap<ParcelId, Vec<LandUseRow>>, StoreError> {
        let ids: Vec<i64> = parcels.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select parcel_id, code, (area_m2 * 10)::bigint as area_tenths_m2, origin, term from land_use_row
               where parcel_id = any ($1) and upper_inf(recorded) and upper_inf(legal)
               order by parcel_id, ordinal"#,
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut uses: HashMap<ParcelId, Vec<LandUseRow>> = HashMap::new();
        for row in rows {
            uses.entry(sound(ParcelId::try_from(row.parcel_id))?)
                .or_default()
                .push(LandUseRow {
                    code: row.code,
                    area_tenths_m2: row
                        .area_tenths_m2
                        .and_then(|tenths| u64::try_from(tenths).ok()),
                    origin: row.origin,
                    term: row.term,
                });
        }
        Ok(uses)
    }

    /// Writes uses of parcels that hold from a day on: new and changed ones; what is so already stays.
    pub async fn write_uses(
        &mut self,
        uses: &[(ParcelId, LandUseRow)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let ids: Vec<i64> = uses.iter().map(|(id, _)| i64::from(*id)).collect();
        let codes: Vec<String> = uses.iter().map(|(_, row)| row.code.clone()).collect();
        let areas: Vec<Option<i64>> = uses
            .iter()
            .map(|(_, row)| {
                row.area_tenths_m2
                    .and_then(|tenths| i64::try_from(tenths).ok())
            })
            .collect();
        let origins: Vec<Option<String>> = uses.iter().map(|(_, row)| row.origin.clone()).collect();
        let terms: Vec<Option<String>> = uses.iter().map(|(_, row)| row.term.clone()).collect();
        sqlx::query_file!(
            "src/store/supersede_uses.sql",
            &ids,
            &codes,
            &areas as &[Option<i64>],
            &origins as &[Option<String>],
            &terms as &[Option<String>],
            in_force_from
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// Links certificates to parcels; known links stay.
    pub async fn link_certificates(
        &mut self,
        links: &[(ParcelId, CertificateId)],
    ) -> Result<(), StoreError> {
        let (parcels, certificates): (Vec<i64>, Vec<i64>) = links
            .iter()
            .map(|(p, c)| (i64::from(*p), i64::from(*c)))
            .unzip();
        sqlx::query!(
            "insert into certificate_parcel (parcel_id, certificate_id)
             select distinct * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing",
            &parcels,
            &certificates
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// Writes right versions; the versions before them are closed.
    pub async fn write_rights(&mut self, rights: &[NewRight]) -> Result<(), StoreError> {
        let changed: Vec<_> = rights
            .iter()
            .filter(|right| right.revision > Revision(1))
            .collect();
        let parcels: Vec<i64> = changed.iter().map(|right| right.parcel_id.into()).collect();
        let ids: Vec<i64> = changed.iter().map(|right| right.right_id.into()).collect();
        let days: Vec<Date> = changed.iter().map(|right| right.in_force_from).collect();
        sqlx::query_file!("src/store/supersede_rights.sql", &parcels, &ids, &days)
            .execute(&mut *self.connection)
            .await?;
        let (mut identities, mut versions) = (CopyRows::new(5), CopyRows::new(9));
        for right in rights {
            if right.revision == Revision(1) {
                identities
                    .row()
                    .bigint(Some(right.right_id.into()))
                    .bigint(Some(right.parcel_id.into()))
                    .bigint(Some(right.party_id.into()))
                    .bigint(right.certificate_id.map(i64::from))
                    .raw(&right.source_key);
            }
            versions
                .row()
                .bigint(Some(right.parcel_id.into()))
                .bigint(Some(right.right_id.into()))
                .integer(Some(right.revision.0))
                .since(right.in_force_from)
                .integer(Some(right.share.numerator()))
                .integer(Some(right.share.denominator()))
                .raw(&right.content_digest)
                .bigint(Some(self.load_id))
                .bigint(Some(right.source_row));
        }
        let statement = "copy land_right (right_id, parcel_id, party_id, certificate_id, source_key) from stdin (format binary)";
        identities.send(self.connection, statement).await?;
        let statement = "copy land_right_version (parcel_id, right_id, revision, legal, share_numerator, share_denominator,
                         content_digest, load_id, source_row) from stdin (format binary)";
        versions.send(self.connection, statement).await?;
        Ok(())
    }
}
