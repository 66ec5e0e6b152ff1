//! What a run found out, as data ([`Report`], which `--json` writes) and as text ([`print`]).

pub(crate) mod print;

use std::thread;

use anyhow::Result;
use serde::Serialize;

use crate::args::Plan;
use crate::stats::Spread;
use crate::syncs::Flushes;
use crate::usage;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) versions: Vec<String>,
    pub(crate) cores: usize,
    /// Of the objects' data.
    pub(crate) filesystem: String,
    pub(crate) connections: usize,
    pub(crate) rounds: u16,
    pub(crate) seconds: f64,
    pub(crate) durability: Durability,
    pub(crate) results: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Durability {
    /// Nothing was written.
    NotNeeded,
    /// There is no `strace`.
    NotWatched,
    Watched(Vec<Watched>),
}

#[derive(Debug, Serialize)]
pub(crate) struct Watched {
    pub(crate) runtime: &'static str,
    pub(crate) scenario: &'static str,
    #[serde(flatten)]
    pub(crate) flushes: Flushes,
}

/// One scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) scenario: &'static str,
    pub(crate) connections: usize,
    pub(crate) sides: Vec<Side>,
    /// Requests per second of the first side over those of the second, round by round.
    pub(crate) ratio: Option<Spread>,
}

/// One runtime in a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    pub(crate) runtime: &'static str,
    pub(crate) requests: u64,
    pub(crate) per_second: Spread,
    pub(crate) rounds_per_second: Vec<f64>,
    /// Latencies over all rounds.
    pub(crate) p50_us: u64,
    pub(crate) p99_us: u64,
    /// CPU time of the server's process.
    pub(crate) cpu_us_per_request: Spread,
    /// In the first warm-up, which makes the objects.
    pub(crate) warm_up_per_second: Option<f64>,
    /// How often the server closed a connection instead of answering and was asked again, warm-ups included.
    pub(crate) reconnects: u64,
    pub(crate) resident_bytes_before: u64,
    pub(crate) resident_bytes_after: u64,
    /// Cores that were busy with neither this server nor the load.
    pub(crate) cores_elsewhere: Spread,
}

impl Report {
    pub(crate) fn new(plan: &Plan) -> Result<Report> {
        let versions = plan.kinds.iter().map(|kind| kind.version());
        Ok(Report {
            versions: versions.collect::<Result<_>>()?,
            cores: thread::available_parallelism()?.get(),
            filesystem: usage::filesystem(&plan.data)?,
            connections: plan.connections,
            rounds: plan.rounds,
            seconds: plan.measured.as_secs_f64(),
            durability: Durability::NotNeeded,
            results: Vec::new(),
        })
    }
}

impl Outcome {
    pub(crate) fn new(scenario: &'static str, connections: usize, sides: Vec<Side>) -> Outcome {
        let ratio = match &sides[..] {
            [first, second] => Some(Spread::of_ratios(
                &first.rounds_per_second,
                &second.rounds_per_second,
            )),
            _ => None,
        };
        Outcome {
            scenario,
            connections,
            sides,
            ratio,
        }
    }
}
