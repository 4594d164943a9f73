//! The language of texts for people.

use clap::ValueEnum;
use std::env;

/// The language of texts for people. JSON speaks both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl Language {
    /// What the environment asks for (`LC_ALL`, else `LC_MESSAGES`, else `LANG`): Chinese, unless
    /// it names another language. `C` and `POSIX` name none.
    pub fn of_environment() -> Self {
        let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        named.map_or(Self::Zh, |name| Self::of_locale(&name))
    }

    fn of_locale(name: &str) -> Self {
        let language = name.split(['_', '.', '@', '-']).next().unwrap_or_default();
        let names_none = matches!(language, "C" | "POSIX" | "");
        if names_none || language.eq_ignore_ascii_case("zh") { Self::Zh } else { Self::En }
    }

    /// The text in this language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl From<Language> for wangge::check::Language {
    fn from(language: Language) -> Self {
        language.pick(Self::Chinese, Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_language_takes_the_place_of_chinese() {
        for zh in ["zh_CN.UTF-8", "zh", "C", "C.UTF-8", "POSIX", ""] {
            assert_eq!(Language::of_locale(zh), Language::Zh, "{zh}");
        }
        for en in ["en_US.UTF-8", "en", "de_DE@euro"] {
            assert_eq!(Language::of_locale(en), Language::En, "{en}");
        }
    }
}
