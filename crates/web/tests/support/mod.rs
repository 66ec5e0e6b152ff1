//! A driver of turns for one test file: one realm, one context, tokio's clock.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use holdfast_engine::{
    Args, Extension, Global, JsResult, Local, ModuleLoader, ModuleSource, PromiseState, Realm,
    Runtime, RuntimeOptions, Scope, StencilCache, Thrown,
};
use holdfast_web::body::OpenBodies;
use holdfast_web::cache::{Cache, Limits};
use holdfast_web::fetch::{Client, ClientOptions};
use holdfast_web::io::{Completion, Host, Io, Level, Task};
use holdfast_web::ops::Timers;
use holdfast_web::websocket::{HostSocket, OpenSockets, Outgoing};
use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;

/// A file's tests must be done by then.
const FILE_TIME_MAX: Duration = Duration::from_secs(60);

struct Driver {
    completions: mpsc::UnboundedSender<Completion>,
    timers: Rc<Timers>,
    bodies: Rc<OpenBodies>,
    sockets: Rc<OpenSockets>,
    /// Whether the output gate is open.
    gate: watch::Sender<bool>,
    console: RefCell<Vec<String>>,
}

impl Io for Driver {
    fn require_context(&self, _: &mut Scope<'_>) -> Result<(), Thrown> {
        Ok(())
    }

    fn spawn(&self, work: LocalBoxFuture<'static, Completion>) -> Task {
        let completions = self.completions.clone();
        let task = tokio::task::spawn_local(async move {
            // The receiver is gone only when the file is done.
            let _ = completions.send(work.await);
        });
        Task::new(task.abort_handle())
    }

    fn output_gate(&self) -> LocalBoxFuture<'static, ()> {
        let mut gate = self.gate.subscribe();
        Box::pin(async move {
            // The driver is gone only when the file is done.
            let _ = gate.wait_for(|open| *open).await;
        })
    }

    fn console(&self, level: Level, text: &str) {
        self.console.borrow_mut().push(format!("{level:?} {text}"));
    }

    fn now_ms(&self) -> f64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.expect("after 1970").as_secs_f64() * 1000.0
    }

    fn timers(&self) -> Rc<Timers> {
        Rc::clone(&self.timers)
    }

    fn bodies(&self) -> Rc<OpenBodies> {
        Rc::clone(&self.bodies)
    }

    fn sockets(&self) -> Rc<OpenSockets> {
        Rc::clone(&self.sockets)
    }

    fn send_frame(&self, socket: &Rc<HostSocket>, what: Outgoing) {
        socket.deliver(what);
    }
}

/// Test files may import each other by relative paths.
struct Files;

impl ModuleLoader for Files {
    fn resolve(&self, referrer: &str, specifier: &str) -> Result<String, String> {
        if specifier.starts_with("holdfast:") {
            return Ok(specifier.to_owned());
        }
        let path = PathBuf::from(referrer)
            .parent()
            .expect("a file")
            .join(specifier);
        path.canonicalize()
            .map(|path| path.display().to_string())
            .map_err(|error| format!("cannot find {}: {error}", path.display()))
    }

    fn load(&self, key: &str) -> Result<ModuleSource, String> {
        let code = std::fs::read_to_string(key).map_err(|error| format!("{key}: {error}"))?;
        Ok(ModuleSource {
            code: code.into(),
            file: key.to_owned(),
        })
    }

    fn meta(&self, _: &mut Scope<'_>, _: &str, _: Local<'_>) -> Result<(), Thrown> {
        Ok(())
    }
}

/// `op_test_console()`: the console output so far, as an array of "Level text", taken.
fn take_console<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let driver = scope.state::<Driver>();
    let lines = driver.console.take();
    let list = scope.array(&[])?;
    for (index, line) in lines.iter().enumerate() {
        let text = scope.string(line)?;
        scope.set_index(list, index as u32, text)?;
    }
    Ok(list)
}

/// `op_test_gate(open)`: opens or closes the output gate.
fn set_gate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let open = args.get(0).as_bool() == Some(true);
    scope.state::<Driver>().gate.send_replace(open);
    Ok(scope.undefined())
}

/// `op_test_open_bodies()`: how many bodies JavaScript feeds.
fn count_bodies<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let open = scope.state::<Driver>().bodies.open();
    Ok(scope.number(open as f64))
}

/// `op_test_fail_bodies()`: does to the bodies what the end of the context does.
fn fail_bodies<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    scope.state::<Driver>().bodies.fail_all();
    Ok(scope.undefined())
}

/// Runs the tests of one file; the failures' text if there are any.
pub(crate) fn run_file(
    file: &Path,
    extension: Extension,
    installers: &[&str],
) -> Result<(), String> {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("tokio");
    let local = LocalSet::new();
    local.block_on(&tokio, async {
        tokio::time::timeout(FILE_TIME_MAX, run(file, extension, installers))
            .await
            .unwrap_or_else(|_| {
                Err(format!(
                    "{} was not done in {FILE_TIME_MAX:?}",
                    file.display()
                ))
            })
    })
}

