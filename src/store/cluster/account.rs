//! The operating-system user that the database runs as, and commands run as that user.

use super::ClusterError;
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

const ROOT: u32 = 0;

/// Whom the database runs as: whoever runs `diaba`, or an unprivileged user when that is root.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    gid: u32,
    /// Whether commands must change to this user first.
    switch: bool,
}

/// Whether this process runs as root.
pub(super) fn is_root() -> bool {
    effective_uid().is_ok_and(|uid| uid == ROOT)
}

fn effective_uid() -> io::Result<u32> {
    fs::metadata("/proc/self").map(|process| process.uid())
}

impl Account {
    /// Chooses the user: the owner of the database if there is one, else `postgres` for root and oneself otherwise.
    pub async fn choose(pg_data: &Path) -> Result<Self, ClusterError> {
        let me = effective_uid().map_err(ClusterError::file("look at", Path::new("/proc/self")))?;
        let owner = match fs::metadata(pg_data) {
            Ok(folder) => Some(folder.uid()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ClusterError::file("look at", pg_data)(error)),
        };
        let folder = || pg_data.to_owned();
        let (key, missing) = match owner {
            Some(ROOT) => return Err(ClusterError::Roots { folder: folder() }),
            Some(owner) if me != ROOT && owner != me => {
                return Err(ClusterError::NotYours {
                    folder: folder(),
                    owner,
                });
            }
            None if me == ROOT => ("postgres".to_owned(), ClusterError::NoUnprivilegedUser),
            _ => {
                let uid = owner.unwrap_or(me);
                (uid.to_string(), ClusterError::NamelessUser { uid })
            }
        };
        let output = output(plain_command("getent").args(["passwd", &key])).await?;
        parse_passwd(&String::from_utf8_lossy(&output.stdout), me == ROOT).ok_or(missing)
    }

    /// A command that runs as this user, in `/`, with little of our environment.
    ///
    /// `Command::uid` empties the list of supplementary groups, so nothing of root's is left.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = plain_command(program);
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a new file or folder to this user; a link is not followed.
    pub fn adopt(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
            .map_err(ClusterError::file("give away", path))
    }

    /// Whether this user can enter every folder on the way to the data directory, as far as they exist.
    pub async fn check_reach(&self, data_dir: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        let folders: Vec<_> = data_dir.ancestors().filter(|path| path.exists()).collect();
        for folder in folders.into_iter().rev() {
            let mut test = self.command("test");
            if !output(test.arg("-x").arg(folder)).await?.status.success() {
                return Err(ClusterError::Unreachable {
                    user: self.name.clone(),
                    folder: folder.to_owned(),
                    data_dir: data_dir.to_owned(),
                });
            }
        }
        Ok(())
    }
}

fn parse_passwd(line: &str, switch: bool) -> Option<Account> {
    let mut fields = line.trim_end().split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some(Account {
        name,
        uid,
        gid,
        switch,
    })
}

/// A command without our secrets and without `PG…` variables, speaking English.
pub(super) fn plain_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let kept = ["PATH", "LD_LIBRARY_PATH", "TZ"];
    command
        .env_clear()
        .envs(
            kept.into_iter()
                .filter_map(|key| Some((key, std::env::var_os(key)?))),
        )
        .env("LC_ALL", "C")
        .current_dir("/");
    command
}

/// Runs a command to its end, whatever that is.
pub(super) async fn output(command: &mut Command) -> Result<Output, ClusterError> {
    let program = PathBuf::from(command.get_program());
    let command = std::mem::replace(command, Command::new("true"));
    tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| ClusterError::Program { program, source })
}

/// Runs a command that has to succeed.
pub(super) async fn run(command: &mut Command) -> Result<(), ClusterError> {
    let program = PathBuf::from(command.get_program());
    let output = output(command).await?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(ClusterError::ProgramFailed {
        program,
        output: last_lines(&String::from_utf8_lossy(&said)),
    })
}

/// The last few lines of what a program said, on one line.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(6)..].join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_entry_gives_name_and_numbers() {
        let line = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n";
        let account = parse_passwd(line, true).unwrap();
        assert_eq!(
            (account.name.as_str(), account.uid, account.gid),
            ("postgres", 101, 104)
        );
        assert!(parse_passwd("", true).is_none());
    }

    #[test]
    fn only_the_end_of_a_long_message_is_kept() {
        assert_eq!(
            last_lines("1\n2\n3\n\n4\n5\n6\n7\n"),
            "2 / 3 / 4 / 5 / 6 / 7"
        );
        assert_eq!(last_lines(""), "");
    }
}
