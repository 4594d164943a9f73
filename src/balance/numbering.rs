//! Codes and names of grids that do not exist yet (rule 8): numbered west to east, then north to
//! south, inside the community; 15 digits = 12 of the community + 3 of the sequence.

use super::problem::{GridLabel, Problem};
use std::collections::BTreeSet;

impl Problem {
    /// Code and name of every grid of a plan: those that exist keep theirs, new ones are
    /// numbered by the place where the plan puts them.
    pub fn labels_of(&self, owner: &[u32]) -> Vec<GridLabel> {
        let mut labels = self.grids.clone();
        if self.existing == labels.len() {
            return labels;
        }
        let mut new: Vec<NewGrid> =
            (self.existing..labels.len()).map(|grid| NewGrid::of(self, owner, grid)).collect();
        new.sort_by(|a, b| a.community.cmp(&b.community).then_with(|| a.place.cmp(&b.place)));
        let mut taken: BTreeSet<String> = labels.iter().map(|label| label.code.clone()).collect();
        let mut sequence = 0;
        let mut community = None;
        for grid in new {
            if community != Some(grid.community) {
                community = Some(grid.community);
                sequence = 0;
            }
            let label = loop {
                sequence += 1;
                let label = self.new_label(grid.community, sequence);
                if taken.insert(label.code.clone()) {
                    break label;
                }
            };
            labels[grid.index] = label;
        }
        labels
    }

    fn new_label(&self, community: Option<u32>, sequence: usize) -> GridLabel {
        let Some(c) = community.and_then(|c| self.communities.get(c as usize)) else {
            let code = if self.communities.is_empty() && self.plain_codes {
                sequence.to_string()
            } else {
                format!("{sequence:03}")
            };
            let name = format!("第{}网格", chinese_numeral(sequence));
            return GridLabel { code, name, community_code: None };
        };
        GridLabel {
            code: format!("{}{sequence:03}", c.code),
            name: format!("{}第{}网格", c.name, chinese_numeral(sequence)),
            community_code: Some(c.code.clone()),
        }
    }
}

/// A grid that waits for its number.
struct NewGrid {
    index: usize,
    community: Option<u32>,
    /// Order in the community: longitude, then latitude from the north, in units of 1e-9
    /// degrees; by the first unit where there are no places.
    place: (i64, i64, usize),
}

impl NewGrid {
    fn of(problem: &Problem, owner: &[u32], index: usize) -> Self {
        let units = || problem.units.iter().zip(owner).filter(|(_, g)| **g as usize == index);
        let mut households = vec![0u64; problem.communities.len()];
        for (unit, _) in units() {
            if let Some(c) = unit.community {
                households[c as usize] += unit.households + 1;
            }
        }
        let community = (0..households.len())
            .filter(|&c| households[c] > 0)
            .max_by_key(|&c| (households[c], std::cmp::Reverse(c)));
        let first = owner.iter().position(|&g| g as usize == index).unwrap_or(usize::MAX);
        let (mut mass, mut lon, mut lat) = (0.0, 0.0, 0.0);
        for (unit, _) in units() {
            if let Some(centre) = unit.centroid {
                let m = unit.area_m2.unwrap_or(1.0).max(1e-6);
                mass += m;
                lon += m * centre.lon();
                lat += m * centre.lat();
            }
        }
        let scale =
            |degrees: f64| if mass > 0.0 { (degrees / mass * 1e9).round() as i64 } else { 0 };
        Self {
            index,
            community: community.map(|c| c as u32),
            place: (scale(lon), -scale(lat), first),
        }
    }
}

/// A number from 1 to 9999 in Chinese numerals, as grids are named: 第十二网格.
fn chinese_numeral(number: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if number == 0 || number > 9999 {
        return number.to_string();
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, sign) in [(1000, Some('千')), (100, Some('百')), (10, Some('十')), (1, None)] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        // 十二, not 一十二, for numbers below twenty.
        if !(unit == 10 && digit == 1 && text.is_empty()) {
            text.push(DIGITS[digit]);
        }
        text.extend(sign);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_read_as_grids_are_named() {
        for (number, text) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (21, "二十一"),
            (105, "一百零五"),
            (110, "一百一十"),
            (1003, "一千零三"),
        ] {
            assert_eq!(chinese_numeral(number), text);
        }
    }
}
