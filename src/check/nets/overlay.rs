//! Grids and the features of a net in one arrangement.

use crate::domain::LonLat;
use crate::geometry::{Arrangement, FaceId, GridPoint, HalfEdge};
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

/// The members of a group's side, to be asked for often.
struct Members(Vec<usize>);

impl Members {
    fn of(members: &[usize]) -> Self {
        let mut sorted = members.to_vec();
        sorted.sort_unstable();
        Self(sorted)
    }

    fn has(&self, one: usize) -> bool {
        self.0.binary_search(&one).is_ok()
    }
}

/// Some grids and some features that are compared as two areas.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Group {
    /// Ascending.
    pub grids: Vec<usize>,
    /// In the order of their keys.
    pub features: Vec<usize>,
}

/// The areas of a group in square metres.
pub(super) struct Areas {
    /// Of what both have, only the grids have, and only the features have.
    pub common: f64,
    pub grids_only: f64,
    pub features_only: f64,
}

/// The borders around the two areas of a group.
#[derive(Default)]
pub(super) struct Borders {
    /// Segments that only the grids' border has, and only the features'.
    pub grid_only: Vec<HalfEdge>,
    pub net_only: Vec<HalfEdge>,
    /// The whole borders.
    pub grid: Vec<HalfEdge>,
    pub net: Vec<HalfEdge>,
}

/// Segments at which only one of the two layers of a group changes: borders around its areas and
/// between its members alike.
#[derive(Default)]
pub(super) struct Disagreeing {
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

    /// Area in m² that a grid and a feature have in common.
    pub fn common_area(&self, grid: usize, feature: usize) -> f64 {
        self.common.get(&(grid, feature)).copied().unwrap_or(0.0)
    }

    /// Area of a grid in m².
    pub fn grid_area(&self, grid: usize) -> f64 {
        self.faces_of[grid].iter().map(|&f| self.area_of_face[f as usize]).sum()
    }

    /// Area of a feature in m².
    pub fn feature_area(&self, feature: usize) -> f64 {
        self.grid_area(self.grids + feature)
    }

