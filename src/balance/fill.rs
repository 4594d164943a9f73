//! The search of cells: in waves of doubling work, or for as long as a time limit lasts.

use super::cells::{Cell, stream};
use super::options::BestSoFar;
use super::proof::{Limits, Proof, prove};
use super::run::Stop;
use super::search::restart::{Beginning, Found, restart, schedule};
use super::solve::Solver;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Searches of each region in one wave.
const WAVE: usize = 6;
/// Every how many searches one begins between two good divisions.
const RELINKED: usize = 3;
/// How many good divisions are taken for that.
const PARENTS: usize = 8;
/// Flips of one wave over a region, beyond which no more waves are begun.
const WORK: u64 = 30_000_000;
/// Levels of proofs without a time limit.
const LEVELS: u32 = 2;
/// Levels of proofs beyond which no attempt is made.
const LAST_LEVEL: u32 = 16;
/// How often the caller is told of progress at least.
const TELL: Duration = Duration::from_millis(40);
/// How long a thread waits before it asks again what to do.
const NAP: Duration = Duration::from_millis(1);
/// How long searches wait for a proof at least.
const PATIENCE: Duration = Duration::from_secs(1);
/// Flips of the first search of a large region under a time limit.
const SHORT: f64 = 500_000.0;

/// How cells are to be searched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    /// Waves at most, each with twice the work of the one before.
    pub waves: usize,
    /// Whether it goes on for as long as its share of a time limit lasts, in place of the waves.
    pub on_and_on: bool,
    /// Whether half of the searches begin with the present plan.
    pub from_home: bool,
    /// Share of the time limit that is over when the job must be.
    pub time_share: f64,
    /// Number of the job, for the random streams.
    pub purpose: u64,
    /// Whether a proof is tried.
    pub prove: bool,
}

/// A piece of work.
enum Task {
    /// A search of a cell: its number and effort.
    Search { cell: usize, number: usize, effort: f64 },
    /// An attempt at the proof of a cell.
    Prove { cell: usize, level: u32, threads: usize },
}

/// What it brought.
enum Outcome {
    Found(Option<Found>),
    Proof(Option<Proof>),
}

impl Task {
    fn cell(&self) -> usize {
        match *self {
            Self::Search { cell, .. } | Self::Prove { cell, .. } => cell,
        }
    }
}

