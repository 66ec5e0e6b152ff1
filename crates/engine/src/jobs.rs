//! The microtask queue: who is asked when a job is queued, and how it is drained.

use mozjs::glue::{CreateJobQueue, DeleteJobQueue, JobQueueTraps, RustJobQueue};
use mozjs::jsapi::{
    ClearKeptObjects, CurrentGlobalOrNull, DequeueNextRegularMicroTask,
    GetExecutionGlobalFromJSMicroTask, HasRegularMicroTasks, IsJSMicroTask, JSContext, JSMicroTask,
    JSObject, JSTracer, MaybeGetHostDefinedDataFromJSMicroTask, MutableHandle, RunJSMicroTask,
    SetJobQueue, ToMaybeWrappedJSMicroTask, Value,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;

use crate::context::CurrentContext;
use crate::handles::Local;
use crate::realm::EnteredRealm;
use crate::runtime::Inner;
use crate::scope::{Scope, Thrown};

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
    // SAFETY: `cx` is live; both handles are rooted out-parameters.
    unsafe {
        let current = Inner::of(cx).context.get();
        *global.ptr = CurrentGlobalOrNull(cx);
        *data.ptr = if current.is_object() && !(*global.ptr).is_null() {
            current.to_object()
        } else {
            std::ptr::null_mut()
        };
    }
    true
}

unsafe extern "C" fn host_defined_global(
    cx: *mut JSContext,
    global: MutableHandle<*mut JSObject>,
) -> bool {
    // SAFETY: `cx` is live; the handle is a rooted out-parameter.
    unsafe { *global.ptr = CurrentGlobalOrNull(cx) };
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
        let mut report = JobReport {
            ran: 0,
            terminated: false,
        };
        while self.has_jobs() {
            let outcome = self.nest(|scope| scope.run_next_job());
            report.ran += 1;
            if outcome.is_ok() {
                continue;
            }
            // SAFETY: `cx` is live.
            if unsafe { mozjs::jsapi::JS_IsExceptionPending(self.cx()) } {
                self.nest(|scope| uncaught(scope));
            } else {
                report.terminated = true;
                break;
            }
        }
        // What a WeakRef was asked for stays alive until the turn's jobs have run, as the
        // specification has it, and no longer.
        // SAFETY: `cx` is live.
        unsafe { ClearKeptObjects(self.cx()) };
        report
    }

    /// Drops all queued jobs: they belong to a turn that a limit has ended.
    pub fn discard_jobs(&mut self) -> u64 {
        let mut dropped = 0;
        while self.has_jobs() {
            self.inner().context.account(self.cx());
            self.inner().context.take_front();
            // SAFETY: `cx` is live and the queue is not empty; the task is not used.
            unsafe { DequeueNextRegularMicroTask(self.cx()) };
            dropped += 1;
        }
        dropped
    }

    /// Asks the driver whether jobs of this context may (still) run.
    fn may_run(&self, context: Local<'_>) -> bool {
        let inner = self.inner();
        match inner.job_filter.get() {
            // SAFETY: only objects of the context class, or null, are contexts.
            Some(filter) => unsafe { CurrentContext::with_data(context.value(), filter) },
            None => true,
        }
    }

    fn run_next_job(&mut self) -> Result<(), Thrown> {
        let cx = self.cx();
        self.inner().context.account(cx);
        let queued_in = self.inner().context.take_front();
        let queued_in = self.root(queued_in);
        // SAFETY: `cx` is live and the queue is not empty. The task is rooted before anything can
        // collect, and its realm is entered while it runs.
        unsafe {
            let task = DequeueNextRegularMicroTask(cx);
            if !IsJSMicroTask(&task) {
                return Ok(());
            }
            rooted!(in(cx) let mut job: *mut JSMicroTask = ToMaybeWrappedJSMicroTask(&task));
            if job.get().is_null() {
                return Ok(());
            }
            let global = GetExecutionGlobalFromJSMicroTask(job.get());
            if global.is_null() {
                return Ok(());
            }
            rooted!(in(cx) let global = global);
            let _realm = EnteredRealm::new(cx, global.get());
            rooted!(in(cx) let mut incumbent: *mut JSObject);
            rooted!(in(cx) let mut data: *mut JSObject);
            let has_data = MaybeGetHostDefinedDataFromJSMicroTask(
                job.get(),
                incumbent.handle_mut().into(),
                data.handle_mut().into(),
            );
            let context = if has_data && !data.get().is_null() {
                self.root(ObjectValue(data.get()))
            } else {
                queued_in
            };
            if !self.may_run(context) {
                return Ok(());
            }
            let done = self.with_current(context, |scope| {
                RunJSMicroTask(scope.cx(), job.handle().into())
            });
            if done { Ok(()) } else { Err(Thrown) }
        }
    }
}
