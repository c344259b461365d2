//! Where the server programs are, and whether they will do.

use super::ClusterError;
use super::account::{output, plain_command};
use std::path::{Path, PathBuf};

const OLDEST_SERVER: u32 = 15;
const OLDEST_POSTGIS: (u32, u32) = (3, 3);
const DEBIAN_SERVERS: &str = "/usr/lib/postgresql";

/// A folder with `postgres`, `initdb`, `pg_ctl`, `psql` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: u32,
    has_postgis: bool,
}

impl Binaries {
    /// Looks in the folder given, else where `pg_config` points, else in Debian's folders from the newest down.
    ///
    /// `wanted` is the major version that the data was made by.
    pub async fn find(folder: Option<&Path>, wanted: Option<u32>) -> Result<Self, ClusterError> {
        let folders = match folder {
            Some(folder) => vec![folder.to_owned()],
            None => usual_folders().await,
        };
        let mut found = Vec::new();
        for folder in folders {
            found.extend(Self::look(folder).await);
        }
        choose(&found, wanted, folder)
    }

    /// The path of a program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    async fn look(folder: PathBuf) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let major = leading_number(
            words(&folder.join("postgres"), "--version")
                .await?
                .split_once("(PostgreSQL) ")?
                .1,
        )?;
        let has_postgis = extension_folders(&folder, major)
            .await
            .iter()
            .any(|extensions| {
                std::fs::read_to_string(extensions.join("postgis.control"))
                    .is_ok_and(|control| is_new_enough(&control))
            });
        Some(Self {
            folder,
            major,
            has_postgis,
        })
    }
}

fn choose(
    found: &[Binaries],
    wanted: Option<u32>,
    folder: Option<&Path>,
) -> Result<Binaries, ClusterError> {
    let fits = |binaries: &&Binaries| {
        wanted.map_or(binaries.major >= OLDEST_SERVER, |wanted| {
            binaries.major == wanted
        })
    };
    let Some(first) = found.first() else {
        return Err(ClusterError::ServerMissing {
            folder: folder.map(Path::to_owned),
        });
    };
    if let Some(usable) = found
        .iter()
        .filter(fits)
        .find(|binaries| binaries.has_postgis)
    {
        return Ok(usable.clone());
    }
    Err(match (found.iter().find(fits), wanted) {
        (Some(server), _) => ClusterError::PostgisMissing {
            major: server.major,
            folder: server.folder.clone(),
        },
        (None, Some(wanted)) => ClusterError::ServerChanged {
            wanted,
            found: first.major,
        },
        (None, None) => ClusterError::ServerTooOld {
            major: first.major,
            folder: first.folder.clone(),
        },
    })
}

async fn usual_folders() -> Vec<PathBuf> {
    let pointed = words(Path::new("pg_config"), "--bindir")
        .await
        .map(PathBuf::from);
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN_SERVERS)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    debian.sort_by(|a, b| b.cmp(a));
    pointed
        .into_iter()
        .chain(debian.into_iter().map(|(_, folder)| folder))
        .collect()
}

async fn extension_folders(folder: &Path, major: u32) -> Vec<PathBuf> {
    let told = words(&folder.join("pg_config"), "--sharedir")
        .await
        .map(PathBuf::from);
    let sibling = folder.parent().map(|prefix| prefix.join("share"));
    let debian = PathBuf::from(format!("/usr/share/postgresql/{major}"));
    told.into_iter()
        .chain(sibling.iter().cloned())
        .chain(sibling.iter().map(|share| share.join("postgresql")))
        .chain([debian])
        .map(|share| share.join("extension"))
        .collect()
}

/// What a program prints, if it is there and succeeds.
async fn words(program: &Path, argument: &str) -> Option<String> {
    let output = output(plain_command(program).arg(argument)).await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Whether an extension's control file names PostGIS 3.3 or newer: `default_version = '3.3.2'`.
fn is_new_enough(control: &str) -> bool {
    let version = || {
        let line = control
            .lines()
            .find(|line| line.starts_with("default_version"))?;
        let (major, rest) = line.split_once('\'')?.1.split_once('.')?;
        Some((leading_number(major)?, leading_number(rest)?))
    };
    version().is_some_and(|version| version >= OLDEST_POSTGIS)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(major: u32, has_postgis: bool) -> Binaries {
        Binaries {
            folder: PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")),
            major,
            has_postgis,
        }
    }

    fn sentence(found: &[Binaries], wanted: Option<u32>) -> String {
        choose(found, wanted, None).unwrap_err().to_string()
    }

    #[test]
    fn the_first_server_that_is_new_enough_and_has_postgis_is_taken() {
        let found = vec![
            server(14, true),
            server(17, false),
            server(16, true),
            server(15, true),
        ];
        assert_eq!(choose(&found, None, None).unwrap(), server(16, true));
        assert_eq!(choose(&found, Some(15), None).unwrap(), server(15, true));
    }

    #[test]
    fn what_is_missing_is_said_in_one_sentence_with_the_package_to_install() {
        assert_eq!(
            sentence(&[], None),
            "no PostgreSQL server found: install PostgreSQL 15 or newer with PostGIS (Debian: apt-get install \
             postgresql-15-postgis-3)"
        );
        assert_eq!(
            sentence(&[server(14, true)], None),
            "PostgreSQL 14 in /usr/lib/postgresql/14/bin is too old: install PostgreSQL 15 or newer with PostGIS \
             (Debian: apt-get install postgresql-15-postgis-3)"
        );
        assert_eq!(
            sentence(&[server(15, false)], None),
            "PostgreSQL 15 in /usr/lib/postgresql/15/bin lacks PostGIS 3.3 or newer: install it (Debian: apt-get \
             install postgresql-15-postgis-3)"
        );
        assert_eq!(
            sentence(&[server(17, true)], Some(15)),
            "the database was made by PostgreSQL 15, but only 17 is here: install PostgreSQL 15 with PostGIS (Debian: \
             apt-get install postgresql-15-postgis-3)"
        );
    }

    #[tokio::test]
    async fn a_folder_without_a_server_is_named() {
        let error = Binaries::find(Some(Path::new("/usr/bin")), None)
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("no PostgreSQL server found in /usr/bin: install")
        );
    }

    #[test]
    fn postgis_older_than_3_3_is_not_enough() {
        let control = |version| {
            format!("comment = 'PostGIS'\ndefault_version = '{version}'\nrelocatable = false\n")
        };
        assert!(is_new_enough(&control("3.3.2")));
        assert!(is_new_enough(&control("3.10.0dev")));
        assert!(!is_new_enough(&control("3.2.9")));
        assert!(!is_new_enough("nonsense"));
    }
}
