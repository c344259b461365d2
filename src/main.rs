//! `diaba`: parses the command line, runs, returns an exit code.

fn main() {}
