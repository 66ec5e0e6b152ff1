//! When the collector works, giving memory back to the system, and counting what is in use.

use mozjs::jsapi::{
    GCOptions, GCReason, JS_SetGCParameter, JSContext, JSGCParamKey, NonIncrementalGC,
    PrepareForFullGC,
};

use crate::limits::memory_used;

/// What the collector is told, as its own settings are those for no particular use.
///
/// Most of what a request leaves behind is Rust memory that small host objects own. The collector hears of it (see
/// `host.rs`), but would let some 40 MiB come together and then stop everything for the tenth of a second that dropping
/// them takes. So it begins early, and works in slices.
const SETTINGS: [(JSGCParamKey, u32); 3] = [
    (JSGCParamKey::JSGC_INCREMENTAL_GC_ENABLED, 1),
    (JSGCParamKey::JSGC_SLICE_TIME_BUDGET_MS, 5),
    // In MiB.
    (JSGCParamKey::JSGC_MALLOC_THRESHOLD_BASE, 8),
];

/// What jemalloc reads when it starts, if it is the program's allocator: memory that is free goes back to the system
/// after one second. With the usual ten, what the collections of ten seconds have freed counts as taken.
// SAFETY: the name is the one that `tikv-jemalloc-sys` looks for, and what it names is of the type of its declaration
// there: a pointer to a text that ends with zero.
#[used]
#[unsafe(export_name = "_rjem_malloc_conf")]
static JEMALLOC_SETTINGS: &[u8; 20] = b"dirty_decay_ms:1000\0";

/// Applies [`SETTINGS`].
///
/// # Safety
/// `cx` must be live on this thread.
pub(crate) unsafe fn tune(cx: *mut JSContext) {
    for (key, value) in SETTINGS {
        // SAFETY: as the caller promises; none of these settings begins a collection.
        unsafe { JS_SetGCParameter(cx, key, value) };
    }
}

/// What a runtime has, among it what no JavaScript can reach but the collector has not found yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alive {
    /// Values that Rust keeps ([`crate::Global`]).
    pub globals: usize,
    /// Objects that own a Rust value.
    pub host_objects: usize,
    /// Bytes of the collector's heap and of what its cells own elsewhere.
    pub heap_bytes: usize,
}

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

    /// Counts what there is. It costs next to nothing.
    pub fn alive(&self) -> Alive {
        let inner = self.inner();
        Alive {
            globals: inner.slab.borrow().len(),
            host_objects: inner.hosted.get(),
            // SAFETY: the context is live on this thread; counters are read.
            heap_bytes: unsafe { memory_used(inner.cx) },
        }
    }
}
