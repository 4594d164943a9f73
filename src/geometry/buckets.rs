//! Buckets over segments and points of the integer grid.
//!
//! For borders, whose segments are of similar length, a uniform grid finds neighbours in
//! constant time each; segments much longer than the rest are entered cell by cell along their
//! way, so that they cost their length and not their window. Where a stray corner far away
//! (0°, 0° for an unknown place) makes the window so large that everything else would fall into
//! one cell, only the occupied cells of a finer grid are kept.

use super::frame::GridPoint;
use std::ops::Range;

/// Segments are entered in every cell within this many steps of them, so that the cell of a
/// point knows all segments as near as that.
pub const REACH: i64 = 3;

/// Segments by the cells that they pass, [`REACH`] steps wide.
#[derive(Clone, Debug)]
pub struct Buckets {
    grid: CellGrid,
    /// The cells that have a bucket, ascending; `None` when all have.
    occupied: Option<Vec<i64>>,
    starts: Vec<u32>,
    entries: Vec<u32>,
}

/// Points by bucket, on the grid of a [`Buckets`].
#[derive(Clone, Debug)]
pub struct PointBuckets {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

/// Square cells over a window, numbered row by row.
#[derive(Clone, Copy, Debug)]
struct CellGrid {
    origin: GridPoint,
    cell: i64,
    columns: i64,
    rows: i64,
}

/// Extent and length of segments.
struct Spread {
    low: GridPoint,
    high: GridPoint,
    /// |Δx| + |Δy| of each segment, summed.
    travel: i128,
    count: usize,
}

/// Comparisons a segment may cost on the full grid before a finer one is tried.
const CROWDED: u64 = 64;
/// Cells a segment may enter on average in the finer grid.
const ENTRIES_OF_FINER: i128 = 64;

impl Buckets {
    /// Buckets for segments given by their ends.
    pub fn of_segments(ends: &[(GridPoint, GridPoint)]) -> Self {
        let spread = Spread::of(ends);
        let full = Self::full(spread.grid(spread.cell()), ends);
        let work: u64 = (0..full.len()).map(|b| (full.segments(b).len() as u64).pow(2)).sum();
        if work > CROWDED * full.entries.len() as u64 {
            let finer = spread.finer_cell(ends);
            if finer <= full.grid.cell / 2 {
                return Self::sparse(spread.grid(finer), ends);
            }
        }
        full
    }

