//! Queries made from the demo data, by class of noise, with fixed seeds.

use crate::words::{HEADS, OTHER_PLACES, TAILS, WRONG, Word};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::dataset::Dataset;
use wangge::domain::{Compound, DoorSide};

/// A query, the compound or (for landmarks) the place that is right, or neither where it must be
/// refused.
pub struct Case {
    pub class: String,
    pub query: String,
    pub compound: Option<String>,
    pub place: Option<(f64, f64)>,
    /// Whether other compounds fit as well: it must be refused, or answered with the right grid.
    pub rivals: bool,
}

/// All generated cases.
pub fn generate(data: &Dataset) -> Vec<Case> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut cases = Vec::new();
    for compound in &data.compounds {
        for (class, query) in spellings(compound, &mut random) {
            let refused = ["other place", "two wrong of four"].contains(&class);
            let rivals = match class {
                "one wrong" | "one wrong, of other names" => {
                    is_near_another(data, compound, &query, 1)
                }
                "two wrong" => is_near_another(data, compound, &query, 2),
                "initials" => has_initials_of_another(data, compound, &query),
                _ => false,
            };
            let class = format!("{class}{}", if rivals { ", rivals" } else { "" });
            let compound = (!refused).then(|| compound.id.clone());
            cases.push(Case { class, query, compound, place: None, rivals });
        }
    }
    for door in &data.doors {
        let step = if door.side == DoorSide::Both { 1 } else { 2 };
        let number = door.from + step * ((door.to - door.from) / step / 2);
        // Two ranges that hold the number and its side leave it open.
        let holds = data.doors.iter().filter(|d| {
            let odd = number % 2 == 1;
            let side = match d.side {
                DoorSide::Odd => odd,
                DoorSide::Even => !odd,
                DoorSide::Both => true,
            };
            d.road == door.road && side && (d.from..=d.to).contains(&number)
        });
        if holds.count() == 1 {
            let query = format!("{}{}号", door.road, number);
            let compound = Some(door.compound_id.clone());
            let class = "door number".into();
            cases.push(Case { class, query, compound, place: None, rivals: false });
        }
    }
    for landmark in &data.landmarks {
        let words = ["", "附近", "对面", "旁边"];
        let query = format!("{}{}", landmark.name, words[random.random_range(0..words.len())]);
        let place = Some((landmark.place.lon(), landmark.place.lat()));
        let class = "landmark".into();
        cases.push(Case { class, query, compound: None, place, rivals: false });
    }
    cases
}

/// Whether a name of another compound is no more letters off the query than this, whatever the
/// matcher thinks.
fn is_near_another(data: &Dataset, own: &Compound, query: &str, most: usize) -> bool {
    let query: Vec<char> = query.chars().collect();
    let others = data.compounds.iter().filter(|compound| compound.id != own.id);
    let mut names = others.flat_map(|c| std::iter::once(&c.name).chain(&c.aliases));
    names.any(|name| edits(&query, &name.chars().collect::<Vec<_>>()) <= most)
}

/// How many letters less, more or other make one of the other (Levenshtein).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let other = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = other.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn has_initials_of_another(data: &Dataset, own: &Compound, query: &str) -> bool {
    let others = data.compounds.iter().filter(|compound| compound.id != own.id);
    let mut initials = others.filter_map(|other| {
        let (head, tail) = words_of(&other.name);
        initials(head, tail)
    });
    initials.any(|initials| initials == query)
}

/// The two words of a name.
fn words_of(name: &str) -> (&'static Word, &'static Word) {
    let head = HEADS.iter().find(|word| name.starts_with(word.0));
    let head = head.unwrap_or_else(|| panic!("{name}: its first word is not in the list"));
    let tail = TAILS.iter().find(|word| name[head.0.len()..] == *word.0);
    (head, tail.unwrap_or_else(|| panic!("{name}: its last word is not in the list")))
}

