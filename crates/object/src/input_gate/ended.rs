//! Where the I/O of ended critical sections belongs.
//!
//! A timer set inside a section may fire after the section ended; it then belongs to the scope that
//! took over the section's leftovers. Sections whose enclosing scope is the root need no record: what
//! is not found belongs to the root. The others are kept as ranges of numbers, so that a section
//! which opens a million inner sections one after another costs one record, not a million.

use std::collections::BTreeMap;

use super::Section;

/// The ended sections whose leftovers now belong to a live section.
#[derive(Default)]
pub(super) struct Ended {
    /// First number of a range → last number, and the live section that encloses them all.
    ranges: BTreeMap<Section, Heir>,
}

#[derive(Clone, Copy)]
struct Heir {
    last: Section,
    into: Section,
}

impl Ended {
    /// The live scope that took over from `section`, which is not live itself.
    pub(super) fn heir(&self, section: Section) -> Section {
        match self.ranges.range(..=section).next_back() {
            Some((_, heir)) if section <= heir.last => heir.into,
            _ => Section::ROOT,
        }
    }

    /// Records that `section` ended and `into`, a live section or the root, takes over, also
    /// from all those that `section` itself took over from.
    pub(super) fn record(&mut self, section: Section, into: Section) {
        // Whatever `section` absorbed began after it did.
        let inherited: Vec<(Section, Section)> = self
            .ranges
            .range(section..)
            .filter(|(_, heir)| heir.into == section)
            .map(|(first, heir)| (*first, heir.last))
            .collect();
        for (first, _) in &inherited {
            self.ranges.remove(first);
        }
        if into == Section::ROOT {
            return;
        }
        self.insert(section, section, into);
        for (first, last) in inherited {
            self.insert(first, last, into);
        }
    }

    /// Adds a range and joins it with its neighbours when they have the same heir.
    fn insert(&mut self, first: Section, last: Section, into: Section) {
        let (mut first, mut last) = (first, last);
        if let Some((&before, heir)) = self.ranges.range(..first).next_back()
            && heir.into == into
            && heir.last.next() == first
        {
            first = before;
        }
        if let Some(after) = self.ranges.get(&last.next()).copied()
            && after.into == into
        {
            self.ranges.remove(&last.next());
            last = after.last;
        }
        self.ranges.insert(first, Heir { last, into });
    }
}

#[cfg(test)]
mod tests {
    use super::{Ended, Section};

    fn sections<const N: usize>() -> [Section; N] {
        let mut at = Section::ROOT;
        std::array::from_fn(|_| {
            at = at.next();
            at
        })
    }

    #[test]
    fn many_inner_sections_cost_one_record_in_whatever_order_they_end() {
        let [outer, inner @ ..] = sections::<9>();
        let mut ended = Ended::default();
        for at in [3, 1, 2, 7, 0, 5, 6, 4] {
            ended.record(inner[at], outer);
            assert_eq!(ended.heir(inner[at]), outer);
        }
        assert_eq!(ended.ranges.len(), 1);
        ended.record(outer, Section::ROOT);
        assert_eq!(ended.ranges.len(), 0);
        assert!(
            inner
                .iter()
                .all(|inner| ended.heir(*inner) == Section::ROOT)
        );
    }

    #[test]
    fn what_a_section_took_over_goes_with_it() {
        let [outer, other, middle, inner] = sections();
        let mut ended = Ended::default();
        ended.record(inner, middle);
        assert_eq!(ended.heir(other), Section::ROOT, "it was not recorded");
        ended.record(middle, outer);
        assert_eq!((ended.heir(middle), ended.heir(inner)), (outer, outer));
        assert_eq!(ended.ranges.len(), 1);
    }
}
