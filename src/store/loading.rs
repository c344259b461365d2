//! Writing one sheet: everything in the caller's transaction.

use super::copy::CopyRows;
use super::{Store, StoreError, Transaction, sound};
use crate::crs::private_srid;
use crate::domain::{
    CertificateId, CertificateRecord, CommuneCode, Fault, LandUseRow, NationalCode, ParcelId,
    ParcelRecord, PartyId, PartyKind, PartyRecord, RegisterNo, Revision, RightId, Severity, Share,
    SheetId, SheetKey, ZoneCode, fold_text,
};
use crate::geometry::wkb;
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
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

/// A fault of a load, with the record it belongs to.
#[derive(Debug, Clone)]
pub struct LoadFault {
    /// File.
    pub source: String,
    /// Row in the file.
    pub source_row: Option<u64>,
    /// What.
    pub fault: Fault,
}

impl Store {
    /// Notes that a load begins.
    pub async fn begin_load(&self, files: &[String]) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar!(
            "insert into load (files) values ($1) returning load_id",
            Json(files) as _
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Notes how a load ended.
    pub async fn finish_load(
        &self,
        load_id: i64,
        report: &serde_json::Value,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "update load set finished_at = clock_timestamp(), report = $2 where load_id = $1",
            load_id,
            Json(report) as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Keeps faults of a load.
    pub async fn add_load_faults(
        &self,
        load_id: i64,
        faults: &[LoadFault],
    ) -> Result<(), StoreError> {
        if faults.is_empty() {
            return Ok(());
        }
        let mut connection = self.pool.acquire().await?;
        let mut rows = CopyRows::new(9);
        for LoadFault {
            source,
            source_row,
            fault,
        } in faults
        {
            let severity = if fault.code.severity() == Severity::Error {
                "error"
            } else {
                "warning"
            };
            let place = fault.place;
            let double = |value: Option<f64>, rows: &mut CopyRows| match value {
                Some(value) => {
                    rows.raw(&value.to_be_bytes());
                }
                None => {
                    rows.null();
                }
            };
            rows.row()
                .bigint(Some(load_id))
                .text(Some(source))
                .bigint(source_row.and_then(|row| i64::try_from(row).ok()))
                .text(Some(severity))
                .text(Some(fault.code.as_str()))
                .text(Some(&fault.detail.replace('\0', "")))
                .integer(place.and_then(|place| place.zone));
            double(place.map(|place| place.x), &mut rows);
            double(place.map(|place| place.y), &mut rows);
        }
        let statement = "copy load_fault (load_id, source, source_row, severity, code, detail, zone, x, y) from stdin (format binary)";
        rows.send(&mut connection, statement).await?;
        Ok(())
    }

    /// All faults of a load, in the order they were found.
    pub async fn load_faults(&self, load_id: i64) -> Result<Vec<serde_json::Value>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"select jsonb_strip_nulls(to_jsonb(f) - 'load_id') as "fault!: Json<serde_json::Value>" from load_fault f
               where load_id = $1 order by source, source_row, code, detail"#,
            load_id
        );
        Ok(rows
            .fetch_all(&self.pool)
            .await?
            .into_iter()
            .map(|Json(fault)| fault)
            .collect())
    }
}

/// The statements of one sheet, in a transaction that the caller commits.
pub struct SheetWriter<'t> {
    connection: &'t mut PgConnection,
    register: RegisterNo,
    load_id: i64,
}

impl<'t> SheetWriter<'t> {
    /// Takes the commune's lock, so that two loads or edits of one commune follow one another.
    pub async fn begin(
        transaction: &'t mut Transaction,
        register: RegisterNo,
        load_id: i64,
        commune: CommuneCode,
    ) -> Result<Self, StoreError> {
        let connection: &mut PgConnection = transaction;
        sqlx::query!(
            "select pg_advisory_xact_lock(1, $1::text::integer)",
            commune.as_str()
        )
        .execute(&mut *connection)
        .await?;
        Ok(Self {
            connection,
            register,
            load_id,
        })
    }

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

