//! The figures: findings by rule, the grids, and each net against them.

use super::escape::{Escaped, count};
use super::{Page, words};
use crate::check::{GridReport, Language, MatchClass, NetMatch, NetReport};
use crate::domain::Severity;
use std::fmt::{Result, Write};

/// Most rows of a table of grids or of a net; a city's page would not be read to its end.
const MOST_ROWS: usize = 400;
/// Nets of more grids than this leave out those that coincide.
const MOST_COINCIDING: usize = 60;
/// What a bar shows at most: a grid half again as large as the mean.
const BAR_END: f64 = 0.5;

/// Findings by severity and rule, each with the numbers under which they stand.
pub(super) fn summary(out: &mut String, page: &Page) -> Result {
    let language = page.language;
    let mut rows: Vec<(Severity, &str, Vec<usize>)> = Vec::new();
    for (i, finding) in page.report.findings.iter().enumerate() {
        let known = rows.iter_mut().find(|r| r.0 == finding.severity && r.1 == finding.rule);
        match known {
            Some(row) => row.2.push(i + 1),
            None => rows.push((finding.severity, &finding.rule, vec![i + 1])),
        }
    }
    if rows.is_empty() {
        let words = language.pick("No finding.", "没有发现问题。");
        return write!(out, "<p>{words}</p>");
    }
    let heads = match language {
        Language::Chinese => "<th>级别</th><th>问题</th><th class=\"n\">数量</th><th>序号</th>",
        Language::English => {
            "<th>Severity</th><th>What</th><th class=\"n\">Number</th><th>No.</th>"
        }
    };
    write!(out, r#"<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>"#)?;
    for (severity, rule, numbers) in rows {
        let (sign, word, class) = words::severity(severity, language);
        let name = words::rule(rule, language);
        write!(
            out,
            r#"<tr><td><span class="sign {class}">{sign}</span> {word}</td><td>{} <small>{}</small></td><td class="n">{}</td><td class="numbers">{}</td></tr>"#,
            Escaped(name),
            Escaped(if name == rule { "" } else { rule }),
            numbers.len(),
            ranges(&numbers)
        )?;
    }
    write!(out, "</tbody></table></div>")
}

/// Ascending numbers with runs drawn together: "1–3, 7"; the first dozen of them.
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let words: Vec<String> = runs
        .iter()
        .take(12)
        .map(|&(a, b)| if a == b { a.to_string() } else { format!("{a}–{b}") })
        .collect();
    words.join(", ") + if runs.len() > 12 { ", …" } else { "" }
}

