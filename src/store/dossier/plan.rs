//! Plans of dossiers: stored, approved, with the numbers that are kept for what they make.

use super::write::{Entry, actors, advance};
use super::{
    Dossier, HeldDossier, Reservation, Standing, Store, StoreError, reservations, sound, standing,
};
use crate::domain::{Area, DossierCode, ParcelId, Revision, SheetId, Verb};
use crate::store::Holding;
use serde_json::Value;
use sqlx::types::Json;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A plan as it was stored.
#[derive(Debug, Clone)]
pub struct PlanRow {
    /// Its number within the dossier.
    pub plan_no: i32,
    /// The text that was hashed.
    pub canonical: String,
    /// Its digest.
    pub sha256: Vec<u8>,
    /// Who planned it.
    pub planned_by: String,
    /// When.
    pub planned_at: OffsetDateTime,
    /// Who approved it.
    pub approval: Option<Approval>,
}

/// An approval.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Who approved.
    pub approver: String,
    /// For whom, who was absent.
    pub on_behalf_of: Option<String>,
    /// The signed digest (JWS).
    pub signature: String,
    /// The entry of history.
    pub land_operation_id: i64,
    /// When.
    pub approved_at: OffsetDateTime,
}

/// A version of a parcel, as far as plans rely on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelState {
    /// Its revision.
    pub revision: Revision,
    /// Its number in the sheet.
    pub parcel_no: i32,
    /// The main use.
    pub land_use: Option<String>,
    /// Where it lies.
    pub address: Option<String>,
    /// The area by the papers.
    pub legal_area: Option<Area>,
    /// The area of the boundary.
    pub computed_area: Option<Area>,
    /// The digest of its boundary.
    pub boundary_md5: String,
    /// Whether it has ended.
    pub has_ended: bool,
}

/// What a dossier changed.
#[derive(Debug, Clone)]
pub struct DossierChange {
    /// The entry of history.
    pub land_operation_id: i64,
    /// Who committed it.
    pub officer: String,
    /// When.
    pub made_at: OffsetDateTime,
    /// What came of it.
    pub report: Value,
}

impl Store {
    /// The latest plan of a dossier.
    pub async fn plan(&self, dossier_id: i64) -> Result<Option<PlanRow>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        latest(&mut connection, dossier_id).await
    }

    /// The numbers kept for a dossier, by sheet, with what became of them.
    pub async fn plan_numbers(
        &self,
        dossier_id: i64,
    ) -> Result<Vec<(SheetId, i32, String)>, StoreError> {
        let rows = sqlx::query!(
            "select sheet_id, parcel_no, state from plan_number where dossier_id = $1 order by sheet_id, parcel_no",
            dossier_id
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    sound(SheetId::try_from(row.sheet_id))?,
                    row.parcel_no,
                    row.state,
                ))
            })
            .collect()
    }

    /// The numbers that are kept for a dossier, by sheet; none for no dossier, or for one that is not there.
    pub async fn kept_numbers(
        &self,
        code: Option<&DossierCode>,
    ) -> Result<BTreeMap<SheetId, Vec<i32>>, StoreError> {
        let Some(code) = code else {
            return Ok(BTreeMap::new());
        };
        let mut connection = self.pool.acquire().await?;
        let id = sqlx::query_scalar!(
            "select dossier_id from dossier where code = $1",
            code.as_str()
        );
        match id.fetch_optional(&mut *connection).await? {
            Some(id) => kept_numbers(&mut connection, id).await,
            None => Ok(BTreeMap::new()),
        }
    }

    /// What a dossier changed, in order.
    pub async fn dossier_changes(
        &self,
        code: &DossierCode,
    ) -> Result<Vec<DossierChange>, StoreError> {
        let rows = sqlx::query!(
            r#"select land_operation_id, officer, made_at, report as "report: Json<Value>" from land_operation
               where dossier_code = $1 order by land_operation_id"#,
            code.as_str()
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let change = rows.into_iter().map(|row| DossierChange {
            land_operation_id: row.land_operation_id,
            officer: row.officer,
            made_at: row.made_at,
            report: row.report.0,
        });
        Ok(change.collect())
    }

    /// A parcel as it was at a revision, and as it is known now.
    pub async fn parcel_states(
        &self,
        parcel: ParcelId,
        then: Revision,
    ) -> Result<(Option<ParcelState>, Option<ParcelState>), StoreError> {
        let rows = sqlx::query_file!(
            "src/store/dossier/parcel_states.sql",
            i64::from(parcel),
            then.0
        );
        let tenths = |tenths: Option<i64>| {
            tenths
                .and_then(|tenths| u64::try_from(tenths).ok())
                .map(Area::from_tenths_m2)
        };
        let (mut was, mut is) = (None, None);
        for row in rows.fetch_all(&self.pool).await? {
            let state = ParcelState {
                revision: Revision(row.revision),
                parcel_no: row.parcel_no,
                land_use: row.land_use,
                address: row.address,
                legal_area: tenths(row.legal_area_tenths_m2),
                computed_area: tenths(row.computed_area_tenths_m2),
                boundary_md5: row.boundary_md5,
                has_ended: row.has_ended,
            };
            if row.revision == then.0 {
                was = Some(state.clone());
            }
            is = Some(state);
        }
        Ok((was, is))
    }
}

impl HeldDossier {
    /// The latest plan of the dossier.
    pub async fn plan(&mut self) -> Result<Option<PlanRow>, StoreError> {
        latest(&mut self.transaction, self.standing.dossier.dossier_id).await
    }
}

