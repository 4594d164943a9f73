//! Communities as soft borders: what it costs that a grid lies in more than one.

use super::region::Region;

/// The communities of each unit of a region, numbered from 0. A unit made of several may lie in
/// several, one that no community owns in none.
#[derive(Clone, Debug)]
pub struct Communities {
    /// The communities of unit `u` are `of[offsets[u]..offsets[u + 1]]`.
    offsets: Vec<u32>,
    of: Vec<u32>,
    /// Number of communities.
    pub count: usize,
    /// Cost of each grid that lies in more than one.
    pub cost: f64,
}

impl Communities {
    /// From any numbers of the communities of each unit; `None` when no grid can lie in more than
    /// one, or that costs nothing.
    pub fn new(units: impl Iterator<Item = Vec<u32>>, cost: f64) -> Option<Self> {
        let mut communities = Self { offsets: vec![0], of: Vec::new(), count: 0, cost };
        let mut known = rustc_hash::FxHashMap::default();
        for mut of_unit in units {
            of_unit.sort_unstable();
            of_unit.dedup();
            for community in of_unit {
                let next = known.len() as u32;
                communities.of.push(*known.entry(community).or_insert(next));
            }
            communities.offsets.push(communities.of.len() as u32);
        }
        communities.count = known.len();
        (communities.count > 1 && cost > 0.0).then_some(communities)
    }

    /// The communities of a unit.
    #[inline]
    pub fn of(&self, unit: usize) -> &[u32] {
        &self.of[self.offsets[unit] as usize..self.offsets[unit + 1] as usize]
    }

    /// What a grid costs that lies in so many communities.
    #[inline]
    fn cost_of(&self, kinds: usize) -> f64 {
        if kinds > 1 { self.cost } else { 0.0 }
    }

    /// What a grid of these units costs.
    pub fn cost_of_units(&self, units: impl Iterator<Item = usize>) -> f64 {
        let mut first = None;
        let mut all = units.flat_map(|unit| self.of(unit));
        let is_mixed = all.any(|community| first.get_or_insert(community) != &community);
        self.cost_of(1 + usize::from(is_mixed))
    }
}

/// How the grids of a partition lie in the communities.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Units of each grid in each community, grid by grid.
    units: Vec<u32>,
    /// Communities of each grid.
    kinds: Vec<u32>,
}

impl Spread {
    /// The spread of the grids of a region; empty where communities cost nothing.
    pub fn new(region: &Region, owner: &[u32]) -> Self {
        let Some(communities) = &region.communities else { return Self::default() };
        let grids = region.grids;
        let mut spread = Self { units: vec![0; grids * communities.count], kinds: vec![0; grids] };
        for (unit, &grid) in owner.iter().enumerate() {
            spread.add(communities, unit, grid);
        }
        spread
    }

    #[inline]
    fn place(communities: &Communities, grid: u32, community: u32) -> usize {
        grid as usize * communities.count + community as usize
    }

    /// What the grid costs.
    #[inline]
    pub fn cost(&self, communities: &Communities, grid: u32) -> f64 {
        communities.cost_of(self.kinds[grid as usize] as usize)
    }

    /// Change of the cost when a unit goes from one grid to another.
    #[inline]
    pub fn flip_cost(&self, communities: &Communities, unit: usize, from: u32, to: u32) -> f64 {
        let with = |grid, units| {
            let at = |&&c: &&u32| self.units[Self::place(communities, grid, c)] == units;
            communities.of(unit).iter().filter(at).count()
        };
        let (a, b) = (self.kinds[from as usize] as usize, self.kinds[to as usize] as usize);
        communities.cost_of(a - with(from, 1)) + communities.cost_of(b + with(to, 0))
            - communities.cost_of(a)
            - communities.cost_of(b)
    }

    /// Counts a unit into a grid.
    #[inline]
    pub fn add(&mut self, communities: &Communities, unit: usize, grid: u32) {
        for &community in communities.of(unit) {
            let units = &mut self.units[Self::place(communities, grid, community)];
            self.kinds[grid as usize] += u32::from(*units == 0);
            *units += 1;
        }
    }

    /// Counts a unit out of its grid.
    #[inline]
    pub fn remove(&mut self, communities: &Communities, unit: usize, grid: u32) {
        for &community in communities.of(unit) {
            let units = &mut self.units[Self::place(communities, grid, community)];
            *units -= 1;
            self.kinds[grid as usize] -= u32::from(*units == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::examples::ladder;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn flips_change_the_cost_as_they_say(
            of in prop::collection::vec(prop::collection::vec(0u32..4, 0..3), 12),
            owner in prop::collection::vec(0u32..3, 12),
            flips in prop::collection::vec((0usize..12, 0u32..3), 1..20),
        ) {
            let mut region = ladder(6, 3, 0.9);
            region.communities = Communities::new(of.iter().cloned(), 2.5);
            prop_assume!(region.communities.is_some());
            let communities = region.communities.as_ref().expect("assumed");
            let mut owner = owner;
            let mut spread = Spread::new(&region, &owner);
            let whole = |owner: &[u32]| -> f64 {
                let of_grid = |grid| (0..12).filter(move |&u| owner[u] == grid);
                (0..3).map(|grid| communities.cost_of_units(of_grid(grid))).sum()
            };
            for (unit, to) in flips {
                if owner[unit] == to {
                    continue;
                }
                let (before, from) = (whole(&owner), owner[unit]);
                let told = spread.flip_cost(communities, unit, from, to);
                spread.remove(communities, unit, from);
                spread.add(communities, unit, to);
                owner[unit] = to;
                prop_assert_eq!(before + told, whole(&owner));
                let costs = (0..3).map(|grid| spread.cost(communities, grid));
                prop_assert_eq!(costs.sum::<f64>(), whole(&owner));
            }
        }
    }
}
