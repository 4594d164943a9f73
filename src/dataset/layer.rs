//! Reading the fields of a layer's records, and saying what is wrong with them.
//!
//! A value that the feature cannot do without makes the feature be left out; any other faulty
//! value is left out alone. Either way a finding names file, feature and field.

use super::gate::{self, Projection, Refusal};
use super::record::{Columns, Record, Words};
use super::source::LayerSource;
use super::value;
use crate::domain::{Finding, Origin, Severity};
use rustc_hash::FxHashMap;
use serde_json::Value;

/// A layer being read.
pub(super) struct LayerReader<'a> {
    pub source: &'a LayerSource,
    pub columns: Columns,
    pub projection: Projection,
    pub findings: Vec<Finding>,
}

/// A record with the key by which findings name it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'r> {
    pub record: &'r Record,
    pub key: Option<&'r str>,
}

impl LayerReader<'_> {
    /// Where a record was read.
    pub fn origin(&self, record: &Record) -> Origin {
        Origin { file: self.source.file.clone(), feature: record.index }
    }

    /// Reports something about a record.
    pub fn report(
        &mut self,
        subject: Subject<'_>,
        (rule, severity): (&str, Severity),
        field: Option<&str>,
        words: &Words,
        mend: &Words,
    ) {
        let Subject { record, key } = subject;
        let file = &self.source.file;
        let (place, place_zh) = match record.line {
            Some(line) => (format!("line {line}"), format!("第 {line} 行")),
            None => (format!("feature {}", record.number()), format!("要素 {}", record.number())),
        };
        let named = key.map_or_else(String::new, |key| format!(" ({key})"));
        let named_zh = key.map_or_else(String::new, |key| format!("（{key}）"));
        let at_field = field.map_or_else(String::new, |field| format!(", field {field}"));
        let at_field_zh = field.map_or_else(String::new, |field| format!("，字段 {field}"));
        let mut finding = Finding::new(
            rule,
            severity,
            &self.source.name,
            format!("{file}, {place}{named}{at_field}: {}", words.en),
            format!("{file}，{place_zh}{named_zh}{at_field_zh}：{}", words.zh),
        )
        .with_file(&**file)
        .with_features([key.map_or_else(|| record.number(), str::to_owned)])
        .with_mend(&*mend.en, &*mend.zh);
        finding.field = field.map(str::to_owned);
        self.findings.push(finding);
    }

    /// The value of a field as text.
    pub fn text(&self, record: &Record, field: &str) -> Option<String> {
        self.columns.value(record, field).and_then(value::text)
    }

    /// A field without which the record cannot be used; reported when missing or no key.
    pub fn required(&mut self, subject: Subject<'_>, field: &str) -> Option<String> {
        let found = self.key_value(subject.record, field).cloned();
        self.required_value(subject, field, found.as_ref())
    }

    /// The value of a key: of the property, or for `id` of the feature's own `id` member.
    fn key_value<'r>(&self, record: &'r Record, field: &str) -> Option<&'r Value> {
        let own = record.id.as_ref().filter(|id| field == "id" && !id.is_null());
        self.columns.value(record, field).or(own)
    }

    fn required_value(
        &mut self,
        subject: Subject<'_>,
        field: &str,
        found: Option<&Value>,
    ) -> Option<String> {
        let key = found.and_then(value::text);
        if let Some(code) = key.as_ref().filter(|key| value::is_scientific(key)) {
            let words = Words::new(
                format!("`{code}` is a number that a spreadsheet has shortened"),
                format!("“{code}” 是被电子表格截断的数字"),
            );
            let mend = Words::new(
                "Format the column as text, enter the full code and export again.",
                "请将该列设为文本格式，填入完整编码后重新导出。",
            );
            self.report(subject, ("field.invalid", Severity::Error), Some(field), &words, &mend);
            return None;
        }
        if key.is_some() {
            return key;
        }
        let (rule, words) = match found {
            Some(other) => (
                "field.invalid",
                Words::new(format!("{other} is no code"), format!("{other} 不能作为编码")),
            ),
            None => ("field.missing", Words::new("is missing", "缺失")),
        };
        let names = self.columns.names(field);
        let (names, names_zh) = (names.join(", "), names.join("、"));
        let mend = Words::new(
            format!("Fill it in, under one of the names {names}; the feature was left out."),
            format!("请填写该字段（可用列名：{names_zh}）；该要素未被采用。"),
        );
        self.report(subject, (rule, Severity::Error), Some(field), &words, &mend);
        None
    }

    /// A count; a faulty one is reported and left out.
    pub fn count(&mut self, subject: Subject<'_>, field: &str) -> Option<u32> {
        let found = self.columns.value(subject.record, field)?;
        match value::count(found) {
            Ok(count) => Some(count),
            Err((en, zh)) => {
                let words = Words::new(format!("{found} {en}"), format!("{found} {zh}"));
                let mend = Words::new(
                    "Enter a whole number, 0 or more; the value was left out.",
                    "请填写不小于 0 的整数；该值未被采用。",
                );
                let what = ("field.invalid", Severity::Error);
                self.report(subject, what, Some(field), &words, &mend);
                None
            }
        }
    }

    /// The items of a list field.
    pub fn list(&self, record: &Record, field: &str) -> Vec<String> {
        self.columns.value(record, field).map(value::list).unwrap_or_default()
    }

    /// A truth value; false when absent.
    pub fn flag(&self, record: &Record, field: &str) -> bool {
        self.columns.value(record, field).is_some_and(value::flag)
    }

    /// A day; one that cannot be read is reported and left open.
    pub fn date(&mut self, subject: Subject<'_>, field: &str) -> Option<jiff::civil::Date> {
        let found = self.columns.value(subject.record, field)?;
        let day = value::date(found);
        if day.is_none() {
            let words =
                Words::new(format!("{found} is not a date"), format!("{found} 不是有效日期"));
            let mend = Words::new(
                "Write it as 2019-12-27; the end was left open.",
                "请写作 2019-12-27；该端暂按不限处理。",
            );
            self.report(subject, ("date.invalid", Severity::Error), Some(field), &words, &mend);
        }
        day
    }

    /// A value that is none of the words of a field; reported.
    pub fn unknown_word(&mut self, subject: Subject<'_>, field: &str, found: &str, known: &Words) {
        let words = Words::new(
            format!("`{found}` is not one of {}", known.en),
            format!("“{found}” 不在{}之中", known.zh),
        );
        let mend =
            Words::new(format!("Use one of {}.", known.en), format!("请使用{}之一。", known.zh));
        self.report(subject, ("field.invalid", Severity::Error), Some(field), &words, &mend);
    }

    /// What the gate lets pass; a refusal is reported.
    pub fn shape<T>(&mut self, subject: Subject<'_>, passed: Result<T, Refusal>) -> Option<T> {
        match passed {
            Ok(shape) => {
                if gate::has_open_ring(&subject.record.geometry) {
                    self.report_open_ring(subject);
                }
                Some(shape)
            }
            Err(Refusal { rule, words, mend }) => {
                let mend = Words::new(
                    format!("{} The feature was left out.", mend.en),
                    format!("{}该要素未被采用。", mend.zh),
                );
                let what = (rule, Severity::Error);
                self.report(subject, what, Some("geometry"), &words, &mend);
                None
            }
        }
    }

    fn report_open_ring(&mut self, subject: Subject<'_>) {
        let words = Words::new(
            "a ring does not end where it begins; it was closed",
            "有一个环首尾不相接，已自动闭合",
        );
        let mend = Words::new(
            "Check that no corner was lost at the end of the ring.",
            "请检查环的末尾是否缺少角点。",
        );
        let what = ("geometry.unclosed", Severity::Warning);
        self.report(subject, what, Some("geometry"), &words, &mend);
    }

    /// Whether a record can be read at all; reported when not.
    pub fn is_whole(&mut self, record: &Record) -> bool {
        let Some(words) = &record.broken else { return true };
        let mend = Words::new(
            "Mend it or export it again; it was left out.",
            "请修正或重新导出；该要素未被采用。",
        );
        let subject = Subject { record, key: None };
        self.report(subject, ("feature.invalid", Severity::Error), None, words, &mend);
        false
    }

    /// Reads the records whose key is `field`: of those with the same key the first that can be
    /// used is kept. `substitute` may find a key where the field has none.
    pub fn keyed<T>(
        &mut self,
        records: &[Record],
        field: &str,
        substitute: impl Fn(&Self, &Record) -> Option<String>,
        mut build: impl FnMut(&mut Self, Subject<'_>, String) -> Option<T>,
    ) -> Vec<T> {
        let mut kept = Vec::with_capacity(records.len());
        let mut first: FxHashMap<String, usize> = FxHashMap::default();
        for record in records {
            if !self.is_whole(record) {
                continue;
            }
            let own = self.key_value(record, field).cloned();
            let other = if own.is_none() { substitute(self, record) } else { None };
            let nameless = Subject { record, key: None };
            let key = match other {
                // A name may occur twice; the number in the file makes the stand-in a key.
                Some(name) if first.contains_key(&name) => format!("{name}{}", record.number()),
                Some(name) => name,
                None => match self.required_value(nameless, field, own.as_ref()) {
                    Some(key) => key,
                    None => continue,
                },
            };
            if let Some(earlier) = first.get(&key) {
                let earlier = &records[*earlier];
                self.report_duplicate(field, &key, earlier, record);
                continue;
            }
            if let Some(feature) = build(self, Subject { record, key: Some(&key) }, key.clone()) {
                kept.push(feature);
                // Positions in the slice, which are those in the file.
                first.insert(key, record.index);
            }
        }
        kept
    }

    fn report_duplicate(&mut self, field: &str, key: &str, earlier: &Record, record: &Record) {
        let place = |r: &Record| r.line.map_or_else(|| r.number(), |line| format!("line {line}"));
        let (a, b) = (place(earlier), place(record));
        let words = Words::new(
            format!(
                "{a} and {b} both have the {field} {key}; the first is kept, the second left out"
            ),
            format!("{a} 与 {b} 的 {field} 均为 {key}；保留前者，后者未被采用"),
        );
        let mend = Words::new(
            "Give each its own, or delete the one that is out of date.",
            "请各用不同编码，或删除过期的一个。",
        );
        let subject = Subject { record, key: None };
        self.report(subject, ("code.duplicate", Severity::Error), Some(field), &words, &mend);
        if let Some(finding) = self.findings.last_mut() {
            finding.features = vec![key.to_owned(), record.number()];
        }
    }
}
