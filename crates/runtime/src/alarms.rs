//! Alarms of a shard's objects: when they ring, and what becomes of it.
//!
//! [`holdfast_object::Alarm`] decides; what is here keeps the machines of all objects (in memory or not) in order, waits
//! for the earliest, and brings what is due to its object like a call, which builds the instance if there is none. The
//! row in the object's database is the truth: it is looked at again when the alarm's turn has come.

mod table;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use holdfast_object::alarm::{AfterFailure, Due, HiddenMark, Jitter, RunFailure};
use holdfast_object::id::NAME_VISIBLE_BYTES_MAX;
use holdfast_object::{Cause, Position, Section};
use holdfast_storage::{Commit, PendingAlarm};
use holdfast_web::io::Level;
use holdfast_workers::failure::{Failure, Payload};
use tokio::sync::Notify;

use self::table::Table;
use crate::context::Context;
use crate::core::Core;
use crate::facets::is_class_of_facets;
use crate::instance::{Event, Instance, Output};
use crate::io::{object_source, source_of};
use crate::message::{Message, ObjectKey};

/// Alarms on their way to objects that have not got their turn yet. More wait until some of these have: after a stop of
/// some hours thousands may be due at once, and there is no use in building all their instances together.
const STARTING_MAX: usize = 1_024;
/// Alarms that are brought to their objects before the thread looks at its sockets again.
const RING_MAX: usize = 64;
/// The longest sleep, in ms: the system's clock may be set forward meanwhile.
const SLEEP_MS_MAX: u64 = 60_000;
/// When to look again at an alarm whose class the program has no more: it may come back with a reload.
const UNSERVED_MS: u64 = 10_000;

/// (semantics §4.2)
const NO_HANDLER: &str = "Attempted to run a scheduled alarm without a handler, did you remember to export an alarm() \
                          function?";

/// How a handler ended; on its way through the output gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlarmEnd {
    Settled,
    /// It threw.
    Failed,
}

/// How a handler ended, as JavaScript says it.
#[derive(Debug)]
pub(crate) enum HandlerEnd {
    Succeeded,
    /// There is none.
    Missing,
    /// What it threw, for the log.
    Threw(String),
}

/// All alarms of a shard.
#[derive(Default)]
pub(crate) struct Alarms {
    table: RefCell<Table>,
    /// Delivered and not begun.
    starting: Cell<usize>,
    /// Rows to be cleared if they still hold this time: their alarm was given up.
    abandoned: RefCell<HashMap<ObjectKey, u64>>,
    /// Until when the clock sleeps, in ms.
    sleeps_until_ms: Cell<u64>,
    /// Something is wanted before that.
    sooner: Notify,
}

impl Alarms {
    /// Whether `getAlarm()` is to give null because the handler runs.
    pub(crate) fn hides_row(&self, key: &ObjectKey) -> bool {
        let table = self.table.borrow();
        table.get(key).is_some_and(|alarm| alarm.hides_row())
    }

    /// The program wrote the row, in a transaction that may still be undone.
    pub(crate) fn row_written(&self, key: &ObjectKey) {
        self.table
            .borrow_mut()
            .update(key, |alarm| alarm.row_written());
    }

    pub(crate) fn mark(&self, key: &ObjectKey) -> Option<HiddenMark> {
        self.table.borrow().get(key).map(|alarm| alarm.mark())
    }

    pub(crate) fn undo_to(&self, key: &ObjectKey, mark: HiddenMark) {
        self.table
            .borrow_mut()
            .update(key, |alarm| alarm.undo_to(mark));
    }

    /// To be called when the deadlines have changed.
    fn reset_clock(&self) {
        let wanted = self.wanted_ms();
        if wanted.is_some_and(|wanted| wanted < self.sleeps_until_ms.get()) {
            self.sooner.notify_one();
        }
    }

    fn wanted_ms(&self) -> Option<u64> {
        if self.starting.get() >= STARTING_MAX {
            return None;
        }
        self.table.borrow().earliest_ms()
    }

    fn starts(&self) {
        self.starting.set(self.starting.get() + 1);
    }

    /// A delivered alarm got its turn, or will not get one.
    pub(crate) fn started(&self) {
        self.starting.set(self.starting.get() - 1);
        self.reset_clock();
    }
}

/// Waits for the earliest alarm of a shard, and rings what is due, for ever.
pub(crate) async fn keep_time(core: Rc<Core>) {
    loop {
        while core.ring() {
            tokio::task::yield_now().await;
        }
        let now_ms = core.now_ms();
        let wanted = core.alarms.wanted_ms();
        let until = wanted.map_or(u64::MAX, |wanted| wanted.min(now_ms + SLEEP_MS_MAX));
        core.alarms.sleeps_until_ms.set(until);
        let sleep = tokio::time::sleep(Duration::from_millis(until.saturating_sub(now_ms)));
        tokio::select! {
            () = core.alarms.sooner.notified() => {}
            () = sleep, if wanted.is_some() => {}
        }
        core.alarms.sleeps_until_ms.set(0);
    }
}

