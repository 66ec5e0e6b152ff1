//! A runtime: one JavaScript heap on one thread.

use std::any::{Any, TypeId};
use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::mpsc;
use std::sync::{Arc, OnceLock};

use mozjs::gc::{CustomAutoRooter, CustomAutoRooterGuard, CustomTrace};
use mozjs::jsapi::{
    ContextOptionsRef, JS_AddExtraGCRootsTracer, JS_GC, JS_GetContextPrivate, JS_SetContextPrivate,
    JS_SetNativeStackQuota, JSContext, JSTracer,
};
use mozjs::rust::{JSEngine, JSEngineHandle};

use crate::code_cache::CodeCache;
use crate::context::CurrentContext;
use crate::handles::HandleStack;
use crate::limits::{self, Limits};
use crate::op::Extension;
use crate::persist::{Global, Slab};
use crate::realm::Realm;
use crate::rejection::Rejections;
use crate::{code_generation, jobs, module, rejection, transcode};

/// How a runtime is set up.
#[derive(Clone, Debug)]
pub struct RuntimeOptions {
    /// Bytes that heap and buffers together may take before the turn that runs is ended; `None` for
    /// no limit.
    pub heap_bytes_max: Option<usize>,
    /// Record where each `await` came from. Five times slower awaits; for debugging.
    pub async_stacks: bool,
    /// Bytes of native stack that JavaScript may use on this thread, counted from its beginning. The
    /// thread must have 128 KiB more.
    pub stack_bytes: usize,
    /// Where compiled code is found, and remembered.
    pub code: Option<Arc<CodeCache>>,
}

impl Default for RuntimeOptions {
    fn default() -> Self {
        RuntimeOptions {
            heap_bytes_max: None,
            async_stacks: false,
            stack_bytes: 1 << 20,
            code: None,
        }
    }
}

/// One JavaScript heap with its context; lives and dies on one thread.
pub struct Runtime {
    // In this order: realms hold roots in the context, which dies with `js`; its last collection
    // still asks `inner` for roots.
    realms: RefCell<Vec<Realm>>,
    /// Keeps the compartment and the zone of all realms alive; `None` only while they are made.
    anchor: Option<Global>,
    rooter: ManuallyDrop<CustomAutoRooterGuard<'static, StackRoots>>,
    js: mozjs::rust::Runtime,
    /// The context refers to it until its end.
    _jobs: jobs::Queue,
    inner: Rc<Inner>,
}

/// Roots that every collection must visit, also those of the nursery, which skip the tracers added
/// to a context: SpiderMonkey visits the list of automatic rooters in both.
struct StackRoots(*const Inner);

// SAFETY: traces all that it promises to: the handle stack and the current contexts.
unsafe impl CustomTrace for StackRoots {
    fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: `Inner` outlives the rooter, which `Runtime` drops first. A trace runs inside an
        // allocation, when no Rust code holds a borrow of the handle stack.
        unsafe {
            let inner = &*self.0;
            (*inner.handles.get()).trace(tracer);
            inner.context.trace(tracer);
        }
    }
}

/// May jobs of this context run?
pub(crate) type JobFilter = Box<dyn Fn(&crate::ContextData) -> bool>;

/// What scopes, globals and callbacks share. Its address is the context's private pointer.
pub(crate) struct Inner {
    pub(crate) cx: *mut JSContext,
    pub(crate) handles: UnsafeCell<HandleStack>,
    pub(crate) slab: RefCell<Slab>,
    pub(crate) state: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
    pub(crate) context: CurrentContext,
    pub(crate) job_filter: OnceCell<JobFilter>,
    pub(crate) rejections: RefCell<Rejections>,
    pub(crate) limits: Limits,
    /// The zone of the runtime's realms, null before it is made.
    pub(crate) zone: Cell<*mut mozjs::jsapi::Zone>,
    pub(crate) panic: Cell<Option<String>>,
    /// Set when execution is ended by a limit or a panic: the engine turns the end of a module's
    /// evaluation into a rejection that looks like any other.
    pub(crate) ended: Cell<bool>,
    pub(crate) extensions: Rc<Vec<Extension>>,
    /// Cleared when the context is gone, so that late drops of [`crate::Global`]s touch no heap.
    pub(crate) alive: Cell<bool>,
    /// How many objects own a Rust value.
    pub(crate) hosted: Cell<usize>,
    /// How many pieces of Rust code run that must not reach the engine; see [`Inner::shut`].
    shut: Cell<u32>,
    /// Native stack for JavaScript, from the beginning of the thread's.
    pub(crate) stack_bytes: usize,
    pub(crate) code: Option<Arc<CodeCache>>,
}

/// Keeps the engine shut until dropped.
pub(crate) struct Shut<'a>(&'a Cell<u32>);

