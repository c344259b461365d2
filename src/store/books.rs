//! What the registers of a commune and the drawings of operations are made from.

use super::desk::boundary;
use super::{Snapshot, StoreError, sound};
use crate::domain::{Area, Boundary, CertificateId, CommuneCode, CommuneFact, ParcelId};
use sqlx::types::Json;
use time::Date;

/// A parcel in the index of its sheet.
#[derive(Debug, Clone)]
pub struct SheetParcel {
    /// Its number.
    pub parcel_no: i32,
    /// The area by the papers, else by the boundary.
    pub area: Area,
    /// The codes of its uses, main use first.
    pub land_use: Vec<String>,
    /// The names of its holders.
    pub holders: Vec<String>,
    /// Their kinds.
    pub kinds: Vec<String>,
}

/// A certificate with one of its parcels.
#[derive(Debug, Clone)]
pub struct SheetCertificate {
    /// Which certificate.
    pub certificate_id: CertificateId,
    /// Serial.
    pub serial: String,
    /// Entry number.
    pub entry_no: Option<String>,
    /// The day it was signed.
    pub issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled`, `exchanged`.
    pub status: String,
    /// The parcel's number.
    pub parcel_no: i32,
    /// The names of the holders by it.
    pub holders: Vec<String>,
}

/// What officers did, as it was entered.
#[derive(Debug, Clone)]
pub struct EnteredOperation {
    /// Its number.
    pub land_operation_id: i64,
    /// By whom.
    pub officer: String,
    /// Under which dossier.
    pub dossier: Option<String>,
    /// When.
    pub made_on: Date,
    /// What came of it.
    pub report: serde_json::Value,
}

/// The sheet that a parcel is or was in.
#[derive(Debug, Clone)]
pub struct SheetFacts {
    /// Its commune.
    pub commune: CommuneFact,
    /// Its number.
    pub sheet_no: i32,
    /// Its zone.
    pub zone: i32,
}

struct SheetParcelRow {
    parcel_no: i32,
    area_tenths_m2: i64,
    land_use: Vec<String>,
    holders: Vec<String>,
    kinds: Vec<String>,
}

struct OperationRow {
    land_operation_id: i64,
    officer: String,
    dossier_code: Option<String>,
    made_on: Date,
    report: Json<serde_json::Value>,
}

impl From<OperationRow> for EnteredOperation {
    fn from(row: OperationRow) -> Self {
        Self {
            land_operation_id: row.land_operation_id,
            officer: row.officer,
            dossier: row.dossier_code,
            made_on: row.made_on,
            report: row.report.0,
        }
    }
}

impl Snapshot {
    /// The commune of a code, of the latest era.
    pub async fn commune(&mut self, code: CommuneCode) -> Result<Option<CommuneFact>, StoreError> {
        let name = sqlx::query_scalar!(
            "select name from administrative_unit where level = 'commune' and code = $1 order by valid_from desc limit 1",
            code.as_str()
        );
        let name = name.fetch_optional(self.connection()).await?;
        Ok(name.map(|name| CommuneFact { code, name }))
    }

    /// The current parcels of a sheet by number. Personal data: ask `policy` first.
    pub async fn sheet_parcels(
        &mut self,
        commune: CommuneCode,
        sheet_no: i32,
    ) -> Result<Vec<SheetParcel>, StoreError> {
        let rows = sqlx::query_file_as!(
            SheetParcelRow,
            "src/store/sheet_parcels.sql",
            commune.as_str(),
            sheet_no
        );
        let rows = rows.fetch_all(self.connection()).await?;
        let parcel = |row: SheetParcelRow| SheetParcel {
            parcel_no: row.parcel_no,
            area: Area::from_tenths_m2(u64::try_from(row.area_tenths_m2).unwrap_or(0)),
            land_use: row.land_use,
            holders: row.holders,
            kinds: row.kinds,
        };
        Ok(rows.into_iter().map(parcel).collect())
    }

    /// The certificates of all parcels that a sheet has or had, each with each of its parcels, by day of signature, serial and parcel.
    /// Personal data: ask `policy` first.
    pub async fn sheet_certificates(
        &mut self,
        commune: CommuneCode,
        sheet_no: i32,
    ) -> Result<Vec<SheetCertificate>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/sheet_certificates.sql",
            commune.as_str(),
            sheet_no
        );
        let rows = rows.fetch_all(self.connection()).await?;
        rows.into_iter()
            .map(|row| {
                Ok(SheetCertificate {
                    certificate_id: sound(CertificateId::try_from(row.certificate_id))?,
                    serial: row.serial,
                    entry_no: row.entry_no,
                    issued_on: row.issued_on,
                    status: row.status,
                    parcel_no: row.parcel_no,
                    holders: row.holders,
                })
            })
            .collect()
    }

    /// What officers did to parcels of a commune, their rights and papers after an entry, by entry, up to a count.
    pub async fn commune_operations(
        &mut self,
        commune: CommuneCode,
        after: i64,
        count: i64,
    ) -> Result<Vec<EnteredOperation>, StoreError> {
        let rows = sqlx::query_as!(
            OperationRow,
            r#"select o.land_operation_id, o.officer, o.dossier_code,
                      (o.made_at at time zone 'Asia/Ho_Chi_Minh')::date as "made_on!", o.report as "report: Json<serde_json::Value>"
               from land_operation o
               where o.land_operation_id in (
                   select distinct p.land_operation_id from land_operation_parcel p
                   where p.commune_code = $1 and p.land_operation_id > $2 order by p.land_operation_id limit $3)
               order by o.land_operation_id"#,
            commune.as_str(),
            after,
            count
        );
        let rows = rows.fetch_all(self.connection()).await?;
        Ok(rows.into_iter().map(EnteredOperation::from).collect())
    }

    /// What officers did to a parcel, its rights and papers, by entry.
    pub async fn parcel_operations(
        &mut self,
        id: ParcelId,
    ) -> Result<Vec<EnteredOperation>, StoreError> {
        let rows = sqlx::query_as!(
            OperationRow,
            r#"select o.land_operation_id, o.officer, o.dossier_code,
                      (o.made_at at time zone 'Asia/Ho_Chi_Minh')::date as "made_on!", o.report as "report: Json<serde_json::Value>"
               from land_operation o
               where o.land_operation_id in (select p.land_operation_id from land_operation_parcel p where p.parcel_id = $1)
               order by o.land_operation_id"#,
            i64::from(id)
        );
        let rows = rows.fetch_all(self.connection()).await?;
        Ok(rows.into_iter().map(EnteredOperation::from).collect())
    }

    /// One entry of what officers did.
    pub async fn entered_operation(
        &mut self,
        id: i64,
    ) -> Result<Option<EnteredOperation>, StoreError> {
        let row = sqlx::query_as!(
            OperationRow,
            r#"select o.land_operation_id, o.officer, o.dossier_code,
                      (o.made_at at time zone 'Asia/Ho_Chi_Minh')::date as "made_on!", o.report as "report: Json<serde_json::Value>"
               from land_operation o where o.land_operation_id = $1"#,
            id
        );
        let row = row.fetch_optional(self.connection()).await?;
        Ok(row.map(EnteredOperation::from))
    }

    /// The sheet of one of some parcels, current or not.
    pub async fn sheet_of(&mut self, ids: &[i64]) -> Result<Option<SheetFacts>, StoreError> {
        let row = sqlx::query!(
            r#"select s.commune_code, coalesce(u.name, s.commune_code) as "commune_name!", s.sheet_no, s.zone
               from parcel_version v join sheet s on s.sheet_id = v.sheet_id
               left join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from
               where v.parcel_id = any ($1) order by v.parcel_id, v.revision desc limit 1"#,
            ids
        );
        let row = row.fetch_optional(self.connection()).await?;
        row.map(|row| {
            Ok(SheetFacts {
                commune: CommuneFact {
                    code: sound(CommuneCode::parse(&row.commune_code))?,
                    name: row.commune_name,
                },
                sheet_no: row.sheet_no,
                zone: row.zone,
            })
        })
        .transpose()
    }

    /// The boundary of a parcel before a revision, in the zone of its sheet.
    pub async fn boundary_before(
        &mut self,
        id: i64,
        revision: i32,
    ) -> Result<Option<Boundary>, StoreError> {
        let row = sqlx::query!(
            r#"select s.zone, st_asbinary(v.legal_geometry) as "legal_geometry!"
               from parcel_version v join sheet s on s.sheet_id = v.sheet_id
               where v.parcel_id = $1 and v.revision < $2 order by v.revision desc limit 1"#,
            id,
            revision
        );
        let row = row.fetch_optional(self.connection()).await?;
        row.map(|row| boundary(row.zone, &row.legal_geometry))
            .transpose()
    }
}
