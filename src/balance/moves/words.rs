//! Answers in Chinese and English.

use super::why::Obstacle;
use super::{Answer, Asked};

/// A share with its sign: +12.3 %.
fn signed(share: f64) -> String {
    format!("{:+.1} %", share * 100.0)
}

/// A deviation without its sign: ±12.3 %.
fn off(share: f64) -> String {
    format!("±{:.1} %", share * 100.0)
}

fn say(mut answer: Answer, zh: String, en: String) -> Answer {
    answer.message_zh = zh;
    answer.message = en;
    answer
}

/// "12 units (3,400 households)" and whether it is proven that fewer do not suffice.
fn moves(answer: &Answer) -> (String, String) {
    let (units, households) = (answer.units_moved, answer.households_moved);
    let (proof_zh, proof) = match (answer.possible, answer.proven) {
        (true, true) => ("，已证明不能更少", "; proven: fewer do not suffice"),
        (true, false) => ("，是否最少未证明", "; that fewer do not suffice is not proven"),
        (false, _) => ("", ""),
    };
    let plural = if units == 1 { "unit" } else { "units" };
    (
        format!("调整{units}个单元、{households}户{proof_zh}"),
        format!("moving {units} {plural} with {households} households{proof}"),
    )
}

/// What is said when no way was found: proven, or not; with what comes nearest.
fn nothing(answer: &Answer) -> (String, String) {
    let (mut zh, mut en) = if answer.proven {
        ("已证明没有办法做到".to_owned(), "it is proven that there is no way".to_owned())
    } else {
        (
            "没有找到办法，也未证明没有".to_owned(),
            "no way was found, nor is it proven that there is none".to_owned(),
        )
    };
    if answer.units_moved > 0 {
        let (most_zh, most) = moves(answer);
        zh += &format!("；{most_zh}最为接近");
        en += &format!("; {most} comes nearest");
    }
    (zh, en)
}

pub(super) fn fix(asked: &Asked, grid: u32, answer: Answer) -> Answer {
    let name = asked.name(grid);
    let (before, after) = (&answer.before.grids[grid as usize], &answer.after.grids[grid as usize]);
    let (was, is) = (signed(before.deviation), signed(after.deviation));
    let limit = off(asked.options.max_deviation);
    let (zh, en) = if answer.possible && answer.units_moved == 0 {
        (
            format!("{name}偏差为{was}，已在{limit}以内，无需调整"),
            format!("{name} is {was} off the mean, within {limit}: nothing to move"),
        )
    } else if answer.possible {
        let (moves_zh, moves) = moves(&answer);
        (
            format!("{name}：{moves_zh}，偏差由{was}变为{is}"),
            format!("{name}: {moves} brings it from {was} to {is}"),
        )
    } else {
        let (nothing_zh, nothing) = nothing(&answer);
        (
            format!("{name}偏差为{was}，使其在{limit}以内且不使其他网格变差：{nothing_zh}"),
            format!(
                "{name} is {was} off the mean; to bring it within {limit} without harm to other grids: {nothing}"
            ),
        )
    };
    say(answer, zh, en)
}

pub(super) fn fewest(asked: &Asked, answer: Answer) -> Answer {
    let (was, is) = (off(answer.before.max_deviation), off(answer.after.max_deviation));
    let limit = off(asked.options.max_deviation);
    let (zh, en) = if answer.possible && answer.units_moved == 0 {
        (
            format!("所有网格都在{limit}以内，无需调整"),
            format!("every grid is within {limit}: nothing to move"),
        )
    } else if answer.possible {
        let (moves_zh, moves) = moves(&answer);
        (
            format!("{moves_zh}，所有网格都在{limit}以内（最大偏差由{was}变为{is}）"),
            format!("{moves}; every grid is then within {limit} (worst from {was} to {is})"),
        )
    } else {
        let (nothing_zh, nothing) = nothing(&answer);
        (
            format!("使所有网格都在{limit}以内：{nothing_zh}"),
            format!("to bring every grid within {limit}: {nothing}"),
        )
    };
    say(answer, zh, en)
}

