//! A program loaded into a realm of a shard: the user's modules evaluated, and the entries by which
//! the shard runs them.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use holdfast_engine::{
    Global, JsResult, Local, PromiseState, Realm, Runtime, Scope, StencilCache, Thrown,
};
use holdfast_object::NamespaceKey;

use crate::app::{App, StartError};
use crate::compat::SocketCompat;
use crate::loader::{Loader, key_of, static_keys, with_public_names};
use crate::message::ClassId;

/// A class of objects.
pub(crate) struct Class {
    pub(crate) id: ClassId,
    pub(crate) name: String,
    pub(crate) namespace: NamespaceKey,
    /// Its folder below the data folder.
    pub(crate) unique_key: Arc<str>,
    pub(crate) sqlite: bool,
    /// The Worker whose class it is, if it is another one's that a binding names.
    pub(crate) foreign: Option<String>,
}

impl Class {
    /// The key names the class's data, so it is the same whoever speaks of the class, and by the name that it was made
    /// under, so that it stays when the class is renamed.
    fn new(script: &str, name: &str, made_as: &str) -> Class {
        let unique_key = format!("{script}-{made_as}");
        Class {
            id: ClassId::of(&unique_key),
            name: name.to_owned(),
            namespace: NamespaceKey::new(&unique_key),
            unique_key: Arc::from(unique_key),
            sqlite: false,
            foreign: None,
        }
    }
}

/// What all shards know of a program.
pub(crate) struct Plan {
    pub(crate) app: Arc<App>,
    /// The place of the Worker among the node's.
    pub(crate) worker: usize,
    /// The node runs other Workers beside this one, so that output must say whose it is.
    pub(crate) has_neighbours: bool,
    /// The program's own classes, and after them those of other Workers that its bindings name.
    pub(crate) classes: Vec<Class>,
    own_classes: usize,
    /// Compiled modules, shared by the shards.
    pub(crate) stencils: StencilCache,
}

impl Plan {
    /// The plan of one of the node's Workers. `apps` are all of them.
    pub(crate) fn new(apps: &[Arc<App>], worker: usize) -> Plan {
        let app = Arc::clone(&apps[worker]);
        let config = &app.project.config;
        let own = config.classes.iter().map(|class| Class {
            sqlite: class.sqlite,
            ..Class::new(&config.name, &class.class_name, &class.made_as)
        });
        let mut classes: Vec<Class> = own.collect();
        let own_classes = classes.len();
        for (binding, script) in config.foreign_objects() {
            let name = &binding.class_name;
            // Where that Worker does not run, nobody can tell, and nothing is there to be called.
            let made_as = made_as(apps, script, name).unwrap_or(name);
            let class = Class {
                foreign: Some(script.to_owned()),
                ..Class::new(script, name, made_as)
            };
            // Two bindings may name one class.
            if classes[own_classes..]
                .iter()
                .all(|other| other.id != class.id)
            {
                classes.push(class);
            }
        }
        let distinct: std::collections::HashSet<_> = classes.iter().map(|class| class.id).collect();
        assert_eq!(
            distinct.len(),
            classes.len(),
            "two classes with one id: rename one of them"
        );
        Plan {
            app,
            worker,
            has_neighbours: apps.len() > 1,
            classes,
            own_classes,
            stencils: StencilCache::new(),
        }
    }

    /// The Worker's name.
    pub(crate) fn name(&self) -> &str {
        &self.app.project.config.name
    }

    /// The program's own classes.
    fn own_classes(&self) -> &[Class] {
        &self.classes[..self.own_classes]
    }

    /// The class with this id, and its index in the program, if it is one of the program's own.
    pub(crate) fn class(&self, id: ClassId) -> Option<(usize, &Class)> {
        self.own_classes()
            .iter()
            .enumerate()
            .find(|(_, class)| class.id == id)
    }

    /// The Worker that has the class with this id, if that is another one which a binding names.
    pub(crate) fn foreign_owner(&self, id: ClassId) -> Option<&str> {
        let foreign = &self.classes[self.own_classes..];
        foreign
            .iter()
            .find(|class| class.id == id)
            .and_then(|class| class.foreign.as_deref())
    }

    /// The index of the class that a binding names.
    fn class_index(&self, script: Option<&str>, name: &str) -> Option<usize> {
        let foreign = script.filter(|script| *script != self.name());
        self.classes
            .iter()
            .position(|class| class.name == name && class.foreign.as_deref() == foreign)
    }
}

