//! Compiled code shared between realms and threads.

use std::collections::HashMap;
#[cfg(feature = "debugmozjs")]
use std::ffi::c_void;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use mozjs::jsapi::mozilla::Utf8Unit;
use mozjs::jsapi::{
    ConvertFrontendErrorsToRuntimeErrors, DestroyFrontendContext, FrontendContext,
    InstantiateModuleStencil, InstantiateOptions, JS_ReportOutOfMemory, JSContext, JSObject,
    NewFrontendContext, ReadOnlyCompileOptions, SetNativeStackQuota, SourceText, StencilRelease,
};
use mozjs::rust::{CompileOptionsWrapper, transform_str_to_source_text};

use crate::code_cache::CodeCache;
use crate::limits::STACK_RESERVE;
use crate::runtime::Inner;
use crate::scope::Thrown;

/// Compiled modules by key. Clones share one table; a key's source must never change.
///
/// A module is compiled by one thread, while others that want it wait. So threads that load the same modules at the
/// same time share the work, if each first goes through all of them with [`Self::prepare`].
#[derive(Clone, Default)]
pub struct StencilCache {
    table: Arc<Table>,
}

#[derive(Default)]
struct Table {
    slots: Mutex<HashMap<String, Slot>>,
    /// A slot is compiled, or was given up.
    changed: Condvar,
}

enum Slot {
    /// Some thread is at it.
    Compiling,
    Ready(Arc<Stencil>),
}

pub(crate) struct Stencil {
    raw: *mut mozjs::jsapi::Stencil,
    /// It was instantiated. The first time, SpiderMonkey notes in a plain field that the source is to be compressed: two
    /// threads that both do so crash the process later.
    used: Mutex<bool>,
}

// SAFETY: a stencil is immutable but for lazily compiled functions, which it adds atomically, and its
// reference count is atomic; so is the text's, which has a lock besides. `used` guards the one exception.
unsafe impl Send for Stencil {}
// SAFETY: as above: instantiating only reads it.
unsafe impl Sync for Stencil {}

impl Stencil {
    /// Takes over a reference to a stencil that nothing has instantiated yet.
    pub(crate) fn from_raw(raw: *mut mozjs::jsapi::Stencil) -> Stencil {
        Stencil {
            raw,
            used: Mutex::new(false),
        }
    }

    pub(crate) fn raw(&self) -> *mut mozjs::jsapi::Stencil {
        self.raw
    }
}

impl Drop for Stencil {
    fn drop(&mut self) {
        // SAFETY: this owns one reference.
        unsafe { StencilRelease(self.raw) };
    }
}

impl Table {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A slot that this thread fills. Dropped, it is free again, and whoever waits for it does the work.
struct Claim<'c> {
    table: &'c Table,
    key: &'c str,
}

impl Claim<'_> {
    fn fill(self, stencil: Arc<Stencil>) -> Arc<Stencil> {
        let slot = Slot::Ready(Arc::clone(&stencil));
        self.table.lock().insert(self.key.to_owned(), slot);
        stencil
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut slots = self.table.lock();
        if matches!(slots.get(self.key), Some(Slot::Compiling)) {
            slots.remove(self.key);
        }
        drop(slots);
        self.table.changed.notify_all();
    }
}

