//! Times of single-threaded work on a machine that may have other work to do.

use std::hint::black_box;
use std::time::Instant;

/// The least times of some runs, in milliseconds a run.
#[derive(Clone, Copy, Debug)]
pub struct Least {
    /// On the clock.
    pub wall_ms: f64,
    /// On a processor; the same as on the clock where the system does not tell.
    pub cpu_ms: f64,
}

/// Work for at least this long is measured at once: the system counts a thread's time in ticks.
const LEAST_MS: f64 = 100.0;

/// Runs `work` again and again, and takes the least times of `runs` measurements.
pub fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> Least {
    let begin = Instant::now();
    black_box(work());
    let once = begin.elapsed().as_secs_f64() * 1000.0;
    let times = (LEAST_MS / once.max(1e-6)).ceil().max(1.0);
    let mut least = Least { wall_ms: f64::INFINITY, cpu_ms: f64::INFINITY };
    for _ in 0..runs {
        let (wall, cpu) = (Instant::now(), thread_ms());
        for _ in 0..times as usize {
            black_box(work());
        }
        let wall_ms = wall.elapsed().as_secs_f64() * 1000.0 / times;
        let cpu_ms = match (cpu, thread_ms()) {
            (Some(before), Some(after)) => (after - before) / times,
            _ => wall_ms,
        };
        least.wall_ms = least.wall_ms.min(wall_ms);
        least.cpu_ms = least.cpu_ms.min(cpu_ms);
    }
    least
}

/// Milliseconds that this thread has had on a processor, where the system tells (Linux).
pub fn thread_ms() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e6)
}

/// Whether a part of a bench is wanted: all of them, or those whose name has one of the words
/// on the command line.
pub fn is_wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

/// Prints a line of a table.
pub fn print(name: &str, time: Least) {
    println!("{name:<58} {:>9.2} ms (processor {:>9.2} ms)", time.wall_ms, time.cpu_ms);
}
