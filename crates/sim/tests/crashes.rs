//! Crashes at every operation of the disk, faults and damage, from seeds. Together more than ten thousand crashes.

use holdfast_sim::{FOUND, Report, run};

/// Crashes that each of the four parts below must have recovered from.
const CRASHES_MIN: u64 = 2_600;

fn seeds(first: u64) {
    let mut total = Report::default();
    let mut seed = first;
    while total.crashes < CRASHES_MIN || seed - first < 8 {
        match run(seed) {
            Ok(report) => total.add(report),
            Err(failure) => panic!("{failure}\n(cargo run -p holdfast-sim -- --seed {seed})"),
        }
        seed += 1;
    }
    println!("seeds {first} to {}: {total:?}", seed - 1);
    assert!(total.crashes >= CRASHES_MIN && total.faults >= 4 && total.damages >= 20);
}

#[test]
fn crashes_part_1() {
    seeds(1_000);
}

#[test]
fn crashes_part_2() {
    seeds(2_000);
}

#[test]
fn crashes_part_3() {
    seeds(3_000);
}

#[test]
fn crashes_part_4() {
    seeds(4_000);
}

#[test]
fn seeds_that_found_a_mistake_find_none() {
    for (seed, what) in FOUND {
        if let Err(failure) = run(*seed) {
            panic!("{failure}\n(once found: {what})");
        }
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 5, 7] {
        assert_eq!(run(seed).ok(), run(seed).ok());
    }
}