impl Solver<'_> {
    /// Searches every cell in waves, each with twice the work of the one before, until it is
    /// proven or most searches agree on the best; or on and on while a time limit lasts.
    pub fn fill(&self, cells: &mut [Cell], job: Job) {
        if job.on_and_on && self.run.is_timed() {
            self.go_on(cells, job);
            return;
        }
        for wave in 0..job.waves {
            let mut tasks = searches(cells, wave);
            // The first attempt at a proof stands alone: mostly it ends the search.
            if wave == 1 && job.prove {
                self.work(cells, self.proofs(cells, 0), job, wave);
                tasks = searches(cells, wave);
            }
            if job.prove && (2..1 + LEVELS as usize).contains(&wave) {
                let mut proofs = self.proofs(cells, wave as u32 - 1);
                proofs.append(&mut tasks);
                tasks = proofs;
            }
            if tasks.is_empty() || self.run.stop.after(job.time_share) {
                return;
            }
            self.work(cells, tasks, job, wave);
        }
    }

    /// Tries to prove the best division of every cell that `tried` names by its index.
    pub fn prove(&self, cells: &mut [Cell], job: Job, tried: impl Fn(usize) -> bool) {
        for level in 0..LEVELS {
            let mut tasks = self.proofs(cells, level);
            tasks.retain(|task| tried(task.cell()));
            self.work(cells, tasks, job, job.waves);
        }
    }

    /// Attempts at the proofs of all cells that lack one; higher levels where the one below
    /// brought something.
    fn proofs(&self, cells: &[Cell], level: u32) -> Vec<Task> {
        let hopeful = |cell: &Cell| level == 0 || cell.proof.is_some();
        let open = |&c: &usize| !cells[c].is_proven() && hopeful(&cells[c]);
        let open: Vec<usize> = (0..cells.len()).filter(open).collect();
        let threads = (self.run.threads() / open.len().max(1)).max(1);
        open.into_iter().map(|cell| Task::Prove { cell, level, threads }).collect()
    }

    /// Does all tasks of a wave.
    fn work(&self, cells: &mut [Cell], tasks: Vec<Task>, job: Job, wave: usize) {
        let shared = &*cells;
        let best = self.best_of(shared);
        let mut done = 0;
        let crew = self.crew(job);
        let work = |task: &Task| crew.perform(&shared[task.cell()], task);
        let outcomes = self.run.each(&tasks, work, |result| {
            done += usize::from(result.is_some());
            let wave = wave as f64 + done as f64 / tasks.len() as f64;
            (0.9 * (wave / job.waves as f64).min(1.0), best)
        });
        for (task, outcome) in tasks.iter().zip(outcomes) {
            match outcome {
                Some(Outcome::Found(found)) => cells[task.cell()].remember(found),
                Some(Outcome::Proof(proof)) => cells[task.cell()].learn(proof),
                None => {}
            }
        }
    }

    /// Searches and proves until every cell is proven or the job's share of the time is over.
    fn go_on(&self, cells: &mut [Cell], job: Job) {
        let count = cells.len();
        let desk = Desk {
            cells,
            next: vec![0; count],
            level: vec![if job.prove { 0 } else { LAST_LEVEL }; count],
            proofs: Vec::new(),
            spent: [Duration::ZERO; 2],
            working: 0,
        };
        let (desk, woken) = (Mutex::new(desk), Condvar::new());
        let (crew, threads) = (self.crew(job), self.run.threads());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                lock(&desk).working += 1;
                scope.spawn(|| {
                    crew.work_on(&desk, threads);
                    lock(&desk).working -= 1;
                    woken.notify_all();
                });
            }
            let mut best: (f64, Option<BestSoFar>) = (f64::INFINITY, None);
            loop {
                let guard = lock(&desk);
                let (guard, _) =
                    woken.wait_timeout(guard, TELL).unwrap_or_else(PoisonError::into_inner);
                if guard.working == 0 {
                    break;
                }
                let cost: f64 =
                    guard.cells.iter().filter_map(|c| c.found.first()).map(|f| f.cost).sum();
                if cost != best.0 {
                    best = (cost, self.best_of(guard.cells));
                }
                drop(guard);
                self.run.tell(0.0, best.1);
            }
        });
    }

    fn crew(&self, job: Job) -> Crew<'_> {
        Crew { stop: &self.run.stop, seed: self.options.seed, job }
    }
}

/// What every thread knows.
struct Crew<'s> {
    stop: &'s Stop,
    seed: u64,
    job: Job,
}

impl Crew<'_> {
    fn perform(&self, cell: &Cell, task: &Task) -> Outcome {
        let over = || self.stop.after(self.job.time_share);
        match *task {
            Task::Search { number, effort, .. } => {
                let schedule = schedule(&cell.region, number, effort);
                let beginning = match parents(cell, number) {
                    Some((a, b)) => Beginning::Between(a, b),
                    None if self.job.from_home && number % 2 == 0 => Beginning::Home,
                    None => Beginning::Random,
                };
                let stream = stream(cell, self.job.purpose, number);
                Outcome::Found(restart(&cell.region, self.seed, stream, &schedule, beginning, over))
            }
            Task::Prove { level, threads, .. } => {
                let limits = Limits::level(level, threads);
                Outcome::Proof(prove(&cell.region, &cell.found, cell.bound(), limits, &over))
            }
        }
    }

    /// One thread of [`Solver::go_on`].
    fn work_on(&self, desk: &Mutex<Desk>, threads: usize) {
        while !self.stop.after(self.job.time_share) {
            let mut guard = lock(desk);
            let task = match guard.next_task(threads) {
                Next::Task(task) => task,
                Next::Wait => {
                    drop(guard);
                    std::thread::sleep(NAP);
                    continue;
                }
                Next::Nothing => return,
            };
            let (index, proves) = (task.cell(), matches!(task, Task::Prove { .. }));
            let cell = guard.cells[index].clone();
            let begun = Instant::now();
            if proves {
                guard.proofs.push((index, begun));
            }
            drop(guard);
            let outcome = self.perform(&cell, &task);
            let mut guard = lock(desk);
            if proves {
                guard.proofs.retain(|proof| *proof != (index, begun));
            }
            guard.spent[usize::from(proves)] += begun.elapsed();
            match outcome {
                Outcome::Found(found) => guard.cells[index].remember(found),
                Outcome::Proof(None) => guard.level[index] = LAST_LEVEL,
                Outcome::Proof(proof) => guard.cells[index].learn(proof),
            }
        }
    }
}

