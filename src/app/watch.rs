//! Who is told what has become visible.

use super::{App, AppError};
use crate::domain::{ParcelId, Position};
use crate::page::{FineBox, WorldBox};
use crate::store::Committed;
use std::collections::HashMap;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Publications that a slow watcher may be behind.
const BACKLOG: usize = 256;
/// Watchers at once.
const WATCHERS: usize = 2000;
/// Transactions, and parcels in them, that are told again to one who comes back.
const REPLAY: i64 = 1000;
const REPLAY_PARCELS: usize = 20_000;

/// What has become visible: the change of one or more transactions, or of a day's beginning.
#[derive(Debug, Clone)]
pub struct Published {
    /// The register's position before; the same as after for a day's beginning.
    pub after: Position,
    /// The register's position with it.
    pub position: Position,
    /// Where the map differs: boxes of parcels before and after.
    pub touched: Arc<[WorldBox]>,
    /// The parcels whose land has changed, on the map or not.
    pub parcel_ids: Arc<[ParcelId]>,
    /// Whether it was made past the program.
    pub is_outside: bool,
    /// When it was committed, or the day seen.
    pub at: OffsetDateTime,
}

/// A place among those who are told, free again when this is dropped.
pub struct Watcher {
    /// What is published from now on.
    pub published: broadcast::Receiver<Published>,
    /// Cancelled when nothing more will come.
    pub end: CancellationToken,
    _place: OwnedSemaphorePermit,
}

/// All who are told.
pub(super) struct Watchers {
    sender: broadcast::Sender<Published>,
    places: Arc<Semaphore>,
    end: CancellationToken,
}

impl Default for Watchers {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            places: Arc::new(Semaphore::new(WATCHERS)),
            end: CancellationToken::new(),
        }
    }
}

impl Watchers {
    /// Tells everybody; nobody may be there.
    pub(super) fn tell(&self, published: Published) {
        let _ = self.sender.send(published);
    }

    /// Sends everybody away when the guard is dropped.
    pub(super) fn end_with_this(&self) -> DropGuard {
        self.end.clone().drop_guard()
    }
}

impl App {
    /// A place among those who are told what becomes visible; `None` where all are taken.
    pub fn watch(&self) -> Option<Watcher> {
        let watchers = &self.feed.watchers;
        let place = Arc::clone(&watchers.places).try_acquire_owned().ok()?;
        Some(Watcher {
            published: watchers.sender.subscribe(),
            end: watchers.end.clone(),
            _place: place,
        })
    }

    /// What became visible after a position until another, from the database; `None` where that is too much to tell, or the
    /// register has not reached the first position. Boxes are those of all versions of the parcels.
    pub async fn replay(
        &self,
        after: Position,
        until: Position,
    ) -> Result<Option<Vec<Published>>, AppError> {
        if until.0.saturating_sub(after.0) > REPLAY || after > self.store.position().await? {
            return Ok(None);
        }
        let mut missed = self.begun_since(after).await?;
        let mut reached = after;
        while reached < until && parcel_count(&missed) <= REPLAY_PARCELS {
            let changes = self.store.changes_after(reached).await?.committed;
            let Some(last) = changes.last() else { break };
            reached = last.position;
            missed.extend(changes.into_iter().filter(|each| each.position <= until));
        }
        if parcel_count(&missed) > REPLAY_PARCELS {
            return Ok(None);
        }
        let ids = missed.iter().flat_map(|each| &each.parcel_ids);
        let boxes = self
            .store
            .boxes_of(&ids.copied().collect::<Vec<_>>())
            .await?;
        let retold = missed.into_iter().map(|each| retold(each, &boxes));
        Ok(Some(retold.collect()))
    }

    /// What days have brought since the one on which a position was reached, as if it were a change at that position.
    async fn begun_since(&self, position: Position) -> Result<Vec<Committed>, AppError> {
        let Some(day) = self.store.day_of(position).await? else {
            return Ok(Vec::new());
        };
        let parcel_ids = self
            .store
            .parcels_turning(day, self.store.today().await?)
            .await?;
        let begun = (!parcel_ids.is_empty()).then(|| Committed {
            position,
            parcel_ids,
            is_outside: false,
            at: OffsetDateTime::now_utc(),
        });
        Ok(begun.into_iter().collect())
    }
}

fn parcel_count(changes: &[Committed]) -> usize {
    changes.iter().map(|each| each.parcel_ids.len()).sum()
}

fn retold(change: Committed, boxes: &HashMap<ParcelId, Vec<[f64; 4]>>) -> Published {
    let touched = change
        .parcel_ids
        .iter()
        .filter_map(|id| boxes.get(id))
        .flatten();
    Published {
        after: change.position,
        position: change.position,
        touched: touched
            .map(|corners| FineBox::from_degrees(*corners).world())
            .collect(),
        parcel_ids: change.parcel_ids.into(),
        is_outside: change.is_outside,
        at: change.at,
    }
}
