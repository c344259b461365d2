//! Whether the cluster's server runs, by the file that PostgreSQL leaves with its process id.

use super::ClusterError;
use super::layout::PORT;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

const PID_FILE: &str = "postmaster.pid";

/// What `postmaster.pid` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing that runs.
    Nobody,
    /// A process that is not this cluster's: the file outlived its writer, and the number was given away again.
    Stranger(u32),
    /// This cluster's server.
    Server {
        /// Its process id.
        pid: u32,
        /// Whether it says that it takes connections.
        ready: bool,
    },
}

/// What a `postmaster.pid` leads to.
///
/// # Source
/// Line 1 is the process id, line 8 the server's own word on its state (PostgreSQL, `miscadmin.h`).
pub(super) fn find(pg_data: &Path) -> Result<Found, ClusterError> {
    let Some(text) = read(&pg_data.join(PID_FILE))? else {
        return Ok(Found::Nobody);
    };
    let Some(pid) = pid_in(&text) else {
        return Ok(Found::Nobody);
    };
    let ready = text
        .lines()
        .nth(7)
        .is_some_and(|state| state.trim() == "ready");
    Ok(match fs::read(format!("/proc/{pid}/cmdline")) {
        Err(_) => Found::Nobody,
        Ok(cmdline) if serves(pid, &cmdline, pg_data) => Found::Server { pid, ready },
        Ok(_) => Found::Stranger(pid),
    })
}

/// Removes lock files that a power cut has emptied or filled with zeros, over which PostgreSQL would stumble.
pub(super) fn remove_broken(pg_data: &Path, socket_dir: &Path) -> Result<(), ClusterError> {
    let socket_lock = socket_dir.join(format!(".s.PGSQL.{PORT}.lock"));
    for path in [pg_data.join(PID_FILE), socket_lock] {
        if read(&path)?.is_some_and(|text| pid_in(&text).is_none()) {
            fs::remove_file(&path).map_err(ClusterError::file("remove", &path))?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<String>, ClusterError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::file("read", path)(error)),
    }
}

fn pid_in(text: &str) -> Option<u32> {
    text.lines().next()?.trim().parse().ok()
}

/// Whether a process is a postmaster of this folder. A dead child nobody has waited for has no command line, and a
/// backend's begins with `postgres: `.
fn serves(pid: u32, cmdline: &[u8], pg_data: &Path) -> bool {
    let mut words = cmdline
        .split(|byte| *byte == 0)
        .map(|word| Path::new(OsStr::from_bytes(word)));
    let program = words.next().and_then(Path::file_name);
    if program != Some(OsStr::new("postgres")) && program != Some(OsStr::new("postmaster")) {
        return false;
    }
    let told = words
        .skip_while(|word| *word != Path::new("-D"))
        .nth(1)
        .filter(|path| path.is_absolute());
    let folder = match told {
        Some(folder) => Ok(folder.to_owned()),
        None => fs::read_link(format!("/proc/{pid}/cwd")),
    };
    let real = |path: PathBuf| fs::canonicalize(&path).unwrap_or(path);
    // In doubt it is ours: to wait for a stranger does no harm, to start a second server would.
    folder.map_or(true, |folder| real(folder) == real(pg_data.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_postmaster_of_this_very_folder_counts_as_the_server() {
        let serves = |cmdline: &str| serves(0, cmdline.as_bytes(), Path::new("/srv/a/pg"));
        assert!(serves(
            "/usr/lib/postgresql/15/bin/postgres\0-D\0/srv/a/pg\0"
        ));
        assert!(!serves(
            "/usr/lib/postgresql/15/bin/postgres\0-D\0/srv/b/pg\0"
        ));
        assert!(!serves("postgres: checkpointer \0"));
        assert!(!serves("/usr/bin/psql\0-D\0/srv/a/pg\0"));
        assert!(!serves(""));
    }
}
