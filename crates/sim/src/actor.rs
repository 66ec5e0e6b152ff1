//! One object's instance: its database, its gates, and the checker's account of what it does.

use std::cell::Cell;
use std::rc::Rc;

use holdfast_object::alarm::{AfterFailure, Due, Jitter, RunFailure};
use holdfast_object::{Alarm, OutputGate, Position, Sent};
use holdfast_storage::{Commit, Database, Options, SavepointId, SavepointKind, Store};

use crate::check;
use crate::disk::SimDisk;
use crate::edit;
use crate::failure::{Trouble, ensure};
use crate::model::{Contents, History};
use crate::rng::Rng;
use crate::setup::{Mistake, Setup};

/// A piece of output: the position that must be durable before it leaves, once that is known.
type Output = Rc<Cell<u64>>;

/// What an actor uses of its world.
pub(crate) struct Scene<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) store: &'a Store,
    pub(crate) disk: &'a SimDisk,
    pub(crate) history: &'a mut History,
    pub(crate) rng: &'a mut Rng,
}

pub(crate) struct Actor {
    index: usize,
    database: Option<Database>,
    /// As of the last commit.
    pub(crate) committed: Contents,
    /// As the program sees it.
    view: Contents,
    /// Position of the last commit.
    last: u64,
    /// Open async savepoints, each with what the program saw when it began.
    savepoints: Vec<(SavepointId, Contents)>,
    gate: OutputGate<Output>,
    /// Output of the open transaction.
    unplaced: Vec<Output>,
    alarm: Alarm,
    /// The position at which the handler's success is durable.
    settling: Option<u64>,
}

impl Actor {
    /// An instance of an object whose last commit was at `last`.
    pub(crate) fn new(setup: &Setup, index: usize, committed: Contents, last: u64) -> Actor {
        let mut actor = Actor {
            index,
            database: None,
            view: committed.clone(),
            committed,
            last,
            savepoints: Vec::new(),
            gate: gate(setup),
            unplaced: Vec::new(),
            alarm: Alarm::new(None),
            settling: None,
        };
        actor.begin_instance(setup);
        actor
    }

    fn begin_instance(&mut self, setup: &Setup) {
        self.database = None;
        self.savepoints.clear();
        self.view = self.committed.clone();
        self.gate = gate(setup);
        if self.last > 0 {
            // What an earlier instance has committed may not be durable yet.
            self.gate.lock(Position(self.last), setup.now_ms());
        }
        self.unplaced.clear();
        self.alarm = alarm(setup, self.committed.alarm.map(|at| at as u64));
        self.settling = None;
    }

    /// The instance ends, with all that it has not committed, and another one begins.
    pub(crate) fn reset(&mut self, setup: &Setup) {
        for output in self.gate.break_gate() {
            drop(output);
        }
        self.begin_instance(setup);
    }

