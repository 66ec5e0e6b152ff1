//! Code that a program makes while it runs: `eval`, `new Function` and WebAssembly from bytes.
//!
//! A realm allows it until it is told otherwise. The engine asks before it compiles; the exception is made here, so
//! that programs see the texts that they know from Workers and not the engine's own.

use mozjs::jsapi::{
    CompilationType, Handle, HandleString, HandleValue, JS_SetSecurityCallbacks, JSContext,
    JSSecurityCallbacks, JSString, RuntimeCode, StackGCVector, Value,
};

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

static CALLBACKS: JSSecurityCallbacks = JSSecurityCallbacks {
    contentSecurityPolicyAllows: Some(allows),
    codeForEvalGets: None,
    subsumes: None,
};

/// # Safety
/// `cx` must be a live context.
pub(crate) unsafe fn install(cx: *mut JSContext) {
    // SAFETY: the callbacks are static and have the right signatures.
    unsafe { JS_SetSecurityCallbacks(cx, &raw const CALLBACKS) };
}

impl<'s> Scope<'s> {
    /// Whether the program of this realm may compile code at run time.
    pub fn allow_code_generation(&mut self, allowed: bool) -> Result<(), Thrown> {
        self.realm_data()?.code_generation.set(allowed);
        Ok(())
    }

    /// `new constructor(bytes)`, with which a file of the program becomes a WebAssembly module whatever the program
    /// itself may compile. `constructor` is `WebAssembly.Module` as it was before the program ran.
    pub fn compile_wasm(&mut self, constructor: Local<'_>, bytes: &[u8]) -> JsResult<'s> {
        let buffer = self.array_buffer(bytes)?;
        let realm = self.realm_data()?;
        // The constructor runs no code of the program: it reads the buffer that nobody else has.
        let before = realm.code_generation.replace(true);
        let module = self.construct(constructor, &[buffer]);
        realm.code_generation.set(before);
        module
    }

    fn throw_wasm_disallowed(&mut self) -> Thrown {
        let error = (|| {
            let global = self.global();
            let namespace = self.get(global, "WebAssembly")?;
            let class = self.get(namespace, "CompileError")?;
            let text = "WebAssembly.Module(): Wasm code generation disallowed by embedder";
            let text = self.string(text)?;
            self.construct(class, &[text])
        })();
        match error {
            Ok(error) => self.throw(error),
            Err(thrown) => thrown,
        }
    }
}

unsafe extern "C" fn allows(
    cx: *mut JSContext,
    kind: RuntimeCode,
    _code: HandleString,
    _compilation: CompilationType,
    _parameter_strings: Handle<StackGCVector<*mut JSString, mozjs::jsapi::js::TempAllocPolicy>>,
    _body_string: HandleString,
    _parameters: Handle<StackGCVector<Value, mozjs::jsapi::js::TempAllocPolicy>>,
    _body: HandleValue,
    allowed: *mut bool,
) -> bool {
    // SAFETY: called while JavaScript runs, so `cx` is live with a realm entered.
    let mut scope = unsafe { Scope::new(cx) };
    let Ok(realm) = scope.realm_data() else {
        return false;
    };
    if realm.code_generation.get() {
        // SAFETY: the engine's own variable for the answer.
        unsafe { *allowed = true };
        return true;
    }
    let Thrown = match kind {
        RuntimeCode::JS => scope.throw_new(
            "EvalError",
            "Code generation from strings disallowed for this context",
        ),
        RuntimeCode::WASM => scope.throw_wasm_disallowed(),
    };
    false
}