/// The name under which a class of a Worker was made.
fn made_as<'a>(apps: &'a [Arc<App>], script: &str, class: &str) -> Option<&'a str> {
    let config = apps
        .iter()
        .map(|app| &app.project.config)
        .find(|config| config.name == script)?;
    let mut classes = config.classes.iter();
    let made = classes.find(|made| made.class_name == class)?;
    Some(&made.made_as)
}

/// Functions of `workers/js/dispatch.js` and its neighbours.
pub(crate) struct Entries {
    pub(crate) worker_fetch: Global,
    pub(crate) construct: Global,
    pub(crate) construct_facet: Global,
    pub(crate) start_facet: Global,
    pub(crate) object_fetch: Global,
    pub(crate) object_call: Global,
    pub(crate) object_alarm: Global,
    pub(crate) socket_event: Global,
    pub(crate) reply_error: Global,
    pub(crate) run_section: Global,
    pub(crate) pack_thrown: Global,
    pub(crate) target_call: Global,
    pub(crate) release_target: Global,
    pub(crate) service_fetch: Global,
    pub(crate) service_call: Global,
    pub(crate) open_result: Global,
    pub(crate) finish_result: Global,
    pub(crate) unpack_error: Global,
    pub(crate) report_exception: Global,
    pub(crate) unhandled_rejection: Global,
    pub(crate) rejection_handled: Global,
}

/// A program in a realm.
pub(crate) struct Program {
    pub(crate) plan: Arc<Plan>,
    pub(crate) realm: Realm,
    pub(crate) entries: Entries,
    pub(crate) loader: Rc<Loader>,
    pub(crate) sockets: SocketCompat,
    /// CPU time that one turn may take.
    pub(crate) cpu_limit: Duration,
}

impl Program {
    /// Makes a realm and evaluates the program in it, in no more CPU time than one turn may take: `cpu`, unless the
    /// configuration says otherwise.
    pub(crate) fn load(
        runtime: &Runtime,
        plan: &Arc<Plan>,
        cpu: Duration,
    ) -> Result<Program, StartError> {
        let config = &plan.app.project.config;
        let cpu_limit = config.limits_cpu_ms.map_or(cpu, Duration::from_millis);
        let loader = Rc::new(Loader {
            app: Arc::clone(&plan.app),
        });
        let failed = |text: String| {
            StartError::Script(match plan.has_neighbours {
                true => format!("in \"{}\": {text}", config.name),
                false => text,
            })
        };
        let realm = runtime
            .new_realm(Rc::clone(&loader) as Rc<_>, plan.stencils.clone())
            .map_err(|Thrown| failed("there is not enough memory for a realm".to_owned()))?;
        let loading = Rc::clone(&loader);
        let entries = runtime.enter(&realm, |scope| {
            // Operations that module code calls while it is evaluated find its loader there.
            scope
                .state::<crate::ops::CurrentLoader>()
                .set(Rc::clone(&loading), Arc::clone(plan));
            match scope.with_cpu_limit(cpu_limit, |scope| boot(scope, plan)) {
                Ok(Ok(entries)) => Ok(entries),
                Ok(Err(text)) => Err(failed(text)),
                Err(Thrown) => Err(failed(exception_text(scope))),
            }
        });
        match entries {
            Ok(entries) => Ok(Program {
                plan: Arc::clone(plan),
                realm,
                entries,
                loader,
                sockets: SocketCompat::of(config),
                cpu_limit,
            }),
            Err(error) => {
                runtime.retire_realm(&realm);
                Err(error)
            }
        }
    }
}

/// The stack of the pending exception, or what ended execution.
pub(crate) fn exception_text(scope: &mut Scope<'_>) -> String {
    let Some(error) = scope.try_take_exception() else {
        if let Some(panic) = scope.take_panic() {
            return format!("Holdfast failed while it evaluated the Worker: {panic}");
        }
        if scope.take_memory_overrun() {
            return "The Worker used up its memory while it was loaded.".to_owned();
        }
        return "The Worker used up its CPU time while it was loaded.".to_owned();
    };
    error_text(scope, error)
}

