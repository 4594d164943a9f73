//! Edits as planners make them, and as nobody should.

use crate::common::{Dice, place};
use wangge::check::GridEdit;
use wangge::dataset::Dataset;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};

/// A kind of edit.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A vertex, in every grid that has it.
    MoveShared,
    /// A vertex, in one grid only.
    MoveAlone,
    /// A vertex by millimetres, in one grid only.
    Nudge,
    /// A vertex right across the map, in one grid or in all.
    MoveFar,
    /// A vertex to the place of another vertex.
    Snap,
    /// A new vertex on or beside an edge of one grid.
    Insert,
    /// One vertex less.
    Delete,
    /// A grid as it was at first.
    Revert,
    /// The same ring, the other way round or from another corner.
    Turn,
    /// A grid that takes the shape of another.
    Copy,
    /// A grid that gets a second part, or a hole.
    Compose,
    /// A grid as a whole by centimetres to a metre, so that strips open around it.
    Shift,
    /// Two grids at once.
    Two,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::MoveShared,
        Self::MoveAlone,
        Self::Nudge,
        Self::MoveFar,
        Self::Snap,
        Self::Insert,
        Self::Delete,
        Self::Revert,
        Self::Turn,
        Self::Copy,
        Self::Compose,
        Self::Shift,
        Self::Two,
    ];
}

pub struct Editor {
    pub dice: Dice,
    first: Vec<MultiPolygon>,
}

type Rings = Vec<Vec<Vec<LonLat>>>;

fn rings(shape: &MultiPolygon) -> Rings {
    let rings = |p: &Polygon| p.rings().map(|ring| ring.corners().to_vec()).collect();
    shape.polygons().iter().map(rings).collect()
}

fn shape(rings: Rings) -> Option<MultiPolygon> {
    let polygons = rings.into_iter().map(|rings| {
        let mut rings = rings.into_iter().map(|corners| Ring::new(corners).ok());
        let exterior = rings.next()??;
        Some(Polygon::new(exterior, rings.collect::<Option<_>>()?))
    });
    MultiPolygon::new(polygons.collect::<Option<_>>()?).ok()
}

fn moved(p: LonLat, east_m: f64, north_m: f64) -> LonLat {
    let (per_lon, per_lat) = wangge::geometry::metres_per_degree(p.lat());
    LonLat::new(p.lon() + east_m / per_lon, p.lat() + north_m / per_lat).unwrap()
}

impl Editor {
    pub fn new(dataset: &Dataset, seed: u64) -> Self {
        let first = dataset.grids.iter().map(|grid| grid.geometry.clone()).collect();
        Self { dice: Dice::new(seed ^ 0xed17), first }
    }

    /// An edit of a kind; none when it cannot be made here.
    pub fn edit(&mut self, dataset: &Dataset, kind: Kind) -> Vec<GridEdit> {
        let grid = self.dice.below(dataset.grids.len());
        let old = &dataset.grids[grid].geometry;
        let mut drawn = rings(old);
        let (part, ring) = {
            let part = self.dice.below(drawn.len());
            (part, self.dice.below(drawn[part].len()))
        };
        let corner = self.dice.below(drawn[part][ring].len());
        let from = drawn[part][ring][corner];
        let at = |n: usize| dataset.grids[n].geometry.corners();
        let one = |drawn: Rings| edits(vec![(grid, shape(drawn))]);
        match kind {
            Kind::MoveShared => {
                let to = self.near(from, 8.0);
                everywhere(dataset, from, to)
            }
            Kind::MoveAlone => {
                drawn[part][ring][corner] = self.near(from, 8.0);
                one(drawn)
            }
            Kind::Nudge => {
                drawn[part][ring][corner] = self.near(from, 0.004);
                one(drawn)
            }
            Kind::MoveFar => {
                let to = place(self.dice.roll() * 500.0, self.dice.roll() * 500.0);
                if self.dice.roll() < 0.5 {
                    return everywhere(dataset, from, to);
                }
                drawn[part][ring][corner] = to;
                one(drawn)
            }
            Kind::Snap => {
                let other = self.dice.below(dataset.grids.len());
                let corners: Vec<LonLat> = at(other).collect();
                let to = corners[self.dice.below(corners.len())];
                if self.dice.roll() < 0.5 {
                    return everywhere(dataset, from, to);
                }
                drawn[part][ring][corner] = to;
                one(drawn)
            }
            Kind::Insert => {
                let line = &mut drawn[part][ring];
                let next = line[(corner + 1) % line.len()];
                let t = self.dice.roll();
                let middle = LonLat::new(
                    from.lon() + (next.lon() - from.lon()) * t,
                    from.lat() + (next.lat() - from.lat()) * t,
                );
                let size = [0.0, 0.001, 0.3][self.dice.below(3)];
                let middle = self.near(middle.unwrap(), size);
                line.insert(corner + 1, middle);
                one(drawn)
            }
            Kind::Delete => {
                drawn[part][ring].remove(corner);
                one(drawn)
            }
            Kind::Revert => edits(vec![(grid, Some(self.first[grid].clone()))]),
            Kind::Turn => {
                let line = &mut drawn[part][ring];
                if self.dice.roll() < 0.5 {
                    line.reverse();
                } else {
                    line.rotate_left(corner);
                }
                one(drawn)
            }
            Kind::Copy => {
                let other = self.dice.below(dataset.grids.len());
                edits(vec![(grid, Some(dataset.grids[other].geometry.clone()))])
            }
            Kind::Compose => {
                let around = self.near(from, 30.0);
                let square = [(0.0, 0.0), (9.0, 1.0), (8.0, 10.0), (-1.0, 8.0)];
                let square: Vec<LonLat> =
                    square.iter().map(|&(x, y)| moved(around, x, y)).collect();
                if self.dice.roll() < 0.5 {
                    drawn.push(vec![square]);
                } else {
                    drawn[part].push(square);
                }
                one(drawn)
            }
            Kind::Shift => {
                let size = [0.03, 0.3, 1.0][self.dice.below(3)];
                let (east, north) =
                    ((self.dice.roll() - 0.5) * size, (self.dice.roll() - 0.5) * size);
                drawn.iter_mut().flatten().flatten().for_each(|p| *p = moved(*p, east, north));
                one(drawn)
            }
            Kind::Two => {
                let mut both = self.edit(dataset, Kind::MoveAlone);
                both.extend(self.edit(dataset, Kind::MoveShared));
                both
            }
        }
    }

    fn near(&mut self, p: LonLat, size_m: f64) -> LonLat {
        moved(p, (self.dice.roll() - 0.5) * 2.0 * size_m, (self.dice.roll() - 0.5) * 2.0 * size_m)
    }
}

/// A vertex moved in every grid that has it.
fn everywhere(dataset: &Dataset, from: LonLat, to: LonLat) -> Vec<GridEdit> {
    let having = |(n, grid): (usize, &wangge::domain::Grid)| {
        grid.geometry.corners().any(|p| p == from).then(|| {
            let mut drawn = rings(&grid.geometry);
            drawn.iter_mut().flatten().flatten().filter(|p| **p == from).for_each(|p| *p = to);
            (n, shape(drawn))
        })
    };
    edits(dataset.grids.iter().enumerate().filter_map(having).collect())
}

/// Those that are still shapes.
fn edits(shapes: Vec<(usize, Option<MultiPolygon>)>) -> Vec<GridEdit> {
    let whole = shapes.into_iter().filter_map(|(grid, geometry)| Some((grid, geometry?)));
    whole.map(|(grid, geometry)| GridEdit { grid, geometry }).collect()
}
