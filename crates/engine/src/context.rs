//! The async context: on whose behalf JavaScript runs.
//!
//! One JavaScript object is current at any time (or none). It carries a Rust value chosen by the
//! driver (which object or request this is) and one JavaScript value (the AsyncLocalStorage map).
//! Every job remembers the context in which its reaction was made, and runs in it.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::collections::VecDeque;
use std::rc::Rc;

use mozjs::glue::{CallValueRootTracer, JS_GetReservedSlot};
use mozjs::jsapi::{
    GetRegularMicroTaskCount, JS_NewObjectWithGivenProto, JS_SetReservedSlot,
    JSCLASS_FOREGROUND_FINALIZE, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps, JSContext,
    JSObject, JSTracer,
};
use mozjs::jsval::{JSVal, NullValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::get_object_class;

use crate::handles::Local;
use crate::host::{data_of, finalize, set_data};
use crate::persist::Global;
use crate::runtime::Inner;
use crate::scope::{JsResult, Scope, Thrown};

const BASE_SLOT: u32 = 0;
const VALUE_SLOT: u32 = 1;

static OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: None,
    newEnumerate: None,
    resolve: None,
    mayResolve: None,
    finalize: Some(finalize),
    call: None,
    construct: None,
    trace: None,
};

static CLASS: JSClass = JSClass {
    name: c"AsyncContext".as_ptr(),
    flags: (2 << JSCLASS_RESERVED_SLOTS_SHIFT) | JSCLASS_FOREGROUND_FINALIZE,
    cOps: &raw const OPS,
    spec: std::ptr::null(),
    ext: std::ptr::null(),
    oOps: std::ptr::null(),
};

/// A context with another JavaScript value than the one it came from: slot 0 leads to the context
/// (of CLASS) that has the Rust value, or is undefined where there is none. Programs make these by the
/// million, so that they have no finalizer and live in the nursery.
static DERIVED_CLASS: JSClass = JSClass {
    name: c"AsyncContext".as_ptr(),
    flags: 2 << JSCLASS_RESERVED_SLOTS_SHIFT,
    cOps: std::ptr::null(),
    spec: std::ptr::null(),
    ext: std::ptr::null(),
    oOps: std::ptr::null(),
};

/// What the driver attaches to a context.
pub type ContextData = Rc<dyn Any>;

/// The current context (an object of CLASS or DERIVED_CLASS, or null), and whose the queued jobs are.
///
/// A job carries its context unless its promise was settled already when it was awaited: the
/// engine leaves the data out then, as it is that of the code running. Such jobs are told apart by
/// where they stand: the queue is first in, first out, so what it grew by while one context was
/// current was queued in that one. What is in no run was queued in the context that is current now.
pub(crate) struct CurrentContext {
    current: Cell<JSVal>,
    /// Runs of queued jobs with the context they were queued in, oldest first.
    queued: UnsafeCell<VecDeque<(JSVal, usize)>>,
    /// Jobs in all runs together.
    accounted: Cell<usize>,
}

