//! What an edit changes of the facts.
//!
//! How far one must look:
//! - edges and windings are as they were outside of the windows of the changed edges and of those
//!   near them, which they may cross and so cut and move a little; and so are the vertices that a
//!   border passes, the places where it crosses itself and the owners of points;
//! - a gap, an overlap or a part outside that reaches into such a window is one that was known and
//!   reached into it before, or lies inside it, or is made of both. So the windows of the known
//!   ones are added to what is looked at, and everything that reaches into the changed windows is
//!   inside of that;
//! - without an outline the space around all grids is no gap. An edit can close a bay of it off:
//!   only where, in what is looked at, it leaves at two places. Then one looks further;
//! - strips that are open to the outside lie along changed edges, or along gaps that come or go
//!   because of them;
//! - borders are cut where others cross them and moved a little by that, so all edges near what is
//!   looked at are looked at whole, and those near them, too.

use super::facts::{Corner, Patch};
use super::local::{Local, Redrawn};
use super::plot::{changed_windows, joined};
use crate::check::compounds::Lie;
use crate::check::coverage::{Fault, FaultKind};
use crate::check::homes::{Ownership, Site, ownership};
use crate::check::{pieces, rings, validity};
use crate::domain::{Finding, MultiPolygon};
use crate::geometry::{Coverage, FaceId, GridWindow};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the grid within which borders touch each other.
const TOUCH: i64 = 3;

/// A part of the map in which edges have changed.
struct Area {
    /// Where.
    changed: Vec<GridWindow>,
    /// What must be looked at for that.
    view: GridWindow,
}

