//! The graph of units: who touches whom, along how many metres.

/// An edge between two units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// One unit; less than `b`.
    pub a: u32,
    /// The other unit.
    pub b: u32,
    /// Length of the common border in metres; `None` for a graph without geometry.
    pub length_m: Option<f64>,
    /// Whether most of the common border follows a road or a barrier.
    pub barrier: bool,
}

/// An undirected graph in compressed rows.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    edges: Vec<Edge>,
    offsets: Vec<u32>,
    /// For each unit in turn: neighbour and index of the edge.
    rows: Vec<(u32, u32)>,
}

impl Graph {
    /// A graph of `units` units. Loops are dropped; of parallel edges the first stays.
    pub fn new(units: usize, edges: impl IntoIterator<Item = Edge>) -> Self {
        let mut edges: Vec<Edge> = edges
            .into_iter()
            .filter(|e| e.a != e.b)
            .map(|e| Edge { a: e.a.min(e.b), b: e.a.max(e.b), ..e })
            .collect();
        edges.sort_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let mut offsets = vec![0u32; units + 1];
        for e in &edges {
            offsets[e.a as usize + 1] += 1;
            offsets[e.b as usize + 1] += 1;
        }
        for u in 0..units {
            offsets[u + 1] += offsets[u];
        }
        let mut place = offsets.clone();
        let mut rows = vec![(0, 0); edges.len() * 2];
        for (index, e) in edges.iter().enumerate() {
            for (u, v) in [(e.a, e.b), (e.b, e.a)] {
                let slot = &mut place[u as usize];
                rows[*slot as usize] = (v, index as u32);
                *slot += 1;
            }
        }
        Self { edges, offsets, rows }
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The edges, sorted by their units.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Neighbours of a unit, each with the index of the edge.
    pub fn neighbours(&self, unit: usize) -> &[(u32, u32)] {
        &self.rows[self.offsets[unit] as usize..self.offsets[unit + 1] as usize]
    }

    /// The pieces into which units fall when only edges between units of the same `class` count:
    /// the number of each unit's piece, and how many there are. Pieces are numbered by their
    /// first unit. O(units + edges).
    pub fn pieces<C: PartialEq>(&self, class: impl Fn(usize) -> C) -> (Vec<u32>, usize) {
        let mut piece = vec![u32::MAX; self.len()];
        let mut pieces = 0;
        let mut todo = Vec::new();
        for start in 0..self.len() {
            if piece[start] != u32::MAX {
                continue;
            }
            piece[start] = pieces;
            todo.push(start);
            while let Some(u) = todo.pop() {
                for &(v, _) in self.neighbours(u) {
                    let v = v as usize;
                    if piece[v] == u32::MAX && class(u) == class(v) {
                        piece[v] = pieces;
                        todo.push(v);
                    }
                }
            }
            pieces += 1;
        }
        (piece, pieces as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: u32, b: u32) -> Edge {
        Edge { a, b, length_m: None, barrier: false }
    }

    #[test]
    fn rows_hold_both_ends_and_neither_loops_nor_doubles() {
        let graph = Graph::new(4, [edge(1, 0), edge(0, 1), edge(2, 2), edge(1, 2)]);
        assert_eq!(graph.edges().len(), 2);
        assert_eq!(graph.neighbours(1), [(0, 0), (2, 1)]);
        assert_eq!(graph.neighbours(3), []);
    }

    #[test]
    fn pieces_follow_classes() {
        let graph = Graph::new(5, [edge(0, 1), edge(1, 2), edge(2, 3)]);
        assert_eq!(graph.pieces(|_| 0), (vec![0, 0, 0, 0, 1], 2));
        assert_eq!(graph.pieces(|u| u < 2), (vec![0, 0, 1, 1, 2], 3));
    }
}
