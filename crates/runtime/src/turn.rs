//! One turn: entry, microtasks, rejections, commit, output.

use std::rc::Rc;

use holdfast_engine::{Scope, Thrown};
use holdfast_object::{Cause, Flags, Position};
use holdfast_storage::Commit;
use holdfast_web::io::Level;
use holdfast_workers::failure::Failure;

use crate::context::{Context, Kind};
use crate::core::Core;
use crate::instance::Event;
use crate::io::source_of;
use crate::message::Answer;
use crate::program::{Entries, error_text};

/// What ended a turn before its time.
enum Ended {
    Cpu,
    Memory,
    /// A bug of the runtime itself.
    Panic(String),
    /// The program asked for it; the reason is in the instance's doom or in the context.
    Aborted,
}

impl Core {
    /// Runs `f` and all that follows from it as one turn of `context`.
    pub(crate) fn turn(
        self: &Rc<Self>,
        context: &Rc<Context>,
        f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<(), Thrown>,
    ) {
        assert!(!self.is_turning(), "turns do not nest");
        self.set_turning(true);
        self.turns.set(self.turns.get() + 1);
        self.at_log.before_turn();
        self.job_context.replace(Some(Rc::clone(context)));
        let program = Rc::clone(&context.program);
        let mut ended = Vec::new();
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.runtime.enter(&program.realm, |scope| {
                scope.with_cpu_limit(program.cpu_limit, |scope| {
                    if let Some(end) = run_entry(scope, context, &program.entries, f) {
                        context.silence();
                        ended.push((Rc::clone(context), end));
                    }
                    self.run_jobs(scope, &program.entries, &mut ended);
                });
            });
        }));
        if ran.is_err() {
            crate::core::give_up();
        }
        self.job_context.take();
        self.set_turning(false);
        self.flush_outbox();
        for (offender, end) in ended {
            self.turn_ended_early(&offender, end);
        }
        self.settle(context);
        let visited = std::mem::take(&mut *self.visited.borrow_mut());
        for other in visited {
            if !Rc::ptr_eq(&other, context) {
                self.settle(&other);
            }
        }
    }

    /// Runs microtasks and reports rejections until there is nothing left of either.
    fn run_jobs(
        &self,
        scope: &mut Scope<'_>,
        entries: &Entries,
        ended: &mut Vec<(Rc<Context>, Ended)>,
    ) {
        loop {
            let report = scope.run_jobs(&mut |scope| {
                if let Some(end) = uncaught(scope, entries) {
                    self.job_ended(end, ended);
                }
            });
            if report.terminated {
                let end = end_of(scope);
                self.job_ended(end, ended);
                continue;
            }
            let events = scope.take_rejections();
            if events.is_empty() {
                return;
            }
            for event in events {
                scope.nest(|scope| {
                    if report_rejection(scope, entries, &event).is_err()
                        && scope.try_take_exception().is_none()
                    {
                        let end = end_of(scope);
                        self.job_ended(end, ended);
                    }
                });
            }
        }
    }

    /// A job was ended early. Its context is silenced, so that its other jobs are dropped; those of
    /// others go on.
    fn job_ended(&self, end: Ended, ended: &mut Vec<(Rc<Context>, Ended)>) {
        if let Some(context) = self.job_context.borrow().clone() {
            context.silence();
            ended.push((context, end));
        }
    }

    /// Whether jobs of a context may run; remembers whose job it is. Called before each job.
    pub(crate) fn may_run(&self, data: &holdfast_engine::ContextData) -> bool {
        let Some(context) = data.downcast_ref::<Context>() else {
            return true;
        };
        if context.has_ended() {
            return false;
        }
        let mut current = self.job_context.borrow_mut();
        let is_current = current
            .as_ref()
            .is_some_and(|now| std::ptr::eq(Rc::as_ptr(now), context));
        if !is_current && let Ok(context) = Rc::clone(data).downcast::<Context>() {
            self.visited.borrow_mut().push(Rc::clone(&context));
            current.replace(context);
        }
        true
    }

    /// One turn of an object.
    pub(crate) fn object_turn(self: &Rc<Self>, context: &Rc<Context>, event: Event) {
        match event {
            Event::Construct => self.construct(context),
            Event::Call(call) => self.start_call(context, *call),
            Event::Alarm => self.start_alarm(context),
            Event::AlarmSucceeded => self.turn(context, |_| {
                self.alarm_succeeded(context);
                Ok(())
            }),
            Event::AlarmAbandoned => self.turn(context, |_| {
                let instance = context.instance().expect("an object's context");
                self.clear_abandoned(instance);
                instance.answered.set(instance.answered.get() + 1);
                Ok(())
            }),
            Event::Target(call) => self.serve_target(context, call),
            Event::StartFacet(start) => {
                self.turn(context, |scope| crate::start::facet(scope, context, start));
            }
            Event::Completion(done) => self.turn(context, |scope| done(scope)),
            Event::Return(waiting, answer) => {
                self.turn(context, |scope| waiting.settle(scope, answer));
            }
            Event::Section(call) => {
                let starts = call.outcome.borrow().is_none();
                self.turn(context, |scope| {
                    if starts {
                        crate::start::section(scope, context, &call)
                    } else {
                        call.settle(scope)
                    }
                });
            }
        }
    }

    fn turn_ended_early(&self, context: &Rc<Context>, ended: Ended) {
        let doomed = context
            .instance()
            .is_some_and(|instance| instance.doom.borrow().is_some());
        let failure = match ended {
            Ended::Cpu => Failure::of(Cause::CpuExceeded),
            Ended::Memory => {
                // What filled the heap may be the realm's own: only a new one is sure to be empty.
                let worker = context.program.plan.worker;
                self.condemned.borrow_mut().insert(worker);
                Failure::of(Cause::MemoryExceeded)
            }
            Ended::Aborted if doomed => return,
            Ended::Aborted => {
                let exit = context.exit.take();
                if let Some(text) = &exit {
                    self.fail_session(context, text);
                }
                let text = exit.as_deref().unwrap_or(
                    "internal error; reference = execution was ended for no known reason",
                );
                Failure::with_message(text, Cause::Aborted.flags())
            }
            Ended::Panic(message) => {
                tracing::error!(%message, "a bug in Holdfast ended a turn");
                Failure::with_message(
                    &format!("internal error; reference = {message}"),
                    Cause::Aborted.flags(),
                )
            }
        };
        match context.instance() {
            Some(instance) => instance.doom(failure),
            None => {
                let text = match &*failure.text {
                    "Durable Object exceeded its CPU time limit and was reset." => {
                        "Worker exceeded CPU time limit."
                    }
                    "Durable Object's isolate exceeded its memory limit and was reset." => {
                        "Worker exceeded memory limit."
                    }
                    other => other,
                };
                let source = source_of(Some(context));
                self.log.console(Level::Error, &source, text);
                self.end_context(context);
            }
        }
    }

    /// Commits what the turn wrote, lets its output out, and sees to what the turn has decided.
    pub(crate) fn settle(self: &Rc<Self>, context: &Rc<Context>) {
        match &context.kind {
            Kind::Event { answered, .. } => {
                if answered.get() {
                    self.event_goes_on(context);
                } else if !context.is_busy() && !context.rpc.is_held() && !context.has_ended() {
                    // Nothing can happen any more that would make it answer.
                    self.hung(context);
                }
            }
            Kind::Object(instance) => {
                if instance.doom.borrow().is_none() && !context.has_ended() {
                    self.commit(context);
                }
                let doom = instance.doom.borrow_mut().take();
                match doom {
                    Some(failure) => self.instance_failed(context, failure),
                    None => self.report_activity(context),
                }
            }
        }
    }

    pub(crate) fn commit(self: &Rc<Self>, context: &Rc<Context>) {
        let instance = context.instance().expect("only objects commit");
        let Some(storage) = instance.storage.get() else {
            return;
        };
        let confirmed = storage.take_confirmed();
        match storage.database().commit() {
            Ok(Some(commit)) if confirmed => self.committed(context, commit),
            Ok(commit) => {
                if let Some(commit) = &commit {
                    self.alarm_committed(instance, commit);
                }
                for output in instance.unlock() {
                    self.release(output);
                }
            }
            // Nothing that the program did.
            Err(_) if self.at_log.store().log().has_failed() => {
                instance.doom(crate::durable::journal_failure(self.at_log.store()));
            }
            Err(error) => instance.doom(Failure {
                flags: instance.storage_flags(),
                ..crate::storage::storage_failure(&error)
            }),
        }
        self.connection_used(context);
    }

    /// A commit that output must wait for was made.
    pub(crate) fn committed(&self, context: &Rc<Context>, commit: Commit) {
        let instance = context.instance().expect("only objects commit");
        self.alarm_committed(instance, &commit);
        let position = Position(commit.position().0);
        instance.lock(position, self.now_ms());
        self.await_durable(context, position);
    }

    fn hung(&self, context: &Rc<Context>) {
        const TEXT: &str = "The Workers runtime canceled this request because it detected that your Worker's code had \
             hung and would never generate a response. Refer to: \
             https://developers.cloudflare.com/workers/observability/errors/";
        let source = source_of(Some(context));
        self.log.console(Level::Error, &source, TEXT);
        self.fail_session(context, TEXT);
        self.end_context(context);
    }

    /// Fails a call that never got to the program.
    pub(crate) fn refuse(&self, call: crate::message::Call, failure: Failure) {
        if let crate::message::CallKind::Method(method) = call.kind {
            let mut waiting = Vec::new();
            crate::rpc::callers(method.then, &mut waiting);
            for from in waiting {
                self.fail_call(from, failure.clone(), None);
            }
        }
        self.fail_call(call.from, failure, None);
    }
}

