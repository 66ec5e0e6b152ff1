//! Limits of time and memory.
//!
//! Time: one watchdog thread for the process looks every few milliseconds at the runtimes that have
//! a turn with a limit under way. One that it sees twice is asked for an interrupt; the interrupt
//! callback, on the runtime's own thread, begins to count the CPU time of the turn, and ends it when the
//! limit is reached. So a short turn never reads the clock, which is a system call, and a long one may
//! overrun its limit by about two looks. Time spent waiting for the processor does not count.
//!
//! Memory: after each collection of the nursery, heap and buffers are compared with the limit; above
//! it an interrupt collects everything and, if that does not help, ends the turn. The collector's
//! own hard limit is no use here: the process crashes when a promotion fails for want of memory.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::Duration;

use mozjs::jsapi::{
    AddGCNurseryCollectionCallback, GCNurseryProgress, GCReason, GetGCHeapUsage,
    GetMallocHeapSizeForZone, JS_AddInterruptCallback, JS_GC, JS_RequestInterruptCallback,
    JSContext,
};
use mozjs::rust::ThreadSafeJSContext;

use crate::runtime::Inner;
use crate::scope::Scope;

/// How often the watchdog looks. A turn may overrun its limit by about twice as much.
const TICK: Duration = Duration::from_millis(10);

pub(crate) struct Limits {
    shared: Arc<Shared>,
}

struct Shared {
    context: ThreadSafeJSContext,
    /// How many turns with a limit there were.
    turns: AtomicU64,
    /// The number of the one that runs; 0 if none does.
    turn: AtomicU64,
    /// CPU nanoseconds that it may take.
    limit_ns: AtomicU64,
    /// The last turn that the watchdog has found to be long.
    long: AtomicU64,
    /// CPU nanoseconds of the runtime's thread at which the turn ends; 0 before its time is counted.
    deadline_ns: AtomicU64,
    /// Another thread wants the turn ended, whatever its time.
    terminate: AtomicBool,
    /// A callback on the runtime's own thread wants it ended; see [`Limits::end_soon`].
    end_soon: AtomicBool,
    /// The last termination was for CPU time.
    overran: AtomicBool,
    /// The last termination was for memory.
    outgrew: AtomicBool,
    /// Bytes that heap and buffers may take; 0 for no limit.
    heap_bytes_max: usize,
    /// The limit on memory is not enforced for the moment.
    memory_unlimited: AtomicBool,
    /// An interrupt for memory was asked for.
    memory_check: AtomicBool,
}

impl Limits {
    pub(crate) fn new(context: ThreadSafeJSContext, heap_bytes_max: Option<usize>) -> Self {
        let shared = Arc::new(Shared {
            context,
            turns: AtomicU64::new(0),
            turn: AtomicU64::new(0),
            limit_ns: AtomicU64::new(0),
            long: AtomicU64::new(0),
            deadline_ns: AtomicU64::new(0),
            terminate: AtomicBool::new(false),
            end_soon: AtomicBool::new(false),
            overran: AtomicBool::new(false),
            outgrew: AtomicBool::new(false),
            heap_bytes_max: heap_bytes_max.unwrap_or(0),
            memory_unlimited: AtomicBool::new(false),
            memory_check: AtomicBool::new(false),
        });
        watchdog().watch(&shared);
        Limits { shared }
    }

    /// Ends the JavaScript that runs, or the next that does, at its next look for interrupts: for
    /// callbacks of the engine that have no other way to say so.
    pub(crate) fn end_soon(&self) {
        self.shared.end_soon.store(true, Ordering::Relaxed);
        self.shared.context.request_interrupt_callback();
    }

    /// Takes back [`Limits::end_soon`], if it was not obeyed yet; says whether there was one.
    pub(crate) fn take_end_soon(&self) -> bool {
        self.shared.end_soon.swap(false, Ordering::Relaxed)
    }
}

