//! A shard: what one thread owns, and how its turns follow each other.
//!
//! JavaScript runs in turns, never one inside another: whoever wants a turn while one is running is
//! queued in `ready` and gets it when the running one is over, before the thread does anything else. A
//! call between two objects of a shard therefore takes two short queues and no system call.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_engine::{ContextReader, Runtime};
use holdfast_object::{Admitted, Generation};
use holdfast_web::io::Completion;
use holdfast_workers::failure::Failure;
use slab::Slab;
use tokio::sync::{Notify, mpsc};

use crate::alarms::Alarms;
use crate::app::{Log, NodeOptions};
use crate::calls::Waiting;
use crate::connections::Connections;
use crate::context::{Context, Kind};
use crate::durable::{AtLog, Flushes};
use crate::instance::{Event, Output};
use crate::message::{Answer, Call, CallId, CallRef, Message, ObjectKey, Return};
use crate::objects::Object;
use crate::program::Program;
use crate::programs::Programs;
use crate::router::Router;
use crate::rpc::{RpcShard, TargetCall};
use crate::section::{SECTION_MS_MAX, SectionCall};

/// Turns that may follow each other before the thread looks at its sockets again.
const TURNS_IN_A_ROW_MAX: usize = 256;

/// The shard's side of everything. One per thread.
pub(crate) struct Core {
    pub(crate) index: usize,
    pub(crate) runtime: Runtime,
    pub(crate) reader: ContextReader,
    pub(crate) options: NodeOptions,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) router: Arc<dyn Router>,
    pub(crate) shards: Vec<mpsc::UnboundedSender<Message>>,
    pub(crate) at_log: AtLog,
    pub(crate) connections: Connections,
    pub(crate) programs: Programs,
    /// Loaded, and waiting for the other shards to have loaded them too.
    pub(crate) prepared: RefCell<Vec<Rc<Program>>>,
    pub(crate) objects: RefCell<HashMap<ObjectKey, Rc<Object>>>,
    /// The highest generation of any object that is not in `objects` any more.
    pub(crate) last_generation: Cell<Generation>,
    pub(crate) deadlines: RefCell<BTreeSet<(u64, ObjectKey)>>,
    pub(crate) alarms: Alarms,
    pub(crate) calls: RefCell<Slab<Waiting>>,
    pub(crate) next_serial: Cell<u64>,
    pub(crate) rpc: RpcShard,
    /// Programs that were replaced, with their realms, until their last context has ended.
    pub(crate) old_programs: RefCell<Vec<(Weak<Program>, holdfast_engine::Realm)>>,
    /// Requests to the Worker that have not ended.
    pub(crate) events: RefCell<Slab<Weak<Context>>>,
    /// Contexts that were answered and have work left, and sections under way, by their deadlines;
    /// both wait equally long each, so the oldest is first.
    pub(crate) answered: RefCell<VecDeque<(u64, Weak<Context>)>>,
    pub(crate) sections: RefCell<VecDeque<LateSection>>,
    /// The heap is full: the realms of these Workers must go.
    pub(crate) condemned: RefCell<BTreeSet<usize>>,
    pub(crate) wake: Notify,
    ready: RefCell<VecDeque<Ready>>,
    /// Messages of the shard to itself, which need no channel.
    local: RefCell<VecDeque<Message>>,
    turning: Cell<bool>,
    /// Turns run so far.
    pub(crate) turns: Cell<u64>,
    draining: Cell<bool>,
    /// Contexts other than the turn's own whose jobs ran in the turn.
    pub(crate) visited: RefCell<Vec<Rc<Context>>>,
    /// Whose job runs, or whose turn it is.
    pub(crate) job_context: RefCell<Option<Rc<Context>>>,
    pub(crate) requests: Cell<usize>,
    pub(crate) idle: Notify,
}

/// A critical section under way, and when it is too late for it.
pub(crate) struct LateSection {
    pub(crate) deadline_ms: u64,
    pub(crate) context: Weak<Context>,
    pub(crate) call: Weak<SectionCall>,
}

