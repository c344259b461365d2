//! Filling the index: from the snapshot on disk where it is sound, else from the database; and writing that snapshot.

use super::{App, AppError, PROGRAM};
use crate::domain::CommuneCode;
use crate::index::{Commune, Head, SnapshotError, State, read_snapshot, write_snapshot};
use crate::page::PageParcel;
use crate::store::{CommuneReader, Communewise};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often a changed index is written to disk.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_mins(5);

/// Where the index was filled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledFrom {
    /// The snapshot on disk, and the changes since.
    Snapshot,
    /// The database.
    Database,
}

impl App {
    /// Fills the index and serves from then on. What is wrong with a snapshot is logged; then the database is read.
    pub async fn fill_index(self: &Arc<Self>) -> Result<FilledFrom, AppError> {
        let from_snapshot = self.snapshot_state().await?;
        let (filled_from, state) = if let Some(state) = from_snapshot {
            (FilledFrom::Snapshot, state)
        } else {
            let register = self.store.communewise().await?;
            (FilledFrom::Database, read_register(register).await?)
        };
        self.start_from(state).await?;
        self.is_ready.store(true, Ordering::Release);
        Ok(filled_from)
    }

    /// The state on disk, where it is one of this register and of this history.
    async fn snapshot_state(&self) -> Result<Option<State>, AppError> {
        let (path, register) = (self.snapshot_path.clone(), self.register_name.clone());
        let reading = move || read_snapshot(&path, &register, PROGRAM);
        let (head, state) = match apart(reading).await {
            Ok(Some(read)) => read,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.refuse_snapshot(&error);
                return Ok(None);
            }
        };
        if self.store.reached_by(head.position).await? != head.reached_by
            || self.position().await? < head.position
        {
            let of = format!(
                "position {} was reached otherwise in this database",
                head.position
            );
            self.refuse_snapshot(&SnapshotError::Foreign(of));
            return Ok(None);
        }
        Ok(Some(state))
    }

    fn refuse_snapshot(&self, error: &SnapshotError) {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            path = %self.snapshot_path.display(),
            "the snapshot of the index is not used; the database is read instead"
        );
        metrics::counter!("diaba_snapshot_refused_total").increment(1);
    }

    /// Writes the state as it is now; gives the file's size in bytes.
    pub async fn write_snapshot(&self) -> Result<u64, AppError> {
        let state = self.filled()?;
        let head = Head {
            register: self.register_name.clone(),
            program: PROGRAM.to_owned(),
            position: state.position(),
            reached_by: self.store.reached_by(state.position()).await?,
            day: state.day(),
        };
        let path = self.snapshot_path.clone();
        Ok(apart(move || write_snapshot(&state, head, &path)).await?)
    }

    /// Writes a snapshot from time to time, where the state has moved; and once more when stopped.
    pub async fn keep_snapshots(self: Arc<Self>, stop: CancellationToken) {
        let mut written = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(BETWEEN_SNAPSHOTS) => {}
            }
            let state = self.state();
            let now = Some((state.position(), state.day()));
            drop(state);
            if self.is_ready() && written != now {
                match self.write_snapshot().await {
                    Ok(size_bytes) => {
                        tracing::info!(size_bytes, "the index was written to disk");
                        written = now;
                    }
                    Err(error) => tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the index could not be written to disk; the next start reads the database"
                    ),
                }
            }
            if stop.is_cancelled() {
                return;
            }
        }
    }
}

/// The current parcels of the database, packed while the next communes are read.
pub(super) async fn read_register(register: Communewise) -> Result<State, AppError> {
    let (position, day) = (register.position(), register.day());
    let (send, mut receive) = mpsc::channel(2);
    let mut reading = JoinSet::new();
    for reader in register.readers() {
        reading.spawn(read_communes(reader, send.clone()));
    }
    drop(send);
    let packing = tokio::task::spawn_blocking(move || {
        let mut communes = Vec::new();
        while let Some((code, parcels)) = receive.blocking_recv() {
            communes.extend(Commune::pack(code, parcels));
        }
        State::of_communes(position, day, communes)
    });
    while let Some(read) = reading.join_next().await {
        read??;
    }
    Ok(packing.await?)
}

async fn read_communes(
    mut reader: CommuneReader,
    send: mpsc::Sender<(CommuneCode, Vec<PageParcel>)>,
) -> Result<(), AppError> {
    while let Some(commune) = reader.next().await? {
        if send.send(commune).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Runs what reads or writes files on a thread of its own.
async fn apart<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, SnapshotError> + Send + 'static,
) -> Result<T, SnapshotError> {
    let lost = |_| SnapshotError::Damaged("its reader ended unexpectedly".to_owned());
    tokio::task::spawn_blocking(task).await.map_err(lost)?
}
