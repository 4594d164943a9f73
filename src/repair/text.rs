//! The plan of a repair as text for a terminal.

use super::report::{Action, GridChange, Plan, Refusal};
use crate::check::Language;
use std::fmt::Write;

impl Plan {
    /// The plan in words: what is done and why, what is left to people, the grids that change, and
    /// the findings of the check before and after.
    pub fn to_text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = self.write_text(&mut text, language);
        text
    }

    fn write_text(&self, out: &mut String, language: Language) -> std::fmt::Result {
        let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
        if self.actions.is_empty() {
            writeln!(out, "{}", say("nothing to mend", "没有需要修复之处"))?;
        } else {
            writeln!(out, "{} ({})", say("mended", "修复"), self.actions.len())?;
            for action in &self.actions {
                write_action(out, action, language)?;
            }
        }
        if !self.refusals.is_empty() {
            writeln!(out, "\n{} ({})", say("left to people", "须由人决定"), self.refusals.len())?;
            for refusal in &self.refusals {
                write_refusal(out, refusal, language)?;
            }
        }
        self.write_grids(out, language)?;
        if self.findings.iter().any(|rule| rule.before != rule.after) {
            writeln!(out, "\n{}", say("findings of the check", "检查结果"))?;
            for rule in self.findings.iter().filter(|rule| rule.before != rule.after) {
                writeln!(out, "  {:<28} {:>5} → {}", rule.rule, rule.before, rule.after)?;
            }
        }
        let changed = self.grids.iter().filter(|grid| grid.changed).count();
        let (done, left) = (self.actions.len(), self.refusals.len());
        writeln!(out)?;
        match language {
            Language::English => {
                writeln!(out, "{done} mended, {left} left to people, {changed} grids changed")
            }
            Language::Chinese => {
                writeln!(out, "修复 {done} 项，须由人决定 {left} 项，{changed} 个网格有变化")
            }
        }
    }

    /// The grids whose border, area or households change.
    fn write_grids(&self, out: &mut String, language: Language) -> std::fmt::Result {
        let changes =
            |grid: &&GridChange| grid.changed || grid.households_before != grid.households_after;
        let mut changed = self.grids.iter().filter(changes).peekable();
        if changed.peek().is_none() {
            return Ok(());
        }
        let head = language.pick(
            "grid              area m² before → after  change m²  households  corners moved (furthest)  name",
            "网格编码          面积m² 前 → 后          变化m²     户数        移动顶点（最大）          名称",
        );
        writeln!(out, "\n{head}")?;
        for grid in changed {
            let households = match grid.households_after as i64 - grid.households_before as i64 {
                0 => format!("{}", grid.households_after),
                more => format!("{} ({more:+})", grid.households_after),
            };
            writeln!(
                out,
                "{:<16} {:>10.1} → {:<10.1} {:>+10.1}  {households:>11}  {:>6} ({:.2} m)  {}",
                grid.code,
                grid.area_before_m2,
                grid.area_after_m2,
                grid.area_after_m2 - grid.area_before_m2,
                grid.vertices_moved,
                grid.greatest_movement_m,
                grid.name
            )?;
        }
        Ok(())
    }
}

fn write_action(out: &mut String, action: &Action, language: Language) -> std::fmt::Result {
    let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
    let message = language.pick(&action.message, &action.message_zh);
    let why = language.pick(&action.why, &action.why_zh);
    writeln!(out, "  {:<14} {}  {message}", action.kind.name(), action.layer)?;
    write!(out, "      {} {why}", say("because", "依据："))?;
    if action.confirm {
        write!(out, "{}", say("; please confirm", "；请确认"))?;
    }
    writeln!(out)
}

fn write_refusal(out: &mut String, refusal: &Refusal, language: Language) -> std::fmt::Result {
    let message = language.pick(&refusal.message, &refusal.message_zh);
    let why = language.pick(&refusal.why, &refusal.why_zh);
    let advice = language.pick(&refusal.advice, &refusal.advice_zh);
    writeln!(out, "  {:<24} {}  {message}", refusal.rule, refusal.layer)?;
    writeln!(out, "      {} {why}", language.pick("because", "原因："))?;
    writeln!(out, "      {} {advice}", language.pick("to do:", "建议："))
}
