//! What can go wrong with the private cluster, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A file or folder of the data directory refuses.
    #[error("cannot {action} {}", path.display())]
    File {
        /// The verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No server program where one was looked for.
    #[error(
        "no PostgreSQL server found{}: install PostgreSQL 15 or newer with PostGIS (Debian: apt-get install \
         postgresql-15-postgis-3)", in_folder(folder.as_deref())
    )]
    ServerMissing {
        /// The folder that was named, if one was.
        folder: Option<PathBuf>,
    },
    /// Only an old server.
    #[error(
        "PostgreSQL {major} in {} is too old: install PostgreSQL 15 or newer with PostGIS (Debian: apt-get install \
         postgresql-15-postgis-3)", folder.display()
    )]
    ServerTooOld {
        /// Its major version.
        major: u32,
        /// Where it lives.
        folder: PathBuf,
    },
    /// The data was written by a server that is no longer here.
    #[error(
        "the database was made by PostgreSQL {wanted}, but only {found} is here: install PostgreSQL {wanted} with \
         PostGIS (Debian: apt-get install postgresql-{wanted}-postgis-3)"
    )]
    ServerChanged {
        /// The major version that made the data.
        wanted: u32,
        /// The major version found.
        found: u32,
    },
    /// The server has no PostGIS, or an old one.
    #[error(
        "PostgreSQL {major} in {} lacks PostGIS 3.3 or newer: install it (Debian: apt-get install \
         postgresql-{major}-postgis-3)", folder.display()
    )]
    PostgisMissing {
        /// The server's major version.
        major: u32,
        /// Where the server lives.
        folder: PathBuf,
    },
    /// Root runs `diaba`, and there is nobody to run the database as.
    #[error(
        "PostgreSQL does not run as root, and there is no user postgres to run it as (Debian: apt-get install \
         postgresql-15-postgis-3 makes one)"
    )]
    NoUnprivilegedUser,
    /// The operating system knows no name for a user id.
    #[error("user id {uid} has no name on this machine, and PostgreSQL needs one: add the user")]
    NamelessUser {
        /// The user id.
        uid: u32,
    },
    /// The data belongs to somebody else, and only root could act for them.
    #[error("{} belongs to user id {owner}: run diaba as that user, or as root", folder.display())]
    NotYours {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// The data belongs to root.
    #[error(
        "{} belongs to root, and PostgreSQL runs as its owner but never as root: give it to another user", folder.display()
    )]
    Roots {
        /// The folder.
        folder: PathBuf,
    },
    /// The unprivileged user cannot get to the data directory.
    #[error(
        "user {user}, whom the database runs as, cannot enter {}, so the data directory cannot be {}: choose another, \
         such as /var/lib/diaba", folder.display(), data_dir.display()
    )]
    Unreachable {
        /// The unprivileged user.
        user: String,
        /// The folder that bars the way.
        folder: PathBuf,
        /// The data directory asked for.
        data_dir: PathBuf,
    },
    /// A program could not be started.
    #[error("cannot run {}", program.display())]
    Program {
        /// The program.
        program: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A program failed.
    #[error("{} failed: {output}", program.display())]
    ProgramFailed {
        /// The program.
        program: PathBuf,
        /// The end of what it said.
        output: String,
    },
    /// The server ended while it started.
    #[error("the database server ended while it started; its log says: {log_tail}")]
    Ended {
        /// The end of its log.
        log_tail: String,
    },
    /// The server did not answer in time.
    #[error("the database server did not answer within {waited_s} s; its log says: {log_tail}")]
    Silent {
        /// How long it was given, in seconds.
        waited_s: u64,
        /// The end of its log.
        log_tail: String,
    },
    /// The server does not go.
    #[error("the database server (process {pid}) did not stop")]
    NotStopped {
        /// Its process id.
        pid: u32,
    },
    /// The server answers, and refuses.
    #[error("the database server refuses the connection or statement")]
    Sql(#[from] sqlx::Error),
}

impl ClusterError {
    /// Wraps what the operating system says about a file: `.map_err(ClusterError::file("read", path))`.
    pub(super) fn file(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}

fn in_folder(folder: Option<&Path>) -> String {
    folder.map_or_else(String::new, |folder| format!(" in {}", folder.display()))
}
