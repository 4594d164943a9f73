//! The report as one page with maps, to be read, printed and handed on: no script, nothing that
//! is fetched from elsewhere, and nothing told by colour alone.
//!
//! Way of the data: [`words`] names rules and classes; [`overview`] draws all grids with numbered
//! findings; [`findings`] says each and draws it close up ([`closeup`] on a [`canvas`] with the
//! [`furniture`] of a map); [`tables`] has the figures of grids and nets.

mod canvas;
mod closeup;
mod escape;
mod findings;
mod furniture;
mod overview;
mod tables;
mod words;

use super::report::{Language, Report};
use crate::dataset::Dataset;
use crate::domain::Severity;
use escape::Escaped;
use jiff::civil::Date;
use std::fmt::{Result, Write};

const STYLE: &str = include_str!("style.css");

/// What can be chosen for the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct HtmlOptions {
    /// Its language.
    pub language: Language,
    /// The day that it bears.
    pub day: Option<Date>,
}

/// What all parts of the page are made from.
struct Page<'p> {
    report: &'p Report,
    dataset: &'p Dataset,
    language: Language,
    day: Option<Date>,
}

impl Report {
    /// The report as a self-contained HTML page with map pictures; `dataset` is the one that was
    /// checked. Pictures and table rows are bounded, and the page says what it leaves out.
    pub fn to_html(&self, dataset: &Dataset, options: &HtmlOptions) -> String {
        let page = Page { report: self, dataset, language: options.language, day: options.day };
        let mut html = String::with_capacity(256 << 10);
        // Writing into a String cannot fail.
        let _ = page.write(&mut html);
        html
    }
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> Result {
        let language = self.language;
        let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
        let title = words::title(self.dataset, language);
        let heading = say("check of the grids", "网格检查报告");
        let between = say(": ", " ");
        let tag = say("en", "zh-CN");
        write!(
            out,
            r#"<!DOCTYPE html><html lang="{tag}"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/><link rel="icon" href="data:,"/><title>{0}{between}{heading}</title><style>{STYLE}</style></head><body>{1}<h1>{0}{between}{heading}</h1>"#,
            Escaped(title),
            furniture::PATTERNS,
        )?;
        self.head(out)?;
        write!(out, "<h2>{}</h2>", say("Overview", "总图"))?;
        overview::write(out, self)?;
        tables::summary(out, self)?;
        if !self.report.findings.is_empty() {
            write!(out, "<h2>{}</h2>", say("Findings", "问题"))?;
            findings::write(out, self)?;
        }
        if !self.report.grids.is_empty() {
            write!(out, "<h2>{}</h2>", say("Grids", "各网格"))?;
            tables::grids(out, self)?;
        }
        if !self.report.nets.is_empty() {
            write!(out, "<h2>{}</h2>", say("Nets against the grids", "多网合一"))?;
            for net in &self.report.nets {
                tables::net(out, self, net)?;
            }
        }
        let version = env!("CARGO_PKG_VERSION");
        let made = say("Made by wangge", "由 wangge 生成，版本");
        write!(out, r#"<footer class="soft">{made} {version}</footer></body></html>"#)?;
        out.push('\n');
        Ok(())
    }

    /// What was checked, when, and the verdict.
    fn head(&self, out: &mut String) -> Result {
        let (report, language) = (self.report, self.language);
        let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
        write!(
            out,
            r#"<p class="soft">{} {}"#,
            say("Dataset", "数据集"),
            Escaped(&report.dataset)
        )?;
        if let Some(day) = self.day {
            write!(out, " · {day}")?;
        }
        let (tolerance, metre) = (say("tolerance", "容差"), say("m", "米"));
        write!(out, " · {tolerance} {} {metre}", report.tolerance_m)?;
        if self.dataset.synthetic {
            write!(out, " · {}", say("demonstration data, not official", "演示数据，非官方边界"))?;
        }
        let counts = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| {
            let (sign, word, class) = words::severity(severity, language);
            let n = report.count(severity);
            format!(r#"<span><span class="sign {class}">{sign}</span> {word} <b>{n}</b></span>"#)
        });
        let (class, verdict) = if report.clean {
            ("verdict", say("No errors", "通过：没有错误"))
        } else {
            ("verdict bad", say("Errors to mend", "未通过：有错误需要修正"))
        };
        write!(out, r#"</p><p class="{class}"><b>{verdict}</b>{}</p>"#, counts.concat())
    }
}
