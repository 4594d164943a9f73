//! A normalised address as a row of tokens.
//!
//! From left to right, at each place the longest of: a name of the gazetteer, a word of the
//! language (附近, 我在), a number with what it counts. What is none of these is unknown and
//! stays as it is, so that nothing of the text is lost: the tokens joined are the text.

use super::gazetteer::Gazetteer;
use super::keys::Scope;
use super::offices::{Office, office_at};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// 号: a door, or a building after a compound's name.
    Number,
    /// 号楼, 栋, 幢, 座: a building.
    Building,
    /// 单元, 门
    Entrance,
    /// 楼, 层
    Floor,
    /// 室, 户
    Room,
    /// Nothing: a bare number, or 3-2-501.
    Nothing,
}

/// A token's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Names of the gazetteer, by number.
    Names(Vec<u32>),
    /// A number (several for 3-2-501), in digits or Latin letters.
    Number(Vec<String>, Counted),
    /// 对面, 附近: near what stands before, not in it.
    Near,
    /// 村委会, 社区: the office of what stands before.
    Office(Office),
    /// Words that carry nothing: 我在, 小区, 西门.
    Filler,
    /// Not understood.
    Unknown,
}

/// A piece of the text with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// The piece.
    pub text: &'t str,
    /// Its meaning.
    pub meaning: Meaning,
}

impl Token<'_> {
    /// Letters of the piece, spaces not counted.
    pub fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// Words for near.
const NEAR: [&str; 24] = [
    "斜对面",
    "正对面",
    "对面",
    "对过",
    "附近",
    "旁边",
    "旁",
    "隔壁",
    "边上",
    "周边",
    "周围",
    "那边",
    "那里",
    "这边",
    "后面",
    "前面",
    "后身",
    "东侧",
    "西侧",
    "南侧",
    "北侧",
    "东邻",
    "一带",
    "不远",
];

/// Words that carry nothing for the place.
const FILLERS: [&str; 40] = [
    "我家住在",
    "我家在",
    "我住在",
    "家住",
    "我在",
    "我们在",
    "我要去",
    "住在",
    "位于",
    "地址是",
    "地址",
    "请问",
    "在",
    "的",
    "是",
    "和",
    "与",
    "小区",
    "住宅小区",
    "院内",
    "院里",
    "里面",
    "内",
    "里",
    "大门口",
    "门口",
    "大门",
    "东门",
    "西门",
    "南门",
    "北门",
    "路口",
    "交叉口",
    "中国",
    "处",
    "哪个网格",
    "属于",
    "甲",
    "乙",
    "丙",
];

/// What may follow a number, longest first where one begins another.
const COUNTED: [(&str, Counted); 15] = [
    ("号楼", Counted::Building),
    ("号院", Counted::Number),
    ("号门", Counted::Entrance),
    ("单元", Counted::Entrance),
    ("号", Counted::Number),
    ("弄", Counted::Number),
    ("栋", Counted::Building),
    ("幢", Counted::Building),
    ("座", Counted::Building),
    ("楼", Counted::Floor),
    ("层", Counted::Floor),
    ("室", Counted::Room),
    ("户", Counted::Room),
    ("门", Counted::Entrance),
    ("", Counted::Nothing),
];

/// The tokens of a normalised text.
pub fn parse<'t>(text: &'t str, gazetteer: &Gazetteer, scope: &Scope) -> Vec<Token<'t>> {
    let mut tokens: Vec<Token<'t>> = Vec::new();
    let (mut at, mut unknown_from) = (0, 0);
    while at < text.len() {
        let Some((length, meaning)) = token_at(text, at, gazetteer, scope) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if unknown_from < at {
            tokens.push(Token { text: &text[unknown_from..at], meaning: Meaning::Unknown });
        }
        tokens.push(Token { text: &text[at..at + length], meaning });
        at += length;
        unknown_from = at;
    }
    if unknown_from < text.len() {
        tokens.push(Token { text: &text[unknown_from..], meaning: Meaning::Unknown });
    }
    tokens
}

fn token_at(
    text: &str,
    at: usize,
    gazetteer: &Gazetteer,
    scope: &Scope,
) -> Option<(usize, Meaning)> {
    let rest = &text[at..];
    let name = gazetteer.longest_at(text, at, scope);
    let word = |words: &[&str], meaning: Meaning| {
        let longest = words.iter().filter(|w| rest.starts_with(**w)).map(|w| w.len()).max();
        longest.map(|length| (length, meaning))
    };
    let name = name.map(|(length, numbers)| (length, Meaning::Names(numbers)));
    // The earlier of equally long ones: names before words.
    let office = office_at(rest).map(|(length, office)| (length, Meaning::Office(office)));
    let words = [word(&NEAR, Meaning::Near), word(&FILLERS, Meaning::Filler), office];
    let found = [name].into_iter().chain(words);
    let best = found.flatten().reduce(|a, b| if b.0 > a.0 { b } else { a });
    best.or_else(|| number_at(text, at))
}

