//! Native operations: plain Rust functions that bootstrap JavaScript calls.

use std::marker::PhantomData;

use mozjs::jsapi::{JS_IsExceptionPending, JSContext, ReportUncatchableException, Value};
use mozjs::jsval::UndefinedValue;

use crate::handles::Local;
use crate::runtime::Inner;
use crate::scope::{JsResult, Scope, Thrown};

/// The arguments of a call; they are rooted in the caller's frame and not copied.
pub struct Args<'s> {
    first: *mut Value,
    count: u32,
    undefined: Local<'s>,
    frame: PhantomData<&'s ()>,
}

impl<'s> Args<'s> {
    /// Argument `index`, `undefined` past the end.
    #[inline]
    pub fn get(&self, index: usize) -> Local<'s> {
        if index < self.count as usize {
            // SAFETY: inside the caller's argument array, which outlives the call.
            unsafe { Local::from_slot(self.first.add(index)) }
        } else {
            self.undefined
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The receiver of the call.
    pub fn this(&self) -> Local<'s> {
        // SAFETY: the receiver stands right before the first argument in the caller's frame.
        unsafe { Local::from_slot(self.first.sub(1)) }
    }
}

/// A native operation with its JavaScript name.
#[derive(Clone)]
pub struct Op {
    pub(crate) name: &'static str,
    pub(crate) arity: u32,
    pub(crate) native: unsafe extern "C" fn(*mut JSContext, u32, *mut Value) -> bool,
}

/// What a crate adds to every realm: operations, and bootstrap modules that use them.
#[derive(Clone)]
pub struct Extension {
    pub(crate) name: &'static str,
    pub(crate) ops: Vec<Op>,
    pub(crate) modules: Vec<(&'static str, &'static str)>,
}

impl Extension {
    /// An empty extension.
    pub fn new(name: &'static str) -> Self {
        Extension {
            name,
            ops: Vec::new(),
            modules: Vec::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Adds an operation, importable from `holdfast:ops` under `name`. `f` must be a function item
    /// or a closure that captures nothing.
    #[must_use]
    pub fn op<F>(mut self, name: &'static str, arity: u32, f: F) -> Self
    where
        F: for<'a, 's> Fn(&'a mut Scope<'s>, &'a Args<'s>) -> JsResult<'s>,
        F: Copy + Send + Sync + 'static,
    {
        const {
            assert!(size_of::<F>() == 0, "an operation captures nothing");
        }
        let _ = f;
        self.ops.push(Op {
            name,
            arity,
            native: trampoline::<F>,
        });
        self
    }

    /// Adds a bootstrap module with specifier `holdfast:` + `path`.
    #[must_use]
    pub fn module(mut self, path: &'static str, source: &'static str) -> Self {
        self.modules.push((path, source));
        self
    }

    /// Adds bootstrap modules, as [`module`](Self::module) does, that `holdfast-bootstrap` gathered.
    ///
    /// A debug build reads `crates/<crate>/js/<path>.js` instead, below the folder that the environment variable
    /// `HOLDFAST_CRATES` names, if it is set: so that JavaScript can be worked on without building.
    #[must_use]
    pub fn modules(mut self, modules: &[(&'static str, &'static str)]) -> Self {
        self.modules.extend_from_slice(modules);
        self
    }
}

unsafe extern "C" fn trampoline<F>(cx: *mut JSContext, argc: u32, vp: *mut Value) -> bool
where
    F: for<'a, 's> Fn(&'a mut Scope<'s>, &'a Args<'s>) -> JsResult<'s> + Copy + 'static,
{
    // SAFETY: F has no data (checked in `op`, which also had a value of it), so any well-aligned
    // pointer is one to a valid F.
    let f: &F = unsafe { std::ptr::NonNull::<F>::dangling().as_ref() };
    // SAFETY: SpiderMonkey calls natives in the function's realm, with `vp` holding callee, `this`
    // and `argc` arguments, rooted for the call.
    let result = unsafe {
        let mut scope = Scope::new(cx);
        let args = Args {
            first: vp.add(2),
            count: argc,
            undefined: scope.root(UndefinedValue()),
            frame: PhantomData,
        };
        Inner::of(cx).catch(|| f(&mut scope, &args).map(|value| value.value()))
    };
    match result {
        Some(Ok(value)) => {
            // An operation that takes no notice of a failure would hand its exception to whatever
            // JavaScript does next.
            // SAFETY: `cx` is live.
            let pending = cfg!(debug_assertions) && unsafe { JS_IsExceptionPending(cx) };
            debug_assert!(!pending, "an operation left an exception");
            // SAFETY: the callee's slot takes the result; nothing collected since it was read.
            unsafe { vp.write(value) };
            true
        }
        Some(Err(Thrown)) => {
            // SAFETY: `cx` is live. Without an exception, SpiderMonkey wants to be told that this is
            // the end of the script; twice does no harm.
            unsafe {
                if !JS_IsExceptionPending(cx) {
                    ReportUncatchableException(cx);
                }
            }
            false
        }
        None => {
            // SAFETY: `cx` is live. The panic ends the turn as a termination does: no catch block
            // and no finally runs.
            unsafe { ReportUncatchableException(cx) };
            false
        }
    }
}
