//! Checking, on one thread, and beside it the peer, shapely (GEOS), in the same run.
//!
//! Parts, each by itself with `cargo bench --bench check -- WORD`:
//! - `grids`: 10,000 grids of 1.01 million coordinates, clean and with 0.5 % of the vertices moved
//!   by 5 cm in one grid only; the peer's calls for the same questions;
//! - `report`: the whole report of 16 grids with 4,000 vertices and three nets, of the demo data,
//!   and of a city with compounds and a net;
//! - `rings`: two rings of 10,000 vertices: the distance between them, and their validity;
//! - `hostile`: rings that cross themselves thousands of times.

#[path = "../tests/common/mod.rs"]
mod common;
mod support;
#[path = "support/torn.rs"]
mod torn;
#[path = "../tests/common/dataset.rs"]
mod town;

use common::{Dice, frame, polygon, shaken_cells};
use std::f64::consts::TAU;
use std::sync::Arc;
use support::peer;
use support::timing::{is_wanted, least, print};
use torn::{outline_of, torn};
use wangge::check::{CheckOptions, GridEdit, LiveCheck, Report, run};
use wangge::dataset::Dataset;
use wangge::domain::MultiPolygon;
use wangge::geometry::{Arrangement, SegmentSet};

/// Grids a side, and vertices on each border between two.
const SIDE: usize = 100;
const BENDS: usize = 24;

fn main() {
    if is_wanted("grids") {
        grids();
    }
    if is_wanted("report") {
        reports();
    }
    if is_wanted("rings") {
        rings();
    }
    if is_wanted("hostile") {
        hostile();
    }
}

fn check(dataset: &Dataset) -> Report {
    run(dataset, &CheckOptions::default())
}

/// What the check finds and measures here takes GEOS three calls: rings, borders, and a union
/// whose holes are the gaps. It gives neither widths nor areas of overlaps.
const GEOS_CALLS: &str = r#"
shapes = read(sys.argv[1])
out["is_valid"], _ = least(3, lambda: shapely.is_valid(shapes).all())
out["coverage_is_valid"], _ = least(2, lambda: shapely.coverage_is_valid(shapes))
out["coverage_invalid_edges"], edges = least(1, lambda: shapely.coverage_invalid_edges(shapes))
out["union_all"], union = least(1, lambda: shapely.union_all(shapes))
out["invalid"] = int((~shapely.is_empty(edges)).sum())
out["holes"] = int(sum(shapely.get_num_interior_rings(shapely.get_parts(union))))
"#;

fn grids() {
    println!("10,000 grids, 1.01 million coordinates");
    let cells = shaken_cells(SIDE, SIDE, 3, BENDS);
    let outline = outline_of(&cells);
    let python = peer::python();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (state, cells) in [("clean", cells.clone()), ("0.5 % moved", torn(&cells))] {
        let shapes: Vec<&MultiPolygon> = cells.iter().collect();
        print(&format!("{state}: arrangement"), least(3, || Arrangement::build(&frame(), &shapes)));
        let dataset = town::outlined(town::with_grids(&cells), outline.clone());
        println!("{state}: {} findings", check(&dataset).findings.len());
        let ours = least(5, || check(&dataset));
        print(&format!("{state}: every fault with widths"), ours);
        let Some(python) = &python else { continue };
        let file = folder.path().join("cells.wkb");
        peer::write_wkb(&frame(), &cells, &file);
        let theirs = peer::ask(python, GEOS_CALLS, &[&file]);
        let ms = |call: &str| theirs[call].as_f64().expect("a time");
        let sum = ms("is_valid") + ms("coverage_is_valid") + ms("union_all");
        println!(
            "{state}: GEOS {}: is_valid {:.0} + coverage_is_valid {:.0} + union_all {:.0} = {sum:.0} ms, \
             {:.1} times as long (coverage_invalid_edges {:.0} ms: {} polygons; {} holes)",
            theirs["geos"].as_str().unwrap_or_default(),
            ms("is_valid"),
            ms("coverage_is_valid"),
            ms("union_all"),
            sum / ours.cpu_ms,
            ms("coverage_invalid_edges"),
            theirs["invalid"],
            theirs["holes"],
        );
    }
}

