//! The largest circle inside a polygon, whose diameter is the width of a gap or an overlap.
//!
//! Best-first search over rectangles, as Mapbox's polylabel does it over squares (after
//! Garcia-Castellanos & Lombardo 2007), with three changes that slivers need:
//! - each rectangle keeps only the edges that can be nearest to one of its places, so that a
//!   look costs the edges nearby and not all of them;
//! - the distance to one edge is convex, so over a rectangle it is greatest at a corner, and so
//!   is the mean of the distances to two edges: in a strip that mean is half its width wherever
//!   one looks, which settles a long rectangle in one step;
//! - each rectangle also tries the middle of the strip across its nearest edge.
//!
//! For the width alone a polygon of few edges needs no search ([`few`]). For a place it is better
//! served by one: of the many largest circles of a strip the search finds one in the middle.

mod few;
mod plane;
mod search;

use super::frame::Frame;
use crate::domain::{LonLat, MultiPolygon, Polygon};
use plane::Plane;
use search::Search;

/// The largest circle inside a polygon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InscribedCircle {
    /// Its centre.
    pub centre: LonLat,
    /// Its diameter in metres: the width of a sliver.
    pub diameter_m: f64,
}

/// The largest inscribed circle to within a share `precision` of its size; `None` for a shape
/// without area.
///
/// The search ends after an amount of work that grows with the number of edges. Only for strips
/// many thousand times longer than wide does it end so; the circle is then the largest of
/// several thousand looks along the strip.
pub fn inscribed_circle(
    frame: &Frame,
    shape: &MultiPolygon,
    precision: f64,
) -> Option<InscribedCircle> {
    shape
        .polygons()
        .iter()
        .filter_map(|polygon| {
            let plane = Plane::of(frame, polygon)?;
            let (at, radius) = Search::new(plane.edges(polygon), precision).run()?;
            Some(InscribedCircle { centre: plane.place(at), diameter_m: 2.0 * radius })
        })
        .max_by(|a, b| a.diameter_m.total_cmp(&b.diameter_m))
}

/// Diameter in metres of the largest inscribed circle, as [`inscribed_circle`] finds it, and
/// exactly in a polygon of few edges; 0 for a shape without area.
pub fn greatest_width_m(frame: &Frame, shape: &MultiPolygon, precision: f64) -> f64 {
    let radius = |polygon: &Polygon| {
        let is_small = polygon.exterior().corners().len() <= few::FEW_EDGES;
        let circle = if polygon.holes().is_empty() && is_small {
            few::largest(&Plane::upright(frame, polygon)?.edges(polygon))
        } else {
            Search::new(Plane::of(frame, polygon)?.edges(polygon), precision).run()
        };
        circle.map(|(_, radius)| radius)
    };
    2.0 * shape.polygons().iter().filter_map(radius).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Ring;
    use crate::geometry::GridPoint;

    fn shape(corners: &[(f64, f64)]) -> MultiPolygon {
        let ring = Ring::new(corners.iter().map(|&(x, y)| LonLat::new(x, y).unwrap()).collect());
        MultiPolygon::new(vec![Polygon::new(ring.unwrap(), Vec::new())]).unwrap()
    }

    #[test]
    fn a_sliver_is_as_wide_as_its_circle() {
        let frame = Frame::around(LonLat::new(120.0, 36.0).unwrap());
        let at = |x: f64, y: f64| {
            let p = frame.to_lonlat(GridPoint { x: (x * 1000.0) as i64, y: (y * 1000.0) as i64 });
            (p.lon(), p.lat())
        };
        // 6 m wide and 120 m long, turned by 45 degrees.
        let s = 0.5f64.sqrt();
        let turned = |u: f64, v: f64| at((u - v) * s, (u + v) * s);
        let sliver = shape(&[turned(0., 0.), turned(120., 0.), turned(120., 6.), turned(0., 6.)]);
        let circle = inscribed_circle(&frame, &sliver, 0.01).unwrap();
        assert!((circle.diameter_m - 6.0).abs() < 0.07, "{}", circle.diameter_m);
    }
}
