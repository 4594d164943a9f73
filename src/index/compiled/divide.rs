//! From the edges near a root cell to its entry: divided while it has many edges.

use super::corners::{Corners, comes_near};
use super::entry::Entry;
use super::lattice::{BLOCK, LEVEL_BITS, Lattice, Square, UNIT_BITS};
use super::leaf::{BASE, Draft, MOST_AREAS, Shore};
use super::side::Edge;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A cell with more edges than this is divided.
const EDGES_PER_LEAF: usize = 3;
/// Leaf entries that a root cell may have for each of its edges, so that edges which lie close
/// along each other get fewer cells instead of boundless memory.
const ENTRIES_PER_EDGE: usize = 24;

/// The parts that own a place, in the order of precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Owners(Vec<u32>);

impl Owners {
    /// A crossing of the border of a part changes whether it owns.
    fn toggle(&mut self, part: u32) {
        match self.0.binary_search(&part) {
            Ok(at) => drop(self.0.remove(at)),
            Err(at) => self.0.insert(at, part),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An edge near a root cell, and the parts whose border it is, each once.
#[derive(Clone, Debug)]
struct LocalEdge {
    edge: Edge,
    parts: std::ops::Range<usize>,
}

/// Blocks and leaves of some root cells, and what is needed to make them.
#[derive(Debug)]
pub struct Divider<'a> {
    corners: &'a Corners,
    lattice: &'a Lattice,
    /// Entries of blocks, 16 a block.
    pub blocks: Vec<u32>,
    /// Words of leaves.
    pub leaves: Vec<u64>,
    /// Leaves without edges that have been made, by their owners.
    settled: FxHashMap<Owners, u32>,
    /// The edges near the present root cell.
    near: Vec<LocalEdge>,
    parts: Vec<u32>,
    sorting: Vec<(Edge, u32)>,
    /// For each level the edges of the 16 children, one child after the other.
    levels: Vec<Vec<u32>>,
}

impl<'a> Divider<'a> {
    pub fn new(corners: &'a Corners, lattice: &'a Lattice) -> Self {
        Self {
            corners,
            lattice,
            blocks: Vec::new(),
            leaves: Vec::new(),
            settled: FxHashMap::default(),
            near: Vec::new(),
            parts: Vec::new(),
            sorting: Vec::new(),
            levels: vec![Vec::new(); (UNIT_BITS / LEVEL_BITS) as usize + 1],
        }
    }

    /// The entry of a root cell, from the numbers of the edges near it and the owners of its
    /// south-western corner. On return the owners are those of its south-eastern corner.
    pub fn root(&mut self, square: Square, edges: &[u32], owners: &mut Owners) -> Entry {
        if edges.is_empty() {
            return self.without_edges(owners);
        }
        self.gather(edges);
        let all: Vec<u32> = (0..self.near.len() as u32).collect();
        let entry = self.cell(square, &all, owners, ENTRIES_PER_EDGE * all.len());
        let [west, south, east, _] = square.sides(self.lattice);
        self.cross(&all, owners, |edge| edge.crosses_parallel(west, east, south));
        entry
    }

    /// Takes the edges of several parts that are the same together. An edge that a part has twice
    /// stays twice: it changes nothing about ownership, but it is a border.
    fn gather(&mut self, numbers: &[u32]) {
        let mut sorting = std::mem::take(&mut self.sorting);
        sorting.clear();
        sorting.extend(numbers.iter().map(|number| self.corners.edge(*number)));
        let key =
            |edge: &Edge| [edge.low[1], edge.low[0], edge.high[1], edge.high[0]].map(f64::to_bits);
        sorting.sort_unstable_by_key(|(edge, part)| (key(edge), *part));
        self.near.clear();
        self.parts.clear();
        for same in sorting.chunk_by(|a, b| a.0 == b.0) {
            let mut left: Vec<u32> = same.iter().map(|(_, part)| *part).collect();
            while !left.is_empty() {
                let first = self.parts.len();
                let mut again = Vec::new();
                for part in left {
                    if self.parts[first..].last() == Some(&part) {
                        again.push(part);
                    } else {
                        self.parts.push(part);
                    }
                }
                left = again;
                self.near.push(LocalEdge { edge: same[0].0, parts: first..self.parts.len() });
            }
        }
        self.sorting = sorting;
    }

    /// Changes the owners by the edges that are crossed.
    fn cross(&self, edges: &[u32], owners: &mut Owners, is_crossed: impl Fn(&Edge) -> bool) {
        for edge in edges {
            let LocalEdge { edge, parts } = &self.near[*edge as usize];
            if is_crossed(edge) {
                self.parts[parts.clone()].iter().for_each(|part| owners.toggle(*part));
            }
        }
    }

    /// The entry of a cell, from the edges near it and the owners of its south-western corner.
    fn cell(&mut self, square: Square, edges: &[u32], owners: &Owners, budget: usize) -> Entry {
        if edges.is_empty() {
            return self.without_edges(owners);
        }
        if edges.len() > EDGES_PER_LEAF
            && self.may_divide(square)
            && let Some(entry) = self.divide(square, edges, owners, budget)
        {
            return entry;
        }
        self.leaf(square, edges, owners)
    }

    /// Whether its children would still be much wider than the margin.
    fn may_divide(&self, square: Square) -> bool {
        let [west, south, east, north] = square.sides(self.lattice);
        let margin = self.lattice.margin;
        square.bits >= LEVEL_BITS
            && east - west > 64.0 * margin[0]
            && north - south > 64.0 * margin[1]
    }

    /// A block of 16 smaller cells; `None` when they would have more edges than the budget allows,
    /// or hardly fewer each than the whole.
    fn divide(
        &mut self,
        square: Square,
        edges: &[u32],
        owners: &Owners,
        budget: usize,
    ) -> Option<Entry> {
        let level = (square.bits / LEVEL_BITS) as usize;
        let mut listed = std::mem::take(&mut self.levels[level]);
        listed.clear();
        let mut ends = [0; BLOCK + 1];
        let mut most = 0;
        for child in 0..BLOCK {
            let sides = square.child(child).sides(self.lattice);
            let near = |edge: &u32| {
                comes_near(&self.near[*edge as usize].edge, sides, self.lattice.margin)
            };
            listed.extend(edges.iter().copied().filter(near));
            ends[child + 1] = listed.len();
            most = most.max(ends[child + 1] - ends[child]);
        }
        let pays = listed.len() <= budget && most * 4 <= edges.len() * 3;
        let entry = pays.then(|| self.block(square, &listed, &ends, owners, budget));
        self.levels[level] = listed;
        entry
    }

    fn block(
        &mut self,
        square: Square,
        listed: &[u32],
        ends: &[usize; BLOCK + 1],
        owners: &Owners,
        budget: usize,
    ) -> Entry {
        let first = self.blocks.len();
        self.blocks.resize(first + BLOCK, 0);
        let mut row_owners = owners.clone();
        let mut owners = owners.clone();
        for child in 0..BLOCK {
            let place = square.child(child);
            let edges = &listed[ends[child]..ends[child + 1]];
            let [west, south, east, north] = place.sides(self.lattice);
            let is_first = place.u == square.u;
            if is_first {
                owners.clone_from(&row_owners);
            }
            let share = budget * edges.len() / listed.len().max(1);
            self.blocks[first + child] = self.cell(place, edges, &owners, share).code();
            if is_first {
                self.cross(edges, &mut row_owners, |e| e.crosses_meridian(west, south, north));
            }
            self.cross(edges, &mut owners, |edge| edge.crosses_parallel(west, east, south));
        }
        Entry::Block((first / BLOCK) as u32)
    }

    /// The entry of a cell that no edge comes near.
    pub fn without_edges(&mut self, owners: &Owners) -> Entry {
        match owners.0.as_slice() {
            [] => return Entry::Nobody,
            [part] => return Entry::Owner(self.corners.area_of_part[*part as usize]),
            _ => {}
        }
        if let Some(word) = self.settled.get(owners) {
            return Entry::Leaf(*word);
        }
        let word = self.leaves.len() as u32;
        self.write(&owners.0, owners, Shore::Upright, [0.0; 2], &[]);
        self.settled.insert(owners.clone(), word);
        Entry::Leaf(word)
    }

    fn leaf(&mut self, square: Square, edges: &[u32], owners: &Owners) -> Entry {
        let word = self.leaves.len() as u32;
        let near = |edge: &u32| &self.near[*edge as usize];
        let parts = edges.iter().flat_map(|edge| &self.parts[near(edge).parts.clone()]);
        let parts: BTreeSet<u32> = owners.0.iter().chain(parts).copied().collect();
        let parts: Vec<u32> = parts.into_iter().collect();
        let [west, south, east, north] = square.sides(self.lattice);
        let list: Vec<Edge> = edges.iter().map(|edge| near(edge).edge).collect();
        let mut owners = owners.clone();
        let (shore, bases) = if let Some(bases) = upright(&list, west) {
            (Shore::Upright, bases)
        } else if let Some(bases) = upright(&list, east) {
            self.cross(edges, &mut owners, |edge| edge.crosses_parallel(west, east, south));
            (Shore::Upright, bases)
        } else if let Some(bases) = level(&list, south) {
            (Shore::Level, bases)
        } else if let Some(bases) = level(&list, north) {
            self.cross(edges, &mut owners, |edge| edge.crosses_meridian(west, south, north));
            (Shore::Level, bases)
        } else {
            (Shore::Corner, vec![false; list.len()])
        };
        let edges: Vec<_> = edges.iter().copied().zip(bases).collect();
        self.write(&parts, &owners, shore, [west, south], &edges);
        Entry::Leaf(word)
    }

    /// Writes a leaf for each [`MOST_AREAS`] of the parts, with the edges that are theirs.
    fn write(
        &mut self,
        parts: &[u32],
        owners: &Owners,
        shore: Shore,
        corner: [f64; 2],
        edges: &[(u32, bool)],
    ) {
        let groups = parts.len().div_ceil(MOST_AREAS);
        for (number, group) in parts.chunks(MOST_AREAS).enumerate() {
            let bit = |part: &u32| group.binary_search(part).map_or(0, |bit| 1 << bit);
            let bits = |parts: &[u32]| parts.iter().map(bit).fold(0, |all, bit| all | bit);
            let tagged = edges.iter().filter_map(|(edge, base)| {
                let LocalEdge { edge, parts } = &self.near[*edge as usize];
                let tag = bits(&self.parts[parts.clone()]);
                (tag != 0).then_some((*edge, tag | if *base { BASE } else { 0 }))
            });
            let edges: Vec<(Edge, u32)> = tagged.collect();
            let area = |part: &u32| self.corners.area_of_part[*part as usize];
            let areas: Vec<u32> = group.iter().map(area).collect();
            let owners = bits(&owners.0);
            let more = number + 1 < groups;
            let draft = Draft { areas: &areas, owners, shore, corner, edges: &edges, more };
            draft.write(&mut self.leaves);
        }
    }
}

/// Whether a meridian lies left of each edge; `None` when it crosses one.
fn upright(edges: &[Edge], lon: f64) -> Option<Vec<bool>> {
    let clear = |edge: &Edge| (!edge.spans_lon(lon)).then(|| lon < edge.west());
    edges.iter().map(clear).collect()
}

/// Whether a parallel lies left of each edge; `None` when it crosses one. A parallel south of a
/// falling edge and one north of a rising or level edge do.
fn level(edges: &[Edge], lat: f64) -> Option<Vec<bool>> {
    let clear = |edge: &Edge| (!edge.spans_lat(lat)).then(|| (lat < edge.low[1]) == edge.falls());
    edges.iter().map(clear).collect()
}
