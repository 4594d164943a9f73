//! `wangge locate`.

use super::Exit;
use super::arguments::{Format, LocateArguments};
use super::batch;
use super::index;
use super::language::Language;
use super::output::{self, pad};
use std::fmt::Write;
use std::sync::Arc;
use wangge::locate::{Location, Locator, MatchKind};

/// Prints the answer ("none" is one), or looks up a whole file.
pub fn run(arguments: &LocateArguments, language: Language) -> anyhow::Result<Exit> {
    if let Some(input) = &arguments.what.batch {
        return batch::run(arguments, input, language);
    }
    let locator = locator(arguments)?;
    let what = &arguments.what;
    let on = Some(arguments.on.unwrap_or_else(|| jiff::ZonedDateTime::now().date()));
    // clap sees to it that one of the two is given.
    let location = match (&what.at, &what.address) {
        (Some(place), _) => locator.at(*place, on),
        (None, text) => locator.address(text.as_deref().unwrap_or_default(), on),
    };
    let text = match arguments.format {
        Format::Text => as_text(&location, language),
        Format::Json => serde_json::to_string_pretty(&location)?,
    };
    output::write(None, &text)?;
    Ok(Exit::Clean)
}

/// Loads the dataset, with the grids compiled before where they are given.
pub fn locator(arguments: &LocateArguments) -> anyhow::Result<Locator> {
    let dataset = Arc::new(wangge::dataset::load(&arguments.dataset)?);
    match &arguments.index {
        None => Ok(Locator::new(dataset)),
        Some(file) => index::with_index(file, |index| Locator::with_index(dataset, index)),
    }
}

fn as_text(found: &Location, language: Language) -> String {
    let mut text = String::new();
    let mut line = |zh: &str, en: &str, value: Option<String>| {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {value}", pad(language.pick(zh, en), 10));
        }
    };
    line("查询", "query", Some(found.query.clone()));
    line("匹配", "match", Some(match_name(found.kind, language).to_owned()));
    let grid = found.grid_code.as_ref();
    line("网格", "grid", grid.map(|code| with_code(found.grid_name.as_deref(), code)));
    line("支部", "branch", found.branch_id.clone());
    line("社区", "community", found.community_code.clone());
    let compound = found.compound_id.as_ref();
    line("小区", "compound", compound.map(|id| with_code(found.compound_name.as_deref(), id)));
    let place = found.lon.zip(found.lat);
    line("位置", "place", place.map(|(lon, lat)| format!("{lon:.6}, {lat:.6}")));
    line("日期", "on", found.on.map(|day| day.to_string()));
    for other in &found.candidates {
        let named = other.compound_name.as_deref().or(other.grid_name.as_deref());
        let grid = other.grid_code.as_deref().unwrap_or("—");
        line("或者", "or", Some(with_code(named, grid)));
    }
    text
}

fn with_code(name: Option<&str>, code: &str) -> String {
    match name.filter(|name| *name != code) {
        Some(name) => format!("{name} ({code})"),
        None => code.to_owned(),
    }
}

fn match_name(kind: MatchKind, language: Language) -> &'static str {
    match kind {
        MatchKind::Inside => language.pick("在网格内", "inside"),
        MatchKind::Border => language.pick("在网格边界上", "on a border"),
        MatchKind::Exact => language.pick("名称一致", "exact name"),
        MatchKind::Alias => language.pick("别名一致", "other name"),
        MatchKind::Fuzzy => language.pick("近似", "similar"),
        MatchKind::Nearest => language.pick("最近", "nearest"),
        MatchKind::None => language.pick("未找到", "none"),
    }
}
