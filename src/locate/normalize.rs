//! One spelling for many: the form in which names are stored and addresses are read.
//!
//! 1. Unicode NFKC (full-width to half-width), lower case, traditional characters to simplified
//!    ones character by character (the tables of OpenCC).
//! 2. `3#` is `3号`.
//! 3. Spaces and punctuation go; between two Latin letters or digits a hyphen stays (`3-2-501`),
//!    and anything else leaves one space, so that `658 3号楼` does not become `6583号楼`.
//! 4. Chinese numerals become digits where they count something: before 号, 栋, 单元, … and after
//!    第. In names like 三里河 or 五四广场 they stay.
//!
//! Names and queries go through the same function, so it need not be right, only the same.

use std::borrow::Cow;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

/// The simplified form of each character of the common blocks.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let simplified = |code| {
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        hanconv::t2s(character.to_string()).chars().next().unwrap_or(character)
    };
    (FIRST..=LAST).map(simplified).collect()
});

fn simplified(character: char) -> char {
    let at = (character as u32).wrapping_sub(FIRST) as usize;
    SIMPLIFIED.get(at).copied().unwrap_or(character)
}

/// Words that a number stands before.
const COUNTERS: [&str; 20] = [
    "号", "栋", "幢", "座", "楼", "单元", "室", "层", "户", "期", "区", "弄", "门", "院", "组",
    "片", "网格", "小区", "大院", "社区",
];

/// The normal form of a name or an address.
pub fn normalize(text: &str) -> String {
    let folded: Vec<char> = text.nfkc().flat_map(char::to_lowercase).map(simplified).collect();
    let mut kept: Vec<char> = Vec::with_capacity(folded.len());
    let mut gap: Option<char> = None;
    for character in folded {
        if character.is_alphanumeric() || is_counting(character) {
            if let Some(separator) = gap.take() {
                let before = kept.last().is_some_and(char::is_ascii_alphanumeric);
                if before && character.is_ascii_alphanumeric() {
                    kept.push(separator);
                }
            }
            kept.push(character);
        } else if character == '#' && kept.last().is_some_and(char::is_ascii_digit) {
            kept.push('号');
        } else {
            gap = Some(if is_hyphen(character) || gap == Some('-') { '-' } else { ' ' });
        }
    }
    // "3#楼" and "3#号楼" have both become "3号楼" or "3号号楼".
    with_digits(&kept, false).replace("号号", "号")
}

/// The normal forms of something half typed: a number at the end may still be waiting for what
/// it counts ("第三网格" is typed "三", "三网", "三网格").
pub fn normalize_typed(text: &str) -> Vec<String> {
    let plain = normalize(text);
    let characters: Vec<char> = plain.chars().collect();
    let open = with_digits(&characters, true);
    if open == plain { vec![plain] } else { vec![plain, open] }
}

fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '~' | '\u{301c}' | '_' | '/')
}

/// Writes Chinese numerals as digits where they count; with `open_end` also at the very end.
fn with_digits(text: &[char], open_end: bool) -> String {
    let mut written = String::with_capacity(text.len() * 3);
    let mut position = 0;
    while position < text.len() {
        let run = text[position..].iter().take_while(|c| is_counting(**c)).count();
        if run == 0 {
            written.push(text[position]);
            position += 1;
            continue;
        }
        let after = &text[position + run..];
        let ordinal = position > 0 && text[position - 1] == '第';
        let counts = ordinal || begins_with_counter(after) || (open_end && after.is_empty());
        match value(&text[position..position + run]).filter(|_| counts) {
            Some(number) => written.push_str(&number),
            None => written.extend(&text[position..position + run]),
        }
        position += run;
    }
    written
}

fn begins_with_counter(text: &[char]) -> bool {
    COUNTERS.iter().any(|counter| {
        let mut letters = counter.chars();
        text.iter().zip(letters.by_ref()).all(|(a, b)| *a == b) && letters.next().is_none()
    })
}

fn is_counting(character: char) -> bool {
    digit(character).is_some() || unit(character).is_some()
}

