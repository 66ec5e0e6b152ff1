//! A node from a seed: a store, some objects, and a scheduler that lets one thing happen after the other.

use std::rc::Rc;

use holdfast_storage::{Checkpointer, Store};

use crate::actor::{Actor, Scene};
use crate::check;
use crate::disk::{Image, SimDisk};
use crate::failure::{Failure, Trouble, ensure};
use crate::gate;
use crate::model::History;
use crate::rng::Rng;
use crate::setup::Setup;

/// The running node.
struct Node {
    store: Store,
    /// None while another thread has one.
    checkpointer: Option<Checkpointer>,
    actors: Vec<Actor>,
}

/// A node and its disk.
pub(crate) struct World {
    pub(crate) setup: Rc<Setup>,
    pub(crate) disk: SimDisk,
    pub(crate) history: History,
    pub(crate) rng: Rng,
    node: Node,
    /// Why the log takes nothing any more, and up to where it is durable for ever.
    failed: Option<(String, u64)>,
}

/// Opens what a crash has left, and compares it with what it must be. Gives the store and the last position it has.
pub(crate) fn recover(
    setup: &Setup,
    disk: &SimDisk,
    history: &History,
    confirmed: u64,
) -> Result<(Store, u64), Trouble> {
    let store = setup.open(disk)?;
    let last = store.log().last().0;
    ensure!(
        last >= confirmed,
        "confirmed up to position {confirmed}, and after recovery the log ends at {last}"
    );
    check::recovered(&store, setup, history, last).map_err(|trouble| match trouble {
        Trouble::Failed(failure) => {
            Trouble::Failed(failure.at(format!("recovered up to position {last}")))
        }
        refused @ Trouble::Refused(_) => refused,
    })?;
    Ok((store, last))
}

/// In a world whose disk has not failed, nothing may be refused.
pub(crate) fn strict<T>(result: Result<T, Trouble>) -> Result<T, Failure> {
    result.map_err(|trouble| match trouble {
        Trouble::Failed(failure) => failure,
        Trouble::Refused(error) => Failure(format!("refused for no reason: {error}")),
    })
}

impl World {
    /// On a disk, which must hold what `history` says, at a position from `disk.confirmed()` on.
    pub(crate) fn on(
        setup: Rc<Setup>,
        disk: SimDisk,
        history: &History,
        rng: Rng,
    ) -> Result<World, Failure> {
        let (node, history) = strict(Node::on(&setup, &disk, history))?;
        Ok(World {
            setup,
            disk,
            history,
            rng,
            node,
            failed: None,
        })
    }

    /// Something happens; also an end of the process or the machine, if `restarts`.
    pub(crate) fn step(&mut self, restarts: bool) -> Result<(), Failure> {
        self.setup.advance(self.rng.below(400));
        match self.rng.below(if restarts { 100 } else { 98 }) {
            0..58 => self.act(|actor, scene| actor.turn(scene)),
            58..64 => self.act(|actor, scene| actor.ring(scene).map(|_| ())),
            64..82 => self.flush(),
            82..85 => self.checkpoint(false),
            85..88 => self.checkpoint_among_turns(false),
            88..90 => self.checkpoint(true),
            90 => self.checkpoint_among_turns(true),
            91..95 => self.act(|actor, _| actor.close_if_idle()),
            95..98 => self.act(|actor, scene| {
                actor.reset(scene.setup);
                Ok(())
            }),
            98 => self.kill(),
            _ => {
                let image = self.disk.crash(&mut self.rng);
                self.restart(image)
            }
        }
    }

