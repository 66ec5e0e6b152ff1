//! Scopes: the right to touch JavaScript, and the lifetime of local values.

use std::any::{TypeId, type_name};
use std::marker::PhantomData;
use std::rc::Rc;

use mozjs::jsapi::JSContext;
use mozjs::jsval::{BooleanValue, DoubleValue, Int32Value, JSVal, NullValue, UndefinedValue};

use crate::handles::{Local, Mark};
use crate::runtime::Inner;

/// A JavaScript exception is pending, or execution was terminated.
///
/// Carries nothing: the exception stays in the context until [`Scope::take_exception`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an exception is pending: return it or take it"]
pub struct Thrown;

/// What most calls into JavaScript return.
pub type JsResult<'s, T = Local<'s>> = Result<T, Thrown>;

/// A handle scope inside an entered realm. Whoever holds `&mut Scope` may run JavaScript.
///
/// Values made through it live until it ends. Scopes nest as a stack: see [`Scope::nest`].
pub struct Scope<'s> {
    cx: *mut JSContext,
    mark: Mark,
    lifetime: PhantomData<&'s mut &'s ()>,
}

impl Drop for Scope<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: nobody else uses the handle stack during this call, and scopes end in the
        // reverse order of their beginning: other crates only ever borrow one, and no two that a
        // program can reach at once have the same type, so they can be neither leaked nor swapped.
        unsafe { (*self.inner().handles.get()).release(self.mark) };
    }
}

impl<'s> Scope<'s> {
    /// # Safety
    /// `cx` must be this thread's live context with a realm entered for as long as the scope lives,
    /// and `'s` must not outlive the scope.
    #[inline]
    pub(crate) unsafe fn new(cx: *mut JSContext) -> Scope<'s> {
        // SAFETY: as the caller promises; the handle stack is borrowed for this call only.
        let mark = unsafe { (*Inner::of(cx).handles.get()).open() };
        Scope {
            cx,
            mark,
            lifetime: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn cx(&self) -> *mut JSContext {
        self.cx
    }

    #[inline]
    pub(crate) fn inner(&self) -> &'s Inner {
        // SAFETY: `cx` is live while the scope is.
        unsafe { Inner::of(self.cx) }
    }

    pub(crate) fn runtime_rc(&self) -> Rc<Inner> {
        // SAFETY: the address came from `Rc::as_ptr` in `Runtime::new`, and that `Rc` is alive.
        unsafe {
            let inner = Inner::address(self.cx);
            Rc::increment_strong_count(inner);
            Rc::from_raw(inner)
        }
    }

    #[inline]
    pub(crate) fn root(&mut self, value: JSVal) -> Local<'s> {
        // SAFETY: the handle stack is borrowed for this call only, which runs no JavaScript.
        unsafe { (*self.inner().handles.get()).push(self.mark, value) }
    }

    #[inline]
    pub(crate) fn root_run(
        &mut self,
        count: usize,
        value: impl FnMut(usize) -> JSVal,
    ) -> Local<'s> {
        // SAFETY: as in `root`; the closures given here only read slots.
        unsafe { (*self.inner().handles.get()).push_run(self.mark, count, value) }
    }

    /// Runs `f` with a scope of its own; the values made in it are released when it returns.
    pub fn nest<R>(&mut self, f: impl for<'i> FnOnce(&mut Scope<'i>) -> R) -> R {
        // SAFETY: the realm stays entered, and the higher-ranked lifetime keeps locals inside.
        let mut inner = unsafe { Scope::new(self.cx) };
        f(&mut inner)
    }

    /// `undefined`.
    pub fn undefined(&mut self) -> Local<'s> {
        self.root(UndefinedValue())
    }

    /// `null`.
    pub fn null(&mut self) -> Local<'s> {
        self.root(NullValue())
    }

    /// A boolean.
    pub fn bool(&mut self, value: bool) -> Local<'s> {
        self.root(BooleanValue(value))
    }

    /// A number; whole numbers in range become the engine's small integers.
    pub fn number(&mut self, value: f64) -> Local<'s> {
        // Other NaNs than this one have the bit patterns of pointers.
        let value = if value.is_nan() { f64::NAN } else { value };
        let int = value as i32;
        if f64::from(int) == value && (int != 0 || value.is_sign_positive()) {
            return self.int(int);
        }
        self.root(DoubleValue(value))
    }

    /// A small integer.
    pub fn int(&mut self, value: i32) -> Local<'s> {
        self.root(Int32Value(value))
    }

    /// Rust state put there by [`crate::Runtime::put_state`].
    ///
    /// # Panics
    /// When there is none of type `T`: a mistake in setting up the runtime.
    pub fn state<T: 'static>(&self) -> Rc<T> {
        self.try_state()
            .unwrap_or_else(|| panic!("no state of type {} installed", type_name::<T>()))
    }

    /// Like [`Scope::state`], or `None`.
    pub fn try_state<T: 'static>(&self) -> Option<Rc<T>> {
        let state = self
            .inner()
            .state
            .borrow()
            .get(&TypeId::of::<T>())
            .cloned()?;
        state.downcast::<T>().ok()
    }
}
