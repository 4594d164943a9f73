//! Door numbers: they rise along each road, odd on its left and even on its right.

use super::compounds::Compound;
use super::mesh::Mesh;
use super::network::Class;
use std::collections::BTreeMap;

/// A range of door numbers of one side of a road.
pub struct Doors {
    /// Road.
    pub road: String,
    /// First number.
    pub from: u32,
    /// Last number.
    pub to: u32,
    /// `odd` or `even`.
    pub side: &'static str,
}

impl Doors {
    /// An address in the range: its middle number.
    pub fn address(&self) -> String {
        let number = self.from + (self.to - self.from) / 4 * 2;
        // The full form, as an office writes it: it names the district and the subdistrict.
        format!("青岛市市北区双山街道{}{number}号", self.road)
    }
}

/// Metres of road front for each door number of a side.
const FRONT_M: f64 = 11.0;

/// The door ranges of each compound, the chief one first.
pub fn number(mesh: &Mesh, compounds: &[Compound]) -> Vec<Vec<Doors>> {
    let runs = distances(mesh);
    let mut on_face: BTreeMap<usize, usize> = BTreeMap::new();
    compounds
        .iter()
        .map(|compound| {
            let rank = *on_face.entry(compound.face).and_modify(|n| *n += 1).or_insert(0);
            let count = compounds.iter().filter(|c| c.face == compound.face).count();
            fronts(mesh, compound.face, &runs)
                .into_iter()
                .filter_map(|front| front.doors(mesh, rank, count))
                .take(2)
                .collect()
        })
        .collect()
}

/// A unit's front on one side of a road: distances along the road, in metres.
struct Front {
    way: usize,
    left: bool,
    from: f64,
    to: f64,
}

impl Front {
    /// The numbers of the front, or of its share when several compounds lie there.
    fn doors(&self, mesh: &Mesh, rank: usize, count: usize) -> Option<Doors> {
        let way = &mesh.ways[self.way];
        // 合肥路 comes from the city: its numbers are high here, as in its real addresses.
        let base = if way.name == "合肥路" { 600 } else { 0 };
        let (first, last) = ((self.from / FRONT_M).ceil() as u32, (self.to / FRONT_M) as u32);
        let share = last.saturating_sub(first) / count as u32;
        let from = first + share * rank as u32;
        let (side, odd) = if self.left { ("odd", 1) } else { ("even", 2) };
        (share > 0).then(|| Doors {
            road: way.name.clone(),
            from: base + 2 * from + odd,
            to: base + 2 * (from + share - 1) + odd,
            side,
        })
    }
}

/// For each way the distance of each of its nodes from its start.
fn distances(mesh: &Mesh) -> Vec<BTreeMap<usize, f64>> {
    mesh.ways
        .iter()
        .map(|way| {
            let mut run = 0.0;
            let mut at = BTreeMap::from([(way.path[0], 0.0)]);
            for w in way.path.windows(2) {
                run += mesh.edge_length(w[0], w[1]);
                at.insert(w[1], run);
            }
            at
        })
        .collect()
}

/// The fronts of a unit, streets before lanes, the longest first.
fn fronts(mesh: &Mesh, face: usize, runs: &[BTreeMap<usize, f64>]) -> Vec<Front> {
    let ring = &mesh.faces[face];
    let mut fronts: Vec<Front> = Vec::new();
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let Some(way) = mesh.way(a, b).filter(|&w| mesh.ways[w].class.road().is_some()) else {
            continue;
        };
        let (Some(&u), Some(&v)) = (runs[way].get(&a), runs[way].get(&b)) else { continue };
        // The unit lies left of its own ring, so left of the road where both run the same way.
        let (left, from, to) = (v > u, u.min(v), u.max(v));
        match fronts.iter_mut().find(|f| f.way == way && f.left == left) {
            Some(front) => (front.from, front.to) = (front.from.min(from), front.to.max(to)),
            None => fronts.push(Front { way, left, from, to }),
        }
    }
    let rank = |f: &Front| {
        let weight = if mesh.ways[f.way].class == Class::Lane { 0.2 } else { 1.0 };
        weight * (f.to - f.from)
    };
    fronts.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    fronts
}
