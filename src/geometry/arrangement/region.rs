//! Regions: faces grouped by a label, and their polygons.

use super::{Arrangement, FaceId, HalfEdge};
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::exact::{cross, doubled_area};
use crate::geometry::frame::{Frame, GridPoint};

/// Connected regions of faces with the same label.
#[derive(Clone, Debug)]
pub struct Regions {
    /// The region of each face; `None` for faces without a label.
    pub region_of_face: Vec<Option<u32>>,
    /// The faces of each region.
    pub faces: Vec<Vec<FaceId>>,
}

impl Arrangement {
    /// Groups faces into regions: faces joined by a common edge and an equal label, where
    /// `label` gives `Some`. The unbounded face is never part of a region. O(faces), and the
    /// edges of the faces that have a label.
    pub fn regions<L: PartialEq>(&self, label: impl Fn(FaceId) -> Option<L>) -> Regions {
        let labels: Vec<Option<L>> =
            (0..self.faces() as u32).map(|f| if f == 0 { None } else { label(f) }).collect();
        let mut regions = Regions { region_of_face: vec![None; self.faces()], faces: Vec::new() };
        for start in 1..self.faces() as u32 {
            if labels[start as usize].is_none() || regions.region_of_face[start as usize].is_some()
            {
                continue;
            }
            let region = regions.faces.len() as u32;
            regions.region_of_face[start as usize] = Some(region);
            let mut members = vec![start];
            let mut seen = 0;
            while seen < members.len() {
                for edge in self.edges_of_face(members[seen]) {
                    let other = self.face(edge ^ 1);
                    if regions.region_of_face[other as usize].is_none()
                        && labels[other as usize] == labels[start as usize]
                    {
                        regions.region_of_face[other as usize] = Some(region);
                        members.push(other);
                    }
                }
                seen += 1;
            }
            regions.faces.push(members);
        }
        regions
    }

    /// The half-edges that bound groups of faces, by group and ascending: those with a face of
    /// the group on the left and none of it on the right. `group_of_face` gives each face's
    /// group.
    pub fn borders(&self, group_of_face: &[Option<u32>], groups: usize) -> Vec<Vec<HalfEdge>> {
        let mut borders = vec![Vec::new(); groups];
        for (face, group) in group_of_face.iter().enumerate() {
            let Some(group) = *group else { continue };
            let outer =
                |edge: &HalfEdge| group_of_face[self.face(edge ^ 1) as usize] != Some(group);
            borders[group as usize].extend(self.edges_of_face(face as u32).filter(outer));
        }
        borders.iter_mut().for_each(|border| border.sort_unstable());
        borders
    }

    /// The polygons of groups of faces, traced along the arrangement's own vertices: no clipping
    /// and no rounding. `None` for a group without faces. Exteriors run counter-clockwise, holes
    /// clockwise; a ring that touches itself at a vertex is split there, as OGC Simple Features
    /// wants it.
    pub fn polygons_of(
        &self,
        group_of_face: &[Option<u32>],
        groups: usize,
    ) -> Vec<Option<MultiPolygon>> {
        let mut done = vec![false; self.half_edges() as usize];
        self.borders(group_of_face, groups)
            .into_iter()
            .enumerate()
            .map(|(group, border)| {
                let inside = |face: FaceId| group_of_face[face as usize] == Some(group as u32);
                let mut rings = Vec::new();
                for start in border {
                    if done[start as usize] {
                        continue;
                    }
                    let mut ring = Vec::new();
                    let mut edge = start;
                    while !done[edge as usize] {
                        done[edge as usize] = true;
                        ring.push(self.origin(edge));
                        edge = self.next_on_border(edge, inside);
                    }
                    // A ring that comes to a vertex twice leaves it on four edges.
                    if ring.iter().all(|&v| self.degree(v) < 4) {
                        rings.push(ring);
                    } else {
                        split_at_touches(ring, &mut rings);
                    }
                }
                self.nest_rings(rings)
            })
            .collect()
    }

