//! The present grids: each community's units joined to grids of one piece, with borders along
//! streams and main roads, by local search with a falling threshold.

use super::blocks::is_hill;
use super::mesh::{Mesh, Node};
use super::network::COMMUNITY_SEEDS;
use super::plane::{area, centroid, inside};
use super::random::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Households of each present grid, by community and sequence. Uneven, as a street's really are,
/// while each community's sum is near a whole number of mean grids. 双山社区第三网格 holds 1,811.
pub const HOUSEHOLDS: [&[u32]; 4] = [
    &[1_604, 1_113, 2_196, 1_315],
    &[1_702, 879, 2_026],
    &[1_235, 1_688, 1_811, 1_790, 1_266],
    &[1_497, 1_874, 1_052, 1_745],
];

/// Index of 双山社区第三网格 among the grids.
pub const THIRD_GRID: usize = 9;

/// The community of each face, by its index; everything is reached from the communities' seeds
/// without crossing a community border.
pub fn communities(mesh: &Mesh) -> Vec<usize> {
    let neighbours = mesh.neighbours();
    let mut community_of = vec![usize::MAX; mesh.faces.len()];
    for (community, seed) in COMMUNITY_SEEDS {
        let start = (0..mesh.faces.len()).find(|&f| inside(&mesh.places(&mesh.faces[f]), seed));
        let mut open: Vec<usize> = start.into_iter().collect();
        while let Some(face) = open.pop() {
            if community_of[face] != usize::MAX {
                continue;
            }
            community_of[face] = community;
            let ring = &mesh.faces[face];
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                let border = mesh.way(a, b).is_some_and(|w| mesh.ways[w].community_border);
                if !border || community == 3 && is_inner_stream(mesh, a, b) {
                    open.extend(&neighbours[&(a.min(b), a.max(b))]);
                }
            }
        }
    }
    community_of
}

/// South of 怀远路 the stream runs inside one community.
fn is_inner_stream(mesh: &Mesh, a: Node, b: Node) -> bool {
    let stream =
        mesh.way(a, b).is_some_and(|w| mesh.ways[w].class == super::network::Class::Stream);
    stream && mesh.place(a).y.min(mesh.place(b).y) < -400.0
}

/// How many grids there are.
pub fn count() -> usize {
    HOUSEHOLDS.iter().map(|sizes| sizes.len()).sum()
}

/// The grids of each community, by index.
pub fn ranges() -> [Range<usize>; 4] {
    let mut first = 0;
    HOUSEHOLDS.map(|sizes| {
        first += sizes.len();
        first - sizes.len()..first
    })
}

/// The present grid of each face. Grids are numbered through, community by community, and within
/// one from west to east, then north to south, by their centroids.
///
/// # Errors
/// When a community's units cannot be joined to its number of grids.
pub fn present(
    mesh: &Mesh,
    community_of: &[usize],
    random: &mut Random,
) -> Result<Vec<usize>, String> {
    let mut grid_of = vec![usize::MAX; mesh.faces.len()];
    for (community, own) in ranges().into_iter().enumerate() {
        let faces: Vec<usize> =
            (0..mesh.faces.len()).filter(|&f| community_of[f] == community).collect();
        let search = Search::new(mesh, faces, own.len());
        let parts = search.run(random).ok_or("a community cannot be divided into grids")?;
        let mut order: Vec<usize> = (0..own.len()).collect();
        let centres: Vec<_> = order
            .iter()
            .map(|&g| {
                let members = parts.iter().filter(|&(_, &part)| part == g).map(|(&f, _)| f);
                centroid(&mesh.places(&mesh.outline(members).unwrap_or_default()))
            })
            .collect();
        order.sort_by(|&a, &b| {
            centres[a].x.total_cmp(&centres[b].x).then(centres[b].y.total_cmp(&centres[a].y))
        });
        for (&face, &part) in &parts {
            let rank = order.iter().position(|&g| g == part).unwrap_or(part);
            grid_of[face] = own.start + rank;
        }
    }
    Ok(grid_of)
}

type Parts = BTreeMap<usize, usize>;

/// The search for one community's grids.
struct Search<'a> {
    mesh: &'a Mesh,
    faces: Vec<usize>,
    grids: usize,
    /// Weight of each face: its area, a hill's counted little.
    weight: BTreeMap<usize, f64>,
    /// Neighbours of each face with the cost of a border between the two.
    borders: BTreeMap<usize, BTreeMap<usize, f64>>,
}

impl<'a> Search<'a> {
    fn new(mesh: &'a Mesh, faces: Vec<usize>, grids: usize) -> Self {
        let own: BTreeSet<usize> = faces.iter().copied().collect();
        let mut borders: BTreeMap<usize, BTreeMap<usize, f64>> = BTreeMap::new();
        for (&(a, b), sides) in &mesh.neighbours() {
            if let [left, right] = sides[..]
                && own.contains(&left)
                && own.contains(&right)
            {
                let class = mesh.way(a, b).map(|w| mesh.ways[w].class);
                let cost = mesh.edge_length(a, b) * class.map_or(1.0, |c| c.border_cost());
                *borders.entry(left).or_default().entry(right).or_default() += cost;
                *borders.entry(right).or_default().entry(left).or_default() += cost;
            }
        }
        let weight = faces
            .iter()
            .map(|&f| {
                let size = area(&mesh.places(&mesh.faces[f]));
                (f, if is_hill(mesh, f) { 0.15 * size } else { size })
            })
            .collect();
        Self { mesh, faces, grids, weight, borders }
    }