impl StencilCache {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The process's table of bootstrap modules.
    pub(crate) fn bootstrap() -> &'static StencilCache {
        static BOOTSTRAP: OnceLock<StencilCache> = OnceLock::new();
        BOOTSTRAP.get_or_init(StencilCache::new)
    }

    fn claim<'c>(&'c self, key: &'c str) -> Option<Claim<'c>> {
        let mut slots = self.table.lock();
        if slots.contains_key(key) {
            return None;
        }
        slots.insert(key.to_owned(), Slot::Compiling);
        let table = &*self.table;
        Some(Claim { table, key })
    }

    /// Compiles module `key` unless that was done, or another thread is at it. What is wrong with the source is found when
    /// the module is instantiated.
    ///
    /// # Safety
    /// `cx` must be live with a realm entered.
    pub(crate) unsafe fn prepare(&self, cx: *mut JSContext, key: &str, file: &str, source: &str) {
        let Some(claim) = self.claim(key) else { return };
        // SAFETY: as the caller promises.
        match unsafe { compile(cx, file, source) } {
            Ok(stencil) => drop(claim.fill(stencil)),
            // SAFETY: as the caller promises.
            Err(Thrown) => unsafe { mozjs::jsapi::JS_ClearPendingException(cx) },
        }
    }

    /// A record in the current realm of module `key`, which is compiled now if it never was.
    ///
    /// # Safety
    /// `cx` must be live with a realm entered; the caller roots the result at once.
    pub(crate) unsafe fn instantiate(
        &self,
        cx: *mut JSContext,
        key: &str,
        file: &str,
        source: &str,
    ) -> Result<*mut JSObject, Thrown> {
        let stencil = loop {
            if let Some(claim) = self.claim(key) {
                // SAFETY: as the caller promises.
                break claim.fill(unsafe { compile(cx, file, source)? });
            }
            let mut slots = self.table.lock();
            while let Some(Slot::Compiling) = slots.get(key) {
                let waited = self.table.changed.wait(slots);
                slots = waited.unwrap_or_else(PoisonError::into_inner);
            }
            if let Some(Slot::Ready(stencil)) = slots.get(key) {
                break Arc::clone(stencil);
            }
        };
        // SAFETY: as the caller promises.
        unsafe { stencil.instantiate(cx) }
    }
}

/// Where SpiderMonkey compiles: one that belongs to no runtime. What is compiled for a runtime shares
/// bytecode with its other scripts and must not outlive it, as a stencil here may.
pub(crate) struct Frontend(*mut FrontendContext);

impl Frontend {
    /// `None` where memory is short.
    pub(crate) fn new() -> Option<Frontend> {
        // SAFETY: needs nothing but an initialised engine, without which there is no stencil to ask one for.
        let raw = unsafe { NewFrontendContext() };
        (!raw.is_null()).then_some(Frontend(raw))
    }

    pub(crate) fn raw(&self) -> *mut FrontendContext {
        self.0
    }
}

impl Drop for Frontend {
    fn drop(&mut self) {
        // SAFETY: made by `NewFrontendContext`, destroyed once.
        unsafe { DestroyFrontendContext(self.0) };
    }
}

/// Compiles, unless the runtime's cache has the code.
///
/// # Safety
/// `cx` must be live with a realm entered.
unsafe fn compile(cx: *mut JSContext, file: &str, source: &str) -> Result<Arc<Stencil>, Thrown> {
    // SAFETY: as the caller promises.
    let inner = unsafe { Inner::of(cx) };
    let digest = inner.code.as_ref().map(|_| CodeCache::digest(file, source));
    let cache = inner.code.as_deref().zip(digest);
    if let Some(stencil) = cache.and_then(|(cache, digest)| cache.find(&digest)) {
        return Ok(stencil);
    }
    let Some(frontend) = Frontend::new() else {
        // SAFETY: as the caller promises.
        unsafe { JS_ReportOutOfMemory(cx) };
        return Err(Thrown);
    };
    // SAFETY: as the caller promises; the options and the text outlive the calls.
    let stencil = unsafe {
        SetNativeStackQuota(frontend.raw(), inner.stack_bytes - STACK_RESERVE);
        let options = compile_options(cx, file);
        let mut text = transform_str_to_source_text(source);
        let stencil = compile_module(frontend.raw(), options.ptr, &mut text);
        if stencil.is_null() {
            // Also where it answers false, an error is pending: that of converting this one.
            ConvertFrontendErrorsToRuntimeErrors(cx, frontend.raw(), options.ptr);
            return Err(Thrown);
        }
        Arc::new(Stencil::from_raw(stencil))
    };
    if let Some((cache, digest)) = cache {
        cache.add(digest, &frontend, &stencil);
    }
    Ok(stencil)
}

