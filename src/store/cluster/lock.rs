//! Locks on files of the data directory; the kernel drops them with the process, however that ends.

use super::ClusterError;
use super::account::Account;
use super::layout::open_own;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(20);

/// Waits until no other process starts or stops the cluster.
pub(super) async fn alone(path: &Path, account: &Account) -> Result<File, ClusterError> {
    wait(path, account, File::try_lock).await
}

/// Enters among the users of the cluster.
pub(super) async fn among_others(path: &Path, account: &Account) -> Result<File, ClusterError> {
    wait(path, account, File::try_lock_shared).await
}

/// Leaves the users of the cluster; whether nobody is left. Call it alone.
pub(super) fn leave(users: &File, path: &Path) -> Result<bool, ClusterError> {
    let last = match users.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => return Err(ClusterError::file("lock", path)(error)),
    };
    // Said aloud, because a child that is just being made by another thread may hold the file a moment longer.
    users.unlock().map_err(ClusterError::file("unlock", path))?;
    Ok(last)
}

/// Tries again and again instead of waiting in a thread, so that a caller who gives up leaves nothing behind.
async fn wait(
    path: &Path,
    account: &Account,
    try_lock: fn(&File) -> Result<(), TryLockError>,
) -> Result<File, ClusterError> {
    let file = open_own(path, account)?;
    loop {
        match try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(error)) => return Err(ClusterError::file("lock", path)(error)),
        }
    }
}
