//! Voronoi cells on the integer grid.

use super::frame::GridPoint;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// A corner of a cell under construction: its place, and what bounds the cell behind it.
#[derive(Clone, Copy, Debug)]
struct Corner {
    at: [f64; 2],
    /// The edge that begins here: a site whose bisector it is, or a side of the window.
    edge: Edge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Site(usize),
    /// Sides of the window: south, east, north, west.
    Side(usize),
}

/// Shift in grid steps beyond which a corner that was worked out again is not believed: its lines
/// are nearly parallel.
const ASTRAY: f64 = 1000.0;

/// The Voronoi cell of each site inside the window from `low` to `high`, counter-clockwise. Sites
/// are different from each other and lie in the window; a cell that the grid swallows is empty.
///
/// Each cell is the window clipped by the bisectors with the other sites, the nearest first,
/// until no farther site can reach it: O(n log n) for evenly spread sites. A corner is worked out
/// from the sites that meet there, in the order of their places, so that all of its cells round it
/// to the same grid point.
pub fn voronoi_cells(sites: &[GridPoint], low: GridPoint, high: GridPoint) -> Vec<Vec<GridPoint>> {
    let place = |p: GridPoint| [(p.x - low.x) as f64, (p.y - low.y) as f64];
    let places: Vec<[f64; 2]> = sites.iter().map(|&p| place(p)).collect();
    let far = place(high);
    let leaves = places.iter().enumerate().map(|(n, &p)| GeomWithData::new(p, n)).collect();
    let tree = RTree::bulk_load(leaves);
    (0..sites.len())
        .map(|own| {
            let cell = clip_cell(own, &places, &tree, far);
            let corner = |i: usize| {
                let before = cell[(i + cell.len() - 1) % cell.len()].edge;
                let [x, y] = settle(own, before, cell[i], &places, far);
                let step = |v: f64, most: f64| v.round().clamp(0.0, most) as i64;
                GridPoint { x: low.x + step(x, far[0]), y: low.y + step(y, far[1]) }
            };
            let mut ring: Vec<GridPoint> = (0..cell.len()).map(corner).collect();
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() < 3 { Vec::new() } else { ring }
        })
        .collect()
}

fn clip_cell(
    own: usize,
    places: &[[f64; 2]],
    tree: &RTree<GeomWithData<[f64; 2], usize>>,
    far: [f64; 2],
) -> Vec<Corner> {
    let here = places[own];
    let distance_2 = |p: [f64; 2]| (p[0] - here[0]).powi(2) + (p[1] - here[1]).powi(2);
    let corners = [[0.0, 0.0], [far[0], 0.0], far, [0.0, far[1]]];
    let mut cell: Vec<Corner> =
        (0..4).map(|i| Corner { at: corners[i], edge: Edge::Side(i) }).collect();
    for leaf in tree.nearest_neighbor_iter(here) {
        let (other, there) = (leaf.data, *leaf.geom());
        let widest = cell.iter().map(|corner| distance_2(corner.at)).fold(0.0, f64::max);
        if distance_2(there) > 4.0 * widest {
            break;
        }
        if other != own {
            clip(&mut cell, here, there, Edge::Site(other));
        }
    }
    cell
}

/// Keeps what is nearer to `here` than to `there`.
fn clip(cell: &mut Vec<Corner>, here: [f64; 2], there: [f64; 2], edge: Edge) {
    let way = [there[0] - here[0], there[1] - here[1]];
    let middle = [(there[0] + here[0]) / 2.0, (there[1] + here[1]) / 2.0];
    let beyond = |p: [f64; 2]| (p[0] - middle[0]) * way[0] + (p[1] - middle[1]) * way[1];
    if cell.iter().all(|corner| beyond(corner.at) <= 0.0) {
        return;
    }
    let mut kept = Vec::with_capacity(cell.len() + 1);
    for (i, &corner) in cell.iter().enumerate() {
        let next = cell[(i + 1) % cell.len()];
        let (from, to) = (beyond(corner.at), beyond(next.at));
        if from <= 0.0 {
            kept.push(corner);
        }
        if (from <= 0.0) != (to <= 0.0) {
            let t = from / (from - to);
            let at = std::array::from_fn(|k| corner.at[k] + t * (next.at[k] - corner.at[k]));
            kept.push(Corner { at, edge: if from <= 0.0 { edge } else { corner.edge } });
        }
    }
    *cell = kept;
}

