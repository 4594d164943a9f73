//! A shift that a whole net has in common: the mark of a file in another reference system.
//!
//! 1. Every feature is held against the grids of its size and outline length, or those that it
//!    names: the difference of their centres is a vote ([`votes`]). Half of the features in their
//!    place, and there is nothing to look for.
//! 2. Each pair of WGS 84, GCJ-02 and BD-09 is tried, in either direction: the one that leads most
//!    features to their grids explains the shift. A net of mergers, which has no feature of a
//!    grid's size, is known by its corners.
//! 3. Else the shift on which most features agree is a common one.
//!
//! In any case the net as a whole must lie off by it too: a border that was moved does not move
//! the outline.

mod shape;
mod votes;

use super::super::context::Context;
use super::named::Named;
use crate::dataset::crs::Crs;
use crate::domain::{LonLat, MultiPolygon, Net, Polygon, Ring};
use crate::geometry::{Frame, GridPoint};
use serde::Serialize;
use shape::Figure;
use votes::{Vote, Votes};

/// A common shift of a net against the grids.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offset {
    /// Metres that the net lies too far east.
    pub east_m: f64,
    /// Metres that it lies too far north.
    pub north_m: f64,
    /// The reference system that would explain it: `gcj02`, `bd09`.
    pub suspected_crs: Option<String>,
    /// The system that the net's numbers would then be in: `wgs84`, `gcj02`, `bd09`.
    pub net_crs: Option<String>,
    /// The system that the grids' numbers would then be in.
    pub grids_crs: Option<String>,
    /// What remains between the centres of features and grids once the shift is taken back, in
    /// metres: the median.
    pub residual_m: f64,
    #[serde(skip)]
    way_back: WayBack,
}

/// How a net comes to where it was meant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum WayBack {
    /// By grid steps.
    Steps(i64, i64),
    /// From the one system to the other.
    Systems(System, System),
}

/// A system of degrees that files in China come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Wgs84,
    Gcj02,
    Bd09,
}

/// Features that must show the same shift, of those that can be compared (half of the net at
/// least).
const SHARE_IN_COMMON: f64 = 0.6;
/// Features in their place that make a search needless.
const SHARE_IN_PLACE: f64 = 0.5;
/// Share of its length by which a shift may vary over a subdistrict.
const VARIES: f64 = 0.02;
/// Share of its length that a conversion may leave, as the formulas' ways back differ.
const LEAVES: f64 = 0.01;

impl System {
    const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];

    fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    fn crs(self) -> Crs {
        match self {
            Self::Wgs84 => Crs::Degrees,
            Self::Gcj02 => Crs::Gcj02,
            Self::Bd09 => Crs::Bd09,
        }
    }

    /// Numbers in this system as numbers of another; at the edge of the world they stay.
    fn to(self, other: Self, place: LonLat) -> LonLat {
        let Ok(degrees) = self.crs().to_degrees(place.lon(), place.lat()) else { return place };
        let (lon, lat) = other.crs().from_degrees(degrees);
        LonLat::new(lon, lat).unwrap_or(place)
    }

    /// Every pair of two different systems: (the net's, the grids').
    fn pairs() -> impl Iterator<Item = (Self, Self)> {
        let all = Self::ALL.into_iter();
        all.flat_map(|net| Self::ALL.into_iter().filter(move |g| *g != net).map(move |g| (net, g)))
    }
}

impl WayBack {
    fn place(self, frame: &Frame, place: LonLat) -> LonLat {
        match self {
            Self::Steps(east, north) => {
                let at = frame.to_grid(place);
                frame.to_lonlat(GridPoint { x: at.x - east, y: at.y - north })
            }
            Self::Systems(net, grids) => net.to(grids, place),
        }
    }
}

impl Offset {
    /// Length of the shift in metres.
    pub fn distance_m(&self) -> f64 {
        self.east_m.hypot(self.north_m)
    }

    /// A feature's area moved to where it was meant.
    pub fn take_back(&self, frame: &Frame, shape: &MultiPolygon) -> MultiPolygon {
        // A ring keeps its corners when it is moved; at the edge of the world it stays.
        let ring = |r: &Ring| {
            let corners = r.corners().iter().map(|&p| self.way_back.place(frame, p));
            Ring::new(corners.collect()).unwrap_or_else(|_| r.clone())
        };
        let parts = shape
            .polygons()
            .iter()
            .map(|p| Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect()));
        MultiPolygon::new(parts.collect()).unwrap_or_else(|_| shape.clone())
    }
}

/// The shift that a net has in common, when it is larger than the tolerance. `order` lists the
/// features by their keys.
pub(super) fn find(context: &Context, net: &Net, named: &Named, order: &[usize]) -> Option<Offset> {
    let search = Search::new(context, net);
    let votes = votes::cast(&search, named, order);
    if votes.share_in_place() >= SHARE_IN_PLACE {
        return None;
    }
    search.by_system(&votes).or_else(|| search.by_corners()).or_else(|| search.by_shift(&votes))
}

/// What the search knows of grids and features.
struct Search<'c, 'a> {
    context: &'c Context<'a>,
    net: &'c Net,
    grids: Vec<Option<Figure>>,
    features: Vec<Option<Figure>>,
    /// Metres per grid step in the middle of the dataset.
    scale: (f64, f64),
}

impl<'c, 'a> Search<'c, 'a> {
    fn new(context: &'c Context<'a>, net: &'c Net) -> Self {
        let figure = |shape: &MultiPolygon| Figure::of(&context.frame, shape);
        Self {
            context,
            net,
            grids: context.grids.iter().map(|shape| figure(shape)).collect(),
            features: net.features.iter().map(|f| figure(&f.geometry)).collect(),
            scale: context.frame.scale(GridPoint::default()),
        }
    }

