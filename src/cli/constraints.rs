//! The arguments that say what a plan must keep.

use clap::Args;
use std::collections::BTreeMap;
use std::path::Path;
use wangge::balance::{BalanceError, Constraints, Problem};
use wangge::dataset::Dataset;

/// What a plan must keep.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "What a plan must keep")]
pub struct ConstraintArguments {
    /// Units that stay in their present grid
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub lock_unit: Vec<String>,
    /// Grids that stay as they are, outside the search
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub lock_grid: Vec<String>,
    /// A grid and the unit with its office, which it keeps
    #[arg(long, value_name = "CODE=ID", value_parser = pair)]
    pub office: Vec<(String, String)>,
    /// Units that must share a grid; may be given again
    #[arg(long, value_name = "ID,ID…", value_parser = list)]
    pub together: Vec<List>,
    /// Units no two of which may share a grid; may be given again
    #[arg(long, value_name = "ID,ID…", value_parser = list)]
    pub apart: Vec<List>,
    /// Units that share a compound stay together
    #[arg(long)]
    pub whole_compounds: bool,
    /// A further weight and the greatest share off its mean, like residents=0.2 (residents,
    /// party_members, buildings, households); may be given again
    #[arg(long, value_name = "WEIGHT=SHARE", value_parser = weight)]
    pub also: Vec<(String, f64)>,
    /// What is balanced instead of households: residents, or a workload such as
    /// households=1,residents=0.4
    #[arg(long, value_name = "WEIGHT[=FACTOR],…", value_delimiter = ',', value_parser = term)]
    pub weight: Vec<(String, f64)>,
}

/// Ids of units.
#[derive(Clone, Debug)]
pub struct List(Vec<String>);

fn list(text: &str) -> Result<List, String> {
    let ids: Vec<String> = text
        .split([',', '，'])
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty())
        .collect();
    if ids.len() < 2 {
        return Err("it should name two units or more, like U001,U002".to_owned());
    }
    Ok(List(ids))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (grid, unit) = text.split_once('=').ok_or("it should be GRID=UNIT")?;
    Ok((grid.trim().to_owned(), unit.trim().to_owned()))
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let should_be = "it should be a weight and a share, like residents=0.2";
    let (name, share) = text.split_once('=').ok_or(should_be)?;
    let share = share.trim().parse::<f64>().ok().filter(|s| *s >= 0.0 && s.is_finite());
    Ok((name.trim().to_owned(), share.ok_or(should_be)?))
}

fn term(text: &str) -> Result<(String, f64), String> {
    let Some((name, factor)) = text.split_once('=') else {
        return Ok((text.trim().to_owned(), 1.0));
    };
    let factor = factor.trim().parse::<f64>().ok().filter(|f| *f >= 0.0 && f.is_finite());
    let factor = factor.ok_or("the factor should be a number of 0 or more")?;
    Ok((name.trim().to_owned(), factor))
}

impl ConstraintArguments {
    fn constraints(&self) -> Constraints {
        let lists = |lists: &[List]| lists.iter().map(|list| list.0.clone()).collect();
        Constraints {
            lock_units: self.lock_unit.clone(),
            lock_grids: self.lock_grid.clone(),
            offices: self.office.iter().cloned().collect::<BTreeMap<_, _>>(),
            together: lists(&self.together),
            apart: lists(&self.apart),
            whole_compounds: self.whole_compounds,
            also: self.also.iter().cloned().collect(),
        }
    }

    /// The problem with what it must keep, and with the weight that is asked for. A graph has no
    /// dataset, and neither compounds nor their weights.
    pub fn apply(
        &self,
        problem: Problem,
        dataset: Option<&Dataset>,
    ) -> Result<Problem, BalanceError> {
        let mut problem = problem;
        if let Some(dataset) = dataset {
            if self.whole_compounds {
                problem = problem.with_whole_compounds(dataset);
            } else if !self.also.is_empty() || !self.weight.is_empty() {
                problem = problem.with_compounds(dataset);
            }
        }
        if !self.weight.is_empty() {
            problem = problem.weighed_by(&self.weight)?;
        }
        problem.with_constraints(&self.constraints())
    }
}

/// Reads a move: `fix=GRID`, `split=GRID`, `merge=A,B`, `smooth=A,B`, `fewest`,
/// `grow=COMPOUND:600`, `why-not=UNIT:GRID`.
pub fn planners_move(text: &str) -> Result<wangge::balance::moves::Move, String> {
    use wangge::balance::moves::Move;
    let (name, rest) = text.split_once('=').unwrap_or((text, ""));
    let rest = rest.trim();
    let some = || match rest {
        "" => Err(format!("`{name}` should say of what: {name}=…")),
        rest => Ok(rest.to_owned()),
    };
    let many = || some().map(|rest| rest.split([',', '，']).map(|s| s.trim().to_owned()).collect());
    let two = |should_be: &str| {
        let pair = rest.rsplit_once([':', '：']).map(|(a, b)| (a.to_owned(), b.to_owned()));
        pair.ok_or_else(|| format!("it should be {name}={should_be}"))
    };
    match name.trim() {
        "fix" => Ok(Move::Fix { grid: some()? }),
        "split" => Ok(Move::Split { grid: some()? }),
        "merge" => Ok(Move::Merge { grids: many()? }),
        "smooth" => Ok(Move::Smooth { grids: many()? }),
        "fewest" => Ok(Move::Fewest {}),
        "grow" => {
            let (compound, households) = two("COMPOUND:HOUSEHOLDS")?;
            let households = households.trim().parse::<i64>();
            let households = households.map_err(|_| "the households should be a whole number")?;
            Ok(Move::Grow { compound, households })
        }
        "why-not" => {
            let (unit, grid) = two("UNIT:GRID")?;
            Ok(Move::WhyNot { unit, grid })
        }
        other => Err(format!(
            "there is no move `{other}`; there are fix, split, merge, smooth, fewest, grow, why-not"
        )),
    }
}

/// The dataset of a folder that may be missing from the arguments.
pub fn folder(dataset: Option<&Path>) -> &Path {
    dataset.unwrap_or(Path::new(""))
}
