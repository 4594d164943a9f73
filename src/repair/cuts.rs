//! Long gaps are cut where a border between two grids ends at them, so that each grid gets the
//! stretch along its own border and none grows a spike between others.

use super::mends::gaps;
use super::tiling::{Region, Tiling};
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{Frame, GridPoint};
use rustc_hash::FxHashMap;

/// A gap is long when its perimeter squared is more than this many times its area: a strip of
/// about 1 : 5 (a square has 16).
const LONG: f64 = 30.0;
/// A grid that borders on this share of a gap's perimeter runs along one whole side of it: it gets
/// a strip, not a spike.
const WHOLE_SIDE: f64 = 0.45;
/// A cut leads across a gap, not along it: it is at most this share of the stretches it ends.
const ACROSS: f64 = 0.5;
/// A corner is taken for the end of a cut rather than a new point as long as the cut is no longer
/// than this many times the shortest.
const DETOUR: f64 = 1.5;
/// Gaps with more corners than this are not cut: they are no strips but missing grids.
const MOST_CORNERS: usize = 20_000;

/// The pieces of all long gaps; `may_win` says which grids may grow, `keep_whole` which places
/// must not be cut.
pub(super) fn pieces(
    tiling: &Tiling,
    may_win: impl Fn(usize) -> bool,
    keep_whole: impl Fn(&MultiPolygon) -> bool,
) -> Vec<MultiPolygon> {
    let mut pieces = Vec::new();
    for region in gaps(tiling, &tiling.holders) {
        let neighbours = tiling.neighbours(&region, &tiling.holders);
        let perimeter: i64 = region.border.iter().map(|&e| tiling.length_um(e)).sum();
        let perimeter = perimeter as f64 / 1e6;
        let mut winners = neighbours.iter().filter(|one| may_win(one.0));
        let longest = winners.next().map_or(0.0, |one| one.1 as f64 / 1e6);
        let is_long = perimeter * perimeter > LONG * region.area_m2;
        let several = winners.next().is_some();
        if several && is_long && longest < WHOLE_SIDE * perimeter && !keep_whole(&region.shape) {
            pieces.extend(Strip::of(tiling, &region).map(|strip| strip.cut()).unwrap_or_default());
        }
    }
    pieces
}

/// The corners of a gap's ring, counter-clockwise, with the stretch that begins at each.
struct Strip<'f> {
    frame: &'f Frame,
    corners: Vec<(GridPoint, LonLat)>,
    /// The stretch of each edge: edges along the same grids have the same, and follow each other.
    stretch: Vec<usize>,
    /// Length of each stretch in grid steps.
    lengths: Vec<f64>,
}

/// The end of a cut on the ring: a corner, or a new point on an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Corner(usize),
    OnEdge(usize, GridPoint),
}

/// A cut from a corner to the opposite side.
struct Cut {
    from: usize,
    to: End,
    length: f64,
}

impl<'f> Strip<'f> {
    /// The ring of a gap; `None` when it has holes, touches itself or is too large.
    fn of(tiling: &'f Tiling, region: &Region) -> Option<Self> {
        let a = &tiling.arrangement;
        if region.border.len() > MOST_CORNERS {
            return None;
        }
        let mut from: FxHashMap<u32, u32> = FxHashMap::default();
        for &edge in &region.border {
            if from.insert(a.origin(edge), edge).is_some() {
                return None;
            }
        }
        let start = *region.border.iter().min_by_key(|&&e| a.point(a.origin(e)))?;
        let mut ring = vec![start];
        loop {
            let next = *from.get(&a.origin(ring[ring.len() - 1] ^ 1))?;
            if next == start {
                break;
            }
            ring.push(next);
        }
        if ring.len() != region.border.len() {
            return None;
        }
        let beside = |edge: u32| &tiling.holders[a.face(edge ^ 1) as usize];
        // Begin where a stretch begins.
        let n = ring.len();
        let first = (0..n).find(|&i| beside(ring[i]) != beside(ring[(i + n - 1) % n]))?;
        ring.rotate_left(first);
        let corner = |&e: &u32| (a.point(a.origin(e)), tiling.place(a.origin(e)));
        let corners: Vec<_> = ring.iter().map(corner).collect();
        let (mut stretch, mut lengths) = (Vec::with_capacity(n), Vec::new());
        for i in 0..n {
            if i == 0 || beside(ring[i]) != beside(ring[i - 1]) {
                lengths.push(0.0);
            }
            stretch.push(lengths.len() - 1);
            let last = lengths.len() - 1;
            lengths[last] += distance(corners[i].0, corners[(i + 1) % n].0);
        }
        Some(Self { frame: a.frame(), corners, stretch, lengths })
    }