    /// Length in metres of a step on the grid.
    fn length_m(&self, (x, y): (i64, i64)) -> f64 {
        (x as f64 * self.scale.0).hypot(y as f64 * self.scale.1)
    }

    /// How far votes may lie apart that mean the same shift, in metres.
    fn reach_m(&self, shift: (i64, i64)) -> f64 {
        (VARIES * self.length_m(shift)).max(self.context.tolerance_m)
    }

    /// The shift from the centre of all grids to that of all features, when their areas agree.
    fn shift_of_all(&self) -> Option<Vote> {
        let grids = Figure::sum(self.grids.iter().flatten())?;
        let features = Figure::sum(self.features.iter().flatten())?;
        grids.is_as_large_as(&features).then(|| Vote::between(&grids, &features))
    }

    /// Whether the net as a whole lies off by a shift, as far as that can be told.
    fn lies_off_by(&self, shift: (i64, i64)) -> bool {
        let off = |v: (i64, i64)| self.length_m((v.0 - shift.0, v.1 - shift.1));
        self.shift_of_all().is_none_or(|all| off(all.step()) <= self.length_m(shift) / 2.0)
    }

    /// What a way back leaves between the centres of a vote, in metres.
    fn left_m(&self, way_back: WayBack, vote: &Vote) -> f64 {
        let frame = &self.context.frame;
        let back = frame.to_grid(way_back.place(frame, frame.to_lonlat(vote.feature)));
        self.length_m((back.x - vote.grid.x, back.y - vote.grid.y))
    }

    /// How much a conversion may leave of a vote: the formulas' ways back differ.
    fn may_leave_m(&self, vote: &Vote) -> f64 {
        (LEAVES * self.length_m(vote.step())).max(self.context.tolerance_m)
    }

    /// The pair of systems that leads most features to their grids; of equal ones the one that
    /// leaves the least.
    fn by_system(&self, votes: &Votes) -> Option<Offset> {
        let found = System::pairs().filter_map(|(net, grids)| {
            let way_back = WayBack::Systems(net, grids);
            let left = |vote: &Vote| self.left_m(way_back, vote);
            let agreed = votes.agreed(left, |vote| self.may_leave_m(vote))?;
            let left = middle(agreed.iter().map(left).collect());
            Some((agreed, way_back, left))
        });
        let (agreed, way_back, left) =
            found.min_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.2.total_cmp(&b.2)))?;
        let shift = votes::median(&agreed);
        // Outside China the systems are the same, and nothing is shifted.
        (self.length_m(shift) > self.context.tolerance_m && self.lies_off_by(shift))
            .then(|| self.offset(shift, way_back, left))
    }

    /// The offset of a net none of whose features has a grid's size: when a pair of systems leads
    /// its centre to that of the grids and most of its corners to corners of theirs.
    fn by_corners(&self) -> Option<Offset> {
        let all = self.shift_of_all()?;
        let left = |(net, grids)| {
            let way_back = WayBack::Systems(net, grids);
            (way_back, self.left_m(way_back, &all))
        };
        let (way_back, left) = System::pairs().map(left).min_by(|a, b| a.1.total_cmp(&b.1))?;
        let size = self.length_m(all.step());
        if size <= self.context.tolerance_m || left > LEAVES * size {
            return None;
        }
        let near = self.context.tolerance_m.max(LEAVES * size);
        let frame = &self.context.frame;
        let corners = self.context.grids.iter().flat_map(|shape| shape.corners());
        let corners = shape::Corners::of(frame, corners, near);
        let share = |way: &dyn Fn(LonLat) -> LonLat| {
            let places = self.net.features.iter().flat_map(|f| f.geometry.corners());
            corners.share_near(frame, places.map(way))
        };
        let meets = share(&|p| way_back.place(frame, p));
        (meets >= SHARE_IN_COMMON && meets > 2.0 * share(&|p| p))
            .then(|| self.offset(all.step(), way_back, left))
    }

    /// The shift on which most features agree. Two borders moved by hand are no reference system;
    /// two features that kept their shape to a hair are.
    fn by_shift(&self, votes: &Votes) -> Option<Offset> {
        let shift = votes.most_common()?;
        let off = |v: &Vote| self.length_m((v.step().0 - shift.0, v.step().1 - shift.1));
        let agreed = votes.agreed(off, |_| self.reach_m(shift))?;
        let shift = votes::median(&agreed);
        let kept = agreed.iter().filter(|vote| vote.is_exact).count();
        let enough = agreed.len() >= 3 || (kept == agreed.len() && kept >= 2);
        let left = middle(agreed.iter().map(off).collect());
        (enough && self.length_m(shift) > self.context.tolerance_m && self.lies_off_by(shift))
            .then(|| self.offset(shift, WayBack::Steps(shift.0, shift.1), left))
    }

    fn offset(&self, shift: (i64, i64), way_back: WayBack, residual_m: f64) -> Offset {
        let systems = match way_back {
            WayBack::Systems(net, grids) => Some((net, grids)),
            WayBack::Steps(..) => None,
        };
        let suspect = systems.map(|(net, grids)| if net == System::Wgs84 { grids } else { net });
        let name = |system: System| system.name().to_string();
        Offset {
            east_m: shift.0 as f64 * self.scale.0,
            north_m: shift.1 as f64 * self.scale.1,
            suspected_crs: suspect.map(name),
            net_crs: systems.map(|s| name(s.0)),
            grids_crs: systems.map(|s| name(s.1)),
            residual_m,
            way_back,
        }
    }
}

/// The median of some numbers; 0 of none.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
