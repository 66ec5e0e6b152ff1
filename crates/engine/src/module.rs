//! ES modules: loading, linking, evaluating, dynamic import, import.meta.
//!
//! Everything is loaded synchronously: a [`ModuleLoader`] has the project's sources at hand. Keys
//! that begin with `holdfast:` are the runtime's own modules, found in the extensions;
//! `holdfast:ops` exports every operation. Other keys belong to the loader.

use std::borrow::Cow;
use std::rc::Rc;

use mozjs::glue::JS_GetModulePrivate;
use mozjs::glue::JS_GetScriptPrivate;
use mozjs::jsapi::{
    ColumnNumberOneOrigin, CurrentGlobalOrNull, FinishLoadingImportedModule, GetModuleNamespace,
    GetModuleRequestSpecifier, GetObjectRealmOrNull, GetRealmPrivate, Handle, HandleValue,
    IsPromiseObject, JS_GetRuntime, JS_IsExceptionPending, JSContext, JSObject, JSScript,
    LoadRequestedModules, ModuleEvaluate, ModuleLink, SetModuleLoadHook, SetModuleMetadataHook,
    SetModulePrivate, Value,
};
use mozjs::jsval::{ObjectValue, StringValue, UndefinedValue};
use mozjs::rooted;

use crate::handles::Local;
use crate::realm::RealmData;
use crate::runtime::Inner;
use crate::scope::{JsResult, Scope, Thrown};
use crate::stencil::StencilCache;

/// Prefix of the runtime's own modules.
const OWN: &str = "holdfast:";
const OPS: &str = "holdfast:ops";

/// Where a specifier leads.
pub type Resolved = String;

/// The text of a module.
pub struct ModuleSource {
    /// JavaScript, as an ES module.
    pub code: Cow<'static, str>,
    /// The name shown in stack traces.
    pub file: String,
}

/// Finds the modules of a project. Messages of errors become the text of the JavaScript error.
pub trait ModuleLoader {
    /// The key of the module that `referrer` (a key) means by `specifier`. A key that starts with
    /// `holdfast:` names one of the runtime's own modules.
    fn resolve(&self, referrer: &str, specifier: &str) -> Result<Resolved, String>;

    /// The source of module `key`.
    fn load(&self, key: &str) -> Result<ModuleSource, String>;

    /// Fills in `import.meta` of module `key`.
    fn meta(&self, scope: &mut Scope<'_>, key: &str, meta: Local<'_>) -> Result<(), Thrown>;
}

/// # Safety
/// `cx` must be a live context.
pub(crate) unsafe fn install(cx: *mut JSContext) {
    // SAFETY: the hooks have the right signatures and find their state through the realm.
    unsafe {
        let runtime = JS_GetRuntime(cx);
        SetModuleLoadHook(runtime, Some(load_hook));
        SetModuleMetadataHook(runtime, Some(metadata_hook));
    }
}

impl<'s> Scope<'s> {
    /// The realm entered by this scope; throws if it is retired.
    pub(crate) fn realm_data(&mut self) -> Result<Rc<RealmData>, Thrown> {
        // SAFETY: a scope is inside a realm made by `Runtime::new_realm`, which set the private
        // pointer to data in an Rc. The runtime holds that until it takes the pointer away; this one
        // is for loaders that retire the realm in the middle of being asked.
        unsafe {
            let realm = GetObjectRealmOrNull(CurrentGlobalOrNull(self.cx()));
            let data = GetRealmPrivate(realm).cast::<RealmData>().cast_const();
            if data.is_null() {
                return Err(
                    self.throw_error("this program has been replaced: it imports nothing more")
                );
            }
            Rc::increment_strong_count(data);
            Ok(Rc::from_raw(data))
        }
    }

