//! `wangge balance --ensemble N`.

use super::Exit;
use super::arguments::Format;
use super::ensemble_file::{EnsembleFile, Form};
use super::language::Language;
use super::output::{self, pad, tell};
use clap::Args;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use wangge::balance::ensemble::{self, Ensemble, EnsembleOptions, Figure};
use wangge::balance::{Options, Problem, solve};

/// Drawing an ensemble instead of searching for plans.
#[derive(Args, Debug)]
pub struct EnsembleArguments {
    /// Draw N plans at random (reversible recombination) and say where the present plan stands;
    /// with -o the plans go to a file, a row each: FILE.csv or FILE.parquet
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub ensemble: Option<u32>,
    /// Steps before the first plan [default: 100 times the thinning]
    #[arg(long, value_name = "STEPS", requires = "ensemble")]
    pub burn_in: Option<u64>,
    /// Steps from plan to plan [default: 150 for each pair of grids in one community]
    #[arg(long, value_name = "STEPS", requires = "ensemble", value_parser = clap::value_parser!(u64).range(1..))]
    pub thinning: Option<u64>,
    /// Add a column for each unit, with the code of its grid
    #[arg(long, requires_all = ["ensemble", "output"])]
    pub assignments: bool,
}

/// Draws the plans; [`Exit::Findings`] when there is none to start from.
pub fn run(
    problem: &Problem,
    search: &Options,
    arguments: &EnsembleArguments,
    (format, file): (Format, Option<&Path>),
    language: Language,
) -> anyhow::Result<Exit> {
    let options = EnsembleOptions {
        plans: arguments.ensemble.unwrap_or_default() as usize,
        burn_in: arguments.burn_in,
        thinning: arguments.thinning,
        max_deviation: search.max_deviation,
        communities: search.communities,
        seed: search.seed,
    };
    // Before the search for a start, which takes its time.
    file.map(|path| Form::of(path, language)).transpose()?;
    let Some(start) = start(problem, search, &options, language) else {
        return Ok(Exit::Findings);
    };
    let create = |path| EnsembleFile::create(path, problem, arguments.assignments, language);
    let mut table = file.map(create).transpose()?;
    let shows_progress = std::io::stderr().is_terminal();
    let mut failed = None;
    let drawn = ensemble::draw(
        problem,
        &start,
        &options,
        &mut |drawn| match table.as_mut().map_or(Ok(()), |table| table.add(drawn)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        },
        &mut |share| {
            if shows_progress {
                // Progress that cannot be shown is no fault.
                let _ = write!(std::io::stderr(), "\r\x1b[K{:3.0} %", share * 100.0);
            }
            ControlFlow::Continue(())
        },
    )?;
    if shows_progress {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    if let Some(error) = failed {
        return Err(error);
    }
    table.map_or(Ok(()), EnsembleFile::finish)?;
    let text = match format {
        Format::Text => as_text(&drawn, language),
        Format::Json => serde_json::to_string_pretty(&drawn)?,
    };
    output::write(None, &text)?;
    Ok(Exit::Clean)
}

/// The plan to start from: the present one when it keeps the rules, else the best of a search.
fn start(
    problem: &Problem,
    search: &Options,
    options: &EnsembleOptions,
    language: Language,
) -> Option<Vec<u32>> {
    if let Some(present) = ensemble::present_start(problem, options) {
        return Some(present);
    }
    let solution = solve(problem, search, &|_| ControlFlow::Continue(()));
    if let Some(reason) = &solution.reason {
        tell(language.pick(&reason.message_zh, &reason.message));
    }
    solution.plans.into_iter().next().map(|plan| plan.owner)
}

fn as_text(drawn: &Ensemble, language: Language) -> String {
    let mut text = String::new();
    let Ensemble { plans, burn_in, thinning, steps, accepted, effective_plans, seed, .. } = drawn;
    let changed = 100.0 * *accepted as f64 / (*steps).max(1) as f64;
    // Writing to a string cannot fail, here and below.
    let _ = match language {
        Language::Zh => writeln!(
            text,
            "按可逆重组随机抽取 {plans} 个方案（方案的概率与各网格生成树数之积成正比）：预热 {burn_in} 步，每 {thinning} 步取一个，共 {steps} 步，其中 {changed:.1} % 改变了方案；相当于 {effective_plans:.0} 个独立方案；种子 {seed}"
        ),
        Language::En => writeln!(
            text,
            "{plans} plans drawn by reversible recombination (a plan is as likely as the product of the numbers of spanning trees of its grids): {burn_in} steps of burn-in, a plan every {thinning} steps, {steps} in all, of which {changed:.1} % changed the plan; worth {effective_plans:.0} independent plans; seed {seed}"
        ),
    };
    let heads = language.pick(
        ["指标", "最小", "5 %", "中位", "95 %", "最大", "现状", "现状百分位"],
        ["figure", "least", "5 %", "median", "95 %", "greatest", "present", "percentile"],
    );
    let line = |cells: [String; 8]| {
        let widths = [20, 9, 9, 9, 9, 9, 9, 10];
        let cells: Vec<String> = cells.iter().zip(widths).map(|(c, w)| pad(c, w)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let _ = writeln!(text, "\n{}", line(heads.map(str::to_owned)));
    for standing in drawn.figures.standings() {
        let figure = standing.figure;
        let Some(q) = standing.plans else { continue };
        let show = |value: f64| match figure {
            Figure::MaxDeviation => format!("{:.1} %", value * 100.0),
            _ => format!("{value:.0}"),
        };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
        let _ = writeln!(
            text,
            "{}",
            line([
                name(figure, language).to_owned(),
                show(q.min),
                show(q.q05),
                show(q.median),
                show(q.q95),
                show(q.max),
                or_dash(standing.present.map(show)),
                or_dash(standing.percentile.map(|p| format!("{p:.1}"))),
            ])
        );
    }
    text
}

fn name(figure: Figure, language: Language) -> &'static str {
    match figure {
        Figure::MaxDeviation => language.pick("最大偏差", "worst deviation"),
        Figure::CutEdges => language.pick("切边", "cut edges"),
        Figure::BorderLengthM => language.pick("边界长度（米）", "borders in metres"),
        Figure::CommunitiesSplit => language.pick("被拆分的社区", "communities split"),
        Figure::HouseholdsMoved => language.pick("调整户数", "households moved"),
    }
}
