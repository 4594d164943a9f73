//! A scheduler and two executors at work.

use crate::points::{self, DATASET, DAY};
use crate::processes::Scheduler;
use crate::program::{Done, wangge};
use std::path::Path;

pub fn locate(scheduler: &str, input: &Path, output: &Path) -> Done {
    let (input, output) = (input.to_str().unwrap(), output.to_str().unwrap());
    wangge(&[
        "locate",
        DATASET,
        "--batch",
        input,
        "-o",
        output,
        "--cluster",
        scheduler,
        "--on",
        DAY,
        "--lang",
        "en",
    ])
}

#[test]
fn two_executors_share_the_work_and_fetch_the_table_once() {
    let scheduler = Scheduler::start();
    let executors = [scheduler.executor(), scheduler.executor()];
    let folder = points::folder(100_000);
    let expected = points::read_folder(folder.path());
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out.parquet");
    for run in 0..2 {
        let done = locate(&scheduler.address, folder.path(), &out);
        assert_eq!(done.code, 0, "{}{}", done.stderr, scheduler.process.said());
        points::assert_answered(&expected, &points::read(&out));
        let did: Vec<_> = done.stderr.lines().filter(|l| l.contains("executor ")).collect();
        assert_eq!(did.len(), 2, "run {run}: both did some of the work: {}", done.stderr);
        // One table, once to each executor, however many pieces and runs there are.
        assert_eq!(scheduler.sent(), [[1, 1]]);
    }
    for executor in &executors {
        let said = executor.said();
        assert_eq!(said.matches("a table was fetched").count(), 1, "{said}");
        assert!(said.matches("Finished task").count() > 1, "{said}");
    }
    // Another day is another table; it comes beside the first.
    let done = wangge(&[
        "locate",
        DATASET,
        "--batch",
        folder.path().to_str().unwrap(),
        "-o",
        out.to_str().unwrap(),
        "--cluster",
        &scheduler.address,
        "--on",
        "1990-01-01",
    ]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let tables = scheduler.sent();
    assert_eq!(tables, [[1, 1], [1, 1]], "the table of the other day");
}
