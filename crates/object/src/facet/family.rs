//! Who runs as a facet of whom, and whose end ends whom.

use std::collections::BTreeMap;

use crate::lifecycle::Ending;

/// The facets of one object that have been started, by their names.
///
/// They belong to the object and not to its instance: they stay, and go on, when the instance is freed because nobody
/// used it, but for those that still need something of it. When it breaks, or has to go, all end with it.
#[derive(Debug)]
pub struct Family<T> {
    members: BTreeMap<String, T>,
}

impl<T> Default for Family<T> {
    fn default() -> Self {
        Self {
            members: BTreeMap::new(),
        }
    }
}

impl<T: Clone> Family<T> {
    /// The facet of this name, which `make` makes if there is none.
    pub fn enter(&mut self, name: &str, make: impl FnOnce() -> T) -> T {
        if let Some(known) = self.members.get(name) {
            return known.clone();
        }
        let made = make();
        self.members.insert(name.to_owned(), made.clone());
        made
    }

    /// Takes out the facet of this name, if it is one that `is_it` recognises: another may have its place by now.
    pub fn leave(&mut self, name: &str, is_it: impl FnOnce(&T) -> bool) -> Option<T> {
        match self.members.get(name) {
            Some(member) if is_it(member) => self.members.remove(name),
            _ => None,
        }
    }

    /// The instance of the object has ended: takes out those that end with it. `needs_parent` says which cannot go on
    /// without it.
    pub fn parent_ended<F>(
        &mut self,
        why: &Ending<F>,
        mut needs_parent: impl FnMut(&T) -> bool,
    ) -> Vec<T> {
        match why {
            Ending::Idle | Ending::Clientless => self
                .members
                .extract_if(.., |_, member| needs_parent(member))
                .map(|(_, member)| member)
                .collect(),
            Ending::Broken(_) | Ending::Retired => self.take_all(),
        }
    }

    /// Takes out all.
    pub fn take_all(&mut self) -> Vec<T> {
        std::mem::take(&mut self.members).into_values().collect()
    }

    /// Forgets those of which nothing would be lost.
    pub fn keep(&mut self, mut is_needed: impl FnMut(&T) -> bool) {
        self.members.retain(|_, member| is_needed(member));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family() -> Family<u32> {
        let mut family = Family::default();
        assert_eq!(family.enter("a", || 1), 1);
        assert_eq!(family.enter("b", || 2), 2);
        family
    }

    #[test]
    fn a_name_leads_to_one_facet() {
        let mut family = family();
        assert_eq!(family.enter("a", || unreachable!("there is one")), 1);
        assert_eq!(family.leave("a", |member| *member == 1), Some(1));
        assert_eq!(family.enter("a", || 3), 3);
    }

    #[test]
    fn a_late_farewell_is_not_for_the_next_of_the_name() {
        let mut family = family();
        assert_eq!(family.leave("a", |_| true), Some(1));
        family.enter("a", || 3);
        assert_eq!(family.leave("a", |member| *member == 1), None);
        assert_eq!(family.enter("a", || 4), 3);
        assert_eq!(family.leave("nobody", |_| true), None);
    }

    #[test]
    fn facets_outlive_an_instance_that_nobody_used() {
        let mut family = family();
        for why in [Ending::<()>::Idle, Ending::Clientless] {
            assert!(family.parent_ended(&why, |_| false).is_empty());
            assert!(!family.is_empty());
        }
    }

    #[test]
    fn a_facet_that_needs_its_parent_ends_with_any_instance() {
        for why in [Ending::<()>::Idle, Ending::Clientless] {
            let mut family = family();
            assert_eq!(family.parent_ended(&why, |member| *member == 2), [2]);
            assert_eq!(family.take_all(), [1]);
        }
    }

    #[test]
    fn facets_end_with_an_instance_that_breaks_or_must_go() {
        for why in [Ending::Broken("why"), Ending::Retired] {
            let mut family = family();
            assert_eq!(family.parent_ended(&why, |_| false), [1, 2]);
            assert!(family.is_empty());
        }
    }

    #[test]
    fn what_is_needed_stays() {
        let mut family = family();
        family.keep(|member| *member == 2);
        assert_eq!(family.take_all(), [2]);
    }
}
