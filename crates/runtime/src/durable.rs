//! Output that waits for the log.
//!
//! A commit gets its position at once and is durable later, when the log's thread has flushed it together with
//! whatever else was committed meanwhile. Until then the object goes on, but nothing of it leaves: its output
//! gate is locked at that position. The log's thread tells the shards how far it has come, and only those that wait.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use holdfast_object::{Cause, Position};
use holdfast_storage::{Durability, Store};
use holdfast_workers::failure::Failure;
use tokio::sync::mpsc;

use crate::alarms::to_ms;
use crate::context::Context;
use crate::core::Core;
use crate::message::{Message, ObjectKey};

/// What callers are told when the log has failed. The operator's log has the reason under the same reference, once: the
/// log does not recover.
pub(crate) fn journal_failure(store: &Store) -> Failure {
    static REFERENCE: OnceLock<String> = OnceLock::new();
    let cause = Cause::JournalFailed;
    let reference = REFERENCE.get_or_init(|| {
        let reference = holdfast_storage::reference();
        match store.log().failure() {
            Some(error) => tracing::error!(%reference, "the log takes no more commits: {error}"),
            None => tracing::error!(%reference, "the log takes no more commits"),
        }
        reference
    });
    let message = cause.message().expect("it has one");
    let message = format!("{message}; reference = {reference}");
    Failure::with_message(&message, cause.flags()).because(cause)
}

/// When the commits of a shard are flushed.
///
/// The log's thread flushes, while the shard goes on. But where a single commit is waited for and the shard has nothing
/// else to do, it flushes itself, and spares the two changes of threads.
pub(crate) struct Flushes {
    /// Silent: see [`Store::silent`].
    store: Store,
    /// One gate is locked, and no more.
    alone: AtomicBool,
}

impl Flushes {
    pub(crate) fn new(store: &Store) -> Flushes {
        Flushes {
            store: store.silent(),
            alone: AtomicBool::new(false),
        }
    }

    /// Whatever the shard is about to do may take long: the log must know what was committed before.
    pub(crate) fn before_turn(&self) {
        self.store.announce();
    }

    /// The shard's thread has nothing left to do.
    pub(crate) fn before_park(&self) {
        if self.alone.load(Ordering::Relaxed) {
            self.store.flush_or_announce();
        } else {
            self.store.announce();
        }
    }
}

/// A shard's place at the log.
pub(crate) struct AtLog {
    flushes: Arc<Flushes>,
    /// The shard wants to know when the log comes further.
    waiting: Arc<AtomicBool>,
    /// Instances with a locked gate, by the positions of their locks. They grow, but for a new instance that waits for
    /// what its predecessor has committed, and may wait a little longer then.
    locked: RefCell<VecDeque<(Position, Weak<Context>)>>,
    /// What commits did to alarms, which must not ring before the commit is durable.
    alarms: RefCell<VecDeque<AlarmCommit>>,
}

/// A commit that has changed an alarm's row.
struct AlarmCommit {
    position: Position,
    key: ObjectKey,
    name: Option<String>,
    row: Option<i64>,
}

impl AtLog {
    /// Of the shard whose messages go to `inbox`.
    pub(crate) fn new(flushes: Arc<Flushes>, inbox: mpsc::UnboundedSender<Message>) -> AtLog {
        let waiting = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&waiting);
        flushes.store.subscribe(Box::new(move |news| {
            // A shard that has ended does not want to know.
            match news {
                Durability::Reached(_) if asked.swap(false, Ordering::SeqCst) => {
                    let _ = inbox.send(Message::Durable);
                }
                Durability::Reached(_) => {}
                Durability::Failed(_) => {
                    let _ = inbox.send(Message::LogFailed);
                }
            }
        }));
        AtLog {
            flushes,
            waiting,
            locked: RefCell::default(),
            alarms: RefCell::default(),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.flushes.store
    }

    /// See [`Flushes::before_turn`].
    pub(crate) fn before_turn(&self) {
        self.flushes.before_turn();
    }