impl Holding {
    /// How a dossier stands, held until this ends.
    pub async fn dossier(&mut self, code: &DossierCode) -> Result<Option<Standing>, StoreError> {
        standing(&mut self.transaction, code).await
    }

    /// Who took steps of a kind on a dossier.
    pub async fn actors(
        &mut self,
        dossier_id: i64,
        verbs: &[Verb],
    ) -> Result<Vec<String>, StoreError> {
        actors(&mut self.transaction, dossier_id, verbs).await
    }

    /// The open dossiers that reserve parcels.
    pub async fn reservations(
        &mut self,
        parcels: &[ParcelId],
    ) -> Result<Vec<Reservation>, StoreError> {
        reservations(&mut self.transaction, parcels).await
    }

    /// The latest plan of a dossier.
    pub async fn plan(&mut self, dossier_id: i64) -> Result<Option<PlanRow>, StoreError> {
        latest(&mut self.transaction, dossier_id).await
    }

    /// The numbers that are kept for a dossier, by sheet.
    pub async fn kept_numbers(
        &mut self,
        dossier_id: i64,
    ) -> Result<BTreeMap<SheetId, Vec<i32>>, StoreError> {
        kept_numbers(&mut self.transaction, dossier_id).await
    }

    /// Keeps numbers for a dossier; those that it had and does not need any more are burnt.
    pub async fn keep_numbers(
        &mut self,
        dossier_id: i64,
        numbers: &BTreeMap<SheetId, Vec<i32>>,
    ) -> Result<(), StoreError> {
        let pairs = numbers
            .iter()
            .flat_map(|(sheet, numbers)| numbers.iter().map(|number| (i64::from(*sheet), *number)));
        let (sheets, numbers): (Vec<i64>, Vec<i32>) = pairs.unzip();
        sqlx::query_file!(
            "src/store/dossier/keep_numbers.sql",
            dossier_id,
            &sheets,
            &numbers
        )
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query!(
            "update sheet s set highest_parcel_no = greatest(s.highest_parcel_no, n.highest)
             from (select sheet_id, max(parcel_no) as highest from unnest($1::bigint[], $2::integer[]) as n (sheet_id, parcel_no) group by 1) n
             where s.sheet_id = n.sheet_id",
            &sheets, &numbers
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Stores a plan, and makes that durable.
    pub async fn store_plan(
        mut self,
        (before, after): (&Dossier, &Dossier),
        plan: &PlanRow,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into dossier_plan (dossier_id, plan_no, canonical, sha256, planned_by) values ($1, $2, $3, $4, $5)",
            after.dossier_id, plan.plan_no, plan.canonical, plan.sha256, plan.planned_by
        )
        .execute(&mut *self.transaction)
        .await?;
        advance(&mut self.transaction, (before, after), entry).await?;
        self.transaction.commit().await?;
        Ok(())
    }

    /// Writes the approval of a plan: the numbers that were kept are used, the dossier moves on.
    pub async fn approve_plan(
        &mut self,
        (before, after): (&Dossier, &Dossier),
        plan_no: i32,
        approval: &Approval,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into plan_approval (dossier_id, plan_no, approver, on_behalf_of, signature, land_operation_id)
             values ($1, $2, $3, $4, $5, $6)",
            after.dossier_id, plan_no, approval.approver, approval.on_behalf_of, approval.signature, approval.land_operation_id
        )
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query!(
            "update plan_number set state = 'used' where dossier_id = $1 and state = 'reserved'",
            after.dossier_id
        )
        .execute(&mut *self.transaction)
        .await?;
        advance(&mut self.transaction, (before, after), entry).await
    }
}

async fn kept_numbers(
    connection: &mut sqlx::PgConnection,
    dossier_id: i64,
) -> Result<BTreeMap<SheetId, Vec<i32>>, StoreError> {
    let rows = sqlx::query!(
        "select sheet_id, parcel_no from plan_number where dossier_id = $1 and state = 'reserved' order by sheet_id, parcel_no",
        dossier_id
    );
    let mut kept: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows.fetch_all(connection).await? {
        let sheet = sound(SheetId::try_from(row.sheet_id))?;
        kept.entry(sheet).or_default().push(row.parcel_no);
    }
    Ok(kept)
}

async fn latest(
    connection: &mut sqlx::PgConnection,
    dossier_id: i64,
) -> Result<Option<PlanRow>, StoreError> {
    let row = sqlx::query!(
        r#"select p.plan_no, p.canonical, p.sha256, p.planned_by, p.planned_at, a.approver as "approver?", a.on_behalf_of,
                  a.signature as "signature?", a.land_operation_id as "land_operation_id?", a.approved_at as "approved_at?"
           from dossier_plan p
           left join plan_approval a on a.dossier_id = p.dossier_id and a.plan_no = p.plan_no
           where p.dossier_id = $1 order by p.plan_no desc limit 1"#,
        dossier_id
    );
    let Some(row) = row.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let approved = (
        row.approver,
        row.signature,
        row.land_operation_id,
        row.approved_at,
    );
    let approval = match approved {
        (Some(approver), Some(signature), Some(land_operation_id), Some(approved_at)) => {
            Some(Approval {
                approver,
                on_behalf_of: row.on_behalf_of,
                signature,
                land_operation_id,
                approved_at,
            })
        }
        _ => None,
    };
    Ok(Some(PlanRow {
        plan_no: row.plan_no,
        canonical: row.canonical,
        sha256: row.sha256,
        planned_by: row.planned_by,
        planned_at: row.planned_at,
        approval,
    }))
}
