//! The comparison: each scenario in rounds, each runtime having its turn in every round (A B A B …).

use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use hdrhistogram::Histogram;

use crate::args::Plan;
use crate::load::Load;
use crate::report::{Durability, Outcome, Report, Side, print};
use crate::scenario::{SCENARIOS, Scenario, Script};
use crate::server::{Kind, Server};
use crate::stats::Spread;
use crate::{report, syncs, usage};

/// Runs everything and prints as it goes.
///
/// # Errors
/// A server does not work as it should; nothing that was measured before is lost from standard output.
pub(crate) async fn run(plan: &Plan, json: Option<&Path>) -> Result<()> {
    let mut report = Report::new(plan)?;
    print::head(&report);
    if plan.scenarios.iter().any(|scenario| scenario.writes()) {
        report.durability = durability(plan).await?;
        print::durability(&report.durability);
    }
    print::columns();
    for scenario in &plan.scenarios {
        let result = measure(plan, scenario)
            .await
            .with_context(|| format!("scenario {}", scenario.name))?;
        print::result(&result);
        report.results.push(result);
    }
    print::foot(&report);
    if let Some(file) = json {
        fs::write(file, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

async fn durability(plan: &Plan) -> Result<Durability> {
    if !syncs::can_watch()? {
        return Ok(Durability::NotWatched);
    }
    let mut watched = Vec::new();
    for kind in &plan.kinds {
        for scenario in SCENARIOS
            .iter()
            .filter(|scenario| scenario.writes_one_object())
        {
            let flushes = syncs::watch(plan, kind, scenario).await?;
            watched.push(report::Watched {
                runtime: kind.name(),
                scenario: scenario.name,
                flushes,
            });
        }
    }
    Ok(Durability::Watched(watched))
}

async fn measure(plan: &Plan, scenario: &Scenario) -> Result<Outcome> {
    let connections = scenario.connections(plan.connections);
    let mut contenders = Vec::new();
    for kind in &plan.kinds {
        contenders.push(Contender::start(plan, kind, scenario, connections)?);
    }
    for _ in 0..plan.rounds {
        for contender in &mut contenders {
            let turn = contender.turn(plan.warm_up, plan.measured).await;
            turn.map_err(|error| contender.server.explain(error))
                .with_context(|| contender.name)?;
        }
    }
    let sides = contenders
        .into_iter()
        .map(Contender::finish)
        .collect::<Result<Vec<Side>>>()?;
    Ok(Outcome::new(scenario.name, connections, sides))
}

/// A runtime in one scenario.
struct Contender {
    name: &'static str,
    server: Server,
    script: Rc<Script>,
    connections: usize,
    resident_before: u64,
    /// Requests per second until every object existed.
    first_warm_up: Option<f64>,
    reconnects: u64,
    latencies: Histogram<u64>,
    turns: Vec<Turn>,
}

/// What one runtime did in one round.
struct Turn {
    per_second: f64,
    cpu_us_per_request: f64,
    /// Cores that neither the server nor the load kept busy, but something else.
    cores_elsewhere: f64,
}

impl Contender {
    fn start(
        plan: &Plan,
        kind: &Kind,
        scenario: &Scenario,
        connections: usize,
    ) -> Result<Contender> {
        let server = Server::start(kind, &plan.data, &[]).with_context(|| kind.name())?;
        let script = Script::new(scenario, &server.addr.to_string());
        let resident_before = usage::resident_bytes(server.pid())?;
        Ok(Contender {
            name: kind.name(),
            server,
            script: Rc::new(script),
            connections,
            resident_before,
            first_warm_up: None,
            reconnects: 0,
            latencies: Histogram::new(3)?,
            turns: Vec::new(),
        })
    }

    async fn turn(&mut self, warm_up: Duration, measured: Duration) -> Result<()> {
        let script = self.script.clone();
        let mut load = Load::connect(self.server.addr, self.connections, script).await?;
        let warm_up = load.warm_up(warm_up).await.context("warm-up")?;
        self.reconnects += warm_up.reconnects;
        self.first_warm_up.get_or_insert(warm_up.per_second());
        let (server, own) = (self.server.pid(), std::process::id());
        let used = || -> Result<_> {
            let server = usage::cpu_of_process(server)?;
            Ok((
                server,
                server + usage::cpu_of_process(own)?,
                usage::cpu_of_machine()?,
            ))
        };
        let before = used()?;
        let measured = load.run(measured).await?;
        let after = used()?;
        let server = after.0.saturating_sub(before.0);
        let ours = after.1.saturating_sub(before.1);
        let all = after.2.saturating_sub(before.2);
        self.turns.push(Turn {
            per_second: measured.per_second(),
            cpu_us_per_request: server.as_secs_f64() * 1e6 / measured.requests() as f64,
            cores_elsewhere: all.saturating_sub(ours).as_secs_f64()
                / measured.elapsed.as_secs_f64(),
        });
        self.reconnects += measured.reconnects;
        self.latencies.add(&measured.latencies)?;
        Ok(())
    }

    fn finish(self) -> Result<Side> {
        let resident_after = usage::resident_bytes(self.server.pid())?;
        self.server.stop().with_context(|| self.name)?;
        let each = |of: fn(&Turn) -> f64| -> Vec<f64> { self.turns.iter().map(of).collect() };
        let rounds_per_second = each(|turn| turn.per_second);
        Ok(Side {
            runtime: self.name,
            requests: self.latencies.len(),
            per_second: Spread::of(rounds_per_second.clone()),
            rounds_per_second,
            p50_us: self.latencies.value_at_quantile(0.50),
            p99_us: self.latencies.value_at_quantile(0.99),
            cpu_us_per_request: Spread::of(each(|turn| turn.cpu_us_per_request)),
            warm_up_per_second: self.first_warm_up,
            reconnects: self.reconnects,
            resident_bytes_before: self.resident_before,
            resident_bytes_after: resident_after,
            cores_elsewhere: Spread::of(each(|turn| turn.cores_elsewhere)),
        })
    }
}
