//! Stencils as bytes, by SpiderMonkey's own format.
//!
//! The bytes are code that nothing checks: whoever can write them runs what they like in this process. They carry a hash
//! of SpiderMonkey's, which finds accidents; that they come from the same build of it is for the caller to know.

use std::ffi::c_void;

use mozjs::jsapi::{FrontendContext, ReadOnlyDecodeOptions, SetProcessBuildIdOp, Stencil};

/// `mozilla::Vector<uint8_t, 0, MallocAllocPolicy>`, which has no generated declaration.
#[repr(C)]
struct ByteVector {
    begin: *mut u8,
    length: usize,
    capacity: usize,
    #[cfg(feature = "debugmozjs")]
    reserved: usize,
    #[cfg(feature = "debugmozjs")]
    entered: bool,
}

impl ByteVector {
    /// As its constructor leaves it: where there is no buffer, `begin` is the size of an element.
    fn new() -> ByteVector {
        ByteVector {
            begin: std::ptr::without_provenance_mut(size_of::<u8>()),
            length: 0,
            capacity: 0,
            #[cfg(feature = "debugmozjs")]
            reserved: 0,
            #[cfg(feature = "debugmozjs")]
            entered: false,
        }
    }
}

impl Drop for ByteVector {
    fn drop(&mut self) {
        if self.capacity > 0 {
            // SAFETY: with a capacity, `begin` is what the C library's `malloc` gave it, and nobody else has it.
            unsafe { libc::free(self.begin.cast()) };
        }
    }
}

/// `mozilla::Range<const uint8_t>`: two `RangedPtr`s, which are longer in a debug build.
#[repr(C)]
struct Range([RangedPtr; 2]);

#[repr(C)]
struct RangedPtr {
    at: *const u8,
    #[cfg(feature = "debugmozjs")]
    start: *const u8,
    #[cfg(feature = "debugmozjs")]
    end: *const u8,
}

impl Range {
    fn of(bytes: &[u8]) -> Range {
        let range = bytes.as_ptr_range();
        Range([range.start, range.end].map(|at| RangedPtr {
            at,
            #[cfg(feature = "debugmozjs")]
            start: range.start,
            #[cfg(feature = "debugmozjs")]
            end: range.end,
        }))
    }
}

/// `JS::TranscodeResult::Ok`.
const OK: u8 = 0;

unsafe extern "C" {
    #[link_name = "_ZN2JS13EncodeStencilEPN2js15FrontendContextEPNS0_8frontend32InitialStencilAndDelazificationsERN7mozilla6VectorIhLm0ENS6_17MallocAllocPolicyEEE"]
    fn encode_stencil(
        frontend: *mut FrontendContext,
        stencil: *mut Stencil,
        buffer: *mut ByteVector,
    ) -> u8;

    #[link_name = "_ZN2JS13DecodeStencilEPN2js15FrontendContextERKNS_21ReadOnlyDecodeOptionsERKN7mozilla5RangeIKhEEPPNS0_8frontend32InitialStencilAndDelazificationsE"]
    fn decode_stencil(
        frontend: *mut FrontendContext,
        options: *const ReadOnlyDecodeOptions,
        range: *const Range,
        stencil: *mut *mut Stencil,
    ) -> u8;
}

/// Lets SpiderMonkey write and read stencils.
///
/// # Safety
/// To be called once the engine is initialised, before any other function here.
pub(crate) unsafe fn install() {
    /// Adds nothing to what SpiderMonkey says of its build by itself.
    unsafe extern "C" fn build_id(_: *mut c_void) -> bool {
        true
    }
    // SAFETY: the operation takes a pointer to the vector that it may append to, whatever the type of that is called.
    unsafe {
        SetProcessBuildIdOp(std::mem::transmute::<
            unsafe extern "C" fn(*mut c_void) -> bool,
            mozjs::jsapi::BuildIdOp,
        >(build_id));
    }
}

/// The bytes of a stencil; `None` where memory is short, or what it holds has no such form.
///
/// # Safety
/// Both are live, and this thread alone uses the context.
pub(crate) unsafe fn encode(
    frontend: *mut FrontendContext,
    stencil: *mut Stencil,
) -> Option<Vec<u8>> {
    let mut buffer = ByteVector::new();
    // SAFETY: as the caller promises; the vector is laid out as C++ has it.
    let result = unsafe { encode_stencil(frontend, stencil, &raw mut buffer) };
    // SAFETY: `begin` is good for `length` bytes, also where that is 0.
    (result == OK)
        .then(|| unsafe { std::slice::from_raw_parts(buffer.begin, buffer.length) }.to_vec())
}

/// The stencil, with a reference that is the caller's; `None` if the bytes are not those of one.
///
/// # Safety
/// The context is live, and this thread alone uses it. The bytes were made by [`encode`] with the same build of
/// SpiderMonkey.
pub(crate) unsafe fn decode(frontend: *mut FrontendContext, bytes: &[u8]) -> Option<*mut Stencil> {
    let options = ReadOnlyDecodeOptions {
        // The stencil has a copy of what it needs.
        borrowBuffer: false,
        usePinnedBytecode: false,
        introducerFilename_: mozjs::jsapi::ConstUTF8CharsZ {
            data_: std::ptr::null(),
        },
        introductionType: std::ptr::null(),
        introductionLineno: 0,
        introductionOffset: 0,
    };
    let mut stencil = std::ptr::null_mut();
    let range = Range::of(bytes);
    // SAFETY: as the caller promises; options, range and result are laid out as C++ has them.
    let result = unsafe {
        decode_stencil(
            frontend,
            &raw const options,
            &raw const range,
            &raw mut stencil,
        )
    };
    (result == OK && !stencil.is_null()).then_some(stencil)
}
