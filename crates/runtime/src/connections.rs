//! How many databases of a shard are open at a time.
//!
//! An open connection costs some tens of kilobytes, and perhaps a file. Objects that have not used theirs for the
//! longest time lose it first; they stay in memory, and their next operation opens it again. A shard that has nothing to
//! do keeps none open.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use crate::context::Context;
use crate::core::Core;

/// Open connections of one shard while it is busy. Opening one again costs some 200 µs.
const CONNECTIONS_MAX: usize = 1_024;

/// Instances with an open connection, those that opened it first in front.
#[derive(Default)]
pub(crate) struct Connections(RefCell<VecDeque<Weak<Context>>>);

impl Core {
    /// Closes all connections that nothing depends on.
    pub(crate) fn close_connections(&self) {
        self.connections.0.borrow_mut().retain(|open| {
            let Some(context) = open.upgrade() else {
                return false;
            };
            let instance = context.instance().expect("only objects have storage");
            let storage = instance.storage.get().expect("it had a connection");
            let closed = !storage.database().is_open() || storage.close_if_idle();
            if closed {
                instance.connection_listed.set(false);
            }
            !closed
        });
    }

    /// A turn of an object has ended: if it has a connection, others may have to give up theirs.
    pub(crate) fn connection_used(&self, context: &Rc<Context>) {
        let instance = context.instance().expect("only objects have storage");
        let is_open = instance
            .storage
            .get()
            .is_some_and(|storage| storage.database().is_open());
        if !is_open {
            return;
        }
        instance.connection_used.set(true);
        if instance.connection_listed.replace(true) {
            return;
        }
        let mut open = self.connections.0.borrow_mut();
        open.push_back(Rc::downgrade(context));
        // Whoever was used since it was last looked at gets a second chance, and so does whoever cannot close now.
        let mut chances = open.len();
        while open.len() > CONNECTIONS_MAX && chances > 0 {
            chances -= 1;
            let Some(oldest) = open.pop_front().and_then(|oldest| oldest.upgrade()) else {
                continue;
            };
            let instance = oldest.instance().expect("only objects have storage");
            let storage = instance.storage.get().expect("it had a connection");
            let used = instance.connection_used.take();
            if !used && (!storage.database().is_open() || storage.close_if_idle()) {
                instance.connection_listed.set(false);
            } else {
                open.push_back(Rc::downgrade(&oldest));
            }
        }
    }
}
