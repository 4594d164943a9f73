//! Every finding in words, each with its close-up.

use super::closeup::Atlas;
use super::escape::{Escaped, count};
use super::overview::is_whole_grid;
use super::{Page, words};
use crate::check::Language;
use crate::domain::Finding;
use rustc_hash::FxHashMap;
use std::fmt::{Result, Write};

/// Most close-ups, and most bytes of them; the gravest findings get them.
const MOST_PICTURES: usize = 150;
const MOST_PICTURE_BYTES: usize = 3 << 20;
/// Findings beyond these are lines of a table.
const MOST_ARTICLES: usize = 300;

pub(super) fn write(out: &mut String, page: &Page) -> Result {
    let atlas = Atlas::new(page);
    let findings = &page.report.findings;
    let (mut pictures, mut bytes) = (0, 0);
    // A grid that breaks several rules as a whole is drawn once.
    let mut drawn: FxHashMap<&[String], usize> = FxHashMap::default();
    let mut without = 0;
    for (i, finding) in findings.iter().enumerate().take(MOST_ARTICLES) {
        let number = i + 1;
        let whole = is_whole_grid(finding) && finding.features.len() == 1;
        let known = drawn.get(finding.features.as_slice()).copied().filter(|_| whole);
        let mut picture = String::new();
        if let Some(earlier) = known {
            let words = match page.language {
                Language::Chinese => format!("图见第 {earlier} 项"),
                Language::English => format!("See the map of No. {earlier}"),
            };
            write!(picture, r##"<p class="soft"><a href="#f{earlier}">{words}</a></p>"##)?;
        } else if pictures < MOST_PICTURES && bytes < MOST_PICTURE_BYTES {
            if atlas.draw(&mut picture, number, finding)? {
                (pictures, bytes) = (pictures + 1, bytes + picture.len());
                if whole {
                    drawn.insert(&finding.features, number);
                }
            }
        } else if finding.geometry.is_some() {
            without += 1;
        }
        article(out, page, number, finding, &picture)?;
    }
    without += findings.iter().skip(MOST_ARTICLES).filter(|f| f.geometry.is_some()).count();
    if findings.len() > MOST_ARTICLES {
        rest(out, page)?;
    }
    if without > 0 {
        let all = findings.len();
        match page.language {
            Language::Chinese => write!(
                out,
                r#"<p class="soft">共 {all} 项问题，仅为前 {pictures} 项绘制局部图，其余 {without} 项只列文字；位置见 GeoJSON 格式的报告。</p>"#
            )?,
            Language::English => write!(
                out,
                r#"<p class="soft">Of {all} findings the first {pictures} have a close-up; {without} more are in words only, and their places are in the report in GeoJSON.</p>"#
            )?,
        }
    }
    Ok(())
}

fn message<'f>(page: &Page, finding: &'f Finding) -> &'f str {
    page.language.pick(&finding.message, &finding.message_zh)
}

fn mend<'f>(page: &Page, finding: &'f Finding) -> Option<&'f str> {
    let chinese = finding.mend_zh.as_deref().or(finding.mend.as_deref());
    match page.language {
        Language::Chinese => chinese,
        Language::English => finding.mend.as_deref(),
    }
}

