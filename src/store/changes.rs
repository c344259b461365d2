//! The change feed: what happened after a position, in commit order, and a bell that rings when there is more.

use super::{Store, StoreError, sound};
use crate::domain::{ParcelId, Position};
use sqlx::postgres::PgListener;
use std::time::Duration;

/// The parcels that changes after a position touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Touched parcels, each once.
    pub parcel_ids: Vec<ParcelId>,
    /// The position after the last of them.
    pub position: Position,
}

/// Rings when the register has moved; certainty comes from asking for changes, not from here.
pub struct Wake {
    listener: PgListener,
}

/// How many transactions are taken in at once.
const TRANSACTIONS: i64 = 512;

impl Store {
    /// The position of the last committed change.
    pub async fn position(&self) -> Result<Position, StoreError> {
        Ok(Position(
            sqlx::query_scalar!("select position from register_state")
                .fetch_one(&self.pool)
                .await?,
        ))
    }

    /// The register's own name, made when it was: a UUID as a URN (RFC 9562).
    pub async fn register_name(&self) -> Result<String, StoreError> {
        let name = sqlx::query_scalar!(
            r#"select 'urn:uuid:' || register_uuid as "name!" from register_state"#
        );
        Ok(name.fetch_one(&self.pool).await?)
    }

    /// What changed after a position, up to some hundred transactions; the same position where nothing did.
    pub async fn changes_after(&self, position: Position) -> Result<Changes, StoreError> {
        let row = sqlx::query!(
            r#"with batch as (
                   select txid, position from change_transaction where position > $1 order by position limit $2
               )
               select (select max(position) from batch) as last_position,
                      array(select distinct id from batch join change using (txid), unnest(parcel_ids) as id order by id)
                          as "ids!""#,
            position.0, TRANSACTIONS
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Changes {
            parcel_ids: row
                .ids
                .into_iter()
                .map(|id| sound(ParcelId::try_from(id)))
                .collect::<Result<_, _>>()?,
            position: row.last_position.map_or(position, Position),
        })
    }

    /// A bell of its own connection.
    pub async fn wake(&self) -> Result<Wake, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen("diaba_change").await?;
        Ok(Wake { listener })
    }
}

impl Wake {
    /// Waits until something rings, the connection was lost and found again, or the time is over: then ask for changes.
    pub async fn rung(&mut self, at_most: Duration) -> Result<(), StoreError> {
        match tokio::time::timeout(at_most, self.listener.try_recv()).await {
            Ok(Err(error)) => Err(error.into()),
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }
}
