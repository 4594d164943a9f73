//! Repair, on one thread, and beside it the peer, shapely (GEOS), in the same run: 100 × 100 grids
//! with 24 vertices an edge, 1.01 million coordinates, clean and with 0.5 % of the vertices moved
//! by 5 cm in one grid only.
//!
//! The peer's `coverage_clean` does a part of it: it unites what overlaps and fills gaps by the
//! longest border; it knows no outline, no compounds, no locks, and tells nobody what it did.

#[path = "../tests/common/mod.rs"]
mod common;
mod support;
#[path = "support/torn.rs"]
mod torn;
#[path = "../tests/common/dataset.rs"]
mod town;

use common::{frame, shaken_cells};
use std::path::Path;
use support::peer;
use support::timing::{is_wanted, least, print};
use torn::{outline_of, torn};
use wangge::dataset::Dataset;
use wangge::domain::MultiPolygon;
use wangge::geometry::Arrangement;
use wangge::repair::{RepairOptions, mend, run};

/// The cleaner of the peer, with the gaps that were made; and whether the peer finds our grids
/// and its own valid.
const COVERAGE_CLEAN: &str = r#"
before, ours = read(sys.argv[1]), read(sys.argv[2])
out["coverage_clean"], cleaned = least(2, lambda: shapely.coverage_clean(before, gap_width=0.1))
valid = lambda shapes: bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes))
out["valid_before"], out["valid_ours"], out["valid_theirs"] = valid(before), valid(ours), valid(cleaned)
"#;

fn main() {
    let cells = shaken_cells(100, 100, 3, 24);
    let outline = outline_of(&cells);
    let python = peer::python();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (state, cells) in [("clean", cells.clone()), ("0.5 % moved", torn(&cells))] {
        if !is_wanted(state) {
            continue;
        }
        let shapes: Vec<&MultiPolygon> = cells.iter().collect();
        print(&format!("{state}: arrangement"), least(3, || Arrangement::build(&frame(), &shapes)));
        let dataset = town::with_grids(&cells);
        let options = RepairOptions::default();
        let ours = least(5, || mend(&dataset, &options));
        print(&format!("{state}: repair"), ours);
        let outlined = town::outlined(town::with_grids(&cells), outline.clone());
        print(
            &format!("{state}: repair within an outline"),
            least(3, || mend(&outlined, &options)),
        );
        print(
            &format!("{state}: … with the check before and after"),
            least(2, || run(&outlined, &options)),
        );
        if let Some(python) = &python {
            let repaired = mend(&dataset, &options).expect("options that fit").dataset;
            beside(python, folder.path(), state, ours.cpu_ms, &cells, &repaired);
        }
    }
}

/// The peer's time for the same grids, and its verdict on the repaired ones.
fn beside(
    python: &Path,
    folder: &Path,
    state: &str,
    our_ms: f64,
    cells: &[MultiPolygon],
    repaired: &Dataset,
) {
    let (before, after) = (folder.join("before.wkb"), folder.join("after.wkb"));
    let grids: Vec<MultiPolygon> = repaired.grids.iter().map(|g| g.geometry.clone()).collect();
    peer::write_wkb(&frame(), cells, &before);
    peer::write_wkb(&frame(), &grids, &after);
    let theirs = peer::ask(python, COVERAGE_CLEAN, &[&before, &after]);
    let their_ms = theirs["coverage_clean"].as_f64().expect("a time");
    println!(
        "{state}: GEOS {}: coverage_clean {their_ms:.0} ms, {:.1} times as long; valid by GEOS: \
         before {}, after our repair {}, after theirs {}",
        theirs["geos"].as_str().unwrap_or_default(),
        their_ms / our_ms,
        theirs["valid_before"],
        theirs["valid_ours"],
        theirs["valid_theirs"],
    );
}
