//! The input gate: which turn of an object may run next.
//!
//! JavaScript of an object runs in turns, one at a time, and whatever wants a turn waits here. The
//! gate gives the object's author two things (semantics §5.1–5.3):
//!
//! - Between the call of a storage operation and its continuation nothing else happens.
//! - While a *critical section* runs (`blockConcurrencyWhile`, `storage.transaction`), only events
//!   that began inside it are delivered. Everything else waits until it ends.
//!
//! Scopes form a tree: the root, sections in it, sections in those. A scope has one lock. A turn in
//! the scope holds it; a section of the scope holds it from its start to its end; an asynchronous
//! storage operation holds it until its result is delivered. While nobody does, the scope admits, first the
//! sections that wait in it, in call order, then the events, in arrival order.
//!
//! A section that ends leaves to the enclosing scope what still waits in it (its sections go before those of
//! the enclosing scope, its events after those), inner sections that still run, and everything that its I/O will yet bring; its own lock passes to the continuation of its
//! caller, which therefore runs before any other event of that scope.

mod ended;
mod scope;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::num::NonZeroU64;

use thiserror::Error;

use self::ended::Ended;
use self::scope::{Scope, Waiting};
use crate::sabotage::{Planted, Sabotage};

/// How deep critical sections may nest (semantics §2.3).
pub const SECTION_DEPTH_MAX: usize = 64;

/// A scope of the input gate. Every I/O operation remembers the one it was started in, and its
/// completion is delivered there. Numbers are never used twice within a gate, so a `Section` stays
/// valid after its section ended: it then means the scope that took over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Section(NonZeroU64);

impl Section {
    /// The gate itself: where new requests, and everything outside critical sections, belong.
    pub const ROOT: Self = Self(NonZeroU64::MIN);

    fn next(self) -> Self {
        Self(
            self.0
                .checked_add(1)
                .expect("2^64 sections are never begun"),
        )
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section({})", self.0.get() - 1)
    }
}

/// A turn that may run now. It ends with [`InputGate::turn_ended`].
#[derive(Debug, PartialEq, Eq)]
pub enum Admitted<T> {
    /// A waiting event, or the result of a storage operation that held the lock.
    Event {
        /// What the event's driver gave the gate.
        token: T,
        /// The scope in which I/O begun by this turn belongs.
        section: Section,
    },
    /// A critical section starts: run its callback.
    SectionStart {
        /// The section, in which I/O begun by the callback belongs.
        section: Section,
        /// The token given to [`InputGate::begin_section`].
        token: T,
    },
    /// A critical section ended well: run the continuation of its caller.
    SectionDone {
        /// The token given to [`InputGate::end_section`].
        token: T,
        /// The enclosing scope, in which the caller continues.
        section: Section,
    },
}

/// Why the gate takes nothing in. `Display` of [`GateError::NestedTooDeeply`] is the message of the
/// JavaScript `Error` that the call throws at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GateError {
    /// More than [`SECTION_DEPTH_MAX`] sections in each other; the object lives on.
    #[error("blockConcurrencyWhile() calls are nested too deeply.")]
    NestedTooDeeply,
    /// The object was reset: no turn of this instance runs any more.
    #[error("The input gate is broken: the Durable Object was reset.")]
    Broken,
}

/// The gate did not take a token in and gives it back.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct Refused<T> {
    /// The caller's token.
    pub token: T,
    /// Why.
    pub reason: GateError,
}

/// An asynchronous storage operation's share of the lock; give it back with [`InputGate::release`] or
/// [`InputGate::abandon`]. Dropping it keeps the scope closed until the gate breaks.
#[derive(Debug)]
#[must_use = "a hold that is dropped keeps the gate closed"]
pub struct Hold(Section);

/// The input gate of one instance. `T` is the driver's token for something that waits; tokens
/// come back exactly once, by [`InputGate::next`], [`InputGate::break_gate`] or [`Refused`].
///
/// An idle gate holds nothing on the heap. Operations take constant time, or the logarithm of the number
/// of sections that are waiting or running; `next` also steps through the sections that run inside
/// each other, at most [`SECTION_DEPTH_MAX`].
pub struct InputGate<T> {
    root: Scope<T>,
    /// The scope of the running turn.
    turn: Option<Section>,
    /// The newest section, or the root.
    newest: Section,
    sections: Option<Box<Sections<T>>>,
    broken: bool,
    planted: Planted,
}

/// What exists only while there are critical sections, or turns that already have the lock.
struct Sections<T> {
    /// Sections that wait to start, or run.
    live: BTreeMap<Section, Nested<T>>,
    ended: Ended,
    /// Turns that hold their scope's lock already, in the order in which they got it.
    resumed: VecDeque<Resumed<T>>,
}

struct Nested<T> {
    scope: Scope<T>,
    /// The scope in which it was begun; that one may have ended since.
    parent: Section,
    started: bool,
}