impl Shared {
    /// Has the turn used up its CPU time? To be asked on the runtime's own thread.
    fn exhausted(&self) -> bool {
        let turn = self.turn.load(Ordering::Relaxed);
        if turn == 0 || self.long.load(Ordering::Relaxed) != turn {
            return false;
        }
        let now = thread_cpu_ns();
        match self.deadline_ns.load(Ordering::Relaxed) {
            0 => {
                let limit = self.limit_ns.load(Ordering::Relaxed);
                self.deadline_ns
                    .store(now.saturating_add(limit), Ordering::Relaxed);
                false
            }
            deadline => now >= deadline,
        }
    }
}

/// Bytes of native stack kept free of JavaScript, for the Rust and C++ that it calls.
pub(crate) const STACK_RESERVE: usize = 128 * 1024;

/// # Panics
/// When `stack_bytes` is not more than the reserve, or this thread's stack is not larger by as much
/// again: beyond the quota stand the frames of operations, and below them nothing but a guard page,
/// which C++ may step over.
pub(crate) fn assert_stack(stack_bytes: usize) {
    let mut size = 0;
    // SAFETY: `attributes` is initialised by the first call and freed by the last, and the others
    // only read it.
    unsafe {
        let mut attributes = std::mem::zeroed::<libc::pthread_attr_t>();
        let found = libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes);
        assert_eq!(found, 0, "a thread can ask about its own stack");
        libc::pthread_attr_getstacksize(&raw const attributes, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attributes);
    }
    let needed = stack_bytes.saturating_add(STACK_RESERVE);
    assert!(
        stack_bytes > STACK_RESERVE,
        "JavaScript needs more than {STACK_RESERVE} bytes of stack"
    );
    assert!(
        size >= needed,
        "the thread's stack has {size} bytes: JavaScript with {stack_bytes} needs {needed}"
    );
}

/// CPU time of the calling thread, in nanoseconds.
fn thread_cpu_ns() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid out-parameter, and the clock exists on Linux.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(done, 0, "the thread CPU clock can be read");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// # Safety
/// `cx` must be the live context whose private data is set.
pub(crate) unsafe fn install(cx: *mut JSContext) {
    // SAFETY: as the caller promises; the callbacks find their state through `cx`.
    unsafe {
        JS_AddInterruptCallback(cx, Some(on_interrupt));
        if Inner::of(cx).limits.shared.heap_bytes_max > 0 {
            AddGCNurseryCollectionCallback(cx, Some(after_minor), std::ptr::null_mut());
        }
    }
}

/// Bytes of the collector's heap and of what its cells own elsewhere (buffers, strings, slots).
///
/// # Safety
/// `cx` must be live.
pub(crate) unsafe fn memory_used(cx: *mut JSContext) -> usize {
    // SAFETY: as the caller promises; both only read counters.
    unsafe {
        let heap = GetGCHeapUsage(cx) as usize;
        let zone = Inner::of(cx).zone.get();
        if zone.is_null() {
            heap
        } else {
            heap + GetMallocHeapSizeForZone(zone)
        }
    }
}

unsafe extern "C" fn after_minor(
    cx: *mut JSContext,
    progress: GCNurseryProgress,
    _: GCReason,
    _: *mut c_void,
) {
    if progress != GCNurseryProgress::GC_NURSERY_COLLECTION_END {
        return;
    }
    // SAFETY: `cx` is live; asking for an interrupt only sets flags.
    unsafe {
        let shared = &Inner::of(cx).limits.shared;
        if memory_used(cx) > shared.heap_bytes_max {
            shared.memory_check.store(true, Ordering::Relaxed);
            JS_RequestInterruptCallback(cx);
        }
    }
}