/// A corner worked out from the sites and sides that meet there, whichever cell asks.
fn settle(
    own: usize,
    before: Edge,
    corner: Corner,
    places: &[[f64; 2]],
    far: [f64; 2],
) -> [f64; 2] {
    let order = |a: &usize, b: &usize| places[*a].partial_cmp(&places[*b]);
    let sorted = |mut sites: Vec<usize>| {
        sites.sort_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
        sites.into_iter().map(|s| places[s]).collect::<Vec<_>>()
    };
    let found = match (before.min(corner.edge), before.max(corner.edge)) {
        (Edge::Site(a), Edge::Site(b)) => {
            let s = sorted(vec![own, a, b]);
            meet(bisector(s[0], s[1]), bisector(s[0], s[2]))
        }
        (Edge::Site(a), Edge::Side(side)) => {
            let s = sorted(vec![own, a]);
            let line = match side {
                0 => [0.0, 1.0, 0.0],
                1 => [1.0, 0.0, far[0]],
                2 => [0.0, 1.0, far[1]],
                _ => [1.0, 0.0, 0.0],
            };
            meet(bisector(s[0], s[1]), line)
        }
        _ => return corner.at,
    };
    let near = |p: &[f64; 2]| (p[0] - corner.at[0]).hypot(p[1] - corner.at[1]) <= ASTRAY;
    found.filter(near).unwrap_or(corner.at)
}

/// The line of equal distance from two places, as a x + b y = c.
fn bisector(p: [f64; 2], q: [f64; 2]) -> [f64; 3] {
    let (a, b) = (q[0] - p[0], q[1] - p[1]);
    [a, b, (a * (q[0] + p[0]) + b * (q[1] + p[1])) / 2.0]
}

/// Where two lines meet.
fn meet(l: [f64; 3], m: [f64; 3]) -> Option<[f64; 2]> {
    let d = l[0] * m[1] - m[0] * l[1];
    let at = [(l[2] * m[1] - m[2] * l[1]) / d, (l[0] * m[2] - m[0] * l[2]) / d];
    at.iter().all(|v| v.is_finite()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::exact::doubled_area;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    #[test]
    fn one_site_has_the_window_and_two_share_it() {
        let whole = voronoi_cells(&[p(3, 3)], p(0, 0), p(10, 10));
        assert_eq!(whole, [vec![p(0, 0), p(10, 0), p(10, 10), p(0, 10)]]);
        let halves = voronoi_cells(&[p(2, 5), p(8, 5)], p(0, 0), p(10, 10));
        assert_eq!(halves[0], [p(0, 0), p(5, 0), p(5, 10), p(0, 10)]);
    }

    #[test]
    fn cells_tile_the_window_and_hold_what_is_nearest() {
        let mut state = 7u64;
        let mut roll = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % most) as i64
        };
        let mut sites: Vec<GridPoint> = (0..500).map(|_| p(roll(400_000), roll(300_000))).collect();
        sites.sort_unstable();
        sites.dedup();
        let cells = voronoi_cells(&sites, p(0, 0), p(400_000, 300_000));
        let doubled: i128 = cells.iter().map(|c| doubled_area(c.iter().copied())).sum();
        assert_eq!(doubled, 2 * 400_000 * 300_000, "not a step is lost or held twice");
        for (site, cell) in sites.iter().zip(&cells) {
            for corner in cell {
                let to = |s: &GridPoint| ((s.x - corner.x) as f64).hypot((s.y - corner.y) as f64);
                let nearest = sites.iter().map(to).fold(f64::INFINITY, f64::min);
                assert!(to(site) - nearest < 2.0, "a corner of a cell is nearest to its site");
            }
        }
    }

    #[test]
    fn sites_on_a_line_and_on_a_grid_tile_too() {
        let row: Vec<GridPoint> = (0..50).map(|i| p(10 + 20 * i, 500)).collect();
        let grid: Vec<GridPoint> =
            (0..100).map(|i| p(50 + 100 * (i % 10), 50 + 100 * (i / 10))).collect();
        for sites in [row, grid] {
            let cells = voronoi_cells(&sites, p(0, 0), p(1000, 1000));
            let doubled: i128 = cells.iter().map(|c| doubled_area(c.iter().copied())).sum();
            assert_eq!(doubled, 2_000_000);
        }
    }
}
