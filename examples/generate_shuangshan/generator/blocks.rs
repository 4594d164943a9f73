//! From the skeleton's blocks to planning units: large blocks are divided by lanes.

use super::mesh::{Mesh, Node};
use super::network::{Class, HILLS};
use super::plane::{
    Place, area, at, centroid, crossing, inside, main_axis, perimeter, ring_distance, sides,
};
use super::random::Random;

/// Where a lane would start, run and end.
struct Lane {
    start: (Node, Node, Place),
    middle: Vec<Place>,
    end: (Node, Node, Place),
    score: f64,
}

/// Divides every block that is larger than a unit should be, until none is.
pub fn divide(mesh: &mut Mesh, random: &mut Random) {
    let mut face = 0;
    while face < mesh.faces.len() {
        let limit = random.between(39_000.0, 62_000.0);
        let ring = mesh.places(&mesh.faces[face]);
        let size = area(&ring);
        if size < limit || is_hill(mesh, face) {
            face += 1;
            continue;
        }
        match best_lane(mesh, face, random) {
            Some(lane) => {
                let start = mesh.insert(lane.start.0, lane.start.1, lane.start.2);
                let end = mesh.insert(lane.end.0, lane.end.1, lane.end.2);
                let mut path = vec![start];
                path.extend(lane.middle.iter().map(|&p| mesh.node(p)));
                path.push(end);
                mesh.split(face, String::new(), path);
            }
            None => face += 1,
        }
    }
}

/// Whether a face is one of the hills.
pub fn is_hill(mesh: &Mesh, face: usize) -> bool {
    let ring = mesh.places(&mesh.faces[face]);
    HILLS.iter().any(|&(_, middle)| inside(&ring, middle))
}

fn best_lane(mesh: &Mesh, face: usize, random: &mut Random) -> Option<Lane> {
    let nodes = &mesh.faces[face];
    let ring = mesh.places(nodes);
    let (middle, axis, size) = (centroid(&ring), main_axis(&ring), area(&ring));
    let reach = size.sqrt();
    let mut best: Option<Lane> = None;
    for attempt in 0..90 {
        let through = middle
            + axis * (reach * random.between(-0.22, 0.22))
            + axis.left() * (reach * random.between(-0.1, 0.1));
        let lean = axis * random.between(-0.22, 0.22);
        // Across the longer extent first; along it when nothing else fits.
        let across = if attempt < 60 { axis.left() + lean } else { axis + lean.left() };
        if let Some(lane) = lane_through(mesh, nodes, &ring, through, across.unit(), random)
            && best.as_ref().is_none_or(|b| lane.score > b.score)
        {
            best = Some(lane);
        }
    }
    best
}

/// A curved lane through a place, across a face, if it is a sensible one.
fn lane_through(
    mesh: &Mesh,
    nodes: &[Node],
    ring: &[Place],
    through: Place,
    direction: Place,
    random: &mut Random,
) -> Option<Lane> {
    let sag = random.between(-0.09, 0.09);
    if !inside(ring, through) {
        return None;
    }
    let start = hit(mesh, nodes, ring, through, direction * -1.0)?;
    let end = hit(mesh, nodes, ring, through, direction)?;
    let (from, to) = (start.2, end.2);
    let chord = to - from;
    let pieces = (chord.norm() / 38.0).round().max(2.0) as usize;
    let middle: Vec<Place> = (1..pieces)
        .map(|k| {
            let t = k as f64 / pieces as f64;
            (from + chord * t + chord.left() * (sag * 4.0 * t * (1.0 - t))).snapped()
        })
        .collect();
    let clear = middle.iter().all(|&p| {
        let near_end = (p - from).norm().min((p - to).norm());
        inside(ring, p) && ring_distance(ring, p) > (0.55 * near_end).min(26.0)
    });
    let mut path = vec![from];
    path.extend(&middle);
    path.push(to);
    let touches = path
        .windows(2)
        .enumerate()
        .flat_map(|(i, w)| sides(ring).map(move |side| (i, (w[0], w[1]), side)))
        .any(|(i, step, side)| {
            crossing(step, side).is_some_and(|(t, _)| {
                let at_start = i == 0 && t < 1e-3;
                let at_end = i + 2 == path.len() && t > 1.0 - 1e-3;
                !(at_start || at_end)
            })
        });
    if !clear || touches {
        return None;
    }
    let score = shape_score(ring, &path)?;
    Some(Lane { start, middle, end, score })
}

