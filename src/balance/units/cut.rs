//! Boundary, communities, compounds' outlines and blocks, cut at each other's borders, and which
//! compounds share a block.

use super::input::Input;
use crate::domain::{MultiPolygon, Place, Polygon, Ring};
use crate::geometry::{Arrangement, FaceFinder, FaceId, GridPoint, Regions, enclosed_areas};
use std::collections::{BTreeMap, BTreeSet};

/// A road's end is led on to a line ahead of it over this many millimetres at most.
const REACH: i64 = 10_000;
/// Share of an outline that must lie in a block for the block to be divided for it.
const IN_BLOCK: f64 = 0.2;
/// Share of the smaller of two outlines that lies in the other when they are one place.
const ONE_PLACE: f64 = 0.5;

/// The faces that everything is made of.
pub(super) struct Cut {
    pub arrangement: Arrangement,
    /// Polygons of the arrangement: 0 is the boundary, then communities, outlines, blocks.
    first_outline: u32,
    first_block: u32,
    /// The compound of each outline.
    compound_of_outline: Vec<usize>,
    /// The face in which each compound counts; `None` for one outside the boundary.
    pub seats: Vec<Option<FaceId>>,
    /// The group of each compound: compounds of one place, which cannot be told apart. Named by
    /// its first compound.
    pub group: Vec<usize>,
    /// Blocks inside one community.
    pub blocks: Regions,
    /// The groups that share each of them.
    pub groups_of_block: Vec<BTreeSet<usize>>,
}

impl Cut {
    /// Cuts everything and finds out what shares what.
    pub fn of(input: &Input<'_>) -> Self {
        let blocks = blocks(input);
        let mut polygons: Vec<&MultiPolygon> = vec![&input.boundary];
        polygons.extend(input.communities.iter().map(|community| &community.geometry));
        let first_outline = polygons.len() as u32;
        let mut compound_of_outline = Vec::new();
        for (index, compound) in input.compounds.iter().enumerate() {
            if let Place::Area(area) = &compound.place {
                polygons.push(area);
                compound_of_outline.push(index);
            }
        }
        let first_block = polygons.len() as u32;
        polygons.extend(&blocks);
        let arrangement = Arrangement::build(&input.frame, &polygons);
        let mut cut = Self {
            arrangement,
            first_outline,
            first_block,
            compound_of_outline,
            seats: Vec::new(),
            group: (0..input.compounds.len()).collect(),
            blocks: Regions { region_of_face: Vec::new(), faces: Vec::new() },
            groups_of_block: Vec::new(),
        };
        let finder = FaceFinder::new(&cut.arrangement);
        let seat = |&at: &GridPoint| Some(finder.face_at(at)).filter(|&face| cut.is_inside(face));
        cut.seats = input.seats.iter().map(seat).collect();
        cut.blocks = cut.arrangement.regions(|face| {
            cut.is_inside(face).then(|| (cut.community(face), cut.owners(face, 2).to_vec()))
        });
        let areas = cut.arrangement.face_areas_m2();
        cut.group_places(input, &areas);
        cut.share_blocks(&areas);
        cut
    }

    /// The polygons of a class that hold a face: 1 for outlines, 2 for blocks.
    fn owners(&self, face: FaceId, class: usize) -> &[u32] {
        let owners = self.arrangement.owners(face);
        let place = |first: u32| owners.partition_point(|&p| p < first);
        let (outlines, blocks) = (place(self.first_outline), place(self.first_block));
        if class == 1 { &owners[outlines..blocks] } else { &owners[blocks..] }
    }

    /// Whether a face lies inside the boundary.
    pub fn is_inside(&self, face: FaceId) -> bool {
        self.arrangement.owners(face).first() == Some(&0)
    }

    /// The community of a face; where several overlap, the first by code.
    pub fn community(&self, face: FaceId) -> Option<usize> {
        let held = self.arrangement.owners(face).iter();
        held.copied().find(|&p| p > 0 && p < self.first_outline).map(|p| p as usize - 1)
    }

    /// The compounds inside the boundary whose outlines hold a face, by id.
    pub fn outlines(&self, face: FaceId) -> impl Iterator<Item = usize> + '_ {
        let outlines = self.owners(face, 1).iter();
        outlines
            .map(|&p| self.compound_of_outline[(p - self.first_outline) as usize])
            .filter(|&compound| self.seats[compound].is_some())
    }

    /// Groups compounds at one place: points in an outline or on each other, outlines that lie
    /// in each other for the most part.
    fn group_places(&mut self, input: &Input<'_>, areas: &[f64]) {
        let mut own: BTreeMap<usize, f64> = BTreeMap::new();
        let mut common: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (face, area) in areas.iter().enumerate() {
            let here: Vec<usize> = self.outlines(face as FaceId).collect();
            for (i, &a) in here.iter().enumerate() {
                *own.entry(a).or_default() += area;
                for &b in &here[i + 1..] {
                    *common.entry((a, b)).or_default() += area;
                }
            }
        }
        for ((a, b), area) in common {
            if area > ONE_PLACE * own[&a].min(own[&b]) {
                self.unite(a, b);
            }
        }
        let mut at: BTreeMap<GridPoint, usize> = BTreeMap::new();
        for (compound, &place) in input.seats.iter().enumerate() {
            let Some(face) = self.seats[compound] else { continue };
            let first = *at.entry(place).or_insert(compound);
            self.unite(first, compound);
            let is_point = matches!(input.compounds[compound].place, Place::Point(_));
            let around = self.outlines(face).next();
            if let Some(around) = around.filter(|_| is_point) {
                self.unite(around, compound);
            }
        }
    }

    /// Makes one group of two; named by the first of its compounds. O(compounds).
    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.group[a], self.group[b]);
        if a != b {
            let (name, other) = (a.min(b), a.max(b));
            self.group.iter_mut().filter(|g| **g == other).for_each(|g| *g = name);
        }
    }

    /// Finds the groups that share each block.
    fn share_blocks(&mut self, areas: &[f64]) {
        let mut groups = vec![BTreeSet::new(); self.blocks.faces.len()];
        let mut inside: BTreeMap<(usize, u32), f64> = BTreeMap::new();
        let mut whole: BTreeMap<usize, f64> = BTreeMap::new();
        for (face, area) in areas.iter().enumerate() {
            let Some(block) = self.blocks.region_of_face[face] else { continue };
            for compound in self.outlines(face as FaceId) {
                *inside.entry((compound, block)).or_default() += area;
                *whole.entry(compound).or_default() += area;
            }
        }
        for ((compound, block), area) in inside {
            if area >= IN_BLOCK * whole[&compound] {
                groups[block as usize].insert(self.group[compound]);
            }
        }
        for (compound, seat) in self.seats.iter().enumerate() {
            let block = seat.and_then(|face| self.blocks.region_of_face[face as usize]);
            if let Some(block) = block {
                groups[block as usize].insert(self.group[compound]);
            }
        }
        self.groups_of_block = groups;
    }
}

/// The areas that the lines enclose.
fn blocks(input: &Input<'_>) -> Vec<MultiPolygon> {
    let block = |ring: Vec<GridPoint>| {
        let corners = ring.into_iter().map(|p| input.frame.to_lonlat(p)).collect();
        let ring = Ring::new(corners).ok()?;
        MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).ok()
    };
    enclosed_areas(&input.lines, REACH).into_iter().filter_map(block).collect()
}