/// Collects everything; `false` if what is alive still takes more than so many tenths of the limit.
///
/// # Safety
/// `cx` must be live and at a safe point.
unsafe fn make_room(cx: *mut JSContext, tenths: usize) -> bool {
    // What a collection finalises may own roots of more: a host object of a realm, the realm.
    (0..3).any(|_| {
        // SAFETY: interrupt callbacks may collect.
        unsafe {
            JS_GC(cx, GCReason::LAST_DITCH);
            let shared = &Inner::of(cx).limits.shared;
            memory_used(cx) <= shared.heap_bytes_max / 10 * tenths
        }
    })
}

unsafe extern "C" fn on_interrupt(cx: *mut JSContext) -> bool {
    // SAFETY: SpiderMonkey calls this on the context's own thread.
    let inner = unsafe { Inner::of(cx) };
    let go_on = may_go_on(cx, &inner.limits.shared);
    if !go_on {
        inner.ended.set(true);
    }
    go_on
}

fn may_go_on(cx: *mut JSContext, shared: &Shared) -> bool {
    if shared.terminate.swap(false, Ordering::AcqRel)
        || shared.end_soon.swap(false, Ordering::Relaxed)
    {
        return false;
    }
    let check = shared.memory_check.swap(false, Ordering::Relaxed)
        && !shared.memory_unlimited.load(Ordering::Relaxed);
    // Close below the limit the next check would come at once: that is as good as over it.
    // SAFETY: an interrupt callback is a safe point.
    if check && unsafe { !make_room(cx, 9) } {
        shared.outgrew.store(true, Ordering::Relaxed);
        return false;
    }
    if shared.exhausted() {
        shared.overran.store(true, Ordering::Relaxed);
        return false;
    }
    true
}

impl Scope<'_> {
    /// Runs `f` with at most `cpu` of this thread's CPU time; when it is used up, JavaScript ends
    /// with an uncatchable error. Limits do not nest: an inner one takes part in the outer.
    pub fn with_cpu_limit<R>(&mut self, cpu: Duration, f: impl FnOnce(&mut Self) -> R) -> R {
        let shared = Arc::clone(&self.inner().limits.shared);
        if shared.turn.load(Ordering::Relaxed) != 0 {
            return f(self);
        }
        let limit = u64::try_from(cpu.as_nanos()).unwrap_or(u64::MAX);
        shared.limit_ns.store(limit, Ordering::Relaxed);
        shared.deadline_ns.store(0, Ordering::Relaxed);
        let turn = shared.turns.fetch_add(1, Ordering::Relaxed) + 1;
        shared.turn.store(turn, Ordering::SeqCst);
        watchdog().wake();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f(self)));
        shared.turn.store(0, Ordering::Relaxed);
        match result {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Did the last termination happen because of CPU time? Reading clears it.
    pub fn take_cpu_overrun(&mut self) -> bool {
        self.inner()
            .limits
            .shared
            .overran
            .swap(false, Ordering::Relaxed)
    }
}

/// Tells native code that runs for long inside a turn (a database query) whether to stop.
#[derive(Clone)]
pub struct CpuMeter(Arc<Shared>);

impl CpuMeter {
    /// Has the turn that runs on this thread used up its CPU time? To be asked on the runtime's thread.
    pub fn exhausted(&self) -> bool {
        self.0.exhausted()
    }
}

impl crate::Runtime {
    /// The meter of this runtime's turns.
    pub fn cpu_meter(&self) -> CpuMeter {
        CpuMeter(Arc::clone(&self.inner().limits.shared))
    }

    /// Collects everything, and says whether there is room in the heap again: three tenths of its limit, or more. To be
    /// asked while no JavaScript runs.
    pub fn has_room(&self) -> bool {
        let limit = self.inner().limits.shared.heap_bytes_max;
        // SAFETY: the context is live on this thread, and between turns is a safe point.
        limit == 0 || unsafe { make_room(self.cx(), 7) }
    }

