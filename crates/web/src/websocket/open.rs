use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use super::socket::HostSocket;

/// After this many sockets were made, those that are gone are forgotten.
const SWEEP_MIN: usize = 32;

/// The sockets of one context.
///
/// They are kept here besides by the objects that JavaScript holds, which live until a collection: the other end of a
/// socket must learn at once that the context which had this one is gone.
#[derive(Default)]
pub struct OpenSockets {
    sockets: RefCell<Vec<Weak<HostSocket>>>,
    /// Those that JavaScript has accepted or is connecting, and that may still receive.
    active: Cell<usize>,
    over: Cell<bool>,
}

impl OpenSockets {
    /// How many sockets may still receive something for JavaScript. While there are any, their context has somebody
    /// connected to it.
    pub fn active(&self) -> usize {
        self.active.get()
    }

    /// The context has ended: its sockets are disconnected, and so is each that it would open from now on.
    pub fn disconnect_all(&self) {
        self.over.set(true);
        for socket in self.sockets.take() {
            if let Some(socket) = socket.upgrade() {
                socket.disconnect();
            }
        }
    }

    /// Makes `socket` end with the context.
    pub fn add(&self, socket: &Rc<HostSocket>) {
        if self.over.get() {
            socket.disconnect();
            return;
        }
        let mut sockets = self.sockets.borrow_mut();
        if sockets.len() >= SWEEP_MIN && sockets.len() == sockets.capacity() {
            sockets.retain(|socket| socket.strong_count() > 0);
        }
        sockets.push(Rc::downgrade(socket));
    }

    /// `socket` outlives the context from now on.
    pub fn remove(&self, socket: &Rc<HostSocket>) {
        self.sockets
            .borrow_mut()
            .retain(|known| !std::ptr::eq(known.as_ptr(), Rc::as_ptr(socket)));
    }

    /// Counts a socket that may receive, for as long as the result lives.
    pub(super) fn begin(self: &Rc<Self>) -> Active {
        self.active.set(self.active.get() + 1);
        Active(Rc::clone(self))
    }
}

/// A socket that may still receive.
pub(super) struct Active(Rc<OpenSockets>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.set(self.0.active.get() - 1);
    }
}

impl fmt::Debug for OpenSockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSockets")
            .field("active", &self.active.get())
            .finish_non_exhaustive()
    }
}
