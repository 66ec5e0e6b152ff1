//! Work of contexts that takes time, and the turn in which its result arrives.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use holdfast_object::Section;
use holdfast_object::input_gate::Hold;
use holdfast_web::io::{Completion, Task};

use crate::context::Context;
use crate::core::Core;
use crate::instance::Event;

/// Spawns work of a context; see [`holdfast_web::io::Io::spawn`].
pub(crate) fn spawn(core: &Rc<Core>, work: LocalBoxFuture<'static, Completion>) -> Task {
    let Some(context) = core.reader.get::<Context>() else {
        // Operations refuse to start work outside a context before they come here.
        return Task::default();
    };
    let section = context.instance().map_or(Section::ROOT, |i| i.section());
    let core = Rc::clone(core);
    let task = context.task_began();
    // Made here and not in the task, so that it counts also when the task is aborted unstarted.
    let guard = TaskGuard {
        context: Rc::clone(&context),
        task,
    };
    let owner = Rc::clone(&context);
    let handle = tokio::task::spawn_local(async move {
        let done = work.await;
        drop(guard);
        core.complete(context, section, done);
    });
    owner.task_handle(task, handle.abort_handle());
    Task::new(handle.abort_handle())
}

/// Spawns a computation of a context; see [`holdfast_web::io::Io::compute`]. An object's input gate stays closed until the
/// completion has its turn.
pub(crate) fn compute(core: &Rc<Core>, work: LocalBoxFuture<'static, Completion>) -> Task {
    let context = core.reader.get::<Context>();
    let Some(context) = context.filter(|context| {
        // A job of this object that runs in a turn of another one has no lock to share.
        let instance = context.instance();
        instance.is_some_and(|instance| instance.gate.borrow().turn_section().is_some())
    }) else {
        return spawn(core, work);
    };
    let instance = context.instance().expect("asked above");
    let hold = instance.gate.borrow_mut().hold();
    let task = context.task_began();
    let guard = TaskGuard {
        context: Rc::clone(&context),
        task,
    };
    let held = Held {
        hold: Some(hold),
        core: Rc::clone(core),
        context: Rc::clone(&context),
    };
    let handle = tokio::task::spawn_local(async move {
        let done = work.await;
        drop(guard);
        held.complete(done);
    });
    context.task_handle(task, handle.abort_handle());
    Task::new(handle.abort_handle())
}

/// The lock that a computation holds, given back also when it is aborted.
struct Held {
    /// Taken when it is given back.
    hold: Option<Hold>,
    core: Rc<Core>,
    context: Rc<Context>,
}

impl Held {
    fn complete(mut self, done: Completion) {
        if self.context.has_ended() {
            return;
        }
        let hold = self.hold.take().expect("given back once");
        let instance = self.context.instance().expect("only objects have gates");
        let released = instance
            .gate
            .borrow_mut()
            .release(hold, Event::Completion(done));
        if released.is_ok() {
            self.core.make_ready(&self.context);
        }
        self.core.run_ready();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(hold) = self.hold.take() else {
            return;
        };
        // The gate of an object that has ended admits nothing any more.
        if self.context.has_ended() {
            return;
        }
        let instance = self.context.instance().expect("only objects have gates");
        instance.gate.borrow_mut().abandon(hold);
        self.core.make_ready(&self.context);
    }
}

/// Counts a task out, also when it is aborted.
struct TaskGuard {
    context: Rc<Context>,
    task: usize,
}

impl Drop for TaskGuard {
    fn drop(&mut self) {
        self.context.task_ended(self.task);
    }
}
