//! The largest circle inside a polygon of few edges, without a search.
//!
//! It touches three of the polygon's sides, or of its corners that point inwards (a circle that
//! touches two can be moved or grown until it touches a third). So the circle of every three is
//! tried, and the largest one that lies inside is it. O(n⁴) for n edges: faster than the search
//! while they are few, as they are where one vertex of a border is off.

use super::plane::{Edge, Point, cross};

/// Edges up to which every three are tried.
pub(super) const FEW_EDGES: usize = 6;

/// What a circle touches: a line, from which its centre is as far as it is wide, or a corner.
#[derive(Clone, Copy)]
enum Touched {
    /// The unit normal, towards the inside, and the line's distance from the origin along it.
    Line(Point, f64),
    Corner(Point),
}

/// The centre and the radius of the largest circle inside a ring, whose edges follow each other
/// with the inside on their left.
pub(super) fn largest(ring: &[Edge]) -> Option<(Point, f64)> {
    let touched = sides_and_corners(ring);
    let mut best = Best { ring, circle: None };
    for (i, &first) in touched.iter().enumerate() {
        for (j, &second) in touched.iter().enumerate().skip(i + 1) {
            for &third in &touched[j + 1..] {
                best.try_touching([first, second, third]);
            }
        }
    }
    best.circle
}

/// The corners first.
fn sides_and_corners(ring: &[Edge]) -> Vec<Touched> {
    let mut touched = Vec::with_capacity(2 * ring.len());
    for (i, edge) in ring.iter().enumerate() {
        let before = ring[(i + ring.len() - 1) % ring.len()];
        if cross(before.way, edge.way) < 0.0 {
            touched.push(Touched::Corner(edge.from));
        }
    }
    for edge in ring.iter().filter(|edge| edge.inverse > 0.0) {
        let scale = edge.inverse.sqrt();
        let normal = (-edge.way.1 * scale, edge.way.0 * scale);
        touched.push(Touched::Line(normal, dot(normal, edge.from)));
    }
    touched
}

struct Best<'r> {
    ring: &'r [Edge],
    circle: Option<(Point, f64)>,
}

impl Best<'_> {
    /// Tries the circles that touch all three.
    fn try_touching(&mut self, three: [Touched; 3]) {
        // Corners come first, so without one at the first place there is none.
        let Touched::Corner(origin) = three[0] else {
            let circle = meet(three.map(|one| one.plane((0.0, 0.0))));
            return self.try_circle((circle[0], circle[1]), circle[2]);
        };
        // Around the corner the circle's centre and radius lie on the cone x² + y² = r²; what else
        // it touches are planes, which meet in a line.
        let (u, v) = (three[1].plane(origin), three[2].plane(origin));
        let way = cross3(u.0, v.0);
        let length2 = way.iter().map(|w| w * w).sum::<f64>();
        let (across_v, across_u) = (cross3(v.0, way), cross3(way, u.0));
        let from: [f64; 3] =
            std::array::from_fn(|k| (u.1 * across_v[k] + v.1 * across_u[k]) / length2);
        let form = |p: &[f64; 3], q: &[f64; 3]| p[0] * q[0] + p[1] * q[1] - p[2] * q[2];
        for t in roots(form(&way, &way), form(&way, &from), form(&from, &from)) {
            let at = |k: usize| from[k] + t * way[k];
            self.try_circle((origin.0 + at(0), origin.1 + at(1)), at(2));
        }
    }

    fn try_circle(&mut self, centre: Point, radius: f64) {
        let known = self.circle.map_or(0.0, |circle| circle.1);
        // Also false for what is no number.
        if !(radius > known && radius.is_finite()) {
            return;
        }
        let distances = self.ring.iter().map(|edge| edge.distance(centre));
        let radius = distances.fold(radius, f64::min);
        if radius > known && is_inside(self.ring, centre) {
            self.circle = Some((centre, radius));
        }
    }
}

impl Touched {
    /// The circles that touch it, with their centre counted from `origin`: the plane
    /// (a, b, c) · (x, y, r) = d. Of a corner those that touch `origin`, too.
    fn plane(self, origin: Point) -> ([f64; 3], f64) {
        match self {
            Self::Line(normal, offset) => {
                ([normal.0, normal.1, -1.0], offset - dot(normal, origin))
            }
            Self::Corner(at) => {
                let way = (at.0 - origin.0, at.1 - origin.1);
                ([2.0 * way.0, 2.0 * way.1, 0.0], dot(way, way))
            }
        }
    }
}