/// Something that wants a turn.
enum Ready {
    /// An object whose input gate may have something to admit.
    Object(Rc<Context>),
    /// A completion for a request to the Worker.
    Event(Rc<Context>, EventTurn),
}

pub(crate) enum EventTurn {
    Completion(Completion),
    Return(Waiting, Answer),
    Target(TargetCall),
}

/// What a core is made of.
pub(crate) struct Parts {
    pub(crate) index: usize,
    pub(crate) runtime: Runtime,
    pub(crate) options: NodeOptions,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) router: Arc<dyn Router>,
    pub(crate) shards: Vec<mpsc::UnboundedSender<Message>>,
    pub(crate) flushes: Arc<Flushes>,
}

impl Core {
    pub(crate) fn new(parts: Parts) -> Rc<Core> {
        let core = Rc::new(Core::from_parts(parts));
        let weak = Rc::downgrade(&core);
        core.runtime
            .set_job_filter(move |data| weak.upgrade().is_none_or(|core| core.may_run(data)));
        core
    }

    fn from_parts(parts: Parts) -> Core {
        let Parts {
            index,
            runtime,
            options,
            log,
            router,
            shards,
            flushes,
        } = parts;
        Core {
            at_log: AtLog::new(flushes, shards[index].clone()),
            connections: Connections::default(),
            index,
            reader: runtime.context_reader(),
            runtime,
            options,
            log,
            router,
            shards,
            programs: Programs::default(),
            prepared: RefCell::default(),
            objects: RefCell::new(HashMap::new()),
            last_generation: Cell::new(Generation(0)),
            deadlines: RefCell::default(),
            alarms: Alarms::default(),
            calls: RefCell::new(Slab::new()),
            next_serial: Cell::new(0),
            rpc: RpcShard::default(),
            old_programs: RefCell::default(),
            events: RefCell::new(Slab::new()),
            answered: RefCell::new(VecDeque::new()),
            sections: RefCell::new(VecDeque::new()),
            condemned: RefCell::default(),
            wake: Notify::new(),
            ready: RefCell::new(VecDeque::new()),
            local: RefCell::new(VecDeque::new()),
            turning: Cell::new(false),
            turns: Cell::new(0),
            draining: Cell::new(false),
            visited: RefCell::new(Vec::new()),
            job_context: RefCell::new(None),
            requests: Cell::new(0),
            idle: Notify::new(),
        }
    }

