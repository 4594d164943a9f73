//! How many grids each part gets, and why it can be impossible.

use super::parts::Part;
use super::problem::Problem;
use super::solution::Reason;

/// Numbers of grids tried for one part, when there are many parts.
const TRIED: usize = 3;

/// What arithmetic alone says.
#[derive(Debug)]
pub(super) enum Shares {
    /// For each part, the numbers of grids that some division of all grids gives it, nearest to
    /// its fair share first: those to be tried, and all of them.
    Possible { tried: Vec<Vec<usize>>, all: Vec<Vec<usize>> },
    /// No division can keep the bounds.
    Impossible(Reason),
}

/// The numbers of grids that `part` can have within the bounds, as a range; `None` when empty.
fn range(part: &Part, (lower, upper): (i64, i64)) -> Option<(usize, usize)> {
    let units = part.nodes as i64;
    let least = if upper > 0 { (part.households + upper - 1) / upper } else { 1 };
    let most = if lower > 0 { part.households / lower } else { units };
    let (least, most) = (least.max(1), most.min(units));
    (least <= most).then_some((least as usize, most as usize))
}

/// The numbers of grids to try for each part.
pub(super) fn shares(problem: &Problem, parts: &[Part], max_deviation: f64) -> Shares {
    let k = problem.grids_to_make();
    let bounds = problem.bounds(max_deviation);
    if let Some(reason) = Reason::too_many_parts(problem, parts) {
        return Shares::Impossible(reason);
    }
    let heaviest = problem.heaviest_unit();
    if let Some(unit) = heaviest.filter(|unit| unit.households as i64 > bounds.1) {
        return Shares::Impossible(Reason::heavy_unit(problem, parts, unit, bounds));
    }
    let mut ranges = Vec::with_capacity(parts.len());
    for part in parts {
        match range(part, bounds) {
            Some(found) => ranges.push(found),
            None => return Shares::Impossible(Reason::no_share(problem, parts, part, bounds)),
        }
    }
    let least: usize = ranges.iter().map(|r| r.0).sum();
    let most: usize = ranges.iter().map(|r| r.1).sum();
    if k < least || k > most {
        return Shares::Impossible(Reason::shares_do_not_add_up(
            problem, parts, bounds, least, most,
        ));
    }
    let all = candidates(problem, parts, &ranges, k);
    let mut tried = all.clone();
    if all.iter().map(Vec::len).sum::<usize>() > TRIED * parts.len().max(8) {
        tried.iter_mut().for_each(|shares| shares.truncate(TRIED));
    }
    Shares::Possible { tried, all }
}

/// The shares of each part that fit some division, nearest to the fair share first.
fn candidates(
    problem: &Problem,
    parts: &[Part],
    ranges: &[(usize, usize)],
    k: usize,
) -> Vec<Vec<usize>> {
    let least: usize = ranges.iter().map(|r| r.0).sum();
    let most: usize = ranges.iter().map(|r| r.1).sum();
    let fair = fair_division(problem, parts, ranges, k);
    ranges
        .iter()
        .zip(&fair)
        .map(|(&(low, high), &fair)| {
            // What the others take at most and at least leaves this part a narrower range.
            let from = low.max(k.saturating_sub(most - high));
            let to = high.min(k - (least - low));
            let mut shares: Vec<usize> = (from..=to).collect();
            shares.sort_by_key(|&s| (s.abs_diff(fair), s));
            shares
        })
        .collect()
}

/// A division of all grids within the ranges, each part as near to the mean as can be: the next
/// grid goes to the part whose grids are the largest (the method of Huntington and Hill would
/// divide by √(s(s+1)); within the ranges the difference does not matter).
fn fair_division(
    problem: &Problem,
    parts: &[Part],
    ranges: &[(usize, usize)],
    k: usize,
) -> Vec<usize> {
    let mut fair: Vec<usize> = ranges.iter().map(|r| r.0).collect();
    let mut left = k - fair.iter().sum::<usize>();
    let mean = problem.mean_households();
    while left > 0 {
        // What stays unserved when `s` grids are there: the part that lacks most gets the next.
        let lack = |p: usize| parts[p].households as f64 / mean - fair[p] as f64;
        let open = (0..parts.len()).filter(|&p| fair[p] < ranges[p].1);
        let Some(next) = open.max_by(|&a, &b| lack(a).total_cmp(&lack(b)).then(b.cmp(&a))) else {
            break;
        };
        fair[next] += 1;
        left -= 1;
    }
    fair
}

