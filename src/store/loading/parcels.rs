//! Sheets, parcels and national codes.

use super::{SheetWriter, StoreError, sound};
use crate::crs::private_srid;
use crate::domain::{
    NationalCode, ParcelId, ParcelRecord, Revision, SheetId, SheetKey, ZoneCode, fold_text,
};
use crate::geometry::wkb;
use crate::store::copy::CopyRows;
use std::collections::{HashMap, HashSet};
use time::Date;

/// A sheet of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetRow {
    /// Its id.
    pub sheet_id: SheetId,
    /// The zone of its legal coordinates.
    pub zone: ZoneCode,
}

/// A current parcel that a delivery is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its number in the sheet.
    pub parcel_no: i32,
    /// The last revision, current or not.
    pub revision: Revision,
    /// Digest of the content as delivered.
    pub content_digest: Vec<u8>,
    /// Its national code.
    pub national_code: Option<NationalCode>,
    /// Since when it holds.
    pub in_force_from: Date,
    /// Whether the register names a right in it.
    pub has_rights: bool,
}

/// A parcel version to write, with its geographic copy.
#[derive(Debug)]
pub struct ParcelWrite<'a> {
    /// Whose version.
    pub parcel_id: ParcelId,
    /// Its number.
    pub revision: Revision,
    /// Since when it holds.
    pub in_force_from: Date,
    /// The content.
    pub record: &'a ParcelRecord,
    /// Rings in longitude and latitude, not closed.
    pub geographic: &'a [Vec<(f64, f64)>],
    /// Label point in longitude and latitude.
    pub label: (f64, f64),
    /// Digest of the content.
    pub content_digest: [u8; 16],
    /// The source's row.
    pub source_row: i64,
}

