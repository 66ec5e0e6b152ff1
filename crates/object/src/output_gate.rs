//! The output gate: nothing leaves an object before the writes made earlier are durable.
//!
//! Whoever sees a response, a message or an outgoing request may act on it, so a crash must not be
//! able to take back a write that was made before (semantics §5.4). Output waits only for
//! writes made before it, and leaves in the order in which it was sent.
//!
//! Writes are known by their position in the log. The writes of a turn get theirs when the implicit
//! transaction commits, so output that is sent between a write and the end of its turn waits for a
//! position that is not known yet.

use std::fmt;

use crate::fifo::Fifo;
use crate::sabotage::{Planted, Sabotage};

/// How long a lock may stay before the object is reset, in milliseconds (semantics §5.4).
pub const LOCK_MS_MAX: u64 = 30_000;

/// A position in the log of commits. Positions only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

impl Position {
    /// Before the first commit: always durable.
    pub const START: Self = Self(0);
    /// Of output that waits for a transaction which is still open.
    const UNCOMMITTED: Self = Self(u64::MAX);
}

/// What output that is requested now has to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// Nothing: it may leave at once.
    Free,
    /// The log to be durable up to and including this position.
    At(Position),
    /// The open transaction to be committed, and then to be durable.
    AfterCommit,
}

/// What became of a piece of output.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "output that may leave is given back"]
pub enum Sent<T> {
    /// It may leave now.
    Leave(T),
    /// The gate keeps it until [`OutputGate::advance`] lets it out.
    Held,
    /// The gate is broken: it must never leave.
    Refused(T),
}

/// The output gate of one instance. `T` is the driver's token for a piece of output; tokens come
/// back exactly once, by [`Sent`], [`OutputGate::advance`] or [`OutputGate::break_gate`].
pub struct OutputGate<T> {
    /// Locks whose position is not durable yet, in order, with the time at which they were taken.
    locks: Fifo<(Position, u64)>,
    /// When the first confirmed write of the open transaction was made, in ms.
    open_write: Option<u64>,
    /// The newest lock, durable or not.
    locked: Position,
    durable: Position,
    waiting: Fifo<(Position, T)>,
    broken: bool,
    planted: Planted,
}

impl<T> OutputGate<T> {
    /// An open gate.
    pub const fn new() -> Self {
        Self::planted(Planted::NOTHING)
    }

    /// A gate with a mistake, for tests of the tests.
    #[cfg(feature = "sabotage")]
    pub const fn sabotaged(mistake: Sabotage) -> Self {
        Self::planted(Planted::new(mistake))
    }

    const fn planted(planted: Planted) -> Self {
        Self {
            locks: Fifo::new(),
            open_write: None,
            locked: Position::START,
            durable: Position::START,
            waiting: Fifo::new(),
            broken: false,
            planted,
        }
    }

    /// A confirmed write was made in the open transaction: output from now on waits for its commit.
    /// (An `allowUnconfirmed` write is not reported, semantics §5.5.)
    pub fn write(&mut self, now_ms: u64) {
        self.open_write.get_or_insert(now_ms);
    }

    /// The open transaction was committed at `position`: output from now on waits until the log is
    /// durable up to there, and so does output sent since the transaction's first [`OutputGate::write`].
    /// Should the log be that far already, call [`OutputGate::advance`] to let such output out.
    ///
    /// # Panics
    /// When `position` is not after that of the lock before.
    pub fn lock(&mut self, position: Position, now_ms: u64) {
        assert!(
            position > self.locked,
            "positions grow: {position:?} after {:?}",
            self.locked
        );
        assert!(position < Position::UNCOMMITTED, "{position:?} is reserved");
        self.locked = position;
        let since = self.open_write.take().unwrap_or(now_ms);
        self.commit_waiting(position);
        if position > self.durable {
            self.locks.push((position, since));
        }
    }

    /// The open transaction ended without a commit, all its writes undone. Output sent since its
    /// first write waits for the lock before, if at all; call [`OutputGate::advance`] next.
    pub fn rolled_back(&mut self) {
        self.open_write = None;
        self.commit_waiting(self.locked);
    }

    /// What output that is requested now has to wait for. Of a broken gate it means nothing: ask
    /// [`OutputGate::is_broken`] first.
    pub fn ticket(&self) -> Ticket {
        if self.open_write.is_some() {
            return Ticket::AfterCommit;
        }
        // Output that may leave, but has not been taken out yet, must not be overtaken.
        if self.locked <= self.durable && self.waiting.is_empty() {
            Ticket::Free
        } else {
            Ticket::At(self.locked)
        }
    }

    /// Sends output: it leaves at once, or waits for all that was written before.
    pub fn send(&mut self, token: T) -> Sent<T> {
        if self.broken {
            return Sent::Refused(token);
        }
        match self.ticket() {
            Ticket::Free => return Sent::Leave(token),
            _ if self.planted.is(Sabotage::OvertakeOutput) && self.locked <= self.durable => {
                return Sent::Leave(token);
            }
            Ticket::At(position) => self.waiting.push((position, token)),
            Ticket::AfterCommit => self.waiting.push((Position::UNCOMMITTED, token)),
        }
        Sent::Held
    }

    /// The log is durable up to and including `durable`: gives what may leave now, in order. What is
    /// not taken from the iterator waits for the next call. An older position than before changes nothing.
    pub fn advance(&mut self, durable: Position) -> Released<'_, T> {
        if !self.broken {
            self.durable = self.durable.max(durable);
            while self
                .locks
                .front()
                .is_some_and(|(lock, _)| *lock <= self.durable)
            {
                self.locks.pop();
            }
        }
        Released { gate: self }
    }

    /// When the oldest lock has lasted too long, in ms: at that time the object is to be reset with
    /// [`crate::Cause::OutputGateTimedOut`].
    pub fn deadline_ms(&self) -> Option<u64> {
        let oldest = self.locks.front().map(|(_, since)| *since);
        oldest
            .or(self.open_write)
            .map(|since| since.saturating_add(LOCK_MS_MAX))
    }

    /// A commit failed, or the object was reset: gives back what waits, which must never leave, and
    /// refuses all output from now on.
    pub fn break_gate(&mut self) -> Vec<T> {
        self.broken = true;
        self.open_write = None;
        self.locks = Fifo::new();
        self.waiting.drain().map(|(_, token)| token).collect()
    }

    /// Whether [`OutputGate::break_gate`] was called.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// How much output waits.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Output that waits for the open transaction waits for `position` from now on.
    fn commit_waiting(&mut self, position: Position) {
        let since_write = self.waiting.iter_mut().rev();
        for (waits_for, _) in since_write.take_while(|(at, _)| *at == Position::UNCOMMITTED) {
            *waits_for = position;
        }
    }
}

impl<T> Default for OutputGate<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for OutputGate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputGate")
            .field("ticket", &self.ticket())
            .field("durable", &self.durable)
            .field("waiting", &self.waiting.len())
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// The output that may leave, in order.
#[must_use = "output leaves when it is taken from here"]
pub struct Released<'a, T> {
    gate: &'a mut OutputGate<T>,
}

impl<T> Iterator for Released<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let gate = &mut *self.gate;
        let early = u64::from(gate.planted.is(Sabotage::ReleaseEarly));
        let (position, _) = gate.waiting.front()?;
        if position.0.saturating_sub(early) > gate.durable.0 {
            return None;
        }
        gate.waiting.pop().map(|(_, token)| token)
    }
}
