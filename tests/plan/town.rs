//! Towns of square units, a hundred metres wide and high, with grids, communities, compounds and a
//! net; and random towns.

#[path = "../common/mod.rs"]
pub mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use wangge::dataset::Dataset;
use wangge::domain::{
    Community, Compound, Correspondence, Grid, GridKind, LonLat, MultiPolygon, Net, NetFeature,
    Origin, Place, Unit, ValidityPeriod,
};
use wangge::plan::{Applied, Basis, Edit, EditOptions, PlanError, PlanState, apply};

pub use common::{Dice, frame, place, polygon, shaken_cells};

fn origin(layer: &str, feature: usize) -> Origin {
    Origin { file: format!("{layer}.geojson").into(), feature }
}

/// A rectangle in units of 100 m.
pub fn block(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon {
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    polygon(&corners.map(|(x, y)| (x * 100.0, y * 100.0)))
}

/// A place in units of 100 m.
pub fn at(x: f64, y: f64) -> LonLat {
    place(x * 100.0, y * 100.0)
}

/// Adds a unit.
pub fn add_unit(
    dataset: &mut Dataset,
    id: &str,
    households: u32,
    community: &str,
    shape: MultiPolygon,
) {
    let number = dataset.units.len();
    dataset.units.push(Unit {
        id: id.into(),
        name: None,
        households: Some(households),
        community_code: Some(community.to_owned()).filter(|code| !code.is_empty()),
        geometry: shape,
        origin: origin("units", number),
    });
}

/// Adds a grid.
pub fn add_grid(
    dataset: &mut Dataset,
    code: &str,
    kind: GridKind,
    community: &str,
    shape: MultiPolygon,
) {
    let number = dataset.grids.len();
    dataset.grids.push(Grid {
        code: code.into(),
        name: format!("网格{code}"),
        community_code: Some(community.to_owned()).filter(|code| !code.is_empty()),
        kind,
        validity: ValidityPeriod::default(),
        geometry: shape,
        origin: origin("grids", number),
    });
    dataset.grids.sort_by(|a, b| a.code.cmp(&b.code));
}

/// Adds a community.
pub fn add_community(dataset: &mut Dataset, code: &str, shape: MultiPolygon) {
    let number = dataset.communities.len();
    dataset.communities.push(Community {
        code: code.into(),
        name: format!("社区{code}"),
        geometry: shape,
        origin: origin("communities", number),
    });
}

/// Adds a compound.
pub fn add_compound(dataset: &mut Dataset, id: &str, households: u32, place: Place) {
    let number = dataset.compounds.len();
    dataset.compounds.push(Compound {
        id: id.into(),
        name: format!("小区{id}"),
        aliases: Vec::new(),
        address: None,
        community_code: None,
        households: Some(households),
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: true,
        place,
        origin: origin("compounds", number),
    });
}

/// Adds a net; each feature has an id, the grids that it names and a shape.
pub fn add_net(
    dataset: &mut Dataset,
    name: &str,
    many: bool,
    features: Vec<(&str, &[&str], MultiPolygon)>,
) {
    let feature =
        |(number, (id, codes, geometry)): (usize, (&str, &[&str], MultiPolygon))| NetFeature {
            id: id.into(),
            name: id.into(),
            grid_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            geometry,
            origin: origin(name, number),
        };
    let correspondence = if many { Correspondence::ManyToOne } else { Correspondence::OneToOne };
    let features = features.into_iter().enumerate().map(feature).collect();
    dataset.nets.push(Net { name: name.into(), correspondence, features });
}

/// A street of 8 units of 100 to 170 households in a row, two grids W and E of four each, of the
/// community C, and branches that coincide with them.
///
/// ```text
/// U0 U1 U2 U3 | U4 U5 U6 U7
/// ```
pub fn street() -> Dataset {
    let mut town = Dataset { name: "street".into(), ..Dataset::default() };
    for number in 0..8 {
        let x = number as f64;
        let households = 100 + 10 * number as u32;
        add_unit(&mut town, &format!("U{number}"), households, "C", block(x, 0.0, x + 1.0, 1.0));
        add_compound(&mut town, &format!("K{number}"), households, Place::Point(at(x + 0.5, 0.5)));
    }
    add_community(&mut town, "C", block(0.0, 0.0, 8.0, 1.0));
    add_grid(&mut town, "E", GridKind::Base, "C", block(4.0, 0.0, 8.0, 1.0));
    add_grid(&mut town, "W", GridKind::Base, "C", block(0.0, 0.0, 4.0, 1.0));
    let halves = vec![
        ("b1", &["W"][..], block(0.0, 0.0, 4.0, 1.0)),
        ("b2", &["E"][..], block(4.0, 0.0, 8.0, 1.0)),
    ];
    add_net(&mut town, "branches", false, halves);
    town
}

/// A block of 4 × 4 units of 100 households, `U{column}{row}` from the south-west, in four grids of
/// four: SW, SE, NW, NE; west of the middle is the community 370203035001, east of it …002. The
/// compound K spans U10 and U11; a net of districts has the two southern grids in one feature and
/// the two northern in another.
pub fn square() -> Dataset {
    let mut town = Dataset { name: "square".into(), ..Dataset::default() };
    for row in 0..4 {
        for column in 0..4 {
            let (x, y) = (column as f64, row as f64);
            let community = if column < 2 { "370203035001" } else { "370203035002" };
            let shape = block(x, y, x + 1.0, y + 1.0);
            add_unit(&mut town, &format!("U{column}{row}"), 100, community, shape);
        }
    }
    add_community(&mut town, "370203035001", block(0.0, 0.0, 2.0, 4.0));
    add_community(&mut town, "370203035002", block(2.0, 0.0, 4.0, 4.0));
    for (code, x, y) in [("SW", 0.0, 0.0), ("SE", 2.0, 0.0), ("NW", 0.0, 2.0), ("NE", 2.0, 2.0)] {
        let community = if x < 1.0 { "370203035001" } else { "370203035002" };
        add_grid(&mut town, code, GridKind::Base, community, block(x, y, x + 2.0, y + 2.0));
    }
    add_compound(&mut town, "K", 60, Place::Area(block(1.2, 0.3, 1.8, 1.6)));
    let districts = vec![
        ("south", &["SW", "SE"][..], block(0.0, 0.0, 4.0, 2.0)),
        ("north", &["NW", "NE"][..], block(0.0, 2.0, 4.0, 4.0)),
    ];
    add_net(&mut town, "districts", true, districts);
    town
}

/// The basis of a dataset.
pub fn basis(dataset: Dataset) -> Basis {
    Basis::new(&Arc::new(dataset), None).unwrap()
}

/// Makes edits on a state with the default rules.
pub fn edited(basis: &Basis, state: &PlanState, edits: &[Edit]) -> Applied {
    apply(basis, state, edits, &EditOptions::default()).unwrap()
}

/// The error of edits under some rules.
pub fn refused(
    basis: &Basis,
    state: &PlanState,
    edits: &[Edit],
    options: &EditOptions,
) -> PlanError {
    apply(basis, state, edits, options).unwrap_err()
}

/// Edits as JSON has them.
pub fn read(json: serde_json::Value) -> Edit {
    serde_json::from_value(json).unwrap()
}

/// The edit that gives units to a grid.
pub fn assign(units: &[&str], grid: &str) -> Edit {
    Edit::Assign { units: ids(units), grid: grid.into() }
}

/// Ids as edits hold them.
pub fn ids(of: &[&str]) -> Vec<String> {
    of.iter().map(|id| (*id).to_owned()).collect()
}

/// The units of each grid.
pub fn by_grid(state: &PlanState) -> BTreeMap<&str, Vec<&str>> {
    let mut grids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (unit, grid) in &state.assignment {
        grids.entry(grid).or_default().push(unit);
    }
    grids
}

/// The state after JSON and back.
pub fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// A random town of bent cells: `columns` × `rows` units in grids of about four columns and rows,
/// two communities, compounds and a net that coincides with the grids; one grid is dedicated where
/// there are more than three.
pub fn random_town(columns: usize, rows: usize, seed: u64) -> Dataset {
    let cells = shaken_cells(columns, rows, seed, 2);
    let mut dice = Dice::new(seed ^ 0xABCD);
    let mut town = Dataset { name: "random".into(), ..Dataset::default() };
    let refs: Vec<&MultiPolygon> = cells.iter().collect();
    let coverage = wangge::geometry::Coverage::build(&frame(), &refs);
    let span = 3;
    let across = columns.div_ceil(span);
    let group: Vec<usize> =
        (0..cells.len()).map(|n| (n / columns / span) * across + n % columns / span).collect();
    let grids = group.iter().max().unwrap() + 1;
    for (number, shape) in cells.iter().enumerate() {
        let households = 20 + dice.below(180) as u32;
        let community =
            if group[number].is_multiple_of(2) { "370203035001" } else { "370203035002" };
        add_unit(&mut town, &format!("u{number}"), households, community, shape.clone());
        if dice.roll() < 0.6 {
            let centre = wangge::geometry::measure::label_point(&frame(), shape);
            let id = format!("k{number}");
            add_compound(&mut town, &id, households, Place::Point(centre));
        }
    }
    // Some compounds lie across borders of units.
    for number in 0..cells.len() / 4 {
        let x = dice.roll() * (columns as f64 - 1.0);
        let y = dice.roll() * (rows as f64 - 1.0);
        let outline = block(x + 0.2, y + 0.2, x + 0.9, y + 0.9);
        add_compound(&mut town, &format!("o{number}"), 50, Place::Area(outline));
    }
    let of: Vec<Option<usize>> = group.iter().copied().map(Some).collect();
    let shapes = coverage.dissolve(&of, grids);
    let mut features = Vec::new();
    let codes: Vec<String> = (0..grids).map(|grid| format!("g{grid:02}")).collect();
    for (grid, shape) in shapes.into_iter().enumerate() {
        let shape = shape.unwrap();
        let kind = if grid == 3 { GridKind::Dedicated } else { GridKind::Base };
        let community = if grid.is_multiple_of(2) { "370203035001" } else { "370203035002" };
        add_grid(&mut town, &codes[grid], kind, community, shape.clone());
        features.push((codes[grid].as_str(), &[][..], shape));
    }
    add_net(&mut town, "branches", false, features);
    town
}
