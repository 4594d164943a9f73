//! Ensembles: the chain draws plans as often as their spanning trees say.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use wangge::balance::ensemble::{EnsembleError, EnsembleOptions, draw, present_start};
use wangge::balance::{Constraints, Problem, score};

#[path = "balance/cases.rs"]
#[allow(dead_code)] // the balance's tests use all of it
mod cases;
#[path = "common/peers.rs"]
mod peers;

/// Number of spanning trees of a connected set of units, by Kirchhoff's theorem: the determinant
/// of the Laplacian without one row and column.
fn spanning_trees(units: &[usize], edges: &[(usize, usize)]) -> f64 {
    let place = |u: usize| units.iter().position(|&v| v == u);
    let n = units.len();
    let mut m = vec![vec![0.0f64; n]; n];
    for &(a, b) in edges {
        if let (Some(a), Some(b)) = (place(a), place(b)) {
            m[a][a] += 1.0;
            m[b][b] += 1.0;
            m[a][b] -= 1.0;
            m[b][a] -= 1.0;
        }
    }
    let mut determinant = 1.0;
    for i in 1..n {
        let pivot = (i..n).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs())).unwrap();
        if m[pivot][i].abs() < 1e-9 {
            return 0.0;
        }
        if pivot != i {
            m.swap(pivot, i);
            determinant = -determinant;
        }
        determinant *= m[i][i];
        let upper = m[i].clone();
        for row in &mut m[i + 1..] {
            let factor = row[i] / upper[i];
            row.iter_mut().zip(&upper).skip(i).for_each(|(cell, above)| *cell -= factor * above);
        }
    }
    f64::round(determinant)
}

/// A plan without names: the grids renumbered by their first units.
fn canonical(owner: &[u32]) -> Vec<u32> {
    let mut names = BTreeMap::new();
    owner
        .iter()
        .map(|grid| {
            let next = names.len() as u32;
            *names.entry(*grid).or_insert(next)
        })
        .collect()
}

/// Every plan within the bounds with its weight: each unit in turn joins a grid or begins one.
fn all_plans(
    weight: &[u32],
    edges: &[(usize, usize)],
    grids: u32,
    (lower, upper): (u32, u32),
) -> BTreeMap<Vec<u32>, f64> {
    fn extend(
        plan: &mut Vec<u32>,
        sums: &mut Vec<u32>,
        rule: &(&[u32], u32, u32),
        found: &mut Vec<Vec<u32>>,
        lower: u32,
    ) {
        let (weight, grids, upper) = *rule;
        if plan.len() == weight.len() {
            if sums.len() == grids as usize && sums.iter().all(|&sum| sum >= lower) {
                found.push(plan.clone());
            }
            return;
        }
        let unit = weight[plan.len()];
        for grid in 0..=sums.len().min(grids as usize - 1) {
            if grid == sums.len() {
                sums.push(0);
            }
            if sums[grid] + unit <= upper {
                sums[grid] += unit;
                plan.push(grid as u32);
                extend(plan, sums, rule, found, lower);
                plan.pop();
                sums[grid] -= unit;
            }
            if sums[grid] == 0 && grid + 1 == sums.len() && !plan.contains(&(grid as u32)) {
                sums.pop();
            }
        }
    }
    let mut found = Vec::new();
    extend(&mut Vec::new(), &mut Vec::new(), &(weight, grids, upper), &mut found, lower);
    let trees = |plan: &Vec<u32>| -> f64 {
        let units = |grid: u32| (0..plan.len()).filter(|&u| plan[u] == grid).collect::<Vec<_>>();
        (0..grids).map(|grid| spanning_trees(&units(grid), edges)).product()
    };
    let weighed = found.into_iter().map(|plan| (plan.clone(), trees(&plan)));
    weighed.filter(|(_, trees)| *trees > 0.0).collect()
}

