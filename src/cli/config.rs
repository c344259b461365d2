//! Settings: defaults, then a TOML file, then the environment, then flags; each knows where its value came from.

use crate::store::cluster::default_data_dir;
use anyhow::{Context, bail};
use clap::Args;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Settings given as flags, for every subcommand.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Settings file (TOML) [default: diaba.toml, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the private database, keys and logs [env: DIABA_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// A PostgreSQL of yours instead of the private one [env: DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Folder of PostgreSQL's programs [env: DIABA_PG_BIN_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pg_bin_dir: Option<String>,
    /// Address to serve at [env: DIABA_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Megabytes of finished map tiles to keep in memory; 0 keeps none [env: DIABA_TILE_CACHE_MB]
    #[arg(long, global = true, value_name = "NUMBER")]
    tile_cache_mb: Option<String>,
    /// Connections open at once [env: DIABA_CONNECTIONS]
    #[arg(long, global = true, value_name = "NUMBER")]
    connections: Option<String>,
    /// Issuer (iss) of the office's own login, whose tokens officers may send [env: DIABA_OIDC_ISSUER]
    #[arg(long, global = true, value_name = "URL")]
    oidc_issuer: Option<String>,
    /// Audience (aud) that its tokens are for [env: DIABA_OIDC_AUDIENCE]
    #[arg(long, global = true, value_name = "NAME")]
    oidc_audience: Option<String>,
    /// File with its JSON Web Key Set; read again for a new key [env: DIABA_OIDC_JWKS]
    #[arg(long, global = true, value_name = "FILE")]
    oidc_jwks: Option<String>,
    /// File that says where the keys are that papers are signed with (TOML) [env: DIABA_SIGNERS]
    #[arg(long, global = true, value_name = "FILE")]
    signers: Option<String>,
    /// What to log: error, warn, info, debug, trace, or a filter [env: DIABA_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How to log: text or json [env: DIABA_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The settings file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(&'static str),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The name in the file.
    pub name: &'static str,
    /// The value, if there is one.
    pub value: Option<String>,
    /// Where from.
    pub origin: Origin,
}

/// How logs look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Name in the file, flag's value, flag, variable, default.
type Given<'a> = (
    &'static str,
    &'a Option<String>,
    &'static str,
    &'static str,
    Option<&'a str>,
);

/// All settings, read.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the private database and the keys.
    pub data_dir: PathBuf,
    /// A PostgreSQL of the user's.
    pub database_url: Option<String>,
    /// Folder of PostgreSQL's programs.
    pub pg_bin_dir: Option<PathBuf>,
    /// Where to serve.
    pub listen: SocketAddr,
    /// Room for finished tiles.
    pub tile_cache_bytes: usize,
    /// Connections open at once.
    pub connections: u32,
    /// The office's own login: issuer, audience, file of its keys.
    pub oidc: Option<(String, String, PathBuf)>,
    /// Where the keys are that papers are signed with.
    pub signers: Option<PathBuf>,
    /// Log filter.
    pub log: String,
    /// Log form.
    pub log_format: LogFormat,
    settings: Vec<Setting>,
}

impl Config {
    /// Reads the settings.
    #[expect(clippy::too_many_lines, reason = "one entry for each setting")]
    pub fn read(flags: &Flags) -> anyhow::Result<Self> {
        let (file, file_path) = read_file(flags.config.as_deref())?;
        let data_dir = default_data_dir().display().to_string();
        let given: [Given<'_>; 12] = [
            (
                "data_dir",
                &flags.data_dir,
                "--data-dir",
                "DIABA_DATA_DIR",
                Some(&data_dir),
            ),
            (
                "database_url",
                &flags.database_url,
                "--database-url",
                "DATABASE_URL",
                None,
            ),
            (
                "pg_bin_dir",
                &flags.pg_bin_dir,
                "--pg-bin-dir",
                "DIABA_PG_BIN_DIR",
                None,
            ),
            (
                "listen",
                &flags.listen,
                "--listen",
                "DIABA_LISTEN",
                Some("127.0.0.1:8080"),
            ),
            (
                "tile_cache_mb",
                &flags.tile_cache_mb,
                "--tile-cache-mb",
                "DIABA_TILE_CACHE_MB",
                Some("256"),
            ),
            (
                "connections",
                &flags.connections,
                "--connections",
                "DIABA_CONNECTIONS",
                Some("10000"),
            ),
            (
                "log",
                &flags.log,
                "--log",
                "DIABA_LOG",
                Some("info,sqlx=error"),
            ),
            (
                "log_format",
                &flags.log_format,
                "--log-format",
                "DIABA_LOG_FORMAT",
                Some("text"),
            ),
            (
                "oidc_issuer",
                &flags.oidc_issuer,
                "--oidc-issuer",
                "DIABA_OIDC_ISSUER",
                None,
            ),
            (
                "oidc_audience",
                &flags.oidc_audience,
                "--oidc-audience",
                "DIABA_OIDC_AUDIENCE",
                Some("diaba"),
            ),
            (
                "oidc_jwks",
                &flags.oidc_jwks,
                "--oidc-jwks",
                "DIABA_OIDC_JWKS",
                None,
            ),
            (
                "signers",
                &flags.signers,
                "--signers",
                "DIABA_SIGNERS",
                None,
            ),
        ];
        if let Some(unknown) = file
            .keys()
            .find(|name| given.iter().all(|setting| setting.0 != *name))
        {
            let known: Vec<&str> = given.iter().map(|setting| setting.0).collect();
            bail!(
                "{}: there is no setting {unknown:?}; there are {}",
                file_path.display(),
                known.join(", ")
            );
        }
        let settings = given.map(|(name, flag, flag_name, variable, default)| {
            let from_environment = || {
                std::env::var(variable)
                    .ok()
                    .filter(|value| !value.is_empty())
            };
            let (value, origin) = if let Some(value) = flag {
                (Some(value.clone()), Origin::Flag(flag_name))
            } else if let Some(value) = from_environment() {
                (Some(value), Origin::Environment(variable))
            } else if let Some(value) = file.get(name) {
                (Some(value.clone()), Origin::File(file_path.clone()))
            } else {
                (default.map(str::to_owned), Origin::Default)
            };
            Setting {
                name,
                value,
                origin,
            }
        });
        Self::of(&settings)
    }