fn spellings(compound: &Compound, random: &mut ChaCha8Rng) -> Vec<(&'static str, String)> {
    let name = compound.name.as_str();
    let (head, tail) = words_of(name);
    let building = random.random_range(1..=compound.buildings.unwrap_or(1).max(1));
    let prefixes = ["青岛市市北区双山街道", "市北区", "山东省青岛市市北区", "双山街道办事处"];
    let prefix = prefixes[random.random_range(0..prefixes.len())];
    let mut made = vec![
        ("plain", name.to_owned()),
        ("prefix", format!("{prefix}{name}")),
        ("suffix", format!("{name}{building}号楼2单元501室")),
        ("building part", format!("{name}{}", building_part(building, random))),
        ("full width", full_width(&format!("{name}{building}-2-501"))),
        ("traditional", format!("{}{}{}號樓", head.3, tail.3, building)),
        ("homophone", format!("{}{}{}号楼", head.2, tail.0, building)),
        ("two homophones", format!("{}{}", head.2, tail.2)),
        ("homophone of the kind", format!("{}{}", head.0, tail.2)),
        ("pinyin", format!("{}{} {}-1-301", head.1, tail.1, building)),
        ("mixed", format!("{}{}", head.1, tail.0)),
        ("other place", format!("{}{name}", OTHER_PLACES[random.random_range(0..12)])),
    ];
    if tail.0.is_empty() {
        made.retain(|(class, _)| !["homophone of the kind", "two homophones"].contains(class));
    }
    if let Some(initials) = initials(head, tail) {
        made.push(("initials", initials));
    }
    let letters: Vec<char> = name.chars().collect();
    made.push(("one wrong", with_wrong(&letters, 1, random)));
    made.push(("one wrong, of other names", with_other(&letters, random)));
    if letters.len() == 4 {
        made.push(("two wrong of four", with_wrong(&letters, 2, random)));
    }
    for alias in compound.aliases.iter().filter(|alias| alias.chars().count() >= 5) {
        let letters: Vec<char> = alias.chars().collect();
        made.push(("two wrong", with_wrong(&letters, 2, random)));
    }
    if tail.0.chars().count() == 2 {
        made.push(("short", format!("{}{}", head.0, &tail.0[..3])));
    }
    made
}

fn building_part(building: u32, random: &mut ChaCha8Rng) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (building as usize / 10, building as usize % 10);
    let ten = if tens > 1 { DIGITS[tens] } else { "" };
    let chinese = format!("{ten}{}{}", if tens > 0 { "十" } else { "" }, DIGITS[ones]);
    match random.random_range(0..5) {
        0 => format!("{chinese}号楼三单元"),
        1 => format!("{building}栋"),
        2 => format!("{building}幢一单元二零一室"),
        3 => format!("{building}#2单元"),
        _ => format!("{building}-2-501"),
    }
}

fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(wide).collect()
}

/// The first letter of each syllable of the hand-written pinyin, the syllables counted by the
/// characters; `None` where that is not plain.
fn initials(head: &Word, tail: &Word) -> Option<String> {
    let of = |word: &Word| {
        let mut letters = String::new();
        let vowels = |c: char| "aeiou".contains(c);
        // A syllable begins at a consonant before a vowel.
        let bytes: Vec<char> = word.1.chars().collect();
        for (n, letter) in bytes.iter().enumerate() {
            let next = bytes.get(n + 1);
            let second = *letter == 'h' && n > 0 && "zcs".contains(bytes[n - 1]);
            let begins = !vowels(*letter)
                && !second
                && (next.is_some_and(|c| vowels(*c)) || (next == Some(&'h')));
            if begins || (n == 0) {
                letters.push(*letter);
            }
        }
        (letters.len() == word.0.chars().count()).then_some(letters)
    };
    Some(format!("{}{}", of(head)?, of(tail)?))
}

fn with_wrong(letters: &[char], count: usize, random: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<String> = letters.iter().map(char::to_string).collect();
    let first = random.random_range(0..letters.len());
    let second = (first + random.random_range(1..letters.len())) % letters.len();
    for at in [first, second].into_iter().take(count) {
        letters[at] = WRONG[random.random_range(0..WRONG.len())].to_owned();
    }
    letters.concat()
}

/// With a letter in the place of another that begins other names: it may be a place of its own.
fn with_other(letters: &[char], random: &mut ChaCha8Rng) -> String {
    let mut letters = letters.to_vec();
    let at = random.random_range(0..letters.len());
    let mut others = HEADS.iter().filter_map(|word| word.0.chars().next());
    let other = others.nth(random.random_range(0..HEADS.len()));
    letters[at] = other.filter(|c| *c != letters[at]).unwrap_or('银');
    letters.into_iter().collect()
}
