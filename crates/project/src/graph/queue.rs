//! A few worker threads for one build of a graph: jobs in, results out in whatever order they finish.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
        self.0
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .jobs
            .push_back(job);
        self.0.changed.notify_one();
    }
}

/// Gives out the results of the workers.
pub(super) struct Results<R>(mpsc::Receiver<thread::Result<R>>);

impl<R> Results<R> {
    /// Waits for the next result; call it only while a job is under way.
    ///
    /// # Panics
    /// With the panic of the job, if it panicked.
    pub(super) fn next(&self) -> R {
        let result = self.0.recv().expect("workers outlive their jobs");
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Closes the queue when the coordinator is done, also by a panic, so that the workers end.
struct Close<'q, J>(&'q Shared<J>);

impl<J> Drop for Close<'_, J> {
    fn drop(&mut self) {
        self.0
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.0.changed.notify_all();
    }
}

/// Runs `coordinate` on this thread while workers turn jobs into results; each worker has a state of its own,
/// made by `state`.
///
/// # Panics
/// If no thread can be started, or a job panics.
pub(super) fn run<J: Send, R: Send, S, T>(
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, J) -> R + Sync,
    coordinate: impl FnOnce(&Jobs<'_, J>, &Results<R>) -> T,
) -> T {
    let shared = Shared {
        state: Mutex::new(State {
            jobs: VecDeque::new(),
            closed: false,
        }),
        changed: Condvar::new(),
    };
    let workers = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(WORKERS_MAX);
    let (sender, receiver) = mpsc::channel();
    let results = Results(receiver);
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
                        // A panic is handed on: the coordinator would wait for the result for ever. It goes
                        // on there, so nothing sees a state that a panic left behind.
                        let result = catch_unwind(AssertUnwindSafe(|| work(&mut state, job)));
                        // The coordinator may have given up.
                        let _ = sender.send(result);
                    }
                })
                .expect("a thread can be started");
        }
        drop(sender);
        let done = coordinate(&Jobs(&shared), &results);
        drop(close);
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_lead_to_jobs_until_none_is_left() {
        let sum = run(
            || (),
            |(), job: u32| job,
            |jobs, results| {
                jobs.push(10);
                let (mut pending, mut sum) = (1, 0);
                while pending > 0 {
                    let done = results.next();
                    pending -= 1;
                    sum += done;
                    if done > 0 {
                        jobs.push(done - 1);
                        pending += 1;
                    }
                }
                sum
            },
        );
        assert_eq!(sum, 55);
    }

    #[test]
    #[should_panic(expected = "job 3")]
    fn the_panic_of_a_job_is_not_waited_for_in_vain() {
        run(
            || (),
            |(), job: u32| assert!(job < 3, "job {job}"),
            |jobs, results| {
                (0..4).for_each(|job| jobs.push(job));
                (0..4).for_each(|_| results.next());
            },
        );
    }
}