fn reports() {
    let demo = support::demo();
    print("report of the demo data", least(10, || check(&demo)));
    // 4 × 4 cells with 62 bends a border: 40 × 62 + 25 = 2,505 different vertices, 4,032 corners.
    let cells = shaken_cells(4, 4, 5, 62);
    let corners: usize = cells.iter().map(|cell| cell.corners().count()).sum();
    let mut dataset = town::outlined(town::with_grids(&cells), outline_of(&cells));
    for (number, cell) in cells.iter().enumerate() {
        // A few compounds a grid.
        for k in 0..6 {
            let corner = cell.corners().nth(10 + 40 * k).expect("a corner");
            let middle = wangge::geometry::measure::label_point(&frame(), cell);
            let at = |a: f64, b: f64| a + (b - a) * (0.2 + 0.1 * ((number + k) % 6) as f64);
            let (lon, lat) = (at(middle.lon(), corner.lon()), at(middle.lat(), corner.lat()));
            town::add_point(&mut dataset, support::place(lon, lat));
        }
    }
    // The same, a few vertices moved, and two neighbours in exchange.
    let mut exchanged = cells.clone();
    exchanged.swap(5, 6);
    for (name, shapes) in
        [("branches", &cells), ("emergency_grids", &torn(&cells)), ("urban_management", &exchanged)]
    {
        dataset = town::with_branches(dataset, shapes);
        dataset.nets.last_mut().expect("a net").name = name.into();
    }
    print(
        &format!("report of 16 grids with {corners} vertices, three nets"),
        least(10, || check(&dataset)),
    );
    let city = support::city();
    print("report of a city of 10,000 grids, compounds and a net", least(3, || check(&city)));
}

/// A winding ring of `n` corners around a circle of about 500 m.
fn round(n: usize, seed: u64) -> Vec<(f64, f64)> {
    let mut dice = Dice::new(seed);
    (0..n)
        .map(|i| {
            let turn = TAU * i as f64 / n as f64;
            let far = 500.0 + 40.0 * (turn * 9.0).sin() + 0.2 * dice.roll();
            (far * turn.cos(), far * turn.sin())
        })
        .collect()
}

fn rings() {
    let (a, b) = (round(10_000, 1), round(10_000, 2));
    let segments = |ring: &[(f64, f64)]| -> Vec<[[f64; 2]; 2]> {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(p, q)| [[p.0, p.1], [q.0, q.1]]).collect()
    };
    let (sa, sb) = (segments(&a), segments(&b));
    let hausdorff = || {
        let there = SegmentSet::new(&sb).furthest(&sa, 1e-3);
        let back = SegmentSet::new(&sa).furthest(&sb, 1e-3);
        (there, back)
    };
    print("segment Hausdorff of two rings of 10,000 vertices", least(10, hausdorff));
    let apart: Vec<[[f64; 2]; 2]> =
        sb.iter().map(|s| s.map(|p| [p[0] * 1.2 + 30.0, p[1] * 0.9])).collect();
    let hausdorff = || {
        let there = SegmentSet::new(&apart).furthest(&sa, 1e-3);
        let back = SegmentSet::new(&sa).furthest(&apart, 1e-3);
        (there, back)
    };
    print("… of two that lie 100 m apart", least(10, hausdorff));
    let (a, b) = (polygon(&a), polygon(&b));
    let one = town::with_grids(std::slice::from_ref(&a));
    print("validity of a ring of 10,000 vertices", least(10, || check(&one)));
    let Some(python) = peer::python() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("rings.wkb");
    peer::write_wkb(&frame(), &[a, b], &file);
    let script = r#"
a, b = read(sys.argv[1])
out["is_valid"], _ = least(10, lambda: shapely.is_valid(a))
out["hausdorff"], _ = least(3, lambda: shapely.hausdorff_distance(a.exterior, b.exterior))
"#;
    let theirs = peer::ask(&python, script, &[&file]);
    println!(
        "GEOS {}: is_valid {:.2} ms; hausdorff_distance, between vertices {:.2} ms",
        theirs["geos"].as_str().unwrap_or_default(),
        theirs["is_valid"].as_f64().expect("a time"),
        theirs["hausdorff"].as_f64().expect("a time"),
    );
}

/// A star of `n` corners, every edge across the middle.
fn star(n: usize) -> MultiPolygon {
    let place = |i: usize| {
        let turn = TAU * (i * (n / 2) % n) as f64 / n as f64;
        (150.0 + 80.0 * turn.cos(), 150.0 + 80.0 * turn.sin())
    };
    polygon(&(0..n).map(place).collect::<Vec<_>>())
}

/// Rings as only a slip or an enemy draws them, as an edit of a street of 16 grids.
fn hostile() {
    let cells = shaken_cells(4, 4, 5, 24);
    let dataset = town::outlined(town::with_grids(&cells), outline_of(&cells));
    let live = LiveCheck::new(Arc::new(dataset.clone()), &CheckOptions::default());
    for n in [31, 101, 301, 601] {
        let star = star(n);
        let crossings = n * (n - 3) / 2;
        let mut drawn = dataset.clone();
        drawn.grids[5].geometry = star.clone();
        let name = format!("star of {n} corners, {crossings} crossings");
        print(&format!("{name}: check"), least(1, || check(&drawn)));
        let edits = [GridEdit { grid: 5, geometry: star }];
        print(&format!("{name}: edit"), least(1, || live.preview(&edits)));
    }
}