    /// Lets an object by chance do something.
    fn act(
        &mut self,
        what: impl FnOnce(&mut Actor, &mut Scene<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Failure> {
        let index = self.rng.index(self.node.actors.len());
        let appended = self.node.store.log().last();
        let actor = &mut self.node.actors[index];
        let mut scene = Scene {
            setup: &self.setup,
            store: &self.node.store,
            disk: &self.disk,
            history: &mut self.history,
            rng: &mut self.rng,
        };
        let result = what(actor, &mut scene);
        ensure!(
            self.failed.is_none() || self.node.store.log().last() == appended,
            "a commit was taken after the log had failed: {:?}",
            self.failed
        );
        match result {
            Ok(()) => Ok(()),
            Err(Trouble::Failed(failure)) => Err(failure),
            Err(Trouble::Refused(error)) => {
                self.excuse(&error)?;
                let setup = Rc::clone(&self.setup);
                self.node.actors[index].reset(&setup);
                Ok(())
            }
        }
    }

    /// An error is right only if the disk has failed.
    fn excuse(&self, error: &str) -> Result<(), Failure> {
        ensure!(
            self.disk.struck().is_some(),
            "refused for no reason: {error}"
        );
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        let flushed = self.node.store.flush().map(|_| ());
        self.flushed(flushed, "flush")
    }

    pub(crate) fn checkpoint(&mut self, all: bool) -> Result<(), Failure> {
        let store = &self.node.store;
        let checkpointer = self
            .node
            .checkpointer
            .get_or_insert_with(|| Checkpointer::new(store));
        let result = checkpointer.run(all).map(|_| ());
        self.flushed(result, "checkpoint")
    }

    /// A checkpoint on a thread of its own, which is stopped before every change of the disk: objects have turns there,
    /// and commit.
    pub(crate) fn checkpoint_among_turns(&mut self, all: bool) -> Result<(), Failure> {
        // There is one at a time, and each has a catalogue of its own in memory.
        self.node.checkpointer = None;
        let store = self.node.store.clone();
        let (gate, steps) = gate::pair();
        let percent = 10 + self.rng.below(60);
        let round = std::thread::spawn(move || {
            gate.install();
            Checkpointer::new(&store).run(all).map(|_| ())
        });
        let mut turns = Ok(());
        while turns.is_ok() && steps.wait() {
            if self.rng.percent(percent) {
                turns = self.act(|actor, scene| actor.turn(scene));
            }
            steps.go();
        }
        drop(steps);
        let result = match round.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        turns.map_err(|failure| failure.at("in the middle of a checkpoint"))?;
        self.flushed(result, "checkpoint")
    }

    /// Names and lengths of the log's files, up to the last byte of the last frame.
    pub(crate) fn log_bytes(&self) -> Vec<(String, usize)> {
        let segments = self
            .disk
            .files()
            .into_iter()
            .filter(|name| name.ends_with(".seg"));
        segments
            .map(|name| {
                let bytes = self.disk.contents(&name);
                let used = bytes.iter().rposition(|byte| *byte != 0);
                (name, used.map_or(0, |last| last + 1))
            })
            .collect()
    }

    /// The log has been flushed, or has failed.
    fn flushed(
        &mut self,
        result: Result<(), holdfast_journal::Error>,
        what: &str,
    ) -> Result<(), Failure> {
        let durable = self.node.store.durable().0;
        if let Some((earlier, at)) = &self.failed {
            ensure!(
                durable == *at,
                "after the log had failed ({earlier}), position {durable} was confirmed"
            );
        }
        if let Err(error) = result {
            self.excuse(&format!("{what}: {error}"))?;
            self.failed
                .get_or_insert_with(|| (format!("{what}: {error}"), durable));
        } else {
            ensure!(
                self.failed.is_none() || !self.node.store.log().has_queued(),
                "a {what} went well after {:?}",
                self.failed
            );
        }
        let World {
            setup,
            disk,
            history,
            rng,
            node,
            ..
        } = self;
        let scene = Scene {
            setup,
            store: &node.store,
            disk,
            history,
            rng,
        };
        for actor in &mut node.actors {
            strict(actor.deliver(&scene))?;
        }
        Ok(())
    }

    /// The process ends, and another one begins on the same disk.
    fn kill(&mut self) -> Result<(), Failure> {
        if self.failed.is_some() {
            return Ok(());
        }
        let disk = self.disk.after_kill();
        let confirmed = self.disk.confirmed();
        self.restart(Image {
            disk,
            confirmed,
            moment: "the end of the process".to_owned(),
        })
    }

    /// The machine starts again, with this disk.
    pub(crate) fn restart(&mut self, image: Image) -> Result<(), Failure> {
        let Image { disk, moment, .. } = image;
        self.disk.hand_over(&disk);
        let (node, history) = strict(Node::on(&self.setup, &disk, &self.history))
            .map_err(|failure| failure.at(format!("restart after {moment}")))?;
        self.node = node;
        self.history = history;
        self.disk = disk;
        self.failed = None;
        Ok(())
    }

    /// Lets every alarm ring that is set, however often that fails.
    pub(crate) fn ring_all(&mut self) -> Result<(), Failure> {
        /// Runs of one alarm at most (with its retries), and of those that its handler sets.
        const ROUNDS_MAX: usize = 12;
        let alarms = self.node.actors.iter().map(|actor| actor.committed.alarm);
        let expected: Vec<Option<i64>> = alarms.collect();
        for (index, expected) in expected.into_iter().enumerate() {
            let Some(expected) = expected else {
                continue;
            };
            let mut rang = false;
            for _ in 0..ROUNDS_MAX {
                self.setup.advance(1_500_000);
                let mut scene = Scene {
                    setup: &self.setup,
                    store: &self.node.store,
                    disk: &self.disk,
                    history: &mut self.history,
                    rng: &mut self.rng,
                };
                let time = strict(self.node.actors[index].ring(&mut scene))?;
                rang |= time == Some(expected as u64);
                self.flush()?;
            }
            ensure!(rang, "the alarm of object {index} at {expected} never rang");
        }
        Ok(())
    }

    /// That the files hold everything after a last checkpoint.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let setup = Rc::clone(&self.setup);
        for actor in &mut self.node.actors {
            if !actor.is_idle() {
                actor.reset(&setup);
            }
        }
        self.checkpoint(true)?;
        check::files(&self.disk, &self.setup, &self.history)?;
        let image = self.disk.crash(&mut self.rng);
        let confirmed = self.node.store.log().last().0;
        let recovered = recover(&self.setup, &image.disk, &self.history, confirmed);
        strict(recovered).map(|_| ())
    }
}

impl Node {
    fn on(setup: &Setup, disk: &SimDisk, history: &History) -> Result<(Node, History), Trouble> {
        let (store, last) = recover(setup, disk, history, disk.confirmed())?;
        let history = history.up_to(last);
        let actors = (0..setup.objects.len()).map(|index| {
            let committed = history.at(index, last);
            Actor::new(setup, index, (*committed).clone(), 0)
        });
        let node = Node {
            checkpointer: Some(Checkpointer::new(&store)),
            actors: actors.collect(),
            store,
        };
        Ok((node, history))
    }
}