impl Core {
    /// Takes in alarms that were pending when the node stopped; those of other shards are left out. Those that are
    /// overdue ring at once.
    pub(crate) fn load_alarms(&self, pending: &[PendingAlarm]) {
        for alarm in pending {
            // One that came with an import stays where it is: facets have none.
            if is_class_of_facets(&alarm.object.class) {
                continue;
            }
            let key = ObjectKey::of(&alarm.object);
            if self.router.owner(&key) == self.index {
                let row = Some(to_ms(alarm.scheduled_ms));
                self.alarm_changed(&key, alarm.name.as_deref(), row);
            }
        }
    }

    /// What a commit of an object did to its alarm.
    pub(crate) fn alarm_committed(&self, instance: &Instance, commit: &Commit) {
        if instance.facet.is_none() {
            self.alarm_replaced(&instance.key, instance.name.as_deref(), commit);
        }
    }

    /// As [`Core::alarm_committed`], of an object that has no instance.
    pub(crate) fn alarm_replaced(&self, key: &ObjectKey, name: Option<&str>, commit: &Commit) {
        if let Some(row) = commit.alarm() {
            self.alarm_follows(Position(commit.position().0), *key, name, row);
        }
    }

    pub(crate) fn alarm_changed(
        &self,
        key: &ObjectKey,
        name: Option<&str>,
        stored_ms: Option<u64>,
    ) {
        // A longer name is not shown to the object (semantics §1.2).
        let name = name.filter(|name| name.len() <= NAME_VISIBLE_BYTES_MAX);
        self.alarms.table.borrow_mut().changed(key, name, stored_ms);
        self.alarms.reset_clock();
    }

    /// Lets an alarm change its state. There is one while anything of it is under way.
    fn alarm<R>(
        &self,
        key: &ObjectKey,
        change: impl FnOnce(&mut holdfast_object::Alarm) -> R,
    ) -> R {
        let changed = self.alarms.table.borrow_mut().update(key, change);
        self.alarms.reset_clock();
        changed.expect("an alarm that is under way is known")
    }

    /// Rings what is due, but not too much at once. Says whether there is more.
    fn ring(self: &Rc<Self>) -> bool {
        let now_ms = self.now_ms();
        for _ in 0..RING_MAX {
            if self.alarms.wanted_ms().is_none_or(|at| at > now_ms) {
                self.run_ready();
                return false;
            }
            let is_served = |key: &ObjectKey| self.programs.of_class(key.class).is_some();
            let mut table = self.alarms.table.borrow_mut();
            let next = table.next_due(now_ms, now_ms + UNSERVED_MS, is_served);
            let name = next.and_then(|(key, _)| table.name(&key).map(str::to_owned));
            drop(table);
            match next {
                Some((key, Due::Deliver)) => {
                    self.alarms.starts();
                    self.arrive_alarm(&key, name);
                }
                Some((key, Due::TimedOut)) => self.alarm_timed_out(&key),
                None => {}
            }
        }
        self.run_ready();
        true
    }

    fn alarm_timed_out(self: &Rc<Self>, key: &ObjectKey) {
        let failure = Failure::of(Cause::AlarmTimedOut);
        match self.instance_of(key) {
            Some(context) => self.instance_failed(&context, failure),
            None => debug_assert!(false, "an alarm runs in an instance"),
        }
    }

    /// The first turn of an alarm.
    pub(crate) fn start_alarm(self: &Rc<Self>, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        let storage = instance.storage.get().expect("storage comes first");
        self.alarms.started();
        instance.alarm_begun.set(true);
        let row = match storage.database().get_alarm() {
            Ok(row) => row.map(to_ms),
            Err(error) => {
                let flags = Cause::CommitFailed.flags();
                instance.doom(Failure::with_message(&error.message, flags));
                self.turn(context, |_| Ok(()));
                return;
            }
        };
        let now_ms = self.now_ms();
        let begun = self.alarm(&instance.key, |alarm| {
            if alarm.stored_ms() != row {
                // Whoever said when it rings was wrong; the row decides.
                alarm.changed(row);
            }
            alarm.begin(now_ms)
        });
        let Some(invocation) = begun else {
            instance.alarm_begun.set(false);
            instance.answered.set(instance.answered.get() + 1);
            self.report_activity(context);
            return;
        };
        let run = Rc::new(AlarmRun {
            context: Rc::downgrade(context),
            ended: Cell::new(false),
        });
        self.turn(context, |scope| {
            crate::start::object_alarm(scope, context, run, invocation)
        });
    }

    fn alarm_ended(&self, context: &Rc<Context>, end: HandlerEnd) {
        let instance = context.instance().expect("an object's context");
        let log = |level, text: &str| {
            let source = source_of(Some(context));
            self.log.console(level, &source, text);
        };
        match end {
            HandlerEnd::Threw(text) => {
                log(Level::Error, &format!("Uncaught {text}"));
                self.report_alarm(context, AlarmEnd::Failed);
                return;
            }
            HandlerEnd::Missing => log(Level::Warn, NO_HANDLER),
            HandlerEnd::Succeeded => {}
        }
        let storage = instance.storage.get().expect("storage comes first");
        if !storage.database().in_async_transaction() {
            self.alarm_succeeded(context);
            return;
        }
        // A transaction of others settled it. The row must not be cleared by what may be undone: that gets a turn
        // after the transaction.
        let gate = &instance.gate;
        let waits = gate
            .borrow_mut()
            .event(Section::ROOT, Event::AlarmSucceeded);
        if waits.is_ok() {
            self.make_ready(context);
        }
    }

