//! Planted mistakes, for tests only.
//!
//! A checker that never fails proves nothing. With the `sabotage` feature a test may plant one
//! of these mistakes in a state machine and show that its checker notices; without the feature the
//! switch has no size and every question to it is the constant `false`.

use crate::fifo::Fifo;

/// A mistake that a state machine can be told to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "sabotage"),
    expect(
        dead_code,
        unreachable_pub,
        reason = "only tests with the feature name all of these"
    )
)]
pub enum Sabotage {
    /// The input gate lets an outside event into a running critical section.
    AdmitOutsider,
    /// The input gate admits the newest waiting event first.
    ReorderEvents,
    /// The input gate lets waiting events go before waiting critical sections.
    EventsBeforeSections,
    /// The input gate drops what still waits in a critical section that ends.
    LoseLeftovers,
    /// The input gate goes on admitting after it broke.
    AdmitWhileBroken,
    /// The output gate lets output go one position before its write is durable.
    ReleaseEarly,
    /// The output gate lets new output overtake waiting output.
    OvertakeOutput,
    /// The lifecycle starts the next instance before the last one is gone.
    TwoInstances,
    /// The lifecycle believes reports about an instance that is gone.
    BelieveStale,
    /// The alarm is forgotten when a run fails.
    ForgetAlarm,
    /// The alarm is delivered again while a run is under way.
    OverlapAlarms,
    /// A socket that has had its last event stays on the lists of its tags.
    KeepListed,
}

/// Which mistake is planted, if any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planted {
    #[cfg(feature = "sabotage")]
    mistake: Option<Sabotage>,
}

impl Planted {
    pub(crate) const NOTHING: Self = Self {
        #[cfg(feature = "sabotage")]
        mistake: None,
    };

    #[cfg(feature = "sabotage")]
    pub(crate) const fn new(mistake: Sabotage) -> Self {
        Self {
            mistake: Some(mistake),
        }
    }

    #[cfg(feature = "sabotage")]
    pub(crate) fn is(self, mistake: Sabotage) -> bool {
        self.mistake == Some(mistake)
    }

    #[cfg(not(feature = "sabotage"))]
    pub(crate) const fn is(self, _: Sabotage) -> bool {
        false
    }

    /// Takes the first of a queue of events, unless told to take the last.
    pub(crate) fn pop<T>(self, queue: &mut Fifo<T>) -> Option<T> {
        #[cfg(feature = "sabotage")]
        if self.is(Sabotage::ReorderEvents) {
            return queue.pop_last();
        }
        queue.pop()
    }
}
