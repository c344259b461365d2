//! `diaba sign`.

use crate::documents::{KeyAddress, KeyPlace, Seat, Signature, Signer, TokenAddress, sign};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub struct Sign {
    /// The paper, a PDF file that this program made
    #[arg(value_name = "PAPER")]
    paper: PathBuf,
    /// Where the signed paper goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// In whose place
    #[arg(long = "as", value_name = "WHO")]
    seat: Who,
    /// The agency, as the stamp shows it
    #[arg(long, value_name = "NAME")]
    agency: String,
    /// A P-256 key (PKCS #8 PEM), for who has no token
    #[arg(
        long,
        value_name = "FILE",
        requires = "certificate",
        conflicts_with = "module"
    )]
    key_file: Option<PathBuf>,
    /// The certificate of the key file (PEM or DER)
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The library of the PKCS#11 token
    #[arg(long, value_name = "FILE", requires_all = ["token", "key", "pin_file"])]
    module: Option<PathBuf>,
    /// The token's label
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,
    /// The key's label
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,
    /// The file that holds the token's PIN
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// The time-stamping authority (RFC 3161), where the signature is to have a time-stamp: http://…
    #[arg(long, value_name = "URL")]
    timestamps: Option<String>,
}

/// Whose signature.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Who {
    Officer,
    Office,
}

impl Sign {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let paper = std::fs::read(&self.paper)
            .with_context(|| format!("{} cannot be read", self.paper.display()))?;
        let signature = Signature {
            seat: match self.seat {
                Who::Officer => Seat::Officer,
                Who::Office => Seat::Office,
            },
            agency: &self.agency,
            at: OffsetDateTime::now_utc(),
            authority: self.timestamps.as_deref(),
        };
        let signed =
            sign(&paper, &self.signer()?, &signature).context("the paper is not signed")?;
        std::fs::write(&self.out, signed)
            .with_context(|| format!("{} cannot be written", self.out.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn signer(&self) -> anyhow::Result<Signer> {
        let place = match (&self.key_file, &self.certificate) {
            (Some(key_file), Some(certificate)) => KeyPlace::File(KeyAddress {
                key_file: key_file.clone(),
                certificate: certificate.clone(),
            }),
            _ => KeyPlace::Token(self.token()?),
        };
        Ok(place.open()?)
    }

    fn token(&self) -> anyhow::Result<TokenAddress> {
        match (&self.module, &self.token, &self.key, &self.pin_file) {
            (Some(module), Some(token), Some(key), Some(pin_file)) => Ok(TokenAddress {
                module: module.clone(),
                token: token.clone(),
                key: key.clone(),
                pin_file: pin_file.clone(),
            }),
            _ => bail!(
                "give --key-file with --certificate, or --module with --token, --key and --pin-file"
            ),
        }
    }
}
