//! Grids and outline in one arrangement: who holds each face, and what is wrong there.

use crate::domain::{LonLat, MultiPolygon};
use crate::geometry::{Arrangement, FaceId, Frame, GridPoint, HalfEdge};
use rustc_hash::FxHashMap;

/// What goes into a tiling.
pub(super) struct Input<'a> {
    pub frame: Frame,
    pub grids: Vec<&'a MultiPolygon>,
    pub locked: Vec<bool>,
    /// The areas that the grids must cover; `None` when nothing says where the grids end.
    pub outline: Option<Vec<&'a MultiPolygon>>,
}

/// What a polygon of the arrangement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Grid(u32),
    Outline(u32),
    /// A piece of a long gap.
    Piece(u32),
    /// A needle that is to be cut off.
    Needle(u32),
}

/// What is drawn into a tiling beside grids and outline: lines along which places are divided.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    /// Pieces of long gaps, to be given away one by one.
    pub pieces: Vec<MultiPolygon>,
    /// Needles of grids.
    pub needles: Vec<MultiPolygon>,
}

/// Grids and outline in one arrangement.
pub(super) struct Tiling {
    pub arrangement: Arrangement,
    /// Whether there is an outline; without one the grids may end anywhere.
    pub outlined: bool,
    roles: Vec<Role>,
    /// The grids that hold each face, ascending.
    pub holders: Vec<Vec<u32>>,
    /// Whether each face lies within the outline.
    pub within: Vec<bool>,
    /// The piece of a long gap that each face belongs to.
    pub piece: Vec<Option<u32>>,
    /// The needle that each face is a part of.
    pub needle: Vec<Option<u32>>,
    /// Area of each face in m².
    pub area_m2: Vec<f64>,
}

/// Faces that are wrong in the same way and hang together.
pub(super) struct Region {
    pub faces: Vec<FaceId>,
    pub area_m2: f64,
    /// The half-edges of its border, the region on their left.
    pub border: Vec<HalfEdge>,
    pub shape: MultiPolygon,
    /// Its place, the same whatever the order of the features.
    key: Key,
}

/// Least and greatest corner and length in micrometres: two regions may share their least corner.
type Key = (GridPoint, GridPoint, i64);

impl Tiling {
    /// The tiling of grids and outline, with what else is drawn into it.
    ///
    /// Where corners of different files fall on the same grid point, the numbers of a locked grid
    /// are kept, then those of the outline, then those of the grid with the lowest code.
    pub fn build(input: &Input<'_>, drawn: &Drawn) -> Self {
        let (mut roles, mut polygons) = (Vec::new(), Vec::new());
        let mut add = |role: Role, polygon| {
            roles.push(role);
            polygons.push(polygon);
        };
        let each_grid = || input.grids.iter().enumerate();
        each_grid()
            .filter(|(g, _)| input.locked[*g])
            .for_each(|(g, p)| add(Role::Grid(g as u32), *p));
        for (o, polygon) in input.outline.iter().flatten().enumerate() {
            add(Role::Outline(o as u32), polygon);
        }
        each_grid()
            .filter(|(g, _)| !input.locked[*g])
            .for_each(|(g, p)| add(Role::Grid(g as u32), *p));
        let pieces = drawn.pieces.iter().enumerate();
        pieces.for_each(|(i, piece)| add(Role::Piece(i as u32), piece));
        let needles = drawn.needles.iter().enumerate();
        needles.for_each(|(i, needle)| add(Role::Needle(i as u32), needle));
        let arrangement = Arrangement::build(&input.frame, &polygons);
        let faces = arrangement.faces();
        let mut tiling = Self {
            outlined: input.outline.is_some(),
            roles,
            holders: vec![Vec::new(); faces],
            within: vec![input.outline.is_none(); faces],
            piece: vec![None; faces],
            needle: vec![None; faces],
            area_m2: arrangement.face_areas_m2(),
            arrangement,
        };
        tiling.within[0] = false;
        for face in 0..faces {
            for &polygon in tiling.arrangement.owners(face as FaceId) {
                match tiling.roles[polygon as usize] {
                    Role::Grid(grid) => tiling.holders[face].push(grid),
                    Role::Outline(_) => tiling.within[face] = true,
                    Role::Piece(piece) => tiling.piece[face] = Some(piece),
                    Role::Needle(needle) => tiling.needle[face] = Some(needle),
                }
            }
            tiling.holders[face].sort_unstable();
        }
        tiling
    }

