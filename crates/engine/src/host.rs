//! Rust values owned by JavaScript objects.
//!
//! A host object is opaque: no properties, `null` prototype, one reserved slot with a boxed
//! `Rc<dyn Any>` that its finalizer drops. Bootstrap JavaScript keeps it in a private field and hands
//! it back to operations.

use std::any::{Any, type_name};
use std::ffi::c_void;
use std::rc::Rc;

use mozjs::glue::JS_GetReservedSlot;
use mozjs::jsapi::{
    AddAssociatedMemory, GCContext, JS_NewObjectWithGivenProto, JS_SetReservedSlot,
    JSCLASS_FOREGROUND_FINALIZE, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps, JSObject,
    RemoveAssociatedMemory,
};
use mozjs::jsval::{PrivateValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::get_object_class;
use mozjs_sys::jsapi::JS::MemoryUse;

use crate::handles::Local;
use crate::runtime::Inner;
use crate::scope::{JsResult, Scope, Thrown};

const DATA_SLOT: u32 = 0;

static OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: None,
    newEnumerate: None,
    resolve: None,
    mayResolve: None,
    finalize: Some(finalize),
    call: None,
    construct: None,
    trace: None,
};

/// Finalised on the owning thread: the `Rc` must not be dropped elsewhere.
static CLASS: JSClass = JSClass {
    name: c"HostObject".as_ptr(),
    flags: (1 << JSCLASS_RESERVED_SLOTS_SHIFT) | JSCLASS_FOREGROUND_FINALIZE,
    cOps: &raw const OPS,
    spec: std::ptr::null(),
    ext: std::ptr::null(),
    oOps: std::ptr::null(),
};

/// What the collector is told that a held value weighs: itself, its count, and what it may own. Held
/// values are small objects with some heap of their own (headers, buffers, tables); without a
/// figure the collector would let millions of them pile up, since it sees only their slots.
const HELD_BYTES: usize = 1024;

/// The finalizer of the classes that hold a Rust value. Dropping that runs any code, in the middle of
/// a collection: the engine is shut meanwhile, and a panic ends the turn.
///
/// # Safety
/// To be called by the collector, for an object of a class whose slot 0 only [`set_data`] writes.
pub(crate) unsafe extern "C" fn finalize(_: *mut GCContext, object: *mut JSObject) {
    // SAFETY: as the caller promises: the box was made by `set_data` and nobody reaches it any more.
    // Finalizers run on the thread of the object's runtime, whose context is live until they have.
    unsafe {
        let Some(data) = data_of(object) else { return };
        RemoveAssociatedMemory(object, HELD_BYTES, MemoryUse::Embedding1);
        let cx = mozjs::rust::Runtime::get().expect("a finalizer runs on its runtime's thread");
        let inner = Inner::of(cx.as_ptr());
        inner.hosted.set(inner.hosted.get() - 1);
        let shut = inner.shut();
        if inner.catch(|| drop(Box::from_raw(data))).is_none() {
            inner.limits.end_soon();
        }
        drop(shut);
    }
}

/// # Safety
/// `object` must be of a class whose slot 0 holds such a box or undefined.
pub(crate) unsafe fn data_of(object: *mut JSObject) -> Option<*mut Rc<dyn Any>> {
    let mut value = UndefinedValue();
    // SAFETY: the slot exists, as the caller promises.
    unsafe { JS_GetReservedSlot(object, DATA_SLOT, &mut value) };
    if value.is_undefined() {
        return None;
    }
    Some(value.to_private().cast_mut().cast::<Rc<dyn Any>>())
}

/// # Safety
/// `object` must be a fresh object of the runtime `inner`, of a class whose slot 0 is for such a box and whose
/// finalizer drops it.
pub(crate) unsafe fn set_data(inner: &Inner, object: *mut JSObject, data: Rc<dyn Any>) {
    inner.hosted.set(inner.hosted.get() + 1);
    let data: *const c_void = Box::into_raw(Box::new(data)).cast();
    // SAFETY: as the caller promises; noting memory does not collect.
    unsafe {
        JS_SetReservedSlot(object, DATA_SLOT, &PrivateValue(data));
        AddAssociatedMemory(object, HELD_BYTES, MemoryUse::Embedding1);
    }
}

impl<'s> Scope<'s> {
    /// A host object that shares ownership of `data`.
    pub fn wrap<T: 'static>(&mut self, data: Rc<T>) -> JsResult<'s> {
        rooted!(in(self.cx()) let proto = std::ptr::null_mut::<JSObject>());
        // SAFETY: CLASS is static; the new object is rooted right after its slot is set, and
        // setting a slot to a private value does not collect.
        unsafe {
            let object = JS_NewObjectWithGivenProto(self.cx(), &CLASS, proto.handle().into());
            if object.is_null() {
                return Err(Thrown);
            }
            set_data(self.inner(), object, data);
            self.root_object(object)
        }
    }

    /// The Rust value behind a host object. Throws a TypeError if `value` is not one of type `T`.
    pub fn unwrap<T: 'static>(&mut self, value: Local<'_>) -> Result<Rc<T>, Thrown> {
        match self.try_unwrap(value) {
            Some(data) => Ok(data),
            None => {
                let name = type_name::<T>();
                Err(self.throw_type_error(&format!("Illegal invocation: not a {name}")))
            }
        }
    }

    /// The Rust value behind a host object, or `None` if `value` is not one of type `T`.
    pub fn try_unwrap<T: 'static>(&mut self, value: Local<'_>) -> Option<Rc<T>> {
        if !value.is_object() {
            return None;
        }
        let object = value.value().to_object();
        // SAFETY: a live object; only objects of CLASS have the slot that is read.
        unsafe {
            if !std::ptr::eq(get_object_class(object), &CLASS) {
                return None;
            }
            let data = data_of(object)?;
            Rc::clone(&*data).downcast::<T>().ok()
        }
    }
}
