//! Grids and the features of a net in one arrangement.

use crate::domain::{Geometry, LonLat};
use crate::geometry::{Arrangement, FaceId, HalfEdge};
use std::collections::BTreeMap;

/// The arrangement with what matching asks of it. Grids and features have their own numbers.
pub(super) struct Overlay<'a> {
    arrangement: &'a Arrangement,
    grids: usize,
    features: usize,
    area_of_face: Vec<f64>,
    faces_of: Vec<Vec<FaceId>>,
    edges_of: Vec<Vec<HalfEdge>>,
    common: BTreeMap<(usize, usize), f64>,
}

/// Some grids and some features that are compared as two areas.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub grids: Vec<usize>,
    pub features: Vec<usize>,
}

/// The borders of the two areas of a group.
pub(super) struct Borders {
    /// Segments that only the grids' border has, and only the features'.
    pub grid_only: Vec<HalfEdge>,
    pub net_only: Vec<HalfEdge>,
    /// The whole borders.
    pub grid: Vec<HalfEdge>,
    pub net: Vec<HalfEdge>,
}

impl<'a> Overlay<'a> {
    /// Matches the first `grids` polygons of an arrangement with the `features` that follow them.
    pub fn new(arrangement: &'a Arrangement, grids: usize, features: usize) -> Self {
        let polygons = grids + features;
        let mut overlay = Self {
            area_of_face: arrangement.face_areas_m2(),
            faces_of: vec![Vec::new(); polygons],
            edges_of: vec![Vec::new(); polygons],
            common: BTreeMap::new(),
            features,
            grids,
            arrangement,
        };
        overlay.collect();
        overlay
    }

    fn collect(&mut self) {
        for face in 0..self.arrangement.faces() as u32 {
            let owners = self.arrangement.owners(face);
            let split = owners.partition_point(|&p| (p as usize) < self.grids);
            for &p in owners {
                self.faces_of[p as usize].push(face);
            }
            for &g in &owners[..split] {
                for &f in &owners[split..] {
                    let pair = (g as usize, f as usize - self.grids);
                    *self.common.entry(pair).or_default() += self.area_of_face[face as usize];
                }
            }
        }
        for edge in (0..self.arrangement.half_edges()).step_by(2) {
            for (polygon, _) in self.arrangement.rings_along(edge) {
                self.edges_of[polygon as usize].push(edge);
            }
        }
    }

    pub fn grids(&self) -> usize {
        self.grids
    }

    pub fn features(&self) -> usize {
        self.features
    }

    /// Area in m² that a grid and a feature have in common, for every pair with some.
    pub fn common(&self) -> &BTreeMap<(usize, usize), f64> {
        &self.common
    }

    /// Area of a grid in m².
    pub fn grid_area(&self, grid: usize) -> f64 {
        self.area_of(&self.faces_of[grid])
    }

    /// Area of a feature in m².
    pub fn feature_area(&self, feature: usize) -> f64 {
        self.area_of(&self.faces_of[self.grids + feature])
    }

    fn area_of(&self, faces: &[FaceId]) -> f64 {
        faces.iter().map(|&f| self.area_of_face[f as usize]).sum()
    }

    /// Which faces a group's grids and features hold: by face, bit 1 for grids and 2 for features.
    fn sides(&self, group: &Group) -> BTreeMap<FaceId, u8> {
        let mut sides = BTreeMap::new();
        for &g in &group.grids {
            for &face in &self.faces_of[g] {
                *sides.entry(face).or_insert(0) |= 1;
            }
        }
        for &f in &group.features {
            for &face in &self.faces_of[self.grids + f] {
                *sides.entry(face).or_insert(0) |= 2;
            }
        }
        sides
    }