    /// Whether nothing is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.savepoints.is_empty()
    }

    fn database(&mut self, scene: &Scene<'_>) -> &Database {
        let location = || check::location(scene.store, scene.setup, self.index);
        self.database
            .get_or_insert_with(|| Database::new(location(), Options::default()))
    }

    /// Closes the connection if it can be.
    pub(crate) fn close_if_idle(&mut self) -> Result<(), Trouble> {
        if let Some(database) = &self.database {
            let closed = database.close_if_idle();
            ensure!(
                closed || !self.savepoints.is_empty(),
                "an idle connection does not close"
            );
        }
        Ok(())
    }

    /// One turn of the program.
    pub(crate) fn turn(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        self.say(scene)?;
        if !self.savepoints.is_empty() {
            return self.continue_transaction(scene);
        }
        match scene.rng.below(100) {
            0..8 => self.begin_transaction(scene),
            8..12 => self.delete_all(scene),
            _ => self.implicit_turn(scene),
        }
    }

    fn operate(&mut self, scene: &mut Scene<'_>, in_savepoint: bool) -> Result<(), Trouble> {
        self.database(scene);
        let now_ms = scene.setup.now_ms();
        let database = self.database.as_ref().expect("it was made");
        let alarm = self.view.alarm;
        let operation = match in_savepoint {
            true => edit::sync_savepoint,
            false => edit::operate,
        };
        self.gate.write(now_ms);
        operation(database, &mut self.view, now_ms, scene.rng)?;
        if self.view.alarm != alarm {
            self.alarm.row_written();
        }
        if scene.rng.percent(10) {
            let database = self.database.as_ref().expect("it was made");
            check::compare(database, &self.view, false)?;
        }
        Ok(())
    }

    fn implicit_turn(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        for _ in 0..1 + scene.rng.below(5) {
            let in_savepoint = scene.rng.percent(15);
            self.operate(scene, in_savepoint)?;
            if scene.rng.percent(15) {
                self.say(scene)?;
            }
        }
        if scene.rng.percent(8) {
            self.database(scene).rollback_implicit();
            self.view = self.committed.clone();
        }
        let commit = self.database(scene).commit()?;
        self.committed(commit, scene)
    }

    fn begin_transaction(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        let id = self.database(scene).begin_savepoint(SavepointKind::Async)?;
        self.savepoints.push((id, self.view.clone()));
        Ok(())
    }

    fn continue_transaction(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        match scene.rng.below(10) {
            0..5 => {
                let in_savepoint = scene.rng.percent(10);
                // A sync savepoint ends within its turn, inside whatever is open.
                self.operate(scene, in_savepoint)
            }
            5 if self.savepoints.len() < 3 => self.begin_transaction(scene),
            5..8 => {
                let (id, _) = self.savepoints.pop().expect("one is open");
                let commit = self.database(scene).release(id)?;
                if !self.savepoints.is_empty() {
                    ensure!(commit.is_none(), "a nested savepoint has committed");
                    return Ok(());
                }
                self.committed(commit, scene)
            }
            _ => {
                let (id, before) = self.savepoints.pop().expect("one is open");
                self.database(scene).rollback_to(id)?;
                self.view = before;
                if self.savepoints.is_empty() {
                    self.committed(None, scene)?;
                }
                Ok(())
            }
        }
    }

    fn delete_all(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        if scene.rng.percent(50) {
            self.operate(scene, false)?;
        }
        let delete_alarm = scene.rng.percent(60);
        let kept = self.view.alarm.filter(|_| !delete_alarm);
        let had_alarm = self.committed.alarm;
        let commit = self.database(scene).delete_all(delete_alarm)?;
        self.view = Contents {
            alarm: kept,
            exists: kept.is_some(),
            ..Contents::default()
        };
        if had_alarm != kept {
            self.alarm.row_written();
        }
        ensure!(
            commit.is_some() || !self.committed.exists,
            "deleteAll of an object that exists committed nothing"
        );
        let Some(commit) = commit else {
            return self.committed(None, scene);
        };
        self.place(commit, scene)
    }

    /// A transaction has ended: with a commit, or with nothing to commit.
    fn committed(&mut self, commit: Option<Commit>, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        if let Some(commit) = commit {
            self.view.exists = true;
            return self.place(commit, scene);
        }
        self.view.exists = self.committed.exists;
        ensure!(
            self.view == self.committed,
            "object {} has changed without a commit: {}",
            self.index,
            self.committed.difference(&self.view)
        );
        self.gate.rolled_back();
        for output in self.unplaced.drain(..) {
            output.set(self.last);
        }
        self.deliver(scene)
    }

    fn place(&mut self, commit: Commit, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        let position = commit.position().0;
        ensure!(
            position > self.last && position == scene.store.log().last().0,
            "a commit of object {} has position {position} after {}, the log ends at {}",
            self.index,
            self.last,
            scene.store.log().last()
        );
        let told = commit.alarm();
        ensure!(
            told.unwrap_or(self.committed.alarm) == self.view.alarm,
            "a commit says that the alarm is {told:?}, and it is {:?} after {:?}",
            self.view.alarm,
            self.committed.alarm
        );
        self.last = position;
        self.committed = self.view.clone();
        scene
            .history
            .push(self.index, position, self.committed.clone());
        if let Some(alarm) = told {
            self.alarm.changed(alarm.map(|at| at as u64));
        }
        self.gate.lock(Position(position), scene.setup.now_ms());
        for output in self.unplaced.drain(..) {
            output.set(position);
        }
        if scene.setup.mistake == Some(Mistake::ReplyBeforeFlush) {
            scene.disk.confirm(position);
        }
        self.deliver(scene)?;
        self.say(scene)
    }

    /// The program says something to somebody.
    fn say(&mut self, scene: &Scene<'_>) -> Result<(), Trouble> {
        let output = Rc::new(Cell::new(self.last));
        if self.view != self.committed {
            self.unplaced.push(Rc::clone(&output));
            output.set(u64::MAX);
        }
        match self.gate.send(output) {
            Sent::Leave(output) => leaves(&output, scene),
            Sent::Held => Ok(()),
            Sent::Refused(_) => Ok(()),
        }
    }

    /// Lets out what may leave now, and settles the alarm.
    pub(crate) fn deliver(&mut self, scene: &Scene<'_>) -> Result<(), Trouble> {
        let durable = scene.store.durable().0;
        for output in self.gate.advance(Position(durable)) {
            leaves(&output, scene)?;
        }
        if self.settling.is_some_and(|position| position <= durable) {
            self.settling = None;
            self.alarm.settled();
        }
        if !self.alarm.is_under_way() {
            let stored = self.alarm.stored_ms().map(|at| at as i64);
            ensure!(
                stored == self.committed.alarm,
                "the alarm of object {} is believed to be {stored:?}, and is {:?}",
                self.index,
                self.committed.alarm
            );
        }
        Ok(())
    }

    /// Runs the alarm if it is due. Gives the time for which it was set, if its handler ran.
    pub(crate) fn ring(&mut self, scene: &mut Scene<'_>) -> Result<Option<u64>, Trouble> {
        if !self.savepoints.is_empty() || self.alarm.is_under_way() {
            return Ok(None);
        }
        let now_ms = scene.setup.now_ms();
        match self.alarm.tick(now_ms) {
            None => return Ok(None),
            Some(Due::Deliver) => {}
            Some(Due::TimedOut) => {
                ensure!(false, "an alarm that does not run takes too long");
            }
        }
        let Some(invocation) = self.alarm.begin(now_ms) else {
            return Ok(None);
        };
        let scheduled = invocation.scheduled_ms;
        ensure!(
            self.committed.alarm == Some(scheduled as i64),
            "an alarm of {scheduled} runs, and the row holds {:?}",
            self.committed.alarm
        );
        let value = scheduled.to_le_bytes();
        self.gate.write(now_ms);
        self.database(scene).kv_put("ran", &value)?;
        self.view
            .keys
            .insert("ran".to_owned(), Rc::from(&value[..]));
        for _ in 0..scene.rng.below(3) {
            self.operate(scene, false)?;
        }
        if scene.rng.percent(30) {
            self.fail_to_ring(scene)?;
        } else {
            if self.alarm.succeeded() {
                self.database(scene).set_alarm(None)?;
                self.view.alarm = None;
            }
            // It may be durable already only if there was nothing to commit; `deliver` comes after either.
            self.settling = Some(u64::MAX);
            let commit = self.database(scene).commit()?;
            self.committed(commit, scene)?;
            self.settling = Some(self.last);
        }
        self.deliver(scene)?;
        Ok(Some(scheduled))
    }

    fn fail_to_ring(&mut self, scene: &mut Scene<'_>) -> Result<(), Trouble> {
        if scene.rng.percent(50) {
            self.database(scene).rollback_implicit();
            self.view = self.committed.clone();
        }
        let commit = self.database(scene).commit()?;
        self.committed(commit, scene)?;
        let failure = RunFailure {
            counted: true,
            retry: true,
        };
        let stored = self.committed.alarm.map(|at| at as u64);
        let jitter = Jitter(scene.rng.draw());
        let after = self
            .alarm
            .failed(failure, stored, scene.setup.now_ms(), jitter);
        if let AfterFailure::Abandoned { .. } = after {
            self.database(scene).set_alarm(None)?;
            self.view.alarm = None;
            let commit = self.database(scene).commit()?;
            self.committed(commit, scene)?;
        }
        Ok(())
    }
}

fn leaves(output: &Output, scene: &Scene<'_>) -> Result<(), Trouble> {
    let needs = output.get();
    ensure!(
        needs <= scene.store.durable().0,
        "output has left that needs position {needs}, and the log is durable up to {}",
        scene.store.durable()
    );
    scene.disk.confirm(needs);
    Ok(())
}

#[cfg(not(feature = "sabotage"))]
fn gate(_: &Setup) -> OutputGate<Output> {
    OutputGate::new()
}

#[cfg(not(feature = "sabotage"))]
fn alarm(_: &Setup, stored_ms: Option<u64>) -> Alarm {
    Alarm::new(stored_ms)
}

#[cfg(feature = "sabotage")]
fn gate(setup: &Setup) -> OutputGate<Output> {
    match setup.mistake {
        Some(Mistake::Object(mistake)) => OutputGate::sabotaged(mistake),
        _ => OutputGate::new(),
    }
}

#[cfg(feature = "sabotage")]
fn alarm(setup: &Setup, stored_ms: Option<u64>) -> Alarm {
    match setup.mistake {
        Some(Mistake::Object(mistake)) => Alarm::sabotaged(stored_ms, mistake),
        _ => Alarm::new(stored_ms),
    }
}
