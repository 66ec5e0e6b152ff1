//! Compiled code shared between realms and threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use mozjs::jsapi::{
    CompileModuleScriptToStencil, InstantiateModuleStencil, InstantiateOptions, JSContext, JSObject,
    StencilRelease,
};
use mozjs::rust::{CompileOptionsWrapper, transform_str_to_source_text};

use crate::scope::Thrown;

/// Compiled modules by key. Clones share one table; a key's source must never change.
#[derive(Clone, Default)]
pub struct StencilCache {
    table: Arc<Mutex<HashMap<String, Arc<Stencil>>>>,
}

pub(crate) struct Stencil(*mut mozjs::jsapi::Stencil);

// SAFETY: a stencil is immutable once made, and its reference count is atomic; SpiderMonkey itself
// compiles them on one thread and instantiates them on others.
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

    /// The stencil of module `key`, compiled now if it is not there.
    ///
    /// # Safety
    /// `cx` must be live with a realm entered.
    pub(crate) unsafe fn get(
        &self, cx: *mut JSContext, key: &str, file: &str, source: &str,
    ) -> Result<Arc<Stencil>, Thrown> {
        if let Some(stencil) = self.lock().get(key) {
            return Ok(Arc::clone(stencil));
        }
        // Compiled outside the lock; if two threads race, both results are equally good.
        // SAFETY: as the caller promises.
        let stencil = Arc::new(unsafe { compile(cx, file, source)? });
        self.lock().insert(key.to_owned(), Arc::clone(&stencil));
        Ok(stencil)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Stencil>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// # Safety
/// `cx` must be live with a realm entered.
unsafe fn compile(cx: *mut JSContext, file: &str, source: &str) -> Result<Stencil, Thrown> {
    // SAFETY: as the caller promises; the options and the text outlive the call.
    unsafe {
        let options = compile_options(cx, file);
        let mut text = transform_str_to_source_text(source);
        let stencil = CompileModuleScriptToStencil(cx, options.ptr, &mut text).mRawPtr;
        if stencil.is_null() { Err(Thrown) } else { Ok(Stencil(stencil)) }
    }
}

/// # Safety
/// `cx` must be live.
pub(crate) unsafe fn compile_options(cx: *mut JSContext, file: &str) -> CompileOptionsWrapper {
    let name = std::ffi::CString::new(file.replace('\0', "")).expect("NUL was removed");
    // SAFETY: as the caller promises; the wrapper is dropped before anything else uses `cx`.
    let wrapped = unsafe {
        mozjs::context::JSContext::from_ptr(std::ptr::NonNull::new_unchecked(cx))
    };
    CompileOptionsWrapper::new(&wrapped, name, 1)
}

impl Stencil {
    /// Makes a module record of it in the current realm.
    ///
    /// # Safety
    /// `cx` must be live with a realm entered; the caller roots the result at once.
    pub(crate) unsafe fn instantiate(&self, cx: *mut JSContext) -> Result<*mut JSObject, Thrown> {
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
        if module.is_null() { Err(Thrown) } else { Ok(module) }
    }
}