impl CurrentContext {
    pub(crate) fn new() -> Self {
        CurrentContext {
            current: Cell::new(NullValue()),
            queued: UnsafeCell::new(VecDeque::new()),
            accounted: Cell::new(0),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> JSVal {
        self.current.get()
    }

    /// Attributes the jobs queued since the last switch to the current context. `cx` must be live.
    fn account(&self, cx: *mut JSContext) {
        // SAFETY: the count can be read at any time.
        let length = unsafe { GetRegularMicroTaskCount(cx) };
        let fresh = length.saturating_sub(self.accounted.get());
        if fresh == 0 {
            return;
        }
        self.accounted.set(length);
        let current = self.current.get();
        // SAFETY: borrowed for this block, which calls nothing of the engine.
        let queued = unsafe { &mut *self.queued.get() };
        match queued.back_mut() {
            Some((context, count)) if context.asBits_ == current.asBits_ => *count += fresh,
            _ => queued.push_back((current, fresh)),
        }
    }

    /// The context that the job was queued in which was just taken from the queue.
    #[inline]
    pub(crate) fn take_front(&self) -> JSVal {
        // SAFETY: borrowed for this block, which calls nothing of the engine.
        let queued = unsafe { &mut *self.queued.get() };
        let Some((context, count)) = queued.front_mut() else {
            return self.current.get();
        };
        let context = *context;
        *count -= 1;
        if *count == 0 {
            queued.pop_front();
        }
        self.accounted.set(self.accounted.get() - 1);
        context
    }

    /// Makes `value` current, first attributing what was queued under the one before.
    #[inline]
    pub(crate) fn switch(&self, cx: *mut JSContext, value: JSVal) {
        if self.current.get().asBits_ != value.asBits_ {
            self.account(cx);
            self.current.set(value);
        }
    }

    /// # Safety
    /// To be called from a tracer callback of the runtime this belongs to.
    pub(crate) unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: the values are initialised, and nobody borrows the queue while tracing runs.
        unsafe {
            CallValueRootTracer(tracer, self.current.as_ptr(), c"context".as_ptr());
            for (context, _) in &mut *self.queued.get() {
                CallValueRootTracer(tracer, context, c"queued context".as_ptr());
            }
        }
    }

    /// Asks `filter` about the Rust value of a context object; without one the answer is yes.
    ///
    /// # Safety
    /// `value` must be null or a context object.
    pub(crate) unsafe fn with_data(value: JSVal, filter: &dyn Fn(&ContextData) -> bool) -> bool {
        // SAFETY: as the caller promises; `base` gives objects of CLASS only, and the filter has no
        // access to the engine.
        unsafe {
            let base = Self::base(value);
            !base.is_object() || data_of(base.to_object()).is_none_or(|data| filter(&*data))
        }
    }

    /// The Rust value of a context object.
    ///
    /// # Safety
    /// `value` must be null or a context object.
    unsafe fn data(value: JSVal) -> Option<ContextData> {
        // SAFETY: as the caller promises; `base` gives objects of CLASS only.
        unsafe {
            let base = Self::base(value);
            if !base.is_object() {
                return None;
            }
            data_of(base.to_object()).map(|data| Rc::clone(&*data))
        }
    }

    /// The context of CLASS that a context object is or comes from; no object if there is none.
    ///
    /// # Safety
    /// `value` must be null or a context object.
    unsafe fn base(value: JSVal) -> JSVal {
        if !value.is_object() {
            return value;
        }
        // SAFETY: as the caller promises; objects of both classes have the slot.
        unsafe {
            let object = value.to_object();
            if std::ptr::eq(get_object_class(object), &CLASS) {
                return value;
            }
            let mut base = UndefinedValue();
            JS_GetReservedSlot(object, BASE_SLOT, &mut base);
            base
        }
    }
}

/// The context to go back to.
pub(crate) struct KeptContext<'s> {
    cx: *mut JSContext,
    context: &'s CurrentContext,
    value: Local<'s>,
}

impl KeptContext<'_> {
    #[inline]
    pub(crate) fn value(&self) -> JSVal {
        self.value.value()
    }
}

impl Drop for KeptContext<'_> {
    #[inline]
    fn drop(&mut self) {
        self.context.switch(self.cx, self.value());
    }
}