impl Drop for Shut<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Inner {
    /// Shuts the engine while Rust code of others runs that has no scope but may have a [`Runtime`],
    /// where JavaScript or a collection would pull something away: bytes that are being looked at,
    /// or the heap in the middle of being swept.
    pub(crate) fn shut(&self) -> Shut<'_> {
        self.shut.set(self.shut.get() + 1);
        Shut(&self.shut)
    }

    /// # Panics
    /// When the engine is shut.
    fn assert_open(&self) {
        assert!(
            self.shut.get() == 0,
            "the engine was entered from where it cannot be"
        );
    }

    /// Runs `f` on behalf of C++, through which a panic must not unwind: the message is kept for
    /// [`crate::Scope::take_panic`] and the answer is `None`. The caller sees to it that the turn
    /// ends.
    pub(crate) fn catch<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
            Ok(result) => Some(result),
            Err(panic) => {
                let message = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_else(|| "a panic without a message".to_owned());
                self.panic.set(Some(message));
                self.ended.set(true);
                None
            }
        }
    }

    /// Where the runtime that `cx` belongs to is, as `Rc::as_ptr` gave it.
    ///
    /// # Safety
    /// As for [`Inner::of`].
    #[inline]
    pub(crate) unsafe fn address(cx: *mut JSContext) -> *const Inner {
        // SAFETY: as the caller promises.
        unsafe { JS_GetContextPrivate(cx).cast::<Inner>() }
    }

    /// The runtime that `cx` belongs to.
    ///
    /// # Safety
    /// `cx` must be the live context of this thread, made by [`Runtime::new`].
    #[inline]
    pub(crate) unsafe fn of<'a>(cx: *mut JSContext) -> &'a Inner {
        // SAFETY: `Runtime::new` stored the address of an `Rc<Inner>` that outlives the context.
        unsafe { &*Inner::address(cx) }
    }
}

/// SpiderMonkey is initialised once for the process, by a thread that then holds it for ever:
/// the engine must outlive every runtime, and shutting it down buys nothing at exit.
fn engine() -> JSEngineHandle {
    static ENGINE: OnceLock<std::sync::Mutex<JSEngineHandle>> = OnceLock::new();
    let handle = ENGINE.get_or_init(|| {
        let (send, receive) = mpsc::channel();
        std::thread::Builder::new()
            .name("js-engine".into())
            .spawn(move || {
                let engine = JSEngine::init().expect("SpiderMonkey initialises");
                exit_without_destructors();
                // SAFETY: the engine is initialised, and nobody has it yet.
                unsafe { transcode::install() };
                let _ = send.send(engine.handle());
                loop {
                    std::thread::park();
                }
            })
            .expect("a thread can be started");
        std::sync::Mutex::new(receive.recv().expect("SpiderMonkey initialises"))
    });
    handle.lock().expect("the lock is not poisoned").clone()
}

/// SpiderMonkey's helper threads run until the process ends, and its C++ static destructors would
/// pull mutexes away from under them. So the process ends without running those: by the time exit
/// handlers run, Rust has flushed its own streams.
fn exit_without_destructors() {
    unsafe extern "C" {
        fn on_exit(
            handler: extern "C" fn(status: libc::c_int, data: *mut c_void),
            data: *mut c_void,
        ) -> libc::c_int;
    }
    extern "C" fn leave(status: libc::c_int, _: *mut c_void) {
        // SAFETY: ends the process; nothing after it runs.
        unsafe { libc::_exit(status) }
    }
    // SAFETY: glibc's function of this signature; the handler needs no data. Handlers run in the
    // reverse order of registration, so this one runs before the destructors of C++ statics.
    let failed = unsafe { on_exit(leave, std::ptr::null_mut()) };
    assert_eq!(failed, 0, "an exit handler can be registered");
}