fn digit(character: char) -> Option<u32> {
    Some(match character {
        '零' | '〇' | '○' => 0,
        '一' | '幺' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(character: char) -> Option<u32> {
    match character {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1000),
        _ => None,
    }
}

/// The digits of a run of numerals: 二十五 as 25, 五〇一 as 501 (and 〇一 as 01); `None` for a run
/// that is no number (百百) or longer than any number of an address.
fn value(run: &[char]) -> Option<String> {
    if run.len() > 9 {
        return None;
    }
    if run.iter().all(|c| unit(*c).is_none()) {
        return Some(run.iter().filter_map(|c| digit(*c)).map(|d| d.to_string()).collect());
    }
    let (mut total, mut pending, mut last_unit) = (0_u32, None, u32::MAX);
    for character in run {
        if let Some(unit) = unit(*character) {
            if unit >= last_unit {
                return None;
            }
            total += pending.take().unwrap_or(1) * unit;
            last_unit = unit;
        } else {
            let digit = digit(*character)?;
            if pending.is_some_and(|known| known != 0) {
                return None;
            }
            pending = Some(digit);
        }
    }
    Some((total + pending.unwrap_or(0)).to_string())
}

/// The numbers of a normal form as they are said, for pinyin: 10号 as 十号, 299弄 as 二九九弄.
pub fn spoken(normal: &str) -> Cow<'_, str> {
    if !normal.contains(|c: char| c.is_ascii_digit()) {
        return Cow::Borrowed(normal);
    }
    let mut said = String::with_capacity(2 * normal.len());
    let mut rest = normal;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, after) = rest.split_at(start);
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (run, after) = after.split_at(end);
        said.push_str(before);
        let digits: Vec<char> =
            run.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect();
        match (run.as_bytes(), digits.as_slice()) {
            ([b'1'..=b'9', _], [tens, ones]) => {
                said.extend((*tens != '一').then_some(*tens));
                said.push('十');
                said.extend((*ones != '零').then_some(*ones));
            }
            _ => said.extend(digits),
        }
        rest = after;
    }
    said.push_str(rest);
    Cow::Owned(said)
}

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_many() {
        for (written, normal) in [
            ("鸿仕雅居 三号楼", "鸿仕雅居3号楼"),
            ("鸿仕雅居３＃楼", "鸿仕雅居3号楼"),
            ("鸿仕雅居3#", "鸿仕雅居3号"),
            ("鸿仕雅居（北区）十二栋", "鸿仕雅居北区12栋"),
            ("合肥路６５８号", "合肥路658号"),
            ("鴻仕雅居貳號樓", "鸿仕雅居2号楼"),
            ("雙山馨城後麵", "双山馨城后面"),
            ("合肥路六百五十八号", "合肥路658号"),
            ("合肥路658 3号楼", "合肥路658 3号楼"),
            ("3－2－501", "3-2-501"),
            ("3 - 2 - 501", "3-2-501"),
            ("五〇一室", "501室"),
            ("一百零五号", "105号"),
            ("一千二百号", "1200号"),
            ("二十号", "20号"),
            ("双山社区第三网格", "双山社区第3网格"),
            ("三里河五四广场", "三里河五四广场"),
            ("百百号", "百百号"),
            ("Around  Ashe", "around ashe"),
            (" ，。 ", ""),
        ] {
            assert_eq!(normalize(written), normal, "{written}");
        }
    }

    #[test]
    fn numbers_are_said() {
        for (normal, said) in
            [("第6埠", "第六埠"), ("10号", "十号"), ("25栋", "二十五栋"), ("299弄", "二九九弄")]
        {
            assert_eq!(spoken(normal), said);
        }
    }

    #[test]
    fn normal_is_normal() {
        for text in ["第三网格", "鸿仕雅居３＃楼", "3－2－501", "a  b", "二百五十号院"]
        {
            let once = normalize(text);
            assert_eq!(normalize(&once), once);
        }
    }

    #[test]
    fn a_number_half_typed_is_read_both_ways() {
        assert_eq!(normalize_typed("双山三"), ["双山三", "双山3"]);
        assert_eq!(normalize_typed("双山"), ["双山"]);
    }
}
