//! What the platform asks of whoever drives turns.
//!
//! Operations start work and return; when the work is done, its [`Completion`] runs as a turn of the
//! context that started it. The driver decides when that is: it knows gates and evictions, the
//! platform does not.

use std::ops::Deref;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use holdfast_engine::{JsResult, Resolver, Scope, Thrown};
use tokio::task::AbortHandle;

use crate::body::OpenBodies;
use crate::ops::Timers;
use crate::websocket::{HostSocket, OpenSockets, Outgoing};

/// What happens in JavaScript when work is done. An exception it leaves pending is reported as
/// uncaught.
pub type Completion = Box<dyn for<'a, 's> FnOnce(&'a mut Scope<'s>) -> Result<(), Thrown>>;

/// How loud a console message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `console.debug`
    Debug,
    /// `console.log`
    Log,
    /// `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`, and errors that nobody caught
    Error,
}

/// Work under way. Dropping this lets the work go on.
#[derive(Debug, Clone, Default)]
pub struct Task(Option<AbortHandle>);

impl Task {
    /// A handle on a spawned task.
    pub fn new(handle: AbortHandle) -> Task {
        Task(Some(handle))
    }

    /// Ends the work, wherever it is; its completion will not run.
    pub fn abort(&self) {
        if let Some(handle) = &self.0 {
            handle.abort();
        }
    }
}

/// The driver of turns, as the platform sees it. Everything is on behalf of the current context.
pub trait Io {
    /// Throws unless there is a context: at a module's top level nothing may start I/O.
    fn require_context(&self, scope: &mut Scope<'_>) -> Result<(), Thrown>;

    /// Runs `work` on this thread; its completion becomes a turn of the current context. Work of a
    /// context that ends is dropped.
    fn spawn(&self, work: LocalBoxFuture<'static, Completion>) -> Task;

    /// Like [`Io::spawn`], for a computation: as if it were done in the turn, nothing else happens to the object between
    /// this call and the completion. What takes its result from outside must not be run this way.
    fn compute(&self, work: LocalBoxFuture<'static, Completion>) -> Task {
        self.spawn(work)
    }

    /// Resolves when everything that the current context has written so far is durable.
    fn output_gate(&self) -> LocalBoxFuture<'static, ()>;

    /// Shows a line of console output.
    fn console(&self, level: Level, text: &str);

    /// Milliseconds since the epoch.
    fn now_ms(&self) -> f64;

    /// The timers of the current context.
    fn timers(&self) -> Rc<Timers>;

    /// The bodies that JavaScript of the current context feeds. The driver calls [`OpenBodies::fail_all`] when the
    /// context ends.
    fn bodies(&self) -> Rc<OpenBodies>;

    /// The sockets of the current context. The driver calls [`OpenSockets::disconnect_all`] when the context ends.
    fn sockets(&self) -> Rc<OpenSockets>;

    /// Sends by `socket` when everything that the current context has written so far is durable, and after what it
    /// sent before.
    fn send_frame(&self, socket: &Rc<HostSocket>, what: Outgoing);
}

/// The driver, as runtime state: `scope.state::<Host>()`.
#[derive(Clone)]
pub struct Host(Rc<dyn Io>);

impl Host {
    /// Wraps a driver.
    pub fn new(io: Rc<dyn Io>) -> Host {
        Host(io)
    }
}

impl Deref for Host {
    type Target = dyn Io;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

/// A promise for what `work` gives; `settle` turns that into a value (or an exception) in a turn.
pub fn promise_from<'s, T: 'static>(
    scope: &mut Scope<'s>,
    work: impl Future<Output = T> + 'static,
    settle: impl for<'b> FnOnce(&mut Scope<'b>, T) -> JsResult<'b> + 'static,
) -> JsResult<'s> {
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    let (promise, resolver) = scope.promise()?;
    host.spawn(settling(work, settle, resolver));
    Ok(promise)
}

/// The same for a computation, which is done on a thread that may block; see [`Io::compute`].
pub fn promise_from_blocking<'s, T: Send + 'static>(
    scope: &mut Scope<'s>,
    work: impl FnOnce() -> T + Send + 'static,
    settle: impl for<'b> FnOnce(&mut Scope<'b>, T) -> JsResult<'b> + 'static,
) -> JsResult<'s> {
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    let (promise, resolver) = scope.promise()?;
    let done = async move {
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is being shut down: nobody waits any more.
                Err(_) => std::future::pending().await,
            },
        }
    };
    host.compute(settling(done, settle, resolver));
    Ok(promise)
}

/// `work`, and then the completion that settles a promise with what it gave.
fn settling<T: 'static>(
    work: impl Future<Output = T> + 'static,
    settle: impl for<'b> FnOnce(&mut Scope<'b>, T) -> JsResult<'b> + 'static,
    resolver: Resolver,
) -> LocalBoxFuture<'static, Completion> {
    Box::pin(async move {
        let output = work.await;
        let completion: Completion = Box::new(move |scope| {
            let result = settle(scope, output);
            resolver.settle(scope, result)
        });
        completion
    })
}
