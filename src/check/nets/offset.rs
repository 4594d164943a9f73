//! A shift that a whole net has in common: the mark of a file in another reference system.

use super::super::context::Context;
use crate::dataset::crs::Crs;
use crate::domain::{LonLat, MultiPolygon, Net, Polygon, Ring};
use crate::geometry::{Coverage, Frame, GridPoint};
use serde::Serialize;

/// A common shift of a net against the grids.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offset {
    /// Metres that the net lies too far east.
    pub east_m: f64,
    /// Metres that it lies too far north.
    pub north_m: f64,
    /// The reference system that would explain it: `gcj02`, `bd09`.
    pub suspected_crs: Option<String>,
    #[serde(skip)]
    steps: (i64, i64),
}

/// Features that must show the same shift, of those that can be compared.
const SHARE_IN_COMMON: f64 = 0.6;

impl Offset {
    /// Length of the shift in metres.
    pub fn distance_m(&self) -> f64 {
        self.east_m.hypot(self.north_m)
    }

    /// A feature's area moved to where it was meant.
    pub fn take_back(&self, frame: &Frame, shape: &MultiPolygon) -> MultiPolygon {
        let place = |p: &LonLat| {
            let g = frame.to_grid(*p);
            frame.to_lonlat(GridPoint { x: g.x - self.steps.0, y: g.y - self.steps.1 })
        };
        // A ring keeps its corners when it is moved; at the edge of the world it stays.
        let ring = |r: &Ring| {
            Ring::new(r.corners().iter().map(place).collect()).unwrap_or_else(|_| r.clone())
        };
        let parts = shape
            .polygons()
            .iter()
            .map(|p| Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect()));
        MultiPolygon::new(parts.collect()).unwrap_or_else(|_| shape.clone())
    }
}

/// The shift that most features of a net have in common, when it is larger than the tolerance.
///
/// Each feature is compared with the grid that it names (else with the nearest of about its
/// size): when their areas agree to 2 %, the difference of their centres of area is a vote.
pub(super) fn find(context: &Context, net: &Net) -> Option<Offset> {
    let votes = votes(context, net);
    // Two borders moved by hand are no reference system.
    if votes.len() < 3 || votes.len() * 2 < net.features.len() {
        return None;
    }
    let median = |mut values: Vec<i64>| {
        values.sort_unstable();
        values[values.len() / 2]
    };
    let steps =
        (median(votes.iter().map(|v| v.0).collect()), median(votes.iter().map(|v| v.1).collect()));
    let scale = context.frame.scale(GridPoint::default());
    let length = |v: (i64, i64)| (v.0 as f64 * scale.0).hypot(v.1 as f64 * scale.1);
    let size = length(steps);
    if size <= context.tolerance_m {
        return None;
    }
    // A reference system's shift is not constant over a city: a fiftieth of it may vary.
    let agree = |v: &&(i64, i64)| {
        length((v.0 - steps.0, v.1 - steps.1)) <= (size / 50.0).max(context.tolerance_m)
    };
    if (votes.iter().filter(agree).count() as f64) < SHARE_IN_COMMON * votes.len() as f64 {
        return None;
    }
    let (east_m, north_m) = (steps.0 as f64 * scale.0, steps.1 as f64 * scale.1);
    Some(Offset { east_m, north_m, suspected_crs: suspect(context, east_m, north_m), steps })
}

/// (steps east, steps north) from a grid to the feature that should coincide with it.
fn votes(context: &Context, net: &Net) -> Vec<(i64, i64)> {
    let shapes: Vec<&MultiPolygon> = net.features.iter().map(|f| &f.geometry).collect();
    let grids = &context.coverage;
    let features = Coverage::build(&context.frame, &shapes);
    let centre = |p: Option<LonLat>| p.map(|p| context.frame.to_grid(p));
    let grid_centres: Vec<_> = grids.centroids().into_iter().map(centre).collect();
    let feature_centres: Vec<_> = features.centroids().into_iter().map(centre).collect();
    let (grid_areas, feature_areas) = (grids.areas_m2(), features.areas_m2());
    let similar = |g: usize, f: usize| (feature_areas[f] / grid_areas[g] - 1.0).abs() < 0.02;
    let distance = |a: GridPoint, b: GridPoint| ((a.x - b.x) as f64).hypot((a.y - b.y) as f64);
    (0..net.features.len())
        .filter_map(|f| {
            let at = feature_centres[f]?;
            let named = net.features[f].grid_codes.first();
            let grid = match named
                .and_then(|code| context.dataset.grids.iter().position(|g| g.code == *code))
            {
                Some(g) => Some(g),
                None => (0..grid_centres.len())
                    .filter(|&g| similar(g, f) && grid_centres[g].is_some())
                    .min_by(|&a, &b| {
                        let far =
                            |g: usize| grid_centres[g].map_or(f64::INFINITY, |c| distance(c, at));
                        far(a).total_cmp(&far(b))
                    }),
            }?;
            let from = grid_centres[grid]?;
            similar(grid, f).then_some((at.x - from.x, at.y - from.y))
        })
        .collect()
}

/// The reference system whose shift at this place is the one seen, to within a tenth.
fn suspect(context: &Context, east_m: f64, north_m: f64) -> Option<String> {
    let here = context.frame.to_lonlat(GridPoint::default());
    [("gcj02", Crs::Gcj02), ("bd09", Crs::Bd09)].into_iter().find_map(|(name, system)| {
        let (lon, lat) = system.from_degrees(here);
        let there = context.frame.to_grid(LonLat::new(lon, lat).ok()?);
        let (sx, sy) = context.frame.scale(GridPoint::default());
        let (dx, dy) = (there.x as f64 * sx, there.y as f64 * sy);
        let miss = (dx - east_m).hypot(dy - north_m);
        (miss < 0.1 * dx.hypot(dy)).then(|| name.to_string())
    })
}
