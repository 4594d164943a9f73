//! The report as text for a terminal.

use super::nets::NetReport;
use super::report::{Language, Report};
use crate::domain::Severity;
use std::fmt::Write;

impl Report {
    /// The report in words: a line a finding with its mend below, the nets, the grids.
    pub fn to_text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = self.write_text(&mut text, language);
        text
    }

    fn write_text(&self, out: &mut String, language: Language) -> std::fmt::Result {
        let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
        for finding in &self.findings {
            let severity = match finding.severity {
                Severity::Error => say("error", "错误"),
                Severity::Warning => say("warning", "警告"),
                Severity::Info => say("info", "提示"),
            };
            writeln!(
                out,
                "{severity}  {}  {}",
                finding.rule,
                language.pick(&finding.message, &finding.message_zh)
            )?;
            let mend = match language {
                Language::English => finding.mend.as_deref(),
                Language::Chinese => finding.mend_zh.as_deref().or(finding.mend.as_deref()),
            };
            if let Some(mend) = mend {
                writeln!(out, "    {}{mend}", say("mend: ", "修正："))?;
            }
        }
        if !self.findings.is_empty() {
            writeln!(out)?;
        }
        for net in &self.nets {
            writeln!(out, "{}", net_line(net, language))?;
        }
        writeln!(out)?;
        let heads = match language {
            Language::English => ["grid", "households", "off mean", "area m²", "compactness"],
            Language::Chinese => ["网格编码", "户数", "偏离均值", "面积 m²", "紧凑度"],
        };
        let name = say("name", "名称");
        let code = heads[0].to_string() + &" ".repeat(16usize.saturating_sub(columns(heads[0])));
        writeln!(out, "{code}{}  {name}", row(heads[1..].iter().copied()))?;
        for grid in &self.grids {
            let deviation = grid.deviation.map_or("—".into(), |d| format!("{:+.1} %", d * 100.0));
            let figures = [
                grid.households.to_string(),
                deviation,
                format!("{:.0}", grid.area_m2),
                format!("{:.2}", grid.compactness),
            ];
            let figures = row(figures.iter().map(String::as_str));
            writeln!(out, "{:<16}{figures}  {}", grid.code, grid.name)?;
        }
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        writeln!(out)?;
        match language {
            Language::English => writeln!(
                out,
                "{errors} errors, {warnings} warnings, {} notes",
                self.count(Severity::Info)
            ),
            Language::Chinese => writeln!(
                out,
                "错误 {errors} 项，警告 {warnings} 项，提示 {} 项",
                self.count(Severity::Info)
            ),
        }
    }
}

/// A net in one line: whether it coincides with the grids, what differs, and for how many.
fn net_line(net: &NetReport, language: Language) -> String {
    let ((en, zh), n) = (net.summary(), net.households_affected);
    match language {
        Language::English => {
            let verdict = if net.coincides { "coincides" } else { "does not coincide" };
            let whom =
                if n > 0 { format!("; {n} households have another owner") } else { "".into() };
            format!("{}: {verdict} with the grids ({en}){whom}", net.title)
        }
        Language::Chinese => {
            let verdict = if net.coincides { "一致" } else { "不一致" };
            let whom = if n > 0 { format!("，{n}户归属不同") } else { "".into() };
            format!("{}：与网格{verdict}（{zh}）{whom}", net.title_zh)
        }
    }
}

/// Figures to the right of their columns.
fn row<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let right = |text: &str| " ".repeat(12usize.saturating_sub(columns(text))) + text;
    texts.map(right).collect()
}

/// Columns that a text takes on a terminal: two a Chinese character.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{2e80}'..='\u{ffef}') { 2 } else { 1 }).sum()
}