/// What the threads of a timed search share.
struct Desk<'c> {
    cells: &'c mut [Cell],
    /// Number of the next search of each cell.
    next: Vec<usize>,
    /// Level of the next proof of each cell.
    level: Vec<u32>,
    /// Proofs under way: of which cell, since when.
    proofs: Vec<(usize, Instant)>,
    /// Time spent on searches and on proofs.
    spent: [Duration; 2],
    /// Threads at work.
    working: usize,
}

fn lock<'d, 'c>(desk: &'d Mutex<Desk<'c>>) -> MutexGuard<'d, Desk<'c>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a thread of a timed search does next.
enum Next {
    Task(Task),
    /// A proof is under way that most likely ends it all, and wants the processor for itself.
    Wait,
    /// All is proven.
    Nothing,
}

impl Desk<'_> {
    /// What to do next: half of the time goes to proofs, as long as there is one to be tried.
    fn next_task(&mut self, threads: usize) -> Next {
        let open = || (0..self.cells.len()).filter(|&c| !self.cells[c].is_proven());
        let Some(cell) = open().min_by_key(|&c| self.next[c]) else { return Next::Nothing };
        // A proof needs a good division to begin with.
        let is_due = |&c: &usize| {
            let searched = self.next[c] >= WAVE || self.cells[c].is_settled();
            searched && self.level[c] < LAST_LEVEL
        };
        let to_prove = open().filter(is_due).min_by_key(|&c| self.level[c]);
        let idle = self.proofs.is_empty() && (threads > 1 || self.spent[1] <= self.spent[0]);
        if let Some(cell) = to_prove.filter(|_| idle) {
            let level = self.level[cell];
            self.level[cell] += 1;
            // Where searches agree, little more is to be found, and the proof takes what it can.
            let threads = if self.cells[cell].is_settled() { threads } else { 1 };
            return Next::Task(Task::Prove { cell, level, threads });
        }
        let settled = |&(c, begun): &(usize, Instant)| {
            self.cells[c].agreed() >= WAVE && begun.elapsed() < PATIENCE.max(self.spent[0])
        };
        if self.proofs.iter().any(settled) && open().count() == self.proofs.len() {
            return Next::Wait;
        }
        let number = self.next[cell];
        self.next[cell] += 1;
        Next::Task(Task::Search { cell, number, effort: timed_effort(&self.cells[cell], number) })
    }
}

/// The divisions that a search begins between: from the second wave on every third search, the
/// best with each of the next best.
fn parents(cell: &Cell, number: usize) -> Option<(&Found, &Found)> {
    if number < WAVE || number % RELINKED != RELINKED - 1 {
        return None;
    }
    let others = cell.found.len().min(PARENTS).checked_sub(1).filter(|&others| others > 0)?;
    Some((&cell.found[0], &cell.found[1 + number / RELINKED % others]))
}

/// The effort of a search of a cell: it doubles with every wave.
fn effort(number: usize) -> f64 {
    f64::powi(2.0, (number / WAVE).min(30) as i32)
}

/// The effort of a search under a time limit: in a large region a short search comes first, so
/// that there is a plan soon, and every second one is twice as long until they are as usual.
fn timed_effort(cell: &Cell, number: usize) -> f64 {
    let steps = schedule(&cell.region, 0, 1.0).steps as f64;
    let halvings = (steps / SHORT).log2().ceil().max(0.0) as usize;
    match number.checked_sub(2 * halvings) {
        Some(number) => effort(number),
        None => f64::powi(0.5, (halvings - number / 2) as i32),
    }
}

/// The searches of a wave. Settled cells have none.
fn searches(cells: &[Cell], wave: usize) -> Vec<Task> {
    let effort = effort(wave * WAVE);
    let due = |cell: &Cell| {
        let steps = schedule(&cell.region, 0, effort).steps;
        !cell.is_settled() && (wave == 0 || steps * WAVE as u64 <= WORK)
    };
    let due: Vec<usize> = (0..cells.len()).filter(|&c| due(&cells[c])).collect();
    // All cells once, then all again: an early stop leaves every part with something.
    (0..WAVE)
        .flat_map(|round| {
            let number = wave * WAVE + round;
            due.iter().map(move |&cell| Task::Search { cell, number, effort })
        })
        .collect()
}
