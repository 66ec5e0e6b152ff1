//! Realms: a global object with its own built-ins, operations and modules.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::rc::Rc;

use mozjs::jsapi::{
    Compartment, CompartmentIterResult, CompartmentSpecifier, EnterRealm, GetObjectRealmOrNull,
    GetRealmZone, JS_ClearPendingException, JS_DefineFunction, JS_EnumerateStandardClasses,
    JS_FireOnNewGlobalObject, JS_GlobalObjectTraceHook, JS_IterateCompartmentsInZone,
    JS_MayResolveStandardClass, JS_NewGlobalObject, JS_ResolveStandardClass,
    JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps, JSContext, JSObject, LeaveRealm,
    OnNewGlobalHookOption, SetRealmPrivate,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;
use mozjs::rust::RealmOptions;
use mozjs::{JSCLASS_GLOBAL_SLOT_COUNT, JSCLASS_IS_GLOBAL, JSCLASS_RESERVED_SLOTS_MASK};

use crate::module::ModuleLoader;
use crate::persist::Global;
use crate::runtime::Runtime;
use crate::scope::{Scope, Thrown};
use crate::stencil::StencilCache;

static OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: Some(JS_EnumerateStandardClasses),
    newEnumerate: None,
    resolve: Some(JS_ResolveStandardClass),
    mayResolve: Some(JS_MayResolveStandardClass),
    finalize: None,
    call: None,
    construct: None,
    trace: Some(JS_GlobalObjectTraceHook),
};

static CLASS: JSClass = JSClass {
    name: c"ServiceWorkerGlobalScope".as_ptr(),
    flags: JSCLASS_IS_GLOBAL
        | ((JSCLASS_GLOBAL_SLOT_COUNT & JSCLASS_RESERVED_SLOTS_MASK)
            << JSCLASS_RESERVED_SLOTS_SHIFT),
    cOps: &raw const OPS,
    spec: std::ptr::null(),
    ext: std::ptr::null(),
    oOps: std::ptr::null(),
};

/// A realm of a runtime. Clones are the same realm; it lives until it is retired, or as long as the
/// runtime.
#[derive(Clone)]
pub struct Realm(Rc<RealmData>);

impl Realm {
    pub(crate) fn is(&self, other: &Realm) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What the module hooks find through the realm's private pointer.
pub(crate) struct RealmData {
    /// `None` once the realm is retired.
    global: RefCell<Option<Global>>,
    /// The object with all operations, for `holdfast:ops`.
    pub(crate) ops: RefCell<Option<Global>>,
    pub(crate) modules: RefCell<HashMap<String, Global>>,
    pub(crate) loader: Rc<dyn ModuleLoader>,
    pub(crate) stencils: StencilCache,
    /// Whether JavaScript may compile code at run time; see `code_generation`.
    pub(crate) code_generation: Cell<bool>,
    pub(crate) extensions: Rc<Vec<crate::op::Extension>>,
}

/// Enters a realm until dropped.
pub(crate) struct EnteredRealm {
    cx: *mut JSContext,
    previous: *mut mozjs::jsapi::Realm,
}

impl EnteredRealm {
    /// # Safety
    /// `cx` must be live, `global` a live global of it, and the guard must be dropped before the
    /// realm entered before it is left.
    pub(crate) unsafe fn new(cx: *mut JSContext, global: *mut JSObject) -> EnteredRealm {
        // SAFETY: as the caller promises.
        let previous = unsafe { EnterRealm(cx, global) };
        EnteredRealm { cx, previous }
    }
}

impl Drop for EnteredRealm {
    fn drop(&mut self) {
        // SAFETY: guards are dropped in the reverse order of their making.
        unsafe { LeaveRealm(self.cx, self.previous) };
    }
}

impl Runtime {
    /// Makes a realm whose own modules come from `loader`; compiled code is shared through
    /// `stencils`. Bootstrap modules are not run: see [`Scope::import`].
    pub fn new_realm(
        &self,
        loader: Rc<dyn ModuleLoader>,
        stencils: StencilCache,
    ) -> Result<Realm, Thrown> {
        let cx = self.cx();
        // SAFETY: `cx` is live; the fresh global is rooted before anything else runs.
        let realm = unsafe {
            rooted!(in(cx) let global = self.new_global());
            if global.get().is_null() {
                JS_ClearPendingException(cx); // nobody could take it
                return Err(Thrown);
            }
            let _entered = EnteredRealm::new(cx, global.get());
            let mut scope = Scope::new(cx);
            let scope = &mut scope;
            let ops = match define_ops(scope, &self.inner().extensions) {
                Ok(ops) => ops,
                Err(Thrown) => {
                    JS_ClearPendingException(cx);
                    return Err(Thrown);
                }
            };
            let object = scope.root(ObjectValue(global.get()));
            let data = Rc::new(RealmData {
                global: RefCell::new(Some(scope.persist(object))),
                ops: RefCell::new(Some(ops)),
                modules: RefCell::new(HashMap::new()),
                loader,
                stencils,
                code_generation: Cell::new(true),
                extensions: Rc::clone(&self.inner().extensions),
            });
            // The runtime keeps the Rc until the realm is retired, which takes the pointer away.
            SetRealmPrivate(
                GetObjectRealmOrNull(global.get()),
                Rc::as_ptr(&data).cast_mut().cast(),
            );
            Realm(data)
        };
        self.add_realm(realm.clone());
        Ok(realm)
    }

