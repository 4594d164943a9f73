//! How characters sound: toneless syllables, those that are easily confused, initials, and
//! syllables typed in Latin letters.
//!
//! The readings are those of the crate `pinyin` (Unihan), all of a character's up to four, since a
//! place's name often has the rarer one (蚌埠 bengbu, 六安 lu'an).

use pinyin::ToPinyinMulti;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A syllable, by its number in the table.
pub type Syllable = u16;

/// Number of classes of [`class_of_char`] and [`class_of`]: those of syllables, then those of
/// other characters.
pub const CLASSES: usize = 512;
/// Classes from here on are of Latin letters and digits, then of all other characters.
const FIRST_OTHER: u16 = 400;

const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;
/// Most readings of a character that are used.
const MOST_READINGS: usize = 4;
/// Letters of the longest syllable (zhuang).
const LONGEST: usize = 6;

struct Table {
    /// Where the readings of a character begin in `readings`.
    starts: Vec<u32>,
    readings: Vec<Syllable>,
    /// Letters of each syllable, ü as v.
    letters: Vec<String>,
    /// Class of each syllable: those that are easily confused share one.
    classes: Vec<u16>,
    by_letters: FxHashMap<String, Syllable>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    fn build() -> Self {
        let mut table = Self {
            starts: Vec::with_capacity((LAST - FIRST + 2) as usize),
            readings: Vec::new(),
            letters: Vec::new(),
            classes: Vec::new(),
            by_letters: FxHashMap::default(),
        };
        let mut by_sound: FxHashMap<String, u16> = FxHashMap::default();
        for code in FIRST..=LAST {
            let start = table.readings.len();
            table.starts.push(start as u32);
            let multi = char::from_u32(code).and_then(|c| c.to_pinyin_multi());
            for reading in multi.into_iter().flatten() {
                let letters = reading.plain().replace('ü', "v");
                // ê, hm and ng are no syllables that anyone types.
                if !letters.bytes().all(|b| b.is_ascii_lowercase()) || !letters.contains(VOWELS) {
                    continue;
                }
                let syllable = table.number(letters, &mut by_sound);
                let known = &table.readings[start..];
                if known.len() < MOST_READINGS && !known.contains(&syllable) {
                    table.readings.push(syllable);
                }
            }
        }
        table.starts.push(table.readings.len() as u32);
        table
    }

    fn number(&mut self, letters: String, by_sound: &mut FxHashMap<String, u16>) -> Syllable {
        if let Some(known) = self.by_letters.get(&letters) {
            return *known;
        }
        let syllable = self.letters.len() as Syllable;
        let next = by_sound.len() as u16;
        self.classes.push(*by_sound.entry(blurred(&letters)).or_insert(next));
        self.by_letters.insert(letters.clone(), syllable);
        self.letters.push(letters);
        syllable
    }
}

const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'v'];

/// One form for what many speakers do not tell apart: zh z, ch c, sh s, n l, ang an, eng en,
/// ing in, ü u after l and n.
fn blurred(letters: &str) -> String {
    let mut blurred = letters.to_owned();
    for (from, to) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")] {
        if let Some(rest) = blurred.strip_prefix(from) {
            blurred = format!("{to}{rest}");
            break;
        }
    }
    if blurred.ends_with("ng") && !blurred.ends_with("ong") {
        blurred.pop();
    }
    blurred.replace('v', "u")
}

/// The readings of a character, the commonest first; none for what is no Chinese character.
pub fn readings(character: char) -> &'static [Syllable] {
    let code = character as u32;
    if !(FIRST..=LAST).contains(&code) {
        return &[];
    }
    let at = (code - FIRST) as usize;
    let table = &*TABLE;
    &table.readings[table.starts[at] as usize..table.starts[at + 1] as usize]
}

/// The letters of a syllable, ü as v.
pub fn letters(syllable: Syllable) -> &'static str {
    &TABLE.letters[usize::from(syllable)]
}

/// The syllable that is written with these letters.
pub fn syllable(letters: &str) -> Option<Syllable> {
    TABLE.by_letters.get(letters).copied()
}

/// The class of a syllable.
pub fn class_of(syllable: Syllable) -> u16 {
    TABLE.classes[usize::from(syllable)]
}

/// The class of a character's commonest reading; of a character without one, a class of its own
/// (Latin letters and digits) or one shared by chance.
pub fn class_of_char(character: char) -> u16 {
    match readings(character).first() {
        Some(syllable) => class_of(*syllable),
        None if character.is_ascii_alphanumeric() => FIRST_OTHER + (character as u16 - b'0' as u16),
        None => FIRST_OTHER + 80 + (character as u32 % 32) as u16,
    }
}

