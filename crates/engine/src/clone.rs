//! Structured clone into bytes and back, after HTML's StructuredSerialize.

use std::ffi::{CStr, c_char, c_void};

use mozjs::glue::{
    CopyJSStructuredCloneData, DeleteJSAutoStructuredCloneBuffer, GetLengthOfJSStructuredCloneData,
    NewJSAutoStructuredCloneBuffer, WriteBytesToJSStructuredCloneData,
};
use mozjs::jsapi::{
    CloneDataPolicy, HandleObject, JS_ReadStructuredClone, JS_WriteStructuredClone,
    JSAutoStructuredCloneBuffer, JSContext, JSStructuredCloneCallbacks, JSStructuredCloneWriter,
    StructuredCloneScope,
};
use mozjs::jsval::ObjectValue;

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

/// SpiderMonkey's format version; written beside nothing, since the format carries it itself.
const VERSION: u32 = mozjs::jsapi::JS_STRUCTURED_CLONE_VERSION;

static CALLBACKS: JSStructuredCloneCallbacks = JSStructuredCloneCallbacks {
    read: None,
    write: Some(on_unsupported),
    reportError: Some(on_error),
    readTransfer: None,
    writeTransfer: None,
    freeTransfer: None,
    canTransfer: None,
    sabCloned: None,
};

/// Where a clone may be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Anywhere: it is nothing but bytes.
    Anywhere,
    /// Here and at once: it may refer to the memory of a `SharedArrayBuffer`, which no other runtime may ever get.
    Here,
}

impl Reach {
    fn scope(self) -> StructuredCloneScope {
        match self {
            Reach::Anywhere => StructuredCloneScope::DifferentProcess,
            Reach::Here => StructuredCloneScope::SameProcess,
        }
    }

    fn policy(self) -> CloneDataPolicy {
        CloneDataPolicy {
            allowIntraClusterClonableSharedObjects_: self == Reach::Here,
            allowSharedMemoryObjects_: self == Reach::Here,
        }
    }
}

struct Buffer(*mut JSAutoStructuredCloneBuffer);

impl Buffer {
    fn new(reach: Reach) -> Buffer {
        // SAFETY: the callbacks are static.
        Buffer(unsafe { NewJSAutoStructuredCloneBuffer(reach.scope(), &CALLBACKS) })
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: made by `new`, deleted once.
        unsafe { DeleteJSAutoStructuredCloneBuffer(self.0) };
    }
}

impl<'s> Scope<'s> {
    /// Serialises `value` into bytes that any runtime of any process can read. Throws DataCloneError
    /// for what has no clone (functions, promises, symbols, weak maps …).
    pub fn serialize(&mut self, value: Local<'_>) -> Result<Vec<u8>, Thrown> {
        let nothing = self.undefined();
        self.serialize_with(value, nothing)
    }

    fn serialize_with(&mut self, value: Local<'_>, transfer: Local<'_>) -> Result<Vec<u8>, Thrown> {
        let buffer = self.write_clone(value, transfer, Reach::Anywhere)?;
        // SAFETY: the destination has exactly the room that the buffer says it needs.
        unsafe {
            let data = &raw mut (*buffer.0).data_;
            let length = GetLengthOfJSStructuredCloneData(data);
            let mut bytes = Vec::<u8>::with_capacity(length);
            CopyJSStructuredCloneData(data, bytes.as_mut_ptr());
            bytes.set_len(length);
            Ok(bytes)
        }
    }

    fn write_clone(
        &mut self,
        value: Local<'_>,
        transfer: Local<'_>,
        reach: Reach,
    ) -> Result<Buffer, Thrown> {
        if value.is_symbol() {
            let text = describe(self, value);
            return Err(self.throw_dom("DataCloneError", &format!("{text} could not be cloned.")));
        }
        let buffer = Buffer::new(reach);
        let mut failure: Option<String> = None;
        // SAFETY: values are rooted, the buffer and `failure` outlive the call.
        let done = unsafe {
            JS_WriteStructuredClone(
                self.cx(),
                value.handle(),
                &raw mut (*buffer.0).data_,
                reach.scope(),
                &reach.policy(),
                &CALLBACKS,
                (&raw mut failure).cast(),
                transfer.handle(),
            )
        };
        match done {
            true => Ok(buffer),
            false => Err(self.clone_failed(failure)),
        }
    }