    /// Milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| now.as_millis() as u64)
    }

    pub(crate) fn is_turning(&self) -> bool {
        self.turning.get()
    }

    pub(crate) fn set_turning(&self, turning: bool) {
        self.turning.set(turning);
    }

    // --- turns that follow each other -------------------------------------------------------------

    /// Gives an object that may have something to run its place in the queue.
    pub(crate) fn make_ready(&self, context: &Rc<Context>) {
        let instance = context.instance().expect("only objects have gates");
        if !instance.listed.replace(true) {
            self.ready
                .borrow_mut()
                .push_back(Ready::Object(Rc::clone(context)));
        }
    }

    /// A turn that waits for its place counts as work under way: the request is not at its end.
    pub(crate) fn make_event_ready(&self, context: &Rc<Context>, turn: EventTurn) {
        context.turn_waits();
        self.ready
            .borrow_mut()
            .push_back(Ready::Event(Rc::clone(context), turn));
    }

    /// Work of a context is done.
    pub(crate) fn complete(
        self: &Rc<Self>,
        context: Rc<Context>,
        section: holdfast_object::Section,
        done: Completion,
    ) {
        if context.has_ended() {
            return;
        }
        match context.instance() {
            Some(instance) => {
                let refused = instance
                    .gate
                    .borrow_mut()
                    .event(section, Event::Completion(done));
                if refused.is_ok() {
                    self.make_ready(&context);
                }
            }
            None => {
                self.make_event_ready(&context, EventTurn::Completion(done));
            }
        }
        // Whoever holds a context while turns run keeps a realm in memory that may have to make room in one of them.
        drop(context);
        self.run_ready();
    }

    /// Is there something to run?
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.borrow().is_empty()
            || !self.local.borrow().is_empty()
            || !self.condemned.borrow().is_empty()
    }

    /// Runs what is ready, unless a turn is running, which will do it at its end.
    pub(crate) fn run_ready(self: &Rc<Self>) {
        if self.turning.get() || self.draining.replace(true) {
            return;
        }
        let drained = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.drain_ready()));
        if drained.is_err() {
            give_up();
        }
        self.draining.set(false);
        if self.has_ready() {
            self.wake.notify_one();
        }
    }

    fn drain_ready(self: &Rc<Self>) {
        for _ in 0..TURNS_IN_A_ROW_MAX {
            // Before anything else runs: the next turn would find the heap as full.
            let condemned = self.condemned.take();
            if !condemned.is_empty() {
                self.renew_programs(condemned);
            }
            let message = self.local.borrow_mut().pop_front();
            if let Some(message) = message {
                self.receive(message);
                continue;
            }
            let next = self.ready.borrow_mut().pop_front();
            match next {
                Some(Ready::Object(context)) => self.run_object(&context),
                Some(Ready::Event(context, turn)) => self.run_event(&context, turn),
                None => break,
            }
        }
    }

    /// One turn of an object, if its gate admits one.
    fn run_object(self: &Rc<Self>, context: &Rc<Context>) {
        let instance = context.instance().expect("only objects have gates");
        instance.listed.set(false);
        let Some(admitted) = instance.gate.borrow_mut().next() else {
            return;
        };
        let event = match admitted {
            Admitted::Event { token, .. } | Admitted::SectionDone { token, .. } => token,
            Admitted::SectionStart { section, token } => {
                if let Event::Section(call) = &token {
                    call.section.set(Some(section));
                    self.watch_section(context, call);
                }
                token
            }
        };
        self.object_turn(context, event);
        let mut gate = instance.gate.borrow_mut();
        if gate.is_broken() {
            return;
        }
        gate.turn_ended();
        let more = gate.waiting() > 0 || !gate.is_idle();
        drop(gate);
        if more {
            self.make_ready(context);
        }
    }

    fn run_event(self: &Rc<Self>, context: &Rc<Context>, turn: EventTurn) {
        context.turn_begins();
        if context.has_ended() {
            self.missed(turn);
            return;
        }
        match turn {
            EventTurn::Target(call) => self.serve_target(context, call),
            EventTurn::Completion(done) => self.turn(context, |scope| done(scope)),
            EventTurn::Return(waiting, answer) => {
                self.turn(context, |scope| waiting.settle(scope, answer));
            }
        }
    }

    /// A section has started: it may take its time, but not for ever.
    fn watch_section(&self, context: &Rc<Context>, call: &Rc<SectionCall>) {
        self.sections.borrow_mut().push_back(LateSection {
            deadline_ms: self.now_ms() + SECTION_MS_MAX,
            context: Rc::downgrade(context),
            call: Rc::downgrade(call),
        });
    }

    // --- calls ------------------------------------------------------------------------------------

    /// Lets output of a context go through its gate and, when it may, on its way. Says whether the gate
    /// held it.
    pub(crate) fn send_from(&self, context: &Rc<Context>, output: Output) -> bool {
        let output = match context.instance() {
            Some(instance) => instance.send(output, self.now_ms()),
            None => Some(output),
        };
        let held = output.is_none();
        if let Some(output) = output {
            self.release(output);
        }
        held
    }

    /// The gate has let this out.
    pub(crate) fn release(&self, output: Output) {
        match output {
            Output::Call(call) => self.send_call(call),
            Output::Return(shard, answer) => self.send_return(shard, answer),
            Output::Frame(socket, what) => socket.let_out(what),
            // Whoever waited may have gone.
            Output::Wake(sender) => drop(sender.send(())),
            Output::Alarm(context, end) => self.alarm_reported(&context, end),
        }
    }

    pub(crate) fn route(&self, call: Call) {
        let owner = self.router.owner(&call.key);
        self.send_message(owner, Message::Call(call));
    }

    pub(crate) fn send_message(&self, shard: usize, message: Message) {
        if shard == self.index {
            self.inbox_local(message);
        } else {
            self.send_to(shard, message);
        }
    }

    pub(crate) fn send_return(&self, shard: usize, answer: Return) {
        self.send_message(shard, Message::Return(answer));
    }

    fn send_to(&self, shard: usize, message: Message) {
        // A shard that has stopped answers nobody; its callers stop with it.
        let _ = self.shards[shard].send(message);
    }

    /// Taken in right after the turn that is running.
    pub(crate) fn inbox_local(&self, message: Message) {
        self.local.borrow_mut().push_back(message);
    }

    /// Takes in a message; [`Core::run_ready`] then runs what it made ready.
    pub(crate) fn receive(self: &Rc<Self>, message: Message) {
        match message {
            Message::Call(call) => self.arrive(call),
            Message::Return(answer) => self.returned(answer),
            Message::Durable => self.durable_moved(),
            Message::LogFailed => self.log_failed(),
            Message::AlarmAbandoned(key) => self.arrive_abandoned(&key),
            Message::Target(call) => self.arrive_target(call),
            Message::Service(call) => self.start_service(call),
            Message::Release(at) => self.released(at),
            Message::Control(control) => crate::node::control(self, control),
        }
    }

    /// An answer has come for a call of this shard.
    pub(crate) fn returned(self: &Rc<Self>, answer: Return) {
        let Return {
            call,
            answer,
            generation,
        } = answer;
        let Some(waiting) = self.take_call(call) else {
            return;
        };
        if let Some(stub) = waiting
            .channel
            .as_ref()
            .and_then(|channel| channel.object())
        {
            stub.answered(generation, &answer);
        }
        let context = Rc::clone(&waiting.context);
        context.call_ended(call);
        if context.has_ended() {
            return;
        }
        match context.instance() {
            Some(instance) => {
                let section = waiting.section;
                let event = Event::Return(waiting, answer);
                if instance.gate.borrow_mut().event(section, event).is_ok() {
                    self.make_ready(&context);
                }
            }
            None => {
                self.make_event_ready(&context, EventTurn::Return(waiting, answer));
            }
        }
    }

    /// Enters a call into the table of those that wait.
    pub(crate) fn add_call(&self, make: impl FnOnce(u64) -> Waiting) -> CallId {
        let serial = self.next_serial.get();
        self.next_serial.set(serial + 1);
        CallId {
            slot: self.calls.borrow_mut().insert(make(serial)),
            serial,
        }
    }

    fn take_call(&self, call: CallId) -> Option<Waiting> {
        let mut calls = self.calls.borrow_mut();
        if calls.get(call.slot)?.serial != call.serial {
            return None; // the caller ended meanwhile, and another call has its place
        }
        calls.try_remove(call.slot)
    }

    /// Ends a context, and forgets the answers that it waited for.
    pub(crate) fn end_context(&self, context: &Context) {
        self.close_rpc(context);
        context.end();
        for call in context.take_calls() {
            self.take_call(call);
        }
        if let Kind::Event { key, .. } = &context.kind
            && let Some(key) = key.take()
        {
            self.events.borrow_mut().try_remove(key);
        }
    }

    /// Ends all requests under way in a Worker; their clients get status 500.
    pub(crate) fn end_events(&self, worker: usize) {
        let events: Vec<_> = self
            .events
            .borrow()
            .iter()
            .filter_map(|(_, event)| event.upgrade())
            .filter(|context| context.program.plan.worker == worker)
            .collect();
        for context in events {
            self.end_context(&context);
        }
    }

    /// Fails a call with `failure`.
    pub(crate) fn fail_call(
        &self,
        from: CallRef,
        failure: Failure,
        generation: Option<Generation>,
    ) {
        let answer = Return {
            call: from.call,
            answer: Answer::Failed(failure),
            generation,
        };
        self.send_return(from.shard, answer);
    }
}

/// A bug of ours has left a shard in a state that nobody knows. What was confirmed is on disk, and the
/// next start goes on from there; serving on could break a promise.
pub(crate) fn give_up() -> ! {
    eprintln!("holdfast: a bug has stopped a shard (see the panic above); the process ends");
    std::process::exit(70);
}
