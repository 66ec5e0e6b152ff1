//! Data folders that are not what was written: flipped bits, lost files, folders of somebody else.
//!
//! Whatever was done to them, what opens must be exactly what some moment in the past was, and what does not open must
//! say which file is to blame. Two things nobody can tell from a crash: a last flush of the log that cannot be read
//! (its writer may have died before the flush ended), and a last segment that is not there at all.

use std::rc::Rc;

use holdfast_journal::{Disk, SECTOR_BYTES, SUPERBLOCK};

use crate::disk::SimDisk;
use crate::failure::{Failure, Trouble, ensure};
use crate::rng::Rng;
use crate::run::{Report, new_world};
use crate::setup::Setup;
use crate::world::{World, recover, strict};

/// Folders damaged per run.
const DAMAGES: u64 = 30;

/// Folders damaged per round where it must do no harm.
const SETTLED: u64 = 6;

pub(crate) fn run(setup: Rc<Setup>, mut rng: Rng) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut world = new_world(Rc::clone(&setup), &mut rng, 0)?;
    // What of the log has gone home, whatever else may have.
    let mut settled = Vec::new();
    for round in 0..4 {
        for _ in 0..12 + rng.below(25) {
            world.step(true)?;
        }
        match rng.percent(30) {
            true => {
                world.flush()?;
                let before = world.log_bytes();
                world.checkpoint(round % 2 == 0)?;
                settled = before;
            }
            false => world.flush()?,
        }
        for _ in 0..SETTLED {
            report.damages += u64::from(harmless(&world, &settled, &mut rng)?);
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

/// Damage among frames whose contents have gone home keeps nobody from starting, and costs nothing; the node goes on, and
/// its next checkpoint, which would keep what is lost for the history, too. False if there are no such frames.
fn harmless(world: &World, settled: &[(String, usize)], rng: &mut Rng) -> Result<bool, Failure> {
    let disk = world.disk.after_kill();
    let files = disk.files();
    let there: Vec<_> = settled
        .iter()
        .filter(|(name, used)| files.contains(name) && *used > SECTOR_BYTES)
        .collect();
    if there.is_empty() {
        return Ok(false);
    }
    let (name, used) = there[rng.index(there.len())];
    let at = SECTOR_BYTES + rng.index(used - SECTOR_BYTES);
    let bit = rng.below(8) as u8;
    disk.flip(name, at, bit);
    let mut go_on = || -> Result<(), Failure> {
        let confirmed = disk.confirmed();
        strict(recover(&world.setup, &disk, &world.history, confirmed))?;
        let setup = Rc::clone(&world.setup);
        let mut next = World::on(setup, disk.clone(), &world.history, rng.fork())?;
        next.step(false)?;
        next.checkpoint(false)?;
        next.finish()
    };
    go_on()
        .map(|()| true)
        .map_err(|failure| failure.at(format!("bit {bit} of byte {at} of {name}, which is home")))
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
