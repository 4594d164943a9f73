//! A division of a region into grids, held so that moves are priced and tested in O(degree).

use super::communities::Spread;
use super::region::{NOWHERE, Region};

/// Units visited in a test of contiguity before it is given up.
const LONG: usize = 60;

/// Every grid of a partition is connected and holds at least one unit, at all times.
#[derive(Clone, Debug)]
pub struct Partition<'r> {
    /// What is divided.
    pub region: &'r Region,
    /// Grid of each unit.
    pub owner: Vec<u32>,
    /// Households of each grid.
    pub weight: Vec<i64>,
    /// Units of each grid.
    pub count: Vec<u32>,
    /// Sum over grids of the households outside the bounds.
    pub excess: i64,
    /// Cost of the cut edges, of units away from home, of inertia and of grids in more than one
    /// community: the objective.
    pub cost: f64,
    /// The edges between grids, in no order.
    cut: Vec<u32>,
    /// Place of each edge in `cut`, or [`NOWHERE`].
    place: Vec<u32>,
    moments: Vec<[f64; 4]>,
    spread: Spread,
    /// Sums of the further weights of the side conditions.
    side_sums: Vec<i64>,
    seen: Vec<u32>,
    stamp: u32,
    queue: Vec<u32>,
}

/// Inertia of a grid from its moments: Σ m |x − c|² = Σ m |x|² − |Σ m x|² / Σ m.
fn inertia(m: [f64; 4]) -> f64 {
    if m[0] > 0.0 { m[3] - (m[1] * m[1] + m[2] * m[2]) / m[0] } else { 0.0 }
}

fn plus(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|i| a[i] + b[i])
}

fn minus(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|i| a[i] - b[i])
}

impl<'r> Partition<'r> {
    /// The partition that an assignment of labels below `region.grids` describes.
    pub fn new(region: &'r Region, owner: Vec<u32>) -> Self {
        let grids = region.grids;
        let mut partition = Self {
            region,
            weight: vec![0; grids],
            count: vec![0; grids],
            excess: 0,
            cost: 0.0,
            cut: Vec::new(),
            place: vec![NOWHERE; region.edges.len()],
            moments: vec![[0.0; 4]; if region.moments.is_some() { grids } else { 0 }],
            spread: Spread::new(region, &owner),
            side_sums: Vec::new(),
            seen: vec![0; region.units()],
            stamp: 0,
            queue: Vec::new(),
            owner,
        };
        for u in 0..region.units() {
            let grid = partition.owner[u] as usize;
            partition.weight[grid] += region.weight[u];
            partition.count[grid] += 1;
            if let Some(moments) = &region.moments {
                partition.moments[grid] = plus(partition.moments[grid], moments.unit[u]);
            }
        }
        partition.excess = partition.weight.iter().map(|&w| region.excess(w)).sum();
        for edge in 0..region.edges.len() as u32 {
            let [u, v] = region.edges[edge as usize];
            if partition.owner[u as usize] != partition.owner[v as usize] {
                partition.add_cut(edge);
            }
        }
        if let Some(side) = &region.side {
            partition.excess += side.penalty(&partition.owner, grids);
            partition.side_sums = side.sums(&partition.owner, grids);
        }
        partition.cost = partition.full_cost();
        partition
    }

    /// The edges between grids, in no order.
    pub fn cut_edges(&self) -> &[u32] {
        &self.cut
    }

    #[inline]
    fn add_cut(&mut self, edge: u32) {
        self.place[edge as usize] = self.cut.len() as u32;
        self.cut.push(edge);
    }

    #[inline]
    fn remove_cut(&mut self, edge: u32) {
        let place = std::mem::replace(&mut self.place[edge as usize], NOWHERE);
        self.cut.swap_remove(place as usize);
        if let Some(&moved) = self.cut.get(place as usize) {
            self.place[moved as usize] = place;
        }
    }

    /// The objective from scratch.
    pub fn full_cost(&self) -> f64 {
        let region = self.region;
        let cut: f64 = region
            .edge_slots()
            .filter(|&s| {
                self.owner[region.sources[s] as usize] != self.owner[region.targets[s] as usize]
            })
            .map(|s| region.costs[s])
            .sum();
        let away: f64 = (0..region.units()).map(|u| self.away(u, self.owner[u])).sum();
        cut + away + (0..region.grids as u32).map(|grid| self.grid_cost(grid)).sum::<f64>()
    }

    /// What a grid costs as a whole: its inertia, and that it lies in more than one community.
    fn grid_cost(&self, grid: u32) -> f64 {
        let spread = self.region.communities.as_ref().map(|c| self.spread.cost(c, grid));
        self.moments.get(grid as usize).map_or(0.0, |&m| inertia(m)) + spread.unwrap_or(0.0)
    }

