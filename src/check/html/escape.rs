//! Text into markup: what a file says can never become a tag.

use std::fmt::{Display, Formatter, Result, Write};

/// Text as it may stand between tags and inside quoted attributes.
pub(super) struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        for character in self.0.chars() {
            match character {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                '\n' | '\t' => out.write_char(' ')?,
                // Not allowed in markup at all, and marks that turn the direction of what follows.
                c if c.is_control() || is_direction_mark(c) => out.write_char('\u{fffd}')?,
                c => out.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// A whole number with its thousands apart: 25 114 is written 25,114.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// At most `most` characters of a text, with an ellipsis where it was cut.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_tag_or_ends_an_attribute() {
        let hostile = "<script>\"x' & \u{0}\u{202e}\n";
        let escaped = Escaped(hostile).to_string();
        assert_eq!(escaped, "&lt;script&gt;&quot;x&#39; &amp; \u{fffd}\u{fffd} ");
    }

    #[test]
    fn thousands_stand_apart() {
        let written: Vec<String> = [0, 999, 1000, 25_114, 1_000_000].map(count).to_vec();
        assert_eq!(written, ["0", "999", "1,000", "25,114", "1,000,000"]);
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shortened("双山社区", 4), "双山社区");
        assert_eq!(shortened("双山社区第一网格", 4), "双山社…");
    }
}
