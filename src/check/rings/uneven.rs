//! Where a ring repeats a corner or turns back upon itself; see [`super`] for what counts.

use crate::domain::{LonLat, MultiPolygon, Ring};
use crate::geometry::Frame;

/// Corners that repeat the one before them, and corners at which a ring turns back.
#[derive(Default)]
pub(super) struct Uneven {
    pub repeated: Vec<LonLat>,
    pub spikes: Vec<LonLat>,
    /// How far the longest spike sticks out, in millimetres.
    pub longest_mm: f64,
}

/// Grid steps within which two corners are one, and within which a point lies on a line.
const SAME: f64 = 1.0;
const ROUNDING: f64 = 1.5;
/// Greatest width of a spike at its foot, as a share of its length and in millimetres.
const SPIKE_SHARE: f64 = 0.02;
const SPIKE_MM: f64 = 500.0;
/// Length in millimetres below which only an exact return is a spike.
const SPIKE_LENGTH_MM: f64 = 10.0;

pub(super) fn uneven(frame: &Frame, shape: &MultiPolygon) -> Uneven {
    let mut found = Uneven::default();
    let mut plane: Vec<(f64, f64)> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for ring in shape.polygons().iter().flat_map(|p| p.rings()) {
        let places = ring.corners();
        keep_different(frame, places, &mut plane, &mut kept);
        if kept.len() < places.len() {
            let repeats = |i: &usize| kept.binary_search(i).is_err();
            found.repeated.extend((0..places.len()).filter(repeats).map(|i| places[i]));
        }
        each_spike(&plane, &kept, |[_, tip, _], length| {
            found.spikes.push(places[tip]);
            found.longest_mm = found.longest_mm.max(length);
        });
    }
    found
}

/// The spikes of a ring: the corner before each, its tip and the corner after.
pub(crate) fn spikes(frame: &Frame, ring: &Ring) -> Vec<[LonLat; 3]> {
    let (mut plane, mut kept, mut spikes) = (Vec::new(), Vec::new(), Vec::new());
    let places = ring.corners();
    keep_different(frame, places, &mut plane, &mut kept);
    each_spike(&plane, &kept, |corners, _| spikes.push(corners.map(|i| places[i])));
    spikes
}

/// The corners of a ring on the plane, and the positions of those that do not repeat the one
/// before them.
fn keep_different(
    frame: &Frame,
    places: &[LonLat],
    plane: &mut Vec<(f64, f64)>,
    kept: &mut Vec<usize>,
) {
    plane.clear();
    plane.extend(places.iter().map(|&p| frame.to_plane(p)));
    let same = |i: usize, j: usize| {
        let (dx, dy) = (plane[i].0 - plane[j].0, plane[i].1 - plane[j].1);
        dx * dx + dy * dy <= SAME * SAME
    };
    kept.clear();
    let before = |i: usize| if i == 0 { places.len() - 1 } else { i - 1 };
    kept.extend((0..places.len()).filter(|&i| !same(i, before(i))));
}

/// Calls `found` for each spike among the corners `kept` of a ring, with their positions and the
/// length of the spike in millimetres.
fn each_spike(plane: &[(f64, f64)], kept: &[usize], mut found: impl FnMut([usize; 3], f64)) {
    for (k, &tip) in kept.iter().enumerate() {
        let before = if k == 0 { kept[kept.len() - 1] } else { kept[k - 1] };
        let after = if k + 1 == kept.len() { kept[0] } else { kept[k + 1] };
        if let Some(length) = spike_length(plane[before], plane[tip], plane[after]) {
            found([before, tip, after], length);
        }
    }
}

/// How far a ring that goes from `a` over `tip` to `b` sticks out there, if it turns back.
fn spike_length(a: (f64, f64), tip: (f64, f64), b: (f64, f64)) -> Option<f64> {
    let u = (a.0 - tip.0, a.1 - tip.1);
    let v = (b.0 - tip.0, b.1 - tip.1);
    let along = u.0 * v.0 + u.1 * v.1;
    if along <= 0.0 {
        return None;
    }
    let (u_length, v_length) = (u.0.hypot(u.1), v.0.hypot(v.1));
    // The height of the shorter leg's end above the longer leg.
    let height = (u.0 * v.1 - u.1 * v.0).abs() / u_length.max(v_length);
    let length = u_length.min(v_length);
    let is_exact = height <= 1e-3 * length;
    let is_thin = length >= SPIKE_LENGTH_MM
        && (height <= ROUNDING || height <= (SPIKE_SHARE * length).min(SPIKE_MM));
    (is_exact || is_thin).then_some(length)
}
