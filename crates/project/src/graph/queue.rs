//! A few worker threads for one build of a graph: jobs in, results out in whatever order they finish.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread;

/// Parsing is recursive: deeply nested code needs more than a thread's usual 2 MiB.
const STACK_BYTES: usize = 16 << 20;
const WORKERS_MAX: usize = 8;

struct Shared<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

/// Gives jobs to the workers.
pub(super) struct Jobs<'q, J>(&'q Shared<J>);

impl<J> Jobs<'_, J> {
    pub(super) fn push(&self, job: J) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).jobs.push_back(job);
        self.0.changed.notify_one();
    }
}

impl<J> Shared<J> {
    /// The next job, or `None` when there will be none.
    fn next(&self) -> Option<J> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Closes the queue when the coordinator is done, also by a panic, so that the workers end.
struct Close<'q, J>(&'q Shared<J>);

impl<J> Drop for Close<'_, J> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.changed.notify_all();
    }
}

/// Runs `coordinate` on this thread while workers turn jobs into results; each worker has a state of its own,
/// made by `state`. The receiver never disconnects before `coordinate` returns.
///
/// # Panics
/// If no thread can be started, or a worker panics.
pub(super) fn run<J: Send, R: Send, S, T>(
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, J) -> R + Sync,
    coordinate: impl FnOnce(&Jobs<'_, J>, &mpsc::Receiver<R>) -> T,
) -> T {
    let shared = Shared {
        state: Mutex::new(State { jobs: VecDeque::new(), closed: false }),
        changed: Condvar::new(),
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        let close = Close(&shared);
        for _ in 0..workers {
            let (shared, state, work, sender) = (&shared, &state, &work, sender.clone());
            thread::Builder::new()
                .name("project".to_owned())
                .stack_size(STACK_BYTES)
                .spawn_scoped(scope, move || {
                    let mut state = state();
                    while let Some(job) = shared.next() {
                        // The coordinator may have given up.
                        let _ = sender.send(work(&mut state, job));
                    }
                })
                .expect("a thread can be started");
        }
        // Only workers hold senders: if all of them die, the coordinator is told.
        drop(sender);
        let done = coordinate(&Jobs(&shared), &results);
        drop(close);
        done
    })
}
