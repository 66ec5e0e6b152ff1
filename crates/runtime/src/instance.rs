//! One instance of an object: its gates, its storage, what waits for it.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_engine::Global;
use holdfast_object::id::NAME_VISIBLE_BYTES_MAX;
use holdfast_object::output_gate::{Sent, Ticket};
use holdfast_object::{
    Cause, FacetPath, Flags, Generation, InputGate, OutputGate, Position, Section,
};
use holdfast_web::io::Completion;
use holdfast_web::websocket::{HostSocket, Outgoing as Frame};
use holdfast_workers::failure::Failure;
use holdfast_workers::storage::StorageHandle;
use slab::Slab;
use tokio::sync::oneshot;

use crate::alarms::AlarmEnd;
use crate::context::Context;
use crate::facets::{FacetRole, FacetStart, ShownId};
use crate::message::{Answer, Call, ObjectKey, Return};
use crate::reply::Reply;
use crate::rpc::{Outgoing, TargetCall};
use crate::section::SectionCall;

/// What waits at the input gate for a turn.
pub(crate) enum Event {
    /// Build the program's object.
    Construct,
    /// A call that was admitted.
    Call(Box<Call>),
    /// An alarm that is due.
    Alarm,
    /// The alarm's handler has ended well, and its row may be cleared now.
    AlarmSucceeded,
    /// The row of an alarm that was given up is to be cleared.
    AlarmAbandoned,
    /// A call of something that the instance exported.
    Target(TargetCall),
    /// A facet was called that needs to know its class.
    StartFacet(Rc<FacetStart>),
    /// I/O is done.
    Completion(Completion),
    /// The answer to a call this object made.
    Return(crate::calls::Waiting, Answer),
    /// Begin a critical section, or go on after it.
    Section(Rc<SectionCall>),
}

/// What waits at the output gate for writes to be durable.
pub(crate) enum Output {
    /// A call to another object, or of something elsewhere.
    Call(Outgoing),
    /// An answer to a caller.
    Return(usize, Return),
    /// The end of a run of the alarm's handler.
    Alarm(Weak<Context>, AlarmEnd),
    /// What a socket sends.
    Frame(Rc<HostSocket>, Frame),
    /// Something in Rust that waits for the gate.
    Wake(oneshot::Sender<()>),
}

/// The Rust side of an instance. Lives in its [`crate::context::Context`].
pub(crate) struct Instance {
    pub(crate) key: ObjectKey,
    pub(crate) name: Option<String>,
    pub(crate) generation: Generation,
    /// The unique key of the class whose object is at the root of its tree of facets, and where in that it is.
    pub(crate) root_class: Arc<str>,
    pub(crate) path: FacetPath,
    /// What it is, if it is a facet.
    pub(crate) facet: Option<FacetRole>,
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
    /// It is in the shard's list of open connections, and has used its own since it was last looked at.
    pub(crate) connection_listed: Cell<bool>,
    pub(crate) connection_used: Cell<bool>,
    /// The alarm's turn has begun, and its end was not reported yet.
    pub(crate) alarm_begun: Cell<bool>,
    /// The alarm that runs is to be tried again, should this instance end before it.
    pub(crate) alarm_retry: Cell<bool>,
}

impl Instance {
    /// Of an object of a namespace, whose class has this unique key.
    pub(crate) fn new(
        key: ObjectKey,
        name: Option<String>,
        generation: Generation,
        unique_key: Arc<str>,
    ) -> Instance {
        let path = FacetPath::root(key.id);
        Instance::at(key, name, generation, unique_key, path)
    }

    pub(crate) fn of_facet(role: FacetRole, generation: Generation) -> Instance {
        let facet = &role.facet;
        let path = facet.path.clone();
        let name = Some(path.to_string());
        let root_class = Arc::clone(facet.root_class());
        Instance {
            facet: Some(role.clone()),
            ..Instance::at(facet.key, name, generation, root_class, path)
        }
    }

    fn at(
        key: ObjectKey,
        name: Option<String>,
        generation: Generation,
        root_class: Arc<str>,
        path: FacetPath,
    ) -> Instance {
        Instance {
            key,
            name,
            generation,
            root_class,
            path,
            facet: None,
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
            connection_listed: Cell::new(false),
            connection_used: Cell::new(false),
            alarm_begun: Cell::new(false),
            alarm_retry: Cell::new(true),
        }
    }

    /// Its `ctx.id`.
    pub(crate) fn shown_id(&self) -> ShownId {
        match &self.facet {
            Some(role) => role.startup.id.clone(),
            None => ShownId::Object {
                hex: self.key.id.to_hex(),
                // Longer names lead to the same object, but it does not learn them (semantics §1.2).
                name: self
                    .name
                    .clone()
                    .filter(|name| name.len() <= NAME_VISIBLE_BYTES_MAX),
            },
        }
    }

    /// The properties of what callers get when its storage fails: those of a facet are told nothing more.
    pub(crate) fn storage_flags(&self) -> Flags {
        match &self.facet {
            Some(_) => Flags::default(),
            None => Cause::CommitFailed.flags(),
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
        // What it says after that becomes the news of its end.
        let is_doomed = self.doom.borrow().is_some();
        if is_doomed
            || self.storage.get().is_some_and(|storage| {
                storage.database().in_transaction() && storage.has_confirmed()
            })
        {
            gate.write(now_ms);
        }
        match gate.send(output) {
            Sent::Leave(output) => Some(output),
            Sent::Held => None,
            Sent::Refused(_) => None,
        }
    }

    /// Whether output sent now would have to wait.
    pub(crate) fn holds_output(&self, now_ms: u64) -> bool {
        let mut gate = self.output.borrow_mut();
        if self
            .storage
            .get()
            .is_some_and(|storage| storage.database().in_transaction() && storage.has_confirmed())
        {
            gate.write(now_ms);
        }
        gate.ticket() != Ticket::Free
    }

    /// A confirmed write was committed: output waits for the log to reach `position`.
    pub(crate) fn lock(&self, position: Position, now_ms: u64) {
        self.output.borrow_mut().lock(position, now_ms);
    }

    /// The turn has ended without a commit that output must wait for: what may leave now, in order.
    pub(crate) fn unlock(&self) -> Vec<Output> {
        let mut gate = self.output.borrow_mut();
        gate.rolled_back();
        gate.advance(Position::START).collect()
    }

    /// The log is durable up to `durable`: what may leave now, in order.
    pub(crate) fn advance(&self, durable: Position) -> Vec<Output> {
        self.output.borrow_mut().advance(durable).collect()
    }

    /// Marks the instance for destruction at the end of the turn. The first reason counts.
    pub(crate) fn doom(&self, failure: Failure) {
        self.doom.borrow_mut().get_or_insert(failure);
    }
}
