//! One reader, as many workers as there are processors, one writer; pieces come out in the order
//! in which they went in.
//!
//! At most a few pieces a worker are on their way: when the writer is slow the reader waits, so
//! memory does not grow with the input.

use super::error::BatchError;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Pieces on their way for each worker.
const AHEAD: usize = 3;

/// What a worker made, or the panic that it ended in.
type Made<O> = std::thread::Result<O>;
/// A piece on its way, and where its result goes.
type Job<I, O> = (I, SyncSender<Made<O>>);

/// Gives each piece that `next` makes to a worker, and the results in order to `write`.
///
/// With one thread everything happens in turns on the caller's.
///
/// # Errors
/// The first of `next` or of `write`, in the order of the pieces; what was made before it has
/// been written.
pub fn run<I: Send, O: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<I>, BatchError> + Send,
    work: impl Fn(I) -> O + Sync,
    mut write: impl FnMut(O) -> Result<(), BatchError>,
) -> Result<(), BatchError> {
    if threads <= 1 {
        while let Some(piece) = next()? {
            write(work(piece))?;
        }
        return Ok(());
    }
    let (to_workers, jobs) = sync_channel::<Job<I, O>>(threads);
    let (to_writer, results) = sync_channel::<Receiver<Made<O>>>(threads * AHEAD);
    let jobs = Mutex::new(jobs);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read_ahead(&mut next, &to_workers, &to_writer));
        for _ in 0..threads {
            scope.spawn(|| serve(&jobs, &work));
        }
        let written = results.iter().try_for_each(|result| match result.recv() {
            Ok(Ok(piece)) => write(piece),
            Ok(Err(panic)) => resume_unwind(panic),
            // A worker answers every job that it takes, and takes all that are sent.
            Err(_) => Ok(()),
        });
        // Without a receiver the reader stops, and with it the workers.
        drop(results);
        let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        written.and(read)
    })
}

fn read_ahead<I, O>(
    next: &mut impl FnMut() -> Result<Option<I>, BatchError>,
    to_workers: &SyncSender<Job<I, O>>,
    to_writer: &SyncSender<Receiver<Made<O>>>,
) -> Result<(), BatchError> {
    while let Some(piece) = next()? {
        let (done, result) = sync_channel(1);
        // Either end is gone only when the run is ending for a reason of its own.
        if to_writer.send(result).is_err() || to_workers.send((piece, done)).is_err() {
            break;
        }
    }
    Ok(())
}

fn serve<I, O>(jobs: &Mutex<Receiver<Job<I, O>>>, work: &impl Fn(I) -> O) {
    loop {
        let job = jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        let Ok((piece, done)) = job else { return };
        // The worker goes on, so that the reader is never left waiting for one; a writer that has
        // ended with an error takes no more results.
        let _ = done.send(catch_unwind(AssertUnwindSafe(|| work(piece))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    fn counter(end: u64) -> impl FnMut() -> Result<Option<u64>, BatchError> {
        let mut numbers = 0..end;
        move || Ok(numbers.next())
    }

    #[test]
    fn results_come_in_order_and_few_are_on_their_way() {
        for threads in [1, 2, 7] {
            let (made, mut seen) = (AtomicUsize::new(0), Vec::new());
            let mut numbers = counter(300);
            let next = || {
                made.fetch_add(1, SeqCst);
                numbers()
            };
            let work = |n: u64| {
                std::thread::sleep(Duration::from_micros(n * 7919 % 300));
                n * 2
            };
            run(threads, next, work, |double| {
                seen.push(double);
                let ahead = made.load(SeqCst).saturating_sub(seen.len());
                assert!(ahead <= threads * (AHEAD + 2) + 2, "{ahead} are on their way");
                Ok(())
            })
            .expect("no error");
            assert_eq!(seen, (0..300).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_of_the_writer_ends_the_reader() {
        for threads in [1, 3] {
            let end = run(
                threads,
                counter(u64::MAX),
                |n| n,
                |n| {
                    if n < 100 { Ok(()) } else { Err(BatchError::Write(io::Error::other("full"))) }
                },
            );
            assert!(matches!(end, Err(BatchError::Write(_))));
        }
    }

    #[test]
    fn a_panic_ends_the_run_and_does_not_hang_it() {
        let end = catch_unwind(|| run(2, counter(u64::MAX), |n| assert!(n < 40), |()| Ok(())));
        assert!(end.is_err());
    }

    #[test]
    fn an_error_of_the_reader_comes_after_what_was_read() {
        for threads in [1, 3] {
            let mut numbers = counter(50);
            let next = || numbers().transpose().unwrap_or(Err(BatchError::Empty)).map(Some);
            let mut seen = 0;
            let end = run(
                threads,
                next,
                |n| n,
                |_| {
                    seen += 1;
                    Ok(())
                },
            );
            assert!(matches!(end, Err(BatchError::Empty)));
            assert_eq!(seen, 50);
        }
    }
}
