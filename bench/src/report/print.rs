//! The report as text, in the order in which it becomes known.

use super::{Durability, Outcome, Report};

const MIB: f64 = 1024.0 * 1024.0;
/// Above this many cores busy elsewhere, the absolute numbers mean little.
const QUIET_CORES_MAX: f64 = 0.2;

pub(crate) fn head(report: &Report) {
    println!(
        "{}; {} cores, data on {}",
        report.versions.join(", "),
        report.cores,
        report.filesystem
    );
    println!(
        "{} connections; {} × {} s for each runtime, in turns; client and servers share the machine\n",
        report.connections, report.rounds, report.seconds
    );
}

pub(crate) fn durability(durability: &Durability) {
    match durability {
        Durability::NotNeeded => return,
        Durability::NotWatched => println!(
            "durability: NOT WATCHED, there is no strace: the runtimes' writes may not promise the same"
        ),
        Durability::Watched(watched) => {
            println!("durability, by strace: answers to writes that left after a flush to disk");
            for watched in watched {
                let flushes = &watched.flushes;
                println!(
                    "  {:10}{:10}{}/{} one by one, with {} flushes; under load {:.2} flushes per write",
                    watched.runtime,
                    watched.scenario,
                    flushes.flushed_before,
                    flushes.answers,
                    flushes.flushes,
                    flushes.loaded_flushes as f64 / flushes.loaded_answers.max(1) as f64,
                );
            }
        }
    }
    println!();
}

pub(crate) fn columns() {
    println!(
        "{:12}{:9}{:>11}{:>19}{:>9}{:>9}{:>9}{:>15}{:>10}{:>11}",
        "scenario",
        "runtime",
        "requests/s",
        "min – max",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "MiB resident",
        "warm-up/s",
        "elsewhere"
    );
}

pub(crate) fn result(result: &Outcome) {
    for side in &result.sides {
        let rate = side.per_second;
        println!(
            "{:12}{:9}{:>11.0}{:>19}{:>9.2}{:>9.2}{:>9.0}{:>15}{:>10.0}{:>11.2}",
            result.scenario,
            side.runtime,
            rate.median,
            format!("{:.0} – {:.0}", rate.min, rate.max),
            side.p50_us as f64 / 1e3,
            side.p99_us as f64 / 1e3,
            side.cpu_us_per_request.median,
            format!(
                "{:.0} → {:.0}",
                side.resident_bytes_before as f64 / MIB,
                side.resident_bytes_after as f64 / MIB
            ),
            side.warm_up_per_second.unwrap_or_default(),
            side.cores_elsewhere.median,
        );
    }
    for side in result.sides.iter().filter(|side| side.reconnects > 0) {
        println!(
            "{:12}{} closed {} connections instead of answering, and was asked again",
            "", side.runtime, side.reconnects
        );
    }
    if let Some(ratio) = result.ratio {
        println!(
            "{:12}ratio    {:>11.2}{:>19}",
            "",
            ratio.median,
            format!("{:.2} – {:.2}", ratio.min, ratio.max)
        );
    }
}

pub(crate) fn foot(report: &Report) {
    println!(
        "\nrequests/s and CPU µs (of the server, per request): medians over the rounds; ratio: the first runtime\n\
         over the second, round by round; warm-up/s: requests/s in the first warm-up, which makes the objects;\n\
         elsewhere: cores that were busy with neither server nor client"
    );
    let sides = report.results.iter().flat_map(|result| &result.sides);
    let busiest = sides
        .map(|side| side.cores_elsewhere.max)
        .fold(0.0, f64::max);
    if busiest > QUIET_CORES_MAX {
        println!(
            "THE MACHINE WAS NOT QUIET: up to {busiest:.1} of {} cores were busy elsewhere; read the ratios only",
            report.cores
        );
    }
}
