//! Broken rules in words: what is broken, and what to do.

use super::super::ground::NONE;
use super::Draft;
use super::rules::{Breach, Rule};
use std::collections::BTreeSet;

/// Most units that an answer names.
const NAMED: usize = 20;

impl Draft {
    pub(super) fn in_pieces(&mut self, grid: u32, pieces: usize) -> Breach {
        let units = self.beside_the_largest_piece(grid);
        let code = self.grids[grid as usize].code.clone();
        let named = list(&units);
        Breach {
            rule: Rule::Contiguity,
            message: format!(
                "grid `{code}` falls into {pieces} pieces; apart lie {named}; give these to a \
                 grid beside them, or take the units between into the grid as well"
            ),
            message_zh: format!(
                "网格 {code} 被分成 {pieces} 片，{named} 与其余部分不相连；请划给相邻网格，或把中间的单元一并划入"
            ),
            grid: Some(code),
            units,
            compounds: Vec::new(),
        }
    }

    /// Units of a grid that are not in its largest piece, by households.
    fn beside_the_largest_piece(&mut self, grid: u32) -> Vec<String> {
        self.walk += 1;
        let mut pieces: Vec<(u64, Vec<u32>)> = Vec::new();
        for &start in &self.grids[grid as usize].members {
            if std::mem::replace(&mut self.visited[start as usize], self.walk) == self.walk {
                continue;
            }
            let (mut todo, mut piece) = (vec![start], (0, Vec::new()));
            while let Some(slot) = todo.pop() {
                piece.0 += self.slots.households[slot as usize];
                piece.1.push(slot);
                for &(other, _) in self.slots.row(&self.ground, slot) {
                    let at = other as usize;
                    if self.slots.owner[at] == grid && self.visited[at] != self.walk {
                        self.visited[at] = self.walk;
                        todo.push(other);
                    }
                }
            }
            pieces.push(piece);
        }
        pieces.sort_by_key(|(households, units)| std::cmp::Reverse((*households, units.len())));
        let apart = pieces.iter().skip(1).flat_map(|(_, units)| units);
        let mut apart: Vec<String> = apart.map(|&slot| self.id(slot).to_owned()).collect();
        apart.sort();
        apart.truncate(NAMED);
        apart
    }

    pub(super) fn in_communities(&self, grid: u32, now: &BTreeSet<u32>) -> Breach {
        let work = &self.grids[grid as usize];
        let own = self.ground.community_number(work.info.community_code.as_deref());
        let most = work.communities.iter().max_by_key(|&&(c, count)| (count, std::cmp::Reverse(c)));
        let home = if own == NONE { most.map_or(NONE, |&(community, _)| community) } else { own };
        let strange = work.members.iter().filter(|&&slot| {
            let community = self.slots.community[slot as usize];
            community != NONE && community != home
        });
        let mut units: Vec<String> = strange.map(|&slot| self.id(slot).to_owned()).collect();
        units.sort();
        units.truncate(NAMED);
        let code = work.code.clone();
        let communities: Vec<&str> =
            now.iter().filter_map(|&number| self.ground.community_code(number)).collect();
        let (communities, named) = (communities.join(", "), list(&units));
        Breach {
            rule: Rule::Community,
            message: format!(
                "grid `{code}` would lie in the communities {communities}; a grid lies in one; \
                 give {named} to a grid of their own community"
            ),
            message_zh: format!(
                "网格 {code} 将跨社区（{communities}）；一个网格只属于一个社区，请把 {named} 划给本社区的网格"
            ),
            grid: Some(code),
            units,
            compounds: Vec::new(),
        }
    }

    pub(super) fn divided(&self, compound: u32, grids: &[u32]) -> Breach {
        let compound_of = &self.ground.dataset.compounds[compound as usize];
        let sharers = self.slots.sharers(&self.ground, compound).iter();
        let mut units: Vec<String> = sharers.map(|&slot| self.id(slot).to_owned()).collect();
        units.sort();
        units.truncate(NAMED);
        let codes: Vec<&str> =
            grids.iter().map(|&grid| self.grids[grid as usize].code.as_str()).collect();
        let (name, codes, named) = (&compound_of.name, codes.join(", "), list(&units));
        Breach {
            rule: Rule::Compounds,
            message: format!(
                "compound `{name}` would be divided among the grids {codes}; give its units \
                 {named} to one grid"
            ),
            message_zh: format!(
                "小区“{name}”将被分在网格 {codes}；请把其单元 {named} 划给同一个网格"
            ),
            grid: None,
            units,
            compounds: vec![compound_of.id.clone()],
        }
    }
}

pub(super) fn locked_grid(code: &str) -> Breach {
    Breach {
        rule: Rule::Locks,
        grid: Some(code.to_owned()),
        units: Vec::new(),
        compounds: Vec::new(),
        message: format!("grid `{code}` is locked; unlock it first, or leave it out"),
        message_zh: format!("网格 {code} 已锁定；请先解锁，或不要改动它"),
    }
}

pub(super) fn locked_unit(unit: &str) -> Breach {
    Breach {
        rule: Rule::Locks,
        grid: None,
        units: vec![unit.to_owned()],
        compounds: Vec::new(),
        message: format!("unit `{unit}` is locked; unlock it first, or leave it out"),
        message_zh: format!("单元 {unit} 已锁定；请先解锁，或不要改动它"),
    }
}

pub(super) fn dedicated(unit: &str, grid: &str) -> Breach {
    Breach {
        rule: Rule::Dedicated,
        grid: Some(grid.to_owned()),
        units: vec![unit.to_owned()],
        compounds: Vec::new(),
        message: format!(
            "the dedicated grid `{grid}` is outside the balance; its units stay in it and no other \
             unit joins them, so `{unit}` cannot be moved there or away"
        ),
        message_zh: format!(
            "专属网格 {grid} 不参与均衡，其单元不移出，也不接收其他单元，因此 {unit} 不能移入或移出"
        ),
    }
}

/// The first few of a list, for messages.
fn list(ids: &[String]) -> String {
    const FEW: usize = 6;
    let few: Vec<&str> = ids.iter().take(FEW).map(String::as_str).collect();
    let more = if ids.len() > FEW { ", …" } else { "" };
    format!("{}{more}", few.join(", "))
}