/// A number with its counter: digits, or one Latin letter before 座, 栋, 区 and the like.
fn number_at(text: &str, at: usize) -> Option<(usize, Meaning)> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = &text[at..];
    let run: &str = {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        rest[..end.unwrap_or(rest.len())].trim_end_matches('-')
    };
    let after = &rest[run.len()..];
    let (counter, counted) = COUNTED.iter().find(|(counter, _)| after.starts_with(counter))?;
    let has_digit = run.bytes().any(|b| b.is_ascii_digit());
    let is_letter = run.len() == 1 && *counted != Counted::Nothing;
    if run.is_empty() || !(has_digit || is_letter) {
        return None;
    }
    let parts = run.split('-').filter(|part| !part.is_empty()).map(plain_number).collect();
    Some((run.len() + counter.len(), Meaning::Number(parts, *counted)))
}

/// 03 is 3; letters stay.
fn plain_number(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { digits.to_owned() } else { trimmed.to_owned() }
}

/// What a number counts, in pinyin, the longer of those that begin alike first.
const COUNTED_IN_PINYIN: [(&str, &str); 9] = [
    ("haolou", "号楼"),
    ("hao", "号"),
    ("danyuan", "单元"),
    ("dong", "栋"),
    ("zhuang", "幢"),
    ("zuo", "座"),
    ("ceng", "层"),
    ("lou", "楼"),
    ("shi", "室"),
];

/// Writes what numbers count in characters where it is in pinyin (`3haolou`, `658 hao`), and
/// parts Latin words from the number behind them (`hsyj3-2-501`).
pub fn part_latin(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 8);
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let word = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word);
        if word.is_empty() {
            parted.extend(after.chars().next());
            at += after.chars().next().map_or(0, char::len_utf8);
            continue;
        }
        at += word.len();
        let counted = COUNTED_IN_PINYIN.iter().find(|(pinyin, _)| *pinyin == word);
        let number = parted.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_digit());
        match counted.filter(|_| number) {
            Some((_, counted)) => {
                parted.truncate(parted.trim_end_matches(' ').len());
                parted.push_str(counted);
            }
            None => {
                parted.push_str(word);
                if word.len() >= 3 && after.starts_with(|c: char| c.is_ascii_digit()) {
                    parted.push(' ');
                }
            }
        }
    }
    parted
}

/// The number or letter that names a building: `3` of 3号楼, `a` of A座, `12` of 12.
pub fn building_label(normal: &str) -> Option<String> {
    let start = normal.find(|c: char| c.is_ascii_alphanumeric())?;
    let run = &normal[start..];
    let end = run.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(run.len());
    Some(plain_number(&run[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locate::normalize::normalize;

    fn meanings(text: &str) -> Vec<(String, Meaning)> {
        let normal = normalize(text);
        let tokens = parse(&normal, &Gazetteer::default(), &Scope::default());
        tokens.into_iter().map(|t| (t.text.to_owned(), t.meaning)).collect()
    }

    fn number(parts: &[&str], counted: Counted) -> Meaning {
        Meaning::Number(parts.iter().map(|p| (*p).to_owned()).collect(), counted)
    }

    #[test]
    fn numbers_know_what_they_count() {
        let read = meanings("三号楼2单元３层０５０１室");
        let read: Vec<_> = read.into_iter().map(|(_, meaning)| meaning).collect();
        assert_eq!(
            read,
            [
                number(&["3"], Counted::Building),
                number(&["2"], Counted::Entrance),
                number(&["3"], Counted::Floor),
                number(&["501"], Counted::Room)
            ]
        );
        assert_eq!(meanings("3-2-501")[0].1, number(&["3", "2", "501"], Counted::Nothing));
        assert_eq!(meanings("A座")[0].1, number(&["a"], Counted::Building));
        assert_eq!(meanings("abc")[0].1, Meaning::Unknown);
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        for text in ["我在某某小区旁边3号楼", "xx 3-2-501室对面yy", "", "--", "号号号"]
        {
            let normal = normalize(text);
            let joined: String = parse(&normal, &Gazetteer::default(), &Scope::default())
                .iter()
                .map(|t| t.text)
                .collect();
            assert_eq!(joined, normal);
        }
    }

    #[test]
    fn numbers_count_in_pinyin_too() {
        for (typed, parted) in [
            ("hongshiyaju3haolou2danyuan501shi", "hongshiyaju 3号楼2单元501室"),
            ("hefeilu 658 hao", "hefeilu 658号"),
            ("hsyj3-2-501", "hsyj 3-2-501"),
            ("a3座", "a3座"),
            ("shishi", "shishi"),
        ] {
            assert_eq!(part_latin(typed), parted);
        }
    }

    #[test]
    fn buildings_have_a_label() {
        for (name, label) in [("3号楼", "3"), ("第03栋", "3"), ("A座", "a"), ("12", "12")] {
            assert_eq!(building_label(&normalize(name)).as_deref(), Some(label));
        }
        assert_eq!(building_label("物业楼"), None);
    }
}
