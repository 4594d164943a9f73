//! From a way through a sweep to the division that it stands for.

use super::expand::each;
use super::pass::Pass;
use super::steps::{Course, OWN};
use crate::balance::search::partition::Partition;
use crate::balance::search::region::NOWHERE;
use crate::balance::search::restart::Found;

impl Course<'_> {
    /// The division that the cheapest way of a sweep stands for, if it keeps the bounds.
    pub fn decode(&self, pass: &Pass) -> Option<Vec<u32>> {
        let mut owner = vec![NOWHERE; self.region.units()];
        // The blocks on the front, each by its units and label.
        let mut blocks: Vec<(Vec<u32>, u16)> = Vec::new();
        let mut slots: Vec<u32> = Vec::new();
        let mut grids = 0;
        let mut state = 0;
        for (at, step) in self.steps.iter().enumerate() {
            let rest = pass.rest(at, state);
            let arc = *pass
                .arcs(at, state)
                .iter()
                .find(|arc| pass.rest(at + 1, arc.to).saturating_add(arc.cost) == rest)?;
            state = arc.to;
            let joined = self.joined(&blocks, &slots, at, arc.decision);
            let mut own = (vec![step.unit], arc.decision);
            for block in each(joined) {
                own.0.append(&mut blocks[block].0);
            }
            blocks.retain(|block| !block.0.is_empty());
            blocks.push(own);
            let keep = step.keep.iter();
            slots = keep.map(|&s| if s == OWN { step.unit } else { slots[s as usize] }).collect();
            // Blocks in the order of the front, as a state numbers them; the others are grids.
            let mut front: Vec<(Vec<u32>, u16)> = Vec::new();
            for &u in &slots {
                if let Some(block) = blocks.iter().position(|(units, _)| units.contains(&u)) {
                    front.push(blocks.swap_remove(block));
                }
            }
            for (units, label) in blocks.drain(..) {
                let grid = if self.is_labelled() { u32::from(label) } else { grids };
                units.iter().for_each(|&u| owner[u as usize] = grid);
                grids += 1;
            }
            blocks = front;
        }
        self.keeps_bounds(&owner).then_some(owner)
    }

    /// The blocks that the unit of a step joins.
    fn joined(&self, blocks: &[(Vec<u32>, u16)], slots: &[u32], at: usize, decision: u16) -> u16 {
        if !self.is_labelled() {
            return decision;
        }
        let touched = self.steps[at].near.iter().map(|&(slot, _)| slots[slot as usize]);
        touched.fold(0, |joined, u| {
            let block =
                blocks.iter().position(|(units, label)| *label == decision && units.contains(&u));
            block.map_or(joined, |block| joined | 1 << block)
        })
    }

    fn keeps_bounds(&self, owner: &[u32]) -> bool {
        let mut weight = vec![0i64; self.region.grids];
        let mut used = vec![false; self.region.grids];
        for (u, &grid) in owner.iter().enumerate() {
            let Some(sum) = weight.get_mut(grid as usize) else { return false };
            *sum += self.region.weight[u];
            used[grid as usize] = true;
        }
        used.iter().all(|&used| used) && weight.iter().all(|&sum| self.region.excess(sum) == 0)
    }

    /// The cost of a division in ticks: rounded down edge by edge, as a sweep counts it.
    pub fn cost(&self, owner: &[u32]) -> u32 {
        let mut cost = 0;
        let mut slots: Vec<u32> = Vec::new();
        for step in &self.steps {
            let grid = owner[step.unit as usize];
            let near = step.near.iter();
            cost += near
                .filter(|&&(slot, _)| owner[slots[slot as usize] as usize] != grid)
                .map(|&(_, cost)| cost)
                .sum::<u32>();
            if step.home != NOWHERE && step.home != grid {
                cost += step.home_cost;
            }
            let keep = step.keep.iter();
            slots = keep.map(|&s| if s == OWN { step.unit } else { slots[s as usize] }).collect();
        }
        cost
    }

    /// A division with its true cost.
    pub fn found(&self, owner: Vec<u32>) -> Found {
        let cost = Partition::new(self.region, owner.clone()).cost;
        Found { owner, cost }
    }
}
