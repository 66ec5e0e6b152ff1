//! Exceptions, made and taken.

use mozjs::jsapi::{
    ExceptionStackBehavior, JS_ClearPendingException, JS_GetPendingException,
    JS_IsExceptionPending, JS_SetPendingException,
};

use crate::handles::Local;
use crate::scope::{Scope, Thrown};

impl<'s> Scope<'s> {
    /// Throws `value`.
    pub fn throw(&mut self, value: Local<'_>) -> Thrown {
        // SAFETY: a rooted value; captures the stack for `value` if it is the first throw.
        unsafe {
            JS_SetPendingException(self.cx(), value.handle(), ExceptionStackBehavior::Capture);
        }
        Thrown
    }

    /// Throws `new Error(message)`.
    pub fn throw_error(&mut self, message: &str) -> Thrown {
        self.throw_new("Error", message)
    }

    /// Throws `new TypeError(message)`.
    pub fn throw_type_error(&mut self, message: &str) -> Thrown {
        self.throw_new("TypeError", message)
    }

    /// Throws `new RangeError(message)`.
    pub fn throw_range_error(&mut self, message: &str) -> Thrown {
        self.throw_new("RangeError", message)
    }

    /// Throws `new DOMException(message, name)`; a plain `Error` with that name where the realm has
    /// no DOMException yet.
    pub fn throw_dom(&mut self, name: &str, message: &str) -> Thrown {
        match self.new_dom(name, message) {
            Ok(error) => self.throw(error),
            Err(thrown) => thrown,
        }
    }

    fn new_dom(&mut self, name: &str, message: &str) -> Result<Local<'s>, Thrown> {
        let global = self.global();
        let constructor = self.get(global, "DOMException")?;
        let text = self.string(message)?;
        let name = self.string(name)?;
        if constructor.is_undefined() {
            let error = self.new_error("Error", message)?;
            self.set(error, "name", name)?;
            return Ok(error);
        }
        self.construct(constructor, &[text, name])
    }

    pub(crate) fn throw_new(&mut self, class: &str, message: &str) -> Thrown {
        match self.new_error(class, message) {
            Ok(error) => self.throw(error),
            Err(thrown) => thrown,
        }
    }

    /// `new globalThis[class](message)`, `class` being one of the standard error constructors.
    pub fn new_error(&mut self, class: &str, message: &str) -> Result<Local<'s>, Thrown> {
        let global = self.global();
        let constructor = self.get(global, class)?;
        let text = self.string(message)?;
        self.construct(constructor, &[text])
    }

    /// Takes the pending exception; `undefined` if there is none because execution was terminated.
    pub fn take_exception(&mut self) -> Local<'s> {
        match self.try_take_exception() {
            Some(value) => value,
            None => self.undefined(),
        }
    }

    /// Takes the pending exception, or `None` if execution was terminated.
    pub fn try_take_exception(&mut self) -> Option<Local<'s>> {
        let result = self.undefined();
        // SAFETY: `cx` is live, the slot is rooted.
        unsafe {
            if !JS_IsExceptionPending(self.cx()) {
                return None;
            }
            if !JS_GetPendingException(self.cx(), result.handle_mut()) {
                // Only wrapping the value can fail, for want of memory; the exception is dropped.
                JS_ClearPendingException(self.cx());
                return Some(result);
            }
            JS_ClearPendingException(self.cx());
        }
        Some(result)
    }

    /// If a Rust panic ended the last call into JavaScript, its message.
    pub fn take_panic(&mut self) -> Option<String> {
        self.inner().panic.take()
    }
}
