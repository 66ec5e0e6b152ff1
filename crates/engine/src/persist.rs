//! Values kept across turns.
//!
//! A [`Global`] is an index into a slab of barriered slots. Objects keep thousands of these, so a
//! minor collection must not visit them all: every store runs the write barrier, which remembers
//! nursery values, and the tracer visits the slab in major collections only.

use std::rc::Rc;

use mozjs::glue::CallValueTracer;
use mozjs::jsapi::{Heap, JSTracer};
use mozjs::jsval::{JSVal, UndefinedValue};

use crate::handles::Local;
use crate::runtime::Inner;
use crate::scope::Scope;

const BLOCK_SLOTS: usize = 256;

/// A rooted value that outlives scopes; dropping it releases the root.
pub struct Global {
    index: u32,
    runtime: Rc<Inner>,
}

impl Drop for Global {
    fn drop(&mut self) {
        if self.runtime.alive.get() {
            self.runtime.slab.borrow_mut().remove(self.index);
        }
    }
}

impl std::fmt::Debug for Global {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Global({})", self.index)
    }
}

pub(crate) struct Slab {
    // Boxed blocks, since a barriered slot must not move.
    blocks: Vec<Box<[Heap<JSVal>]>>,
    free: Vec<u32>,
    used: u32,
}

impl Slab {
    pub(crate) fn new() -> Self {
        Slab {
            blocks: Vec::new(),
            free: Vec::new(),
            used: 0,
        }
    }

    /// How many values it keeps.
    pub(crate) fn len(&self) -> usize {
        self.used as usize - self.free.len()
    }

    fn slot(&self, index: u32) -> &Heap<JSVal> {
        &self.blocks[index as usize / BLOCK_SLOTS][index as usize % BLOCK_SLOTS]
    }

    fn insert(&mut self, value: JSVal) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| {
            let index = self.used;
            self.used += 1;
            if index as usize / BLOCK_SLOTS == self.blocks.len() {
                let block = (0..BLOCK_SLOTS).map(|_| Heap::default()).collect();
                self.blocks.push(block);
            }
            index
        });
        self.slot(index).set(value);
        index
    }

    fn remove(&mut self, index: u32) {
        self.slot(index).set(UndefinedValue());
        self.free.push(index);
    }

    pub(crate) fn clear(&mut self) {
        for index in 0..self.used {
            self.slot(index).set(UndefinedValue());
        }
    }

    /// # Safety
    /// To be called from a tracer callback of the runtime whose values these are.
    pub(crate) unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: the tracer is live for the call, and so are the slots. Nursery values in the slab
        // are in the store buffer by the write barrier of `Heap::set`.
        unsafe {
            for index in 0..self.used {
                let slot = std::ptr::from_ref(self.slot(index)).cast_mut();
                CallValueTracer(tracer, slot.cast(), c"global".as_ptr());
            }
        }
    }
}

impl<'s> Scope<'s> {
    /// Keeps `value` alive until the returned handle is dropped.
    pub fn persist(&mut self, value: Local<'_>) -> Global {
        let runtime = self.runtime_rc();
        let index = runtime.slab.borrow_mut().insert(value.value());
        Global { index, runtime }
    }

    /// The value behind `global`, rooted in this scope.
    ///
    /// # Panics
    /// When `global` belongs to another runtime.
    pub fn local(&mut self, global: &Global) -> Local<'s> {
        assert!(
            std::ptr::eq(Rc::as_ptr(&global.runtime), self.inner()),
            "a value of another runtime"
        );
        let value = global.runtime.slab.borrow().slot(global.index).get();
        self.root(value)
    }
}
