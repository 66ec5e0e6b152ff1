//! What a shard does with its memory when nobody needs it.

use std::time::{Duration, Instant};

use crate::core::Core;

/// How long a shard must have had nothing to do before it gives memory back. Shorter than objects stay
/// in memory: those that wait for their next call are what the collector should find little else of.
const QUIET_FOR: Duration = Duration::from_secs(3);

/// What changes when a shard does anything that leaves garbage: turns run, and objects that are in memory.
type Activity = (u64, usize);

/// Notices when a shard has nothing to do, and lets it shrink once each time.
pub(crate) struct Quiet {
    last: Activity,
    since: Instant,
    /// The activity after which memory was given back.
    shrunk: Option<Activity>,
}

impl Quiet {
    pub(crate) fn new(now: Instant) -> Quiet {
        Quiet {
            last: (0, 0),
            since: now,
            shrunk: None,
        }
    }

    /// Is now the time to shrink? To be asked every now and then; says yes once.
    fn is_time(&mut self, activity: Activity, now: Instant) -> bool {
        if activity != self.last {
            self.last = activity;
            self.since = now;
        }
        if self.shrunk == Some(activity) || now.duration_since(self.since) < QUIET_FOR {
            return false;
        }
        self.shrunk = Some(activity);
        true
    }
}

impl Core {
    /// Gives memory back if nothing has happened for a while.
    pub(crate) fn shrink_if_quiet(&self, quiet: &mut Quiet) {
        let now = Instant::now();
        let activity = (self.turns.get(), self.objects.borrow().len());
        if quiet.is_time(activity, now) {
            self.close_connections();
            self.runtime.shrink();
            tracing::debug!(shard = self.index, took = ?now.elapsed(), "memory given back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_once_after_each_activity() {
        let start = Instant::now();
        let mut quiet = Quiet::new(start);
        let mut at =
            |seconds, activity| quiet.is_time(activity, start + Duration::from_secs(seconds));
        assert!(!at(0, (1, 0)));
        assert!(!at(2, (1, 0)));
        assert!(!at(3, (2, 1)), "something happened meanwhile");
        assert!(at(6, (2, 1)));
        assert!(!at(60, (2, 1)), "nothing has happened since");
        assert!(!at(61, (2, 0)), "an object has gone");
        assert!(at(64, (2, 0)));
    }
}
