//! The coverage: polygons that share their borders, each border stored once.

use super::arrangement::{Arrangement, HalfEdge};
use super::frame::{Frame, GridPoint};
use crate::domain::{LonLat, MultiPolygon};
use std::collections::BTreeMap;

/// A border between two nodes, stored once for both its sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Arc {
    /// Vertices from node to node; a closed border without a node begins and ends at one vertex.
    pub vertices: Vec<u32>,
    /// The polygon on the left, `None` where nothing is.
    pub left: Option<usize>,
    /// The polygon on the right.
    pub right: Option<usize>,
    /// Length in metres.
    pub length_m: f64,
}

/// Two polygons with a common border.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedBorder {
    /// The polygon with the lower index.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Length of the common border in metres.
    pub length_m: f64,
    /// The arcs of the common border.
    pub arcs: Vec<usize>,
}

/// Polygons as faces of an arrangement, their borders as arcs between nodes (compare TopoJSON
/// and JTS's coverages).
///
/// Every place belongs to one polygon at most: where polygons overlap, to the one with the lower
/// index. Gaps belong to nobody.
#[derive(Clone, Debug)]
pub struct Coverage {
    arrangement: Arrangement,
    polygons: usize,
    owner_of_face: Vec<Option<u32>>,
    arcs: Vec<Arc>,
    /// The arcs of each polygon, by their positions.
    arcs_of: Vec<Vec<u32>>,
}

impl Coverage {
    /// The coverage of `polygons`.
    pub fn build(frame: &Frame, polygons: &[&MultiPolygon]) -> Self {
        Self::of_first(Arrangement::build(frame, polygons), polygons.len())
    }

    /// The coverage of the first `polygons` polygons of an arrangement; others in it, such as an
    /// outline, only cut faces.
    pub fn of_first(arrangement: Arrangement, polygons: usize) -> Self {
        let owner_of_face: Vec<Option<u32>> = (0..arrangement.faces() as u32)
            .map(|f| arrangement.owners(f).first().copied().filter(|&p| (p as usize) < polygons))
            .collect();
        let arcs = collect_arcs(&arrangement, &owner_of_face);
        let mut arcs_of = vec![Vec::new(); polygons];
        for (i, arc) in arcs.iter().enumerate() {
            for polygon in [arc.left, arc.right].into_iter().flatten() {
                arcs_of[polygon].push(i as u32);
            }
        }
        Self { arrangement, polygons, owner_of_face, arcs, arcs_of }
    }

    /// The arrangement of the polygons.
    pub fn arrangement(&self) -> &Arrangement {
        &self.arrangement
    }

    /// The frame of the vertices.
    pub fn frame(&self) -> &Frame {
        self.arrangement.frame()
    }

    /// Number of polygons.
    pub fn len(&self) -> usize {
        self.polygons
    }

    /// Whether there is no polygon.
    pub fn is_empty(&self) -> bool {
        self.polygons == 0
    }

    /// All borders.
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The borders of a polygon.
    pub fn arcs_of(&self, polygon: usize) -> impl Iterator<Item = &Arc> {
        self.arcs_of[polygon].iter().map(|&i| &self.arcs[i as usize])
    }

    /// A vertex in degrees.
    pub fn vertex(&self, id: u32) -> LonLat {
        self.arrangement.place(id)
    }

    /// A vertex on the integer grid.
    pub fn point(&self, id: u32) -> GridPoint {
        self.arrangement.point(id)
    }

    /// Every pair of polygons with a common border, sorted by (a, b).
    pub fn adjacency(&self) -> Vec<SharedBorder> {
        let mut pairs: BTreeMap<(usize, usize), SharedBorder> = BTreeMap::new();
        for (i, arc) in self.arcs.iter().enumerate() {
            if let (Some(l), Some(r)) = (arc.left, arc.right) {
                let (a, b) = (l.min(r), l.max(r));
                let empty = SharedBorder { a, b, length_m: 0.0, arcs: Vec::new() };
                let pair = pairs.entry((a, b)).or_insert(empty);
                pair.length_m += arc.length_m;
                pair.arcs.push(i);
            }
        }
        pairs.into_values().collect()
    }