/// The grids: households, deviation with a bar, area, compactness.
pub(super) fn grids(out: &mut String, page: &Page) -> Result {
    let (grids, language) = (&page.report.grids, page.language);
    let bound = page.dataset.rules.max_deviation;
    let heads = match language {
        Language::Chinese => {
            "<th>编码</th><th>名称</th><th class=\"n\">户数</th><th class=\"n\">偏离平均</th><th>±50 %</th><th class=\"n\">面积（公顷）</th><th class=\"n\">紧凑度</th>"
        }
        Language::English => {
            "<th>Code</th><th>Name</th><th class=\"n\">Households</th><th class=\"n\">Off mean</th><th>±50 %</th><th class=\"n\">Area (ha)</th><th class=\"n\">Compactness</th>"
        }
    };
    write!(out, r#"<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>"#)?;
    let mut shown: Vec<&GridReport> = grids.iter().collect();
    if shown.len() > MOST_ROWS {
        let off = |grid: &GridReport| grid.deviation.map_or(-1.0, f64::abs);
        shown.sort_by(|a, b| off(b).total_cmp(&off(a)));
        shown.truncate(MOST_ROWS);
    }
    for grid in &shown {
        let off = grid.deviation.is_some_and(|d| d.abs() > bound + 1e-9);
        write!(
            out,
            r#"<tr{}><td>{}</td><td class="name">{}</td><td class="n">{}</td><td class="n">{}</td><td>{}</td><td class="n">{:.2}</td><td class="n">{:.2}</td></tr>"#,
            if off { r#" class="off""# } else { "" },
            Escaped(&grid.code),
            Escaped(&grid.name),
            count(grid.households),
            grid.deviation.map_or("—".into(), |d| format!("{:+.1} %", d * 100.0)),
            grid.deviation.map_or_else(String::new, |d| bar(d, bound)),
            grid.area_m2 / 10_000.0,
            grid.compactness
        )?;
    }
    write!(out, "</tbody></table></div>")?;
    left_out(out, language, shown.len(), grids.len())?;
    let note = match language {
        Language::Chinese => format!(
            "左侧粗线为超出允许偏差（±{:.0} %）的网格；条形图的虚线即此范围，实心为多于平均，斜线为少于平均。紧凑度为 4π·面积/周长²，圆为 1。",
            bound * 100.0
        ),
        Language::English => format!(
            "A thick line on the left marks grids beyond ±{:.0} %, the dashed lines of the bars; solid bars are above the mean, hatched ones below. Compactness is 4π·area/perimeter², 1 for a circle.",
            bound * 100.0
        ),
    };
    write!(out, r#"<p class="soft">{note}</p>"#)
}

/// A bar from the middle to the right (more than the mean, solid) or left (fewer, hatched).
fn bar(deviation: f64, bound: f64) -> String {
    let at = |share: f64| 1000.0 + (share / BAR_END).clamp(-1.0, 1.0) * 980.0;
    let end = at(deviation);
    let (left, width) = (end.min(1000.0), (end - 1000.0).abs());
    let fill = if deviation < 0.0 { "url(#under)" } else { "#0b3f8f" };
    format!(
        r##"<svg class="bar" viewBox="0 0 2000 140" preserveAspectRatio="none" aria-hidden="true"><rect x="{left:.0}" y="25" width="{width:.0}" height="90" fill="{fill}" stroke="#0b3f8f" stroke-width="8"/><path d="M1000 0V140" stroke="#16202b" stroke-width="10"/><path d="M{:.0} 0V140M{:.0} 0V140" stroke="#16202b" stroke-width="8" stroke-dasharray="25 20"/></svg>"##,
        at(-bound),
        at(bound)
    )
}

/// Says that a table was cut.
fn left_out(out: &mut String, language: Language, shown: usize, all: usize) -> Result {
    if shown == all {
        return Ok(());
    }
    match language {
        Language::Chinese => {
            write!(out, "<p>仅列出其中 {shown} 行（共 {all} 行）；完整数据见 JSON 格式的报告。</p>")
        }
        Language::English => write!(
            out,
            "<p>Only {shown} of {all} rows are shown; the report in JSON has them all.</p>"
        ),
    }
}

/// One net against the grids.
pub(super) fn net(out: &mut String, page: &Page, net: &NetReport) -> Result {
    let language = page.language;
    let title = words::layer(page.dataset, &net.net, language);
    let verdict = match net.coincides {
        true => language.pick("coincides with the grids", "与网格一致"),
        false => language.pick("does not coincide with the grids", "与网格不一致"),
    };
    write!(out, r#"<h3 class="net-title">{} <small>{verdict}"#, Escaped(title))?;
    for (class, number) in classes(net) {
        write!(out, " · {} {number}", words::class(class, language))?;
    }
    write!(out, "</small></h3>")?;
    let off = |one: &&NetMatch| one.class != MatchClass::Identical;
    let every = net.matches.len() <= MOST_COINCIDING;
    let rows: Vec<&NetMatch> = net.matches.iter().filter(|one| every || off(one)).collect();
    let shown = rows.len().min(MOST_ROWS);
    if rows.is_empty() {
        return Ok(());
    }
    let heads = match language {
        Language::Chinese => {
            "<th>网格</th><th>要素</th><th>类别</th><th class=\"n\">重合度</th><th class=\"n\">相差面积（m²）</th><th class=\"n\">最大相距（m）</th><th class=\"n\">不合边长（m）</th><th class=\"n\">涉及户数</th>"
        }
        Language::English => {
            "<th>Grid</th><th>Features</th><th>Class</th><th class=\"n\">IoU</th><th class=\"n\">Differs (m²)</th><th class=\"n\">Furthest (m)</th><th class=\"n\">Border off (m)</th><th class=\"n\">Households</th>"
        }
    };
    write!(out, r#"<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>"#)?;
    for one in &rows[..shown] {
        match_row(out, one, language)?;
    }
    write!(out, "</tbody></table></div>")?;
    left_out(out, language, shown, net.matches.len())
}

fn match_row(out: &mut String, one: &NetMatch, language: Language) -> Result {
    let metres = |m: Option<f64>| m.map_or("—".to_owned(), |m| format!("{m:.1}"));
    let households = match one.households_affected {
        0 => "—".to_owned(),
        n => count(n),
    };
    write!(
        out,
        r#"<tr{}><td>{}</td><td class="numbers">{}</td><td>{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{households}</td></tr>"#,
        if one.class == MatchClass::Identical { "" } else { r#" class="off""# },
        Escaped(one.grid.as_deref().unwrap_or("—")),
        Escaped(&one.features.join(", ")),
        words::class(one.class, language),
        one.iou.map_or("—".to_owned(), |iou| format!("{:.1} %", iou * 100.0)),
        one.symmetric_difference_m2.map_or("—".to_owned(), |m2| count(m2.round().max(0.0) as u64)),
        metres(one.hausdorff_m),
        metres(one.disagreeing_length_m),
    )
}

/// The classes of a net with their numbers, the best first.
fn classes(net: &NetReport) -> Vec<(MatchClass, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for one in &net.matches {
        *counts.entry(one.class).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_numbers_are_drawn_together() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
        let many: Vec<usize> = (0..40).map(|n| n * 2).collect();
        assert!(ranges(&many).ends_with(", 22, …"));
    }

    #[test]
    fn bars_go_left_for_fewer_and_right_for_more_and_end_at_the_edge() {
        assert!(bar(-0.25, 0.1).contains(r#"x="510" y="25" width="490""#));
        assert!(bar(0.25, 0.1).contains(r#"x="1000" y="25" width="490""#));
        assert!(bar(9.0, 0.1).contains(r#"width="980""#));
    }
}
