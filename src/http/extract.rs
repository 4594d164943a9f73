//! Reading a request: query parameters and JSON bodies, with a problem that names the field.

use super::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// The query parameters of a request, each at most once.
pub struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| {
                Problem::new(StatusCode::BAD_REQUEST, format!("the query cannot be read: {error}"))
            })?;
        Ok(Self(query.0))
    }
}

impl Params {
    /// Refuses parameters that are not in `known` and those given twice: a mistyped name must
    /// not be read as "not given".
    ///
    /// # Errors
    /// 400 naming the parameter.
    pub fn only(self, known: &[&str]) -> Result<Self, Problem> {
        for (position, (name, _)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                let detail = format!("unknown parameter `{name}`; known are: {known}");
                return Err(Problem::bad_field(name, detail));
            }
            if self.0[..position].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::bad_field(name, format!("`{name}` is given twice")));
            }
        }
        Ok(self)
    }

    /// The text of a parameter; `None` when it is not given or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A parameter read as `T`.
    ///
    /// # Errors
    /// 400 naming the parameter and what it `should_be`.
    pub fn parsed<T: FromStr>(&self, name: &str, should_be: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            Problem::bad_field(name, format!("`{name}` is `{text}`; it should be {should_be}"))
        })
    }

    /// A finite number that must be given.
    ///
    /// # Errors
    /// 400 naming the parameter.
    pub fn number(&self, name: &str, should_be: &str) -> Result<f64, Problem> {
        let number: Option<f64> = self.parsed(name, should_be)?;
        match number {
            Some(number) if number.is_finite() => Ok(number),
            Some(number) => Err(Problem::bad_field(
                name,
                format!("`{name}` is {number}; it should be {should_be}"),
            )),
            None => Err(Problem::bad_field(
                name,
                format!("`{name}` is missing; it should be {should_be}"),
            )),
        }
    }
}

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = whole_body(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unreadable(&error))
    }
}

/// A JSON body that may be left out.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = require_json(request.headers());
        let bytes = whole_body(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unreadable(&error))
    }
}

async fn whole_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.status();
        if is_timeout(&rejection) {
            let detail = "the body did not arrive in time";
            return Problem::new(StatusCode::REQUEST_TIMEOUT, detail);
        }
        Problem::new(status, rejection.body_text())
    })
}

/// A page of another site can post a form but not JSON without the browser asking first, so the
/// media type is required.
fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    if media_type == "application/json" || media_type.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the body must be JSON, sent with Content-Type: application/json",
    )
    .with_field("Content-Type"))
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<tower_http::timeout::TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The problem of a body that serde refuses. serde names the member in backticks.
fn unreadable(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let names_a_field = text.starts_with("missing field") || text.starts_with("unknown field");
    let field = text.split('`').nth(1).filter(|_| names_a_field).map(Box::from);
    let detail = format!("the body cannot be read: {text}");
    Problem { field, ..Problem::new(StatusCode::BAD_REQUEST, detail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect())
    }

    #[test]
    fn a_number_must_be_there_and_finite() {
        for (value, fault) in [("abc", "`lon`"), ("NaN", "NaN"), ("inf", "inf"), ("", "missing")] {
            let problem = params(&[("lon", value)]).number("lon", "degrees").unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("lon"));
            assert!(problem.detail.contains(fault), "{}", problem.detail);
        }
        assert_eq!(params(&[("lon", "-1.5")]).number("lon", "degrees").unwrap(), -1.5);
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let problem = params(&[("long", "1")]).only(&["lon", "lat"]).err().unwrap();
        assert_eq!(problem.field.as_deref(), Some("long"));
        let problem = params(&[("lon", "1"), ("lon", "2")]).only(&["lon"]).err().unwrap();
        assert!(problem.detail.contains("twice"));
    }

    #[test]
    fn a_missing_member_is_named() {
        #[derive(serde::Deserialize)]
        struct Named {
            #[allow(dead_code)] // only reading is tested
            name: String,
        }
        let error = serde_json::from_str::<Named>("{}").err().unwrap();
        assert_eq!(unreadable(&error).field.as_deref(), Some("name"));
    }
}
