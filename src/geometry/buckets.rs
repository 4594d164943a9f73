//! Uniform buckets over segments and points of the integer grid.
//!
//! For borders, whose segments are of similar length, a uniform grid finds neighbours in
//! constant time each; segments much longer than the rest are entered cell by cell along their
//! way, so that they cost their length and not their window.

use super::frame::GridPoint;

/// Segments by the cells that they pass (dilated by one grid step).
#[derive(Clone, Debug)]
pub struct Buckets {
    origin: GridPoint,
    cell: i64,
    columns: i64,
    rows: i64,
    starts: Vec<u32>,
    entries: Vec<u32>,
}

/// Points by cell, on the grid of a [`Buckets`].
#[derive(Clone, Debug)]
pub struct PointBuckets {
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Buckets {
    /// Buckets for segments given by their ends.
    pub fn of_segments(ends: &[(GridPoint, GridPoint)]) -> Self {
        let mut buckets = Self::sized_for(ends);
        let cells = (buckets.columns * buckets.rows) as usize;
        let mut counts = vec![0u32; cells + 1];
        for &(a, b) in ends {
            buckets.each_cell(a, b, |cell| counts[cell + 1] += 1);
        }
        for i in 1..counts.len() {
            counts[i] += counts[i - 1];
        }
        let mut entries = vec![0u32; counts[cells] as usize];
        let mut next = counts.clone();
        for (s, &(a, b)) in ends.iter().enumerate() {
            buckets.each_cell(a, b, |cell| {
                entries[next[cell] as usize] = s as u32;
                next[cell] += 1;
            });
        }
        buckets.starts = counts;
        buckets.entries = entries;
        buckets
    }

    /// Chooses the cell size: about one cell a segment, larger while the segments would be
    /// entered more than four times each.
    fn sized_for(ends: &[(GridPoint, GridPoint)]) -> Self {
        let (mut low, mut high) = (GridPoint { x: 0, y: 0 }, GridPoint { x: 0, y: 0 });
        if let Some(&(first, _)) = ends.first() {
            (low, high) = (first, first);
        }
        let mut travel: i128 = 0;
        for &(a, b) in ends {
            for p in [a, b] {
                low = GridPoint { x: low.x.min(p.x), y: low.y.min(p.y) };
                high = GridPoint { x: high.x.max(p.x), y: high.y.max(p.y) };
            }
            travel += i128::from((a.x - b.x).abs()) + i128::from((a.y - b.y).abs());
        }
        let (width, height) = ((high.x - low.x + 3) as f64, (high.y - low.y + 3) as f64);
        let segments = ends.len().max(1) as f64;
        let by_count = (width * height / segments).sqrt().max(width.max(height) / segments);
        let by_travel = travel as f64 / (3.0 * segments);
        let cell = by_count.max(by_travel).ceil().max(4.0) as i64;
        Self {
            origin: GridPoint { x: low.x - 1, y: low.y - 1 },
            cell,
            columns: (width as i64) / cell + 1,
            rows: (height as i64) / cell + 1,
            starts: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The segments of a cell.
    pub fn segments(&self, cell: usize) -> &[u32] {
        &self.entries[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Column or row of a coordinate, held inside the grid.
    fn slot(value: i64, origin: i64, cell: i64, slots: i64) -> i64 {
        ((value - origin).div_euclid(cell)).clamp(0, slots - 1)
    }

    /// The cell of a point.
    pub fn cell_of(&self, p: GridPoint) -> usize {
        let column = Self::slot(p.x, self.origin.x, self.cell, self.columns);
        let row = Self::slot(p.y, self.origin.y, self.cell, self.rows);
        (row * self.columns + column) as usize
    }

    /// Whether a point lies in the window of the segments.
    pub fn covers(&self, p: GridPoint) -> bool {
        let (x, y) = (p.x - self.origin.x, p.y - self.origin.y);
        x >= 0 && y >= 0 && x < self.columns * self.cell && y < self.rows * self.cell
    }

    /// The western end of a cell.
    pub fn west_end(&self, cell: usize) -> i64 {
        self.origin.x + (cell as i64 % self.columns) * self.cell
    }

    /// The cells of `p`'s row, from its own to the west.
    pub fn westward(&self, p: GridPoint) -> impl Iterator<Item = usize> + use<> {
        let cell = self.cell_of(p);
        let first = cell - cell % self.columns as usize;
        (first..=cell).rev()
    }

    /// Calls `visit` with every cell that the segment passes, dilated by one step.
    pub fn each_cell(&self, a: GridPoint, b: GridPoint, mut visit: impl FnMut(usize)) {
        let (west, east) = if a.x <= b.x { (a, b) } else { (b, a) };
        let column = |x| Self::slot(x, self.origin.x, self.cell, self.columns);
        let row = |y| Self::slot(y, self.origin.y, self.cell, self.rows);
        let (r0, r1) = (row(a.y.min(b.y) - 1), row(a.y.max(b.y) + 1));
        let (c0, c1) = (column(west.x - 1), column(east.x + 1));
        if c0 == c1 || r0 == r1 {
            for r in r0..=r1 {
                for c in c0..=c1 {
                    visit((r * self.columns + c) as usize);
                }
            }
            return;
        }
        let slope = (east.y - west.y) as f64 / (east.x - west.x) as f64;
        for c in c0..=c1 {
            // Where the segment enters and leaves the column, two steps wide for rounding.
            let left = (self.origin.x + c * self.cell - 2).max(west.x);
            let right = (self.origin.x + (c + 1) * self.cell + 2).min(east.x);
            let at = |x: i64| west.y as f64 + slope * (x - west.x) as f64;
            let (y0, y1) = (at(left.min(east.x)), at(right.max(west.x)));
            let low = (y0.min(y1).floor() as i64 - 2).max(a.y.min(b.y) - 1);
            let high = (y0.max(y1).ceil() as i64 + 2).min(a.y.max(b.y) + 1);
            for r in row(low)..=row(high) {
                visit((r * self.columns + c) as usize);
            }
        }
    }

    /// Sorts points into the cells.
    pub fn of_points(&self, points: &[GridPoint]) -> PointBuckets {
        let mut starts = vec![0u32; self.len() + 1];
        for &p in points {
            starts[self.cell_of(p) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0u32; points.len()];
        for (i, &p) in points.iter().enumerate() {
            let slot = &mut next[self.cell_of(p)];
            entries[*slot as usize] = i as u32;
            *slot += 1;
        }
        PointBuckets { starts, entries }
    }
}

impl PointBuckets {
    /// The points of a cell.
    pub fn points(&self, cell: usize) -> &[u32] {
        &self.entries[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}
