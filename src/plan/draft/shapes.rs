//! Units that come, go and change their shape. Only the neighbourhood is laid out anew.

use super::super::delta::Changes;
use super::super::ground::{Ground, NONE, shared_outlines};
use super::super::nets::shares;
use super::super::state::OwnUnit;
use super::Draft;
use super::slots::OwnFacts;
use crate::domain::{LonLat, MultiPolygon, Place};
use crate::geometry::{Coverage, overlap_areas};
use crate::index::AreaIndex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A unit with its shape, while the neighbourhood is laid out.
struct Laid<'a> {
    slot: u32,
    shape: &'a MultiPolygon,
    /// The plan's own unit, or `None` for the dataset's.
    own: Option<&'a OwnUnit>,
}

impl Draft {
    /// Makes the changes to the plan's own units: what they replace goes, what they no longer
    /// replace comes back, and each that stays keeps its grid. O(neighbourhood).
    pub(super) fn reshape(&mut self, changes: &Changes<OwnUnit>, forward: bool) {
        let ground = Arc::clone(&self.ground);
        self.count_sources(&ground, changes, forward);
        let affected = self.affected(&ground, changes);
        let mut near: BTreeSet<u32> = BTreeSet::new();
        let mut owner: BTreeMap<u32, u32> = BTreeMap::new();
        for &slot in &affected {
            if !self.slots.alive[slot as usize] {
                continue;
            }
            near.extend(self.slots.row(&ground, slot).iter().map(|&(other, _)| other));
            owner.insert(slot, self.slots.owner[slot as usize]);
            self.give(slot, NONE);
        }
        for &slot in owner.keys() {
            self.detach(&ground, slot);
        }
        near.retain(|slot| !affected.contains(slot));
        self.attach_all(&ground, changes, forward, &affected, &near);
        self.make_room();
        for (slot, grid) in owner {
            if self.slots.alive[slot as usize] {
                self.give(slot, grid);
            }
        }
    }

    /// Counts how many of the plan's own units each unit of the dataset is a source of.
    fn count_sources(&mut self, ground: &Ground, changes: &Changes<OwnUnit>, forward: bool) {
        for change in changes.values() {
            for (own, comes) in [(change.side(!forward), false), (change.side(forward), true)] {
                let sources = own.iter().flat_map(|own| own.from.keys());
                for source in sources.filter_map(|id| ground.numbers.get(id)) {
                    let count = self.slots.covered.entry(*source).or_insert(0);
                    if comes { *count += 1 } else { *count = count.saturating_sub(1) }
                }
            }
        }
    }

    /// The numbers of all units that the changes make, replace or bring back.
    fn affected(&mut self, ground: &Ground, changes: &Changes<OwnUnit>) -> BTreeSet<u32> {
        let mut affected = BTreeSet::new();
        for (id, change) in changes {
            affected.insert(self.slots.number(ground, id));
            for own in [&change.before, &change.after].into_iter().flatten() {
                affected.extend(own.from.keys().filter_map(|id| ground.numbers.get(id)));
            }
        }
        affected
    }

    /// Takes a unit without a grid out of the plan.
    fn detach(&mut self, ground: &Ground, slot: u32) {
        let at = slot as usize;
        for (other, metres) in std::mem::take(self.slots.row_mut(ground, slot)) {
            if self.is_cut(NONE, self.slots.owner[other as usize]) {
                self.sums.cut_edges -= 1;
                self.sums.border_m -= metres;
            }
            self.slots.row_mut(ground, other).retain(|&(back, _)| back != slot);
        }
        self.sums.balanced -= self.slots.households[at];
        self.sums.unassigned -= 1;
        self.sums.moved -= self.moved(slot, NONE);
        for compound in self.slots.sharing(ground, slot).to_vec() {
            self.slots.sharers_mut(ground, compound).retain(|&unit| unit != slot);
        }
        self.count_in_nets(ground, slot, false);
        self.slots.own.remove(&slot);
        self.slots.alive[at] = false;
    }

