//! A strict reader of the page's markup: every tag closed in order, every attribute quoted, every
//! ampersand the beginning of an entity. A browser forgives; this does not.

/// Pieces of markup.
enum Piece<'h> {
    Tag(&'h str),
    Text(&'h str),
}

fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        if open > 0 {
            pieces.push(Piece::Text(&rest[..open]));
        }
        let mut quoted = false;
        let end = rest[open..]
            .find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            })
            .expect("a tag that does not end");
        pieces.push(Piece::Tag(&rest[open + 1..open + end]));
        rest = &rest[open + end + 1..];
        // The text of a style sheet is no markup.
        if let Some(Piece::Tag("style")) = pieces.last() {
            let end = rest.find("</style>").expect("a style sheet that does not end");
            assert!(!rest[..end].contains('<'));
            rest = &rest[end..];
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The names and values of a tag's attributes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut rest =
        tag.trim_end_matches('/').trim_start_matches(|c: char| !c.is_whitespace()).trim();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("unquoted: <{tag}>"));
        let (value, after) = after.split_once('"').expect("an attribute that does not end");
        found.push((name.trim(), value));
        rest = after.trim_start();
    }
    found
}

fn assert_entities(text: &str) {
    for (at, _) in text.match_indices('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        assert!(known.iter().any(|e| text[at..].starts_with(e)), "{}", &text[at..]);
    }
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character in {text:?}");
}

/// Fails unless the page is one document with every element closed in order and every id once.
pub fn assert_well_formed(html: &str) {
    let body = html.strip_prefix("<!DOCTYPE html>").expect("a document type");
    let mut open: Vec<&str> = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for piece in pieces(body) {
        match piece {
            Piece::Text(text) => assert_entities(text),
            Piece::Tag(tag) => {
                if let Some(name) = tag.strip_prefix('/') {
                    assert_eq!(open.pop(), Some(name));
                    continue;
                }
                let name = tag.split([' ', '/']).next().unwrap();
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "<{tag}>");
                for (attribute, value) in attributes(tag) {
                    assert_entities(value);
                    assert!(
                        attribute
                            .chars()
                            .all(|c| c.is_ascii_alphabetic() || "-:0123456789".contains(c)),
                        "<{tag}>"
                    );
                    assert!(attribute != "id" || ids.insert(value), "{value} twice");
                }
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
}

/// Whether an attribute is a handler of events.
pub fn has_event_handler(html: &str) -> bool {
    let tags = pieces(html).into_iter().filter_map(|piece| match piece {
        Piece::Tag(tag) if !tag.starts_with(['/', '!']) => Some(tag),
        _ => None,
    });
    tags.flat_map(attributes).any(|(name, _)| name.starts_with("on"))
}

/// The page's text as a reader sees it.
pub fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(one) => text.push_str(one),
            Piece::Tag(_) => text.push(' '),
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