/// How an error is shown: its stack, with the place of a syntax error in front.
pub(crate) fn error_text(scope: &mut Scope<'_>, error: Local<'_>) -> String {
    let text = scope.display(error);
    if !scope.is_error(error) {
        return text;
    }
    let stack = match scope.get(error, "stack") {
        Ok(stack) if stack.is_string() => scope.display(stack),
        Ok(_) => String::new(),
        Err(Thrown) => {
            scope.take_exception();
            String::new()
        }
    };
    if stack.contains("\n    at ") {
        return stack;
    }
    // Errors found before anything ran have no frames but know their place.
    let place = (|| {
        let file = scope.get(error, "fileName")?;
        let line = scope.get(error, "lineNumber")?;
        let column = scope.get(error, "columnNumber")?;
        Ok::<_, Thrown>((scope.display(file), line.as_number(), column.as_number()))
    })();
    match place {
        Ok((file, Some(line), Some(column))) if !file.is_empty() => {
            format!(
                "{}\n    at {file}:{line}:{column}",
                with_public_names(&text)
            )
        }
        Ok(_) => text,
        Err(Thrown) => {
            scope.take_exception();
            text
        }
    }
}

fn boot(scope: &mut Scope<'_>, plan: &Plan) -> Result<Result<Entries, String>, Thrown> {
    let global = scope.global();
    set_flags(scope, plan)?;
    // All shards load the same modules at the same time.
    for prefix in ["web/", "workers/"] {
        let keys = scope.bootstrap_keys(prefix);
        scope.prepare_modules(keys)?;
    }
    scope.prepare_modules(static_keys(&plan.app.graph))?;
    let (ops, _) = scope.import("holdfast:ops")?;
    let map_position = scope.get(ops, "op_map_position")?;
    let (web, _) = scope.import("holdfast:web/main")?;
    scope.invoke(web, "install", &[global, map_position])?;
    configure_sockets(scope, plan)?;
    let (workers, _) = scope.import("holdfast:workers/main")?;
    scope.invoke(workers, "install", &[global])?;
    if plan.app.project.config.has_node() {
        let (node, _) = scope.import("holdfast:node/internal/globals")?;
        scope.invoke(node, "install", &[global])?;
    }
    let (dispatch, _) = scope.import("holdfast:workers/dispatch")?;
    let env = make_env(scope, plan)?;
    if plan.app.project.config.has_node() {
        let exit = scope.get(ops, "op_process_exit")?;
        let (process, _) = scope.import("holdfast:node/internal/process/host")?;
        scope.invoke(process, "configure", &[env, exit])?;
    }

    let config = &plan.app.project.config;
    scope.allow_code_generation(config.enables("allow_eval_during_startup"))?;
    let main = key_of(&plan.app.graph, plan.app.graph.main, None);
    let (namespace, evaluation) = scope.import(&main)?;
    let mut uncaught = None;
    let report = scope.run_jobs(&mut |scope| {
        let error = scope.take_exception();
        uncaught.get_or_insert_with(|| error_text(scope, error));
    });
    if report.terminated {
        return Err(Thrown);
    }
    if let Some(text) = uncaught {
        return Ok(Err(text));
    }
    match scope.promise_state(evaluation) {
        Some(PromiseState::Rejected) => {
            let reason = scope.promise_result(evaluation);
            return Err(scope.throw(reason));
        }
        Some(PromiseState::Pending) => {
            return Ok(Err(
                "The top-level await of the Worker's modules waits for something that \
                cannot happen before the first request."
                    .to_owned(),
            ));
        }
        _ => {}
    }
    let names: Vec<_> = plan
        .own_classes()
        .iter()
        .map(|class| scope.string(&class.name))
        .collect::<Result<_, Thrown>>()?;
    let names = scope.array(&names)?;
    let services = &plan.app.project.config.services;
    // Whether others export what is called there is seen before anything runs.
    let called = services
        .iter()
        .filter(|service| service.service == plan.name())
        .map(|service| scope.string(&service.entrypoint))
        .collect::<Result<Vec<_>, Thrown>>()?;
    let called = scope.array(&called)?;
    let problem = scope.invoke(dispatch, "load", &[namespace, names, called])?;
    if problem.is_string() {
        let main = plan.app.graph.module(plan.app.graph.main).display.clone();
        return Ok(Err(format!("{main}: {}", scope.display(problem))));
    }
    scope.take_rejections();
    scope.allow_code_generation(false)?;
    entries(scope, dispatch).map(Ok)
}

fn configure_sockets(scope: &mut Scope<'_>, plan: &Plan) -> Result<(), Thrown> {
    let compat = SocketCompat::of(&plan.app.project.config);
    let (sockets, _) = scope.import("holdfast:web/websocket/websocket")?;
    let flags = [compat.blobs, compat.half_open, compat.reason_limited];
    let flags = flags.map(|flag| scope.bool(flag));
    scope.invoke(sockets, "configure", &flags).map(drop)
}

