//! Entity tags: an unchanged resource is not sent twice, a changed one is not overwritten.

use super::problem::Problem;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::hash::{DefaultHasher, Hasher};

/// An entity tag with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a body: a hash of its bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Self(format!("\"{:016x}-{:x}\"", hasher.finish(), bytes.len()))
    }

    /// The tag of a resource with versions. `stamp` names the state of the data behind it, so
    /// that the same version on other data is another tag.
    pub fn of_version(version: u64, stamp: &str) -> Self {
        Self(format!("\"{version}.{stamp}\""))
    }

    /// Whether a header (`*`, or a list of tags) names this tag. A weak tag counts as its strong
    /// form: a proxy that compresses makes tags weak without changing what they stand for.
    fn is_named_in(&self, header: &HeaderValue) -> bool {
        let Ok(text) = header.to_str() else { return false };
        text.split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.0)
    }

    fn value(&self) -> HeaderValue {
        // Made of hexadecimal digits, points and quotes above, so always a valid header.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// Whether the reader holds this state already (`If-None-Match`).
    pub fn is_held(&self, request: &HeaderMap) -> bool {
        request.get_all(header::IF_NONE_MATCH).iter().any(|value| self.is_named_in(value))
    }

    /// Lets a change pass only when the request says that it saw this state (`If-Match`).
    ///
    /// # Errors
    /// 428 without the header, 412 when it names another state.
    pub fn require_match(&self, request: &HeaderMap) -> Result<(), Problem> {
        let mut given = request.get_all(header::IF_MATCH).iter().peekable();
        if given.peek().is_none() {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "a change needs the header If-Match with the ETag that you read",
            )
            .with_field("If-Match"));
        }
        if given.any(|value| self.is_named_in(value)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "somebody has changed this since you read it; read it again and repeat the change",
        )
        .with_field("If-Match"))
    }

    /// Puts the tag on a response.
    pub fn on(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.value());
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        response
    }

    /// 304 when the reader holds this state, else the answer that `make` gives, tagged.
    pub fn answer(&self, request: &HeaderMap, make: impl FnOnce() -> Response) -> Response {
        if self.is_held(request) {
            self.on(StatusCode::NOT_MODIFIED.into_response())
        } else {
            self.on(make())
        }
    }
}

/// JSON of the given media type, tagged with a hash of its bytes.
pub fn json(request: &HeaderMap, media_type: &'static str, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => bytes_of(request, media_type, bytes),
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// Bytes of the given media type, tagged with their hash.
pub fn bytes_of(
    request: &HeaderMap,
    media_type: &'static str,
    bytes: impl Into<Bytes>,
) -> Response {
    let bytes: Bytes = bytes.into();
    let tag = ETag::of_bytes(&bytes);
    tag.answer(request, || ([(header::CONTENT_TYPE, media_type)], bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_list_a_star_and_a_weak_tag_name_the_state() {
        let tag = ETag::of_version(3, "abc");
        for value in ["\"3.abc\"", "\"1.x\", \"3.abc\"", "W/\"3.abc\"", "*"] {
            assert!(tag.is_held(&headers(header::IF_NONE_MATCH, value)), "{value}");
            assert!(tag.require_match(&headers(header::IF_MATCH, value)).is_ok(), "{value}");
        }
        assert!(!tag.is_held(&headers(header::IF_NONE_MATCH, "\"2.abc\"")));
    }

    #[test]
    fn a_change_without_the_tag_is_428_and_with_an_old_one_412() {
        let tag = ETag::of_version(3, "abc");
        assert_eq!(tag.require_match(&HeaderMap::new()).unwrap_err().status, 428);
        let old = headers(header::IF_MATCH, "\"2.abc\"");
        assert_eq!(tag.require_match(&old).unwrap_err().status, 412);
    }
}
