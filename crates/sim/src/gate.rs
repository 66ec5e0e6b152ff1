//! Stopping a thread before each change that it makes to the disk, so that another one can do something in between.
//!
//! Only one of the two runs at any time, so the same seed is the same run. Whatever lock the stopped thread holds, the
//! other one must be able to do without.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};

/// The end of the thread that is stopped.
pub(crate) struct Gate {
    reached: Sender<()>,
    go: Receiver<()>,
}

/// The other end.
pub(crate) struct Steps {
    reached: Receiver<()>,
    go: Sender<()>,
}

thread_local! {
    static GATE: RefCell<Option<Gate>> = const { RefCell::new(None) };
}

pub(crate) fn pair() -> (Gate, Steps) {
    let (reached, is_reached) = channel();
    let (go, may_go) = channel();
    let gate = Gate {
        reached,
        go: may_go,
    };
    let steps = Steps {
        reached: is_reached,
        go,
    };
    (gate, steps)
}

impl Gate {
    /// From now on this thread stops at every change of the disk.
    pub(crate) fn install(self) {
        GATE.replace(Some(self));
    }
}

impl Steps {
    /// Waits until the thread stops. False if it has ended.
    pub(crate) fn wait(&self) -> bool {
        self.reached.recv().is_ok()
    }

    /// Lets it go on.
    pub(crate) fn go(&self) {
        // It may have ended by a panic, which whoever joins it sees.
        let _ = self.go.send(());
    }
}

/// To be called before a change of the disk. Does not stop when the other end is gone.
pub(crate) fn pass() {
    GATE.with_borrow(|gate| {
        if let Some(gate) = gate
            && gate.reached.send(()).is_ok()
        {
            let _ = gate.go.recv();
        }
    });
}
