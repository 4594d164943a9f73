//! Split a grid, merge grids, smooth a border.

use super::board::{Board, Load, NONE};
use super::{Answer, Asked, MoveEdit, words, wrong};
use crate::balance::error::BalanceError;
use crate::balance::parts::border_cost;
use crate::balance::problem::GridLabel;
use crate::balance::score::score;

/// Most nodes of which every division in two is tried.
const MOST_NODES: usize = 18;

/// How good a division in two is; less is better.
type Worth = (f64, f64);

/// Nodes to be divided in two, by bits.
struct Halves<'b> {
    board: &'b Board<'b>,
    nodes: Vec<u32>,
    near: Vec<u64>,
}

impl<'b> Halves<'b> {
    fn new(board: &'b Board<'b>, nodes: Vec<u32>) -> Self {
        let place = |node: u32| nodes.iter().position(|&n| n == node);
        let near = |&node: &u32| {
            let near = board.near[node as usize].iter().filter_map(|&v| place(v));
            near.filter(|&p| p < 64).fold(0u64, |set, p| set | 1 << p)
        };
        let near = nodes.iter().map(near).collect();
        Self { board, nodes, near }
    }

    fn is_one_piece(&self, set: u64) -> bool {
        let (mut reached, mut frontier) = (0u64, set & set.wrapping_neg());
        while frontier != 0 {
            reached |= frontier;
            let mut next = 0;
            while frontier != 0 {
                next |= self.near[frontier.trailing_zeros() as usize];
                frontier &= frontier - 1;
            }
            frontier = next & set & !reached;
        }
        reached == set
    }

    fn weight(&self, set: u64) -> i64 {
        self.load(&self.board.loads[0], set)
    }

    fn load(&self, load: &Load, set: u64) -> i64 {
        let inside = self.nodes.iter().enumerate().filter(|(p, _)| set >> p & 1 == 1);
        inside.map(|(_, &node)| load.of[node as usize]).sum()
    }

    /// The best division with both sides in one piece, as the set of the second side, and whether
    /// every one was tried. Beyond [`MOST_NODES`] nodes only flips and swaps from `start` are.
    fn best(
        &self,
        start: u64,
        allowed: impl Fn(u64) -> bool,
        worth: impl Fn(u64) -> Worth,
    ) -> Option<(u64, bool)> {
        let n = self.nodes.len();
        if n >= 64 {
            return None;
        }
        let all = (1u64 << n) - 1;
        let fits = |set: u64| {
            set != 0
                && set != all
                && self.is_one_piece(set)
                && self.is_one_piece(all & !set)
                && allowed(set)
        };
        let less = |a: Worth, b: Worth| a.0 < b.0 - 1e-9 || (a.0 <= b.0 + 1e-9 && a.1 < b.1 - 1e-9);
        let mut best: Option<(Worth, u64)> = None;
        let consider = |set: u64, best: &mut Option<(Worth, u64)>| {
            if !fits(set) {
                return false;
            }
            let value = worth(set);
            let is_better = best.is_none_or(|(least, _)| less(value, least));
            if is_better {
                *best = Some((value, set));
            }
            is_better
        };
        if n <= MOST_NODES {
            (1..all).for_each(|set| _ = consider(set, &mut best));
            return best.map(|(_, set)| (set, true));
        }
        consider(start, &mut best);
        let mut now = best.map_or(start, |(_, set)| set);
        loop {
            let mut improved = false;
            for a in 0..n {
                improved |= consider(now ^ (1 << a), &mut best);
                for b in 0..a {
                    improved |= consider(now ^ (1 << a) ^ (1 << b), &mut best);
                }
            }
            if !improved {
                return best.map(|(_, set)| (set, false));
            }
            now = best.map_or(now, |(_, set)| set);
        }
    }
}

/// Borders between the nodes, for the length of the border that a division makes.
struct Borders(Vec<(u64, f64, f64)>);

impl Borders {
    fn new(halves: &Halves) -> Self {
        let board = halves.board;
        let place = |unit: u32| {
            let node = board.node_of[unit as usize];
            halves.nodes.iter().position(|&n| n == node).filter(|&p| p < 64)
        };
        let edges = board.problem.graph().edges().iter();
        let inside = edges.filter_map(|edge| {
            let pair = place(edge.a)?;
            let other = place(edge.b)?;
            let length = if board.problem.has_lengths() { border_cost(edge) } else { 1.0 };
            (pair != other).then_some((1u64 << pair | 1u64 << other, length, 1.0))
        });
        Self(inside.collect())
    }