struct Resumed<T> {
    section: Section,
    token: T,
    /// The continuation of a section's caller, not the result of a storage operation.
    done: bool,
}

impl<T> InputGate<T> {
    /// An open gate in which nothing waits.
    pub const fn new() -> Self {
        Self::planted(Planted::NOTHING)
    }

    /// A gate with a mistake, for tests of the tests.
    #[cfg(feature = "sabotage")]
    pub const fn sabotaged(mistake: Sabotage) -> Self {
        Self::planted(Planted::new(mistake))
    }

    const fn planted(planted: Planted) -> Self {
        Self {
            root: Scope::new(),
            turn: None,
            newest: Section::ROOT,
            sections: None,
            broken: false,
            planted,
        }
    }

    /// Something wants a turn. `origin` is the scope in which its I/O was started:
    /// [`Section::ROOT`] for a request, the section of the turn for a timer, a response, a chunk.
    ///
    /// # Errors
    /// [`GateError::Broken`].
    pub fn event(&mut self, origin: Section, token: T) -> Result<(), Refused<T>> {
        if self.refuses() {
            return Err(broken(token));
        }
        let section = self.live(origin);
        self.scope(section).events.push(token);
        Ok(())
    }

    /// A turn in `parent` asks for a critical section. Its callback runs at
    /// [`Admitted::SectionStart`], at the earliest when the present turn has ended.
    ///
    /// # Errors
    /// [`GateError::NestedTooDeeply`], [`GateError::Broken`].
    pub fn begin_section(&mut self, parent: Section, token: T) -> Result<Section, Refused<T>> {
        if self.refuses() {
            return Err(broken(token));
        }
        let parent = self.live(parent);
        if self.depth(parent) >= SECTION_DEPTH_MAX {
            let reason = GateError::NestedTooDeeply;
            return Err(Refused { token, reason });
        }
        let section = self.newest.next();
        self.newest = section;
        let nested = Nested {
            scope: Scope::new(),
            parent,
            started: false,
        };
        self.sections().live.insert(section, nested);
        self.scope(parent).push_section(section, token);
        Ok(section)
    }

    /// The callback of `section` succeeded (its promise was fulfilled). `continuation` is admitted
    /// before any other event of the enclosing scope. A callback that fails breaks the whole gate
    /// instead: [`InputGate::break_gate`].
    ///
    /// # Errors
    /// [`GateError::Broken`].
    ///
    /// # Panics
    /// When the section has not started or has ended already.
    pub fn end_section(&mut self, section: Section, continuation: T) -> Result<(), Refused<T>> {
        if self.refuses() {
            return Err(broken(continuation));
        }
        let ended = self.sections().live.remove(&section);
        let ended = ended.expect("a section ends once, and not before it began");
        assert!(ended.started, "{section:?} ends before its callback ran");
        let parent = self.live(ended.parent);
        let mut leftovers = ended.scope;
        if self.planted.is(Sabotage::LoseLeftovers) {
            leftovers.events.drain().for_each(drop);
        }
        self.scope(parent).absorb(leftovers);
        let sections = self.sections();
        sections.ended.record(section, parent);
        sections.resumed.push_back(Resumed {
            section: parent,
            token: continuation,
            done: true,
        });
        Ok(())
    }

    /// The running turn started a storage operation that cannot complete at once and must not let
    /// another event in between (semantics §5.2). Several operations may share the lock.
    ///
    /// # Panics
    /// When no turn runs.
    pub fn hold(&mut self) -> Hold {
        let section = self.turn_section().expect("storage is called in a turn");
        self.scope(section).locks += 1;
        Hold(section)
    }

    /// The operation's result is here: `token` gets a turn under the lock that was held for it.
    ///
    /// # Errors
    /// [`GateError::Broken`].
    pub fn release(&mut self, hold: Hold, token: T) -> Result<(), Refused<T>> {
        if self.refuses() {
            return Err(broken(token));
        }
        self.sections().resumed.push_back(Resumed {
            section: hold.0,
            token,
            done: false,
        });
        Ok(())
    }

    /// The operation was given up and has no continuation.
    pub fn abandon(&mut self, hold: Hold) {
        if !self.broken {
            self.unlock(hold.0);
        }
    }

