//! The command line: one file per subcommand, as thin as `http/`.

mod access;
mod config;
mod load;
mod open;
mod psql;
mod serve;
mod sign;
mod synth;
mod tiles;
mod units;
mod verify;

use clap::{Parser, Subcommand};
use config::{Config, Flags, LogFormat};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Địa Bạ: sổ địa chính và bản đồ địa chính / a cadastral register and its maps.
#[derive(Debug, Parser)]
#[command(name = "diaba", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the map, the API and the portal answers
    Serve(serve::Serve),
    /// Load parcels (.gpkg, .shp, .geojson) and registers (.csv); every record is accounted for
    Load(load::Load),
    /// Load administrative units (.csv: code, level, name, parent_code, valid_from, valid_until, zone)
    Units(units::Units),
    /// Archives of map tiles
    #[command(subcommand)]
    Tiles(tiles::Tiles),
    /// Make an invented commune, or a country of them, for trying and measuring
    Synth(synth::Synth),
    /// Open the private database with psql, and print the connection line that QGIS takes
    Psql(psql::Psql),
    /// Issue and revoke tokens
    #[command(subcommand)]
    Token(access::Token),
    /// Agreements with clients of the portal API
    #[command(subcommand)]
    Agreement(access::Agreement),
    /// Check a saved portal answer, offline
    Verify(verify::Verify),
    /// Sign a paper (PAdES) as officer or as office, with a PKCS#11 token or a key file
    Sign(sign::Sign),
    /// Print the settings and where each came from
    Config,
}

/// Runs the command line; gives the exit code: 0 done, 1 failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let line = Line::parse();
    let config = match Config::read(&line.flags) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    start_log(&config);
    let outcome = match line.command {
        Command::Config => {
            print!("{}", config.explain());
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify(verify) => verify.run(&config),
        Command::Sign(sign) => sign.run(),
        Command::Synth(synth) => synth.run(),
        Command::Serve(serve) => in_runtime(serve.run(&config)),
        Command::Load(load) => in_runtime(load.run(&config)),
        Command::Units(units) => in_runtime(units.run(&config)),
        Command::Tiles(tiles) => in_runtime(tiles.run(&config)),
        Command::Psql(psql) => in_runtime(psql.run(&config)),
        Command::Token(token) => in_runtime(token.run(&config)),
        Command::Agreement(agreement) => in_runtime(agreement.run(&config)),
    };
    outcome.unwrap_or_else(|error| fail(&error))
}

fn in_runtime(task: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(task)
}

/// One sentence with its causes.
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("diaba: {error:#}");
    ExitCode::FAILURE
}

fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
}