    /// A global object of a realm that nobody ever enters. It keeps alive the one compartment in
    /// which all realms of the runtime are, and its zone.
    ///
    /// One compartment: a [`Local`](crate::Local) of one realm may then be used in another, and be
    /// referred to from there, which between compartments would need wrappers and is undefined
    /// behaviour without. Realms see nothing of each other that Rust does not hand over.
    pub(crate) fn new_anchor(&self) -> Global {
        let cx = self.cx();
        // SAFETY: `cx` is live; the fresh global is rooted before anything else runs.
        unsafe {
            rooted!(in(cx) let global = self.new_global());
            assert!(!global.get().is_null(), "memory for a runtime");
            self.inner()
                .zone
                .set(GetRealmZone(GetObjectRealmOrNull(global.get())));
            let mut scope = Scope::new(cx);
            let object = scope.root(ObjectValue(global.get()));
            scope.persist(object)
        }
    }

    /// A new global object in the compartment of the anchor, if that exists. Null if memory is short.
    ///
    /// # Safety
    /// The caller roots the result at once.
    unsafe fn new_global(&self) -> *mut JSObject {
        let cx = self.cx();
        let mut options = RealmOptions::default();
        // Within one thread: no value that is shared reaches another, since the clone refuses it.
        options.creationOptions_.sharedMemoryAndAtomics_ = true;
        options.creationOptions_.defineSharedArrayBufferConstructor_ = true;
        // Otherwise each major collection throws compiled code away, which is made again for milliseconds.
        options.creationOptions_.preserveJitCode_ = true;
        if self.anchor().is_some() {
            options.creationOptions_.compSpec_ = CompartmentSpecifier::ExistingCompartment;
            options.creationOptions_.__bindgen_anon_1.comp_ = self.compartment();
        }
        // SAFETY: `cx` is live, and the options outlive the call.
        unsafe {
            rooted!(in(cx) let global = JS_NewGlobalObject(cx, &CLASS, std::ptr::null_mut(),
                OnNewGlobalHookOption::DontFireOnNewGlobalHook, &*options));
            if !global.get().is_null() {
                let _entered = EnteredRealm::new(cx, global.get());
                JS_FireOnNewGlobalObject(cx, global.handle().into());
            }
            global.get()
        }
    }

    /// The compartment of the anchor: the only one in its zone.
    fn compartment(&self) -> *mut Compartment {
        unsafe extern "C" fn found(
            _: *mut JSContext,
            result: *mut c_void,
            compartment: *mut Compartment,
        ) -> CompartmentIterResult {
            // SAFETY: `result` is the variable below.
            unsafe { *result.cast::<*mut Compartment>() = compartment };
            CompartmentIterResult::Stop
        }
        let mut compartment = std::ptr::null_mut::<Compartment>();
        let result = (&raw mut compartment).cast();
        // SAFETY: `cx` is live, and so is the zone, by the anchor.
        unsafe {
            JS_IterateCompartmentsInZone(self.cx(), self.inner().zone.get(), result, Some(found))
        };
        assert!(!compartment.is_null(), "the anchor's compartment");
        compartment
    }

    /// Lets go of a realm, which nobody may enter any more; what nothing else refers to can then be
    /// collected. What is left of its JavaScript and runs later can import nothing.
    pub fn retire_realm(&self, realm: &Realm) {
        let Some(global) = realm.0.global.take() else {
            return;
        };
        {
            let cx = self.cx();
            // SAFETY: `cx` is live; the global is rooted by `scope`, and a realm lives as long.
            unsafe {
                let mut scope = Scope::new(cx);
                let object = scope.local(&global);
                SetRealmPrivate(
                    GetObjectRealmOrNull(object.value().to_object()),
                    std::ptr::null_mut(),
                );
            }
        }
        let modules = std::mem::take(&mut *realm.0.modules.borrow_mut());
        drop(modules);
        drop(realm.0.ops.take());
        drop(global);
        self.forget_realm(realm);
    }

    /// Enters `realm` and runs `f` with a scope in it. May be nested.
    ///
    /// # Panics
    /// When `realm` belongs to another runtime, or is retired; when called from the drop of a host
    /// object that the collector drops, or from [`Scope::with_bytes`].
    pub fn enter<R>(&self, realm: &Realm, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        let cx = self.cx();
        // SAFETY: `cx` is live on this thread, since `Runtime` is not Send. The global is read
        // without a realm, which needs none, and its realm is entered before `f` runs.
        unsafe {
            let mut outer = Scope::new(cx);
            let global = match &*realm.0.global.borrow() {
                Some(global) => outer.local(global),
                None => panic!("the realm is retired"),
            };
            let _entered = EnteredRealm::new(cx, global.value().to_object());
            let mut scope = Scope::new(cx);
            f(&mut scope)
        }
    }
}

fn define_ops(
    scope: &mut Scope<'_>,
    extensions: &[crate::op::Extension],
) -> Result<Global, Thrown> {
    let ops = scope.object()?;
    for op in extensions.iter().flat_map(|extension| &extension.ops) {
        let name = std::ffi::CString::new(op.name).expect("an operation's name has no NUL");
        rooted!(in(scope.cx()) let object = ops.value().to_object());
        // SAFETY: the object is rooted; SpiderMonkey copies the name.
        let function = unsafe {
            JS_DefineFunction(
                scope.cx(),
                object.handle().into(),
                name.as_ptr(),
                Some(op.native),
                op.arity,
                0,
            )
        };
        if function.is_null() {
            return Err(Thrown);
        }
    }
    Ok(scope.persist(ops))
}
