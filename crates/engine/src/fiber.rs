//! Functions on stacks of their own, which stop in the middle and go on later.
//!
//! What they are for: a library that calls back and wants the answer before it goes on, where the answer is for
//! JavaScript to find and may take many turns. JavaScript itself never runs on such a stack: its limits are those of
//! the thread's own, so the engine is shut while a fiber runs.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use crate::runtime::Inner;

/// A function that runs whenever it is given an `In`, until it gives an `Out`.
///
/// One that is dropped before it is over is unwound: what its stack holds is dropped, and nothing else of it runs.
pub struct Fiber<In: 'static, Out: 'static> {
    coroutine: Coroutine<In, Out, Out, DefaultStack>,
    place: Rc<Place>,
}

/// How a function finds the fiber that it runs on.
struct Place {
    /// What the fiber is given and gives: the types of `yielder`.
    types: TypeId,
    /// In the lowest frame of the fiber's stack, as long as the function runs.
    yielder: Cell<Option<NonNull<()>>>,
}

thread_local! {
    /// The fiber on whose stack this thread is.
    static CURRENT: RefCell<Option<Rc<Place>>> = const { RefCell::new(None) };
}

/// Makes a fiber the current one until dropped; `None` for none.
struct Entered(Option<Rc<Place>>);

impl Entered {
    fn new(place: Option<Rc<Place>>) -> Self {
        Entered(CURRENT.replace(place))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.replace(self.0.take());
    }
}

/// Forgets the yielder when the function is over, also when it is unwound.
struct Running(Rc<Place>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.yielder.set(None);
    }
}

impl<In: 'static, Out: 'static> Fiber<In, Out> {
    /// A fiber for `function`, with a stack of `stack_bytes` that takes memory as it is used. Running over its end is a
    /// fault that ends the process.
    ///
    /// # Errors
    /// If the system has no memory for the stack.
    pub fn new(
        stack_bytes: usize,
        function: impl FnOnce(In) -> Out + 'static,
    ) -> std::io::Result<Self> {
        let place = Rc::new(Place {
            types: TypeId::of::<(In, Out)>(),
            yielder: Cell::new(None),
        });
        let here = Rc::clone(&place);
        let coroutine = Coroutine::with_stack(
            DefaultStack::new(stack_bytes)?,
            move |yielder: &Yielder<In, Out>, first| {
                here.yielder.set(Some(NonNull::from(yielder).cast()));
                let _running = Running(here);
                function(first)
            },
        );
        Ok(Fiber { coroutine, place })
    }

    /// Whether the function has returned (or panicked).
    pub fn is_over(&self) -> bool {
        self.coroutine.done()
    }

    /// Runs the function until it calls [`suspend`] or returns.
    ///
    /// # Panics
    /// If the function is over, and when it panics itself.
    pub fn resume(&mut self, value: In) -> Out {
        let _entered = Entered::new(Some(Rc::clone(&self.place)));
        let cx = mozjs::rust::Runtime::get();
        // SAFETY: the context of this thread's runtime, which outlives this call: it is not entered meanwhile.
        let inner = cx.map(|cx| unsafe { Inner::of(cx.as_ptr()) });
        let _shut = inner.map(Inner::shut);
        match self.coroutine.resume(value) {
            CoroutineResult::Yield(out) | CoroutineResult::Return(out) => out,
        }
    }
}

impl<In: 'static, Out: 'static> Drop for Fiber<In, Out> {
    fn drop(&mut self) {
        // What is dropped by the unwinding is on this fiber's stack, and must not stop another one.
        let _entered = Entered::new(None);
        if self.coroutine.started() && !self.coroutine.done() {
            self.coroutine.force_unwind();
        }
    }
}

/// Gives `value` to whoever resumed the fiber that this code runs on, and stops until it is resumed again.
///
/// # Panics
/// On no fiber, or on one of other types.
pub fn suspend<In: 'static, Out: 'static>(value: Out) -> In {
    let place = CURRENT.with_borrow(Option::clone);
    let place = place.expect("suspend() is called on a fiber");
    assert!(
        place.types == TypeId::of::<(In, Out)>(),
        "suspend() is called with the types of its fiber"
    );
    let yielder = place.yielder.get().expect("the fiber's function runs");
    drop(place);
    // SAFETY: CURRENT is a fiber from its resumption to its next stop, and code that runs in between without having
    // entered another one is on its stack. Its lowest frame, where the yielder is, is still there: it clears
    // `yielder` when it ends. The types are those that the pointer was made from.
    unsafe { yielder.cast::<Yielder<In, Out>>().as_ref() }.suspend(value)
}
