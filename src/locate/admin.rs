//! Province, city, district and subdistrict at the head of an address: whose they are.
//!
//! A dataset knows its own from its title and from the addresses of its compounds. An address
//! that names another of a level that the dataset knows is refused; a level of which the dataset
//! says nothing cannot be held against anyone.

use super::normalize::normalize;
use crate::dataset::Dataset;
use std::collections::{BTreeMap, BTreeSet};

/// A level of the administration above the community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省, 自治区
    Province,
    /// 市, 州, 盟, 地区
    City,
    /// 区, 县, 旗, and a city below a city
    District,
    /// 街道, 镇, 乡
    Subdistrict,
}

/// A name with its level: 青岛市, city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'t> {
    /// As written, with its suffix.
    pub text: &'t str,
    /// Level by the suffix.
    pub level: Level,
}

/// Areas that end in 区 without being districts.
const NO_DISTRICTS: [&str; 13] = [
    "小区",
    "社区",
    "园区",
    "院区",
    "校区",
    "片区",
    "厂区",
    "景区",
    "生活区",
    "宿舍区",
    "住宅区",
    "家属区",
    "别墅区",
];

/// A share of a level's addresses below which a name is taken for a slip in the file.
const OWN_SHARE: f64 = 0.05;

/// A level with more names than this belongs to a dataset of many areas.
const MANY: usize = 20;

/// Splits administrative names off the head of a normalised text, and returns what remains.
pub fn split(text: &str) -> (Vec<Segment<'_>>, &str) {
    let mut segments: Vec<Segment<'_>> = Vec::new();
    let mut rest = text;
    while let Some(found) = first_segment(rest) {
        let mut segment = found;
        let after_city = segments.last().is_some_and(|last| last.level == Level::City);
        if segment.level == Level::City && after_city {
            segment.level = Level::District; // 青岛市胶州市: a city below a city
        }
        if segments.last().is_some_and(|last| last.level >= segment.level) {
            break;
        }
        rest = &rest[segment.text.len()..];
        segments.push(segment);
    }
    (segments, rest)
}

/// The shortest administrative name at the head of a text: two letters or more (one
/// before 县) and a suffix.
pub fn first_segment(text: &str) -> Option<Segment<'_>> {
    for (number, (at, _)) in text.char_indices().enumerate().skip(1).take(17) {
        let tail = &text[at..];
        for (suffix, level, longest) in [
            ("地区", Level::City, 8),
            ("自治区", Level::Province, 8),
            ("自治州", Level::City, 8),
            ("自治县", Level::District, 16),
            ("自治旗", Level::District, 16),
            ("开发区", Level::District, 16),
            ("示范区", Level::District, 16),
            ("实验区", Level::District, 16),
            ("街道办事处", Level::Subdistrict, 5),
            ("街道办", Level::Subdistrict, 5),
            ("街道", Level::Subdistrict, 5),
            ("省", Level::Province, 3),
            ("市", Level::City, 5),
            ("州", Level::City, 3),
            ("盟", Level::City, 5),
            ("区", Level::District, 5),
            ("县", Level::District, 5),
            ("旗", Level::District, 7),
            ("镇", Level::Subdistrict, 4),
            ("乡", Level::Subdistrict, 4),
        ] {
            // 睢县 is a county; other names have two letters before the suffix.
            let too_short = number < 2 && suffix != "县";
            if too_short || number > longest || !tail.starts_with(suffix) {
                continue;
            }
            if ["镇市", "县市", "县区"].iter().any(|longer| tail.starts_with(longer)) {
                continue; // 景德镇市, 辉县市, 梅县区
            }
            let segment = &text[..at + suffix.len()];
            if level < Level::Subdistrict && text[segment.len()..].starts_with("街道") {
                continue; // 浮山新区街道 is a subdistrict
            }
            // 梁园区 is a district, 工业园区 is none.
            let is_short = number == 2 && segment.ends_with("园区");
            if !is_short && NO_DISTRICTS.iter().any(|no| segment.ends_with(no)) {
                return None;
            }
            return Some(Segment { text: segment, level });
        }
    }
    None
}

/// The names of the places above a dataset.
#[derive(Clone, Debug, Default)]
pub struct OwnNames {
    levels: BTreeMap<Level, BTreeSet<String>>,
}

impl OwnNames {
    /// The names that a dataset's title and the addresses of its compounds give.
    pub fn of(dataset: &Dataset) -> Self {
        let mut levels: BTreeMap<Level, BTreeMap<String, usize>> = BTreeMap::new();
        for address in dataset.compounds.iter().filter_map(|c| c.address.as_deref()) {
            for segment in split(&normalize(address)).0 {
                let names = levels.entry(segment.level).or_default();
                *names.entry(bare_office(segment.text).to_owned()).or_default() += 1;
            }
        }
        let mut own = Self::default();
        for (level, names) in levels {
            let all: usize = names.values().sum();
            // Among many areas a rare one is no slip.
            let least = if names.len() > MANY { 0.0 } else { all as f64 * OWN_SHARE };
            let kept = names.into_iter().filter(|(_, count)| *count as f64 >= least);
            own.levels.insert(level, kept.map(|(name, _)| name).collect());
        }
        for segment in split(&normalize(&dataset.title_zh)).0 {
            let names = own.levels.entry(segment.level).or_default();
            let name = bare_office(segment.text).to_owned();
            names.insert(name);
        }
        own
    }

