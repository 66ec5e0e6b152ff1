//! Rust calls JavaScript.

use mozjs::jsapi::{Call, Construct1, CurrentGlobalOrNull, HandleValueArray, JSObject};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

impl<'s> Scope<'s> {
    /// `function.call(this, ...args)`.
    pub fn call(&mut self, function: Local<'_>, this: Local<'_>, args: &[Local<'_>]) -> JsResult<'s> {
        let result = self.undefined();
        let run = self.root_run(args.len(), |index| args[index].value());
        let array = HandleValueArray { length_: args.len(), elements_: run.slot() };
        // SAFETY: everything is rooted, and `array` covers exactly the run of arguments.
        let done = unsafe {
            Call(self.cx(), this.handle(), function.handle(), &array, result.handle_mut())
        };
        if done { Ok(result) } else { Err(Thrown) }
    }

    /// `object[name](...args)`.
    pub fn invoke(&mut self, object: Local<'_>, name: &str, args: &[Local<'_>]) -> JsResult<'s> {
        let method = self.get(object, name)?;
        self.call(method, object, args)
    }

    /// `new constructor(...args)`.
    pub fn construct(&mut self, constructor: Local<'_>, args: &[Local<'_>]) -> JsResult<'s> {
        let run = self.root_run(args.len(), |index| args[index].value());
        let array = HandleValueArray { length_: args.len(), elements_: run.slot() };
        rooted!(in(self.cx()) let mut object: *mut JSObject);
        // SAFETY: everything is rooted, and `array` covers exactly the run of arguments.
        let done = unsafe {
            Construct1(self.cx(), constructor.handle(), &array, object.handle_mut().into())
        };
        if done { Ok(self.root(ObjectValue(object.get()))) } else { Err(Thrown) }
    }

    /// The global object of the current realm.
    pub fn global(&mut self) -> Local<'s> {
        // SAFETY: a scope exists only in an entered realm, which has a global.
        self.root(ObjectValue(unsafe { CurrentGlobalOrNull(self.cx()) }))
    }
}