pub(super) fn grow(
    asked: &Asked,
    unit: usize,
    households: i64,
    targets: &[u32],
    answer: Answer,
) -> Answer {
    let id = &asked.problem.units()[unit].id;
    let limit = off(asked.options.max_deviation);
    let figures = answer.grown.as_ref().unwrap_or(&answer.before);
    let worst = off(figures.max_deviation);
    let own = figures.grids.get(asked.owner[unit] as usize);
    let own = own.map_or_else(
        || ("".into(), "".into()),
        |grid| {
            let name = if grid.name.is_empty() { &grid.code } else { &grid.name };
            let (count, share) = (grid.households, signed(grid.deviation));
            (
                format!("，{name}达到{count}户、偏差{share}"),
                format!(", {name} has {count} households ({share})"),
            )
        },
    );
    let (then_zh, then): (String, String) = if targets.is_empty() {
        (format!("没有网格因此超出{limit}"), format!("no grid leaves {limit} by it"))
    } else {
        let names: Vec<String> = targets.iter().map(|&grid| asked.name(grid)).collect();
        let (zh, en) = if answer.possible { moves(&answer) } else { nothing(&answer) };
        (
            format!("超出{limit}的有{}：{zh}", names.join("、")),
            format!("outside {limit}: {}; to mend that, {en}", names.join(", ")),
        )
    };
    let zh = format!("单元{id}增加{households}户后{}，最大偏差{worst}；{then_zh}", own.0);
    let en = format!(
        "with {households} households more in unit {id}{}, the worst grid is {worst} off; {then}",
        own.1
    );
    say(answer, zh, en)
}

pub(super) fn split(asked: &Asked, grid: u32, new: u32, answer: Answer) -> Answer {
    let [a, b] = [grid, new].map(|grid| answer.after.grids[grid as usize].clone());
    let (proof_zh, proof) = if answer.proven {
        ("已试遍所有分法，没有更均的", "every division was tried, none is evener")
    } else {
        ("未试遍所有分法", "not every division was tried")
    };
    let zh = format!(
        "{}分为{}户与{}户（新网格{}）；{proof_zh}",
        asked.name(grid),
        a.households,
        b.households,
        b.code
    );
    let en = format!(
        "{} is split into {} and {} households (new grid {}); {proof}",
        asked.name(grid),
        a.households,
        b.households,
        b.code
    );
    say(answer, zh, en)
}

pub(super) fn cannot_split(asked: &Asked, grid: u32, answer: Answer) -> Answer {
    let name = asked.name(grid);
    let zh = format!("{name}无法分为两个各自连成一片的部分（单元太少，或须在一起）");
    let en = format!(
        "{name} cannot be split in two parts of one piece each (too few units, or units that must stay together)"
    );
    say(answer, zh, en)
}

/// Why grids cannot be merged.
pub(super) enum Unmerged {
    Apart,
    Communities,
    Held,
}

fn names(asked: &Asked, grids: &[u32]) -> [String; 2] {
    let names: Vec<String> = grids.iter().map(|&grid| asked.name(grid)).collect();
    [names.join("、"), names.join(", ")]
}

pub(super) fn cannot_merge(asked: &Asked, grids: &[u32], why: Unmerged, answer: Answer) -> Answer {
    let [zh, en] = names(asked, grids);
    let (why_zh, why) = match why {
        Unmerged::Apart => (
            "互不相连，合并后不成一片",
            "they do not touch, so the merged grid would not be one piece",
        ),
        Unmerged::Communities => ("分属不同社区", "they belong to different communities"),
        Unmerged::Held => ("有单元被锁定或须分开", "a unit is locked, or units must stay apart"),
    };
    say(answer, format!("{zh}不能合并：{why_zh}"), format!("{en} cannot be merged: {why}"))
}

pub(super) fn merge(
    asked: &Asked,
    merged: &Asked,
    grids: &[u32],
    into: u32,
    answer: Answer,
) -> Answer {
    let [zh, en] = names(asked, grids);
    let grid = &answer.after.grids[into as usize];
    let (households, share) = (grid.households, signed(grid.deviation));
    let name = merged.name(into);
    let count = merged.problem.number_of_grids();
    let zh = format!("{zh}合并为{name}：{households}户，在{count}个网格中偏差{share}");
    let en = format!(
        "{en} become {name}: {households} households, {share} off the mean of {count} grids"
    );
    say(answer, zh, en)
}

pub(super) fn smooth(
    asked: &Asked,
    grids: [u32; 2],
    [before, after]: [(f64, f64); 2],
    answer: Answer,
) -> Answer {
    let [zh, en] = names(asked, &grids);
    let metres = asked.problem.has_lengths();
    let (unit_zh, unit) = if metres {
        ("米（沿道路、河流按四分之一计）", "m (along roads and barriers a quarter counts)")
    } else {
        ("条切边", "cut edges")
    };
    let (proof_zh, proof) = if answer.proven {
        ("已试遍两网格的所有分法", "every division of the two was tried")
    } else {
        ("未试遍所有分法", "not every division was tried")
    };
    let (zh, en) = if answer.possible {
        let (count, households) = (answer.units_moved, answer.households_moved);
        (
            format!(
                "{zh}之间的边界由{:.0}变为{:.0}{unit_zh}，调整{count}个单元、{households}户；{proof_zh}",
                before.0, after.0
            ),
            format!(
                "the border between {en} goes from {:.0} to {:.0} {unit}, {count} units with {households} households being moved; {proof}",
                before.0, after.0
            ),
        )
    } else {
        (
            format!("{zh}之间的边界为{:.0}{unit_zh}，没有找到更短的；{proof_zh}", before.0),
            format!(
                "the border between {en} is {:.0} {unit}, and no shorter one was found; {proof}",
                before.0
            ),
        )
    };
    say(answer, zh, en)
}

