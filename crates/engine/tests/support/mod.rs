//! A runtime with one realm whose modules are given as text.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use holdfast_engine::{
    Extension, JsResult, Local, ModuleLoader, ModuleSource, Realm, Runtime, RuntimeOptions, Scope,
    StencilCache, Thrown,
};

pub struct Texts(pub RefCell<HashMap<String, String>>);

impl ModuleLoader for Texts {
    fn resolve(&self, referrer: &str, specifier: &str) -> Result<String, String> {
        if self.0.borrow().contains_key(specifier) {
            return Ok(specifier.to_owned());
        }
        Err(format!("cannot find {specifier} from {referrer}"))
    }

    fn load(&self, key: &str) -> Result<ModuleSource, String> {
        let code = self
            .0
            .borrow()
            .get(key)
            .cloned()
            .ok_or_else(|| format!("no module {key}"))?;
        Ok(ModuleSource {
            code: code.into(),
            file: format!("{key}.js"),
        })
    }

    fn meta(&self, scope: &mut Scope<'_>, key: &str, meta: Local<'_>) -> Result<(), Thrown> {
        let url = scope.string(&format!("file:///{key}"))?;
        scope.set(meta, "url", url)
    }
}

/// Is the collector made to run all the time, so that a test need not fill the heap to see it run?
pub fn zeal() -> bool {
    cfg!(feature = "debugmozjs") && std::env::var_os("HOLDFAST_GC_ZEAL").is_some()
}

/// A runtime, whose collector is made to run as HOLDFAST_GC_ZEAL="mode,frequency" says; for the modes see
/// scripts/test-zeal.sh.
pub fn runtime(options: &RuntimeOptions, extensions: Vec<Extension>) -> Runtime {
    #[cfg_attr(not(feature = "debugmozjs"), expect(unused_mut))]
    let mut runtime = Runtime::new(options, extensions);
    #[cfg(feature = "debugmozjs")]
    if let Ok(zeal) = std::env::var("HOLDFAST_GC_ZEAL") {
        let (mode, frequency) = zeal.split_once(',').expect("mode,frequency");
        runtime.set_gc_zeal(
            mode.parse().expect("a mode"),
            frequency.parse().expect("a frequency"),
        );
    }
    runtime
}

pub struct World {
    pub runtime: Runtime,
    pub realm: Realm,
    pub texts: Rc<Texts>,
}

impl World {
    pub fn new(extensions: Vec<Extension>) -> World {
        World::with_options(&RuntimeOptions::default(), extensions)
    }

    pub fn with_options(options: &RuntimeOptions, extensions: Vec<Extension>) -> World {
        World::of(runtime(options, extensions), StencilCache::new())
    }

    pub fn with_stencils(stencils: StencilCache) -> World {
        World::of(runtime(&RuntimeOptions::default(), vec![]), stencils)
    }

    fn of(runtime: Runtime, stencils: StencilCache) -> World {
        let texts = Rc::new(Texts(RefCell::new(HashMap::new())));
        let realm = runtime
            .new_realm(Rc::clone(&texts) as Rc<dyn ModuleLoader>, stencils)
            .expect("a realm");
        World {
            runtime,
            realm,
            texts,
        }
    }

    pub fn module(&self, key: &str, code: &str) {
        self.texts
            .0
            .borrow_mut()
            .insert(key.to_owned(), code.to_owned());
    }

    pub fn enter<R>(&self, f: impl for<'s> FnOnce(&mut Scope<'s>) -> R) -> R {
        self.runtime.enter(&self.realm, f)
    }

    /// Evaluates a module, drains jobs, and gives `String(namespace.default)` or the error's text.
    pub fn run(&self, code: &str) -> Result<String, String> {
        let key = format!("main{}", self.texts.0.borrow().len());
        self.module(&key, code);
        self.enter(|scope| {
            let result = import(scope, &key);
            match result {
                Ok(value) => Ok(scope.display(value)),
                Err(Thrown) => Err(match scope.try_take_exception() {
                    Some(error) => scope.display(error),
                    None => "terminated".to_owned(),
                }),
            }
        })
    }
}

/// The default export of module `key`, its jobs run and, if it is a promise, awaited.
pub fn import<'s>(scope: &mut Scope<'s>, key: &str) -> JsResult<'s> {
    let (namespace, evaluation) = scope.import(key)?;
    drain(scope)?;
    if scope.promise_state(evaluation) == Some(holdfast_engine::PromiseState::Rejected) {
        let reason = scope.promise_result(evaluation);
        return Err(scope.throw(reason));
    }
    let value = scope.get(namespace, "default")?;
    match scope.promise_state(value) {
        Some(holdfast_engine::PromiseState::Fulfilled) => Ok(scope.promise_result(value)),
        Some(holdfast_engine::PromiseState::Rejected) => {
            let reason = scope.promise_result(value);
            Err(scope.throw(reason))
        }
        _ => Ok(value),
    }
}

pub fn drain(scope: &mut Scope<'_>) -> Result<(), Thrown> {
    let report = scope.run_jobs(&mut |scope| {
        let error = scope.take_exception();
        panic!("a job threw {}", scope.display(error));
    });
    if report.terminated {
        Err(Thrown)
    } else {
        Ok(())
    }
}
