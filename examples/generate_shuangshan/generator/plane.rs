//! The plane of the generator: metres east and north of the dataset's centre, and the integer
//! grid of 1e-7 degrees on which every vertex lies.
//!
//! Only `+ - * /` and `sqrt` are used, which IEEE 754 defines to the last bit, so that the same
//! seed gives the same bytes on every machine (`sin`, `exp` and the like differ between them).

use std::ops::{Add, Mul, Sub};

/// Centre of the plane in units of 1e-7 degrees.
const CENTRE: Vertex = Vertex { lon: 1_203_865_000, lat: 361_175_000 };
/// Metres in 1e-7 degrees of longitude at the centre (WGS 84).
const EAST_M: f64 = 90_030.0e-7;
/// Metres in 1e-7 degrees of latitude at the centre (WGS 84).
const NORTH_M: f64 = 110_962.0e-7;

/// A vertex of the dataset: longitude and latitude in units of 1e-7 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vertex {
    /// Longitude in 1e-7 degrees.
    pub lon: i64,
    /// Latitude in 1e-7 degrees.
    pub lat: i64,
}

impl Vertex {
    /// The place in the plane.
    pub fn place(self) -> Place {
        Place {
            x: (self.lon - CENTRE.lon) as f64 * EAST_M,
            y: (self.lat - CENTRE.lat) as f64 * NORTH_M,
        }
    }
}

/// A place or a difference of places, in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Metres east of the centre.
    pub x: f64,
    /// Metres north of the centre.
    pub y: f64,
}

/// A place from metres east and north.
pub const fn at(x: f64, y: f64) -> Place {
    Place { x, y }
}

impl Place {
    /// The nearest vertex of the integer grid.
    pub fn vertex(self) -> Vertex {
        Vertex {
            lon: CENTRE.lon + (self.x / EAST_M).round() as i64,
            lat: CENTRE.lat + (self.y / NORTH_M).round() as i64,
        }
    }

    /// The place of the nearest vertex.
    pub fn snapped(self) -> Self {
        self.vertex().place()
    }

    /// Distance from the origin, in metres.
    pub fn norm(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// The same direction with length 1 (or zero for zero).
    pub fn unit(self) -> Self {
        let norm = self.norm();
        if norm > 0.0 { self * (1.0 / norm) } else { self }
    }

    /// Turned left by a right angle.
    pub fn left(self) -> Self {
        at(-self.y, self.x)
    }

    /// Scalar product.
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    /// Cross product; positive when `other` lies to the left.
    pub fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }
}

