//! Memory that becomes an `ArrayBuffer` or a string as it is, without a copy.

use std::alloc::{Layout, handle_alloc_error};
use std::ffi::c_void;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::OnceLock;

use mozjs::glue::{CreateJSExternalStringCallbacks, JSExternalStringCallbacksTraps};
use mozjs::jsapi::glue::NewArrayBufferWithContents;
use mozjs::jsapi::{JS_NewMaybeExternalStringLatin1, JSExternalStringCallbacks};
use mozjs::jsval::ObjectValue;

use crate::scope::{JsResult, Scope, Thrown};

/// Bytes that grow, in memory of the C library's allocator: where SpiderMonkey has its own, and to which it gives back
/// what it was handed. Rust's allocator may be another one.
#[derive(Debug, Default)]
pub struct Buffer {
    /// None while there is no room at all.
    data: Option<NonNull<u8>>,
    length: usize,
    capacity: usize,
}

// SAFETY: it owns its memory, which any thread may free.
unsafe impl Send for Buffer {}

impl Buffer {
    /// No bytes, and room for so many.
    pub fn with_capacity(capacity: usize) -> Buffer {
        let mut buffer = Buffer::default();
        buffer.reserve(capacity);
        buffer
    }

    /// Adds bytes at the end.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        let Some(data) = self.data.filter(|_| !bytes.is_empty()) else {
            return;
        };
        // SAFETY: there is room for them behind the first `length`, in memory that nobody else has.
        unsafe {
            let end = data.add(self.length);
            end.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
        }
        self.length += bytes.len();
    }

    fn reserve(&mut self, more: usize) {
        let needed = self.length.checked_add(more).expect("an address space");
        if needed <= self.capacity {
            return;
        }
        // Large blocks grow by moving pages, so that doubling costs no copies.
        let capacity = needed.max(self.capacity.saturating_mul(2));
        let old = self.data.map_or(std::ptr::null_mut(), NonNull::as_ptr);
        // SAFETY: null, or what an earlier call gave; `capacity` is not zero.
        let new = unsafe { libc::realloc(old.cast(), capacity) };
        let Some(data) = NonNull::new(new.cast()) else {
            handle_alloc_error(Layout::array::<u8>(capacity).expect("asked for it"));
        };
        self.data = Some(data);
        self.capacity = capacity;
    }

    /// Gives the memory away, without what is not used of it.
    fn into_raw(mut self) -> (*mut u8, usize) {
        let Some(data) = self.data.take() else {
            return (std::ptr::null_mut(), 0);
        };
        if self.length == self.capacity || self.length == 0 {
            return (data.as_ptr(), self.length);
        }
        // SAFETY: `data` is a block of this allocator. Where it cannot be made smaller it stays as it is.
        let smaller = unsafe { libc::realloc(data.as_ptr().cast(), self.length) };
        let start = NonNull::new(smaller.cast()).unwrap_or(data);
        (start.as_ptr(), self.length)
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self.data {
            // SAFETY: the first `length` bytes were written.
            Some(data) => unsafe { std::slice::from_raw_parts(data.as_ptr(), self.length) },
            None => &[],
        }
    }
}

impl From<&[u8]> for Buffer {
    fn from(bytes: &[u8]) -> Buffer {
        let mut buffer = Buffer::with_capacity(bytes.len());
        buffer.extend(bytes);
        buffer
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(data) = self.data {
            // SAFETY: a block of this allocator, that nobody else has.
            unsafe { libc::free(data.as_ptr().cast()) };
        }
    }
}

impl<'s> Scope<'s> {
    /// A new `ArrayBuffer` that has these bytes.
    pub fn array_buffer_of(&mut self, bytes: Buffer) -> JsResult<'s> {
        if bytes.is_empty() {
            return self.array_buffer([]);
        }
        let (data, length) = bytes.into_raw();
        // SAFETY: `cx` is live and in a realm. `data` is a block of the allocator that the engine frees it with, which it
        // does also when it fails.
        let buffer = unsafe { NewArrayBufferWithContents(self.cx(), length, data.cast()) };
        if buffer.is_null() {
            return Err(Thrown);
        }
        Ok(self.root(ObjectValue(buffer)))
    }

    /// A new `Uint8Array` over a buffer that has these bytes.
    pub fn uint8_array_of(&mut self, bytes: Buffer) -> JsResult<'s> {
        let buffer = self.array_buffer_of(bytes)?;
        self.uint8_array_over(buffer)
    }

    /// A string of code units below 256, one per byte, which has these bytes. For texts so long that a copy would cost more
    /// than that only a full collection frees them.
    pub fn latin1_of(&mut self, bytes: Buffer) -> JsResult<'s> {
        if bytes.is_empty() {
            return self.latin1(b"");
        }
        let (data, length) = bytes.into_raw();
        let mut is_taken = false;
        // SAFETY: `cx` is live; `data` is a block of `length` bytes that nobody changes any more.
        let string = unsafe {
            let string =
                JS_NewMaybeExternalStringLatin1(self.cx(), data, length, external(), &mut is_taken);
            // Not where there was such a string already, or memory is short.
            if !is_taken {
                libc::free(data.cast());
            }
            string
        };
        self.root_string(string)
    }
}

/// How the engine gives back the characters of an external string: one for all strings, for ever.
fn external() -> *const JSExternalStringCallbacks {
    struct Callbacks(*mut JSExternalStringCallbacks);
    // SAFETY: nothing in it changes, and what it calls may be called on any thread.
    unsafe impl Send for Callbacks {}
    // SAFETY: the same.
    unsafe impl Sync for Callbacks {}
    static CALLBACKS: OnceLock<Callbacks> = OnceLock::new();
    let callbacks = CALLBACKS.get_or_init(|| {
        let traps = JSExternalStringCallbacksTraps {
            latin1Finalize: Some(free_latin1),
            utf16Finalize: None,
            latin1SizeOfBuffer: Some(size_of_latin1),
            utf16SizeOfBuffer: None,
        };
        // SAFETY: the traps are copied.
        Callbacks(unsafe { CreateJSExternalStringCallbacks(&traps, std::ptr::null_mut()) })
    });
    callbacks.0
}

unsafe extern "C" fn free_latin1(_: *const c_void, chars: *mut u8) {
    // SAFETY: what `latin1_of` gave, a block of this allocator.
    unsafe { libc::free(chars.cast()) };
}

/// Asked by memory reports only, which nobody makes.
unsafe extern "C" fn size_of_latin1(
    _: *const c_void,
    chars: *const u8,
    size_of: Option<unsafe extern "C" fn(*const c_void) -> usize>,
) -> usize {
    match size_of {
        // SAFETY: it takes any block of the allocator.
        Some(size_of) => unsafe { size_of(chars.cast()) },
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Buffer;

    #[test]
    fn buffers_grow_and_keep_their_bytes() {
        let mut buffer = Buffer::with_capacity(3);
        assert!(buffer.is_empty());
        let mut expected = Vec::new();
        for piece in 0..200_u8 {
            let bytes = vec![piece; usize::from(piece)];
            buffer.extend(&bytes);
            expected.extend_from_slice(&bytes);
        }
        assert_eq!(*buffer, *expected);
        assert_eq!(*Buffer::default(), []);
    }
}
