//! Small datasets: units in a block, each a hundredth of a degree wide and high.

#![allow(dead_code)] // each test file uses a part

use serde_json::{Value, json};
use wangge::balance::Problem;
use wangge::dataset::Dataset;

/// A dataset to be written.
pub struct Town {
    width: usize,
    households: Vec<u32>,
    communities: Vec<String>,
    layers: Vec<(&'static str, Vec<Value>)>,
    compounds: Vec<Value>,
}

fn square(west: f64, east: f64, south: f64, north: f64) -> Value {
    let at = |x: f64, y: f64| json!([120.0 + x / 100.0, 36.0 + y / 100.0]);
    let ring =
        [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    json!({"type": "Polygon", "coordinates": [ring]})
}

fn feature(properties: Value, geometry: Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

impl Town {
    /// Units in a row from west to east.
    pub fn row(households: &[u32]) -> Self {
        Self::block(households.len(), 1, households)
    }

    /// Units row by row.
    pub fn block(width: usize, height: usize, households: &[u32]) -> Self {
        assert_eq!(width * height, households.len());
        let (households, communities) = (households.to_vec(), Vec::new());
        Self { width, households, communities, layers: Vec::new(), compounds: Vec::new() }
    }

    /// The community of each unit.
    pub fn communities(mut self, codes: &[&str]) -> Self {
        self.communities = codes.iter().map(|code| code.to_string()).collect();
        self
    }

    /// Grids by their western and eastern ends.
    pub fn grids(mut self, grids: &[(&str, f64, f64)]) -> Self {
        let height = (self.households.len() / self.width) as f64;
        let grid = |&(code, west, east): &(&str, f64, f64)| {
            let properties = json!({"code": code, "name": code, "kind": "base"});
            feature(properties, square(west, east, 0.0, height))
        };
        let grids = grids.iter().map(grid).collect();
        self.layers.push(("grids", grids));
        self
    }

    /// A compound in the first row.
    pub fn compound(mut self, id: &str, west: f64, east: f64, residents: u32) -> Self {
        let properties = json!({"id": id, "name": id, "households": 1, "residents": residents});
        self.compounds.push(feature(properties, square(west, east, 0.2, 0.8)));
        self
    }

    /// The dataset and its problem.
    pub fn problem(&self) -> (Dataset, Problem) {
        let folder = tempfile::tempdir().unwrap();
        let unit = |(u, households): (usize, &u32)| {
            let (x, y) = ((u % self.width) as f64, (u / self.width) as f64);
            let mut properties = json!({"id": format!("U{u}"), "households": households});
            if let Some(code) = self.communities.get(u) {
                properties["community_code"] = json!(code);
            }
            feature(properties, square(x, x + 1.0, y, y + 1.0))
        };
        let units: Vec<Value> = self.households.iter().enumerate().map(unit).collect();
        let write = |name: &str, features: &[Value]| {
            let text = json!({"type": "FeatureCollection", "features": features}).to_string();
            std::fs::write(folder.path().join(format!("{name}.geojson")), text).unwrap();
        };
        write("units", &units);
        self.layers.iter().for_each(|(name, features)| write(name, features));
        if !self.compounds.is_empty() {
            write("compounds", &self.compounds);
        }
        let dataset = wangge::dataset::load(folder.path()).unwrap();
        let problem = Problem::from_dataset(&dataset, None).unwrap();
        (dataset, problem)
    }
}
