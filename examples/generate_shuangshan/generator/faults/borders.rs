//! Borders between grids: finding stretches of them, and moving them.

use super::super::mesh::{Mesh, Node};
use super::super::network::Class;
use super::super::plane::{Place, Vertex, along, at, centroid, inside, length};

/// A ring of vertices, counter-clockwise.
pub type Ring = Vec<Vertex>;

/// A stretch of the border between two grids: the first on its left, the second on its right.
#[derive(Clone)]
pub struct Stretch {
    /// The grid on its left.
    pub left: usize,
    /// The grid on its right.
    pub right: usize,
    /// Its nodes in order.
    pub nodes: Vec<Node>,
}

/// The share of the way from a stretch's ends over which a moved border comes to its full offset.
const TAPER: f64 = 0.14;

/// The places of a ring's vertices.
pub fn places(ring: &[Vertex]) -> Vec<Place> {
    ring.iter().map(|v| v.place()).collect()
}

/// The longest common border of two rings, in the first ring's order.
pub fn shared<T: Copy + PartialEq>(a: &[T], b: &[T]) -> Vec<T> {
    let edge_in_b = |u: T, v: T| (0..b.len()).any(|i| b[i] == v && b[(i + 1) % b.len()] == u);
    let n = a.len();
    let common: Vec<bool> = (0..n).map(|i| edge_in_b(a[i], a[(i + 1) % n])).collect();
    let mut best = Vec::new();
    for start in (0..n).filter(|&i| common[i] && !common[(i + n - 1) % n]) {
        let run = (0..n).take_while(|k| common[(start + k) % n]).count();
        if run + 1 > best.len() {
            best = (0..=run).map(|k| a[(start + k) % n]).collect();
        }
    }
    best
}

/// Replaces a run of vertices in a ring, given in the ring's order; the ends stay.
pub fn replace(ring: &mut Ring, old: &[Vertex], new: &[Vertex]) {
    let n = ring.len();
    if let Some(start) = (0..n).find(|&i| (0..old.len()).all(|k| ring[(i + k) % n] == old[k])) {
        let rest = (old.len()..n).map(|k| ring[(start + k) % n]);
        *ring = new.iter().copied().chain(rest).collect();
    }
}

/// A line the other way round.
pub fn reversed(line: &[Vertex]) -> Vec<Vertex> {
    line.iter().rev().copied().collect()
}

/// A stretch's line moved to the right by an offset in metres, tapered to its ends, which stay.
pub fn moved_right(line: &[Place], offset: f64) -> Vec<Vertex> {
    let total = length(line);
    let mut stops: Vec<f64> = vec![TAPER * total, (1.0 - TAPER) * total];
    let mut run = 0.0;
    for w in line.windows(2) {
        run += (w[1] - w[0]).norm();
        if run > (TAPER + 0.06) * total && run < (0.94 - TAPER) * total {
            stops.push(run);
        }
    }
    stops.sort_by(f64::total_cmp);
    let chord = (line[line.len() - 1] - line[0]).unit();
    let mut moved = vec![line[0].vertex()];
    for stop in stops {
        let (place, direction) = along(line, stop);
        let normal = (direction + chord).unit().left() * -1.0;
        moved.push((place + normal * offset).vertex());
    }
    moved.push(line[line.len() - 1].vertex());
    moved
}

/// How straight a line is: 1 for a straight one.
pub fn straightness(line: &[Place]) -> f64 {
    (line[line.len() - 1] - line[0]).norm() / length(line)
}

/// What everything is planted in.
pub struct Ground<'a> {
    /// The units.
    pub mesh: &'a Mesh,
    /// The grid of each face.
    pub grid_of: &'a [usize],
    /// The grids of each community.
    pub community: [std::ops::Range<usize>; 4],
    /// The outlines of the grids.
    pub outlines: Vec<Vec<Node>>,
}

impl Ground<'_> {
    /// The places of a stretch.
    pub fn line(&self, stretch: &Stretch) -> Vec<Place> {
        self.mesh.places(&stretch.nodes)
    }

    /// The vertices of a stretch.
    pub fn vertices(&self, stretch: &Stretch) -> Vec<Vertex> {
        self.mesh.vertices(&stretch.nodes)
    }

    /// The rings of all grids.
    pub fn rings(&self) -> Vec<Ring> {
        self.outlines.iter().map(|o| self.mesh.vertices(o)).collect()
    }

    /// The straightest stretches of a wanted length along wide ways, between grids of a community.
    pub fn stretches(&self, community: usize, least: f64, most: f64) -> Vec<Stretch> {
        let grids = self.community[community].clone();
        let mut found: Vec<(f64, Stretch)> = Vec::new();
        for left in grids.clone() {
            for right in grids.clone().filter(|&r| r != left) {
                let arc = shared(&self.outlines[left], &self.outlines[right]);
                for i in 0..arc.len() {
                    for j in i + 1..arc.len() {
                        let nodes = arc[i..=j].to_vec();
                        let line = self.mesh.places(&nodes);
                        let fits = (least..=most).contains(&length(&line));
                        let wide = nodes.windows(2).all(|w| self.is_wide(w[0], w[1]));
                        if fits && wide {
                            // Away from the border's ends, where a third grid or the edge of
                            // the subdistrict comes near.
                            let before = length(&self.mesh.places(&arc[..=i]));
                            let after = length(&self.mesh.places(&arc[j..]));
                            let away = before.min(after).min(80.0) / 80.0;
                            let score = straightness(&line) + 0.4 * away;
                            found.push((score, Stretch { left, right, nodes }));
                        }
                    }
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.into_iter().map(|f| f.1).collect()
    }

    fn is_wide(&self, a: Node, b: Node) -> bool {
        let class = self.mesh.way(a, b).map(|w| self.mesh.ways[w].class);
        matches!(class, Some(Class::Secondary | Class::Arterial | Class::Stream))
    }

    /// The unit on the right of a stretch when it is one unit along its whole length.
    pub fn unit_right(&self, stretch: &Stretch) -> Option<usize> {
        let back: Vec<Node> = stretch.nodes.iter().rev().copied().collect();
        (0..self.mesh.faces.len()).find(|&f| {
            let ring = &self.mesh.faces[f];
            let n = ring.len();
            (0..n).any(|i| (0..back.len()).all(|k| ring[(i + k) % n] == back[k]))
        })
    }
}

/// The ring between a line and what replaces it.
pub fn slit(old: &[Place], new: &[Vertex]) -> Vec<Place> {
    let mut ring = old.to_vec();
    ring.extend(new[1..new.len() - 1].iter().rev().map(|v| v.place()));
    ring
}

/// The place half-way along a line.
pub fn middle_of(line: &[Place]) -> Place {
    along(line, length(line) / 2.0).0
}

/// The share of a ring's area that another ring holds, by counting lattice places.
pub fn share_inside(ring: &[Place], other: &[Place]) -> f64 {
    let (mut all, mut held) = (0.0, 0.0);
    let middle = centroid(ring);
    for i in -150..=150 {
        for j in -150..=150 {
            let p = middle + at(f64::from(i) * 2.5, f64::from(j) * 2.5);
            if inside(ring, p) {
                all += 1.0;
                held += f64::from(u8::from(inside(other, p)));
            }
        }
    }
    if all > 0.0 { held / all } else { 0.0 }
}