/// Draws many plans and holds their frequencies against the numbers of spanning trees.
fn frequencies_agree(
    weight: &[u32],
    edges: &[(usize, usize)],
    grids: u32,
    max_deviation: f64,
    (plans, thinning): (usize, u64),
) -> usize {
    let problem =
        Problem::from_graph_json(&cases::json(weight, edges), "H", grids as usize).unwrap();
    let (lower, upper) = problem.bounds(max_deviation);
    let all = all_plans(weight, edges, grids, (lower as u32, upper as u32));
    let total: f64 = all.values().sum();
    let mut seen: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let start = all.keys().next().unwrap().clone();
    let options = EnsembleOptions {
        plans,
        burn_in: Some(2_000),
        thinning: Some(thinning),
        max_deviation,
        seed: 11,
        ..EnsembleOptions::default()
    };
    let drawn = draw(
        &problem,
        &start,
        &options,
        &mut |drawn| {
            *seen.entry(canonical(drawn.owner)).or_default() += 1;
            ControlFlow::Continue(())
        },
        &mut |_| ControlFlow::Continue(()),
    );
    assert_eq!(drawn.unwrap().plans, plans);
    assert!(seen.keys().all(|plan| all.contains_key(plan)), "only plans within the bounds");
    // Plans that are rare are counted together, so that every class is expected five times.
    let (mut chi, mut classes, mut rare) = (0.0, 0usize, (0.0, 0.0));
    let mut add = |observed: f64, expected: f64| {
        chi += (observed - expected).powi(2) / expected;
        classes += 1;
    };
    for (plan, trees) in &all {
        let expected = plans as f64 * trees / total;
        let observed = seen.get(plan).copied().unwrap_or(0) as f64;
        if expected >= 5.0 {
            add(observed, expected);
        } else {
            rare = (rare.0 + observed, rare.1 + expected);
        }
    }
    if rare.1 >= 5.0 {
        add(rare.0, rare.1);
    }
    // Chi-square: mean is the degrees of freedom, variance twice that. Successive plans are a
    // little alike still; a wrong weight (no seam, say) is off by hundreds of deviations.
    let freedom = classes as f64 - 1.0;
    let off = (chi - freedom) / (2.0 * freedom).sqrt();
    assert!(
        off.abs() < 4.0,
        "chi-square {chi} with {freedom} degrees of freedom: {off} deviations"
    );
    all.len()
}

#[test]
fn kirchhoff_counts_known_graphs() {
    let all: Vec<usize> = (0..9).collect();
    assert_eq!(spanning_trees(&all, &cases::rectangle(3, 3)), 192.0);
    assert_eq!(spanning_trees(&all[..4], &[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]), 16.0);
}

#[test]
fn halves_of_a_square_are_drawn_as_often_as_their_spanning_trees_say() {
    let plans = frequencies_agree(&[1; 16], &cases::rectangle(4, 4), 2, 0.0, (20_000, 40));
    assert_eq!(plans, 70, "known: 70 ways to halve a 4 by 4 square");
}

#[test]
fn thirds_of_a_square_within_wide_bounds() {
    // Grids of 4 to 6 units: thousands of plans, seams from 2 to 8, several cuts a tree.
    let plans = frequencies_agree(&[1; 16], &cases::rectangle(4, 4), 3, 0.26, (30_000, 60));
    assert!(plans > 500, "{plans}");
}

#[test]
fn four_grids_of_uneven_units_some_without_households() {
    let weight = [3, 0, 2, 1, 2, 2, 0, 3, 1, 2, 3, 1];
    let mut edges = cases::rectangle(4, 3);
    edges.push((0, 5));
    edges.push((6, 11));
    let plans = frequencies_agree(&weight, &edges, 4, 0.45, (30_000, 80));
    assert!(plans > 100, "{plans}");
}

#[test]
fn very_wide_bounds_where_cuts_lie_on_no_path() {
    let plans = frequencies_agree(&[1; 9], &cases::rectangle(3, 3), 3, 0.7, (40_000, 60));
    assert!(plans > 100, "{plans}");
}