    fn count_in_nets(&mut self, ground: &Ground, slot: u32, comes: bool) {
        let own = self.slots.own.get(&slot);
        for (number, counts) in self.nets.iter_mut().enumerate() {
            let net = &ground.nets[number];
            match own {
                Some(own) => counts.exist(own.nets[number].feature, &own.nets[number].parts, comes),
                None => {
                    let parts = net.parts.get(&slot).map_or(&[][..], Vec::as_slice);
                    counts.exist(net.feature[slot as usize], parts, comes);
                }
            }
        }
    }

    /// Brings the affected units that exist now into the plan, beside the `near` ones.
    fn attach_all(
        &mut self,
        ground: &Ground,
        changes: &Changes<OwnUnit>,
        forward: bool,
        affected: &BTreeSet<u32>,
        near: &BTreeSet<u32>,
    ) {
        let known = std::mem::take(&mut self.state.own_units);
        let mut laid: Vec<Laid> = Vec::new();
        for &slot in affected {
            let id = self.id(slot);
            let own = match changes.get(id) {
                Some(change) => change.side(forward).as_ref(),
                None => known.get(id),
            };
            let uncovered = self.slots.covered.get(&slot).is_none_or(|&count| count == 0);
            let base = ground.dataset.units.get(slot as usize).filter(|_| uncovered);
            let shape = own.map(|own| &own.geometry).or(base.map(|unit| &unit.geometry));
            laid.extend(shape.map(|shape| Laid { slot, shape, own }));
        }
        let fresh = laid.len();
        for &slot in near {
            let own = known.get(self.id(slot));
            // A unit that is neither own nor the dataset's cannot be anybody's neighbour.
            let base = || ground.dataset.units.get(slot as usize).map(|unit| &unit.geometry);
            let shape = own.map(|own| &own.geometry).or_else(base);
            laid.extend(shape.map(|shape| Laid { slot, shape, own }));
        }
        self.attach(ground, &laid, fresh);
        self.state.own_units = known;
    }

    /// Brings the first `fresh` of the laid units into the plan.
    fn attach(&mut self, ground: &Ground, laid: &[Laid], fresh: usize) {
        let shapes: Vec<&MultiPolygon> = laid.iter().map(|unit| unit.shape).collect();
        let coverage = Coverage::build(ground.frame(), &shapes);
        let (areas, perimeters) = (coverage.areas_m2(), coverage.perimeters_m());
        let centroids = coverage.centroids();
        let near: Vec<u32> = laid.iter().map(|unit| unit.slot).collect();
        let facts = Facts::of(ground, &self.slots, &laid[..fresh], &near, &areas);
        let facts = facts.into_iter().zip(centroids).zip(laid);
        for ((facts, centroid), unit) in facts {
            let (slot, at) = (unit.slot, unit.slot as usize);
            if let Some(own) = unit.own {
                let first = unit.shape.corners().next().unwrap_or(LonLat::ORIGIN);
                let centroid = centroid.unwrap_or(first);
                self.slots.own.insert(slot, OwnFacts { centroid, ..facts });
                self.slots.households[at] = own.households();
                self.slots.community[at] = ground.community_number(own.community_code.as_deref());
            } else {
                self.slots.households[at] = ground.households[at];
                self.slots.community[at] = ground.community[at];
            }
        }
        for (number, unit) in laid[..fresh].iter().enumerate() {
            let at = unit.slot as usize;
            (self.slots.area_m2[at], self.slots.perimeter_m[at]) =
                (areas[number], perimeters[number]);
            self.slots.alive[at] = true;
            self.slots.owner[at] = NONE;
            self.sums.balanced += self.slots.households[at];
            self.sums.unassigned += 1;
            self.sums.moved += self.moved(unit.slot, NONE);
            for compound in self.slots.sharing(ground, unit.slot).to_vec() {
                let sharers = self.slots.sharers_mut(ground, compound);
                if !sharers.contains(&unit.slot) {
                    sharers.push(unit.slot);
                }
            }
            self.count_in_nets(ground, unit.slot, true);
        }
        for border in coverage.adjacency() {
            if border.a >= fresh {
                continue;
            }
            let (a, b) = (laid[border.a].slot, laid[border.b].slot);
            self.slots.row_mut(ground, a).push((b, border.length_m));
            self.slots.row_mut(ground, b).push((a, border.length_m));
            if self.is_cut(NONE, self.slots.owner[b as usize]) {
                self.sums.cut_edges += 1;
                self.sums.border_m += border.length_m;
            }
        }
    }
}

