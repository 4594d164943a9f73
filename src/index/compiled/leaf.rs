//! A leaf: a cell with edges, or wholly inside several areas.
//!
//! A leaf lists the areas that come near it and the edges that do, each with a bit for each area
//! whose border it is. It says which of its areas own the places along one side of the cell, the
//! *shore*, and no edge crosses that side. So the owners of a place are those at the shore, changed
//! by each edge between the two along a parallel or a meridian: one span and one side of a line an
//! edge. Where edges cross all four sides, the owners are known at one corner only, and the way to
//! it has a bend.
//!
//! # Words (64 bits)
//! | word | holds |
//! |---|---|
//! | 0 | number of edges (bits 0–31), of areas (32–39), [`Shore`] (40–47), whether another leaf of the same cell follows (48) |
//! | 1 | owners at the shore as bits (0–31), the first area's number (32–63) |
//! | … | two to a word: numbers of the other areas, then a tag an edge |
//! | … | for [`Shore::Corner`]: its longitude and latitude |
//! | … | four to an edge: lon, lat of the low end, of the high end |
//!
//! The areas are in the order of precedence; an area in several parts may come several times. A tag
//! has the bits of the areas whose border the edge is, and in [`BASE`] whether the shore lies left
//! of the edge. A cell near more than [`MOST_AREAS`] parts has several leaves.

use super::side::Edge;
use crate::domain::LonLat;
use crate::index::BORDER_TOLERANCE_M;
use crate::index::plane::Surroundings;
use std::cell::OnceCell;

/// Areas in one leaf.
pub const MOST_AREAS: usize = 31;
/// The bit of a tag that says on which side of the edge the shore lies.
pub const BASE: u32 = 1 << 31;
/// Words before the lists.
const HEAD: usize = 2;

/// Where the owners are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shore {
    /// Along the western or the eastern side: the way there follows a parallel.
    Upright = 0,
    /// Along the southern or the northern side: the way there follows a meridian.
    Level = 1,
    /// At the south-western corner.
    Corner = 2,
}

impl Shore {
    fn read(code: u64) -> Option<Self> {
        [Self::Upright, Self::Level, Self::Corner].get(code as usize).copied()
    }
}

/// A leaf as it is written.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Numbers of the areas, at most [`MOST_AREAS`] and at least one.
    pub areas: &'a [u32],
    /// The owners at the shore, as bits.
    pub owners: u32,
    pub shore: Shore,
    /// For [`Shore::Corner`].
    pub corner: [f64; 2],
    /// Edges with their tags.
    pub edges: &'a [(Edge, u32)],
    /// Whether another leaf of the same cell follows.
    pub more: bool,
}

impl Draft<'_> {
    /// Appends the leaf's words.
    pub fn write(&self, words: &mut Vec<u64>) {
        let (edges, areas) = (self.edges.len() as u64, self.areas.len() as u64);
        let shore = self.shore as u64;
        words.push(edges | areas << 32 | shore << 40 | u64::from(self.more) << 48);
        words.push(u64::from(self.owners) | u64::from(self.areas[0]) << 32);
        let tags = self.edges.iter().map(|(_, tag)| *tag);
        let mut list = self.areas[1..].iter().copied().chain(tags);
        while let Some(low) = list.next() {
            words.push(u64::from(low) | u64::from(list.next().unwrap_or(0)) << 32);
        }
        if self.shore == Shore::Corner {
            words.extend(self.corner.map(f64::to_bits));
        }
        for (Edge { low, high }, _) in self.edges {
            words.extend([low[0], low[1], high[0], high[1]].map(f64::to_bits));
        }
    }
}

/// A leaf as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    areas: usize,
    shore: Shore,
    owners: u32,
    first_area: u32,
    list: &'a [u64],
    corner: &'a [u64],
    edges: &'a [u64],
    /// Where the next leaf of the same cell begins.
    pub next: Option<usize>,
}