impl Add for Place {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        at(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Place {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        at(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Place {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        at(self.x * by, self.y * by)
    }
}

/// The sides of a ring (its last place joined to the first).
pub fn sides(ring: &[Place]) -> impl Iterator<Item = (Place, Place)> + '_ {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

/// Signed area in square metres; positive for a counter-clockwise ring.
pub fn area(ring: &[Place]) -> f64 {
    sides(ring).map(|(a, b)| a.cross(b)).sum::<f64>() / 2.0
}

/// Length of a line in metres.
pub fn length(line: &[Place]) -> f64 {
    line.windows(2).map(|w| (w[1] - w[0]).norm()).sum()
}

/// Length of a ring in metres.
pub fn perimeter(ring: &[Place]) -> f64 {
    sides(ring).map(|(a, b)| (b - a).norm()).sum()
}

/// Centroid of a ring's area.
pub fn centroid(ring: &[Place]) -> Place {
    let origin = ring[0];
    let (mut sum, mut weight) = (at(0.0, 0.0), 0.0);
    for (a, b) in sides(ring) {
        let (a, b) = (a - origin, b - origin);
        let cross = a.cross(b);
        sum = sum + (a + b) * cross;
        weight += cross;
    }
    origin + sum * (1.0 / (3.0 * weight))
}

/// Whether a place lies inside a ring (places on the ring itself are not asked about).
pub fn inside(ring: &[Place], p: Place) -> bool {
    sides(ring).fold(false, |inside, (a, b)| {
        let crosses =
            (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x;
        inside != crosses
    })
}

/// Distance from a place to a side, in metres.
pub fn side_distance(p: Place, (a, b): (Place, Place)) -> f64 {
    let along = b - a;
    let t = ((p - a).dot(along) / along.dot(along)).clamp(0.0, 1.0);
    (p - (a + along * t)).norm()
}

/// Distance from a place to a ring, in metres.
pub fn ring_distance(ring: &[Place], p: Place) -> f64 {
    sides(ring).map(|side| side_distance(p, side)).fold(f64::INFINITY, f64::min)
}

/// Where two sides cross: the shares along the first and the second, ends included.
pub fn crossing(a: (Place, Place), b: (Place, Place)) -> Option<(f64, f64)> {
    let (u, v, w) = (a.1 - a.0, b.1 - b.0, b.0 - a.0);
    let det = u.cross(v);
    if det.abs() < 1e-9 {
        return None;
    }
    let (s, t) = (w.cross(v) / det, w.cross(u) / det);
    const SLACK: f64 = 1e-7;
    let range = -SLACK..=1.0 + SLACK;
    (range.contains(&s) && range.contains(&t)).then_some((s, t))
}

/// Whether no two sides of a ring meet except neighbours at their common end.
pub fn is_simple(ring: &[Place]) -> bool {
    let all: Vec<_> = sides(ring).collect();
    let n = all.len();
    (0..n).all(|i| {
        (i + 2..n).filter(|&j| (j + 1) % n != i).all(|j| crossing(all[i], all[j]).is_none())
    })
}

/// The direction of a ring's longest extent, of length 1: the main axis of its corners' spread.
pub fn main_axis(ring: &[Place]) -> Place {
    let c = centroid(ring);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (a, b) in sides(ring) {
        let (weight, d) = ((b - a).norm(), (a + b) * 0.5 - c);
        xx += weight * d.x * d.x;
        xy += weight * d.x * d.y;
        yy += weight * d.y * d.y;
    }
    let half = (xx - yy) / 2.0;
    let root = (half * half + xy * xy).sqrt();
    // Both columns of (M - the lesser eigenvalue) point along the axis; take the longer.
    let (first, second) = (at(half + root, xy), at(xy, root - half));
    if first.norm() > second.norm() { first.unit() } else { second.unit() }
}

/// The place at a distance along a line, in metres, and the line's direction there.
pub fn along(line: &[Place], distance: f64) -> (Place, Place) {
    let mut left = distance;
    for w in line.windows(2) {
        let step = (w[1] - w[0]).norm();
        if left <= step {
            return (w[0] + (w[1] - w[0]) * (left / step), (w[1] - w[0]).unit());
        }
        left -= step;
    }
    let n = line.len();
    (line[n - 1], (line[n - 1] - line[n - 2]).unit())
}

/// A Catmull-Rom spline through the places, one vertex about every `step` metres, on the grid.
pub fn spline(points: &[Place], closed: bool, step: f64) -> Vec<Place> {
    let n = points.len();
    let get = |i: isize| {
        if closed {
            points[i.rem_euclid(n as isize) as usize]
        } else {
            points[i.clamp(0, n as isize - 1) as usize]
        }
    };
    let mut line = Vec::new();
    for i in 0..if closed { n } else { n - 1 } as isize {
        let (p, q, r, s) = (get(i - 1), get(i), get(i + 1), get(i + 2));
        let pieces = ((r - q).norm() / step).round().max(1.0) as usize;
        for k in 0..pieces {
            let t = k as f64 / pieces as f64;
            let place = q * 2.0
                + (r - p) * t
                + (p * 2.0 - q * 5.0 + r * 4.0 - s) * (t * t)
                + (q * 3.0 - p - r * 3.0 + s) * (t * t * t);
            line.push((place * 0.5).snapped());
        }
    }
    line.push(get(if closed { 0 } else { n as isize - 1 }).snapped());
    line
}
