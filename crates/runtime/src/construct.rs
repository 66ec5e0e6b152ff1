//! The first turn of an instance.

use std::rc::Rc;
use std::sync::Arc;

use holdfast_object::lifecycle::Event as Life;
use holdfast_object::{Cause, Position};
use holdfast_storage::{Database, Location, ObjectRef, Options};
use holdfast_workers::failure::Failure;

use crate::context::Context;
use crate::core::Core;
use crate::facets::facet_named;
use crate::storage::storage_failure;

impl Core {
    /// The first turn of an instance: its storage, its constructor.
    pub(crate) fn construct(self: &Rc<Self>, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        let (key, generation) = (instance.key, instance.generation);
        let class = context.program.plan.class(key.class);
        let (object, has_sql) = match (&instance.facet, class) {
            (Some(role), _) => (facet_named(&instance.root_class, &role.facet.path), true),
            (None, Some((_, class))) => {
                let object = ObjectRef {
                    class: Arc::clone(&class.unique_key),
                    id: *key.id.as_bytes(),
                };
                (object, class.sqlite)
            }
            (None, None) => {
                let message =
                    "The class of this Durable Object is not part of the program any more.";
                instance.doom(Failure::with_message(message, Cause::Aborted.flags()));
                self.turn(context, |_| Ok(()));
                return;
            }
        };
        let name = instance.name.as_deref().map(Arc::from);
        let database = self.database(object, name);
        let storage = crate::storage::handle(self, context, database, has_sql);
        let set = instance.storage.set(storage);
        debug_assert!(set.is_ok(), "an instance is constructed once");
        self.wait_for_predecessor(context);
        self.begin_session(context);
        self.clear_abandoned(instance);
        self.commit(context);
        self.turn(context, |scope| {
            if instance.doom.borrow().is_some() {
                return Ok(());
            }
            let constructed = crate::start::construct(scope, context);
            if constructed.is_err() && instance.doom.borrow().is_none() {
                // The turn reports why; callers learn at least that it did not come to be.
                let message = "The constructor of this Durable Object failed.";
                instance.doom(Failure::with_message(
                    message,
                    Cause::ConstructorThrew.flags(),
                ));
            }
            constructed
        });
        if !context.has_ended() && instance.target.borrow().is_some() {
            let object = self.object(&key);
            self.live(&key, &object, Life::Constructed { generation });
        }
    }

    /// Commits of an earlier instance may not be durable yet. What this one makes of them must not be seen before.
    fn wait_for_predecessor(&self, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        let storage = instance.storage.get().expect("storage comes first");
        let store = self.at_log.store();
        match storage.database().position() {
            Ok(last) if last <= store.durable() => {}
            Ok(_) if store.log().has_failed() => {
                instance.doom(crate::durable::journal_failure(self.at_log.store()));
            }
            Ok(last) => {
                let position = Position(last.0);
                instance.lock(position, self.now_ms());
                self.await_durable(context, position);
            }
            Err(error) => instance.doom(storage_failure(&error)),
        }
    }

    /// Takes the object back to a bookmark, if it asked for that in an earlier session.
    fn begin_session(&self, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        let storage = instance.storage.get().expect("storage comes first");
        match storage.database().begin_session() {
            Ok(Some(restored)) => self.committed(context, restored.commit),
            Ok(None) => {}
            Err(error) => {
                tracing::error!("an object was not restored to its bookmark: {error}");
                instance.doom(storage_failure(&error));
            }
        }
    }

    pub(crate) fn database(&self, object: ObjectRef, name: Option<Arc<str>>) -> Database {
        let meter = self.runtime.cpu_meter();
        let location = Location::Object {
            store: self.at_log.store().clone(),
            object,
            name,
        };
        Database::interruptible(
            location,
            Options::default(),
            Rc::new(move || meter.exhausted()),
        )
    }
}
