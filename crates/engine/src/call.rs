//! Rust calls JavaScript.

use std::ffi::CStr;

use mozjs::jsapi::glue::{DeleteEnvironmentChain, NewEnvironmentChain};
use mozjs::jsapi::{
    Call, CompileFunction, CompileFunctionUtf8, Construct1, CurrentGlobalOrNull, HandleValueArray,
    JS_GetFunctionObject, JSObject, ReportUncatchableException,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;
use mozjs::rust::transform_u16_to_source_text;

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};
use crate::stencil::compile_options_at;

impl<'s> Scope<'s> {
    /// `function.call(this, ...args)`.
    pub fn call(
        &mut self,
        function: Local<'_>,
        this: Local<'_>,
        args: &[Local<'_>],
    ) -> JsResult<'s> {
        let result = self.undefined();
        let run = self.root_run(args.len(), |index| args[index].value());
        let array = HandleValueArray {
            length_: args.len(),
            elements_: run.slot(),
        };
        // SAFETY: everything is rooted, and `array` covers exactly the run of arguments.
        let done = unsafe {
            Call(
                self.cx(),
                this.handle(),
                function.handle(),
                &array,
                result.handle_mut(),
            )
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
        let array = HandleValueArray {
            length_: args.len(),
            elements_: run.slot(),
        };
        rooted!(in(self.cx()) let mut object: *mut JSObject);
        // SAFETY: everything is rooted, and `array` covers exactly the run of arguments.
        let done = unsafe {
            Construct1(
                self.cx(),
                constructor.handle(),
                &array,
                object.handle_mut().into(),
            )
        };
        if done {
            Ok(self.root(ObjectValue(object.get())))
        } else {
            Err(Thrown)
        }
    }

    /// Compiles `body` as a function of these parameters, named in stack traces by `file`. Lines of
    /// the body count from 1.
    pub fn compile_function(
        &mut self,
        file: &str,
        parameters: &[&CStr],
        body: &str,
    ) -> JsResult<'s> {
        let names: Vec<_> = parameters.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: names, text and options outlive the call; an empty environment chain means the
        // global scope; the function is rooted at once.
        unsafe {
            // SpiderMonkey puts one line with the parameters before the body.
            let options = compile_options_at(self.cx(), file, 0);
            let chain = NewEnvironmentChain(self.cx(), mozjs::jsapi::SupportUnscopables::No);
            let (count, names) = (names.len() as u32, names.as_ptr());
            let function = if body.is_ascii() {
                CompileFunctionUtf8(
                    self.cx(),
                    chain,
                    options.ptr,
                    c"".as_ptr(),
                    count,
                    names,
                    body.as_ptr().cast(),
                    body.len(),
                )
            } else {
                // The one above takes each byte for a character.
                let units: Vec<u16> = body.encode_utf16().collect();
                let mut text = transform_u16_to_source_text(&units);
                CompileFunction(
                    self.cx(),
                    chain,
                    options.ptr,
                    c"".as_ptr(),
                    count,
                    names,
                    &mut text,
                )
            };
            DeleteEnvironmentChain(chain);
            if function.is_null() {
                return Err(Thrown);
            }
            Ok(self.root(ObjectValue(JS_GetFunctionObject(function))))
        }
    }

    /// Ends the JavaScript that is running, at once and uncatchably.
    pub fn terminate(&mut self) -> Thrown {
        self.inner().ended.set(true);
        // SAFETY: `cx` is live.
        unsafe { ReportUncatchableException(self.cx()) };
        Thrown
    }

    /// The global object of the current realm.
    pub fn global(&mut self) -> Local<'s> {
        // SAFETY: a scope exists only in an entered realm, which has a global.
        self.root(ObjectValue(unsafe { CurrentGlobalOrNull(self.cx()) }))
    }
}
