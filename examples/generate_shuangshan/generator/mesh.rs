//! A planar mesh: ways between shared nodes, and the faces they enclose.
//!
//! Every face lists every node on its border, so neighbours always share whole edges: a node that
//! is put on an edge is put into all faces and ways that have the edge.

use super::network::{Class, Drawn, RENAMED};
use super::plane::{Place, Vertex, area, crossing};
use std::collections::{BTreeMap, BTreeSet};

/// Number of a node.
pub type Node = usize;

/// A road, stream or hill foot as it runs through the mesh.
#[derive(Clone, Debug)]
pub struct Way {
    /// Name.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// Whether a community border runs along it.
    pub community_border: bool,
    /// Its nodes in order.
    pub path: Vec<Node>,
}

/// Nodes, ways and faces.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    vertices: Vec<Vertex>,
    by_vertex: BTreeMap<Vertex, Node>,
    /// The ways.
    pub ways: Vec<Way>,
    way_of_edge: BTreeMap<(Node, Node), usize>,
    /// The faces, each a counter-clockwise ring of nodes.
    pub faces: Vec<Vec<Node>>,
}

fn key(a: Node, b: Node) -> (Node, Node) {
    (a.min(b), a.max(b))
}

impl Mesh {
    /// The mesh of lines that cross anywhere: crossings become nodes, loose ends are cut off.
    pub fn from_lines(lines: Vec<Drawn>) -> Self {
        let mut mesh = Self::default();
        let stops = crossings(&lines);
        for (drawn, stops) in lines.into_iter().zip(stops) {
            let mut path: Vec<Node> = Vec::new();
            for place in stops {
                let node = mesh.node(place);
                if path.last() != Some(&node) {
                    path.push(node);
                }
            }
            mesh.ways.push(Way {
                name: drawn.name,
                class: drawn.class,
                community_border: drawn.community_border,
                path,
            });
        }
        mesh.cut_loose_ends();
        for (name, crossed, beyond) in RENAMED {
            mesh.rename_beyond(name, crossed, beyond);
        }
        mesh.drop_crowded_nodes();
        mesh.index_edges();
        mesh.trace_faces();
        mesh
    }

    /// The node at a place, new if there is none yet.
    pub fn node(&mut self, place: Place) -> Node {
        let vertex = place.vertex();
        let next = self.vertices.len();
        let node = *self.by_vertex.entry(vertex).or_insert(next);
        if node == next {
            self.vertices.push(vertex);
        }
        node
    }

    /// Where a node is.
    pub fn place(&self, node: Node) -> Place {
        self.vertices[node].place()
    }

    /// The nodes' vertices.
    pub fn vertices(&self, nodes: &[Node]) -> Vec<Vertex> {
        nodes.iter().map(|&n| self.vertices[n]).collect()
    }

    /// The nodes' places.
    pub fn places(&self, nodes: &[Node]) -> Vec<Place> {
        nodes.iter().map(|&n| self.place(n)).collect()
    }

    /// The way along an edge.
    pub fn way(&self, a: Node, b: Node) -> Option<usize> {
        self.way_of_edge.get(&key(a, b)).copied()
    }

    /// Length of an edge in metres.
    pub fn edge_length(&self, a: Node, b: Node) -> f64 {
        (self.place(a) - self.place(b)).norm()
    }

    /// Cuts a way in two at its crossing with another; the part beyond gets a name of its own.
    fn rename_beyond(&mut self, name: &str, crossed: &str, beyond: &str) {
        let find = |name: &str| self.ways.iter().position(|way| way.name == name);
        let (Some(way), Some(other)) = (find(name), find(crossed)) else { return };
        let other = &self.ways[other].path;
        if let Some(cut) = self.ways[way].path.iter().position(|n| other.contains(n)) {
            let mut rest = self.ways[way].clone();
            self.ways[way].path.truncate(cut + 1);
            rest.path.drain(..cut);
            rest.name = beyond.to_owned();
            self.ways.push(rest);
        }
    }