async fn run(file: &Path, extension: Extension, installers: &[&str]) -> Result<(), String> {
    let (completions, mut ready) = mpsc::unbounded_channel();
    let driver = Rc::new(Driver {
        completions,
        timers: Rc::default(),
        bodies: Rc::default(),
        sockets: Rc::default(),
        gate: watch::Sender::new(true),
        console: RefCell::default(),
    });
    let test = Extension::new("test")
        .module("test", include_str!("test.js"))
        .op("op_test_console", 0, take_console)
        .op("op_test_gate", 1, set_gate)
        .op("op_test_open_bodies", 0, count_bodies)
        .op("op_test_fail_bodies", 0, fail_bodies);
    let runtime = Runtime::new(
        &RuntimeOptions::default(),
        vec![holdfast_web::extension(), extension, test],
    );
    runtime.put_state(Rc::new(Host::new(Rc::clone(&driver) as Rc<dyn Io>)));
    runtime.put_state(driver);
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    runtime.put_state(Rc::new(Cache::new(
        folder.path().to_owned(),
        Limits::default(),
    )));
    runtime.put_state(Rc::new(
        Client::new(ClientOptions::default()).map_err(|e| e.to_string())?,
    ));
    let realm = runtime
        .new_realm(Rc::new(Files), StencilCache::new())
        .map_err(|Thrown| "the realm cannot be made".to_owned())?;
    let key = file
        .canonicalize()
        .map_err(|error| error.to_string())?
        .display()
        .to_string();
    let (context, result) = turn(&runtime, &realm, None, |scope| {
        let context = scope.new_context(Rc::new(()))?;
        let result = scope.in_context(&context, |scope| start(scope, &key, installers))?;
        Ok((context, result))
    })?;
    loop {
        let done = turn(&runtime, &realm, Some(&context), |scope| {
            let promise = scope.local(&result);
            match scope.promise_state(promise) {
                Some(PromiseState::Pending) => Ok(None),
                Some(PromiseState::Fulfilled) => {
                    let text = scope.promise_result(promise);
                    scope.to_string(text).map(Some)
                }
                _ => {
                    let reason = scope.promise_result(promise);
                    Err(scope.throw(reason))
                }
            }
        })?;
        if let Some(failures) = done {
            return if failures.is_empty() {
                Ok(())
            } else {
                Err(failures)
            };
        }
        let completion = ready.recv().await.expect("the driver holds a sender");
        turn(&runtime, &realm, Some(&context), |scope| completion(scope))?;
    }
}

/// Installs the platform, evaluates the test file and starts its tests: the promise of their end.
fn start(scope: &mut Scope<'_>, key: &str, installers: &[&str]) -> Result<Global, Thrown> {
    let global = scope.global();
    for installer in installers {
        let (module, _) = scope.import(installer)?;
        scope.invoke(module, "install", &[global])?;
    }
    let (_, evaluation) = scope.import(key)?;
    scope.run_jobs(&mut |_| {});
    if scope.promise_state(evaluation) == Some(PromiseState::Rejected) {
        let reason = scope.promise_result(evaluation);
        return Err(scope.throw(reason));
    }
    let (test, _) = scope.import("holdfast:test")?;
    let promise = scope.invoke(test, "run", &[])?;
    Ok(scope.persist(promise))
}

/// Runs `f` and the jobs it leaves; an exception becomes its stack.
fn turn<R>(
    runtime: &Runtime,
    realm: &Realm,
    context: Option<&Global>,
    f: impl for<'s> FnOnce(&mut Scope<'s>) -> Result<R, Thrown>,
) -> Result<R, String> {
    runtime.enter(realm, |scope| {
        let result = match context {
            Some(context) => scope.in_context(context, |scope| f(scope)),
            None => f(scope),
        };
        let result = result.map_err(|Thrown| describe(scope));
        let mut uncaught = Vec::new();
        scope.run_jobs(&mut |scope| uncaught.push(describe(scope)));
        match uncaught.pop() {
            Some(error) => Err(error),
            None => result,
        }
    })
}

fn describe(scope: &mut Scope<'_>) -> String {
    let Some(error) = scope.try_take_exception() else {
        return scope.take_panic().map_or_else(
            || "execution was terminated".to_owned(),
            |panic| format!("panicked: {panic}"),
        );
    };
    let stack = scope.get(error, "stack").map(|stack| scope.display(stack));
    let text = scope.display(error);
    match stack {
        Ok(stack) if stack.contains(&text) => stack,
        Ok(stack) => format!("{text}\n{stack}"),
        Err(Thrown) => text,
    }
}
