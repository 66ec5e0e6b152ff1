//! `bench`: Holdfast and workerd on the same program, in turns, in one run.
//!
//! What it measures is a ratio. Client and servers share one machine, so an absolute number says as much about
//! the machine as about the runtime; two numbers taken seconds apart, again and again in turns, say which of
//! the two does more with it.
//!
//! What holds in every run:
//! - Every answer is checked, status and body, and each write is counted again by the object that took it. One
//!   wrong answer fails the run.
//! - Before writes are compared, both servers are watched by `strace`: a server that confirms a write before a
//!   flush to disk fails the run, and where nobody could watch, the report says so.
//! - Each scenario begins with fresh processes on empty data.
//!
//! Linux only: memory and CPU time are read from `/proc`.
//!
//! [`scenario`] says what is asked, [`load`] asks it over [`http1`] or [`sockets`], [`server`] runs a server, [`holdfast`] and
//! [`workerd`] know how each is started, [`syncs`] watches flushes, [`usage`] reads `/proc`, [`rounds`] and
//! [`soak`] are the two kinds of run, [`stats`] condenses numbers and [`report`] prints them.

mod args;
mod holdfast;
mod http1;
mod load;
mod report;
mod rounds;
mod scenario;
mod server;
mod soak;
mod sockets;
mod stats;
mod syncs;
mod usage;
mod workerd;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<()> {
    let plan = args.plan()?;
    // One thread: the generator should leave as much of the machine to the servers as it can.
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    tokio.block_on(async {
        match args.soak {
            Some(seconds) => soak::run(&plan, seconds).await,
            None => rounds::run(&plan, args.json.as_deref()).await,
        }
    })
}
