//! A name laid beside a part of the text, and whether it may be what was meant.
//!
//! Classic sequence alignment (Sellers, 1980: the whole name against the best part of the text)
//! with costs for what people mistake: another character with the same sound costs little, a wrong
//! one much. What is taken for a slip:
//!
//! | characters of the name | wrong, missing or surplus |
//! |---|---|
//! | 2 | none |
//! | 3 | one wrong |
//! | 4 | one |
//! | 5 and more | two, or one and a homophone |
//!
//! and then nothing else may stand beside the name. 村 at the end does not count.
//!
//! Never a slip are 东 for 西 and the like, nor a wrong or surplus character that many other names
//! have: 书香家园 may be a place of its own.

use super::sound::{self, Likeness, Piece};
use std::ops::Range;

/// Letters of the longest text and name that are compared.
pub const LONGEST: usize = 48;

/// Characters that set one name apart from its neighbour: never taken for a slip.
const MODIFIERS: &str = "东西南北中上下前后左右内外大小新老旧高低一二三四五六七八九十0123456789";

/// A piece of the text with its place.
pub struct Part {
    /// What it is.
    pub piece: Piece,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// Whether it stands in other names; see [`super::grams::Grams::is_usual`].
    pub is_usual: bool,
}

/// How a name lies beside the text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Laid {
    /// Sum of what the differences cost.
    cost: f32,
    /// Letters of the name, without 村 at its end.
    length: usize,
    /// First of the parts of the text, and the one after the last.
    start: usize,
    end: usize,
    wrong: u8,
    missing: u8,
    surplus: u8,
    /// Characters that only sound like those of the name.
    by_sound: u8,
    /// Syllables of which only the first letter is there.
    initials: u8,
    found: u8,
    /// Whether something differs that tells places apart.
    differs: bool,
    /// Whether a wrong or surplus character stands in many other names.
    is_usual: bool,
    /// Whether a character of other names sounds nearly like that of the name: 潘家 for 庞家.
    blurred: bool,
    /// Whether the text has more than this.
    is_part: bool,
}

impl Laid {
    /// Whether the name may be what was meant, by the table of the module.
    pub fn is_alike(&self) -> bool {
        self.is_near() && !self.is_usual
    }

    /// How many characters are wrong, missing or surplus.
    pub fn edits(&self) -> u8 {
        self.wrong + self.missing + self.surplus
    }

    /// Whether the name may be what was meant, but for a character that many other names have: too
    /// unsure to be the answer, but enough to leave open which of two names was meant.
    pub fn is_near(&self) -> bool {
        let edits = self.edits();
        let enough = match (edits, self.length) {
            (0, 0..=2) => self.by_sound <= 1,
            (0, _) => true,
            (1, 3) => self.wrong == 1 && self.by_sound == 0,
            (1, 4) | (2, 5..) => self.by_sound == 0,
            (1, 5..) => self.by_sound <= 1,
            _ => false,
        };
        let clear = !self.blurred || self.length > 3;
        let read = match usize::from(self.initials) {
            0 => true,
            initials if initials == self.end - self.start => edits == 0 && initials >= 3,
            _ => edits == 0,
        };
        let whole = !self.is_part || (edits == 0 && self.length > 2);
        enough && clear && read && whole && !self.differs && self.found >= 2
    }

    /// How like the name is, 0 to 1: 0.5 and more where it may be what was meant.
    pub fn likeness(&self) -> f64 {
        let (cost, length) = (f64::from(self.cost), self.length as f64);
        if self.is_alike() {
            return 0.95 - 0.45 * (cost / (0.4 * length + 0.6)).min(1.0);
        }
        0.49 * (1.0 - cost / length).clamp(0.0, 1.0)
    }

