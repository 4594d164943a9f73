//! `/api/check`: the report of `wangge check`, in each of its forms.

use super::Failure;
use crate::check::{HtmlOptions, Language};
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::snapshot::{Checked, Snapshot};
use crate::http::state::SharedState;
use crate::http::{blocking, etag};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

/// The report of every rule and net. It is made once, when the dataset is loaded. `format=html` is
/// a page with maps that prints well, `geojson` the findings on a map, `text` the report in words.
#[utoipa::path(get, path = "/api/check", tag = "check",
    params(("format" = Option<String>, Query,
            description = "json (when not given), html, geojson or text"),
        ("lang" = Option<String>, Query,
            description = "Language of html and text: zh (when not given) or en")),
    responses((status = OK, description = "The report", content(
            (Object = "application/json"), (Object = "application/geo+json"),
            (String = "text/html"), (String = "text/plain"))),
        (status = BAD_REQUEST, description = "An unknown format or language", body = Failure),
        (status = SERVICE_UNAVAILABLE, description = "Still at work", body = Failure)))]
pub async fn check(
    State(state): State<SharedState>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["format", "lang"])?;
    let format = params.text("format").unwrap_or("json").to_owned();
    let language = language(&params)?;
    let snapshot = state.snapshot();
    let checked = snapshot.checked().await?;
    match format.as_str() {
        "json" => Ok(etag::bytes_of(&headers, "application/json", checked.json.clone())),
        "geojson" => {
            blocking(move || {
                etag::json(&headers, "application/geo+json", &checked.report.to_geojson())
            })
            .await
        }
        "text" => {
            blocking(move || {
                let text = checked.report.to_text(language);
                etag::bytes_of(&headers, "text/plain; charset=utf-8", text)
            })
            .await
        }
        "html" => blocking(move || page(&headers, &snapshot, &checked, language)).await,
        other => {
            let detail = format!("`format` is `{other}`; it should be json, html, geojson or text");
            Err(Problem::bad_field("format", detail))
        }
    }
}

fn language(params: &Params) -> Result<Language, Problem> {
    match params.text("lang") {
        None | Some("zh") => Ok(Language::Chinese),
        Some("en") => Ok(Language::English),
        Some(other) => {
            Err(Problem::bad_field("lang", format!("`lang` is `{other}`; it should be zh or en")))
        }
    }
}

fn page(
    headers: &HeaderMap,
    snapshot: &Snapshot,
    checked: &Checked,
    language: Language,
) -> Response {
    let day = Some(jiff::ZonedDateTime::now().date());
    let html = checked.report.to_html(&snapshot.dataset, &HtmlOptions { language, day });
    let mut response = etag::bytes_of(headers, "text/html; charset=utf-8", html);
    // Shown by the browser; saved under a name that says what it is.
    let name = HeaderValue::from_static("inline; filename=\"wangge-check.html\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    response
}
