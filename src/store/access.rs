//! Who may ask, and who did.

use super::{Store, StoreError, sound};
use crate::domain::{ParcelId, Position};
use crate::policy::{Area, Officer, Role};
use std::collections::BTreeSet;
use std::str::FromStr;
use time::{Date, OffsetDateTime};

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// An officer of the land office.
    Officer(Officer),
    /// A registered client of the portal API, by id.
    Client(String),
}

/// One query of personal or agreed data, as the ledger keeps it.
#[derive(Debug, Clone)]
pub struct AccessEntry<'a> {
    /// Client id or officer's name.
    pub actor: &'a str,
    /// Audience of the policy table.
    pub audience: &'a str,
    /// Which service.
    pub service: &'a str,
    /// For what.
    pub purpose: Option<&'a str>,
    /// Under which dossier.
    pub dossier: Option<&'a str>,
    /// Request line.
    pub request: &'a str,
    /// Which parcel was shown.
    pub parcel_id: Option<ParcelId>,
    /// Which fields were shown.
    pub fields: &'a [String],
    /// The register position of the answer.
    pub position: Position,
    /// `answered` or the code of the refusal.
    pub outcome: &'a str,
}

/// An agreement with a client, as stored: names that `policy` and `share` read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementRow {
    /// Client id.
    pub client_id: String,
    /// Its name for people.
    pub client_name: String,
    /// Audience of the policy table.
    pub audience: String,
    /// Services.
    pub services: Vec<String>,
    /// Purposes.
    pub purposes: Vec<String>,
    /// Fields.
    pub fields: Vec<String>,
    /// First day.
    pub valid_from: Date,
    /// First day after.
    pub valid_until: Option<Date>,
    /// Requests a minute.
    pub rate_per_minute: i32,
}

impl Store {
    /// Adds an agreement; those of a client must not overlap in time.
    pub async fn add_agreement(&self, row: &AgreementRow) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into agreement (client_id, client_name, audience, services, purposes, fields, valid, rate_per_minute)
             values ($1, $2, $3, $4, $5, $6, daterange($7, $8), $9)",
            row.client_id, row.client_name, row.audience, &row.services, &row.purposes, &row.fields, row.valid_from,
            row.valid_until, row.rate_per_minute
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends a client's agreement without end on a day; gives whether there was one that had begun before it.
    pub async fn end_agreement(&self, client_id: &str, day: Date) -> Result<bool, StoreError> {
        let ended = sqlx::query!(
            "update agreement set valid = daterange(lower(valid), $2)
             where client_id = $1 and upper_inf(valid) and lower(valid) < $2::date",
            client_id,
            day
        );
        Ok(ended.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// The agreement of a client that is in force, else its latest one.
    pub async fn agreement(&self, client_id: &str) -> Result<Option<AgreementRow>, StoreError> {
        Ok(sqlx::query_as!(
            AgreementRow,
            r#"select client_id, client_name, audience, services, purposes, fields, lower(valid) as "valid_from!",
                      upper(valid) as valid_until, rate_per_minute
               from agreement where client_id = $1 order by (valid @> today()) desc, valid desc limit 1"#,
            client_id
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Keeps a token by its hash.
    pub async fn add_token(
        &self,
        token_sha256: &[u8],
        identity: &Identity,
        expires_at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (name, role, client, officer) = match identity {
            Identity::Officer(officer) => (&officer.name, "officer", None, Some(officer)),
            Identity::Client(id) => (id, "client", Some(id), None),
        };
        let roles = officer.map(|officer| texts(&officer.roles));
        let areas = officer.and_then(|officer| officer.areas.as_ref().map(texts));
        sqlx::query!(
            "insert into access_token (token_sha256, name, role, client_id, expires_at, roles, areas)
             values ($1, $2, $3, $4, $5, coalesce($6, '{}'::text[]), $7)",
            token_sha256, name, role, client, expires_at, roles.as_deref(), areas.as_deref()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends all tokens of a name; gives how many were alive.
    pub async fn revoke_tokens(&self, name: &str) -> Result<u64, StoreError> {
        let revoked = sqlx::query!(
            "update access_token set revoked_at = now() where name = $1 and revoked_at is null",
            name
        );
        Ok(revoked.execute(&self.pool).await?.rows_affected())
    }

    /// Who a token's hash belongs to, if it is alive.
    pub async fn identity(&self, token_sha256: &[u8]) -> Result<Option<Identity>, StoreError> {
        let row = sqlx::query!(
            "select name, client_id, roles, areas from access_token
             where token_sha256 = $1 and revoked_at is null and expires_at > now()",
            token_sha256
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            if let Some(client) = row.client_id {
                return Ok(Identity::Client(client));
            }
            Ok(Identity::Officer(Officer {
                name: row.name,
                roles: each::<Role>(&row.roles)?,
                areas: row.areas.as_deref().map(each::<Area>).transpose()?,
            }))
        })
        .transpose()
    }

    /// Writes a row of the access ledger; it is durable when this returns.
    pub async fn record_access(&self, entry: &AccessEntry<'_>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar!(
            "insert into access_ledger (actor, audience, service, purpose, dossier, request, parcel_id, fields, register_position, outcome)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning entry_no",
            entry.actor, entry.audience, entry.service, entry.purpose, entry.dossier, entry.request,
            entry.parcel_id.map(i64::from), entry.fields, entry.position.0, entry.outcome
        )
        .fetch_one(&self.pool)
        .await?)
    }
}

pub(super) fn texts<T: std::fmt::Display>(values: &BTreeSet<T>) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

pub(super) fn each<T: FromStr<Err: std::fmt::Display> + Ord>(
    texts: &[String],
) -> Result<BTreeSet<T>, StoreError> {
    texts.iter().map(|text| sound(text.parse())).collect()
}
