//! The table of what a context has given to others. Pure: it knows nothing of JavaScript or messages.

use std::collections::HashMap;

/// Exports by number. Numbers are never used twice, so that a reference which outlives its export finds
/// nothing rather than another one.
pub(crate) struct Exports<T> {
    entries: HashMap<u64, T>,
    next: u64,
    closed: bool,
}

impl<T> Default for Exports<T> {
    fn default() -> Self {
        Exports {
            entries: HashMap::new(),
            next: 0,
            closed: false,
        }
    }
}

impl<T> Exports<T> {
    /// Enters `target`. In a table that was closed nobody will find it.
    pub(crate) fn add(&mut self, target: T) -> u64 {
        let number = self.next;
        self.next += 1;
        if !self.closed {
            self.entries.insert(number, target);
        }
        number
    }

    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        self.entries.get(&number)
    }

    /// Nobody refers to it any more: gives it back, once.
    pub(crate) fn release(&mut self, number: u64) -> Option<T> {
        let target = self.entries.remove(&number);
        if self.entries.is_empty() {
            self.entries.shrink_to_fit();
        }
        target
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The context has ended: gives back all that is left, and takes nothing in any more.
    pub(crate) fn close(&mut self) -> Vec<T> {
        self.closed = true;
        std::mem::take(&mut self.entries).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_its_target_until_it_is_released() {
        let mut exports = Exports::default();
        let (a, b) = (exports.add("a"), exports.add("b"));
        assert_eq!(exports.get(a), Some(&"a"));
        assert_eq!(exports.release(a), Some("a"));
        assert_eq!(exports.release(a), None);
        assert_eq!(exports.get(a), None);
        assert_eq!(exports.get(b), Some(&"b"));
        assert!(!exports.is_empty());
    }

    #[test]
    fn numbers_are_not_used_again() {
        let mut exports = Exports::default();
        let first = exports.add(1);
        exports.release(first);
        assert_ne!(exports.add(2), first);
        assert_eq!(exports.get(first), None);
    }

    #[test]
    fn a_closed_table_gives_back_what_it_had_and_takes_nothing() {
        let mut exports = Exports::default();
        exports.add(1);
        exports.add(2);
        let mut left = exports.close();
        left.sort_unstable();
        assert_eq!(left, [1, 2]);
        let late = exports.add(3);
        assert_eq!(exports.get(late), None);
        assert!(exports.is_empty());
        assert_eq!(exports.release(late), None);
    }
}
