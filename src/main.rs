//! `diaba`: parses the command line, runs, returns an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    diaba::cli::run()
}
