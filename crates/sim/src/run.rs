//! What a seed does: a world, many crashes of it, and what each of them must leave.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use crate::damage;
use crate::disk::{Fault, FaultKind, Image, SimDisk};
use crate::failure::Failure;
use crate::model::History;
use crate::rng::Rng;
use crate::setup::{Mistake, Setup};
use crate::world::{World, recover, strict};

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Crashes that were recovered from and compared.
    pub crashes: u64,
    /// Faults of the disk that struck.
    pub faults: u64,
    /// Damaged data folders that were opened.
    pub damages: u64,
}

impl Report {
    /// Adds what another run has looked at.
    pub fn add(&mut self, other: Report) {
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.damages += other.damages;
    }
}

/// Runs a seed.
///
/// # Errors
/// A promise that was broken. The same seed breaks it again.
pub fn run(seed: u64) -> Result<Report, Failure> {
    run_with(seed, None)
}

/// Whether operations of the disk fail in the run of a seed.
pub fn has_faults(seed: u64) -> bool {
    matches!(seed % 8, 5 | 6)
}

/// Runs a seed with a mistake, which the run should find.
///
/// # Errors
/// As for [`run`].
pub fn run_with(seed: u64, mistake: Option<Mistake>) -> Result<Report, Failure> {
    let run = || {
        let mut rng = Rng::new(seed);
        let setup = Rc::new(Setup::new(mistake, &mut rng));
        match seed % 8 {
            0..5 => crashes(setup, rng),
            _ if has_faults(seed) => faults(setup, rng),
            _ => damage::run(setup, rng),
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Failure(format!("a panic: {}", text.unwrap_or("unknown"))))
    });
    outcome.map_err(|failure| failure.at(format!("seed {seed}")))
}

pub(crate) fn new_world(setup: Rc<Setup>, rng: &mut Rng, percent: u64) -> Result<World, Failure> {
    let disk = SimDisk::new();
    disk.sample(percent, rng.fork());
    let history = History::of(setup.objects.len());
    World::on(setup, disk, &history, rng.fork())
}

/// A world whose disk works, crashed at every operation.
fn crashes(setup: Rc<Setup>, mut rng: Rng) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut world = new_world(setup, &mut rng, 60)?;
    for _ in 0..40 + rng.below(100) {
        world.step(true)?;
        check_images(&world, &mut rng, &mut report, true)?;
    }
    world.disk.sample(0, rng.fork());
    world.finish()?;
    Ok(report)
}

/// Recovers from the crashes that a step has left behind. Some of them go on from there, if they may.
fn check_images(
    world: &World,
    rng: &mut Rng,
    report: &mut Report,
    go_on: bool,
) -> Result<(), Failure> {
    for image in world.disk.take_images() {
        report.crashes += 1;
        let moment = image.moment.clone();
        let checked = match go_on && rng.percent(8) {
            true => live_on(world, image, rng, report),
            false => check(world, &image, rng),
        };
        checked.map_err(|failure| failure.at(format!("crash {moment}")))?;
    }
    Ok(())
}

fn check(world: &World, image: &Image, rng: &mut Rng) -> Result<(), Failure> {
    if rng.percent(4) {
        // Recovery itself meets an error: it says so, and leaves nothing behind that the next one stumbles over.
        image.disk.plan_fault(Some(Fault {
            at: 1 + rng.below(12),
            reads: rng.percent(50),
            kind: FaultKind::Io,
        }));
        let recovered = recover(&world.setup, &image.disk, &world.history, image.confirmed);
        let struck = image.disk.struck();
        image.disk.plan_fault(None);
        if struck.is_none() {
            return strict(recovered).map(|_| ());
        }
        if let Err(crate::failure::Trouble::Failed(failure)) = recovered {
            return Err(failure.at(format!("with {}", struck.unwrap_or_default())));
        }
    }
    let first = recover(&world.setup, &image.disk, &world.history, image.confirmed);
    strict(first)?;
    // What one start has shown, the next one must show too, whatever happened in between.
    if rng.percent(25) {
        let again = image.disk.crash(rng);
        let second = recover(&world.setup, &again.disk, &world.history, again.confirmed);
        strict(second).map_err(|failure| failure.at("after the next crash"))?;
    }
    Ok(())
}

/// The world goes on from a crash, and crashes again: in its recovery, its first checkpoint, or later.
fn live_on(world: &World, image: Image, rng: &mut Rng, report: &mut Report) -> Result<(), Failure> {
    image.disk.sample(50, rng.fork());
    let disk = image.disk;
    let mut next = World::on(Rc::clone(&world.setup), disk, &world.history, rng.fork())?;
    if rng.percent(30) {
        next.ring_all()?;
    }
    for _ in 0..2 + rng.below(8) {
        next.step(true)?;
        check_images(&next, rng, report, false)?;
    }
    next.checkpoint(rng.percent(50))?;
    check_images(&next, rng, report, false)?;
    if rng.percent(20) {
        next.disk.sample(0, rng.fork());
        next.finish()?;
    }
    Ok(())
}

/// A world whose disk fails once.
fn faults(setup: Rc<Setup>, mut rng: Rng) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut world = new_world(setup, &mut rng, 10)?;
    for _ in 0..6 {
        for _ in 0..rng.below(25) {
            world.step(true)?;
            check_images(&world, &mut rng, &mut report, false)?;
        }
        world.disk.plan_fault(Some(Fault {
            at: 1 + rng.below(12),
            reads: rng.percent(25),
            kind: match rng.below(3) {
                0 => FaultKind::Io,
                1 => FaultKind::Full,
                _ => FaultKind::Drop,
            },
        }));
        for _ in 0..8 + rng.below(12) {
            let struck = world.disk.struck();
            let stepped = world.step(false);
            check_images(&world, &mut rng, &mut report, false)?;
            stepped.map_err(|failure| match struck {
                Some(struck) => failure.at(format!("after {struck}")),
                None => failure,
            })?;
        }
        report.faults += u64::from(world.disk.struck().is_some());
        let struck = world.disk.struck();
        world.disk.plan_fault(None);
        // What a failed flush has dropped is lost whatever happens next: only what was confirmed must be there.
        for _ in 0..3 {
            let image = world.disk.crash(&mut rng);
            report.crashes += 1;
            check(&world, &image, &mut rng).map_err(|failure| {
                failure.at(format!("crash {} after {struck:?}", image.moment))
            })?;
        }
        let image = world.disk.crash(&mut rng);
        world.restart(image)?;
        check_images(&world, &mut rng, &mut report, false)?;
    }
    world.disk.sample(0, rng.fork());
    world.finish()?;
    Ok(report)
}
