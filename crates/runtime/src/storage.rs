//! An object's storage and what it reports to its shard.

use std::rc::{Rc, Weak};

use futures_util::future::LocalBoxFuture;
use holdfast_object::Cause;
use holdfast_object::alarm::HiddenMark;
use holdfast_storage::{Commit, Database, ErrorKind, StorageError};
use holdfast_workers::failure::Failure;
use holdfast_workers::storage::{Caller, StorageHandle, StorageHooks, StorageOptions};
use tokio::sync::oneshot;

use crate::context::Context;
use crate::core::Core;
use crate::instance::{Instance, Output};

struct Hooks {
    core: Weak<Core>,
    context: Weak<Context>,
}

impl Hooks {
    /// Does something with the shard's alarms and the instance, while there are both.
    fn with<R>(&self, f: impl FnOnce(&Core, &Instance) -> R) -> Option<R> {
        let core = self.core.upgrade()?;
        let context = self.context.upgrade()?;
        Some(f(&core, context.instance()?))
    }
}

impl StorageHooks for Hooks {
    fn caller(&self) -> Caller {
        let running = self
            .core
            .upgrade()
            .and_then(|core| core.reader.get::<Context>());
        match running {
            Some(now) if std::ptr::eq(Rc::as_ptr(&now), self.context.as_ptr()) => Caller::Owner,
            Some(now) if now.instance().is_some() => Caller::OtherObject,
            _ => Caller::Request,
        }
    }

    fn alarm_changed(&self) {
        self.with(|core, instance| core.alarms.row_written(&instance.key));
    }

    fn alarm_is_hidden(&self) -> bool {
        self.with(|core, instance| core.alarms.hides_row(&instance.key))
            .unwrap_or(false)
    }

    fn alarm_mark(&self) -> Option<HiddenMark> {
        self.with(|core, instance| core.alarms.mark(&instance.key))
            .flatten()
    }

    fn alarm_undone(&self, mark: HiddenMark) {
        self.with(|core, instance| core.alarms.undo_to(&instance.key, mark));
    }

    fn committed(&self, commit: Commit) {
        if let (Some(context), Some(core)) = (self.context.upgrade(), self.core.upgrade()) {
            core.committed(&context, commit);
        }
    }

    fn broken(&self, error: &StorageError) {
        if let Some(context) = self.context.upgrade()
            && let Some(instance) = context.instance()
        {
            let exhausted = self
                .core
                .upgrade()
                .is_some_and(|core| core.runtime.cpu_meter().exhausted());
            instance.doom(if exhausted {
                Failure::of(Cause::CpuExceeded)
            } else {
                Failure::with_message(&error.message, instance.storage_flags())
            });
        }
    }

    fn now_ms(&self) -> f64 {
        self.core.upgrade().map_or(0.0, |core| core.now_ms() as f64)
    }

    fn durable(&self) -> LocalBoxFuture<'static, ()> {
        let (sender, receiver) = oneshot::channel();
        if let (Some(context), Some(core)) = (self.context.upgrade(), self.core.upgrade())
            && let Some(instance) = context.instance()
            && instance.send(Output::Wake(sender), core.now_ms()).is_some()
        {
            return Box::pin(std::future::ready(()));
        }
        Box::pin(async move {
            if receiver.await.is_err() {
                // The object broke before its writes were durable: the promise never settles.
                std::future::pending::<()>().await;
            }
        })
    }
}

/// The storage of a new instance.
pub(crate) fn handle(
    core: &Rc<Core>,
    context: &Rc<Context>,
    database: Database,
    sqlite: bool,
) -> Rc<StorageHandle> {
    let config = &context.program.plan.app.project.config;
    let by_date = config.compatibility_date.as_str() >= "2026-02-24";
    let instance = context.instance().expect("an object's context");
    let is_facet = instance.facet.is_some();
    let options = StorageOptions {
        sql_enabled: sqlite,
        delete_all_deletes_alarm: (by_date || config.has_flag("delete_all_deletes_alarm"))
            && !config.has_flag("delete_all_preserves_alarm"),
        alarms_refused: is_facet.then_some("Facets currently cannot set alarms."),
    };
    let hooks = Hooks {
        core: Rc::downgrade(core),
        context: Rc::downgrade(context),
    };
    StorageHandle::new(database, options, Rc::new(hooks))
}

/// Closes an instance's storage for good; what it has not committed is undone.
pub(crate) fn shut_down(storage: &StorageHandle, failure: &Failure) {
    storage.shut_down(&failure.text);
}

/// What callers are told of an object that its storage has failed. What is the machine's business stays in the log.
pub(crate) fn storage_failure(error: &StorageError) -> Failure {
    let flags = Cause::CommitFailed.flags();
    if error.kind == ErrorKind::Internal {
        let reference = holdfast_storage::reference();
        tracing::error!(%reference, "an object's storage failed: {error}");
        return Failure::with_message(&format!("internal error; reference = {reference}"), flags);
    }
    Failure::with_message(&error.message, flags)
}