fn make_env<'s>(scope: &mut Scope<'s>, plan: &Plan) -> JsResult<'s> {
    let config = &plan.app.project.config;
    let vars = serde_json::to_string(&config.vars).expect("JSON values can be written");
    let vars = scope.string(&vars)?;
    let bindings = scope.array(&[])?;
    let mut count = 0;
    for binding in &config.durable_objects {
        // One without a migration was refused before.
        let index = plan.class_index(binding.script_name.as_deref(), &binding.class_name);
        let Some(index) = index else {
            continue;
        };
        let name = scope.string(&binding.name)?;
        let index = scope.number(index as f64);
        let pair = scope.array(&[name, index])?;
        scope.set_index(bindings, count, pair)?;
        count += 1;
    }
    let services = scope.array(&[])?;
    for (index, service) in config.services.iter().enumerate() {
        let name = scope.string(&service.name)?;
        let worker = scope.string(&service.service)?;
        let entry = scope.string(&service.entrypoint)?;
        let props = match &service.props {
            Some(props) => scope.string(&props.to_string())?,
            None => scope.undefined(),
        };
        let binding = scope.array(&[name, worker, entry, props])?;
        scope.set_index(services, index as u32, binding)?;
    }
    let (env, _) = scope.import("holdfast:workers/env")?;
    scope.invoke(env, "makeEnv", &[vars, bindings, services])
}

/// Compatibility flags as `workers/js/flags.js` numbers them (semantics §9.8).
fn set_flags(scope: &mut Scope<'_>, plan: &Plan) -> Result<(), Thrown> {
    let flags = plan.app.project.config.enabled_flags();
    let names = flags
        .map(|name| scope.string(name))
        .collect::<Result<Vec<_>, Thrown>>()?;
    let names = scope.array(&names)?;
    let (compat, _) = scope.import("holdfast:web/compat")?;
    scope.invoke(compat, "setEnabled", &[names])?;
    let (names, states): (Vec<_>, Vec<_>) = plan.app.project.config.all_flags().unzip();
    let names = names
        .into_iter()
        .map(|name| scope.string(name))
        .collect::<Result<Vec<_>, Thrown>>()?;
    let states: Vec<_> = states.into_iter().map(|on| scope.bool(on)).collect();
    let all = [scope.array(&names)?, scope.array(&states)?];
    scope.invoke(compat, "setAll", &all).map(drop)
}

fn entries(scope: &mut Scope<'_>, dispatch: Local<'_>) -> Result<Entries, Thrown> {
    let (errors, _) = scope.import("holdfast:workers/errors")?;
    let (report, _) = scope.import("holdfast:web/report_error")?;
    let (facets, _) = scope.import("holdfast:workers/facets")?;
    let (serve, _) = scope.import("holdfast:workers/rpc/serve")?;
    let (results, _) = scope.import("holdfast:workers/rpc/results")?;
    Ok(Entries {
        worker_fetch: function(scope, dispatch, "workerFetch")?,
        construct: function(scope, dispatch, "construct")?,
        construct_facet: function(scope, dispatch, "constructFacet")?,
        start_facet: function(scope, facets, "startFacet")?,
        object_fetch: function(scope, dispatch, "objectFetch")?,
        object_alarm: function(scope, dispatch, "objectAlarm")?,
        object_call: function(scope, dispatch, "objectCall")?,
        socket_event: function(scope, dispatch, "socketEvent")?,
        reply_error: function(scope, dispatch, "replyError")?,
        run_section: function(scope, dispatch, "runSection")?,
        pack_thrown: function(scope, dispatch, "packThrown")?,
        target_call: function(scope, serve, "targetCall")?,
        release_target: function(scope, serve, "releaseTarget")?,
        service_fetch: function(scope, dispatch, "serviceFetch")?,
        service_call: function(scope, dispatch, "serviceCall")?,
        open_result: function(scope, results, "openResult")?,
        finish_result: function(scope, results, "finishResult")?,
        unpack_error: function(scope, errors, "unpackError")?,
        report_exception: function(scope, report, "reportException")?,
        unhandled_rejection: function(scope, report, "dispatchUnhandledRejection")?,
        rejection_handled: function(scope, report, "dispatchRejectionHandled")?,
    })
}

fn function<'s>(scope: &mut Scope<'s>, module: Local<'_>, name: &str) -> JsResult<'s, Global> {
    let function = scope.get(module, name)?;
    Ok(scope.persist(function))
}