#[test]
fn a_seed_draws_the_same_plans_and_a_start_outside_the_rules_is_refused() {
    let text = cases::json(&[1; 16], &cases::rectangle(4, 4));
    let problem = Problem::from_graph_json(&text, "H", 4).unwrap();
    let start: Vec<u32> = (0..16).map(|u| (u % 4) / 2 + 2 * (u / 8)).collect();
    let run = |seed, start: &[u32]| {
        let options =
            EnsembleOptions { plans: 20, seed, max_deviation: 0.25, ..EnsembleOptions::default() };
        let mut owners = Vec::new();
        let drawn = draw(
            &problem,
            start,
            &options,
            &mut |drawn| {
                assert_eq!(score(&problem, drawn.owner), *drawn.score);
                owners.push((drawn.step, drawn.owner.to_vec()));
                ControlFlow::Continue(())
            },
            &mut |_| ControlFlow::Continue(()),
        );
        drawn.map(|_| owners)
    };
    assert_eq!(run(3, &start).unwrap(), run(3, &start).unwrap());
    assert_ne!(run(3, &start).unwrap(), run(4, &start).unwrap());
    let torn: Vec<u32> = (0..16).map(|u| (u / 4 + u % 4) % 4).collect();
    assert!(run(3, &torn).unwrap_err().to_string().contains("one piece"));
    assert!(run(3, &[0; 16]).is_err());
    assert!(run(3, &start[1..]).is_err());
    assert!(run(3, &[9; 16]).is_err());
    assert_eq!(present_start(&problem, &EnsembleOptions::default()), None, "a graph has none");
}

#[test]
fn side_conditions_are_refused() {
    let text = cases::json(&[1; 4], &cases::rectangle(2, 2));
    let problem = Problem::from_graph_json(&text, "H", 2).unwrap();
    let together = vec![vec!["u0".to_owned(), "u1".to_owned()]];
    let asked = Constraints { together, ..Constraints::default() };
    let problem = problem.with_constraints(&asked).unwrap();
    let go = |_: f64| ControlFlow::Continue(());
    let options = EnsembleOptions::default();
    let drawn = draw(&problem, &[0, 0, 1, 1], &options, &mut |_| go(0.0), &mut { go });
    assert_eq!(drawn.unwrap_err(), EnsembleError::Constraints);
}

