//! Side conditions of a region: units that must or must not share a grid, units that must have a
//! certain grid, and further weights with bounds of their own.
//!
//! A search may pass through partitions that break them: each break counts like households
//! outside the bounds, so that the soft balance term drives it out, and no partition with one is
//! kept. A proof drops the grids that break one.

use super::region::NOWHERE;

/// The side conditions of a region.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The conditions of unit `u` are `pairs[offsets[u]..offsets[u + 1]]`.
    offsets: Vec<u32>,
    /// The other unit, and whether both must be in one grid (or must not).
    pairs: Vec<(u32, bool)>,
    /// The grid that each unit must have, by local label, or [`NOWHERE`]; empty when labels do
    /// not matter.
    fixed: Vec<u32>,
    weights: Vec<SideWeight>,
    /// Households that one broken condition counts as.
    broken: i64,
}

/// A further weight with bounds.
#[derive(Clone, Debug)]
pub struct SideWeight {
    /// Weight of each unit.
    pub of: Vec<i64>,
    /// Least weight of a grid.
    pub lower: i64,
    /// Greatest weight of a grid.
    pub upper: i64,
    /// Households that one unit of weight outside the bounds counts as.
    pub scale: f64,
}

impl SideWeight {
    fn excess(&self, weight: i64) -> i64 {
        let off = (self.lower - weight).max(weight - self.upper).max(0);
        (off as f64 * self.scale).ceil() as i64
    }
}

impl Side {
    /// The conditions of a region of `units` units and mean grids of `mean` households; `None`
    /// when there are none.
    pub fn new(
        units: usize,
        pairs: &[(u32, u32, bool)],
        fixed: Vec<u32>,
        weights: Vec<SideWeight>,
        mean: f64,
    ) -> Option<Self> {
        let fixed = if fixed.iter().all(|&label| label == NOWHERE) { Vec::new() } else { fixed };
        if pairs.is_empty() && fixed.is_empty() && weights.is_empty() {
            return None;
        }
        let mut of_unit = vec![Vec::new(); units];
        for &(a, b, same) in pairs {
            of_unit[a as usize].push((b, same));
            of_unit[b as usize].push((a, same));
        }
        let mut side =
            Self { fixed, weights, broken: (mean / 2.0).ceil().max(1.0) as i64, ..Self::default() };
        side.offsets.push(0);
        for pairs in of_unit {
            side.pairs.extend(pairs);
            side.offsets.push(side.pairs.len() as u32);
        }
        Some(side)
    }

    fn of(&self, unit: usize) -> &[(u32, bool)] {
        &self.pairs[self.offsets[unit] as usize..self.offsets[unit + 1] as usize]
    }

    fn must_have(&self, unit: usize) -> u32 {
        self.fixed.get(unit).copied().unwrap_or(NOWHERE)
    }

    /// Sums of the further weights, grid by grid.
    pub fn sums(&self, owner: &[u32], grids: usize) -> Vec<i64> {
        let mut sums = vec![0; grids * self.weights.len()];
        for (unit, &grid) in owner.iter().enumerate() {
            self.shift(&mut sums, unit, grid, 1);
        }
        sums
    }

    /// Adds a unit `times` times to the sums of a grid.
    pub fn shift(&self, sums: &mut [i64], unit: usize, grid: u32, times: i64) {
        let first = grid as usize * self.weights.len();
        for (sum, weight) in sums[first..].iter_mut().zip(&self.weights) {
            *sum += times * weight.of[unit];
        }
    }

    /// What is broken, in households. O(units + conditions).
    pub fn penalty(&self, owner: &[u32], grids: usize) -> i64 {
        let mut broken = 0;
        for (unit, &grid) in owner.iter().enumerate() {
            let fixed = self.must_have(unit);
            broken += i64::from(fixed != NOWHERE && fixed != grid);
            let is_broken = |&&(v, same): &&(u32, bool)| {
                (v as usize) < unit && (owner[v as usize] == grid) != same
            };
            broken += self.of(unit).iter().filter(is_broken).count() as i64;
        }
        let sums = self.sums(owner, grids);
        let outside = sums.chunks(self.weights.len().max(1)).flat_map(|sums| {
            sums.iter().zip(&self.weights).map(|(&sum, weight)| weight.excess(sum))
        });
        broken * self.broken + outside.sum::<i64>()
    }

    /// Change of [`Side::penalty`] when `unit` goes to grid `to`. O(its conditions).
    pub fn flip(&self, owner: &[u32], sums: &[i64], unit: usize, to: u32) -> i64 {
        let from = owner[unit];
        let fixed = self.must_have(unit);
        let mut broken = 0;
        if fixed != NOWHERE {
            broken += i64::from(fixed != to) - i64::from(fixed != from);
        }
        for &(v, same) in self.of(unit) {
            let grid = owner[v as usize];
            broken += i64::from((grid == to) != same) - i64::from((grid == from) != same);
        }
        let mut change = broken * self.broken;
        let count = self.weights.len();
        for (index, weight) in self.weights.iter().enumerate() {
            let (a, b) = (sums[from as usize * count + index], sums[to as usize * count + index]);
            let w = weight.of[unit];
            change += weight.excess(a - w) + weight.excess(b + w);
            change -= weight.excess(a) + weight.excess(b);
        }
        change
    }

    /// Whether a grid of exactly the units of `set` (bit by bit) with a label breaks nothing.
    pub fn allows(&self, set: u128, label: u32) -> bool {
        let inside = |unit: u32| set >> unit & 1 == 1;
        let mut rest = set;
        while rest != 0 {
            let unit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let fixed = self.must_have(unit);
            if (fixed != NOWHERE && fixed != label)
                || self.of(unit).iter().any(|&(v, same)| inside(v) != same)
            {
                return false;
            }
        }
        self.weights.iter().all(|weight| {
            let units = (0..weight.of.len() as u32).filter(|&u| inside(u));
            weight.excess(units.map(|u| weight.of[u as usize]).sum()) == 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_flip_changes_the_penalty_as_it_says(
            owner in prop::collection::vec(0u32..3, 6),
            pairs in prop::collection::vec((0u32..6, 0u32..6, any::<bool>()), 0..6),
            fixed in prop::collection::vec(prop_oneof![Just(NOWHERE), 0u32..3], 6),
            of in prop::collection::vec(0i64..9, 6),
            unit in 0usize..6,
            to in 0u32..3,
        ) {
            let pairs: Vec<_> = pairs.into_iter().filter(|p| p.0 != p.1).collect();
            let weight = SideWeight { of, lower: 5, upper: 11, scale: 0.7 };
            let side = Side::new(6, &pairs, fixed, vec![weight], 9.0).expect("a weight");
            prop_assume!(owner[unit] != to);
            let sums = side.sums(&owner, 3);
            let told = side.flip(&owner, &sums, unit, to);
            let mut after = owner.clone();
            after[unit] = to;
            prop_assert_eq!(side.penalty(&after, 3) - side.penalty(&owner, 3), told);
            // No penalty means that every grid is allowed.
            let sets = (0..3u32).map(|grid| {
                let bits = (0..6).filter(|&u| owner[u] == grid).fold(0u128, |set, u| set | 1 << u);
                side.allows(bits, grid) && (bits != 0 || side.weights[0].lower <= 0)
            });
            let empty = (0..3).any(|grid| !owner.contains(&grid));
            prop_assert_eq!(sets.fold(true, |a, b| a & b) && !empty, side.penalty(&owner, 3) == 0 && !empty);
        }
    }
}
