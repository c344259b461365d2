//! Writing dossiers: each change with the entry that says who did what, and what others are to be told, in one transaction.

use super::{Dossier, HeldDossier, Store, StoreError, found, now, pauses};
use crate::domain::{DossierCode, ParcelId, Verb};
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

/// Who did what.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What.
    pub verb: Verb,
    /// By whom.
    pub actor: &'a str,
    /// For whom, who is absent.
    pub on_behalf_of: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// When.
    pub at: OffsetDateTime,
}

/// A transaction in which dossiers are filed.
pub struct Filing {
    transaction: super::Transaction,
    /// The time of the database.
    pub now: OffsetDateTime,
}

impl Store {
    /// Begins to file.
    pub async fn filing(&self) -> Result<Filing, StoreError> {
        let mut transaction = self.begin().await?;
        let now = now(&mut transaction).await?;
        Ok(Filing { transaction, now })
    }

    /// The code that a province's dossiers are numbered under here, if they are.
    pub async fn numbering_agency(&self, province: &str) -> Result<Option<String>, StoreError> {
        let agency = sqlx::query_scalar!(
            "select agency from numbering where province_code = $1 and valid @> today()",
            province
        );
        Ok(agency.fetch_optional(&self.pool).await?)
    }

    /// Says under which code a province's dossiers are numbered here from today on; none ends it.
    pub async fn put_numbering(
        &self,
        province: &str,
        agency: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "delete from numbering where province_code = $1 and lower(valid) >= today()",
            province
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "update numbering set valid = daterange(lower(valid), today()) where province_code = $1 and valid @> today()",
            province
        )
        .execute(&mut *transaction)
        .await?;
        if let Some(agency) = agency {
            sqlx::query!(
                "insert into numbering (province_code, agency, valid) values ($1, $2, daterange(today(), null))",
                province, agency
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The province that a commune is in today; nothing where there is no such commune.
    pub async fn commune_province(
        &self,
        commune: &str,
    ) -> Result<Option<Option<String>>, StoreError> {
        let province = sqlx::query_scalar!(
            "select parent_code from administrative_unit where level = 'commune' and code = $1 and valid @> today()",
            commune
        );
        Ok(province.fetch_optional(&self.pool).await?)
    }

    /// The communes that some parcels lie or lay in, each with its province.
    pub async fn grounds_of(
        &self,
        parcels: &[ParcelId],
    ) -> Result<Vec<(Option<String>, String)>, StoreError> {
        let ids = numbers(parcels);
        let rows = sqlx::query!(
            "select distinct u.parent_code, s.commune_code from parcel_version v join sheet s on s.sheet_id = v.sheet_id
             left join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from
             where v.parcel_id = any ($1) order by 2, 1",
            &ids
        );
        let rows = rows.fetch_all(&self.pool).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.parent_code, row.commune_code))
            .collect())
    }

    /// Those of some parcels that are current, with their communes.
    pub async fn communes_of(
        &self,
        parcels: &[ParcelId],
    ) -> Result<Vec<(ParcelId, String)>, StoreError> {
        let ids = numbers(parcels);
        let rows = sqlx::query!(
            r#"select parcel_id as "parcel_id!", commune_code as "commune_code!" from current_parcel where parcel_id = any ($1) order by 1"#,
            &ids
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    super::sound(ParcelId::try_from(row.parcel_id))?,
                    row.commune_code,
                ))
            })
            .collect()
    }
}

impl Filing {
    /// The next number of an agency on a day, for as long as this transaction's fate is open nobody else's.
    pub async fn next_serial(&mut self, agency: &str, day: Date) -> Result<u16, StoreError> {
        let first = super::sound(DossierCode::of(agency, day, 1))?;
        let codes = first.as_str().strip_suffix("-0001").unwrap_or_default();
        let serial =
            sqlx::query_file_scalar!("src/store/dossier/next_serial.sql", agency, day, codes);
        let serial = serial.fetch_one(&mut *self.transaction).await?;
        super::sound(u16::try_from(serial))
    }