    /// Loads, links and evaluates module `key`, and returns its namespace and the promise of its
    /// evaluation (settled already unless it awaits at its top level).
    pub fn import(&mut self, key: &str) -> JsResult<'s, (Local<'s>, Local<'s>)> {
        let module = self.module(key)?;
        if self.load_dependencies(module).is_err() {
            // No JavaScript runs that could be ended soon: it ends here.
            return Err(if self.inner().limits.take_end_soon() {
                self.terminate()
            } else {
                Thrown
            });
        }
        let evaluation = self.undefined();
        rooted!(in(self.cx()) let record = module.value().to_object());
        self.inner().ended.set(false);
        // SAFETY: the record is rooted, its dependencies are loaded.
        let done = unsafe {
            ModuleLink(self.cx(), record.handle().into())
                && ModuleEvaluate(self.cx(), record.handle().into(), evaluation.handle_mut())
        };
        if !done || self.inner().ended.get() {
            return Err(Thrown);
        }
        // SAFETY: a linked module has a namespace.
        let namespace = unsafe { GetModuleNamespace(self.cx(), record.handle().into()) };
        let namespace = self.root_object(namespace)?;
        // A cyclic module gives its evaluation promise; keep that shape for all of them.
        let evaluation = self.promise_resolve(evaluation)?;
        Ok((namespace, evaluation))
    }

    fn load_dependencies(&mut self, module: Local<'_>) -> Result<(), Thrown> {
        rooted!(in(self.cx()) let record = module.value().to_object());
        let host = self.undefined();
        // SAFETY: the record is rooted; the hook answers at once, so the callbacks run in the call.
        let done = unsafe {
            LoadRequestedModules(
                self.cx(),
                record.handle().into(),
                host.handle(),
                Some(on_loaded),
                Some(on_load_failed),
            )
        };
        // SAFETY: `cx` is live.
        let failed = unsafe { JS_IsExceptionPending(self.cx()) };
        if done && !failed { Ok(()) } else { Err(Thrown) }
    }

    /// The record of module `key` in this realm, made on first use.
    fn module(&mut self, key: &str) -> JsResult<'s> {
        let realm = self.realm_data()?;
        if let Some(module) = realm.modules.borrow().get(key) {
            return Ok(self.local(module));
        }
        let (source, file) = match own_source(&realm, key) {
            Some(Ok(source)) => (source, key.to_owned()),
            Some(Err(message)) => return Err(self.throw_error(&message)),
            None => match realm.loader.load(key) {
                Ok(source) => (source.code, source.file),
                Err(message) => return Err(self.throw_error(&message)),
            },
        };
        let (stencils, name) = table_of(&realm, key, &source);
        // SAFETY: `cx` is live with a realm entered; the record is rooted at once.
        let module = unsafe { stencils.instantiate(self.cx(), &name, &file, &source)? };
        let module = self.root(ObjectValue(module));
        let name = self.string(key)?;
        // SAFETY: the module record and the string are live.
        unsafe { SetModulePrivate(module.value().to_object(), &name.value()) };
        let kept = self.persist(module);
        realm.modules.borrow_mut().insert(key.to_owned(), kept);
        Ok(module)
    }

    /// Compiles modules that will be imported, in this order, but for those that other threads with the same
    /// [`StencilCache`](crate::StencilCache) compile meanwhile. What is wrong with one is found when it is imported.
    pub fn prepare_modules(
        &mut self,
        keys: impl IntoIterator<Item = String>,
    ) -> Result<(), Thrown> {
        let realm = self.realm_data()?;
        for key in keys {
            let (source, file) = match own_source(&realm, &key) {
                Some(Ok(source)) => (source, key.clone()),
                Some(Err(_)) => continue,
                None => match realm.loader.load(&key) {
                    Ok(source) => (source.code, source.file),
                    Err(_) => continue,
                },
            };
            let (stencils, name) = table_of(&realm, &key, &source);
            // SAFETY: `cx` is live with a realm entered.
            unsafe { stencils.prepare(self.cx(), &name, &file, &source) };
        }
        Ok(())
    }

    /// The keys of the bootstrap modules whose paths begin with `prefix`.
    pub fn bootstrap_keys(&self, prefix: &str) -> Vec<String> {
        let extensions = self.inner().extensions.iter();
        let paths = extensions.flat_map(|extension| &extension.modules);
        let wanted = paths.filter(|(path, _)| path.starts_with(prefix));
        wanted.map(|(path, _)| format!("{OWN}{path}")).collect()
    }

    fn resolve(&mut self, referrer: &str, specifier: &str) -> Result<String, Thrown> {
        if referrer.starts_with(OWN) || referrer.is_empty() {
            if specifier.starts_with(OWN) {
                return Ok(specifier.to_owned());
            }
            if let Some(key) = resolve_own(referrer, specifier) {
                return Ok(key);
            }
        }
        self.realm_data()?
            .loader
            .resolve(referrer, specifier)
            .map_err(|message| self.throw_error(&message))
    }
}