    /// The turn to run now, if any may run.
    ///
    /// # Panics
    /// While a turn runs: call [`InputGate::turn_ended`] first.
    #[expect(
        clippy::should_implement_trait,
        reason = "an answer of None may be followed by Some"
    )]
    pub fn next(&mut self) -> Option<Admitted<T>> {
        assert!(self.turn.is_none(), "one turn at a time");
        if self.refuses() {
            return None;
        }
        if let Some(resumed) = self.resumed() {
            return Some(resumed);
        }
        let planted = self.planted;
        let mut at = Section::ROOT;
        loop {
            let scope = self.scope(at);
            match scope.pop(planted) {
                Some(Waiting::Section(section, token)) => {
                    return Some(self.start(at, section, token));
                }
                Some(Waiting::Event(token)) => {
                    scope.locks += 1;
                    self.turn = Some(at);
                    return Some(Admitted::Event { token, section: at });
                }
                None => at = scope.active()?,
            }
        }
    }

    /// The turn and all its microtasks have run.
    ///
    /// # Panics
    /// When no turn runs and the gate is not broken.
    pub fn turn_ended(&mut self) {
        if self.broken {
            self.turn = None;
            return;
        }
        let turn = self.turn.take().expect("a turn ends that began");
        self.unlock(turn);
        if let Some(sections) = &self.sections
            && sections.live.is_empty()
            && sections.resumed.is_empty()
        {
            self.sections = None;
        }
    }

    /// The object was reset: gives back all that waits, and admits nothing ever again.
    pub fn break_gate(&mut self) -> Vec<T> {
        self.broken = true;
        self.turn = None;
        let mut waiting = Vec::new();
        let sections = self.sections.take().map(|sections| *sections);
        let (resumed, live) = sections.map_or_else(Default::default, |s| (s.resumed, s.live));
        waiting.extend(resumed.into_iter().map(|resumed| resumed.token));
        waiting.extend(self.root.drain());
        for mut nested in live.into_values() {
            waiting.extend(nested.scope.drain());
        }
        self.root = Scope::new();
        waiting
    }

    /// The scope of the running turn, in which I/O that it begins belongs.
    pub fn turn_section(&self) -> Option<Section> {
        self.turn.map(|turn| self.live(turn))
    }

    /// Whether nothing waits, runs or holds the lock. A broken gate is idle.
    pub fn is_idle(&self) -> bool {
        self.turn.is_none()
            && self.root.locks == 0
            && self.root.waiting() == 0
            && self.sections.is_none()
    }

    /// Whether [`InputGate::break_gate`] was called.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many events and sections wait for their turn.
    pub fn waiting(&self) -> usize {
        let nested = self.sections.as_ref().map_or(0, |sections| {
            let scopes = sections.live.values().map(|nested| nested.scope.waiting());
            sections.resumed.len() + scopes.sum::<usize>()
        });
        self.root.waiting() + nested
    }

    /// A turn that already has its lock.
    fn resumed(&mut self) -> Option<Admitted<T>> {
        let resumed = self.sections.as_mut()?.resumed.pop_front()?;
        let section = self.live(resumed.section);
        self.turn = Some(section);
        let token = resumed.token;
        Some(if resumed.done {
            Admitted::SectionDone { token, section }
        } else {
            Admitted::Event { token, section }
        })
    }

    /// The section takes a lock of its parent, and its callback the section's own.
    fn start(&mut self, parent: Section, section: Section, token: T) -> Admitted<T> {
        self.scope(parent).enter(section);
        let nested = self.sections().live.get_mut(&section);
        let nested = nested.expect("a section that waits is live");
        nested.started = true;
        nested.scope.locks += 1;
        self.turn = Some(section);
        Admitted::SectionStart { section, token }
    }

    fn unlock(&mut self, section: Section) {
        let section = self.live(section);
        let scope = self.scope(section);
        scope.locks = scope.locks.checked_sub(1).expect("a lock is released once");
    }

    /// The scope that `section` means by now: itself, or the one that took over.
    fn live(&self, section: Section) -> Section {
        match &self.sections {
            Some(sections) if sections.live.contains_key(&section) => section,
            Some(sections) => sections.ended.heir(section),
            None => Section::ROOT,
        }
    }

    /// The scope of a section that is live.
    fn scope(&mut self, live: Section) -> &mut Scope<T> {
        if live == Section::ROOT {
            return &mut self.root;
        }
        let nested = self.sections.as_mut().and_then(|s| s.live.get_mut(&live));
        &mut nested.expect("the section is live").scope
    }

    /// How many sections enclose what is in this scope, the scope itself included.
    fn depth(&self, live: Section) -> usize {
        let mut depth = 0;
        let mut at = live;
        while let Some(nested) = self.sections.as_ref().and_then(|s| s.live.get(&at)) {
            depth += 1;
            at = self.live(nested.parent);
        }
        depth
    }

    fn sections(&mut self) -> &mut Sections<T> {
        self.sections.get_or_insert_with(|| {
            Box::new(Sections {
                live: BTreeMap::new(),
                ended: Ended::default(),
                resumed: VecDeque::new(),
            })
        })
    }

    fn refuses(&self) -> bool {
        self.broken && !self.planted.is(Sabotage::AdmitWhileBroken)
    }
}

impl<T> Default for InputGate<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for InputGate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputGate")
            .field("turn", &self.turn_section())
            .field("waiting", &self.waiting())
            .field(
                "sections",
                &self.sections.as_ref().map_or(0, |s| s.live.len()),
            )
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

fn broken<T>(token: T) -> Refused<T> {
    let reason = GateError::Broken;
    Refused { token, reason }
}