fn run_entry(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    entries: &Entries,
    f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<(), Thrown>,
) -> Option<Ended> {
    let result = scope.nest(|scope| {
        let frame = context.frame(scope)?;
        scope.in_context_of(frame, f)
    });
    match result {
        Ok(()) => None,
        Err(Thrown) => uncaught(scope, entries),
    }
}

/// The exception that escaped is reported; if there is none, execution was ended.
fn uncaught(scope: &mut Scope<'_>, entries: &Entries) -> Option<Ended> {
    let Some(error) = scope.try_take_exception() else {
        return Some(end_of(scope));
    };
    let function = scope.local(&entries.report_exception);
    let nothing = scope.undefined();
    match scope.call(function, nothing, &[error]) {
        Ok(_) => None,
        Err(Thrown) if scope.try_take_exception().is_some() => None,
        Err(Thrown) => Some(end_of(scope)),
    }
}

fn end_of(scope: &mut Scope<'_>) -> Ended {
    if let Some(panic) = scope.take_panic() {
        Ended::Panic(panic)
    } else if scope.take_memory_overrun() {
        Ended::Memory
    } else if scope.take_cpu_overrun() {
        Ended::Cpu
    } else {
        Ended::Aborted
    }
}

fn report_rejection(
    scope: &mut Scope<'_>,
    entries: &Entries,
    event: &holdfast_engine::RejectionEvent,
) -> Result<(), Thrown> {
    let promise = scope.local(&event.promise);
    let reason = scope.promise_result(promise);
    let nothing = scope.undefined();
    let run = |scope: &mut Scope<'_>| {
        if event.handled {
            let function = scope.local(&entries.rejection_handled);
            return scope.call(function, nothing, &[reason, promise]).map(drop);
        }
        let function = scope.local(&entries.unhandled_rejection);
        let heard = scope.call(function, nothing, &[reason, promise])?;
        if heard.as_bool() != Some(true) {
            let text = error_text(scope, reason);
            scope
                .state::<holdfast_web::io::Host>()
                .console(Level::Error, &format!("Uncaught (in promise) {text}"));
        }
        Ok(())
    };
    match &event.context {
        Some(frame) => scope.in_context(frame, |scope| run(scope)),
        None => run(scope),
    }
}

/// An answer that says how an instance ended.
pub(crate) fn failed(failure: &Failure) -> Answer {
    Answer::Failed(failure.clone())
}

/// Flags of an error thrown by a handler, with those the error itself asks for.
pub(crate) fn thrown_flags(bits: i32) -> Flags {
    Flags {
        remote: true,
        retryable: bits & 2 != 0,
        overloaded: bits & 4 != 0,
        durable_object_reset: false,
    }
}