    /// The value that [`Scope::serialize`] wrote. Throws DataCloneError if the bytes are not such.
    pub fn deserialize(&mut self, bytes: &[u8]) -> JsResult<'s> {
        // The format is a sequence of 64-bit words; anything else would be refused less clearly.
        if bytes.is_empty() || !bytes.len().is_multiple_of(8) {
            return Err(self.throw_dom("DataCloneError", "the serialized value is damaged"));
        }
        let buffer = Buffer::new(Reach::Anywhere);
        // SAFETY: the buffer copies the bytes.
        let written = unsafe {
            let data = &raw mut (*buffer.0).data_;
            WriteBytesToJSStructuredCloneData(bytes.as_ptr(), bytes.len(), data)
        };
        match written {
            true => self.read_clone(&buffer, Reach::Anywhere),
            false => Err(self.clone_failed(None)),
        }
    }

    fn read_clone(&mut self, buffer: &Buffer, reach: Reach) -> JsResult<'s> {
        let result = self.undefined();
        let mut failure: Option<String> = None;
        // SAFETY: `Anywhere` makes the reader refuse pointers, so arbitrary bytes are safe to try; what reaches `Here` only
        // was written by the caller a moment ago, and its buffer holds what it points to.
        let done = unsafe {
            JS_ReadStructuredClone(
                self.cx(),
                &raw mut (*buffer.0).data_,
                VERSION,
                reach.scope(),
                result.handle_mut(),
                &reach.policy(),
                &CALLBACKS,
                (&raw mut failure).cast(),
            )
        };
        match done {
            true => Ok(result),
            false => Err(self.clone_failed(failure)),
        }
    }

    /// `structuredClone(value, { transfer })`; `transfer` is an array of ArrayBuffers or undefined. With `shared`, a
    /// `SharedArrayBuffer` is copied as another one over the same memory; else it throws DataCloneError.
    pub fn structured_clone(
        &mut self,
        value: Local<'_>,
        transfer: Local<'_>,
        shared: bool,
    ) -> JsResult<'s> {
        if shared {
            let buffer = self.write_clone(value, transfer, Reach::Here)?;
            return self.read_clone(&buffer, Reach::Here);
        }
        // Bytes of transferred buffers are copied, and the originals detached, by the writer.
        let bytes = self.serialize_with(value, transfer)?;
        self.deserialize(&bytes)
    }

    fn clone_failed(&mut self, failure: Option<String>) -> Thrown {
        // SAFETY: `cx` is live.
        if unsafe { mozjs::jsapi::JS_IsExceptionPending(self.cx()) } {
            return Thrown; // a getter threw, or the write hook did
        }
        match failure {
            Some(message) => self.throw_dom("DataCloneError", &message),
            None => Thrown, // terminated
        }
    }
}

/// How V8 names a value in "… could not be cloned.".
fn describe(scope: &mut Scope<'_>, value: Local<'_>) -> String {
    let text = (|| {
        if value.is_symbol() {
            let global = scope.global();
            let string = scope.get(global, "String")?;
            let text = scope.call(string, value, &[value])?;
            return scope.to_string(text);
        }
        if scope.is_function(value) && !scope.is_proxy(value) {
            return scope.to_string(value);
        }
        let constructor = scope.get(value, "constructor")?;
        let name = scope.get(constructor, "name")?;
        let name = if name.is_string() {
            scope.to_string(name)?
        } else {
            "Object".to_owned()
        };
        Ok::<_, Thrown>(format!("#<{name}>"))
    })();
    match text {
        Ok(text) => text,
        Err(Thrown) => {
            scope.take_exception();
            "#<Object>".to_owned()
        }
    }
}

/// Called for an object that the engine has no way to write.
unsafe extern "C" fn on_unsupported(
    cx: *mut JSContext,
    _: *mut JSStructuredCloneWriter,
    object: HandleObject,
    _: *mut bool,
    _: *mut c_void,
) -> bool {
    // SAFETY: called while writing in the value's realm, with a rooted handle.
    let (mut scope, value) = unsafe {
        let mut scope = Scope::new(cx);
        let value = scope.root(ObjectValue(*object.ptr));
        (scope, value)
    };
    let text = describe(&mut scope, value);
    let Thrown = scope.throw_dom("DataCloneError", &format!("{text} could not be cloned."));
    false
}

unsafe extern "C" fn on_error(
    _: *mut JSContext,
    id: u32,
    closure: *mut c_void,
    message: *const c_char,
) {
    if closure.is_null() {
        return;
    }
    // SAFETY: `closure` is the `Option<String>` of the call in progress; the message, if any, is a
    // C string that lives for this call.
    unsafe {
        let failure = &mut *closure.cast::<Option<String>>();
        let text = if id == mozjs::jsapi::JS_SCERR_NOT_CLONABLE {
            // Shared memory. The engine's own text speaks of headers of a page.
            "#<SharedArrayBuffer> could not be cloned.".to_owned()
        } else if message.is_null() {
            "The object could not be cloned.".to_owned()
        } else {
            CStr::from_ptr(message).to_string_lossy().into_owned()
        };
        *failure = Some(text);
    }
}
