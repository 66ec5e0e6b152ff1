//! The alarms of a shard, found by object and by time.
//!
//! An alarm that waits costs some 200 bytes, its name included, and the logarithm of their number to set, move or take
//! out: entries lie in a slab, a table of their numbers finds them by key, a sorted set by time.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use holdfast_object::Alarm;
use holdfast_object::alarm::Due;
use slab::Slab;

use crate::message::ObjectKey;

/// Not among the deadlines.
const NEVER: u64 = u64::MAX;

#[derive(Default)]
pub(super) struct Table {
    entries: Slab<Entry>,
    by_key: HashTable<u32>,
    hasher: RandomState,
    deadlines: BTreeSet<(u64, u32)>,
}

struct Entry {
    key: ObjectKey,
    alarm: Alarm,
    /// What the object's id was made from, for the instance that the alarm may have to build.
    name: Option<Box<str>>,
    /// Where the entry is among the deadlines.
    indexed_ms: u64,
}

impl Table {
    #[cfg(test)]
    fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Option<&Alarm> {
        let slot = self.find(key)?;
        Some(&self.entries[slot as usize].alarm)
    }

    pub(super) fn name(&self, key: &ObjectKey) -> Option<&str> {
        let slot = self.find(key)?;
        self.entries[slot as usize].name.as_deref()
    }

    /// The row of this object's alarm is known to hold this now.
    pub(super) fn changed(&mut self, key: &ObjectKey, name: Option<&str>, stored_ms: Option<u64>) {
        let Some(slot) = self.find(key) else {
            if stored_ms.is_some() {
                self.insert(*key, name, Alarm::new(stored_ms));
            }
            return;
        };
        let entry = &mut self.entries[slot as usize];
        if entry.name.is_none() {
            entry.name = name.map(Into::into);
        }
        if entry.alarm.stored_ms() == stored_ms {
            // Written and undone again, or written as it was: nothing that a run or a retry has to know.
            return;
        }
        entry.alarm.changed(stored_ms);
        self.reindex(slot);
    }

    /// Lets the alarm of an object change its state, if there is one.
    pub(super) fn update<R>(
        &mut self,
        key: &ObjectKey,
        change: impl FnOnce(&mut Alarm) -> R,
    ) -> Option<R> {
        let slot = self.find(key)?;
        let result = change(&mut self.entries[slot as usize].alarm);
        self.reindex(slot);
        Some(result)
    }

    /// When [`Table::next_due`] is wanted next, in ms.
    pub(super) fn earliest_ms(&self) -> Option<u64> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// The next alarm that is due, and what is due. Those of objects that are not served now are looked at again at
    /// `later_ms`.
    pub(super) fn next_due(
        &mut self,
        now_ms: u64,
        later_ms: u64,
        is_served: impl Fn(&ObjectKey) -> bool,
    ) -> Option<(ObjectKey, Due)> {
        while let Some(&(deadline, slot)) = self.deadlines.first() {
            if deadline > now_ms {
                return None;
            }
            let entry = &mut self.entries[slot as usize];
            let key = entry.key;
            if !is_served(&key) {
                self.index_at(slot, later_ms);
                continue;
            }
            let due = entry.alarm.tick(now_ms);
            if due != Some(Due::TimedOut) {
                self.reindex(slot);
                match due {
                    Some(due) => return Some((key, due)),
                    None => continue,
                }
            }
            // It goes on to be too late until its object is reset, which is the caller's business and done once.
            self.index_at(slot, NEVER);
            return Some((key, Due::TimedOut));
        }
        None
    }

    fn find(&self, key: &ObjectKey) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let is_it = |slot: &u32| self.entries[*slot as usize].key == *key;
        self.by_key.find(hash, is_it).copied()
    }

    fn insert(&mut self, key: ObjectKey, name: Option<&str>, alarm: Alarm) {
        let slot = self.entries.insert(Entry {
            key,
            alarm,
            name: name.map(Into::into),
            indexed_ms: NEVER,
        });
        let slot = u32::try_from(slot).expect("fewer alarms than would fill the memory");
        let hash = self.hasher.hash_one(key);
        let (entries, hasher) = (&self.entries, &self.hasher);
        self.by_key.insert_unique(hash, slot, |slot| {
            hasher.hash_one(entries[*slot as usize].key)
        });
        self.reindex(slot);
    }

    /// Puts an entry where it belongs among the deadlines, or takes it out when it means nothing any more.
    fn reindex(&mut self, slot: u32) {
        let alarm = &self.entries[slot as usize].alarm;
        let forgotten = alarm.stored_ms().is_none() && !alarm.is_under_way();
        let deadline = alarm.deadline_ms().unwrap_or(NEVER);
        self.index_at(slot, deadline);
        if forgotten {
            let entry = self.entries.remove(slot as usize);
            let hash = self.hasher.hash_one(entry.key);
            let found = self.by_key.find_entry(hash, |other| *other == slot);
            if let Ok(found) = found {
                found.remove();
            }
        }
    }

    fn index_at(&mut self, slot: u32, deadline_ms: u64) {
        let indexed_ms = &mut self.entries[slot as usize].indexed_ms;
        let before = std::mem::replace(indexed_ms, deadline_ms);
        if before == deadline_ms {
            return;
        }
        if before != NEVER {
            self.deadlines.remove(&(before, slot));
        }
        if deadline_ms != NEVER {
            self.deadlines.insert((deadline_ms, slot));
        }
    }
}