/// A deviation below which no plan exists, by arithmetic alone: a grid cannot be lighter than
/// its heaviest unit, nor can the grids of a part be evener than the part's own mean, rounded to
/// whole households.
pub(super) fn least_deviation(problem: &Problem, parts: &[Part]) -> f64 {
    let mean = problem.mean_households();
    let k = problem.grids_to_make();
    if k < parts.len() {
        return f64::INFINITY;
    }
    let heaviest = problem.heaviest_unit().map_or(0, |unit| unit.households);
    let heavy = heaviest as f64 / mean - 1.0;
    // Bisection: whether the ranges at a deviation hold a division of all grids.
    let possible = |deviation: f64| {
        let bounds = problem.bounds(deviation);
        let ranges: Option<Vec<_>> = parts.iter().map(|part| range(part, bounds)).collect();
        ranges.is_some_and(|ranges| {
            ranges.iter().map(|r| r.0).sum::<usize>() <= k
                && k <= ranges.iter().map(|r| r.1).sum::<usize>()
        })
    };
    let (mut low, mut high) = (0.0, k as f64);
    if possible(low) {
        return heavy.max(0.0);
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if possible(middle) { high = middle } else { low = middle }
    }
    heavy.max(low)
}

/// The best choice of shares: `cost[p]` lists (share, cost) of part p; shares sum to `k` and
/// costs to the least. Ties go to the shares listed first. O(parts × k × candidates).
pub(super) fn cheapest_division(cost: &[Vec<(usize, f64)>], k: usize) -> Option<Vec<usize>> {
    // best[p][s]: least cost of the first p parts with s grids, and the last part's choice.
    let mut best = vec![vec![(f64::INFINITY, usize::MAX); k + 1]; cost.len() + 1];
    best[0][0].0 = 0.0;
    for (p, options) in cost.iter().enumerate() {
        for (index, &(share, cost)) in options.iter().enumerate() {
            for sum in share..=k {
                let total = best[p][sum - share].0 + cost;
                if total < best[p + 1][sum].0 - 1e-9 {
                    best[p + 1][sum] = (total, index);
                }
            }
        }
    }
    best[cost.len()][k].0.is_finite().then(|| {
        let mut left = k;
        let mut chosen: Vec<usize> = (0..cost.len())
            .rev()
            .map(|p| {
                let index = best[p + 1][left].1;
                left -= cost[p][index].0;
                index
            })
            .collect();
        chosen.reverse();
        chosen
    })
}

/// The choice of shares whose greatest figure is the least: `figure[p]` lists (share, figure) of
/// part p.
pub(super) fn evenest_division(figure: &[Vec<(usize, f64)>], k: usize) -> Option<Vec<usize>> {
    let mut limits: Vec<f64> = figure.iter().flatten().map(|option| option.1).collect();
    limits.sort_by(f64::total_cmp);
    let within = |limit: f64| {
        let cost = |options: &Vec<(usize, f64)>| {
            let allowed =
                |&(share, f): &(usize, f64)| (share, if f <= limit { f } else { f64::INFINITY });
            options.iter().map(allowed).collect::<Vec<_>>()
        };
        cheapest_division(&figure.iter().map(cost).collect::<Vec<_>>(), k)
    };
    let first = limits.partition_point(|&limit| within(limit).is_none());
    limits.get(first).and_then(|&limit| within(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_division_adds_up() {
        let cost = [vec![(3, 1.0), (4, 9.0)], vec![(4, 2.0), (3, 1.0)], vec![(2, 5.0)]];
        assert_eq!(cheapest_division(&cost, 9), Some(vec![0, 0, 0]));
        assert_eq!(cheapest_division(&cost, 8), Some(vec![0, 1, 0]));
        assert_eq!(cheapest_division(&cost, 11), None);
    }
}
