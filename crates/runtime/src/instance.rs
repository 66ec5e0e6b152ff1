//! One instance of an object: its gates, its storage, what waits for it.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use holdfast_engine::Global;
use holdfast_object::output_gate::Sent;
use holdfast_object::{Generation, InputGate, OutputGate, Position, Section};
use holdfast_web::io::Completion;
use holdfast_workers::failure::Failure;
use holdfast_workers::storage::StorageHandle;
use slab::Slab;
use tokio::sync::oneshot;

use crate::message::{Answer, Call, ObjectKey, Return};
use crate::reply::Reply;
use crate::section::SectionCall;

/// What waits at the input gate for a turn.
pub(crate) enum Event {
    /// Build the program's object.
    Construct,
    /// A call that was admitted.
    Call(Box<Call>),
    /// I/O is done.
    Completion(Completion),
    /// The answer to a call this object made.
    Return(crate::calls::Waiting, Answer),
    /// Begin a critical section, or go on after it.
    Section(Rc<SectionCall>),
}

/// What waits at the output gate for writes to be durable.
pub(crate) enum Output {
    /// A call to another object.
    Call(Call),
    /// An answer to a caller.
    Return(usize, Return),
    /// Something in Rust that waits for the gate.
    Wake(oneshot::Sender<()>),
}

/// The Rust side of an instance. Lives in its [`crate::context::Context`].
pub(crate) struct Instance {
    pub(crate) key: ObjectKey,
    pub(crate) name: Option<String>,
    pub(crate) generation: Generation,
    pub(crate) gate: RefCell<InputGate<Event>>,
    pub(crate) output: RefCell<OutputGate<Output>>,
    pub(crate) storage: OnceCell<Rc<StorageHandle>>,
    /// The program's object, wrapped by `js/dispatch.js`; `None` until it is constructed.
    pub(crate) target: RefCell<Option<Global>>,
    /// Calls admitted and not answered.
    pub(crate) calls: RefCell<Slab<Rc<Reply>>>,
    /// It is in the queue of contexts that may have a turn to run.
    pub(crate) listed: Cell<bool>,
    /// It must be destroyed when the turn that runs is over, for this reason.
    pub(crate) doom: RefCell<Option<Failure>>,
    /// The last thing reported to the lifecycle about background work.
    pub(crate) reported_busy: Cell<bool>,
    pub(crate) reported_streams: Cell<bool>,
    /// Calls answered since the lifecycle last heard of it.
    pub(crate) answered: Cell<u32>,
    position: Cell<u64>,
}

impl Instance {
    pub(crate) fn new(key: ObjectKey, name: Option<String>, generation: Generation) -> Instance {
        Instance {
            key,
            name,
            generation,
            gate: RefCell::new(InputGate::new()),
            output: RefCell::new(OutputGate::new()),
            storage: OnceCell::new(),
            target: RefCell::new(None),
            calls: RefCell::new(Slab::new()),
            listed: Cell::new(false),
            doom: RefCell::new(None),
            reported_busy: Cell::new(false),
            reported_streams: Cell::new(false),
            answered: Cell::new(0),
            position: Cell::new(0),
        }
    }

    /// The section in which I/O started now belongs.
    pub(crate) fn section(&self) -> Section {
        self.gate.borrow().turn_section().unwrap_or(Section::ROOT)
    }

    /// Sends output through the gate: gives it back if it may leave now. What the gate refuses is
    /// dropped: the object is broken and nothing of it may leave.
    pub(crate) fn send(&self, output: Output, now_ms: u64) -> Option<Output> {
        let mut gate = self.output.borrow_mut();
        if self
            .storage
            .get()
            .is_some_and(|storage| storage.database().in_transaction())
        {
            gate.write(now_ms);
        }
        match gate.send(output) {
            Sent::Leave(output) => Some(output),
            Sent::Held => None,
            Sent::Refused(_) => None,
        }
    }

    /// The turn's writes are durable, or there were none: what may leave now, in order.
    pub(crate) fn committed(&self, wrote: bool, now_ms: u64) -> Vec<Output> {
        let mut gate = self.output.borrow_mut();
        let position = if wrote {
            self.position.set(self.position.get() + 1);
            let position = Position(self.position.get());
            gate.lock(position, now_ms);
            position
        } else {
            gate.rolled_back();
            Position(self.position.get())
        };
        gate.advance(position).collect()
    }

    /// Marks the instance for destruction at the end of the turn. The first reason counts.
    pub(crate) fn doom(&self, failure: Failure) {
        self.doom.borrow_mut().get_or_insert(failure);
    }
}
