//! `wangge balance`.

use super::Exit;
use super::arguments::{BalanceArguments, Format};
use super::constraints::folder;
use super::language::Language;
use super::output::{self, pad, percent};
use anyhow::Context;
use std::fmt::Write;
use std::io::{IsTerminal, Write as _};
use std::ops::ControlFlow;
use std::time::Duration;
use wangge::balance::moves::{self, Answer, Move, MoveEdit, MoveOptions};
use wangge::balance::{self, Options, Plan, Problem, Progress, Solution, Status, Strength};
use wangge::dataset::Dataset;

/// Prints the plans; [`Exit::Findings`] when there is none.
pub fn run(arguments: &BalanceArguments, language: Language) -> anyhow::Result<Exit> {
    let (problem, dataset, max_deviation) = problem(arguments, language)?;
    if let Some(question) = &arguments.planners_move {
        let max_deviation = arguments.max_deviation.unwrap_or(max_deviation);
        return answer(arguments, &problem, dataset.as_ref(), max_deviation, question, language);
    }
    let options = Options {
        max_deviation: arguments.max_deviation.unwrap_or(max_deviation),
        objective: arguments.objective.alone,
        mix: arguments.objective.mix.clone(),
        communities: arguments.communities.into(),
        community_cost: arguments.community_cost,
        front: arguments.front,
        keep: arguments.keep,
        time_limit: arguments.time_limit.map(Duration::from_secs_f64),
        seed: arguments.seed,
        threads: arguments.threads.map_or(0, usize::from),
    };
    options.check(&problem)?;
    if arguments.ensemble.ensemble.is_some() {
        let to = (arguments.format, arguments.output.as_deref());
        return super::ensemble::run(&problem, &options, &arguments.ensemble, to, language);
    }
    let shows_progress = std::io::stderr().is_terminal();
    let solution = balance::solve(&problem, &options, &|progress| {
        if shows_progress {
            show(&progress);
        }
        ControlFlow::Continue(())
    });
    if shows_progress {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    let text = match arguments.format {
        Format::Text => as_text(&problem, &solution, language),
        Format::Json => serde_json::to_string_pretty(&solution)?,
    };
    output::write(arguments.output.as_deref(), &text)?;
    Ok(if solution.plans.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The problem, and the deviation that its dataset allows.
fn problem(
    arguments: &BalanceArguments,
    language: Language,
) -> anyhow::Result<(Problem, Option<Dataset>, f64)> {
    let grids = arguments.grids.map(|grids| grids as usize);
    if let Some(file) = &arguments.graph {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{}: cannot be read", file.display()))?;
        // clap requires both with --graph.
        let households = arguments.households.as_deref().unwrap_or_default();
        let problem = Problem::from_graph_json(&text, households, grids.unwrap_or_default())
            .with_context(|| file.display().to_string())?;
        let problem = arguments.constraints.apply(problem, None)?;
        return Ok((problem, None, Options::default().max_deviation));
    }
    let folder = folder(arguments.dataset.as_deref());
    let dataset = super::units::load(folder, language)?;
    let problem =
        Problem::from_dataset(&dataset, grids).with_context(|| folder.display().to_string())?;
    let problem = arguments.constraints.apply(problem, Some(&dataset))?;
    let max_deviation = dataset.rules.max_deviation;
    Ok((problem, Some(dataset), max_deviation))
}

/// Answers a question to the present plan; [`Exit::Findings`] when it cannot be done.
fn answer(
    arguments: &BalanceArguments,
    problem: &Problem,
    dataset: Option<&Dataset>,
    max_deviation: f64,
    question: &Move,
    language: Language,
) -> anyhow::Result<Exit> {
    // A plan may leave units without a grid.
    let owner: Vec<u32> =
        problem.units().iter().map(|unit| unit.present.unwrap_or(u32::MAX)).collect();
    let options = MoveOptions { max_deviation, communities: arguments.communities.into() };
    let with_compounds = dataset.filter(|_| matches!(question, Move::Grow { .. }));
    let loaded = with_compounds.map(|data| problem.clone().with_compounds(data));
    let answer = moves::answer(loaded.as_ref().unwrap_or(problem), &owner, &options, question)?;
    let text = match arguments.format {
        Format::Text => answer_as_text(&answer, language),
        Format::Json => serde_json::to_string_pretty(&answer)?,
    };
    output::write(arguments.output.as_deref(), &text)?;
    Ok(if answer.possible { Exit::Clean } else { Exit::Findings })
}

fn answer_as_text(answer: &Answer, language: Language) -> String {
    let mut text = format!("{}\n", language.pick(&answer.message_zh, &answer.message));
    for edit in &answer.edits {
        // Writing to a string cannot fail.
        let _ = match edit {
            MoveEdit::AddGrid { grid, name, .. } => {
                let label = language.pick("新增网格", "add grid");
                writeln!(text, "{label} {grid} {name}")
            }
            MoveEdit::Assign { units, grid } => {
                writeln!(text, "{} → {grid}", units.join(", "))
            }
            MoveEdit::RemoveGrid { grid } => {
                let label = language.pick("取消网格", "remove grid");
                writeln!(text, "{label} {grid}")
            }
        };
    }
    text
}

/// One line on the terminal, drawn over the last.
fn show(progress: &Progress) {
    let best = progress.best.map_or_else(String::new, |best| {
        format!("  ±{:.1} %  {} cut edges", best.max_deviation * 100.0, best.cut_edges)
    });
    // Progress that cannot be shown is no fault.
    let _ = write!(std::io::stderr(), "\r\x1b[K{:3.0} %{best}", progress.fraction * 100.0);
}

fn as_text(problem: &Problem, solution: &Solution, language: Language) -> String {
    let mut text = String::new();
    let status = match solution.status {
        Status::Optimal => language.pick("最优", "optimal"),
        Status::Feasible => language.pick("可行", "feasible"),
        Status::Infeasible => language.pick("无解", "infeasible"),
        Status::Unknown => language.pick("未找到", "not found"),
    };
    let households = problem.households();
    let (grids, units) = (problem.number_of_grids(), problem.units().len());
    // Writing to a string cannot fail, here and below.
    let _ = match language {
        Language::Zh => writeln!(
            text,
            "{status}：{households} 户、{units} 个规划单元分为 {grids} 个网格，用时 {:.1} 秒，种子 {}",
            solution.elapsed_s, solution.seed
        ),
        Language::En => writeln!(
            text,
            "{status}: {households} households in {units} planning units for {grids} grids, {:.1} s, seed {}",
            solution.elapsed_s, solution.seed
        ),
    };
    if let Some(reason) = &solution.reason {
        let _ = writeln!(text, "{}", language.pick(&reason.message_zh, &reason.message));
    }
    for (number, plan) in solution.plans.iter().enumerate() {
        add_plan(&mut text, number + 1, plan, language);
    }
    if let Some(best) = solution.plans.first() {
        add_grids(&mut text, best, language);
    }
    text
}

fn add_plan(text: &mut String, number: usize, plan: &Plan, language: Language) {
    let score = &plan.score;
    let deviation = score.max_deviation * 100.0;
    let cut = score.cut_edges;
    let _ = match language {
        Language::Zh => write!(text, "\n方案 {number}：最大偏差 ±{deviation:.1} %，切边 {cut}"),
        Language::En => write!(text, "\nplan {number}: worst ±{deviation:.1} %, {cut} cut edges"),
    };
    if let Some(metres) = score.border_length_m {
        let label = language.pick("，边界", ", borders");
        let _ = write!(text, "{label} {:.1} km", metres / 1000.0);
    }
    if let Some(moved) = score.households_moved {
        let _ = match language {
            Language::Zh => write!(text, "，调整 {moved} 户"),
            Language::En => write!(text, ", {moved} households moved"),
        };
    }
    add_strengths(text, plan, language);
    if let Some(gap) = plan.gap {
        let label = language.pick("，与下界差", ", gap");
        let _ = write!(text, "{label} {:.1} %", gap * 100.0);
    }
}

/// What a plan is good at.
fn add_strengths(text: &mut String, plan: &Plan, language: Language) {
    let name = |strength: &Strength| match strength {
        Strength::Objective => language.pick("目标最优", "best by the objective"),
        Strength::Balance => language.pick("最均衡", "evenest"),
        Strength::FewestMoves => language.pick("调整户数最少", "fewest households moved"),
        Strength::FewestUnits => language.pick("调整单元最少", "fewest units moved"),
        Strength::Border => language.pick("边界最短", "shortest border"),
        Strength::Compromise => language.pick("折中", "between the others"),
        Strength::Alternative => language.pick("另一种选择", "another choice"),
    };
    let names: Vec<&str> = plan.good_for.iter().map(name).collect();
    if !names.is_empty() {
        let _ = write!(text, "{}", language.pick("（", " ("));
        let _ =
            write!(text, "{}{}", names.join(language.pick("、", ", ")), language.pick("）", ")"));
    }
}

/// The grids of the best plan.
fn add_grids(text: &mut String, plan: &Plan, language: Language) {
    let widest = plan.score.grids.iter().map(|grid| grid.code.chars().count()).max().unwrap_or(0);
    let code = pad(language.pick("网格", "grid"), widest.max(6));
    let (present, now) = language.pick(("现户数", "新户数"), ("present", "new"));
    let deviation = language.pick("偏差", "off");
    let _ =
        writeln!(text, "\n\n{code}  {}  {}  {}", pad(present, 8), pad(now, 8), pad(deviation, 8));
    for grid in &plan.score.grids {
        let present = grid.present_households.map_or("—".to_owned(), |count| count.to_string());
        let _ = writeln!(
            text,
            "{}  {}  {}  {}  {}",
            pad(&grid.code, widest.max(6)),
            pad(&present, 8),
            pad(&grid.households.to_string(), 8),
            pad(&percent(grid.deviation), 8),
            grid.name
        );
    }
}
