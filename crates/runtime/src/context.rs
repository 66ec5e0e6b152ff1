//! On whose behalf JavaScript runs: one event of the stateless Worker, or one instance of an object.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use holdfast_engine::{Global, JsResult, Scope};
use holdfast_web::body::OpenBodies;
use holdfast_web::ops::Timers;
use holdfast_web::websocket::OpenSockets;
use slab::Slab;
use tokio::task::AbortHandle;

use crate::instance::Instance;
use crate::message::CallId;
use crate::program::Program;
use crate::reply::Reply;
use crate::rpc::RpcContext;

/// A context. It ends once: then its work is dropped, and no JavaScript of it runs any more.
pub(crate) struct Context {
    /// The program it runs; a reload leaves contexts of the old one to their end.
    pub(crate) program: Rc<Program>,
    pub(crate) timers: Rc<Timers>,
    pub(crate) bodies: Rc<OpenBodies>,
    pub(crate) sockets: Rc<OpenSockets>,
    pub(crate) kind: Kind,
    pub(crate) rpc: RpcContext,
    /// The engine's side of this context. It owns an Rc of this, so it is let go when the context ends.
    frame: RefCell<Option<Global>>,
    tasks: RefCell<Slab<Option<AbortHandle>>>,
    /// Spawned work and outgoing calls under way.
    waiting: Cell<u32>,
    /// `waitUntil` promises that are pending.
    background: Cell<u32>,
    /// It is in the queue of those whose time after the answer runs.
    watched: Cell<bool>,
    /// Numbers of its calls in the shard's table.
    calls: RefCell<Vec<CallId>>,
    /// What the program said when it ended this context itself.
    pub(crate) exit: RefCell<Option<String>>,
    ended: Cell<bool>,
}

/// What the context belongs to.
pub(crate) enum Kind {
    /// One request to the Worker.
    Event {
        /// Its answer was given.
        answered: Cell<bool>,
        /// Whom to let go when the context ends without an answer.
        reply: RefCell<Option<Rc<Reply>>>,
        /// Its place among the requests under way.
        key: Cell<Option<usize>>,
    },
    /// An object.
    Object(Box<Instance>),
}

impl Context {
    pub(crate) fn new(program: Rc<Program>, kind: Kind) -> Rc<Context> {
        Rc::new(Context {
            program,
            timers: Rc::default(),
            bodies: Rc::default(),
            sockets: Rc::default(),
            kind,
            rpc: RpcContext::default(),
            frame: RefCell::new(None),
            tasks: RefCell::new(Slab::new()),
            waiting: Cell::new(0),
            background: Cell::new(0),
            watched: Cell::new(false),
            calls: RefCell::new(Vec::new()),
            exit: RefCell::new(None),
            ended: Cell::new(false),
        })
    }

    /// The instance, if this is an object's context.
    pub(crate) fn instance(&self) -> Option<&Instance> {
        match &self.kind {
            Kind::Object(instance) => Some(instance),
            Kind::Event { .. } => None,
        }
    }

    /// The engine's side of this context, made on first use.
    pub(crate) fn frame<'s>(self: &Rc<Self>, scope: &mut Scope<'s>) -> JsResult<'s> {
        let mut frame = self.frame.borrow_mut();
        let frame = match &mut *frame {
            Some(frame) => frame,
            none => {
                let data = Rc::clone(self) as Rc<dyn std::any::Any>;
                none.insert(scope.new_context(data)?)
            }
        };
        Ok(scope.local(frame))
    }

    /// Counts work of this context, which is dropped when the context ends.
    pub(crate) fn task_began(&self) -> usize {
        self.waiting.set(self.waiting.get() + 1);
        self.tasks.borrow_mut().insert(None)
    }

    /// How to drop it.
    pub(crate) fn task_handle(&self, task: usize, handle: AbortHandle) {
        if self.has_ended() {
            handle.abort();
        }
        if let Some(slot) = self.tasks.borrow_mut().get_mut(task) {
            *slot = Some(handle);
        }
    }

    pub(crate) fn task_ended(&self, task: usize) {
        self.waiting.set(self.waiting.get() - 1);
        self.tasks.borrow_mut().try_remove(task);
    }

    /// A turn of this context waits for its place.
    pub(crate) fn turn_waits(&self) {
        self.waiting.set(self.waiting.get() + 1);
    }

    pub(crate) fn turn_begins(&self) {
        self.waiting.set(self.waiting.get() - 1);
    }

    /// A call went out.
    pub(crate) fn call_began(&self, call: CallId) {
        self.waiting.set(self.waiting.get() + 1);
        self.calls.borrow_mut().push(call);
    }

    /// Its answer came.
    pub(crate) fn call_ended(&self, call: CallId) {
        self.waiting.set(self.waiting.get() - 1);
        let mut calls = self.calls.borrow_mut();
        if let Some(index) = calls.iter().position(|known| *known == call) {
            calls.swap_remove(index);
        }
    }

    /// Its calls that are not answered, the newest last as long as none was answered out of turn.
    pub(crate) fn open_calls(&self) -> Vec<CallId> {
        self.calls.borrow().clone()
    }

    /// The calls that nobody waits for any more, when the context has ended.
    pub(crate) fn take_calls(&self) -> Vec<CallId> {
        std::mem::take(&mut self.calls.borrow_mut())
    }

    pub(crate) fn background_began(&self) {
        self.background.set(self.background.get() + 1);
    }

    pub(crate) fn background_ended(&self) {
        self.background.set(self.background.get().saturating_sub(1));
    }

    /// Something is under way that an idle clock must wait for.
    pub(crate) fn is_busy(&self) -> bool {
        self.waiting.get() > 0 || self.background.get() > 0
    }

    /// Somebody outside is connected to it: a body that it feeds, a socket that it listens to.
    pub(crate) fn has_streams(&self) -> bool {
        self.bodies.open() > 0 || self.sockets.active() > 0
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// A `waitUntil` promise is pending.
    pub(crate) fn has_background(&self) -> bool {
        self.background.get() > 0
    }

    /// Somebody reads a body that it feeds, is connected to it, or refers to something in what it has answered.
    pub(crate) fn is_in_use(&self) -> bool {
        self.has_streams() || (self.rpc.is_session.get() && self.rpc.is_held())
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.watched.get()
    }

    pub(crate) fn set_watched(&self) {
        self.watched.set(true);
    }

    /// Stops JavaScript of this context: jobs of it are dropped from now on.
    pub(crate) fn silence(&self) {
        self.ended.set(true);
    }

    /// Ends the context: its timers, fetches and other work are dropped.
    pub(crate) fn end(&self) {
        self.ended.set(true);
        self.frame.take();
        self.timers.clear();
        self.bodies.fail_all();
        self.sockets.disconnect_all();
        if let Kind::Event { reply, .. } = &self.kind
            && let Some(reply) = reply.take()
        {
            reply.abandon();
        }
        // Each takes itself out of the table when it is dropped, which is later.
        for (_, handle) in &*self.tasks.borrow() {
            if let Some(handle) = handle {
                handle.abort();
            }
        }
    }
}