    fn of(settings: &[Setting; 12]) -> anyhow::Result<Self> {
        let values = settings.each_ref();
        let values = values.map(|setting| setting.value.clone().unwrap_or_default());
        let [
            data_dir,
            database_url,
            pg_bin_dir,
            listen,
            tile_cache_mb,
            connections,
            log,
            log_format,
            oidc_issuer,
            oidc_audience,
            oidc_jwks,
            signers,
        ] = values;
        let wrong = |index: usize| {
            settings
                .get(index)
                .map(|setting| format!("{} ({})", setting.name, setting.origin))
                .unwrap_or_default()
        };
        let optional = |text: String| (!text.is_empty()).then_some(text);
        Ok(Self {
            data_dir: std::path::absolute(data_dir).with_context(|| wrong(0))?,
            database_url: optional(database_url),
            pg_bin_dir: optional(pg_bin_dir).map(PathBuf::from),
            listen: listen.parse().with_context(|| {
                format!(
                    "{}: {listen:?} is not an address and port such as 127.0.0.1:8080",
                    wrong(3)
                )
            })?,
            tile_cache_bytes: tile_cache_mb
                .parse::<u32>()
                .ok()
                .and_then(|megabytes| usize::try_from(megabytes).ok()?.checked_mul(1 << 20))
                .with_context(|| {
                    format!(
                        "{}: {tile_cache_mb:?} is not a number of megabytes",
                        wrong(4)
                    )
                })?,
            connections: connections
                .parse()
                .ok()
                .filter(|connections| *connections > 0)
                .with_context(|| {
                    format!("{}: {connections:?} is not a number above 0", wrong(5))
                })?,
            oidc: match (oidc_issuer.is_empty(), oidc_jwks.is_empty()) {
                (true, true) => None,
                (false, false) => Some((oidc_issuer, oidc_audience, PathBuf::from(oidc_jwks))),
                _ => bail!("oidc_issuer and oidc_jwks go together: give both or neither"),
            },
            signers: optional(signers).map(PathBuf::from),
            log,
            log_format: match log_format.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                other => bail!("{}: {other:?} is neither text nor json", wrong(7)),
            },
            settings: settings.to_vec(),
        })
    }

    /// The folder of keys.
    pub fn keys_dir(&self) -> PathBuf {
        self.data_dir.join("keys")
    }

    /// Every setting with its origin, a line each; a password in the database's address is not shown.
    pub fn explain(&self) -> String {
        let line = |setting: &Setting| {
            let value = setting
                .value
                .as_deref()
                .map_or_else(|| "(not set)".to_owned(), without_password);
            format!("{:<13} = {value:<40} # {}\n", setting.name, setting.origin)
        };
        self.settings.iter().map(line).collect()
    }
}

fn read_file(given: Option<&Path>) -> anyhow::Result<(BTreeMap<String, String>, PathBuf)> {
    let path = given.unwrap_or(Path::new("diaba.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if given.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((BTreeMap::new(), path.to_owned()));
        }
        Err(error) => {
            return Err(error)
                .with_context(|| format!("the settings file {} cannot be read", path.display()));
        }
    };
    let values = toml::from_str(&text)
        .with_context(|| format!("{} is not a TOML file of texts", path.display()))?;
    Ok((values, path.to_owned()))
}

/// `postgres://user:secret@host` as `postgres://user:***@host`; `password=` parameters too.
fn without_password(value: &str) -> String {
    let shown = match value
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)))
    {
        Some((scheme, (user, host))) if user.contains(':') => {
            format!(
                "{scheme}://{}:***@{host}",
                user.split(':').next().unwrap_or_default()
            )
        }
        _ => value.to_owned(),
    };
    match shown.split_once("password=") {
        Some((before, after)) => {
            let rest = after
                .find('&')
                .map_or("", |end| after.get(end..).unwrap_or_default());
            format!("{before}password=***{rest}")
        }
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://an:geheim@db/diaba"),
            "postgres://an:***@db/diaba"
        );
        assert_eq!(
            without_password("postgres:///diaba?host=/run&password=geheim&user=an"),
            "postgres:///diaba?host=/run&password=***&user=an"
        );
        assert_eq!(without_password("/var/lib/diaba"), "/var/lib/diaba");
    }

    #[test]
    fn a_flag_wins_over_the_file_and_says_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listen = '127.0.0.1:1'\nlog_format = 'json'\n").unwrap();
        let flags = Flags {
            config: Some(file.path().to_owned()),
            listen: Some("127.0.0.1:2".into()),
            ..Flags::default()
        };
        let config = Config::read(&flags).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.log_format, LogFormat::Json);
        assert!(
            config
                .explain()
                .contains("127.0.0.1:2                              # flag --listen")
        );
        assert!(config.explain().contains(&format!(
            "json                                     # {}",
            file.path().display()
        )));
    }

    #[test]
    fn an_unknown_setting_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "lisen = '127.0.0.1:1'\n").unwrap();
        let error = Config::read(&Flags {
            config: Some(file.path().to_owned()),
            ..Flags::default()
        })
        .unwrap_err();
        assert!(
            error.to_string().contains("there is no setting \"lisen\""),
            "{error}"
        );
    }
}
