//! Changing objects from outside, while the node runs.
//!
//! The shard that owns an object only ends its instance and keeps whatever arrives waiting. The storage is replaced on
//! the thread of whoever asks: that may take seconds, in which the shard's other objects go on.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, mpsc as blocking};

use holdfast_storage::{
    Commit, Database, Imported, Location, ObjectRef, Options, StorageError, Store,
};
use tokio::sync::mpsc;

use crate::census::Census;
use crate::core::Core;
use crate::facets::{is_class_of_facets, with_facets};
use crate::message::{Message, ObjectKey};
use crate::node::Control;
use crate::router::Router;

/// What an object's storage is to become.
#[derive(Debug, Clone)]
pub enum Replacement {
    /// What this SQLite file holds.
    Import(PathBuf),
    /// Nothing: no data, no alarm.
    Delete,
}

impl Replacement {
    /// Carries it out on an object of a store that nobody else uses; see [`Admin::replace`]. Not durable yet. False if
    /// there was nothing to delete.
    ///
    /// # Errors
    /// What is wrong with the file, or with the log.
    pub fn apply(
        self,
        store: &Store,
        object: &ObjectRef,
        name: Option<Arc<str>>,
    ) -> Result<bool, StorageError> {
        let replaced = Prepared::new(self)?.apply(store, object, name)?;
        Ok(replaced.any)
    }
}

/// All that can be done before the object is held.
enum Prepared {
    Import(Imported),
    Delete,
}

/// What was done.
struct Replaced {
    any: bool,
    /// What was done to the object itself.
    own: Option<Commit>,
}

impl Prepared {
    fn new(replacement: Replacement) -> Result<Prepared, StorageError> {
        Ok(match replacement {
            Replacement::Import(path) => Prepared::Import(Imported::read(&path)?),
            Replacement::Delete => Prepared::Delete,
        })
    }

    fn apply(
        self,
        store: &Store,
        object: &ObjectRef,
        name: Option<Arc<str>>,
    ) -> Result<Replaced, StorageError> {
        let database = |object: ObjectRef, name| {
            let location = Location::Object {
                store: store.clone(),
                object,
                name,
            };
            Database::new(location, Options::default())
        };
        let mut replaced = Replaced {
            any: false,
            own: None,
        };
        match self {
            Prepared::Import(file) => {
                replaced.own = database(object.clone(), name).import(file)?;
                replaced.any = replaced.own.is_some();
            }
            Prepared::Delete => {
                // From below: what is left after a crash still has its parents.
                for below in with_facets(store, object)?.into_iter().rev() {
                    let is_own = below == *object;
                    let commit = database(below, None).delete_all(true)?;
                    replaced.any |= commit.is_some();
                    if is_own {
                        replaced.own = commit;
                    }
                }
            }
        }
        Ok(replaced)
    }
}

/// A way to a running node's objects, for any thread.
#[derive(Clone)]
pub struct Admin {
    pub(crate) store: Store,
    pub(crate) shards: Vec<mpsc::UnboundedSender<Message>>,
    pub(crate) router: Arc<dyn Router>,
}

/// An instruction to the shard that owns an object.
pub(crate) enum Hold {
    /// End its instance and build no other.
    Begin(ObjectKey, blocking::Sender<bool>),
    /// Go on. The commit is what was done to its storage meanwhile.
    End(ObjectKey, Option<Commit>),
}

/// Carries out an instruction, on the shard that owns the object.
pub(crate) fn hold(core: &Rc<Core>, hold: Hold) {
    match hold {
        Hold::Begin(key, answer) => {
            let held = core.hold(&key);
            if answer.send(held).is_err() && held {
                // Whoever asked has gone.
                core.let_go(&key);
            }
        }
        Hold::End(key, commit) => {
            if let Some(commit) = &commit {
                core.alarm_replaced(&key, None, commit);
            }
            core.let_go(&key);
        }
    }
}

/// An object that is held; let go when this is dropped.
struct HeldObject<'a> {
    shard: &'a mpsc::UnboundedSender<Message>,
    key: ObjectKey,
    commit: Option<Commit>,
}

impl Drop for HeldObject<'_> {
    fn drop(&mut self) {
        let end = Hold::End(self.key, self.commit);
        // A shard that has ended holds nothing.
        let _ = self.shard.send(Message::Control(Control::Hold(end)));
    }
}

impl Admin {
    /// The node's data. Reading it disturbs nobody.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Collects each shard's garbage and counts what is left, shard by shard. It stops them for that time.
    pub fn census(&self) -> Vec<Census> {
        crate::census::take(&self.shards)
    }

    /// Replaces an object's storage. Its instance ends, if it has one; calls wait, and find what is there then. Takes its
    /// time, on this thread. Durable on return. False if there was nothing to delete.
    ///
    /// With an object go its facets. The data of a facet can be replaced by itself: `name` is its path then.
    ///
    /// # Errors
    /// What is wrong with the file, or with the disk, in a sentence.
    pub fn replace(
        &self,
        object: &ObjectRef,
        name: Option<Arc<str>>,
        replacement: Replacement,
    ) -> Result<bool, String> {
        let prepared = Prepared::new(replacement).map_err(|error| error.message)?;
        let replaced = {
            let mut held = self.hold(object)?;
            let replaced = prepared
                .apply(&self.store, object, name)
                .map_err(|error| error.message)?;
            // Facets have no alarms.
            held.commit = replaced.own.filter(|_| !is_class_of_facets(&object.class));
            replaced.any
        };
        if replaced {
            self.store.flush().map_err(|error| error.to_string())?;
        }
        Ok(replaced)
    }

    fn hold(&self, object: &ObjectRef) -> Result<HeldObject<'_>, String> {
        let key = ObjectKey::of(object);
        let shard = &self.shards[self.router.owner(&key)];
        let (answer, answered) = blocking::channel();
        let begin = Hold::Begin(key, answer);
        let _ = shard.send(Message::Control(Control::Hold(begin)));
        match answered.recv() {
            Ok(true) => Ok(HeldObject {
                shard,
                key,
                commit: None,
            }),
            Ok(false) => Err(format!("the object {object} is being changed already")),
            Err(_) => Err("the node is stopping".to_owned()),
        }
    }
}
