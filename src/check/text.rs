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
                writeln!(out, "    {} {mend}", say("mend:", "修正："))?;
            }
        }
        if !self.findings.is_empty() {
            writeln!(out)?;
        }
        for net in &self.nets {
            writeln!(out, "{}", net_line(net, language))?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "{}",
            say(
                "grid              households  off mean   area m²  compactness  name",
                "网格编码              户数    偏离均值   面积m²   紧凑度  名称"
            )
        )?;
        for grid in &self.grids {
            let deviation = grid.deviation.map_or("—".into(), |d| format!("{:+.1} %", d * 100.0));
            writeln!(
                out,
                "{:<16} {:>10} {:>9} {:>10.0} {:>9.2}    {}",
                grid.code, grid.households, deviation, grid.area_m2, grid.compactness, grid.name
            )?;
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