    /// The pieces between the cuts; none when there is no cut.
    fn cut(&self) -> Vec<MultiPolygon> {
        let cuts = self.cuts();
        if cuts.is_empty() {
            return Vec::new();
        }
        let (ring, index) = self.with_points(&cuts);
        let mut pieces: Vec<Vec<usize>> = vec![(0..ring.len()).collect()];
        for cut in &cuts {
            divide(
                &mut pieces,
                index[&self.point(End::Corner(cut.from))],
                index[&self.point(cut.to)],
            );
        }
        let shape = |piece: Vec<usize>| {
            let ring = Ring::new(piece.into_iter().map(|i| ring[i]).collect()).ok()?;
            MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).ok()
        };
        pieces.into_iter().filter_map(shape).collect()
    }

    /// The cuts, the shortest first; none crosses another.
    fn cuts(&self) -> Vec<Cut> {
        let n = self.corners.len();
        let ends = (0..n).filter(|&i| self.stretch[i] != self.stretch[(i + n - 1) % n]);
        let mut wanted: Vec<Cut> = ends.filter_map(|i| self.shortest_cut(i)).collect();
        wanted.sort_by(|a, b| {
            let key = |cut: &Cut| self.corners[cut.from].0;
            a.length.total_cmp(&b.length).then_with(|| key(a).cmp(&key(b)))
        });
        let mut cuts: Vec<Cut> = Vec::new();
        for cut in wanted {
            let span = self.span(&cut);
            let is_apart = |other: &Cut| {
                let other = self.span(other);
                let inside = |at: (usize, f64)| other.0 < at && at < other.1;
                // Both ends on one side of the other cut, and not the same cut again.
                inside(span.0) == inside(span.1) && span != other
            };
            if cuts.iter().all(is_apart) {
                cuts.push(cut);
            }
        }
        cuts
    }

    /// Where the two ends of a cut stand on the ring, in order.
    fn span(&self, cut: &Cut) -> ((usize, f64), (usize, f64)) {
        let from = (cut.from, 0.0);
        let to = match cut.to {
            End::Corner(i) => (i, 0.0),
            End::OnEdge(edge, point) => (edge, distance(self.corners[edge].0, point)),
        };
        if from < to { (from, to) } else { (to, from) }
    }

    fn point(&self, end: End) -> GridPoint {
        match end {
            End::Corner(i) => self.corners[i].0,
            End::OnEdge(_, point) => point,
        }
    }

    /// The ring with the new points on its edges, and the place of each point in it.
    fn with_points(&self, cuts: &[Cut]) -> (Vec<LonLat>, FxHashMap<GridPoint, usize>) {
        let mut on_edge: Vec<Vec<GridPoint>> = vec![Vec::new(); self.corners.len()];
        for cut in cuts {
            if let End::OnEdge(edge, point) = cut.to {
                on_edge[edge].push(point);
            }
        }
        let (mut ring, mut index) = (Vec::new(), FxHashMap::default());
        for (mut points, &(corner, place)) in on_edge.into_iter().zip(&self.corners) {
            index.insert(corner, ring.len());
            ring.push(place);
            points.sort_by(|a, b| distance(corner, *a).total_cmp(&distance(corner, *b)));
            points.dedup();
            for point in points {
                // A new point may fall on a corner: then that is the end of the cut.
                if let std::collections::hash_map::Entry::Vacant(entry) = index.entry(point) {
                    entry.insert(ring.len());
                    ring.push(self.frame.to_short_lonlat(point));
                }
            }
        }
        (ring, index)
    }

    /// The shortest way from a corner, where two stretches meet, to a third one.
    fn shortest_cut(&self, from: usize) -> Option<Cut> {
        let n = self.corners.len();
        let here = self.corners[from].0;
        let own = [self.stretch[from], self.stretch[(from + n - 1) % n]];
        let (mut best, mut corner) = (None::<(f64, usize, GridPoint)>, None::<(f64, usize)>);
        for edge in (0..n).filter(|&edge| !own.contains(&self.stretch[edge])) {
            let (a, b) = (self.corners[edge].0, self.corners[(edge + 1) % n].0);
            let foot = nearest(a, b, here);
            let length = distance(here, foot);
            if best.is_none_or(|one| length < one.0) {
                best = Some((length, edge, foot));
            }
            for (i, end) in [(edge, a), ((edge + 1) % n, b)] {
                let length = distance(here, end);
                if i != from && corner.is_none_or(|one| length < one.0) {
                    corner = Some((length, i));
                }
            }
        }
        let (length, edge, foot) = best?;
        let (length, to) = match corner {
            Some((longer, i)) if longer <= DETOUR * length => (longer, End::Corner(i)),
            _ => (length, End::OnEdge(edge, foot)),
        };
        let stretches = own.map(|stretch| self.lengths[stretch]);
        let is_across = length <= ACROSS * stretches[0].min(stretches[1]);
        (is_across && self.sees(here, to)).then_some(Cut { from, to, length })
    }

    /// Whether the straight way between two places of the ring leads through the gap.
    fn sees(&self, from: GridPoint, end: End) -> bool {
        let n = self.corners.len();
        let to = self.point(end);
        let middle = ((from.x + to.x) as f64 / 2.0, (from.y + to.y) as f64 / 2.0);
        let mut inside = false;
        for i in 0..n {
            let (a, b) = (self.corners[i].0, self.corners[(i + 1) % n].0);
            // A point on an edge stands up to half a step beyond it.
            if end != End::OnEdge(i, to) && crosses(from, to, a, b) {
                return false;
            }
            let (ax, ay, bx, by) = (a.x as f64, a.y as f64, b.x as f64, b.y as f64);
            if (ay > middle.1) != (by > middle.1)
                && middle.0 < (bx - ax) * (middle.1 - ay) / (by - ay) + ax
            {
                inside = !inside;
            }
        }
        inside
    }
}

