//! The alarm of one object: at least once, one run at a time, with patience for failures (semantics §4).
//!
//! The time of the alarm is a row in the object's database, written by `setAlarm` and `deleteAlarm` as
//! part of their transaction. This machine follows that row, says when to deliver the alarm, and when
//! the row is to be cleared: only after the handler succeeded, so that a crash at any instant leaves
//! the row and with it the alarm. While a handler runs, the row is *hidden*: `getAlarm()` gives null
//! unless the handler itself set a new alarm.

mod retry;

use self::retry::Tries;
pub use self::retry::{
    BACKOFF_EXPONENT_MAX, Jitter, RETRY_DELAY_MS, RETRY_JITTER_DIVISOR, RETRY_TRIES_MAX,
};
use crate::sabotage::{Planted, Sabotage};

/// How long a handler may run, in ms (semantics §4.4).
pub const RUN_MS_MAX: u64 = 15 * 60 * 1_000;

/// What [`Alarm::tick`] wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Bring the alarm to the object as an event; when its turn comes ask [`Alarm::begin`], or report
    /// [`Alarm::failed`] when it could not get there.
    Deliver,
    /// The handler has run too long: reset the object with [`crate::Cause::AlarmTimedOut`], which
    /// ends in [`Alarm::failed`].
    TimedOut,
}

/// What the handler is called with: the parts of `AlarmInvocationInfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invocation {
    /// `scheduledTime`, in ms since 1970.
    pub scheduled_ms: u64,
    /// `retryCount`: earlier failures that counted. `isRetry` is whether there is one.
    pub retry_count: u8,
}

/// How a run failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunFailure {
    /// Whether it counts against the limit of tries: a plain exception does, and see
    /// [`crate::Cause::counts_against_alarm`].
    pub counted: bool,
    /// False for `ctx.abort(reason, { retryAlarm: false })`.
    pub retry: bool,
}

/// What a failed run leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// The same alarm runs again, at [`Alarm::deadline_ms`].
    Retry,
    /// The row holds another time, or none: that counts, and the failed run is over.
    Replaced,
    /// Given up: clear the row if it still holds this time, in a commit of its own.
    Abandoned {
        /// The time of the alarm that was given up, in ms.
        scheduled_ms: u64,
    },
}

/// Whether the row was hidden at some moment; see [`Alarm::mark`].
#[derive(Debug, Clone, Copy)]
pub struct HiddenMark {
    hidden: bool,
}

/// The alarm of one object. Times are in ms since 1970.
#[derive(Debug)]
pub struct Alarm {
    /// The row, as last committed.
    stored: Option<u64>,
    state: State,
    planted: Planted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// For the stored time, or for the time of a retry.
    Waiting { retry_at: Option<(u64, Tries)> },
    /// On its way to the object.
    Delivering { scheduled: u64, tries: Tries },
    /// The handler runs.
    Running {
        scheduled: u64,
        tries: Tries,
        since: u64,
        /// Neither `setAlarm` nor `deleteAlarm` was called since the handler began.
        hidden: bool,
    },
    /// The handler succeeded; its writes and the clearing of the row are not durable yet.
    Settling { scheduled: u64, tries: Tries },
}

impl State {
    const WAITING: Self = Self::Waiting { retry_at: None };
}

impl Alarm {
    /// The alarm of an object whose database holds this time. One that is overdue is due at once.
    pub const fn new(stored_ms: Option<u64>) -> Self {
        Self {
            stored: stored_ms,
            state: State::WAITING,
            planted: Planted::NOTHING,
        }
    }

    /// An alarm with a mistake, for tests of the tests.
    #[cfg(feature = "sabotage")]
    pub const fn sabotaged(stored_ms: Option<u64>, mistake: Sabotage) -> Self {
        Self {
            planted: Planted::new(mistake),
            ..Self::new(stored_ms)
        }
    }

    /// A transaction that wrote the row was committed, and this is what the row holds now. It
    /// replaces a retry that waits, and tells a delivery under way what it is to find.
    pub fn changed(&mut self, stored_ms: Option<u64>) {
        self.stored = stored_ms;
        match &mut self.state {
            State::Waiting { retry_at } => *retry_at = None,
            State::Running { hidden, .. } => *hidden = false,
            State::Delivering { .. } | State::Settling { .. } => {}
        }
    }

    /// When [`Alarm::tick`] is wanted next.
    pub fn deadline_ms(&self) -> Option<u64> {
        match self.state {
            State::Waiting { retry_at } => retry_at.map(|(at, _)| at).or(self.stored),
            State::Running { since, .. } => Some(since.saturating_add(RUN_MS_MAX)),
            State::Delivering { .. } | State::Settling { .. } => None,
        }
    }

