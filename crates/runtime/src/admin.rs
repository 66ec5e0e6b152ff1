//! Changing objects from outside, while the node runs.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, mpsc as blocking};

use holdfast_storage::{ObjectRef, Position, StorageError, Store};
use tokio::sync::mpsc;

use crate::census::Census;
use crate::core::Core;
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

/// A way to a running node's objects, for any thread.
#[derive(Clone)]
pub struct Admin {
    pub(crate) store: Store,
    pub(crate) shards: Vec<mpsc::UnboundedSender<Message>>,
    pub(crate) router: Arc<dyn Router>,
}

/// An instruction to the shard that owns an object.
pub(crate) struct Replace {
    object: ObjectRef,
    replacement: Replacement,
    answer: blocking::Sender<Result<Option<Position>, StorageError>>,
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

    /// Replaces an object's storage. Its instance ends, if it has one; the next call finds what is there then. Durable
    /// on return. False if there was nothing to delete.
    ///
    /// # Errors
    /// What is wrong with the file, or with the disk, in a sentence.
    pub fn replace(&self, object: ObjectRef, replacement: Replacement) -> Result<bool, String> {
        let owner = self.router.owner(&ObjectKey::of(&object));
        let (answer, answered) = blocking::channel();
        let _ = self.shards[owner].send(Message::Control(Control::Replace(Replace {
            object,
            replacement,
            answer,
        })));
        let replaced = answered
            .recv()
            .map_err(|_| "the node is stopping".to_owned())?
            .map_err(|error| error.message)?;
        if replaced.is_some() {
            self.store.flush().map_err(|error| error.to_string())?;
        }
        Ok(replaced.is_some())
    }
}

/// Carries out an instruction, on the shard that owns the object.
pub(crate) fn replace(core: &Rc<Core>, replace: Replace) {
    let Replace {
        object,
        replacement,
        answer,
    } = replace;
    let key = ObjectKey::of(&object);
    core.end_instance(&key);
    let database = core.database(object, None);
    let replaced = match replacement {
        Replacement::Import(path) => database.import(&path),
        Replacement::Delete => database.delete_all(true),
    };
    if let Ok(Some(commit)) = &replaced {
        core.alarm_replaced(&key, None, commit);
    }
    // Whoever asked may have gone.
    let _ = answer.send(replaced.map(|commit| commit.map(|commit| commit.position())));
}