    /// Area of each polygon in square metres, on the ellipsoid.
    pub fn areas_m2(&self) -> Vec<f64> {
        let mut areas = vec![0.0; self.polygons];
        for (face, area) in self.arrangement.face_areas().iter().enumerate() {
            if let Some(owner) = self.owner_of_face[face] {
                areas[owner as usize] += area;
            }
        }
        areas
    }

    /// Length of each polygon's border in metres, holes included.
    pub fn perimeters_m(&self) -> Vec<f64> {
        let mut lengths = vec![0.0; self.polygons];
        for arc in &self.arcs {
            for owner in [arc.left, arc.right].into_iter().flatten() {
                lengths[owner] += arc.length_m;
            }
        }
        lengths
    }

    /// Centre of area of each polygon; `None` for one without an area of its own.
    pub fn centroids(&self) -> Vec<Option<LonLat>> {
        // (area, x moment, y moment) in grid steps, around the frame's centre.
        let mut sums = vec![(0.0f64, 0.0f64, 0.0f64); self.polygons];
        for arc in &self.arcs {
            for pair in arc.vertices.windows(2) {
                let (a, b) = (self.point(pair[0]), self.point(pair[1]));
                let (ax, ay, bx, by) = (a.x as f64, a.y as f64, b.x as f64, b.y as f64);
                let doubled = ax * by - bx * ay;
                for (owner, sign) in [(arc.left, 1.0), (arc.right, -1.0)] {
                    if let Some(owner) = owner {
                        let sum = &mut sums[owner];
                        sum.0 += sign * doubled;
                        sum.1 += sign * doubled * (ax + bx);
                        sum.2 += sign * doubled * (ay + by);
                    }
                }
            }
        }
        let centre = |(area, x, y): (f64, f64, f64)| {
            let at = |moment: f64| (moment / (3.0 * area)).round() as i64;
            (area > 0.0).then(|| self.frame().to_lonlat(GridPoint { x: at(x), y: at(y) }))
        };
        sums.into_iter().map(centre).collect()
    }

    /// Unites polygons by dropping the arcs inside: `group[p]` is the group of polygon `p`, or
    /// `None` to leave it out. The result has the vertices of the coverage and no others, so
    /// that everything made from one coverage coincides vertex for vertex. `None` for a group
    /// without area.
    pub fn dissolve(&self, group: &[Option<usize>], groups: usize) -> Vec<Option<MultiPolygon>> {
        let group_of_face: Vec<Option<u32>> = self
            .owner_of_face
            .iter()
            .map(|owner| {
                owner.and_then(|p| group.get(p as usize).copied().flatten()).map(|g| g as u32)
            })
            .collect();
        self.arrangement.polygons_of(&group_of_face, groups)
    }
}

/// Chains the half-edges between different owners from node to node.
fn collect_arcs(arrangement: &Arrangement, owner_of_face: &[Option<u32>]) -> Vec<Arc> {
    let owner = |edge: HalfEdge| owner_of_face[arrangement.face(edge) as usize].map(|p| p as usize);
    let sides = |edge: HalfEdge| (owner(edge), owner(edge ^ 1));
    let is_border = |edge: HalfEdge| owner(edge) != owner(edge ^ 1);
    let borders_at = |v: u32| arrangement.around(v).iter().copied().filter(|&e| is_border(e));
    // The half-edge that continues `edge` with the same sides; `None` at a node.
    let onward = |edge: HalfEdge| {
        let mut rest = borders_at(arrangement.origin(edge ^ 1)).filter(|&e| e != edge ^ 1);
        let next = rest.next()?;
        (rest.next().is_none() && sides(next) == sides(edge)).then_some(next)
    };
    let mut done = vec![false; arrangement.half_edges() as usize];
    let mut arcs = Vec::new();
    let mut chain = |start: HalfEdge, done: &mut Vec<bool>| {
        let mut vertices = vec![arrangement.origin(start)];
        let (left, right) = sides(start);
        let (mut edge, mut length_m) = (start, 0.0);
        loop {
            done[edge as usize] = true;
            done[(edge ^ 1) as usize] = true;
            vertices.push(arrangement.origin(edge ^ 1));
            length_m += arrangement.length_m(edge);
            match onward(edge) {
                Some(next) if !done[next as usize] => edge = next,
                _ => break,
            }
        }
        arcs.push(Arc { vertices, left, right, length_m });
    };
    // First the arcs that begin at nodes, then closed borders without any.
    for from_nodes in [true, false] {
        for edge in 0..arrangement.half_edges() {
            if !done[edge as usize]
                && is_border(edge)
                && (!from_nodes || onward(edge ^ 1).is_none())
            {
                chain(edge, &mut done);
            }
        }
    }
    arcs
}

