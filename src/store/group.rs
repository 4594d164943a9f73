//! Group commit: who comes while another writes waits, and the next writer takes all that wait
//! into one transaction, so that one flush of the disk serves many editors.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs for a connection that serves one at a time, or several at once.
pub(super) struct Group<C, J, R> {
    state: Mutex<State<C, J, R>>,
    changed: Condvar,
}

struct State<C, J, R> {
    /// The connection; `None` while somebody works with it.
    idle: Option<C>,
    waiting: Vec<(u64, J)>,
    /// Results that nobody has fetched yet; `None` when the work panicked.
    done: HashMap<u64, Option<R>>,
    next_ticket: u64,
}

impl<C, J, R> Group<C, J, R> {
    pub(super) fn new(connection: C) -> Self {
        let state = State {
            idle: Some(connection),
            waiting: Vec::new(),
            done: HashMap::new(),
            next_ticket: 0,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Has a job done, by this thread or by one that takes it along: `work` gets jobs in the order
    /// in which they came and answers as many results. `None` when the work panicked in another
    /// thread.
    pub(super) fn run(&self, job: J, work: impl FnOnce(&mut C, &[J]) -> Vec<R>) -> Option<R> {
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push((ticket, job));
        let (connection, batch) = loop {
            if let Some(result) = state.done.remove(&ticket) {
                return result;
            }
            if let Some(connection) = state.idle.take() {
                break (connection, std::mem::take(&mut state.waiting));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        let (tickets, jobs): (Vec<u64>, Vec<J>) = batch.into_iter().unzip();
        self.work(connection, |connection, state| {
            let mut results = catch_unwind(AssertUnwindSafe(|| work(connection, &jobs)));
            let mut state = state();
            let mut answers = results.as_mut().map_or_else(|_| Vec::new(), std::mem::take);
            let mut answers = answers.drain(..);
            for &other in &tickets {
                state.done.insert(other, answers.next());
            }
            let own = state.done.remove(&ticket).flatten();
            drop(state);
            results.map(|_| own)
        })
    }

    /// Works with the connection alone.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&mut C) -> T) -> T {
        let mut state = self.lock();
        let connection = loop {
            if let Some(connection) = state.idle.take() {
                break connection;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        self.work(connection, |connection, _| catch_unwind(AssertUnwindSafe(|| work(connection))))
    }

    /// Gives the connection back whatever happens in between.
    fn work<'a, T>(
        &'a self,
        mut connection: C,
        work: impl FnOnce(&mut C, &dyn Fn() -> MutexGuard<'a, State<C, J, R>>) -> std::thread::Result<T>,
    ) -> T {
        let result = work(&mut connection, &|| self.lock());
        self.lock().idle = Some(connection);
        self.changed.notify_all();
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn lock(&self) -> MutexGuard<'_, State<C, J, R>> {
        // The state is whole between any two statements that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn jobs_that_wait_are_done_together_and_each_gets_its_own_answer() {
        let group: Group<usize, usize, usize> = Group::new(0);
        let batches = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for n in 0..32 {
                let (group, batches) = (&group, &batches);
                scope.spawn(move || {
                    let answer = group.run(n, |sum, jobs| {
                        batches.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(std::time::Duration::from_millis(5));
                        *sum += jobs.len();
                        jobs.iter().map(|job| job * 10).collect()
                    });
                    assert_eq!(answer, Some(n * 10));
                });
            }
        });
        assert_eq!(group.alone(|sum| *sum), 32);
        assert!(batches.load(Ordering::Relaxed) < 32, "none was taken along");
    }

    #[test]
    fn a_panic_ends_its_own_thread_only() {
        let group: Group<(), (), ()> = Group::new(());
        let panicked = catch_unwind(AssertUnwindSafe(|| group.run((), |(), _| panic!("no"))));
        assert!(panicked.is_err());
        assert_eq!(group.run((), |(), jobs| jobs.to_vec()), Some(()));
    }
}
