//! Data folders that are not what was written: flipped bits, lost files, folders of somebody else.
//!
//! Whatever was done to them, what opens must be exactly what some moment in the past was, and what does not open must
//! say which file is to blame. Two things nobody can tell from a crash: a last flush of the log that cannot be read
//! (its writer may have died before the flush ended), and a last segment that is not there at all.

use std::rc::Rc;

use holdfast_journal::{Disk, SUPERBLOCK};

use crate::disk::SimDisk;
use crate::failure::{Failure, Trouble, ensure};
use crate::rng::Rng;
use crate::run::{Report, new_world};
use crate::setup::Setup;
use crate::world::{World, recover};

/// Folders damaged per run.
const DAMAGES: u64 = 30;

pub(crate) fn run(setup: Rc<Setup>, mut rng: Rng) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut world = new_world(Rc::clone(&setup), &mut rng, 0)?;
    for round in 0..4 {
        for _ in 0..12 + rng.below(25) {
            world.step(true)?;
        }
        match rng.percent(30) {
            true => world.checkpoint(round % 2 == 0)?,
            false => world.flush()?,
        }
        for _ in 0..DAMAGES / 4 {
            damage(&world, &mut rng)?;
            report.damages += 1;
        }
    }
    foreign(&setup)?;
    world.finish()?;
    Ok(report)
}

/// What a crash right now leaves, with something wrong in it.
fn damage(world: &World, rng: &mut Rng) -> Result<(), Failure> {
    let disk = world.disk.after_kill();
    let files = disk.files();
    let logs: Vec<&String> = files.iter().filter(|name| name.ends_with(".seg")).collect();
    let confirmed = disk.confirmed();
    match rng.below(10) {
        0 => {
            disk.remove(SUPERBLOCK).expect("it is there");
            refused(world, &disk, "\"holdfast\"").map_err(|failure| failure.at("no superblock"))
        }
        1 if !logs.is_empty() => {
            let name = logs[rng.index(logs.len())];
            disk.remove(name).expect("it is there");
            sound_or(world, &disk, 0, "log/").map_err(|failure| failure.at(format!("no {name}")))
        }
        2 => {
            let (at, bit) = flip(&disk, SUPERBLOCK, rng);
            sound_or(world, &disk, confirmed, SUPERBLOCK)
                .map_err(|failure| failure.at(format!("bit {bit} of byte {at} of {SUPERBLOCK}")))
        }
        _ if !logs.is_empty() => {
            let name = logs[rng.index(logs.len())];
            let (at, bit) = flip(&disk, name, rng);
            sound_or(world, &disk, disk.confirmed_before(), "log/")
                .map_err(|failure| failure.at(format!("bit {bit} of byte {at} of {name}")))
        }
        _ => Ok(()),
    }
}

/// Flips a bit of a file: of a sector with something in it, as a rule.
fn flip(disk: &SimDisk, name: &str, rng: &mut Rng) -> (usize, u8) {
    let bytes = disk.contents(name);
    let mut at = rng.index(bytes.len());
    for _ in 0..20 {
        if bytes[at] != 0 {
            break;
        }
        at = rng.index(bytes.len());
    }
    let bit = rng.below(8) as u8;
    disk.flip(name, at, bit);
    (at, bit)
}

/// Opens as it was at some position from `confirmed` on, or fails with an error that names `place`.
fn sound_or(world: &World, disk: &SimDisk, confirmed: u64, place: &str) -> Result<(), Failure> {
    match recover(&world.setup, disk, &world.history, confirmed) {
        Ok(_) => Ok(()),
        Err(Trouble::Refused(error)) => {
            ensure!(
                error.contains(place),
                "the error does not name {place}: {error}"
            );
            Ok(())
        }
        Err(Trouble::Failed(failure)) => Err(failure),
    }
}

/// Fails with an error that names `place`.
fn refused(world: &World, disk: &SimDisk, place: &str) -> Result<(), Failure> {
    match world.setup.open(disk) {
        Ok(_) => Err(Failure("the folder was opened".to_owned())),
        Err(error) => {
            let error = error.to_string();
            ensure!(
                error.contains(place),
                "the error does not name {place}: {error}"
            );
            Ok(())
        }
    }
}

/// Folders that are none of ours.
fn foreign(setup: &Setup) -> Result<(), Failure> {
    let disk = SimDisk::new();
    disk.create("photo.jpg").expect("a file");
    match setup.open(&disk) {
        Ok(_) => Err(Failure("a foreign folder was opened".to_owned())),
        Err(error) => {
            let error = error.to_string();
            ensure!(
                error.contains("photo.jpg") && disk.files() == ["photo.jpg"],
                "a foreign folder: {error}; it has {:?}",
                disk.files()
            );
            Ok(())
        }
    }
}
