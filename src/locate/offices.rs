//! Words for the office of a village or a neighbourhood at the end of a name: 王家村村委会 is looked
//! for as 王家村, and 高陂村委会 is another place than 高陂居委会.

/// What the office is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// 村
    Village,
    /// 社区, 居
    Neighbourhood,
    /// 委员会 alone
    Any,
}

impl Office {
    /// Whether a place may have both: a village is no neighbourhood of the same name.
    pub fn fits(self, other: Self) -> bool {
        self == other || self == Self::Any || other == Self::Any
    }
}

/// Endings, in characters and in pinyin, the longer first.
const ENDINGS: [(&str, &str, Office); 9] = [
    ("村民委员会", "cunminweiyuanhui", Office::Village),
    ("社区居民委员会", "shequjuminweiyuanhui", Office::Neighbourhood),
    ("社区居委会", "shequjuweihui", Office::Neighbourhood),
    ("居民委员会", "juminweiyuanhui", Office::Neighbourhood),
    ("村委会", "cunweihui", Office::Village),
    ("居委会", "juweihui", Office::Neighbourhood),
    ("社区", "shequ", Office::Neighbourhood),
    ("委员会", "weiyuanhui", Office::Any),
    ("村", "cun", Office::Village),
];

/// A normalised name without the office at its end, and what the office is of. 村 at the end of a
/// name stays, since it is part of most (新村), but says what it is.
pub fn without_office(name: &str) -> (&str, Option<Office>) {
    for (characters, pinyin, office) in &ENDINGS[..ENDINGS.len() - 1] {
        let stem = name.strip_suffix(characters).or_else(|| name.strip_suffix(pinyin));
        if let Some(stem) = stem.map(str::trim_end).filter(|stem| !stem.is_empty()) {
            return (stem, Some(*office));
        }
    }
    let village = name.chars().count() > 2 && name.ends_with('村') && !name.ends_with("新村");
    (name, village.then_some(Office::Village))
}

/// The office that a text begins with, in characters, and its length in bytes.
pub fn office_at(text: &str) -> Option<(usize, Office)> {
    let mut all = ENDINGS.iter().filter(|(characters, ..)| text.starts_with(characters));
    all.next().map(|(characters, _, office)| (characters.len(), *office))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_are_left_out() {
        for (name, stem, office) in [
            ("高陂村委会", "高陂", Some(Office::Village)),
            ("高陂社区居民委员会", "高陂", Some(Office::Neighbourhood)),
            ("王家庄村村委会", "王家庄村", Some(Office::Village)),
            ("王家村", "王家村", Some(Office::Village)),
            ("海润新村", "海润新村", None),
            ("baoshancunweihui", "baoshan", Some(Office::Village)),
            ("鸿仕雅居", "鸿仕雅居", None),
            ("社区", "社区", None),
        ] {
            assert_eq!(without_office(name), (stem, office), "{name}");
        }
        assert!(!Office::Village.fits(Office::Neighbourhood));
    }
}
