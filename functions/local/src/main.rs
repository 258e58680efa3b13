//! `cws`: the whole product in one process on a laptop.

mod cli;
mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Cli::read(std::env::args_os()) {
        Ok(cli) => commands::run(cli),
        Err(told) => told.exit(),
    }
}