impl Redrawn<'_> {
    /// The facts that the redrawn grids change.
    pub fn patch(&self) -> Patch {
        let mut patch = Patch::default();
        let mut changed = Vec::new();
        for (&grid, plot) in &self.plots {
            let before = (&self.live.plots[grid], self.live.shape(grid));
            changed.extend(changed_windows(before, (plot, self.shape(grid))));
            self.alone(grid, &mut patch);
        }
        let changed: Vec<GridWindow> =
            joined(changed.into_iter().map(|window| window.grown(TOUCH)).collect());
        // Edges that changed ones cross or no longer cross are cut otherwise, all along.
        let cut = changed.iter().map(|&window| self.with_edges_near(window).grown(TOUCH));
        for area in self.areas(joined(cut.collect()).into_iter().map(|w| vec![w]).collect()) {
            self.recheck(area, &mut patch);
        }
        self.pieces(&changed, &mut patch);
        self.compounds(&changed, &mut patch);
        patch
    }

    /// What a grid's rings have wrong by themselves.
    fn alone(&self, grid: usize, patch: &mut Patch) {
        let shape = self.shape(grid);
        let data = &self.live.dataset;
        let code = &data.grids[grid].code;
        let corners = rings::grids(data).corners(&self.live.frame, code, shape, true);
        patch.corners.insert(grid, corners);
        patch.turned.insert(grid, rings::is_turned(shape));
    }

    /// Areas for windows of changed edges, apart from each other.
    fn areas(&self, changed: Vec<Vec<GridWindow>>) -> Vec<Area> {
        let area = |changed: Vec<GridWindow>| Area { view: self.view(&changed), changed };
        let mut areas: Vec<Area> = changed.into_iter().map(area).collect();
        loop {
            let pair = (0..areas.len()).find_map(|i| {
                (0..i).find(|&j| areas[j].view.meets(&areas[i].view)).map(|j| (j, i))
            });
            let Some((kept, other)) = pair else { return areas };
            let mut changed = areas.swap_remove(other).changed;
            changed.append(&mut areas[kept].changed);
            areas[kept] = area(changed);
        }
    }

    /// What must be looked at for windows of changed edges.
    fn view(&self, changed: &[GridWindow]) -> GridWindow {
        let known = self.live.facts.faults_at(changed).map(|(_, fault)| fault.window);
        let core = changed.iter().copied().chain(known).reduce(GridWindow::union);
        let core = core.unwrap_or(self.live.whole).grown(TOUCH + self.strip_reach());
        let whole_edges = self.with_edges_near(core).grown(TOUCH);
        self.with_edges_near(whole_edges).grown(TOUCH)
    }

    fn recheck(&self, area: Area, patch: &mut Patch) {
        let Area { changed, mut view } = area;
        let facts = &self.live.facts;
        let (local, faults, touched) = loop {
            let local = Local::around(self, view, false);
            let (mut faults, leaves) = self.faults(&local, &changed);
            let everything = view.holds(&self.live.whole_with(self));
            if everything || !self.leads_further(leaves, view, &changed) {
                let touched = self.touched(&changed, &faults);
                if let Some(strips) = self.strips(&local, &touched, everything) {
                    faults.extend(strips);
                    break (local, faults, touched);
                }
            }
            let size = (view.high.x - view.low.x).max(view.high.y - view.low.y);
            view = view.grown(size);
        };
        patch.gone.extend(facts.faults_at(&changed).map(|(number, _)| number));
        let strips = facts.faults_at(&touched).filter(|(_, fault)| fault.kind == FaultKind::Strip);
        patch.gone.extend(strips.map(|(number, _)| number));
        for fault in faults {
            // Areas that had to be looked at further may have found the same.
            let known = |other: &Fault| {
                other.order() == fault.order()
                    && other.grids == fault.grids
                    && other.shape == fault.shape
            };
            if !patch.faults.iter().any(known) {
                patch.faults.push(fault);
            }
        }
        self.vertices(&local, &changed, patch);
    }

    /// The windows of everything along which strips may have come or gone.
    fn touched(&self, changed: &[GridWindow], faults: &[Fault]) -> Vec<GridWindow> {
        let known = self.live.facts.faults_at(changed).map(|(_, fault)| fault);
        let gaps = known.chain(faults).filter(|fault| fault.kind == FaultKind::Gap);
        changed.iter().copied().chain(gaps.map(|gap| gap.window)).collect()
    }

    /// The strips at `touched`; `None` when one of them may reach further than the view.
    fn strips(
        &self,
        local: &Local,
        touched: &[GridWindow],
        everything: bool,
    ) -> Option<Vec<Fault>> {
        let live = self.live;
        if live.outline_layer.is_some() {
            return Some(Vec::new());
        }
        let inner = local.window.grown(-self.strip_reach());
        let inside = |window: &GridWindow| everything || inner.holds(window);
        let known = live.facts.faults_at(touched).map(|(_, fault)| fault);
        if known.filter(|f| f.kind == FaultKind::Strip).any(|strip| !inside(&strip.window)) {
            return None;
        }
        let windows = local.face_windows();
        // What leaves the view was followed as far as is needed: it is the space around all.
        let is_open = |face: FaceId| {
            let all_here = windows[face as usize].is_some_and(|window| local.window.holds(&window));
            face == 0 || (local.arrangement.owners(face).is_empty() && !all_here)
        };
        let mut strips = local.tiling(live).strips(live.tolerance_m, is_open);
        strips.retain(|strip| touched.iter().any(|window| window.meets(&strip.window)));
        if strips.iter().any(|strip| !inside(&strip.window)) {
            return None;
        }
        for grid in strips.iter_mut().flat_map(|strip| &mut strip.grids) {
            *grid = local.grids[*grid];
        }
        Some(strips)
    }

    /// Steps of the grid within which borders without an outline matter to each other.
    fn strip_reach(&self) -> i64 {
        if self.live.outline_layer.is_some() {
            0
        } else {
            (self.live.tolerance_m * 1000.0 * 1.01).ceil() as i64 + TOUCH
        }
    }

    /// Whether what leaves the view must be followed.
    fn leads_further(
        &self,
        leaves: Option<FaultKind>,
        view: GridWindow,
        changed: &[GridWindow],
    ) -> bool {
        match leaves {
            None => false,
            // The space around all grids, most likely.
            Some(FaultKind::Gap) if self.live.outline_layer.is_none() => {
                Local::around(self, view, true).leaves_twice(changed)
            }
            Some(_) => true,
        }
    }

    /// The faults inside the view that come near the changed windows, and a kind of fault that
    /// comes from there and leaves the view, the gravest to follow last.
    fn faults(&self, local: &Local, changed: &[GridWindow]) -> (Vec<Fault>, Option<FaultKind>) {
        let windows = local.face_windows();
        let at = local.faces_at(changed);
        // The unbounded face is no region, but outside of the view it may be a bay and not the
        // space around all grids.
        let open = self.live.outline_layer.is_none() && at[0];
        let leaves = Cell::new(open.then_some(FaultKind::Gap));
        let wanted = |kind: FaultKind, faces: &[FaceId]| {
            let window =
                faces.iter().filter_map(|&f| windows[f as usize]).reduce(GridWindow::union);
            let Some(window) = window else { return false };
            if local.window.holds(&window) {
                return changed.iter().any(|w| w.meets(&window));
            }
            if faces.iter().any(|&f| at[f as usize]) {
                leaves.set(leaves.get().max(Some(kind)));
            }
            false
        };
        let mut faults = local.tiling(self.live).faults(wanted);
        for fault in &mut faults {
            fault.grids.iter_mut().for_each(|grid| *grid = local.grids[*grid]);
            fault.leaning = fault.leaning.map(|grid| local.grids[grid]);
        }
        (faults, leaves.get())
    }

    /// Vertices of mismatched edges and of irregular faces: those in the changed windows are taken
    /// from the local arrangement, the others are as they were.
    fn vertices(&self, local: &Local, changed: &[GridWindow], patch: &mut Patch) {
        let (live, facts) = (self.live, &self.live.facts);
        let in_changed = |corner: &Corner| changed.iter().any(|w| w.has(corner.point));
        let arrangement = &local.arrangement;
        let corner = |vertex: u32, is_crossing| Corner {
            point: arrangement.point(vertex),
            place: arrangement.place(vertex),
            is_crossing,
        };
        let mut mismatches: BTreeMap<(usize, usize), Vec<Corner>> = BTreeMap::new();
        for ((lacking, having), vertices) in local.tiling(live).mismatches() {
            let pair = (local.number(live, lacking), local.number(live, having));
            let here = vertices.into_iter().map(|v| corner(v, false)).filter(in_changed);
            mismatches.entry(pair).or_default().extend(here);
        }
        let mut irregular: BTreeMap<usize, Vec<Corner>> = BTreeMap::new();
        for (grid, corners) in validity::irregular(arrangement, 0..local.grids.len()) {
            let here = corners.into_iter().map(|c| corner(c.vertex, c.is_crossing));
            irregular.insert(local.grids[grid], here.filter(in_changed).collect());
        }
        let mut concerned: BTreeSet<usize> = self.plots.keys().copied().collect();
        concerned.extend((0..local.polygons()).map(|polygon| local.number(live, polygon)));
        for &polygon in &concerned {
            for (&pair, known) in facts.mismatches.range((polygon, 0)..=(polygon, usize::MAX)) {
                if known.iter().any(in_changed) {
                    mismatches.entry(pair).or_default();
                }
            }
            if facts.irregular.get(&polygon).is_some_and(|known| known.iter().any(in_changed)) {
                irregular.entry(polygon).or_default();
            }
        }
        merge(&mut patch.mismatches, &facts.mismatches, mismatches, in_changed);
        merge(&mut patch.irregular, &facts.irregular, irregular, in_changed);
    }

    /// What is wrong with the pieces of grids of several rings in the changed windows.
    fn pieces(&self, changed: &[GridWindow], patch: &mut Patch) {
        let (live, facts) = (self.live, &self.live.facts);
        let near = |grid: &usize| changed.iter().any(|w| w.meets(&self.plot(*grid).window));
        let mut grids: BTreeSet<usize> = facts.pieces.keys().copied().filter(near).collect();
        grids.extend(self.plots.keys());
        for grid in grids {
            let shape = self.shape(grid);
            if !pieces::is_suspect(&live.frame, shape) {
                if facts.pieces.contains_key(&grid) {
                    patch.pieces.insert(grid, None);
                }
                continue;
            }
            let window = self.plot(grid).window.grown(TOUCH);
            let local = Local::around(self, self.with_edges_near(window).grown(TOUCH), false);
            let number = local.grids.binary_search(&grid).unwrap_or(0);
            let coverage = Coverage::of_first(local.arrangement, local.grids.len());
            let units = live.units_near(&window);
            let among = pieces::Among { coverage: &coverage, number, units: &units };
            patch.pieces.insert(grid, Some(pieces::of_grid(&live.terms(), grid, shape, &among)));
        }
    }

    /// The compounds in the changed windows, or nearer to them than the tolerance.
    fn compounds(&self, changed: &[GridWindow], patch: &mut Patch) {
        let live = self.live;
        let reach = (live.tolerance_m * 1000.0 * 1.01).ceil() as i64 + TOUCH;
        for window in changed {
            for compound in live.compounds_near(&window.grown(reach)) {
                if patch.compounds.contains_key(&compound) {
                    continue;
                }
                let found = self.compound(compound, reach);
                self.move_households(compound, &found.0, patch);
                patch.compounds.insert(compound, found);
            }
        }
    }
}