    fn degrees(&self) -> BTreeMap<Node, usize> {
        let mut degrees = BTreeMap::new();
        for way in &self.ways {
            for w in way.path.windows(2) {
                *degrees.entry(w[0]).or_default() += 1;
                *degrees.entry(w[1]).or_default() += 1;
            }
        }
        degrees
    }

    fn cut_loose_ends(&mut self) {
        loop {
            let degrees = self.degrees();
            let loose = |n: &Node| degrees.get(n) == Some(&1);
            let mut cut = false;
            for way in &mut self.ways {
                while way.path.len() > 1 && way.path.last().is_some_and(loose) {
                    way.path.pop();
                    cut = true;
                    if way.path.last().is_some_and(|n| degrees[n] > 2) {
                        break;
                    }
                }
                while way.path.len() > 1 && way.path.first().is_some_and(loose) {
                    way.path.remove(0);
                    cut = true;
                    if way.path.first().is_some_and(|n| degrees[n] > 2) {
                        break;
                    }
                }
            }
            if !cut {
                self.ways.retain(|way| way.path.len() > 1);
                return;
            }
        }
    }

    /// Drops the nodes of curves that lie within a few metres of a crossing.
    fn drop_crowded_nodes(&mut self) {
        const CROWDED_M: f64 = 9.0;
        let degrees = self.degrees();
        for way in 0..self.ways.len() {
            let path = self.ways[way].path.clone();
            let mut kept = vec![path[0]];
            for i in 1..path.len() {
                let before = kept[kept.len() - 1];
                let crowded = self.edge_length(before, path[i]) < CROWDED_M;
                if crowded && kept.len() > 1 && degrees[&before] == 2 {
                    kept.pop();
                } else if crowded && i + 1 < path.len() && degrees[&path[i]] == 2 {
                    continue;
                }
                kept.push(path[i]);
            }
            self.ways[way].path = kept;
        }
    }

    fn index_edges(&mut self) {
        self.way_of_edge.clear();
        for (i, way) in self.ways.iter().enumerate() {
            for w in way.path.windows(2) {
                self.way_of_edge.insert(key(w[0], w[1]), i);
            }
        }
    }

    fn trace_faces(&mut self) {
        let mut around: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for &(a, b) in self.way_of_edge.keys() {
            around.entry(a).or_default().push(b);
            around.entry(b).or_default().push(a);
        }
        for (&node, ends) in &mut around {
            let centre = self.place(node);
            ends.sort_by(|&a, &b| {
                let (a, b) = (self.place(a) - centre, self.place(b) - centre);
                let half = |p: Place| p.y < 0.0 || (p.y == 0.0 && p.x < 0.0);
                half(a).cmp(&half(b)).then(b.cross(a).total_cmp(&0.0))
            });
        }
        let mut seen = BTreeSet::new();
        for (&from, ends) in &around {
            for &to in ends {
                let mut ring = Vec::new();
                let (mut a, mut b) = (from, to);
                while seen.insert((a, b)) {
                    ring.push(a);
                    let ends = &around[&b];
                    let back = ends.iter().position(|&n| n == a).unwrap_or(0);
                    (a, b) = (b, ends[(back + ends.len() - 1) % ends.len()]);
                }
                if ring.len() > 2 && area(&self.places(&ring)) > 0.0 {
                    self.faces.push(ring);
                }
            }
        }
    }

    /// Puts a node on an edge, for everything that has the edge.
    pub fn insert(&mut self, a: Node, b: Node, place: Place) -> Node {
        let node = self.node(place);
        if node == a || node == b {
            return node;
        }
        for face in &mut self.faces {
            let n = face.len();
            let spot = (0..n).find(|&i| key(face[i], face[(i + 1) % n]) == key(a, b));
            if let Some(i) = spot {
                face.insert(i + 1, node);
            }
        }
        if let Some(way) = self.way_of_edge.remove(&key(a, b)) {
            let path = &mut self.ways[way].path;
            if let Some(i) = path.windows(2).position(|w| key(w[0], w[1]) == key(a, b)) {
                path.insert(i + 1, node);
            }
            self.way_of_edge.insert(key(a, node), way);
            self.way_of_edge.insert(key(node, b), way);
        }
        node
    }

