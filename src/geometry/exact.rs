//! Exact predicates on grid points: no rounding, no tolerance.

use super::frame::GridPoint;
use std::cmp::Ordering;

/// (b − a) × (c − a): positive when `c` lies left of the line from `a` to `b`.
///
/// Grid points of one frame differ by less than 2³⁷ mm (the Earth's girth), so the product
/// needs 128 bits only for lines longer than 2³¹ mm, and never more.
pub fn cross(a: GridPoint, b: GridPoint, c: GridPoint) -> i128 {
    cross_vectors(b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y)
}

/// The cross product of two vectors.
pub fn cross_vectors(ax: i64, ay: i64, bx: i64, by: i64) -> i128 {
    const SMALL: i64 = 1 << 30;
    let all_small = ax.abs() < SMALL && ay.abs() < SMALL && bx.abs() < SMALL && by.abs() < SMALL;
    if all_small {
        i128::from(ax * by - ay * bx)
    } else {
        i128::from(ax) * i128::from(by) - i128::from(ay) * i128::from(bx)
    }
}

/// The point where two segments cross, rounded to the grid, when each crosses the interior of
/// the other; `None` when they touch, overlap or miss.
pub fn proper_crossing(
    a: GridPoint,
    b: GridPoint,
    c: GridPoint,
    d: GridPoint,
) -> Option<GridPoint> {
    let (ca, cb) = (cross(c, d, a), cross(c, d, b));
    if ca == 0 || cb == 0 || (ca > 0) == (cb > 0) {
        return None;
    }
    let (ac, ad) = (cross(a, b, c), cross(a, b, d));
    if ac == 0 || ad == 0 || (ac > 0) == (ad > 0) {
        return None;
    }
    let along = |from: i64, to: i64| from + round_ratio(i128::from(to - from), ca, ca - cb);
    Some(GridPoint { x: along(a.x, b.x), y: along(a.y, b.y) })
}

/// `length * part / whole`, rounded to the nearest integer, halves up.
fn round_ratio(length: i128, part: i128, whole: i128) -> i64 {
    // |part| <= |whole| < 2^76 and |length| < 2^38, so the product fits; the quotient is a step
    // within the segment and fits 64 bits.
    let (num, den) = if whole < 0 { (-length * part, -whole) } else { (length * part, whole) };
    (2 * num + den).div_euclid(2 * den) as i64
}

/// Whether the segment `a`–`b` passes through the pixel (the unit square) around `p`, for a
/// point `p` that is neither end.
pub fn passes_pixel(a: GridPoint, b: GridPoint, p: GridPoint) -> bool {
    let inside =
        p.x >= a.x.min(b.x) && p.x <= a.x.max(b.x) && p.y >= a.y.min(b.y) && p.y <= a.y.max(b.y);
    if !inside || p == a || p == b {
        return false;
    }
    let reach = i128::from((b.x - a.x).abs()) + i128::from((b.y - a.y).abs());
    2 * cross(a, b, p).abs() <= reach
}

/// Order of directions around a point: counter-clockwise, starting at east.
pub fn by_angle(a: (i64, i64), b: (i64, i64)) -> Ordering {
    let upper = |(x, y): (i64, i64)| y > 0 || (y == 0 && x > 0);
    upper(b).cmp(&upper(a)).then_with(|| 0.cmp(&cross_vectors(a.0, a.1, b.0, b.1)))
}

/// Twice the signed area of a ring: positive when it runs counter-clockwise.
pub fn doubled_area(ring: impl IntoIterator<Item = GridPoint>) -> i128 {
    let mut ring = ring.into_iter();
    let Some(origin) = ring.next() else { return 0 };
    let Some(mut previous) = ring.next() else { return 0 };
    let mut sum = 0;
    for point in ring {
        sum += cross(origin, previous, point);
        previous = point;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    #[test]
    fn crossings_are_rounded_and_touches_are_not_crossings() {
        assert_eq!(proper_crossing(p(0, 0), p(10, 10), p(0, 10), p(10, 0)), Some(p(5, 5)));
        assert_eq!(proper_crossing(p(0, 0), p(3, 1), p(0, 1), p(3, 0)), Some(p(2, 1)));
        assert_eq!(proper_crossing(p(0, 0), p(10, 0), p(5, 0), p(5, 9)), None);
        assert_eq!(proper_crossing(p(0, 0), p(10, 0), p(2, 0), p(12, 0)), None);
    }

    #[test]
    fn crossings_far_out_do_not_overflow() {
        let far = 1 << 36;
        let found = proper_crossing(p(-far, -far), p(far, far), p(-far, far), p(far, -far));
        assert_eq!(found, Some(p(0, 0)));
    }

    #[test]
    fn directions_turn_counter_clockwise_from_east() {
        let turn = [(1, 0), (2, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
        for (i, a) in turn.iter().enumerate() {
            for (j, b) in turn.iter().enumerate() {
                assert_eq!(by_angle(*a, *b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }
}