/// The first side of the ring that a ray meets; at a corner if there is one close by.
fn hit(
    mesh: &Mesh,
    nodes: &[Node],
    ring: &[Place],
    from: Place,
    direction: Place,
) -> Option<(Node, Node, Place)> {
    let ray = (from, from + direction * 2_000.0);
    let (t, i, share) = (0..ring.len())
        .filter_map(|i| {
            let side = (ring[i], ring[(i + 1) % ring.len()]);
            crossing(ray, side).map(|(t, share)| (t, i, share))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let (a, b) = (nodes[i], nodes[(i + 1) % nodes.len()]);
    let length = mesh.edge_length(a, b);
    let slant = (mesh.place(b) - mesh.place(a)).unit().dot(direction).abs();
    if slant > 0.6 {
        return None;
    }
    const CLOSE_M: f64 = 11.0;
    let place = if share * length < CLOSE_M {
        mesh.place(a)
    } else if (1.0 - share) * length < CLOSE_M {
        mesh.place(b)
    } else {
        (from + direction * (2_000.0 * t)).snapped()
    };
    // A lane into a crossing would make a star of five roads.
    let corner = place == mesh.place(a) && is_junction(mesh, a)
        || place == mesh.place(b) && is_junction(mesh, b);
    (!corner).then_some((a, b, place))
}

fn is_junction(mesh: &Mesh, node: Node) -> bool {
    let ways = mesh.ways.iter().filter(|way| way.path.contains(&node)).count();
    ways > 1
}

/// How well a lane divides a face: even halves of compact shape; `None` when a half is a sliver.
fn shape_score(ring: &[Place], path: &[Place]) -> Option<f64> {
    let halves = halves(ring, path);
    let compactness = |ring: &[Place]| {
        let p = perimeter(ring);
        12.566 * area(ring) / (p * p)
    };
    let worst = halves.iter().map(|h| compactness(h)).fold(1.0, f64::min);
    let smaller = halves.iter().map(|h| area(h)).fold(f64::INFINITY, f64::min);
    let share = smaller / area(ring);
    (share > 0.28 && worst > 0.4 && smaller > 9_000.0).then_some(worst + share)
}

/// The two parts of a ring that a path between two places on it makes.
fn halves(ring: &[Place], path: &[Place]) -> [Vec<Place>; 2] {
    let side_of = |p: Place| {
        let n = ring.len();
        (0..n)
            .map(|i| (super::plane::side_distance(p, (ring[i], ring[(i + 1) % n])), i))
            .fold((f64::INFINITY, 0), |a, b| if b.0 < a.0 { b } else { a })
            .1
    };
    let (from, to) = (side_of(path[0]), side_of(path[path.len() - 1]));
    let turn = |from: usize, to: usize| {
        let n = ring.len();
        (0..(to + n - from) % n)
            .map(move |i| (from + 1 + i) % n)
            .map(|i| ring[i])
            .collect::<Vec<_>>()
    };
    let mut left = path.to_vec();
    left.extend(turn(to, from));
    let mut right: Vec<Place> = path.iter().rev().copied().collect();
    right.extend(turn(from, to));
    [left, right]
}

/// Names the lanes after their community, from west to east.
pub fn name_lanes(mesh: &mut Mesh, community_of: &[usize]) {
    const SHORT: [&str; 4] = ["保儿", "大山", "双山", "蚌埠路"];
    let neighbours = mesh.neighbours();
    let mut lanes: Vec<(usize, f64, usize)> = mesh
        .ways
        .iter()
        .enumerate()
        .filter(|(_, way)| way.class == Class::Lane && way.name.is_empty())
        .filter_map(|(i, way)| {
            let edge = (way.path[0].min(way.path[1]), way.path[0].max(way.path[1]));
            let face = *neighbours.get(&edge)?.first()?;
            let west = way
                .path
                .iter()
                .map(|&n| mesh.place(n))
                .fold(at(f64::MAX, 0.0), |a, b| if b.x < a.x { b } else { a });
            Some((community_of[face], west.x, i))
        })
        .collect();
    lanes.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut counts = [0; 4];
    for (community, _, way) in lanes {
        counts[community] += 1;
        let number = super::words::chinese(counts[community]);
        mesh.ways[way].name = format!("{}{number}支路", SHORT[community]);
    }
}
