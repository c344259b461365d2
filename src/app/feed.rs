//! From the change feed into memory, and on to whoever watches.

use super::watch::{Published, Watchers};
use super::{App, AppError};
use crate::domain::{ParcelId, Position};
use crate::index::State;
use crate::store::{Committed, StoreError, Wake};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use time::{Date, OffsetDateTime};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long a reader sleeps at most when no bell rings.
const POLL: Duration = Duration::from_secs(1);
/// After so long without a look at the feed, what is in memory counts as stale.
const FRESH: Duration = Duration::from_secs(10);
/// How long a database may take to give parcels, and a millisecond for each more; then it is lost, though nobody said so.
const PATIENCE: Duration = Duration::from_secs(30);
/// Parcels that are read and put into the index at once where nothing asks for more.
const PART: usize = 10_000;

/// What the feed of one server holds besides the index.
pub(super) struct Feed {
    /// One writer of the index at a time; with it the revision of the names that the index has.
    writing: Mutex<Option<i64>>,
    pub(super) watchers: Watchers,
    /// When the index was last known to hold everything, in Unix milliseconds.
    fresh_at_ms: AtomicI64,
    is_lost: AtomicBool,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            writing: Mutex::default(),
            watchers: Watchers::default(),
            fresh_at_ms: AtomicI64::new(now_ms()),
            is_lost: AtomicBool::new(false),
        }
    }
}

impl Feed {
    fn renew(&self) {
        self.fresh_at_ms.store(now_ms(), Ordering::Release);
        if self.is_lost.swap(false, Ordering::AcqRel) {
            tracing::info!("the change feed is back");
        }
    }

    fn lose(&self, error: &AppError) {
        if !self.is_lost.swap(true, Ordering::AcqRel) {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "the change feed was lost; reads go on from memory"
            );
        }
    }
}

fn now_ms() -> i64 {
    let now_ns = OffsetDateTime::now_utc().unix_timestamp_nanos();
    i64::try_from(now_ns / 1_000_000).unwrap_or(i64::MAX)
}

impl App {
    /// Starts over with a state, and takes in everything since.
    pub(super) async fn start_from(self: &Arc<Self>, state: State) -> Result<(), AppError> {
        self.take_in(Some(state)).await
    }

    /// Takes in everything that was committed before this was called: who has committed sees it here afterwards.
    pub async fn catch_up(self: &Arc<Self>) -> Result<(), AppError> {
        self.take_in(None).await
    }

    /// One writer, in a task of its own: where whoever waits for it goes away, it ends what it has begun, and nobody else writes
    /// until then. Otherwise changes could become visible without being told, or an older state replace a newer one.
    async fn take_in(self: &Arc<Self>, anew: Option<State>) -> Result<(), AppError> {
        let app = Arc::clone(self);
        let writing = async move {
            let mut named = app.feed.writing.lock().await;
            if let Some(state) = anew {
                *named = None;
                app.show_anew(move || state).await?;
            }
            app.take_in_all(&mut named).await
        };
        tokio::spawn(writing).await?
    }

    async fn take_in_all(self: &Arc<Self>, named: &mut Option<i64>) -> Result<(), AppError> {
        loop {
            let before = self.state();
            let (position, day) = (before.position(), before.day());
            let changes = self.store.changes_after(position).await?;
            if *named != Some(changes.reference_revision) {
                let names = Arc::new(self.store.names().await?);
                self.show_anew(move || before.named(names)).await?;
                *named = Some(changes.reference_revision);
            }
            if day < changes.day {
                self.turn_day(day, changes.day).await?;
            }
            let same_origin = |a: &Committed, b: &Committed| a.is_outside == b.is_outside;
            for committed in changes.committed.chunk_by(same_origin) {
                self.publish_committed(committed).await?;
            }
            if self.state().position() >= changes.last_position {
                self.feed.renew();
                return Ok(());
            }
        }
    }

