//! Makes the demo dataset of Shuangshan Subdistrict (双山街道).
//!
//! The names of the subdistrict, its communities and the third grid's compounds, some counts and
//! the places of the community offices are true (`data/shuangshan/README.md` lists them); all the
//! rest is invented. In order:
//! 1. `network`: streets, stream, hills and outline, drawn by hand, moved a little by the seed;
//! 2. `mesh`: they are crossed with each other, and the blocks between them become faces;
//! 3. `blocks`: large blocks are divided by lanes until all are units;
//! 4. `grids`: units are joined to communities and to the present grids;
//! 5. `compounds`, `doors`: land use, households, buildings, addresses;
//! 6. `faults`: the planted faults;
//! 7. `files`, `readme`: everything is written down.

mod blocks;
mod compounds;
mod doors;
mod faults;
mod files;
mod geojson;
mod grids;
mod mesh;
mod network;
mod plane;
mod random;
mod readme;
mod words;

use compounds::LandUse;
use doors::Doors;
use faults::{Fault, Ground, Nets};
use mesh::Mesh;
use random::Random;
use std::collections::BTreeMap;

/// The seed of `data/shuangshan`.
pub const DEFAULT_SEED: u64 = 2019;

/// Everything about the made subdistrict.
struct Map {
    seed: u64,
    mesh: Mesh,
    community_of: Vec<usize>,
    land: LandUse,
    doors: Vec<Vec<Doors>>,
    nets: Nets,
    faults: Vec<Fault>,
}

/// The files of the dataset, by name, made from a seed.
///
/// # Errors
/// When the map of this seed has no place for one of the planted faults.
pub fn generate(seed: u64) -> Result<BTreeMap<&'static str, String>, String> {
    let map = Map::new(seed)?;
    let mut files = files::layers(&map);
    files.insert("wangge.toml", files::manifest());
    files.insert("README.md", readme::readme(&map));
    Ok(files)
}

impl Map {
    fn new(seed: u64) -> Result<Self, String> {
        let mut mesh = Mesh::from_lines(network::skeleton(&mut Random::new(seed, 0)));
        blocks::divide(&mut mesh, &mut Random::new(seed, 1));
        let community_of = grids::communities(&mesh);
        blocks::name_lanes(&mut mesh, &community_of);
        let grid_of = grids::present(&mesh, &community_of, &mut Random::new(seed, 2))?;
        let outlines = (0..grids::count())
            .map(|g| mesh.outline((0..mesh.faces.len()).filter(|&f| grid_of[f] == g)))
            .collect::<Option<Vec<_>>>()
            .ok_or("a grid is not one piece")?;
        let ground =
            Ground { mesh: &mesh, grid_of: &grid_of, community: grids::ranges(), outlines };
        let (displaced, courtyard) =
            faults::displaced_stretch(&ground).ok_or("no border to displace")?;
        let land = compounds::settle(&mesh, &grid_of, &courtyard, &mut Random::new(seed, 3));
        let (nets, faults) = faults::plant(&ground, &displaced, &land.compounds)?;
        let doors = doors::number(&mesh, &land.compounds);
        Ok(Self { seed, mesh, community_of, land, doors, nets, faults })
    }
}
