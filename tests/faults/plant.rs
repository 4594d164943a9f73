//! Faults of a known kind, place and size.

use crate::common::{Dice, frame, place, shaken_cells};
use crate::kinds::Kind;
use crate::made;
use wangge::check::{self, CheckOptions, Report};
use wangge::dataset::Dataset;
use wangge::domain::{Finding, LonLat, MultiPolygon, Polygon, Ring};
use wangge::geometry::{Coverage, Frame, measure};

/// A fault that was planted.
#[derive(Clone, Debug)]
pub struct Planted {
    pub kind: Kind,
    /// The grids concerned, ascending.
    pub grids: Vec<usize>,
    /// Where it is.
    pub at: LonLat,
    /// How far it reaches from there at most, in metres.
    pub reach_m: f64,
    /// Area in m², where there is one.
    pub area_m2: Option<f64>,
}

/// A piece that a cell lost to a neighbour.
pub struct Moved {
    pub taker: usize,
    /// Its corners, counter-clockwise.
    pub piece: [Point; 4],
}

/// Random cells that tile their outline, row by row from the south-west.
pub struct Town {
    pub shapes: Vec<MultiPolygon>,
    pub outline: MultiPolygon,
    columns: usize,
    rows: usize,
    bends: usize,
    pub dice: Dice,
}

pub type Point = (f64, f64);

fn plus(a: Point, b: Point, times: f64) -> Point {
    (a.0 + b.0 * times, a.1 + b.1 * times)
}

fn minus(a: Point, b: Point) -> Point {
    (a.0 - b.0, a.1 - b.1)
}

fn length(a: Point) -> f64 {
    a.0.hypot(a.1)
}

fn unit(a: Point) -> Point {
    (a.0 / length(a), a.1 / length(a))
}

fn left(a: Point) -> Point {
    (-a.1, a.0)
}

fn doubled_area(line: &[Point]) -> f64 {
    let next = |i: usize| line[(i + 1) % line.len()];
    (0..line.len()).map(|i| line[i].0 * next(i).1 - line[i].1 * next(i).0).sum()
}