/// # Safety
/// As for the function of SpiderMonkey.
#[cfg(not(feature = "debugmozjs"))]
unsafe fn compile_module(
    frontend: *mut FrontendContext,
    options: *const ReadOnlyCompileOptions,
    text: *mut SourceText<Utf8Unit>,
) -> *mut mozjs::jsapi::Stencil {
    // SAFETY: as the caller promises.
    unsafe { mozjs::jsapi::CompileModuleScriptToStencil2(frontend, options, text).mRawPtr }
}

/// The result is an `already_AddRefed`. In a debug build that has a destructor, so C++ returns it
/// through memory that the caller provides, of which the generated declaration knows nothing.
///
/// # Safety
/// As for the function of SpiderMonkey.
#[cfg(feature = "debugmozjs")]
unsafe fn compile_module(
    frontend: *mut FrontendContext,
    options: *const ReadOnlyCompileOptions,
    text: *mut SourceText<Utf8Unit>,
) -> *mut mozjs::jsapi::Stencil {
    unsafe extern "C" {
        #[link_name = "_ZN2JS28CompileModuleScriptToStencilEPN2js15FrontendContextERKNS_22ReadOnlyCompileOptionsERNS_10SourceTextIN7mozilla8Utf8UnitEEE"]
        fn compile_module_script_to_stencil(
            result: *mut *mut mozjs::jsapi::Stencil,
            frontend: *mut FrontendContext,
            options: *const ReadOnlyCompileOptions,
            text: *mut SourceText<Utf8Unit>,
        ) -> *mut c_void;
    }
    let mut result = std::ptr::null_mut();
    // SAFETY: as the caller promises; the result is one pointer, whose reference is now ours.
    unsafe { compile_module_script_to_stencil(&raw mut result, frontend, options, text) };
    result
}

/// # Safety
/// `cx` must be live.
pub(crate) unsafe fn compile_options(cx: *mut JSContext, file: &str) -> CompileOptionsWrapper {
    // SAFETY: as the caller promises.
    unsafe { compile_options_at(cx, file, 1) }
}

/// The same for text whose first line has this number.
///
/// # Safety
/// `cx` must be live.
pub(crate) unsafe fn compile_options_at(
    cx: *mut JSContext,
    file: &str,
    line: u32,
) -> CompileOptionsWrapper {
    let name = std::ffi::CString::new(file.replace('\0', "")).expect("NUL was removed");
    // SAFETY: as the caller promises; the wrapper is dropped before anything else uses `cx`.
    let wrapped =
        unsafe { mozjs::context::JSContext::from_ptr(std::ptr::NonNull::new_unchecked(cx)) };
    CompileOptionsWrapper::new(&wrapped, name, line)
}

impl Stencil {
    /// Makes a module record of it in the current realm.
    ///
    /// # Safety
    /// `cx` must be live with a realm entered; the caller roots the result at once.
    unsafe fn instantiate(&self, cx: *mut JSContext) -> Result<*mut JSObject, Thrown> {
        let options = InstantiateOptions {
            skipFilenameValidation: false,
            hideScriptFromDebugger: false,
            deferDebugMetadata: false,
            eagerDelazificationStrategy_: mozjs::jsapi::DelazificationOption::OnDemandOnly,
            eagerBaselineStrategy_: mozjs::jsapi::EagerBaselineOption::None,
        };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let first = (!std::mem::replace(&mut *used, true)).then_some(used);
        // SAFETY: as the caller promises; the stencil is held by `self`.
        let module =
            unsafe { InstantiateModuleStencil(cx, &options, self.raw, std::ptr::null_mut()) };
        drop(first);
        if module.is_null() {
            Err(Thrown)
        } else {
            Ok(module)
        }
    }
}
