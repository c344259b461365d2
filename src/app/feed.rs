//! From the change feed into memory.

use super::{App, AppError};
use crate::domain::{ParcelId, Position};
use crate::store::Wake;
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a reader sleeps at most when no bell rings.
const POLL: Duration = Duration::from_secs(1);

impl App {
    /// Makes changes visible: reads the parcels as they are now and puts them into the index. Idempotent.
    pub async fn publish(
        &self,
        parcel_ids: &[ParcelId],
        position: Position,
    ) -> Result<(), AppError> {
        let current = self.store.page_parcels(parcel_ids).await?;
        let mut by_id: HashMap<_, _> = current
            .into_iter()
            .map(|parcel| (parcel.parcel_id, parcel))
            .collect();
        let changes = parcel_ids
            .iter()
            .map(|id| (*id, by_id.remove(id)))
            .collect();
        self.index.apply(changes, position, self.state().day());
        Ok(())
    }

    /// Takes in everything that was committed since the index's position.
    pub async fn catch_up(&self) -> Result<(), AppError> {
        loop {
            let before = self.state().position();
            let changes = self.store.changes_after(before).await?;
            if changes.position == before {
                return Ok(());
            }
            self.publish(&changes.parcel_ids, changes.position).await?;
        }
    }

    /// Takes in what began or ended in law since a day, without any change.
    pub async fn turn_day(&self, _since: time::Date) -> Result<(), AppError> {
        Ok(())
    }

    /// Follows the feed until stopped: a bell wakes it, certainty comes from the positions. Survives a lost database.
    ///
    /// At midnight in Viet Nam versions begin and end in law without any change; then everything is read anew.
    pub async fn follow(&self, stop: CancellationToken) {
        let mut wake: Option<Wake> = None;
        let mut day = None;
        loop {
            let turn = async {
                match &mut wake {
                    Some(wake) => wake.rung(POLL).await?,
                    None => wake = Some(self.store.wake().await?),
                }
                let today = self.store.today().await?;
                if day.is_some_and(|before| before != today) {
                    self.fill_index().await?;
                }
                day = Some(today);
                self.catch_up().await
            };
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                outcome = turn => outcome,
            };
            if let Err(error) = outcome {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the change feed was lost; trying again"
                );
                wake = None;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }
}