    /// A bucket for every cell, filled by counting.
    fn full(grid: CellGrid, ends: &[(GridPoint, GridPoint)]) -> Self {
        let cells = (grid.columns * grid.rows) as usize;
        let mut counts = vec![0u32; cells + 1];
        for &(a, b) in ends {
            grid.each_cell(a, b, |cell| counts[cell as usize + 1] += 1);
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut entries = vec![0u32; counts[cells] as usize];
        let mut next = counts.clone();
        for (s, &(a, b)) in ends.iter().enumerate() {
            grid.each_cell(a, b, |cell| {
                let slot = &mut next[cell as usize];
                entries[*slot as usize] = s as u32;
                *slot += 1;
            });
        }
        Self { grid, occupied: None, starts: counts, entries }
    }

    /// Buckets for the occupied cells only, filled by sorting.
    fn sparse(grid: CellGrid, ends: &[(GridPoint, GridPoint)]) -> Self {
        let mut pairs: Vec<(i64, u32)> = Vec::with_capacity(ends.len() * 4);
        for (s, &(a, b)) in ends.iter().enumerate() {
            grid.each_cell(a, b, |cell| pairs.push((cell, s as u32)));
        }
        pairs.sort_unstable();
        let (mut occupied, mut starts) = (Vec::new(), Vec::new());
        for (i, &(cell, _)) in pairs.iter().enumerate() {
            if occupied.last() != Some(&cell) {
                occupied.push(cell);
                starts.push(i as u32);
            }
        }
        starts.push(pairs.len() as u32);
        let entries = pairs.into_iter().map(|(_, s)| s).collect();
        Self { grid, occupied: Some(occupied), starts, entries }
    }

    /// Number of buckets.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The segments of a bucket.
    pub fn segments(&self, bucket: usize) -> &[u32] {
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// The bucket of a point; `None` when no segment is near.
    pub fn bucket_of(&self, p: GridPoint) -> Option<usize> {
        self.bucket_of_cell(self.grid.cell_of(p))
    }

    fn bucket_of_cell(&self, cell: i64) -> Option<usize> {
        match &self.occupied {
            None => Some(cell as usize),
            Some(occupied) => occupied.binary_search(&cell).ok(),
        }
    }

    /// Whether a point lies in the window of the segments.
    pub fn covers(&self, p: GridPoint) -> bool {
        self.grid.covers(p)
    }

    /// The western end of a bucket's cell.
    pub fn west_end(&self, bucket: usize) -> i64 {
        let cell = self.occupied.as_ref().map_or(bucket as i64, |occupied| occupied[bucket]);
        self.grid.origin.x + cell % self.grid.columns * self.grid.cell
    }

    /// The buckets of `p`'s row, from its own to the west.
    pub fn westward(&self, p: GridPoint) -> std::iter::Rev<Range<usize>> {
        let cell = self.grid.cell_of(p);
        let first = cell - cell % self.grid.columns;
        let range = match &self.occupied {
            None => first as usize..cell as usize + 1,
            Some(occupied) => {
                occupied.partition_point(|&c| c < first)..occupied.partition_point(|&c| c <= cell)
            }
        };
        range.rev()
    }

    /// Calls `visit` with every bucket within [`REACH`] steps of a segment.
    pub fn each_bucket(&self, a: GridPoint, b: GridPoint, mut visit: impl FnMut(usize)) {
        self.grid.each_cell(a, b, |cell| {
            if let Some(bucket) = self.bucket_of_cell(cell) {
                visit(bucket);
            }
        });
    }

    /// Sorts points into the buckets; points that are near no segment are left out.
    pub fn of_points(&self, points: &[GridPoint]) -> PointBuckets {
        const NONE: u32 = u32::MAX;
        let bucket_of = |&p: &GridPoint| self.bucket_of(p).map_or(NONE, |bucket| bucket as u32);
        let buckets: Vec<u32> = points.iter().map(bucket_of).collect();
        let mut starts = vec![0u32; self.len() + 1];
        for &bucket in buckets.iter().filter(|&&bucket| bucket != NONE) {
            starts[bucket as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0u32; starts[self.len()] as usize];
        for (i, &bucket) in buckets.iter().enumerate().filter(|(_, bucket)| **bucket != NONE) {
            let slot = &mut next[bucket as usize];
            entries[*slot as usize] = i as u32;
            *slot += 1;
        }
        PointBuckets { starts, entries }
    }
}

impl PointBuckets {
    /// The points of a bucket.
    pub fn points(&self, bucket: usize) -> &[u32] {
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

fn travel((a, b): (GridPoint, GridPoint)) -> i64 {
    (a.x - b.x).abs() + (a.y - b.y).abs()
}

impl Spread {
    fn of(ends: &[(GridPoint, GridPoint)]) -> Self {
        let first = ends.first().map_or(GridPoint::default(), |&(first, _)| first);
        let mut spread = Self { low: first, high: first, travel: 0, count: ends.len().max(1) };
        for &(a, b) in ends {
            for p in [a, b] {
                spread.low = GridPoint { x: spread.low.x.min(p.x), y: spread.low.y.min(p.y) };
                spread.high = GridPoint { x: spread.high.x.max(p.x), y: spread.high.y.max(p.y) };
            }
            spread.travel += i128::from(travel((a, b)));
        }
        spread
    }

    fn size(&self) -> (i64, i64) {
        (self.high.x - self.low.x + 2 * REACH, self.high.y - self.low.y + 2 * REACH)
    }

    /// About one cell a segment, larger while segments would be entered more than four times each.
    fn cell(&self) -> i64 {
        let (width, height) = (self.size().0 as f64, self.size().1 as f64);
        let count = self.count as f64;
        let by_count = (width * height / count).sqrt().max(width.max(height) / count);
        let by_travel = self.travel as f64 / (3.0 * count);
        by_count.max(by_travel).ceil().max(4.0) as i64
    }

    /// Cells as large as the usual segment is long, unless the long ones would enter too many.
    fn finer_cell(&self, ends: &[(GridPoint, GridPoint)]) -> i64 {
        let mut lengths: Vec<i64> = ends.iter().map(|&pair| travel(pair)).collect();
        let middle = lengths.len() / 2;
        let usual = *lengths.select_nth_unstable(middle).1;
        let by_travel = (self.travel / (ENTRIES_OF_FINER * self.count as i128)) as i64;
        // So that cells can be numbered.
        let by_window = self.size().0.max(self.size().1) >> 30;
        usual.max(by_travel).max(by_window).max(4)
    }

    fn grid(&self, cell: i64) -> CellGrid {
        CellGrid {
            origin: GridPoint { x: self.low.x - REACH, y: self.low.y - REACH },
            cell,
            columns: self.size().0 / cell + 1,
            rows: self.size().1 / cell + 1,
        }
    }
}

impl CellGrid {
    /// Column or row of a coordinate, held inside the window.
    fn slot(value: i64, origin: i64, cell: i64, slots: i64) -> i64 {
        ((value - origin).div_euclid(cell)).clamp(0, slots - 1)
    }

    fn column(&self, x: i64) -> i64 {
        Self::slot(x, self.origin.x, self.cell, self.columns)
    }

    fn row(&self, y: i64) -> i64 {
        Self::slot(y, self.origin.y, self.cell, self.rows)
    }

    fn cell_of(&self, p: GridPoint) -> i64 {
        self.row(p.y) * self.columns + self.column(p.x)
    }

    fn covers(&self, p: GridPoint) -> bool {
        let (x, y) = (p.x - self.origin.x, p.y - self.origin.y);
        x >= 0 && y >= 0 && x < self.columns * self.cell && y < self.rows * self.cell
    }

    /// Calls `visit` with every cell within [`REACH`] steps of a segment.
    fn each_cell(&self, a: GridPoint, b: GridPoint, mut visit: impl FnMut(i64)) {
        let (west, east) = if a.x <= b.x { (a, b) } else { (b, a) };
        let (south, north) = (a.y.min(b.y) - REACH, a.y.max(b.y) + REACH);
        let (r0, r1) = (self.row(south), self.row(north));
        let (c0, c1) = (self.column(west.x - REACH), self.column(east.x + REACH));
        // An upright segment beside the end of a column has no slope, and passes two columns.
        if c0 == c1 || r0 == r1 || west.x == east.x {
            for r in r0..=r1 {
                for c in c0..=c1 {
                    visit(r * self.columns + c);
                }
            }
            return;
        }
        let slope = (east.y - west.y) as f64 / (east.x - west.x) as f64;
        for c in c0..=c1 {
            // Where the segment enters and leaves the column, a step wider for rounding.
            let left = (self.origin.x + c * self.cell - REACH - 1).max(west.x);
            let right = (self.origin.x + (c + 1) * self.cell + REACH + 1).min(east.x);
            let at = |x: i64| west.y as f64 + slope * (x - west.x) as f64;
            let (y0, y1) = (at(left.min(east.x)), at(right.max(west.x)));
            let low = (y0.min(y1).floor() as i64 - REACH - 1).max(south);
            let high = (y0.max(y1).ceil() as i64 + REACH + 1).min(north);
            for r in self.row(low)..=self.row(high) {
                visit(r * self.columns + c);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    /// A line of short segments and one that runs to the other side of the world.
    fn with_a_stray() -> Vec<(GridPoint, GridPoint)> {
        let mut ends: Vec<_> =
            (0..5000).map(|i| (p(i * 5000, 0), p(i * 5000 + 5000, 50))).collect();
        ends.push((p(0, 0), p(-12_000_000_000, -4_000_000_000)));
        ends
    }

    #[test]
    fn a_stray_corner_does_not_crowd_the_rest_into_one_cell() {
        let ends = with_a_stray();
        let buckets = Buckets::of_segments(&ends);
        // In one cell they would be 25 million pairs.
        let pairs: usize = (0..buckets.len()).map(|b| buckets.segments(b).len().pow(2)).sum();
        assert!(pairs < 500_000, "{pairs}");
    }

    #[test]
    fn an_upright_segment_beside_the_end_of_a_column_is_in_all_its_buckets() {
        // Some of a thousand columns a step apart end within reach of one.
        let level = |i: i64| (p(i * 40, 100_000), p(i * 40 + 40, 100_000));
        for x in 0..4000 {
            let mut ends: Vec<_> = (0..100).map(level).collect();
            ends.push((p(x, 50_000), p(x, 90_000)));
            let buckets = Buckets::of_segments(&ends);
            for y in (50_000..=90_000).step_by(1000) {
                let bucket = buckets.bucket_of(p(x, y)).expect("the segment passes there");
                assert!(buckets.segments(bucket).contains(&100), "{x} {y}");
            }
        }
    }

    #[test]
    fn every_segment_is_in_the_buckets_of_its_points() {
        let ends = with_a_stray();
        let buckets = Buckets::of_segments(&ends);
        for (s, &(a, b)) in ends.iter().enumerate() {
            for k in 0..=10 {
                let on = p(a.x + (b.x - a.x) * k / 10, a.y + (b.y - a.y) * k / 10);
                let bucket = buckets.bucket_of(on).expect("the segment passes there");
                assert!(buckets.segments(bucket).contains(&(s as u32)), "{s} at {on:?}");
                assert!(buckets.westward(on).next() == Some(bucket));
                assert!(buckets.west_end(bucket) <= on.x);
            }
        }
    }
}