    /// The dossier that was numbered here under a key before, with the digest of what was filed then.
    pub async fn filed(&mut self, key: &str) -> Result<Option<(Dossier, Vec<u8>)>, StoreError> {
        let row = sqlx::query!(
            r#"select code, coalesce(filing_sha256, content_sha256) as "filing_sha256!" from dossier where filing_key = $1"#,
            key
        );
        let Some(row) = row.fetch_optional(&mut *self.transaction).await? else {
            return Ok(None);
        };
        let code = super::sound(DossierCode::parse(&row.code))?;
        let found = found(&mut self.transaction, &code, false).await?;
        Ok(found.map(|(dossier, _)| (dossier, row.filing_sha256)))
    }

    /// Takes a new dossier in, and makes that durable.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the code was taken meanwhile.
    pub async fn file(
        mut self,
        dossier: &Dossier,
        key: Option<&str>,
        entry: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let id = sqlx::query_scalar!(
            "insert into dossier (code, is_numbered_here, procedure_code, commune_code, province_code, agency, branch, channel,
                                  paper_reason, applicant_name, applicant_no, phone, summary, filed_at, received_at, step, status,
                                  officer, due_at, version, content_sha256, filing_key, filing_sha256)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $21)
             returning dossier_id",
            dossier.code.as_str(), dossier.is_numbered_here, dossier.procedure_code, dossier.commune_code, dossier.province_code,
            dossier.agency, dossier.branch, dossier.channel, dossier.paper_reason, dossier.applicant_name, dossier.applicant_no,
            dossier.phone, dossier.summary, dossier.filed_at, dossier.received_at, dossier.step.name(), dossier.status.number(),
            dossier.officer, dossier.due_at, dossier.version, dossier.content_sha256, key
        );
        let id = id
            .fetch_one(&mut *self.transaction)
            .await
            .map_err(|error| {
                match error
                    .as_database_error()
                    .and_then(|error| error.constraint())
                {
                    Some("dossier_code_once" | "dossier_filed_once") => {
                        StoreError::Taken(dossier.code.to_string())
                    }
                    _ => error.into(),
                }
            })?;
        let dossier = Dossier {
            dossier_id: id,
            ..dossier.clone()
        };
        put_parcels(&mut self.transaction, &dossier).await?;
        enter(&mut self.transaction, (None, &dossier), entry).await?;
        self.transaction.commit().await?;
        Ok(())
    }
}

impl HeldDossier {
    /// Writes the dossier as it is after a step; it stands so from now on.
    pub async fn advance(&mut self, after: &Dossier, entry: &Entry<'_>) -> Result<(), StoreError> {
        let standing = &mut self.standing;
        advance(&mut self.transaction, (&standing.dossier, after), entry).await?;
        standing.dossier = after.clone();
        standing.pauses = pauses(&mut self.transaction, after.dossier_id).await?;
        Ok(())
    }

    /// Who took steps of a kind on it.
    pub async fn actors(&mut self, verbs: &[Verb]) -> Result<Vec<String>, StoreError> {
        actors(
            &mut self.transaction,
            self.standing.dossier.dossier_id,
            verbs,
        )
        .await
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await?;
        Ok(())
    }
}

/// Who took steps of a kind on a dossier.
pub(in crate::store) async fn actors(
    connection: &mut PgConnection,
    dossier_id: i64,
    verbs: &[Verb],
) -> Result<Vec<String>, StoreError> {
    let names: Vec<String> = verbs.iter().map(ToString::to_string).collect();
    let actors = sqlx::query_scalar!(
        "select distinct actor from dossier_step where dossier_id = $1 and verb = any ($2) order by 1",
        dossier_id,
        &names
    );
    Ok(actors.fetch_all(connection).await?)
}