    /// What is due at this time, if anything is. A tick that comes early does nothing.
    pub fn tick(&mut self, now_ms: u64) -> Option<Due> {
        if self.planted.is(Sabotage::OverlapAlarms)
            && let State::Running {
                scheduled, tries, ..
            } = self.state
        {
            self.state = State::Delivering { scheduled, tries };
            return Some(Due::Deliver);
        }
        if now_ms < self.deadline_ms()? {
            return None;
        }
        let State::Waiting { retry_at } = self.state else {
            return Some(Due::TimedOut);
        };
        let tries = retry_at.map_or_else(Tries::default, |(_, tries)| tries);
        let scheduled = self.stored.expect("a deadline comes from a stored time");
        self.state = State::Delivering { scheduled, tries };
        Some(Due::Deliver)
    }

    /// The delivered alarm got its turn in the object. `None`: it was moved to a later time or
    /// deleted in the meantime, and no handler is to be called (semantics §4.3).
    ///
    /// # Panics
    /// When no delivery is under way.
    pub fn begin(&mut self, now_ms: u64) -> Option<Invocation> {
        let State::Delivering { scheduled, tries } = self.state else {
            panic!("an alarm begins that was not delivered: {:?}", self.state);
        };
        let Some(stored) = self.stored.filter(|stored| *stored <= now_ms) else {
            self.state = State::WAITING;
            return None;
        };
        let tries = if stored == scheduled {
            tries
        } else {
            Tries::default()
        };
        self.state = State::Running {
            scheduled: stored,
            tries,
            since: now_ms,
            hidden: true,
        };
        Some(Invocation {
            scheduled_ms: stored,
            retry_count: tries.counted(),
        })
    }

    /// Whether the row is hidden: `getAlarm()` gives null, whatever the row holds.
    pub const fn hides_row(&self) -> bool {
        matches!(self.state, State::Running { hidden: true, .. })
    }

    /// `setAlarm` or `deleteAlarm` wrote the row, in a transaction that may still be undone.
    pub const fn row_written(&mut self) {
        if let State::Running { hidden, .. } = &mut self.state {
            *hidden = false;
        }
    }

    /// Taken when a transaction or a savepoint begins, for [`Alarm::undo_to`].
    pub const fn mark(&self) -> HiddenMark {
        HiddenMark {
            hidden: self.hides_row(),
        }
    }

    /// The transaction was rolled back, and with it what it wrote to the row.
    pub const fn undo_to(&mut self, mark: HiddenMark) {
        if let State::Running { hidden, .. } = &mut self.state {
            *hidden = mark.hidden;
        }
    }

    /// The handler succeeded, or there is none. True: clear the row, in the transaction of this turn.
    /// In either case report [`Alarm::settled`] once the output gate has opened for it.
    ///
    /// # Panics
    /// When no handler runs.
    #[must_use = "the row is to be cleared if this is true"]
    pub fn succeeded(&mut self) -> bool {
        let State::Running {
            scheduled,
            tries,
            hidden,
            ..
        } = self.state
        else {
            panic!("an alarm succeeds that does not run: {:?}", self.state);
        };
        self.state = State::Settling { scheduled, tries };
        if hidden {
            self.stored = None;
        }
        hidden
    }

    /// All that the handler did is durable. The next alarm, if the row holds one, may run.
    ///
    /// # Panics
    /// When no handler has succeeded.
    pub fn settled(&mut self) {
        let State::Settling { .. } = self.state else {
            panic!("an alarm settles that has not succeeded: {:?}", self.state);
        };
        self.state = State::WAITING;
    }

    /// The run ended badly, at any time between [`Due::Deliver`] and [`Alarm::settled`]. `stored_ms` is
    /// what the row holds after whatever was undone with the run.
    ///
    /// # Panics
    /// When no run is under way.
    pub fn failed(
        &mut self,
        failure: RunFailure,
        stored_ms: Option<u64>,
        now_ms: u64,
        jitter: Jitter,
    ) -> AfterFailure {
        let (scheduled, tries) = match self.state {
            State::Delivering { scheduled, tries }
            | State::Running {
                scheduled, tries, ..
            }
            | State::Settling { scheduled, tries } => (scheduled, tries),
            State::Waiting { .. } => panic!("an alarm fails that does not run"),
        };
        self.stored = stored_ms;
        self.state = State::WAITING;
        if self.planted.is(Sabotage::ForgetAlarm) {
            self.stored = None;
            return AfterFailure::Retry;
        }
        if stored_ms != Some(scheduled) {
            return AfterFailure::Replaced;
        }
        match tries.after(failure.counted).filter(|_| failure.retry) {
            Some((tries, delay_ms)) => {
                let at = now_ms.saturating_add(delay_ms + jitter.of(delay_ms));
                self.state = State::Waiting {
                    retry_at: Some((at, tries)),
                };
                AfterFailure::Retry
            }
            None => {
                self.stored = None;
                AfterFailure::Abandoned {
                    scheduled_ms: scheduled,
                }
            }
        }
    }

    /// The row, as last committed.
    pub const fn stored_ms(&self) -> Option<u64> {
        self.stored
    }

    /// Whether the alarm is on its way, runs, or is not settled yet.
    pub const fn is_under_way(&self) -> bool {
        !matches!(self.state, State::Waiting { .. })
    }
}
