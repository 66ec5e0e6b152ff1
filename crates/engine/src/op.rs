//! Native operations: plain Rust functions that bootstrap JavaScript calls.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mozjs::jsapi::{JSContext, ReportUncatchableException, Value};
use mozjs::jsval::UndefinedValue;

use crate::handles::Local;
use crate::runtime::Inner;
use crate::scope::{JsResult, Scope, Thrown};

/// Most arguments an operation may be called with. Operations are called by bootstrap code only.
const ARGS_MAX: u32 = 64;

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
        Extension { name, ops: Vec::new(), modules: Vec::new() }
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
        F: for<'a, 's> Fn(&'a mut Scope<'s>, &'a Args<'s>) -> JsResult<'s> + Copy + 'static,
    {
        const {
            assert!(size_of::<F>() == 0, "an operation captures nothing");
        }
        let _ = f;
        self.ops.push(Op { name, arity, native: trampoline::<F> });
        self
    }

    /// Adds a bootstrap module with specifier `holdfast:` + `path`.
    #[must_use]
    pub fn module(mut self, path: &'static str, source: &'static str) -> Self {
        self.modules.push((path, source));
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
            count: argc.min(ARGS_MAX),
            undefined: scope.root(UndefinedValue()),
            frame: PhantomData,
        };
        catch_unwind(AssertUnwindSafe(|| f(&mut scope, &args).map(|value| value.value())))
    };
    match result {
        Ok(Ok(value)) => {
            // SAFETY: the callee's slot takes the result; nothing collected since it was read.
            unsafe { vp.write(value) };
            true
        }
        Ok(Err(Thrown)) => false,
        Err(panic) => {
            let message = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_else(|| "a panic without a message".to_owned());
            // SAFETY: `cx` is live. The panic ends the turn as a termination does: no catch block
            // and no finally runs.
            unsafe {
                Inner::of(cx).panic.set(Some(message));
                Inner::of(cx).ended.set(true);
                mozjs::jsapi::JS_ClearPendingException(cx);
                ReportUncatchableException(cx);
            }
            false
        }
    }
}