    /// Whether the dataset knows its own of this level.
    pub fn knows(&self, level: Level) -> bool {
        self.levels.get(&level).is_some_and(|names| !names.is_empty())
    }

    /// Whether a name belongs to another place than the dataset's.
    pub fn is_foreign(&self, segment: &Segment<'_>) -> bool {
        let name = bare_office(segment.text);
        let own = self.levels.get(&segment.level);
        // "我在青岛市": lead-in words may stand before the name.
        own.is_some_and(|own| {
            let mut ends = name.char_indices().map(|(at, _)| &name[at..]);
            !own.is_empty() && !ends.any(|end| own.contains(end))
        })
    }

    /// All ways in which the dataset's own names are written, with their level: with and without
    /// suffix, and a city run together with its district (青岛市北区).
    ///
    /// A dataset of many areas has none: [`super::areas`] reads its heads.
    pub fn spellings(&self) -> Vec<(String, Level)> {
        let mut spellings: Vec<(String, Level)> = Vec::new();
        if self.levels.values().any(|names| names.len() > MANY) {
            return spellings;
        }
        for (level, names) in &self.levels {
            for name in names {
                spellings.extend(forms(name, *level).into_iter().map(|form| (form, *level)));
            }
        }
        let of = |level| self.levels.get(&level).into_iter().flatten();
        for city in of(Level::City) {
            for district in of(Level::District) {
                for city in forms(city, Level::City) {
                    let joined = forms(district, Level::District);
                    let joined = joined.iter().map(|d| (format!("{city}{d}"), Level::District));
                    spellings.extend(joined);
                }
            }
        }
        spellings.sort();
        spellings.dedup();
        spellings
    }
}

/// 双山街道办事处 is 双山街道.
fn bare_office(name: &str) -> &str {
    name.strip_suffix("办事处").or_else(|| name.strip_suffix('办')).unwrap_or(name)
}

/// How a name of a level is written: with and without its suffix.
pub fn forms(name: &str, level: Level) -> Vec<String> {
    let mut forms = vec![name.to_owned()];
    if level == Level::Subdistrict {
        // Without its suffix it is no more than the first half of many names.
        forms.extend(["办事处", "办"].map(|suffix| format!("{name}{suffix}")));
        return forms;
    }
    let suffixes = ["自治区", "自治州", "自治县", "地区", "省", "市", "州", "盟", "区", "县", "旗"];
    let bare = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
    forms.extend(bare.filter(|bare| bare.chars().count() >= 2).map(str::to_owned));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> (Vec<(&str, Level)>, &str) {
        let (segments, rest) = split(text);
        (segments.into_iter().map(|s| (s.text, s.level)).collect(), rest)
    }

    #[test]
    fn heads_are_split_by_level() {
        use Level::{City, District, Province, Subdistrict};
        assert_eq!(
            levels("山东省青岛市市北区双山街道合肥路658号"),
            (
                vec![
                    ("山东省", Province),
                    ("青岛市", City),
                    ("市北区", District),
                    ("双山街道", Subdistrict)
                ],
                "合肥路658号"
            )
        );
        assert_eq!(
            levels("青岛市胶州市三里河街道办事处"),
            (vec![("青岛市", City), ("胶州市", District), ("三里河街道办事处", Subdistrict)], "")
        );
        assert_eq!(levels("浮山新区街道").0, [("浮山新区街道", Subdistrict)]);
        assert_eq!(
            levels("新疆维吾尔自治区乌鲁木齐市沙依巴克区").0,
            [("新疆维吾尔自治区", Province), ("乌鲁木齐市", City), ("沙依巴克区", District)]
        );
    }

    #[test]
    fn compounds_are_no_districts() {
        assert_eq!(levels("鸿仕雅居小区3号楼"), (vec![], "鸿仕雅居小区3号楼"));
        assert_eq!(levels("合肥路658号"), (vec![], "合肥路658号"));
        assert_eq!(levels("双山社区"), (vec![], "双山社区"));
    }

    #[test]
    fn a_dataset_knows_its_own_names() {
        let mut dataset = Dataset { title_zh: "双山街道".into(), ..Dataset::default() };
        let own = OwnNames::of(&dataset);
        let other = |text, level| Segment { text, level };
        assert!(own.is_foreign(&other("浮山街道", Level::Subdistrict)));
        assert!(!own.is_foreign(&other("双山街道办事处", Level::Subdistrict)));
        assert!(!own.is_foreign(&other("济南市", Level::City)), "nothing is known of cities");
        dataset.title_zh = "山东省青岛市市北区双山街道".into();
        let own = OwnNames::of(&dataset);
        assert!(own.is_foreign(&other("济南市", Level::City)));
        assert!(own.is_foreign(&other("章丘区", Level::District)));
        assert!(!own.is_foreign(&other("我在青岛市", Level::City)));
        let spellings = own.spellings();
        for text in ["青岛", "市北", "青岛市北区", "青岛市市北区", "双山街道办"]
        {
            assert!(spellings.iter().any(|(spelling, _)| spelling == text), "{text}");
        }
        assert!(!spellings.iter().any(|(spelling, _)| spelling == "双山"));
    }
}