impl<'a> Leaf<'a> {
    /// The leaf at a word; `None` when there is no leaf.
    #[inline]
    pub fn read(words: &'a [u64], at: usize) -> Option<Self> {
        let words = words.get(at..)?;
        let (&[head, first], rest) = words.split_first_chunk::<HEAD>()?;
        let (edges, areas) = (head as u32 as usize, (head >> 32) as u8 as usize);
        let shore = Shore::read(head >> 40 & 0xff)?;
        if areas == 0 || areas > MOST_AREAS {
            return None;
        }
        let (list, rest) = rest.split_at_checked((areas - 1 + edges).div_ceil(2))?;
        let corner = if shore == Shore::Corner { 2 } else { 0 };
        let (corner, rest) = rest.split_at_checked(corner)?;
        let edges = rest.get(..edges.checked_mul(4)?)?;
        let length = HEAD + list.len() + corner.len() + edges.len();
        let next = (head >> 48 & 1 == 1).then_some(at + length);
        let (owners, first_area) = (first as u32, (first >> 32) as u32);
        Some(Self { areas, shore, owners, first_area, list, corner, edges, next })
    }

    fn item(&self, number: usize) -> u32 {
        (self.list[number / 2] >> (number % 2 * 32)) as u32
    }

    /// The number of an area of the leaf.
    #[inline]
    pub fn area(&self, bit: u32) -> u32 {
        if bit == 0 { self.first_area } else { self.item(bit as usize - 1) }
    }

    /// Numbers of all its areas, in the order of precedence.
    pub fn areas(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.areas as u32).map(|bit| self.area(bit))
    }

    /// Whether every bit that the leaf uses stands for one of its areas.
    pub fn has_sound_bits(&self) -> bool {
        let unused = !0 << self.areas;
        let tags = (0..self.edges.len() / 4).map(|edge| self.item(self.areas - 1 + edge) & !BASE);
        tags.chain([self.owners]).all(|bits| bits & unused == 0)
    }

    #[inline]
    fn edges(&self) -> impl Iterator<Item = (Edge, u32)> + '_ {
        let edges = self.edges.chunks_exact(4).enumerate();
        edges.map(|(number, words)| {
            let [a, b, c, d] = [0, 1, 2, 3].map(|n| f64::from_bits(words[n]));
            (Edge { low: [a, b], high: [c, d] }, self.item(self.areas - 1 + number))
        })
    }

    /// The areas that own a place of the cell by the half-open rule, as bits.
    #[inline]
    pub fn owners(&self, lon: f64, lat: f64) -> u32 {
        let flip =
            |owners: u32, tag: u32, crossed: bool| owners ^ (tag & if crossed { !BASE } else { 0 });
        match self.shore {
            Shore::Upright | Shore::Level => {
                // Without branches: which of the two it is, nobody can foresee. (A level edge is
                // never in the way along a parallel, so the tie to it may be broken either way.)
                let upright = self.shore == Shore::Upright;
                self.edges().fold(self.owners, |owners, (edge, tag)| {
                    let is_shore_left = tag & BASE != 0;
                    let spans = (edge.spans_lat(lat) & upright) | (edge.spans_lon(lon) & !upright);
                    let differs = edge.has_left_or_level(lon, lat) != is_shore_left;
                    flip(owners, tag, spans & differs)
                })
            }
            Shore::Corner => {
                let &[x, y] = self.corner else { return self.owners };
                let (x, y) = (f64::from_bits(x), f64::from_bits(y));
                self.edges().fold(self.owners, |owners, (edge, tag)| {
                    let on_parallel = edge.crosses_parallel(lon, x, lat);
                    let on_meridian = edge.crosses_meridian(x, lat, y);
                    flip(owners, tag, on_parallel ^ on_meridian)
                })
            }
        }
    }

    /// The areas that have a border within [`BORDER_TOLERANCE_M`] of a place of the cell, as bits.
    /// `margin` is that far and more, in degrees.
    pub fn touching(&self, place: LonLat, margin: [f64; 2]) -> u32 {
        let around = OnceCell::new();
        let mut touching = 0;
        for (edge, tag) in self.edges() {
            let is_near = edge.west() - margin[0] <= place.lon()
                && place.lon() <= edge.east() + margin[0]
                && edge.low[1] - margin[1] <= place.lat()
                && place.lat() <= edge.high[1] + margin[1];
            if !is_near {
                continue;
            }
            let corner = |[lon, lat]: [f64; 2]| LonLat::new(lon, lat).ok();
            if let Some((low, high)) = corner(edge.low).zip(corner(edge.high)) {
                let around = around.get_or_init(|| Surroundings::of(place));
                if around.distance_to_segment_m(low, high) <= BORDER_TOLERANCE_M {
                    touching |= tag & !BASE;
                }
            }
        }
        touching
    }
}
