//! The pieces that units are put together from: each one piece of ground, in one community, for
//! one group of compounds or for none.

use super::cut::Cut;
use super::input::Input;
use crate::domain::{MultiPolygon, Place, Polygon, Ring};
use crate::geometry::{
    Arrangement, FaceFinder, FaceId, Frame, GridPoint, SegmentSet, voronoi_cells,
};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Distance in millimetres of the points by which an outline takes part in dividing a block.
const STEP: f64 = 8_000.0;
/// A compound's point nearer than this to another place of a block, in millimetres, is that place.
const BESIDE: i64 = 1_000;
/// Points of outlines nearer than this to each other, in millimetres, are one.
const TOUCHING: i64 = 10;

/// A piece of ground.
pub(super) struct Piece {
    pub geometry: MultiPolygon,
    /// Index of its community.
    pub community: Option<usize>,
    /// The group of compounds for which it was cut; `None` for a block without compounds.
    pub group: Option<usize>,
    /// The compounds that count in it.
    pub compounds: Vec<usize>,
}

/// To whom a face belongs.
#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Group(usize),
    /// A block without compounds, by its number.
    Empty(u32),
    /// What is left of a block that several groups share.
    Shared(u32),
}

/// The pieces, in an order that depends on places only.
pub(super) fn pieces(input: &Input<'_>, cut: &Cut) -> Vec<Piece> {
    let holder = |face: FaceId| {
        let block = cut.blocks.region_of_face[face as usize]?;
        let groups = &cut.groups_of_block[block as usize];
        let holder = match (cut.outlines(face).next(), groups.len()) {
            (Some(compound), _) => Holder::Group(cut.group[compound]),
            (None, 0) => Holder::Empty(block),
            (None, 1) => groups.first().map(|&group| Holder::Group(group))?,
            (None, _) => Holder::Shared(block),
        };
        Some((cut.community(face), holder))
    };
    let regions = cut.arrangement.regions(holder);
    let count = regions.faces.len();
    let shapes = cut.arrangement.polygons_of(&regions.region_of_face, count);
    let mut seats: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (compound, seat) in cut.seats.iter().enumerate() {
        if let Some(region) = seat.and_then(|face| regions.region_of_face[face as usize]) {
            seats[region as usize].push(compound);
        }
    }
    let mut pieces = Vec::new();
    let mut shared: BTreeMap<u32, Vec<Piece>> = BTreeMap::new();
    for ((faces, shape), compounds) in regions.faces.iter().zip(shapes).zip(seats) {
        let (Some(geometry), Some((community, holder))) = (shape, holder(faces[0])) else {
            continue;
        };
        let piece = |group| Piece { geometry, community, group, compounds };
        match holder {
            Holder::Group(group) => pieces.push(piece(Some(group))),
            Holder::Empty(_) => pieces.push(piece(None)),
            Holder::Shared(block) => shared.entry(block).or_default().push(piece(None)),
        }
    }
    for (block, parts) in shared {
        pieces.extend(divide(input, cut, block, parts));
    }
    pieces
}

/// Divides what is left of a block among the groups that share it: each place goes to the group
/// with the nearest point, or the nearest point of an outline (taken every few metres).
fn divide(input: &Input<'_>, cut: &Cut, block: u32, parts: Vec<Piece>) -> Vec<Piece> {
    let sites = sites(input, cut, block);
    let places: Vec<GridPoint> = sites.keys().copied().collect();
    let groups: Vec<usize> = sites.values().copied().collect();
    let corners = || {
        let corners = parts.iter().flat_map(|part| part.geometry.corners());
        corners.map(|p| input.frame.to_grid(p)).chain(places.iter().copied())
    };
    let low = GridPoint {
        x: corners().map(|p| p.x).min().unwrap_or_default() - 1,
        y: corners().map(|p| p.y).min().unwrap_or_default() - 1,
    };
    let high = GridPoint {
        x: corners().map(|p| p.x).max().unwrap_or_default() + 1,
        y: corners().map(|p| p.y).max().unwrap_or_default() + 1,
    };
    let mut group_of_cell = Vec::new();
    let mut cells = Vec::new();
    for (ring, &group) in voronoi_cells(&places, low, high).into_iter().zip(&groups) {
        if let Some(cell) = polygon(&input.frame, ring) {
            cells.push(cell);
            group_of_cell.push(group);
        }
    }
    let both: Vec<&MultiPolygon> = parts.iter().map(|part| &part.geometry).chain(&cells).collect();
    let arrangement = Arrangement::build(&input.frame, &both);
    let label = |face: FaceId| {
        let owners = arrangement.owners(face);
        let part = *owners.first().filter(|&&p| (p as usize) < parts.len())?;
        let cell = owners.iter().find(|&&p| p as usize >= parts.len());
        Some((part, cell.map(|&cell| group_of_cell[cell as usize - parts.len()])))
    };
    let regions = arrangement.regions(label);
    let shapes = arrangement.polygons_of(&regions.region_of_face, regions.faces.len());
    let mut pieces: Vec<Option<Piece>> = regions
        .faces
        .iter()
        .zip(shapes)
        .map(|(faces, shape)| {
            let (part, group) = label(faces[0])?;
            let community = parts[part as usize].community;
            // What no cell holds is a hair between two; it goes to a neighbour.
            let group = group.or_else(|| groups.first().copied());
            Some(Piece { geometry: shape?, community, group, compounds: Vec::new() })
        })
        .collect();
    let finder = FaceFinder::new(&arrangement);
    for compound in parts.iter().flat_map(|part| part.compounds.iter().copied()) {
        let seat = input.seats[compound];
        let region = regions.region_of_face[finder.face_at(seat) as usize].map(|r| r as usize);
        // A seat on the border of what is left may count on the other side here.
        let found = region.filter(|&region| pieces[region].is_some());
        if let Some(piece) = found.or_else(|| nearest(input, &pieces, seat))
            && let Some(piece) = &mut pieces[piece]
        {
            piece.compounds.push(compound);
        }
    }
    pieces.into_iter().flatten().collect()
}

