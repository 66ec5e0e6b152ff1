//! Which of the changes that were not flushed are there after a crash.

use crate::rng::Rng;

/// A way for a crash to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Survival {
    /// Nothing that was not flushed.
    Nothing,
    /// Everything: as after the end of the process alone.
    Everything,
    /// Each sector and each name by chance.
    Any {
        /// How likely a sector is to have changed.
        percent: u64,
    },
    /// All that came before the change with this number; that one is torn.
    Before(u64),
    /// All but one change: the disk has reordered it behind all others.
    Without(u64),
    /// One change alone: the disk has reordered it before all others.
    Only(u64),
}

impl Survival {
    /// A way by chance. `pending` are the numbers of the changes that are not flushed.
    pub(super) fn choose(pending: &[u64], rng: &mut Rng) -> Survival {
        if pending.is_empty() {
            return Survival::Nothing;
        }
        let one = pending[rng.index(pending.len())];
        match rng.below(10) {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            2 => Survival::Before(one),
            3 | 4 => Survival::Without(one),
            5 => Survival::Only(one),
            6 => Survival::Any { percent: 10 },
            7 | 8 => Survival::Any { percent: 50 },
            _ => Survival::Any { percent: 90 },
        }
    }

    pub(super) fn is_torn(self, sequence: u64) -> bool {
        self == Survival::Before(sequence)
    }

    /// Whether a change of a file is kept as a whole.
    pub(super) fn keeps(self, sequence: u64) -> bool {
        match self {
            Survival::Nothing | Survival::Any { .. } => false,
            Survival::Everything => true,
            Survival::Before(bound) => sequence < bound,
            Survival::Without(one) => sequence != one,
            Survival::Only(one) => sequence == one,
        }
    }

    /// Whether a change of a name is kept.
    pub(super) fn keeps_name(self, sequence: u64, rng: &mut Rng) -> bool {
        match self {
            Survival::Any { percent } => rng.percent(percent),
            _ => self.keeps(sequence),
        }
    }
}