    fn durable(&self) -> Position {
        Position(self.store().durable().0)
    }

    /// Whether the log has come as far as the oldest lock. If not, the shard will be told when it has come further.
    fn oldest_is_durable(&self) -> bool {
        let locked = self.locked.borrow().front().map(|(position, _)| *position);
        let alarm = self.alarms.borrow().front().map(|alarm| alarm.position);
        let Some(oldest) = locked.into_iter().chain(alarm).min() else {
            return false;
        };
        // First ask to be told, then look: otherwise the news could come in between.
        self.waiting.store(true, Ordering::SeqCst);
        oldest <= self.durable()
    }
}

impl Core {
    /// The gate of an instance was locked at `position`.
    pub(crate) fn await_durable(&self, context: &Rc<Context>, position: Position) {
        let mut locked = self.at_log.locked.borrow_mut();
        locked.push_back((position, Rc::downgrade(context)));
        let alone = locked.len() == 1;
        drop(locked);
        self.at_log.flushes.alone.store(alone, Ordering::Relaxed);
        if self.at_log.oldest_is_durable() {
            self.inbox_local(Message::Durable);
        }
    }

    /// A commit has changed an alarm's row. The alarm follows when the commit is durable: an object that breaks while
    /// its alarm rings would otherwise take the answer to `setAlarm()` along.
    pub(crate) fn alarm_follows(
        &self,
        position: Position,
        key: ObjectKey,
        name: Option<&str>,
        row: Option<i64>,
    ) {
        let name = name.map(str::to_owned);
        self.at_log.alarms.borrow_mut().push_back(AlarmCommit {
            position,
            key,
            name,
            row,
        });
        if self.at_log.oldest_is_durable() {
            self.inbox_local(Message::Durable);
        }
    }

    /// The log has come further: what waited for that leaves.
    pub(crate) fn durable_moved(self: &Rc<Self>) {
        while self.at_log.oldest_is_durable() {
            let durable = self.at_log.durable();
            loop {
                let mut alarms = self.at_log.alarms.borrow_mut();
                let Some(alarm) = alarms.pop_front_if(|alarm| alarm.position <= durable) else {
                    break;
                };
                drop(alarms);
                self.alarm_changed(&alarm.key, alarm.name.as_deref(), alarm.row.map(to_ms));
            }
            loop {
                let mut locked = self.at_log.locked.borrow_mut();
                let Some(next) = locked.front().filter(|(at, _)| *at <= durable) else {
                    break;
                };
                let context = next.1.upgrade();
                locked.pop_front();
                drop(locked);
                let Some(context) = context else { continue };
                let instance = context.instance().expect("only objects commit");
                for output in instance.advance(durable) {
                    self.release(output);
                }
                self.report_activity(&context);
            }
        }
    }

    /// The log takes no more commits: nothing that waits may ever leave.
    pub(crate) fn log_failed(self: &Rc<Self>) {
        let locked = std::mem::take(&mut *self.at_log.locked.borrow_mut());
        for (_, context) in locked {
            if let Some(context) = context.upgrade() {
                self.instance_failed(
                    &context,
                    crate::durable::journal_failure(self.at_log.store()),
                );
            }
        }
    }

    /// Resets the objects whose writes are not durable after too long a time.
    pub(crate) fn sweep_locked(self: &Rc<Self>, now_ms: u64) {
        loop {
            let oldest = {
                let locked = self.at_log.locked.borrow();
                let Some((_, context)) = locked.front() else {
                    return;
                };
                context.upgrade()
            };
            if let Some(context) = &oldest {
                let instance = context.instance().expect("only objects commit");
                let deadline = instance.output.borrow().deadline_ms();
                if deadline.is_some_and(|deadline| now_ms < deadline) {
                    return;
                }
            }
            self.at_log.locked.borrow_mut().pop_front();
            if let Some(context) = oldest.filter(|context| !context.has_ended()) {
                self.instance_failed(&context, Failure::of(Cause::OutputGateTimedOut));
            }
        }
    }
}
