//! The pieces of an address that would name the place.

use super::gazetteer::Target;
use super::parse::{Meaning, Token};
use super::rank::{Head, Knowledge};
use std::ops::Range;

/// The pieces of the text that would name the place: up to the first number, and whole; each with
/// the fillers at its end first, since 小区 and 里 carry nothing, but end names too.
pub fn cores(
    text: &str,
    tokens: &[Token<'_>],
    head: &Head,
    known: &Knowledge<'_>,
) -> Vec<Range<usize>> {
    let mut cores: Vec<Range<usize>> = Vec::new();
    for before_number in [true, false] {
        let core = core(text, tokens, head, known, before_number);
        let fillers = tokens_after(text, tokens, core.end);
        for core in [core.start..fillers, core] {
            if !core.is_empty() && !cores.contains(&core) {
                cores.push(core);
            }
        }
        if is_named_in_full(tokens) {
            break;
        }
    }
    cores
}

/// Whether a number follows an office, so that the name ends before it: 王家村村委会3号楼.
fn is_named_in_full(tokens: &[Token<'_>]) -> bool {
    let mut pairs = tokens.windows(2).map(|two| (&two[0].meaning, &two[1].meaning));
    pairs.any(|two| matches!(two, (Meaning::Office(_), Meaning::Number(..))))
}

/// The piece of the text that names the place where no whole name was found: after the head, up
/// to 附近 or the end, or already up to the first number. Fillers of one letter stay, since names have them too.
pub fn core(
    text: &str,
    tokens: &[Token<'_>],
    head: &Head,
    known: &Knowledge<'_>,
    before_number: bool,
) -> Range<usize> {
    let is_head = |n: usize, token: &Token<'_>| match &token.meaning {
        Meaning::Names(numbers) => numbers.iter().all(|n| {
            matches!(known.gazetteer.name(*n).target, Target::Own(_) | Target::Community(_))
        }),
        Meaning::Filler => token.letters() > 1,
        Meaning::Unknown => head.explained.contains(&n),
        _ => false,
    };
    let first = tokens.iter().enumerate().position(|(n, token)| !is_head(n, token));
    let first = first.unwrap_or(tokens.len());
    let ends = |n: &usize| match tokens[*n].meaning {
        Meaning::Near => true,
        // 第1居委会 is a name.
        Meaning::Number(..) => {
            let office =
                matches!(tokens.get(n + 1), Some(Token { meaning: Meaning::Office(_), .. }));
            before_number && !office
        }
        _ => false,
    };
    let count = (first..tokens.len()).find(ends).unwrap_or(tokens.len()) - first;
    let mut last = first + count;
    while last > first && tokens[last - 1].meaning == Meaning::Filler {
        last -= 1;
    }
    let bytes = |tokens: &[Token<'_>]| tokens.iter().map(|t| t.text.len()).sum::<usize>();
    let start = bytes(&tokens[..first]);
    let end = start + bytes(&tokens[first..last]);
    let start = end - text[start..end].trim_start().len();
    start..start + text[start..end].trim_end().len()
}

/// Where the fillers end that begin at a byte of the text.
fn tokens_after(text: &str, tokens: &[Token<'_>], from: usize) -> usize {
    let mut at = 0;
    let mut end = from;
    for token in tokens {
        let here = at;
        at += token.text.len();
        if here >= end && token.meaning == Meaning::Filler && text[end..here].trim().is_empty() {
            end = at;
        }
    }
    end
}
