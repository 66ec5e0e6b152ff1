//! Giving memory back to the system.

use mozjs::jsapi::{GCOptions, GCReason, NonIncrementalGC, PrepareForFullGC};

impl crate::Runtime {
    /// Collects everything, moves what is left together, and gives the memory that is free then back to
    /// the system, that of the process's other threads too. For a time when nothing else is to be done:
    /// it takes some milliseconds, and longer the more is alive, and compiled code is dropped.
    pub fn shrink(&self) {
        let cx = self.cx();
        // SAFETY: `cx` is live on this thread, and no JavaScript runs: whoever holds a scope may
        // collect, and a trim touches free memory only.
        unsafe {
            PrepareForFullGC(cx);
            NonIncrementalGC(cx, GCOptions::Shrink, GCReason::API);
            libc::malloc_trim(0);
        }
    }
}
