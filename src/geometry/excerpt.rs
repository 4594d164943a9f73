//! Excerpts of rings: as much of a polygon as an arrangement needs to be right inside a window.
//!
//! Edges that come near the window are kept whole. What lies between them is replaced by a way
//! around the window, over the corners of a far square, that winds around the window as often.
//! So inside the window every edge and every winding is that of the whole polygon, at the cost of
//! the edges near it and not of the whole.

use super::frame::GridPoint;

/// A window on the integer grid, its edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridWindow {
    /// The lower left corner.
    pub low: GridPoint,
    /// The upper right corner.
    pub high: GridPoint,
}

impl GridWindow {
    /// The least window that holds two points.
    pub fn of_segment(a: GridPoint, b: GridPoint) -> Self {
        Self {
            low: GridPoint { x: a.x.min(b.x), y: a.y.min(b.y) },
            high: GridPoint { x: a.x.max(b.x), y: a.y.max(b.y) },
        }
    }

    /// The least window that holds all points; `None` when there are none.
    pub fn around(points: impl IntoIterator<Item = GridPoint>) -> Option<Self> {
        points.into_iter().map(|p| Self::of_segment(p, p)).reduce(Self::union)
    }

    /// The least window that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            low: GridPoint { x: self.low.x.min(other.low.x), y: self.low.y.min(other.low.y) },
            high: GridPoint { x: self.high.x.max(other.high.x), y: self.high.y.max(other.high.y) },
        }
    }

    /// The window with a margin of `steps` on all sides.
    #[must_use]
    pub fn grown(self, steps: i64) -> Self {
        Self {
            low: GridPoint { x: self.low.x - steps, y: self.low.y - steps },
            high: GridPoint { x: self.high.x + steps, y: self.high.y + steps },
        }
    }

    /// Whether the two windows share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.low.x <= other.high.x
            && other.low.x <= self.high.x
            && self.low.y <= other.high.y
            && other.low.y <= self.high.y
    }

    /// Whether the other window lies inside.
    pub fn holds(&self, other: &Self) -> bool {
        self.has(other.low) && self.has(other.high)
    }

    /// Whether a point lies inside.
    pub fn has(&self, p: GridPoint) -> bool {
        (self.low.x..=self.high.x).contains(&p.x) && (self.low.y..=self.high.y).contains(&p.y)
    }

    /// The middle.
    pub fn centre(&self) -> GridPoint {
        GridPoint { x: (self.low.x + self.high.x) / 2, y: (self.low.y + self.high.y) / 2 }
    }
}

/// A corner of an excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExcerptCorner {
    /// The ring's own, by its position.
    Own(usize),
    /// One of the far square's.
    Far(GridPoint),
}

/// A window with a square far around it.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    window: GridWindow,
    centre: GridPoint,
    reach: i64,
}

impl Surroundings {
    /// The surroundings of `window`, with the square beyond everything in `whole`.
    pub fn new(window: GridWindow, whole: GridWindow) -> Self {
        let centre = window.centre();
        let all = whole.union(window);
        let reach = [
            centre.x - all.low.x,
            all.high.x - centre.x,
            centre.y - all.low.y,
            all.high.y - centre.y,
        ];
        // Room for ways that cross, so that they do so outside of everything.
        Self { window, centre, reach: 2 * reach.into_iter().max().unwrap_or(0) + 1000 }
    }

    /// The corners of the square, counter-clockwise from the upper right.
    pub fn corners(&self) -> [GridPoint; 4] {
        [0, 1, 2, 3].map(|quadrant| self.corner(quadrant))
    }

    fn corner(&self, quadrant: u8) -> GridPoint {
        let east = if matches!(quadrant, 0 | 3) { self.reach } else { -self.reach };
        let north = if matches!(quadrant, 0 | 1) { self.reach } else { -self.reach };
        GridPoint { x: self.centre.x + east, y: self.centre.y + north }
    }

    /// The quadrant around the window's middle that holds a point, counter-clockwise from the
    /// upper right.
    fn quadrant(&self, p: GridPoint) -> u8 {
        match (p.x >= self.centre.x, p.y >= self.centre.y) {
            (true, true) => 0,
            (false, true) => 1,
            (false, false) => 2,
            (true, false) => 3,
        }
    }

    /// Quarter turns around the window's middle that an edge outside of the window makes. It
    /// cannot make two: then its own window would hold the middle.
    fn quarter_turns(&self, from: GridPoint, to: GridPoint) -> i32 {
        match (self.quadrant(to) + 4 - self.quadrant(from)) % 4 {
            1 => 1,
            3 => -1,
            _ => 0,
        }
    }

