//! The handle stack: where every [`Local`] lives.
//!
//! A bump allocator of value slots in chunks that never move, so that a `Local` is one pointer and
//! making one costs a store and an increment. The collector traces all slots below the mark; a
//! scope's end puts the mark back. Cheaper than SpiderMonkey's linked list of stack roots, and
//! values may be returned, copied and put into arrays, which stack roots may not.

use std::marker::PhantomData;
use std::ptr::NonNull;

use mozjs::glue::CallValueRootTracer;
use mozjs::jsapi::JSTracer;
use mozjs::jsval::{JSVal, UndefinedValue};

/// Slots in a chunk, which is also the most slots one contiguous allocation may ask for.
const CHUNK_SLOTS: usize = 1024;

/// A JavaScript value rooted for as long as its scope `'s` lives.
#[derive(Clone, Copy)]
pub struct Local<'s> {
    slot: NonNull<JSVal>,
    scope: PhantomData<&'s ()>,
}

impl Local<'_> {
    /// The value now; the collector may have moved what it points to since the last look.
    #[inline]
    pub(crate) fn value(self) -> JSVal {
        // SAFETY: the slot belongs to a chunk that lives as long as the runtime, and it is below
        // the mark while `'s` lives, so nothing else writes to it.
        unsafe { *self.slot.as_ptr() }
    }

    #[inline]
    pub(crate) fn slot(self) -> *mut JSVal {
        self.slot.as_ptr()
    }
}

impl std::fmt::Debug for Local<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Local({:#x})", self.value().asBits_)
    }
}

/// Where the stack stood when a scope began.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    chunk: usize,
    used: usize,
    /// How many scopes are open, this one included.
    depth: usize,
}

pub(crate) struct HandleStack {
    chunks: Vec<NonNull<[JSVal; CHUNK_SLOTS]>>,
    /// Slots used in each chunk before the current one; a contiguous run may leave a gap.
    filled: Vec<usize>,
    chunk: usize,
    used: usize,
    depth: usize,
}

impl HandleStack {
    pub(crate) fn new() -> Self {
        let mut stack = HandleStack {
            chunks: Vec::new(),
            filled: Vec::new(),
            chunk: 0,
            used: 0,
            depth: 0,
        };
        stack.add_chunk();
        stack
    }

    fn add_chunk(&mut self) {
        let chunk = Box::new([UndefinedValue(); CHUNK_SLOTS]);
        self.chunks.push(NonNull::from(Box::leak(chunk)));
        self.filled.push(0);
    }

    #[inline]
    pub(crate) fn open(&mut self) -> Mark {
        self.depth += 1;
        Mark {
            chunk: self.chunk,
            used: self.used,
            depth: self.depth,
        }
    }

    #[inline]
    pub(crate) fn release(&mut self, mark: Mark) {
        debug_assert_eq!(mark.depth, self.depth);
        debug_assert!((mark.chunk, mark.used) <= (self.chunk, self.used));
        self.chunk = mark.chunk;
        self.used = mark.used;
        self.depth = mark.depth - 1;
    }

    /// Makes a slot for the scope that began at `owner`.
    ///
    /// # Panics
    /// When a scope that began later is still open: see [`HandleStack::push_run`].
    #[inline]
    pub(crate) fn push<'s>(&mut self, owner: Mark, value: JSVal) -> Local<'s> {
        self.push_run(owner, 1, |_| value)
    }

    /// Makes `count` neighbouring slots, as SpiderMonkey wants arguments, and returns the first.
    ///
    /// # Panics
    /// When `count` is more than a chunk holds; callers bound their arguments. When the scope of
    /// `owner` is not the innermost: its value would live until that one ends, but its `Local` as
    /// long as `owner`'s. Only a closure given to `Runtime::enter` inside another can try that,
    /// with the outer scope captured.
    #[inline]
    pub(crate) fn push_run<'s>(
        &mut self,
        owner: Mark,
        count: usize,
        mut value: impl FnMut(usize) -> JSVal,
    ) -> Local<'s> {
        assert!(
            owner.depth == self.depth,
            "a scope was used while one entered later is open"
        );
        if count > CHUNK_SLOTS - self.used {
            self.next_chunk(count);
        }
        // SAFETY: `used + count <= CHUNK_SLOTS`, so the run is inside the chunk; the slots are
        // above every live mark, so no `Local` refers to them.
        unsafe {
            let first = self.chunks[self.chunk]
                .as_ptr()
                .cast::<JSVal>()
                .add(self.used);
            for index in 0..count {
                first.add(index).write(value(index));
            }
            self.used += count;
            Local {
                slot: NonNull::new_unchecked(first),
                scope: PhantomData,
            }
        }
    }

    #[cold]
    fn next_chunk(&mut self, count: usize) {
        assert!(
            count <= CHUNK_SLOTS,
            "too many values in one run of handles"
        );
        self.filled[self.chunk] = self.used;
        self.chunk += 1;
        if self.chunk == self.chunks.len() {
            self.add_chunk();
        }
        self.used = 0;
    }

    /// Tells the collector about every live slot.
    ///
    /// # Safety
    /// To be called from a tracer callback of the runtime whose values these are.
    pub(crate) unsafe fn trace(&mut self, tracer: *mut JSTracer) {
        for index in 0..=self.chunk {
            let used = if index == self.chunk {
                self.used
            } else {
                self.filled[index]
            };
            let slots = self.chunks[index].as_ptr().cast::<JSVal>();
            for slot in 0..used {
                // SAFETY: `slot < used`, and all slots below `used` hold initialised values.
                unsafe { CallValueRootTracer(tracer, slots.add(slot), c"handle".as_ptr()) };
            }
        }
    }
}

impl Drop for HandleStack {
    fn drop(&mut self) {
        for chunk in self.chunks.drain(..) {
            // SAFETY: made by `Box::leak` in `add_chunk` and freed only here.
            drop(unsafe { Box::from_raw(chunk.as_ptr()) });
        }
    }
}

impl<'s> Local<'s> {
    /// The slot as SpiderMonkey's read handle.
    #[inline]
    pub(crate) fn handle(self) -> mozjs::jsapi::Handle<JSVal> {
        // SAFETY: the slot is traced for as long as `'s` lives, and a handle is used for one call.
        unsafe { mozjs::jsapi::Handle::from_marked_location(self.slot()) }
    }

    /// The slot as SpiderMonkey's write handle.
    #[inline]
    pub(crate) fn handle_mut(self) -> mozjs::jsapi::MutableHandle<JSVal> {
        // SAFETY: as in `handle`; the value's type may change, since nothing assumes one.
        unsafe { mozjs::jsapi::MutableHandle::from_marked_location(self.slot()) }
    }
}

impl Local<'_> {
    /// A local over a slot that somebody else roots.
    ///
    /// # Safety
    /// `slot` must be rooted and stay where it is for the lifetime chosen by the caller.
    #[inline]
    pub(crate) unsafe fn from_slot<'s>(slot: *mut JSVal) -> Local<'s> {
        // SAFETY: a rooted slot is not null.
        let slot = unsafe { NonNull::new_unchecked(slot) };
        Local {
            slot,
            scope: PhantomData,
        }
    }
}
