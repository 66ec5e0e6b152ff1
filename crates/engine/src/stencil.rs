//! Compiled code shared between realms and threads.

use std::collections::HashMap;
#[cfg(feature = "debugmozjs")]
use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

use mozjs::jsapi::mozilla::Utf8Unit;
use mozjs::jsapi::{
    ConvertFrontendErrorsToRuntimeErrors, DestroyFrontendContext, FrontendContext,
    InstantiateModuleStencil, InstantiateOptions, JS_ReportOutOfMemory, JSContext, JSObject,
    NewFrontendContext, ReadOnlyCompileOptions, SetNativeStackQuota, SourceText, StencilRelease,
};
use mozjs::rust::{CompileOptionsWrapper, transform_str_to_source_text};

use crate::limits::STACK_RESERVE;
use crate::runtime::Inner;
use crate::scope::Thrown;

/// Compiled modules by key. Clones share one table; a key's source must never change.
#[derive(Clone, Default)]
pub struct StencilCache {
    table: Arc<Mutex<HashMap<String, Arc<Stencil>>>>,
}

struct Stencil(*mut mozjs::jsapi::Stencil);

// SAFETY: a stencil is immutable but for lazily compiled functions, which it adds atomically, and its
// reference count is atomic; so is the text's, which has a lock besides. See `StencilCache::instantiate`
// for the one exception.
unsafe impl Send for Stencil {}
// SAFETY: as above: instantiating only reads it.
unsafe impl Sync for Stencil {}

impl Drop for Stencil {
    fn drop(&mut self) {
        // SAFETY: this owns one reference.
        unsafe { StencilRelease(self.0) };
    }
}

impl StencilCache {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
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
        let known = self.lock().get(key).cloned();
        if let Some(stencil) = known {
            // SAFETY: as the caller promises.
            return unsafe { stencil.instantiate(cx) };
        }
        // Compiled outside the lock; if two threads race, both results are equally good.
        // SAFETY: as the caller promises.
        unsafe {
            let stencil = Arc::new(compile(cx, file, source)?);
            // Before others see it: the first time, SpiderMonkey notes in a plain field that the
            // source is to be compressed. Two threads that both do so crash the process later.
            let module = stencil.instantiate(cx)?;
            self.lock().insert(key.to_owned(), stencil);
            Ok(module)
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Stencil>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where SpiderMonkey compiles: one that belongs to no runtime. What is compiled for a runtime shares
/// bytecode with its other scripts and must not outlive it, as a stencil here may.
struct Frontend(*mut FrontendContext);

impl Drop for Frontend {
    fn drop(&mut self) {
        // SAFETY: made by `NewFrontendContext`, destroyed once.
        unsafe { DestroyFrontendContext(self.0) };
    }
}

/// # Safety
/// `cx` must be live with a realm entered.
unsafe fn compile(cx: *mut JSContext, file: &str, source: &str) -> Result<Stencil, Thrown> {
    // SAFETY: as the caller promises; the options and the text outlive the calls.
    unsafe {
        let frontend = Frontend(NewFrontendContext());
        if frontend.0.is_null() {
            JS_ReportOutOfMemory(cx);
            return Err(Thrown);
        }
        SetNativeStackQuota(frontend.0, Inner::of(cx).stack_bytes - STACK_RESERVE);
        let options = compile_options(cx, file);
        let mut text = transform_str_to_source_text(source);
        let stencil = compile_module(frontend.0, options.ptr, &mut text);
        if stencil.is_null() {
            // Also where it answers false, an error is pending: that of converting this one.
            ConvertFrontendErrorsToRuntimeErrors(cx, frontend.0, options.ptr);
            return Err(Thrown);
        }
        Ok(Stencil(stencil))
    }
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
    let name = std::ffi::CString::new(file.replace('\0', "")).expect("NUL was removed");
    // SAFETY: as the caller promises; the wrapper is dropped before anything else uses `cx`.
    let wrapped =
        unsafe { mozjs::context::JSContext::from_ptr(std::ptr::NonNull::new_unchecked(cx)) };
    CompileOptionsWrapper::new(&wrapped, name, 1)
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
        // SAFETY: as the caller promises; the stencil is held by `self`.
        let module =
            unsafe { InstantiateModuleStencil(cx, &options, self.0, std::ptr::null_mut()) };
        if module.is_null() {
            Err(Thrown)
        } else {
            Ok(module)
        }
    }
}
