//! What the benches measure on: the demo data, and a city of their own making.
#![allow(dead_code)] // each bench uses a part of it

pub mod peer;
pub mod timing;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::{Path, PathBuf};
use wangge::dataset::Dataset;
use wangge::domain::{
    Compound, Correspondence, Grid, GridKind, LonLat, MultiPolygon, Net, NetFeature, Origin, Place,
    Polygon, Ring, Unit, ValidityPeriod,
};

/// Grids a side of the city.
pub const SIDE: usize = 100;
/// Pieces of each side of a grid: 4 × 25 = 100 vertices a grid.
const PIECES: usize = 25;
/// Width of a grid in degrees, about 450 m.
const CELL: f64 = 0.005;

/// The folder of the demo data.
pub fn demo_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")
}

/// The demo data.
pub fn demo() -> Dataset {
    wangge::dataset::load(&demo_folder()).expect("the demo data can be loaded")
}

/// A place of the city.
pub fn place(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("inside the city")
}

/// A city of 10,000 grids and 1 million vertices: neighbours share winding borders vertex for
/// vertex; each grid has a branch with its border and one compound.
pub fn city() -> Dataset {
    let mut city =
        Dataset { name: "city".into(), title_zh: "双山街道".into(), ..Dataset::default() };
    let mut branches = Vec::new();
    for number in 0..SIDE * SIDE {
        let (column, row) = (number % SIDE * PIECES, number / SIDE * PIECES);
        let geometry = cell(column, row);
        let origin = Origin { file: "made.geojson".into(), feature: number };
        let code = format!("{number:05}");
        branches.push(NetFeature {
            id: format!("b{code}"),
            name: format!("第{number}支部"),
            grid_codes: vec![code.clone()],
            geometry: geometry.clone(),
            origin: origin.clone(),
        });
        city.grids.push(Grid {
            code,
            name: format!("第{number}网格"),
            community_code: None,
            kind: GridKind::Base,
            validity: ValidityPeriod::default(),
            geometry,
            origin: origin.clone(),
        });
        city.compounds.push(Compound {
            id: format!("h{number:05}"),
            name: name_of(number),
            aliases: Vec::new(),
            address: None,
            community_code: None,
            households: Some(100),
            residents: None,
            party_members: None,
            buildings: None,
            kind: None,
            synthetic: true,
            place: Place::Point(corner(column + PIECES / 2, row + PIECES / 2)),
            origin,
        });
    }
    let correspondence = Correspondence::default();
    city.nets.push(Net { name: "branches".into(), correspondence, features: branches });
    city
}

/// The cells of the city as planning units of 50 to 150 households, without grids.
pub fn city_units() -> Dataset {
    let city = city();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let units = city.grids.into_iter().map(|grid| Unit {
        id: grid.code,
        name: None,
        households: Some(random.random_range(50..=150)),
        community_code: None,
        geometry: grid.geometry,
        origin: grid.origin,
    });
    Dataset { name: "city".into(), units: units.collect(), ..Dataset::default() }
}

fn cell(x: usize, y: usize) -> MultiPolygon {
    let south = (0..PIECES).map(|n| corner(x + n, y));
    let east = (0..PIECES).map(|n| corner(x + PIECES, y + n));
    let north = (0..PIECES).map(|n| corner(x + PIECES - n, y + PIECES));
    let west = (0..PIECES).map(|n| corner(x, y + PIECES - n));
    let ring = Ring::new(south.chain(east).chain(north).chain(west).collect()).expect("a ring");
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).expect("a part")
}

/// A corner of the city: its winding depends on its place alone, so that neighbours agree.
fn corner(column: usize, row: usize) -> LonLat {
    let seed = (row * (SIDE * PIECES + 1) + column) as u64;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let step = CELL / PIECES as f64;
    let mut winding = || random.random_range(-0.3..0.3) * step;
    let (dx, dy) = (winding(), winding());
    place(120.0 + step * column as f64 + dx, 36.0 + step * row as f64 + dy)
}

/// A name of four letters for each number below 10,000.
fn name_of(number: usize) -> String {
    let letters: Vec<char> = "海润福临锦绣书香听涛岭秀桃源松金桂和顺".chars().collect();
    let digits = [number / 1000, number / 100 % 10, number / 10 % 10, number % 10];
    let name: String = digits.iter().enumerate().map(|(n, d)| letters[d + n % 2 * 9]).collect();
    format!("{name}苑")
}

/// A dataset's grids, branches and compounds as files in `folder`.
pub fn write(dataset: &Dataset, folder: &Path) {
    let grids = dataset.grids.iter().map(|grid| {
        let properties = serde_json::json!({ "code": grid.code, "name": grid.name });
        (properties, grid.geometry.to_geometry())
    });
    let branches = dataset.nets.iter().flat_map(|net| &net.features).map(|branch| {
        let properties = serde_json::json!({
            "id": branch.id, "name": branch.name, "grid_codes": branch.grid_codes,
        });
        (properties, branch.geometry.to_geometry())
    });
    let compounds = dataset.compounds.iter().map(|compound| {
        let properties = serde_json::json!({
            "id": compound.id, "name": compound.name, "households": compound.households,
        });
        (properties, compound.place.to_geometry())
    });
    write_layer(&folder.join("grids.geojson"), grids);
    write_layer(&folder.join("branches.geojson"), branches);
    write_layer(&folder.join("compounds.geojson"), compounds);
}

fn write_layer(
    file: &Path,
    features: impl Iterator<Item = (serde_json::Value, wangge::domain::Geometry)>,
) {
    let features: Vec<_> = features
        .map(|(properties, geometry)| {
            serde_json::json!({
                "type": "Feature", "properties": properties, "geometry": geometry,
            })
        })
        .collect();
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    std::fs::write(file, collection.to_string()).expect("the folder can be written");
}
