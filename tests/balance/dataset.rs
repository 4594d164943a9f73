//! Problems from datasets: present grids, communities, dedicated grids, numbering.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use wangge::balance::{Options, Problem, Solution, Status, score, solve};

/// A folder with a row of units, each a hundredth of a degree wide, from 120° east.
struct Folder {
    folder: tempfile::TempDir,
}

fn square(west: f64, east: f64) -> String {
    let (w, e) = (120.0 + west / 100.0, 120.0 + east / 100.0);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{w},36],[{e},36],[{e},36.01],[{w},36.01],[{w},36]]]}}"#
    )
}

fn collection(features: &[(String, String)]) -> String {
    let mut text = String::from(r#"{"type":"FeatureCollection","features":["#);
    for (i, (properties, geometry)) in features.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        write!(
            text,
            r#"{comma}{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#
        )
        .expect("a string can be written to");
    }
    text + "]}"
}

impl Folder {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn layer(self, name: &str, features: &[(String, String)]) -> Self {
        let path = self.folder.path().join(format!("{name}.geojson"));
        std::fs::write(path, collection(features)).expect("a file");
        self
    }

    /// Units by households and community.
    fn units(self, units: &[(u32, &str)]) -> Self {
        let features: Vec<_> = (units.iter().enumerate())
            .map(|(i, (households, community))| {
                let community = match *community {
                    "" => String::new(),
                    code => format!(r#","community_code":"{code}""#),
                };
                let properties = format!(r#""id":"U{i}","households":{households}{community}"#);
                (properties, square(i as f64, i as f64 + 1.0))
            })
            .collect();
        self.layer("units", &features)
    }

    /// Grids by code, kind, and west and east ends.
    fn grids(self, grids: &[(&str, &str, f64, f64)]) -> Self {
        let features: Vec<_> = (grids.iter())
            .map(|(code, kind, west, east)| {
                let properties = format!(r#""code":"{code}","name":"grid {code}","kind":"{kind}""#);
                (properties, square(*west, *east))
            })
            .collect();
        self.layer("grids", &features)
    }

    fn problem(&self, grids: Option<usize>) -> Problem {
        let dataset = wangge::dataset::load(self.folder.path()).expect("a dataset");
        Problem::from_dataset(&dataset, grids).expect("a problem")
    }

    fn error(&self, grids: Option<usize>) -> String {
        let dataset = wangge::dataset::load(self.folder.path()).expect("a dataset");
        Problem::from_dataset(&dataset, grids).expect_err("an error").to_string()
    }
}

fn quiet(problem: &Problem, max_deviation: f64) -> Solution {
    let options = Options { max_deviation, ..Options::default() };
    solve(problem, &options, &|_| ControlFlow::Continue(()))
}

/// Code of each unit of the first plan.
fn codes(solution: &Solution) -> Vec<&str> {
    solution.plans[0].assignment.0.iter().map(|(_, code)| code.as_str()).collect()
}

#[test]
fn neighbours_share_a_border_and_its_length() {
    let problem = Folder::new().units(&[(5, ""), (5, ""), (5, "")]).problem(Some(3));
    let edges = problem.graph().edges();
    assert_eq!(edges.iter().map(|e| (e.a, e.b)).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
    // A hundredth of a degree of latitude at 36° north is about 1,109.6 m.
    assert!(edges.iter().all(|e| (e.length_m.expect("a length") - 1109.6).abs() < 1.0));
    let alone = score(&problem, &[0, 1, 2]);
    // A rectangle a by b has 4πab / (2a + 2b)².
    let (a, b) = (901.6, 1109.6);
    let shape = 4.0 * std::f64::consts::PI * a * b / (2.0 * a + 2.0 * b).powi(2);
    assert!((alone.mean_polsby_popper.expect("shapes") - shape).abs() < 1e-3);
    assert!((alone.border_length_m.expect("lengths") - 2.0 * b).abs() < 2.0);
}

#[test]
fn a_units_present_grid_is_that_of_most_of_its_households_then_of_its_area() {
    let folder = Folder::new()
        .units(&[(50, ""), (50, ""), (50, "")])
        // The border cuts the second unit at 30 % of its width.
        .grids(&[("A", "base", 0.0, 1.3), ("B", "base", 1.3, 3.0)]);
    assert_eq!(folder.problem(None).present_assignment(), Some(vec![0, 1, 1]));
    let compounds = [(1.1, 40, "west"), (1.7, 10, "east")].map(|(x, households, id)| {
        let properties = format!(r#""id":"{id}","name":"{id}","households":{households}"#);
        let lon = 120.0 + x / 100.0;
        (properties, format!(r#"{{"type":"Point","coordinates":[{lon},36.005]}}"#))
    });
    let folder = folder.layer("compounds", &compounds);
    assert_eq!(folder.problem(None).present_assignment(), Some(vec![0, 0, 1]));
}

#[test]
fn a_tie_goes_to_the_lower_code() {
    let folder = Folder::new()
        .units(&[(50, ""), (50, ""), (50, "")])
        .grids(&[("B", "base", 0.0, 1.5), ("A", "base", 1.5, 3.0)]);
    let problem = folder.problem(None);
    let present = problem.present_assignment().expect("a present plan");
    let labels = problem.labels_of(&present);
    let codes: Vec<&str> = present.iter().map(|&g| labels[g as usize].code.as_str()).collect();
    assert_eq!(codes, ["B", "A", "A"]);
}

#[test]
fn plans_keep_the_codes_of_the_grids_they_resemble() {
    let folder = Folder::new()
        .units(&[(10, ""), (10, ""), (10, ""), (10, ""), (10, ""), (10, "")])
        .grids(&[("A", "base", 0.0, 1.0), ("B", "base", 1.0, 4.0), ("C", "base", 4.0, 6.0)]);
    let problem = folder.problem(None);
    let solution = quiet(&problem, 0.1);
    assert_eq!(codes(&solution), ["A", "A", "B", "B", "C", "C"]);
    assert_eq!(solution.plans[0].score.households_moved, Some(10));
    assert_eq!(solution.plans[0].score.grids[1].present_households, Some(30));
}

#[test]
fn grids_stay_inside_communities() {
    // Without communities 3 + 3 would do; with them the first community has 4 units.
    let units = [(10, "c1"), (10, "c1"), (10, "c1"), (10, "c1"), (20, "c2"), (20, "c2")];
    let folder = Folder::new().units(&units);
    let problem = folder.problem(Some(2));
    let solution = quiet(&problem, 0.0);
    assert_eq!(codes(&solution), ["c1001", "c1001", "c1001", "c1001", "c2001", "c2001"]);
    assert_eq!(solution.plans[0].score.communities_split, 0);
    assert_eq!(score(&problem, &[0, 0, 0, 0, 0, 1]).communities_split, 2);
}

#[test]
fn a_community_that_no_number_of_grids_fits_is_named() {
    let folder = Folder::new().units(&[(31, "c1"), (31, "c1"), (20, "c2"), (20, "c2"), (20, "c2")]);
    let problem = folder.problem(Some(5));
    // The mean is 24.4: 62 households make two grids of 31 (+27 %) or three, of two units.
    let solution = quiet(&problem, 0.05);
    assert_eq!(solution.status, Status::Infeasible);
    let reason = solution.reason.expect("a reason");
    assert!(reason.proven);
    let least = reason.least_deviation.expect("a bound");
    let nearest = solution.nearest.expect("a plan").score.max_deviation;
    assert!(least <= nearest + 1e-9 && nearest < 0.28, "{least} {nearest}");
    assert!(!reason.message_zh.is_empty());
}

#[test]
fn new_grids_are_numbered_from_west_to_east_inside_their_community() {
    let folder = Folder::new().units(&[
        (10, "370203035003"),
        (10, "370203035003"),
        (10, "370203035002"),
        (10, "370203035003"),
    ]);
    let solution = quiet(&folder.problem(Some(4)), 0.0);
    assert_eq!(
        codes(&solution),
        ["370203035003001", "370203035003002", "370203035002001", "370203035003003"]
    );
    assert_eq!(solution.plans[0].score.grids[0].name.chars().last(), Some('格'));
}

#[test]
fn units_of_dedicated_grids_are_left_out_of_the_balance() {
    let folder = Folder::new().units(&[(10, ""), (900, ""), (10, "")]).grids(&[
        ("A", "base", 0.0, 1.0),
        ("B", "dedicated", 1.0, 2.0),
        ("C", "base", 2.0, 3.0),
    ]);
    let problem = folder.problem(None);
    assert_eq!(problem.households(), 20);
    assert_eq!(problem.left_out(), [("U1".to_owned(), "B".to_owned())]);
    let solution = quiet(&problem, 0.0);
    let assignment = &solution.plans[0].assignment.0;
    assert_eq!(assignment.len(), 3, "{assignment:?}");
    assert!(assignment.contains(&("U1".to_owned(), "B".to_owned())));
}

#[test]
fn faults_name_file_feature_and_field() {
    let missing = [
        (r#""id":"U0","households":5"#.to_owned(), square(0.0, 1.0)),
        (r#""id":"U1""#.to_owned(), square(1.0, 2.0)),
    ];
    let message = Folder::new().layer("units", &missing).error(Some(1));
    assert!(message.contains("units.geojson") && message.contains("U1"), "{message}");
    assert!(message.contains("households"), "{message}");
    let folder = Folder::new().units(&[(5, ""), (5, "")]);
    assert!(folder.error(None).contains("--grids"));
    assert!(folder.error(Some(3)).contains("between 1 and 2"));
    assert!(folder.error(Some(0)).contains("between 1 and 2"));
    let grids = Folder::new().grids(&[("A", "base", 0.0, 1.0)]);
    assert!(grids.error(None).contains("no planning units"));
}

#[test]
fn the_demo_data_are_balanced_within_ten_per_cent_inside_communities() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let dataset = wangge::dataset::load(&folder).expect("the demo data");
    let problem = Problem::from_dataset(&dataset, None).expect("a problem");
    let present = score(&problem, &problem.present_assignment().expect("a present plan"));
    assert!(present.max_deviation > 0.4);
    let solution = quiet(&problem, 0.1);
    assert!(solution.plans.len() >= 3);
    for plan in &solution.plans {
        assert!(plan.score.max_deviation <= 0.1 && plan.score.contiguous);
        assert_eq!(plan.score.communities_split, 0);
        assert_eq!(plan.score.grids.len(), 16);
        assert_eq!(plan.assignment.0.len(), dataset.units.len());
    }
    let moved = solution.plans.iter().filter_map(|plan| plan.score.households_moved).min();
    assert!(moved < solution.plans[0].score.households_moved);
}
