//! Why an object was reset, and what its callers are told: a table (semantics §6.3, §6.4, §4.4).

use std::fmt;

/// Why an instance ended against its will, or a call could not be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The constructor threw; callers get what it threw.
    ConstructorThrew,
    /// The callback of `blockConcurrencyWhile` threw; callers get what it threw.
    SectionThrew,
    /// The callback of `blockConcurrencyWhile` took more than 30 s.
    SectionTimedOut,
    /// The callback of `blockConcurrencyWhile` awaits a promise that nothing can settle any more.
    SectionDeadlocked,
    /// The program called `ctx.abort(reason)`; callers get an `Error` with that reason.
    Aborted,
    /// The commit failed through what the program wrote (a violated constraint), or SQLite rolled
    /// a transaction back on its own (disk full, I/O error); callers get SQLite's message.
    CommitFailed,
    /// The log could not be written: nothing the program did.
    JournalFailed,
    /// A write was not durable after 30 s.
    OutputGateTimedOut,
    /// A turn took more CPU time than it may.
    CpuExceeded,
    /// The heap outgrew its limit.
    MemoryExceeded,
    /// An alarm handler took more than 15 min.
    AlarmTimedOut,
    /// A handler of a hibernatable WebSocket took longer than the program allowed.
    SocketEventTimedOut,
    /// The instance was freed because nobody used it. Callers do not see this, only JavaScript that
    /// still holds on to its storage.
    Evicted,
    /// The object leaves this node, or the node stops, or the code was replaced.
    Retired,
    /// Too much waits for the object: this call is refused, the object lives on.
    Overloaded(Overload),
}

/// Which bound of the queue of waiting calls was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overload {
    /// The number of calls.
    Calls,
    /// The bytes that they hold in memory.
    Bytes,
}

/// Properties of the error at the caller. Each is an own data property of the JavaScript error, set to
/// `true` or not set at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags {
    /// `.remote`: it was thrown at the object, not in the caller.
    pub remote: bool,
    /// `.retryable`: the connection was lost; the same call may succeed on a new stub.
    pub retryable: bool,
    /// `.overloaded`: too much load or too long a wait; calling again at once makes it worse.
    pub overloaded: bool,
    /// `.durableObjectReset`: the instance is gone and its memory with it.
    pub durable_object_reset: bool,
}

impl Flags {
    const REMOTE: Self = Self {
        remote: true,
        retryable: false,
        overloaded: false,
        durable_object_reset: false,
    };
    const RESET: Self = Self {
        durable_object_reset: true,
        ..Self::REMOTE
    };
    const OVERLOADED: Self = Self {
        overloaded: true,
        ..Self::REMOTE
    };
    const OVERLOADED_RESET: Self = Self {
        overloaded: true,
        ..Self::RESET
    };
    const DISCONNECTED: Self = Self {
        retryable: true,
        ..Self::RESET
    };
}

impl Cause {
    /// The properties that the error has at the caller.
    pub const fn flags(self) -> Flags {
        match self {
            Self::ConstructorThrew
            | Self::SectionThrew
            | Self::SectionDeadlocked
            | Self::Aborted
            | Self::CommitFailed
            | Self::JournalFailed => Flags::RESET,
            Self::SectionTimedOut
            | Self::OutputGateTimedOut
            | Self::CpuExceeded
            | Self::MemoryExceeded => Flags::OVERLOADED_RESET,
            // No flag of its own in the table of causes, but an overload by its type.
            Self::AlarmTimedOut | Self::Overloaded(_) => Flags::OVERLOADED,
            Self::SocketEventTimedOut | Self::Evicted | Self::Retired => Flags::DISCONNECTED,
        }
    }

    /// The message of the `Error` that callers get; `None` when they get what the program or SQLite
    /// said. That of [`Cause::JournalFailed`] goes on with `; reference = ` and the id of a log line.
    pub const fn message(self) -> Option<&'static str> {
        Some(match self {
            Self::ConstructorThrew | Self::SectionThrew | Self::CommitFailed => return None,
            Self::SectionTimedOut => {
                "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call \
                 was canceled and the Durable Object was reset."
            }
            Self::SectionDeadlocked => {
                "A critical section within this Durable Object awaited a Promise that apparently will \
                 never complete. This could happen in particular if a critical section awaits a task \
                 that was initiated outside of the critical section. Since a critical section blocks \
                 all other tasks from completing, this leads to deadlock."
            }
            // When the program gives no reason.
            Self::Aborted => "Application called abort() to reset Durable Object.",
            Self::JournalFailed => {
                "Internal error in Durable Object storage write caused object to be reset"
            }
            Self::OutputGateTimedOut => {
                "Durable Object storage operation exceeded timeout which caused object to be reset."
            }
            Self::CpuExceeded => "Durable Object exceeded its CPU time limit and was reset.",
            Self::MemoryExceeded => {
                "Durable Object's isolate exceeded its memory limit and was reset."
            }
            Self::AlarmTimedOut => "Alarm exceeded its allowed execution time",
            Self::SocketEventTimedOut => {
                "Actor exceeded event execution time and was disconnected."
            }
            Self::Evicted | Self::Retired => "Network connection lost.",
            Self::Overloaded(Overload::Calls) => {
                "Durable Object is overloaded. Too many requests queued."
            }
            Self::Overloaded(Overload::Bytes) => {
                "Durable Object is overloaded. Too much data queued."
            }
        })
    }

    /// Whether the instance ends with it.
    pub const fn resets(self) -> bool {
        !matches!(self, Self::Overloaded(_))
    }

    /// Whether an alarm run that ends this way counts against the limit of tries (semantics §4.4):
    /// what the program did, or a limit that it met, counts; what the system did to it does not.
    /// A plain exception out of the handler is no [`Cause`] and always counts.
    pub const fn counts_against_alarm(self) -> bool {
        match self {
            Self::ConstructorThrew
            | Self::SectionThrew
            | Self::SectionTimedOut
            | Self::SectionDeadlocked
            | Self::Aborted
            | Self::CommitFailed
            | Self::OutputGateTimedOut
            | Self::CpuExceeded
            | Self::MemoryExceeded
            | Self::AlarmTimedOut
            | Self::Overloaded(_) => true,
            Self::JournalFailed | Self::SocketEventTimedOut | Self::Evicted | Self::Retired => {
                false
            }
        }
    }

    /// A short name for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConstructorThrew => "constructor-threw",
            Self::SectionThrew => "section-threw",
            Self::SectionTimedOut => "section-timed-out",
            Self::SectionDeadlocked => "section-deadlocked",
            Self::Aborted => "aborted",
            Self::CommitFailed => "commit-failed",
            Self::JournalFailed => "journal-failed",
            Self::OutputGateTimedOut => "output-gate-timed-out",
            Self::CpuExceeded => "cpu-exceeded",
            Self::MemoryExceeded => "memory-exceeded",
            Self::AlarmTimedOut => "alarm-timed-out",
            Self::SocketEventTimedOut => "socket-event-timed-out",
            Self::Evicted => "evicted",
            Self::Retired => "retired",
            Self::Overloaded(Overload::Calls) => "overloaded-calls",
            Self::Overloaded(Overload::Bytes) => "overloaded-bytes",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
