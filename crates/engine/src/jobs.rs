//! The microtask queue: who is asked when a job is queued, and how it is drained.

use mozjs::glue::{CreateJobQueue, DeleteJobQueue, JobQueueTraps, RustJobQueue};
use mozjs::jsapi::{
    ClearKeptObjects, CurrentGlobalOrNull, DequeueNextRegularMicroTask,
    GetExecutionGlobalFromJSMicroTask, HasRegularMicroTasks, JS_IsExceptionPending, JSContext,
    JSMicroTask, JSObject, JSTracer, JobQueueIsEmpty, JobQueueMayNotBeEmpty,
    MaybeGetHostDefinedDataFromJSMicroTask, MutableHandle, RunJSMicroTask, SetJobQueue,
    ToUnwrappedJSMicroTask, Value,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;

use crate::context::CurrentContext;
use crate::realm::EnteredRealm;
use crate::runtime::Inner;
use crate::scope::Scope;

static TRAPS: JobQueueTraps = JobQueueTraps {
    getHostDefinedData: Some(host_defined_data),
    getHostDefinedGlobal: Some(host_defined_global),
    runJobs: Some(run_jobs),
    traceNonGCThingMicroTask: Some(trace_task),
};

/// The object through which a context asks about jobs; it must outlive the context.
pub(crate) struct Queue(*mut RustJobQueue);

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: made by `install`, deleted once, after the context (see `Runtime`'s fields).
        unsafe { DeleteJobQueue(self.0) };
    }
}

/// # Safety
/// `cx` must be a live context without a job queue, and the result must be dropped after it.
pub(crate) unsafe fn install(cx: *mut JSContext) -> Queue {
    // SAFETY: TRAPS is static, and the rest is as the caller promises.
    unsafe {
        let queue = CreateJobQueue(&TRAPS);
        SetJobQueue(cx, queue.cast());
        Queue(queue)
    }
}

/// Called when a reaction is made: the job will run in the context that is current now.
unsafe extern "C" fn host_defined_data(
    cx: *mut JSContext,
    global: MutableHandle<*mut JSObject>,
    data: MutableHandle<*mut JSObject>,
) -> bool {
    // SAFETY: `cx` is live; both handles are rooted out-parameters, null at first.
    unsafe {
        let current = Inner::of(cx).context.get();
        if current.is_object() {
            // Only with a global is the data kept.
            *global.ptr = CurrentGlobalOrNull(cx);
            if !(*global.ptr).is_null() {
                *data.ptr = current.to_object();
            }
        }
    }
    true
}

/// The same for a reaction whose data the engine leaves out. Nobody asks for the global.
unsafe extern "C" fn host_defined_global(
    _: *mut JSContext,
    _: MutableHandle<*mut JSObject>,
) -> bool {
    true
}

/// Only the debugger drains through the queue; turns drain through [`Scope::run_jobs`].
unsafe extern "C" fn run_jobs(_: *mut JSContext) {}

/// Every task in the queue is a JavaScript one, which the collector traces itself.
unsafe extern "C" fn trace_task(_: *mut JSTracer, _: *mut Value) {}

/// What a drain of the queue did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobReport {
    /// Jobs run.
    pub ran: u64,
    /// Execution was terminated by a limit; the jobs that were left are still queued.
    pub terminated: bool,
}