/// The table in which the compiled module is, and its name there. Bootstrap modules that are part of the program are
/// compiled once for the process; the address of a text that never changes tells those of different extensions apart.
#[expect(clippy::ptr_arg, reason = "whether it is owned says which table")]
fn table_of<'r>(
    realm: &'r RealmData,
    key: &'r str,
    source: &Cow<'static, str>,
) -> (&'r StencilCache, Cow<'r, str>) {
    match source {
        Cow::Borrowed(text) if key.starts_with(OWN) => {
            let name = format!("{key} {:p}", text.as_ptr());
            (StencilCache::bootstrap(), name.into())
        }
        _ => (&realm.stencils, key.into()),
    }
}

/// Source of one of the runtime's own modules; `None` if `key` is not one of their names.
fn own_source(realm: &RealmData, key: &str) -> Option<Result<Cow<'static, str>, String>> {
    let path = key.strip_prefix(OWN)?;
    if key == OPS {
        let names: Vec<&str> = realm
            .extensions
            .iter()
            .flat_map(|e| &e.ops)
            .map(|op| op.name)
            .collect();
        let list = names.join(", ");
        return Some(Ok(format!(
            "const {{{list}}} = import.meta.ops;\nexport {{{list}}};"
        )
        .into()));
    }
    #[cfg(debug_assertions)]
    if let Some(source) = source_in_tree(path) {
        return Some(Ok(source.into()));
    }
    let mut modules = realm
        .extensions
        .iter()
        .flat_map(|extension| &extension.modules);
    Some(match modules.find(|(name, _)| *name == path) {
        Some((_, source)) => Ok(Cow::Borrowed(*source)),
        None => Err(format!("no module \"{key}\" in this build of Holdfast")),
    })
}

/// The source of module `path` in the tree that `HOLDFAST_CRATES` names.
#[cfg(debug_assertions)]
fn source_in_tree(path: &str) -> Option<String> {
    let crates = std::env::var_os("HOLDFAST_CRATES")?;
    let (name, file) = path.split_once('/')?;
    let file = format!("{name}/js/{file}.js");
    std::fs::read_to_string(std::path::Path::new(&crates).join(file)).ok()
}

/// Resolves a relative specifier between the runtime's own modules; `.js` may be written.
fn resolve_own(referrer: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with("./") && !specifier.starts_with("../") {
        return None;
    }
    let base = referrer.strip_prefix(OWN)?;
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    Some(format!(
        "{OWN}{}",
        path.strip_suffix(".js").unwrap_or(&path)
    ))
}

unsafe extern "C" fn on_loaded(_: *mut JSContext, _: Handle<Value>) -> bool {
    true
}

/// The error becomes the pending exception of `load_dependencies`.
unsafe extern "C" fn on_load_failed(
    cx: *mut JSContext,
    _: Handle<Value>,
    error: Handle<Value>,
) -> bool {
    // SAFETY: `cx` is live with a realm entered, the handle is rooted.
    unsafe {
        let mut scope = Scope::new(cx);
        let error = scope.root(*error.ptr);
        let Thrown = scope.throw(error);
    }
    true
}