    /// Area in common and area of both together, in m². Equal exactly when the areas are the same.
    pub fn intersection_and_union(&self, group: &Group) -> (f64, f64) {
        let (mut common, mut all) = (0.0, 0.0);
        for (face, side) in self.sides(group) {
            let area = self.area_of_face[face as usize];
            all += area;
            if side == 3 {
                common += area;
            }
        }
        (common, all)
    }

    /// Whether the grids and the features of a group hold the same faces.
    pub fn same_area(&self, group: &Group) -> bool {
        self.sides(group).values().all(|&side| side == 3)
    }

    /// The borders of a group's two areas.
    pub fn borders(&self, group: &Group) -> Borders {
        let sides = self.sides(group);
        let polygons =
            group.grids.iter().copied().chain(group.features.iter().map(|f| f + self.grids));
        let mut edges: Vec<HalfEdge> =
            polygons.flat_map(|p| self.edges_of[p].iter().copied()).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut borders = Borders {
            grid_only: Vec::new(),
            net_only: Vec::new(),
            grid: Vec::new(),
            net: Vec::new(),
        };
        for edge in edges {
            let side = |e: HalfEdge| sides.get(&self.arrangement.face(e)).copied().unwrap_or(0);
            let changes = side(edge) ^ side(edge ^ 1);
            match changes {
                1 => borders.grid_only.push(edge),
                2 => borders.net_only.push(edge),
                _ => {}
            }
            if changes & 1 != 0 {
                borders.grid.push(edge);
            }
            if changes & 2 != 0 {
                borders.net.push(edge);
            }
        }
        borders
    }

    /// Half-edges as segments in metres, in a plane with the scale of their place.
    pub fn segments(&self, edges: &[HalfEdge]) -> Vec<[[f64; 2]; 2]> {
        let a = self.arrangement;
        let Some(&first) = edges.first() else { return Vec::new() };
        let scale = a.frame().scale(a.point(a.origin(first)));
        let metres = |v: u32| [a.point(v).x as f64 * scale.0, a.point(v).y as f64 * scale.1];
        edges.iter().map(|&e| [metres(a.origin(e)), metres(a.origin(e ^ 1))]).collect()
    }

    /// A place of [`Overlay::segments`] back in degrees.
    pub fn place(&self, edges: &[HalfEdge], p: [f64; 2]) -> LonLat {
        let a = self.arrangement;
        let at = edges.first().map(|&e| a.point(a.origin(e))).unwrap_or_default();
        let scale = a.frame().scale(at);
        a.frame().to_lonlat(crate::geometry::GridPoint {
            x: (p[0] / scale.0).round() as i64,
            y: (p[1] / scale.1).round() as i64,
        })
    }

    /// Half-edges joined to lines; `None` when there are none.
    pub fn lines(&self, edges: &[HalfEdge]) -> Option<Geometry> {
        let a = self.arrangement;
        let mut at: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (i, &e) in edges.iter().enumerate() {
            at.entry(a.origin(e)).or_default().push(i);
            at.entry(a.origin(e ^ 1)).or_default().push(i);
        }
        let mut used = vec![false; edges.len()];
        let mut lines = Vec::new();
        // Begin at ends of lines; what is left are closed lines.
        let starts = at.iter().filter(|(_, e)| e.len() != 2).map(|(v, _)| *v);
        let all: Vec<u32> = starts.chain(at.keys().copied()).collect();
        for start in all {
            loop {
                let mut line = vec![start];
                let mut here = start;
                while let Some(&i) = at[&here].iter().find(|&&i| !used[i]) {
                    used[i] = true;
                    let (from, to) = (a.origin(edges[i]), a.origin(edges[i] ^ 1));
                    here = if here == from { to } else { from };
                    line.push(here);
                    if at[&here].len() != 2 {
                        break;
                    }
                }
                if line.len() < 2 {
                    break;
                }
                lines.push(line.into_iter().map(|v| a.place(v)).collect());
            }
        }
        (!lines.is_empty()).then_some(Geometry::MultiLineString(lines))
    }
}