    /// Splits a face along a lane between two of its nodes; the new face comes last.
    pub fn split(&mut self, face: usize, name: String, path: Vec<Node>) {
        let ring = self.faces[face].clone();
        let spot = |node| ring.iter().position(|&n| n == node).unwrap_or(0);
        let (from, to) = (spot(path[0]), spot(path[path.len() - 1]));
        let turn = |from: usize, to: usize| {
            let n = ring.len();
            (0..(to + n - from) % n).map(|i| ring[(from + i) % n]).collect::<Vec<_>>()
        };
        // Left of the lane: the lane, then the ring back to its start; right: the other way round.
        let mut left = path[..path.len() - 1].to_vec();
        left.extend(turn(to, from));
        let mut right: Vec<Node> = path[1..].iter().rev().copied().collect();
        right.extend(turn(from, to));
        self.faces[face] = left;
        self.faces.push(right);
        let way = self.ways.len();
        for w in path.windows(2) {
            self.way_of_edge.insert(key(w[0], w[1]), way);
        }
        self.ways.push(Way { name, class: Class::Lane, community_border: false, path });
    }

    /// The faces on either side of each edge: left and right of the direction low → high node.
    pub fn neighbours(&self) -> BTreeMap<(Node, Node), Vec<usize>> {
        let mut sides: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (i, face) in self.faces.iter().enumerate() {
            for j in 0..face.len() {
                sides.entry(key(face[j], face[(j + 1) % face.len()])).or_default().push(i);
            }
        }
        sides
    }

    /// The outline of several faces, or `None` when it is not one simple ring.
    pub fn outline(&self, faces: impl IntoIterator<Item = usize>) -> Option<Vec<Node>> {
        let mut next: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        let mut edges = BTreeSet::new();
        for face in faces {
            let ring = &self.faces[face];
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                if !edges.remove(&(b, a)) {
                    edges.insert((a, b));
                }
            }
        }
        for &(a, b) in &edges {
            next.entry(a).or_default().push(b);
        }
        let start = *next.keys().next()?;
        let mut ring = vec![start];
        loop {
            let ends = &next[ring.last()?];
            if ends.len() > 1 {
                return None;
            }
            if ends[0] == start {
                break;
            }
            ring.push(ends[0]);
        }
        (ring.len() == edges.len()).then_some(ring)
    }
}

/// For each line its vertices with the crossings in between, in order.
fn crossings(lines: &[Drawn]) -> Vec<Vec<Place>> {
    let mut stops: Vec<Vec<Vec<(f64, Place)>>> =
        lines.iter().map(|l| vec![Vec::new(); l.line.len() - 1]).collect();
    for i in 0..lines.len() {
        for j in i + 1..lines.len() {
            for (s, a) in lines[i].line.windows(2).enumerate() {
                for (t, b) in lines[j].line.windows(2).enumerate() {
                    if let Some((u, v)) = crossing((a[0], a[1]), (b[0], b[1])) {
                        let place = (a[0] + (a[1] - a[0]) * u).snapped();
                        stops[i][s].push((u, place));
                        stops[j][t].push((v, place));
                    }
                }
            }
        }
    }
    let sorted = |mut stops: Vec<(f64, Place)>| {
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        stops.into_iter().map(|(_, place)| place)
    };
    lines
        .iter()
        .zip(stops)
        .map(|(drawn, stops)| {
            let mut line = Vec::new();
            for (&vertex, stops) in drawn.line.iter().zip(stops) {
                line.push(vertex);
                line.extend(sorted(stops));
            }
            line.push(drawn.line[drawn.line.len() - 1]);
            line
        })
        .collect()
}