pub(super) fn why_not(asked: &Asked, unit: &str, grid: &str, answer: Answer) -> Answer {
    if answer.obstacles.is_empty() {
        let (was, is) = (off(answer.before.max_deviation), off(answer.after.max_deviation));
        let zh = format!("单元{unit}可以调到{grid}，最大偏差由{was}变为{is}");
        let en =
            format!("unit {unit} may join {grid}; the worst deviation goes from {was} to {is}");
        return say(answer, zh, en);
    }
    let reasons: Vec<(String, String)> =
        answer.obstacles.iter().map(|obstacle| reason(asked, obstacle)).collect();
    let zh: Vec<&str> = reasons.iter().map(|(zh, _)| zh.as_str()).collect();
    let en: Vec<&str> = reasons.iter().map(|(_, en)| en.as_str()).collect();
    let zh = format!("单元{unit}不能调到{grid}：{}", zh.join("；"));
    let en = format!("unit {unit} cannot join {grid}: {}", en.join("; "));
    say(answer, zh, en)
}

/// An obstacle in Chinese and English.
fn reason(asked: &Asked, obstacle: &Obstacle) -> (String, String) {
    match obstacle {
        Obstacle::Already { grid } => (format!("它已在{grid}"), format!("it is in {grid} already")),
        Obstacle::Dedicated { grid } => (
            format!("专属网格{grid}不参与均衡"),
            format!("the dedicated grid {grid} is outside the balance"),
        ),
        Obstacle::LockedUnit { grid } => {
            (format!("它被锁定在{grid}"), format!("it is locked to {grid}"))
        }
        Obstacle::LockedGrid { grid } => {
            (format!("网格{grid}已锁定"), format!("grid {grid} is locked"))
        }
        Obstacle::Apart { units } => {
            let ids = units.join(", ");
            (format!("须与{ids}分开"), format!("it must be apart from {ids}"))
        }
        Obstacle::Together { units } => {
            let ids = units.join(", ");
            (format!("须与{ids}在一起"), format!("it must stay together with {ids}"))
        }
        Obstacle::Community { unit_community, grid_community } => (
            format!("单元属{unit_community}，网格属{grid_community}"),
            format!("it belongs to {unit_community}, the grid to {grid_community}"),
        ),
        Obstacle::NotNeighbouring { neighbours } if neighbours.is_empty() => (
            "与该网格不相邻，也不与其他网格相邻".to_owned(),
            "it has no common border with it, nor with any other grid".to_owned(),
        ),
        Obstacle::NotNeighbouring { neighbours } => {
            let codes = neighbours.join(", ");
            (
                format!("与该网格不相邻（相邻的是{codes}）"),
                format!("it has no common border with it (it has with {codes})"),
            )
        }
        Obstacle::Contiguity { grid, cut_off } => {
            let ids: Vec<String> = cut_off.iter().map(|units| units.join(", ")).collect();
            let ids = ids.join(" | ");
            (
                format!("{grid}将被切断，与之分离的单元：{ids}"),
                format!("{grid} would fall apart, cutting off {ids}"),
            )
        }
        Obstacle::LastUnit { grid } => {
            (format!("它是{grid}唯一的单元"), format!("it is the only unit of {grid}"))
        }
        Obstacle::Balance { grid, households, bound, by } => {
            let limit = off(asked.options.max_deviation);
            let (side_zh, side) = if households < bound {
                ("低于下限", "below the least")
            } else {
                ("超过上限", "above the most")
            };
            (
                format!("{grid}将有{households}户，{side_zh}{bound}户（{limit}）{by}户"),
                format!(
                    "{grid} would have {households} households, {by} {side} of {bound} ({limit})"
                ),
            )
        }
        Obstacle::FurtherWeight { grid, weight, sum, bound, by } => {
            let (side_zh, side) = if sum < bound {
                ("低于下限", "below the least")
            } else {
                ("超过上限", "above the most")
            };
            let name = also_zh(weight);
            (
                format!("{grid}的{name}将为{sum}，{side_zh}{bound}，差{by}"),
                format!("{grid} would have {sum} of {weight}, {by} {side} of {bound}"),
            )
        }
    }
}

/// The Chinese name of a further weight.
fn also_zh(weight: &str) -> &str {
    match weight {
        "households" => "户数",
        "residents" => "人口",
        "party_members" => "党员数",
        "buildings" => "楼栋数",
        other => other,
    }
}
