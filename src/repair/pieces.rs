//! Pieces of grids: which faces hang together, and which the mending has cut off.

use super::tiling::Tiling;
use crate::geometry::FaceId;
use std::collections::BTreeMap;

/// The pieces that the mending has cut off, by grid: those final pieces of a grid that are not the
/// largest rest of one of its pieces before. Faces ascending.
pub(super) fn cut_off(tiling: &Tiling, held: &[Vec<u32>]) -> Vec<(usize, Vec<FaceId>)> {
    let after = Pieces::of(tiling, held);
    let torn: Vec<&BTreeMap<u32, Vec<FaceId>>> =
        after.by_grid.iter().filter(|pieces| pieces.len() > 1).collect();
    if torn.is_empty() {
        return Vec::new();
    }
    let before = Pieces::of(tiling, &tiling.holders);
    let mut found = Vec::new();
    for (grid, pieces) in after.by_grid.iter().enumerate().filter(|(_, p)| p.len() > 1) {
        // The largest rest of each piece before.
        let mut kept: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
        for (&root, faces) in pieces {
            let area: f64 = faces.iter().map(|&f| tiling.area_m2[f as usize]).sum();
            for old in faces.iter().filter_map(|&f| before.root(f, grid)) {
                let rest = kept.entry(old).or_insert((area, root));
                if area > rest.0 {
                    *rest = (area, root);
                }
            }
        }
        let is_kept = |root: u32| kept.values().any(|&(_, one)| one == root);
        let gone = pieces.iter().filter(|(root, _)| !is_kept(**root));
        found.extend(gone.map(|(_, faces)| (grid, faces.clone())));
    }
    found
}

/// The faces of each grid joined across common edges.
struct Pieces {
    /// Where each face's holders begin in `parent`.
    starts: Vec<u32>,
    holders: Vec<u32>,
    parent: Vec<u32>,
    /// The pieces of each grid, by root.
    by_grid: Vec<BTreeMap<u32, Vec<FaceId>>>,
}

impl Pieces {
    fn of(tiling: &Tiling, held: &[Vec<u32>]) -> Self {
        let mut starts = vec![0u32; held.len() + 1];
        for (face, holders) in held.iter().enumerate() {
            starts[face + 1] = starts[face] + holders.len() as u32;
        }
        let holders: Vec<u32> = held.iter().flatten().copied().collect();
        let parent = (0..holders.len() as u32).collect();
        let mut pieces = Self { starts, holders, parent, by_grid: Vec::new() };
        let a = &tiling.arrangement;
        for edge in (0..a.half_edges()).step_by(2) {
            let (left, right) = (a.face(edge), a.face(edge ^ 1));
            if left != right {
                pieces.join(left, right);
            }
        }
        let grids = pieces.holders.iter().max().map_or(0, |&grid| grid as usize + 1);
        let mut by_grid: Vec<BTreeMap<u32, Vec<FaceId>>> = vec![BTreeMap::new(); grids];
        for face in 0..held.len() {
            for at in pieces.starts[face]..pieces.starts[face + 1] {
                let (grid, root) = (pieces.holders[at as usize], pieces.find(at));
                by_grid[grid as usize].entry(root).or_default().push(face as FaceId);
            }
        }
        pieces.by_grid = by_grid;
        pieces
    }

    fn range(&self, face: FaceId) -> std::ops::Range<u32> {
        self.starts[face as usize]..self.starts[face as usize + 1]
    }

    fn join(&mut self, left: FaceId, right: FaceId) {
        for i in self.range(left) {
            for j in self.range(right) {
                if self.holders[i as usize] == self.holders[j as usize] {
                    let (a, b) = (self.find(i), self.find(j));
                    self.parent[a.max(b) as usize] = a.min(b);
                }
            }
        }
    }

    fn find(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            self.parent[at as usize] = self.parent[self.parent[at as usize] as usize];
            at = self.parent[at as usize];
        }
        at
    }

    /// The piece of a grid that holds a face.
    fn root(&self, face: FaceId, grid: usize) -> Option<u32> {
        let mut at = self.range(face).find(|&i| self.holders[i as usize] as usize == grid)?;
        while self.parent[at as usize] != at {
            at = self.parent[at as usize];
        }
        Some(at)
    }
}