impl Scope<'_> {
    /// Are there jobs to run?
    pub fn has_jobs(&self) -> bool {
        // SAFETY: `cx` is live.
        unsafe { HasRegularMicroTasks(self.cx()) }
    }

    /// Runs jobs until none is left or execution is terminated. An exception that escapes a job
    /// (promise jobs let none escape) is given to `uncaught`, and the drain goes on. A job may call
    /// this: the rest of the queue then runs inside it.
    pub fn run_jobs(&mut self, uncaught: &mut dyn FnMut(&mut Scope<'_>)) -> JobReport {
        let report = self.nest(|scope| scope.drain(uncaught));
        // SAFETY: `cx` is live.
        unsafe {
            // What runs from here on is no job, so that its awaits may not be skipped.
            JobQueueMayNotBeEmpty(self.cx());
            // What a WeakRef was asked for stays alive until the turn's jobs have run, as the
            // specification has it, and no longer.
            ClearKeptObjects(self.cx());
        }
        report
    }

    /// Most jobs are of the realm and the context of the one before, and cost no more than to find
    /// that out: both are left only for a job of others.
    fn drain(&mut self, uncaught: &mut dyn FnMut(&mut Scope<'_>)) -> JobReport {
        let cx = self.cx();
        let before = self.keep_context();
        let mut report = JobReport {
            ran: 0,
            terminated: false,
        };
        // SAFETY: `cx` is live with a realm entered.
        rooted!(in(cx) let realm = unsafe { CurrentGlobalOrNull(cx) });
        rooted!(in(cx) let mut job: *mut JSMicroTask);
        rooted!(in(cx) let mut global: *mut JSObject);
        rooted!(in(cx) let mut incumbent: *mut JSObject);
        rooted!(in(cx) let mut data: *mut JSObject);
        loop {
            // SAFETY: `cx` is live. The task is rooted, and its context is made current, before
            // anything can collect; its realm is entered while it runs.
            let done = unsafe {
                let task = DequeueNextRegularMicroTask(cx);
                if task.is_null() {
                    break;
                }
                report.ran += 1;
                let queued_in = self.inner().context.take_front();
                job.set(ToUnwrappedJSMicroTask(&task));
                if job.get().is_null() {
                    continue;
                }
                global.set(GetExecutionGlobalFromJSMicroTask(job.get()));
                if global.get().is_null() {
                    continue;
                }
                let known = MaybeGetHostDefinedDataFromJSMicroTask(
                    job.get(),
                    incumbent.handle_mut().into(),
                    data.handle_mut().into(),
                );
                let context = if known && !data.get().is_null() {
                    ObjectValue(data.get())
                } else {
                    queued_in
                };
                if !may_run(self.inner(), context) {
                    continue;
                }
                self.inner().context.switch(cx, context);
                // Alone in the queue: whatever the job awaits would run next, so that an await of what
                // is settled need not be queued at all. To queue anything takes this back. But the
                // engine then walks the stack at each await, which costs more than an await that
                // cannot be skipped, and so it is told only when the job itself comes from an await
                // of what was settled (it has no data): such awaits come one after the other.
                if data.get().is_null() && !HasRegularMicroTasks(cx) {
                    JobQueueIsEmpty(cx);
                }
                let _entered =
                    (global.get() != realm.get()).then(|| EnteredRealm::new(cx, global.get()));
                RunJSMicroTask(cx, job.handle().into())
            };
            if done {
                continue;
            }
            self.inner().context.switch(cx, before.value());
            // SAFETY: `cx` is live.
            if unsafe { JS_IsExceptionPending(cx) } {
                self.nest(|scope| uncaught(scope));
            } else {
                report.terminated = true;
                break;
            }
        }
        report
    }

    /// Drops all queued jobs: they belong to a turn that a limit has ended.
    pub fn discard_jobs(&mut self) -> u64 {
        let mut dropped = 0;
        // SAFETY: `cx` is live; the task is not used.
        while !unsafe { DequeueNextRegularMicroTask(self.cx()) }.is_null() {
            self.inner().context.take_front();
            dropped += 1;
        }
        dropped
    }
}

/// Asks the driver whether jobs of this context, an object of the context class or null, may (still)
/// run.
fn may_run(inner: &Inner, context: Value) -> bool {
    match inner.job_filter.get() {
        // SAFETY: as the caller sees to.
        Some(filter) => unsafe { CurrentContext::with_data(context, filter) },
        None => true,
    }
}