    /// The excerpt of a ring: a closed line that, inside the window, has the ring's edges and winds
    /// as the ring does; empty when the ring neither comes near the window nor around it. Its
    /// own corners come in the ring's order, from the first. O(n) for n corners.
    pub fn excerpt(&self, ring: &[GridPoint]) -> Vec<ExcerptCorner> {
        let n = ring.len();
        let next = |i: usize| if i + 1 == n { 0 } else { i + 1 };
        let near = |i: usize| GridWindow::of_segment(ring[i], ring[next(i)]).meets(&self.window);
        let near: Vec<bool> = (0..n).map(near).collect();
        if !near.contains(&true) {
            let turns: i32 = (0..n).map(|i| self.quarter_turns(ring[i], ring[next(i)])).sum();
            return self.way(0, turns).skip(1).map(ExcerptCorner::Far).collect();
        }
        let mut line = Vec::new();
        for i in 0..n {
            let before = if i == 0 { n - 1 } else { i - 1 };
            if !near[i] && !near[before] {
                continue;
            }
            line.push(ExcerptCorner::Own(i));
            if near[i] {
                continue;
            }
            // From here to the next edge that is kept.
            let (mut at, mut turns) = (i, 0);
            while !near[at] {
                turns += self.quarter_turns(ring[at], ring[next(at)]);
                at = next(at);
            }
            line.extend(self.way(self.quadrant(ring[i]), turns).map(ExcerptCorner::Far));
        }
        line
    }

    /// Corners of the square from a quadrant's on, a quarter turn each.
    fn way(&self, quadrant: u8, turns: i32) -> impl Iterator<Item = GridPoint> + '_ {
        (0..=turns.abs()).map(move |step| {
            let turned = i32::from(quadrant) + step * turns.signum();
            self.corner(turned.rem_euclid(4) as u8)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    /// How often a closed line winds around a point that is on none of its edges.
    fn winding(line: &[GridPoint], at: GridPoint) -> i32 {
        let mut winding = 0;
        for (i, &a) in line.iter().enumerate() {
            let b = line[(i + 1) % line.len()];
            let side = crate::geometry::exact::cross(a, b, at);
            if a.y <= at.y && b.y > at.y && side > 0 {
                winding += 1;
            } else if a.y > at.y && b.y <= at.y && side < 0 {
                winding -= 1;
            }
        }
        winding
    }

    fn is_on(line: &[GridPoint], at: GridPoint) -> bool {
        (0..line.len()).any(|i| {
            let (a, b) = (line[i], line[(i + 1) % line.len()]);
            GridWindow::of_segment(a, b).has(at) && crate::geometry::exact::cross(a, b, at) == 0
        })
    }

    proptest! {
        #[test]
        fn an_excerpt_winds_around_the_window_as_the_ring_does(
            corners in prop::collection::vec((-60..60i64, -60..60i64), 3..40),
            x in -40..40i64, y in -40..40i64, width in 0..25i64, height in 0..25i64,
        ) {
            let ring: Vec<GridPoint> = corners.iter().map(|&(x, y)| p(x, y)).collect();
            let window = GridWindow { low: p(x, y), high: p(x + width, y + height) };
            let whole = GridWindow::around(ring.iter().copied()).unwrap();
            let surroundings = Surroundings::new(window, whole);
            let excerpt = surroundings.excerpt(&ring);
            let line: Vec<GridPoint> = excerpt.iter().map(|corner| match *corner {
                ExcerptCorner::Own(i) => ring[i],
                ExcerptCorner::Far(far) => far,
            }).collect();
            for at in (x..=x + width).flat_map(|x| (y..=y + height).map(move |y| p(x, y))) {
                prop_assert_eq!(is_on(&line, at), is_on(&ring, at));
                if !is_on(&ring, at) {
                    prop_assert_eq!(winding(&line, at), winding(&ring, at));
                }
            }
            let own: Vec<usize> = excerpt.iter().filter_map(|corner| match corner {
                ExcerptCorner::Own(i) => Some(*i),
                ExcerptCorner::Far(_) => None,
            }).collect();
            prop_assert!(own.is_sorted(), "{own:?}");
        }
    }

    #[test]
    fn a_ring_that_is_far_away_leaves_nothing_and_one_around_leaves_the_square() {
        let window = GridWindow { low: p(0, 0), high: p(10, 10) };
        let away = [p(50, 50), p(60, 50), p(60, 60)];
        let around = [p(-50, -50), p(60, -50), p(60, 60), p(-50, 60)];
        let surroundings =
            Surroundings::new(window, GridWindow { low: p(-50, -50), high: p(60, 60) });
        assert!(surroundings.excerpt(&away).is_empty());
        assert_eq!(surroundings.excerpt(&around).len(), 4);
    }
}