#[test]
fn drawing_ends_when_it_is_told_to() {
    let text = cases::json(&[1; 16], &cases::rectangle(4, 4));
    let problem = Problem::from_graph_json(&text, "H", 2).unwrap();
    let start: Vec<u32> = (0..16).map(|u| u / 8).collect();
    let options = EnsembleOptions { plans: 1_000_000, ..EnsembleOptions::default() };
    let stop = |_: f64| ControlFlow::Break(());
    let none = draw(&problem, &start, &options, &mut |_| ControlFlow::Continue(()), &mut { stop });
    assert_eq!(none.unwrap().plans, 0);
    let one = draw(&problem, &start, &options, &mut |_| ControlFlow::Break(()), &mut |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(one.unwrap().plans, 1);
}

#[test]
fn one_grid_and_as_many_grids_as_units_have_one_plan() {
    let text = cases::json(&[1; 4], &cases::rectangle(2, 2));
    for grids in [1, 4] {
        let problem = Problem::from_graph_json(&text, "H", grids).unwrap();
        let start: Vec<u32> = (0..4).map(|u| u % grids as u32).collect();
        let options = EnsembleOptions { plans: 5, ..EnsembleOptions::default() };
        let mut owners = Vec::new();
        let drawn = draw(
            &problem,
            &start,
            &options,
            &mut |drawn| {
                owners.push(canonical(drawn.owner));
                ControlFlow::Continue(())
            },
            &mut |_| ControlFlow::Continue(()),
        );
        assert_eq!(drawn.unwrap().plans, 5);
        assert!(owners.iter().all(|owner| *owner == canonical(&start)));
    }
}

#[test]
fn the_program_writes_a_row_a_plan_and_says_where_the_present_plan_stands() {
    let demo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("plans.csv");
    let run = |output: &std::path::Path, more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.args(["--lang", "en", "balance", "--max-deviation", "0.2", "--ensemble", "30"]);
        command.args(["--burn-in", "500", "--thinning", "200", "-o"]).arg(output);
        command.args(more).arg(&demo).output().unwrap()
    };
    let done = run(&table, &["--assignments", "--format", "json"]);
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(0), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&report["plans"], &report["steps"]), (&30.into(), &(500 + 30 * 200).into()));
    let cut = &report["figures"][1];
    assert_eq!(cut["figure"], "cut_edges");
    let (present, percentile) =
        (cut["present"].as_f64().unwrap(), cut["percentile"].as_f64().unwrap());

    let mut rows = csv::Reader::from_path(&table).unwrap();
    let heads = rows.headers().unwrap().clone();
    let first = [
        "step",
        "accepted_steps",
        "max_deviation",
        "cut_edges",
        "border_length_m",
        "communities_split",
        "households_moved",
    ];
    assert_eq!(heads.iter().take(7).collect::<Vec<_>>(), first);
    let dataset = wangge::dataset::load(&demo).unwrap();
    let problem = Problem::from_dataset(&dataset, None).unwrap();
    let ids = problem.units().iter().map(|unit| unit.id.as_str());
    assert!(heads.iter().skip(7).eq(ids));
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 30);
    let number = |row: &csv::StringRecord, column: usize| row[column].parse::<f64>().unwrap();
    for row in &rows {
        assert!(number(row, 2) <= 0.2 && number(row, 5) == 0.0);
        let codes: std::collections::BTreeSet<&str> = row.iter().skip(7).collect();
        assert_eq!(codes.len(), 16);
    }
    let lower = rows.iter().filter(|row| number(row, 3) < present).count() as f64;
    let same = rows.iter().filter(|row| number(row, 3) == present).count() as f64;
    assert!((percentile - 100.0 * (lower + same / 2.0) / 30.0).abs() < 1e-9);

    let text = String::from_utf8(run(&table, &[]).stdout).unwrap();
    assert!(text.contains("cut edges") && text.contains("percentile"), "{text}");
}

/// `wangge balance --ensemble` on the demo data, 20 plans with the grid of each unit.
fn draw_to(output: &Path, language: &str) -> std::process::Output {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(["--lang", language, "balance", "--max-deviation", "0.2", "--ensemble", "20"]);
    command.args(["--burn-in", "300", "--thinning", "100", "--assignments", "-o"]).arg(output);
    command.arg(demo).output().unwrap()
}

/// The cells of a Parquet file as they stand in the CSV.
fn cells(file: &Path) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let mut rows = vec![schema.get_fields().iter().map(|f| f.name().to_owned()).collect()];
    let text = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Long(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        other => panic!("{other:?}"),
    };
    for row in reader.get_row_iter(None).unwrap() {
        rows.push(row.unwrap().get_column_iter().map(|(_, field)| text(field)).collect());
    }
    rows
}