    /// The best of several searches.
    fn run(&self, random: &mut Random) -> Option<Parts> {
        let mut best: Option<(f64, Parts)> = None;
        let mut tries = 0;
        while tries < 6 || best.is_none() && tries < 200 {
            tries += 1;
            let Some(mut parts) = self.grow(random) else { continue };
            self.improve(&mut parts, random);
            let cost = self.cost(&parts);
            if self.faces_per_grid_suffice(&parts) && best.as_ref().is_none_or(|b| cost < b.0) {
                best = Some((cost, parts));
            }
        }
        best.map(|b| b.1)
    }

    fn faces_per_grid_suffice(&self, parts: &Parts) -> bool {
        let dwelt = |g| parts.iter().filter(|&(&f, &p)| p == g && !is_hill(self.mesh, f)).count();
        (0..self.grids).all(|g| dwelt(g) >= 4)
    }

    /// Grows the grids from random seeds, the lightest first.
    fn grow(&self, random: &mut Random) -> Option<Parts> {
        let mut seeds = self.faces.clone();
        random.shuffle(&mut seeds);
        let mut parts: Parts = seeds.iter().take(self.grids).copied().zip(0..).collect();
        while parts.len() < self.faces.len() {
            let mut loads = vec![0.0; self.grids];
            for (f, &p) in &parts {
                loads[p] += self.weight[f];
            }
            let mut order: Vec<usize> = (0..self.grids).collect();
            order.sort_by(|&a, &b| loads[a].total_cmp(&loads[b]));
            let step = order.iter().find_map(|&grid| {
                self.faces
                    .iter()
                    .filter(|f| !parts.contains_key(f))
                    .map(|&f| (self.contact(&parts, f, grid), f))
                    .filter(|c| c.0 > 0.0)
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, face)| (face, grid))
            });
            let (face, grid) = step?;
            parts.insert(face, grid);
        }
        (0..self.grids).all(|g| self.outline(&parts, g, None, None)).then_some(parts)
    }

    fn contact(&self, parts: &Parts, face: usize, grid: usize) -> f64 {
        self.borders.get(&face).map_or(0.0, |b| {
            b.iter().filter(|&(f, _)| parts.get(f) == Some(&grid)).map(|x| x.1).sum()
        })
    }

    /// Whether a grid, with one face more or less, is one simple ring.
    fn outline(
        &self,
        parts: &Parts,
        grid: usize,
        more: Option<usize>,
        less: Option<usize>,
    ) -> bool {
        let members = parts.iter().filter(|&(&f, &p)| p == grid && Some(f) != less).map(|x| *x.0);
        self.mesh.outline(members.chain(more)).is_some()
    }

    fn imbalance(&self, load: f64) -> f64 {
        const WEIGHT: f64 = 2_500.0;
        let target = self.weight.values().sum::<f64>() / self.grids as f64;
        let off = load / target - 1.0;
        WEIGHT * off * off
    }

    fn load(&self, parts: &Parts, grid: usize) -> f64 {
        parts.iter().filter(|&(_, &p)| p == grid).map(|(f, _)| self.weight[f]).sum()
    }

    fn cost(&self, parts: &Parts) -> f64 {
        let cut: f64 = self
            .borders
            .iter()
            .flat_map(|(f, b)| b.iter().map(move |(g, cost)| (f, g, cost)))
            .filter(|(f, g, _)| parts[*f] != parts[*g])
            .map(|(_, _, cost)| cost / 2.0)
            .sum();
        cut + (0..self.grids).map(|g| self.imbalance(self.load(parts, g))).sum::<f64>()
    }

    /// Moves single faces between grids; a step that costs is taken while it costs little.
    fn improve(&self, parts: &mut Parts, random: &mut Random) {
        const STEPS: usize = 6_000;
        let mut best = (self.cost(parts), parts.clone());
        let mut cost = best.0;
        for step in 0..STEPS {
            let patience = 260.0 * (1.0 - step as f64 / STEPS as f64);
            let face = self.faces[random.below(self.faces.len())];
            let from = parts[&face];
            let near: Vec<usize> = self
                .borders
                .get(&face)
                .map(|b| b.keys().map(|f| parts[f]).filter(|&g| g != from).collect())
                .unwrap_or_default();
            if near.is_empty() {
                continue;
            }
            let to = near[random.below(near.len())];
            let (a, b, w) = (self.load(parts, from), self.load(parts, to), self.weight[&face]);
            let change = self.contact(parts, face, from) - self.contact(parts, face, to)
                + self.imbalance(a - w)
                - self.imbalance(a)
                + self.imbalance(b + w)
                - self.imbalance(b);
            if change < patience * random.share()
                && self.outline(parts, from, None, Some(face))
                && self.outline(parts, to, Some(face), None)
            {
                parts.insert(face, to);
                cost += change;
                if cost < best.0 {
                    best = (cost, parts.clone());
                }
            }
        }
        *parts = best.1;
    }
}
