//! What lies where under the data directory, and how it is written so that a power cut leaves nothing half-made.

use super::ClusterError;
use super::account::Account;
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The port is only a part of the socket's name.
pub(super) const PORT: u16 = 5432;

/// The longest path of a unix socket on Linux (`sun_path` without its closing zero).
const LONGEST_SOCKET_PATH_BYTES: usize = 107;

/// The cluster's places.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    data_dir: PathBuf,
    /// The folder of the socket: `run/`, or a short one in `/tmp` where that cannot be a socket's path.
    pub socket_dir: String,
}

impl Layout {
    /// The layout under a data directory that exists.
    pub fn new(data_dir: &Path) -> Result<Self, ClusterError> {
        let data_dir = fs::canonicalize(data_dir).map_err(ClusterError::file("find", data_dir))?;
        let socket_dir = socket_dir(&data_dir);
        Ok(Self {
            data_dir,
            socket_dir,
        })
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub fn pg_data(&self) -> PathBuf {
        self.data_dir.join("pg")
    }

    pub fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    pub fn start_lock(&self) -> PathBuf {
        self.data_dir.join("start.lock")
    }

    pub fn users_lock(&self) -> PathBuf {
        self.data_dir.join("users.lock")
    }

    /// The major version that made the data, if there is any.
    pub fn pg_version(&self) -> Result<Option<u32>, ClusterError> {
        let path = self.pg_data().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => {
                let major = text
                    .trim()
                    .parse()
                    .map_err(|_| io::ErrorKind::InvalidData.into());
                major
                    .map(Some)
                    .map_err(ClusterError::file("read the version in", &path))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::file("read", &path)(error)),
        }
    }

    /// Makes the socket's folder, private to the account; one that somebody else has put there is refused.
    pub fn make_socket_dir(&self, account: &Account) -> Result<(), ClusterError> {
        let path = Path::new(&self.socket_dir);
        make_private_folder(path, account)?;
        let found = fs::symlink_metadata(path).map_err(ClusterError::file("look at", path))?;
        if !found.is_dir() || found.uid() != account.uid || found.mode() & 0o077 != 0 {
            let source =
                io::Error::other("it must be a folder of the database's user, closed to others");
            return Err(ClusterError::file("use", path)(source));
        }
        Ok(())
    }

    /// Removes the socket's folder where it is not part of the data directory and nothing is in it.
    pub fn drop_socket_dir(&self) {
        if !Path::new(&self.socket_dir).starts_with(&self.data_dir)
            && let Err(error) = fs::remove_dir(&self.socket_dir)
        {
            tracing::debug!(%error, folder = self.socket_dir, "the socket's folder stays");
        }
    }
}

/// Makes the data directory unless it is there. Under root others may pass through it, because the database's user must.
pub(super) fn make_data_dir(path: &Path, as_root: bool) -> Result<(), ClusterError> {
    if path.is_dir() {
        return Ok(());
    }
    let mode = if as_root { 0o711 } else { 0o700 };
    fs::create_dir_all(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)))
        .map_err(ClusterError::file("create", path))
}

/// Makes a folder that only the account can enter; one that is there stays as it is.
pub(super) fn make_private_folder(path: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.adopt(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ClusterError::file("create", path)(error)),
    }
}

/// Opens a file of the account's in the data directory for appending, and makes it if needed; a link is not followed.
pub(super) fn open_own(path: &Path, account: &Account) -> Result<File, ClusterError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(ClusterError::file("open", path))?;
    account.adopt(path)?;
    Ok(file)
}

/// Writes a whole file for the account: readers and a power cut see the old one or the new one.
pub(super) fn replace_file(path: &Path, text: &str, account: &Account) -> Result<(), ClusterError> {
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ClusterError::file("remove", &draft)(error));
        }
        _ => {}
    }
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(ClusterError::file("write", &draft))?;
    account.adopt(&draft)?;
    fs::rename(&draft, path).map_err(ClusterError::file("replace", path))
}

/// `run/` under the data directory, unless that is too long or has letters that PostgreSQL's lists of folders give a
/// meaning to; then a folder in `/tmp` named after the data directory.
fn socket_dir(data_dir: &Path) -> String {
    let usual = data_dir.join("run");
    let fits = |path: &&str| {
        format!("{path}/.s.PGSQL.{PORT}").len() <= LONGEST_SOCKET_PATH_BYTES
            && !path.contains(|letter: char| letter.is_control() || r#","'\"#.contains(letter))
    };
    usual.to_str().filter(fits).map_or_else(
        || {
            let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
            digest
                .iter()
                .take(8)
                .fold("/tmp/diaba-".to_owned(), |name, byte| {
                    format!("{name}{byte:02x}")
                })
        },
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_moves_to_tmp_where_its_path_would_exceed_107_bytes() {
        // "/" + 88 + "/run" + "/.s.PGSQL.5432" = 1 + 88 + 4 + 14 = 107
        let fitting = format!("/{}", "x".repeat(88));
        assert_eq!(socket_dir(Path::new(&fitting)), format!("{fitting}/run"));
        let short = socket_dir(Path::new(&format!("/{}", "x".repeat(89))));
        assert!(short.starts_with("/tmp/diaba-"));
        assert_eq!(short.len(), "/tmp/diaba-".len() + 16);
    }

    #[test]
    fn the_socket_moves_to_tmp_where_its_path_would_read_as_a_list() {
        assert_eq!(socket_dir(Path::new("/srv/Địa Bạ")), "/srv/Địa Bạ/run");
        assert!(socket_dir(Path::new("/srv/a,b")).starts_with("/tmp/diaba-"));
    }
}