    /// The parts of the text beside which the name lies.
    pub fn parts(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// What a piece that fits a character costs.
fn cost(piece: Piece, likeness: Likeness) -> f32 {
    match (piece, likeness) {
        (_, Likeness::Equal) | (Piece::Syllable(_), Likeness::Same) => 0.0,
        (_, Likeness::Same) => 0.3,
        (Piece::Syllable(_), Likeness::Near) => 0.3,
        (_, Likeness::Near) => 0.65,
        (_, Likeness::Initial) => 0.1,
        (_, Likeness::None) => 1.0,
    }
}

const MISSING: f32 = 1.05;
const SURPLUS: f32 = 0.9;
/// For a character that tells places apart.
const DIFFERS: f32 = 1.5;

/// The best place of a name in the text; `None` where nothing of it is found again.
pub fn lay(name: &str, parts: &[Part]) -> Option<Laid> {
    let mut letters = ['\0'; LONGEST];
    let mut length = 0;
    for (place, letter) in letters.iter_mut().zip(name.chars()) {
        *place = letter;
        length += 1;
    }
    if length == 0 {
        return None;
    }
    let mut row = [Laid::default(); LONGEST + 1];
    for n in 0..length {
        row[n + 1] = without(row[n], letters[n]);
    }
    let mut best: Option<Laid> = None;
    for (at, part) in parts.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = Laid { start: at + 1, ..Laid::default() };
        for n in 0..length {
            let instead = with(diagonal, part, letters[n]);
            let missing = without(row[n], letters[n]);
            diagonal = row[n + 1];
            let beside = |n: Option<usize>| n.and_then(|n| parts.get(n)).map(|part| part.piece);
            let neighbours = [beside(at.checked_sub(1)), beside(Some(at + 1))];
            let surplus = beside_nothing(diagonal, part, neighbours);
            let least = if missing.cost < instead.cost { missing } else { instead };
            row[n + 1] = if surplus.cost < least.cost { surplus } else { least };
        }
        let end = at + 1;
        let is_part = row[length].start > 0 || end < parts.len();
        // 村 says what it is, not which: 宝崮村 is not 宝山村.
        let own = if length > 2 && letters[length - 1] == '村' { length - 1 } else { length };
        let laid = Laid { length: own, end, is_part, ..row[length] };
        if laid.found >= 1 && best.is_none_or(|known| laid.cost <= known.cost) {
            best = Some(laid);
        }
    }
    best
}

/// A piece of the text in the place of a letter.
fn with(before: Laid, part: &Part, letter: char) -> Laid {
    let likeness = sound::likeness(part.piece, letter);
    let is_character = matches!(part.piece, Piece::Character(_));
    let is_initial = matches!(part.piece, Piece::Initial(_));
    let mut laid = Laid { cost: before.cost + cost(part.piece, likeness), ..before };
    match likeness {
        Likeness::None => {
            laid.wrong += 1;
            let tells = is_modifier_piece(part.piece) || is_initial;
            laid.differs |= tells;
            laid.is_usual |= part.is_usual;
            laid.cost += if tells { DIFFERS - 1.0 } else { 0.0 };
        }
        Likeness::Initial => {
            laid.found += 1;
            laid.initials += 1;
        }
        Likeness::Near | Likeness::Same => {
            laid.found += 1;
            laid.by_sound += u8::from(is_character);
            laid.blurred |= is_character && likeness == Likeness::Near && part.is_usual;
        }
        Likeness::Equal => laid.found += 1,
    }
    laid
}

/// A letter of the name that the text does not have.
fn without(before: Laid, letter: char) -> Laid {
    let tells = is_modifier(letter);
    Laid {
        cost: before.cost + if tells { DIFFERS } else { MISSING },
        missing: before.missing + 1,
        differs: before.differs || tells,
        ..before
    }
}

/// A piece of the text that the name does not have: said twice, or a slip.
fn beside_nothing(before: Laid, part: &Part, neighbours: [Option<Piece>; 2]) -> Laid {
    let is_twice = neighbours.contains(&Some(part.piece));
    let is_character = matches!(part.piece, Piece::Character(_));
    let tells = is_modifier_piece(part.piece) || !is_character;
    Laid {
        cost: before.cost + SURPLUS,
        surplus: before.surplus + 1,
        differs: before.differs || (tells && !is_twice),
        is_usual: before.is_usual || (part.is_usual && !is_twice),
        ..before
    }
}

/// Whether a character sets a name apart from its neighbour: 东, 新, 二.
pub fn is_modifier(letter: char) -> bool {
    MODIFIERS.contains(letter)
}

fn is_modifier_piece(piece: Piece) -> bool {
    matches!(piece, Piece::Character(letter) if is_modifier(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_alike(text: &str, name: &str, usual: &str) -> bool {
        let parts: Vec<Part> = text
            .char_indices()
            .map(|(at, letter)| Part {
                piece: Piece::Character(letter),
                bytes: at..at + letter.len_utf8(),
                is_usual: usual.contains(letter),
            })
            .collect();
        lay(name, &parts).is_some_and(|laid| laid.is_alike() && laid.likeness() >= 0.5)
    }

    #[test]
    fn slips_are_alike() {
        for (text, name) in [
            ("鸿士雅居", "鸿仕雅居"),
            ("鸿任雅居", "鸿仕雅居"),
            ("鸿仕居", "鸿仕雅居"),
            ("鸿仕雅雅居", "鸿仕雅居"),
            ("宏士亚居", "鸿仕雅居"),
            ("瑞帕苑", "瑞宁苑"),
            ("怕篱雅园", "东篱雅园"),
            ("松博名塔小区", "松涛名邸小区"),
        ] {
            assert!(is_alike(text, name, ""), "{text}");
        }
    }

    #[test]
    fn other_places_are_not() {
        for (text, name) in [
            ("书香家园", "书香花园"), // 家 stands in other names
            ("鸿仕国际", "鸿仕雅居"),
            ("西篱雅园", "东篱雅园"),
            ("博帕苑", "瑞宁苑"),
            ("瑞帕", "瑞宁"),
            ("新鸿任雅居", "鸿仕雅居"),
        ] {
            assert!(!is_alike(text, name, "家"), "{text}");
        }
    }
}