/// The piece with the border nearest to a place.
fn nearest(input: &Input<'_>, pieces: &[Option<Piece>], place: GridPoint) -> Option<usize> {
    let metres = |p: GridPoint| [(p.x - place.x) as f64 * 1e-3, (p.y - place.y) as f64 * 1e-3];
    let distance = |piece: &Piece| {
        let rings = piece.geometry.polygons().iter().flat_map(|polygon| polygon.rings());
        let segments = rings.flat_map(|ring| {
            let corners = ring.corners().iter().map(|&p| metres(input.frame.to_grid(p)));
            let corners: Vec<[f64; 2]> = corners.collect();
            let edge = |i: usize| [corners[i], corners[(i + 1) % corners.len()]];
            (0..corners.len()).map(edge).collect::<Vec<_>>()
        });
        SegmentSet::new(&segments.collect::<Vec<_>>()).distance([0.0, 0.0])
    };
    let all = pieces.iter().enumerate();
    let far = all.filter_map(|(index, piece)| Some((distance(piece.as_ref()?), index)));
    far.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, index)| index)
}

/// The places that divide a block, each with its group. Outlines come first: a point beside a
/// place that is taken divides nothing, and counts in the piece of that place.
fn sites(input: &Input<'_>, cut: &Cut, block: u32) -> BTreeMap<GridPoint, usize> {
    let groups = &cut.groups_of_block[block as usize];
    let shares = |&c: &usize| groups.contains(&cut.group[c]) && cut.seats[c].is_some();
    let sharing: Vec<usize> = (0..cut.group.len()).filter(shares).collect();
    let mut sites = Sites::default();
    for &compound in &sharing {
        if let Place::Area(area) = &input.compounds[compound].place {
            let rings = area.polygons().iter().flat_map(|polygon| polygon.rings());
            for place in rings.flat_map(|ring| along(&input.frame, ring)) {
                sites.add(place, cut.group[compound], TOUCHING);
            }
        }
    }
    for compound in sharing {
        if let Place::Point(_) = input.compounds[compound].place {
            sites.add(input.seats[compound], cut.group[compound], BESIDE);
        }
    }
    sites.groups
}

/// Places with their groups, and by squares of [`BESIDE`].
#[derive(Default)]
struct Sites {
    groups: BTreeMap<GridPoint, usize>,
    squares: FxHashMap<(i64, i64), Vec<GridPoint>>,
}

impl Sites {
    /// Adds a place, unless another is nearer than `apart` millimetres (at most [`BESIDE`]).
    fn add(&mut self, place: GridPoint, group: usize, apart: i64) {
        let (x, y) = (place.x.div_euclid(BESIDE), place.y.div_euclid(BESIDE));
        let around = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
        let mut near = around.filter_map(|square| self.squares.get(&square)).flatten();
        let is_near = |other: &&GridPoint| {
            let (dx, dy) = (other.x - place.x, other.y - place.y);
            dx * dx + dy * dy < apart * apart
        };
        if near.find(is_near).is_none() {
            self.squares.entry((x, y)).or_default().push(place);
            self.groups.insert(place, group);
        }
    }
}

/// Points along a ring: its corners, and between them at most a step apart.
fn along(frame: &Frame, ring: &Ring) -> Vec<GridPoint> {
    let corners: Vec<GridPoint> = ring.corners().iter().map(|&p| frame.to_grid(p)).collect();
    let mut points = Vec::new();
    for (i, &a) in corners.iter().enumerate() {
        let b = corners[(i + 1) % corners.len()];
        let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
        let pieces = (dx.hypot(dy) / STEP).ceil().max(1.0);
        points.extend((0..pieces as u32).map(|piece| {
            let t = f64::from(piece) / pieces;
            GridPoint { x: a.x + (dx * t).round() as i64, y: a.y + (dy * t).round() as i64 }
        }));
    }
    points
}

fn polygon(frame: &Frame, ring: Vec<GridPoint>) -> Option<MultiPolygon> {
    let ring = Ring::new(ring.into_iter().map(|p| frame.to_lonlat(p)).collect()).ok()?;
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).ok()
}