impl Redrawn<'_> {
    /// How a compound lies in the grids, and what is wrong with that; grids further from it than
    /// `reach` steps do not matter.
    fn compound(&self, number: usize, reach: i64) -> (Ownership, Vec<Finding>) {
        let live = self.live;
        let compound = &live.dataset.compounds[number];
        let grids = self.grids_near(&live.compounds[number].grown(reach));
        let shapes: Vec<&MultiPolygon> = grids.iter().map(|&grid| self.shape(grid)).collect();
        let by_code: Vec<usize> = (0..grids.len()).collect();
        let owned = ownership(&live.frame, &[Site::from(&compound.place)], &shapes, &by_code);
        let mut owned = owned.into_iter().next().unwrap_or_default();
        owned.shares.iter_mut().for_each(|(grid, _)| *grid = grids[*grid]);
        let lie = Lie {
            terms: live.terms(),
            frame: &live.frame,
            near: &|_| grids.clone(),
            grid: &|grid| self.shape(grid),
        };
        let findings = lie.findings(compound, &owned);
        (owned, findings)
    }

    /// Counts the households of a compound that another grid owns now.
    fn move_households(&self, compound: usize, owned: &Ownership, patch: &mut Patch) {
        let facts = &self.live.facts;
        let (from, to) = (facts.owned[compound].owner(), owned.owner());
        let households = u64::from(self.live.dataset.compounds[compound].households.unwrap_or(0));
        if from == to {
            return;
        }
        let mut count = |grid: Option<usize>, change: &dyn Fn(u64) -> u64| {
            if let Some(grid) = grid {
                let known = patch.households.entry(grid).or_insert(facts.households[grid]);
                *known = change(*known);
            }
        };
        count(from, &|known| known.saturating_sub(households));
        count(to, &|known| known + households);
    }
}

/// For the keys of `here`: what is known outside of the changed windows, with what was found in
/// them, from west to east.
fn merge<K: Ord + Copy>(
    into: &mut BTreeMap<K, Vec<Corner>>,
    known: &BTreeMap<K, Vec<Corner>>,
    here: BTreeMap<K, Vec<Corner>>,
    in_changed: impl Fn(&Corner) -> bool,
) {
    for (key, mut corners) in here {
        // Another area may have replaced a part already.
        let kept = into.get(&key).or(known.get(&key)).into_iter().flatten();
        corners.extend(kept.filter(|corner| !in_changed(corner)));
        corners.sort_by_key(|corner| corner.point);
        corners.dedup_by_key(|corner| corner.point);
        into.insert(key, corners);
    }
}