/// Every class of a character, each once.
pub fn classes_of_char(character: char) -> ([u16; MOST_READINGS], usize) {
    let mut classes = [0; MOST_READINGS];
    let mut count = 0;
    for syllable in readings(character) {
        let class = class_of(*syllable);
        if !classes[..count].contains(&class) {
            classes[count] = class;
            count += 1;
        }
    }
    if count == 0 {
        classes[0] = class_of_char(character);
        count = 1;
    }
    (classes, count)
}

/// How like two things sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Not at all.
    None,
    /// The letter that a syllable begins with, and the syllable.
    Initial,
    /// Syllables that are easily confused, or a rarer reading.
    Near,
    /// The same syllable.
    Same,
    /// The same character.
    Equal,
}

/// A piece of a query: a character, or a syllable or its first letter in Latin letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A character as it stands.
    Character(char),
    /// A syllable.
    Syllable(Syllable),
    /// The first letter of a syllable, zh as z.
    Initial(u8),
}

/// How like a piece of a query is a character of a name.
pub fn likeness(piece: Piece, character: char) -> Likeness {
    let of_character = readings(character);
    let best = |syllable: Syllable| {
        if of_character.first() == Some(&syllable) {
            Likeness::Same
        } else if of_character.iter().any(|s| class_of(*s) == class_of(syllable)) {
            Likeness::Near
        } else {
            Likeness::None
        }
    };
    match piece {
        Piece::Character(piece) if piece == character => Likeness::Equal,
        Piece::Character(piece) => match readings(piece) {
            [] => Likeness::None,
            [common, rarer @ ..] => {
                let rarer = rarer.iter().map(|s| best(*s).min(Likeness::Near));
                rarer.fold(best(*common), Ord::max)
            }
        },
        Piece::Syllable(syllable) => match (best(syllable), letters(syllable).as_bytes()) {
            (Likeness::None, [letter]) => begins_with(of_character, *letter),
            (likeness, _) => likeness,
        },
        Piece::Initial(letter) => begins_with(of_character, letter),
    }
}

fn begins_with(readings: &[Syllable], letter: u8) -> Likeness {
    let begins = readings.iter().any(|s| letters(*s).as_bytes()[0] == letter);
    if begins { Likeness::Initial } else { Likeness::None }
}

/// Latin letters as syllables and first letters, as few pieces as can be: `hongshiyj` is hong, shi,
/// y, j. `None` where a letter can be neither (i, u and v begin no syllable).
pub fn syllables(run: &str) -> Option<Vec<(usize, Piece)>> {
    // Cost of the best reading from each place on: a syllable 2, a first letter 3.
    let mut best: Vec<Option<(u32, usize, Piece)>> = vec![None; run.len() + 1];
    let mut costs: Vec<Option<u32>> = vec![None; run.len() + 1];
    costs[run.len()] = Some(0);
    for at in (0..run.len()).rev() {
        for end in at + 1..=(at + LONGEST).min(run.len()) {
            let Some(rest) = costs[end] else { continue };
            let piece = &run[at..end];
            let step = match (syllable(piece), initial(piece)) {
                (Some(syllable), _) => Some((2, Piece::Syllable(syllable))),
                (None, Some(letter)) => Some((3, Piece::Initial(letter))),
                (None, None) => None,
            };
            if let Some((cost, piece)) = step
                && best[at].is_none_or(|(known, ..)| cost + rest < known)
            {
                best[at] = Some((cost + rest, end, piece));
                costs[at] = Some(cost + rest);
            }
        }
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < run.len() {
        let (_, end, piece) = best[at]?;
        pieces.push((end, piece));
        at = end;
    }
    Some(pieces)
}

fn initial(piece: &str) -> Option<u8> {
    match piece.as_bytes() {
        [letter] if !b"iuv".contains(letter) => Some(*letter),
        [letter @ (b'z' | b'c' | b's'), b'h'] => Some(*letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homophones_and_near_ones() {
        let like = |a, b| likeness(Piece::Character(a), b);
        assert_eq!(like('士', '仕'), Likeness::Same);
        assert_eq!(like('四', '仕'), Likeness::Near);
        assert_eq!(like('军', '均'), Likeness::Same);
        assert_eq!(like('林', '宁'), Likeness::Near);
        assert_eq!(like('大', '小'), Likeness::None);
        assert_eq!(like('3', '3'), Likeness::Equal);
    }

    #[test]
    fn latin_letters_are_syllables() {
        let read = |run| syllables(run).map(|pieces| pieces.len());
        assert_eq!(read("hongshiyaju"), Some(4));
        assert_eq!(read("hsyj"), Some(4));
        assert_eq!(read("hongsyj"), Some(4));
        assert_eq!(read("iii"), None);
        assert_eq!(read(""), Some(0));
    }

    #[test]
    fn every_class_is_below_the_number_of_classes() {
        for code in (0..0x2_ffff).filter_map(char::from_u32) {
            assert!(usize::from(class_of_char(code)) < CLASSES);
        }
        assert!(TABLE.classes.iter().all(|class| *class < FIRST_OTHER));
    }
}