impl SheetWriter<'_> {
    /// The sheet, if the register has it.
    pub async fn sheet(
        &mut self,
        key: SheetKey,
        commune_from: Date,
    ) -> Result<Option<SheetRow>, StoreError> {
        let row = sqlx::query!(
            "select sheet_id, zone from sheet where commune_code = $1 and commune_from = $2 and sheet_no = $3 order by sheet_id limit 1",
            key.commune.as_str(), commune_from, key.sheet_no
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        row.map(|row| {
            Ok(SheetRow {
                sheet_id: sound(SheetId::try_from(row.sheet_id))?,
                zone: row.zone,
            })
        })
        .transpose()
    }

    /// Adds a sheet.
    pub async fn add_sheet(
        &mut self,
        key: SheetKey,
        commune_from: Date,
        zone: ZoneCode,
        scale_denominator: Option<i32>,
    ) -> Result<SheetRow, StoreError> {
        let id = self
            .new_ids(1)
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        sqlx::query!(
            "insert into sheet (sheet_id, commune_code, commune_from, sheet_no, zone, scale_denominator) values ($1, $2, $3, $4, $5, $6)",
            id, key.commune.as_str(), commune_from, key.sheet_no, zone, scale_denominator
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(SheetRow {
            sheet_id: sound(SheetId::try_from(id))?,
            zone,
        })
    }

    /// The current parcels of a sheet, by number.
    pub async fn existing(&mut self, sheet: SheetId) -> Result<Vec<Existing>, StoreError> {
        let rows = sqlx::query!(
            r#"select v.parcel_id, v.parcel_no, v.revision, v.content_digest, n.code as "code?", lower(v.legal) as "in_force_from!",
                      exists (select from land_right r where r.parcel_id = v.parcel_id) as "has_rights!"
               from parcel_version v left join national_code n on n.parcel_id = v.parcel_id
               where v.sheet_id = $1 and upper_inf(v.recorded) and upper_inf(v.legal)
               order by v.parcel_no, v.parcel_id"#,
            i64::from(sheet)
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Existing {
                    parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                    parcel_no: row.parcel_no,
                    revision: Revision(row.revision),
                    content_digest: row.content_digest,
                    national_code: row
                        .code
                        .map(|code| sound(NationalCode::parse(&code)))
                        .transpose()?,
                    in_force_from: row.in_force_from,
                    has_rights: row.has_rights,
                })
            })
            .collect()
    }

    /// The numbers in a sheet of parcels that operations ended, made others of, or moved to another sheet.
    pub async fn retired_numbers(&mut self, sheet: SheetId) -> Result<HashSet<i32>, StoreError> {
        let numbers = sqlx::query_scalar!(
            "select distinct v.parcel_no from parcel_version v where v.sheet_id = $1
             and (exists (select from lineage l where l.parent_parcel_id = v.parcel_id)
                  or exists (select from parcel_end e where e.parcel_id = v.parcel_id)
                  or exists (select from sheet_succession s where s.predecessor_sheet_id = v.sheet_id))",
            i64::from(sheet)
        );
        let numbers = numbers.fetch_all(&mut *self.connection).await?;
        Ok(numbers.into_iter().collect())
    }

    /// Closes current versions on the recorded axis; where the successor begins later in law, what held until then is kept.
    pub async fn supersede(&mut self, successors: &[(ParcelId, Date)]) -> Result<(), StoreError> {
        let (ids, days): (Vec<i64>, Vec<Date>) = successors
            .iter()
            .map(|(id, day)| (i64::from(*id), *day))
            .unzip();
        sqlx::query_file!("src/store/supersede_parcels.sql", &ids, &days)
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    /// Writes parcel versions, with identities for those of revision 1.
    pub async fn write_parcels(
        &mut self,
        sheet: SheetRow,
        writes: &[ParcelWrite<'_>],
    ) -> Result<(), StoreError> {
        let mut identities = CopyRows::new(1);
        let mut versions = CopyRows::new(17);
        for write in writes {
            if write.revision == Revision(1) {
                identities.row().bigint(Some(write.parcel_id.into()));
            }
            self.push_version(&mut versions, sheet, write);
        }
        identities
            .send(
                self.connection,
                "copy parcel (parcel_id) from stdin (format binary)",
            )
            .await?;
        versions
            .send(self.connection, include_str!("../copy_parcel_versions.sql"))
            .await?;
        let highest = writes
            .iter()
            .map(|write| write.record.key.parcel_no)
            .max()
            .unwrap_or(0);
        sqlx::query!(
            "update sheet set highest_parcel_no = $2 where sheet_id = $1 and highest_parcel_no < $2",
            i64::from(sheet.sheet_id), highest
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    fn push_version(&self, rows: &mut CopyRows, sheet: SheetRow, write: &ParcelWrite<'_>) {
        let record = write.record;
        let mut geometry = Vec::with_capacity(256);
        rows.row()
            .bigint(Some(write.parcel_id.into()))
            .integer(Some(write.revision.0))
            .since(write.in_force_from)
            .bigint(Some(sheet.sheet_id.into()))
            .integer(Some(record.key.parcel_no))
            .text(record.land_use.as_ref().map(|row| row.code.as_str()))
            .text(record.address.as_deref())
            .text(record.address.as_deref().map(fold_text).as_deref())
            .tenths(record.legal_area.map(|area| area.tenths_m2()))
            .tenths(Some(record.computed_area.tenths_m2()));
        wkb::write_ewkb(
            &record.boundary,
            private_srid(record.boundary.zone()),
            &mut geometry,
        );
        rows.raw(&geometry);
        geometry.clear();
        wkb::write_ewkb_lonlat(write.geographic, 4326, &mut geometry);
        rows.raw(&geometry);
        rows.raw(&wkb::ewkb_point(write.label, 4326))
            .boolean(record.derived)
            .raw(&write.content_digest)
            .bigint(Some(self.load_id))
            .bigint(Some(write.source_row));
    }

    /// Takes national codes for parcels; gives the parcels that got theirs, the other codes are taken already.
    pub async fn claim_codes(
        &mut self,
        claims: &[(NationalCode, ParcelId, &'static str)],
    ) -> Result<Vec<ParcelId>, StoreError> {
        let codes: Vec<String> = claims.iter().map(|claim| claim.0.into()).collect();
        let ids: Vec<i64> = claims.iter().map(|claim| claim.1.into()).collect();
        let origins: Vec<String> = claims.iter().map(|claim| claim.2.to_owned()).collect();
        let settled = sqlx::query_scalar!(
            "insert into national_code (code, parcel_id, origin)
             select * from unnest($1::text[], $2::bigint[], $3::text[]) on conflict do nothing returning parcel_id",
            &codes, &ids, &origins
        )
        .fetch_all(&mut *self.connection)
        .await?;
        settled
            .into_iter()
            .map(|id| sound(ParcelId::try_from(id)))
            .collect()
    }

    /// Which of some codes are taken, and by which parcel.
    pub async fn taken_codes(
        &mut self,
        codes: &[NationalCode],
    ) -> Result<HashMap<NationalCode, ParcelId>, StoreError> {
        let codes: Vec<String> = codes.iter().map(|code| (*code).into()).collect();
        let rows = sqlx::query!(
            "select code, parcel_id from national_code where code = any ($1)",
            &codes
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    sound(NationalCode::parse(&row.code))?,
                    sound(ParcelId::try_from(row.parcel_id))?,
                ))
            })
            .collect()
    }
}