/// The common area in square metres of every pair with one: (index in `a`, index in `b`, m²).
pub fn overlap_areas(
    frame: &Frame,
    a: &[&MultiPolygon],
    b: &[&MultiPolygon],
) -> Vec<(usize, usize, f64)> {
    let both: Vec<&MultiPolygon> = a.iter().chain(b).copied().collect();
    let arrangement = Arrangement::build(frame, &both);
    let mut areas: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (face, area) in arrangement.face_areas().iter().enumerate() {
        let owners = arrangement.owners(face as u32);
        let split = owners.partition_point(|&p| (p as usize) < a.len());
        for &i in &owners[..split] {
            for &j in &owners[split..] {
                *areas.entry((i as usize, j as usize - a.len())).or_default() += area;
            }
        }
    }
    areas.into_iter().map(|((i, j), area)| (i, j, area)).collect()
}

/// The common part of two polygons; `None` when they have no common area.
pub fn overlap_shape(frame: &Frame, a: &MultiPolygon, b: &MultiPolygon) -> Option<MultiPolygon> {
    let arrangement = Arrangement::build(frame, &[a, b]);
    let common: Vec<Option<u32>> = (0..arrangement.faces() as u32)
        .map(|face| (arrangement.owners(face).len() == 2).then_some(0))
        .collect();
    arrangement.polygons_of(&common, 1).pop().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Polygon, Ring};

    fn square(x: i32, y: i32) -> MultiPolygon {
        let at = |dx: i32, dy: i32| {
            LonLat::new(120.0 + f64::from(x + dx) * 0.001, 36.0 + f64::from(y + dy) * 0.001)
                .unwrap()
        };
        let ring = Ring::new(vec![at(0, 0), at(1, 0), at(1, 1), at(0, 1)]).unwrap();
        MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).unwrap()
    }

    fn frame() -> Frame {
        Frame::around(LonLat::new(120.0, 36.0).unwrap())
    }

    #[test]
    fn two_squares_share_one_arc_and_dissolve_into_a_rectangle() {
        let squares = [square(0, 0), square(1, 0)];
        let coverage = Coverage::build(&frame(), &squares.iter().collect::<Vec<_>>());
        assert_eq!(coverage.arcs().len(), 3);
        let adjacency = coverage.adjacency();
        assert_eq!((adjacency.len(), adjacency[0].a, adjacency[0].b), (1, 0, 1));
        assert!((adjacency[0].length_m - 110.95).abs() < 0.1, "{}", adjacency[0].length_m);
        let united = coverage.dissolve(&[Some(0), Some(0)], 1);
        let outline = united[0].as_ref().unwrap();
        assert_eq!(outline.polygons()[0].exterior().corners().len(), 6);
    }

    #[test]
    fn corners_that_touch_are_no_neighbours_and_stay_two_parts() {
        let squares = [square(0, 0), square(1, 1)];
        let coverage = Coverage::build(&frame(), &squares.iter().collect::<Vec<_>>());
        assert!(coverage.adjacency().is_empty());
        let united = coverage.dissolve(&[Some(0), Some(0)], 1);
        assert_eq!(united[0].as_ref().unwrap().polygons().len(), 2);
    }

    #[test]
    fn a_ring_of_squares_has_a_hole() {
        let squares: Vec<_> = (0..9).filter(|i| *i != 4).map(|i| square(i % 3, i / 3)).collect();
        let coverage = Coverage::build(&frame(), &squares.iter().collect::<Vec<_>>());
        let united = coverage.dissolve(&[Some(0); 8], 1);
        let outline = united[0].as_ref().unwrap();
        assert_eq!((outline.polygons().len(), outline.polygons()[0].holes().len()), (1, 1));
        let area: f64 = coverage.areas_m2().iter().sum();
        // The coverage's vertices lie on whole millimetres.
        assert!((crate::geometry::measure::area_m2(outline) / area - 1.0).abs() < 1e-5);
    }
}