impl Town {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x70_77_6e);
        let (columns, rows, bends) = (3 + dice.below(4), 3 + dice.below(4), 2 + dice.below(4));
        let shapes = shaken_cells(columns, rows, seed, bends);
        let coverage = Coverage::build(&frame(), &shapes.iter().collect::<Vec<_>>());
        let outline = coverage.dissolve(&vec![Some(0); shapes.len()], 1).pop().flatten().unwrap();
        Self { shapes, outline, columns, rows, bends, dice }
    }

    pub fn dataset(&self) -> Dataset {
        made::outlined(made::with_grids(&self.shapes), self.outline.clone())
    }

    /// The area of the outline in m², its corners on the grid of the whole dataset.
    pub fn area_m2(&self) -> f64 {
        let frame = Frame::for_bbox(self.dataset().bbox().unwrap());
        Coverage::build(&frame, &[&self.outline]).areas_m2()[0]
    }

    pub fn report(&self, tolerance_m: f64) -> Report {
        check::run(&self.dataset(), &CheckOptions { tolerance_m: Some(tolerance_m) })
    }

    /// The corners of a cell in metres, counter-clockwise from the south-west.
    pub fn corners(&self, cell: usize) -> Vec<Point> {
        let corners = self.shapes[cell].polygons()[0].exterior().corners();
        let metres = |&p: &LonLat| {
            let g = frame().to_grid(p);
            (g.x as f64 / 1000.0, g.y as f64 / 1000.0)
        };
        corners.iter().map(metres).collect()
    }

    fn redraw(&mut self, cell: usize, corners: &[Point]) {
        self.shapes[cell] = crate::common::polygon(corners);
    }

    /// The cell beyond side 0 to 3 (south, east, north, west) of a cell.
    fn beyond(&self, cell: usize, side: usize) -> Option<usize> {
        let (column, row) = (cell % self.columns, cell / self.columns);
        match side {
            0 => (row > 0).then(|| cell - self.columns),
            1 => (column + 1 < self.columns).then(|| cell + 1),
            2 => (row + 1 < self.rows).then(|| cell + self.columns),
            _ => (column > 0).then(|| cell - 1),
        }
    }

    /// A side of a cell with a neighbour, or one without.
    fn side(&mut self, cell: usize, shared: bool) -> Option<usize> {
        let start = self.dice.below(4);
        (0..4).map(|i| (start + i) % 4).find(|&s| self.beyond(cell, s).is_some() == shared)
    }

    /// Plants a fault of about `size` metres in or at a cell; `None` where it does not fit.
    pub fn plant(&mut self, kind: Kind, cell: usize, size: f64) -> Option<Planted> {
        match kind {
            Kind::Gap | Kind::Overlap => self.move_bend(kind, cell, true, size),
            Kind::Inlet | Kind::Outside => self.move_bend(kind, cell, false, size),
            Kind::MissingCorner => Some(self.cut_corner()),
            Kind::Mismatch => self.insert_on_border(cell),
            Kind::Crossing | Kind::Touch | Kind::Duplicate | Kind::Spike => {
                Some(self.redraw_bend(kind, cell, size))
            }
            Kind::Orientation => {
                let corners: Vec<Point> = self.corners(cell).into_iter().rev().collect();
                self.redraw(cell, &corners);
                Some(self.whole(kind, cell, None))
            }
            Kind::Hole => Some(self.hole(cell, size)),
            Kind::Multipart | Kind::Missing => self.drop_last(kind, cell),
            Kind::Twice => {
                self.shapes.push(self.shapes[cell].clone());
                let area = measure::area_m2(&self.shapes[cell]);
                let grids = vec![cell, self.shapes.len() - 1];
                Some(Planted { grids, ..self.whole(kind, cell, Some(area)) })
            }
            Kind::Line => {
                let (a, b) = (self.corners(cell)[0], self.corners(cell)[2]);
                let middle = plus(a, minus(b, a), 0.5);
                self.shapes.push(crate::common::polygon(&[a, middle, b]));
                let grids = vec![self.shapes.len() - 1];
                Some(Planted { grids, ..self.whole(kind, cell, None) })
            }
        }
    }

    fn whole(&self, kind: Kind, cell: usize, area_m2: Option<f64>) -> Planted {
        let at = measure::label_point(&frame(), &self.shapes[cell]);
        Planted { kind, grids: vec![cell], at, reach_m: 150.0, area_m2 }
    }

    /// A random bend on a side: its number, and the corners before, at and after it.
    fn bend(&mut self, cell: usize, side: usize) -> (usize, [Point; 3]) {
        let at = side * (self.bends + 1) + 1 + self.dice.below(self.bends);
        let line = self.corners(cell);
        (at, [line[at - 1], line[at], line[(at + 1) % line.len()]])
    }

    fn move_bend(&mut self, kind: Kind, cell: usize, shared: bool, size: f64) -> Option<Planted> {
        let side = self.side(cell, shared)?;
        let (at, [p, v, n]) = self.bend(cell, side);
        let inward = left(unit(minus(v, p)));
        let middle = unit(plus(inward, left(unit(minus(n, v))), 1.0));
        let slope = middle.0 * inward.0 + middle.1 * inward.1;
        let forward = matches!(kind, Kind::Overlap | Kind::Outside);
        // As far from both edges as wanted, but no further than the next bends allow.
        let most = 0.2 * length(minus(v, p)).min(length(minus(n, v)));
        let far = (size / slope).min(most);
        let moved = plus(v, middle, if forward { -far } else { far });
        let mut corners = self.corners(cell);
        corners[at] = moved;
        self.redraw(cell, &corners);
        let moved = self.corners(cell)[at];
        let mut grids = vec![cell];
        grids.extend(self.beyond(cell, side));
        grids.sort_unstable();
        Some(Planted {
            kind,
            grids,
            at: place(v.0, v.1),
            reach_m: length(minus(v, p)).max(length(minus(n, v))) + far,
            area_m2: Some((doubled_area(&[p, v, n, moved]) / 2.0).abs()),
        })
    }

    /// Moves a bend of the border between a cell and a neighbour in both, so that the cell loses a
    /// piece to the neighbour.
    pub fn move_border(&mut self, cell: usize, size: f64) -> Option<Moved> {
        let before = self.corners(cell);
        let planted = self.move_bend(Kind::Gap, cell, true, size)?;
        let taker = *planted.grids.iter().find(|&&grid| grid != cell)?;
        let after = self.corners(cell);
        let at = (0..before.len()).find(|&i| before[i] != after[i])?;
        let (from, to) = (before[at], after[at]);
        let mut theirs = self.corners(taker);
        theirs.iter_mut().filter(|corner| **corner == from).for_each(|corner| *corner = to);
        self.redraw(taker, &theirs);
        let next = before[(at + 1) % before.len()];
        Some(Moved { taker, piece: [before[at - 1], from, next, to] })
    }

    /// The side of a cell on which a neighbour lies.
    pub fn side_of_border(&self, cell: usize, neighbour: usize) -> usize {
        (0..4).find(|&side| self.beyond(cell, side) == Some(neighbour)).unwrap()
    }

    /// Whether a cell lies beyond the line of cell borders along a side of another cell.
    pub fn is_beyond(&self, cell: usize, other: usize, side: usize) -> bool {
        let place = |cell: usize| (cell % self.columns, cell / self.columns);
        let ((column, row), (other_column, other_row)) = (place(cell), place(other));
        match side {
            0 => other_row < row,
            1 => other_column > column,
            2 => other_row > row,
            _ => other_column < column,
        }
    }

    fn cut_corner(&mut self) -> Planted {
        let mut corners = self.corners(0);
        let v = corners.remove(0);
        let (n, p) = (corners[0], corners[corners.len() - 1]);
        self.redraw(0, &corners);
        Planted {
            kind: Kind::MissingCorner,
            grids: vec![0],
            at: place(v.0, v.1),
            reach_m: length(minus(v, p)).max(length(minus(n, v))),
            area_m2: Some((doubled_area(&[p, v, n]) / 2.0).abs()),
        }
    }

    /// A corner somewhere on a common edge, on its line as the file has it, not on the grid.
    fn insert_on_border(&mut self, cell: usize) -> Option<Planted> {
        let side = self.side(cell, true)?;
        let (at, _) = self.bend(cell, side);
        let mut corners = self.shapes[cell].polygons()[0].exterior().corners().to_vec();
        let (a, b) = (corners[at - 1], corners[at]);
        let t = 0.2 + 0.6 * self.dice.roll();
        let between = |from: f64, to: f64| from + (to - from) * t;
        let on = LonLat::new(between(a.lon(), b.lon()), between(a.lat(), b.lat())).unwrap();
        corners.insert(at, on);
        let ring = Ring::new(corners).unwrap();
        self.shapes[cell] = MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).unwrap();
        let mut grids = vec![cell, self.beyond(cell, side)?];
        grids.sort_unstable();
        Some(Planted { kind: Kind::Mismatch, grids, at: on, reach_m: 0.01, area_m2: None })
    }

    fn redraw_bend(&mut self, kind: Kind, cell: usize, size: f64) -> Planted {
        let side = self.dice.below(4);
        let (at, [_, v, n]) = self.bend(cell, side);
        let edge = minus(n, v);
        let (along, inward) = (unit(edge), left(unit(edge)));
        let s = size.min(0.2 * length(edge));
        let mut corners = self.corners(cell);
        let middle = plus(v, edge, 0.5);
        let new: Vec<Point> = match kind {
            // Onward, up to the left, and down behind across the line.
            Kind::Crossing => vec![
                plus(middle, along, s),
                plus(middle, inward, s),
                plus(plus(middle, along, -s / 2.0), inward, -s),
            ],
            // A loop to the left, clockwise, so that it encloses a hole.
            Kind::Touch => {
                let aside = |times: f64| plus(plus(middle, inward, s), along, times);
                vec![middle, aside(-s), aside(s), middle]
            }
            Kind::Duplicate => vec![v],
            _ => vec![plus(v, inward, if self.dice.roll() < 0.5 { s } else { -s }), v],
        };
        let first = if matches!(kind, Kind::Crossing | Kind::Touch) { middle } else { v };
        corners.splice(at + 1..at + 1, new);
        self.redraw(cell, &corners);
        let at = place(first.0, first.1);
        Planted { kind, grids: vec![cell], at, reach_m: 2.0 * s + 0.01, area_m2: None }
    }

    fn hole(&mut self, cell: usize, size: f64) -> Planted {
        let centre = frame().to_grid(measure::label_point(&frame(), &self.shapes[cell]));
        let (x, y) = (centre.x as f64 / 1000.0, centre.y as f64 / 1000.0);
        // Whole millimetres, ten at least.
        let half = (size.clamp(0.01, 10.0) * 500.0).ceil() / 1000.0;
        let square = [
            (x - half, y - half),
            (x + half, y - half),
            (x + half, y + half),
            (x - half, y + half),
        ];
        let ring = Ring::new(square.map(|(x, y)| place(x, y)).to_vec()).unwrap();
        let exterior = self.shapes[cell].polygons()[0].exterior().clone();
        self.shapes[cell] = MultiPolygon::new(vec![Polygon::new(exterior, vec![ring])]).unwrap();
        let area_m2 = Some(4.0 * half * half);
        let at = frame().to_lonlat(centre);
        Planted { kind: Kind::Hole, grids: vec![cell], at, reach_m: 2.0 * half, area_m2 }
    }

    /// Leaves the last cell out, or gives it to a cell that is not beside it.
    fn drop_last(&mut self, kind: Kind, cell: usize) -> Option<Planted> {
        let last = self.shapes.len() - 1;
        let beside: Vec<usize> = (0..4).filter_map(|side| self.beyond(last, side)).collect();
        let area = measure::area_m2(&self.shapes[last]);
        let whole = self.whole(kind, last, Some(area));
        if kind == Kind::Missing {
            self.shapes.pop();
            let mut grids = beside;
            grids.sort_unstable();
            return Some(Planted { grids, ..whole });
        }
        // A cell that meets the last one at a corner alone is not beside it, either.
        if cell == last || beside.contains(&cell) {
            return None;
        }
        let other = self.shapes.pop()?;
        let parts = self.shapes[cell].polygons().iter().chain(other.polygons()).cloned().collect();
        self.shapes[cell] = MultiPolygon::new(parts).unwrap();
        let smaller = measure::area_m2(&other)
            .min(measure::area_m2(&self.shapes[cell]) - measure::area_m2(&other));
        Some(Planted { grids: vec![cell], area_m2: Some(smaller), reach_m: 1e6, ..whole })
    }

    /// Faults of 5 cm to 2 m at bends of cells that have no side in common.
    pub fn plant_many(&mut self) -> Vec<Planted> {
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| kind.is_at_a_bend()).collect();
        let mut planted = Vec::new();
        for cell in 0..self.shapes.len() {
            let (column, row) = (cell % self.columns, cell / self.columns);
            if column.is_multiple_of(2) && row.is_multiple_of(2) {
                let kind = kinds[self.dice.below(kinds.len())];
                let size = 0.05 * 40f64.powf(self.dice.roll());
                planted.extend(self.plant(kind, cell, size));
            }
        }
        planted
    }
}

/// The findings about coverage and rings, but for the direction of rings.
pub fn faults(report: &Report) -> Vec<&Finding> {
    let of_geometry = |f: &&Finding| {
        (f.rule.starts_with("coverage.") || f.rule.starts_with("geometry."))
            && f.rule != "geometry.orientation"
    };
    report.findings.iter().filter(of_geometry).collect()
}
