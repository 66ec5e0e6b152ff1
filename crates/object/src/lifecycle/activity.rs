//! What keeps an instance alive, and what only connects somebody to it.

/// Something that matters for eviction while it lasts (semantics §6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// An open request: from its admission until its answer is complete.
    Request,
    /// Pending timers and `waitUntil` work: stops the idle clock, but is not a client.
    Background,
    /// A WebSocket accepted with `accept()`, or an RPC target that a caller still holds.
    Socket,
    /// A WebSocket accepted with `acceptWebSocket()`: a client that lets the instance go idle.
    HibernatableSocket,
    /// A stub that has opened its channel to the object; it outlives instances.
    Stub,
}

impl Activity {
    const ALL: usize = 5;

    /// Whether it stops the idle clock.
    pub const fn keeps_active(self) -> bool {
        matches!(self, Self::Request | Self::Background | Self::Socket)
    }

    /// Whether somebody outside is connected by it.
    pub const fn is_client(self) -> bool {
        !matches!(self, Self::Background)
    }
}

/// How many of each there are.
#[derive(Debug, Default)]
pub(super) struct Counts([u32; Activity::ALL]);

impl Counts {
    pub(super) fn begin(&mut self, activity: Activity) {
        self.0[activity as usize] += 1;
    }

    pub(super) fn end(&mut self, activity: Activity) {
        let count = &mut self.0[activity as usize];
        let Some(fewer) = count.checked_sub(1) else {
            panic!("an activity ended that never began: {activity:?}");
        };
        *count = fewer;
    }

    /// The instance is given up: what it did ends with it, its clients stay.
    pub(super) fn evicted(&mut self) {
        self.0[Activity::Request as usize] = 0;
        self.0[Activity::Background as usize] = 0;
        self.0[Activity::Socket as usize] = 0;
    }

    /// The instance broke: its sockets are disconnected as well.
    pub(super) fn broke(&mut self) {
        self.evicted();
        self.0[Activity::HibernatableSocket as usize] = 0;
    }

    pub(super) fn active(&self) -> bool {
        self.0[Activity::Request as usize] > 0
            || self.0[Activity::Background as usize] > 0
            || self.0[Activity::Socket as usize] > 0
    }

    pub(super) fn has_client(&self) -> bool {
        self.0[Activity::Request as usize] > 0
            || self.0[Activity::Socket as usize] > 0
            || self.0[Activity::HibernatableSocket as usize] > 0
            || self.0[Activity::Stub as usize] > 0
    }

    pub(super) fn none(&self) -> bool {
        self.0 == [0; Activity::ALL]
    }
}
