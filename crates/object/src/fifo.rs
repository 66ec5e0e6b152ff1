//! The queue inside the gates: first in, first out, and nothing on the heap while it is short.

use std::collections::VecDeque;

/// A queue that keeps its first element inline. Most objects wait for at most one thing at a time,
/// and hundreds of thousands of idle ones must not each keep an empty buffer: the buffer for the
/// rest is freed as soon as it is empty.
pub(crate) struct Fifo<T> {
    /// Empty only when the whole queue is.
    first: Option<T>,
    rest: VecDeque<T>,
}

impl<T> Fifo<T> {
    pub(crate) const fn new() -> Self {
        Self {
            first: None,
            rest: VecDeque::new(),
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.first.is_none() {
            debug_assert!(self.rest.is_empty(), "the first element leads the rest");
            self.first = Some(item);
        } else {
            self.rest.push_back(item);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.first.take()?;
        self.first = self.rest.pop_front();
        if self.rest.is_empty() && self.rest.capacity() > 0 {
            self.rest = VecDeque::new();
        }
        Some(item)
    }

    pub(crate) fn front(&self) -> Option<&T> {
        self.first.as_ref()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.first.iter_mut().chain(self.rest.iter_mut())
    }

    /// Takes everything out, in order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = T> + use<T> {
        self.first
            .take()
            .into_iter()
            .chain(std::mem::take(&mut self.rest))
    }

    /// The mistake that [`crate::Sabotage::ReorderEvents`] plants: the last goes first.
    #[cfg(feature = "sabotage")]
    pub(crate) fn pop_last(&mut self) -> Option<T> {
        self.rest.pop_back().or_else(|| self.first.take())
    }
}

#[cfg(test)]
mod tests {
    use super::Fifo;

    #[test]
    fn keeps_order_and_frees_its_buffer() {
        let mut queue = Fifo::new();
        assert_eq!((queue.pop(), queue.len()), (None, 0));
        for round in 0..3 {
            for item in 0..5 {
                queue.push(item + round);
            }
            assert_eq!(queue.front(), Some(&round));
            assert_eq!(queue.iter_mut().next_back(), Some(&mut (4 + round)));
            assert_eq!(queue.pop(), Some(round));
            queue.push(99);
            assert_eq!(queue.len(), 5);
            assert_eq!(
                queue.drain().collect::<Vec<_>>(),
                [1 + round, 2 + round, 3 + round, 4 + round, 99]
            );
            assert!(queue.is_empty());
            assert_eq!(queue.rest.capacity(), 0);
        }
    }
}
