//! `diaba token` and `diaba agreement`.

use super::config::Config;
use super::open::Opened;
use crate::app::{agreement_of, issue_token};
use crate::policy::{Area, Field, Officer, Role};
use crate::store::{AgreementRow, Identity, Store};
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use std::process::ExitCode;
use time::format_description::well_known::Iso8601;
use time::{Date, Duration, OffsetDateTime};

/// Issues and revokes.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// A token for an officer: sees personal data, each reading is in the access ledger
    Officer {
        /// Whose, how long
        #[command(flatten)]
        issue: Issue,
        /// reception, officer, approver, surveyor, commune, planner or auditor; several times for several [default: all of them]
        #[arg(long = "role")]
        roles: Vec<Role>,
        /// A province's two digits or a commune's five; several times for several [default: the whole register]
        #[arg(long = "area")]
        areas: Vec<Area>,
    },
    /// A token for a client of the portal API that has an agreement
    Client(Issue),
    /// End all tokens of a name
    Revoke {
        /// The officer's name or the client's id
        name: String,
    },
}

/// Whose, how long.
#[derive(Debug, Args)]
pub struct Issue {
    /// The officer's name or the client's id
    name: String,
    /// Days that the token lives
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: i64,
}

impl Token {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let opened = Opened::open(config).await?;
        let done = self.act(&opened.store).await;
        opened.close().await?;
        println!("{}", done?);
        Ok(ExitCode::SUCCESS)
    }

    async fn act(self, store: &Store) -> anyhow::Result<String> {
        let (identity, days) = match self {
            Self::Officer {
                issue: Issue { name, days },
                roles,
                areas,
            } => {
                let mut officer = Officer::everywhere(name);
                if !roles.is_empty() {
                    officer.roles = roles.into_iter().collect();
                }
                officer.areas = (!areas.is_empty()).then(|| areas.into_iter().collect());
                (Identity::Officer(officer), days)
            }
            Self::Client(Issue { name, days }) => {
                if store.agreement(&name).await?.is_none() {
                    bail!("{name} has no agreement: add one with diaba agreement add {name}");
                }
                (Identity::Client(name), days)
            }
            Self::Revoke { name } => {
                return Ok(format!(
                    "{} tokens of {name} ended",
                    store.revoke_tokens(&name).await?
                ));
            }
        };
        Ok(issue_token(
            store,
            &identity,
            OffsetDateTime::now_utc() + Duration::days(days),
        )
        .await?)
    }
}

/// Agreements.
#[derive(Debug, Subcommand)]
pub enum Agreement {
    /// Add one
    Add(Add),
    /// End a client's agreement that has no end; another may begin that day
    End {
        /// The client's id
        client: String,
        /// First day without it, YYYY-MM-DD
        #[arg(long)]
        on: String,
    },
    /// Show a client's
    Show {
        /// The client's id
        client: String,
    },
}

/// What is agreed.
#[derive(Debug, Args)]
pub struct Add {
    /// The client's id
    client: String,
    /// What the client is to the policy: portal, ministry, notary, bank, tax, court …
    #[arg(long)]
    audience: String,
    /// A purpose; several times for several
    #[arg(long = "purpose", required = true)]
    purposes: Vec<String>,
    /// A field; several times for several [default: all that the policy allows the audience]
    #[arg(long = "field")]
    fields: Vec<String>,
    /// First day, YYYY-MM-DD [default: today]
    #[arg(long)]
    from: Option<String>,
    /// First day after, YYYY-MM-DD
    #[arg(long)]
    until: Option<String>,
    /// Requests a minute
    #[arg(long, default_value_t = 600)]
    rate: i32,
}

fn day(text: &str) -> anyhow::Result<Date> {
    Date::parse(text, &Iso8601::DATE).map_err(|_| anyhow!("{text:?} is not a date YYYY-MM-DD"))
}

impl Agreement {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCode> {
        let opened = Opened::open(config).await?;
        let done = self.act(&opened.store).await;
        opened.close().await?;
        println!("{}", done?);
        Ok(ExitCode::SUCCESS)
    }

    async fn act(self, store: &Store) -> anyhow::Result<String> {
        let add = match self {
            Self::End { client, on } => {
                let is_ended = store.end_agreement(&client, day(&on)?).await?;
                return if is_ended {
                    Ok(format!("the agreement with {client} ends on {on}"))
                } else {
                    Err(anyhow!(
                        "{client} has no agreement without end that began before {on}"
                    ))
                };
            }
            Self::Show { client } => {
                let row = store
                    .agreement(&client)
                    .await?
                    .ok_or_else(|| anyhow!("{client} has no agreement"))?;
                return Ok(format!("{row:#?}"));
            }
            Self::Add(add) => add,
        };
        let fields = if add.fields.is_empty() {
            Field::ALL
                .iter()
                .map(|field| field.name().to_owned())
                .collect()
        } else {
            add.fields
        };
        let row = AgreementRow {
            client_id: add.client.clone(),
            client_name: add.client,
            audience: add.audience,
            services: vec!["parcel".to_owned()],
            purposes: add.purposes,
            fields,
            valid_from: match &add.from {
                Some(text) => day(text)?,
                None => store.today().await?,
            },
            valid_until: add.until.as_deref().map(day).transpose()?,
            rate_per_minute: add.rate,
        };
        agreement_of(&row).map_err(|reason| anyhow!(reason))?;
        store.add_agreement(&row).await?;
        Ok(format!(
            "agreement with {} from {}",
            row.client_id, row.valid_from
        ))
    }
}
