//! `holdfast-sim`: seeds for as long as wanted, or one again.
//!
//! `cargo run -p holdfast-sim --release -- --hours 2` runs seeds from a random one on; a failure prints the seed, and
//! `--seed N` alone runs it again.

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use holdfast_sim::{Report, run};

const USAGE: &str = "\
usage: holdfast-sim [--hours N | --count N] [--seed N]
  --hours N   run seeds for so long; without it and --count a single one
  --count N   run so many seeds
  --seed N    the (first) seed; without it a random one";

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    hours: Option<f64>,
    count: Option<u64>,
    seed: Option<u64>,
}

fn arguments() -> Option<Arguments> {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match &*word {
            "--hours" => arguments.hours = Some(value.parse().ok()?),
            "--count" => arguments.count = Some(value.parse().ok()?),
            "--seed" => arguments.seed = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(arguments)
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let first = arguments.seed.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        now.map_or(0, |now| now.as_nanos() as u64 >> 8)
    });
    let begun = Instant::now();
    let length = arguments
        .hours
        .map(|hours| Duration::from_secs_f64(hours.max(0.0) * 3600.0));
    let count = match length {
        Some(_) => u64::MAX,
        None => arguments.count.unwrap_or(1),
    };
    println!("first seed: {first}");
    let mut total = Report::default();
    let mut told = begun;
    for number in 0..count {
        let seed = first.wrapping_add(number);
        match run(seed) {
            Ok(report) => total.add(report),
            Err(failure) => {
                println!("{failure}");
                println!("to run it again: holdfast-sim --seed {seed}");
                return ExitCode::FAILURE;
            }
        }
        let over = length.is_some_and(|length| begun.elapsed() >= length);
        if over || number + 1 == count || told.elapsed() >= Duration::from_secs(60) {
            told = Instant::now();
            println!(
                "{} seeds, {} crashes, {} faults, {} damaged folders in {:.0} s: all is well",
                number + 1,
                total.crashes,
                total.faults,
                total.damages,
                begun.elapsed().as_secs_f64()
            );
        }
        if over {
            break;
        }
    }
    ExitCode::SUCCESS
}