fn article(
    out: &mut String,
    page: &Page,
    number: usize,
    finding: &Finding,
    picture: &str,
) -> Result {
    let language = page.language;
    let (sign, word, class) = words::severity(finding.severity, language);
    write!(
        out,
        r#"<article class="finding {class}" id="f{number}"><header><span class="no">{number}</span><h3>{} <small>{}</small></h3><span><span class="sign {class}">{sign}</span> {word}</span></header>"#,
        Escaped(words::rule(&finding.rule, language)),
        Escaped(words::layer(page.dataset, &finding.layer, language)),
    )?;
    let plain = if picture.starts_with("<figure") { "" } else { r#" class="plain""# };
    write!(out, r#"<div{plain}><div class="words"><p>{}</p>"#, Escaped(message(page, finding)))?;
    if let Some(mend) = mend(page, finding) {
        let label = language.pick("Mend", "建议");
        write!(out, r#"<p class="mend"><b>{label}</b> {}</p>"#, Escaped(mend))?;
    }
    write!(out, "<dl>")?;
    for (name, value) in figures(finding, language) {
        write!(out, "<dt>{name}</dt><dd>{value}</dd>")?;
    }
    if !finding.features.is_empty() {
        let label = language.pick("Features", "对象");
        // A note on a whole layer may name thousands.
        let named: Vec<&str> = finding.features.iter().take(20).map(String::as_str).collect();
        let more = if finding.features.len() > 20 { " …" } else { "" };
        write!(out, "<dt>{label}</dt><dd>{}{more}</dd>", Escaped(&named.join(", ")))?;
    }
    if let Some(file) = &finding.file {
        let field = finding.field.as_deref().map(|f| format!(" · {f}")).unwrap_or_default();
        let label = language.pick("File", "文件");
        write!(out, "<dt>{label}</dt><dd>{}{}</dd>", Escaped(file), Escaped(&field))?;
    }
    let label = language.pick("Rule", "规则");
    write!(out, "<dt>{label}</dt><dd>{}</dd></dl></div>", Escaped(&finding.rule))?;
    write!(out, "{picture}</div></article>")
}

/// The figures of a finding, each with its name and unit.
fn figures(finding: &Finding, language: Language) -> Vec<(&'static str, String)> {
    let measure = &finding.measure;
    let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
    let mut figures = Vec::new();
    // What is nothing need not be said.
    let some = |figure: Option<f64>| figure.filter(|f| *f >= 0.005);
    if let Some(area) = some(measure.area_m2) {
        let whole = count(area.max(0.0).round() as u64);
        let number = if area < 1000.0 { format!("{area:.1}") } else { whole };
        figures.push((say("Area", "面积"), format!("{number} {}", say("m²", "平方米"))));
    }
    for (name, metres) in [
        (say("Width", "宽度"), measure.width_m),
        (say("Length", "长度"), measure.length_m),
        (say("Distance", "距离"), measure.distance_m),
    ] {
        if let Some(metres) = some(metres) {
            figures.push((name, format!("{metres:.2} {}", say("m", "米"))));
        }
    }
    if let Some(households) = measure.households.filter(|h| *h > 0) {
        figures.push((say("Households", "户数"), count(households)));
    }
    if let Some(value) = measure.value {
        match finding.rule.as_str() {
            "balance.deviation" => {
                figures.push((say("Off mean", "偏离平均"), format!("{:+.1} %", value * 100.0)));
            }
            // A share in the largest grid, and households told above.
            "compound.split" => {
                figures.push((say("Largest share", "最大占比"), format!("{:.1} %", value * 100.0)));
            }
            "size.households" => {}
            _ => figures.push((say("Number", "数量"), format!("{value}"))),
        }
    }
    figures
}

/// The findings beyond the articles, a line each.
fn rest(out: &mut String, page: &Page) -> Result {
    let heads = match page.language {
        Language::Chinese => "<th class=\"n\">序号</th><th>级别</th><th>问题</th>",
        Language::English => "<th class=\"n\">No.</th><th>Severity</th><th>Finding</th>",
    };
    write!(out, r#"<table><thead><tr>{heads}</tr></thead><tbody>"#)?;
    for (i, finding) in page.report.findings.iter().enumerate().skip(MOST_ARTICLES) {
        let (sign, word, class) = words::severity(finding.severity, page.language);
        write!(
            out,
            r#"<tr id="f{0}"><td class="n">{0}</td><td><span class="sign {class}">{sign}</span> {word}</td><td>{1}"#,
            i + 1,
            Escaped(message(page, finding)),
        )?;
        if let Some(mend) = mend(page, finding) {
            write!(out, " <small>{}</small>", Escaped(mend))?;
        }
        write!(out, "</td></tr>")?;
    }
    write!(out, "</tbody></table>")
}