/// Where three planes meet; not finite where they do not.
fn meet([u, v, w]: [([f64; 3], f64); 3]) -> [f64; 3] {
    let across = cross3(v.0, w.0);
    let whole = u.0[0] * across[0] + u.0[1] * across[1] + u.0[2] * across[2];
    let (of_v, of_w) = (cross3(w.0, u.0), cross3(u.0, v.0));
    std::array::from_fn(|k| (u.1 * across[k] + v.1 * of_v[k] + w.1 * of_w[k]) / whole)
}

/// The solutions of a t² + 2 b t + c = 0; of what has none, or any t, numbers that are not finite.
fn roots(a: f64, b: f64, c: f64) -> [f64; 2] {
    let root = (b * b - a * c).sqrt();
    let sum = -(b + root.copysign(b));
    [sum / a, c / sum]
}

fn dot(a: Point, b: Point) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

fn cross3(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn is_inside(ring: &[Edge], p: Point) -> bool {
    let west = ring.iter().map(|edge| edge.from.0).fold(p.0, f64::min) - 1.0;
    ring.iter().filter(|edge| edge.crosses_level((west, p.1), p)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::super::Search;
    use super::*;
    use proptest::prelude::*;

    /// The edges of a ring with its inside on their left.
    fn ring(corners: &[Point]) -> Vec<Edge> {
        let next = |i: usize| corners[(i + 1) % corners.len()];
        let doubled: f64 = (0..corners.len()).map(|i| cross(corners[i], next(i))).sum();
        let edge = |i: usize| {
            if doubled < 0.0 {
                Edge::new(next(i), corners[i])
            } else {
                Edge::new(corners[i], next(i))
            }
        };
        let mut edges: Vec<Edge> = (0..corners.len()).map(edge).collect();
        if doubled < 0.0 {
            edges.reverse();
        }
        edges
    }

    fn radius(corners: &[Point]) -> f64 {
        largest(&ring(corners)).map_or(0.0, |circle| circle.1)
    }

    #[test]
    fn circles_of_known_shapes() {
        let half = |n: f64| (n - 0.5).abs() < 1e-12;
        assert!(half(radius(&[(0., 0.), (9., 0.), (9., 1.), (0., 1.)])), "a strip");
        assert!(half(radius(&[(0., 0.), (1.5, 0.), (0., 2.)])), "a right-angled triangle");
        // An L: the circle touches two sides and the corner that points inwards.
        let l = radius(&[(0., 0.), (3., 0.), (3., 1.), (1., 1.), (1., 3.), (0., 3.)]);
        assert!((l - (2.0 - 2f64.sqrt())).abs() < 1e-12, "{l}");
        // A kite with one corner pushed in almost to the far one.
        let dart = [(-4., 0.), (0., 0.05), (4., 0.), (0., 1.0)];
        let found = radius(&dart);
        assert!(found < 0.475 && found > 0.45, "{found}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Rings of three to eight corners around a place, thin ones as well.
        #[test]
        fn agrees_with_the_search(
            ways in prop::collection::vec((0.2..1.0f64, 0.1..1.0f64), 3..=8),
            thin in prop::sample::select(vec![1.0, 0.1, 0.01, 0.001]),
        ) {
            let all: f64 = ways.iter().map(|way| way.0).sum();
            let mut turn = 0.0;
            let corners: Vec<Point> = ways
                .iter()
                .map(|(step, far)| {
                    turn += step / all * std::f64::consts::TAU;
                    (10.0 * far * turn.cos(), 10.0 * far * thin * turn.sin())
                })
                .collect();
            let edges = ring(&corners);
            let found = largest(&edges).expect("a circle").1;
            let searched = Search::new(edges, 1e-3).run().expect("a circle").1;
            prop_assert!(found > searched * 0.999_999, "{found} < {searched}");
            prop_assert!(found < searched + 1.1e-3 * searched.max(1e-3), "{found} > {searched}");
        }
    }
}
