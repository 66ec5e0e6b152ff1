//! The bound on what waits for one object.
//!
//! A call waits from its arrival until its first turn begins. An object that is slower than its callers
//! would otherwise fill the node's memory; beyond the bound calls are refused at once with an
//! `overloaded` error, which tells the caller to slow down, and the object itself is not disturbed.

use crate::failure::Overload;

/// The bounds of a [`Backlog`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacklogLimits {
    /// Calls that may wait at once.
    pub calls_max: u32,
    /// Bytes that waiting calls may hold in memory at once (arguments and buffered bodies).
    pub bytes_max: u64,
}

impl Default for BacklogLimits {
    fn default() -> Self {
        Self {
            calls_max: 10_000,
            bytes_max: 128 * 1024 * 1024,
        }
    }
}

/// How much waits for one object.
#[derive(Debug, Default)]
pub struct Backlog {
    calls: u32,
    bytes: u64,
}

impl Backlog {
    /// A call of this size arrived. Every call that enters leaves exactly once.
    /// A single call larger than the bound on bytes is let in when nothing else waits.
    ///
    /// # Errors
    /// The bound that it would exceed; it then has not entered.
    pub fn enter(&mut self, bytes: u64, limits: &BacklogLimits) -> Result<(), Overload> {
        if self.calls >= limits.calls_max {
            return Err(Overload::Calls);
        }
        let total = self.bytes.saturating_add(bytes);
        if total > limits.bytes_max && self.calls > 0 {
            return Err(Overload::Bytes);
        }
        self.calls += 1;
        self.bytes = total;
        Ok(())
    }

    /// Something of this size arrived that cannot be refused, and is bounded by other means.
    pub fn enter_regardless(&mut self, bytes: u64) {
        self.calls += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// A call of this size no longer waits: its first turn begins, or it was refused.
    ///
    /// # Panics
    /// When it never entered.
    pub fn leave(&mut self, bytes: u64) {
        self.calls = self.calls.checked_sub(1).expect("a call leaves once");
        self.bytes = self
            .bytes
            .checked_sub(bytes)
            .expect("a call leaves with the size it entered with");
    }

    /// How many calls wait.
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// How many bytes they hold.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Backlog, BacklogLimits};
    use crate::failure::Overload;

    #[test]
    fn bounds_calls_and_bytes() {
        let limits = BacklogLimits {
            calls_max: 3,
            bytes_max: 10,
        };
        let mut backlog = Backlog::default();
        assert_eq!(backlog.enter(50, &limits), Ok(()), "one large call alone");
        assert_eq!(backlog.enter(1, &limits), Err(Overload::Bytes));
        backlog.leave(50);
        assert_eq!(backlog.enter(10, &limits), Ok(()));
        assert_eq!(backlog.enter(1, &limits), Err(Overload::Bytes));
        assert_eq!(backlog.enter(0, &limits), Ok(()));
        assert_eq!(backlog.enter(0, &limits), Ok(()));
        assert_eq!(backlog.enter(0, &limits), Err(Overload::Calls));
        backlog.leave(0);
        assert_eq!(backlog.enter(0, &limits), Ok(()));
        assert_eq!((backlog.calls(), backlog.bytes()), (3, 10));
    }
}