    /// Whether grids and outline are all that the tiling is made of.
    pub fn draws_nothing(&self) -> bool {
        let of_files = |role: &Role| matches!(role, Role::Grid(_) | Role::Outline(_));
        self.roles.iter().all(of_files)
    }

    /// The grid of a polygon of the arrangement.
    pub fn grid_of(&self, polygon: u32) -> Option<usize> {
        match self.roles[polygon as usize] {
            Role::Grid(grid) => Some(grid as usize),
            _ => None,
        }
    }

    /// The area of the outline that a polygon of the arrangement is.
    pub fn outline_of(&self, polygon: u32) -> Option<usize> {
        match self.roles[polygon as usize] {
            Role::Outline(outline) => Some(outline as usize),
            _ => None,
        }
    }

    /// The connected regions of faces with equal labels, in the order of their places.
    pub fn regions<L: PartialEq>(&self, label: impl Fn(usize) -> Option<L>) -> Vec<Region> {
        let a = &self.arrangement;
        let regions = a.regions(|face| label(face as usize));
        let count = regions.faces.len();
        if count == 0 {
            return Vec::new();
        }
        let shapes = a.polygons_of(&regions.region_of_face, count);
        let borders = a.borders(&regions.region_of_face, count);
        let mut found: Vec<Region> = regions
            .faces
            .into_iter()
            .zip(shapes)
            .zip(borders)
            .filter_map(|((faces, shape), border)| {
                let area_m2 = faces.iter().map(|&f| self.area_m2[f as usize]).sum();
                let key = self.key(&border);
                Some(Region { faces, area_m2, border, shape: shape?, key })
            })
            .collect();
        found.sort_by_key(|region| region.key);
        found
    }

    fn key(&self, border: &[HalfEdge]) -> Key {
        let corner = |&e: &HalfEdge| self.arrangement.point(self.arrangement.origin(e));
        let least = border.iter().map(corner).min().unwrap_or_default();
        let greatest = border.iter().map(corner).max().unwrap_or_default();
        (least, greatest, border.iter().map(|&e| self.length_um(e)).sum())
    }

    /// Length of a half-edge in whole micrometres, so that sums do not depend on their order.
    pub fn length_um(&self, edge: HalfEdge) -> i64 {
        (self.arrangement.length_m(edge) * 1e6).round() as i64
    }

    /// The grids along a region's border with the length that they share, in micrometres. `held`
    /// says who holds a face.
    pub fn neighbours(&self, region: &Region, held: &[Vec<u32>]) -> Vec<(usize, i64)> {
        let mut lengths: FxHashMap<u32, i64> = FxHashMap::default();
        for &edge in &region.border {
            let length = self.length_um(edge);
            for &grid in &held[self.arrangement.face(edge ^ 1) as usize] {
                *lengths.entry(grid).or_default() += length;
            }
        }
        let mut lengths: Vec<(usize, i64)> =
            lengths.into_iter().map(|(grid, length)| (grid as usize, length)).collect();
        lengths.sort_unstable_by_key(|&(grid, length)| (std::cmp::Reverse(length), grid));
        lengths
    }

    /// A vertex in degrees.
    pub fn place(&self, vertex: u32) -> LonLat {
        self.arrangement.place(vertex)
    }
}

/// The numbers of a place, to look it up by.
pub(super) fn bits(place: LonLat) -> [u64; 2] {
    [place.lon().to_bits(), place.lat().to_bits()]
}
