//! The command line, and the plan of a run that it comes to.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};

use crate::scenario::{SCENARIOS, Scenario};
use crate::server::Kind;
use crate::{usage, workerd};

/// The most connections at once: they all belong to one thread.
const CONNECTIONS_MAX: u16 = 4096;
/// The shortest soak whose last third has enough samples to show a trend.
const SOAK_SECONDS_MIN: u64 = 45;

/// Runs Holdfast and workerd in turns on the same program and prints requests per second of both.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Args {
    /// What to measure; without any, everything
    #[arg(value_name = "SCENARIO", value_parser = Scenario::find)]
    scenarios: Vec<&'static Scenario>,

    /// Which runtimes to measure
    #[arg(long, value_enum, default_value_t = On::Both)]
    on: On,

    /// The holdfast binary [default: release/holdfast in the target folder]
    #[arg(long, value_name = "PATH")]
    holdfast: Option<PathBuf>,

    /// The workerd binary [default: the one of conformance/node_modules]
    #[arg(long, value_name = "PATH")]
    workerd: Option<PathBuf>,

    /// How many threads own objects in Holdfast [default: its own, one per core]
    #[arg(long, value_name = "N")]
    shards: Option<u16>,

    /// Connections that ask at the same time; a scenario may need fewer
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=i64::from(CONNECTIONS_MAX)))]
    connections: u16,

    /// How often each runtime has its turn in a scenario
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,

    /// How long a turn is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,

    /// One round of one second each: whether everything works, not how fast
    #[arg(long, conflicts_with_all = ["rounds", "seconds", "soak"])]
    quick: bool,

    /// Instead of rounds: load each runtime for so long and see whether its memory stays flat
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["rounds", "seconds", "json"],
        value_parser = clap::value_parser!(u64).range(SOAK_SECONDS_MIN..))]
    pub(crate) soak: Option<u64>,

    /// The folder in which the objects' data is kept during the run; it must be on a disk
    #[arg(long, value_name = "DIR", default_value_os_t = env::temp_dir())]
    data: PathBuf,

    /// Write the results to this file, too
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Both,
    Holdfast,
    Workerd,
}

/// What a run does, with everything that it needs found and checked.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In the order of their turns.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) scenarios: Vec<&'static Scenario>,
    pub(crate) connections: usize,
    pub(crate) rounds: u16,
    /// How long each turn runs before it is measured, and how long then.
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    pub(crate) data: PathBuf,
}

impl Args {
    /// # Errors
    /// A binary is not there, or the data folder is in memory, where flushes cost nothing.
    pub(crate) fn plan(&self) -> anyhow::Result<Plan> {
        let mut kinds = Vec::new();
        if self.on != On::Workerd {
            kinds.push(Kind::Holdfast {
                binary: self.holdfast_binary()?,
                shards: self.shards,
            });
        }
        if self.on != On::Holdfast {
            let binary = self.workerd.clone().unwrap_or_else(workerd::installed);
            ensure!(
                binary.is_file(),
                "no workerd at {}: install it with \"npm ci\" in conformance, or name one with --workerd",
                binary.display()
            );
            kinds.push(Kind::Workerd { binary });
        }
        let filesystem = usage::filesystem(&self.data)?;
        ensure!(
            !matches!(filesystem.as_str(), "tmpfs" | "ramfs"),
            "{} is in memory ({filesystem}), where a flush costs nothing: choose a folder on a disk with --data",
            self.data.display()
        );
        let (rounds, seconds) = if self.quick {
            (1, 1)
        } else {
            (self.rounds, self.seconds)
        };
        ensure!(
            self.soak.is_none() || !self.scenarios.is_empty(),
            "--soak takes its time for each scenario and runtime: say which scenarios"
        );
        let scenarios = if self.scenarios.is_empty() {
            SCENARIOS.iter().collect()
        } else {
            self.scenarios.clone()
        };
        Ok(Plan {
            kinds,
            scenarios,
            connections: usize::from(self.connections),
            rounds,
            warm_up: Duration::from_millis(if self.quick { 200 } else { 1000 }),
            measured: Duration::from_secs(seconds),
            data: self.data.clone(),
        })
    }

    fn holdfast_binary(&self) -> anyhow::Result<PathBuf> {
        let target = || {
            env::var_os("CARGO_TARGET_DIR")
                .map_or_else(|| repository().join("target"), PathBuf::from)
        };
        let binary = self
            .holdfast
            .clone()
            .unwrap_or_else(|| target().join("release/holdfast"));
        binary.canonicalize().with_context(|| {
            format!(
                "no holdfast at {}: build it with \"cargo build --release -p holdfast-cli\", or name one with --holdfast",
                binary.display()
            )
        })
    }
}

/// The repository that this program was built from.
pub(crate) fn repository() -> &'static Path {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    bench.parent().unwrap_or(bench)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn scenarios_are_known_by_name() {
        let args = Args::parse_from(["bench", "rpc", "insert-1000"]);
        let names: Vec<_> = args
            .scenarios
            .iter()
            .map(|scenario| scenario.name)
            .collect();
        assert_eq!(names, ["rpc", "insert-1000"]);
        let error = Args::try_parse_from(["bench", "rcp"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("insert-1000"), "{error}");
    }
}