    /// Cost of unit `u` for standing in `grid` rather than at home.
    #[inline]
    fn away(&self, u: usize, grid: u32) -> f64 {
        let home = self.region.home[u];
        if home == NOWHERE || home == grid { 0.0 } else { self.region.home_cost[u] }
    }

    /// Change of the objective when unit `u` goes to grid `to`.
    #[inline]
    pub fn flip_cost(&self, u: usize, to: u32) -> f64 {
        let region = self.region;
        let from = self.owner[u];
        let slots = region.slots(u);
        let near = &region.targets[slots.clone()];
        // Without branches: which neighbours lie where is not to be predicted.
        let sign = |&v: &u32| {
            let grid = self.owner[v as usize];
            i32::from(grid == from) - i32::from(grid == to)
        };
        let mut change = if region.unit_costs {
            f64::from(near.iter().map(sign).sum::<i32>())
        } else {
            near.iter().zip(&region.costs[slots]).map(|(v, cost)| cost * f64::from(sign(v))).sum()
        };
        if region.has_homes {
            change += self.away(u, to) - self.away(u, from);
        }
        if let Some(moments) = &region.moments {
            let (a, b, m) = (from as usize, to as usize, moments.unit[u]);
            change += inertia(minus(self.moments[a], m)) - inertia(self.moments[a]);
            change += inertia(plus(self.moments[b], m)) - inertia(self.moments[b]);
        }
        if let Some(communities) = &region.communities {
            change += self.spread.flip_cost(communities, u, from, to);
        }
        change
    }

    /// Change of [`Partition::excess`] when unit `u` goes to grid `to`.
    #[inline]
    pub fn flip_excess(&self, u: usize, to: u32) -> i64 {
        let (a, b) = (self.weight[self.owner[u] as usize], self.weight[to as usize]);
        let w = self.region.weight[u];
        let e = |weight| self.region.excess(weight);
        let change = e(a - w) + e(b + w) - e(a) - e(b);
        match &self.region.side {
            Some(side) => change + side.flip(&self.owner, &self.side_sums, u, to),
            None => change,
        }
    }

    /// Moves unit `u` to grid `to`; the caller has tested [`Partition::can_leave`].
    #[inline]
    pub fn flip(&mut self, u: usize, to: u32, cost: f64, excess: i64) {
        let from = self.owner[u] as usize;
        let w = self.region.weight[u];
        if let Some(moments) = &self.region.moments {
            let m = moments.unit[u];
            self.moments[from] = minus(self.moments[from], m);
            self.moments[to as usize] = plus(self.moments[to as usize], m);
        }
        if let Some(communities) = &self.region.communities {
            self.spread.remove(communities, u, from as u32);
            self.spread.add(communities, u, to);
        }
        if let Some(side) = &self.region.side {
            side.shift(&mut self.side_sums, u, from as u32, -1);
            side.shift(&mut self.side_sums, u, to, 1);
        }
        self.weight[from] -= w;
        self.weight[to as usize] += w;
        self.count[from] -= 1;
        self.count[to as usize] += 1;
        let region = self.region;
        for slot in region.slots(u) {
            let grid = self.owner[region.targets[slot] as usize];
            if grid as usize == from {
                self.add_cut(region.edge_of[slot]);
            } else if grid == to {
                self.remove_cut(region.edge_of[slot]);
            }
        }
        self.owner[u] = to;
        self.cost += cost;
        self.excess += excess;
    }

    /// Whether the grid of unit `u` stays non-empty and in one piece without it, as far as a short
    /// search shows. The neighbours decide nearly always.
    pub fn can_leave(&mut self, u: usize) -> bool {
        let region = self.region;
        let grid = self.owner[u];
        if self.count[grid as usize] < 2 {
            return false;
        }
        let slots = region.slots(u);
        let first = slots.start;
        let mut same = 0u64;
        for slot in slots.clone().take(64) {
            same |= u64::from(self.owner[region.targets[slot] as usize] == grid) << (slot - first);
        }
        if slots.len() <= 64 {
            let mut reached = same & same.wrapping_neg();
            let mut frontier = reached;
            while frontier != 0 {
                let slot = first + frontier.trailing_zeros() as usize;
                let next = region.touching[slot] & same & !reached;
                reached |= next;
                frontier = (frontier & (frontier - 1)) | next;
            }
            if reached == same {
                return true;
            }
        }
        self.connected_without(u, grid)
    }

