//! How often, and how patiently, a failed alarm is tried again (semantics §4.4).

/// The delay before the first retry, in ms. Each further delay is twice the one before.
pub const RETRY_DELAY_MS: u64 = 2_000;
/// How often the delay doubles: up to 1,024 s.
pub const BACKOFF_EXPONENT_MAX: u8 = 9;
/// Failures that count, after which the next failure of any kind ends it: up to seven runs.
pub const RETRY_TRIES_MAX: u8 = 6;
/// The jitter is at most the delay divided by this.
pub const RETRY_JITTER_DIVISOR: u64 = 4;

/// Entropy that spreads retries out, so that objects which failed together do not return together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u64);

impl Jitter {
    /// Evenly spread over 0 … a quarter of the delay, both included.
    pub(super) const fn of(self, delay_ms: u64) -> u64 {
        self.0 % (delay_ms / RETRY_JITTER_DIVISOR + 1)
    }
}

/// The failures of one alarm so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tries {
    counted: u8,
    /// How often the next delay is doubled.
    exponent: u8,
    /// Whether the last failure counted.
    last_counted: bool,
}

impl Tries {
    pub(super) const fn counted(self) -> u8 {
        self.counted
    }

    /// The failures after one more, and the delay until the next try in ms. `None`: no more tries.
    pub(super) fn after(self, counted: bool) -> Option<(Self, u64)> {
        if self.counted >= RETRY_TRIES_MAX {
            return None;
        }
        // Failures that do not count may have driven the delay up; the program's own start low.
        let fresh = counted && !self.last_counted;
        let exponent = if fresh { 0 } else { self.exponent };
        let tries = Self {
            counted: self.counted + u8::from(counted),
            exponent: (exponent + 1).min(BACKOFF_EXPONENT_MAX),
            last_counted: counted,
        };
        Some((tries, RETRY_DELAY_MS << exponent))
    }
}