#[cfg(test)]
mod tests {
    use holdfast_object::NamespaceKey;
    use holdfast_object::alarm::RUN_MS_MAX;

    use super::*;
    use crate::message::ClassId;

    fn key(name: &str) -> ObjectKey {
        ObjectKey {
            class: ClassId::of("test-Class"),
            id: NamespaceKey::new("test-Class").id_from_name(name),
        }
    }

    fn due(table: &mut Table, now_ms: u64) -> Option<(ObjectKey, Due)> {
        table.next_due(now_ms, now_ms + 1_000, |_| true)
    }

    #[test]
    fn alarms_are_due_in_the_order_of_their_times() {
        let mut table = Table::default();
        for (name, at) in [("c", 30), ("a", 10), ("b", 20)] {
            table.changed(&key(name), Some(name), Some(at));
        }
        assert_eq!(table.earliest_ms(), Some(10));
        assert_eq!(due(&mut table, 9), None);
        assert_eq!(due(&mut table, 20), Some((key("a"), Due::Deliver)));
        assert_eq!(due(&mut table, 20), Some((key("b"), Due::Deliver)));
        assert_eq!(due(&mut table, 20), None);
        assert_eq!(table.name(&key("a")), Some("a"));
        assert_eq!(table.earliest_ms(), Some(30));
    }

    #[test]
    fn an_alarm_that_was_deleted_is_forgotten() {
        let mut table = Table::default();
        table.changed(&key("a"), None, Some(10));
        table.changed(&key("a"), Some("a"), Some(20));
        assert_eq!(table.name(&key("a")), Some("a"));
        assert_eq!(due(&mut table, 19), None);
        table.changed(&key("a"), None, None);
        table.changed(&key("b"), None, None);
        assert_eq!((table.len(), table.earliest_ms()), (0, None));
        assert!(table.get(&key("a")).is_none());
    }

    #[test]
    fn an_alarm_that_runs_is_kept_though_its_row_is_gone() {
        let mut table = Table::default();
        table.changed(&key("a"), Some("a"), Some(10));
        assert!(due(&mut table, 10).is_some());
        table.update(&key("a"), |alarm| alarm.begin(10)).unwrap();
        assert_eq!(table.earliest_ms(), Some(10 + RUN_MS_MAX));
        assert_eq!(table.update(&key("a"), Alarm::succeeded), Some(true));
        table.changed(&key("a"), None, None);
        assert_eq!(table.len(), 1);
        table.update(&key("a"), Alarm::settled).unwrap();
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn a_row_that_is_as_it_was_stays_hidden() {
        let mut table = Table::default();
        table.changed(&key("a"), None, Some(10));
        assert!(due(&mut table, 10).is_some());
        table.update(&key("a"), |alarm| alarm.begin(10)).unwrap();
        table.changed(&key("a"), None, Some(10));
        assert!(table.get(&key("a")).unwrap().hides_row());
        table.changed(&key("a"), None, Some(20));
        assert!(!table.get(&key("a")).unwrap().hides_row());
    }

    #[test]
    fn a_run_that_takes_too_long_is_said_once() {
        let mut table = Table::default();
        table.changed(&key("a"), None, Some(10));
        assert!(due(&mut table, 10).is_some());
        table.update(&key("a"), |alarm| alarm.begin(10)).unwrap();
        assert_eq!(due(&mut table, 9 + RUN_MS_MAX), None);
        let late = 10 + RUN_MS_MAX;
        assert_eq!(due(&mut table, late), Some((key("a"), Due::TimedOut)));
        assert_eq!(due(&mut table, late), None);
    }

    #[test]
    fn an_object_that_is_not_served_is_looked_at_again_later() {
        let mut table = Table::default();
        table.changed(&key("a"), None, Some(10));
        table.changed(&key("b"), None, Some(11));
        let served = |other: &ObjectKey| *other != key("a");
        let found = table.next_due(20, 70, served);
        assert_eq!(found, Some((key("b"), Due::Deliver)));
        assert_eq!(table.next_due(20, 70, served), None);
        assert_eq!(table.earliest_ms(), Some(70));
        assert_eq!(due(&mut table, 70), Some((key("a"), Due::Deliver)));
    }

    #[test]
    fn a_hundred_thousand_take_little_memory() {
        const COUNT: u64 = 100_000;
        let resident = || {
            let text = std::fs::read_to_string("/proc/self/statm").unwrap();
            let pages: u64 = text.split_whitespace().nth(1).unwrap().parse().unwrap();
            pages * 4096
        };
        let before = resident();
        let mut table = Table::default();
        for n in 0..COUNT {
            let name = format!("object {n}");
            table.changed(&key(&name), Some(&name), Some(1_000_000 + n));
        }
        let each = (resident() - before) / COUNT;
        println!("{each} bytes each");
        assert!(each < 260, "an alarm takes {each} bytes");
        assert_eq!(
            due(&mut table, 1_000_000).map(|(key, _)| key),
            Some(key("object 0"))
        );
    }
}