#[test]
fn parquet_holds_what_the_csv_of_the_same_seed_holds() {
    let folder = tempfile::tempdir().unwrap();
    let (table, columns) = (folder.path().join("plans.csv"), folder.path().join("plans.Parquet"));
    for file in [&table, &columns] {
        let done = draw_to(file, "en");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let rows = csv::ReaderBuilder::new().has_headers(false).from_path(&table).unwrap();
    let rows: Vec<Vec<String>> =
        (rows.into_records()).map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 21);
    assert_eq!(cells(&columns), rows);

    // What analysts read it with, where it is at hand.
    let python = peers::python();
    let script = "import sys, csv, pyarrow.parquet as pq\n\
        t = pq.read_table(sys.argv[1])\n\
        out = csv.writer(sys.stdout, lineterminator='\\n')\n\
        out.writerow(t.column_names)\n\
        [out.writerow(r) for r in zip(*(c.to_pylist() for c in t.columns))]\n";
    let has_pyarrow = |python: &PathBuf| {
        let tried = std::process::Command::new(python).args(["-c", "import pyarrow"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let Some(python) = python.filter(has_pyarrow) else {
        eprintln!("no Python with pyarrow: read by the parquet crate only");
        return;
    };
    let read = std::process::Command::new(python).args(["-c", script]).arg(&columns).output();
    let read = read.unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let theirs = csv::ReaderBuilder::new().has_headers(false).from_reader(&*read.stdout);
    // Python writes 3.0 for a float without a fraction.
    let same = |a: &str, b: &str| {
        a == b || a.parse::<f64>().is_ok_and(|a| b.parse::<f64>().is_ok_and(|b| a == b))
    };
    for (row, ours) in theirs.into_records().zip(&rows) {
        let row = row.unwrap();
        assert_eq!(row.len(), ours.len());
        assert!(row.iter().zip(ours).all(|(a, b)| same(a, b)), "{row:?} {ours:?}");
    }
}

/// Four units in a square, divided in two: an ensemble of as many plans as are asked for.
fn draw_square(folder: &Path, ids: [&str; 4], plans: u32, output: &Path) -> std::process::Output {
    let graph = folder.join("square.json");
    let node = |id: &&str| serde_json::json!({"id": id, "H": 10});
    let row = |u: usize| {
        let near = [(u + 1) % 4, (u + 3) % 4];
        near.map(|v| serde_json::json!({"id": ids[v]}))
    };
    let text = serde_json::json!({
        "nodes": ids.iter().map(node).collect::<Vec<_>>(),
        "adjacency": (0..4).map(row).collect::<Vec<_>>(),
    });
    std::fs::write(&graph, text.to_string()).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(["--lang", "en", "balance", "--graph"]).arg(graph);
    command.args(["--households", "H", "--grids", "2", "--assignments", "--thinning", "1"]);
    command.args(["--ensemble", &plans.to_string(), "-o"]).arg(output).output().unwrap()
}

#[test]
fn more_plans_than_a_row_group_holds_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("plans.parquet");
    let done = draw_square(folder.path(), ["a", "b", "c", "d"], 150_000, &output);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let reader = SerializedFileReader::new(std::fs::File::open(&output).unwrap()).unwrap();
    assert!(reader.num_row_groups() > 1);
    let rows = cells(&output);
    assert_eq!(rows.len(), 150_001);
    let column = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
    let (step, units) = (column("step"), ["a", "b", "c", "d"].map(column));
    let mut last = 0;
    for row in &rows[1..] {
        let step: u64 = row[step].parse().unwrap();
        assert!(step > last);
        last = step;
        let codes: std::collections::BTreeSet<&str> =
            units.iter().map(|&unit| row[unit].as_str()).collect();
        assert_eq!(codes.len(), 2);
    }
}

#[test]
fn a_unit_named_like_a_column_is_refused_where_names_must_differ() {
    let folder = tempfile::tempdir().unwrap();
    let ids = ["a", "cut_edges", "c", "d"];
    let refused = draw_square(folder.path(), ids, 5, &folder.path().join("plans.parquet"));
    assert_eq!(refused.status.code(), Some(2));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("plans.parquet: cut_edges: the id"), "{message}");
    assert!(!folder.path().join("plans.parquet").exists());
    let table = folder.path().join("plans.csv");
    assert!(draw_square(folder.path(), ids, 5, &table).status.success());
    assert_eq!(std::fs::read_to_string(table).unwrap().lines().count(), 6);
}

#[test]
fn files_that_cannot_be_written_and_other_endings_are_refused_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for (name, zh, en) in [
        ("plans.xlsx", ".csv 或 .parquet", "end in .csv or .parquet"),
        ("plans", ".csv 或 .parquet", "end in .csv or .parquet"),
        ("no/such/plans.parquet", "无法写入", "cannot be written"),
        ("no/such/plans.csv", "无法写入", "cannot be written"),
    ] {
        for (language, part) in [("zh", zh), ("en", en)] {
            let path = folder.path().join(name);
            let refused = draw_to(&path, language);
            assert_eq!(refused.status.code(), Some(2));
            let message = String::from_utf8(refused.stderr).unwrap();
            assert!(message.contains(part) && message.contains(name), "{message}");
            assert!(!path.exists());
        }
    }
}