    /// Versions begin and end in law at midnight without any change.
    async fn turn_day(self: &Arc<Self>, known: Date, day: Date) -> Result<(), AppError> {
        let turning = self.store.parcels_turning(known, day).await?;
        tracing::info!(%day, parcels = turning.len(), "a day has begun in Viet Nam");
        let position = self.state().position();
        let now = OffsetDateTime::now_utc();
        for part in turning.chunks(PART) {
            self.publish(part.to_vec(), position, false, now).await?;
        }
        self.show(Vec::new(), position, day).await?;
        Ok(())
    }

    /// Publishes transactions that follow one another.
    async fn publish_committed(self: &Arc<Self>, committed: &[Committed]) -> Result<(), AppError> {
        let Some(last) = committed.last() else {
            return Ok(());
        };
        let ids = committed.iter().flat_map(|each| &each.parcel_ids);
        let mut parcel_ids: Vec<_> = ids.copied().collect();
        parcel_ids.sort_unstable();
        parcel_ids.dedup();
        self.publish(parcel_ids, last.position, last.is_outside, last.at)
            .await?;
        for outside in committed.iter().filter(|committed| committed.is_outside) {
            metrics::counter!("diaba_outside_changes_total").increment(1);
            tracing::warn!(
                position = outside.position.0,
                parcels = outside.parcel_ids.len(),
                "the register was changed past the program"
            );
        }
        Ok(())
    }

    /// The one way to become visible: reads the parcels as they are now, puts them into the index, tells whoever watches.
    /// Idempotent. The caller is the one writer.
    async fn publish(
        self: &Arc<Self>,
        parcel_ids: Vec<ParcelId>,
        position: Position,
        is_outside: bool,
        at: OffsetDateTime,
    ) -> Result<(), AppError> {
        let patience = PATIENCE + Duration::from_millis(parcel_ids.len() as u64);
        let current = timeout(patience, self.store.page_parcels(&parcel_ids)).await;
        let current = current.map_err(|_| StoreError::Silent)??;
        let mut by_id: HashMap<_, _> = current
            .into_iter()
            .map(|parcel| (parcel.parcel_id, parcel))
            .collect();
        let changes = parcel_ids
            .iter()
            .map(|id| (*id, by_id.remove(id)))
            .collect();
        let before = self.state();
        let (after, day) = (before.position(), before.day());
        let touched = self.show(changes, position, day).await?;
        self.feed.watchers.tell(Published {
            after,
            position,
            touched: touched.into(),
            parcel_ids: parcel_ids.into(),
            is_outside,
            at,
        });
        Ok(())
    }

    /// Follows the feed until stopped: a bell wakes it, certainty comes from the positions. Survives a lost database.
    pub async fn follow(self: &Arc<Self>, stop: CancellationToken) {
        let _until_then = self.feed.watchers.end_with_this();
        let mut wake = None;
        loop {
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                outcome = self.wait_and_catch_up(&mut wake) => outcome,
            };
            if let Err(error) = outcome {
                self.feed.lose(&error);
                wake = None;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }

    async fn wait_and_catch_up(self: &Arc<Self>, wake: &mut Option<Wake>) -> Result<(), AppError> {
        match wake {
            Some(wake) => wake.rung(POLL).await?,
            None => *wake = Some(self.store.wake().await?),
        }
        self.catch_up().await
    }

    /// Since when answers from memory may lack changes; `None` while the feed is followed.
    pub fn stale_since(&self) -> Option<OffsetDateTime> {
        let fresh_at_ms = self.feed.fresh_at_ms.load(Ordering::Acquire);
        let age = Duration::from_millis(u64::try_from(now_ms() - fresh_at_ms).unwrap_or(0));
        if !self.feed.is_lost.load(Ordering::Acquire) && age < FRESH {
            return None;
        }
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(fresh_at_ms) * 1_000_000).ok()
    }
}