    /// Clears the row of an alarm that succeeded, in the transaction of this turn.
    pub(crate) fn alarm_succeeded(&self, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        let storage = instance.storage.get().expect("storage comes first");
        let clear = self.alarm(&instance.key, |alarm| alarm.succeeded());
        if clear && let Err(error) = storage.database().set_alarm(None) {
            let flags = Cause::CommitFailed.flags();
            instance.doom(Failure::with_message(&error.message, flags));
            return;
        }
        self.report_alarm(context, AlarmEnd::Settled);
    }

    fn report_alarm(&self, context: &Rc<Context>, end: AlarmEnd) {
        let instance = context.instance().expect("an object's context");
        instance.answered.set(instance.answered.get() + 1);
        self.send_from(context, Output::Alarm(Rc::downgrade(context), end));
    }

    /// The output gate has opened for the end of a run.
    pub(crate) fn alarm_reported(&self, context: &Weak<Context>, end: AlarmEnd) {
        let Some(context) = context.upgrade() else {
            return; // the run was reported as failed when its instance was destroyed
        };
        let instance = context.instance().expect("an object's context");
        if !instance.alarm_begun.replace(false) {
            return;
        }
        match end {
            AlarmEnd::Settled => self.alarm(&instance.key, |alarm| alarm.settled()),
            AlarmEnd::Failed => {
                let failure = RunFailure {
                    counted: true,
                    retry: true,
                };
                self.alarm_failed(&instance.key, failure);
            }
        }
    }

    /// An alarm did not get to its object, or its run ended with the instance. Nobody else hears of it, so it is logged,
    /// unless it is only that the instance had to go.
    pub(crate) fn alarm_lost(&self, key: &ObjectKey, failure: &Failure, retry: bool) {
        if !matches!(failure.cause, Some(Cause::Evicted | Cause::Retired)) {
            let name = self.alarms.table.borrow().name(key).map(str::to_owned);
            let program = self.programs.of_class(key.class);
            let source = object_source(program.as_deref(), key, name.as_deref());
            let kind = match failure.payload {
                Payload::Message(_) => "Error: ",
                Payload::Packed(_) => "",
            };
            let text = format!("Uncaught {kind}{}", failure.text);
            self.log.console(Level::Error, &source, &text);
        }
        let counted = failure
            .cause
            .is_none_or(|cause| cause.counts_against_alarm());
        self.alarm_failed(key, RunFailure { counted, retry });
    }

    fn alarm_failed(&self, key: &ObjectKey, failure: RunFailure) {
        // Without entropy all come back at the same time, which is no reason not to.
        let jitter = Jitter(getrandom::u64().unwrap_or(0));
        let now_ms = self.now_ms();
        let after = self.alarm(key, |alarm| {
            alarm.failed(failure, alarm.stored_ms(), now_ms, jitter)
        });
        if let AfterFailure::Abandoned { scheduled_ms } = after {
            tracing::warn!(id = %key.id, "an alarm was given up");
            self.alarms
                .abandoned
                .borrow_mut()
                .insert(*key, scheduled_ms);
            self.inbox_local(Message::AlarmAbandoned(*key));
        }
    }

    /// Clears the row of an alarm that was given up, in the transaction that is open or begins with it.
    pub(crate) fn clear_abandoned(&self, instance: &Instance) {
        let abandoned = self.alarms.abandoned.borrow_mut().remove(&instance.key);
        let (Some(scheduled_ms), Some(storage)) = (abandoned, instance.storage.get()) else {
            return;
        };
        let database = storage.database();
        let cleared = database.get_alarm().and_then(|row| {
            if row.map(to_ms) == Some(scheduled_ms) {
                database.set_alarm(None)?;
            }
            Ok(())
        });
        if let Err(error) = cleared {
            let flags = Cause::CommitFailed.flags();
            instance.doom(Failure::with_message(&error.message, flags));
        }
    }
}

/// A run of a handler, handed to JavaScript as an opaque handle; its end is said once.
pub(crate) struct AlarmRun {
    context: Weak<Context>,
    ended: Cell<bool>,
}

impl AlarmRun {
    /// Only the first end counts.
    pub(crate) fn end(&self, core: &Core, end: HandlerEnd) {
        if let Some(context) = self.context.upgrade()
            && !self.ended.replace(true)
            && !context.has_ended()
        {
            core.alarm_ended(&context, end);
        }
    }
}

/// Rows hold what `setAlarm()` wrote, which is never negative.
pub(crate) fn to_ms(row: i64) -> u64 {
    u64::try_from(row).unwrap_or(0)
}