/// Works out what units of the plan's own have of compounds and nets.
struct Facts;

impl Facts {
    fn of(
        ground: &Ground,
        slots: &super::slots::Slots,
        units: &[Laid],
        near: &[u32],
        areas: &[f64],
    ) -> Vec<OwnFacts> {
        // Only what touches the sources and their surroundings can touch the new shapes.
        let sources = units.iter().filter_map(|unit| unit.own).flat_map(|own| own.from.keys());
        let sources = sources.filter_map(|id| ground.numbers.get(id)).copied();
        let mut around: BTreeSet<u32> = sources.collect();
        let beside: Vec<u32> =
            around.iter().flat_map(|&u| ground.rows.get(u).iter().map(|&(v, _)| v)).collect();
        around.extend(beside);
        let shapes: Vec<&MultiPolygon> = units.iter().map(|unit| unit.shape).collect();
        let mut facts: Vec<OwnFacts> =
            units.iter().map(|unit| Self::empty(ground, unit.own)).collect();
        let mut compounds: BTreeSet<u32> =
            around.iter().flat_map(|&unit| ground.sharing.get(unit)).copied().collect();
        let own = near.iter().filter_map(|slot| slots.own.get(slot));
        compounds.extend(own.flat_map(|own| own.sharing.iter().copied()));
        let index = AreaIndex::build(shapes.iter().copied().enumerate());
        let mut outlines = Vec::new();
        for &compound in &compounds {
            if let Some(unit) = index.owner(ground.seats[compound as usize], |_| true) {
                facts[unit].homes.push(compound);
                facts[unit].sharing.push(compound);
            }
            if let Place::Area(area) = &ground.dataset.compounds[compound as usize].place {
                outlines.push((compound, area));
            }
        }
        for (compound, unit) in shared_outlines(ground.frame(), &outlines, &shapes) {
            facts[unit].sharing.push(compound);
        }
        for facts in &mut facts {
            facts.sharing.sort_unstable();
            facts.sharing.dedup();
        }
        for (number, net) in ground.nets.iter().enumerate() {
            let touching: BTreeSet<u32> = around.iter().flat_map(|&u| net.touching(u)).collect();
            let touching: Vec<u32> = touching.into_iter().collect();
            let features = &ground.dataset.nets[number].features;
            let drawn: Vec<&MultiPolygon> =
                touching.iter().map(|&f| &features[f as usize].geometry).collect();
            let pairs = overlap_areas(ground.frame(), &shapes, &drawn);
            let found = shares(ground.frame(), &shapes, areas, &touching, &pairs);
            facts.iter_mut().zip(found).for_each(|(facts, share)| facts.nets.push(share));
        }
        facts
    }

    fn empty(ground: &Ground, own: Option<&OwnUnit>) -> OwnFacts {
        let mut present: BTreeMap<u32, u64> = BTreeMap::new();
        for (source, &households) in own.iter().flat_map(|own| &own.from) {
            if let Some(&unit) = ground.numbers.get(source) {
                *present.entry(ground.present[unit as usize]).or_default() += households;
            }
        }
        OwnFacts {
            present: present.into_iter().filter(|&(grid, _)| grid != NONE).collect(),
            homes: Vec::new(),
            sharing: Vec::new(),
            nets: Vec::new(),
            centroid: LonLat::ORIGIN,
        }
    }
}