/// Writes a dossier as it is after a step: itself, its clock, the entry, what others are to be told; burns what it no longer needs.
pub(in crate::store) async fn advance(
    connection: &mut PgConnection,
    (before, after): (&Dossier, &Dossier),
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update dossier set procedure_code = $2, branch = $3, channel = $4, paper_reason = $5, applicant_name = $6, applicant_no = $7,
                            phone = $8, summary = $9, received_at = $10, step = $11, status = $12, step_before = $13, officer = $14,
                            due_at = $15, paused_for = $16, is_extended = $17, supplements = $18, ended_at = $19, version = $20,
                            content_sha256 = $21, filed_at = $22
         where dossier_id = $1",
        after.dossier_id, after.procedure_code, after.branch, after.channel, after.paper_reason, after.applicant_name,
        after.applicant_no, after.phone, after.summary, after.received_at, after.step.name(), after.status.number(),
        after.step_before.map(|step| step.name()), after.officer, after.due_at, after.paused_for, after.is_extended,
        after.supplements, after.ended_at, after.version, after.content_sha256, after.filed_at
    )
    .execute(&mut *connection)
    .await?;
    if before.paused_for != after.paused_for {
        sqlx::query!(
            "update dossier_pause set ended_at = $2 where dossier_id = $1 and ended_at is null",
            after.dossier_id,
            entry.at
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "insert into dossier_pause (dossier_id, started_at, reason) select $1, $2, $3::text where $3::text is not null",
            after.dossier_id, entry.at, after.paused_for
        )
        .execute(&mut *connection)
        .await?;
    }
    if before.parcels != after.parcels {
        put_parcels(connection, after).await?;
    }
    if before.ended_at.is_none() && after.ended_at.is_some() {
        burn(connection, after.dossier_id).await?;
    }
    enter(connection, (Some(before), after), entry).await
}

/// Numbers that were kept for a plan and are not needed: nobody gets them.
pub(in crate::store) async fn burn(
    connection: &mut PgConnection,
    dossier_id: i64,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update plan_number set state = 'burnt' where dossier_id = $1 and state = 'reserved'",
        dossier_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_parcels(connection: &mut PgConnection, dossier: &Dossier) -> Result<(), StoreError> {
    let ids = numbers(&dossier.parcels);
    sqlx::query!(
        "delete from dossier_parcel where dossier_id = $1 and parcel_id <> all ($2)",
        dossier.dossier_id,
        &ids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into dossier_parcel (dossier_id, parcel_id) select $1, id from unnest($2::bigint[]) as id on conflict do nothing",
        dossier.dossier_id, &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The entry of a step, and what others are to be told of it.
async fn enter(
    connection: &mut PgConnection,
    (before, after): (Option<&Dossier>, &Dossier),
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into dossier_step (dossier_id, version, verb, from_step, to_step, from_status, to_status, actor, on_behalf_of, reason,
                                   due_at, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        after.dossier_id, after.version, entry.verb.name(), before.map(|dossier| dossier.step.name()), after.step.name(),
        before.map(|dossier| dossier.status.number()), after.status.number(), entry.actor, entry.on_behalf_of, entry.reason,
        after.due_at, entry.at
    )
    .execute(&mut *connection)
    .await?;
    let told = json!({
        "code": after.code, "verb": entry.verb, "step": after.step, "status": after.status.number(), "officer": entry.actor,
        "content": entry.reason, "at": entry.at.unix_timestamp(), "due_at": after.due_at.map(OffsetDateTime::unix_timestamp),
    });
    let kind = if before.is_none() {
        "dossier"
    } else {
        "progress"
    };
    tell(connection, (after.dossier_id, after.version), kind, &told).await
}

/// A row of the outbox.
pub(in crate::store) async fn tell(
    connection: &mut PgConnection,
    (dossier_id, version): (i64, i32),
    kind: &str,
    payload: &serde_json::Value,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into outbox (dossier_id, version, kind, payload) values ($1, $2, $3, $4)",
        dossier_id,
        version,
        kind,
        payload
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn numbers(parcels: &[ParcelId]) -> Vec<i64> {
    parcels.iter().map(|id| i64::from(*id)).collect()
}