    /// The faces of a grid, each with its area in m².
    pub fn grid_faces(&self, grid: usize) -> impl Iterator<Item = (FaceId, f64)> + '_ {
        self.faces_of[grid].iter().map(|&face| (face, self.area_of_face[face as usize]))
    }

    /// The faces of a feature, each with its area in m².
    pub fn feature_faces(&self, feature: usize) -> impl Iterator<Item = (FaceId, f64)> + '_ {
        self.grid_faces(self.grids + feature)
    }

    /// The grids that hold a face.
    pub fn grids_at(&self, face: FaceId) -> impl Iterator<Item = usize> + '_ {
        let owners = self.arrangement.owners(face).iter().map(|&p| p as usize);
        owners.take_while(|&p| p < self.grids)
    }

    /// The features that hold a face.
    pub fn features_at(&self, face: FaceId) -> impl Iterator<Item = usize> + '_ {
        let owners = self.arrangement.owners(face).iter().map(|&p| p as usize);
        owners.skip_while(|&p| p < self.grids).map(|p| p - self.grids)
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

    /// The areas of a group: what is in common, and what only one side has.
    pub fn areas(&self, group: &Group) -> Areas {
        let mut areas = Areas { common: 0.0, grids_only: 0.0, features_only: 0.0 };
        for (face, side) in self.sides(group) {
            let sum = match side {
                1 => &mut areas.grids_only,
                2 => &mut areas.features_only,
                _ => &mut areas.common,
            };
            *sum += self.area_of_face[face as usize];
        }
        areas
    }

    /// Whether the grids and the features of a group hold the same faces.
    pub fn same_area(&self, group: &Group) -> bool {
        self.sides(group).values().all(|&side| side == 3)
    }

    /// The edges of a group's members, each once.
    fn edges(&self, group: &Group) -> Vec<HalfEdge> {
        let polygons =
            group.grids.iter().copied().chain(group.features.iter().map(|f| f + self.grids));
        let mut edges: Vec<HalfEdge> =
            polygons.flat_map(|p| self.edges_of[p].iter().copied()).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// The borders around a group's two areas.
    pub fn borders(&self, group: &Group) -> Borders {
        let sides = self.sides(group);
        let mut borders = Borders::default();
        for edge in self.edges(group) {
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

    /// Where only one layer of a group has a border.
    pub fn disagreeing(&self, group: &Group) -> Disagreeing {
        let (grids, features) = (Members::of(&group.grids), Members::of(&group.features));
        let mut found = Disagreeing::default();
        for edge in self.edges(group) {
            let (left, right) = (self.arrangement.face(edge), self.arrangement.face(edge ^ 1));
            let grids = |face| self.grids_at(face).filter(|g| grids.has(*g));
            let features = |face| self.features_at(face).filter(|f| features.has(*f));
            match (grids(left).eq(grids(right)), features(left).eq(features(right))) {
                (false, true) => found.grid.push(edge),
                (true, false) => found.net.push(edge),
                _ => {}
            }
        }
        found
    }

    /// The disagreeing segments of a group by its grids: those in or on a grid; outside of all of
    /// them, those of the features that `features_of` gives for a grid.
    pub fn by_grid(
        &self,
        group: &Group,
        found: &Disagreeing,
        features_of: &[Vec<usize>],
    ) -> Vec<Disagreeing> {
        let grids = Members::of(&group.grids);
        let place = |grid: usize| group.grids.binary_search(&grid).ok();
        let mut grids_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, features) in features_of.iter().enumerate() {
            features.iter().for_each(|&f| grids_of.entry(f).or_default().push(at));
        }
        let concerned = |edge: HalfEdge| -> Vec<usize> {
            let faces = [self.arrangement.face(edge), self.arrangement.face(edge ^ 1)];
            let inside = faces.iter().flat_map(|&face| self.grids_at(face));
            let mut at: Vec<usize> = inside.filter(|&g| grids.has(g)).filter_map(place).collect();
            if at.is_empty() {
                let features = faces.iter().flat_map(|&face| self.features_at(face));
                at = features.filter_map(|f| grids_of.get(&f)).flatten().copied().collect();
            }
            at.sort_unstable();
            at.dedup();
            at
        };
        let mut parts: Vec<Disagreeing> =
            group.grids.iter().map(|_| Disagreeing::default()).collect();
        for &edge in &found.grid {
            concerned(edge).into_iter().for_each(|at| parts[at].grid.push(edge));
        }
        for &edge in &found.net {
            concerned(edge).into_iter().for_each(|at| parts[at].net.push(edge));
        }
        parts
    }

    /// Metres per grid step where a border is: one plane for all that is compared with it.
    pub fn scale_at(&self, edges: &[HalfEdge]) -> (f64, f64) {
        let a = self.arrangement;
        let at = edges.first().map(|&e| a.point(a.origin(e))).unwrap_or_default();
        a.frame().scale(at)
    }

    /// Half-edges as segments in metres.
    pub fn segments(&self, edges: &[HalfEdge], scale: (f64, f64)) -> Vec<[[f64; 2]; 2]> {
        let a = self.arrangement;
        let metres = |v: u32| [a.point(v).x as f64 * scale.0, a.point(v).y as f64 * scale.1];
        edges.iter().map(|&e| [metres(a.origin(e)), metres(a.origin(e ^ 1))]).collect()
    }

    /// A place of [`Overlay::segments`] back in degrees.
    pub fn place(&self, p: [f64; 2], scale: (f64, f64)) -> LonLat {
        self.arrangement.frame().to_lonlat(GridPoint {
            x: (p[0] / scale.0).round() as i64,
            y: (p[1] / scale.1).round() as i64,
        })
    }

    /// Half-edges joined to lines, each with its length in metres.
    pub fn lines(&self, edges: &[HalfEdge]) -> Vec<(Vec<LonLat>, f64)> {
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
                let (mut line, mut length_m) = (vec![a.place(start)], 0.0);
                let mut here = start;
                while let Some(&i) = at[&here].iter().find(|&&i| !used[i]) {
                    used[i] = true;
                    let (from, to) = (a.origin(edges[i]), a.origin(edges[i] ^ 1));
                    here = if here == from { to } else { from };
                    line.push(a.place(here));
                    length_m += a.length_m(edges[i]);
                    if at[&here].len() != 2 {
                        break;
                    }
                }
                if line.len() < 2 {
                    break;
                }
                lines.push((line, length_m));
            }
        }
        lines
    }
}