    /// Puts holes into their exteriors.
    fn nest_rings(&self, rings: Vec<Vec<u32>>) -> Option<MultiPolygon> {
        let points =
            |ring: &[u32]| -> Vec<GridPoint> { ring.iter().map(|&v| self.point(v)).collect() };
        let (mut exteriors, mut holes) = (Vec::new(), Vec::new());
        for ring in rings {
            let line = points(&ring);
            match doubled_area(line.iter().copied()) {
                0 => {}
                area if area > 0 => exteriors.push((ring, line, area, Vec::new())),
                _ => holes.push((ring, line)),
            }
        }
        for (hole, line) in holes {
            let home = if exteriors.len() == 1 {
                Some(0)
            } else {
                (0..exteriors.len())
                    .filter(|&e| ring_holds_ring(&exteriors[e].1, &line))
                    .min_by_key(|&e| exteriors[e].2)
            };
            if let (Some(home), Some(hole)) = (home, self.ring(&hole)) {
                exteriors[home].3.push(hole);
            }
        }
        let polygon = |(ring, _, _, holes): (Vec<u32>, Vec<GridPoint>, i128, Vec<Ring>)| {
            Some(Polygon::new(self.ring(&ring)?, holes))
        };
        MultiPolygon::new(exteriors.into_iter().filter_map(polygon).collect()).ok()
    }

    /// The ring of vertices in degrees. `None` cannot happen for a ring with an area.
    fn ring(&self, vertices: &[u32]) -> Option<Ring> {
        let places: Vec<LonLat> = vertices.iter().map(|&v| self.place(v)).collect();
        Ring::new(places).ok()
    }
}

/// Splits a closed walk at vertices that it visits more than once.
fn split_at_touches(walk: Vec<u32>, rings: &mut Vec<Vec<u32>>) {
    let mut place_in_stack = rustc_hash::FxHashMap::default();
    let mut stack: Vec<u32> = Vec::with_capacity(walk.len());
    for vertex in walk {
        if let Some(&from) = place_in_stack.get(&vertex) {
            let ring: Vec<u32> = stack.drain(from..).collect();
            for v in &ring {
                place_in_stack.remove(v);
            }
            rings.push(ring);
        }
        place_in_stack.insert(vertex, stack.len());
        stack.push(vertex);
    }
    rings.push(stack);
}

/// Whether `outer` holds `inner`, two rings that may touch but not cross: decided by the first
/// corner or edge middle of `inner` that is not on `outer`.
fn ring_holds_ring(outer: &[GridPoint], inner: &[GridPoint]) -> bool {
    let doubled = |p: GridPoint| GridPoint { x: 2 * p.x, y: 2 * p.y };
    let outer: Vec<GridPoint> = outer.iter().copied().map(doubled).collect();
    let middles = (0..inner.len()).map(|i| {
        let (a, b) = (inner[i], inner[(i + 1) % inner.len()]);
        GridPoint { x: a.x + b.x, y: a.y + b.y }
    });
    inner
        .iter()
        .copied()
        .map(doubled)
        .chain(middles)
        .find_map(|p| side_of_ring(&outer, p))
        .unwrap_or(false)
}

/// Whether a place lies in a polygon or on its border, on the frame's grid. O(n).
pub fn shape_holds(frame: &Frame, shape: &MultiPolygon, place: LonLat) -> bool {
    let p = frame.to_grid(place);
    let side = |ring: &Ring| {
        let line: Vec<GridPoint> = ring.corners().iter().map(|&c| frame.to_grid(c)).collect();
        side_of_ring(&line, p)
    };
    shape.polygons().iter().any(|polygon| {
        side(polygon.exterior()).unwrap_or(true)
            && polygon.holes().iter().all(|hole| !side(hole).unwrap_or(false))
    })
}

/// Whether a point lies inside a ring; `None` on its line.
fn side_of_ring(ring: &[GridPoint], p: GridPoint) -> Option<bool> {
    let mut inside = false;
    for (i, &b) in ring.iter().enumerate() {
        let a = ring[(i + ring.len() - 1) % ring.len()];
        let turn = cross(a, b, p);
        let within = p.x >= a.x.min(b.x)
            && p.x <= a.x.max(b.x)
            && p.y >= a.y.min(b.y)
            && p.y <= a.y.max(b.y);
        if turn == 0 && within {
            return None;
        }
        if (a.y <= p.y) != (b.y <= p.y) && (turn > 0) == (b.y > a.y) {
            inside = !inside;
        }
    }
    Some(inside)
}
