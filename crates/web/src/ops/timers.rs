//! Timers (<https://html.spec.whatwg.org/#timers>).
//!
//! Each context (one object, or one event of a stateless Worker) has its own [`Timers`]: the ids, the
//! limit and the callbacks of one context are out of reach of another, though they share a realm.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use holdfast_engine::{Args, Extension, Global, JsResult, Scope, Thrown};

use crate::io::{Completion, Host, Task, promise_from};

/// Most active timers that a program may have in one context, as on Workers.
const ACTIVE_MAX: usize = 10_000;

/// Least time between two firings of an interval: zero would leave no room for anything else.
const INTERVAL_MIN: Duration = Duration::from_millis(1);

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_timer_start", 4, start)
        .op("op_timer_cancel", 1, cancel)
        .op("op_yield", 0, yield_turn)
}

/// A promise that is fulfilled in a later turn of the context: what takes long lets others have theirs.
fn yield_turn<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    promise_from(scope, tokio::task::yield_now(), |scope, ()| {
        Ok(scope.undefined())
    })
}

/// The timers of one context, owned by whoever owns the context. Dropping it cancels them all.
#[derive(Default)]
pub struct Timers {
    table: RefCell<Table>,
}

#[derive(Default)]
struct Table {
    active: HashMap<u32, Timer>,
    last_id: u32,
    /// Active ones that count towards [`ACTIVE_MAX`].
    counted: usize,
    /// Counted ones that fired or were cleared.
    finished: u64,
}

struct Timer {
    callback: Rc<Global>,
    /// The async context in which the program set the timer: its callback runs in it. The platform's own timers, such as
    /// that of `AbortSignal.timeout()`, run outside of any that the program made.
    context: Option<Rc<Global>>,
    delay: Duration,
    repeat: bool,
    counted: bool,
    task: Task,
}

impl Timers {
    /// How many are active; while there are any, the context has something to wait for.
    pub fn active(&self) -> usize {
        self.table.borrow().active.len()
    }

    /// Cancels them all and lets their callbacks go, which may be what keeps their context alive.
    pub fn clear(&self) {
        let active = std::mem::take(&mut self.table.borrow_mut().active);
        for timer in active.values() {
            timer.task.abort();
        }
    }

    /// Takes a timer out of the table, if it is in it.
    fn remove(&self, id: u32) -> Option<Timer> {
        let mut table = self.table.borrow_mut();
        let timer = table.active.remove(&id)?;
        if timer.counted {
            table.counted -= 1;
            table.finished += 1;
        }
        Some(timer)
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        for timer in self.table.get_mut().active.values() {
            timer.task.abort();
        }
    }
}

/// `(delay in ms, callback, repeat, counted)` → id.
fn start<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let milliseconds = scope.to_number(args.get(0))?;
    let repeat = args.get(2).as_bool() == Some(true);
    let counted = args.get(3).as_bool() == Some(true);
    let host = scope.state::<Host>();
    host.require_context(scope)?;
    let timers = host.timers();
    let id = {
        let mut table = timers.table.borrow_mut();
        if counted && table.counted >= ACTIVE_MAX {
            let (current, finished) = (table.counted, table.finished);
            drop(table);
            return Err(scope.throw_dom("QuotaExceededError", &format!(
                "You have exceeded the number of active timeouts you may set. max active timeouts: \
                 {ACTIVE_MAX}, current active timeouts: {current}, finished timeouts: {finished}"
            )));
        }
        // Ids do not come back before four thousand million more were given out.
        loop {
            table.last_id = table.last_id.checked_add(1).unwrap_or(1);
            if !table.active.contains_key(&table.last_id) {
                break table.last_id;
            }
        }
    };
    let delay = Duration::from_millis(milliseconds as u64);
    let delay = if repeat {
        delay.max(INTERVAL_MIN)
    } else {
        delay
    };
    let callback = Rc::new(scope.persist(args.get(1)));
    let context = if counted {
        scope.current_context().map(Rc::new)
    } else {
        None
    };
    let task = arm(&host, &timers, id, delay);
    let mut table = timers.table.borrow_mut();
    table.active.insert(
        id,
        Timer {
            callback,
            context,
            delay,
            repeat,
            counted,
            task,
        },
    );
    table.counted += usize::from(counted);
    drop(table);
    Ok(scope.number(f64::from(id)))
}

/// `(id)`. An id that is not active is ignored.
fn cancel<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let id = scope.to_number(args.get(0))?;
    // Ids are whole numbers from 1 up: what the cast changes is none.
    if f64::from(id as u32) == id
        && let Some(timer) = scope.state::<Host>().timers().remove(id as u32)
    {
        timer.task.abort();
    }
    Ok(scope.undefined())
}

fn arm(host: &Host, timers: &Rc<Timers>, id: u32, delay: Duration) -> Task {
    let timers = Rc::downgrade(timers);
    host.spawn(Box::pin(async move {
        // The clock of the executor counts whole milliseconds: to wait for zero would wait for one.
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let fire: Completion = Box::new(move |scope| fire(scope, &timers, id));
        fire
    }))
}

/// Runs a timer's callback; what it throws is for the host to report.
fn fire(scope: &mut Scope<'_>, timers: &Weak<Timers>, id: u32) -> Result<(), Thrown> {
    // Cleared, or the context ended, after the time was up and before its turn came.
    let Some(timers) = timers.upgrade() else {
        return Ok(());
    };
    let (callback, context, repeat) = {
        let table = timers.table.borrow();
        let Some(timer) = table.active.get(&id) else {
            return Ok(());
        };
        (
            Rc::clone(&timer.callback),
            timer.context.clone(),
            timer.repeat,
        )
    };
    if !repeat {
        timers.remove(id);
    }
    let function = scope.local(&callback);
    let this = scope.undefined();
    let result = match &context {
        Some(context) => scope.in_context(context, |scope| scope.call(function, this, &[])),
        None => scope.call(function, this, &[]),
    };
    let result = result.map(drop);
    // An interval goes on after an exception too, unless the callback cleared it.
    let next = timers
        .table
        .borrow()
        .active
        .get(&id)
        .map(|timer| timer.delay);
    if let Some(delay) = next {
        let task = arm(&scope.state::<Host>(), &timers, id, delay);
        if let Some(timer) = timers.table.borrow_mut().active.get_mut(&id) {
            timer.task = task;
        }
    }
    result
}