    /// Whether the neighbours of `u` in its grid, which do not touch around it, reach each other
    /// inside the grid without `u`. A search that grows long is given up for a no: nearly always
    /// it would be one.
    fn connected_without(&mut self, u: usize, grid: u32) -> bool {
        let region = self.region;
        self.next_stamp();
        let stamp = self.stamp;
        let near = region.neighbours(u);
        let mut wanted = near.iter().filter(|&&v| self.owner[v as usize] == grid).count();
        let Some(&start) = near.iter().find(|&&v| self.owner[v as usize] == grid) else {
            return true;
        };
        // Neighbours of `u` that are still to be reached carry the stamp before this one.
        for &v in near {
            self.seen[v as usize] = stamp - 1;
        }
        self.seen[u] = stamp;
        self.seen[start as usize] = stamp;
        self.queue.clear();
        self.queue.push(start);
        wanted -= 1;
        let mut head = 0;
        while head < self.queue.len() && head < LONG {
            let v = self.queue[head];
            head += 1;
            for &x in region.neighbours(v as usize) {
                let seen = &mut self.seen[x as usize];
                if self.owner[x as usize] == grid && *seen != stamp {
                    wanted -= usize::from(*seen == stamp - 1);
                    *seen = stamp;
                    self.queue.push(x);
                }
            }
            if wanted == 0 {
                return true;
            }
        }
        wanted == 0
    }

    /// A fresh pair of stamps.
    fn next_stamp(&mut self) {
        self.stamp = self.stamp.wrapping_add(2);
        if self.stamp < 2 {
            self.seen.fill(0);
            self.stamp = 2;
        }
    }

    /// Gives the units of two grids new owners, all at once (a recombination). `cost` is the
    /// change of the objective without what grids cost as a whole, which is worked out here.
    pub fn regroup(&mut self, a: u32, b: u32, members: &[u32], owners: &[u32], cost: f64) {
        let region = self.region;
        let pair = [a as usize, b as usize];
        let before: i64 = pair.iter().map(|&g| region.excess(self.weight[g])).sum();
        let side = self.regroup_side(members, owners);
        self.cost -= self.grid_cost(a) + self.grid_cost(b);
        if let Some(communities) = &region.communities {
            for &u in members {
                self.spread.remove(communities, u as usize, self.owner[u as usize]);
            }
            for (&u, &grid) in members.iter().zip(owners) {
                self.spread.add(communities, u as usize, grid);
            }
        }
        for &g in &pair {
            self.weight[g] = 0;
            self.count[g] = 0;
        }
        for (&u, &grid) in members.iter().zip(owners) {
            self.owner[u as usize] = grid;
            self.weight[grid as usize] += region.weight[u as usize];
            self.count[grid as usize] += 1;
        }
        for &u in members {
            let grid = self.owner[u as usize];
            for slot in region.slots(u as usize) {
                let is_cut = self.owner[region.targets[slot] as usize] != grid;
                let edge = region.edge_of[slot];
                if is_cut != (self.place[edge as usize] != NOWHERE) {
                    if is_cut { self.add_cut(edge) } else { self.remove_cut(edge) }
                }
            }
        }
        if let Some(moments) = &region.moments {
            pair.iter().for_each(|&g| self.moments[g] = [0.0; 4]);
            for (&u, &grid) in members.iter().zip(owners) {
                let sum = &mut self.moments[grid as usize];
                *sum = plus(*sum, moments.unit[u as usize]);
            }
        }
        self.cost += cost + self.grid_cost(a) + self.grid_cost(b);
        let after: i64 = pair.iter().map(|&g| region.excess(self.weight[g])).sum();
        self.excess += after - before + side;
        if let Some(side) = &region.side {
            self.side_sums = side.sums(&self.owner, region.grids);
        }
    }

    /// Change of what side conditions are broken if the units were regrouped so.
    pub fn regroup_side(&self, members: &[u32], owners: &[u32]) -> i64 {
        let Some(side) = &self.region.side else { return 0 };
        let grids = self.region.grids;
        let mut owner = self.owner.clone();
        for (&u, &grid) in members.iter().zip(owners) {
            owner[u as usize] = grid;
        }
        side.penalty(&owner, grids) - side.penalty(&self.owner, grids)
    }

    /// Change of what two grids cost as a whole if they were regrouped so.
    pub fn regroup_grids(&self, a: u32, b: u32, members: &[u32], owners: &[u32]) -> f64 {
        let region = self.region;
        if region.moments.is_none() && region.communities.is_none() {
            return 0.0;
        }
        let mut after = 0.0;
        for side in [a, b] {
            let all = members.iter().zip(owners);
            let units = all.filter(|(_, grid)| **grid == side).map(|(&u, _)| u as usize);
            if let Some(moments) = &region.moments {
                after += inertia(units.clone().map(|u| moments.unit[u]).fold([0.0; 4], plus));
            }
            if let Some(communities) = &region.communities {
                after += communities.cost_of_units(units);
            }
        }
        after - self.grid_cost(a) - self.grid_cost(b)
    }

    /// Cost of unit `u` away from home in `grid`, for moves priced outside.
    pub fn away_cost(&self, u: usize, grid: u32) -> f64 {
        self.away(u, grid)
    }
}
