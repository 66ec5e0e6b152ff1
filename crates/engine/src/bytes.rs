//! Buffers and views of them.

use mozjs::jsapi::{
    GetArrayBufferLengthAndData, GetArrayBufferViewLengthAndData,
    GetSharedArrayBufferLengthAndData, IsArrayBufferObject, IsSharedArrayBufferObject,
    JS_IsArrayBufferViewObject, JS_NewUint8ArrayWithBuffer, JSObject, NewArrayBuffer,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;

use crate::buffer::Buffer;
use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

/// From here on a buffer is made of memory that is written once, and not filled with zeros first.
const UNZEROED_BYTES_MIN: usize = 4 << 10;

impl<'s> Scope<'s> {
    /// A new `ArrayBuffer` with these bytes.
    pub fn array_buffer(&mut self, bytes: impl AsRef<[u8]>) -> JsResult<'s> {
        let bytes = bytes.as_ref();
        if bytes.len() >= UNZEROED_BYTES_MIN {
            return self.array_buffer_of(Buffer::from(bytes));
        }
        // SAFETY: `cx` is live and in a realm.
        let buffer = unsafe { NewArrayBuffer(self.cx(), bytes.len()) };
        if buffer.is_null() {
            return Err(Thrown);
        }
        let (mut length, mut shared, mut data) = (0, false, std::ptr::null_mut());
        // SAFETY: a fresh buffer of exactly this length; nothing collects between the two calls.
        unsafe {
            GetArrayBufferLengthAndData(buffer, &mut length, &mut shared, &mut data);
            assert_eq!(length, bytes.len());
            if length > 0 {
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, length);
            }
        }
        Ok(self.root(ObjectValue(buffer)))
    }

    /// A new `Uint8Array` over a buffer of its own with these bytes.
    pub fn uint8_array(&mut self, bytes: impl AsRef<[u8]>) -> JsResult<'s> {
        let buffer = self.array_buffer(bytes)?;
        self.uint8_array_over(buffer)
    }

    /// A new `Uint8Array` over the whole of an `ArrayBuffer`.
    pub(crate) fn uint8_array_over(&mut self, buffer: Local<'_>) -> JsResult<'s> {
        rooted!(in(self.cx()) let buffer = buffer.value().to_object());
        // SAFETY: `buffer` is rooted; length -1 means "to the end".
        let array = unsafe { JS_NewUint8ArrayWithBuffer(self.cx(), buffer.handle().into(), 0, -1) };
        if array.is_null() {
            return Err(Thrown);
        }
        Ok(self.root(ObjectValue(array)))
    }

    /// Is it an `ArrayBuffer`?
    pub fn is_array_buffer(&mut self, value: Local<'_>) -> bool {
        // SAFETY: a live object; the question does not allocate.
        value.is_object() && unsafe { IsArrayBufferObject(value.value().to_object()) }
    }

    /// Is it a `SharedArrayBuffer`?
    pub fn is_shared_array_buffer(&mut self, value: Local<'_>) -> bool {
        // SAFETY: a live object; the question does not allocate.
        value.is_object() && unsafe { IsSharedArrayBufferObject(value.value().to_object()) }
    }

    /// Is it a typed array or a `DataView`?
    pub fn is_view(&mut self, value: Local<'_>) -> bool {
        // SAFETY: a live object; the question does not allocate.
        value.is_object() && unsafe { JS_IsArrayBufferViewObject(value.value().to_object()) }
    }

    /// The bytes of an `ArrayBuffer` or `SharedArrayBuffer`, or of a view's window, copied; `None` for anything else.
    /// A detached buffer has none: the result is empty.
    pub fn bytes(&mut self, value: Local<'_>) -> Option<Vec<u8>> {
        self.with_bytes(value, <[u8]>::to_vec)
    }

    /// Lets `f` look at the bytes in place; they stay put, since nothing else runs meanwhile.
    ///
    /// # Panics
    /// When `f` enters the runtime, which a closure that has captured it could try.
    pub fn with_bytes<R>(&mut self, value: Local<'_>, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let (data, length) = self.window(value)?;
        if length == 0 || data.is_null() {
            return Some(f(&[]));
        }
        let _shut = self.inner().shut();
        // SAFETY: `data..data + length` is the live window of a rooted object, and nothing runs
        // that could detach, resize or move it until `f` returns: it has no scope, and a `Runtime`
        // that it may have is shut.
        let bytes = unsafe { std::slice::from_raw_parts(data, length) };
        Some(f(bytes))
    }

    /// Copies `bytes` to the start of a buffer or a view's window. `false` if it is neither or too
    /// short, and then nothing was written.
    pub fn write_bytes(&mut self, value: Local<'_>, bytes: &[u8]) -> bool {
        match self.window(value) {
            Some((data, length)) if bytes.len() <= length => {
                if !bytes.is_empty() {
                    // SAFETY: the window is live, writable and at least this long; `bytes` is Rust
                    // memory that cannot overlap the JavaScript heap.
                    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
                }
                true
            }
            _ => false,
        }
    }

    /// Start and length of the bytes. Memory of a `SharedArrayBuffer` is like any other here: no clone takes it to another
    /// runtime (`clone.rs`), so only JavaScript of this thread can write to it.
    fn window(&mut self, value: Local<'_>) -> Option<(*mut u8, usize)> {
        if !value.is_object() {
            return None;
        }
        let object: *mut JSObject = value.value().to_object();
        let (mut length, mut shared, mut data) = (0, false, std::ptr::null_mut());
        // SAFETY: a live object of the kind each call asks for; neither call allocates.
        unsafe {
            if IsArrayBufferObject(object) {
                GetArrayBufferLengthAndData(object, &mut length, &mut shared, &mut data);
            } else if IsSharedArrayBufferObject(object) {
                GetSharedArrayBufferLengthAndData(object, &mut length, &mut shared, &mut data);
            } else if JS_IsArrayBufferViewObject(object) {
                GetArrayBufferViewLengthAndData(object, &mut length, &mut shared, &mut data);
            } else {
                return None;
            }
        }
        Some((data, length))
    }
}