/// Divides the piece that has both ends of a cut, unless they are neighbours in it.
fn divide(pieces: &mut Vec<Vec<usize>>, a: usize, b: usize) {
    let place = |piece: &[usize], end| piece.iter().position(|&i| i == end);
    for i in 0..pieces.len() {
        let (Some(p), Some(q)) = (place(&pieces[i], a), place(&pieces[i], b)) else { continue };
        let (p, q) = (p.min(q), p.max(q));
        if q - p < 2 || pieces[i].len() - (q - p) < 2 {
            continue;
        }
        let rest = [&pieces[i][q..], &pieces[i][..=p]].concat();
        pieces[i] = pieces[i][p..=q].to_vec();
        pieces.push(rest);
        return;
    }
}

/// Distance in grid steps.
fn distance(a: GridPoint, b: GridPoint) -> f64 {
    ((a.x - b.x) as f64).hypot((a.y - b.y) as f64)
}

/// The grid point nearest to the place of a segment that is nearest to `p`.
fn nearest(a: GridPoint, b: GridPoint, p: GridPoint) -> GridPoint {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let length2 = dx * dx + dy * dy;
    let along = (p.x - a.x) as f64 * dx + (p.y - a.y) as f64 * dy;
    let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
    GridPoint { x: a.x + (t * dx).round() as i64, y: a.y + (t * dy).round() as i64 }
}

/// Whether two segments cross inside both.
fn crosses(a: GridPoint, b: GridPoint, c: GridPoint, d: GridPoint) -> bool {
    let side = |a: GridPoint, b: GridPoint, p: GridPoint| {
        let (ux, uy) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
        (ux * i128::from(p.y - a.y) - uy * i128::from(p.x - a.x)).signum()
    };
    side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}
