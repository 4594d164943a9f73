//! What the tests of the program share: a small dataset in a temporary folder, and the program.

#![allow(dead_code)] // each test file uses a part

use serde_json::{Value, json};
use std::process::Command;
use tempfile::TempDir;

/// A run of the program.
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The program with arguments, in a plain environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(arguments).env_remove("LANG").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command
}

/// Runs the program to its end.
pub fn wangge(arguments: &[&str]) -> Done {
    let done = command(arguments).output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{stderr}");
    Done {
        code: done.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(done.stdout).expect("UTF-8"),
        stderr,
    }
}

/// A dataset in a temporary folder, of two grids G1 (west) and G2 (east), eight planning units
/// U00…U13 (column, row) in a lattice of four columns and two rows, each about 90 m × 111 m, and
/// a compound in the middle of each unit.
pub struct Folder(TempDir);

impl Folder {
    /// The grids meet in the middle and hold 400 households each: nothing to find.
    pub fn clean() -> Self {
        Self::with_border(2.0, [[100; 4]; 2])
    }

    /// G1 reaches half a column into G2.
    pub fn overlapping() -> Self {
        Self::with_border(2.5, [[100; 4]; 2])
    }

    /// The west is full, the east is empty: the present grids are 50 % off the mean.
    pub fn unbalanced() -> Self {
        Self::with_border(2.0, [[200, 100, 50, 50]; 2])
    }

    fn with_border(east_of_first: f64, households: [[u32; 4]; 2]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        let grid = |code: &str, west: f64, east: f64| {
            let properties =
                json!({ "code": code, "name": format!("第{code}网格"), "community_code": "C1" });
            feature(properties, rectangle(west, 0.0, east, 2.0))
        };
        let grids = [grid("G1", 0.0, east_of_first), grid("G2", 2.0, 4.0)];
        folder.write("grids", &grids);
        let community = json!({ "code": "C1", "name": "试验社区" });
        folder.write("communities", &[feature(community, rectangle(0.0, 0.0, 4.0, 2.0))]);
        folder.write(
            "subdistrict",
            &[feature(json!({ "name": "试验街道" }), rectangle(0.0, 0.0, 4.0, 2.0))],
        );
        let branch = |id: &str, grid: &str, west: f64, east: f64| {
            let properties = json!({ "id": id, "name": format!("{id}支部"), "grid_codes": [grid] });
            feature(properties, rectangle(west, 0.0, east, 2.0))
        };
        folder.write(
            "branches",
            &[branch("B1", "G1", 0.0, east_of_first), branch("B2", "G2", 2.0, 4.0)],
        );
        let mut units = Vec::new();
        let mut compounds = Vec::new();
        for (y, row) in households.iter().enumerate() {
            for (x, &households) in row.iter().enumerate() {
                let (west, south) = (x as f64, y as f64);
                let properties = json!({ "id": format!("U{y}{x}"), "households": households, "community_code": "C1" });
                units.push(feature(properties, rectangle(west, south, west + 1.0, south + 1.0)));
                let name =
                    if (y, x) == (0, 3) { "东苑".to_owned() } else { format!("小区{y}{x}") };
                let properties = json!({ "id": format!("K{y}{x}"), "name": name, "households": households,
                    "residents": households * 5 / 2, "party_members": 4, "community_code": "C1" });
                let place = corner(west + 0.5, south + 0.5);
                compounds
                    .push(feature(properties, json!({ "type": "Point", "coordinates": place })));
            }
        }
        folder.write("units", &units);
        folder.write("compounds", &compounds);
        folder
    }

    /// As clean; on the first day of 2025 G0 takes over what was G1, and a part of what stays G2.
    pub fn changing() -> Self {
        let folder = Self::clean();
        let grid = |code: &str, west: f64, east: f64, from: Option<&str>, to: Option<&str>| {
            let properties = json!({ "code": code, "name": code, "community_code": "C1",
                "valid_from": from, "valid_to": to });
            feature(properties, rectangle(west, 0.0, east, 2.0))
        };
        let day = Some("2025-01-01");
        let grids = [
            grid("G1", 0.0, 2.0, None, day),
            grid("G2", 2.0, 4.0, None, None),
            grid("G0", 0.0, 3.0, day, None),
        ];
        folder.write("grids", &grids);
        folder
    }

    /// 1,600 planning units of many sizes: a search for forty grids in them does not come to an
    /// end by itself.
    pub fn large() -> Self {
        const SIDE: usize = 40;
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        let side = SIDE as f64;
        let half = |code: &str, west: f64, east: f64| {
            feature(json!({ "code": code, "name": code }), rectangle(west, 0.0, east, side))
        };
        folder.write("grids", &[half("G1", 0.0, side / 2.0), half("G2", side / 2.0, side)]);
        let unit = |n: usize| {
            let (x, y) = ((n % SIDE) as f64, (n / SIDE) as f64);
            let properties = json!({ "id": format!("U{n}"), "households": 20 + n * 7919 % 61 });
            feature(properties, rectangle(x, y, x + 1.0, y + 1.0))
        };
        folder.write("units", &(0..SIDE * SIDE).map(unit).collect::<Vec<_>>());
        folder
    }

    /// Without planning units: grids only.
    pub fn without_units() -> Self {
        let folder = Self::clean();
        std::fs::remove_file(folder.file("units.geojson")).expect("it was written");
        folder
    }

    /// Grids without planning units, and without compounds to make some of.
    pub fn without_units_and_compounds() -> Self {
        let folder = Self::without_units();
        std::fs::remove_file(folder.file("compounds.geojson")).expect("it was written");
        folder
    }

    fn write(&self, layer: &str, features: &[Value]) {
        let collection = json!({ "type": "FeatureCollection", "features": features });
        std::fs::write(self.file(&format!("{layer}.geojson")), collection.to_string())
            .expect("the temporary folder can be written");
    }

    /// The folder.
    pub fn path(&self) -> &str {
        self.0.path().to_str().expect("UTF-8")
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("UTF-8").to_owned()
    }
}

/// A place of the lattice: columns of 0.001° east of 120°, rows of 0.001° north of 36°.
fn corner(x: f64, y: f64) -> [f64; 2] {
    [(120_000.0 + x) / 1000.0, (36_000.0 + y) / 1000.0]
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Value {
    let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)];
    let ring: Vec<[f64; 2]> = corners.iter().map(|&(x, y)| corner(x, y)).collect();
    json!({ "type": "Polygon", "coordinates": [ring] })
}

fn feature(properties: Value, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}
