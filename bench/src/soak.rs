//! The other kind of run: one runtime at a time under load for long, and whether its memory stays flat.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::args::Plan;
use crate::load::Load;
use crate::scenario::{Scenario, Script};
use crate::server::{Kind, Server};
use crate::{stats, usage};

const SAMPLE_EVERY: Duration = Duration::from_secs(5);
/// How much the last third of the samples may grow, as a share.
const GROWTH_MAX: f64 = 0.05;
const MIB: f64 = 1024.0 * 1024.0;

/// Soaks each runtime in each scenario for so many seconds.
///
/// # Errors
/// The memory of one of them grows, or it does not work as it should.
pub(crate) async fn run(plan: &Plan, seconds: u64) -> Result<()> {
    let mut growing = Vec::new();
    for scenario in &plan.scenarios {
        for kind in &plan.kinds {
            let growth = soak(plan, kind, scenario, Duration::from_secs(seconds))
                .await
                .with_context(|| format!("{} under {}", kind.name(), scenario.name))?;
            println!(
                "  the last third grew by {:.1} % (at most {:.0} %)",
                growth * 100.0,
                GROWTH_MAX * 100.0
            );
            if growth > GROWTH_MAX {
                growing.push(format!("{} under {}", kind.name(), scenario.name));
            }
        }
    }
    ensure!(growing.is_empty(), "memory grows: {}", growing.join(", "));
    Ok(())
}

/// The growth of the last third of the samples.
async fn soak(plan: &Plan, kind: &Kind, scenario: &Scenario, time: Duration) -> Result<f64> {
    let server = Server::start(kind, &plan.data, &[])?;
    let script = Rc::new(Script::new(scenario, &server.addr.to_string()));
    let connections = scenario.connections(plan.connections);
    println!(
        "{} under {}, {connections} connections",
        kind.name(),
        scenario.name
    );
    let mut load = Load::connect(server.addr, connections, script).await?;
    let begun = Instant::now();
    let mut samples = Vec::new();
    while begun.elapsed() < time {
        let measured = load
            .run(SAMPLE_EVERY)
            .await
            .map_err(|error| server.explain(error))?;
        let resident = usage::resident_bytes(server.pid())? as f64;
        println!(
            "  {:>5.0} s {:>9.1} MiB {:>9.0} requests/s",
            begun.elapsed().as_secs_f64(),
            resident / MIB,
            measured.per_second()
        );
        samples.push(resident);
    }
    server.stop()?;
    Ok(stats::growth(&samples[samples.len() * 2 / 3..]))
}