impl Runtime {
    /// Makes a runtime on this thread, with the operations and bootstrap modules of `extensions`.
    ///
    /// # Panics
    /// When this thread already has a runtime, or less stack than `options` say, or when memory
    /// for it cannot be had.
    pub fn new(options: &RuntimeOptions, extensions: Vec<Extension>) -> Runtime {
        // SpiderMonkey would make a second context and take the thread away from the first.
        assert!(
            mozjs::rust::Runtime::get().is_none(),
            "this thread has a runtime already"
        );
        limits::assert_stack(options.stack_bytes);
        let mut js = mozjs::rust::Runtime::new(engine());
        // SAFETY: the context pointer is used on this thread only, while `js` lives.
        let cx = unsafe { js.cx().raw_cx() };
        let inner = Rc::new(Inner {
            cx,
            handles: UnsafeCell::new(HandleStack::new()),
            slab: RefCell::new(Slab::new()),
            state: RefCell::new(HashMap::new()),
            context: CurrentContext::new(),
            job_filter: OnceCell::new(),
            rejections: RefCell::new(Rejections::new()),
            limits: Limits::new(js.thread_safe_js_context(), options.heap_bytes_max),
            zone: Cell::new(std::ptr::null_mut()),
            panic: Cell::new(None),
            ended: Cell::new(false),
            extensions: Rc::new(extensions),
            alive: Cell::new(true),
            hosted: Cell::new(0),
            shut: Cell::new(0),
            stack_bytes: options.stack_bytes,
            code: options.code.clone(),
        });
        let private = Rc::as_ptr(&inner).cast_mut().cast::<c_void>();
        // SAFETY: `cx` is live, callbacks have the signatures SpiderMonkey asks for, and `inner`
        // outlives the context (see the order of `Runtime`'s fields).
        let jobs = unsafe {
            JS_SetContextPrivate(cx, private);
            JS_AddExtraGCRootsTracer(cx, Some(trace_slab), private);
            (*ContextOptionsRef(cx)).set_asyncStackCaptureDebuggeeOnly_(!options.async_stacks);
            let quota = options.stack_bytes;
            JS_SetNativeStackQuota(cx, quota, quota - 16 * 1024, quota - limits::STACK_RESERVE);
            mozjs::jsapi::js::SetStackFormat(cx, mozjs::jsapi::js::StackFormat::V8);
            crate::memory::tune(cx);
            limits::install(cx);
            module::install(cx);
            code_generation::install(cx);
            rejection::install(cx);
            jobs::install(cx)
        };
        let roots = StackRoots(Rc::as_ptr(&inner));
        // The list of rooters is a stack; this one is at its bottom from the first moment to the last.
        let rooter: &'static mut _ = Box::leak(Box::new(CustomAutoRooter::new(roots)));
        let rooter = ManuallyDrop::new(rooter.root(cx));
        let realms = RefCell::new(Vec::new());
        let mut runtime = Runtime {
            realms,
            anchor: None,
            rooter,
            js,
            _jobs: jobs,
            inner,
        };
        runtime.anchor = Some(runtime.new_anchor());
        runtime
    }

    /// Makes state of type `T` available to operations through [`crate::Scope::state`].
    pub fn put_state<T: 'static>(&self, state: Rc<T>) {
        let previous = self
            .inner
            .state
            .borrow_mut()
            .insert(TypeId::of::<T>(), state);
        drop(previous); // not under the borrow: its drop is anybody's code
    }

    pub(crate) fn inner(&self) -> &Rc<Inner> {
        &self.inner
    }

    /// The context, to do with it what may run JavaScript or collect.
    ///
    /// # Panics
    /// When the engine is shut, which says where a call may come from that must not.
    pub(crate) fn cx(&self) -> *mut JSContext {
        self.inner.assert_open();
        self.inner.cx
    }

    pub(crate) fn anchor(&self) -> Option<&Global> {
        self.anchor.as_ref()
    }

    /// A handle by which another thread can end what runs here; see [`crate::Termination`].
    pub fn termination(&self) -> limits::Termination {
        limits::Termination::new(self.js.thread_safe_js_context(), &self.inner.limits)
    }

    /// Collects garbage in full, now. For tests and for measuring memory.
    pub fn collect_garbage(&mut self) {
        // SAFETY: `cx` is live on this thread and no JavaScript runs.
        unsafe { JS_GC(self.cx(), mozjs::jsapi::GCReason::API) };
    }

    /// Collect on almost every allocation, to show values that are not rooted. Needs `debugmozjs`.
    #[cfg(feature = "debugmozjs")]
    pub fn set_gc_zeal(&mut self, mode: u8, frequency: u32) {
        // SAFETY: `cx` is live on this thread.
        unsafe { mozjs::jsapi::SetGCZeal(self.cx(), mode, frequency) };
    }

    pub(crate) fn add_realm(&self, realm: Realm) {
        self.realms.borrow_mut().push(realm);
    }

    pub(crate) fn forget_realm(&self, realm: &Realm) {
        let mut realms = self.realms.borrow_mut();
        let index = realms.iter().position(|known| known.is(realm));
        let forgotten = index.map(|index| realms.swap_remove(index));
        drop(realms);
        drop(forgotten); // not under the borrow: the loader's drop is anybody's code
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Taken out first: what their drops do is anybody's code.
        drop(std::mem::take(&mut *self.realms.borrow_mut()));
        drop(std::mem::take(&mut *self.inner.state.borrow_mut()));
        self.inner.rejections.borrow_mut().clear();
        self.inner.slab.borrow_mut().clear();
        // Globals may outlive the runtime; from now on they touch nothing when dropped.
        self.inner.alive.set(false);
        // SAFETY: dropped once, here, while the context lives; nobody uses it after. The few bytes
        // it stood in are left to the process.
        unsafe { ManuallyDrop::drop(&mut self.rooter) };
    }
}

/// Full collections only: what the slab holds of the nursery is in the store buffer.
unsafe extern "C" fn trace_slab(tracer: *mut JSTracer, data: *mut c_void) {
    // SAFETY: `data` is the `Inner` given to `JS_AddExtraGCRootsTracer`, alive with its context. A
    // borrow of the slab can be held only by code that does not allocate; see persist.rs.
    unsafe { (*(*data.cast::<Inner>()).slab.as_ptr()).trace(tracer) };
}
