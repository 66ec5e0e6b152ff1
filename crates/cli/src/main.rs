//! The `holdfast` command: reads its arguments, starts the parts, and talks to the person at the terminal.
//!
//! What it refuses to know: how anything works. It loads a [`Project`](holdfast_project::Project), gives it
//! to a [`Node`](holdfast_runtime::Node) with an [`HttpEdge`](holdfast_server::HttpEdge), and says what
//! happened: on standard output what runs and what it does, on standard error what is wrong.
//!
//! Exit codes: 0 after being told to stop, 1 for every error, 2 for arguments that make no sense, 74
//! when the data folder cannot be written any more.

mod args;
mod banner;
mod data;
mod dev;
mod failure;
mod log;
mod objects;
mod style;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let Args { command } = Args::parse();
    let result = match command {
        Command::Dev(options) => dev::run(&options),
        Command::Objects(options) => objects::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            log::problem(log::Problem::Error, &failure);
            failure.exit_code()
        }
    }
}
