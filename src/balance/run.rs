//! Many searches on several threads, with progress and a wish to stop.

use super::options::{BestSoFar, Progress};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often the caller is told of progress at least.
const TELL: Duration = Duration::from_millis(40);

/// When to stop; shared by all threads.
#[derive(Debug)]
pub(super) struct Stop {
    started: Instant,
    limit: Option<Duration>,
    cancelled: AtomicBool,
}

impl Stop {
    /// Whether the search should end now.
    pub fn now(&self) -> bool {
        self.after(1.0)
    }

    /// Whether a part of the search that may use the time limit up to `share` should end now.
    pub fn after(&self, share: f64) -> bool {
        self.cancelled.load(Ordering::Relaxed)
            || self.limit.is_some_and(|limit| self.started.elapsed() >= limit.mul_f64(share))
    }
}

/// A search under way: its clock, its caller and its threads.
pub(super) struct Run<'a> {
    /// When to stop.
    pub stop: Stop,
    /// When it began.
    pub started: Instant,
    limit: Option<Duration>,
    threads: usize,
    progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
}

impl<'a> Run<'a> {
    /// A run that starts now.
    pub fn new(
        limit: Option<Duration>,
        threads: usize,
        progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
    ) -> Self {
        let started = Instant::now();
        // A limit of years is none (and a duration times a share cannot overflow).
        let limit = limit.filter(|limit| limit.as_secs() < 1 << 30);
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            stop: Stop { started, limit, cancelled: AtomicBool::new(false) },
            started,
            limit,
            threads: if threads == 0 { available() } else { threads },
            progress,
        }
    }

    /// Share of the time limit that is over; 0 without one.
    pub fn time_used(&self) -> f64 {
        let limit = self.limit.map_or(f64::INFINITY, |limit| limit.as_secs_f64());
        self.started.elapsed().as_secs_f64() / limit.max(1e-9)
    }

    /// Number of threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Whether the run ends by the clock.
    pub fn is_timed(&self) -> bool {
        self.limit.is_some()
    }

    /// Tells the caller where the search stands.
    pub fn tell(&self, fraction: f64, best: Option<BestSoFar>) {
        let fraction = fraction.max(self.time_used()).clamp(0.0, 1.0);
        let elapsed_s = self.started.elapsed().as_secs_f64();
        if (self.progress)(Progress { fraction, elapsed_s, best }).is_break() {
            self.stop.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Works on all tasks and returns the results in their order; `None` for those that were
    /// not begun before the stop. `seen` is called on this thread as results come in (in any
    /// order) and now and then without one; it says what to tell the caller.
    pub fn each<T: Sync, R: Send>(
        &self,
        tasks: &[T],
        work: impl Fn(&T) -> R + Sync,
        mut seen: impl FnMut(Option<(usize, &R)>) -> (f64, Option<BestSoFar>),
    ) -> Vec<Option<R>> {
        let next = AtomicUsize::new(0);
        let mut results: Vec<Option<R>> = tasks.iter().map(|_| None).collect();
        let (sender, receiver) = mpsc::channel();
        let (stop, work, next) = (&self.stop, &work, &next);
        std::thread::scope(|scope| {
            for _ in 0..self.threads.min(tasks.len()) {
                let sender = sender.clone();
                scope.spawn(move || {
                    while !stop.now() {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(task) = tasks.get(index) else { break };
                        if sender.send((index, work(task))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            loop {
                let (fraction, best) = match receiver.recv_timeout(TELL) {
                    Ok((index, result)) => {
                        let told = seen(Some((index, &result)));
                        results[index] = Some(result);
                        told
                    }
                    Err(mpsc::RecvTimeoutError::Timeout) => seen(None),
                    Err(mpsc::RecvTimeoutError::Disconnected) => break,
                };
                self.tell(fraction, best);
            }
        });
        results
    }
}
