//! Names of things in words, in both languages.

use super::context::Context;
use crate::dataset::Dataset;
use crate::domain::NetFeature;

/// Things that a list names; of more it tells the number.
const LISTED: usize = 6;

/// A text in English and Chinese.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Words {
    pub en: String,
    pub zh: String,
}

impl Words {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// Name and key of something; the key alone when it has no other name.
    pub fn title(name: &str, key: &str) -> Self {
        if name.is_empty() || name == key {
            return Self::new(key, key);
        }
        Self::new(format!("{name} ({key})"), format!("{name}（{key}）"))
    }

    pub(super) fn grid(context: &Context, grid: usize) -> Self {
        let grid = &context.dataset.grids[grid];
        Self::title(&grid.name, &grid.code)
    }

    pub fn feature(feature: &NetFeature) -> Self {
        Self::title(&feature.name, &feature.id)
    }

    /// "A", "A and B", "A, B and C", of many "A, B, C, D, E and 7 more"; 、between all in Chinese.
    pub fn list(words: impl IntoIterator<Item = Self>) -> Self {
        let (mut en, mut zh): (Vec<String>, Vec<String>) =
            words.into_iter().map(|words| (words.en, words.zh)).unzip();
        let all = en.len();
        let mut more = String::new();
        if all > LISTED {
            en.truncate(LISTED - 1);
            zh.truncate(LISTED - 1);
            en.push(format!("{} more", all - en.len()));
            more = format!("等{all}个");
        }
        let english = match en.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        };
        Self::new(english, zh.join("、") + &more)
    }

    /// "A", "A and B", "A, B and C"; A与B, A、B与C in Chinese: things that stand over against each
    /// other. Of many as [`Words::list`].
    pub fn among(words: impl IntoIterator<Item = Self>) -> Self {
        let words: Vec<Self> = words.into_iter().collect();
        let listed = Self::list(words.iter().cloned());
        match words.as_slice() {
            [most @ .., last] if (1..LISTED).contains(&most.len()) => {
                let most: Vec<&str> = most.iter().map(|words| words.zh.as_str()).collect();
                Self::new(listed.en, format!("{}与{}", most.join("、"), last.zh))
            }
            _ => listed,
        }
    }

    /// Both texts continued.
    #[must_use]
    pub fn then(mut self, en: &str, zh: &str) -> Self {
        self.en.push_str(en);
        self.zh.push_str(zh);
        self
    }
}

/// The title of a layer; its name where it has none.
pub(crate) fn layer(dataset: &Dataset, name: &str) -> Words {
    let layer = dataset.layer(name);
    layer.map_or_else(|| Words::new(name, name), |l| Words::new(&l.title, &l.title_zh))
}

/// An area in square metres for people: one decimal below 10, three below a tenth.
pub(crate) fn area(m2: f64) -> String {
    match m2 {
        small if small < 0.0995 => format!("{small:.3}"),
        some if some < 9.95 => format!("{some:.1}"),
        much => format!("{much:.0}"),
    }
}

/// A share in per cent for people; a part is never told as nothing or as all.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p > 0.0 && p < 0.95 => format!("{p:.1} %"),
        p if (99.5..100.0).contains(&p) => format!("{:.1} %", p.min(99.9)),
        p => format!("{p:.0} %"),
    }
}

/// A short distance in metres for people: "0" below half a centimetre.
pub(super) fn near(metres: f64) -> String {
    if metres < 0.005 { "0".into() } else { format!("{metres:.2}") }
}

/// A width in metres for people: two decimals, below a centimetre three.
pub(super) fn fine(metres: f64) -> String {
    if metres < 0.00995 { format!("{metres:.3}") } else { format!("{metres:.2}") }
}

/// A count with its noun: "1 household", "2 households".
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// "1 household", "2 households".
pub(crate) fn households(n: u64) -> String {
    count(n, "household", "households")
}

/// "; 12 households live there" for a sentence's end; nothing where none are known to.
pub(crate) fn concerned(households: Option<u64>) -> Words {
    match households {
        Some(n) if n > 0 => {
            Words::new(format!("; {} there", self::households(n)), format!("，涉及{n}户"))
        }
        _ => Words::default(),
    }
}

/// Some homes by name: three of them, and how many more there are.
pub(super) fn homes(context: &Context, homes: &[usize]) -> Words {
    const SHOWN: usize = 3;
    let mut by_size = homes.to_vec();
    by_size.sort_by_key(|&h| (std::cmp::Reverse(context.homes.homes[h].households), h));
    let name = |&h: &usize| Words::new(context.homes.homes[h].name, context.homes.homes[h].name);
    let more = homes.len().saturating_sub(SHOWN);
    if more == 0 {
        return Words::list(by_size.iter().map(name));
    }
    let shown: Vec<Words> = by_size.iter().take(SHOWN).map(name).collect();
    let en: Vec<&str> = shown.iter().map(|w| w.en.as_str()).collect();
    let zh: Vec<&str> = shown.iter().map(|w| w.zh.as_str()).collect();
    let unit = if context.homes.are_units { "个规划单元" } else { "个小区" };
    Words::new(
        format!("{} and {more} more", en.join(", ")),
        format!("{}等{}{unit}", zh.join("、"), homes.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_sentences() {
        let list = |words: &[&str]| Words::list(words.iter().map(|w| Words::new(*w, *w)));
        assert_eq!(list(&["甲"]), Words::new("甲", "甲"));
        assert_eq!(list(&["甲", "乙", "丙"]), Words::new("甲, 乙 and 丙", "甲、乙、丙"));
        let many = list(&["1", "2", "3", "4", "5", "6", "7", "8"]);
        assert_eq!(many, Words::new("1, 2, 3, 4, 5 and 3 more", "1、2、3、4、5等8个"));
    }

    #[test]
    fn two_stand_over_against_each_other() {
        let among = |words: &[&str]| Words::among(words.iter().map(|w| Words::new(*w, *w)));
        assert_eq!(among(&["甲"]), Words::new("甲", "甲"));
        assert_eq!(among(&["甲", "乙"]), Words::new("甲 and 乙", "甲与乙"));
        assert_eq!(among(&["甲", "乙", "丙"]), Words::new("甲, 乙 and 丙", "甲、乙与丙"));
        assert_eq!(among(&["1"; 7]).zh, "1、1、1、1、1等7个");
    }

    #[test]
    fn a_part_is_neither_nothing_nor_all() {
        let words: Vec<String> = [0.0, 0.001, 0.4, 0.9996, 1.0].map(percent).to_vec();
        assert_eq!(words, ["0 %", "0.1 %", "40 %", "99.9 %", "100 %"]);
    }
}