unsafe extern "C" fn load_hook(
    cx: *mut JSContext,
    referrer: Handle<*mut JSScript>,
    request: Handle<*mut JSObject>,
    _host: HandleValue,
    payload: HandleValue,
    _line: u32,
    _column: ColumnNumberOneOrigin,
) -> bool {
    // SAFETY: SpiderMonkey calls this in the referrer's realm with rooted handles.
    let (mut scope, inner) = unsafe { (Scope::new(cx), Inner::of(cx)) };
    // SAFETY: as above.
    let loaded = inner.catch(|| unsafe { load(&mut scope, referrer, request, payload) });
    // SAFETY: `cx` is live.
    if loaded != Some(true) && !unsafe { JS_IsExceptionPending(cx) } {
        // The loader panicked, or execution was ended while it ran. SpiderMonkey insists on an
        // exception here; so that none of the program's code gets to handle it, the end follows soon.
        inner.limits.end_soon();
        let Thrown = scope.throw_error("the module could not be loaded: execution was ended");
    }
    loaded == Some(true)
}

/// # Safety
/// To be called by the load hook with its arguments.
unsafe fn load(
    scope: &mut Scope<'_>,
    referrer: Handle<*mut JSScript>,
    request: Handle<*mut JSObject>,
    payload: HandleValue,
) -> bool {
    let cx = scope.cx();
    // SAFETY: the handles are rooted, as the caller promises.
    unsafe {
        let mut private = UndefinedValue();
        if !(*referrer.ptr).is_null() {
            JS_GetScriptPrivate(
                *referrer.ptr,
                mozjs::jsapi::MutableHandle::from_marked_location(&mut private),
            );
        }
        let private = scope.root(private);
        let specifier = scope.root(StringValue(&*GetModuleRequestSpecifier(cx, request)));
        let Ok(module) = find(scope, private, specifier) else {
            return false;
        };
        rooted!(in(cx) let payload_object = (*payload.ptr).to_object());
        let dynamic = IsPromiseObject(payload_object.handle().into());
        // A dynamic import must find the dependencies of its target loaded.
        if dynamic && scope.load_dependencies(module).is_err() {
            return false;
        }
        rooted!(in(cx) let record = module.value().to_object());
        FinishLoadingImportedModule(
            cx,
            referrer,
            request,
            payload,
            record.handle().into(),
            dynamic,
        )
    }
}

fn find<'s>(scope: &mut Scope<'s>, referrer: Local<'_>, specifier: Local<'_>) -> JsResult<'s> {
    let referrer = if referrer.is_string() {
        scope.to_string(referrer)?
    } else {
        String::new()
    };
    let specifier = scope.to_string(specifier)?;
    let key = scope.resolve(&referrer, &specifier)?;
    scope.module(&key)
}

unsafe extern "C" fn metadata_hook(
    cx: *mut JSContext,
    module: Handle<*mut JSObject>,
    meta: Handle<*mut JSObject>,
) -> bool {
    // SAFETY: SpiderMonkey calls this in the module's realm with rooted handles.
    let (mut scope, private, meta) = unsafe {
        let mut scope = Scope::new(cx);
        let mut private = UndefinedValue();
        JS_GetModulePrivate(
            *module.ptr,
            mozjs::jsapi::MutableHandle::from_marked_location(&mut private),
        );
        let private = scope.root(private);
        let meta = scope.root(ObjectValue(*meta.ptr));
        (scope, private, meta)
    };
    match scope.inner().catch(|| fill_meta(&mut scope, private, meta)) {
        Some(filled) => filled.is_ok(),
        None => {
            let Thrown = scope.terminate();
            false
        }
    }
}

fn fill_meta(scope: &mut Scope<'_>, key: Local<'_>, meta: Local<'_>) -> Result<(), Thrown> {
    let key = scope.to_string(key)?;
    let realm = scope.realm_data()?;
    if key == OPS {
        let ops = match &*realm.ops.borrow() {
            Some(ops) => scope.local(ops),
            None => scope.undefined(),
        };
        return scope.set(meta, "ops", ops);
    }
    if key.starts_with(OWN) {
        return Ok(());
    }
    realm.loader.meta(scope, &key, meta)
}
