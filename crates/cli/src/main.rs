//! The `holdfast` command: reads its arguments, starts the parts, and talks to the person at the terminal.
//!
//! What it refuses to know: how anything works. It loads [`Project`](holdfast_project::Project)s, gives them
//! to a [`Node`](holdfast_runtime::Node) with an [`HttpEdge`](holdfast_server::HttpEdge), and says what
//! happened: on standard output what runs and what it does, on standard error what is wrong.
//!
//! Exit codes: 0 after being told to stop, 1 for every error, 2 for arguments that make no sense, 74
//! when the data folder cannot be written any more.

mod args;
mod banner;
mod compiled;
mod data;
mod dev;
mod failure;
mod loader;
mod log;
mod objects;
mod style;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

/// Each connection leaves small things behind that live long among large ones that do not: an allocator that keeps
/// sizes apart gives the pages of the latter back. SpiderMonkey and SQLite use the system's.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let Args { command } = Args::parse();
    // Memory that is free for some seconds goes back to the system. It is a favour, and may be refused.
    let _ = tikv_jemalloc_ctl::background_thread::write(true);
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