    /// Border (roads and barriers counting a quarter, or edges where lengths are not known), and
    /// edges, between a set and the rest.
    fn cut(&self, set: u64) -> (f64, f64) {
        let cut = self.0.iter().filter(|(ends, ..)| (ends & set).count_ones() == 1);
        cut.fold((0.0, 0.0), |(length, edges), cut| (length + cut.1, edges + cut.2))
    }
}

impl Asked<'_> {
    pub(super) fn split(&self, grid: u32) -> Result<Answer, BalanceError> {
        let board = self.board();
        if self.problem.rules.is_kept(grid) {
            return wrong("grid", "the grid is locked".to_owned());
        }
        let nodes = board.members[grid as usize].clone();
        if nodes.len() < 2 {
            let answer = self.answer(self.owner, false, true);
            return Ok(words::cannot_split(self, grid, answer));
        }
        let halves = Halves::new(&board, nodes);
        let borders = Borders::new(&halves);
        let all = (1u64 << halves.nodes.len().min(63)) - 1;
        let total = halves.weight(all);
        let worth = |set: u64| ((total - 2 * halves.weight(set)).abs() as f64, borders.cut(set).0);
        // The half that holds a unit which must stay, and else the heavier, keeps the code.
        let held = |set: u64| {
            let held = (0..halves.nodes.len()).filter(|&p| set >> p & 1 == 1);
            held.filter(|&p| board.is_held[halves.nodes[p] as usize]).count()
        };
        let allowed = |set: u64| held(set) == 0 || held(all & !set) == 0;
        let Some((set, proven)) = halves.best(first_half(&halves), allowed, worth) else {
            let proven = halves.nodes.len() <= MOST_NODES;
            let answer = self.answer(self.owner, false, proven);
            return Ok(words::cannot_split(self, grid, answer));
        };
        let keeps = |set: u64| (held(set), halves.weight(set));
        let moved = if keeps(set) > keeps(all & !set) { all & !set } else { set };
        Ok(self.split_off(&halves, moved, grid, proven))
    }

    /// The answer that gives a set of nodes to an empty grid, or to a new one.
    fn split_off(&self, halves: &Halves, moved: u64, grid: u32, proven: bool) -> Answer {
        let mut problem = self.problem.clone();
        let empty = halves.board.members.iter().position(Vec::is_empty);
        let target = empty.unwrap_or(problem.grids.len());
        if empty.is_none() {
            problem.grids.push(GridLabel::default());
        }
        let mut owner = self.owner.to_vec();
        for (place, &node) in halves.nodes.iter().enumerate() {
            if moved >> place & 1 == 1 {
                let units = &halves.board.nodes[node as usize];
                units.iter().for_each(|&u| owner[u as usize] = target as u32);
            }
        }
        let mut labels = Vec::new();
        if empty.is_none() {
            problem.existing = target;
            labels = problem.labels_of(&owner);
            problem.grids.clone_from(&labels);
        }
        let asked = Asked { problem: &problem, ..*self };
        let mut answer = asked.answer(&owner, true, proven);
        answer.before = score(self.problem, self.owner);
        if let Some(new) = labels.get(target) {
            let GridLabel { code, name, community_code } = new.clone();
            answer.edits.insert(0, MoveEdit::AddGrid { grid: code, name, community_code });
        }
        words::split(&asked, grid, target as u32, answer)
    }

    pub(super) fn merge(&self, grids: &[u32]) -> Result<Answer, BalanceError> {
        let board = self.board();
        if let Some(&locked) = grids.iter().find(|&&grid| self.problem.rules.is_kept(grid)) {
            return wrong("grids", format!("grid `{}` is locked", self.name(locked)));
        }
        let order = |&&grid: &&u32| (board.households(grid), std::cmp::Reverse(grid));
        let Some(&into) = grids.iter().max_by_key(order) else {
            return wrong("grids", "names no grid".to_owned());
        };
        let in_any = |grid: u32| grid != NONE && grids.contains(&grid);
        let mut nodes: Vec<u32> = board.start.clone();
        nodes.iter_mut().filter(|grid| in_any(**grid)).for_each(|grid| *grid = into);
        let touching = board.is_one_piece(&nodes, into);
        let members = || (0..board.nodes.len() as u32).filter(|&n| in_any(board.start[n as usize]));
        let conflict = members()
            .find(|&node| board.start[node as usize] != into && !board.may_join(node, into));
        if !touching || conflict.is_some() || !board.keeps_rules(&nodes) {
            let answer = self.answer(self.owner, false, true);
            let foreign = conflict.filter(|&node| board.community_conflict(node, into).is_some());
            let reason = match (touching, foreign) {
                (false, _) => words::Unmerged::Apart,
                (true, Some(_)) => words::Unmerged::Communities,
                (true, None) => words::Unmerged::Held,
            };
            return Ok(words::cannot_merge(self, grids, reason, answer));
        }
        let owner = board.unfold(&nodes);
        let mut answer = self.answer(&owner, true, true);
        // The figures are those of one grid fewer for each that goes, at another mean.
        let gone = |grid: u32| grid != into && grids.contains(&grid);
        let stay: Vec<u32> = (0..self.problem.grids.len() as u32).filter(|&g| !gone(g)).collect();
        let place = |grid: u32| stay.iter().position(|&g| g == grid).map(|p| p as u32);
        let mut problem = self.problem.clone();
        problem.grids = stay.iter().map(|&g| self.problem.grids[g as usize].clone()).collect();
        problem.existing = problem.grids.len();
        for unit in &mut problem.units {
            unit.present = unit.present.and_then(place);
        }
        problem.rules = Default::default();
        let owner: Vec<u32> = owner.iter().map(|&g| place(g).unwrap_or(NONE)).collect();
        answer.after = score(&problem, &owner);
        for &grid in grids.iter().filter(|&&grid| gone(grid)) {
            let grid = self.problem.grids[grid as usize].code.clone();
            answer.edits.push(MoveEdit::RemoveGrid { grid });
        }
        let asked = Asked { problem: &problem, owner: &owner, options: self.options };
        let into = place(into).unwrap_or(0);
        Ok(words::merge(self, &asked, grids, into, answer))
    }

    pub(super) fn smooth(&self, grids: &[u32]) -> Result<Answer, BalanceError> {
        let board = self.board();
        let (a, b) = (grids[0], grids[1]);
        if let Some(&locked) = grids.iter().find(|&&grid| self.problem.rules.is_kept(grid)) {
            return wrong("grids", format!("grid `{}` is locked", self.name(locked)));
        }
        let members = |grid: u32| board.members[grid as usize].iter().copied();
        let nodes: Vec<u32> = members(a).chain(members(b)).collect();
        if nodes.is_empty() || nodes.len() >= 64 {
            let problem = "the two grids should have between 2 and 63 planning units together";
            return wrong("grids", problem.to_owned());
        }
        let halves = Halves::new(&board, nodes);
        let borders = Borders::new(&halves);
        let first = board.members[a as usize].len();
        let all = (1u64 << halves.nodes.len()) - 1;
        let start = all & !((1u64 << first) - 1);
        if borders.cut(start).1 == 0.0 {
            return wrong("grids", "the two grids have no common border".to_owned());
        }
        let within = |load: &Load, grid: u32, set: u64| {
            let (lower, upper) = load.range(grid as usize);
            (lower..=upper).contains(&halves.load(load, set))
        };
        let allowed = |set: u64| {
            let fits = |load| within(load, b, set) && within(load, a, all & !set);
            if !board.loads.iter().all(fits) {
                return false;
            }
            let stays = (0..halves.nodes.len()).all(|p| {
                let to = if set >> p & 1 == 1 { b } else { a };
                let node = halves.nodes[p];
                board.start[node as usize] == to || board.may_join(node, to)
            });
            stays && board.keeps_rules(&given(&halves, set, [a, b]))
        };
        let moved = |set: u64| halves.weight(set ^ start) as f64;
        let worth = |set: u64| (borders.cut(set).0, moved(set));
        let found = halves.best(start, allowed, worth);
        // Where the present border cannot be kept (a grid in pieces), any allowed one is better.
        let kept = found.is_none_or(|(set, _)| borders.cut(set).0 >= borders.cut(start).0 - 1e-9);
        let proven = halves.nodes.len() <= MOST_NODES;
        let set = found.filter(|_| !kept).map_or(start, |(set, _)| set);
        let owner = board.unfold(&given(&halves, set, [a, b]));
        let answer = self.answer(&owner, !kept, proven);
        let lengths = [borders.cut(start), borders.cut(set)];
        Ok(words::smooth(self, [a, b], lengths, answer))
    }
}

/// The board's nodes with those of `set` in the second grid and the other halves in the first.
fn given(halves: &Halves, set: u64, grids: [u32; 2]) -> Vec<u32> {
    let mut owner = halves.board.start.clone();
    for (place, &node) in halves.nodes.iter().enumerate() {
        owner[node as usize] = grids[(set >> place & 1) as usize];
    }
    owner
}

/// A first division of a larger grid: from one end, breadth first, until half the households.
fn first_half(halves: &Halves) -> u64 {
    let n = halves.nodes.len().min(63);
    let total = halves.weight((1u64 << n) - 1);
    let mut set = 1u64;
    while 2 * halves.weight(set) < total {
        let members = (0..n).filter(|&p| set >> p & 1 == 1);
        let near = members.fold(0u64, |near, p| near | halves.near[p]) & !set;
        if near == 0 {
            break;
        }
        set |= near & near.wrapping_neg();
    }
    set
}