    /// Runs `f` without the limit on memory: to build what replaces that which fills the heap.
    pub fn without_heap_limit<R>(&self, f: impl FnOnce() -> R) -> R {
        let unlimited = &self.inner().limits.shared.memory_unlimited;
        unlimited.store(true, Ordering::Relaxed);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
        unlimited.store(false, Ordering::Relaxed);
        match result {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Scope<'_> {
    /// Did the last termination happen because of memory? Reading clears it.
    pub fn take_memory_overrun(&mut self) -> bool {
        self.inner()
            .limits
            .shared
            .outgrew
            .swap(false, Ordering::Relaxed)
    }
}

/// Lets another thread end what a runtime is executing.
#[derive(Clone)]
pub struct Termination {
    context: ThreadSafeJSContext,
    shared: Arc<Shared>,
}

impl Termination {
    pub(crate) fn new(context: ThreadSafeJSContext, limits: &Limits) -> Self {
        Termination {
            context,
            shared: Arc::clone(&limits.shared),
        }
    }

    /// Ends the JavaScript that runs now, or the next that runs.
    pub fn terminate(&self) {
        self.shared.terminate.store(true, Ordering::Release);
        self.context.request_interrupt_callback();
    }
}

struct Watchdog {
    runtimes: Mutex<Vec<std::sync::Weak<Shared>>>,
    /// Set while the watchdog sleeps for want of anything to watch.
    asleep: AtomicBool,
    wake: Condvar,
}

fn watchdog() -> &'static Watchdog {
    static WATCHDOG: OnceLock<&'static Watchdog> = OnceLock::new();
    WATCHDOG.get_or_init(|| {
        let watchdog: &'static Watchdog = Box::leak(Box::new(Watchdog {
            runtimes: Mutex::new(Vec::new()),
            asleep: AtomicBool::new(false),
            wake: Condvar::new(),
        }));
        std::thread::Builder::new()
            .name("js-watchdog".into())
            .spawn(move || watchdog.run())
            .expect("a thread can be started");
        watchdog
    })
}

impl Watchdog {
    fn watch(&self, shared: &Arc<Shared>) {
        self.lock().push(Arc::downgrade(shared));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<std::sync::Weak<Shared>>> {
        self.runtimes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Called at the start of every limited turn, so it must cost next to nothing when the watchdog
    /// is awake, which it is under load.
    #[inline]
    fn wake(&self) {
        if self.asleep.load(Ordering::SeqCst) {
            // Taking the lock orders this after the watchdog's last look.
            drop(self.lock());
            self.wake.notify_one();
        }
    }

    fn run(&self) {
        // The turns that were seen on the last tick.
        let mut suspects: Vec<(usize, u64)> = Vec::new();
        let mut idle_ticks = 0;
        loop {
            std::thread::sleep(TICK);
            let mut runtimes = self.lock();
            runtimes.retain(|runtime| runtime.strong_count() > 0);
            let mut seen = Vec::new();
            for runtime in runtimes.iter().filter_map(std::sync::Weak::upgrade) {
                let turn = runtime.turn.load(Ordering::Relaxed);
                if turn == 0 {
                    continue;
                }
                let suspect = (Arc::as_ptr(&runtime) as usize, turn);
                if suspects.contains(&suspect) {
                    runtime.long.store(turn, Ordering::Relaxed);
                    runtime.context.request_interrupt_callback();
                }
                seen.push(suspect);
            }
            idle_ticks = if seen.is_empty() { idle_ticks + 1 } else { 0 };
            suspects = seen;
            if idle_ticks > 100 {
                self.asleep.store(true, Ordering::SeqCst);
                // A turn that began before `asleep` was set is seen by this second look.
                let busy = runtimes
                    .iter()
                    .filter_map(std::sync::Weak::upgrade)
                    .any(|runtime| runtime.turn.load(Ordering::SeqCst) != 0);
                if !busy {
                    let guard = self.wake.wait(runtimes);
                    drop(guard.unwrap_or_else(std::sync::PoisonError::into_inner));
                }
                self.asleep.store(false, Ordering::SeqCst);
                idle_ticks = 0;
            }
        }
    }
}
