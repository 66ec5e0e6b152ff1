//! Differences between two contents of a page.
//!
//! A one-row insert changes some tens of bytes of a page: the cell, a pointer to it, and the page's header. Logging
//! those instead of the page is what makes a commit cost some hundred bytes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::commit::{Change, PAGE_BYTES, Page};

/// Equal bytes between two differences that are not worth a run of their own.
const GAP_BYTES: usize = 8;

/// Beyond this many bytes of differences the whole page is logged, which compresses better.
const PATCH_BYTES_MAX: usize = PAGE_BYTES / 2;

/// New bytes at an offset of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run<'a> {
    /// Where they begin.
    pub offset: u16,
    /// The bytes.
    #[serde(borrow, with = "serde_bytes")]
    pub bytes: Cow<'a, [u8]>,
}

impl Run<'_> {
    /// Whether it lies inside a page.
    pub(crate) fn is_inside(&self) -> bool {
        usize::from(self.offset) + self.bytes.len() <= PAGE_BYTES
    }
}

/// How `old` becomes `new`; none if they are equal.
pub fn difference<'a>(old: &Page, new: &'a Page) -> Option<Change<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    let mut total = 0;
    let mut at = 0;
    while let Some(begin) = next_difference(old, new, at) {
        let end = end_of_run(old, new, begin);
        total += end - begin;
        if total > PATCH_BYTES_MAX {
            return Some(Change::Whole(Cow::Borrowed(new)));
        }
        runs.push(Run {
            offset: u16::try_from(begin).expect("a page's offsets fit"),
            bytes: Cow::Borrowed(&new[begin..end]),
        });
        at = end;
    }
    (!runs.is_empty()).then_some(Change::Patch(runs))
}

/// Makes `page` what it is after `change`.
///
/// # Panics
/// When the change does not fit a page; [`crate::commit::Commit::decode`] refuses such records.
pub fn apply(change: &Change<'_>, page: &mut Page) {
    match change {
        Change::Whole(bytes) => page.copy_from_slice(bytes),
        Change::Patch(runs) => {
            for run in runs {
                let begin = usize::from(run.offset);
                page[begin..begin + run.bytes.len()].copy_from_slice(&run.bytes);
            }
        }
    }
}

/// Where the contents first differ at or after `from`.
fn next_difference(old: &Page, new: &Page, from: usize) -> Option<usize> {
    let mut at = from;
    // Whole words first: most of a page is equal.
    while !at.is_multiple_of(8) && at < PAGE_BYTES {
        if old[at] != new[at] {
            return Some(at);
        }
        at += 1;
    }
    while at < PAGE_BYTES && old[at..at + 8] == new[at..at + 8] {
        at += 8;
    }
    (at..PAGE_BYTES).find(|&at| old[at] != new[at])
}

/// Where the run of differences that begins at `begin` ends: before [`GAP_BYTES`] equal bytes, or with the page.
fn end_of_run(old: &Page, new: &Page, begin: usize) -> usize {
    let mut end = begin + 1;
    let mut at = end;
    while at < PAGE_BYTES && at - end < GAP_BYTES {
        if old[at] != new[at] {
            end = at + 1;
        }
        at += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(old: &Page, new: &Page) -> Page {
        let mut page = *old;
        if let Some(change) = difference(old, new) {
            apply(&change, &mut page);
        }
        page
    }

    #[test]
    fn equal_pages_have_no_difference() {
        assert_eq!(difference(&[7; PAGE_BYTES], &[7; PAGE_BYTES]), None);
    }

    #[test]
    fn bytes_close_to_each_other_are_one_run_and_others_are_not() {
        let old = [0; PAGE_BYTES];
        let mut new = old;
        for at in [0, 5, 100, 4095] {
            new[at] = 1;
        }
        let Some(Change::Patch(runs)) = difference(&old, &new) else {
            panic!("a patch");
        };
        let places: Vec<_> = runs
            .iter()
            .map(|run| (run.offset, run.bytes.len()))
            .collect();
        assert_eq!(places, [(0, 6), (100, 1), (4095, 1)]);
    }

    #[test]
    fn a_page_that_changed_for_the_most_part_is_logged_whole() {
        let change = difference(&[0; PAGE_BYTES], &[1; PAGE_BYTES]);
        assert!(matches!(change, Some(Change::Whole(_))));
    }

    proptest! {
        #[test]
        fn a_difference_makes_the_old_page_the_new_one(
            seed in prop::collection::vec((0..PAGE_BYTES, any::<u8>(), 1..200_usize), 0..40),
            edits in prop::collection::vec((0..PAGE_BYTES, any::<u8>(), 1..400_usize), 0..40),
        ) {
            let fill = |page: &mut Page, edits: &[(usize, u8, usize)]| {
                for (at, byte, length) in edits {
                    let end = (at + length).min(PAGE_BYTES);
                    page[*at..end].fill(*byte);
                }
            };
            let mut old = [0; PAGE_BYTES];
            fill(&mut old, &seed);
            let mut new = old;
            fill(&mut new, &edits);
            prop_assert!(applied(&old, &new) == new);
        }
    }
}