    /// New ids of the register, whatever for.
    pub async fn new_ids(&mut self, count: usize) -> Result<Vec<i64>, StoreError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_scalar!(
            r#"select nextval(('register_id_' || $1::bigint)::regclass) as "id!" from generate_series(1, $2::bigint)"#,
            i64::from(self.register), i64::try_from(count).unwrap_or(i64::MAX)
        )
        .fetch_all(&mut *self.connection)
        .await?)
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
            .send(self.connection, include_str!("copy_parcel_versions.sql"))
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
        rows.raw(&ewkb_point(write.label))
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

    /// Current rights in parcels, by what identifies them in their source.
    pub async fn existing_rights(
        &mut self,
        parcels: &[ParcelId],
    ) -> Result<HashMap<Vec<u8>, ExistingRight>, StoreError> {
        let ids: Vec<i64> = parcels.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select r.source_key, r.right_id, r.party_id, r.certificate_id, v.revision, v.content_digest
               from land_right_version v join land_right r on r.right_id = v.right_id
               where v.parcel_id = any ($1) and upper_inf(v.recorded) and upper_inf(v.legal)"#,
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
               where parcel_id = any ($1) and upper_inf(recorded) order by parcel_id, ordinal"#,
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

    /// Replaces the uses of parcels: current rows are closed, these are added in order, from a day on.
    pub async fn write_uses(
        &mut self,
        uses: &[(ParcelId, Vec<LandUseRow>)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let ids: Vec<i64> = uses.iter().map(|(id, _)| i64::from(*id)).collect();
        let last = sqlx::query!(
            r#"with closed as (
                   update land_use_row set recorded = tstzrange(lower(recorded), now())
                   where parcel_id = any ($1) and upper_inf(recorded) returning 1
               )
               select parcel_id as "parcel_id!", code as "code!", max(revision) as "revision!" from land_use_row
               where parcel_id = any ($1) group by parcel_id, code"#,
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let last: HashMap<(i64, String), i32> = last
            .into_iter()
            .map(|row| ((row.parcel_id, row.code), row.revision))
            .collect();
        let mut rows = CopyRows::new(8);
        for (parcel_id, parcel_uses) in uses {
            for (row, ordinal) in parcel_uses.iter().zip(1_i16..) {
                let id = i64::from(*parcel_id);
                let revision = last.get(&(id, row.code.clone())).copied().unwrap_or(0) + 1;
                rows.row()
                    .bigint(Some(id))
                    .text(Some(&row.code))
                    .integer(Some(revision))
                    .smallint(Some(ordinal))
                    .since(in_force_from)
                    .tenths(row.area_tenths_m2)
                    .text(row.origin.as_deref())
                    .text(row.term.as_deref());
            }
        }
        let statement = "copy land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term) from stdin (format binary)";
        rows.send(self.connection, statement).await?;
        Ok(())
    }

    /// Current parties of the register with one of these personal numbers.
    pub async fn parties_of(
        &mut self,
        personal_nos: &[String],
    ) -> Result<Vec<(PartyId, String, String)>, StoreError> {
        let ids = self.register.id_range();
        let rows = sqlx::query!(
            r#"select party_id, personal_no as "personal_no!", name_key from party_version
               where personal_no = any ($1) and upper_inf(recorded) and party_id >= $2 and party_id < $3 order by party_id"#,
            personal_nos, ids.start, ids.end
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    sound(PartyId::try_from(row.party_id))?,
                    row.personal_no,
                    row.name_key,
                ))
            })
            .collect()
    }

    /// Adds parties.
    pub async fn add_parties(
        &mut self,
        parties: &[(PartyId, &PartyRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let (mut identities, mut versions) = (CopyRows::new(1), CopyRows::new(9));
        for (id, party) in parties {
            identities.row().bigint(Some((*id).into()));
            push_party(&mut versions, *id, Revision(1), party, in_force_from);
        }
        identities
            .send(
                self.connection,
                "copy party (party_id) from stdin (format binary)",
            )
            .await?;
        versions.send(self.connection, COPY_PARTIES).await?;
        Ok(())
    }

    /// Gives parties a new version from a day on; the last content wins where a party stands twice.
    pub async fn revise_parties(
        &mut self,
        parties: &[(PartyId, &PartyRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let last: HashMap<i64, &PartyRecord> = parties
            .iter()
            .map(|(id, party)| (i64::from(*id), *party))
            .collect();
        let ids: Vec<i64> = last.keys().copied().collect();
        let closed = sqlx::query!(
            "update party_version set recorded = tstzrange(lower(recorded), now())
             where party_id = any ($1) and upper_inf(recorded) returning party_id, revision",
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut versions = CopyRows::new(9);
        for row in closed {
            if let Some(party) = last.get(&row.party_id) {
                push_party(
                    &mut versions,
                    sound(PartyId::try_from(row.party_id))?,
                    Revision(row.revision + 1),
                    party,
                    in_force_from,
                );
            }
        }
        versions.send(self.connection, COPY_PARTIES).await?;
        Ok(())
    }

    /// Current certificates of the register with one of these serial keys.
    pub async fn certificates_of(
        &mut self,
        serial_keys: &[String],
    ) -> Result<HashMap<String, CertificateId>, StoreError> {
        let ids = self.register.id_range();
        let rows = sqlx::query!(
            "select certificate_id, serial_key from certificate_version
             where serial_key = any ($1) and upper_inf(recorded) and certificate_id >= $2 and certificate_id < $3
             order by certificate_id desc",
            serial_keys, ids.start, ids.end
        )
        .fetch_all(&mut *self.connection)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    row.serial_key,
                    sound(CertificateId::try_from(row.certificate_id))?,
                ))
            })
            .collect()
    }

    /// Adds certificates.
    pub async fn add_certificates(
        &mut self,
        certificates: &[(CertificateId, &CertificateRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let (mut identities, mut versions) = (CopyRows::new(1), CopyRows::new(7));
        for (id, certificate) in certificates {
            identities.row().bigint(Some((*id).into()));
            push_certificate(&mut versions, *id, Revision(1), certificate, in_force_from);
        }
        identities
            .send(
                self.connection,
                "copy certificate (certificate_id) from stdin (format binary)",
            )
            .await?;
        versions.send(self.connection, COPY_CERTIFICATES).await?;
        Ok(())
    }

    /// Gives certificates a new version; the last content wins where a certificate stands twice.
    pub async fn revise_certificates(
        &mut self,
        certificates: &[(CertificateId, &CertificateRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let last: HashMap<i64, &CertificateRecord> = certificates
            .iter()
            .map(|(id, record)| (i64::from(*id), *record))
            .collect();
        let ids: Vec<i64> = last.keys().copied().collect();
        let closed = sqlx::query!(
            "update certificate_version set recorded = tstzrange(lower(recorded), now())
             where certificate_id = any ($1) and upper_inf(recorded) returning certificate_id, revision",
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut versions = CopyRows::new(7);
        for row in closed {
            if let Some(record) = last.get(&row.certificate_id) {
                let id = sound(CertificateId::try_from(row.certificate_id))?;
                push_certificate(
                    &mut versions,
                    id,
                    Revision(row.revision + 1),
                    record,
                    in_force_from,
                );
            }
        }
        versions.send(self.connection, COPY_CERTIFICATES).await?;
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
        let (parcels, ids): (Vec<i64>, Vec<i64>) = changed
            .iter()
            .map(|right| (i64::from(right.parcel_id), i64::from(right.right_id)))
            .unzip();
        sqlx::query!(
            "update land_right_version v set recorded = tstzrange(lower(recorded), now())
             from unnest($1::bigint[], $2::bigint[]) as old (parcel_id, right_id)
             where v.parcel_id = old.parcel_id and v.right_id = old.right_id and upper_inf(v.recorded)",
            &parcels, &ids
        )
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

    /// Rows that wait for a parcel of a sheet: parcel number, content, and source row.
    pub async fn waiting(
        &mut self,
        key: SheetKey,
    ) -> Result<Vec<(Vec<u8>, serde_json::Value, i64)>, StoreError> {
        let rows = sqlx::query!(
            r#"select content_digest, content as "content: Json<serde_json::Value>", source_row from waiting_row
               where commune_code = $1 and sheet_no = $2 order by parcel_no, source_row"#,
            key.commune.as_str(), key.sheet_no
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
        key: SheetKey,
        rows: &[(i32, [u8; 16], serde_json::Value, i64)],
    ) -> Result<(), StoreError> {
        let numbers: Vec<i32> = rows.iter().map(|row| row.0).collect();
        let digests: Vec<Vec<u8>> = rows.iter().map(|row| row.1.to_vec()).collect();
        let contents: Vec<serde_json::Value> = rows.iter().map(|row| row.2.clone()).collect();
        let sources: Vec<i64> = rows.iter().map(|row| row.3).collect();
        sqlx::query!(
            "insert into waiting_row (commune_code, sheet_no, parcel_no, content_digest, content, load_id, source_row)
             select $1, $2, parcel_no, digest, content, $3, source_row
             from unnest($4::integer[], $5::bytea[], $6::jsonb[], $7::bigint[]) as row (parcel_no, digest, content, source_row)
             on conflict do nothing",
            key.commune.as_str(), key.sheet_no, self.load_id, &numbers, &digests, &contents, &sources
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }

    /// Forgets waiting rows whose parcel has come.
    pub async fn stop_waiting(
        &mut self,
        key: SheetKey,
        digests: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "delete from waiting_row where commune_code = $1 and sheet_no = $2 and content_digest = any ($3)",
            key.commune.as_str(), key.sheet_no, digests
        )
        .execute(&mut *self.connection)
        .await?;
        Ok(())
    }
}

const COPY_PARTIES: &str = "copy party_version (party_id, revision, legal, kind, name, name_key, personal_no, birth_year, residence)
                            from stdin (format binary)";
const COPY_CERTIFICATES: &str = "copy certificate_version (certificate_id, revision, legal, serial, serial_key, entry_no, issued_on)
                                 from stdin (format binary)";

fn push_party(
    rows: &mut CopyRows,
    id: PartyId,
    revision: Revision,
    party: &PartyRecord,
    in_force_from: Date,
) {
    rows.row()
        .bigint(Some(id.into()))
        .integer(Some(revision.0))
        .since(in_force_from)
        .text(Some(kind_name(party.kind)))
        .text(Some(&party.name))
        .text(Some(&fold_text(&party.name)))
        .text(party.personal_no.as_deref())
        .smallint(party.birth_year)
        .text(party.residence.as_deref());
}

fn push_certificate(
    rows: &mut CopyRows,
    id: CertificateId,
    revision: Revision,
    certificate: &CertificateRecord,
    in_force_from: Date,
) {
    rows.row()
        .bigint(Some(id.into()))
        .integer(Some(revision.0))
        .since(certificate.issued_on.unwrap_or(in_force_from))
        .text(Some(&certificate.serial))
        .text(Some(&certificate.serial_key()))
        .text(certificate.entry_no.as_deref())
        .date(certificate.issued_on);
}

fn kind_name(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Individual => "individual",
        PartyKind::Couple => "couple",
        PartyKind::Household => "household",
        PartyKind::Organisation => "organisation",
        PartyKind::Community => "community",
    }
}

/// A point in WGS 84 as EWKB, little-endian.
fn ewkb_point((lon, lat): (f64, f64)) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend_from_slice(&0x2000_0001_u32.to_le_bytes());
    bytes.extend_from_slice(&4326_u32.to_le_bytes());
    bytes.extend_from_slice(&lon.to_le_bytes());
    bytes.extend_from_slice(&lat.to_le_bytes());
    bytes
}
