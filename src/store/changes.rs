//! The change feed: what was committed after a position, in commit order, and a bell that rings when there is more.

use super::{READ, Store, StoreError, sound};
use crate::domain::{ParcelId, Position};
use sqlx::postgres::PgListener;
use std::collections::HashMap;
use std::time::Duration;
use time::{Date, OffsetDateTime};

/// A committed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The position that it took.
    pub position: Position,
    /// Parcels whose land it touched (a version, a use), each once, by id: none where it was about rights, restrictions or blocks.
    pub parcel_ids: Vec<ParcelId>,
    /// Whether it was made past the program: by psql, QGIS or another.
    pub is_outside: bool,
    /// When.
    pub at: OffsetDateTime,
}

/// What followed a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// In commit order, without gaps.
    pub committed: Vec<Committed>,
    /// The position of the last change there is; where `committed` ends before it, there is more.
    pub last_position: Position,
    /// The day in Viet Nam when it was asked.
    pub day: Date,
    /// How often names of codes have changed.
    pub reference_revision: i64,
}

/// Rings when the register has moved; certainty comes from asking for changes, not from here.
pub struct Wake {
    listener: PgListener,
}

/// How many transactions are taken in at once, and after how many parcels no further one is.
const TRANSACTIONS: i64 = 512;
const PARCELS: i64 = 20_000;
/// A database that has not answered a question about changes by then is lost, though nobody said so.
const PATIENCE: Duration = Duration::from_secs(30);

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

    /// What was committed after a position: some hundred transactions, or one where it touched very many parcels.
    pub async fn changes_after(&self, position: Position) -> Result<Changes, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/changes_after.sql",
            position.0,
            TRANSACTIONS,
            PARCELS
        );
        // Asked after every change, it is planned once.
        let rows = answered(async {
            let mut reading = self.pool.begin_with(READ).await?;
            rows.fetch_all(&mut *reading).await
        });
        let rows = rows.await?;
        let (last_position, day, reference_revision) = rows
            .first()
            .map(|row| (Position(row.last_position), row.day, row.reference_revision))
            .ok_or_else(|| StoreError::Corrupt("no register state".to_owned()))?;
        let committed = rows.into_iter().filter_map(|row| {
            let (position, at) = (row.position?, row.committed_at?);
            Some(parcel_ids(row.ids).map(|parcel_ids| Committed {
                position: Position(position),
                parcel_ids,
                is_outside: row.is_outside,
                at,
            }))
        });
        Ok(Changes {
            committed: committed.collect::<Result<_, StoreError>>()?,
            last_position,
            day,
            reference_revision,
        })
    }

    /// Parcels of which something begins or ends in law after one day and until another, by id.
    pub async fn parcels_turning(
        &self,
        after: Date,
        until: Date,
    ) -> Result<Vec<ParcelId>, StoreError> {
        let ids = sqlx::query_file_scalar!("src/store/parcels_turning.sql", after, until);
        parcel_ids(answered(ids.fetch_all(&self.pool)).await?)
    }

    /// The day in Viet Nam on which a position was reached; `None` for one that has not been.
    pub async fn day_of(&self, position: Position) -> Result<Option<Date>, StoreError> {
        let day = sqlx::query_scalar!(
            r#"select (committed_at at time zone 'Asia/Ho_Chi_Minh')::date as "day!"
               from change_transaction where position = $1"#,
            position.0
        );
        Ok(day.fetch_optional(&self.pool).await?)
    }

    /// The boxes of all versions of parcels: west, south, east, north in degrees.
    pub async fn boxes_of(
        &self,
        ids: &[ParcelId],
    ) -> Result<HashMap<ParcelId, Vec<[f64; 4]>>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select distinct parcel_id, st_xmin(geographic) as "west!", st_ymin(geographic) as "south!",
                      st_xmax(geographic) as "east!", st_ymax(geographic) as "north!"
               from parcel_version where parcel_id = any ($1) order by 1, 2, 3, 4, 5"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        let mut boxes: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let corners = [row.west, row.south, row.east, row.north];
            boxes
                .entry(sound(ParcelId::try_from(row.parcel_id))?)
                .or_default()
                .push(corners);
        }
        Ok(boxes)
    }

    /// A bell of its own connection.
    pub async fn wake(&self) -> Result<Wake, StoreError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        answered(listener.listen("diaba_change")).await?;
        Ok(Wake { listener })
    }
}

impl Wake {
    /// Waits until something rings, the connection was lost and found again, or the time is over: then ask for changes.
    pub async fn rung(&mut self, at_most: Duration) -> Result<(), StoreError> {
        if let Ok(rung) = tokio::time::timeout(at_most, self.listener.try_recv()).await {
            rung?;
            while self.listener.next_buffered().is_some() {}
        }
        Ok(())
    }
}

async fn answered<T>(
    question: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, question).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(StoreError::Silent),
    }
}

fn parcel_ids(ids: Vec<i64>) -> Result<Vec<ParcelId>, StoreError> {
    ids.into_iter()
        .map(|id| sound(ParcelId::try_from(id)))
        .collect()
}
