//! `diaba verify`.

use super::config::Config;
use crate::share::{SigningKey, VerifyingKeys, verify};
use anyhow::{Context, bail};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Verify {
    /// The answer as it was received, not a byte changed
    #[arg(value_name = "ANSWER")]
    answer: PathBuf,
    /// The server's public keys, as saved from /.well-known/jwks.json [default: those in the data folder]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl Verify {
    pub fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let keys = self.keys(config)?;
        let bytes = std::fs::read(&self.answer)
            .with_context(|| format!("{} cannot be read", self.answer.display()))?;
        let compact = std::str::from_utf8(&bytes).context("the answer is not text")?;
        let verified = verify(compact, &keys).context("the answer is not to be believed")?;
        println!("{}", serde_json::to_string_pretty(&verified.content)?);
        eprintln!(
            "valid: signed with key {} at register position {}",
            verified.kid, verified.answer.register_position
        );
        Ok(ExitCode::SUCCESS)
    }

    fn keys(&self, config: &Config) -> anyhow::Result<VerifyingKeys> {
        if let Some(path) = &self.keys {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            return VerifyingKeys::from_jwks(&text)
                .with_context(|| format!("{} is not a set of keys", path.display()));
        }
        let path = config.keys_dir().join("portal-es256.pem");
        if !path.exists() {
            bail!(
                "there is no key in {}; give the server's keys with --keys",
                config.keys_dir().display()
            );
        }
        Ok(SigningKey::load_or_create(&path)?.verifying_keys())
    }
}
