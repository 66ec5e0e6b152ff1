//! One scope of the input gate: the root, or a critical section.

use std::collections::VecDeque;

use super::Section;
use crate::fifo::Fifo;
use crate::sabotage::{Planted, Sabotage};

/// What can wait in a scope.
pub(super) enum Waiting<T> {
    Section(Section, T),
    Event(T),
}

/// What waits in a scope, and who holds its lock.
pub(super) struct Scope<T> {
    /// Events that wait, in arrival order.
    pub(super) events: Fifo<T>,
    /// References to the scope's lock: the running turn, turns that already have the lock and only
    /// wait for their time, asynchronous storage operations, and the section that runs in this scope.
    /// The scope admits when there is none.
    pub(super) locks: u32,
    inner: Option<Box<Inner<T>>>,
}

/// The part of a scope that exists only while there are sections in it.
struct Inner<T> {
    /// Sections that have not started, in call order, each with its caller's token; those of an inner section that
    /// ended come before the others.
    waiting: VecDeque<(Section, T)>,
    /// The section that runs in this scope and holds one of its locks.
    active: Option<Section>,
}

impl<T> Scope<T> {
    pub(super) const fn new() -> Self {
        Self {
            events: Fifo::new(),
            locks: 0,
            inner: None,
        }
    }

    pub(super) fn active(&self) -> Option<Section> {
        self.inner.as_ref().and_then(|inner| inner.active)
    }

    pub(super) fn push_section(&mut self, section: Section, token: T) {
        self.inner().waiting.push_back((section, token));
    }

    /// What is admitted next: nothing while the lock is held, and sections before events.
    pub(super) fn pop(&mut self, planted: Planted) -> Option<Waiting<T>> {
        if self.locks > 0 && !planted.is(Sabotage::AdmitOutsider) {
            return None;
        }
        let events_first = planted.is(Sabotage::EventsBeforeSections) && !self.events.is_empty();
        if let Some(inner) = &mut self.inner
            && inner.active.is_none()
            && !events_first
            && let Some((section, token)) = inner.waiting.pop_front()
        {
            return Some(Waiting::Section(section, token));
        }
        planted.pop(&mut self.events).map(Waiting::Event)
    }

    /// A section of this scope starts to run: it takes one lock, for as long as it lasts.
    pub(super) fn enter(&mut self, section: Section) {
        assert!(
            self.active().is_none(),
            "one section of a scope runs at a time"
        );
        self.inner().active = Some(section);
        self.locks += 1;
    }

    /// The running section ended and this scope takes over everything in it. The lock which the
    /// section held here stays counted: it passes to the continuation of the section's caller. Sections
    /// that waited in it go before those that waited for it to end, as in workerd.
    pub(super) fn absorb(&mut self, ended: Scope<T>) {
        let mut ended = ended;
        self.locks += ended.locks;
        for event in ended.events.drain() {
            self.events.push(event);
        }
        let inner = self.inner();
        match ended.inner {
            Some(mut orphan) => {
                inner.active = orphan.active;
                orphan.waiting.append(&mut inner.waiting);
                inner.waiting = orphan.waiting;
            }
            None => inner.active = None,
        }
        if inner.active.is_none() && inner.waiting.is_empty() {
            self.inner = None;
        }
    }

    /// Takes out the tokens of everything that waits: sections first, as they would have run.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> + use<T> {
        let sections = self.inner.take().map(|inner| inner.waiting);
        sections
            .into_iter()
            .flatten()
            .map(|(_, token)| token)
            .chain(self.events.drain())
    }

    pub(super) fn waiting(&self) -> usize {
        self.events.len() + self.inner.as_ref().map_or(0, |inner| inner.waiting.len())
    }

    fn inner(&mut self) -> &mut Inner<T> {
        self.inner.get_or_insert_with(|| {
            Box::new(Inner {
                waiting: VecDeque::new(),
                active: None,
            })
        })
    }
}