impl<'s> Scope<'s> {
    /// Makes a context carrying `data`, to be entered by [`Scope::in_context`].
    pub fn new_context(&mut self, data: ContextData) -> JsResult<'s, Global> {
        rooted!(in(self.cx()) let proto = std::ptr::null_mut::<JSObject>());
        // SAFETY: CLASS is static; the slot of the data is set before anything can collect.
        let context = unsafe {
            let object: *mut JSObject =
                JS_NewObjectWithGivenProto(self.cx(), &CLASS, proto.handle().into());
            if object.is_null() {
                return Err(Thrown);
            }
            set_data(self.inner(), object, data);
            self.root_object(object)?
        };
        Ok(self.persist(context))
    }

    /// Makes a context like the current one but with this JavaScript value.
    fn derived_context(&mut self, value: Local<'_>) -> JsResult<'s> {
        rooted!(in(self.cx()) let proto = std::ptr::null_mut::<JSObject>());
        // SAFETY: DERIVED_CLASS is static; both slots are set, from what is rooted, before anything
        // can collect. Only context objects, or null, become current.
        unsafe {
            let object: *mut JSObject =
                JS_NewObjectWithGivenProto(self.cx(), &DERIVED_CLASS, proto.handle().into());
            if object.is_null() {
                return Err(Thrown);
            }
            let base = CurrentContext::base(self.inner().context.get());
            if base.is_object() {
                JS_SetReservedSlot(object, BASE_SLOT, &base);
            }
            JS_SetReservedSlot(object, VALUE_SLOT, &value.value());
            self.root_object(object)
        }
    }

    /// Runs `f` with `context` current.
    ///
    /// # Panics
    /// When `context` was not made by [`Scope::new_context`].
    pub fn in_context<R>(&mut self, context: &Global, f: impl FnOnce(&mut Scope<'s>) -> R) -> R {
        let context = self.local(context);
        self.in_context_of(context, f)
    }

    /// Like [`Scope::in_context`], with the context's handle already local.
    ///
    /// # Panics
    /// When `context` was not made by [`Scope::new_context`].
    pub fn in_context_of<R>(
        &mut self,
        context: Local<'_>,
        f: impl FnOnce(&mut Scope<'s>) -> R,
    ) -> R {
        let is_context = context.is_object() && {
            // SAFETY: a live object; the question does not allocate.
            let class = unsafe { get_object_class(context.value().to_object()) };
            std::ptr::eq(class, &CLASS) || std::ptr::eq(class, &DERIVED_CLASS)
        };
        assert!(is_context, "not a context");
        self.with_current(context, f)
    }

    pub(crate) fn with_current<R>(
        &mut self,
        context: Local<'_>,
        f: impl FnOnce(&mut Scope<'s>) -> R,
    ) -> R {
        let previous = self.keep_context();
        previous.context.switch(self.cx(), context.value());
        f(self)
    }

    /// Sees to it that the context that is current now is current again when the result is dropped,
    /// also by a panic: it is caught further out and the thread goes on.
    pub(crate) fn keep_context(&mut self) -> KeptContext<'s> {
        let context = &self.inner().context;
        KeptContext {
            cx: self.cx(),
            context,
            value: self.root(context.get()),
        }
    }

    /// The driver's value of the current context, if there is one and it is a `T`.
    pub fn context<T: 'static>(&self) -> Option<Rc<T>> {
        // SAFETY: only context objects, or null, become current.
        unsafe { CurrentContext::data(self.inner().context.get()) }?
            .downcast()
            .ok()
    }

    /// A handle on the current context, if there is one.
    pub fn current_context(&mut self) -> Option<Global> {
        let current = self.inner().context.get();
        if !current.is_object() {
            return None;
        }
        let current = self.root(current);
        Some(self.persist(current))
    }

    /// The JavaScript value of the current context (`undefined` outside any).
    pub fn context_value(&mut self) -> Local<'s> {
        let current = self.inner().context.get();
        let mut value = UndefinedValue();
        if current.is_object() {
            // SAFETY: objects of both classes have the slot.
            unsafe { JS_GetReservedSlot(current.to_object(), VALUE_SLOT, &mut value) };
        }
        self.root(value)
    }

    /// Runs `f` in a context like the current one but with this JavaScript value.
    pub fn with_context_value<R>(
        &mut self,
        value: Local<'_>,
        f: impl FnOnce(&mut Scope<'s>) -> R,
    ) -> JsResult<'s, R> {
        let context = self.derived_context(value)?;
        Ok(self.with_current(context, f))
    }

    /// The driver's value of the current context, whatever its type: to tell contexts apart.
    pub fn context_data(&self) -> Option<ContextData> {
        // SAFETY: only context objects, or null, become current.
        unsafe { CurrentContext::data(self.inner().context.get()) }
    }
}

/// Reads the current context without a scope, for a driver called back from an operation.
#[derive(Clone)]
pub struct ContextReader(Rc<Inner>);

impl crate::Runtime {
    /// Lets `filter` decide, before each job, whether jobs of its context may still run; a job that
    /// may not is dropped. Can be set once.
    ///
    /// # Panics
    /// When it is set already.
    pub fn set_job_filter(&self, filter: impl Fn(&ContextData) -> bool + 'static) {
        let set = self.inner().job_filter.set(Box::new(filter));
        assert!(set.is_ok(), "the job filter is set once");
    }

    /// A reader of this runtime's current context.
    pub fn context_reader(&self) -> ContextReader {
        ContextReader(Rc::clone(self.inner()))
    }
}

impl ContextReader {
    /// The driver's value of the current context, if there is one and it is a `T`.
    pub fn get<T: 'static>(&self) -> Option<Rc<T>> {
        // SAFETY: only context objects, or null, become current; after the runtime's end it is
        // whatever was current last, so look only while the runtime is alive.
        unsafe {
            if !self.0.alive.get() {
                return None;
            }
            CurrentContext::data(self.0.context.get())
        }?
        .downcast()
        .ok()
    }
}
