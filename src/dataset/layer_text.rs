//! JSON objects as text, member by member, in the order of the file: what is not changed is written
//! back to the letter.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order, each value as its text.
pub(super) struct Members(pub Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// The members of the text of an object; `None` for other text.
pub(super) fn members(text: &str) -> Option<Vec<(String, Box<RawValue>)>> {
    serde_json::from_str::<Members>(text).ok().map(|members| members.0)
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The text of an object of members whose values are JSON.
pub(super) fn object(members: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| format!("{}:{value}", quoted(name));
    format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(","))
}

/// Sets a member to a JSON value, in its place or at the end.
pub(super) fn with_member(members: &mut Vec<(String, String)>, name: &str, value: String) {
    match members.iter_mut().find(|member| member.0 == name) {
        Some(member) => member.1 = value,
        None => members.push((name.to_owned(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_text() {
        let all = members(r#"{"b": 1.50, "a": [ 1 ], "b2": "\u0041"}"#).expect("an object");
        let text: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        assert_eq!(text, [("b", "1.50"), ("a", "[ 1 ]"), ("b2", "\"\\u0041\"")]);
        assert!(members("[]").is_none() && members("null").is_none());
    }
}
